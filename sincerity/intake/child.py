"""The process in which a workbook's values are read, so that a crash of the reader ends nothing else.

Run as ``python -m sincerity.intake.child MEMORY_BYTES``: the names of the sheets to read and the workbook come in on
standard input, pickled; a pickled answer goes out on standard output. The only module that knows python-calamine.
"""

from __future__ import annotations

import gc
import importlib
import io
import pickle
import sys

from sincerity.intake.raw import RawCell

Rows = tuple[tuple[RawCell, ...], ...]
Request = tuple[frozenset[str], bytes]  # the worksheets asked for by name, and the whole file
Answer = tuple[dict[str, Rows], str]  # values of these worksheets by name, from cell A1; and the fault, "" when none


def main() -> None:
    """Answer one request. Faults of the reader become part of the answer."""
    _limit_memory(int(sys.argv[1]))
    gc.disable()
    request: Request = pickle.load(sys.stdin.buffer)
    try:
        answer: Answer = _read(*request), ""
    except Exception as fault:
        answer = {}, f"{type(fault).__name__}: {fault}"
    pickle.dump(answer, sys.stdout.buffer, protocol=5)


def _read(asked_for: frozenset[str], content: bytes) -> dict[str, Rows]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum

    with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
        worksheets = (sheet.name for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet)
        names = [name for name in worksheets if name in asked_for]
        return {name: _filled(workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in names}


def _filled(rows: list[list]) -> Rows:
    """The same rows with None where the reader puts an empty text."""
    return tuple(tuple([None if cell == "" else cell for cell in row]) for row in rows)


def _limit_memory(limit_bytes: int) -> None:
    """Hold the process to ``limit_bytes`` where the system can; elsewhere the time limit and pre-flight remain."""
    try:
        resource = importlib.import_module("resource")
        resource.setrlimit(resource.RLIMIT_AS, (limit_bytes, limit_bytes))
    except (ImportError, ValueError, OSError):
        return


if __name__ == "__main__":
    main()
