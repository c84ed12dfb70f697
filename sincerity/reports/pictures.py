"""The method's charts as drawings above their tables: what the tables count, seen at a glance on a phone."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from sincerity.domain.charts import BY_CONSULTANT, DAY
from sincerity.reports.bar_charts import FEEDBACK, PLAIN, RANKS, Bar, BarChart, draw_bars
from sincerity.reports.day_columns import DayChart, DayRow, draw_days
from sincerity.reports.formatting import count_text, share_text
from sincerity.reports.lookup import Lookup
from sincerity.reports.method_tables import answers_said
from sincerity.reports.view import Picture, TableView
from sincerity.texts import text

HOTTEST, LISTED, CONSULTANTS = 15, 24, 12  # units drawn, units listed by name, consultants drawn
_RANKS = ("first", "second", "third", "later")
_EDGES = ("high", "base", "low", "below", "unsaid")
_MEASURES = ("placed", "first_choices", "justified_envy")
_NEAR = 1e-9


def pictures(lookup: Lookup, tables: Mapping[str, TableView]) -> Mapping[str, Picture]:
    """The drawings of ``tables`` that have one and any rows to draw, by the table's key."""
    return {key: draw(lookup) for key, draw in PICTURES.items() if key in tables and tables[key].rows}


def answer_tally(lookup: Lookup) -> Picture:
    """Chart 1.2: one drawing per question, its answers as shares of those who answered."""
    table, say = answers_said(lookup), _Say(lookup, "answer_tally")
    charts = []
    for (_, question, answered), rows in table.groupby(["question_no", "question", "answered"], sort=False):
        bars = tuple(
            Bar(answer, say("bar", buyers=count_text(buyers), share=share_text(buyers, answered)), (buyers,))
            for answer, buyers in zip(rows["answer"], rows["buyers"].tolist(), strict=True)
        )
        charts.append(BarChart(question, say("answered", buyers=count_text(answered)), bars, answered))
    return say.picture(charts)


def unit_picks(lookup: Lookup) -> Picture:
    """Chart 1.3: the units named most by rank, all units on sale by how many name them, and those nobody names."""
    say, picks = _Say(lookup, "unit_picks"), lookup.table("unit_picks").sort_values("place")
    hottest = lookup.with_unit(picks[picks["buyers"] > 0].head(HOTTEST), ["layout"])
    levels = lookup.table("pick_levels")
    stock = lookup.stock[lookup.stock["status"] == "available"]["unit_id"]
    nobody = stock[stock.isin(picks.loc[picks["buyers"] == 0, "unit_id"])].tolist()
    ranks = [tuple(row) for row in hottest[list(_RANKS)].to_numpy().tolist()]
    return say.picture([
        BarChart(
            say("hottest", units=len(hottest)), say("hottest_described"),
            tuple(
                Bar(f"{unit} · {layout}", say("buyers", buyers=count_text(buyers)), parts)
                for unit, layout, buyers, parts in zip(
                    hottest["unit_id"], hottest["layout"], hottest["buyers"], ranks, strict=True)
            ),
            int(hottest["buyers"].max()) if len(hottest) else 1, RANKS, tuple(say(rank) for rank in _RANKS),
        ),
        BarChart(
            say("levels"), say("levels_described"),
            tuple(
                Bar(_level(say, low, high), say("units", units=count_text(units)), (units,))
                for low, high, units in zip(
                    levels["at_least"], levels["at_most"], levels["units"].tolist(), strict=True)
            ),
            int(levels["units"].max()),
        ),
    ], say.listed("nobody", nobody))


def price_band(lookup: Lookup) -> Picture:
    """Chart 2.0: who still accepts each price of the band, for the launch and for each layout; units at its edges."""
    say, settings, rows = _Say(lookup, "price_band"), lookup.result.settings, lookup.table("price_acceptance")
    inside = rows["price_share"].between(settings.band_low - _NEAR, settings.band_high + _NEAR)
    rows = rows[rows["scope"].isin(["all", "layout"]) & inside]
    charts = []
    for (_, name, buyers), prices in rows.groupby(["scope", "name", "buyers"], sort=False):
        bars = tuple(
            Bar(
                say("price", change=_signed_share(row.price_share)),
                say("accepting", buyers=count_text(row.accepting), share=share_text(row.accepting, buyers)),
                (row.accepting,), (row.low * buyers, row.high * buyers),
            )
            for row in prices.itertuples(index=False)
        )
        title = say("of", group=name or say.all_layouts(), buyers=count_text(buyers))
        charts.append(BarChart(title, say("described"), bars, buyers))
    edges = lookup.table("price_band")
    of_edge = {edge: edges.loc[edges["edge"] == edge, "unit_id"].tolist() for edge in ("upper", "lower")}
    return say.picture(charts, *(say.listed(edge, units) for edge, units in of_edge.items()))


def feedback_shares(lookup: Lookup) -> Picture:
    """Chart 2.3: picks by the highest edge of the band their buyers accept, all of them and by layout."""
    say, shares = _Say(lookup, "feedback_shares"), lookup.table("feedback_shares")
    bars = tuple(
        Bar(
            say("of", group=row.name or say.all_layouts(), picks=count_text(row.picks)),
            say("accepting", base=share_text(row.accept_base, row.picks), high=share_text(row.accept_high, row.picks)),
            tuple(getattr(row, edge) for edge in _EDGES), whole=row.picks, strong=row.scope == "all",
        )
        for row in shares.itertuples(index=False)
    )
    legend = tuple(say(edge) for edge in _EDGES)
    return say.picture([BarChart(say("title"), say("described"), bars, int(shares["picks"].max()), FEEDBACK, legend)])


def showflat_views(lookup: Lookup) -> Picture:
    """Chart 2.4: buyers in the show flat by day, everybody's and the busiest consultants'."""
    say, views, sums = _Say(lookup, "showflat_views"), lookup.table("showflat_views"), lookup.table("showflat_sums")
    everybody = sums[sums["scope"] == DAY]
    each = sums[sums["scope"] == BY_CONSULTANT].sort_values("views", ascending=False, kind="stable")
    shown = pd.concat([everybody, each.head(CONSULTANTS)])
    counts = {
        person: tuple(zip(days["day"].dt.date, days["buyers"], days["first_time_buyers"], strict=True))
        for person, days in views.groupby(["scope", "consultant"], sort=False)
    }
    rows = tuple(
        DayRow(
            say("everybody") if row.scope == DAY else row.consultant or lookup.words("no_consultant"),
            say("sum", views=count_text(row.views), busiest=count_text(row.busiest)),
            counts[(row.scope, row.consultant)],
            row.busiest if row.scope == DAY else int(each["busiest"].max()), strong=row.scope == DAY,
        )
        for row in shown.itertuples(index=False)
    )
    first, last = views["day"].min().date(), views["day"].max().date()
    chart = DayChart(
        say("title"), say("described", first=f"{first:%m-%d}", last=f"{last:%m-%d}"), first, last, rows,
        say("first_time"), say("again"),
    )
    more = (say("more", shown=CONSULTANTS, all=len(each)),) if len(each) > CONSULTANTS else ()
    return Picture("showflat_views", (draw_days(chart, lookup.words.lang),), more)


def frontier(lookup: Lookup) -> Picture:
    """The policies side by side, one drawing per measure, the policy in force in bold."""
    say, rows, policies = _Say(lookup, "frontier"), lookup.table("frontier"), lookup.result.settings.policies
    names = [policies[name].label[lookup.words.lang] for name in rows["policy"]]
    in_force = (rows["policy"] == lookup.result.policy).tolist()
    return say.picture([
        BarChart(
            say(measure), say(f"{measure}_described"),
            tuple(
                Bar(say("in_force", policy=name) if ruling else name, count_text(value), (value,), strong=ruling)
                for name, value, ruling in zip(names, rows[measure].tolist(), in_force, strict=True)
            ),
            int(rows[measure].max()), PLAIN,
        )
        for measure in _MEASURES
    ])


PICTURES: Mapping[str, Callable[[Lookup], Picture]] = {
    "answer_tally": answer_tally,
    "unit_picks": unit_picks,
    "price_band": price_band,
    "feedback_shares": feedback_shares,
    "showflat_views": showflat_views,
    "frontier": frontier,
}


class _Say:
    """The words of one picture, and its drawings under ids of their own."""

    def __init__(self, lookup: Lookup, key: str) -> None:
        self.key, self.lang = key, lookup.words.lang

    def __call__(self, name: str, **parts: object) -> str:
        return text(f"picture.{self.key}.{name}", self.lang, **parts)

    def all_layouts(self) -> str:
        return text("picture.all_layouts", self.lang)

    def picture(self, charts: list[BarChart], *notes: str) -> Picture:
        drawn = (draw_bars(chart, self.lang, f"{self.lang}-{self.key}-{n}") for n, chart in enumerate(charts))
        return Picture(self.key, tuple(drawn), tuple(filter(None, notes)))

    def listed(self, name: str, units: list[str]) -> str:
        """The units by name, the first of them where there are many; "" for none."""
        if not units:
            return ""
        between = text("report.list_comma", self.lang)
        more = text("picture.more_units", self.lang) if len(units) > LISTED else ""
        return self(name, count=count_text(len(units)), units=between.join(units[:LISTED]) + more)


def _level(say: _Say, at_least: int, at_most: float) -> str:
    if at_most == 0:
        return say("level_none")
    if pd.isna(at_most):
        return say("level_from", low=at_least)
    return say("level_one", low=at_least) if at_most == at_least else say("level", low=at_least, high=int(at_most))


def _signed_share(share: float) -> str:
    return f"{share:+.0%}".replace("-", "−") if abs(share) > _NEAR else "±0"
