"""Why a register cannot be used, as a problem for the person who asked."""

from __future__ import annotations

from sincerity.problems import Problem


class RegisterFault(Exception):
    """The register cannot be reached, read or trusted; ``problem`` says why and what to do."""

    def __init__(self, code: str, value: str | None = None, **parts: object) -> None:
        super().__init__(f"{code} {parts}")
        self.problem = Problem("error", code, value=value, parts=parts)
