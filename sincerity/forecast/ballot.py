"""A public ballot: an order of calling that nobody can steer and everybody can repeat.

Several people call out digits in public after the list of buyers has been published. For every buyer the text
``launch_id|digits|buyer_id`` (digits joined by hyphens in the order called) is hashed with SHA-256; the smallest
hash is called first. The formula is fixed beforehand, so nobody who calls digits can know what they will do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import pandas as pd

from sincerity.domain import BALLOT

FORMULA = 'SHA-256("{launch_id}|{digits}|buyer_id")'


def formula(launch_id: str, digits: Sequence[str]) -> str:
    """The formula with this draw's parts filled in, for the notice on the wall."""
    return FORMULA.format(launch_id=launch_id, digits="-".join(digits))


def draw_ballot(buyer_ids: Iterable[str], launch_id: str, digits: Sequence[str]) -> pd.DataFrame:
    """BALLOT: every buyer's number and place."""
    texts = {buyer_id: f"{launch_id}|{'-'.join(digits)}|{buyer_id}" for buyer_id in buyer_ids}
    drawn = sorted((hashlib.sha256(text.encode()).hexdigest(), buyer_id) for buyer_id, text in texts.items())
    return BALLOT.frame(pd.DataFrame(
        [(place, buyer_id, texts[buyer_id], number) for place, (number, buyer_id) in enumerate(drawn, 1)],
        columns=BALLOT.names,
    ))
