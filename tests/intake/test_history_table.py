"""A table of the past: what is understood, and every fault with its row, column and words."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from sincerity.intake.history_table import Wanted, read_history_table
from sincerity.texts import LANGUAGES

GOOD = "no,visits,rate,kind,launch,bought\n1,3,0.5,web,春,1\n2,0,,walk-in,春,0\n\n3,1,0.1,web,秋,是\n"
WANTED = Wanted("bought", "launch")


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "past.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_numbers_become_items_row_numbers_and_words_do_not(tmp_path, encoding):
    table, problems = read_history_table(written(tmp_path, GOOD, encoding), WANTED)
    assert problems == ()
    assert table.items.columns.tolist() == ["visits", "rate"]
    assert table.outcome.tolist() == [True, False, True]
    assert table.group.tolist() == ["春", "春", "秋"]
    assert table.items["rate"].isna().tolist() == [False, True, False]


def test_named_items_are_taken_and_the_others_questioned_later(tmp_path):
    table, _ = read_history_table(written(tmp_path, GOOD), Wanted("bought", "launch", ("visits", "-rate"), "kind"))
    assert table.items.columns.tolist() == ["visits", "rate"]
    assert table.falling == {"rate"}
    assert table.opinion.tolist() == ["web", "walk-in", "web"]
    assert table.others.columns.tolist() == []


def test_a_workbook_reads_like_the_csv(tmp_path):
    path = tmp_path / "past.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("past")
        for row, cells in enumerate([["visits", "launch", "bought"], [3, "a", 1], [1, "b", 0], [1, "b", 0]]):
            sheet.write_row(row, 0, cells)
    table, problems = read_history_table(path, WANTED)
    assert problems == ()
    assert table.items["visits"].tolist() == [3, 1, 1]
    assert table.outcome.tolist() == [True, False, False]


@pytest.mark.parametrize(("text", "wanted", "code", "place", "words"), [
    (GOOD, Wanted("sold", "launch"), "table_column_missing", "past.csv › 1", "sold"),
    (GOOD, Wanted("bought", "launch", ("visit",)), "table_column_missing", "past.csv › 1", "visits, rate"),
    (GOOD.replace("是", "maybe"), WANTED, "table_outcome_unknown", "past.csv › F5", "maybe"),
    (GOOD.replace(",0\n", ",\n"), WANTED, "table_outcome_unknown", "past.csv › F3", "1/0"),
    (GOOD, Wanted("bought", "launch", ("kind",)), "table_not_number", "past.csv › D2", "web"),
    ("kind,launch,bought\nweb,a,1\n", WANTED, "table_no_items", "past.csv", "kind, launch, bought"),
    ("", WANTED, "file_empty", "past.csv", ""),
])
def test_faults_are_told_with_their_place_and_words(tmp_path, text, wanted, code, place, words):
    table, problems = read_history_table(written(tmp_path, text), wanted)
    assert table is None
    assert problems[0].code == code
    assert problems[0].place() == place
    assert all(words in problems[0].what(lang) for lang in LANGUAGES)
    assert all(problems[0].fix(lang) for lang in LANGUAGES)


def test_whole_numbers_that_never_repeat_are_no_item(tmp_path):
    rows = "".join(f"{7 * number + 3},{number % 4},a,{number % 2}\n" for number in range(60))
    table, _ = read_history_table(written(tmp_path, "customer,visits,launch,bought\n" + rows), WANTED)
    assert table.items.columns.tolist() == ["visits"]


def test_a_missing_file_is_told(tmp_path):
    assert read_history_table(tmp_path / "none.csv", WANTED)[1][0].code == "file_missing"
