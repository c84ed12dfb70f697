"""``calibrate`` and ``backtest``: closed launches or a table of the past in, a study, a model, a page out."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from sincerity import __version__
from sincerity.calibration.backtest import BASE, LEAVE_ONE_OUT, MODEL
from sincerity.calibration.closed_launch import ClosedLaunch, closed_launch
from sincerity.calibration.drift import Reference
from sincerity.calibration.generic_table import accounts_of, past_of_table, references_of
from sincerity.calibration.new_card import card_text
from sincerity.calibration.past import PastBuyers, joined
from sincerity.calibration.rules import CalibrationRules, calibration_rules
from sincerity.calibration.study import Study, fitted_model, readable_chances, study
from sincerity.calibration.study_tables import model_study
from sincerity.commands.answer import DONE, INPUT_PROBLEMS, Answer, progress_of
from sincerity.console import say
from sincerity.domain import FittedModel, PastLaunch
from sincerity.domain.study import ModelStudy
from sincerity.intake.history_table import Wanted, read_history_table
from sincerity.intake.launch import read_launch
from sincerity.intake.launch_file import default_settings
from sincerity.intake.model_file import model_text, read_model
from sincerity.problems import Problem, has_errors
from sincerity.publish import replace_file
from sincerity.reports.model_page import render_model_page
from sincerity.reports.model_view import alarm_sentences, model_report, reason_sentences
from sincerity.reports.model_workbook import write_model_workbook
from sincerity.scoring.indicators import MEASURES
from sincerity.texts import LANGUAGES, text

TABLES = (".csv", ".xlsx", ".xlsm")

Problems = tuple[Problem, ...]


@dataclass(frozen=True)
class _History:
    """The past as read: buyers, one account and one reference per launch, and whether any of it is synthetic."""

    buyers: PastBuyers
    accounts: tuple[PastLaunch, ...]
    references: list[Reference]
    synthetic: bool


def calibrate(options: Namespace) -> Answer:
    """The model fitted on the history and kept in a file, its page and workbook beside it."""
    older, refused = _older_model(options)
    if refused:
        return Answer(INPUT_PROBLEMS, problems=refused)
    found, history, problems = _studied(options)
    if found is None or history is None:
        return Answer(INPUT_PROBLEMS, problems=problems)
    path = options.out
    shown = _shown(found, history, path, options.model_version)
    model = fitted_model(found, shown.name, shown.version, shown.made_on, shown.program)
    moved = _moved_away(path, older, options.words)
    replace_file(path, lambda new: _write(model_text(model, readable_chances(found)), new))
    page = _write_page(shown, path.with_suffix(".html"), options.words)
    kept = say("done.model_kept", options.words, path=path, version=model.version, page=page, name=path.name)
    facts = _facts(found) | {"model": str(path)}
    return Answer(DONE, (*_in_words(shown, options.words), *moved, kept), problems, facts)


def backtest(options: Namespace) -> Answer:
    """The history tested honestly, told in words, on a page where asked for, and its card re-weighted on request."""
    found, history, problems = _studied(options)
    if found is None or history is None:
        return Answer(INPUT_PROBLEMS, problems=problems)
    shown = _shown(found, history, options.page or options.history[0], 0)
    words = [*_in_words(shown, options.words)]
    if options.page:
        words.append(say("done.page_written", options.words, path=_write_page(shown, options.page, options.words)))
    if options.accept_card:
        refused = _accept_card(found, options.accept_card)
        if refused:
            return Answer(INPUT_PROBLEMS, tuple(words), (*problems, *refused), _facts(found))
        name = options.accept_card.name
        words.append(say("done.card_written", options.words, path=options.accept_card, name=name))
    return Answer(DONE, tuple(words), problems, _facts(found))


def _shown(found: Study, history: _History, named: Path, version: int) -> ModelStudy:
    return model_study(
        found, named.stem, version, date.today(), __version__, history.synthetic, calibration_rules()
    )


def _studied(options: Namespace) -> tuple[Study | None, _History | None, Problems]:
    progress = progress_of(options)
    progress("history")
    rules = calibration_rules()
    tables = [path for path in options.history if path.suffix.lower() in TABLES]
    history, problems = _from_table(options) if tables else _from_folders(options.history, rules)
    if history is None:
        return None, None, problems
    progress("study")
    found = study(history.buyers, history.accounts, history.references, rules)
    progress.finish()
    return found, history, problems


def _from_table(options: Namespace) -> tuple[_History | None, Problems]:
    if len(options.history) > 1 or not options.outcome or not options.group:
        return None, (Problem("error", "table_wants_columns", options.history[0].name),)
    wanted = Wanted(options.outcome, options.group, options.items, options.opinion or "")
    table, problems = read_history_table(options.history[0], wanted)
    if table is None:
        return None, problems
    past = past_of_table(
        table.items, table.falling, table.others, table.outcome, table.group, table.opinion,
        default_settings().grades, options.order,
    )
    return _History(past, accounts_of(past), list(references_of(past)), False), problems


def _from_folders(folders: list[Path], rules: CalibrationRules) -> tuple[_History | None, Problems]:
    """The closed launches in ``folders``, in order of their launch days; None when one of them cannot be used."""
    closed: list[ClosedLaunch] = []
    problems: list[Problem] = []
    synthetic = False
    for folder in folders:
        launch, faults = read_launch(folder)
        problems += [_inside(folder, fault) for fault in faults if fault.severity == "error"]
        if launch is not None:
            found, notes = closed_launch(launch, folder.name, rules)
            problems += notes
            closed += [found] if found else []
            synthetic |= launch.settings.synthetic
    closed.sort(key=lambda one: (one.account.launch_day or date.min, one.account.launch_id))
    problems += _misfits(closed)
    if has_errors(problems) or not closed:
        return None, tuple(problems)
    history = _History(
        joined([one.buyers for one in closed]), tuple(one.account for one in closed),
        [one.reference for one in closed], synthetic,
    )
    return history, tuple(problems)


def _misfits(closed: list[ClosedLaunch]) -> list[Problem]:
    """Launches that cannot stand side by side: the same one twice, or points of different cards."""
    counts = Counter(one.account.launch_id for one in closed)
    problems = [Problem("error", "history_twice", value=name, parts={"launch": name})
                for name, count in counts.items() if count > 1]
    for one in closed[1:]:
        if one.buyers.card_sha256 != closed[0].buyers.card_sha256:
            parts = {"launch": one.account.launch_id, "other": closed[0].account.launch_id}
            problems.append(Problem("error", "history_cards_differ", parts=parts))
    return problems


def _inside(folder: Path, problem: Problem) -> Problem:
    return replace(problem, file=f"{folder.name}/{problem.file}" if problem.file else folder.name)


def _older_model(options: Namespace) -> tuple[FittedModel | None, Problems]:
    """The model already at ``--out``, and the problem of replacing it without a higher version."""
    if not options.out.exists():
        return None, ()
    older, problems = read_model(options.out, options.out.name)
    if older is None:
        return None, problems
    if options.model_version <= older.version:
        parts = {"version": older.version, "next": older.version + 1}
        return None, (Problem("error", "model_exists", options.out.name, parts=parts),)
    return older, ()


def _moved_away(path: Path, older: FittedModel | None, lang: str) -> tuple[str, ...]:
    """The older model kept under its version, and the words that say so."""
    if older is None:
        return ()
    kept = path.with_name(f"{path.stem}.v{older.version}{path.suffix}")
    path.rename(kept)
    return (say("done.model_moved", lang, version=older.version, path=kept),)


def _accept_card(found: Study, path: Path) -> Problems:
    """The re-weighted card written to ``path``; a problem where it does not gain or the file is there already."""
    if any(item.measure not in MEASURES for item in found.past.items):
        return (Problem("error", "card_of_table"),)
    if not found.proposal.is_worth_it:
        gain, error = found.proposal.gain
        return (Problem("error", "card_no_gain", parts={"gain": f"{gain:.4f}", "error": f"{error:.4f}"}),)
    if path.exists():
        return (Problem("error", "card_exists", path.name),)
    remark = f"reweighted on {len(found.past.launches)} launches, {len(found.past.score)} buyers"
    replace_file(path, lambda new: _write(card_text(found.proposal, remark), new))
    return ()


def _write_page(shown: ModelStudy, path: Path, lang: str) -> Path:
    """The study's page at ``path`` and its workbook beside it."""
    reports = {language: model_report(shown, language) for language in LANGUAGES}
    replace_file(path, lambda new: _write(render_model_page(reports, lang), new))
    replace_file(path.with_suffix(".xlsx"), lambda new: write_model_workbook(reports[lang], new))
    return path


def _write(content: str, path: Path) -> None:
    path.write_text(content, encoding="utf-8", newline="\n")


def _in_words(shown: ModelStudy, lang: str) -> tuple[str, ...]:
    accounts, methods = shown.tables["accounts"], shown.tables["method_tests"].set_index(["way", "method"])
    told = say(
        "done.study", lang, verdict=text(f"model.verdict.{shown.verdict}", lang), launches=len(accounts),
        **{name: int(accounts[name].sum()) for name in ("buyers", "bought", "blocked", "unknown")},
    )
    doubts = (*reason_sentences(shown, lang), *alarm_sentences(shown, lang))
    if methods.empty:
        return (told, say("done.not_tested", lang), *doubts)
    tests = shown.tables["launch_tests"].query("way == @LEAVE_ONE_OUT")
    losses = {
        name: f"{methods.at[(LEAVE_ONE_OUT, method), 'log_loss']:.3f}"
        for name, method in (("log_loss", MODEL), ("base", BASE), ("points", "points"))
    }
    hits = {"hits": int(tests["inside"].sum()), "tests": len(tests)}
    accuracy = say("done.accuracy", lang, auc=f"{shown.points_auc:.3f}", **hits, **losses)
    return (told, accuracy, *doubts)


def _facts(found: Study) -> dict[str, object]:
    return {
        "verdict": found.verdict.answer,
        "reasons": [code for code, _, _ in found.verdict.reasons],
        "launches": len(found.past.launches),
        "buyers": len(found.past.score),
        "bought": int(found.past.bought.sum()),
        "points_auc": round(found.points_auc, 4),
        "hits": found.left_out.hits,
        "tests": len(found.left_out.tests),
        "methods": {
            LEAVE_ONE_OUT: {name: round(one.log_loss, 4) for name, one in found.left_out.methods.items()},
            "forward": {name: round(one.log_loss, 4) for name, one in found.onward.methods.items()},
        },
        "alarms": [f"{alarm.kind} {alarm.subject}" for alarm in found.alarms if alarm.loud],
    }
