"""What must hold between the rows and tables of a launch: a list to read, each entry one rule.

A check takes the parsed launch and returns its problems. It skips neutral values ("" · NaN · NaT · 0), which stand
where a cell had a fault that is reported already.
"""

from __future__ import annotations

from collections.abc import Callable

from sincerity.domain import Launch
from sincerity.intake import check_buyers, check_ids, check_picks, check_targets, check_times, check_units
from sincerity.problems import Problem

Check = Callable[[Launch], list[Problem]]

CHECKS: tuple[Check, ...] = (
    check_ids.duplicate_units,
    check_ids.duplicate_buyers,
    check_ids.swapped_ids,
    check_ids.unknown_buyers,
    check_ids.unknown_units,
    check_ids.duplicate_outcomes,
    check_units.two_in_one_place,
    check_units.odd_areas,
    check_units.odd_prices,
    check_units.layout_with_two_room_counts,
    check_units.spelled_twice,
    check_units.nothing_for_sale,
    check_buyers.shared_phones,
    check_buyers.phone_in_two_households,
    check_buyers.household_with_two_consultants,
    check_buyers.duplicate_queue_numbers,
    check_buyers.subscribed_before_registered,
    check_buyers.commitment_and_date,
    check_buyers.left_with_picks,
    check_times.recorded_before_it_happened,
    check_times.registered_after_first_contact,
    check_times.imported_twice,
    check_picks.two_on_one_rank,
    check_picks.one_unit_twice,
    check_picks.gaps_in_ranks,
    check_picks.off_market,
    check_picks.odd_ceilings,
    check_targets.unknown_layouts,
    check_targets.targets_twice,
    check_targets.targets_crossed,
    check_targets.keep_and_forbid,
    check_targets.kept_twice,
    check_targets.keeps_that_cannot_hold,
    check_targets.keeps_for_the_gone,
)

CHECKS_AGAINST_SETTINGS: tuple[Check, ...] = (
    check_ids.unknown_in_outcomes,
    check_units.price_outside_band,
    check_times.in_the_future,
    check_times.of_another_era,
    check_times.after_the_last_cutoff,
    check_picks.rounds_not_planned,
    check_targets.keeps_above_quota,
)


def check_launch(launch: Launch, settings_known: bool = True) -> tuple[Problem, ...]:
    """The problems of every check; without known settings only those that need none."""
    checks = CHECKS + (CHECKS_AGAINST_SETTINGS if settings_known else ())
    return tuple(problem for check in checks for problem in check(launch))
