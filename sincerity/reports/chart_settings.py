"""The flowering chart's rules as data: classes of a unit, their letters, the colours of the themes."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from sincerity.paths import config_dir


@dataclass(frozen=True)
class Band:
    """One class of a view: a unit belongs to it from ``at_least`` up to the next stronger band's bound."""

    band: str
    tone: str
    letter: Mapping[str, str]
    at_least: float = 0.0


@dataclass(frozen=True)
class Tone:
    """How a class is painted: fill, the text on it, and the hatch lines ("" for none)."""

    fill: str
    text: str
    hatch: str = ""


@dataclass(frozen=True)
class ChartSettings:
    """The chart's rules: bands of each view (strongest first), bands of units off the market, themes."""

    views: Mapping[str, tuple[Band, ...]]
    statuses: Mapping[str, Band]
    themes: Mapping[str, Mapping[str, Tone]]

    def tone_of(self, band: str) -> str:
        """The tone that paints ``band``; KeyError for a band the settings do not name."""
        every = (*self.statuses.values(), *(band for bands in self.views.values() for band in bands))
        return {each.band: each.tone for each in every}[band]


@cache
def chart_settings() -> ChartSettings:
    """The chart's rules from ``config/flowering.toml``."""
    raw = tomllib.loads((config_dir() / "flowering.toml").read_text(encoding="utf-8"))
    return ChartSettings(
        views={name: tuple(Band(**band) for band in view["bands"]) for name, view in raw["view"].items()},
        statuses={name: Band(band=name, **status) for name, status in raw["status"].items()},
        themes={
            name: {tone: Tone(**paint) for tone, paint in theme.items() if tone != "label"}
            for name, theme in raw["theme"].items()
        },
    )


def band_for(value: float, bands: tuple[Band, ...]) -> Band:
    """The first of ``bands`` (strongest first) whose lower bound ``value`` reaches."""
    return next(band for band in bands if value >= band.at_least)
