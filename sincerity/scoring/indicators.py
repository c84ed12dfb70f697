"""What a buyer did, as one number per buyer and measure: the left-hand side of the scoring card.

Only the buyer's own acts are read; outbound calls appear in no measure. Every measure takes Facts and
gives float64 of shape (buyers,), NaN where nothing is known (worth 0 points). A measure added here may
be named in the card at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from sincerity.domain import ACCEPTS, COMMITMENTS, TOUCHPOINT_KINDS, Known
from sincerity.settings import Settings

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

INBOUND = ("inbound_call", "message_in")
CONTACT = ("visit", *INBOUND)
OWN_ACTS = tuple(kind for kind in TOUCHPOINT_KINDS if kind != "outbound_call")
_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Facts:
    """What the measures read. Buyers are positions 0 … size−1 in the order of ``Known.buyers``.

    The touchpoint arrays are parallel; so are the arrays of picks and those of answers.
    """

    size: int
    cutoff: np.datetime64
    commitment: Ints  # (size,) index into COMMITMENTS
    touch_buyer: Ints
    touch_kind: Ints  # index into TOUCHPOINT_KINDS
    touch_at: npt.NDArray[np.datetime64]
    touch_by_family: Bools  # family or decision-maker came along
    touch_asks_terms: Bools  # the note names payment, loan or contract
    pick_buyer: Ints
    pick_level: Floats  # 0 below the band, 1 its lower edge, 2 base price or more; NaN when nothing is said
    answer_buyer: Ints
    answer_meaning: npt.NDArray[np.object_]

    def of_kind(self, kinds: Iterable[str]) -> Bools:
        """True for touchpoints of one of ``kinds``."""
        return np.isin(self.touch_kind, [TOUCHPOINT_KINDS.index(kind) for kind in kinds])

    def any_touchpoint(self, chosen: Bools) -> Bools:
        """True for buyers with at least one of the ``chosen`` touchpoints."""
        return np.bincount(self.touch_buyer[chosen], minlength=self.size) > 0

    def answered(self, meaning: str) -> Bools:
        """True for buyers with an answer to a question of that meaning."""
        return np.bincount(self.answer_buyer[self.answer_meaning == meaning], minlength=self.size) > 0

    def before(self, moment: datetime) -> Facts:
        """The same facts as if the cutoff were ``moment`` and no later touchpoint had happened yet."""
        earlier = self.touch_at < np.datetime64(moment, "us")
        return replace(
            self,
            cutoff=np.datetime64(moment, "us"),
            touch_buyer=self.touch_buyer[earlier],
            touch_kind=self.touch_kind[earlier],
            touch_at=self.touch_at[earlier],
            touch_by_family=self.touch_by_family[earlier],
            touch_asks_terms=self.touch_asks_terms[earlier],
        )


Measure = Callable[[Facts], Floats]


def facts_of(known: Known, settings: Settings) -> Facts:
    """The known facts as arrays. Raises ValueError when a fact belongs to no buyer of ``known.buyers``."""
    position = pd.Index(known.buyers["buyer_id"])
    touch, picks, answers = known.touchpoints, known.picks, known.answers
    return Facts(
        size=len(position),
        cutoff=np.datetime64(known.cutoff, "us"),
        commitment=_codes(known.buyers["commitment"], COMMITMENTS),
        touch_buyer=_positions(position, touch["buyer_id"]),
        touch_kind=_codes(touch["kind"], TOUCHPOINT_KINDS),
        touch_at=touch["at"].to_numpy("datetime64[us]"),
        touch_by_family=touch["party"].isin(["family", "decider"]).to_numpy(bool),
        touch_asks_terms=_mentions(touch["note"], settings.inquiry_keywords),
        pick_buyer=_positions(position, picks["buyer_id"]),
        pick_level=_accepted_level(picks, known.units),
        answer_buyer=_positions(position, answers["buyer_id"]),
        answer_meaning=_meanings(answers, settings.questions),
    )


def visit_days(facts: Facts) -> Floats:
    """Distinct days with a visit."""
    return _distinct_days(facts, ("visit",))


def decider_came(facts: Facts) -> Floats:
    """1 when family or a decision-maker came along to a visit at least once."""
    return facts.any_touchpoint(facts.of_kind(("visit",)) & facts.touch_by_family).astype(float)


def showflat_days(facts: Facts) -> Floats:
    """Distinct days with a show-flat view."""
    return _distinct_days(facts, ("showflat_view",))


def inbound_days(facts: Facts) -> Floats:
    """Distinct days with an inbound call or message."""
    return _distinct_days(facts, INBOUND)


def asked_terms(facts: Facts) -> Floats:
    """1 when the note of an inbound contact or visit names payment, loan or contract."""
    return facts.any_touchpoint(facts.of_kind(CONTACT) & facts.touch_asks_terms).astype(float)


def event_days(facts: Facts) -> Floats:
    """Events attended, those of one day counted once."""
    return _distinct_days(facts, ("event",))


def commitment(facts: Facts) -> Floats:
    """Strongest commitment, 0 none … 3 frozen funds; a deposit of unstated manner counts as a card, the least."""
    deposited = facts.any_touchpoint(facts.of_kind(("deposit",)))
    return np.maximum(facts.commitment, deposited).astype(float)


def pick_clarity(facts: Facts) -> Floats:
    """0 nothing, 1 a layout named, 2 building and layout named, 3 an exact unit picked."""
    layout = facts.answered("layout")
    named = np.where(layout & facts.answered("building"), 2.0, layout.astype(float))
    return np.where(np.bincount(facts.pick_buyer, minlength=facts.size) > 0, 3.0, named)


def price_acceptance(facts: Facts) -> Floats:
    """Best over the picks: 0 below the band, 1 its lower edge, 2 base price or more; NaN when nothing is said."""
    said = ~np.isnan(facts.pick_level)
    best = np.full(facts.size, -1.0)
    np.maximum.at(best, facts.pick_buyer[said], facts.pick_level[said])
    return np.where(best < 0, np.nan, best)


def days_since_contact(facts: Facts) -> Floats:
    """Whole days from the newest inbound contact or visit to the cutoff; NaN when there was none."""
    newest = last_contact_at(facts)
    days = np.floor((facts.cutoff - newest) / _DAY)
    return np.where(np.isnat(newest), np.nan, days)


def last_contact_at(facts: Facts) -> npt.NDArray[np.datetime64]:
    """Moment of the newest inbound contact or visit, NaT when there was none."""
    return _extreme_moment(facts, CONTACT, np.maximum)


def first_deposit_at(facts: Facts) -> npt.NDArray[np.datetime64]:
    """Moment of the first deposit, NaT when there was none."""
    return _extreme_moment(facts, ("deposit",), np.minimum)


def outbound_calls(facts: Facts) -> Ints:
    """Calls made to the buyer: the consultant's effort, worth no points."""
    chosen = facts.of_kind(("outbound_call",))
    return np.bincount(facts.touch_buyer[chosen], minlength=facts.size).astype(np.int64)


MEASURES: Mapping[str, Measure] = {
    "visit_days": visit_days,
    "decider_came": decider_came,
    "showflat_days": showflat_days,
    "inbound_days": inbound_days,
    "asked_terms": asked_terms,
    "event_days": event_days,
    "commitment": commitment,
    "pick_clarity": pick_clarity,
    "price_acceptance": price_acceptance,
    "days_since_contact": days_since_contact,
}

READS_KINDS: Mapping[str, tuple[str, ...]] = {
    "visit_days": ("visit",),
    "decider_came": ("visit",),
    "showflat_days": ("showflat_view",),
    "inbound_days": INBOUND,
    "asked_terms": CONTACT,
    "event_days": ("event",),
    "commitment": ("deposit",),
    "days_since_contact": CONTACT,
}
"""Kinds of touchpoint a measure reads; the other measures read picks and answers."""

COUNTS_DAYS = frozenset({"visit_days", "showflat_days", "inbound_days", "event_days"})
"""Measures that one more act raises by one; the others reach any level by one act."""


def _positions(index: pd.Index, buyer_ids: pd.Series) -> Ints:
    positions = index.get_indexer(buyer_ids)
    if (positions < 0).any():
        raise ValueError(f"facts of unknown buyers: {sorted(set(buyer_ids[positions < 0]))[:5]}")
    return positions.astype(np.int64)


def _codes(words: pd.Series, choices: tuple[str, ...]) -> Ints:
    return pd.Index(choices).get_indexer(words).astype(np.int64)


def _distinct_days(facts: Facts, kinds: tuple[str, ...]) -> Floats:
    chosen = facts.of_kind(kinds)
    day = facts.touch_at[chosen].astype("datetime64[D]").astype(np.int64)
    buyer = facts.touch_buyer[chosen]
    order = np.lexsort((day, buyer))
    buyer, day = buyer[order], day[order]
    fresh = np.ones(len(day), dtype=bool)
    fresh[1:] = (np.diff(buyer) != 0) | (np.diff(day) != 0)
    return np.bincount(buyer[fresh], minlength=facts.size).astype(float)


def _extreme_moment(facts: Facts, kinds: tuple[str, ...], pick: np.ufunc) -> npt.NDArray[np.datetime64]:
    chosen = facts.of_kind(kinds)
    nothing = np.iinfo(np.int64).min if pick is np.maximum else np.iinfo(np.int64).max
    moment = np.full(facts.size, nothing)
    pick.at(moment, facts.touch_buyer[chosen], facts.touch_at[chosen].astype(np.int64))
    return np.where(moment == nothing, np.datetime64("NaT", "us"), moment.astype("datetime64[us]"))


def _mentions(notes: pd.Series, keywords: tuple[str, ...]) -> Bools:
    note_number, distinct = pd.factorize(notes)
    plain = _plain(pd.Series(distinct, dtype="str"))
    found = np.zeros(len(plain), dtype=bool)
    for keyword in _plain(pd.Series(keywords, dtype="str")):
        found |= plain.str.contains(keyword, regex=False).to_numpy(bool)
    return found[note_number]


def _plain(texts: pd.Series) -> pd.Series:
    return texts.str.normalize("NFKC").str.casefold().str.strip()


def _accepted_level(picks: pd.DataFrame, units: pd.DataFrame) -> Floats:
    band = units.set_index("unit_id")[["low_total_yuan", "base_total_yuan"]].reindex(picks["unit_id"]).to_numpy(float)
    ceiling = picks["max_total_yuan"].to_numpy(float)
    by_ceiling = (ceiling >= band[:, 0]).astype(float) + (ceiling >= band[:, 1])
    by_word = np.minimum(_codes(picks["accepts"], ACCEPTS), 2).astype(float)
    stated = (picks["accepts"] != "").to_numpy(bool)
    return np.where(stated, by_word, np.where(np.isnan(ceiling), np.nan, by_ceiling))


def _meanings(answers: pd.DataFrame, questions: Mapping[str, str]) -> npt.NDArray[np.object_]:
    wording = dict(zip(_bare(pd.Series(list(questions), dtype="str")), questions.values(), strict=True))
    asked = _bare(answers["question"]).map(wording).astype("str").fillna("")
    return np.where(_plain(answers["answer"]) != "", asked.to_numpy(object), "")


def _bare(questions: pd.Series) -> pd.Series:
    return _plain(questions).str.rstrip("?:. ")
