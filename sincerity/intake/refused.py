"""How a reader gives up on a file in the middle of streaming it."""

from __future__ import annotations

from sincerity.problems import Problem


class Refused(Exception):
    """The file must not be read further. Raised inside the readers, turned into a problem at their border."""

    def __init__(self, code: str, sheet: str | None = None, **parts: object) -> None:
        super().__init__(code)
        self.code = code
        self.sheet = sheet
        self.parts = parts

    def problem(self, file: str) -> Problem:
        """The same as a value."""
        return Problem("error", self.code, file, self.sheet, parts=self.parts)


def damaged(detail: object) -> Refused:
    """A file that is broken; ``detail`` says how, for the log and for whoever helps."""
    return Refused("file_damaged", detail=" ".join(str(detail).split())[:200])
