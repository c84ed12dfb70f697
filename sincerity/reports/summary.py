"""The words at the top of a report: the headline, the figures, and what the reader must know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sincerity.reports.audit_table import audit_findings
from sincerity.reports.chance_tables import chance_notices
from sincerity.reports.formatting import count_text, share_text
from sincerity.reports.lookup import Lookup
from sincerity.reports.run_tables import unavailable_items
from sincerity.reports.view import Fact


def headline(lookup: Lookup) -> str:
    """One sentence for an executive: registered, named, placed, first choices, who still looks, what nobody names."""
    table = lookup.table
    plan, demand = table("allocation"), table("demand")
    stock = lookup.stock[lookup.stock["status"] == "available"]
    placed = plan["buyer_id"].nunique()
    looking = demand.loc[demand["reason"] != "buyer_inactive", "buyer_id"]
    first = int((plan["choice_rank"] == 1).sum())
    return lookup.words(
        "headline",
        buyers=count_text(len(table("buyers"))),
        named=count_text(int((stock["named_by"] > 0).sum())),
        units=count_text(len(stock)),
        placed=count_text(placed),
        first=count_text(first),
        first_share=share_text(first, len(plan)),
        unplaced=count_text(looking[~looking.isin(plan["buyer_id"])].nunique()),
        uncovered=count_text(int((stock["named_by"] == 0).sum())),
    )


def facts(lookup: Lookup) -> tuple[Fact, ...]:
    """The office's rates, each with numerator, denominator and what they count."""
    return tuple(
        Fact(
            key=kpi,
            label=lookup.words(f"kpi.{kpi}"),
            value=share_text(numerator, denominator),
            detail=lookup.words(
                "fact_detail",
                numerator=count_text(numerator),
                denominator=count_text(denominator),
                definition=lookup.words(f"kpi_definition.{kpi}"),
            ),
        )
        for kpi, numerator, denominator in lookup.table("kpis").itertuples(index=False)
    )


def notices(lookup: Lookup) -> tuple[str, ...]:
    """What the reader must know before trusting a number, most serious first."""
    return tuple(notice for check in NOTICES for notice in check(lookup))


def _audit(lookup: Lookup) -> Iterable[str]:
    findings = audit_findings(lookup.result.audit, lookup.words.lang)
    if findings:
        yield lookup.words("notice.audit", findings=count_text(len(findings)), first=findings[0])


def _unproven(lookup: Lookup) -> Iterable[str]:
    if lookup.result.status != "proven":
        yield lookup.words("notice.unproven")


def _collisions(lookup: Lookup) -> Iterable[str]:
    sets = lookup.table("collisions")["set_no"].nunique()
    if sets:
        yield lookup.words("notice.collisions", sets=count_text(sets))


def _shortfall(lookup: Lookup) -> Iterable[str]:
    missed = lookup.table("targets").query("shortfall > 0")
    for layout, least, placed in zip(missed["layout"], missed["min_units"], missed["placed"], strict=True):
        yield lookup.words(
            "notice.shortfall",
            layout=layout or lookup.words("all_layouts"),
            least=count_text(least),
            placed=count_text(placed),
        )


def _not_available(lookup: Lookup) -> Iterable[str]:
    settings = lookup.result.settings
    missing = unavailable_items(settings, lookup.result.round)
    if missing:
        labels = {item.item: item.label[lookup.words.lang] for item in settings.scorecard.items}
        yield lookup.words("notice.not_available",
                           items=lookup.words("list_comma").join(labels[item] for item in missing))


def _thin_evidence(lookup: Lookup) -> Iterable[str]:
    least = lookup.result.settings.grades.thin_evidence_points
    thin = lookup.table("scores").query("available_points < @least")
    if len(thin):
        yield lookup.words(
            "notice.thin_evidence",
            buyers=count_text(len(thin)),
            points=count_text(thin["available_points"].min()),
            least=count_text(least),
        )


def _flags(lookup: Lookup) -> Iterable[str]:
    flags = lookup.table("flags")
    if len(flags):
        yield lookup.words(
            "notice.flags", flags=count_text(len(flags)), consultants=count_text(flags["consultant"].nunique())
        )


def _notes(lookup: Lookup) -> Iterable[str]:
    """Warnings of the run, one line per kind: the first of its kind in full, the others counted."""
    warnings = [note for note in lookup.result.notes if note.severity == "warning"]
    counts = Counter(note.code for note in warnings)
    shown: set[str] = set()
    for note in warnings:
        if note.code not in shown:
            shown.add(note.code)
            others = counts[note.code] - 1
            what = " · ".join(part for part in (note.place(), note.what(lookup.words.lang)) if part)
            yield what + (lookup.words("notice.more", others=count_text(others)) if others else "")


NOTICES = (
    _audit, _unproven, _collisions, _shortfall, _not_available, _thin_evidence, chance_notices, _flags, _notes,
)
