document.documentElement.classList.add("js");
const editions = [...document.querySelectorAll(".edition")];
function show(lang) {
  for (const edition of editions) edition.hidden = edition.dataset.lang !== lang;
  for (const button of document.querySelectorAll("[data-set-lang]"))
    button.setAttribute("aria-pressed", String(button.dataset.setLang === lang));
  const shown = editions.find((edition) => !edition.hidden);
  document.documentElement.lang = shown.lang;
  document.title = shown.dataset.title;
}
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-set-lang]");
  if (button) show(button.dataset.setLang);
});
show(editions.find((edition) => !edition.hidden).dataset.lang);
