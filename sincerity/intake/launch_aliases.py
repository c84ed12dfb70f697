"""The launch's own ``columns.toml``, laid over the words that ship with the program."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from sincerity.intake.aliases import Aliases, build_aliases, shipped_aliases, shipped_words
from sincerity.problems import Problem

FILE_NAME = "columns.toml"


def load_aliases(folder: Path) -> tuple[Aliases, tuple[Problem, ...]]:
    """The words in force for ``folder``; the shipped ones, and a problem, when its own file cannot be used."""
    path = folder / FILE_NAME
    if not path.is_file():
        return shipped_aliases(), ()
    try:
        own = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        return build_aliases(shipped_words(), own), ()
    except (ValueError, TypeError, AttributeError) as fault:
        line = re.search(r"line (\d+)", str(fault))
        problem = Problem(
            "error", "columns_file_wrong", FILE_NAME, row=int(line[1]) if line else None, parts={"detail": str(fault)})
        return shipped_aliases(), (problem,)
