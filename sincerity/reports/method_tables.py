"""The method's charts as tables of the report, each in the rounds it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from sincerity.domain.charts import BY_CONSULTANT, DAY, OTHER_ANSWERS
from sincerity.method_charts import MethodChart, method_charts
from sincerity.questionnaire import questionnaire
from sincerity.reports.hand_outs import hand_outs
from sincerity.reports.lookup import Lookup
from sincerity.reports.scoring_standard import scoring_standard
from sincerity.reports.view import ColumnView, TableView
from sincerity.reports.view_tables import Shown, column_view, table_view, view_of

_PERSON = ["who", "consultant", "grade"]
_PERSON_SHOWN = (
    Shown("buyer", width=12), Shown("buyer_id", width=12), Shown("consultant", width=10), Shown("grade", width=6),
)
REGISTER = (
    Shown("priority_rank", "int", 7), Shown("buyer", width=12), Shown("buyer_id", width=12),
    Shown("phone_masked", width=13), Shown("consultant", width=10), Shown("registered_on", "datetime", 17),
    Shown("channel", width=12), Shown("purpose", width=9), Shown("budget_yuan", "yuan", 13),
    Shown("commitment", width=11), Shown("subscribed_on", "datetime", 17), Shown("queue_no", width=9),
    Shown("state", width=9), Shown("grade", width=6), Shown("last_contact_at", "datetime", 17),
    Shown("outbound_calls", "int", 8),
)
ANSWERS = (
    Shown("question", width=22), Shown("answer", "long_text", 40), Shown("answer_buyers", "int", 9),
    Shown("answer_share", "percent", 9), Shown("answered", "int", 9),
)
PICKS = (
    Shown("unit_id", width=13), Shown("layout", width=10), Shown("area_m2", "number", 9), Shown("floor", "int", 6),
    Shown("status", width=8), Shown("first", "int", 9), Shown("second", "int", 9), Shown("third", "int", 9),
    Shown("later", "int", 9), Shown("pick_buyers", "int", 9), Shown("serious_buyers", "int", 10),
)
FEEDBACK = (
    Shown("unit_id", width=13), Shown("layout", width=10), Shown("choice_rank", "int", 8), *_PERSON_SHOWN,
    Shown("edge", width=10), Shown("edge_basis", width=12), Shown("ceiling_yuan", "yuan", 13),
    Shown("band_low_yuan", "yuan", 13), Shown("band_base_yuan", "yuan", 13), Shown("band_high_yuan", "yuan", 13),
    Shown("objection", "long_text", 24),
)
SHARES = (
    Shown("feedback_group", width=14), Shown("picks", "int", 9), Shown("share_low", "percent", 10),
    Shown("share_base", "percent", 10), Shown("share_high", "percent", 10), Shown("high", "int", 9),
    Shown("base", "int", 9), Shown("low", "int", 9), Shown("below", "int", 9), Shown("unsaid", "int", 9),
)
VIEWS = (Shown("day", "date", 12), Shown("views_all", "int", 9), Shown("views_first", "int", 9))
CHANGES = (
    *_PERSON_SHOWN, Shown("unit_id", width=13), Shown("change", width=9), Shown("from_rank", "int", 8),
    Shown("to_rank", "int", 8), Shown("recorded_at", "datetime", 17), Shown("placed_unit", width=13),
)
MOVES = (
    Shown("changed_on", "date", 12), *_PERSON_SHOWN, Shown("change", width=9), Shown("from_unit_id", width=13),
    Shown("from_choice", "int", 8), Shown("to_unit_id", width=13), Shown("to_choice", "int", 8),
    Shown("pick_move_reason", "long_text", 40), Shown("placed_unit", width=13),
)
INDEX = (
    Shown("chart_number", width=7), Shown("chart", width=28), Shown("chart_rounds", width=12),
    Shown("chart_here", width=10),
)


def method_tables(lookup: Lookup) -> tuple[TableView, ...]:
    """The index of the charts and the tables of those that the round shows and no other module builds."""
    shown = [chart.table for chart in method_charts().charts if chart.shown_in(lookup.result.round)]
    return (chart_index(lookup), *(build(lookup) for table in shown for build in BUILDERS.get(table, ())))


def chart_index(lookup: Lookup) -> TableView:
    """The twelve charts by name with the rounds they belong to."""
    rows = pd.DataFrame([_index_row(chart, lookup) for chart in method_charts().charts], dtype=object)
    return table_view("chart_index", rows, INDEX, lookup.words)


def buyer_register(lookup: Lookup) -> TableView:
    """Chart 1.1: the buyers of the launch by priority."""
    words, people = lookup.words, lookup.people.sort_values("priority_rank", kind="stable")
    shown = people.assign(
        buyer=people["who"],
        purpose=words.labels(people["purpose"], "purpose"),
        commitment=words.labels(people["commitment"], "commitment"),
        state=words.labels(people["state"], "buyer_state"),
    )
    return table_view("buyer_register", shown, REGISTER, words)


def answer_tally(lookup: Lookup) -> TableView:
    """Chart 1.2: answers by question, with their share of those who answered it."""
    rows = answers_said(lookup)
    shown = rows.assign(answer_buyers=rows["buyers"], answer_share=rows["buyers"] / rows["answered"])
    return table_view("answer_tally", shown, ANSWERS, lookup.words, least=method_charts().least_buyers_to_show)


def answers_said(lookup: Lookup) -> pd.DataFrame:
    """The tally with ``question`` and ``answer`` in the report's language."""
    words, rows = lookup.words, lookup.table("answer_tally")
    form, lang = questionnaire(), lookup.words.lang
    wording = {question.key: question.wording[lang] for question in form}
    options = {
        (question.key, number): option for question in form for number, option in enumerate(question.options[lang], 1)
    }
    asked = rows["question_key"].map(wording)
    chosen = pd.Series(list(zip(rows["question_key"], rows["option_no"], strict=True)), index=rows.index).map(options)
    own_words = rows["answer"].where(rows["answer"] != OTHER_ANSWERS, words("other_answers"))
    return rows.assign(
        question=asked.where(asked.notna(), rows["question"]),
        answer=chosen.where(chosen.notna(), own_words),
    )


def unit_picks(lookup: Lookup) -> TableView:
    """Chart 1.3: how many buyers name each unit first, second, third or later; the units named most first."""
    rows = lookup.table("unit_picks").set_index("unit_id").sort_values("place")
    stock = lookup.stock[["unit_id", "layout", "area_m2", "floor", "status"]].loc[rows.index]
    shown = stock.join(rows).assign(status=lookup.words.labels(stock["status"], "status"))
    return table_view("unit_picks", shown.rename(columns={"buyers": "pick_buyers"}), PICKS, lookup.words)


def pick_feedback(lookup: Lookup) -> TableView:
    """Chart 2.3: which edge of the band each pick's buyer accepts, and the objection."""
    words = lookup.words
    rows = lookup.with_buyer(lookup.table("pick_feedback"), _PERSON)
    rows = lookup.with_unit(rows, ["layout", "low_total_yuan", "base_total_yuan", "high_total_yuan"])
    shown = rows.assign(
        buyer=rows["who"],
        edge=words.labels(rows["edge"], "edge"),
        edge_basis=words.labels(rows["basis"], "edge_basis"),
        objection=_objections(rows, words.lang),
        band_low_yuan=rows["low_total_yuan"],
        band_base_yuan=rows["base_total_yuan"],
        band_high_yuan=rows["high_total_yuan"],
    )
    return table_view("pick_feedback", shown, FEEDBACK, words)


def feedback_shares(lookup: Lookup) -> TableView:
    """Chart 2.3 in short: picks that accept each edge of the band, all of them and by layout."""
    rows = lookup.table("feedback_shares")
    shown = rows.assign(
        feedback_group=rows["name"].where(rows["scope"] != "all", lookup.words("all_layouts")),
        **{f"share_{edge}": rows[f"accept_{edge}"] / rows["picks"] for edge in ("low", "base", "high")},
    )
    return table_view("feedback_shares", shown, SHARES, lookup.words)


def showflat_views(lookup: Lookup) -> TableView:
    """Chart 2.4: buyers by day, one column per consultant."""
    words, rows = lookup.words, lookup.table("showflat_views")
    days = rows[rows["scope"] == DAY].set_index("day", drop=False).rename_axis(None)
    each = rows[rows["scope"] == BY_CONSULTANT].pivot(index="day", columns="consultant", values="buyers")
    names = sorted(each.columns, key=lambda name: (name == "", name))
    keys = {name: f"consultant.{place}" for place, name in enumerate(names)}
    shown = days.join(each.rename(columns=keys)).assign(views_all=days["buyers"], views_first=days["first_time_buyers"])
    columns = (
        *(column_view(column, words) for column in VIEWS),
        *(ColumnView(keys[name], name or words("no_consultant"), "int", 9) for name in names),
    )
    return view_of("showflat_views", shown, columns, words)


def pick_changes(lookup: Lookup) -> TableView:
    """Chart 3.1: what buyers changed since the round before, by priority."""
    rows = lookup.with_buyer(lookup.table("pick_changes"), [*_PERSON, "placed_unit", "priority_rank"])
    ranks = rows[["from_rank", "to_rank"]].astype("float64")
    shown = rows.assign(
        buyer=rows["who"],
        change=lookup.words.labels(rows["change"], "change"),
        from_rank=ranks["from_rank"].where(ranks["from_rank"] > 0),
        to_rank=ranks["to_rank"].where(ranks["to_rank"] > 0),
    )
    return table_view("pick_changes", shown.sort_values("priority_rank", kind="stable"), CHANGES, lookup.words)


def pick_moves(lookup: Lookup) -> TableView:
    """Chart 3.1 from day to day: what each buyer gave up for what since the run before, newest first."""
    words = lookup.words
    rows = lookup.with_buyer(lookup.table("pick_moves"), [*_PERSON, "placed_unit", "priority_rank"])
    shown = rows.assign(
        buyer=rows["who"].where(rows["who"] != "", rows["buyer_id"]),
        change=words.labels(rows["change"], "change"),
        from_choice=rows["from_rank"].astype("float64").where(rows["from_rank"] > 0),
        to_choice=rows["to_rank"].astype("float64").where(rows["to_rank"] > 0),
        pick_move_reason=words.labels(rows["reason"], "pick_move_reason"),
    )
    newest = shown.sort_values(["changed_on", "priority_rank"], ascending=[False, True], kind="stable")
    return table_view("pick_moves", newest, MOVES, words)


def _objections(rows: pd.DataFrame, lang: str) -> pd.Series:
    """Each objection in the report's language where it is an option of the form, else in the buyer's words."""
    options = next(question.options[lang] for question in questionnaire() if question.key == "objection")
    chosen = rows["objection_no"].map(dict(enumerate(options, 1)))
    return chosen.where(chosen.notna(), rows["objection"])


def _index_row(chart: MethodChart, lookup: Lookup) -> Mapping[str, str]:
    words = lookup.words
    rounds = words("list_comma").join(words("round_number", round=number) for number in chart.rounds)
    here = words("yes") if chart.shown_in(lookup.result.round) else ""
    name = words(f"chart_name.{chart.table}")
    return {"chart_number": chart.number, "chart": name, "chart_rounds": rounds, "chart_here": here}


BUILDERS: Mapping[str, tuple[Callable[[Lookup], TableView], ...]] = {
    "buyer_register": (buyer_register,),
    "answer_tally": (answer_tally,),
    "unit_picks": (unit_picks,),
    "scoring_standard": (scoring_standard,),
    "pick_feedback": (feedback_shares, pick_feedback),
    "showflat_views": (showflat_views,),
    "pick_changes": (pick_moves, pick_changes),
    "hand_outs": (hand_outs,),
}
