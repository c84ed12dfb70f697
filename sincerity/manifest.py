"""The manifest of a published run: everything needed to repeat it and to see that nothing was changed since.

It names buyers nowhere and holds no personal data. The launch's seed stays in ``launch.toml``; the manifest
carries its SHA-256, so that a changed seed shows.
"""

from __future__ import annotations

import hashlib
import json
import math
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import is_dataclass
from datetime import date, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from sincerity import __version__
from sincerity.domain import RoundResult, Source
from sincerity.problems import Problem

MANIFEST_FILE = "manifest.json"
FORMAT = 1
PACKAGES = (
    "pandas", "numpy", "scipy", "pulp", "highspy", "jinja2", "python-calamine", "xlsxwriter", "openpyxl", "resvg-py",
    "sqlalchemy",
)
_PLAN = "tables/allocation.csv"


def write_manifest(
    result: RoundResult, timings_s: Mapping[str, float], folder: Path, left_out: Sequence[str] = ()
) -> Path:
    """Write ``folder/manifest.json`` over the files that lie in ``folder``; give its path.

    ``left_out`` names the published tables that are not among them on purpose.
    """
    path = folder / MANIFEST_FILE
    said = manifest(result, timings_s, folder) | ({"left_out": sorted(left_out)} if left_out else {})
    content = json.dumps(_plain(said), ensure_ascii=False, sort_keys=True, indent=1)
    path.write_text(content + "\n", encoding="utf-8", newline="\n")
    return path


def manifest(result: RoundResult, timings_s: Mapping[str, float], folder: Path) -> dict[str, Any]:
    """The manifest's content for ``result`` as published in ``folder``."""
    outputs = list_files(folder)
    return {
        "format": FORMAT,
        "published_at": datetime.now().isoformat("T", "seconds"),
        "round": {
            "number": result.round, "cutoff": result.cutoff, "policy": result.policy,
            "screened_on": result.screened_on,
        },
        "register": result.register,
        "inputs": {
            "files": result.files,
            "tables": {name: _source(source) for name, source in result.sources.items()},
        },
        "settings": _settings(result),
        "settings_sha256": result.settings.sha256,
        "seed_sha256": hashlib.sha256(result.settings.seed.encode()).hexdigest(),
        "solution": _solution(result),
        "counts": {name: len(frame) for name, frame in result.tables.items()},
        "notes": dict(Counter(note.code for note in result.notes)),
        "versions": versions(),
        "timings_s": {stage: round(seconds, 3) for stage, seconds in timings_s.items()},
        "outputs": outputs,
        "plan_sha256": outputs.get(_PLAN, {}).get("sha256"),
    }


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest that lies in ``folder``; OSError or ValueError when there is no readable one."""
    content = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
    if not isinstance(content, dict) or not isinstance(content.get("outputs"), dict):
        raise ValueError(f"{MANIFEST_FILE} does not list the outputs")
    return content


def file_problems(folder: Path) -> tuple[Problem, ...]:
    """How the files in ``folder`` differ from what its manifest says: missing, changed, added; () when they agree."""
    try:
        listed = read_manifest(folder)["outputs"]
    except (OSError, ValueError) as error:
        return (Problem("error", "manifest_unreadable", file=MANIFEST_FILE, parts={"detail": str(error)}),)
    found = list_files(folder)
    differences = {
        "output_missing": listed.keys() - found.keys(),
        "output_added": found.keys() - listed.keys(),
        "output_changed": {name for name in listed.keys() & found.keys() if listed[name] != found[name]},
    }
    return tuple(Problem("error", code, file=name) for code, names in differences.items() for name in sorted(names))


def list_files(folder: Path) -> dict[str, dict[str, Any]]:
    """Every file under ``folder`` but the manifest: name with forward slashes → size in bytes and SHA-256."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    named = {path.relative_to(folder).as_posix(): path for path in paths}
    return {name: _fingerprint(path) for name, path in named.items() if name != MANIFEST_FILE}


def versions() -> dict[str, str]:
    """Versions of Python, of this program and of the packages whose work shows in the results."""
    packages = {name: metadata.version(name) for name in PACKAGES}
    return {"python": platform.python_version(), "sincerity": __version__, **packages}


def _fingerprint(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"size_bytes": path.stat().st_size, "sha256": digest}


def _source(source: Source) -> dict[str, Any]:
    columns = {field: {"column": column, "header": header} for field, (column, header) in source.columns.items()}
    return {**vars(source), "columns": columns}


def _settings(result: RoundResult) -> dict[str, Any]:
    return {name: value for name, value in vars(result.settings).items() if name not in ("seed", "sha256")}


def _solution(result: RoundResult) -> dict[str, Any]:
    goals = result.tables["goals"].to_dict("records")
    return {
        "path": result.path,
        "status": result.status,
        "options": {"time_limit_s": result.settings.time_limit_s, "quota": result.settings.quota},
        "goals": [{**goal, "bound": _known(goal["bound"]), "gap": _known(abs(goal["bound"] - goal["value"]))}
                  for goal in goals],
    }


def _known(number: float) -> float | None:
    return number if math.isfinite(number) else None


def _plain(value: object) -> object:
    if is_dataclass(value):
        return _plain(vars(value))
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    if isinstance(value, date):  # datetime too
        return value.isoformat()
    return value
