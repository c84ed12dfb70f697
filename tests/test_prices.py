from __future__ import annotations

from fractions import Fraction
from math import floor

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from sincerity import domain
from sincerity.prices import PRICE_DECIMALS, quote_units, total_yuan
from tests.cases import five_by_four, settings, table


def _units(**cells) -> pd.DataFrame:
    record = {"unit_id": "u", "building": "1", "floor": 1, "layout": "2BR", "area_m2": 100.0,
              "base_price_yuan_per_m2": 20_000.0}
    return table(domain.UNITS, [record | cells])


def test_execution_price_wins_and_the_band_stays_on_the_base_price():
    quoted = quote_units(_units(price_yuan_per_m2=21_000.0), settings())
    row = quoted.iloc[0]
    assert row["total_yuan"] == 2_100_000
    assert (row["low_total_yuan"], row["base_total_yuan"], row["high_total_yuan"]) == (1_940_000, 2_000_000, 2_060_000)
    assert row["price_yuan_per_m2"] == 21_000


def test_base_price_stands_in_for_a_missing_execution_price():
    row = quote_units(_units(), settings()).iloc[0]
    assert row["price_yuan_per_m2"] == 20_000 and row["total_yuan"] == 2_000_000


def test_quoted_units_fit_their_schema_and_keep_the_row_order():
    launch = five_by_four()
    quoted = domain.QUOTED_UNITS.check(quote_units(launch.units.iloc[::-1], launch.settings))
    assert quoted["unit_id"].tolist() == ["1-202", "1-201", "1-102", "1-101"]


def test_half_a_yuan_goes_up_where_floats_would_go_down():
    # 10 001 × 50.5 = 505 050.5; 1 000.1 × 50.05 = 50 055.005
    prices, areas = pd.Series([10_001.0, 1_000.1, 10_000.0]), pd.Series([50.5, 50.05, 60.00])
    assert total_yuan(prices, areas).tolist() == [505_051, 50_055, 600_000]


def test_band_edges_round_half_up_from_the_unrounded_base_total():
    # base 1 000.50 × 10.50 = 10 505.25; ×0.97 = 10 190.0925; ×1.03 = 10 820.4075
    row = quote_units(_units(area_m2=10.5, base_price_yuan_per_m2=1_000.5), settings()).iloc[0]
    assert (row["low_total_yuan"], row["base_total_yuan"], row["high_total_yuan"]) == (10_190, 10_505, 10_820)


@given(st.integers(50_000, 50_000_000), st.integers(1_000, 200_000), st.sampled_from([-300, -1, 0, 1, 250, 300, 5000]))
def test_totals_equal_exact_fractions(price_cents, area_hundredths, step_basis_points):
    exact = Fraction(price_cents, 100) * Fraction(area_hundredths, 100) * (1 + Fraction(step_basis_points, 10_000))
    got = total_yuan(pd.Series([price_cents / 100]), pd.Series([area_hundredths / 100]), step_basis_points / 10_000)
    assert got.tolist() == [floor(exact + Fraction(1, 2))]


@given(st.integers(5_000_000, 5_000_000_000), st.integers(1_000, 200_000), st.sampled_from([-5000, -300, 0, 300, 5000]))
def test_finer_prices_are_exact_to_the_ends_of_what_is_allowed(price_parts, area_hundredths, step_basis_points):
    exact = Fraction(price_parts, 10_000) * Fraction(area_hundredths, 100) * (1 + Fraction(step_basis_points, 10_000))
    got = total_yuan(pd.Series([price_parts / 10_000]), pd.Series([area_hundredths / 100]), step_basis_points / 10_000)
    assert got.tolist() == [floor(exact + Fraction(1, 2))]


@given(st.integers(1, 1_000_000), st.integers(1_000, 200_000))
def test_a_whole_total_is_told_to_the_yuan_by_its_price(total_thousands, area_hundredths):
    price = round(total_thousands * 1_000 / (area_hundredths / 100), PRICE_DECIMALS)
    assert total_yuan(pd.Series([price]), pd.Series([area_hundredths / 100])).tolist() == [total_thousands * 1_000]
