"""The twenty days lived through the program's own commands, each day held against the replay."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import random
import signal
import warnings
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from unittest.mock import patch

import pandas as pd

from sincerity import choices, cli, deciding
from sincerity import round as rounds
from sincerity.allocation.explain import allocation_table, goals_table, refusals, target_results
from sincerity.allocation.moves import moves
from sincerity.allocation.waiting import conflicts, waiting_list
from sincerity.domain import INPUT_TABLES, PUBLISHED_TABLES, Launch
from sincerity.intake.launch_file import load_settings
from sincerity.intake.rulings_file import read_rulings
from sincerity.manifest import file_problems
from sincerity.pricing.plan import PriceFindings
from sincerity.reports.viewmodel import build_report
from sincerity.reports.workbook import write_control_sheet
from sincerity.schema import Schema
from sincerity.tables import write_tables
from tests.decisions.reviews import Review
from tests.register.twenty_days.replay import Replay, Run, changed_picks, deadlines, log_head, moved
from tests.register.twenty_days.script import (
    DAYS,
    Book,
    day,
    morning,
    move_over_the_line,
    name_in_round,
    opening_book,
    round_of,
    write,
)

EVERY_DAY = range(1, DAYS + 1)
EVENTFUL_DAYS = (6, 7, 10, 11, 13, 16, 18, 20)  # the fewest runs with which everything in the script happens
BEFORE_NAME, BEFORE_LOG = "before the folder gets its name", "before the run is logged"
KILLS = {  # where the process ends: the function it dies in
    BEFORE_NAME: "sincerity.publish._check_read_back",
    BEFORE_LOG: "sincerity.history.History.confirm",
}

_BEFORE_THE_PLAN = ("units", "buyers", "scores", "score_lines", "next_steps", "flags", "demand")


class Life:
    """One launch in ``folder`` with every ``every``-th buyer of the sample; runs are made on ``run_days``."""

    def __init__(self, folder: Path, shape: str, every: int = 1, run_days: Iterable[int] = EVERY_DAY) -> None:
        folder.mkdir(parents=True)
        self.folder, self.shape, self.run_days = folder, shape, frozenset(run_days)
        self.book: Book = opening_book(shape, every)
        self.replay = Replay()
        self.rng = random.Random(shape)
        self.ruled: list[tuple[str, str]] = []

    def live(self) -> None:
        """All twenty days, and the state at their end."""
        for number in range(1, DAYS + 1):
            morning(self.book, number, {buyer for buyer, _ in self.ruled}, self.rng)
            for buyer, unit in self.ruled:
                name_in_round(self.book, number, buyer, unit)
            write(self.book, self.shape, self.folder)
            if number in self.run_days:
                self._evening(number)
        self.check_end()

    def _evening(self, number: int) -> None:
        """The commands of the day."""
        if number == 11:
            self._killed(number, BEFORE_LOG)
            return
        if number == 13:
            self._roll_back(len(self.replay.runs) - 4)
        if number == 18:
            self._roll_back(len(self.replay.runs) - 2)
            self._killed(number, BEFORE_NAME)
        self._run(number)
        if number == 7:
            self._over_the_line(number)
        if number == 10:
            self._decide(number, "override", *next(self._refused("taken")))
        if number == 16:
            self._decide(number, "forbid", *sorted(self.replay.runs[-1].plan.items())[0])
        if number == 18:
            self._decide(number, "withdraw", *self.ruled[0])

    def _run(self, number: int) -> Run:
        self._command("run", "--as-of", f"{day(number):%Y-%m-%d}")
        return self._published(number)

    def _published(self, number: int) -> Run:
        """The run that was published last, held against the replay."""
        before = self.replay.before(round_of(number))
        run = self.replay.publish(self.book, round_of(number), day(number + 1))
        self._check(run, before)
        return run

    def _over_the_line(self, number: int) -> None:
        """A visit one minute before the cutoff is moved one minute: it drops out and is counted as late."""
        before = self.replay.runs[-1].known
        buyer = move_over_the_line(self.book)
        write(self.book, self.shape, self.folder)
        after = self._run(number).known
        _same("the visit over the line", (after.visit_days.get(buyer, 0), after.late),
              (before.visit_days[buyer] - 1, before.late + 1))

    def _killed(self, number: int, where: str) -> None:
        """A run ended by SIGKILL while it publishes; what it left is settled by the next command."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 on: fork beside the solver's idle threads
            child = os.fork()
        if not child:
            with patch(KILLS[where], lambda *_: os.kill(os.getpid(), signal.SIGKILL)):
                self._command("run", "--as-of", f"{day(number):%Y-%m-%d}")
            os._exit(1)
        _same("the end of the killed run", os.WTERMSIG(os.waitpid(child, 0)[1]), signal.SIGKILL)
        left = list((self.folder / "out" / "runs").glob("*.partial"))
        if where == BEFORE_LOG:
            _same("folders left behind", left, [])
            self._published(number)
        else:
            _same("folders left behind", len(left), 1)

    def _roll_back(self, position: int) -> None:
        self._command("rollback", str(position + 1))
        self.replay.roll_back(position)

    def _decide(self, number: int, word: str, buyer: str, unit: str) -> None:
        """The conflict review of the run in force, filled in and handed back."""
        run = self.replay.runs[-1]
        review = Review(self._out(run) / "control_sheet.xlsx").rule(buyer, unit, word)
        workbook = review.save(self.folder.parent / f"{self.shape}-{number}.xlsx")
        self.replay.rule(run.known.moment, buyer, unit, word)
        self._command("decide", str(workbook))
        self.ruled.append((buyer, unit))
        self._published(number)

    def _refused(self, reason: str) -> Iterator[tuple[str, str]]:
        for row in self._table(self.replay.runs[-1], "refusals"):
            if row["reason"] == reason:
                yield row["buyer_id"], row["unit_id"]

    def _command(self, name: str, *arguments: str) -> str:
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            code = cli.main([name, str(self.folder), *arguments, "--lang", "en"])
        if code != 0:
            raise AssertionError(f"{name} {' '.join(arguments)} ended with {code}: {said.getvalue()}")
        return said.getvalue()

    def _out(self, run: Run) -> Path:
        return self.folder / "out" / "runs" / run.name

    def _table(self, run: Run, name: str) -> list[dict[str, str]]:
        with (self._out(run) / "tables" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def _check(self, run: Run, before: Run | None) -> None:
        """What the run published against what the replay knows."""
        known = run.known
        demand = {(row["buyer_id"], row["unit_id"]): row for row in self._table(run, "demand")}
        run.plan = {row["buyer_id"]: row["unit_id"] for row in self._table(run, "allocation")}
        visits = {row["buyer_id"]: int(float(row["value"])) for row in self._table(run, "score_lines")
                  if row["line"] == "visit_days" and row["value"] not in ("", "0", "0.0")}
        place = f"{self.shape}, {run.name}: "
        _same(place + "buyers", {row["buyer_id"] for row in self._table(run, "scores")}, known.buyers)
        _same(place + "picks", {pair: int(row["choice_rank"]) for pair, row in demand.items()}, known.picks)
        _same(place + "visit days", visits, known.visit_days)
        _same(place + "late entries", len(self._table(run, "late_entries")), known.late)
        _same(place + "decisions", {(row["buyer_id"], row["unit_id"], row["decision"])
                                    for row in self._table(run, "decisions")}, run.decisions)
        self._check_plan(run, demand, place)
        manifest = json.loads((self._out(run) / "manifest.json").read_text(encoding="utf-8"))
        _same(place + "compared with", manifest["register"]["previous_run"], run.previous)
        due = {(row["stage"], _day(row["due_on"]), _day(row["held_on"]), row["standing"])
               for row in self._table(run, "deadlines")}
        _same(place + "deadlines", due, deadlines(self.book, self.replay.runs[:-1], run.screened_on))
        if before is not None:
            self._check_changes(run, before, place)

    def _check_plan(self, run: Run, demand: dict, place: str) -> None:
        """The plan keeps the rules that need no solver to see."""
        pairs = set(run.plan.items())
        granted = {pair for pair, row in demand.items() if row["eligible"].lower() in ("true", "1")}
        _same(place + "units given twice", len(run.plan), len(set(run.plan.values())))
        _same(place + "placed without a pick", pairs - granted, set())
        kept, forbidden = ({(b, u) for b, u, said in run.decisions if said == word} for word in ("keep", "forbid"))
        _same(place + "kept and not given", kept - pairs, set())
        _same(place + "forbidden and given", forbidden & pairs, set())

    def _check_changes(self, run: Run, before: Run, place: str) -> None:
        changed = self._table(run, "changes_buyers")
        now, then = run.known.buyers, before.known.buyers
        for word, due in (("new", now - then), ("gone", then - now)):
            _same(place + word, {row["buyer_id"] for row in changed if row["change"] == word}, due)
        picks = changed_picks(before.known, run.known)
        _same(place + "picks changed", {(row["buyer_id"], row["unit_id"], int(row["from_rank"]), int(row["to_rank"]))
                                        for row in self._table(run, "changes_picks")}, picks)
        churn = next(row for row in self._table(run, "kpis") if row["kpi"] == "churn_since_run")
        named = {buyer for buyer, _ in {*before.known.picks, *run.known.picks}}
        _same(place + "churn", (int(churn["numerator"]), int(churn["denominator"])),
              (len({pick[0] for pick in picks}), len(named)))
        _same(place + "moves", {(row["buyer_id"], row["from_unit_id"], row["to_unit_id"])
                                for row in self._table(run, "moves")}, moved(before.plan, run.plan))

    def check_end(self) -> None:
        """Register, folders, short paths and log at the end."""
        runs, out = self.replay.runs, self.folder / "out"
        told = json.loads(self._command("history", "--verify", "--json"))
        in_force = set(self.replay.in_force.values())
        _same("runs", [(run["run"], run["round"], run["previous_run"], run["screened_on"], run["in_force"])
                       for run in told["runs"]],
              [(run.name, run.round, run.previous, run.screened_on.isoformat(), place in in_force)
               for place, run in enumerate(runs)])
        _same("folders", {path.name for path in (out / "runs").iterdir()}, {run.name for run in runs})
        _same("files", [file_problems(self._out(run)) for run in runs], [()] * len(runs))
        pointers = {number: (out / f"round-{number}").resolve().name for number in self.replay.in_force}
        _same("short paths", pointers, {number: runs[place].name for number, place in self.replay.in_force.items()})
        log = log_head(self.folder / "register.sqlite", f"{self.shape}-2026-11")
        _same("log", log, (told["head"], self.replay.kinds))


@contextlib.contextmanager
def without_reports() -> Iterator[None]:
    """Runs publish their tables, and on the days of decisions the control sheet."""
    with patch.object(rounds, "write_reports", tables_alone):
        yield


@contextlib.contextmanager
def plan_alone() -> Iterator[None]:
    """Runs work out what the register keeps of a plan; without checks of the input, forecast, prices, charts, audit."""
    blank = {schema.name: schema.empty() for schema in PUBLISHED_TABLES if schema.name not in _BEFORE_THE_PLAN}
    with without_reports(), patch.object(deciding, "read_launch", launch_unchecked), patch.object(
        choices, "read_launch", launch_unchecked
    ), patch.multiple(
        rounds,
        earlier_rounds=lambda launch, known: (),
        price_findings=lambda *_: PriceFindings({}, ()),
        round_forecast=lambda *_, **__: {},
        _rates_and_charts=lambda *_: {},
        audit=lambda *_: {"ok": True, "checks": [], "warnings": [], "envy": {"count": 0, "by_decision": 0, "pairs": []},
                          "pareto": {"efficient": True, "examples": []}, "rates": {"by_grade": [], "by_consultant": []},
                          "goals": [], "parameters": {}},
        explanations=lambda *facts: {**blank, **_plan_tables(*facts)},
    ):
        yield


def launch_unchecked(folder: Path) -> tuple[Launch, tuple]:
    """The launch in ``folder``, its tables taken at their word."""
    tables = {schema.name: _table(schema, folder / f"{schema.name}.csv") for schema in INPUT_TABLES}
    return Launch(load_settings(folder)[0], **tables, rulings=read_rulings(folder)[0]), ()


def _table(schema: Schema, path: Path) -> pd.DataFrame:
    if not path.exists():
        return schema.empty()
    given = pd.read_csv(path, dtype="str", keep_default_na=False)
    given["source_row"] = range(2, len(given) + 2)
    blank = {"str": "", "int": "0", "float": "nan", "bool": "", "date": None, "datetime": None}
    return schema.frame({
        column.name: given.get(column.name, pd.Series(blank[column.kind], given.index)).replace("", blank[column.kind])
        for column in schema.columns
    })


def _plan_tables(instance, plan, demand, scores, known, settings, previous) -> dict:
    allocation = allocation_table(instance, plan, scores, demand)
    refused = refusals(instance, plan, scores, demand, settings.policies[plan.policy], settings.time_limit_s)
    return {
        "allocation": allocation, "refusals": refused, "moves": moves(allocation, previous, refused, scores),
        "conflicts": conflicts(instance, plan, scores), "waiting_list": waiting_list(instance, plan, scores),
        "goals": goals_table(plan), "targets": target_results(known.targets, known.units, allocation),
    }


def tables_alone(result, folder: Path, beside=None) -> tuple:
    """In place of the reports: the tables, and the control sheet that rulings are written into."""
    write_tables(result.tables, folder / "tables")
    (folder / "audit.json").write_text(json.dumps(result.audit), encoding="utf-8")
    moment = result.cutoff
    if moment in (day(11), day(17), day(19)):
        write_control_sheet(build_report(result, "en"), folder / "control_sheet.xlsx")
    return ()


def _same(what: str, found: object, due: object) -> None:
    if found != due:
        raise AssertionError(f"{what}: {found!r} instead of {due!r}")


def _day(text: str):
    return datetime.fromisoformat(text).date() if text else None


