"""A workbook laid out with one sheet lists many as the writer itself would."""

import zipfile
from io import BytesIO

import pytest
from xlsxwriter import Workbook

from sincerity.reports.many_sheets import listing_sheets
from sincerity.reports.workbook import CREATED, OPTIONS

NAMES = ["张三 K1", "A & <B> \"c\" 'd' e", "rId1 {0}", "sheet1.xml"]


def parts(names: list[str]) -> dict[str, str]:
    """The parts of the writer's own workbook with sheets of these names."""
    content = BytesIO()
    with Workbook(content, OPTIONS) as workbook:
        workbook.set_properties({"title": "t", "created": CREATED})
        for name in names:
            workbook.add_worksheet(name)
        workbook.worksheets()[0].write_string(0, 0, "x")
    with zipfile.ZipFile(content) as file:
        return {name: file.read(name).decode("utf-8") for name in file.namelist()}


@pytest.mark.parametrize("count", [1, 2, len(NAMES)])
def test_every_part_is_what_the_writer_makes_of_many_sheets(count):
    one, many = parts(NAMES[:1]), parts(NAMES[:count])
    told = {part: listing_sheets(part, content, NAMES[:count]) for part, content in one.items()}
    assert told == {part: content for part, content in many.items() if part in one}


def test_a_part_the_writer_makes_otherwise_is_refused():
    with pytest.raises(ValueError, match="sheetId"):
        listing_sheets("xl/workbook.xml", "<workbook/>", NAMES)
