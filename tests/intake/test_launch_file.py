from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sincerity.intake.launch_file import default_settings, load_settings, settings_sha256, with_sha256
from sincerity.paths import config_dir
from tests.intake.workbooks import codes, only, spoken

GOOD = '''name = "示例"
launch_id = "demo"
seed = 7
show_flat_open = 2026-10-01
launch_day = "2026年11月28日"
policy = "strict_order"
language = "en"
theme = "clear"
synthetic = true
mask_phones = false

[price_band]
low = -0.05
high = 0.02

[[rounds]]
number = 1
cutoff = 2026-10-30T18:00:00
purpose = "p"
event = "e"

[[rounds]]
number = 3
cutoff = "2026/11/27 20:00"

[allocation]
quota = 2
time_limit_s = 30

[scoring]
not_available = ["commitment"]
governing = "percentile"
'''

SCORE_GOAL = '{ goal = "score", sense = "max" }'


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "launch.toml").write_text(GOOD, encoding="utf-8")
    return tmp_path


def change(folder, *pairs, file="launch.toml"):
    text = (folder / file).read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / file).write_text(text, encoding="utf-8")


def ship(folder, file):
    """A copy of a shipped rule file in the launch folder, named in launch.toml."""
    key = file.split(".")[0]
    (folder / file).write_bytes((config_dir() / file).read_bytes())
    text = (folder / "launch.toml").read_text(encoding="utf-8")
    (folder / "launch.toml").write_text(f'{text}\n[files]\n{key} = "{file}"\n', encoding="utf-8")


def refused(folder):
    settings, problems = load_settings(folder)
    assert settings is None
    problem = only(problems)
    assert problem.severity == "error"
    return problem


def test_every_key_is_read(folder):
    settings, problems = load_settings(folder)
    assert not problems
    assert (settings.name, settings.launch_id, settings.seed) == ("示例", "demo", "7")
    assert (settings.show_flat_open, settings.launch_day) == (date(2026, 10, 1), date(2026, 11, 28))
    assert (settings.policy, settings.language, settings.theme) == ("strict_order", "en", "clear")
    assert (settings.synthetic, settings.mask_phones, settings.quota, settings.time_limit_s) == (True, False, 2, 30)
    assert (settings.band_low, settings.band_high) == (-0.05, 0.02)
    assert [(plan.number, plan.cutoff) for plan in settings.rounds] == [
        (1, datetime(2026, 10, 30, 18)), (3, datetime(2026, 11, 27, 20))
    ]
    assert (settings.rounds[0].purpose, settings.rounds[0].event) == ("p", "e")
    assert settings.not_available == ("commitment",)
    assert settings.grades.governing == "percentile"


def test_what_the_launch_leaves_out_comes_from_the_shipped_files(tmp_path):
    (tmp_path / "launch.toml").write_text(
        'name = "a"\nlaunch_id = "b"\nlaunch_day = 2026-11-28\n[[rounds]]\nnumber = 1\ncutoff = 2026-11-01T18:00:00\n',
        encoding="utf-8-sig",
    )
    settings, problems = load_settings(tmp_path)
    shipped = default_settings()
    assert not problems
    assert settings.seed == "b"
    for name in ("scorecard", "grades", "policies", "policy", "band_low", "quota", "language", "questions",
                 "not_available_by_round", "inquiry_keywords", "late_entry_days", "show_flat_open"):
        assert getattr(settings, name) == getattr(shipped, name), name


def test_the_shipped_settings_say_what_the_method_says():
    shipped = default_settings(quota=3)
    assert shipped.quota == 3 and shipped.rounds == ()
    assert sum(shipped.scorecard.group_caps.values()) == 100
    assert {item.item: item.max_points for item in shipped.scorecard.items} == {
        "visit_days": 26, "decider_came": 4, "showflat_days": 15, "inbound_days": 13, "asked_terms": 2,
        "event_days": 5, "commitment": 20, "pick_clarity": 4, "price_acceptance": 6, "days_since_contact": 5,
    }
    assert shipped.grades.absolute == {"A": 75, "B": 50, "C": 25, "D": 0}
    assert list(shipped.policies) == ["sincerity_first", "first_choice_first", "strict_order", "most_sales"]
    assert shipped.policies["strict_order"].method == "serial"


@pytest.mark.parametrize(("old", "new", "code", "row", "words"), [
    ('name = "示例"\n', "", "setting_missing", None, "name"),
    ('name = "示例"', "name = 5", "setting_not_text", 1, "“5”"),
    ('name = "示例"', 'name = "  "', "setting_not_text", 1, "name"),
    ("seed = 7", "seed = 7.5", "setting_not_identifier", 3, "7.5"),
    ("seed = 7", "sead = 7", "setting_misspelt_key", 3, "did you mean seed?"),
    ("seed = 7", "全部 = 7", "settings_syntax", 3, "全部 = 7"),
    ("seed = 7", '"全部" = 7', "setting_unknown_key", 3, "launch_day"),
    ("seed = 7", "seed = 示例", "settings_syntax", 3, "seed = 示例"),
    ("seed = 7", 'name = "b"', "settings_syntax", 3, "TOML"),
    ("show_flat_open = 2026-10-01", 'show_flat_open = "10/01/2026"', "setting_not_day", 4, "10/01/2026"),
    ("show_flat_open = 2026-10-01", 'show_flat_open = "2026-02-30"', "setting_not_day", 4, "2026-02-30"),
    ("show_flat_open = 2026-10-01", "show_flat_open = 20261001", "setting_not_day", 4, "20261001"),
    ("show_flat_open = 2026-10-01", "show_flat_open = 2026-13-01", "settings_syntax", 4, "2026-13-01"),
    ("seed = 7", "seed = 7\noutcomes_as_of = 5", "setting_not_day", 4, "outcomes_as_of"),
    ("seed = 7", "seed = 7\noutcomes_asof = 2026-12-05", "setting_misspelt_key", 4, "did you mean outcomes_as_of?"),
    ("seed = 7", "seed = 7\nfiles.model = 5", "setting_not_text", 4, "files.model"),
    ("seed = 7", 'seed = 7\nfiles.modle = "m.toml"', "setting_misspelt_key", 4, "did you mean model?"),
    ('policy = "strict_order"', 'policy = "strict_ordr"', "setting_misspelt_word", 6, "did you mean strict_order?"),
    ('policy = "strict_order"', 'policy = "xyz"', "setting_unknown_word", 6, "sincerity_first"),
    ('language = "en"', 'language = "fr"', "setting_unknown_word", 7, "zh, en"),
    ('theme = "clear"', 'theme = "dark"', "setting_unknown_word", 8, "classic, clear"),
    ("synthetic = true", 'synthetic = "yes"', "setting_not_flag", 9, "true"),
    ("low = -0.05", "low = 0.01", "band_low_positive", 13, "-0.03"),
    ("high = 0.02", "high = -0.01", "band_high_negative", 14, "0.03"),
    ("low = -0.05", "low = -3", "setting_out_of_range", 13, "0.03"),
    ("low = -0.05", 'low = "-5%"', "setting_not_number", 13, "-5%"),
    ("low = -0.05", "low = nan", "setting_not_number", 13, "nan"),
    ("high = 0.02", "upper = 0.02", "setting_unknown_key", 14, "low, high"),
    ("number = 1", "number = 4", "setting_out_of_range", 17, "1 … 3|1 to 3"),
    ("number = 1", "number = 3", "round_twice", 23, "3"),
    ("number = 1", "number = 1.0", "setting_not_integer", 17, "1.0"),
    ("number = 1\n", "", "setting_missing", 16, "number"),
    ("2026-10-30T18:00:00", "2026-10-30", "setting_not_moment", 18, "T18:00:00"),
    ("2026-10-30T18:00:00", "2026-10-30T18:00:00+08:00", "setting_not_moment", 18, "time zone"),
    ("2026-10-30T18:00:00", "2026-11-29T18:00:00", "cutoffs", None, ""),
    ('"2026/11/27 20:00"', '"2026-11-29 20:00"', "cutoff_after_launch_day", 24, "2026-11-28"),
    ('"2026/11/27 20:00"', '"2026-10-30 18:00"', "cutoffs_out_of_order", 24, "2026-10-30"),
    ("quota = 2", "quota = 0", "setting_out_of_range", 27, "0"),
    ("time_limit_s = 30", "time_limit_s = inf", "setting_not_number", 28, "inf"),
    ("quota = 2", "quota = true", "setting_not_integer", 27, "true"),
    ("[allocation]", "[[allocation]]", "setting_not_table", 26, "allocation"),
    ('["commitment"]', '["comitment"]', "setting_misspelt_word", 31, "did you mean commitment?"),
    ('["commitment"]', '"commitment"', "setting_not_words", 31, "commitment"),
    ('governing = "percentile"', 'governing = "both"', "setting_unknown_word", 32, "absolute, percentile"),
])
def test_one_mistake_is_one_problem_with_its_line_and_words(folder, old, new, code, row, words):
    change(folder, (old, new))
    settings, problems = load_settings(folder)
    assert settings is None
    if code == "cutoffs":
        assert sorted(codes(problems)) == ["cutoff_after_launch_day", "cutoffs_out_of_order"]
        return
    problem = only(problems)
    assert (problem.code, problem.row, problem.file) == (code, row, "launch.toml")
    assert any(word in spoken(problem) for word in words.split("|"))


def test_mistakes_are_told_all_at_once(folder):
    change(folder, ('name = "示例"', 'nmae = "示例"'), ('theme = "clear"', "theme = 3"), ("quota = 2", "quota = 99"),
           ("number = 3", "number = 9"), ('["commitment"]', '["x"]'))
    settings, problems = load_settings(folder)
    assert settings is None
    assert codes(problems) == ["setting_misspelt_key", "setting_missing", "setting_not_text", "setting_out_of_range",
                               "setting_out_of_range", "setting_unknown_word"]
    assert [p.header for p in problems] == ["nmae", "name", "theme", "allocation.quota", "rounds[2].number",
                                            "scoring.not_available"]


def test_rounds_out_of_order(folder):
    change(folder, ("number = 1", "number = 3"), ("number = 3\ncutoff = \"", "number = 2\ncutoff = \""))
    assert refused(folder).code == "rounds_out_of_order"


def test_a_launch_without_rounds(folder):
    text = (folder / "launch.toml").read_text(encoding="utf-8")
    start = text.index("[[rounds]]")
    (folder / "launch.toml").write_text("rounds = []\n" + text[:start], encoding="utf-8")
    assert refused(folder).code == "rounds_empty"
    (folder / "launch.toml").write_text(text[:start], encoding="utf-8")
    assert refused(folder).code == "setting_missing"


def test_a_late_show_flat_is_a_warning(folder):
    change(folder, ("2026-10-01", "2026-12-01"))
    settings, problems = load_settings(folder)
    assert settings is not None
    assert (only(problems).severity, problems[0].code) == ("warning", "show_flat_after_launch_day")


def test_missing_empty_and_undecodable_launch_file(tmp_path):
    assert refused(tmp_path).code == "launch_file_missing"
    (tmp_path / "launch.toml").write_bytes(b"")
    assert set(codes(load_settings(tmp_path)[1])) == {"setting_missing"}
    (tmp_path / "launch.toml").write_bytes('a = 1\nname = "示例"'.encode("gb18030"))
    problem = refused(tmp_path)
    assert (problem.code, problem.row) == ("settings_not_utf8", 2)


def test_a_rule_file_that_is_not_there(folder):
    ship(folder, "scoring.toml")
    (folder / "scoring.toml").unlink()
    problem = refused(folder)
    assert (problem.code, problem.file) == ("file_missing", "scoring.toml")


@pytest.mark.parametrize(("file", "old", "new", "code", "words"), [
    ("scoring.toml", "B = 50", "B = 80", "grade_bounds_not_falling", "75, 80, 25, 0"),
    ("scoring.toml", "B = 50", "B = 75", "grade_bounds_not_falling", "75, 75"),
    ("scoring.toml", "D = 0", "D = 5", "grade_bounds_no_zero", "D = 0"),
    ("scoring.toml", "A = 75", "A = 101", "setting_out_of_range", "101"),
    ("scoring.toml", "A = 0.15", "A = 0.55", "grade_shares_over_one", "1.15"),
    ("scoring.toml", "A = 0.15", "A = 15", "setting_out_of_range", "0.03"),
    ("scoring.toml", 'governing = "absolute"', 'governing = "points"', "setting_unknown_word", "percentile"),
    ("scoring.toml", "late_entry_days = 2", "late_entry_dais = 2", "both", ""),
    ("scoring.toml", '"price_acceptance"]', '"price_accepted"]', "setting_misspelt_word", "price_acceptance"),
    ("scoring.toml", '3 = []', '4 = []', "setting_unknown_key", "1, 2, 3"),
    ("scoring.toml", '"意向户型" = "layout"', '"意向户型" = "lay-out"', "setting_misspelt_word", "layout"),
    ("scoring.toml", '[groups.recency]', '[groups.recent]', "card_group_unlabelled", "[groups.recency]"),
    ("scoring.toml", 'en = "Visits"', 'fr = "Visites"', "both", ""),
    ("policies.toml", 'default = "sincerity_first"', 'default = "sincere"', "setting_unknown_word", "sincerity_first"),
    ("policies.toml", 'ladder = ["grade", "choice"]', 'ladder = ["grade", "grade"]', "policy_bad_ladder", "choice"),
    ("policies.toml", SCORE_GOAL, '{ goal = "scores", sense = "max" }', "setting_misspelt_word", "score"),
    ("policies.toml", SCORE_GOAL, '{ goal = "score", sense = "up" }', "setting_unknown_word", "max, min"),
    ("policies.toml", SCORE_GOAL, '{ goal = "score" }', "setting_missing", "sense"),
    ("policies.toml", SCORE_GOAL, '{ goal = "score", sense = "max", grades = ["E"] }', "setting_unknown_word", "D, U"),
    ("policies.toml", SCORE_GOAL, '{ goal = "score", sense = "max", choices = ["1"] }', "setting_not_integers", "[1"),
    ("policies.toml", 'method = "serial"', 'method = "goals"', "policy_without_goals", "steps"),
    ("policies.toml", 'method = "serial"', 'method = "greedy"', "setting_unknown_word", "goals, serial"),
])
def test_mistakes_in_rule_files_name_the_file_and_what_is_allowed(folder, file, old, new, code, words):
    ship(folder, file)
    change(folder, (old, new), file=file)
    settings, problems = load_settings(folder)
    assert settings is None
    assert {problem.file for problem in problems} <= {file, "config/scorecard.csv"}
    if code == "both":
        assert len(codes(problems)) == 2
        return
    problem = only(problems)
    assert problem.code == code
    assert any(word in spoken(problem) for word in words.split("|"))


def test_own_rule_files_replace_the_shipped_ones(folder):
    ship(folder, "scoring.toml")
    change(folder, ("late_entry_days = 2", "late_entry_days = 5"), file="scoring.toml")
    settings, problems = load_settings(folder)
    assert not problems and settings.late_entry_days == 5


def test_equal_settings_have_one_hash_and_every_setting_changes_it(folder):
    settings, _ = load_settings(folder)
    assert settings.sha256 == load_settings(folder)[0].sha256 == settings_sha256(settings)
    for changed in (
        replace(settings, seed="8"), replace(settings, quota=3), replace(settings, band_low=-0.04),
        replace(settings, rounds=settings.rounds[:1]), replace(settings, inquiry_keywords=("x",)),
        replace(settings, grades=replace(settings.grades, governing="absolute")),
        replace(settings, policies={"strict_order": settings.policies["strict_order"]}),
        replace(settings, scorecard=replace(settings.scorecard, items=settings.scorecard.items[1:])),
    ):
        assert with_sha256(changed).sha256 != settings.sha256
    other_order = dict(reversed(settings.policies.items()))
    assert with_sha256(replace(settings, policies=other_order)).sha256 == settings.sha256


WEIRD = ['"x"', "5", "-1", "nan", "true", "[]", "[1]", '["x"]', "{}", "{ x = 1 }", "[{}]", "[[1]]", "2026-11-28",
         "18:00:00", "2026-11-28T18:00:00Z", '"{name}"', "0x" + "F" * 6000, "9" * 5000, "[" * 3000 + "]" * 3000]
KEYS = ("name", "launch_id", "seed", "show_flat_open", "launch_day", "policy", "language", "theme", "synthetic",
        "mask_phones", "low", "high", "number", "cutoff", "purpose", "event", "quota", "time_limit_s",
        "not_available", "governing")


@pytest.mark.parametrize("key", KEYS)
def test_no_value_of_any_kind_ever_raises(folder, key):
    lines = GOOD.splitlines()
    place = next(n for n, line in enumerate(lines) if line.startswith(f"{key} ="))
    for value in WEIRD:
        lines[place] = f"{key} = {value}"
        (folder / "launch.toml").write_text("\n".join(lines), encoding="utf-8")
        settings, problems = load_settings(folder)
        assert (settings is None) == any(p.severity == "error" for p in problems), value
        codes(problems)


@pytest.mark.parametrize("file", ["scoring.toml", "policies.toml"])
def test_no_value_in_a_rule_file_ever_raises(folder, file):
    ship(folder, file)
    lines = (folder / file).read_text(encoding="utf-8").splitlines()
    for place, line in enumerate(lines):
        key, sign, _ = line.partition(" =")
        if not sign or line.startswith(("#", " ", "{")):
            continue
        for value in ('"x"', "5", "[1]", '["x"]', "{ x = 1 }", "[{}]", "[{ ladder = 1 }]", "[{ goal = 1 }]"):
            changed = [*lines[:place], f"{key} = {value}", *lines[place + 1 :]]
            (folder / file).write_text("\n".join(changed), encoding="utf-8")
            settings, problems = load_settings(folder)
            assert (settings is None) == any(p.severity == "error" for p in problems), (key, value)
            codes(problems)


@hypothesis_settings(deadline=None, max_examples=60)
@given(st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
def test_arbitrary_launch_files_never_raise(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("launch")
    (folder / "launch.toml").write_bytes(content)
    settings, problems = load_settings(folder)
    assert settings is None and codes(problems)
