"""Every kind of bad input is told with its file, sheet, row, column and words, in both languages, and nothing else."""

from __future__ import annotations

import tomllib

import pytest

from sincerity.intake.launch import read_launch
from sincerity.paths import config_dir
from sincerity.problems import Problem
from sincerity.texts import LANGUAGES
from tests.bad_inputs.case import Case
from tests.bad_inputs.catalogue import CASES
from tests.bad_inputs.good_launch import good_book
from tests.bad_inputs.write import write_all


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_problem_is_told_in_its_place_and_words(case: Case, tmp_path):
    launch, problems = read_launch(case.write(tmp_path / "launch"))
    told = [
        p for p in problems
        if p.code == case.code and (p.file, p.sheet or None, p.row, p.column) == (case.file, *case.where)
    ]
    assert len(told) == 1, [(p.code, p.place(), p.what("en")) for p in problems]
    assert told[0].severity == case.severity
    assert case.zh in told[0].what("zh")
    assert case.en in told[0].what("en")
    assert {problem.code for problem in problems} <= {case.code, *case.also}
    assert not [sentence for problem in problems for sentence in _sentences(problem) if _has_hole(sentence)]
    assert (launch is None) == any(problem.severity == "error" for problem in problems)


def test_the_good_launch_gives_no_remark(tmp_path):
    launch, problems = read_launch(good_book().write(tmp_path / "launch"))
    assert problems == ()
    assert launch is not None
    assert [len(launch.units), len(launch.buyers), len(launch.touchpoints), len(launch.picks)] == [10, 5, 7, 7]


def test_there_are_enough_kinds_and_no_name_twice():
    assert len({case.name for case in CASES}) == len(CASES) >= 65
    assert len({case.code for case in CASES}) >= 65


def test_every_problem_of_the_tables_has_a_case():
    assert _codes_of_problems_toml() - {case.code for case in CASES} == set()


def test_all_launches_can_be_written_for_a_person(tmp_path):
    assert write_all(tmp_path) == len(list(tmp_path.iterdir())) == len(CASES) + 1


def _sentences(problem: Problem) -> list[str]:
    return [sentence for lang in LANGUAGES for sentence in (problem.what(lang), problem.fix(lang))]


def _has_hole(sentence: str) -> bool:
    return any(mark in sentence for mark in ("{", "None", "nan", "NaT", "“”"))


def _codes_of_problems_toml() -> set[str]:
    return set(tomllib.loads((config_dir() / "texts/problems.toml").read_text(encoding="utf-8"))["problem"])
