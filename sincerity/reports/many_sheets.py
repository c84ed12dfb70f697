"""A workbook laid out with one sheet, told that it has many: the four parts of the file that list its sheets.

A writer that lays out every sheet checks each name against all others; a large launch's hand-outs have thousands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from xml.sax.saxutils import escape

_RELATION = re.compile(r'<Relationship Id="rId(\d+)"')
_WORKSHEET = re.compile(r'<Relationship Id="rId1" [^>]*Target="worksheets/sheet1.xml"/>')
_OVERRIDE = re.compile(r'<Override PartName="/xl/worksheets/sheet1.xml"[^>]*/>')
_SHEET = re.compile(r'<sheet name="[^"]*" sheetId="1" r:id="rId1"/>')
_QUOTE = {'"': "&quot;"}
_COUNT = "<vt:variant><vt:i4>1</vt:i4></vt:variant>"
_TITLES = re.compile(r'<vt:vector size="1" baseType="lpstr"><vt:lpstr>[^<]*</vt:lpstr></vt:vector>')


def listing_sheets(part: str, content: str, names: Sequence[str]) -> str:
    """``content`` of the file's ``part``, written for one sheet, as it is with sheets called ``names``."""
    rewrite = _REWRITE.get(part)
    return rewrite(content, names) if rewrite else content


def _types(content: str, names: Sequence[str]) -> str:
    one = _found(_OVERRIDE, content)
    return content.replace(one, _numbered(one.replace("sheet1.xml", "sheet{0}.xml"), names))


def _workbook(content: str, names: Sequence[str]) -> str:
    one = _found(_SHEET, content)
    sheets = (
        f'<sheet name="{escape(name, _QUOTE)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in enumerate(names, 1)
    )
    return content.replace(one, "".join(sheets))


def _relations(content: str, names: Sequence[str]) -> str:
    one = _found(_WORKSHEET, content)
    before, after = content.split(one)
    moved = _RELATION.sub(lambda found: f'<Relationship Id="rId{int(found[1]) + len(names) - 1}"', after)
    same = one.replace("rId1", "rId{0}").replace("sheet1.xml", "sheet{0}.xml")
    return before + _numbered(same, names) + moved


def _properties(content: str, names: Sequence[str]) -> str:
    titles = "".join(f"<vt:lpstr>{escape(name)}</vt:lpstr>" for name in names)
    vector = f'<vt:vector size="{len(names)}" baseType="lpstr">{titles}</vt:vector>'
    counted = content.replace(_COUNT, _COUNT.replace(">1<", f">{len(names)}<"))
    return counted.replace(_found(_TITLES, counted), vector)


def _numbered(pattern: str, names: Sequence[str]) -> str:
    return "".join(map(pattern.format, range(1, len(names) + 1)))


def _found(pattern: re.Pattern[str], content: str) -> str:
    match = pattern.search(content)
    if match is None:
        raise ValueError(f"the laid out workbook lacks {pattern.pattern}")
    return match[0]


_REWRITE: Mapping[str, Callable[[str, Sequence[str]], str]] = {
    "[Content_Types].xml": _types,
    "xl/workbook.xml": _workbook,
    "xl/_rels/workbook.xml.rels": _relations,
    "docProps/app.xml": _properties,
}
