"""The commands of the register: what was run, what changed between two runs, going back, moving, forgetting."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sincerity.commands.answer import DONE, INPUT_PROBLEMS, Answer
from sincerity.commands.diff_in_words import changed_tables, diff_in_words
from sincerity.console import say
from sincerity.history import OUT_FOLDER
from sincerity.intake.launch_file import load_settings
from sincerity.lock import locked
from sincerity.problems import Problem, has_errors
from sincerity.register.chain import Event
from sincerity.register.checks import register_problems
from sincerity.register.diff import churn
from sincerity.register.faults import RegisterFault
from sincerity.register.place import has_register, open_register
from sincerity.register.recovery import RUNS_FOLDER, manifest_sha256, reconcile, turn_short_paths
from sincerity.register.store import OUTPUT, RULING_EVENT, Register
from sincerity.register.transfer import export_register, import_register
from sincerity.settings import Settings
from sincerity.tables import plain_records


class _Refused(Exception):
    """The launch's settings do not hold; ``problems`` say why."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("settings")
        self.problems = problems


def history(options: Namespace) -> Answer:
    """Every run of the launch, the one in force of each round marked; ``--verify`` checks that nothing was changed."""
    try:
        with _opened(options.folder) as register:
            words, facts = _told(register, options.words)
            problems = register_problems(register, options.folder / OUT_FOLDER) if options.verify else ()
    except (RegisterFault, _Refused) as refused:
        return _refusal(refused)
    if options.verify:
        outcome = "history_differs" if has_errors(problems) else "history_agrees"
        words = (*words, say(f"done.{outcome}", options.words, events=facts["events"]))
    return Answer(INPUT_PROBLEMS if has_errors(problems) else DONE, words, problems, facts)


def diff(options: Namespace) -> Answer:
    """What changed from one run of the register to another."""
    try:
        with _opened(options.folder) as register:
            earlier, later = (register.run(number) for number in (options.earlier, options.later))
            before, after = (register.tables(run.run_no, OUTPUT) for run in (earlier, later))
            lines = tuple(diff_in_words(register, earlier, later, _settings(options.folder), options.words))
    except (RegisterFault, _Refused) as refused:
        return _refusal(refused)
    changed, named = churn(before, after)
    told = say("done.diff", options.words, earlier=options.earlier, later=options.later, changed=changed, named=named)
    tables = {name: plain_records(frame) for name, frame in changed_tables(before, after).items()}
    return Answer(DONE, (told, *lines), facts={"churn": {"numerator": changed, "denominator": named}, **tables})


def rollback(options: Namespace) -> Answer:
    """The short path of a round turned to an older run; nothing is deleted, and it is logged."""
    out_root = options.folder / OUT_FOLDER
    try:
        with locked(options.folder), _opened(options.folder) as register:
            reconcile(register, out_root, datetime.now())
            run = register.run(options.number)
            if manifest_sha256(out_root / RUNS_FOLDER / run.run) != run.manifest_sha256:
                raise RegisterFault("rollback_folder_gone", run.run, number=run.run_no, run=run.run)
            register.log_rollback(run, datetime.now())
            turn_short_paths(register, out_root)
    except (RegisterFault, _Refused) as refused:
        return _refusal(refused)
    words = say("done.rollback", options.words, number=run.run_no, run=run.run, round=run.round)
    return Answer(DONE, (words,), facts={"run_no": run.run_no, "run": run.run, "round": run.round})


def export(options: Namespace) -> Answer:
    """The whole register in one file."""
    try:
        with locked(options.folder), _opened(options.folder) as register:
            rows = export_register(register, options.file)
    except (RegisterFault, _Refused) as refused:
        return _refusal(refused)
    return Answer(DONE, (say("done.export", options.words, rows=rows, path=options.file),), facts={"rows": rows})


def import_(options: Namespace) -> Answer:
    """The register of a file taken into a launch that has none."""
    try:
        with locked(options.folder), _opened(options.folder, make=True) as register:
            rows = import_register(register, options.file)
    except (RegisterFault, _Refused) as refused:
        return _refusal(refused)
    return Answer(DONE, (say("done.import", options.words, rows=rows, path=options.file),), facts={"rows": rows})


def erase(options: Namespace) -> Answer:
    """A buyer's personal data deleted from the register for good."""
    try:
        with locked(options.folder), _opened(options.folder) as register:
            facts = register.erase(options.buyer, datetime.now())
    except (RegisterFault, _Refused) as refused:
        return _refusal(refused)
    words = say("done.erase", options.words, buyer=options.buyer, facts=facts)
    return Answer(DONE, (words,), facts={"facts": facts})


@contextmanager
def _opened(folder: Path, make: bool = False) -> Iterator[Register]:
    """The launch's register; RegisterFault when there is none yet, unless it may be made."""
    settings = _settings(folder)
    if not make and not has_register(folder, settings):
        raise RegisterFault("register_missing", folder=folder)
    with open_register(folder, settings, os.environ) as register:
        yield register


def _settings(folder: Path) -> Settings:
    settings, problems = load_settings(folder)
    if settings is None:
        raise _Refused(problems)
    return settings


def _refusal(refused: RegisterFault | _Refused) -> Answer:
    problems = refused.problems if isinstance(refused, _Refused) else (refused.problem,)
    return Answer(INPUT_PROBLEMS, problems=problems)


def _told(register: Register, lang: str) -> tuple[tuple[str, ...], dict[str, object]]:
    runs, entries, in_force = register.runs(), register.events(), set(register.in_force().values())
    lines = [
        say("history.run", lang, number=run.run_no, run=run.run, screened=run.screened_on,
            policy=run.policy, plan=run.plan_sha256[:12],
            mark=say("history.in_force", lang, round=run.round) if run.run_no in in_force else "")
        for run in runs
    ]
    lines += [_event(entry, lang) for entry in entries if entry.kind != "run"]
    head = entries[-1].sha256 if entries else ""
    facts = {"runs": [{**vars(run), "in_force": run.run_no in in_force} for run in runs], "head": head,
             "events": len(entries)}
    return (*lines, say("history.head", lang, head=head)), facts


def _event(entry: Event, lang: str) -> str:
    facts = {"number": entry.facts.get("run_no", ""), **entry.facts, "at": entry.at.replace("T", " ")}
    ruled = say(f"ruled.{facts['decision']}", lang) if entry.kind == RULING_EVENT else ""
    return say(f"history.{entry.kind}", lang, ruled=ruled, **facts)
