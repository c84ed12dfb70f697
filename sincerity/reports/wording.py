"""Codes of the published tables put into words, whole columns at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from sincerity.reports.formatting import fill
from sincerity.texts import catalogue, text


@dataclass(frozen=True)
class Words:
    """The report's part of the text catalogue in one language."""

    lang: str

    def __call__(self, key: str, /, **parts: object) -> str:
        """The text of ``report.<key>``."""
        return text(f"report.{key}", self.lang, **parts)

    def has(self, key: str) -> bool:
        """Whether the catalogue holds ``report.<key>``."""
        return f"report.{key}" in catalogue()

    def labels(self, codes: pd.Series, group: str) -> pd.Series:
        """Each code as its word under ``report.<group>.<code>``; "" stays ""."""
        names = {code: self(f"{group}.{code}") if code else "" for code in codes.unique()}
        return codes.map(names).astype(object)

    def sentences(self, codes: pd.Series, group: str, columns: Mapping[str, pd.Series]) -> pd.Series:
        """One sentence per row: the template ``report.<group>.<code>`` filled from ``columns``; "" for no code."""
        out = pd.Series("", index=codes.index, dtype=object)
        for code in sorted(set(codes) - {""}):
            rows = codes.index[codes == code]
            parts = {name: column.loc[rows] for name, column in columns.items()}
            out.loc[rows] = fill(self(f"{group}.{code}"), parts, rows)
        return out

    def phrase(self, key: str, columns: Mapping[str, pd.Series]) -> pd.Series:
        """One text per row from the single template ``report.<key>``."""
        index = next(iter(columns.values())).index
        return fill(self(key), columns, index)

    def code_lists(self, lists: pd.Series, group: str) -> pd.Series:
        """Space-separated codes, each as its word, with the language's enumeration comma."""
        between = self("list_comma")
        names = {
            codes: between.join(self(f"{group}.{code}") for code in codes.split()) for codes in lists.unique()
        }
        return lists.map(names).astype(object)
