"""One run at a time in a folder: the second one learns who is at work and leaves.

The operating system holds the lock, not the file: when its owner dies, even by ``kill -9``, the lock is
free. The file only says who owns it and stays where it is, since removing it would let two runs hold
"the" lock at once.
"""

from __future__ import annotations

import errno
import getpass
import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sincerity.problems import Problem

LOCK_FILE = ".sincerity.lock"
_NO_LOCK_NEEDED = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR)
_LOCKED_BYTE = 1 << 30  # Windows locks bytes against reading too: one far behind the owner's name


@dataclass(frozen=True)
class Owner:
    """Who holds a lock: process, machine, account, and since when (local time)."""

    pid: int
    host: str
    user: str
    since: str


class LockHeld(Exception):
    """Another run is at work in the folder; ``problem`` says who, as far as the file tells."""

    def __init__(self, folder: Path, owner: Owner | None) -> None:
        super().__init__(f"{folder} is locked by {owner}")
        known = asdict(owner) if owner else {"pid": "?", "host": "?", "user": "?", "since": "?"}
        self.problem = Problem("error", "folder_locked", parts={"folder": str(folder), **known})


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of ``folder`` while the block runs; raises LockHeld when another run holds it.

    A folder that is not there, or that this account cannot write to, needs no lock: nothing in it can change.
    """
    try:
        handle = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        if error.errno not in _NO_LOCK_NEEDED:
            raise
        yield
        return
    try:
        if not _try_lock(handle):
            raise LockHeld(folder, _read_owner(handle))
        _write_owner(handle)
        yield
    finally:
        os.close(handle)


def _write_owner(handle: int) -> None:
    owner = Owner(os.getpid(), socket.gethostname(), _user(), datetime.now().isoformat(" ", "seconds"))
    os.ftruncate(handle, 0)
    os.lseek(handle, 0, os.SEEK_SET)
    os.write(handle, json.dumps(asdict(owner)).encode())


def _read_owner(handle: int) -> Owner | None:
    os.lseek(handle, 0, os.SEEK_SET)
    try:
        return Owner(**json.loads(os.read(handle, 4096)))
    except (ValueError, TypeError):  # the owner is just writing its name
        return None


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # an account without a name, as in some containers
        return "?"


if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
