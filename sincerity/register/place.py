"""Which register a launch uses: the file in its folder, or the server its settings name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from sincerity.register.database import REGISTER_FILE, server_engine, sqlite_engine
from sincerity.register.faults import RegisterFault
from sincerity.register.store import Register
from sincerity.settings import Settings


def open_register(folder: Path, settings: Settings, environ: Mapping[str, str]) -> Register:
    """The launch's register, made when there is none yet. RegisterFault when it cannot be reached."""
    if not settings.register_url:
        return Register(sqlite_engine(folder / REGISTER_FILE), settings.launch_id)
    _refuse_password(settings.register_url)
    return Register(server_engine(settings.register_url, _password(settings, environ)), settings.launch_id)


def has_register(folder: Path, settings: Settings) -> bool:
    """Whether the launch has a register to read already; a server counts as one."""
    return bool(settings.register_url) or (folder / REGISTER_FILE).is_file()


def _refuse_password(url: str) -> None:
    try:
        address = make_url(url)
    except ArgumentError as fault:
        raise RegisterFault("register_url_unusable", detail=str(fault)) from fault
    if address.password:
        raise RegisterFault("register_password_in_file", address.render_as_string(hide_password=True))


def _password(settings: Settings, environ: Mapping[str, str]) -> str | None:
    name = settings.register_password_env
    if name and name not in environ:
        raise RegisterFault("register_password_missing", name, name=name)
    return environ[name] if name else None
