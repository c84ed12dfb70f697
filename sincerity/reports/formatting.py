"""Numbers and dates as people read them, and columns of sentences filled from columns of values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from string import Formatter

import numpy as np
import pandas as pd

from sincerity.texts import chosen, is_plural

NOTHING = "—"  # stands where there is no value


def count_text(number: float) -> str:
    """``12345`` as ``12,345``."""
    return f"{number:,.0f}"


def share_text(numerator: float, denominator: float) -> str:
    """A share in whole percent, half up; never 0% or 100% unless it is exactly that."""
    if not denominator:
        return NOTHING
    percent = int(np.floor(100 * numerator / denominator + 0.5))
    if percent == 0 and numerator:
        return "<1%"
    if percent == 100 and numerator < denominator:
        return ">99%"
    return f"{percent}%"


def money_text(yuan: float, lang: str) -> str:
    """An amount as the language's readers say it: ``234.6万元``, from 100 million on ``4.19亿元``; ``2.346m yuan``."""
    if lang == "zh" and yuan >= 100_000_000:
        return f"{_short(yuan / 100_000_000, 2)}亿元"
    if lang == "zh":
        return f"{_short(yuan / 10_000, 1)}万元"
    return f"{_short(yuan / 1_000_000, 3)}m yuan"


def gap_text(yuan: float, lang: str) -> str:
    """A difference of two amounts, its sign said: ``+12万元``, ``−3.5万元``."""
    sign = "+" if yuan > 0 else "−" if yuan < 0 else "±"
    return sign + money_text(abs(yuan), lang)


def moment_text(moment: datetime) -> str:
    """Date and minute."""
    return f"{moment:%Y-%m-%d %H:%M}"


def texts_of(values: pd.Series, form=str) -> pd.Series:
    """Each value through ``form``; "" where nothing is known."""
    place, distinct = pd.factorize(values)  # a missing value's place is -1, the last
    texts = np.array([*map(form, distinct), ""], dtype=object)
    return pd.Series(texts[place], index=values.index)


def whole_numbers(values: pd.Series) -> pd.Series:
    """Numbers as text with no decimals they do not have: 3, 2.5, "" for nothing."""
    return texts_of(values, lambda value: f"{value:g}")


def fill(template: str, columns: Mapping[str, pd.Series], index: pd.Index) -> pd.Series:
    """One sentence per row: ``template`` with each placeholder taken from the column of that name.

    The columns hold texts. All rows are put together at once, so a table of sentences costs one pass per part.
    """
    out = np.full(len(index), "", dtype=object)
    for literal, name, form, _ in Formatter().parse(template):
        out = out + literal
        if name:
            part = texts_of(columns[name], partial(chosen, form or "")) if is_plural(form) else columns[name]
            out = out + part.to_numpy(dtype=object)
    return pd.Series(out, index=index, dtype=object)


def joined(parts: list[pd.Series], between: str) -> pd.Series:
    """The non-empty texts of each row, put together with ``between``."""
    out = parts[0].copy()
    for part in parts[1:]:
        link = np.where((out != "") & (part != ""), between, "")
        out = out + link + part
    return out


def _short(number: float, decimals: int) -> str:
    text = f"{number:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
