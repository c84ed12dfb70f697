"""What a batch says of one launch."""

from __future__ import annotations

from dataclasses import dataclass

BATCH_STATUSES = ("done", "unchanged", "unproven", "problems", "busy", "failed")


@dataclass(frozen=True)
class LaunchLine:
    """One launch of a batch. Paths are relative to the batch's folder, with forward slashes; "" where there is none.

    ``status``: ``done`` and ``unchanged`` have a published run that is proven, ``unproven`` one that is not;
    ``problems``, ``busy`` (another run is at work) and ``failed`` have none of this batch, and ``what`` says why.
    ``policy`` is its label. ``buyers_with_pick`` and ``placed`` are the denominators of the placement rate and the
    first-choice rate.
    """

    folder: str
    status: str
    seconds: float
    name: str = ""
    round: int | None = None
    policy: str = ""
    buyers_with_pick: int | None = None
    buyers_placed: int | None = None
    placed: int | None = None
    first_choices: int | None = None
    errors: int = 0
    warnings: int = 0
    what: str = ""
    report: str = ""
    control_sheet: str = ""
    problems_file: str = ""
