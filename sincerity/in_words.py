"""What became of one buyer or one unit, and why, in sentences for the terminal."""

from __future__ import annotations

import math

import pandas as pd

from sincerity.console import say
from sincerity.domain import RoundResult
from sincerity.reports.formatting import NOTHING, money_text, whole_numbers
from sincerity.reports.lookup import Lookup
from sincerity.reports.refusal_sentences import refusal_sentences
from sincerity.reports.sincerity_table import line_label, step_sentences, value_texts
from sincerity.reports.unit_tables import substitute_texts
from sincerity.reports.wording import Words


def buyer_in_words(result: RoundResult, buyer_id: str, lang: str) -> tuple[str, ...]:
    """Grade, score lines, next steps, each pick's fate and the substitutes of one buyer; () when there is none.

    A household is found by the id of any of its members.
    """
    members = result.tables["buyers"]["members"].str.split()
    found = result.tables["buyers"].loc[members.map(lambda ids: buyer_id in ids), "buyer_id"]
    if found.empty:
        found = result.tables["buyers"].loc[lambda buyers: buyers["buyer_id"] == buyer_id, "buyer_id"]
    if found.empty:
        return ()
    lookup, household = Lookup(result, Words(lang)), found.iloc[0]
    return (
        *_who(lookup, household),
        *_section("points", _score_lines(lookup, household), lang),
        *_section("next_steps", _next_steps(lookup, household), lang),
        *_section("picks", _pick_fates(lookup, household), lang),
        *_section("substitutes", _substitutes(lookup, household), lang),
    )


def unit_in_words(result: RoundResult, unit_id: str, lang: str) -> tuple[str, ...]:
    """Who named the unit, who got it and why, and who waits for it; () when there is no such unit."""
    lookup = Lookup(result, Words(lang))
    if unit_id not in lookup.stock.index:
        return ()
    return (
        *_which(lookup, unit_id),
        *_section("contenders", _contender_fates(lookup, unit_id), lang),
        *_section("waiting", _waiting(lookup, unit_id), lang),
    )


def _section(name: str, lines: list[str], lang: str) -> list[str]:
    return [say(f"explain.{name}", lang), *(f"  {line}" for line in lines)] if lines else []


def _who(lookup: Lookup, buyer_id: str) -> list[str]:
    person, words = lookup.people.loc[buyer_id], lookup.words
    lines = [say(
        "explain.buyer", words.lang, who=person["who"], id=buyer_id, grade=person["grade"], score=person["score"],
        rank=person["priority_rank"], buyers=len(lookup.people), percentile=_percent(person["percentile"]),
    )]
    lines.append(say(
        "explain.why_grade", words.lang, reason=words(f"grade_reason.{person['grade_reason']}"),
        trend=words(f"trend.{person['trend']}"),
    ))
    if person["members"] not in ("", buyer_id):
        lines.append(say("explain.members", words.lang, members=person["members"]))
    return lines


def _score_lines(lookup: Lookup, buyer_id: str) -> list[str]:
    card, words = lookup.result.settings.scorecard, lookup.words
    lines = _rows_of(lookup.table("score_lines"), "buyer_id", buyer_id).sort_values("line_no")
    items = {item.item: item for item in card.items}
    told = []
    for line in lines.to_dict("records"):
        label = line_label(line["line"], card, words)
        if line["line"] not in items:
            told.append(say("explain.correction", words.lang, item=label, points=f"{line['points']:+d}"))
            continue
        if not line["available"]:
            told.append(say("explain.not_available", words.lang, item=label))
            continue
        seen = value_texts(pd.Series([line["value"], line["median_value"]]), items[line["line"]], words)
        value, median = seen.where(seen != "", words("none_yet"))
        told.append(say(
            "explain.line", words.lang, item=label, value=value, median=median, points=line["points"],
            most=line["max_points"],
        ))
    return [*told, say("explain.sum", words.lang, score=lookup.people.loc[buyer_id, "score"])]


def _next_steps(lookup: Lookup, buyer_id: str) -> list[str]:
    steps = _rows_of(lookup.table("next_steps"), "buyer_id", buyer_id).sort_values("step_no")
    return step_sentences(steps, lookup).tolist() if len(steps) else []


def _pick_fates(lookup: Lookup, buyer_id: str) -> list[str]:
    picks = _with_fates(_rows_of(lookup.table("demand"), "buyer_id", buyer_id), lookup).sort_values("choice_rank")
    lang = lookup.words.lang
    return [
        say("explain.pick", lang, choice=pick["choice_rank"], unit=pick["unit_id"],
            total=money_text(pick["total_yuan"], lang), fate=pick["fate"])
        for pick in picks.to_dict("records")
    ]


def _substitutes(lookup: Lookup, buyer_id: str) -> list[str]:
    if _rows_of(lookup.table("steering"), "buyer_id", buyer_id).empty:
        return []
    return [substitute_texts(lookup)[buyer_id]]


def _which(lookup: Lookup, unit_id: str) -> list[str]:
    unit, words = lookup.stock.loc[unit_id], lookup.words
    area = whole_numbers(pd.Series([unit["area_m2"]])).iloc[0]
    lines = [say(
        "explain.unit", words.lang, id=unit_id, building=unit["building"], section=unit["section"] or NOTHING,
        floor=unit["floor"], layout=unit["layout"], area=area, status=words(f"status.{unit['status']}"),
        total=money_text(unit["total_yuan"], words.lang), named=unit["named_by"], willing=unit["contenders"],
    )]
    if not unit["holder_id"]:
        return [*lines, say("explain.no_holder", words.lang)]
    won = _rows_of(lookup.table("conflicts"), "unit_id", unit_id)["winner_reason"]
    why = words(f"winner.{won.iloc[0]}") if len(won) and won.iloc[0] else say("explain.only_one", words.lang)
    holder = lookup.people.loc[unit["holder_id"]]
    return [*lines, say("explain.holder", words.lang, who=holder["who"], id=unit["holder_id"], why=why)]


def _contender_fates(lookup: Lookup, unit_id: str) -> list[str]:
    picks = _with_fates(_rows_of(lookup.table("demand"), "unit_id", unit_id), lookup)
    picks = lookup.with_buyer(picks, ["who", "grade", "priority_rank"]).sort_values("priority_rank")
    return [
        say("explain.contender", lookup.words.lang, rank=pick["priority_rank"], who=pick["who"], id=pick["buyer_id"],
            grade=pick["grade"], choice=pick["choice_rank"], fate=pick["fate"])
        for pick in picks.to_dict("records")
    ]


def _waiting(lookup: Lookup, unit_id: str) -> list[str]:
    waiting = _rows_of(lookup.table("waiting_list"), "unit_id", unit_id).sort_values("position")
    waiting = lookup.with_buyer(waiting[["position", "buyer_id"]], ["who", "grade"])
    return [
        say("explain.place", lookup.words.lang, position=row["position"], who=row["who"], id=row["buyer_id"],
            grade=row["grade"])
        for row in waiting.to_dict("records")
    ]


def _with_fates(picks: pd.DataFrame, lookup: Lookup) -> pd.DataFrame:
    """``picks`` (DEMAND rows) with ``fate``: granted, or the sentence that says why not."""
    key = ["buyer_id", "unit_id"]
    refused = picks[key].merge(lookup.table("refusals"), on=key)
    reasons = refused[key].assign(fate=refusal_sentences(refused, lookup).to_numpy())
    granted = picks[key].merge(lookup.table("allocation")[key], on=key)
    granted = granted.assign(fate=say("explain.granted", lookup.words.lang))
    return picks.merge(pd.concat([granted, reasons]), on=key, how="left")


def _percent(percentile: float) -> str:
    return NOTHING if math.isnan(percentile) else f"{percentile:.0f}"


def _rows_of(table: pd.DataFrame, column: str, identifier: str) -> pd.DataFrame:
    return table[table[column] == identifier].reset_index(drop=True)
