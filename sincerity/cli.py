"""The command line: arguments in, words and exit codes out.

Exit codes: 0 done, 1 problems in the input, 2 wrong usage, 3 done but not proven within the time limit,
130 interrupted. The commands themselves are imported when one is called, so that ``--help`` answers at once.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from importlib import import_module
from keyword import iskeyword
from pathlib import Path
from typing import TYPE_CHECKING

from sincerity import __version__
from sincerity.console import Parser, language_of, prepare, say
from sincerity.settings import THEMES
from sincerity.texts import LANGUAGES

if TYPE_CHECKING:
    from sincerity.commands.answer import Answer

FAILED, INTERRUPTED = 1, 130
LOG_FILE = "sincerity-error.log"
DEMO_FOLDER = Path("sincerity-demo")

ENGINES = ("processes", "dask")  # of a batch

Option = Callable[[Parser], object]

HOMES = {  # command → the module that carries it out; the others stand in sincerity.commands.launch
    "calibrate": "sincerity.commands.calibration",
    "backtest": "sincerity.commands.calibration",
    "batch": "sincerity.commands.batch",
    "plan": "sincerity.commands.plan",
    "price": "sincerity.commands.price",
    "decide": "sincerity.commands.decide",
    "compare": "sincerity.commands.forecast",
    "ballot": "sincerity.commands.forecast",
    "close": "sincerity.commands.forecast",
    **dict.fromkeys(
        ("history", "diff", "rollback", "export", "import", "erase"), "sincerity.commands.register"
    ),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; ``arguments`` default to those of the process."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    prepare(sys.stdout, sys.stderr)
    lang = language_of(given, os.environ)
    options = parser(lang).parse_args(given, argparse.Namespace(words=lang, json=False, quiet=False))
    try:
        answer = _answer(options)
        _print(answer, options)
    except BrokenPipeError:  # the reader of our output has left, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except KeyboardInterrupt:
        return _failed(say("interrupted", lang), INTERRUPTED)
    except OSError as error:
        return _failed(say("cannot_write", lang, reason=error, log=_log_file(options)), FAILED)
    except Exception:
        return _failed(say("unexpected", lang, log=_log_file(options)), FAILED)
    return answer.exit_code


def parser(lang: str) -> Parser:
    """All commands and their options, explained in ``lang``."""
    top = Parser(lang, prog="sincerity", description=say("description", lang), epilog=say("epilog", lang))
    top.add_argument("--version", action="version", version=f"sincerity {__version__}", help=say("help.version", lang))
    commands = top.add_subparsers(title=say("commands", lang), metavar="COMMAND", dest="command", required=True)

    def command(name: str, *options: Option) -> None:
        words = say(f"help.{name}", lang)
        added = commands.add_parser(name, lang=lang, help=words, description=words)
        for option in (*options, _language):
            option(added)

    command("init", _folder("new_launch"))
    command("check", _folder("launch"), _json, _quiet)
    command("run", _folder("launch"), _run_choices, _out, _json, _quiet)
    command("plan", _folder("launch"), _plan_choices, _out, _json, _quiet)
    command("compare", _folder("launch"), _run_choices, _held_back, _out, _json, _quiet)
    command("ballot", _folder("launch"), _digits, _run_choices, _out, _json, _quiet)
    command("close", _folder("launch"), _run_choices, _out, _json, _quiet)
    command("verify", _folder("output"), _json)
    command("explain", _folder("launch"), _whom, _quiet)
    command("price", _folder("launch"), _json, _quiet)
    command("demo", _demo_folder, _json, _quiet)
    command("calibrate", _history, _model_choices, _json, _quiet)
    command("backtest", _history, _study_choices, _json, _quiet)
    command("decide", _folder("launch"), _review, _out, _json, _quiet)
    command("batch", _folder("launches"), _batch_choices, _json, _quiet)
    command("history", _folder("launch"), _verified, _json)
    command("diff", _folder("launch"), _two_runs, _json)
    command("rollback", _folder("launch"), _run_number, _json)
    command("export", _folder("launch"), _register_file, _json)
    command("import", _folder("launch"), _register_file, _json)
    command("erase", _folder("launch"), _one_buyer, _json)
    return top


def moment(written: str) -> datetime:
    """The end of what ``--as-of`` lets in: a day includes itself, a moment does not. ValueError for anything else."""
    try:
        return datetime.combine(datetime.strptime(written, "%Y-%m-%d").date() + timedelta(days=1), time())
    except ValueError:
        parsed = datetime.fromisoformat(written)
    if parsed.tzinfo is not None:
        raise ValueError(written)
    return parsed


def positive(written: str) -> int:
    """A whole number from 1 up; ValueError for anything else."""
    number = int(written)
    if number < 1:
        raise ValueError(written)
    return number


def listed(written: str) -> tuple[str, ...]:
    """The names between commas."""
    return tuple(name.strip() for name in written.split(",") if name.strip())


def _answer(options: argparse.Namespace) -> Answer:
    from sincerity.commands.answer import Answer
    from sincerity.lock import LockHeld
    from sincerity.register.faults import RegisterFault

    try:
        home = import_module(HOMES.get(options.command, "sincerity.commands.launch"))
        name = f"{options.command}_" if iskeyword(options.command) else options.command
        return getattr(home, name)(options)
    except (LockHeld, RegisterFault) as held:
        return Answer(FAILED, problems=(held.problem,))


def _print(answer: Answer, options: argparse.Namespace) -> None:
    from sincerity.reports.problem_list import problem_records, problem_text

    if options.json:
        records = problem_records(answer.problems, options.words)
        print(json.dumps({**answer.facts, "exit_code": answer.exit_code, "problems": records}, sort_keys=True))
        return
    if answer.problems and answer.listed:
        print(problem_text(answer.problems, options.words))
    for sentence in answer.words:
        print(sentence)
    sys.stdout.flush()


def _failed(words: str, exit_code: int) -> int:
    print(f"\n{words}", file=sys.stderr)
    return exit_code


def _log_file(options: argparse.Namespace) -> Path:
    """Append the exception being handled to a log in the launch's output folder, or in the temporary one."""
    folder = getattr(options, "folder", Path())
    for place in (folder / "out", Path(tempfile.gettempdir())):
        path = place / LOG_FILE
        try:
            with path.open("a", encoding="utf-8") as log:
                log.write(f"{datetime.now().isoformat(' ', 'seconds')} sincerity {__version__} {options.command}\n")
                log.write(f"{traceback.format_exc()}\n")
        except OSError:
            continue
        return path.resolve()
    return Path(os.devnull)


def _folder(meaning: str) -> Option:
    return lambda to: to.add_argument("folder", metavar="DIR", type=Path, help=say(f"help.{meaning}", to.lang))


def _demo_folder(to: Parser) -> None:
    words = say("help.demo_folder", to.lang)
    to.add_argument("folder", metavar="DIR", type=Path, nargs="?", default=DEMO_FOLDER, help=words)


def _language(to: Parser) -> None:
    to.add_argument("--lang", choices=LANGUAGES, help=say("help.lang", to.lang))


def _json(to: Parser) -> None:
    to.add_argument("--json", action="store_true", help=say("help.json", to.lang))


def _quiet(to: Parser) -> None:
    to.add_argument("--quiet", action="store_true", help=say("help.quiet", to.lang))


def _out(to: Parser) -> None:
    to.add_argument("--out", type=Path, metavar="DIR", help=say("help.out", to.lang))


def _run_choices(to: Parser) -> None:
    _plan_choices(to)
    to.add_argument("--theme", choices=THEMES, help=say("help.theme", to.lang))


def _plan_choices(to: Parser) -> None:
    to.add_argument("--round", type=int, metavar="N", help=say("help.round", to.lang))
    to.add_argument("--as-of", type=moment, metavar="DATE", help=say("help.as_of", to.lang))
    to.add_argument("--policy", metavar="NAME", help=say("help.policy", to.lang))


def _review(to: Parser) -> None:
    to.add_argument("workbook", metavar="WORKBOOK", type=Path, help=say("help.workbook", to.lang))


def _batch_choices(to: Parser) -> None:
    to.add_argument("--jobs", type=positive, metavar="N", help=say("help.jobs", to.lang))
    to.add_argument("--engine", choices=ENGINES, default=ENGINES[0], help=say("help.engine", to.lang))
    to.add_argument("--address", metavar="URL", help=say("help.address", to.lang))


def _history(to: Parser) -> None:
    to.add_argument("history", metavar="HISTORY", type=Path, nargs="+", help=say("help.past_launches", to.lang))
    for name in ("outcome", "group", "opinion"):
        to.add_argument(f"--{name}", metavar="COL", help=say(f"help.{name}", to.lang))
    for name in ("items", "order"):
        to.add_argument(f"--{name}", metavar="A,B,C", type=listed, default=(), help=say(f"help.{name}", to.lang))


def _model_choices(to: Parser) -> None:
    to.add_argument("--out", type=Path, metavar="FILE", required=True, help=say("help.model_out", to.lang))
    to.add_argument("--model-version", type=int, metavar="N", default=1, help=say("help.model_version", to.lang))


def _study_choices(to: Parser) -> None:
    to.add_argument("--page", type=Path, metavar="FILE", help=say("help.page", to.lang))
    to.add_argument("--accept-card", type=Path, metavar="FILE", help=say("help.accept_card", to.lang))


def _verified(to: Parser) -> None:
    to.add_argument("--verify", action="store_true", help=say("help.verify_register", to.lang))


def _two_runs(to: Parser) -> None:
    to.add_argument("earlier", metavar="A", type=positive, help=say("help.earlier_run", to.lang))
    to.add_argument("later", metavar="B", type=positive, help=say("help.later_run", to.lang))


def _run_number(to: Parser) -> None:
    to.add_argument("number", metavar="N", type=positive, help=say("help.run_number", to.lang))


def _register_file(to: Parser) -> None:
    to.add_argument("file", metavar="FILE", type=Path, help=say("help.register_file", to.lang))


def _one_buyer(to: Parser) -> None:
    to.add_argument("--buyer", metavar="ID", required=True, help=say("help.buyer", to.lang))


def _held_back(to: Parser) -> None:
    words = say("help.hold", to.lang)
    to.add_argument("--hold", dest="held_back", action="append", type=listed, default=[], metavar="UNITS", help=words)


def _digits(to: Parser) -> None:
    to.add_argument("--digits", nargs="+", required=True, metavar="N", help=say("help.digits", to.lang))


def _whom(to: Parser) -> None:
    whom = to.add_mutually_exclusive_group(required=True)
    whom.add_argument("--buyer", metavar="ID", help=say("help.buyer", to.lang))
    whom.add_argument("--unit", metavar="ID", help=say("help.unit", to.lang))
