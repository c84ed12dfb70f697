"""Two small drawings of a chance model: what was said against what happened, and the chance along the points.

Made for a phone first: 360 units wide, so that text keeps its size at 390 pixels. The same tables give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import quoteattr

import pandas as pd

from sincerity.reports.svg import FONTS, INK, LINE, QUIET, text_mark
from sincerity.texts import text

WIDTH, HEIGHT = 360, 320
LEFT, TOP, RIGHT, BOTTOM = 46, 14, 340, 270
BAND, POINT = "#c9d8ea", "#8a1c27"
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


def reliability_svg(calibration: pd.DataFrame, lang: str) -> str:
    """Share that bought, with its range and the number of buyers, over the chance forecast (CALIBRATION_ROWS)."""
    body = [*_frame("chart_x", "chart_y", [f"{tick:.0%}" for tick in TICKS], lang)]
    body.append(_path([(0.0, 0.0), (1.0, 1.0)], LINE, 1, dashes="4 4"))
    told = calibration[calibration["forecast"].notna()]
    for row in told.to_dict("records"):
        body += _rate_mark(row)
    return _document(body, text("model.chart_title", lang))


def curve_svg(chance_by_score: pd.DataFrame, lang: str) -> str:
    """Chance with its range over the points, and what past buyers with similar points did (CHANCE_BY_SCORE)."""
    body = [*_frame("curve_x", "curve_y", [f"{100 * tick:.0f}" for tick in TICKS], lang)]
    share = (chance_by_score["score"] / 100).tolist()
    lower, upper = chance_by_score["low"].tolist(), chance_by_score["high"].tolist()
    outline = [*zip(share, upper, strict=True), *reversed(list(zip(share, lower, strict=True)))]
    body.append(f'<path d="{_line(outline)}Z" fill="{BAND}"/>')
    body.append(_path(list(zip(share, chance_by_score["chance"].tolist(), strict=True)), INK, 2))
    seen = chance_by_score[(chance_by_score["similar_buyers"] > 0) & (chance_by_score["score"] % 10 == 5)]
    rates = seen["similar_bought"] / seen["similar_buyers"]
    body += [_dot(x, y) for x, y in zip((seen["score"] / 100).tolist(), rates.tolist(), strict=True)]
    return _document(body, text("model.curve_title", lang))


def _rate_mark(row: dict) -> Iterator[str]:
    x = row["forecast"]
    yield _path([(x, row["low"]), (x, row["high"])], POINT, 1.5)
    yield _dot(x, row["rate"])
    over = _y(row["high"]) - 5 if row["high"] < 0.95 else _y(row["low"]) + 13
    yield text_mark(_x(x), over, f"{row['buyers']:,}", 10, QUIET, "middle")


def _frame(x_key: str, y_key: str, ticks: list[str], lang: str) -> Iterator[str]:
    """Axes with their ticks and names."""
    for tick, label in zip(TICKS, ticks, strict=True):
        yield _path([(0.0, tick), (1.0, tick)], "#e4e2dc", 1)
        yield text_mark(LEFT - 6, _y(tick) + 4, f"{tick:.0%}", 11, QUIET, "end")
        yield text_mark(_x(tick), BOTTOM + 16, label, 11, QUIET, "middle")
    yield text_mark((LEFT + RIGHT) / 2, BOTTOM + 38, text(f"model.{x_key}", lang), 12, INK, "middle")
    yield text_mark(LEFT + 4, TOP + 10, text(f"model.{y_key}", lang), 12, INK)


def _document(body: Iterable[str], name: str) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
        f' role="img" aria-label={quoteattr(name)} font-family="{FONTS}">'
    )
    return "\n".join((head, *body, "</svg>"))


def _path(points: list[tuple[float, float]], colour: str, width: float, dashes: str = "") -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<path d="{_line(points)}" fill="none" stroke="{colour}" stroke-width="{width:g}"{dashed}/>'


def _line(points: list[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{_x(x):.1f} {_y(y):.1f}" for x, y in points)


def _dot(x: float, y: float) -> str:
    return f'<circle cx="{_x(x):.1f}" cy="{_y(y):.1f}" r="4" fill="{POINT}"/>'


def _x(share: float) -> float:
    return LEFT + share * (RIGHT - LEFT)


def _y(share: float) -> float:
    return BOTTOM - share * (BOTTOM - TOP)
