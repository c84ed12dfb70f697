"""How much a file may ask of the machine that reads it, from the first byte on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sincerity.problems import Problem


@dataclass(frozen=True)
class Limits:
    """Bounds of pre-flight and reading. A file over one of them is refused before it can do harm."""

    file_bytes: int = 50_000_000
    unpacked_bytes: int = 400_000_000
    ratio: int = 200  # unpacked to packed size of one part
    ratio_part_bytes: int = 5_000_000  # parts smaller than this may have any ratio
    corner: int = 20_000_000  # last row × last column of a sheet
    cells: int = 3_000_000  # cells written in the whole file
    parts: int = 5_000  # files inside the workbook
    read_seconds: float = 60.0
    read_memory_bytes: int = 3_000_000_000


def read_bytes(path: Path, file: str, limits: Limits) -> tuple[bytes | None, list[Problem]]:
    """A whole file in one read, so that what is hashed is what is parsed; None when it cannot or must not be read."""
    try:
        size_bytes = path.stat().st_size
        if size_bytes <= limits.file_bytes:
            return path.read_bytes(), []
    except FileNotFoundError:
        return None, [Problem("error", "file_missing", file)]
    except OSError as fault:
        detail = fault.strerror or type(fault).__name__
        return None, [Problem("error", "file_unreadable", file, parts={"detail": detail})]
    parts = {"megabytes": f"{size_bytes / 1_000_000:.1f}", "limit": f"{limits.file_bytes / 1_000_000:g}"}
    return None, [Problem("error", "file_too_large", file, parts=parts)]
