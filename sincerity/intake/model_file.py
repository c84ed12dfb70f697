"""The file a fitted chance model is kept in: small, readable, and the same to the bit when it is read back.

The first line carries the SHA-256 of everything below it, so that a changed file is noticed. Floats are written in
the shortest form that reads back equal.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import numpy as np

from sincerity.domain import ChanceModel, FittedModel, PastLaunch
from sincerity.intake.limits import Limits, read_bytes
from sincerity.intake.toml_table import read_toml
from sincerity.problems import Problem
from sincerity.settings import Settings

FORMAT = 1
_PLAIN = ("name", "version", "made_on", "program", "card_sha256", "history_sha256", "verdict")


def model_of(folder: Path, settings: Settings | None) -> tuple[FittedModel | None, tuple[Problem, ...]]:
    """The model ``launch.toml`` names, None when it names none, and what is wrong with it.

    A model fitted on points of another scoring card is used and warned of.
    """
    if settings is None or not settings.model_file:
        return None, ()
    model, problems = read_model(folder / settings.model_file, settings.model_file)
    if model is not None and model.card_sha256 != settings.scorecard.points_sha256:
        problems = (*problems, Problem("warning", "model_other_card", settings.model_file))
    return model, problems


def read_model(path: Path, name: str) -> tuple[FittedModel | None, tuple[Problem, ...]]:
    """The model in the file at ``path``, called ``name`` in problems; None when it cannot be used."""
    table, problems = read_toml(path, name)
    if table is None:
        return None, tuple(problems)
    values = table.values
    if values.get("format") != FORMAT:
        return None, (table.problem("model_format", "format", values.get("format"), format=FORMAT),)
    raw, problems = read_bytes(path, name, Limits())
    if raw is None:
        return None, tuple(problems)
    body = raw.decode("utf-8-sig").replace("\r\n", "\n").partition("\n")[2]
    if values.get("sha256") != _sha256(body):
        return None, (table.problem("model_changed", "sha256"),)
    try:
        return _model(values), ()
    except (KeyError, TypeError, ValueError) as fault:
        return None, (table.problem("model_damaged", detail=repr(fault)),)


def model_text(model: FittedModel, remarks: Sequence[str] = ()) -> str:
    """The content of the model's file; ``remarks`` are told to its reader in comments."""
    body = "\n".join((*(f"# {remark}" for remark in remarks), *_lines(model))) + "\n"
    return f'sha256 = "{_sha256(body)}"\n{body}'


def _lines(model: FittedModel) -> Iterable[str]:
    yield f"format = {FORMAT}"
    yield from (f"{name} = {_value(getattr(model, name))}" for name in _PLAIN)
    for launch in model.past:
        yield "\n[[launches]]"
        yield from (f"{name} = {_value(value)}" for name, value in vars(launch).items() if value is not None)
    yield "\n[counts]  # past buyers by score, 0 to 100"
    yield f"seen = {_value(model.seen)}"
    yield f"bought = {_value(model.bought)}"
    for subject, classes in model.reference.items():
        yield f"\n[reference.{_value(subject)}]"
        yield from (f"{_value(name)} = {buyers}" for name, buyers in classes.items())
    yield "\n[fit]  # posterior of (a, g1, g2, g3, g4) for every log tau"
    yield f"launches = {_value(model.posterior.launches)}"
    for name in ("log_taus", "weights", "modes"):
        yield f"{name} = {_value(getattr(model.posterior, name))}"
    yield f"covariances = {_value(model.posterior.covariances.reshape(len(model.posterior.weights), -1))}"


def _model(values: Mapping) -> FittedModel:
    plain = {name: values[name] for name in _PLAIN}
    return FittedModel(
        **plain,
        past=tuple(PastLaunch(**{"launch_day": None, "cutoff": None, **launch}) for launch in values["launches"]),
        posterior=_posterior(values["fit"]),
        seen=_counts(values["counts"]["seen"]),
        bought=_counts(values["counts"]["bought"]),
        reference=values.get("reference", {}),
    )


def _posterior(fit: Mapping) -> ChanceModel:
    weights = np.array(fit["weights"], dtype=float)
    modes = np.array(fit["modes"], dtype=float).reshape(len(weights), -1)
    size = modes.shape[1]
    covariances = np.array(fit["covariances"], dtype=float).reshape(len(weights), size, size)
    return ChanceModel(tuple(fit["launches"]), np.array(fit["log_taus"], dtype=float), weights, modes, covariances)


def _counts(numbers: Sequence[int]) -> np.ndarray:
    counts = np.array(numbers, dtype=np.int64)
    if counts.shape != (101,):
        raise ValueError(f"{len(counts)} counts instead of 101")
    return counts


def _value(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, np.ndarray):
        return _value(value.tolist())
    if isinstance(value, tuple | list):
        rows = [_value(member) for member in value]
        nested = any(isinstance(member, list) for member in value)
        return "[\n  " + ",\n  ".join(rows) + ",\n]" if nested else f"[{', '.join(rows)}]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
