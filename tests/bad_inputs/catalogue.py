"""Every kind of bad input the program must tell in words, one small launch each."""

from __future__ import annotations

from tests.bad_inputs import cells, checks, files, tables

CASES = (
    *cells.CELLS, *cells.COLUMNS, *cells.EXTRA_ROWS, *tables.TABLES, *checks.IDS, *checks.UNITS, *checks.BUYERS,
    *checks.TIMES, *checks.PICKS, *checks.TARGETS, *files.FILES,
)
