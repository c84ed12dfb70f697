"""The page's text: everything in it, nothing from outside taken as markup, long tables packed whole."""

from __future__ import annotations

import base64
import json
import re
import zlib
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sincerity.reports.page import SECTIONS, render_page
from sincerity.reports.page_tables import (
    FIRST_RECORDS,
    WHOLE_TABLE_ROWS,
    display,
    pack,
    shown_columns,
    table_block,
)
from sincerity.reports.view import ColumnView, Fact, Report, TableView
from sincerity.reports.viewmodel import build_report
from tests.reports.result import five_by_four_result

EVIL = '<img src=x onerror=alert(1)>"\'</script><script>alert(2)</script>&\u2028{{7*7}}'
VOID = {"meta", "link", "input", "br", "img"}


class Page(HTMLParser):
    """Tags, scripts and visible words of a page; fails on tags that do not close."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data) -> None:
        if not {"script", "style"} & set(self.open):
            self.words.append(data)


@pytest.fixture(scope="module")
def reports() -> dict[str, Report]:
    result = five_by_four_result(synthetic=True)
    return {lang: build_report(result, lang) for lang in ("zh", "en")}


def table(rows, key: str = "refusals", kinds=("text", "yuan")) -> TableView:
    columns = tuple(ColumnView(f"c{n}", f"Column {n}", kind) for n, kind in enumerate(kinds))
    return TableView(key, "Title", "", columns, tuple(rows))


def unpacked(text: str) -> dict:
    return json.loads(zlib.decompress(base64.b64decode(text)))


def rows_of(data: dict, lang: str) -> list[tuple[str, ...]]:
    def words(column: dict) -> list[str]:
        texts = column["texts"]
        return texts.get(lang) or next(iter(texts.values()))

    return list(zip(*([words(c)[place] for place in c["places"]] for c in data["columns"]), strict=True))


# ---- the whole page ----

def test_both_languages_stand_in_the_page_and_the_default_one_is_open(reports) -> None:
    page = Page(render_page(reports, "en"))
    editions = {a["data-lang"]: a for tag, a in page.tags if a.get("class") == "edition"}
    assert list(editions) == ["zh", "en"]
    assert "hidden" in editions["zh"] and "hidden" not in editions["en"]
    said = " ".join(page.words)
    for report in reports.values():
        assert report.headline in said
        assert all(fact.value in said and fact.detail in said for fact in report.facts)
        assert all(notice in said for notice in report.notices)
        assert report.synthetic_note in said
        assert all(table.title in said for table in report.tables.values() if table.rows)


def test_the_page_asks_nobody_for_anything(reports) -> None:
    text = render_page(reports, "zh")
    page = Page(text)
    policy = next(a["content"] for tag, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none';") and "connect-src" not in policy
    assert {tag for tag, _ in page.tags} & {"img", "iframe", "object", "embed", "form", "base"} == set()
    links = [value for _, a in page.tags for name, value in a.items() if name in ("src", "href", "action", "data")]
    assert all(link.startswith(("#", "data:,")) for link in links)
    addresses = set(re.findall(r"https?://[^\s\"'<)]+", text))
    assert addresses == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"@import|url\((?!#)", text)


def test_ids_are_unique_and_every_reference_finds_one(reports) -> None:
    page = Page(render_page(reports, "zh"))
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    wanted = {a["aria-labelledby"] for _, a in page.tags if "aria-labelledby" in a}
    wanted |= {a["href"][1:] for tag, a in page.tags if tag == "a"}
    assert wanted <= set(ids)


def test_headings_go_down_step_by_step(reports) -> None:
    page = Page(render_page(reports, "zh"))
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 2  # one per language
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_control_grid_stands_like_the_facade_with_the_holder_s_grade(reports) -> None:
    text = render_page({"en": reports["en"]}, "en")
    grid = text[text.index('<table class="grid">') : text.index("</table>", text.index('<table class="grid">'))]
    cells = re.findall(r'<td class="state-(\w+)[^"]*">(?:<b class="grade">(\w)</b>)?<span>([^<]*)</span>', grid)
    assert [(state, grade, words.split(" ")[0]) for state, grade, words in cells] == [
        ("held_by_buyer", "C", "1-201"), ("held_by_buyer", "U", "1-202"),
        ("contested", "A", "1-101"), ("held_by_buyer", "B", "1-102"),
    ]
    assert re.findall(r'<th scope="row">([^<]*)</th>', grid) == ["2F", "1F"]


def test_a_table_no_section_names_is_shown_in_the_last_section(reports) -> None:
    extra = {lang: replace(r, tables={**r.tables, "novel": replace(table([("x", 1)], "novel"), title=f"Novel {lang}")})
             for lang, r in reports.items()}
    text = render_page(extra, "zh")
    assert "Novel zh" in text[text.index(f'id="zh-{list(SECTIONS)[-1]}-section"'):]
    assert "Novel en" in text


def test_outside_text_is_never_markup(reports) -> None:
    cells = {u: replace(c, lines=(EVIL,), grade=EVIL) for u, c in reports["zh"].control_cells.items()}
    chart_cells = {u: replace(c, title=EVIL, text=EVIL) for u, c in reports["zh"].chart.cells.items()}
    labels = {key: value if key in ("lang", "floor") else EVIL for key, value in reports["zh"].chart.labels.items()}
    evil_rows = [(EVIL, EVIL)] * (WHOLE_TABLE_ROWS + 1)
    columns = (ColumnView("c0", EVIL), ColumnView("c1", EVIL, "long_text"))
    evil = replace(
        reports["zh"], title=EVIL, subtitle=EVIL, headline=EVIL, synthetic_note=EVIL, notices=(EVIL,),
        facts=(Fact("f", EVIL, EVIL, EVIL),), control_cells=cells,
        chart=replace(reports["zh"].chart, title=EVIL, subtitle=EVIL, cells=chart_cells, labels=labels),
        tables={"refusals": TableView("refusals", EVIL, EVIL, columns, tuple(evil_rows)),
                "goals": TableView("goals", EVIL, EVIL, columns, ((EVIL, EVIL),))},
    )
    text = render_page({"zh": evil}, "zh")
    page = Page(text)
    assert "img" not in {tag for tag, _ in page.tags}
    assert [a for tag, a in page.tags if tag == "script"] == [
        {"type": "application/octet-stream", "id": "data-refusals"}, {},
    ]
    assert all("onerror" not in a for _, a in page.tags)
    assert "49" not in " ".join(page.words)
    assert EVIL in "".join(page.words)


def test_reports_of_different_shape_are_refused(reports) -> None:
    shorter = replace(reports["en"], tables={"goals": reports["en"].tables["goals"]})
    with pytest.raises(ValueError, match="differ in their tables"):
        render_page({"zh": reports["zh"], "en": shorter}, "zh")
    with pytest.raises(ValueError, match="no report in 'fr'"):
        render_page(reports, "fr")


def test_equal_reports_give_equal_bytes(reports) -> None:
    assert render_page(reports, "zh") == render_page(reports, "zh")


# ---- tables ----

@pytest.mark.parametrize(("value", "kind", "shown"), [
    (None, "int", ""), ("", "text", ""), (12_345, "int", "12,345"), (0, "int", "0"), (89.5, "number", "89.5"),
    (90.0, "number", "90"), (100.0, "number", "100"), (2_207_200, "yuan", "2,207,200"),
    (24_830.4, "yuan_per_m2", "24,830"), (0.685, "percent", "68.5%"), (1.0, "percent", "100%"), (0.0, "percent", "0%"),
    (datetime(2026, 11, 20, 18, 5), "datetime", "2026-11-20 18:05"), (datetime(2026, 11, 20), "date", "2026-11-20"),
    ("007", "int", "007"),
])
def test_values_read_as_people_write_them(value, kind, shown) -> None:
    assert display(value, kind) == shown


@pytest.mark.parametrize(("rows", "packed", "openly"), [
    (WHOLE_TABLE_ROWS, False, WHOLE_TABLE_ROWS), (WHOLE_TABLE_ROWS + 1, True, FIRST_RECORDS),
])
def test_a_table_is_packed_from_the_first_row_too_many(rows, packed, openly) -> None:
    block = table_block(table([(f"r{n}", n) for n in range(rows)]), (0, 1))
    assert (block.packed, len(block.records), block.total) == (packed, openly, rows)


def test_columns_without_any_value_in_any_language_are_left_out() -> None:
    zh, en = table([("", None), ("", None)]), table([("", None), ("x", None)])
    assert shown_columns([zh, zh]) == ()
    assert shown_columns([zh, en]) == (0,)
    assert shown_columns([table([])]) == (0, 1)


def test_languages_of_different_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="table refusals"):
        shown_columns([table([("a", 1)]), table([("a", 1), ("b", 2)])])


def test_conflicts_are_one_record_per_unit_with_the_winner_first(reports) -> None:
    conflicts = reports["en"].tables["conflicts"]
    block = table_block(conflicts, shown_columns([conflicts]))
    names = [column.key for column in block.columns]
    assert block.total == 1 and block.group == names.index("unit_id")
    assert [row[names.index("buyer")] for row in block.records[0]] == ["anna", "bo", "cai"]
    assert "ruling" not in names  # empty columns for the sales lead's pen stay in the workbook


values = st.one_of(st.none(), st.text(max_size=8), st.integers(-(10**9), 10**9))


@settings(deadline=None)
@given(st.lists(st.tuples(values, values), max_size=60), st.data())
def test_packing_loses_nothing_in_either_language(rows, data) -> None:
    other = [(data.draw(values), amount) for _, amount in rows]
    tables = {"zh": table(rows), "en": table(other)}
    opened = unpacked(pack(tables, (0, 1)))
    assert opened["rows"] == len(rows)
    for lang, given_rows in (("zh", rows), ("en", other)):
        assert rows_of(opened, lang) == [(display(a, "text"), display(b, "yuan")) for a, b in given_rows]


def test_texts_the_languages_share_are_stored_once() -> None:
    same = table([("王芳", 5)] * 3)
    opened = unpacked(pack({"zh": same, "en": same}, (0, 1)))
    assert [column["texts"] for column in opened["columns"]] == [{"zh": ["王芳"]}, {"zh": ["5"]}]
    assert opened["columns"][0]["places"] == [0, 0, 0]
