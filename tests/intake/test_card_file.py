import csv
import io

import pytest
import xlsxwriter

from sincerity.intake.card_file import COLUMNS, read_card, recognised_card_columns
from sincerity.intake.csv_file import read_csv
from sincerity.intake.launch_file import default_settings, load_settings
from sincerity.intake.limits import Limits
from sincerity.intake.raw import CellError, RawSheet
from sincerity.paths import config_dir
from sincerity.scoring.indicators import MEASURES
from tests.intake.workbooks import codes, only, spoken

LABELS = default_settings().scorecard.group_labels
SHIPPED = list(csv.reader(io.StringIO((config_dir() / "scorecard.csv").read_text(encoding="utf-8"))))


def card(rows):
    return read_card(RawSheet("card.csv", "", tuple(map(tuple, rows))), list(MEASURES), LABELS)


def changed(row: int, column: str, value):
    """The shipped card with one cell changed; ``row`` as Excel counts."""
    rows = [list(cells) for cells in SHIPPED]
    rows[row - 1][COLUMNS.index(column)] = value
    return rows


def refused(rows):
    scorecard, problems = card(rows)
    assert scorecard is None
    return only(problems)


def test_the_shipped_card_reads_without_a_word():
    scorecard, problems = card(SHIPPED)
    assert not problems
    assert scorecard == default_settings().scorecard
    recency = scorecard.items[-1]
    assert [(level.at_least, level.points) for level in recency.levels] == [(0, 5), (8, 4), (15, 2), (31, 0)]
    assert recency.label["zh"] == "距最近来电或到访天数"


@pytest.mark.parametrize(("row", "column", "value", "code", "letter", "words"), [
    (4, "points", "6", "card_points_fall", "F", "8"),
    (34, "points", "6", "card_over_group_max", "F", "5"),
    (34, "points", "3.5", "card_not_whole", "F", "3.5"),
    (36, "points", "5", "card_points_rise", "F", "久"),
    (5, "points", "many", "card_not_number", "F", "many"),
    (5, "points", None, "card_cell_empty", "F", "points"),
    (5, "points", "-2", "card_not_number", "F", "-2"),
    (5, "points", "nan", "card_not_number", "F", "nan"),
    (5, "points", CellError("error", "#REF!"), "card_not_number", "F", "#REF!"),
    (4, "at_least", "1", "card_levels_not_rising", "E", "1"),
    (2, "at_least", "0.5", "card_first_level_missing", "E", "visit_days"),
    (2, "label_zh", "", "card_text_missing", "G", "visit_days"),
    (2, "source", None, "card_text_missing", "J", "source"),
    (3, "group", "Visits!", "card_bad_name", "A", "Visits!"),
    (3, "measure", None, "card_cell_empty", "D", "measure"),
    (5, "group_max", "31", "card_group_max_differs", "B", "30"),
])
def test_one_wrong_cell_is_one_problem_at_its_place(row, column, value, code, letter, words):
    rows = changed(row, column, value)
    problem = refused(rows)
    assert (problem.code, problem.row, problem.column) == (code, row, letter)
    assert problem.header == column
    assert words in spoken(problem)


def test_unknown_measure_lists_the_known_ones():
    rows = [[cell if cell != "asked_terms" or place != 3 else "asked_term" for place, cell in enumerate(cells)]
            for cells in SHIPPED]
    _, problems = card(rows)
    assert codes(problems) == ["card_unknown_measure"] * 2
    assert "asked_terms" in spoken(problems[0])


def test_an_item_in_two_blocks_or_two_groups_stands_twice():
    moved = [*SHIPPED[:6], *SHIPPED[8:], *SHIPPED[6:8]]
    assert card(moved)[0] is not None
    split = [*SHIPPED[:3], *SHIPPED[6:8], *SHIPPED[3:6], *SHIPPED[8:]]
    assert refused(split).code == "card_item_twice"
    _, problems = card(changed(5, "measure", "showflat_days"))
    assert [(p.code, p.row, p.parts["first"]) for p in problems] == [("card_item_twice", 5, 2)]


def test_group_maxima_must_be_reachable_and_add_up():
    lower = [[*cells[:1], "29" if cells[0] == "visit" else cells[1], *cells[2:]] for cells in SHIPPED]
    problem = refused(lower)
    assert problem.code == "card_total_not_100" and problem.value == "99" and "visit 29" in spoken(problem)
    higher = [[*cells[:1], {"visit": "31", "showflat": "14"}.get(cells[0], cells[1]), *cells[2:]] for cells in SHIPPED]
    assert codes(card(higher)[1]) == ["card_over_group_max", "card_group_max_unreachable"]


def test_all_faults_of_a_card_come_at_once():
    rows = changed(4, "points", "6")
    rows[9][5] = "99"
    rows[1][8] = ""
    assert sorted(codes(card(rows)[1])) == ["card_over_group_max", "card_points_fall", "card_points_fall",
                                            "card_text_missing"]


def test_header_faults():
    assert refused([["a", "b"], ["1", "2"]]).code == "card_no_header"
    assert refused([cells[:-1] for cells in SHIPPED]).code == "card_column_missing"
    extra = [[*cells, "weight" if place == 0 else ""] for place, cells in enumerate(SHIPPED)]
    problem = refused(extra)
    assert (problem.code, problem.column, problem.value) == ("card_column_unknown", "K", "weight")
    assert refused([[*cells, cells[0]] for cells in SHIPPED]).code == "card_column_twice"
    assert refused(SHIPPED[:1]).code == "card_empty"


def test_a_group_without_a_label_is_told_once():
    rows = [["extra" if cell == "event" else cell for cell in cells] for cells in SHIPPED]
    assert refused(rows).code == "card_group_unlabelled"


def test_title_rows_blank_rows_and_column_order_do_not_matter():
    mixed = [list(reversed(cells)) for cells in SHIPPED]
    mixed.insert(10, [None] * 10)
    scorecard, problems = card([["评分卡"] + [None] * 9, [None] * 10, *mixed])
    assert not problems and scorecard == default_settings().scorecard


def test_the_card_edited_in_excel_is_the_same_card(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "scorecard.xlsx") as book:
        book.add_worksheet("说明").write(0, 0, "notes")
        sheet = book.add_worksheet("评分卡")
        for row, cells in enumerate(SHIPPED):
            for column, cell in enumerate(cells):
                sheet.write(row, column, int(cell) if cell.isdigit() else cell)
    (tmp_path / "launch.toml").write_text(
        'name = "a"\nlaunch_id = "b"\nlaunch_day = 2026-11-28\n[files]\nscorecard = "scorecard.xlsx"\n'
        "[[rounds]]\nnumber = 1\ncutoff = 2026-11-01T18:00:00\n", encoding="utf-8",
    )
    settings, problems = load_settings(tmp_path)
    assert not problems
    assert settings.scorecard == default_settings().scorecard
    assert settings.sha256 == load_settings(tmp_path)[0].sha256


def test_the_card_in_gbk_is_the_same_card():
    text = (config_dir() / "scorecard.csv").read_text(encoding="utf-8")
    sheet, problems = read_csv(text.encode("gb18030"), "card.csv", recognised_card_columns, Limits())
    assert not problems
    assert card(sheet.rows)[0] == default_settings().scorecard
