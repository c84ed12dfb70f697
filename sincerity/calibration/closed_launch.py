"""A closed launch as history: what each household had done before the last cutoff, and whether it bought.

Features are rebuilt as of the cutoff of the launch's last round. The buyers' state (gave up, bought elsewhere) carries
no date and may have been written after the launch, so it is not read. One household is one buyer: it bought when any
member did, it was blocked when it did not buy and any member found no unit. Blocked households and those without an
outcome are left out of the fit and counted (what leaving out the blocked takes from the level, the fit gives back:
``scoring/chance.py``); where too many lack an outcome the launch is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import numpy as np
import pandas as pd

from sincerity.calibration.drift import reference_of
from sincerity.calibration.past import Bools, Floats, PastBuyers, Words
from sincerity.calibration.rules import CalibrationRules
from sincerity.domain import Known, Launch, PastLaunch, Scores
from sincerity.known import known_at
from sincerity.problems import Problem
from sincerity.scoring.card import card_in_force, measure_values
from sincerity.scoring.indicators import Facts, facts_of
from sincerity.scoring.score import score_buyers

LAUNCH_FILE = "launch.toml"
OPINION = "consultant_grade"  # the meaning of the question that asks for the consultant's own grade
OPINIONS = ("A", "B", "C", "D")
BOUGHT, BLOCKED, NOT_BOUGHT, UNKNOWN = "bought", "blocked", "not_bought", "unknown"
_SHOWN_IDS = 5

Problems = tuple[Problem, ...]


@dataclass(frozen=True)
class ClosedLaunch:
    """One launch of the history: its buyers, its account, and how they are made up."""

    buyers: PastBuyers
    account: PastLaunch
    reference: dict[str, dict[str, int]]


def closed_launch(launch: Launch, folder: str, rules: CalibrationRules) -> tuple[ClosedLaunch | None, Problems]:
    """``launch`` as history, None when it cannot be used; ``folder`` names it in problems."""
    own = launch.outcomes[launch.outcomes["launch_id"].isin(["", launch.settings.launch_id])]
    refused = _refusal(launch, own, folder, rules)
    if refused is not None:
        return None, (refused,)
    known, scores = _as_of_the_last_cutoff(launch)
    fates, notes = _fates(launch, known, own, folder, rules)
    missing = fates == UNKNOWN
    if missing.mean() > 1 - rules.history_least_coverage:
        return None, (_uncovered(known, missing, folder, launch, rules),)
    usable = ~missing & (fates != BLOCKED)
    if not usable.any():
        return None, (_problem(launch, "history_nobody", folder),)
    everybody = _past_buyers(launch, known, scores, fates)
    account = PastLaunch(
        launch.settings.launch_id, launch.settings.launch_day, known.cutoff, int(usable.sum()),
        int((fates == BOUGHT).sum()), int((fates == BLOCKED).sum()), int(missing.sum()),
    )
    found = ClosedLaunch(everybody.rows(usable), account, reference_of(scores))
    return found, (*notes, *_undated(launch, known, folder))


def _as_of_the_last_cutoff(launch: Launch) -> tuple[Known, Scores]:
    state = launch.buyers["state"].where(launch.buyers["state"] == "excluded", "active")
    stateless = replace(launch, buyers=launch.buyers.assign(state=state))
    known, _ = known_at(stateless, launch.settings.rounds[-1].number)
    return known, score_buyers(known, launch.settings)


def _refusal(launch: Launch, own: pd.DataFrame, folder: str, rules: CalibrationRules) -> Problem | None:
    """Why the launch's outcomes cannot be used yet: there are none, or orders may still come in."""
    settings = launch.settings
    if own.empty:
        return _problem(launch, "history_no_outcomes", folder)
    closes = settings.launch_day + timedelta(days=rules.history_window_days)
    parts = {"launch_day": settings.launch_day, "days": rules.history_window_days, "date": closes}
    exported = settings.outcomes_as_of or _newest_day(own)
    if exported is None or exported < closes:
        code = "history_window_open" if settings.outcomes_as_of else "history_window_unknown"
        shown = None if exported is None else str(exported)
        return Problem("error", code, f"{folder}/{LAUNCH_FILE}", header="outcomes_as_of", value=shown, parts=parts)
    return None


def _newest_day(outcomes: pd.DataFrame) -> date | None:
    newest = outcomes["at"].max()
    return None if pd.isna(newest) else newest.date()


def _fates(
    launch: Launch, known: Known, own: pd.DataFrame, folder: str, rules: CalibrationRules
) -> tuple[Words, Problems]:
    """What became of each known household, in the order of ``known.buyers``, and what to tell of the outcomes."""
    members = known.buyers["members"].str.split().explode()
    household = pd.Series(members.index, index=members.to_numpy())
    place = own["buyer_id"].map(household)
    last = datetime.combine(launch.settings.launch_day, time()) + timedelta(days=rules.history_window_days + 1)
    bought, late = own["status"] == "bought", own["at"] >= last
    size = len(known.buyers)
    fates = np.full(size, UNKNOWN, dtype=object)
    for chosen, fate in ((~bought | late, NOT_BOUGHT), (own["status"] == "blocked", BLOCKED), (bought & ~late, BOUGHT)):
        fates[place[chosen & place.notna()].astype(int)] = fate
    notes = []
    if (bought & late).any():
        parts = {"count": int((bought & late).sum()), "date": str((last - timedelta(days=1)).date())}
        notes.append(_problem(launch, "history_orders_late", folder, "warning", **parts))
    if place.isna().any():
        notes.append(_problem(launch, "history_not_known", folder, "warning", count=int(place.isna().sum())))
    return fates, tuple(notes)


def _past_buyers(launch: Launch, known: Known, scores: Scores, fates: Words) -> PastBuyers:
    """All known households in the order of ``known.buyers``, usable or not."""
    settings = launch.settings
    card = card_in_force(settings, known.round, known.cutoff)
    facts = facts_of(known, settings)
    graded = scores.buyers.set_index("buyer_id").loc[known.buyers["buyer_id"]]
    return PastBuyers(
        launches=(settings.launch_id,),
        launch=np.zeros(len(fates), dtype=np.int64),
        score=graded["score"].to_numpy(np.int64),
        bought=fates == BOUGHT,
        grade=graded["grade"].to_numpy(object),
        consultant=known.buyers["consultant"].to_numpy(object),
        opinion=_opinions(known, facts),
        values=measure_values(facts, card),
        cards=(card,),
        columns=dict(_register_columns(launch, known)),
        blocked=(int((fates == BLOCKED).sum()),),
    )


def _opinions(known: Known, facts: Facts) -> Words:
    """The consultant's own grade, A to D, as last recorded before the cutoff; "" where none was."""
    said = known.answers["answer"].str.normalize("NFKC").str.strip().str.upper()
    chosen = (facts.answer_meaning == OPINION) & said.isin(OPINIONS).to_numpy(bool)
    newest = known.answers["recorded_at"].fillna(pd.Timestamp.min).to_numpy()[chosen].argsort(kind="stable")
    opinions = np.full(facts.size, "", dtype=object)
    opinions[facts.answer_buyer[chosen][newest]] = said.to_numpy(object)[chosen][newest]
    return opinions


def _register_columns(launch: Launch, known: Known) -> Iterator[tuple[str, Floats]]:
    """What else the register says of a buyer today, as numbers: the state, and which open fields are filled in."""
    rows = launch.buyers.drop_duplicates("buyer_id").set_index("buyer_id").loc[known.buyers["buyer_id"]]
    yield "state", (rows["state"] == "active").to_numpy(float)
    for field in ("queue_no", "payment", "purpose", "channel"):
        yield field, (rows[field] != "").to_numpy(float)
    for field in ("subscribed_on", "budget_yuan"):
        yield field, rows[field].notna().to_numpy(float)


def _undated(launch: Launch, known: Known, folder: str) -> Iterator[Problem]:
    """Facts without a date count at the cutoff as they did in the round; they may have been written later."""
    commitments = (launch.buyers["commitment"] != "none") & launch.buyers["subscribed_on"].isna()
    parts = {"commitments": int(commitments.sum()), "picks": int(known.picks["recorded_at"].isna().sum())}
    if any(parts.values()):
        yield _problem(launch, "history_undated", folder, "warning", **parts)


def _uncovered(
    known: Known, missing: Bools, folder: str, launch: Launch, rules: CalibrationRules
) -> Problem:
    ids = ", ".join(known.buyers["buyer_id"][missing].head(_SHOWN_IDS))
    return _problem(
        launch, "history_coverage", folder, missing=int(missing.sum()), buyers=len(missing), ids=ids,
        least=f"{100 * rules.history_least_coverage:.0f}%",
    )


def _problem(launch: Launch, code: str, folder: str, severity="error", **parts: object) -> Problem:
    """A problem of the outcomes as a whole, its place their sheet where there is one."""
    source = launch.sources.get("outcomes")
    file, sheet = (f"{folder}/{source.file}", source.sheet) if source else (folder, None)
    return Problem(severity, code, file, sheet or None, parts={"launch": launch.settings.launch_id, **parts})
