"""The questionnaire of the screening rounds as data: its questions and options in both languages."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from sincerity.paths import config_dir
from sincerity.texts import LANGUAGES

OBJECTION = "objection"  # the question whose answers stand on the pick feedback


@dataclass(frozen=True)
class Question:
    """One question of the form; ``options`` by language, in the same order, empty where buyers answer freely."""

    key: str
    wording: Mapping[str, str]
    options: Mapping[str, tuple[str, ...]]


@cache
def questionnaire() -> tuple[Question, ...]:
    """The form of ``config/questionnaire.toml``. ValueError names a question whose languages differ in options."""
    rows = tomllib.loads((config_dir() / "questionnaire.toml").read_text(encoding="utf-8"))["question"]
    questions = tuple(
        Question(
            key=row["key"],
            wording={lang: row[lang] for lang in LANGUAGES},
            options={lang: tuple(row[f"options_{lang}"]) for lang in LANGUAGES},
        )
        for row in rows
    )
    for question in questions:
        if len({len(options) for options in question.options.values()}) > 1:
            raise ValueError(f"questionnaire.toml: {question.key!r} has not as many options in each language")
    return questions
