"""The launch's own log of rulings, ``decisions/rulings.csv``: read with the input, never edited by hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from sincerity.domain.rulings import DECISIONS_FOLDER, RULINGS, RULINGS_FILE
from sincerity.problems import Problem
from sincerity.tables import DamagedTable, read_table


def read_rulings(folder: Path) -> tuple[pd.DataFrame, tuple[Problem, ...]]:
    """The log of the launch in ``folder``, empty where none was begun, and why it could not be read."""
    if not (folder / RULINGS_FILE).is_file():
        return RULINGS.empty(), ()
    try:
        return read_table(RULINGS.name, folder / DECISIONS_FOLDER), ()
    except (DamagedTable, OSError) as fault:
        return RULINGS.empty(), (Problem("error", "rulings_damaged", RULINGS_FILE, parts={"detail": str(fault)}),)
