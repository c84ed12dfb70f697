"""Chart 1.2 and the objections of chart 2.3: what buyers answered, by question of the form."""

from __future__ import annotations

import pandas as pd

from sincerity.domain import ANSWER_TALLY
from sincerity.domain.charts import OTHER_ANSWERS
from sincerity.questionnaire import OBJECTION, Question, numbered_answers, option_numbers
from sincerity.texts import LANGUAGES

SEVERAL_ANSWERS = r"[、,，;；/|\n]"  # between the options of one answer


def answer_tally(answers: pd.DataFrame, form: tuple[Question, ...], least_buyers: int) -> pd.DataFrame:
    """ANSWER_TALLY of the known ``answers`` by question and option; own words by number of buyers.

    Options stand in the form's first language. A buyer's newest answer counts; of a question with options a buyer may
    have named several. An answer in own words that fewer than ``least_buyers`` gave is counted among the others
    (answer ""): it could tell who gave it.
    """
    if answers.empty:
        return ANSWER_TALLY.empty()
    given = _in_one_language(_options_of(numbered_answers(answers, form), form), form)
    answered = given.groupby("question_no")["buyer_id"].nunique()
    size = given.groupby(["question_no", "option_no", "answer"])["buyer_id"].transform("nunique")
    rare = (given["option_no"] == 0) & (size < least_buyers)
    given = given.assign(answer=given["answer"].mask(rare, OTHER_ANSWERS))
    counted = given.groupby(["question_no", "option_no", "answer"], as_index=False).agg(
        question_key=("question_key", "first"), question=("question", "min"), buyers=("buyer_id", "nunique"),
    )
    counted = counted.assign(
        answered=counted["question_no"].map(answered),
        own_words=counted["option_no"] == 0,
        others=counted["answer"] == OTHER_ANSWERS,
        fewest=-counted["buyers"].where(counted["option_no"] == 0, 0),
    )
    order = ["question_no", "own_words", "option_no", "others", "fewest", "answer"]
    return ANSWER_TALLY.frame(counted.sort_values(order, kind="stable"))


def objections(answers: pd.DataFrame, form: tuple[Question, ...]) -> pd.DataFrame:
    """By buyer id: ``objection_no`` (the form's option, 0 for own words) and ``objection`` as the buyer said it."""
    numbered = numbered_answers(answers, form)
    asked = numbered[numbered["question_key"] == OBJECTION].set_index("buyer_id")
    return pd.DataFrame({
        "objection_no": option_numbers(asked["question_no"], asked["answer"], form).astype("int64"),
        "objection": asked["answer"],
    })


def _options_of(numbered: pd.DataFrame, form: tuple[Question, ...]) -> pd.DataFrame:
    """Answers that name several options of the form as one row each; every other answer stays whole."""
    parts = numbered.assign(answer=numbered["answer"].str.split(SEVERAL_ANSWERS, regex=True)).explode("answer")
    parts = parts.assign(answer=parts["answer"].str.strip())
    parts["option_no"] = option_numbers(parts["question_no"], parts["answer"], form)
    several = (parts["option_no"] > 0).groupby(level=0).transform("all")
    whole = ~several.groupby(level=0).first()
    return pd.concat([numbered[whole], parts[several]]).sort_index(kind="stable")


def _in_one_language(given: pd.DataFrame, form: tuple[Question, ...]) -> pd.DataFrame:
    """Options of the form in the wording of its first language, whichever the buyer used."""
    wording = {
        (question_no, option_no): option
        for question_no, question in enumerate(form, 1)
        for option_no, option in enumerate(question.options[LANGUAGES[0]], 1)
    }
    pairs = pd.MultiIndex.from_frame(given[["question_no", "option_no"]])
    option = pd.Series(pairs.map(wording), index=given.index)
    return given.assign(answer=option.where(option.notna(), given["answer"]).astype("str"))
