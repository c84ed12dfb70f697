"""How the program starts another Python process with its own modules."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import sincerity


def own_command(module: str, *arguments: str) -> Sequence[str]:
    """The command that runs ``module`` of this program with the interpreter we run on."""
    return [sys.executable, "-P", "-m", module, *arguments]


def own_environment() -> dict[str, str]:
    """Our own environment, with the module path this process has found its modules on."""
    home = str(Path(sincerity.__file__).parent.parent)
    return os.environ | {"PYTHONPATH": os.pathsep.join([home, *filter(None, sys.path)])}
