"""What ships: a wheel with everything a run needs, requirements locked to hashes, nothing that names a place."""

import re
import subprocess
import sys
import tomllib
import zipfile
from itertools import chain
from pathlib import Path

import pytest

from sincerity.manifest import PACKAGES

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ("requirements.lock", "requirements-dev.lock")


def names_of(requirements: list[str]) -> set[str]:
    return {re.match(r"[A-Za-z0-9._-]+", requirement)[0].lower() for requirement in requirements}


def locked_names(lock: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+)==", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE))


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """A folder with the unpacked wheel, as an installation lays it out."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=ROOT, check=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_the_wheel_carries_settings_texts_templates_and_samples(installed):
    shipped = {path.relative_to(installed).as_posix() for path in installed.rglob("*") if path.is_file()}
    in_checkout = subprocess.run(
        ["git", "ls-files", "config", "sincerity", "sample_data/normal", "sample_data/lopsided"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.split("\n")
    expected = {re.sub("^(config|sample_data)/", r"sincerity/\1/", name) for name in in_checkout if name}
    assert expected - shipped == set()
    assert {"sincerity/config/texts/cli.toml", "sincerity/sample_data/normal/launch.toml"} <= shipped
    assert not [name for name in shipped if "/out/" in name or "/tests/" in name or "__pycache__" in name]


def test_the_installed_program_finds_what_it_ships_and_answers(installed, tmp_path):
    code = "from sincerity.paths import config_dir, sample_dir; print(config_dir()); print(sample_dir())"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": str(installed)}, check=True, capture_output=True,
        text=True,
    ).stdout.split()
    assert [Path(path) for path in found] == [installed / "sincerity/config", installed / "sincerity/sample_data"]
    help_text = subprocess.run(
        [sys.executable, "-m", "sincerity", "--help"], cwd=tmp_path, env={"PYTHONPATH": str(installed)}, check=True,
        capture_output=True, text=True,
    ).stdout
    assert "demo" in help_text


def test_every_dependency_has_its_reason_beside_it():
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    extras = PROJECT["project"]["optional-dependencies"].values()
    needed = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"], *chain(*extras)]
    for requirement in needed:
        named = [line for line in lines if line.strip().startswith(f'"{requirement}"')]
        assert named and all("#" in line and len(line.split("#")[1].split()) >= 2 for line in named), requirement


def test_the_manifest_names_the_version_of_every_dependency():
    assert set(PACKAGES) == names_of(PROJECT["project"]["dependencies"])


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_versions_and_hashes_and_no_place(lock):
    content = (ROOT / lock).read_text(encoding="utf-8")
    assert not re.search(r"https?:|file:|index|/", content)
    blocks = re.split(r"\n(?=\S)", content.strip())
    assert all(re.match(r"[a-z0-9-]+==\S+ .*\\\n( +--hash=sha256:[0-9a-f]{64}( \\)?\n?)+$", block) for block in blocks)


def test_the_locks_hold_everything_that_is_asked_for_and_agree():
    runtime, dev = (locked_names(lock) for lock in LOCKS)
    assert names_of(PROJECT["project"]["dependencies"]) <= runtime <= dev
    assert names_of(PROJECT["dependency-groups"]["dev"]) <= dev
    pins = [set(re.findall(r"^[a-z0-9-]+==\S+", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE))
            for lock in LOCKS]
    assert pins[0] <= pins[1]


def test_the_ci_script_is_plain_bash_and_ends_in_make_test():
    script = ROOT / ".ci/run"
    assert script.stat().st_mode & 0o111
    subprocess.run(["bash", "-n", script], check=True)
    assert script.read_text(encoding="utf-8").rstrip().endswith("exec make test")


def test_make_says_what_to_install_where_no_python_is_found():
    answer = subprocess.run(
        ["make", "need-python", "PYTHON="], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode != 0
    assert "Python 3.11 or newer is needed" in answer.stdout
    assert "apt install python3" in answer.stdout
