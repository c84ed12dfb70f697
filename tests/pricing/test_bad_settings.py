"""Every mistake under ``[price]`` of launch.toml, one broken file each: its line, key, value, words and mend."""

from __future__ import annotations

import json
import re
import tomllib

import pytest

from sincerity.cli import main
from sincerity.intake.launch import read_launch
from sincerity.intake.launch_file import load_settings
from sincerity.paths import config_dir
from sincerity.texts import LANGUAGES
from tests.bad_inputs.good_launch import good_book

FIRST = 16  # the line of launch.toml that holds [price], after the settings of good_book and an empty line

CASE = ("lines", "code", "line", "key", "value", "english", "chinese")

READ = (  # lines under [price]; code; line after [price]; key; value; words in English; words in Chinese
    ("steps = 0", "setting_out_of_range", 1, "steps", "0", "“price.steps” is 0; a value from 2 to 61 was expected.",
     "“price.steps”是 0，应在 2 到 61 之间。"),
    ("steps = -7", "setting_out_of_range", 1, "steps", "-7", "is -7; a value from 2 to 61", "是 -7，应在 2 到 61"),
    ("steps = 1", "setting_out_of_range", 1, "steps", "1", "is 1; a value from 2 to 61", "是 1，应在 2 到 61"),
    ("steps = 7.5", "setting_not_integer", 1, "steps", "7.5", "“price.steps” is “7.5”; a whole number was expected.",
     "“price.steps”写的是“7.5”，应为一个整数。"),
    ('round_to = "thousand"', "setting_unknown_word", 1, "round_to", "thousand",
     "“price.round_to” is “thousand”; one of these was expected: price, total.", "应为以下之一：price, total。"),
    ('round_to = "totals"', "setting_misspelt_word", 1, "round_to", "totals", "did you mean total?",
     "是不是想写 total？"),
    ("round_yuan = 0", "setting_out_of_range", 1, "round_yuan", "0", "is 0; a value from 1 to 100000",
     "是 0，应在 1 到"),
    ("round_yuan = 0.5", "setting_not_integer", 1, "round_yuan", "0.5", "a whole number was expected", "应为一个整数"),
    ('average_yuan_per_m2 = "2.1万"', "setting_not_number", 1, "average_yuan_per_m2", "2.1万",
     "is “2.1万”; a number was expected.", "写的是“2.1万”，应为一个数。"),
    ("average_yuan_per_m2 = 2.1", "setting_out_of_range", 1, "average_yuan_per_m2", "2.1",
     "a value from 500 to 500000 was expected", "应在 500 到 500000 之间"),
    ("average_yuan_per_m2 = nan", "setting_not_number", 1, "average_yuan_per_m2", "nan", "a number was", "应为一个数"),
    ("average_tolerance = 2", "setting_out_of_range", 1, "average_tolerance", "2", "from 0 to 0.5", "0 到 0.5"),
    ("average_tolerance = -0.01", "setting_out_of_range", 1, "average_tolerance", "-0.01", "from 0 to 0.5", "0 到 0.5"),
    ("total_list_value_yuan = 0", "setting_out_of_range", 1, "total_list_value_yuan", "0", "from 1 to ∞", "1 到 ∞"),
    ('total_list_value_yuan = "很高"', "setting_not_number", 1, "total_list_value_yuan", "很高", "a number", "一个数"),
    ("average_yuan_per_m2 = 20000\ntotal_list_value_yuan = 30000000", "price_two_targets", 2, "total_list_value_yuan",
     "30000000", "Both an average price and a total list value are set; only one can be the target.",
     "均价目标和总货值目标同时给出，只能二选一。"),
    ('stack_order = "yes"', "setting_not_flag", 1, "stack_order", "yes", "true or false was expected", "true（是）"),
    ("stack_tolerance = 0.9", "setting_out_of_range", 1, "stack_tolerance", "0.9", "from 0 to 0.5", "0 到 0.5"),
    ("stack_exceptions = [5]", "setting_not_words", 1, "stack_exceptions", "[5]", "a list of texts", "文字组成的列表"),
    ('stack_exceptions = ["1-101", "1-0302"]', "price_unit_unknown", 1, "stack_exceptions", "1-0302",
     "The price settings name unit “1-0302”, which is not in the units table. Did you mean “1-302”?",
     "价格设置里的房号“1-0302”不在房源表里。是否应为“1-302”？"),
    ("time_limit_s = 0", "setting_out_of_range", 1, "time_limit_s", "0", "from 1 to 86400", "1 到 86400"),
    ("proof_yuan = 0", "setting_out_of_range", 1, "proof_yuan", "0", "from 1 to 100000", "1 到 100000"),
    ("frontier_points = -1", "setting_out_of_range", 1, "frontier_points", "-1", "from 0 to 20", "0 到 20"),
    ("step = 7", "setting_misspelt_key", 1, "step", None, "“step” is not known here; did you mean steps?",
     "是不是想写 steps？"),
    ("bands = 3", "setting_not_tables", 1, "bands", "3", "a list of tables was expected", "若干组设置"),
    ("[[price.bands]]\nlow = 0.03\nhigh = -0.03\nlayout = '三房'", "price_band_crosses", 2, "bands[1].low", "0.03",
     "The band crosses: its lower edge 0.03 is above its upper edge -0.03.",
     "价格箱体上下限颠倒：下限 0.03 高于上限 -0.03。"),
    ("[[price.bands]]\nlow = -0.03\nhigh = 3\nlayout = '三房'", "setting_out_of_range", 3, "bands[1].high", "3",
     "a value from -0.5 to 0.5 was expected", "应在 -0.5 到 0.5 之间"),
    ("[[price.bands]]\nhigh = 0.03\nlayout = '三房'", "setting_missing", 1, "bands[1].low", None,
     "“price.bands[1].low” is missing", "缺少必填的设置项“price.bands[1].low”"),
    ("[[price.bands]]\nlow = -0.01\nhigh = 0.03", "price_band_names_nothing", 1, "bands[1]", None,
     "This price band does not say which units it is for.", "没有说明用于哪些房源"),
    ("[[price.bands]]\nlow = -0.01\nhigh = 0.03\nunits = []", "price_band_names_nothing", 1, "bands[1]", None,
     "does not say which units", "没有说明用于哪些房源"),
    ("[[price.bands]]\nlow = -0.01\nhigh = 0.03\nunits = ['1-101', '9-999']", "price_unit_unknown", 4, "bands[1].units",
     "9-999", "name unit “9-999”, which is not in the units table.", "房号“9-999”不在房源表里。"),
    ("[[price.bands]]\nlow = -0.01\nhigh = 0.03\nlayout = '四房'", "price_layout_unknown", 4, "bands[1].layout", "四房",
     "name layout “四房”, which is not in the units table.", "户型“四房”不在房源表里。"),
    ("[[price.bands]]\nlow = -0.01\nhigh = 0.03\nbuilding = 9", "price_building_unknown", 4, "bands[1].building", "9",
     "name building “9”, which is not in the units table.", "楼栋“9”不在房源表里。"),
    ("[[price.locked]]\nunit_id = '1-101'\nprice_yuan_per_m2 = 20", "setting_out_of_range", 3,
     "locked[1].price_yuan_per_m2", "20", "a value from 500 to 500000", "500 到 500000"),
    ("[[price.locked]]\nunit_id = '1-101'", "setting_missing", 1, "locked[1].price_yuan_per_m2", None,
     "“price.locked[1].price_yuan_per_m2” is missing", "缺少必填的设置项"),
    ("[[price.locked]]\nunit_id = '7-101'\nprice_yuan_per_m2 = 20000", "price_unit_unknown", 2, "locked[1].unit_id",
     "7-101", "name unit “7-101”, which is not", "房号“7-101”不在房源表里"),
    ("[[price.locked]]\nunit_id = '1-101'\nprice_yuan_per_m2 = 20000\n"
     "[[price.locked]]\nunit_id = '1-101'\nprice_yuan_per_m2 = 20100", "price_locked_twice", 1, "locked", "1-101",
     "The price of unit 1-101 is locked twice.", "房源 1-101 被锁价两次。"),
)
PLANNED = (  # faults that only the plan of round 2 can find
    ("average_yuan_per_m2 = 25000", "price_average_unreachable", 1, "average_yuan_per_m2", "25,000",
     "The target average of 25,000 yuan/m² cannot be reached: within the bands 10 units reach "
     "19,691 to 20,909 yuan/m².", "10 套房源在各自箱体内能达到的均价是 19,691–20,909 元/㎡"),
    ("total_list_value_yuan = 1000000", "price_list_value_unreachable", 1, "total_list_value_yuan", "1,000,000",
     "within the bands 10 units reach 20,552,483 to 21,823,771 yuan.", "能达到 20,552,483–21,823,771 元"),
    ("steps = 3\n[[price.bands]]\nlow = 0.02\nhigh = 0.03\nbuilding = '1'", "price_base_average_unreachable", 0,
     "average_yuan_per_m2", "20,300",
     "the average of the base table, 20,300 yuan/m², is kept, and it cannot be reached",
     "以基础价格表的均价 20,300 元/㎡ 为目标，但它达不到"),
    ("[[price.locked]]\nunit_id = '1-201'\nprice_yuan_per_m2 = 25000.5", "price_locked_outside_band", 3,
     "locked[1].price_yuan_per_m2", "25,000.50",
     "Unit 1-201 is locked at 25,000.50 yuan/m², outside its band of 19,594.00 to 20,806.00 yuan/m².",
     "房源 1-201 锁定单价 25,000.50 元/㎡，超出它的价格箱体 19,594.00–20,806.00 元/㎡。"),
    ("stack_order = true\n[[price.locked]]\nunit_id = '1-101'\nprice_yuan_per_m2 = 20700\n"
     "[[price.locked]]\nunit_id = '1-201'\nprice_yuan_per_m2 = 19600", "price_stack_impossible", 1, "stack_order",
     "1-101", "No prices keep the stack of unit 1-101 in order: a higher floor would always be cheaper.",
     "房源 1-101 所在的这一列无论怎么定价，都会出现高层比低层便宜。"),
    ("steps = 2\naverage_tolerance = 0.000001", "price_no_start", 2, "average_tolerance", "1e-06",
     "No prices were found that keep both the average and the order of floors.",
     "没有找到同时满足均价和楼层顺序的价格。"),
)
WARNED = (
    ("[[price.bands]]\nlow = 0\nhigh = 0.05\nunits = ['1-101']\n"
     "[[price.bands]]\nlow = -0.05\nhigh = 0\nlayout = '三房'",
     "price_band_never_counts", 1, "bands[1]", None, "This band never counts: later bands name all of its units.",
     "这个单独的价格箱体不起作用"),
)


def write(folder, lines):
    book = good_book()
    book.launch_toml += f"\n[price]\n{lines}\n"
    picks = book.sheets["意向房号"]
    picks += [[2, *row[1:6], row[6].replace(day=10)] for row in picks[1:]]
    return book.write(folder)


def told(problems, code, line, key, value, english, chinese):
    """The one problem of that code, in its place and words."""
    (problem,) = [p for p in problems if p.code == code]
    assert (problem.file, problem.row) == ("launch.toml", FIRST + line)
    assert problem.header == (f"price.{key}" if key else "price")
    assert value is None or problem.value == value
    assert english in problem.what("en") and chinese in problem.what("zh")
    for sentence in (said for lang in LANGUAGES for said in (problem.what(lang), problem.fix(lang))):
        assert sentence and not re.search(r"[{}]|None|nan\b(?!”)|“”", sentence)
    return problem


@pytest.mark.parametrize(CASE, READ, ids=range(len(READ)))
def test_a_mistake_is_told_when_the_launch_is_read(tmp_path, lines, code, line, key, value, english, chinese):
    folder = write(tmp_path / "launch", lines)
    settings, problems = load_settings(folder)
    launch, problems = read_launch(folder) if settings else (settings, problems)  # names need the units table, too
    assert launch is None and {problem.code for problem in problems} == {code}
    told(problems, code, line, key, value, english, chinese)


@pytest.mark.parametrize(CASE, WARNED, ids=range(len(WARNED)))
def test_what_is_doubtful_is_a_warning(tmp_path, lines, code, line, key, value, english, chinese):
    launch, problems = read_launch(write(tmp_path / "launch", lines))
    assert launch is not None
    assert told(problems, code, line, key, value, english, chinese).severity == "warning"


@pytest.mark.parametrize(CASE, PLANNED, ids=range(len(PLANNED)))
def test_a_mistake_that_the_plan_finds(tmp_path, capsys, lines, code, line, key, value, english, chinese):
    exit_code, said = planned(tmp_path, capsys, lines, code)
    assert exit_code == 1 and said["severity"] == "error"
    assert (said["file"], said["row"], said["header"]) == ("launch.toml", FIRST + line, f"price.{key}")
    assert said["value"] == value
    assert english in said["what"]["en"] and chinese in said["what"]["zh"] and all(said["fix"].values())


def test_rounding_that_leaves_a_single_price_is_a_warning(tmp_path, capsys):
    lines = ("round_to = 'total'\nround_yuan = 100000\naverage_tolerance = 0.1\nfrontier_points = 0\n"
             "[[price.bands]]\nlow = -0.005\nhigh = 0.005\nunits = ['1-102']")
    exit_code, said = planned(tmp_path, capsys, lines, "price_rounding_leaves_one")
    assert exit_code == 0 and said["severity"] == "warning" and said["row"] == FIRST + 2
    assert said["what"]["en"].startswith("Rounded to 100,000 yuan, 1 of 10 units has a single price left")


def planned(tmp_path, capsys, lines, code):
    """Exit code of the price command and the one problem of that code."""
    exit_code = main(["price", str(write(tmp_path / "launch", lines)), "--json"])
    (said,) = [p for p in json.loads(capsys.readouterr().out)["problems"] if p["code"] == code]
    return exit_code, said


@pytest.mark.parametrize("lines", ["steps = 0", "average_yuan_per_m2 = 25000"])
def test_a_refused_run_leaves_nothing_but_the_list_of_problems(tmp_path, capsys, lines):
    folder = write(tmp_path / "launch", lines)
    assert main(["run", str(folder), "--round", "2", "--quiet", "--lang", "en"]) == 1
    assert "launch.toml" in capsys.readouterr().out
    assert [path.name for path in sorted((folder / "out").rglob("*")) if path.is_file()] == ["problems.xlsx"]


def test_every_problem_of_price_settings_has_its_broken_file():
    texts = tomllib.loads((config_dir() / "texts/pricing.toml").read_text(encoding="utf-8"))["problem"]
    elsewhere = {"price_ceilings_below_all", "price_rounding_leaves_one", "price_plan_not_proven",
                 "price_answers_unread", "price_no_round"}
    named = {code for code in texts if code.startswith("price_")} - elsewhere
    assert named == {case[1] for case in (*READ, *PLANNED, *WARNED) if case[1].startswith("price_")}
