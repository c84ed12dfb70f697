"""How much a file may ask of the machine that reads it."""

from __future__ import annotations

from dataclasses import dataclass


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
