"""What is wrong with the input, said as values: where, what was found, what was expected, how to mend it.

Stages return their result together with a tuple of problems; nobody prints or raises on bad data.
A problem carries a stable code and the parts of its sentence. The sentences themselves stand once,
in both languages, under ``problem.<code>`` in ``config/texts/problems.toml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from sincerity.texts import text

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True)
class Problem:
    """One thing a person should mend or know.

    ``row`` is the row number Excel shows (the header is usually row 1); ``column`` is the column's
    letter and ``header`` the header text as it stands in the file; ``value`` is what was found there,
    as text. ``parts`` fill the placeholders of the sentence. Unknown places are None.
    """

    severity: Severity
    code: str
    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    header: str | None = None
    value: str | None = None
    parts: Mapping[str, object] = field(default_factory=dict)

    def what(self, lang: str) -> str:
        """The sentence that says what was found and what was expected."""
        return text(f"problem.{self.code}.what", lang, **self._parts())

    def fix(self, lang: str) -> str:
        """The sentence that says how to mend it."""
        return text(f"problem.{self.code}.fix", lang, **self._parts())

    def place(self) -> str:
        """File, sheet and cell in one short text, e.g. ``launch.xlsx › 房源 › C12``."""
        cell = f"{self.column or ''}{self.row or ''}"
        return " › ".join(part for part in (self.file, self.sheet, cell) if part)

    def _parts(self) -> dict[str, object]:
        return {"value": self.value or "", "header": self.header or "", **self.parts}


def has_errors(problems: Iterable[Problem]) -> bool:
    """True when at least one problem stops the run."""
    return any(problem.severity == "error" for problem in problems)
