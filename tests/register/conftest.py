"""A register on SQLite and, where a server can be started here, the same on PostgreSQL."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from sincerity.register.database import REGISTER_FILE, server_engine, sqlite_engine
from sincerity.register.store import Register

NO_SERVER = "no PostgreSQL found: the register was tested on SQLite only (Debian: apt install postgresql)"
PASSWORD = "only-for-this-test"


def server_programs() -> Path | None:
    """The folder of initdb and pg_ctl; None when PostgreSQL is not installed."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "pg_ctl").exists()), None)


def pytest_terminal_summary(terminalreporter):
    skipped = terminalreporter.stats.get("skipped", [])
    if any(NO_SERVER in str(report.longrepr) for report in skipped):
        terminalreporter.write_line(NO_SERVER, yellow=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[SimpleNamespace]:
    """A PostgreSQL server of this test session: its address without the password, and the password."""
    programs = server_programs()
    account = _account()
    if programs is None or account is None:
        pytest.skip(NO_SERVER)
    folder = Path(tempfile.mkdtemp(prefix="sincerity-postgres-"))  # pytest's own folders are root's alone
    (folder / "password").write_text(PASSWORD)
    if os.getuid() == 0:
        shutil.chown(folder, account)
    port = _free_port()
    _as(account, [programs / "initdb", "-D", folder / "data", "-U", "planner", "-A", "scram-sha-256",
                  f"--pwfile={folder / 'password'}", "--no-sync", "-E", "UTF8", "--locale=C"])
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    _as(account, [programs / "pg_ctl", "-D", folder / "data", "-o", options, "-l", folder / "log", "-w", "start"])
    try:
        yield SimpleNamespace(url=f"postgresql+psycopg://planner@127.0.0.1:{port}/postgres", password=PASSWORD)
    finally:
        _as(account, [programs / "pg_ctl", "-D", folder / "data", "-m", "immediate", "-w", "stop"])
        shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgres"])
def register(request, tmp_path) -> Iterator[Register]:
    """An empty register of the launch 5x4; on the server under an id of its own."""
    if request.param == "sqlite":
        with Register(sqlite_engine(tmp_path / REGISTER_FILE), "5x4") as empty:
            yield empty
        return
    server = request.getfixturevalue("postgres")
    with Register(server_engine(server.url, server.password), f"5x4 {tmp_path.name}") as empty:
        yield empty


def _account() -> str | None:
    """The account the server runs under: never root, which PostgreSQL refuses."""
    if os.getuid() != 0:
        return pwd.getpwuid(os.getuid()).pw_name
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names and shutil.which("runuser") else None


def _as(account: str, command: list) -> None:
    words = [str(word) for word in command]
    prefix = ["runuser", "-u", account, "--"] if os.getuid() == 0 else []
    done = subprocess.run([*prefix, *words], capture_output=True, text=True, timeout=60, cwd="/")
    assert done.returncode == 0, f"{words[0]}: {done.stdout}{done.stderr}"


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
