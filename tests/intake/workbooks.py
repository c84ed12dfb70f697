"""Workbooks made by hand, part by part, so that a test can say exactly what is wrong with one."""

from __future__ import annotations

import io
import zipfile

from sincerity.problems import Problem
from sincerity.texts import LANGUAGES

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def sheet_xml(rows: str, after: str = "", head: str = HEAD) -> str:
    return f'{head}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'


def parts(*sheets: str, names: tuple[str, ...] = (), states: tuple[str, ...] = (), workbook_pr: str = "") -> dict:
    numbers = range(1, len(sheets) + 1)
    titles = names or tuple(f"S{n}" for n in numbers)
    shown = states or ("visible",) * len(sheets)
    listed = "".join(
        f'<sheet name="{titles[n - 1]}" sheetId="{n}" state="{shown[n - 1]}" r:id="rId{n}"/>' for n in numbers
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="application/vnd.openxmlformats-officedocument'
        f'.spreadsheetml.worksheet+xml"/>' for n in numbers
    )
    return {
        "[Content_Types].xml": (
            f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument'
            f'.spreadsheetml.sheet.main+xml"/>{overrides}</Types>'
        ),
        "_rels/.rels": (
            f'{HEAD}<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{RELATIONS}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{workbook_pr}<sheets>{listed}</sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}">{links}</Relationships>',
    } | {f"xl/worksheets/sheet{n}.xml": sheets[n - 1] for n in numbers}


def packed(contents: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return target.getvalue()


def workbook(*rows: str, **options) -> bytes:
    return packed(parts(*(sheet_xml(row) for row in rows), **options))


def only(problems) -> Problem:
    assert len(problems) == 1, [p.code for p in problems]
    spoken(problems[0])
    return problems[0]


def spoken(problem: Problem) -> str:
    """What and fix in both languages; fails where a sentence is missing or a placeholder is not filled."""
    said = " ".join(say(lang) for lang in LANGUAGES for say in (problem.what, problem.fix))
    assert said.strip()
    return said


def codes(problems) -> list[str]:
    for problem in problems:
        spoken(problem)
    return [problem.code for problem in problems]
