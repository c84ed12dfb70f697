"""report.html: the whole round in one file that asks the network for nothing.

Everything to see first stands in the HTML itself, in every language: headline, facts, notices, chart,
control grid, first conflicts. Long tables are packed behind it and opened by a small script in the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sincerity.reports.chart_settings import chart_settings
from sincerity.reports.page_tables import TableBlock, pack, shown_columns, table_block
from sincerity.reports.svg import draw_building
from sincerity.reports.view import FacadeBuilding, FloweringChart, Report, TableView
from sincerity.texts import text

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "changes": (
        "moves", "decision_costs", "rulings", "changes_buyers", "changes_picks", "changes_units", "changes_targets",
        "deadlines",
    ),
    "charts": (
        "chart_index", "buyer_register", "answer_tally", "unit_picks", "scoring_standard", "feedback_shares",
        "pick_feedback", "showflat_views", "pick_moves", "pick_changes", "hand_outs",
    ),
    "conflicts": ("conflicts", "steering", "waiting_list", "decisions"),
    "prices": (
        "base_check", "prices", "price_variants", "price_goals", "price_band", "price_lost", "price_acceptance",
    ),
    "control": ("units_flat",),
    "buyers": ("sincerity", "refusals", "expected_orders", "chances", "drift", "flags"),
    "targets": ("targets", "collisions", "kpi", "frontier", "goals"),
    "forecasts": (
        "forecast_review", "forecast_totals", "levers", "ballot", "unit_review", "forecast_grades", "forecast_units",
        "forecast_buyers", "absorption_curve", "forecast_basis",
    ),
    "audit": ("audit", "settings", "inputs", "late_entries"),  # and every table no section names
}


@dataclass(frozen=True)
class Drawing:
    """One building of the chart: its facade, its name in words, and its SVG."""

    building: FacadeBuilding
    name: str
    svg: Markup


@dataclass(frozen=True)
class Edition:
    """The page in one language."""

    lang: str
    report: Report
    drawings: tuple[Drawing, ...]
    wave_drawings: tuple[Drawing, ...]  # () without a forecast
    review_drawings: tuple[Drawing, ...]  # () before the launch is closed
    sections: Mapping[str, tuple[TableBlock, ...]]

    def say(self, key: str, **parts: object) -> str:
        """The page's own word for ``key``."""
        return text(f"page.{key}", self.lang, **parts)


def render_page(reports: Mapping[str, Report], default_lang: str) -> str:
    """The page with every language of ``reports``, opened in ``default_lang``.

    Raises ValueError when ``default_lang`` is missing or the reports differ in their tables.
    """
    if default_lang not in reports:
        raise ValueError(f"no report in {default_lang!r}")
    tables = _tables_by_key(reports)
    shown = {key: shown_columns(list(each.values())) for key, each in tables.items()}
    editions = [_edition(report, shown) for report in reports.values()]
    first = editions[0]
    return _environment().get_template("page.html.j2").render(
        editions=editions,
        default_lang=default_lang,
        default_theme=reports[default_lang].chart.theme,
        themes=chart_settings().themes,
        tone_of=chart_settings().tone_of,
        packed={
            block.key: Markup(pack(tables[block.key], shown[block.key]))
            for blocks in first.sections.values()
            for block in blocks
            if block.packed
        },
        style=_asset("page.css"),
        script=_asset("page.js"),
    ).lstrip()


def _tables_by_key(reports: Mapping[str, Report]) -> dict[str, dict[str, TableView]]:
    """Every table in every language: key → language → table."""
    keys = [tuple(report.tables) for report in reports.values()]
    if any(set(other) != set(keys[0]) for other in keys):
        raise ValueError("the reports differ in their tables")
    return {key: {lang: report.tables[key] for lang, report in reports.items()} for key in keys[0]}


def _edition(report: Report, shown: Mapping[str, tuple[int, ...]]) -> Edition:
    waves = report.absorption.waves if report.absorption else None
    review = report.absorption.review if report.absorption else None
    blocks = {key: table_block(table, shown[key]) for key, table in report.tables.items()}
    return Edition(
        report.lang,
        report,
        _drawings(report.chart, report.lang),
        _drawings(waves, f"{report.lang}-wave") if waves else (),
        _drawings(review.units, f"{report.lang}-review") if review else (),
        _in_sections(blocks),
    )


def _drawings(chart: FloweringChart, prefix: str) -> tuple[Drawing, ...]:
    return tuple(
        Drawing(
            building=building,
            name=chart.labels[f"building {building.name}"],
            svg=Markup(draw_building(chart, building, f"{prefix}-{number}")),
        )
        for number, building in enumerate(chart.buildings)
    )


def _in_sections(blocks: Mapping[str, TableBlock]) -> dict[str, tuple[TableBlock, ...]]:
    """The blocks under the sections that name them, tables without rows left out, the unnamed in the last."""
    named = {key for keys in SECTIONS.values() for key in keys}
    others = tuple(key for key in blocks if key not in named)
    last = list(SECTIONS)[-1]
    keys_of = {**SECTIONS, last: (*SECTIONS[last], *others)}
    return {
        section: tuple(blocks[key] for key in keys if key in blocks and blocks[key].total)
        for section, keys in keys_of.items()
    }


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("sincerity.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _asset(name: str) -> Markup:
    return Markup((resources.files("sincerity.reports") / "templates" / name).read_text(encoding="utf-8"))
