"""model.html: the chance model for leadership, both languages in one file that asks the network for nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sincerity.reports.model_view import CARD, ModelReport
from sincerity.reports.page_tables import display
from sincerity.reports.view import CellValue, TableView
from sincerity.texts import text

_NUMBERS = ("int", "number", "percent")


@dataclass(frozen=True)
class Edition:
    """The page in one language."""

    report: ModelReport
    card: TableView
    details: tuple[TableView, ...]

    def say(self, key: str, **parts: object) -> str:
        """The page's own word for ``key``."""
        return text(f"model.{key}", self.report.lang, **parts)

    def rows(self, table: TableView) -> list[list[tuple[str, str, str]]]:
        """The rows of ``table`` as (shape, label, text) of every cell."""
        return [
            [
                ("number" if column.kind in _NUMBERS else "text", column.label, _shown(value, column.kind))
                for column, value in zip(table.columns, row, strict=True)
            ]
            for row in table.rows
        ]

    def drawing(self, svg: str) -> Markup:
        """One of the report's drawings, to be placed as it is."""
        return Markup(svg)


def render_model_page(reports: Mapping[str, ModelReport], default_lang: str) -> str:
    """The page with every language of ``reports``, opened in ``default_lang``. ValueError when that one is missing."""
    if default_lang not in reports:
        raise ValueError(f"no report in {default_lang!r}")
    editions = [_edition(report) for report in reports.values()]
    return _environment().get_template("model.html.j2").render(
        editions=editions, default_lang=default_lang, style=_asset("model.css"), script=_asset("model.js")
    ).lstrip()


def _shown(value: CellValue, kind: str) -> str:
    """As everywhere on the page, but for figures that are rounded already and keep their decimals."""
    return f"{value:,.6g}" if kind == "number" and isinstance(value, float) else display(value, kind)


def _edition(report: ModelReport) -> Edition:
    card = next(table for table in report.tables if table.key == CARD)
    return Edition(report, card, tuple(table for table in report.tables if table.key != CARD and table.rows))


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("sincerity.reports"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )


def _asset(name: str) -> Markup:
    return Markup((resources.files("sincerity.reports") / "templates" / name).read_text(encoding="utf-8"))
