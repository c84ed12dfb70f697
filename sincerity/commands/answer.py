"""What every command gives back, and how it shows its progress."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import dataclass, field

from sincerity.console import say
from sincerity.problems import Problem
from sincerity.progress import Progress

DONE, INPUT_PROBLEMS, NOT_PROVEN = 0, 1, 3


@dataclass(frozen=True)
class Answer:
    """What a command has to say: exit code, problems, ``words`` for a person, ``facts`` for another program.

    ``listed``: whether a person is shown each problem, too.
    """

    exit_code: int
    words: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)
    listed: bool = True


def progress_of(options: Namespace) -> Progress:
    """The stages of a run, told to a person who watches."""
    shown = sys.stderr.isatty() and not options.quiet
    return Progress(sys.stderr if shown else None, lambda stage: say(f"stage.{stage}", options.words))
