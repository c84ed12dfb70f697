from __future__ import annotations

from datetime import datetime

import pandas as pd
import pytest

from sincerity.charts.answers import answer_tally, objections
from sincerity.domain import ANSWERS
from sincerity.questionnaire import questionnaire
from tests.cases import table

MATTERS, OBJECTION = "最看重什么", "Main objection"


def tally(*rows: tuple[str, str, str, int], least: int = 1) -> list[tuple]:
    counted = answer_tally(asked(*rows), questionnaire(), least)
    shown = counted[["question_key", "option_no", "answer", "buyers", "answered"]]
    return list(shown.itertuples(index=False, name=None))


def asked(*rows: tuple[str, str, str, int]) -> pd.DataFrame:
    return table(ANSWERS, [
        {"buyer_id": buyer, "question": question, "answer": answer, "recorded_at": datetime(2026, 11, day)}
        for buyer, question, answer, day in rows
    ])


def test_the_newest_answer_of_a_buyer_counts():
    assert tally(("anna", "意向户型", "2BR", 3), ("anna", "意向户型", "3BR", 4), ("bo", "意向户型", "2BR", 1)) == [
        ("layout", 0, "2BR", 1, 2), ("layout", 0, "3BR", 1, 2)]


def test_both_languages_of_a_question_and_of_its_options_are_one():
    assert tally(("anna", "谁来拍板", "父母", 1), ("bo", "Who decides", "Parents", 1)) == [
        ("decider", 3, "父母", 2, 2)]


def test_several_options_in_one_answer_count_each_and_stand_in_the_form_s_order():
    assert tally(("anna", MATTERS, "学校、价格", 1), ("bo", MATTERS, "价格", 1)) == [
        ("matters", 1, "价格", 2, 2), ("matters", 3, "学校", 1, 2)]


def test_an_answer_only_partly_on_the_form_stays_whole():
    assert tally(("anna", MATTERS, "价格、物业", 1)) == [("matters", 0, "价格、物业", 1, 1)]


def test_rare_answers_in_own_words_lose_their_words_and_options_never_do():
    rows = [(f"b{n}", "意向户型", "2BR", 1) for n in range(3)]
    rows += [("anna", "意向户型", "my aunt Li at no. 7", 1), ("bo", "意向户型", "3BR", 1), ("bo", MATTERS, "学校", 1)]
    assert tally(*rows, least=3) == [
        ("layout", 0, "2BR", 3, 5), ("layout", 0, "", 2, 5), ("matters", 3, "学校", 1, 1)]


def test_a_question_that_is_not_on_the_form_keeps_its_wording():
    counted = answer_tally(asked(("anna", " 有几个孩子 ", "2", 1)), questionnaire(), 1)
    assert counted[["question_no", "question_key", "question", "answer"]].to_numpy().tolist() == [
        [len(questionnaire()) + 1, "", "有几个孩子", "2"]]


def test_no_answers_give_no_rows():
    assert answer_tally(ANSWERS.empty(), questionnaire(), 3).empty
    assert objections(ANSWERS.empty(), questionnaire()).empty


def test_row_order_does_not_matter():
    rows = [("anna", "意向户型", "2BR", 3), ("anna", "意向户型", "3BR", 4), ("bo", MATTERS, "价格、学校", 1)]
    pd.testing.assert_frame_equal(
        answer_tally(asked(*rows), questionnaire(), 1), answer_tally(asked(*rows[::-1]), questionnaire(), 1))


@pytest.mark.parametrize(("said", "number"), [("楼层不理想", 2), ("Location", 4), ("等朋友一起", 0)])
def test_an_objection_is_the_form_s_option_or_own_words(said, number):
    found = objections(asked(("anna", OBJECTION, said, 1)), questionnaire())
    assert found.loc["anna"].to_dict() == {"objection_no": number, "objection": said}
