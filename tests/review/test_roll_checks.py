"""Roll checks: each finds what was planted and names it, and is silent on the legal case beside it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import Row, table
from tests.review.sample_months import rolled
from workbooks.sample_market import MONTHS
from xlfv.review.roll_checks import roll_checks
from xlfv.review.roll_findings import ERROR, MOST, NOTE, WARNING, RollFinding
from xlfv.review.roll_rules import CHECKS
from xlfv.tables import Place, Table, from_grid
from xlfv.tables.schema import Records
from xlfv.trust.loans import LOANS
from xlfv.trust.parts import REO

BEFORE, NOW = dt.date(2009, 11, 30), dt.date(2009, 12, 31)
ARM: Row = {
    "rate_type": "arm", "index": "LIBOR_6M", "margin": 0.0225, "months_to_reset": 0, "reset_frequency": 6,
    "periodic_cap": 0.01, "initial_cap": 0.03, "first_reset_age": 37, "life_cap": 0.11, "life_floor": 0.0225,
}  # fmt: skip


def loan(name: str = "X1", **terms: Any) -> Row:
    return {"loan_id": name, "balance": 200000.0, "rate": 0.06, "remaining_term": 300, "age": 50,
            "original_balance": 220000.0, "status": "current", **terms}  # fmt: skip


def a_month_on(row: Row, **terms: Any) -> Row:
    """The loan a month later, as it should be."""
    aged = {"age": row["age"] + 1, "remaining_term": row["remaining_term"] - 1, "balance": row["balance"] - 250.0}
    return {**row, **aged, **terms}


def records(rows: list[Row], schema: Any = LOANS) -> Records:
    faults: list = []
    read = schema.read(table(schema.name, rows), faults) if rows else schema.empty()
    assert not faults, faults
    return read


def check(before: list[Row], now: list[Row], **others: Any) -> list[RollFinding]:
    return roll_checks(records(before), records(now), BEFORE, NOW, **others)


def one(before: Row, now: Row, **others: Any) -> list[tuple[str, str]]:
    """Level and name of what is found of one loan, beside another that is sound."""
    sound = loan("S1")
    found = check([before, sound], [now, a_month_on(sound)], **others)
    assert all(each.loans in ((), (str(before["loan_id"]),)) for each in found)
    return [(each.level, each.check) for each in found]


ARM_ON = {"months_to_reset": 5}
PLANTED: list[tuple[str, str, Row, Row]] = [
    ("balance_up", ERROR, loan(), {"balance": 200000.01}),
    ("balance_up", WARNING, loan(status="d90", months_delinquent=4), {"balance": 203000.0, "status": "current", "months_delinquent": 0}),
    ("balance_up_too_far", ERROR, loan(payment_cap=0.075, payment_reset_frequency=12), {"balance": 201100.0}),
    ("reo_balance", WARNING, loan(status="reo"), {"balance": 190000.0}),
    ("fixed_rate", ERROR, loan(), {"rate": 0.0575}),
    ("fixed_rate", WARNING, loan(status="d60", months_delinquent=2), {"rate": 0.02, "status": "current", "months_delinquent": 0}),
    ("not_due", ERROR, loan(**{**ARM, "months_to_reset": 1}), {"rate": 0.055, "months_to_reset": 0}),
    ("beyond_cap", ERROR, loan(**ARM), {"rate": 0.0475, **ARM_ON}),
    ("beyond_cap", ERROR, loan(**ARM, age=30) | {"age": 30}, {"rate": 0.095, **ARM_ON}),
    ("beyond_life", ERROR, loan(**ARM) | {"rate": 0.105}, {"rate": 0.1125, **ARM_ON}),
    ("reset_date", WARNING, loan(**{**ARM, "months_to_reset": 3}), {"months_to_reset": 3}),
    ("reset_date", WARNING, loan(**ARM), {"months_to_reset": 6, "rate": 0.055}),
    ("term", WARNING, loan(), {"remaining_term": 300}),
    ("term", WARNING, loan(), {"remaining_term": 480}),
    ("term", ERROR, loan(), {"remaining_term": 290}),
    ("age", ERROR, loan(), {"age": 50}),
    ("cannot_follow", ERROR, loan(), {"status": "d90", "months_delinquent": 0}),
    ("cannot_follow", ERROR, loan(), {"status": "d60", "months_delinquent": 0}),
    ("cannot_follow", ERROR, loan(), {"status": "foreclosure"}),
    ("reo_left", ERROR, loan(status="reo"), {"status": "current"}),
    ("reo_without_foreclosure", ERROR, loan(status="d30", months_delinquent=1), {"status": "reo"}),
    ("reo_without_foreclosure", WARNING, loan(status="d90", months_delinquent=8), {"status": "reo"}),
    ("foreclosure_cured", WARNING, loan(status="foreclosure", months_delinquent=9), {"status": "current", "months_delinquent": 0}),
    ("missed_jump", ERROR, loan(status="d90", months_delinquent=4), {"months_delinquent": 6}),
    ("missed_status", WARNING, loan(status="d90", months_delinquent=4), {"status": "d30", "months_delinquent": 4}),
    ("last_paid", ERROR, loan(last_paid_date=dt.date(2009, 11, 1)), {"last_paid_date": dt.date(2009, 10, 1)}),
    ("original_balance_changed", ERROR, loan(), {"original_balance": 230000.0}),
    ("margin_changed", ERROR, loan(**{**ARM, "months_to_reset": 3}), {"margin": 0.0275, "months_to_reset": 2}),
    ("index_changed", ERROR, loan(**{**ARM, "months_to_reset": 3}), {"index": "LIBOR_12M", "months_to_reset": 2}),
    ("lien_changed", ERROR, loan(lien=1), {"lien": 2}),
    ("group_changed", ERROR, loan(group="1"), {"group": "2"}),
    ("rate_type_changed", WARNING, loan(**{**ARM, "months_to_reset": 3}), {"rate_type": "fixed", "margin": 0.0225, "index": ""}),
    ("periodic_cap_changed", WARNING, loan(**{**ARM, "months_to_reset": 3}), {"periodic_cap": 0.02, "months_to_reset": 2}),
    ("life_cap_changed", WARNING, loan(**{**ARM, "months_to_reset": 3}), {"life_cap": 0.12, "months_to_reset": 2}),
    ("life_floor_changed", WARNING, loan(**{**ARM, "months_to_reset": 3}), {"life_floor": 0.03, "months_to_reset": 2}),
    ("servicing_fee_changed", WARNING, loan(servicing_fee=0.0025), {"servicing_fee": 0.005}),
]  # fmt: skip
ALSO = {"rate_type_changed": {"index_changed"}}  # a loan made fixed has no index any more


@pytest.mark.parametrize(("name", "level", "before", "change"), PLANTED)
def test_what_was_planted_is_found_and_nothing_else(name: str, level: str, before: Row, change: Row) -> None:
    found = one(
        before, a_month_on(before) | ({"balance": before["balance"]} if before["status"] == "reo" else {}) | change
    )
    assert (level, name) in found
    assert {each for _, each in found} - {name} <= ALSO.get(name, set())


LEGAL: list[tuple[Row, Row]] = [
    (loan(), {}),
    (loan(), {"balance": 120000.0}),  # a curtailment
    (loan(), {"balance": 200000.0}),  # interest only, or not paid
    (loan(payment_cap=0.075, payment_reset_frequency=12), {"balance": 200999.99}),  # negative amortization: 1,000 of interest
    (loan(negam_limit=1.1), {"balance": 200500.0}),
    (loan(status="reo"), {"balance": 200000.0}),
    (loan(**ARM), {"rate": 0.05, **ARM_ON}),  # to the cap exactly
    (loan(**ARM) | {"age": 36}, {"rate": 0.09, **ARM_ON}),  # the first reset takes the initial cap
    (loan(**{**ARM, "periodic_cap": None, "initial_cap": None}), {"rate": 0.11, **ARM_ON}),  # no cap but the life cap
    (loan(**{**ARM, "reset_frequency": 1}), {"rate": 0.055, "months_to_reset": 0}),
    (loan(remaining_term=1), {"remaining_term": 1}),  # a balloon past due
    (loan(age=0), {"age": 0}),  # ages not given
    (loan(original_balance=None), {"original_balance": 220000.0}),
    (loan(), {"status": "d30", "months_delinquent": 1}),
    (loan(status="d30", months_delinquent=1), {"status": "d60", "months_delinquent": 2}),
    (loan(status="d60"), {"status": "d90", "months_delinquent": 3}),
    (loan(status="d60", months_delinquent=2), {"status": "foreclosure", "months_delinquent": 3}),
    (loan(status="d90", months_delinquent=5), {"status": "current", "months_delinquent": 0}),  # arrears made up
    (loan(status="bankruptcy"), {"status": "current"}),
    (loan(), {"status": "bankruptcy"}),
    (loan(status="foreclosure", months_delinquent=9), {"status": "reo", "months_delinquent": 10}),
    (loan(status="foreclosure"), {"months_delinquent": 9}),  # not given before
    (loan(status="foreclosure", months_delinquent=9), {"status": "d90", "months_delinquent": 10}),  # on hold
    (loan(last_paid_date=dt.date(2009, 11, 1)), {"last_paid_date": dt.date(2009, 12, 1)}),
    (loan(last_paid_date=dt.date(2009, 11, 1)), {"last_paid_date": None}),
    (loan(deferred_balance=0.0), {"balance": 150000.0, "deferred_balance": 50000.0}),  # principal deferred
]  # fmt: skip


@pytest.mark.parametrize(("before", "change"), LEGAL)
def test_what_is_legal_is_passed_in_silence(before: Row, change: Row) -> None:
    assert one(before, a_month_on(before) | change) == []


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(1e3, 1e6), st.sampled_from(["current", "d30", "d60", "d90", "foreclosure"]), st.floats(0.0, 1.0),
            st.integers(0, 5), st.floats(-0.01, 0.01), st.booleans(), st.integers(2, 400),
        ),
        min_size=1, max_size=12,
    )
)  # fmt: skip
def test_loans_that_pay_miss_and_reset_by_their_terms_pass(drawn: list[tuple]) -> None:
    """Any loan that pays some of its balance, misses a payment or none, and resets on its day inside its cap is sound."""
    order = ["current", "d30", "d60", "d90", "foreclosure", "reo"]
    before, now = [], []
    for k, (balance, status, paid, reset, moved, misses, term) in enumerate(drawn):
        late = order.index(status)
        was = loan(f"L{k}", balance=round(balance, 2), status=status, months_delinquent=late, remaining_term=term)
        was |= {**ARM, "months_to_reset": reset}
        stands = order[min(late + 1, 5)] if misses else status
        due = reset == 0
        is_now = a_month_on(
            was, balance=round(balance, 2) if status in ("foreclosure", "reo") else round(balance * paid, 2),
            status=stands, months_delinquent=min(late + misses, 5), months_to_reset=5 if due else reset - 1,
            rate=round(0.06 + moved, 7) if due else 0.06,
        )  # fmt: skip
        if stands == "d90":
            is_now["months_delinquent"] = max(is_now["months_delinquent"], 3)
        before.append(was)
        now.append(is_now)
    assert [str(each) for each in check(before, now[::-1])] == []


# --- the pool -------------------------------------------------------------------------------------------------------


def levels(found: list[RollFinding]) -> list[tuple[str, str]]:
    return [(each.level, each.check) for each in found]


def test_new_loans_need_a_word_and_loans_gone_are_told() -> None:
    found = check([loan("A"), loan("B")], [a_month_on(loan("A")), loan("N")])
    assert levels(found) == [(WARNING, "new_loans"), (NOTE, "vanished")]
    assert "N (200,000.00)" in found[0].fault.what
    assert "1 loan of 200,000.00 together gone" in found[1].fault.what
    assert "month before" in found[1].fault.where


def test_the_tape_of_the_month_before_is_an_error() -> None:
    before = [loan("A"), loan("B")]
    assert (ERROR, "same_tape") in levels(check(before, before))


def test_another_pool_and_months_exchanged_are_errors() -> None:
    assert levels(check([loan("A")], [loan("B")])) == [(ERROR, "other_pool")]
    rows = records([loan("A")])
    assert levels(roll_checks(rows, rows, NOW, BEFORE)) == [(ERROR, "order")]


def test_three_months_between_let_three_payments_be_missed() -> None:
    was, far = loan("A"), loan("A", age=53, remaining_term=297, status="d90", months_delinquent=3)
    quarter = roll_checks(records([was]), records([far]), dt.date(2009, 9, 30), NOW)
    assert levels(quarter) == []


def test_over_three_months_each_reset_takes_its_cap() -> None:
    """Monthly resets inside 1%: three of them move the rate by 3%, and no further."""
    monthly = loan("A", **{**ARM, "reset_frequency": 1})
    for rate, expected in ((0.09, []), (0.0901, [(ERROR, "beyond_cap")])):
        later = {**monthly, "age": 53, "remaining_term": 297, "rate": rate}
        assert levels(roll_checks(records([monthly]), records([later]), dt.date(2009, 9, 30), NOW)) == expected


def posted(**amounts: float) -> dict[str, float]:
    whole = dict.fromkeys(
        ("principal_collected", "liquidation_proceeds", "losses", "reo_sales_proceeds", "reo_losses"), 0.0
    )
    return {**whole, **amounts}


def test_the_pool_falls_by_what_was_posted() -> None:
    before, now = [loan("A"), loan("B")], [a_month_on(loan("A"))]
    good = posted(principal_collected=150250.0, liquidation_proceeds=30000.0, losses=20000.0)
    assert levels(check(before, now, actuals=good)) == [(NOTE, "vanished")]
    short = check(before, now, actuals={**good, "losses": 19999.0})
    assert levels(short) == [(ERROR, "pool_roll"), (NOTE, "vanished")]
    assert "1.00 is not explained" in short[0].fault.what


def test_loans_gone_are_no_more_than_was_paid_and_liquidated() -> None:
    before, now = [loan("A"), loan("B")], [a_month_on(loan("A")), loan("N")]
    found = check(before, now, actuals=posted(principal_collected=250.0))
    assert (ERROR, "vanished_sum") in levels(found)
    assert (ERROR, "pool_roll") not in levels(found)  # the new loan hides it in the sum


def property_of(name: str) -> Row:
    return {"loan_id": name, "balance": 200000.0, "value": 100000.0}


def test_reo_stands_in_both_tables_and_leaves_by_a_sale() -> None:
    was = [loan("A", status="reo"), loan("B", status="foreclosure")]
    taken = a_month_on(loan("B"), status="reo", balance=200000.0)
    both = {"reo_before": records([property_of("A")], REO), "reo_now": records([property_of("B")], REO)}
    assert levels(check(was, [taken], **both, sold=["A"])) == []
    assert levels(check(was, [taken], **both)) == [(ERROR, "reo_vanished")]
    nothing = {**both, "reo_now": REO.empty()}
    assert levels(check(was, [taken], **nothing, sold=["A"])) == [(ERROR, "reo_not_listed")]
    alive = check(was, [a_month_on(loan("B"), status="foreclosure")], **both, sold=["A"])
    assert levels(alive) == [(ERROR, "reo_listed_alive")]
    stands = check(was, [a_month_on(was[0], balance=200000.0), taken],
                   reo_now=records([property_of("A"), property_of("B")], REO), sold=["A"])  # fmt: skip
    assert levels(stands) == [(ERROR, "sold_stands")]


def test_reo_in_no_table_of_loans_leaves_by_a_sale_too() -> None:
    sides = {"reo_before": records([property_of("OUT")], REO), "reo_now": REO.empty()}
    before, now = [loan("A")], [a_month_on(loan("A"))]
    assert levels(check(before, now, **sides)) == [(ERROR, "reo_vanished")]
    assert levels(check(before, now, **sides, sold=["OUT"])) == []
    paid = posted(principal_collected=250.0, reo_sales_proceeds=120000.0, reo_losses=80000.0)
    assert levels(check(before, now, **sides, sold=["OUT"], actuals=paid)) == []


# --- how it is told -------------------------------------------------------------------------------------------------


def test_alike_findings_are_counted_and_the_first_listed_with_rows() -> None:
    before = [loan(f"L{k:03d}") for k in range(25)]
    rows = [a_month_on(row, rate=0.05) for row in before]
    header = list(rows[0])
    cells = [header, *[[str(row[name]) for name in header] for row in rows]]
    place = Place("loans.csv", kind="file")
    loans: Table = from_grid("loans", cells, place, text=True)
    faults: list = []
    (found,) = roll_checks(records(before), LOANS.read(loans, faults), BEFORE, NOW, table=loans)
    assert (found.count, len(found.loans)) == (25, MOST)
    assert found.fault.what.startswith("25 loans of a fixed rate that changed: L000 (0.06 -> 0.05, row 2), L001")
    assert found.fault.what.endswith("and 15 more")
    assert found.fault.where == "loans.csv row 2, column rate, loan_id L000"
    assert found.fault.todo


def test_every_check_is_named_and_every_named_check_is_planted() -> None:
    pool = {"order", "other_pool", "same_tape", "new_loans", "vanished", "vanished_sum", "pool_roll", "reo_not_listed",
            "reo_listed_alive", "reo_vanished", "sold_stands"}  # fmt: skip
    assert {name for name, *_ in PLANTED} | pool == set(CHECKS)


@pytest.mark.parametrize("trust", ["ICMB-2005-A", "ICMB-2004-F", "IMFC-2006-MF"])
@pytest.mark.parametrize("month", MONTHS[1:])
def test_the_sample_has_no_error_and_only_cures_to_warn_of(trust: str, month: str) -> None:
    found = rolled(trust, month)
    assert {(each.level, each.check) for each in found} <= {(NOTE, "vanished"), (WARNING, "foreclosure_cured")}


def test_the_sample_with_a_loan_less_is_found() -> None:
    from tests.review.sample_months import sides

    before, now = sides("ICMB-2004-F", "2009-06")
    assert before is not None
    loans = now.trust["loans"]
    less = loans.take(np.arange(loans.count) != 5)
    found = roll_checks(before.trust["loans"], less, before.trust.as_of, now.trust.as_of, actuals=now.actuals)
    assert (ERROR, "pool_roll") in levels(found)
