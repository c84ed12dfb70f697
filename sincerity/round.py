"""One screening round, from the launch folder to the published report: the product's story on one page.

    intake → what was known → scores → instance → plan → explanations → forecast → what changed → audit → reports

Each line of ``work_out`` is one stage. A newcomer reads this module first and goes down from here, never back up.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pandas as pd

from sincerity.allocation.audit import audit, audit_parameters
from sincerity.allocation.build import build_instance
from sincerity.allocation.collisions import collisions, hard_problems
from sincerity.allocation.decision_costs import decision_costs
from sincerity.allocation.demand import demand_table
from sincerity.allocation.explanations import explanations
from sincerity.allocation.instance import Plan
from sincerity.allocation.solve import solve
from sincerity.beyond_the_round import with_ballot, with_levers, with_review
from sincerity.buyer_register import buyer_register
from sincerity.calibration.buyer_chances import round_chances
from sincerity.charts.pick_moves import pick_moves
from sincerity.charts.story import round_charts
from sincerity.choices import (
    Choices,
    LookBack,
    Problems,
    RoundOutcome,
    Say,
    chosen_launch,
    current_round,
    own_outcomes,
)
from sincerity.domain import PUBLISHED_DECISIONS, Background, Known, Launch, RoundResult, Scores
from sincerity.earlier_rounds import EarlierRound, earlier_rounds, rates_by_round
from sincerity.forecasting import round_forecast
from sincerity.intake.launch_file import with_lines
from sincerity.known import known_at
from sincerity.kpi import kpis
from sincerity.method_charts import chart_shown
from sincerity.pricing.plan import price_findings
from sincerity.problems import has_errors
from sincerity.register.deadlines import screening_day
from sincerity.register.since import since_tables
from sincerity.reports.flowering_chart import flowering_chart
from sincerity.reports.hand_out_books import write_hand_outs
from sincerity.reports.page import render_page
from sincerity.reports.picture import draw_png, missing_font
from sincerity.reports.poster import draw_svg
from sincerity.reports.price_files import write_price_files
from sincerity.reports.viewmodel import build_report
from sincerity.reports.wave_chart import wave_chart
from sincerity.reports.workbook import write_control_sheet
from sincerity.rulings import contradictions_with_table, newest_rulings, rulings_until
from sincerity.scoring.card import card_warnings
from sincerity.scoring.score import score_buyers
from sincerity.second_process import Worker
from sincerity.settings import Settings
from sincerity.tables import write_tables
from sincerity.texts import LANGUAGES


def run_round(
    folder: Path,
    choices: Choices | None = None,
    say: Say = lambda stage: None,
    look_back: LookBack = lambda launch, number: None,
) -> RoundOutcome:
    """The round's result for the launch in ``folder``; nothing is published.

    ``say`` hears the code of each stage as it begins. ``look_back`` tells of the runs before; without it the round
    stands alone. Bad input gives problems and no result.
    """
    chosen = choices or Choices()
    say("read")
    launch, problems = chosen_launch(folder, chosen)
    if launch is None:
        return RoundOutcome(problems, None)
    number = chosen.round or current_round(launch, chosen.as_of)
    outcome = work_out(launch, number, chosen.as_of, say, look_back(launch, number))
    if outcome.result is not None:
        outcome = replace(outcome, result=_with_more(launch, outcome.result, chosen, say))
    return replace(outcome, problems=with_lines(folder, (*problems, *outcome.problems)))


def work_out(
    launch: Launch,
    number: int,
    as_of: datetime | None = None,
    say: Say = lambda stage: None,
    background: Background | None = None,
) -> RoundOutcome:
    """Round ``number`` of a validated launch, stage after stage; among equally good plans the one nearest to the
    plan in ``background``."""
    settings = launch.settings
    previous = background.tables["allocation"] if background and background.tables else None
    say("score")
    known, notes = known_at(launch, number, as_of)
    earlier = earlier_rounds(launch, known)
    scores = score_buyers(known, settings, previous=earlier[-1].scores.buyers if earlier else None)
    say("allocate")
    demand = demand_table(known, scores.buyers, settings)
    instance = build_instance(demand, scores.buyers, known, settings, previous)
    contradictions = (*hard_problems(instance), *contradictions_with_table(launch, known.cutoff))
    if contradictions:
        return RoundOutcome((*notes, *contradictions), None)
    policy = settings.policies[settings.policy]
    plan = solve(instance, policy, settings.time_limit_s)
    say("explain")
    explained = explanations(instance, plan, demand, scores.buyers, known, settings, previous)
    chances = round_chances(scores, launch.chance_model)
    say("prices")
    prices = price_findings(known, demand, scores.buyers, settings)
    if has_errors(prices.problems):
        return RoundOutcome((*notes, *prices.problems), None)
    say("forecast")
    forecast = round_forecast(
        launch, known, scores.buyers, demand, explained["allocation"], explained["steering"],
        before=earlier[-1] if earlier else None,
    )
    counted = _rates_and_charts(launch, known, earlier, scores, demand, explained["allocation"], as_of)
    decided = _rulings_and_costs(launch, known, plan, scores, previous)
    tables = _published_tables(known, scores, demand, settings, {
        **explained, **chances, **forecast, **counted, **prices.tables, **decided, "collisions": collisions(instance),
    })
    screened_on = screening_day(known, as_of)
    since, reminders = since_tables(launch, screened_on, background, tables)
    same_round = background.tables if background and background.round == number else None
    tables = {**tables, **since, "pick_moves": pick_moves(same_round, known, demand, screened_on)}
    say("audit")
    findings = audit(tables, audit_parameters(settings, policy, plan.status))
    notes = (*notes, *card_warnings(known, settings), *reminders, *prices.problems)
    result = RoundResult(
        settings, number, known.cutoff, policy.name, plan.status, plan.path, tables, findings,
        launch.sources, launch.files, notes, screened_on, background.mark if background else None,
    )
    return RoundOutcome(notes, result, launch)


def _rates_and_charts(
    launch: Launch,
    known: Known,
    earlier: tuple[EarlierRound, ...],
    scores: Scores,
    demand: pd.DataFrame,
    allocation: pd.DataFrame,
    as_of: datetime | None,
) -> Mapping[str, pd.DataFrame]:
    """The glossary's rates, by round too, and what the method's charts count."""
    rates = kpis(known, demand, allocation, scores.buyers)
    return {
        **round_charts(known, earlier[-1].known if earlier else None, scores.buyers, demand, launch.settings),
        "kpis": rates,
        "round_kpis": rates_by_round(earlier, known, rates, own_outcomes(launch, as_of)),
    }


def _rulings_and_costs(
    launch: Launch, known: Known, plan: Plan, scores: Scores, previous: pd.DataFrame | None
) -> Mapping[str, pd.DataFrame]:
    """The rulings in force at the cutoff, and what the newest of them cost in each goal."""
    newest = newest_rulings(launch.rulings, known.cutoff)
    return {
        "rulings": rulings_until(launch.rulings, known.cutoff),
        "decision_costs": decision_costs(plan, known, newest, scores.buyers, launch.settings, previous),
    }


def _with_more(launch: Launch, result: RoundResult, chosen: Choices, say: Say) -> RoundResult:
    """The result with what the person asked for beyond the round."""
    if chosen.levers:
        say("levers")
        result = with_levers(launch, result, chosen.as_of, chosen.held_back)
    if chosen.digits:
        result = with_ballot(result, chosen.digits)
    return with_review(launch, result, chosen.as_of) if chosen.close else result


def write_reports(result: RoundResult, folder: Path, beside: Worker) -> Problems:
    """Writes every file of the round but the manifest into ``folder``; gives what the reader must know about them.

    ``beside`` takes over the hand-outs and the pictures; the caller waits for it to finish.
    """
    beside.begin(_write_hand_outs, result, folder)
    language = result.settings.language
    drawings = {
        name: draw_svg(chart(result, language, result.settings.theme))
        for name, chart in (("flowering_chart", flowering_chart), ("flowering_chart_waves", wave_chart))
    }
    beside.begin(_write_pictures, drawings, folder)
    write_tables(result.tables, folder / "tables")
    _write_json(result.audit, folder / "audit.json")
    notes = missing_font(drawings["flowering_chart_waves"])
    noted = replace(result, notes=(*result.notes, *notes))
    reports = {lang: build_report(noted, lang) for lang in LANGUAGES}
    write_control_sheet(reports[language], folder / "control_sheet.xlsx")
    write_price_files(result, folder)
    (folder / "report.html").write_text(render_page(reports, language), encoding="utf-8", newline="\n")
    return notes


def _write_hand_outs(result: RoundResult, folder: Path) -> None:
    if chart_shown("hand_outs", result.round):
        write_hand_outs(result, result.settings.language, folder)


def _write_pictures(drawings: Mapping[str, str], folder: Path) -> None:
    for name, drawing in drawings.items():
        (folder / f"{name}.svg").write_text(drawing, encoding="utf-8", newline="\n")
        picture = draw_png(drawing)[0]
        if picture is not None:
            (folder / f"{name}.png").write_bytes(picture)


def _published_tables(
    known: Known, scores: Scores, demand: pd.DataFrame, settings: Settings, explained: Mapping[str, pd.DataFrame]
) -> Mapping[str, pd.DataFrame]:
    return {
        "units": known.units,
        "buyers": buyer_register(known, settings, scores.buyers["buyer_id"]),
        "scores": scores.buyers,
        "score_lines": scores.lines,
        "next_steps": scores.next_steps,
        "flags": scores.flags,
        "demand": demand,
        **explained,
        "late_entries": known.late_entries,
        "decisions": PUBLISHED_DECISIONS.frame(known.decisions),
    }


def _write_json(content: Mapping[str, object], path: Path) -> None:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
