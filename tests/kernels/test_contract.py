"""A loan's contract, feature by feature, worked by hand."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from tests.kernels.planned import plan
from xlfv.market.rates import level_payment

FLAT = [[0.05]]
ARM = {"index": 0, "margin": 0.02, "reset_frequency": 12, "lookback": 1}
OPTION = {
    "rate": 0.08, "payment": 400.0, "payment_cap": 0.075, "payment_reset_frequency": 12, "months_to_payment_reset": 12,
}  # fmt: skip


def _months_of_change(values: np.ndarray) -> list[int]:
    """Months whose value differs from the month's before, month 1 left out."""
    return (np.flatnonzero(~np.isclose(np.diff(values[1:]), 0.0, atol=1e-7)) + 2).tolist()


class TestPlainLoans:
    def test_level_payments_repay_a_fixed_loan(self):
        made = plan()
        assert made.payments[1:] == pytest.approx(level_payment(1e5, 0.06, 360), rel=1e-9)
        assert made.balances[0] == 1e5
        assert made.balances[360] == 0.0
        assert made.interest[1] == 500.0
        assert np.all(made.notes == 0.06)

    def test_a_given_payment_stands_and_may_repay_early(self):
        made = plan(payment=1000.0)
        assert made.payments[1:139] == pytest.approx(1000.0)
        assert made.balances[138] > 0.0
        assert made.balances[139] == 0.0  # 1,000 a month at 6% repays 100,000 in 138.98 months
        assert np.all(made.balances[139:] == 0.0)

    def test_a_payment_below_the_interest_pays_it_all_the_same(self):
        """Nothing says that the balance may grow: the month's interest is paid and no principal."""
        made = plan(payment=400.0, months=24)
        assert np.all(made.balances == 1e5)
        assert made.interest[1:] == pytest.approx(500.0)

    @pytest.mark.parametrize("rate", [0.0, 1e-9])
    def test_no_interest_and_next_to_none(self, rate):
        made = plan(rate=rate)
        assert made.payments[1:] == pytest.approx(1e5 / 360, rel=1e-6)
        assert made.balances[360] == pytest.approx(0.0, abs=1e-9)
        assert made.shares[1] == rate / 12

    @pytest.mark.parametrize(("term", "about"), [(180, 71048.9), (120, 83685.7)])
    def test_a_balloon_leaves_what_thirty_years_would_have(self, term, about):
        """30/15 and 30/10 at 6%: the balance of the 30-year loan, here by the formula of what is still to be paid."""
        made = plan(remaining_term=term, amortization_term=360, months=term + 24)
        left = level_payment(1e5, 0.06, 360) / level_payment(1.0, 0.06, 360 - term)
        assert made.balances[term] == pytest.approx(left, rel=1e-12)
        assert left == pytest.approx(about, abs=0.1)
        assert np.all(made.balances[term:] == made.balances[term])
        assert np.all(made.shares[term:] == made.shares[term])

    def test_months_beyond_the_horizon_change_nothing(self):
        whole, part = plan(), plan(months=17)
        assert part.balances.tolist() == whole.balances[:18].tolist()

    def test_interest_only_and_then_level_over_the_rest(self):
        made = plan(interest_only_months=60)
        assert np.all(made.balances[:61] == 1e5)
        assert made.payments[1:61] == pytest.approx(500.0)
        assert made.payments[61:] == pytest.approx(level_payment(1e5, 0.06, 300))
        assert made.balances[360] == 0.0

    def test_interest_only_to_the_end_is_one_balloon(self):
        made = plan(remaining_term=60, interest_only_months=60)
        assert np.all(made.balances == 1e5)


class TestResets:
    @pytest.mark.parametrize("frequency", [1, 2, 6, 12, 60])
    def test_the_rate_resets_after_its_months_and_then_every_so_many(self, frequency):
        index = [[0.01 + 0.0001 * row for row in range(361)]]
        made = plan(indices=index, **(ARM | {"months_to_reset": 7, "reset_frequency": frequency}))
        resets = np.arange(8, 361, frequency)
        assert _months_of_change(made.notes) == resets.tolist()
        assert made.notes[resets] == pytest.approx(0.03 + 0.0001 * (resets - 1))
        assert set(_months_of_change(made.payments)) <= set(resets)
        assert made.balances[360] == 0.0

    @pytest.mark.parametrize("lookback", [0, 1, 2, 3, 24])
    def test_the_row_read_lies_lookback_months_before_and_never_before_today(self, lookback):
        index = [[0.001 * row for row in range(20)]]
        made = plan(indices=index, **(ARM | {"months_to_reset": 5, "lookback": lookback}))
        assert made.notes[6] == pytest.approx(0.02 + 0.001 * max(6 - lookback, 0))
        assert made.notes[360] == pytest.approx(0.02 + 0.019)  # the last row holds on

    @pytest.mark.parametrize(
        ("index", "rounding", "rate"),
        [(0.0431, 0.00125, 0.0625), (0.04313, 0.00125, 0.06375), (0.041875, 0.00125, 0.0625), (0.0431, 0.0, 0.0631)],
    )
    def test_a_new_rate_is_rounded_to_the_nearest_and_halves_go_up(self, index, rounding, rate):
        made = plan(indices=[[index]], rate_rounding=rounding, months=1, **ARM)
        assert made.notes[1] == pytest.approx(rate, abs=1e-15)

    def test_rounding_comes_before_the_caps(self):
        made = plan(indices=[[0.0431]], rate_rounding=0.00125, periodic_cap=0.001, rate=0.06, months=1, **ARM)
        assert made.notes[1] == 0.061

    @pytest.mark.parametrize(
        ("index", "expected"),
        [(0.2, [0.11, 0.13, 0.14, 0.14]), (-0.02, [0.03, 0.025, 0.025, 0.025]), (0.05, [0.07, 0.07, 0.07, 0.07])],
    )
    def test_first_cap_then_periodic_cap_then_life_bounds(self, index, expected):
        caps = {"initial_cap": 0.05, "periodic_cap": 0.02, "life_cap": 0.14, "life_floor": 0.025}
        rate = 0.08 if index < 0.0 else 0.06
        made = plan(indices=[[index]], rate=rate, months=48, **caps, **ARM)
        assert made.notes[[1, 13, 25, 37]] == pytest.approx(expected)

    def test_todays_payment_is_level_at_todays_rate_where_only_the_rate_resets(self):
        """The rate resets in month 1, the payment a year later: until then it is what repays the loan at today's rate."""
        made = plan(
            indices=FLAT, rate=0.03, payment_reset_frequency=12, months_to_payment_reset=12, negam_limit=1.5, **ARM
        )
        assert made.payments[1:13] == pytest.approx(level_payment(1e5, 0.03, 360))
        assert made.principal[1] == pytest.approx(level_payment(1e5, 0.03, 360) - 1e5 * 0.07 / 12)
        assert made.payments[13] == pytest.approx(level_payment(made.balances[12], 0.07, 348))

    def test_the_payment_changes_in_its_own_months(self):
        """Rate every month from month 1, payment in months 4, 16, 28 ...: in between only principal and interest shift."""
        index = [[0.02 + 0.0001 * row for row in range(400)]]
        made = plan(
            indices=index, payment_reset_frequency=12, months_to_payment_reset=3, payment_cap=0.5,
            **(ARM | {"reset_frequency": 1}),
        )  # fmt: skip
        assert _months_of_change(made.payments)[:4] == [4, 16, 28, 40]
        assert made.payments[4] == pytest.approx(level_payment(made.balances[3], made.notes[4], 357))

    @pytest.mark.parametrize(("age", "first"), [(0, 13), (5, 8), (12, 1), (24, 1), (23, 2)])
    def test_a_payment_reset_that_is_not_said_falls_on_the_anniversary(self, age, first):
        made = plan(rate=0.08, payment=700.0, age=age, payment_reset_frequency=12, negam_limit=1.25, months=36)
        assert made.payments[first] == pytest.approx(level_payment(made.balances[first - 1], 0.08, 361 - first))
        assert made.payments[1:first] == pytest.approx(700.0)


class TestOptionArms:
    def test_the_payment_rises_by_no_more_than_its_cap(self):
        made = plan(months=36, **OPTION)
        assert made.payments[[1, 13, 25]] == pytest.approx([400.0, 430.0, 462.25])
        assert made.principal[1] == pytest.approx(400.0 - 1e5 * 0.08 / 12)
        assert made.balances[1] == pytest.approx(1e5 + 266.666667)

    def test_and_falls_by_no_more(self):
        made = plan(months=13, **(OPTION | {"payment": 2000.0}))
        assert made.payments[13] == pytest.approx(1850.0)

    def test_inside_the_cap_it_is_level(self):
        made = plan(months=13, **(OPTION | {"payment": 720.0}))
        assert made.payments[13] == pytest.approx(level_payment(made.balances[12], 0.08, 348))

    @pytest.mark.parametrize("limit", [1.10, 1.15, 1.25])
    def test_the_limit_recasts_in_the_month_that_would_pass_it(self, limit):
        made = plan(negam_limit=limit, **(OPTION | {"payment": 300.0}))
        recast = int(np.argmax(made.principal[1:] > 0.0)) + 1
        held = made.payments[recast - 1]
        assert made.balances[recast - 1] <= limit * 1e5
        assert made.balances[recast - 1] * (1.0 + 0.08 / 12.0) - held > limit * 1e5
        assert made.payments[recast] == pytest.approx(level_payment(made.balances[recast - 1], 0.08, 361 - recast))
        assert made.payments[recast] > 1.075 * held
        assert made.balances.max() == made.balances[recast - 1]
        assert made.balances[360] == 0.0

    def test_the_limit_counts_from_the_original_balance(self):
        made = plan(negam_limit=1.1, original_balance=9e4, **OPTION)
        assert made.payments[1] == pytest.approx(level_payment(1e5, 0.08, 360))  # 99,000 is passed today

    @pytest.mark.parametrize(("age", "months"), [(0, [61, 121]), (10, [51, 111]), (60, [1, 61]), (119, [2, 62])])
    def test_a_recast_on_its_anniversary_knows_no_cap(self, age, months):
        made = plan(recast_frequency=60, age=age, **(OPTION | {"months_to_payment_reset": 600}))
        for month in months:
            left = 361 - month
            assert made.payments[month] == pytest.approx(level_payment(made.balances[month - 1], 0.08, left)), month
        assert np.allclose(made.payments[1 : months[0]], 400.0)

    def test_after_a_recast_the_cap_counts_from_the_new_payment(self):
        rates = [[0.06] * 63 + [0.20] * 400]
        made = plan(
            indices=rates, index=0, reset_frequency=1, lookback=0, recast_frequency=60, months_to_reset=0, months=73,
            **(OPTION | {"rate": 0.06}),
        )  # fmt: skip
        assert made.payments[61] == pytest.approx(level_payment(made.balances[60], 0.06, 300))
        assert made.payments[73] == pytest.approx(1.075 * made.payments[61])

    def test_interest_only_then_recast_without_the_cap_then_with_it(self):
        made = plan(interest_only_months=24, **(OPTION | {"months_to_payment_reset": 0}))
        assert np.all(made.balances[:25] == 1e5)
        assert made.payments[25] == pytest.approx(level_payment(1e5, 0.08, 336))
        assert made.payments[25:] == pytest.approx(made.payments[25])

    def test_a_cap_alone_leaves_what_is_unpaid_to_maturity(self):
        """No limit and no recast: 400 a month rising 7.5% a year never catches up within ten years."""
        made = plan(remaining_term=120, amortization_term=360, **(OPTION | {"payment_cap": 0.0}))
        assert made.payments[1:] == pytest.approx(400.0)
        assert made.balances[120] > 1.4e5


class TestAccrual:
    def test_actual_360_with_a_leap_february(self):
        made = plan(start=dt.date(2007, 12, 31), accrual_basis="act/360", months=14)
        assert made.days[1:].tolist() == [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 28]
        assert made.shares[1] == 0.06 * 31 / 360
        assert made.shares[2] == pytest.approx(0.06 * 29 / 360)
        assert made.payments[1:] == pytest.approx(level_payment(1e5, 0.06, 360))  # by a twelfth of the rate
        assert made.principal[2] - made.principal[1] > 30.0  # two days less of interest

    def test_simple_interest_counts_365_in_leap_years_too(self):
        made = plan(start=dt.date(2007, 12, 31), accrual_basis="simple", months=12)
        assert made.shares[2] == pytest.approx(0.06 * 29 / 365)
        assert made.shares[1:].sum() == pytest.approx(0.06 * 366 / 365)

    def test_after_maturity_the_last_months_share_holds(self):
        made = plan(remaining_term=12, amortization_term=360, accrual_basis="act/360", months=24)
        assert np.all(made.shares[12:] == made.shares[12])


class TestDeferredBalance:
    def test_it_stands_beside_and_bears_no_interest(self):
        made, plain = plan(deferred_balance=2e4), plan()
        assert made.balances == pytest.approx(plain.balances + 2e4)
        assert made.interest == pytest.approx(plain.interest)
        assert made.shares[1] == pytest.approx(0.005 * 1e5 / 1.2e5)
        assert made.balances[360] == 2e4

    def test_when_only_it_is_left_nothing_accrues(self):
        made = plan(remaining_term=24, deferred_balance=2e4, months=36)
        assert made.balances[24:].tolist() == [2e4] * 13
        assert made.shares[25:].tolist() == [0.0] * 12

    def test_a_balloon_beside_it_still_accrues_after_maturity(self):
        made = plan(remaining_term=24, amortization_term=360, deferred_balance=2e4, months=36)
        bearing = made.balances[24] - 2e4
        assert made.shares[36] == pytest.approx(0.005 * bearing / made.balances[24])

    def test_a_loan_of_nothing_else(self):
        made = plan(balance=0.0, deferred_balance=2e4)
        assert np.all(made.balances == 2e4)
        assert np.all(made.shares == 0.0)

    def test_the_limit_of_negative_amortization_is_on_what_bears_interest(self):
        made, plain = plan(deferred_balance=2e4, negam_limit=1.1, **OPTION), plan(negam_limit=1.1, **OPTION)
        assert made.balances == pytest.approx(plain.balances + 2e4)

    def test_a_loan_of_nothing(self):
        made = plan(balance=0.0)
        assert np.all(made.balances == 0.0)
        assert made.shares[1] == 0.005
