"""A round's result as one report in one language: the last place where numbers are looked up and sentences made."""

from __future__ import annotations

from collections.abc import Callable

from sincerity.domain import RoundResult
from sincerity.reports import buyer_tables, change_tables, run_tables, unit_tables
from sincerity.reports.absorption import absorption
from sincerity.reports.audit_table import audit_table
from sincerity.reports.chance_tables import CHANCE_TABLES
from sincerity.reports.control_cells import control_cells
from sincerity.reports.decision_tables import DECISION_TABLES
from sincerity.reports.flowering_chart import flowering_chart
from sincerity.reports.forecast_tables import FORECAST_TABLES
from sincerity.reports.formatting import moment_text
from sincerity.reports.lookup import Lookup
from sincerity.reports.method_tables import method_tables
from sincerity.reports.pictures import pictures
from sincerity.reports.price_tables import PRICE_VIEWS
from sincerity.reports.sincerity_table import sincerity
from sincerity.reports.summary import facts, headline, notices
from sincerity.reports.view import Report, TableView
from sincerity.reports.wording import Words
from sincerity.reports.work_lists import work_lists

TABLES: tuple[Callable[[Lookup], TableView], ...] = (
    unit_tables.units_flat,
    unit_tables.conflicts,
    unit_tables.waiting_list,
    buyer_tables.steering,
    buyer_tables.refusals,
    sincerity,
    buyer_tables.moves,
    change_tables.changes_buyers,
    change_tables.changes_picks,
    change_tables.changes_units,
    change_tables.changes_targets,
    change_tables.deadlines,
    run_tables.kpi,
    run_tables.frontier,
    run_tables.goals,
    run_tables.targets,
    run_tables.collisions,
    run_tables.decisions,
    *DECISION_TABLES,
    buyer_tables.flags,
    run_tables.late_entries,
    *FORECAST_TABLES,
    *CHANCE_TABLES,
    *PRICE_VIEWS,
    audit_table,
    run_tables.settings_in_force,
    run_tables.inputs,
)


def build_report(result: RoundResult, lang: str) -> Report:
    """Everything the workbook and the page show of ``result``, in ``lang`` (zh or en)."""
    words = Words(lang)
    lookup = Lookup(result, words)
    listed = (*(table(lookup) for table in TABLES), *method_tables(lookup))
    tables = {table.key: table for table in listed}
    settings = result.settings
    return Report(
        lang=lang,
        title=words("title", launch=settings.name, round=result.round),
        subtitle=words(
            "subtitle",
            cutoff=moment_text(result.cutoff),
            launch_day=f"{settings.launch_day:%Y-%m-%d}",
            policy=settings.policies[result.policy].label[lang],
        ),
        synthetic_note=words("synthetic") if settings.synthetic else "",
        round_purpose=change_tables.round_purpose(lookup),
        headline=headline(lookup),
        since=change_tables.since_sentences(lookup),
        facts=facts(lookup),
        notices=notices(lookup),
        facade=lookup.facade,
        control_cells=control_cells(lookup),
        chart=flowering_chart(result, lang, settings.theme),
        absorption=absorption(lookup),
        tables=tables,
        work_lists=work_lists(lookup),
        pictures=pictures(lookup, tables),
    )
