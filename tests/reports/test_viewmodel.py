from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest

from sincerity.problems import Problem
from sincerity.reports.formatting import gap_text, money_text, share_text
from sincerity.reports.view import Report, TableView
from sincerity.reports.viewmodel import build_report
from sincerity.texts import LANGUAGES, catalogue, text
from tests.reports.result import AUDIT, crowded_result, five_by_four_result

PLACEHOLDERS = """
launch round cutoff launch_day policy buyers named units placed first first_share unplaced uncovered numerator
denominator definition days consultant points median unit gap what grades choices name sentence proof path shares
position choice offers taker grade rank gain total ceiling item old new group layout buyer findings sets least items
rows flags consultants others limit who contenders building tables floor checks failed
pairs ruled valid placed_share least plan rate years step buyer_id silence soft commitment why
basis why launches share bought expected low high subjects
run new gone up down changed rate hot cold moves lost swapped gained missed first every daily purpose event
correction heard number willing lost who yuan
"""


@pytest.fixture(scope="module")
def report() -> Report:
    return build_report(five_by_four_result(), "zh")


@pytest.fixture(scope="module")
def crowded() -> Report:
    return build_report(crowded_result(), "zh")


def column(table: TableView, key: str) -> list:
    place = [column.key for column in table.columns].index(key)
    return [row[place] for row in table.rows]


def record(table: TableView, **where) -> dict:
    """The one row whose columns hold these values."""
    keys = [column.key for column in table.columns]
    found = [row for row in (dict(zip(keys, values, strict=True)) for values in table.rows)
             if where.items() <= row.items()]
    assert len(found) == 1, found
    return found[0]


def texts_of(report: Report) -> list[str]:
    tables = [*report.tables.values(), *report.work_lists.values()]
    return [str(value) for table in tables for row in table.rows for value in row]


def test_headline_says_what_the_plan_does(report):
    assert report.headline == (
        "登记客户 5 组，提名房源 4 套（可售 4 套）；本方案落位 4 组，其中第一意向 2 组（占落位 50%）；"
        "仍有意向而未落位 1 组，无人提名 0 套。"
    )


def test_a_buyer_who_left_is_not_counted_among_those_still_looking():
    result = five_by_four_result()
    demand = result.tables["demand"]
    left = demand.assign(reason=demand["reason"].where(demand["buyer_id"] != "eve", "buyer_inactive"))
    seen = []
    for picks in (demand, left):
        tables = {**result.tables, "demand": picks, "allocation": result.tables["allocation"].head(0)}
        made = replace(result, tables=tables)
        seen.append(build_report(made, "en").headline.split("no unit: ")[1].split(";")[0])
    assert seen == ["5", "4"]


def test_every_rate_shows_numerator_and_denominator(report):
    assert [(fact.label, fact.value, fact.detail.split("；")[0]) for fact in report.facts] == [
        ("到访率", "60%", "3 ÷ 5"), ("复访率", "67%", "2 ÷ 3"), ("样板房参观率", "100%", "3 ÷ 3"),
        ("认筹率", "100%", "3 ÷ 3"), ("落位率", "100%", "4 ÷ 4"), ("第一意向满足率", "50%", "2 ÷ 4"),
        ("装户率", "50%", "2 ÷ 4"), ("冲突率", "33%", "1 ÷ 3"), ("空户率", "0%", "0 ÷ 4"),
    ]


def test_a_clean_round_has_no_notices(report):
    assert report.notices == ()
    assert report.synthetic_note == ""


def test_control_cell_of_a_contested_unit(report):
    cell = report.control_cells["1-101"]
    assert (cell.lines, cell.state, cell.grade) == (
        ("1-101 · 2BR", "200万元", "anna · 第1意向", "3人要"), "contested", "A")


def test_control_cell_that_one_buyer_wants(report):
    cell = report.control_cells["1-202"]
    assert (cell.lines[2:], cell.state, cell.grade) == (("eve · 第1意向", "1人要"), "held_by_buyer", "U")


def test_control_cell_of_a_unit_nobody_names(crowded):
    cell = crowded.control_cells["1-202"]
    assert (cell.lines[2:], cell.state, cell.grade) == (("待落位", "无人提名"), "free", "")


@pytest.mark.parametrize(("status", "word"), [("held", "保留"), ("sold", "已售")])
def test_units_off_the_market_say_so(status, word):
    result = crowded_result()
    units = result.tables["units"]
    units = units.assign(status=units["status"].mask(units["unit_id"] == "1-202", status))
    report = build_report(replace(result, tables={**result.tables, "units": units}), "zh")
    assert (report.control_cells["1-202"].state, report.control_cells["1-202"].lines[2]) == (status, word)
    assert "可售 3 套" in report.headline


def test_units_stand_as_the_facade_does(report):
    assert column(report.tables["units_flat"], "unit_id") == ["1-201", "1-202", "1-101", "1-102"]


def test_unit_row_counts_picks_contenders_and_first_choices(report):
    row = record(report.tables["units_flat"], unit_id="1-201")
    assert (row["named_by"], row["contenders"], row["first_choice_contenders"]) == (2, 1, 0)
    assert (row["holder"], row["consultant"], row["grade"], row["choice_rank"]) == ("cai", "Xu", "C", 2)


def test_conflict_review_puts_the_winner_first(report):
    table = report.tables["conflicts"]
    assert column(table, "buyer_id") == ["anna", "bo", "cai"]
    assert column(table, "standing") == ["落位", "候补1", "候补2"]
    assert column(table, "reason") == [
        "竞争者中级别最高", "由anna获得（A级，诚意第1名，第1意向）", "由anna获得（A级，诚意第1名，第1意向）"]
    assert column(table, "goes_to") == ["", "落位 1-102（第2意向）", "落位 1-201（第2意向）"]


def test_conflict_review_leaves_the_ruling_to_people(report):
    table = report.tables["conflicts"]
    ruling = next(column for column in table.columns if column.key == "ruling")
    assert ruling.choices == ("保留给", "改判给", "不给", "撤销")
    assert [column.key for column in table.columns if column.fill_in] == ["ruling", "ruling_reason", "ruled_by"]
    assert set(column(table, "ruling")) == {""}


def test_loser_without_a_unit_is_offered_substitutes():
    result = crowded_result()
    waiting = result.tables["waiting_list"].assign(placed_unit_id=["1-102", ""])
    report = build_report(replace(result, tables={**result.tables, "waiting_list": waiting}), "zh")
    assert column(report.tables["conflicts"], "goes_to")[2] == "未落位，可引导至：1-202（−3.5万元）"


def test_refused_pick_says_by_how_much_the_price_is_too_high(report):
    row = record(report.tables["refusals"], buyer_id="dan")
    assert row["reason"] == "现价 200万元 高于可承受总价 180万元，差 20万元"


def test_score_lines_sum_to_the_score(report):
    table = report.tables["sincerity"]
    total = next(column for column in table.columns if column.key == "score")
    keys = [column.key for column in table.columns]
    first, last = (keys.index(key) for key in total.sum_of)
    assert [sum(row[first : last + 1]) for row in table.rows] == column(table, "score") == [84, 55, 34, 10, 4]


def test_item_heading_shows_maximum_and_median(report):
    labels = [column.label for column in report.tables["sincerity"].columns]
    assert "到访天数（满26，中位2）" in labels
    assert "认筹方式（满20，中位可退定金）" in labels


def test_item_that_is_not_available_is_blank():
    result = five_by_four_result()
    lines = result.tables["score_lines"]
    lines = lines.assign(available=lines["line"] != "event_days")
    report = build_report(replace(result, tables={**result.tables, "score_lines": lines}), "zh")
    assert column(report.tables["sincerity"], "line.event_days") == [None] * 5


def test_buyer_is_held_against_the_median(report):
    row = record(report.tables["sincerity"], buyer_id="bo")
    assert row["strengths"] == "距最近来电或到访天数 3"
    assert row["weaknesses"] == "家人或决策人到访 无；参加活动次数 无"


def test_next_step_names_levels_and_the_grade_it_reaches(report):
    assert record(report.tables["sincerity"], buyer_id="cai")["next_step"] == (
        "认筹方式：免费卡 → 冻结资金，加 16 分，升至 B 级")
    assert record(report.tables["sincerity"], buyer_id="bo")["next_step"] == "到访天数：2 → 4，加 10 分"


def test_phones_stay_masked(report):
    assert column(report.tables["sincerity"], "phone_masked")[0] == "138****0001"


def test_notices_name_what_the_reader_must_know(crowded):
    assert crowded.notices == (
        "在时限内未能证明本方案最优：这是找到的最好方案，详见“目标与证明”。",
        "有 1 组目标或裁定互相冲突，无法同时满足，详见“目标冲突”。",
        "3BR 目标至少 2 套，本方案落位 1 套。",
        "1 位顾问的 1 处记录需核对，详见“记录核对”。",
    )
    assert crowded.synthetic_note == "模拟数据，非真实项目"


def test_thin_evidence_and_missing_items_are_said():
    result = five_by_four_result(not_available=("event_days", "asked_terms"))
    scores = result.tables["scores"].assign(available_points=[100, 66, 69, 100, 100])
    report = build_report(replace(result, tables={**result.tables, "scores": scores}), "zh")
    assert report.notices == (
        "本轮不可用的评分项：问过付款、贷款或合同、参加活动次数。其分值不计入满分，得分按可用满分折算。",
        "2 组客户的可用评分满分低于 70 分（最低 66 分），判断依据偏少。",
    )


def test_warnings_of_one_kind_are_counted():
    code = next(key.removeprefix("problem.").removesuffix(".what") for key, entry in catalogue().items()
                if key.startswith("problem.") and key.endswith(".what") and "{" not in entry["zh"] + entry["en"])
    notes = tuple(Problem("warning", code, file="a.xlsx", row=row) for row in (7, 8, 9))
    report = build_report(crowded_result(notes=notes, status="proven"), "zh")
    assert report.notices[-1].startswith("a.xlsx › 7 · ")
    assert report.notices[-1].endswith("（另有 2 条同类提醒）")


def test_work_lists_one_per_consultant_the_unassigned_last(crowded):
    assert list(crowded.work_lists) == ["Wu", "Xu", ""]
    assert crowded.work_lists[""].title == "工作清单 · 未分配顾问"


def test_work_list_steers_with_reason_gap_and_what_is_given_up(crowded):
    row = record(crowded.work_lists["Xu"], task="引导", buyer_id="dan")
    assert (row["from_unit"], row["to_unit"], row["price_gap_yuan"]) == ("1-201", "1-202", 400_000)
    assert row["what_to_do"] == "现价 200万元 高于可承受总价 180万元，差 20万元；需让步：户型、面积"


def test_work_list_calls_buyers_who_were_silent_too_long(report):
    assert record(report.work_lists["Wu"], task="联系")["what_to_do"] == "已 2 天无到访、来电或咨询（应不超过 2 天）"
    assert "cai" not in column(report.work_lists["Wu"], "buyer_id")


@pytest.mark.parametrize(("days_ago", "listed"), [(1.999, False), (2.0, True)])
def test_silence_counts_from_its_limit_on(days_ago, listed):
    result = five_by_four_result()
    buyers = result.tables["buyers"]
    contacts = buyers["last_contact_at"].copy()
    contacts[0] = result.cutoff - days_ago * (result.cutoff - result.cutoff.replace(day=result.cutoff.day - 1))
    changed = {**result.tables, "buyers": buyers.assign(last_contact_at=contacts)}
    report = build_report(replace(result, tables=changed), "zh")
    assert ("anna" in column(report.work_lists["Wu"], "buyer_id")) is listed


def test_work_list_asks_for_what_settles_a_grade(report):
    assert record(report.work_lists["Xu"], task="补信息", buyer_id="cai")["what_to_do"].endswith("升至 B 级")
    assert "核实是否漏录" in record(report.work_lists["Xu"], task="补信息", buyer_id="eve")["what_to_do"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_list_shows_another_consultants_buyer(lang):
    result = crowded_result()
    own = dict(zip(result.tables["buyers"]["buyer_id"], result.tables["buyers"]["consultant"], strict=True))
    for consultant, table in build_report(result, lang).work_lists.items():
        said = {word for row in table.rows for value in row for word in re.findall(r"[a-z]+", str(value))}
        assert not said & {buyer for buyer, name in own.items() if name != consultant}, consultant


def test_policies_and_goals_are_said_in_words(report):
    assert column(report.tables["frontier"], "in_force") == ["是", "", "", ""]
    assert column(report.tables["goals"], "goal")[:2] == ["户型下限缺口最少（套）", "A级第1意向落位最多（组）"]


def test_targets_collisions_rulings_and_moves_read_well(crowded):
    assert column(crowded.tables["targets"], "layout") == ["3BR", "全部户型"]
    assert column(crowded.tables["targets"], "released") == [2, 4]
    assert column(crowded.tables["collisions"], "member") == ["3BR 下限", "裁定：1-201 保留给 cai"]
    assert column(crowded.tables["decisions"], "honoured") == ["是", "否"]
    assert column(crowded.tables["moves"], "reason") == ["原房源给了更优先的客户"]
    assert column(crowded.tables["late_entries"], "table") == ["意向房号"]


def test_of_records_not_counted_those_entered_too_late_come_first():
    late = crowded_result().tables["late_entries"]
    rows = pd.concat([late.assign(source_row=row, reason=reason) for row, reason in enumerate(
        ("after_cutoff", "recorded_late", "after_cutoff", "recorded_late"))], ignore_index=True)
    result = crowded_result()
    shown = build_report(replace(result, tables={**result.tables, "late_entries": rows}), "zh").tables["late_entries"]
    assert column(shown, "source_row") == [1, 3, 0, 2]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("result", [five_by_four_result, crowded_result])
def test_tables_are_rectangular_and_hold_plain_values(result, lang):
    report = build_report(result(), lang)
    for table in [*report.tables.values(), *report.work_lists.values()]:
        assert table.title and table.note
        assert all(len(row) == len(table.columns) for row in table.rows), table.key
        assert not [value for row in table.rows for value in row if isinstance(value, float) and value != value]


def test_english_report_holds_no_chinese():
    report = build_report(crowded_result(), "en")
    said = [report.title, report.subtitle, report.headline, *report.notices, *texts_of(report)]
    said += [fact.label + fact.detail for fact in report.facts]
    said += [column.label for table in report.tables.values() for column in table.columns]
    inputs = {value for row in report.tables["inputs"].rows for value in row}
    assert not [text for text in said if text not in inputs and any("一" <= letter <= "鿿" for letter in text)]


def test_every_text_of_the_report_formats_in_both_languages():
    parts = dict.fromkeys(PLACEHOLDERS.split(), "x")
    keys = [key for key in catalogue() if key.startswith("report.")]
    for key in keys:
        for lang in LANGUAGES:
            assert "{" not in text(key, lang, **parts), key
    assert len(keys) > 200


def test_row_order_of_the_tables_changes_nothing():
    result = crowded_result()
    shuffled = {name: table.sample(frac=1, random_state=7).reset_index(drop=True)
                for name, table in result.tables.items() if name in ("units", "buyers", "scores", "score_lines",
                                                                     "demand", "allocation", "refusals")}
    assert build_report(replace(result, tables={**result.tables, **shuffled}), "zh") == build_report(result, "zh")


@pytest.mark.parametrize(("numerator", "denominator", "said"), [
    (1, 3, "33%"), (1, 8, "13%"), (0, 5, "0%"), (5, 5, "100%"), (1, 1000, "<1%"), (999, 1000, ">99%"), (0, 0, "—"),
])
def test_shares_never_pretend_to_be_none_or_all(numerator, denominator, said):
    assert share_text(numerator, denominator) == said


def test_amounts_read_as_the_language_says_them():
    assert money_text(2_345_678, "zh") == "234.6万元"
    assert money_text(2_345_678, "en") == "2.346m yuan"
    assert [gap_text(gap, "zh") for gap in (120_000, -35_000, 0)] == ["+12万元", "−3.5万元", "±0万元"]


def test_audit_says_its_verdict_and_rates(report):
    assert report.tables["audit"].rows[0] == ("审计结论", "1 项核对全部通过")
    assert record(report.tables["audit"], check="顾问 Wu")["result"] == (
        "落位 2 ÷ 有可满足意向 2（100%），其中第一意向 1（占落位 50%）")


def test_a_failed_audit_is_the_first_notice():
    failed = {"check": "unit_once", "table": "allocation", "ok": False, "count": 2,
              "examples": [{"row": 3, "buyer_id": "bo", "unit_id": "1-101"}]}
    report = build_report(crowded_result(audit={**AUDIT, "checks": [failed]}), "zh")
    assert report.notices[0].startswith("审计发现 1 处不符，请勿使用本方案。首项：")
    assert column(report.tables["audit"], "check")[:2] == ["审计结论", "不符"]


def test_a_round_in_which_nothing_is_contested_has_an_empty_review():
    result = five_by_four_result()
    nothing = {name: result.tables[name].iloc[:0] for name in ("conflicts", "waiting_list", "refusals", "allocation")}
    report = build_report(replace(result, tables={**result.tables, **nothing}), "en")
    assert report.tables["conflicts"].rows == ()
