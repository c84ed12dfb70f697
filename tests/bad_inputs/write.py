"""Writes every bad launch of the catalogue for a person to look at: ``python -m tests.bad_inputs.write DIR``."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.bad_inputs.catalogue import CASES
from tests.bad_inputs.good_launch import good_book


def write_all(folder: Path) -> int:
    """The number of launches written, the good one included."""
    good_book().write(folder / "good")
    for case in CASES:
        case.write(folder / case.name)
    return len(CASES) + 1


if __name__ == "__main__":
    print(write_all(Path(sys.argv[1])))
