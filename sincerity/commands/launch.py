"""The commands of one launch: begin it, check it, run a round, verify, explain, demonstrate."""

from __future__ import annotations

import os
import shutil
from argparse import Namespace
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

from sincerity import round as rounds
from sincerity.choices import Choices, LookBack, RoundOutcome, Say
from sincerity.commands.answer import DONE, INPUT_PROBLEMS, NOT_PROVEN, Answer, progress_of
from sincerity.console import say
from sincerity.domain import Launch, RoundResult
from sincerity.history import History
from sincerity.in_words import buyer_in_words, unit_in_words
from sincerity.intake.launch import read_launch
from sincerity.intake.launch_file import LAUNCH_FILE
from sincerity.lock import locked
from sincerity.manifest import MANIFEST_FILE
from sincerity.paths import sample_dir
from sincerity.problems import Problem
from sincerity.progress import Progress
from sincerity.publish import (
    PLAN_FOLDER,
    Published,
    publish_round,
    remove_folder,
    replace_file,
    round_in_force,
    run_name,
)
from sincerity.published import published_result
from sincerity.reports.problem_list import summary_line
from sincerity.reports.problems_workbook import write_problems_workbook
from sincerity.second_process import InTurn, SecondProcess, Worker
from sincerity.template import write_template
from sincerity.verify import holds_plan_alone, verify_output

SAMPLE = "normal"
PROBLEMS_FILE = "problems.xlsx"
WORTH_A_SECOND_PROCESS_BYTES = 200_000  # of input files; a smaller launch is done before one has begun
_MORE_CHOICES = ("levers", "held_back", "digits", "close")  # of the commands that go beyond a round
_NO_CHOICES = dict.fromkeys(("round", "as_of", "policy", "theme", "out"))

Work = Callable[[Path, Choices, Say, LookBack], RoundOutcome]


def init(options: Namespace) -> Answer:
    """A new launch folder to fill in."""
    try:
        write_template(options.folder, options.words)
    except FileExistsError as error:
        return Answer(INPUT_PROBLEMS, problems=(Problem("error", "init_exists", parts={"name": str(error)}),))
    return Answer(DONE, (say("done.init", options.words, folder=options.folder),))


def check(options: Namespace) -> Answer:
    """The launch read and validated, nothing computed."""
    progress = progress_of(options)
    progress("read")
    launch, problems = read_launch(options.folder)
    progress.finish()
    noted = _problems_workbook(problems, options.folder / "out", options.folder, options.words)
    if launch is None:
        words = say("done.check_failed", options.words, errors=_errors(problems))
        return Answer(INPUT_PROBLEMS, (words, *noted), problems)
    rows = {name: len(getattr(launch, name)) for name in ("units", "buyers", "touchpoints", "picks")}
    return Answer(DONE, (say("done.check", options.words, **rows), *noted), problems, {"rows": rows})


def run(options: Namespace) -> Answer:
    """One round worked out and published."""
    return work_and_publish(options, rounds.run_round)


def work_and_publish(options: Namespace, work: Work) -> Answer:
    """What ``work`` makes of the launch, published with its problems told."""
    out_root = options.out or options.folder / "out"
    progress = progress_of(options)
    with (
        locked(options.folder),
        History(options.folder, out_root, os.environ) as history,
        _beside(options) as beside,
    ):
        outcome = work(options.folder, _choices(options), progress, history.background)
        problems_file = (outcome.problems, out_root, options.folder, options.words)
        if outcome.result is None or outcome.launch is None:
            words = say("done.run_failed", options.words, errors=_errors(outcome.problems))
            return Answer(INPUT_PROBLEMS, (words, *_problems_workbook(*problems_file)), outcome.problems)
        beside.begin(_problems_workbook, *problems_file)
        published, notes, noted = _publish(outcome.launch, outcome.result, out_root, history, progress, beside)
    return _published_answer(outcome.result, published, (*outcome.problems, *notes), noted, options.words)


def verify(options: Namespace) -> Answer:
    """The audit repeated from a published folder alone."""
    folder = _published_folder(options.folder)
    if folder is None:
        return _nothing_published(options)
    agrees, problems = verify_output(folder)
    whole = "verify_plan" if holds_plan_alone(folder) else "verify"
    outcome = whole if agrees else "verify_failed"
    words = say(f"done.{outcome}", options.words, folder=folder, errors=_errors(problems))
    return Answer(DONE if agrees else INPUT_PROBLEMS, (words,), problems, {"folder": str(folder), "agrees": agrees})


def explain(options: Namespace) -> Answer:
    """One buyer's or one unit's result and its reasons, from the newest published round or from a fresh one."""
    result, problems = _result_to_explain(options)
    if result is None:
        return Answer(INPUT_PROBLEMS, problems=problems)
    in_words = unit_in_words if options.buyer is None else buyer_in_words
    asked_for = options.unit if options.buyer is None else options.buyer
    sentences = in_words(result, asked_for, options.words)
    if not sentences:
        code = "unit_not_in_round" if options.buyer is None else "buyer_not_in_round"
        return Answer(INPUT_PROBLEMS, problems=(Problem("error", code, value=asked_for, parts={"id": asked_for}),))
    return Answer(DONE, sentences)


def demo(options: Namespace) -> Answer:
    """The sample launch copied and run."""
    folder = options.folder
    if not (folder / LAUNCH_FILE).is_file():
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            problem = Problem("error", "demo_folder_taken", parts={"folder": str(folder)})
            return Answer(INPUT_PROBLEMS, problems=(problem,))
        shutil.copytree(sample_dir() / SAMPLE, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("out", ".*"))
    answer = run(Namespace(**{**_NO_CHOICES, **vars(options)}))
    return replace(answer, words=(say("done.demo", options.words, folder=folder), *answer.words))


def _publish(
    launch: Launch, result: RoundResult, out_root: Path, history: History, progress: Progress, beside: Worker
) -> tuple[Published, tuple[Problem, ...], tuple[str, ...]]:
    """The result published, what a reader of its files must know, and what the first work ``beside`` has to say."""
    notes: list[Problem] = []
    noted: list[str] = []

    def write(folder: Path) -> None:
        progress("report")
        notes.extend(rounds.write_reports(result, folder, beside))
        progress("publish")
        history.prepare(launch, result, run_name(folder))
        noted.extend(beside.finish()[0])

    published = publish_round(result, progress.timings_s, out_root, write, history.taken(result.round))
    history.confirm(published)
    remove_folder(out_root / PLAN_FOLDER)
    progress.finish()
    return published, tuple(notes), tuple(noted)


def _published_answer(
    result: RoundResult, published: Published, problems: tuple[Problem, ...], noted: tuple[str, ...], lang: str
) -> Answer:
    plan, folder = result.tables["allocation"], published.folder
    facts = {
        "folder": str(folder),
        "run": str(published.run),
        "round": result.round,
        "policy": result.policy,
        "status": result.status,
        "placed": len(plan),
        "first_choices": int((plan["choice_rank"] == 1).sum()),
    }
    files = {"report": folder / "report.html", "sheet": folder / "control_sheet.xlsx"}
    done = say("done.run", lang, round=result.round, placed=facts["placed"], first=facts["first_choices"], **files)
    exit_code = DONE if result.status == "proven" else NOT_PROVEN
    on_the_whole = (problem.what(lang) for problem in problems if problem.file is None)
    words = (done, say(f"done.{result.status}", lang), *on_the_whole, summary_line(problems, lang), *noted)
    return Answer(exit_code, words, problems, facts, listed=False)


def _beside(options: Namespace) -> AbstractContextManager[Worker]:
    """A second process where there are two cores, the launch is worth it and no other launch is at work."""
    alone = getattr(options, "alone", True) and (os.cpu_count() or 1) > 1
    if alone and options.folder.is_dir() and _size_bytes(options.folder) >= WORTH_A_SECOND_PROCESS_BYTES:
        return SecondProcess("sincerity.commands.launch")
    return nullcontext(InTurn())


def _size_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())


def _problems_workbook(problems: tuple[Problem, ...], out_root: Path, folder: Path, lang: str) -> tuple[str, ...]:
    """Write ``problems.xlsx`` (or remove the one that is no longer true) and say where it lies."""
    if not folder.is_dir():
        return ()
    path = out_root / PROBLEMS_FILE
    try:
        if not problems:
            path.unlink(missing_ok=True)
            return ()
        replace_file(path, lambda new: write_problems_workbook(problems, new, lang, folder))
    except OSError as error:
        return (say("problems_workbook_failed", lang, reason=error),)
    return (say("problems_workbook", lang, path=path),)


def _result_to_explain(options: Namespace) -> tuple[RoundResult | None, tuple[Problem, ...]]:
    folder = _published_folder(options.folder)
    if folder is not None:
        return published_result(folder), ()
    outcome = rounds.run_round(options.folder, Choices(), progress_of(options))
    return outcome.result, outcome.problems


def _published_folder(named: Path) -> Path | None:
    """The published folder a person means: itself, or the run in force under it or under its ``out``."""
    if (named / MANIFEST_FILE).is_file():
        return named
    return round_in_force(named) or round_in_force(named / "out")


def _choices(options: Namespace) -> Choices:
    more = {name: getattr(options, name) for name in _MORE_CHOICES if hasattr(options, name)}
    return Choices(options.round, options.as_of, options.policy, options.lang, options.theme, **more)


def _nothing_published(options: Namespace) -> Answer:
    problem = Problem("error", "nothing_published", parts={"folder": str(options.folder)})
    return Answer(INPUT_PROBLEMS, problems=(problem,))


def _errors(problems: tuple[Problem, ...]) -> int:
    return sum(problem.severity == "error" for problem in problems)
