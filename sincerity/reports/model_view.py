"""A study of past launches as its page and workbook show it, in one language: sentences, facts, drawings, tables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sincerity.domain.study import ModelStudy
from sincerity.reports.formatting import count_text, share_text
from sincerity.reports.model_charts import curve_svg, reliability_svg
from sincerity.reports.view import ColumnKind, ColumnView, Fact, TableView
from sincerity.reports.view_tables import cells
from sincerity.texts import catalogue, text

LIMITS = ("market", "blocked", "same_launch", "person", "record")
DETAILS = ("method_tests", "launch_tests", "calibration", "grades", "consultants", "drift", "accounts")
CARD = "proposal"

_RATE_COLUMNS = ("buyers", "bought", "rate", "low", "high", "forecast", "orders_so_far")
COLUMNS = {
    "accounts": ("launch", "launch_day", "buyers", "bought", "blocked", "unknown"),
    "method_tests": ("way", "method", "launches", "auc", "log_loss", "brier", "skill", "against_base", "model_gain"),
    "launch_tests": ("way", "launch", "buyers", "bought", "expected", "low", "high", "inside", "auc", "log_loss",
                     "base_log_loss", "ks", "lift"),
    "calibration": ("tenth", *_RATE_COLUMNS[:-1]),
    "grades": ("grade", *_RATE_COLUMNS),
    "consultants": ("consultant", "buyers", "mean_points", "bought", "promised", "z", "verdict"),
    "proposal": ("item", "auc", "multiplier", "old_points", "new_points", "old_cap", "new_cap"),
    "drift": ("subject", "psi", "noise", "buyers", "past_buyers", "verdict"),
}
_KINDS: dict[str, ColumnKind] = {
    **dict.fromkeys(("buyers", "past_buyers", "bought", "blocked", "unknown", "launches", "old_cap", "new_cap"), "int"),
    **dict.fromkeys(("rate", "forecast", "orders_so_far"), "percent"),
    "launch_day": "date",
    **dict.fromkeys(("expected", "auc", "log_loss", "base_log_loss", "brier", "skill", "ks", "lift", "mean_points",
                     "promised", "z", "multiplier", "psi", "noise"), "number"),
}
_DECIMALS = {"expected": 1, "mean_points": 1, "promised": 1, "z": 1, "lift": 2, "multiplier": 2, "skill": 3}


@dataclass(frozen=True)
class ModelReport:
    """Everything the model page shows in one language."""

    lang: str
    title: str
    subtitle: str
    synthetic_note: str
    verdict: str  # ready, with_care, not_enough
    headline: str
    facts: tuple[Fact, ...]
    doubts: tuple[str, ...]  # reasons against a better verdict, then alarms
    limits: tuple[str, ...]
    curve: str  # SVG
    reliability: str  # SVG, "" where nothing could be tested
    tables: tuple[TableView, ...]


def model_report(study: ModelStudy, lang: str) -> ModelReport:
    """``study`` in ``lang``."""
    kind = "model" if study.version else "backtest"
    parts = {"version": study.version, "date": study.made_on, "program": study.program}
    calibration = study.tables["calibration"]
    blocked = count_text(study.tables["accounts"]["blocked"].sum())
    return ModelReport(
        lang=lang,
        title=_say("title", lang, name=study.name),
        subtitle=_say(f"subtitle_{kind}", lang, **parts),
        synthetic_note=_say("synthetic", lang) if study.synthetic else "",
        verdict=study.verdict,
        headline=_headline(study, lang),
        facts=_facts(study, lang),
        doubts=(*reason_sentences(study, lang), *alarm_sentences(study, lang)),
        limits=tuple(_say(f"limit.{limit}", lang, blocked=blocked) for limit in LIMITS),
        curve=curve_svg(study.tables["chance_by_score"], lang),
        reliability=reliability_svg(calibration, lang) if len(calibration) else "",
        tables=tuple(_table(study, key, lang) for key in (CARD, *DETAILS)),
    )


def reason_sentences(study: ModelStudy, lang: str) -> tuple[str, ...]:
    """Why the verdict is no better."""
    return tuple(
        _say(f"reason.{code}", lang, found=f"{found:g}", asked=f"{asked:g}") for code, found, asked in study.reasons
    )


def alarm_sentences(study: ModelStudy, lang: str) -> tuple[str, ...]:
    """Every alarm in words, those that speak first."""
    alarms = study.tables["alarms"].sort_values("loud", ascending=False, kind="stable")
    return tuple(_alarm(row, study, lang) for row in alarms.to_dict("records"))


def _alarm(row: dict, study: ModelStudy, lang: str) -> str:
    subject = str(row["subject"])
    key = row["kind"] if row["loud"] else "quiet"
    return _say(
        f"alarm.{key}", lang, subject=_label(subject, study, lang), higher=subject[:1], lower=subject[1:],
        value=f"{row['value']:.2f}", limit=f"{row['limit']:.2f}", buyers=count_text(row["buyers"]),
    )


def _headline(study: ModelStudy, lang: str) -> str:
    verdict = _say(f"verdict.{study.verdict}", lang)
    methods = study.tables["method_tests"].set_index(["way", "method"])
    if ("leave_one_out", "model") not in methods.index:
        return _say("headline_untested", lang, verdict=verdict)
    tests = _left_out(study)
    difference = methods.at[("leave_one_out", "model"), "against_base"]
    return _say(
        "headline", lang, verdict=verdict, hits=int(tests["inside"].sum()), tests=len(tests),
        difference=f"{abs(difference):.3f}", better=_say("better" if difference < 0 else "worse", lang),
    )


def _facts(study: ModelStudy, lang: str) -> tuple[Fact, ...]:
    accounts, tests = study.tables["accounts"], _left_out(study)
    buyers, bought = int(accounts["buyers"].sum()), int(accounts["bought"].sum())
    blocked, unknown = (int(accounts[name].sum()) for name in ("blocked", "unknown"))
    methods = study.tables["method_tests"]
    own = methods[(methods["way"] == "leave_one_out") & (methods["method"] == "model")]
    facts = [
        ("launches", count_text(len(accounts)), {"newest": accounts["launch"].iloc[-1]}),
        ("buyers", count_text(buyers), None),
        ("bought", count_text(bought), {"share": share_text(bought, buyers)}),
        ("left_out", count_text(blocked + unknown), {"blocked": blocked, "unknown": unknown}),
        ("auc", f"{study.points_auc:.2f}", {}),
    ]
    if len(tests):
        facts.append(("hits", f"{int(tests['inside'].sum())} / {len(tests)}", {}))
        facts.append(("skill", f"{100 * own['skill'].iloc[0]:.1f}%", {}))
    return tuple(
        Fact(key, _say(f"fact.{key}", lang), value, "" if parts is None else _say(f"fact.{key}_detail", lang, **parts))
        for key, value, parts in facts
    )


def _table(study: ModelStudy, key: str, lang: str) -> TableView:
    frame = _shown(study, key, lang)
    columns = tuple(
        ColumnView(name, _say(f"column.{name}", lang), _kind(frame[name], name), 12) for name in COLUMNS[key]
    )
    return TableView(
        key=key,
        title=_say(f"table.{key}", lang),
        note=_note(study, key, lang),
        columns=columns,
        rows=tuple(zip(*(cells(frame[name]) for name in COLUMNS[key]), strict=True)),
    )


def _shown(study: ModelStudy, key: str, lang: str) -> pd.DataFrame:
    """The table with codes as words, differences beside their errors, figures rounded as they are read."""
    frame = study.tables[key].copy()
    codes = {"way": "way", "method": "method", "verdict": "consultant_verdict"}
    if key == "drift":
        codes = {}
        frame["subject"] = [_label(subject, study, lang) for subject in frame["subject"]]
        frame["verdict"] = [text(f"report.drift_verdict.{code}", lang) for code in frame["verdict"]]
    for name, group in codes.items():
        if name in frame:
            frame[name] = [_say(f"{group}.{code}", lang) for code in frame[name]]
    if key == "proposal":
        frame["item"] = [_label(item, study, lang) for item in frame["item"]]
    if key == "method_tests":
        for name in ("against_base", "model_gain"):
            frame[name] = _with_errors(frame[name], frame[f"{name}_error"], lang)
    if "inside" in frame:
        frame["inside"] = [_say("inside.yes" if inside else "inside.no", lang) for inside in frame["inside"]]
    if key in ("calibration", "grades"):
        frame[["low", "high"]] = frame[["low", "high"]].map(lambda share: f"{100 * share:.0f}%")
    for name in COLUMNS[key]:
        if _KINDS.get(name) == "number" and pd.api.types.is_float_dtype(frame[name]):
            frame[name] = frame[name].round(_DECIMALS.get(name, 3))
    return frame


def _with_errors(values: pd.Series, errors: pd.Series, lang: str) -> list[str]:
    return [
        _say("nothing", lang) if np.isnan(error) or (value == 0 and error == 0) else f"{value:+.3f} ± {error:.3f}"
        for value, error in zip(values, errors, strict=True)
    ]


def _note(study: ModelStudy, key: str, lang: str) -> str:
    if key != CARD:
        return _say(f"table.{key}_note", lang)
    advice = _say("table.proposal_worth" if study.is_worth_it else "table.proposal_not_worth", lang)
    gain, error = (_say("nothing", lang) if np.isnan(x) else f"{x:.4f}" for x in (study.gain, study.gain_error))
    return _say("table.proposal_note", lang, gain=gain, error=error, advice=advice)


def _kind(values: pd.Series, name: str) -> ColumnKind:
    if name in ("low", "high") and pd.api.types.is_integer_dtype(values):
        return "int"
    return _KINDS.get(name, "text")


def _left_out(study: ModelStudy) -> pd.DataFrame:
    tests = study.tables["launch_tests"]
    return tests[tests["way"] == "leave_one_out"]


def _label(name: str, study: ModelStudy, lang: str) -> str:
    if name in study.labels:
        return study.labels[name][lang]
    known = f"report.drift_subject.{name}"
    return text(known, lang) if known in catalogue() else name


def _say(key: str, lang: str, /, **parts: object) -> str:
    return text(f"model.{key}", lang, **parts)
