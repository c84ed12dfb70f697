"""The settings of one launch: ``launch.toml`` laid over the defaults that ship in ``config/``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sincerity.price_settings import PriceSettings

THEMES = ("classic", "clear")  # of the flowering chart and the page


@dataclass(frozen=True)
class RoundPlan:
    """One screening round: facts count when they happened before ``cutoff`` (local time)."""

    number: int
    cutoff: datetime
    purpose: str = ""
    event: str = ""


@dataclass(frozen=True)
class CardLevel:
    """From ``at_least`` (up to the next level's) an item gives ``points``."""

    at_least: float
    points: int


@dataclass(frozen=True)
class CardItem:
    """One row block of the scoring card: a measure of the buyer's behaviour and the points of its levels."""

    item: str
    group: str
    measure: str  # a name in scoring.indicators.MEASURES
    levels: tuple[CardLevel, ...]
    label: Mapping[str, str]
    unit: str
    source: str

    @property
    def max_points(self) -> int:
        """The most points the item can give."""
        return max(level.points for level in self.levels)


@dataclass(frozen=True)
class Scorecard:
    """The scoring card: items in display order and the cap of every group, in points."""

    items: tuple[CardItem, ...]
    group_caps: Mapping[str, int]
    group_labels: Mapping[str, Mapping[str, str]]

    @property
    def points_sha256(self) -> str:
        """The hash of all that decides points; labels and sources may differ."""
        items = [
            (item.item, item.group, item.measure, [(level.at_least, level.points) for level in item.levels])
            for item in self.items
        ]
        written = json.dumps([items, dict(self.group_caps)], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(written.encode()).hexdigest()


@dataclass(frozen=True)
class GradeRules:
    """Lower bounds of the grades. ``absolute``: points; ``percentile_shares``: share of buyers, best first."""

    absolute: Mapping[str, int]  # {"A": 75, "B": 50, "C": 25, "D": 0}
    percentile_shares: Mapping[str, float]  # {"A": 0.15, "B": 0.25, "C": 0.35}
    governing: str  # absolute, percentile
    recent_registration_days: int  # grade U below this many days since registration
    thin_evidence_points: int  # below this many available points the sheet says so


@dataclass(frozen=True)
class WatchRules:
    """When a changed score or a record is worth a second look: trend, and records that look padded."""

    trend_points: int  # a score that moved at least this much since the last round is a trend
    jump_days: int  # days before the cutoff in which a jump is looked for
    jump_points: int
    visit_days_without_showflat: int
    same_minute_buyers: int


@dataclass(frozen=True)
class Goal:
    """One goal of a policy: a count over placements, restricted to grades and choices ("" = all)."""

    goal: str  # layout_shortfall, placed, moves, score, priority, tie
    sense: str  # max, min
    grades: tuple[str, ...] = ()
    choices: tuple[int, ...] = ()


@dataclass(frozen=True)
class Policy:
    """A named list of goals, each optimised in turn. ``ladder`` entries are expanded when the ranks are known."""

    name: str
    method: str  # goals, serial
    steps: tuple[Mapping[str, object], ...]
    label: Mapping[str, str]
    sentence: Mapping[str, str]


@dataclass(frozen=True)
class PaymentPlan:
    """One way to pay on the hand-outs: a share at signing, the rest in equal monthly instalments. Changes no price."""

    name: str
    label: Mapping[str, str]
    down_payment_share: float
    annual_rate: float  # nominal, as a fraction
    years: int  # 0 = no loan
    loan_step_yuan: int  # the lender lends whole steps
    source: str


@dataclass(frozen=True)
class Settings:
    """What governs one launch. All money in yuan, all times local, all shares as fractions."""

    name: str
    launch_id: str
    seed: str
    rounds: tuple[RoundPlan, ...]
    launch_day: date
    show_flat_open: date | None
    scorecard: Scorecard
    grades: GradeRules
    watch: WatchRules
    policies: Mapping[str, Policy]
    price: PriceSettings
    policy: str = "sincerity_first"
    language: str = "zh"
    theme: str = "classic"
    synthetic: bool = False  # sample data say so on every output
    band_low: float = -0.03
    band_high: float = 0.03
    not_available: tuple[str, ...] = ()  # items of the card this launch cannot observe
    not_available_by_round: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    late_entry_days: int = 2  # an entry counts when recorded at most this long after the cutoff
    inquiry_keywords: tuple[str, ...] = ()  # words in a note that show a question on payment, loan or contract
    questions: Mapping[str, str] = field(default_factory=dict)  # question text or alias → its meaning, e.g. layout
    quota: int = 1  # units per buyer
    calling_order: str = "priority"  # on launch day: a name of domain.CALLING_ORDERS
    forecast_runs: int = 5_000  # launch days simulated; fewer where a large launch would not fit into memory
    time_limit_s: float = 60.0
    mask_phones: bool = True
    payment_plans: tuple[PaymentPlan, ...] = ()  # of the hand-outs, in the order shown
    model_file: str = ""  # of measured chances, inside the launch folder; "" = the prior
    outcomes_as_of: date | None = None  # the day the launch's outcomes were exported
    register_url: str = ""  # of the server that keeps the register; "" = a file in the launch folder
    register_password_env: str = ""  # the environment variable with its password
    sha256: str = ""  # of the settings in force, for the manifest

    def round_plan(self, number: int) -> RoundPlan:
        """The plan of round ``number``; KeyError when the launch has none."""
        for plan in self.rounds:
            if plan.number == number:
                return plan
        raise KeyError(number)
