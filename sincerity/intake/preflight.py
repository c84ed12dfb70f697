"""What a workbook is, found out without trusting it, before any engine that could be hurt sees it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from sincerity.intake.limits import Limits
from sincerity.intake.refused import Refused, damaged
from sincerity.intake.sheet_scan import scan_sheet
from sincerity.intake.sheet_xml import SheetFacts, parse_xml
from sincerity.intake.zip_parts import ZipParts
from sincerity.problems import Problem

_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_ZIP = b"PK\x03\x04"
_OLE = bytes.fromhex("D0CF11E0A1B11AE1")
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True)
class SheetPlan:
    """One worksheet as the workbook lists it, and what its XML says."""

    name: str
    hidden: bool
    facts: SheetFacts


@dataclass(frozen=True)
class WorkbookPlan:
    """The worksheets in the workbook's order."""

    sheets: tuple[SheetPlan, ...]
    dates_1904: bool


@dataclass(frozen=True)
class _Listed:
    name: str
    state: str
    part: str


def preflight(content: bytes, file: str, limits: Limits) -> tuple[WorkbookPlan | None, list[Problem]]:
    """What the workbook holds, with notes on what a person should know; None and one error when it is refused."""
    try:
        _check_signature(content)
        parts = ZipParts(content, limits)
        plan = _plan(parts, limits)
    except Refused as refusal:
        return None, [refusal.problem(file)]
    return plan, list(_notes(plan, parts, file))


def _check_signature(content: bytes) -> None:
    if not content:
        raise Refused("file_empty")
    if content.startswith(_OLE):
        raise Refused("workbook_encrypted" if _ENCRYPTED_STREAM in content else "workbook_old_format")
    if not content.startswith(_ZIP):
        raise Refused("not_a_workbook", begins=content[:12].decode("ascii", "backslashreplace"))


def _plan(parts: ZipParts, limits: Limits) -> WorkbookPlan:
    if _WORKBOOK not in parts.names:
        raise Refused("workbook_binary" if "xl/workbook.bin" in parts.names else "zip_without_workbook")
    listed, dates_1904 = _listed_sheets(parts)
    read = {_WORKBOOK, _RELATIONS} | {sheet.part for sheet in listed}
    for name in parts.names:
        if name not in read:
            _drain(parts.pieces(name))
    sheets = []
    cells = 0
    for sheet in listed:
        facts = _facts(parts, sheet, limits)
        cells += facts.cells
        if cells > limits.cells:
            raise Refused("too_many_cells", sheet.name, cells=cells, limit=limits.cells)
        sheets.append(SheetPlan(sheet.name, sheet.state != "visible", facts))
    return WorkbookPlan(tuple(sheets), dates_1904)


def _facts(parts: ZipParts, sheet: _Listed, limits: Limits) -> SheetFacts:
    facts = scan_sheet(lambda: parts.pieces(sheet.part))
    if facts.corner > limits.corner:
        raise Refused(
            "far_corner", sheet.name, rows=facts.last_row, columns=facts.last_column, limit=limits.corner
        )
    return facts


def _listed_sheets(parts: ZipParts) -> tuple[list[_Listed], bool]:
    """The worksheets the workbook lists, and whether its dates count from 1904."""
    targets = _worksheet_parts(parts)
    listed: list[_Listed] = []
    properties: dict[str, str] = {}

    def note(name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr":
            properties.update(attributes)
        elif name == "sheet" and attributes.get("id") in targets:
            part = targets[attributes["id"]]
            listed.append(_Listed(attributes.get("name", ""), attributes.get("state", "visible"), part))

    parse_xml(parts.pieces(_WORKBOOK), note)
    for sheet in listed:
        if sheet.part not in parts.names:
            raise damaged(f"{sheet.part} is missing")
    return listed, properties.get("date1904") in ("1", "true")


def _worksheet_parts(parts: ZipParts) -> dict[str, str]:
    """Relation id → part name, worksheets only."""
    if _RELATIONS not in parts.names:
        raise damaged(f"{_RELATIONS} is missing")
    targets: dict[str, str] = {}

    def note(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            target = posixpath.normpath(posixpath.join("/xl", attributes.get("Target", "")))
            targets[attributes.get("Id", "")] = target.lstrip("/")

    parse_xml(parts.pieces(_RELATIONS), note)
    return targets


def _drain(pieces: Iterator[bytes]) -> None:
    for _ in pieces:
        continue


def _notes(plan: WorkbookPlan, parts: ZipParts, file: str) -> Iterator[Problem]:
    if "xl/vbaProject.bin" in parts.names:
        yield Problem("info", "workbook_has_macros", file)
    links = sum(name.startswith("xl/externalLinks/externalLink") for name in parts.names)
    if links:
        yield Problem("warning", "workbook_has_links", file, parts={"count": links})
    for sheet in plan.sheets:
        if sheet.hidden:
            yield Problem("info", "sheet_hidden", file, sheet.name)
        rows = sheet.facts.hidden_rows
        if rows:
            listed = ", ".join(map(str, rows[:10])) + (" …" if len(rows) > 10 else "")
            yield Problem("warning", "rows_hidden", file, sheet.name, rows[0],
                          parts={"count": len(rows), "rows": listed})
