"""Long-term debt rolls forward by revaluations of its opening terms; what they and the books leave can be nonzero."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlfv.excel import call
from xlfv.excel.example_deal import DEAL
from xlfv.market.indices import NO_INDICES, Indices, read_indices
from xlfv.reporting.debt_change import DebtChange, DebtPaid, Ends, debt_change
from xlfv.reporting.debt_rollforward import debt_changes, debt_rollforward, pair_up, steps_grid
from xlfv.tables import ErrorCell, Refused, from_grid
from xlfv.valuation.debt import debt_values
from xlfv.valuation.debt_aging import aged
from xlfv.valuation.debt_terms import Debt, read_debt

FIRST, LAST = dt.date(2009, 9, 30), dt.date(2009, 10, 31)
DEBT = "long_term_debt"
HEAD = ["instrument", "balance", "coupon", "maturity", "frequency", "yield", "own_credit_spread"]
NOTES = {"instrument": "notes", "balance": 1_000_000.0, "coupon": 0.06, "maturity": "2011-10-30", "frequency": 4.0,
         "yield": 0.08, "own_credit_spread": 0.04}  # fmt: skip


def debt(day: dt.date, **other: Any) -> Debt:
    terms = {**NOTES, **other}
    return read_debt(from_grid("debt", [list(terms), list(terms.values())]), day)[0]


def indices(*rates: float) -> Indices:
    rows = [[float(12 * k), rate] for k, rate in enumerate(rates)]
    return read_indices(from_grid("indices", [["month", "LIBOR_3M"], *rows]))


def change(
    opening: dict | None,
    closing: dict | None,
    curves: tuple[Indices, Indices] = (NO_INDICES, NO_INDICES),
    **paid: float,
) -> tuple[DebtChange, float]:
    """The notes over October 2009, and what is unexplained."""
    books = DebtPaid(**paid)
    made = [None if own is None else debt(day, **own) for own, day in ((opening, FIRST), (closing, LAST))]
    found = debt_change(Ends(made[0], made[1], (FIRST, LAST), curves), books)
    return found, found.unexplained(books)


def worth(rate: float, days: list[int], balance: float = 1e6, coupon: float = 0.06) -> float:
    """A bullet with quarterly coupons at a yield that compounds quarterly; its payments are so many 30/360 days away."""
    flows = [balance * coupon / 4.0] * len(days)
    flows[-1] += balance
    return sum(cash * (1.0 + rate / 4.0) ** (-4.0 * day / 360.0) for cash, day in zip(flows, days, strict=True))


BEFORE = [30 + 90 * k for k in range(9)]  # from 30 September (a 30th) to 30 October 2009 ... 30 October 2011
AFTER = [90 + 90 * k for k in range(8)]  # from 31 October, the day of the last payment in 30/360


def test_every_step_by_hand():
    """15,000 of interest falls due on 30 October and is paid; base yield 8% to 7%, own credit 4% to 6%."""
    found, left = change({}, {"yield": 0.07, "own_credit_spread": 0.06}, interest=15000.0)
    opening = worth(0.12, BEFORE)
    interest = opening * (1.03 ** (1.0 / 3.0) - 1.0)
    assert found.opening == pytest.approx(opening, abs=0.01)
    assert found.interest == pytest.approx(interest, abs=0.01)
    assert found.time == pytest.approx(worth(0.12, AFTER) - opening + 15000.0 - interest, abs=0.01)
    assert found.base_yield == pytest.approx(worth(0.11, AFTER) - worth(0.12, AFTER), abs=0.01)
    assert found.own_credit == pytest.approx(worth(0.13, AFTER) - worth(0.11, AFTER), abs=0.01)
    assert (found.deferral, found.index, found.retired, found.issued) == (0.0, 0.0, 0.0, 0.0)
    assert found.interest_due == 15000.0
    assert found.closing == pytest.approx(worth(0.13, AFTER), abs=0.01)
    assert left == pytest.approx(0.0, abs=1e-6)


def test_a_payment_missing_from_the_books_is_the_remainder_and_nothing_else_moves():
    whole, none = change({}, {}, interest=15000.0)
    short, left = change({}, {})
    assert short == whole
    assert none == pytest.approx(0.0, abs=1e-6)
    assert left == pytest.approx(-15000.0, abs=1e-6)
    twice, over = change({}, {}, interest=30000.0)
    assert twice == whole
    assert over == pytest.approx(15000.0, abs=1e-6)
    for form in ("net", "gross"):
        paid = {"notes": DebtPaid()}
        ends = pair_up([debt(FIRST)], [debt(LAST)], (FIRST, LAST), (NO_INDICES, NO_INDICES))
        rolled = debt_rollforward(debt_changes(ends, paid), paid, form)
        assert rolled.amount("unexplained", DEBT) == pytest.approx(15000.0, abs=1e-6)  # liabilities are negative
        assert rolled.gap(DEBT) == pytest.approx(0.0, abs=1e-6)
        right = debt_rollforward(debt_changes(ends, {"notes": DebtPaid(15000.0)}), {"notes": DebtPaid(15000.0)}, form)
        assert rolled.activity["change_in_debt"] == right.activity["change_in_debt"]
        assert rolled.activity["interest_expense"] == right.activity["interest_expense"]
        assert right.amount("settlements", DEBT) == (0.0 if form == "net" else 15000.0)


def test_terms_that_changed_without_a_word_are_the_remainder():
    """The closing's coupon is 3%: worth less by what it pays less, and no revaluation of the opening's terms knows of it."""
    found, left = change({}, {"coupon": 0.03}, interest=15000.0)
    assert left == pytest.approx(worth(0.12, AFTER, coupon=0.03) - worth(0.12, AFTER), abs=0.01)
    assert found.change == pytest.approx(found.time)


def test_interest_put_off_is_a_step_and_its_payment_is_not_missed():
    put_off = {"deferred_interest": 15000.0, "deferral": "2010-06-30"}
    found, left = change({}, put_off)
    assert found.interest_due == pytest.approx(0.0)
    assert left == pytest.approx(0.0, abs=1e-6)
    on = debt(LAST, **put_off)
    assert found.deferral == pytest.approx(
        debt_values([on], LAST, NO_INDICES)[0].value - worth(0.12, AFTER) - 15000.0, abs=0.01
    )
    paid, over = change({}, put_off, interest=15000.0)  # and yet the books paid it
    assert paid == found
    assert over == pytest.approx(15000.0, abs=1e-6)


def test_a_buy_back_gains_what_it_was_worth_less_its_price():
    """A quarter is bought back for 150,000; by the closing's yield it is worth more."""
    moved = {"balance": 750_000.0, "own_credit_spread": 0.14}
    found, left = change({}, moved, interest=15000.0, principal=150_000.0)
    gone = worth(0.22, AFTER) / 4.0
    assert found.retired == pytest.approx(150_000.0 - gone, abs=0.01)
    assert found.principal_due == 150_000.0
    assert left == pytest.approx(0.0, abs=1e-6)
    _, missing = change({}, moved, interest=15000.0)  # nothing was posted for it
    assert missing == pytest.approx(-gone, abs=0.01)
    _, partly = change({}, moved, interest=15000.0, principal=100_000.0, retired_for=150_000.0)
    assert partly == pytest.approx(-50_000.0, abs=1e-6)


def test_debt_that_is_gone_or_new():
    gone, left = change({}, None, interest=15000.0, principal=900_000.0)
    assert gone.retired == pytest.approx(900_000.0 - worth(0.12, AFTER), abs=0.01)
    assert (gone.closing, left) == (0.0, pytest.approx(0.0, abs=1e-6))
    _, missing = change({}, None, interest=15000.0)
    assert missing == pytest.approx(-worth(0.12, AFTER), abs=0.01)
    new, none = change(None, {}, issued=900_000.0)
    assert new.issued == pytest.approx(worth(0.12, AFTER) - 900_000.0, abs=0.01)
    assert none == pytest.approx(0.0, abs=1e-6)
    _, unposted = change(None, {})
    assert unposted == pytest.approx(worth(0.12, AFTER), abs=0.01)
    due, over = change({"maturity": "2009-10-30"}, None, interest=15000.0, principal=1e6)
    assert (due.principal_due, due.retired) == (1e6, 0.0)
    assert over == pytest.approx(0.0, abs=1e-6)
    _, unpaid = change({"maturity": "2009-10-30"}, None, interest=15000.0)
    assert unpaid == pytest.approx(-1e6, abs=1e-6)


FLOATING = {"coupon": "LIBOR_3M + 2%", "yield": 0.05, "own_credit_spread": 0.05}


def test_the_forward_index_has_a_step_of_its_own():
    """The curve is flat at 2%, and a month later at 3%: coupons of 4% become 5%, that of the running period was set at 2%."""
    flat, risen = indices(0.02, 0.02), indices(0.03, 0.03)
    found, left = change(FLOATING, {**FLOATING, "current_coupon": 0.04}, (flat, risen), interest=10000.0)
    low = worth(0.10, AFTER, coupon=0.04)
    risen_by = sum(2500.0 * 1.025 ** (-day / 90.0) for day in AFTER[1:])
    assert found.index == pytest.approx(risen_by, abs=0.01)
    assert found.closing == pytest.approx(low + risen_by, abs=0.01)
    assert left == pytest.approx(0.0, abs=1e-6)
    still, none = change(FLOATING, FLOATING, (flat, flat), interest=10000.0)
    assert (still.index, none) == (pytest.approx(0.0, abs=1e-9), pytest.approx(0.0, abs=1e-6))


def test_a_curve_that_came_as_it_was_seen_has_no_effect():
    rising = read_indices(
        from_grid("indices", [["month", "LIBOR_3M"], *[[float(k), 0.02 + 0.001 * k] for k in range(40)]])
    )
    later = read_indices(
        from_grid("indices", [["month", "LIBOR_3M"], *[[float(k), 0.021 + 0.001 * k] for k in range(39)]])
    )
    found, left = change(FLOATING, FLOATING, (rising, later), interest=10000.0)
    assert found.index == pytest.approx(0.0, abs=1e-6)
    assert left == pytest.approx(0.0, abs=1e-6)


RATES = st.floats(0.01, 0.3)


@settings(max_examples=40, deadline=None)
@given(
    base=st.tuples(RATES, RATES), own=st.tuples(RATES, RATES), levels=st.tuples(RATES, RATES), floats=st.booleans(),
    off=st.floats(-1e5, 1e5), months=st.integers(1, 12), kept=st.floats(0.2, 1.0), price=st.floats(1e3, 1e6),
)  # fmt: skip
def test_the_steps_tie_and_what_the_books_are_wrong_by_is_the_remainder(
    base, own, levels, floats, off, months, kept, price
):
    last = dt.date(2009 + (8 + months) // 12, (8 + months) % 12 + 1, 28)
    coupon = {"coupon": "LIBOR_3M + 2%"} if floats else {"coupon": 0.06}
    ends = [
        debt(day, **coupon, **{"yield": y, "own_credit_spread": s, "balance": b, "maturity": "2016-10-30"})
        for day, y, s, b in ((FIRST, base[0], own[0], 1e6), (last, base[1], own[1], 1e6 * kept))
    ]
    curves = (indices(levels[0]), indices(levels[1]))
    pair = Ends(ends[0], ends[1], (FIRST, last), curves)
    due = aged(ends[0], FIRST, last, curves[0]).cash
    bought = price if kept < 1.0 else 0.0
    books = DebtPaid(due + off, bought)
    found = debt_change(pair, books)
    assert found.unexplained(books) == pytest.approx(off, abs=1e-3)
    assert found.closing == pytest.approx(debt_values([ends[1]], last, curves[1])[0].value)
    assert found.opening == pytest.approx(debt_values([ends[0]], FIRST, curves[0])[0].value)


def rolled(*changed: tuple[int, Any], form: str = "letter") -> list[list[Any]]:
    given_ = [DEAL["debt"], 40178.0, DEAL["debt_after"], 40209.0, DEAL["debt_activity"], DEAL["debt_indices"],
              DEAL["debt_indices_after"], form]  # fmt: skip
    for at, table in changed:
        given_[at] = table
    return call("XLFV_DEBT_ROLLFORWARD", *given_)


def test_the_cell_ties_to_the_values_and_a_missing_payment_is_found_there():
    shown = {row[0]: row[-1] for row in rolled()[1:]}
    values = call("XLFV_DEBT_VALUE", DEAL["debt_after"], 40209.0, DEAL["debt_indices_after"])
    assert shown["Recorded book value, closing"] == pytest.approx(-values[-1][2], abs=0.01)
    assert shown["Unexplained (0 = the ledger has the cash that the states imply)"] == pytest.approx(0.0, abs=0.01)
    activity = [list(row) for row in DEAL["debt_activity"]]
    activity[0].append("retired_for")
    activity[1] += [3500.0]
    activity[2] += [None]
    activity[1][2] = 0.0
    found = {row[0]: row[-1] for row in rolled((4, activity))[1:]}
    assert found["Unexplained (0 = the ledger has the cash that the states imply)"] == pytest.approx(3500.0, abs=0.01)
    assert found["Change in FV of long-term debt"] == shown["Change in FV of long-term debt"]
    steps = rolled(form="steps")
    head = steps[0]
    for row in steps[1:]:
        one = dict(zip(head, row, strict=True))
        foots = one["opening"] + one["interest"] + one["change"] - one["paid"] + one["received"] + one["unexplained"]
        assert foots == pytest.approx(one["closing"], abs=1e-6)
    assert [row[0] for row in steps] == ["instrument", "notes 2034", "trust preferred 2035", "total"]


@pytest.mark.parametrize(
    ("at", "table", "words"),
    [
        (4, DEAL["debt_activity"][:2], "debt_activity says nothing of trust preferred 2035"),
        (4, [*DEAL["debt_activity"], ["old", 1.0, 0.0, 0.0, None]], "there is no debt 'old'"),
        (3, 40178.0, "does not lie 1 to 12 months after the opening"),
        (5, None, "needs the index LIBOR_3M"),
        (6, None, "needs the index LIBOR_3M"),
    ],
)
def test_what_does_not_fit_is_refused(at, table, words):
    cell = rolled((at, table))[0][0]
    assert isinstance(cell, ErrorCell)
    assert words in cell.reason


def test_dates_the_wrong_way_round_are_refused_and_a_grid_of_nothing_is_nothing():
    with pytest.raises(Refused, match="does not lie 1 to 12 months"):
        pair_up([], [], (LAST, FIRST), (NO_INDICES, NO_INDICES))
    with pytest.raises(Refused, match="does not lie 1 to 12 months"):
        pair_up([], [], (FIRST, dt.date(2010, 10, 31)), (NO_INDICES, NO_INDICES))
    assert steps_grid({}, {}, {})[-1][0] == "total"
    assert math.isnan(DebtPaid().retired_for)
