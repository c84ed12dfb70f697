"""The questionnaire of the sample launches: answered by a part, and of one mind with the ceilings of the picks."""

from __future__ import annotations

import numpy as np
import pytest

from sample_data.generate import generate
from sincerity.questionnaire import questionnaire


@pytest.fixture(scope="module")
def normal():
    return generate("normal").tables


def test_every_question_and_chosen_option_is_on_the_form(normal):
    form = {question.wording["zh"]: set(question.options["zh"]) for question in questionnaire()}
    told = normal["answers"].groupby("question")["answer"].agg(set)
    assert set(told.index) <= set(form) and len(told) >= 9
    for question, answers in told.items():
        given = {part for answer in answers for part in answer.split("、")}
        assert not form[question] or question == "购房目的" or given <= form[question], question


def test_a_part_of_the_buyers_fills_in_the_form_after_registering_and_before_the_launch(normal):
    answers = normal["answers"]
    share = answers.loc[answers["question"] == "谁来拍板", "buyer_id"].nunique() / len(normal["buyers"])
    assert 0.15 < share < 0.4
    registered = answers["buyer_id"].map(normal["buyers"].set_index("buyer_id")["registered_on"])
    assert (answers["recorded_at"] > registered).all()
    assert not answers.duplicated(["buyer_id", "question"]).any()


def test_what_buyers_say_of_prices_follows_what_they_offer(normal):
    answers, units = normal["answers"], normal["units"].set_index("unit_id")
    picks = normal["picks"].dropna(subset="max_total_yuan")
    base = picks["unit_id"].map(units["base_price_yuan_per_m2"] * units["area_m2"])
    offered = (picks["max_total_yuan"] / base).groupby(picks["buyer_id"]).mean()
    view = answers[answers["question"] == "对报出的价格区间怎么看"].set_index("buyer_id")["answer"]
    by_view = offered.groupby(offered.index.to_series().map(view)).mean()
    assert by_view["上限也能接受"] > by_view["只接受下限"] + 0.005
    objection = answers[answers["question"] == "主要顾虑"].set_index("buyer_id")["answer"].eq("总价高")
    both = offered.index.intersection(objection.index)
    assert np.mean(offered[both][objection[both]]) < np.mean(offered[both][~objection[both]])
