"""Measures of what loans did: each formula on numbers worked by hand, and as the inverse of a roll forward."""

import numpy as np
import pytest

from xlfv.review import actuals


def test_a_rate_over_three_months_compounds_back():
    assert 1 - (1 - actuals.monthly(0.1, 3)) ** 3 == pytest.approx(0.1)
    assert actuals.annual(actuals.monthly(0.06, 12)) == pytest.approx(0.06)


def test_sums_fall_into_their_cohort_and_period_and_others_are_left_out():
    total = actuals.sum_by([1.0, 2.0, 4.0, 8.0], np.array([0, 1, 1, 0]), np.array([0, 1, 1, 2]), 2, 2)
    assert total.tolist() == [[1.0, 0.0], [0.0, 6.0]]


def test_the_scheduled_balance_is_what_paying_month_by_month_leaves():
    balance, rate = np.array([1e5, 2e5, 3e5, 5e4]), np.array([0.06, 0.0, 0.075, 0.08])
    term, waits = np.array([360, 100, 240, 12]), np.array([0, 10, 60, 12])
    seen = actuals.scheduled_balance(balance, rate, term, waits, 120)
    for k in range(4):
        left, r = balance[k], rate[k] / 12
        for month in range(1, 121):
            if month > waits[k] and month <= term[k]:
                n = term[k] - month + 1
                left -= left / n if r == 0 else left * r / ((1 + r) ** n - 1)
            if month >= term[k]:
                left = 0.0
            assert seen[k, month] == pytest.approx(left, abs=1e-6)


def test_measuring_undoes_rolling():
    random = np.random.default_rng(1)
    periods, months, cohorts = 8, 3, 4
    scheduled = 1e6 * np.cumprod(np.column_stack([np.ones(cohorts), 1 - random.random((cohorts, 24)) / 100]), axis=1)
    mdr, smm = random.random((cohorts, periods)) / 50, random.random((cohorts, periods)) / 50
    balance, defaults = actuals.roll(scheduled, np.repeat(mdr, months, axis=1), np.repeat(smm, months, axis=1))
    by_period = defaults[:, 1:].reshape(cohorts, periods, months).sum(axis=2)
    speeds = actuals.measure_speeds(balance[:, ::months], by_period, scheduled, months)
    np.testing.assert_allclose(speeds.mdr, mdr, rtol=1e-9)
    np.testing.assert_allclose(speeds.smm, smm, rtol=1e-9)
    assert np.abs(speeds.missed).max() < 1e-6


def test_a_balance_that_grows_is_held_at_no_prepayment_and_made_good_later():
    scheduled = np.full((1, 7), 100.0)
    speeds = actuals.measure_speeds(np.array([[100.0, 103.0, 90.0]]), np.zeros((1, 2)), scheduled, 3)
    assert speeds.smm[0, 0] == 0
    assert speeds.missed[0] == pytest.approx([3.0, 0.0])
    assert speeds.smm[0, 1] == pytest.approx(1 - 0.9 ** (1 / 3))


def test_a_cohort_that_is_gone_or_all_matures_is_measured_without_dividing_by_zero():
    gone = actuals.measure_speeds(np.array([[100.0, 0.0, 0.0]]), np.array([[40.0, 0.0]]), np.full((1, 7), 100.0), 3)
    assert np.isfinite(gone.smm).all()
    assert gone.missed[0] == pytest.approx([0.0, 0.0])
    scheduled = np.array([[100.0, 60.0, 30.0, 0.0]])
    matured = actuals.measure_speeds(np.array([[100.0, 0.0]]), np.array([[10.0]]), scheduled, 3)
    assert 1 - (1 - matured.mdr[0, 0]) ** 3 == pytest.approx(0.1)
    assert matured.missed[0, 0] == 0


def test_with_everything_resolved_severity_and_lag_are_plain_means():
    seen = actuals.measure_resolution(
        np.array([1.0, 1.0, 2.0]), np.array([3.0, 5.0, 3.0]), np.array([100.0, 100.0, 200.0]), np.array([0.2, 0.6, 0.4]), 9
    )  # fmt: skip
    assert seen.severity == pytest.approx(0.4)
    assert seen.lag == pytest.approx((2 + 4 + 2 * 1) / 4)
    assert (seen.resolved, seen.opened, seen.unresolved) == (3, 3, 0.0)


def test_open_defaults_shift_weight_to_the_slow_ones():
    """Four of 100 each: lag 1 loses 10%, lag 4 loses 70%, two open after 2. At lag 1 a quarter is resolved, at lag 4
    all that is still watched: weights 1/4 and 3/4."""
    seen = actuals.measure_resolution(
        np.array([1.0, 1.0, 3.0, 3.0]), np.array([2.0, 5.0, np.nan, 8.0]), np.full(4, 100.0),
        np.array([0.1, 0.7, np.nan, 0.9]), 5,
    )  # fmt: skip
    assert seen.severity == pytest.approx(0.25 * 0.1 + 0.75 * 0.7)
    assert seen.lag == pytest.approx(0.25 * 1 + 0.75 * 4)
    assert seen.severity_resolved == pytest.approx(0.4)
    assert (seen.resolved, seen.opened) == (2, 4)


def test_what_is_resolved_later_than_known_is_not_looked_at():
    default, balance, loss = np.array([1.0, 2.0, 4.0]), np.array([10.0, 20.0, 30.0]), np.array([0.5, 0.9, 0.1])
    told = actuals.measure_resolution(default, np.array([2.0, 7.0, 5.0]), balance, loss, 3)
    blank = actuals.measure_resolution(default, np.array([2.0, np.nan, np.nan]), balance, np.array([0.5, 0.0, 0.0]), 3)
    assert told == blank
    assert np.isnan(actuals.measure_resolution(default, np.full(3, np.nan), balance, loss, 3).severity)


def test_a_standard_multiple_expects_the_defaults_that_were_seen():
    standard = np.array([0.002, 0.006])
    balance = np.array([100.0, 300.0])
    expected = balance * (1 - (1 - standard) ** 0.25)
    assert actuals.standard_multiple(2 * expected, balance, standard, 3) == pytest.approx(2)
    assert actuals.standard_multiple(np.zeros(1), np.zeros(1), np.zeros(1), 3) == 0


def test_the_table_adds_all_cohorts_and_tells_errors_two_ways():
    table = actuals.against_actual(
        ["a", "b"], np.array([100.0, 300.0]), {"balance": np.array([60.0, 100.0])}, {"balance": np.array([50.0, 110.0])}
    )
    assert table.loc["All", "balance projected"] == 160
    assert table["balance error"].tolist() == pytest.approx([0.2, -10 / 110, 0.0])
    assert table["balance gap"].tolist() == pytest.approx([0.1, -10 / 300, 0.0])


def test_the_worst_gap_is_the_largest_at_any_period():
    told, was = np.array([[10.0, 12.0], [5.0, 5.0]]), np.array([[10.0, 10.0], [6.0, 5.0]])
    assert actuals.worst_gap(told, was, np.array([20.0, 20.0])).tolist() == pytest.approx([0.1, 0.05, 0.05])
