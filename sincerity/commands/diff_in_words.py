"""What changed between two runs of the register, as the tables of the report and as lines for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

import pandas as pd

from sincerity.allocation.moves import moves
from sincerity.console import say
from sincerity.domain import RoundResult
from sincerity.register.diff import changes
from sincerity.register.store import INPUT, OUTPUT, Register, Run
from sincerity.reports import buyer_tables, change_tables
from sincerity.reports.formatting import NOTHING, count_text
from sincerity.reports.lookup import Lookup
from sincerity.reports.view import CellValue, TableView
from sincerity.reports.wording import Words
from sincerity.screening_rules import demand_rules
from sincerity.settings import Settings

SHOWN_ROWS = 10  # of each table on the terminal; --json gives them all
_SHOWN = (
    change_tables.changes_buyers, change_tables.changes_picks, change_tables.changes_units,
    change_tables.changes_targets, buyer_tables.moves,
)

Tables = Mapping[str, pd.DataFrame]


def changed_tables(before: Tables, after: Tables) -> dict[str, pd.DataFrame]:
    """The tables of changes and the moves from the one run's OUTPUT tables to the other's, by name."""
    moved = moves(after["allocation"], before["allocation"], after["refusals"], after["scores"])
    return {**changes(before, after, demand_rules()), "moves": moved}


def diff_in_words(register: Register, earlier: Run, later: Run, settings: Settings, lang: str) -> Iterator[str]:
    """The changed tables in words, buyers by name and id as far as the register still knows the name."""
    before, after = (register.tables(run.run_no, OUTPUT) for run in (earlier, later))
    tables = {**after, **changed_tables(before, after), "buyers": _buyers(register, earlier, later)}
    result = RoundResult(
        settings, later.round, datetime.fromisoformat(later.cutoff), later.policy, later.status, "", tables, {}, {}, (),
        (),
    )
    lookup = Lookup(result, Words(lang))
    for shown in _SHOWN:
        yield from _lines(shown(lookup), lang)


def _buyers(register: Register, earlier: Run, later: Run) -> pd.DataFrame:
    """Everybody of either run: id, name ("" where it is not known any more), consultant and registration."""
    both = [register.tables(run.run_no, INPUT)["buyers"] for run in (later, earlier)]
    buyers = pd.concat(both, ignore_index=True).drop_duplicates("buyer_id", ignore_index=True)
    names = buyers["buyer_id"].map(register.names()).astype("str").fillna("")
    return buyers[["buyer_id", "consultant", "registered_on"]].assign(name=names)


def _lines(table: TableView, lang: str) -> Iterator[str]:
    yield say("done.diff_table", lang, title=table.title, rows=len(table.rows))
    if table.rows:
        yield "  " + " · ".join(column.label for column in table.columns)
    for row in table.rows[:SHOWN_ROWS]:
        yield "  " + " · ".join(map(_cell, row))
    if len(table.rows) > SHOWN_ROWS:
        yield "  …"


def _cell(value: CellValue) -> str:
    if value is None or value == "":
        return NOTHING
    return value if isinstance(value, str) else count_text(float(value))  # type: ignore[arg-type]
