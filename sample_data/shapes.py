"""The six shapes of launch the product is tried on, as data.

A shape says how many units and buyers there are, how demand leans between layouts, and how strongly
picks herd on the same few stacks. ``demand_share`` is the fraction of picking buyers
per layout (normalised to one); ``picking_share`` is the fraction of registered buyers who name a unit at all.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LayoutMix:
    """One layout: its size, its place in the stock and in the wishes, its price level against the launch's."""

    layout: str
    bedrooms: int
    area_m2: float
    rooms: int  # how many of a floor's rooms have this layout
    demand_share: float
    price_factor: float = 1.0


@dataclass(frozen=True)
class Shape:
    """One sample launch."""

    name: str
    title_zh: str
    title_en: str
    buildings: int
    sections: int
    floors: int
    layouts: tuple[LayoutMix, ...]  # the rooms of one floor of a section, left to right
    buyers: int
    picking_share: float
    herding: float  # 0 = picks spread evenly over the layout; 2 = most picks on a few units
    ceiling_mean: float  # mean price ceiling of an average buyer, as a fraction of the base total
    base_price_yuan_per_m2: float
    targets: tuple[tuple[str, int | None, int | None], ...] = ()  # layout, min, max

    @property
    def units(self) -> int:
        """Number of units in the launch."""
        return self.buildings * self.sections * self.floors * sum(mix.rooms for mix in self.layouts)


_TWO = LayoutMix("两房89", 2, 89.0, 2, 0.50)
_THREE = LayoutMix("三房108", 3, 108.0, 1, 0.32, 1.02)
_FOUR = LayoutMix("四房140", 4, 140.0, 1, 0.18, 1.05)

SHAPES: dict[str, Shape] = {
    shape.name: shape
    for shape in (
        Shape("normal", "常规盘示例", "Normal sample", 5, 1, 25, (_THREE, _TWO, _FOUR), 900, 0.62, 1.0, 1.012, 24_800.0,
              targets=(("两房89", None, 230), ("四房140", 45, None))),
        Shape("hot", "热销盘示例", "Hot sample", 4, 1, 25, (_THREE, _TWO, _FOUR), 3_000, 0.80, 0.6, 1.035, 31_500.0),
        Shape("cold", "滞销盘示例", "Cold sample", 6, 1, 25, (_THREE, _TWO, _FOUR), 500, 0.55, 0.9, 0.998, 18_200.0),
        Shape("lopsided", "冷热不均盘示例", "Lopsided sample", 3, 1, 20, (
            LayoutMix("三房126", 3, 126.0, 2, 0.04),
            LayoutMix("两房86", 2, 86.0, 2, 0.80),
            LayoutMix("三房105", 3, 105.0, 1, 0.16),
        ), 500, 0.63, 2.2, 1.002, 22_600.0, targets=(("三房126", 10, None),)),
        Shape("stress", "压力测试示例", "Stress sample", 10, 2, 17, (
            _THREE, _TWO, _FOUR, LayoutMix("三房118", 3, 118.0, 1, 0.20, 1.01),
        ), 9_000, 0.75, 1.0, 1.015, 27_300.0),
        Shape("group", "集团全年示例", "Group sample", 25, 2, 25, (_THREE, _TWO, _FOUR), 20_000, 0.75, 1.0, 1.015,
              23_900.0),
    )
}
