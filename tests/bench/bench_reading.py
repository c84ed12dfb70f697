"""How long it takes to read a workbook of 50,000 rows and 12 columns, from pre-flight to the checked launch.

    python -m tests.bench.bench_reading
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import xlsxwriter

from sincerity.intake.launch import read_launch
from sincerity.intake.limits import Limits
from sincerity.intake.preflight import preflight
from sincerity.intake.sheet_scan import scan_plain
from sincerity.intake.sheet_xml import scan_any
from sincerity.intake.workbook_file import read_workbook
from sincerity.intake.zip_parts import ZipParts
from tests.bench.table import print_table

ROWS = 50_000
AIM_S = 3.0
LAUNCH = """name = "reading"
launch_id = "reading"
launch_day = 2026-11-28
[[rounds]]
number = 3
cutoff = 2026-11-27T20:00:00
"""
BUYERS = ("客户编号", "姓名", "手机", "家庭编号", "置业顾问", "登记日期", "来源", "预算上限", "付款方式", "认筹号",
          "认筹方式", "客户状态")
UNITS = ("房号", "楼栋", "楼层", "户型", "建筑面积", "基础单价")


def measure() -> list[dict[str, object]]:
    """One row per step, in seconds; the whole reading last, with its aim."""
    with tempfile.TemporaryDirectory() as folder:
        launch = Path(folder)
        write_launch(launch)
        content = (launch / "launch.xlsx").read_bytes()
        part = "xl/worksheets/sheet1.xml"
        steps: list[tuple[str, Callable[[], object]]] = [
            ("sheet XML by patterns", lambda: scan_plain(ZipParts(content, Limits()).pieces(part))),
            ("sheet XML by parser", lambda: scan_any(ZipParts(content, Limits()).pieces(part))),
            ("pre-flight", lambda: preflight(content, "launch.xlsx", Limits())),
            ("pre-flight and values", lambda: read_workbook(content, "launch.xlsx", Limits())),
        ]
        rows: list[dict[str, object]] = [{"step": name, "s": _seconds(step)} for name, step in steps]
        whole = {"step": "read_launch", "s": _seconds(lambda: _read(launch)), "aim_s": AIM_S}
    return [*rows, whole]


def _read(folder: Path) -> None:
    launch, problems = read_launch(folder)
    if launch is None:
        raise SystemExit(f"the launch has errors: {problems[:3]}")


def write_launch(folder: Path) -> None:
    """A launch of 50,000 buyers with the smallest other tables it needs."""
    (folder / "launch.toml").write_text(LAUNCH, encoding="utf-8")
    with xlsxwriter.Workbook(folder / "launch.xlsx", {"default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        _fill(book.add_worksheet("客户"), BUYERS, _buyers())
        _fill(book.add_worksheet("房源"), UNITS, [(f"1-{n}01", "1", n, "两房", 89.5, 20_000) for n in range(1, 31)])
        touchpoint = ("B000001", "到访", datetime(2026, 11, 1, 10))
        _fill(book.add_worksheet("接触记录"), ("客户编号", "类型", "时间"), [touchpoint])
        _fill(book.add_worksheet("意向房号"), ("轮次", "客户编号", "意向顺序", "房号"), [(3, "B000001", 1, "1-101")])


def _buyers() -> Iterator[tuple]:
    registered = datetime(2026, 9, 1)
    for n in range(1, ROWS + 1):
        yield (f"B{n:06d}", f"客户{n}", f"138{n:08d}", f"H{n}", f"顾问{n % 40}", registered + timedelta(minutes=n),
               "自然到访", 1_500_000 + n, "按揭", f"Q{n:05d}", "诚意卡" if n % 3 else "无", "有效")


def _fill(sheet, header: tuple[str, ...], rows) -> None:
    sheet.write_row(0, 0, header)
    for number, row in enumerate(rows, 1):
        sheet.write_row(number, 0, row)


def _seconds(step: Callable[[], object], repeats: int = 3) -> float:
    """The best of several runs, so that other work on the machine counts least."""
    best = float("inf")
    for _ in range(repeats):
        started = time.perf_counter()
        step()
        best = min(best, time.perf_counter() - started)
    return round(best, 2)


if __name__ == "__main__":
    print_table(measure())
