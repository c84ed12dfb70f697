"""The model's file: the same to the bit when read back, and useless once anybody has touched it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest

from sincerity.domain import FittedModel, PastLaunch
from sincerity.intake.model_file import model_of, model_text, read_model
from sincerity.scoring.chance import draw_chances, fit
from sincerity.texts import LANGUAGES
from tests import cases
from tests.calibration.pasts import simulated


def model(**changes) -> FittedModel:
    past = simulated(1, launches=3, size=80)
    counts = past.counts()
    made = FittedModel(
        name="三批 \"old\"", version=2, made_on=date(2026, 11, 21), program="0.1.0", card_sha256="c" * 64,
        history_sha256="h" * 64, verdict="ready",
        past=(PastLaunch("甲=1", date(2026, 5, 1), datetime(2026, 4, 30, 20), 80, 20, 3, 1),
              PastLaunch("B", None, None, 80, 20)),
        posterior=fit(counts), seen=counts.buyers.sum(axis=0).astype(np.int64),
        bought=counts.bought.sum(axis=0).astype(np.int64),
        reference={"grade": {"A": 3, "U": 0}, "visit_days": {"0": 1, "26": 7}},
    )
    return replace(made, **changes)


def written(folder: Path, text: str) -> Path:
    path = folder / "model.toml"
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_what_is_read_back_agrees_to_the_bit(tmp_path, ending):
    kept = model()
    path = written(tmp_path, model_text(kept, ["50 points: 28 %"]).replace("\n", ending))
    found, problems = read_model(path, "model.toml")
    assert problems == ()
    assert found is not None
    for name in ("log_taus", "weights", "modes", "covariances"):
        assert getattr(found.posterior, name).tobytes() == getattr(kept.posterior, name).tobytes()
    assert draw_chances(found.posterior, 50, 1).tobytes() == draw_chances(kept.posterior, 50, 1).tobytes()
    assert found.seen.tolist() == kept.seen.tolist()
    plain = ("name", "version", "made_on", "program", "card_sha256", "history_sha256", "verdict", "past", "reference")
    assert [getattr(found, name) for name in plain] == [getattr(kept, name) for name in plain]
    assert model_text(found, ["50 points: 28 %"]) == model_text(kept, ["50 points: 28 %"])


def test_the_file_is_small_and_opens_with_what_a_reader_wants(tmp_path):
    text = model_text(model(), ["50 points: 28 %"])
    assert len(text) < 40_000
    assert text.splitlines()[1] == "# 50 points: 28 %"


@pytest.mark.parametrize(("old", "new", "code"), [
    ("bought = 20", "bought = 21", "model_changed"),
    ("format = 1", "format = 9", "model_format"),
    ("format = 1", "fmt = 1", "model_format"),
    ("version = 2", "version = = 2", "settings_syntax"),
])
def test_a_changed_file_is_refused_in_words(tmp_path, old, new, code):
    found, problems = read_model(written(tmp_path, model_text(model()).replace(old, new)), "model.toml")
    assert found is None
    assert [problem.code for problem in problems] == [code]
    assert all(problem.what(lang) and problem.fix(lang) for problem in problems for lang in LANGUAGES)


@pytest.mark.parametrize("broken", [
    {"seen": np.zeros(3, dtype=np.int64)}, {"past": ()},
])
def test_a_file_that_lacks_what_it_needs_is_refused(tmp_path, broken):
    found, problems = read_model(written(tmp_path, model_text(model(**broken))), "model.toml")
    assert found is None
    assert [problem.code for problem in problems] == ["model_damaged"]


def test_a_launch_without_a_model_has_none_and_a_missing_one_is_told(tmp_path):
    assert model_of(tmp_path, cases.settings()) == (None, ())
    found, problems = model_of(tmp_path, cases.settings(model_file="model.toml"))
    assert found is None
    assert [problem.code for problem in problems] == ["file_missing"]


def test_a_model_of_another_card_is_used_and_warned_of(tmp_path):
    settings = cases.settings(model_file="model.toml")
    written(tmp_path, model_text(model()))
    found, (problem,) = model_of(tmp_path, settings)
    assert found is not None
    assert (problem.severity, problem.code) == ("warning", "model_other_card")
    written(tmp_path, model_text(model(card_sha256=settings.scorecard.points_sha256)))
    assert model_of(tmp_path, settings)[1] == ()
