"""Writes a synthetic launch the way a sales office would hand it in: Chinese headers, one workbook, some mess.

The mess is what the program must accept: a merged title above the header, amounts in 万, thousands separators,
dates as text, full-width digits, stray spaces, an extra column, a notes sheet, phones shared by couples.
"""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import xlsxwriter

from sample_data.launch import CUTOFFS, LAUNCH_DAY, OPENED, SampleLaunch

SHEETS = {"units": "房源", "buyers": "客户", "touchpoints": "接触记录", "picks": "意向房号", "answers": "问卷",
          "targets": "目标", "decisions": "裁定", "outcomes": "开盘结果"}
HEADERS = {
    "unit_id": "房号", "building": "楼栋", "section": "单元", "floor": "楼层", "room": "室号", "layout": "户型",
    "bedrooms": "房间数", "area_m2": "建筑面积", "orientation": "朝向", "base_price_yuan_per_m2": "基础单价",
    "price_yuan_per_m2": "执行单价", "buyer_id": "客户编号", "name": "姓名", "phone": "手机",
    "household_id": "家庭编号", "consultant": "置业顾问", "registered_on": "登记日期", "channel": "来源",
    "purpose": "购房目的", "budget_yuan": "预算上限", "payment": "付款方式", "subscribed_on": "认筹日期",
    "queue_no": "认筹号", "commitment": "认筹方式", "state": "客户状态", "kind": "类型", "at": "时间",
    "recorded_at": "录入时间", "party": "同行人", "note": "备注", "round": "轮次", "choice_rank": "意向顺序",
    "max_total_yuan": "可承受总价", "accepts": "价格认可", "question": "问卷问题", "answer": "答案",
    "min_units": "下限", "max_units": "上限", "bonus": "奖励", "decision": "裁定", "by": "裁定人", "reason": "原因",
    "decided_at": "裁定时间", "launch_id": "项目编号",
}
WORDS = {
    "available": "可售", "held": "保留", "sold": "已售", "visit": "到访", "inbound_call": "来电",
    "outbound_call": "去电", "showflat_view": "看样板房", "message_in": "主动咨询", "event": "活动", "deposit": "认筹",
    "alone": "独自", "family": "家人", "decider": "决策人", "none": "无", "card": "诚意卡", "refundable": "可退诚意金",
    "frozen": "冻结资金", "active": "有效", "gave_up": "放弃", "bought_elsewhere": "已购他处", "excluded": "剔除",
    "below": "低于下限", "low": "接受下限", "base": "接受基准", "high": "接受上限", "keep": "保留给", "forbid": "不给",
    "bought": "成交", "no_show": "未到", "came_no_choice": "到场未购", "blocked": "无房可选", "withdrew": "退筹",
}
CODED = {"status", "kind", "party", "commitment", "state", "accepts", "decision"}
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
FIXED_DATE = datetime(2026, 11, 21)


def write_launch(sample: SampleLaunch, folder: Path) -> None:
    """Writes ``launch.toml`` and one workbook into ``folder``; equal samples give equal bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "launch.toml").write_text(launch_toml(sample), encoding="utf-8")
    write_workbook(sample, folder / f"{sample.shape.name}.xlsx")


def launch_toml(sample: SampleLaunch) -> str:
    """The settings file of the sample; it parses as TOML and says that the launch is synthetic."""
    purposes = {
        1: ("摸底客户价格，不报价", "产品发布会"),
        2: ("报价格区间，收集认可度", "样板房开放"),
        3: ("一房一价，算价锁定", "算价"),
    }
    lines = [
        "# 本示例由程序生成，人物、电话与项目均为虚构。 Synthetic sample: no real person or project.",
        f'name = "{sample.shape.title_zh}"',
        f'launch_id = "{sample.shape.name}-2026-11"',
        f'seed = "{sample.shape.name}-{sample.seed}"',
        "synthetic = true",
        f"show_flat_open = {OPENED:%Y-%m-%d}",
        f"launch_day = {LAUNCH_DAY:%Y-%m-%d}",
        'language = "zh"',
        'policy = "sincerity_first"',
        "",
        "[price_band]",
        "low = -0.03",
        "high = 0.03",
    ]
    if "outcomes" in sample.tables:
        lines = [line.replace("-2026-11", f"-2026-11-{sample.seed}") if line.startswith("launch_id") else line
                 for line in lines]
        exported = LAUNCH_DAY + timedelta(days=14)
        lines.insert(lines.index('language = "zh"'), f"outcomes_as_of = {exported:%Y-%m-%d}")
    for number, (purpose, event) in purposes.items():
        lines += ["", "[[rounds]]", f"number = {number}", f"cutoff = {CUTOFFS[number]:%Y-%m-%dT%H:%M:%S}",
                  f'purpose = "{purpose}"', f'event = "{event}"']
    text = "\n".join(lines) + "\n"
    tomllib.loads(text)
    return text


def write_workbook(sample: SampleLaunch, path: Path) -> None:
    """Writes every table to its sheet, with the mess a planner's file has."""
    rng = np.random.default_rng([sample.seed, 7])
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd hh:mm", "strings_to_numbers": False,
                                           "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": sample.shape.title_zh, "comments": "合成数据 synthetic", "created": FIXED_DATE})
    notes = book.add_worksheet("说明")
    for row, line in enumerate((
        "本工作簿由程序生成，人物、电话与项目均为虚构，仅供试用。",
        "This workbook is synthetic: no real person, phone number or project.",
        f"python -m sample_data.generate {sample.shape.name} --seed {sample.seed}",
    )):
        notes.write_string(row, 0, line)
    for table, frame in sample.tables.items():
        if len(frame):
            _write_sheet(book, SHEETS[table], *_messy(table, frame, sample, rng))
    book.close()


def _messy(table: str, frame: pd.DataFrame, sample: SampleLaunch, rng) -> tuple[pd.DataFrame, str | None]:
    """The table in Chinese as an office keeps it, and the title that stands above its header."""
    shown = frame.astype(object).where(frame.notna(), None)
    shown = shown.drop(columns=[c for c in shown if shown[c].isna().all()])
    for column in CODED & set(shown):
        shown[column] = shown[column].map(lambda word: WORDS.get(word, word))
    title = None
    if table == "units":
        title = f"{sample.shape.title_zh} 房源表（示例）"
        _spoil(shown, "base_price_yuan_per_m2", 0.04, lambda price: f"{price:,.0f}", rng)
        _spoil(shown, "layout", 0.03, lambda layout: f" {layout} ", rng)
    if table == "buyers":
        title = f"{sample.shape.title_zh} 客户登记（示例）"
        _spoil(shown, "budget_yuan", 0.35, lambda yuan: f"{yuan / 10_000:.0f}万", rng)
        _spoil(shown, "registered_on", 0.06, lambda at: f"{at:%Y年%m月%d日}", rng)
        _spoil(shown, "phone", 0.03, lambda phone: f"{phone[:3]} {phone[3:7]} {phone[7:]}", rng)
        _spoil(shown, "buyer_id", 0.01, lambda buyer: f"{buyer} ", rng)
        shown["微信昵称"] = [f"用户{i}" for i in range(1, len(shown) + 1)]
    if table == "touchpoints":
        _spoil(shown, "at", 0.03, lambda at: f"{at:%Y/%m/%d %H:%M}", rng)
        _spoil(shown, "kind", 0.02, lambda kind: f"{kind} ", rng)
    if table == "picks":
        _spoil(shown, "max_total_yuan", 0.25, lambda yuan: f"{yuan / 10_000:,.0f}万", rng)
        _spoil(shown, "unit_id", 0.02, lambda unit: unit.translate(FULL_WIDTH), rng)
    return shown.rename(columns=HEADERS | ({"status": "状态"} if table == "units" else {"status": "结果"})), title


def _spoil(frame: pd.DataFrame, column: str, share: float, change, rng) -> None:
    """Rewrites a share of a column's filled cells the way people type them."""
    filled = np.flatnonzero(frame[column].notna() & (rng.random(len(frame)) < share))
    position = frame.columns.get_loc(column)
    frame.iloc[filled, position] = frame[column].iloc[filled].map(change)


def _write_sheet(book: xlsxwriter.Workbook, name: str, frame: pd.DataFrame, title: str | None) -> None:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1})
    first = 0
    if title:
        sheet.merge_range(0, 0, 0, len(frame.columns) - 1, title, book.add_format({"bold": True, "align": "center"}))
        first = 1
    for column, header in enumerate(frame.columns):
        sheet.write_string(first, column, header, bold)
        sheet.write_column(first + 1, column, [_plain(value) for value in frame[header]])
    sheet.freeze_panes(first + 1, 0)
    sheet.set_column(0, len(frame.columns) - 1, 14)


def _plain(value):
    return value.to_pydatetime() if isinstance(value, pd.Timestamp) else value
