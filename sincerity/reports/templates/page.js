(() => {
"use strict";
const PAGE_ROWS = 25;
const root = document.documentElement;
root.classList.add("js");
const editions = [...document.querySelectorAll(".edition")];
const edition = () => editions.find((each) => !each.hidden);

function element(name, parts = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(parts)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/* Language and colours */
function press(attribute, value) {
  for (const button of document.querySelectorAll(`[${attribute}]`))
    button.setAttribute("aria-pressed", String(button.getAttribute(attribute) === value));
}
function setLanguage(lang, refocus) {
  for (const each of editions) each.hidden = each.dataset.lang !== lang;
  root.lang = edition().lang;
  document.title = edition().dataset.title;
  press("data-set-lang", lang);
  if (refocus) edition().querySelector(`[data-set-lang="${lang}"]`).focus();
}
function setTheme(theme) {
  root.dataset.theme = theme;
  press("data-set-theme", theme);
}

/* Packed tables: one block per table, both languages inside */
const opened = new Map();
function openData(key) {
  if (!opened.has(key)) opened.set(key, unpack(document.getElementById("data-" + key)));
  return opened.get(key);
}
async function unpack(block) {
  const bytes = Uint8Array.from(atob(block.textContent.trim()), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const data = JSON.parse(await new Response(stream).text());
  return { rows: data.rows, columns: data.columns.map((c) => ({ places: c.places, texts: Object.values(c.texts), byLang: c.texts })) };
}
const textsOf = (column, lang) => column.byLang[lang] ?? column.texts[0];
function rowOf(data, number, lang) {
  return data.columns.map((column) => textsOf(column, lang)[column.places[number]]);
}

/* A table of the page in one language: search, pages, records */
class PageTable {
  constructor(box) {
    this.box = box;
    this.lang = box.closest(".edition").dataset.lang;
    const parse = (name) => JSON.parse(box.dataset[name]);
    this.key = box.dataset.table;
    this.labels = parse("columns");
    this.shapes = parse("shapes");
    this.keys = parse("keys");
    this.head = parse("head");
    this.body = parse("body");
    this.group = parse("group");
    this.children = parse("children");
    this.childPlace = parse("childPlace");
    this.page = 0;
    this.found = null;
  }
  async start() {
    if (this.data || this.starting) return this.starting;
    this.starting = openData(this.key).then((data) => {
      this.data = data;
      this.all = this.recordStarts();
      this.found = this.all;
    });
    return this.starting;
  }
  recordStarts() {
    const { data, group } = this;
    const places = group === null ? null : data.columns[group].places;
    const starts = [];
    for (let row = 0; row < data.rows; row++)
      if (places === null || row === 0 || places[row] !== places[row - 1]) starts.push(row);
    return starts;
  }
  rowsFrom(start) {
    const rows = [rowOf(this.data, start, this.lang)];
    if (this.group === null) return rows;
    const places = this.data.columns[this.group].places;
    for (let row = start + 1; row < this.data.rows && places[row] === places[start]; row++)
      rows.push(rowOf(this.data, row, this.lang));
    return rows;
  }
  search(words) {
    const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
    this.page = 0;
    this.found = wanted.length ? this.all.filter((start, place) => this.holds(start, this.all[place + 1] ?? this.data.rows, wanted)) : this.all;
    this.show();
  }
  holds(start, end, wanted) {
    this.lower ??= this.data.columns.map((column) => textsOf(column, this.lang).map((text) => text.toLowerCase()));
    const inRow = (row) => wanted.every((word) => this.lower.some((texts, place) => texts[this.data.columns[place].places[row]].includes(word)));
    for (let row = start; row < end; row++) if (inRow(row)) return true;
    return false;
  }
  turn(step) {
    this.page += step;
    this.show();
  }
  show() {
    const pages = Math.max(1, Math.ceil(this.found.length / PAGE_ROWS));
    this.page = Math.min(Math.max(this.page, 0), pages - 1);
    const starts = this.found.slice(this.page * PAGE_ROWS, (this.page + 1) * PAGE_ROWS);
    const texts = this.box.closest(".edition").dataset;
    const count = (number) => number.toLocaleString("en-US");
    const words = { page: this.page + 1, pages, found: count(this.found.length), all: count(this.all.length) };
    this.box.querySelector(".status").textContent = texts.status.replace(/\{(\w+)\}/g, (_, name) => words[name]);
    const [back, on] = this.box.querySelectorAll("[data-step]");
    back.disabled = this.page === 0;
    on.disabled = this.page === pages - 1;
    this.box.querySelector(".rows").replaceChildren(...this.drawn(starts, texts));
  }
  drawn(starts, texts) {
    if (!starts.length) return [element("p", { class: "note" }, texts.none)];
    if (this.head.length) return starts.map((start) => this.record(this.rowsFrom(start)));
    return [rowsTable(this, this.body, starts.map((start) => rowOf(this.data, start, this.lang)))];
  }
  record(rows) {
    const summary = element("summary");
    for (const place of this.head)
      if (rows[0][place]) summary.append(element("span", { class: "field field-" + this.keys[place] }, element("i", {}, this.labels[place]), " " + rows[0][place]));
    const box = element("details", { class: "record" }, summary);
    box.addEventListener("toggle", () => this.fill(box, rows), { once: true });
    return box;
  }
  async fill(box, rows) {
    if (this.group !== null) box.append(rowsTable(this, this.body, rows));
    else box.append(labelled(this, rows[0]));
    for (const key of this.children) await this.addChild(box, key, rows[0][this.childPlace]);
  }
  async addChild(box, key, wanted) {
    const child = tableOf(this.lang, key);
    if (!child) return;
    const place = child.keys.indexOf(this.keys[this.childPlace]);
    const rows = (await child.rowsWhere(place, wanted));
    if (!rows.length) return;
    const known = new Set([...this.head, ...this.body].map((each) => this.keys[each]).filter((name) => name !== "reason" && name !== "total_yuan"));
    const places = child.body.filter((each) => !known.has(child.keys[each]));
    box.append(element("h4", {}, child.box.querySelector("h3").textContent), rowsTable(child, places, rows));
  }
  async rowsWhere(place, wanted) {
    if (this.box.dataset.packed === "no") {
      const rows = [...this.box.querySelectorAll("tbody tr")].map((line) => [...line.cells].map((cell) => cell.textContent));
      return rows.filter((row) => row[place] === wanted);
    }
    await this.start();
    const column = this.data.columns[place];
    const text = textsOf(column, this.lang).indexOf(wanted);
    const rows = [];
    column.places.forEach((each, row) => { if (each === text) rows.push(rowOf(this.data, row, this.lang)); });
    return rows;
  }
}

function rowsTable(table, places, rows) {
  const heads = places.map((place) => element("th", { scope: "col", role: "columnheader", class: table.shapes[place] }, table.labels[place]));
  const lines = rows.map((row) => element("tr", { role: "row" }, ...places.map((place) => element("td", { role: "cell", "data-label": table.labels[place], class: table.shapes[place] }, row[place]))));
  const made = element("table", { class: "stack", role: "table" },
    element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, ...heads)), element("tbody", { role: "rowgroup" }, ...lines));
  const name = table.box.querySelector("h3").textContent;
  return element("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": name }, made);
}
function labelled(table, row) {
  const pairs = table.body.filter((place) => row[place]).map((place) =>
    element("div", { class: table.shapes[place] }, element("dt", {}, table.labels[place]), element("dd", {}, row[place])));
  return element("dl", {}, ...pairs);
}

const tables = new Map();
for (const box of document.querySelectorAll("details.table")) {
  const table = new PageTable(box);
  tables.set(table.lang + " " + table.key, table);
  if (box.dataset.packed === "yes") wire(table);
  else wireStatic(table);
}
function tableOf(lang, key) { return tables.get(lang + " " + key); }

function wire(table) {
  const { box } = table;
  const texts = box.closest(".edition").dataset;
  const ready = async () => {
    box.querySelector(".status").textContent = table.data ? "" : texts.loading;
    try { await table.start(); }
    catch (fault) { box.querySelector(".status").textContent = texts.oldBrowser; throw fault; }
    return table;
  };
  let waiting = 0;
  table.find = async (words) => { (await ready()).search(words); };
  box.querySelector("input").addEventListener("input", (event) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => table.find(event.target.value), 120);
  });
  for (const button of box.querySelectorAll("[data-step]"))
    button.addEventListener("click", async () => (await ready()).turn(Number(button.dataset.step)));
  const first = async () => { if (box.open) (await ready()).show(); };
  box.addEventListener("toggle", first, { once: true });
  if (box.open && !box.closest("[hidden]")) first();
}
function wireStatic(table) {
  if (!table.children.length) return;
  table.box.querySelectorAll("details.record").forEach((box) => {
    const person = [...box.querySelectorAll("dt")].find((each) => each.textContent === table.labels[table.childPlace]);
    if (!person) return;
    box.addEventListener("toggle", async () => {
      for (const key of table.children) await table.addChild(box, key, person.nextElementSibling.textContent);
    }, { once: true });
  });
}

/* The chart: a tapped or chosen cell says its words below */
let current = null;
function choose(cell) {
  current?.classList.remove("current");
  current = cell;
  const picked = edition().querySelector(".picked");
  picked.hidden = !cell;
  if (!cell) return;
  cell.classList.add("current");
  picked.querySelector("p").textContent = cell.querySelector("title").textContent;
  picked.querySelector("[data-find-conflict]").hidden = !tableOf(edition().dataset.lang, "conflicts");
}
const middle = (cell) => { const box = cell.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; };
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
function neighbour(cells, from, [stepX, stepY]) {
  const [x, y] = middle(from);
  let best = null, least = Infinity;
  for (const cell of cells) {
    const [toX, toY] = middle(cell);
    const along = (toX - x) * stepX + (toY - y) * stepY;
    const aside = Math.abs((toX - x) * stepY) + Math.abs((toY - y) * stepX);
    if (along > 2 && along + 3 * aside < least) { best = cell; least = along + 3 * aside; }
  }
  return best;
}
function moveChoice(event) {
  if (event.key === "Escape") return choose(null);
  const step = STEPS[event.key];
  if (!step) return;
  const cells = [...event.currentTarget.querySelectorAll(".cell")];
  const next = cells.includes(current) ? neighbour(cells, current, step) : cells[0];
  if (next) { event.preventDefault(); choose(next); next.scrollIntoView({ block: "nearest", inline: "nearest" }); }
}
for (const box of document.querySelectorAll("figure .scroll")) {
  box.addEventListener("click", (event) => choose(event.target.closest(".cell")));
  box.addEventListener("keydown", moveChoice);
}
function findConflict() {
  const table = tableOf(edition().dataset.lang, "conflicts");
  const unit = current.dataset.unit;
  table.box.open = true;
  if (table.find) { table.box.querySelector("input").value = unit; table.find(unit); }
  else for (const record of table.box.querySelectorAll(".record")) record.open = record.querySelector(".field").lastChild.textContent.trim() === unit;
  table.box.scrollIntoView();
}

function printChart() {
  document.body.classList.add("chart-only");
  window.print();
}
window.addEventListener("afterprint", () => document.body.classList.remove("chart-only"));

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { setLang, setTheme: theme } = button.dataset;
  if (setLang) { choose(null); setLanguage(setLang, true); }
  else if (theme) setTheme(theme);
  else if ("printChart" in button.dataset) printChart();
  else if ("findConflict" in button.dataset) findConflict();
  else if ("close" in button.dataset) choose(null);
});
press("data-set-lang", edition().dataset.lang);
press("data-set-theme", root.dataset.theme);
})();
