"""The terminal: which language it speaks, what its code page can show, how wrong usage is told.

The only place that looks at the environment.
"""

from __future__ import annotations

import argparse
import codecs
import locale
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import NoReturn, TextIO

from sincerity.texts import LANGUAGES, filled, texts_in

_SPELLED_OUT = {"›": ">", "−": "-", "–": "-", "—": "-", "…": "...", "≥": ">=", "≤": "<=", "·": "-", "×": "x"}
_USAGE_FAULTS = (  # what argparse says → our text, which takes the groups
    (re.compile(r"the following arguments are required: (?P<what>.*)"), "missing"),
    (re.compile(r"unrecognized arguments: (?P<what>.*)"), "unknown"),
    (re.compile(r"argument (?P<what>\S+): invalid choice: '?(?P<value>.*?)'? \(choose from (?P<all>.*)\)"), "choice"),
    (re.compile(r"argument (?P<what>\S+): expected one argument"), "no_value"),
    (re.compile(r"argument (?P<what>\S+): invalid \S+ value: '(?P<value>.*)'"), "bad_value"),
    (re.compile(r"argument (?P<what>\S+): not allowed with argument (?P<other>\S+)"), "together"),
    (re.compile(r"one of the arguments (?P<what>.*) is required"), "missing"),
)


def say(key: str, lang: str, /, **parts: object) -> str:
    """The text ``cli.<key>``, read from the command line's own file of texts."""
    return filled(texts_in("cli")[f"cli.{key}"][lang], **parts)


def language_of(arguments: Sequence[str], environ: Mapping[str, str]) -> str:
    """``--lang`` when it is given, else the language the terminal's locale names, else English."""
    joined = " ".join(arguments).replace("--lang=", "--lang ").split()
    for option, value in pairwise(joined):
        if option == "--lang" and value in LANGUAGES:
            return value
    set_by_user = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), None)
    named = set_by_user or locale.getlocale()[0] or ""
    return "zh" if named.lower().startswith(("zh", "chinese")) else "en"


def prepare(*streams: TextIO) -> None:
    """Let each stream write any text: what its code page lacks is spelled out, never an exception."""
    codecs.register_error("spelled_out", _spell_out)
    for stream in streams:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="spelled_out")


def _spell_out(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_spelled, error.object[error.start : error.end])), error.end


def _spelled(character: str) -> str:
    plain = _SPELLED_OUT.get(character) or unicodedata.normalize("NFKD", character)
    return plain if plain.isascii() else character.encode("ascii", "backslashreplace").decode()


class Formatter(argparse.HelpFormatter):
    """Help with its headings in the user's language."""

    def __init__(self, lang: str, prog: str) -> None:
        super().__init__(prog)
        self.lang = lang

    def add_usage(self, usage, actions, groups, prefix=None) -> None:
        """The usage line, led by our word for it."""
        super().add_usage(usage, actions, groups, say("usage", self.lang) if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """An argument parser that explains itself in Chinese or English. Wrong usage leaves with exit code 2."""

    def __init__(self, lang: str = "en", **options) -> None:
        super().__init__(formatter_class=partial(Formatter, lang), add_help=False, allow_abbrev=False, **options)
        self.lang = lang
        self._positionals.title = say("arguments", lang)
        self._optionals.title = say("options", lang)
        self.add_argument("-h", "--help", action="help", help=say("help.help", lang))

    def error(self, message: str) -> NoReturn:
        """Print what is wrong with the command line and leave with exit code 2."""
        self.exit(2, f"{self.format_usage()}{say('wrong_usage', self.lang, fault=self._fault(message))}\n")

    def _fault(self, message: str) -> str:
        for pattern, key in _USAGE_FAULTS:
            if found := pattern.fullmatch(message):
                return say(f"fault.{key}", self.lang, **found.groupdict())
        return message
