"""Numbers that settle ties: drawn by lot, yet the same in every run of a launch.

A keyed hash (BLAKE2b, 64 bits) of the launch's seed and of keys that survive renamed ids and shuffled
rows. Nobody can move a tie number by sorting the file, importing it twice or choosing another buyer id.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import pandas as pd

Numbers = npt.NDArray[np.uint64]

_BETWEEN = "\x1f"  # parts of one key
_PAIR = "\x1e"  # household and unit of a pair


def household_number(seed: str, household_keys: Iterable[str]) -> Numbers:
    """One number in 0 … 2⁶⁴−1 per household key, the same for the whole launch; the lower one comes first."""
    return _numbers(seed, b"household", household_keys)


def pair_number(seed: str, household_keys: Sequence[str], unit_keys: Sequence[str]) -> Numbers:
    """One number in 0 … 2⁶⁴−1 per pair of household and unit; both sequences have the same length."""
    pairs = zip(household_keys, unit_keys, strict=True)
    return _numbers(seed, b"pair", (f"{household}{_PAIR}{unit}" for household, unit in pairs))


def unit_keys(units: pd.DataFrame) -> pd.Series:
    """A key per unit that survives renamed unit ids: building, section, floor and room; the id where no room is given.

    The index of ``units`` is kept.
    """
    place = units["building"].str.cat(
        [units["section"], units["floor"].astype("str"), units["room"]], sep=_BETWEEN
    )
    return place.where(units["room"] != "", units["unit_id"]).rename("unit_key")


def _numbers(seed: str, use: bytes, keys: Iterable[str]) -> Numbers:
    start = blake2b(key=blake2b(seed.encode()).digest(), digest_size=8, person=use)

    def digest(key: str) -> bytes:
        state = start.copy()
        state.update(key.encode())
        return state.digest()

    return np.frombuffer(b"".join(map(digest, keys)), dtype=">u8").astype(np.uint64)
