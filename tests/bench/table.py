"""Prints the rows of a benchmark as a plain table."""

from __future__ import annotations

from collections.abc import Sequence


def print_table(rows: Sequence[dict[str, object]]) -> None:
    """One line per row; the columns are the keys in the order they first appear."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    cells = [[str(row.get(name, "")) for name in columns] for row in rows]
    widths = [max(len(line[i]) for line in [columns, *cells]) for i in range(len(columns))]
    for line in [columns, *cells]:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    print()
