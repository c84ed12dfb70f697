"""The forecast's codes as words: levers, calling orders, assumptions."""

from __future__ import annotations

from sincerity.forecast.assumptions import assumption_rows
from sincerity.reports.lookup import Lookup
from sincerity.texts import catalogue, text


def lever_labels(lookup: Lookup) -> list[str]:
    """Each row of LEVERS in words."""
    rows = lookup.table("levers")
    return [_lever(lookup, *pair) for pair in zip(rows["lever"], rows["choice"], strict=True)]


def assumption_label(item: str, lang: str) -> str:
    """What an item of FORECAST_BASIS is called."""
    row = assumption_rows().get(item)
    return row["label"][lang] if row else text(f"report.basis.{item}", lang)  # type: ignore[index]


def assumption_value(item: str, value: str, lang: str) -> str:
    """An item's value as people read it."""
    if item == "order":
        return text(f"forecast.order.{value}", lang)
    return text(f"report.basis.chances_{value}", lang) if item == "chances" else value


def _lever(lookup: Lookup, lever: str, choice: str) -> str:
    lang, policies = lookup.words.lang, lookup.result.settings.policies
    if lever == "policy":
        choice = policies[choice].label[lang]
    for group in ("order", "choice"):
        if f"forecast.{group}.{choice}" in catalogue() and lever != "release":
            choice = text(f"forecast.{group}.{choice}", lang)
    return text(f"forecast.lever.{lever}", lang, choice=choice)
