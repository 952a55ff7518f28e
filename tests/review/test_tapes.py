"""Two tapes measured: every measure against a pool worked by hand, fed back to the projection, and its properties."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import Row, loan, make_curves, run, table
from xlfv.excel.functions.review import actuals
from xlfv.review.measures import MEASURES, grid, measure, rolls
from xlfv.review.tape_table import STATES
from xlfv.review.tapes import FORECLOSURE, MOST_CUTS, Pair, pair
from xlfv.tables import Refused, from_grid

LIVING = STATES[:7]
INFLOWS = ("behind_schedule", "default_change", "new_balance")
OUTFLOWS = (
    "scheduled_principal",
    "payoffs",
    "curtailments",
    "arrears_paid",
    "forgiven",
    "liquidated",
    "paid_off_from_default",
)


def io(loan_id: str, balance: float = 100000.0, **terms: Any) -> Row:
    """A loan that pays interest only: its schedule leaves the balance."""
    return loan(loan_id, balance=balance, interest_only_months=120, **terms)


def paired(earlier: list[Row], later: list[Row], months: int = 1, by: str | None = None) -> Pair:
    return pair(table("earlier", earlier), table("later", later), months, by)


def measured(earlier: list[Row], later: list[Row], months: int = 1) -> dict[str, float]:
    return {name: float(values[0]) for name, values in measure(paired(earlier, later, months)).items()}


def faults(earlier: list[Row], later: list[Row], months: int = 1, by: str | None = None) -> str:
    with pytest.raises(Refused) as refused:
        paired(earlier, later, months, by)
    return str(refused.value)


def level(balance: float, rate: float, term: int, months: int) -> float:
    """What level payments leave, paid one by one."""
    payment = balance * rate / 12 / (1 - (1 + rate / 12) ** -term)
    for _ in range(months):
        balance -= payment - balance * rate / 12
    return balance


# --- fed back -------------------------------------------------------------------------------------------------------


def pool(months: int, paid: int, foreclosed: int, liquidated: int, **terms: Any) -> tuple[list[Row], list[Row], float]:
    """1,000 equal loans, what became of them drawn by their number; and what one that goes on owes."""
    earlier = [loan(str(k), **terms) for k in range(1000)]
    row = loan("", **terms)
    left = row["balance"]
    if not terms.get("interest_only_months"):
        left = level(row["balance"], row["rate"], row["remaining_term"], months)
    term = row["remaining_term"] - months
    later = []
    for k in range(1000):
        turn = k * 7 % 1000  # every one once, out of order
        status = "paid_off" if turn < paid else "foreclosure" if turn < paid + foreclosed else "current"
        status = "liquidated" if paid + foreclosed <= turn < paid + foreclosed + liquidated else status
        stands = {"balance": left, "remaining_term": term, "rate": row["rate"]}
        gone = {"balance": 0.0, "loss": 40000.0 if status == "liquidated" else None}
        later.append({"loan_id": str(k), "status": status, **(stands if status in LIVING else gone)})
    return earlier, later, left


def test_one_month_of_equal_loans_gives_the_rates_that_were_drawn():
    got = measured(*pool(1, paid=12, foreclosed=7, liquidated=3)[:2])
    assert got["smm"] == pytest.approx(0.012, rel=1e-12)
    assert got["mdr"] == pytest.approx(0.010, rel=1e-12)
    assert got["cpr"] == pytest.approx(1 - 0.988**12, rel=1e-12)
    assert got["cdr"] == pytest.approx(1 - 0.990**12, rel=1e-12)
    assert got["liquidation_cdr"] == pytest.approx(1 - 0.997**12, rel=1e-12)
    assert got["total_smm"] == pytest.approx(12 / 1000 + 3 * 1e5 / (1000 * level(1e5, 0.06, 360, 1)), rel=1e-5)
    assert got["severity"] == pytest.approx(0.4, rel=1e-12)
    assert got["curtailments"] == pytest.approx(0.0, abs=1e-6)
    assert got["behind_schedule"] == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("months", [1, 3, 12])
@pytest.mark.parametrize("terms", [{}, {"interest_only_months": 120}, {"rate": 0.09, "remaining_term": 180}])
def test_rates_fed_back_to_the_projection_leave_the_pool_that_was_seen(months, terms):
    earlier, later, left = pool(months, paid=150, foreclosed=60, liquidated=20, **terms)
    got = measured(earlier, later, months)
    one = {**loan("1", **terms), "balance": 1e8}
    cash = run([one], make_curves(smm=got["smm"], mdr=got["mdr"], severity=0.4, recovery_lag=24)).collateral
    assert cash["performing_balance"][0, months] == pytest.approx(770 * left, rel=1e-11)
    if "interest_only_months" in terms:  # balances stand still: dollars are numbers of loans
        assert cash["new_defaults"][0, : months + 1].sum() == pytest.approx(80 * 1e5, rel=1e-11)
        assert cash["prepaid_principal"][0, : months + 1].sum() == pytest.approx(150 * 1e5, rel=1e-11)


def test_the_printed_speed_of_a_pool_out_of_its_factors():
    """Standard Formulas, SF-7 and SF-8: factors 0.85150625 and 0.84732282, 344 months left at 9.5%: SMM 0.435270%."""
    got = measured(
        [loan(balance=0.85150625, rate=0.095, remaining_term=344)], [{"loan_id": "1", "balance": 0.84732282, "remaining_term": 343}]
    )  # fmt: skip
    for name in ("smm", "total_smm"):
        assert round(100 * got[name], 6) == 0.435270
    assert round(100 * got["cpr"], 4) == 5.1000


def test_payoffs_and_curtailments_make_up_the_voluntary_rate():
    got = measured([io(str(k)) for k in range(10)], [io("0", balance=90000.0), *[io(str(k)) for k in range(2, 10)]])
    assert got["payoffs"] == 100000.0
    assert got["curtailments"] == 10000.0
    assert got["smm"] == pytest.approx(0.11)
    assert got["payoff_cpr"] == pytest.approx(1 - 0.9**12)
    assert got["curtailment_cpr"] == pytest.approx(1 - 0.99**12)


def test_prepayment_is_held_to_what_default_leaves():
    earlier = [loan("1", remaining_term=2, balance=500.0), io("2", balance=99500.0)]
    got = measured(earlier, [{"loan_id": "1", "status": "foreclosure", "balance": 500.0}])
    assert got["mdr"] + got["smm"] == pytest.approx(1.0)


# --- schedule ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("terms", "left"),
    [
        ({}, level(1e5, 0.06, 360, 2)),
        ({"rate": 0.0}, 1e5 * 358 / 360),
        ({"interest_only_months": 1}, level(1e5, 0.06, 359, 1)),
        ({"remaining_term": 60, "amortization_term": 300}, level(1e5, 0.06, 300, 2)),
        ({"remaining_term": 2, "amortization_term": 300}, 0.0),
        ({"payment": 1000.0}, 1e5 * 1.005**2 - 1000 * 2.005),
        ({"payment": 1000.0, "rate": 0.0}, 98000.0),
        ({"payment": 400.0}, 1e5),
        ({"payment": 400.0, "payment_cap": 0.075}, 1e5 * 1.005**2 - 400 * 2.005),
        ({"deferred_balance": 5000.0}, level(1e5, 0.06, 360, 2) + 5000.0),
    ],
)
def test_the_scheduled_balance_follows_the_terms_of_the_tape(terms, left):
    got = measured([loan(**terms)], [{"loan_id": "1", "balance": 50000.0}], 2)
    assert got["scheduled_balance"] == pytest.approx(left, abs=1e-6)


def test_payments_made_up_are_no_prepayment():
    three = level(1e5, 0.06, 360, 3)
    earlier = [loan("1", status="d60")]
    caught_up = measured(earlier, [loan("1", balance=three)])
    assert caught_up["curtailments"] == pytest.approx(0.0, abs=1e-6)
    assert caught_up["arrears_paid"] == pytest.approx(level(1e5, 0.06, 360, 1) - three)
    more = measured(earlier, [loan("1", balance=three - 1000.0)])
    assert more["curtailments"] == pytest.approx(1000.0)
    assert measured([loan("1")], [loan("1", balance=three)])["arrears_paid"] == 0.0
    told = measured([loan("1", status="d90", months_delinquent=8)], [loan("1", balance=level(1e5, 0.06, 360, 9))])
    assert told["curtailments"] == pytest.approx(0.0, abs=1e-6)


def test_a_modification_that_defers_or_forgives_principal_prepays_nothing():
    deferred = measured([io("1", status="d90")], [io("1", balance=80000.0, deferred_balance=20000.0)])
    assert deferred["curtailments"] == deferred["forgiven"] == 0.0
    cut = measured([io("1", status="d90")], [io("1", balance=80000.0, loss=20000.0)])
    assert (cut["curtailments"], cut["forgiven"], cut["other_losses"], cut["losses"]) == (0.0, 20000.0, 20000.0, 0.0)
    assert math.isnan(cut["severity"])


def test_a_late_loan_that_does_not_pay_is_behind_its_schedule_and_lowers_no_prepayment():
    got = measured([loan("1"), io("2")], [loan("1", status="d30"), io("2", balance=95000.0)])
    assert got["behind_schedule"] == pytest.approx(1e5 - level(1e5, 0.06, 360, 1))
    assert got["curtailments"] == 5000.0


# --- what became of a loan --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("status", LIVING)
def test_a_loan_that_is_gone_without_a_word_is_judged_by_where_it_was_last_seen(status, there):
    row = [{"loan_id": "1", "balance": 0.0, "status": status}] if there else []
    made = paired([io("1", status=status), io("2")], [*row, io("2")])
    got = {name: float(values[0]) for name, values in measure(made).items()}
    lost = status not in ("current", "d30", "d60")
    assert got["liquidated_loans"] == got["assumed_liquidated_loans"] == got["loss_unknown_loans"] == float(lost)
    assert got["paid_off_loans"] == got["assumed_paid_off_loans"] == float(not lost)
    assert got["vanished_loans"] == float(not there)
    assert got["loss_unknown_balance"] == (100000.0 if lost else 0.0)
    assert math.isnan(got["severity"])
    assert len(made.notices) == 1
    assert "(1)" in made.notices[0]
    cells = {str(row[0]): row for row in grid(made)}
    assert cells["severity"][2] is None
    assert cells["losses"][2] == 0.0


def test_severity_is_weighted_by_balance_at_default_and_leaves_out_what_is_not_known():
    earlier = [io(k, status="foreclosure") for k in "12345"] + [io("6")]
    gone = {"status": "liquidated", "balance": None}
    later = [
        {"loan_id": "1", **gone, "loss": 30000.0},
        {"loan_id": "2", **gone, "loss": 66000.0, "default_balance": 140000.0},
        {"loan_id": "3", **gone, "liquidation_proceeds": 75000.0},
        {"loan_id": "4", **gone},
        {"loan_id": "5", **gone, "loss": -1000.0},
        io("6"),
    ]
    got = measured(earlier, later)
    assert got["losses"] == 30000.0 + 66000.0 + 25000.0 - 1000.0
    assert got["severity"] == pytest.approx(120000.0 / 440000.0)
    assert got["severity_liquidation"] == pytest.approx(120000.0 / 400000.0)
    assert (got["loss_known_balance"], got["loss_unknown_balance"], got["loss_unknown_loans"]) == (
        400000.0,
        100000.0,
        1.0,
    )


def test_a_payoff_with_a_loss_is_a_liquidation_unless_it_is_only_fees():
    earlier = [io("1"), io("2"), io("3")]
    later = [{"loan_id": "1", "status": "paid_off", "balance": 0.0, "loss": 80.0},
             {"loan_id": "2", "status": "paid_off", "balance": 0.0, "loss": 20000.0}, io("3")]  # fmt: skip
    got = measured(earlier, later)
    assert (got["paid_off_loans"], got["liquidated_loans"], got["other_losses"], got["severity"]) == (1, 1, 80.0, 0.2)
    later[0]["status"] = "liquidated"
    assert "perhaps a payoff with fees (1)" in paired(earlier, later).notices[0]


@pytest.mark.parametrize(
    ("before", "after", "months_late"),
    [
        ({"months_delinquent": 14}, {}, 15.0),
        ({"months_delinquent": 14}, {"months_delinquent": 17}, 17.0),
        ({"months_delinquent": 14, "last_paid_date": "2008-07-01"}, {"liquidation_date": "2009-12-15"}, 17.0),
        ({}, {"last_paid_date": "2008-07-01", "liquidation_date": "2009-12-15"}, 17.0),
        ({"last_paid_date": "2008-07-01"}, {}, math.nan),
    ],
)
def test_months_to_liquidation_by_dates_else_by_payments_missed(before, after, months_late):
    earlier = [io("1", status="foreclosure", **before), io("2")]
    got = measured(earlier, [{"loan_id": "1", "status": "liquidated", "balance": 0.0, **after}, io("2")])
    assert got["months_to_liquidation"] == pytest.approx(months_late, nan_ok=True)


def test_months_to_liquidation_are_weighted_by_balance_at_default():
    earlier = [
        io("1", status="reo", months_delinquent=9),
        io("2", 300000.0, status="reo", months_delinquent=29),
        io("3"),
    ]
    assert measured(earlier, [io("3")])["months_to_liquidation"] == pytest.approx(25.0)


def test_sixty_plus_on_both_methods_and_cures_by_status():
    earlier = [io("1"), io("2", status="d30"), io("3", status="d60"), io("4", status="d90"), io("5", status="d60")]
    later = [
        io("1", status="d30"),
        io("2", status="d60"),
        io("3"),
        io("4", status="foreclosure"),
        io("5", status="d60"),
    ]
    got = measured(earlier, later)
    assert (got["sixty_plus_earlier"], got["sixty_plus_later"]) == (0.6, 0.6)
    assert (got["sixty_plus_ots_earlier"], got["sixty_plus_ots_later"]) == (0.2, 0.2)
    assert (got["cure_d30"], got["cure_d60"], got["cure_d90"]) == (0.0, 0.5, 0.0)
    assert math.isnan(got["cure_bankruptcy"])
    assert measured(earlier, later, 2)["cure_d60"] == pytest.approx(1 - 0.5**0.5)
    assert got["mdr"] == pytest.approx(0.2)
    assert got["liquidation_mdr"] == 0.0


def test_roll_rates_by_balance_and_by_number():
    earlier = [io("1", 300000.0), io("2"), io("3", status="foreclosure")]
    later = [
        io("1", 300000.0),
        io("2", status="d30"),
        {"loan_id": "3", "status": "liquidated", "balance": 0.0, "loss": 1.0},
    ]
    rows = grid(paired(earlier, later))
    at = [k for k, row in enumerate(rows) if str(row[0]).startswith("roll by")]
    assert [rows[k][0] for k in at] == ["roll by balance, all", "roll by number, all"]
    assert rows[at[0]][2:] == list(STATES)
    assert rows[at[0] + 1] == ["current", 400000.0, 0.75, 0.25, 0, 0, 0, 0, 0, 0, 0]
    assert rows[at[0] + 2] == ["d30", 0.0, *[None] * 9]
    assert rows[at[0] + 1 + FORECLOSURE] == ["foreclosure", 100000.0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    assert rows[at[1] + 1][:4] == ["current", 2.0, 0.5, 0.5]


@pytest.mark.parametrize(
    ("before", "after", "months", "odd"),
    [
        ("current", "d30", 1, False), ("current", "d60", 1, True), ("current", "d60", 2, False), ("d30", "d90", 1, True),
        ("d60", "d90", 1, False), ("current", "reo", 1, True), ("d90", "reo", 1, False), ("bankruptcy", "reo", 1, False),
        ("reo", "current", 1, True), ("reo", "foreclosure", 1, True), ("foreclosure", "current", 1, False),
        ("reo", "paid_off", 1, True), ("reo", "liquidated", 1, False), ("paid_off", "current", 1, True),
        ("liquidated", "reo", 1, True), ("paid_off", "paid_off", 1, False), ("current", "bankruptcy", 1, False),
    ],
)  # fmt: skip
def test_a_status_that_cannot_follow_is_counted_and_named(before, after, months, odd):
    made = paired([io("1", status=before), io("2")], [io("1", status=after), io("2")], months)
    assert measure(made)["cannot_follow_loans"][0] == float(odd)
    assert any("cannot follow" in words and "(1)" in words for words in made.notices) is odd


def test_new_grown_repriced_and_returned_loans_are_counted():
    earlier = [io("1"), io("2"), io("3", status="paid_off"), io("4", status="liquidated"), io("5", balance=0.0)]
    later = [
        io("1", balance=101000.0),
        io("2", rate=0.05),
        io("3"),
        io("4", status="liquidated", loss=5.0),
        io("6"),
        io("5"),
    ]
    got = measured(earlier, later)
    assert (got["loans_earlier"], got["loans_later"], got["new_loans"]) == (2, 5, 3)
    assert (got["grown_loans"], got["rate_changed_loans"], got["cannot_follow_loans"]) == (1, 1, 1)
    assert got["losses"] == got["liquidated"] == 0.0
    assert got["new_balance"] == 300000.0


# --- cuts -------------------------------------------------------------------------------------------------------------


def test_cuts_stand_in_order_numbers_first_and_a_loan_stays_in_its_first():
    earlier = [io("1", state="NY"), io("2", state="10"), io("3", state="9"), io("4")]
    later = [io("1", state="CA"), io("2", state="10"), io("3", state="9"), io("4"), io("5", state="TX")]
    made = paired(earlier, later, by="State")
    assert made.cuts == ("9", "10", "(blank)", "NY", "TX")
    assert measure(made)["loans_later"].tolist() == [5, 1, 1, 1, 1, 1]
    head = actuals(table("earlier", earlier), table("later", later), 1, "State")[0]
    assert head == [
        "measure",
        "unit",
        "all",
        "state 9",
        "state 10",
        "state (blank)",
        "state NY",
        "state TX",
        "definition",
    ]


def test_a_column_of_ones_own_is_a_cut_and_a_group_not_given_is_one():
    assert paired([io("1", vintage=2006.0)], [io("1", vintage=2006.0)], by="vintage").cuts == ("2006",)
    assert paired([io("1", vintage=2006.0)], [io("1", 99000.0, vintage=2006.0)], by="vintage").notices == ()
    assert paired([io("1")], [io("1")], by="group").cuts == ("1",)


def test_a_cut_that_is_not_there_or_too_fine_is_refused():
    assert "no column 'sttae'" in faults([io("1", state="NY")], [io("1")], by="sttae")
    assert "did you mean state?" in faults([io("1", state="NY")], [io("1")], by="sttae")
    many = [io(str(k), fico=float(k)) for k in range(MOST_CUTS + 1)]
    assert f"takes {MOST_CUTS + 1} values" in faults(many, many, by="fico")


# --- faults and notices -----------------------------------------------------------------------------------------------


def test_every_fault_of_both_tapes_is_told():
    earlier = [{"loan_id": "1", "balance": 100.0, "rate": 6.0, "remaining_term": None}, loan("2", balance=None)]
    later = [{"loan_id": "1", "balance": 100.0, "status": "curent"}, {"loan_id": "1", "balance": -1.0}]
    words = faults(earlier, later)
    for part in ("rate is 6", "remaining_term is blank", "balance is blank", "loan_id 2", "did you mean current?",
                 "loan_id 1 stands twice", "balance is -1"):  # fmt: skip
        assert part in words


def test_columns_missing_misspelt_and_of_ones_own():
    assert "the column rate is missing from earlier" in faults(
        [{"loan_id": "1", "balance": 1.0, "remaining_term": 9}], [io("1")]
    )
    assert "the column balance is missing from later" in faults([io("1")], [{"loan_id": "1"}])
    assert "did you mean status?" in faults([io("1", statu="d30")], [io("1")])
    made = paired([io("1", colour="red", fico=700.0, loss=0.0)], [io("1", 99000.0, servicer="us")])
    assert made.notices == ("earlier: the column colour is not used", "later: the column servicer is not used")
    paired([io("1", property_type="SFR detached")], [io("1")])  # what is not read is not judged


def test_gone_loans_need_no_balance_and_no_terms():
    gone = {"loan_id": "2", "status": "liquidated"}
    got = measured([io("1"), gone], [io("1"), gone])
    assert (got["loans_earlier"], got["liquidated_loans"]) == (1, 0)
    house = {"loan_id": "2", "status": "reo", "balance": 5.0}
    assert measured([io("1"), house], [io("1"), house])["sixty_plus_earlier"] == pytest.approx(5 / 100005)


def test_tapes_of_two_trusts_exchanged_or_empty_are_refused():
    assert "stands in later" in faults([io("1")], [io("001")])
    two = [io(k, remaining_term=300) for k in "12"], [io(k, remaining_term=297) for k in "12"]
    assert "exchanged" in faults(two[1], two[0], 3)
    assert "months is 1" in paired(*two).notices[0]
    assert paired(*two, months=3).notices == ()
    with pytest.raises(Refused, match="has no rows"):
        pair(from_grid("earlier", [list(io("1"))]), table("later", [io("1")]))


def test_exchanged_tapes_of_one_loan_are_refused_by_terms_or_ages():
    assert "earlier tape comes first" in faults([io("1", remaining_term=297)], [io("1", remaining_term=300)], 3)
    assert "age fell by 3" in faults([io("1", age=63)], [io("1", age=60)], 3)
    assert "age fell by 2" in faults([io(k, age=63) for k in "123"], [io(k, age=61) for k in "123"], 3)
    two = [io(k, remaining_term=297) for k in "12"], [io(k, remaining_term=300) for k in "12"]
    assert "remaining_term grew by 3 in most loans" in faults(*two, 1)
    # A modification lengthens the term of one loan.
    assert paired([io("1", remaining_term=240)], [io("1", remaining_term=480)])
    assert paired([io("1", remaining_term=240, age=9)], [io("1", remaining_term=241, age=10)])


def test_one_tape_given_twice_is_told():
    tape = [io("1"), io("2", status="d60")]
    assert "the two tapes are the same" in paired(tape, tape, 3).notices[0]
    assert "3 months later" in paired(tape, tape, 3).notices[0]
    for change in ({"balance": 99999.0}, {"status": "d30"}, {"remaining_term": 359}, {"deferred_balance": 1.0}):
        assert not any("the same" in words for words in paired(tape, [tape[0], {**tape[1], **change}]).notices)
    assert not any("the same" in words for words in paired(tape, tape[:1]).notices)
    assert not any("the same" in words for words in paired(tape[:1], tape).notices)
    houses = [{"loan_id": "1", "balance": 5.0, "status": "reo"}]
    assert paired(houses, houses).notices == ()


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({}, {"loss": 151000.0}, "a loss above 150% of the balance"),
        ({}, {"loss": 140000.0}, ""),
        ({}, {"loss": 170000.0, "default_balance": 120000.0}, ""),
        ({}, {"loss": 30000.0, "liquidation_proceeds": 95000.0}, "miss the balance by more than 10%"),
        ({}, {"loss": 30000.0, "liquidation_proceeds": 10000.0}, "miss the balance by more than 10%"),
        ({}, {"loss": 30000.0, "liquidation_proceeds": 75000.0}, ""),
        ({}, {"loss": 50000.0, "liquidation_proceeds": 95000.0, "default_balance": 140000.0}, ""),
        ({}, {"last_paid_date": "2009-06-01", "liquidation_date": "2009-05-31"}, "before last_paid_date"),
        ({"last_paid_date": "2009-06-01"}, {"liquidation_date": "2009-05-31"}, "before last_paid_date"),
        ({"last_paid_date": "2009-06-01"}, {"liquidation_date": "2009-06-01"}, ""),
        ({}, {"balance": 100000.0}, "yet with a balance"),
        ({}, {"balance": 100000.0, "status": "paid_off"}, "yet with a balance"),
    ],
)
def test_outcomes_that_deny_one_another_are_told_with_the_loans(before, after, told):
    earlier = [io("7", status="foreclosure", **before), io("2")]
    notices = paired(earlier, [{"loan_id": "7", "status": "liquidated", "balance": 0.0, **after}, io("2")]).notices
    assert len(notices) == bool(told)
    assert all(told in words and words.endswith("(7)") for words in notices)


@pytest.mark.parametrize("basis", ["act/360", "simple", "ACT365", "Actual/360"])
def test_loans_by_actual_days_are_told_as_scheduled_by_months(basis):
    earlier = [io("1", accrual_basis=basis), io("2", accrual_basis="30/360"), io("3", accrual_basis=None)]
    made = paired(earlier, [io("1", 99000.0), io("2"), io("3")])
    assert len(made.notices) == 1
    assert "taken as 30/360" in made.notices[0]
    assert "(1)" in made.notices[0]
    assert paired([{**earlier[0], "status": "reo"}], [io("1", status="reo")]).flags["actual_days"].sum() == 0


def test_text_of_a_file_reads_as_the_cells_of_a_sheet():
    header = ["loan_id", "balance", "rate", "remaining_term", "status", "vintage"]
    cells = [[1.0, 1e5, 0.06, 360.0, "d30", 2006.0], [2.0, 2e5, 0.07, 300.0, "current", 2007.0]]
    texts = [["1", "100000.00", "0.06", "360", "D30", "2006"], ["2", "200000", ".07", "300", "Current", "2007.0"]]
    sheet, file = (from_grid("earlier", [header, *rows], text=text) for rows, text in ((cells, False), (texts, True)))
    assert grid(pair(sheet, sheet, 1, "vintage")) == grid(pair(file, file, 1, "vintage"))


# --- properties -------------------------------------------------------------------------------------------------------

BALANCES = st.integers(1, 10**9).map(lambda cents: cents / 100)
TERMS = st.fixed_dictionaries(
    {"balance": BALANCES, "rate": st.sampled_from([0.0, 0.03, 0.0625, 0.12]), "remaining_term": st.sampled_from([1, 2, 60, 360]),
     "status": st.sampled_from(STATES), "group": st.sampled_from(["1", "2", "x"])},
    optional={"interest_only_months": st.sampled_from([0, 1]), "months_delinquent": st.integers(0, 30),
              "deferred_balance": BALANCES, "amortization_term": st.sampled_from([360, 480])},
)  # fmt: skip
SHARES = st.floats(0.0, 1.2, allow_nan=False)


@st.composite
def pools(draw: st.DrawFn) -> tuple[list[Row], list[Row]]:
    earlier, later = [io("always")], [io("always", group="1")]
    for k, terms in enumerate(draw(st.lists(TERMS, max_size=12))):
        where = draw(st.sampled_from(["both", "both", "both", "earlier", "later"]))
        if where != "later":
            earlier.append({"loan_id": f"L{k}", **terms})
        if where != "earlier":
            after = {**terms, "status": draw(st.sampled_from(STATES)), "balance": terms["balance"] * draw(SHARES)}
            loss = draw(st.sampled_from([None, 0.0, 0.3, 1.0]))
            after["loss"] = None if loss is None else loss * terms["balance"]
            later.append({"loan_id": f"L{k}", **after})
    return earlier, later


@given(pools(), st.sampled_from([1, 2, 3, 12]))
def test_the_amounts_lead_from_the_balance_before_to_the_balance_after(tapes, months):
    got = measured(*tapes, months)
    led = got["balance_earlier"] + sum(got[name] for name in INFLOWS) - sum(got[name] for name in OUTFLOWS)
    size = got["balance_earlier"] + got["balance_later"] + got["new_balance"]
    assert led == pytest.approx(got["balance_later"], abs=1e-9 * size)
    assert (
        got["loans_earlier"] + got["new_loans"] == got["loans_later"] + got["paid_off_loans"] + got["liquidated_loans"]
    )


@given(pools(), st.sampled_from([1, 2, 3, 12]))
def test_rates_are_rates_and_roll_rates_sum_to_one(tapes, months):
    made = paired(*tapes, months, by="group")
    got = measure(made)
    assert list(got) == list(MEASURES)
    for name, (unit, _) in MEASURES.items():
        if unit in ("a month", "a year") or name.startswith("sixty"):
            values = got[name][np.isfinite(got[name])]
            assert np.all((values >= 0.0) & (values <= 1.0 + 1e-12)), name
        elif name not in ("default_change", "severity", "severity_liquidation", "losses"):
            assert not np.any(got[name] < -1e-9), name
    assert np.all(got["smm"][np.isfinite(got["smm"] + got["mdr"])] <= 1.0 + 1e-12)
    for moved in rolls(made):
        np.testing.assert_allclose(moved[0], moved[1:].sum(axis=0), rtol=1e-12)
    for title in grid(made):
        if title[0] in LIVING and isinstance(title[2], float):
            assert sum(title[2:]) == pytest.approx(1.0, abs=1e-12)


@given(pools(), st.sampled_from([1, 3]), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_changes_no_bit(tapes, months, chance):
    mixed = []
    for rows in tapes:
        shuffled = [dict(chance.sample(list(row.items()), len(row))) for row in rows]
        mixed.append(chance.sample(shuffled, len(shuffled)))
    assert grid(paired(*mixed, months, by="group"), "group") == grid(paired(*tapes, months, by="group"), "group")


@given(pools(), st.sampled_from([1, 3]))
def test_cuts_add_up_to_the_pool_which_is_the_same_uncut(tapes, months):
    whole, cut = measure(paired(*tapes, months)), measure(paired(*tapes, months, by="group"))
    for name, (unit, _) in MEASURES.items():
        assert cut[name][0] == whole[name][0] or math.isnan(cut[name][0]), name
        if unit in ("$", "loans"):
            assert cut[name][1:].sum() == pytest.approx(cut[name][0], rel=1e-12, abs=1e-6), name
    rows = {g: [[r for r in rows if r.get("group", "1") == g] for rows in tapes] for g in ("1",)}
    alone = measure(paired(*rows["1"], months))  # loans keep their group here, so a cut is a pool of its own
    for name in MEASURES:
        at = paired(*tapes, months, by="group").cuts.index("1") + 1
        assert cut[name][at] == pytest.approx(alone[name][0], rel=1e-9, abs=1e-6, nan_ok=True), name


@given(pools())
def test_a_tape_against_itself_moves_nothing_but_what_falls_due(tapes):
    living = [row for row in tapes[0] if row.get("status", "current") in LIVING]
    got = measured(living, living)
    assert got["smm"] == 0.0 or math.isnan(got["smm"])
    for name in ("defaults", "liquidated", "new_balance", "default_change", "payoffs", "curtailments", "forgiven"):
        assert got[name] == pytest.approx(0.0, abs=1e-6), name


def test_the_grid_is_read_from_the_top_left():
    rows = grid(paired([io("1", group="a"), io("2", group="b")], [io("1", group="a")], by="group"), "group")
    assert rows[0] == ["measure", "unit", "all", "group a", "group b", "definition"]
    names = [row[0] for row in rows[1 : len(MEASURES) + 1]]
    assert names == list(MEASURES)
    assert all(isinstance(row[-1], str) and row[-1] for row in rows[1 : len(MEASURES) + 1])
    notices = [row for row in rows if row[0] == "notice"]
    assert len(notices) == 1
    assert "(2)" in str(notices[0][-1])
    titles = [row[0] for row in rows if str(row[0]).startswith("roll by")]
    assert titles == [
        f"roll by {what}, {who}" for what in ("balance", "number") for who in ("all", "group a", "group b")
    ]
