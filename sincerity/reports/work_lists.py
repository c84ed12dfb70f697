"""Each consultant's own list for the day: whom to steer where, whom to call, what to ask.

A list holds the consultant's own buyers and no one else's; buyers without a consultant have a list of their own.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from sincerity.reports.buyer_tables import steering_rows
from sincerity.reports.facade import natural_key
from sincerity.reports.formatting import joined, texts_of
from sincerity.reports.lookup import Lookup
from sincerity.reports.sincerity_table import step_sentences
from sincerity.reports.view import TableView
from sincerity.reports.view_tables import Shown, cells, column_view
from sincerity.reports.work_list_rules import work_list_rules

NO_CONSULTANT = ""
ASKABLE_LINES = ("price_acceptance", "pick_clarity", "commitment")
TASKS = ("steer", "contact", "soft", "ask")
COLUMNS = (
    Shown("task", width=10), Shown("buyer", width=12), Shown("buyer_id", width=12), Shown("phone_masked", width=13),
    Shown("grade", width=6), Shown("priority_rank", "int", 8), Shown("from_unit", width=13),
    Shown("to_unit", width=13), Shown("price_gap_yuan", "yuan", 12), Shown("total_yuan", "yuan", 13),
    Shown("what_to_do", "long_text", 56), Shown("last_contact_at", "datetime", 17),
)
_PERSON = ["who", "consultant", "phone_masked", "grade", "priority_rank", "last_contact_at"]


def work_lists(lookup: Lookup) -> Mapping[str, TableView]:
    """Consultant → list, consultants in natural order, the list of buyers without one last."""
    tasks = pd.concat([_to_steer(lookup), _to_contact(lookup), _soft(lookup), _to_ask(lookup)], ignore_index=True)
    tasks = tasks.assign(
        order=tasks["task"].map({task: place for place, task in enumerate(TASKS)}),
        buyer=tasks["who"],
        task=lookup.words.labels(tasks["task"], "task"),
    ).sort_values(["order", "priority_rank", "buyer_id"], kind="stable")
    names = sorted(set(lookup.people["consultant"]), key=lambda name: (name == NO_CONSULTANT, natural_key(name), name))
    own = dict(tuple(tasks.groupby("consultant", sort=False)))
    return {name: _list_of(name, own.get(name, tasks.iloc[:0]), lookup) for name in names}


def _list_of(consultant: str, tasks: pd.DataFrame, lookup: Lookup) -> TableView:
    words, rules = lookup.words, work_list_rules()
    return TableView(
        key="work_list",
        title=words("table.work_list.title", consultant=consultant or words("no_consultant")),
        note=words(
            "table.work_list.note",
            silence=words("list_comma").join(
                words("silence_of_grade", grade=grade, days=days) for grade, days in rules.silence_days.items()
            ),
            soft=words(
                "soft_said", days=rules.soft_silent_days, grades=words("list_comma").join(rules.soft_grades)
            ),
        ),
        columns=tuple(column_view(column, words) for column in COLUMNS),
        rows=tuple(zip(*(cells(tasks[column.key]) for column in COLUMNS), strict=True)),
    )


def _to_steer(lookup: Lookup) -> pd.DataFrame:
    """One row per substitute offered; why the unit was lost without the name of who got it."""
    rows = steering_rows(lookup, name_takers=False)
    rows = lookup.with_buyer(rows[["buyer_id", "from_unit", "to_unit", "price_gap_yuan", "total_yuan", "gives_up",
                                   "reason"]], _PERSON)
    costs = lookup.words.phrase("gives_up_said", {"what": rows["gives_up"]}).where(rows["gives_up"] != "", "")
    return rows.assign(task="steer", what_to_do=joined([rows["reason"], costs], lookup.words("list_semicolon")))


def _to_contact(lookup: Lookup) -> pd.DataFrame:
    """Active buyers of a grade with a limit who have not come, called or written for so long before the cutoff."""
    people = lookup.people[lookup.people["state"] == "active"]
    limit = people["grade"].map(work_list_rules().silence_days)
    silent = _days_since(people["last_contact_at"].fillna(people["registered_on"]), lookup)
    due = silent >= limit
    rows = people[due]
    days = texts_of(silent[due] // 1, "{:.0f}".format)
    words = lookup.words
    said = words.phrase("contact.silent", {"days": days, "limit": texts_of(limit[due], "{:.0f}".format)})
    never = words.phrase("contact.never", {"days": days, "limit": texts_of(limit[due], "{:.0f}".format)})
    return _tasks(rows, "contact", said.where(rows["last_contact_at"].notna(), never))


def _soft(lookup: Lookup) -> pd.DataFrame:
    """Active subscribers who have been silent since, or whose grade says that the subscription stands alone."""
    rules, words = work_list_rules(), lookup.words
    people = lookup.people[(lookup.people["state"] == "active") & (lookup.people["commitment"] != "none")]
    newest = people[["last_contact_at", "subscribed_on"]].max(axis=1).fillna(people["registered_on"])
    silent = _days_since(newest, lookup)
    quiet, low = silent >= rules.soft_silent_days, people["grade"].isin(rules.soft_grades)
    days = texts_of(silent // 1, "{:.0f}".format)
    reasons = joined([
        words.phrase("soft.silent", {"days": days}).where(quiet, ""),
        words.phrase("soft.low", {"grade": people["grade"]}).where(low, ""),
    ], words("list_semicolon"))
    commitments = words.labels(people["commitment"], "commitment")
    said = words.phrase("soft.ask", {"commitment": commitments, "why": reasons})
    return _tasks(people, "soft", said)[quiet | low]


def _days_since(moment: pd.Series, lookup: Lookup) -> pd.Series:
    return (pd.Timestamp(lookup.result.cutoff) - moment) / pd.Timedelta(days=1)


def _to_ask(lookup: Lookup) -> pd.DataFrame:
    """Buyers whose grade hangs on something a consultant can ask, and buyers the record is silent about."""
    steps = lookup.table("next_steps")
    settling = steps[(steps["reaches_grade"] != "") & steps["line"].isin(ASKABLE_LINES)]
    settling = settling.drop_duplicates("buyer_id")
    asked = lookup.people.loc[settling["buyer_id"]]
    said = step_sentences(settling, lookup).set_axis(asked.index)
    unknown = lookup.people[(lookup.people["grade"] == "U") & ~lookup.people.index.isin(asked.index)]
    reasons = lookup.words.labels(unknown["grade_reason"], "ask")
    return pd.concat([_tasks(asked, "ask", said), _tasks(unknown, "ask", reasons)])


def _tasks(people: pd.DataFrame, task: str, what_to_do: pd.Series) -> pd.DataFrame:
    """Tasks that concern no unit."""
    return people[["buyer_id", *_PERSON]].assign(
        task=task, what_to_do=what_to_do, from_unit="", to_unit="", price_gap_yuan=float("nan"),
        total_yuan=float("nan"),
    )
