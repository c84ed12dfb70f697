"""The questionnaire of the screening rounds as data: its questions, its options, and which of them an answer is."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import pandas as pd

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


def numbered_answers(answers: pd.DataFrame, form: tuple[Question, ...]) -> pd.DataFrame:
    """Each buyer's newest answer to each question, with ``question_no``, ``question_key`` and ``option_no``.

    Questions of the form are known by either language's wording; others are numbered behind them by wording.
    """
    asked = answers["question"].str.strip()
    number_of = {wording: no for no, question in enumerate(form, 1) for wording in question.wording.values()}
    strange = sorted(set(asked) - set(number_of))
    number_of |= {wording: no for no, wording in enumerate(strange, len(form) + 1)}
    key_of = {no: question.key for no, question in enumerate(form, 1)}
    numbered = answers.assign(
        question=asked,
        question_no=asked.map(number_of).astype("int64"),
        answer=answers["answer"].str.strip(),
    )
    numbered["question_key"] = numbered["question_no"].map(key_of).fillna("").astype("str")
    newest = numbered.sort_values(["buyer_id", "question_no", "recorded_at", "answer"], kind="stable",
                                  na_position="first").drop_duplicates(["buyer_id", "question_no"], keep="last")
    option_no = option_numbers(newest["question_no"], newest["answer"], form)
    return newest.assign(option_no=option_no).reset_index(drop=True)


def option_numbers(question_no: pd.Series, answer: pd.Series, form: tuple[Question, ...]) -> pd.Series:
    """The option of the form that ``answer`` is, in either language; 0 where it is none."""
    number_of = {
        (question_no, option): option_no
        for question_no, question in enumerate(form, 1)
        for options in question.options.values()
        for option_no, option in enumerate(options, 1)
    }
    pairs = pd.MultiIndex.from_arrays([question_no, answer])
    return pd.Series(pairs.map(number_of), index=answer.index).fillna(0).astype("int64")
