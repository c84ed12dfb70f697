"""The method's charts in the report: in their rounds, in both languages, in the workbook and on the page."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from sincerity import domain
from sincerity.method_charts import chart_shown, method_charts
from sincerity.reports.lookup import Lookup
from sincerity.reports.method_tables import method_tables
from sincerity.reports.view import TableView
from sincerity.reports.wording import Words
from sincerity.round import work_out
from sincerity.settings import RoundPlan
from sincerity.texts import LANGUAGES
from tests import cases
from tests.charts.test_picks import two_rounds

OF_ROUND = {
    1: ["chart_index", "buyer_register", "answer_tally", "unit_picks"],
    2: ["chart_index", "scoring_standard", "feedback_shares", "pick_feedback", "showflat_views"],
    3: ["chart_index", "pick_moves", "pick_changes", "hand_outs"],
}
HOSTILE = "=cmd|' /C calc'!A0"


@pytest.fixture(scope="module")
def results():
    launch = two_rounds()
    rounds = (RoundPlan(1, datetime(2026, 11, 5)), *launch.settings.rounds)
    answers = cases.table(domain.ANSWERS, [
        {"buyer_id": "anna", "question": "主要顾虑", "answer": "总价高"},
        {"buyer_id": "bo", "question": "Main objection", "answer": HOSTILE},
    ])
    launch = replace(launch, answers=answers, settings=replace(launch.settings, rounds=rounds))
    return {number: work_out(launch, number).result for number in (1, 2, 3)}


def tables(result, lang="en") -> dict[str, TableView]:
    return {table.key: table for table in method_tables(Lookup(result, Words(lang)))}


def records(table: TableView) -> list[dict]:
    return [dict(zip([column.key for column in table.columns], row, strict=True)) for row in table.rows]


def test_the_method_has_twelve_charts():
    numbers = [chart.number for chart in method_charts().charts]
    assert numbers == ["1.1", "1.2", "1.3", "2.0", "2.1", "2.2", "2.3", "2.4", "3.1", "3.2", "", "3.3"]
    assert chart_shown("hand_outs", 3) and not chart_shown("hand_outs", 2)


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_round_shows_its_charts(results, number, lang):
    shown = tables(results[number], lang)
    assert list(shown) == OF_ROUND[number]
    for table in shown.values():
        assert all(len(row) == len(table.columns) for row in table.rows)


def test_the_index_names_all_charts_and_says_which_are_here(results):
    rows = records(tables(results[2], "zh")["chart_index"])
    assert len(rows) == 12
    here = [row["chart"] for row in rows if row["chart_here"] == "是"]
    assert here == [
        "价格箱体图", "诚意度判别标准", "诚意度判别表", "意向反馈表", "样板房参观日统计", "预销控表", "开盘开花预测图",
    ]


def test_register_masks_phones_and_names_words_not_codes(results):
    rows = records(tables(results[1])["buyer_register"])
    assert [row["buyer_id"] for row in rows if row["commitment"] == "frozen funds"] == ["anna"]
    assert {row["phone_masked"] for row in rows if row["buyer_id"] == "anna"} == {"138****0001"}
    assert {row["state"] for row in rows} == {"active"}


def test_answers_stand_in_the_report_s_language_and_rare_words_stay_hidden(results):
    rows = records(tables(results[1])["answer_tally"])
    assert [(row["question"], row["answer"], row["answer_buyers"], row["answered"]) for row in rows] == [
        ("Main objection", "Total price", 1, 2), ("Main objection", "others", 1, 2)]


def test_feedback_names_edge_and_objection(results):
    rows = {(row["buyer_id"], row["unit_id"]): row for row in records(tables(results[2])["pick_feedback"])}
    assert rows["anna", "1-101"]["objection"] == "Total price"
    assert rows["bo", "1-101"]["objection"] == HOSTILE
    assert (rows["bo", "1-101"]["edge"], rows["bo", "1-101"]["band_high_yuan"]) == ("", 2_060_000)


def test_the_standard_is_the_whole_card_with_the_grades(results):
    card = results[2].settings.scorecard
    rows = records(tables(results[2])["scoring_standard"])
    assert len(rows) == sum(len(item.levels) for item in card.items) + len(results[2].settings.grades.absolute)
    assert [row["standard_points"] for row in rows[:5]] == [level.points for level in card.items[0].levels]
    assert {row["standard_where"] for row in rows} == {"site", "phone", "site and phone", ""}
    assert rows[-4]["standard_at_least"] == "75"


def test_show_flat_days_have_one_column_per_consultant(results):
    table = tables(results[2])["showflat_views"]
    assert [column.label for column in table.columns] == ["Day", "All (buyers)", "First time", "Wu", "Xu"]
    assert [(row["day"].day, row["views_all"], row["views_first"]) for row in records(table)] == [
        (5, 1, 1), (6, 1, 1), (8, 1, 1)]


def test_changes_leave_the_rank_empty_where_a_unit_was_not_named(results):
    rows = {(row["buyer_id"], row["unit_id"]): row for row in records(tables(results[3])["pick_changes"])}
    dropped = rows["dan", "1-202"]
    assert (dropped["change"], dropped["from_rank"], dropped["to_rank"]) == ("dropped", 1, None)


def test_hand_out_list_shows_every_pick_on_sale_with_each_plan(results):
    table = tables(results[3])["hand_outs"]
    rows = {(row["buyer_id"], row["unit_id"]): row for row in records(table)}
    assert set(rows) == {("anna", "1-101"), ("bo", "1-101"), ("bo", "1-102"), ("cai", "1-101"), ("cai", "1-201"),
                         ("dan", "1-201"), ("eve", "1-202")}
    anna = rows["anna", "1-101"]
    assert (anna["total_yuan"], anna["down_payment_yuan.cash"], anna["down_payment_yuan.mortgage"]) == (
        2_000_000, 2_000_000, 300_000)
    assert anna["monthly_yuan.mortgage"] == 7_259  # 1,700,000 over 30 years at 3.1%: 7,259.27
    assert "monthly_yuan.cash" not in anna
