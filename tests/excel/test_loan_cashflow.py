"""Cash flows of loans in cells: one loan's is its part of the totals to the last bit, and every column means what it says."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from tests.excel.golden import AS_OF
from tests.excel.helpers import fails
from xlfv.excel import call, registry
from xlfv.excel.book.cashflows import CASH_IN, CASH_OUT
from xlfv.excel.cash_columns import DEAL, LOANS, USUAL
from xlfv.projection.collateral import LEDGER, NEEDED

Row = dict[str, Any]
NOT_TOLD = {"interest_late"}  # it is interest_advanced and interest_lost together

CURVES = [
    ["curve", "month", "cpr", "psa", "cdr", "severity", "severity_d90", "severity_basis", "recovery_lag", "cure_d60",
     "months_to_liquidation_d90", "months_to_liquidation_foreclosure", "advance_months", "subsequent_recovery",
     "liquidation_expense", "curtailment"],
    ["default", 1.0, "6 ramp 6 to 12", None, 0.05, 0.4, None, None, 6.0, None, None, None, None, None, None, None],
    ["late", 1.0, None, 150.0, 0.08, 0.5, 0.6, "property", 9.0, 0.05, 14.0, 18.0, 6.0, 0.1, 0.05, 0.01],
]  # fmt: skip
INDICES = [["month", "LIBOR_6M"], [0.0, 0.02], [12.0, 0.05]]
KINDS: dict[str, Row] = {
    "fixed": {},
    "arm": {"rate_type": "arm", "index": "LIBOR_6M", "margin": 0.025, "months_to_reset": 5.0, "reset_frequency": 6.0,
            "periodic_cap": 0.01},
    "io": {"interest_only_months": 7.0, "servicing_fee": 0.005},
    "balloon": {"remaining_term": 30.0, "amortization_term": 300.0},
    "option": {"payment": 450.0, "payment_cap": 0.075, "payment_reset_frequency": 12.0, "negam_limit": 1.1},
    "deferred": {"rate": 0.02, "deferred_balance": 25000.0},
    "simple": {"accrual_basis": "simple"},
    "penal": {"prepay_penalty_months": 20.0, "prepay_penalty_type": "step_down"},
    "insured": {"mi_coverage": 0.2, "lien": 2.0},
    "d60": {"status": "d60", "curve": "late"},
    "d90": {"status": "d90", "curve": "late", "advances_outstanding": 3000.0},
    "fc": {"status": "foreclosure", "curve": "late"},
    "fc_plain": {"status": "foreclosure"},
    "aged": {"curve": "late", "age": 12.0},
    "owned": {"status": "reo", "deferred_balance": 5000.0},
}  # fmt: skip
REO = [
    ["loan_id", "balance", "value", "months_to_sale", "group"],
    ["owned", 100000.0, 80000.0, 4.0, None],
    ["outside", 50000.0, 60000.0, 3.0, "outside"],
]


def grid_of(rows: list[Row]) -> list[list[Any]]:
    header = list(dict.fromkeys(key for row in rows for key in row))
    return [header, *[[row.get(key) for key in header] for row in rows]]


def projected(rows: list[Row], curves: Any = CURVES, reo: Any = None, months: float = 40.0) -> str:
    rows = [
        {"loan_id": f"{k}", "balance": 1e5, "rate": 0.06, "remaining_term": 240.0, **row} for k, row in enumerate(rows)
    ]
    bonds = [["tranche", "balance", "coupon"], ["A", 5e4, 0.05]]
    steps = [["step", "from", "pay", "to"], [1.0, "interest", "interest", "A"], [2.0, "principal", "principal", "A"]]
    trust = call("XLFV_TRUST", "T", AS_OF, grid_of(rows), bonds, steps, None, None, None, None, reo)
    return str(call("XLFV_PROJECT", trust, curves, INDICES, months)[0][0])


@pytest.fixture
def apart() -> str:
    """Every kind of loan in a group of its own."""
    return projected([{"loan_id": name, "group": name, **terms} for name, terms in KINDS.items()], reo=REO)


def columns(grid: list[list[Any]]) -> dict[str, np.ndarray]:
    return {str(name): np.array([row[k] for row in grid[1:]]) for k, name in enumerate(grid[0])}


@pytest.mark.parametrize("name", [*KINDS, "outside"])
def test_a_loan_is_its_part_of_the_totals_to_the_last_bit(apart: str, name: str) -> None:
    every = ",".join(LOANS)
    alone = call("XLFV_LOAN_CASHFLOW", apart, name, every)
    assert alone == call("XLFV_TRUST_CASHFLOW", apart, every, name)
    assert len(alone) == 41
    assert any(isinstance(cell, float) and cell > 0 for cell in alone[1][2:])


def test_loans_added_in_the_order_of_the_tape_are_the_total_to_the_last_bit() -> None:
    rare = [
        {"accrual_basis": "simple", "balance": 90000.0 + 777.77 * k, "status": s}
        for k, s in enumerate(["d90", "current"] * 5)
    ]
    handle = projected([{"curve": "late", **row} for row in rare])
    names = "performing_balance,delinquent_balance,scheduled_principal,interest_paid,losses,advances_outstanding"
    whole = columns(call("XLFV_TRUST_CASHFLOW", handle, names))
    added = {name: np.zeros(40) for name in names.split(",")}
    for k in range(len(rare)):
        one = columns(call("XLFV_LOAN_CASHFLOW", handle, float(k), names))
        added = {name: values + one[name] for name, values in added.items()}
    for name, values in added.items():
        assert np.array_equal(values, whole[name]), name


def test_common_loans_of_a_group_add_up_to_it() -> None:
    handle = projected([{"balance": 50000.0 + 1234.5 * k, "rate": 0.04 + 0.001 * k} for k in range(20)])
    usual = columns(call("XLFV_TRUST_CASHFLOW", handle, None, "1"))
    loans = [columns(call("XLFV_LOAN_CASHFLOW", handle, float(k))) for k in range(20)]
    for name in set(usual) - {"month", "date"}:
        assert sum(one[name] for one in loans) == pytest.approx(usual[name], rel=1e-12), name


def test_a_loan_id_typed_as_a_number_is_that_of_the_tape() -> None:
    handle = projected([{"loan_id": 100123.0}, {"loan_id": "00077"}, {"loan_id": "ab-1"}])
    assert call("XLFV_LOAN_CASHFLOW", handle, 100123.0) == call("XLFV_LOAN_CASHFLOW", handle, " 100123")
    assert "did you mean 00077?" in fails("XLFV_LOAN_CASHFLOW", handle, 77.0, code="#N/A")
    assert "did you mean ab-1?" in fails("XLFV_LOAN_CASHFLOW", handle, "AB-1", code="#N/A")


def test_a_loan_that_is_not_there_is_named_with_what_to_do(apart: str) -> None:
    failed = call("XLFV_LOAN_CASHFLOW", apart, "L 99")
    assert failed == [["#N/A"]]
    assert call("XLFV_WHY", failed)[0][0].endswith(
        "T has no loan 'L 99' -> write a loan_id of its tape: it has 16, aged to simple"
    )


def test_a_loan_in_reo_shows_its_sale(apart: str) -> None:
    found = columns(
        call("XLFV_LOAN_CASHFLOW", apart, "owned", "begin_balance,reo_sold,reo_proceeds,reo_losses,loan_cash")
    )
    assert found["begin_balance"].tolist() == [105000.0] * 4 + [0.0] * 36  # what is deferred counts in the pool
    for name, dollars in {"reo_sold": 105000.0, "reo_proceeds": 80000.0, "reo_losses": 25000.0}.items():
        assert found[name].tolist() == [0.0] * 3 + [dollars] + [0.0] * 36
    assert not found["loan_cash"].any()


def test_what_is_of_the_whole_trust_is_not_of_a_loan_or_a_group(apart: str) -> None:
    assert "'costs' [columns] -> it is of the whole trust" in fails("XLFV_LOAN_CASHFLOW", apart, "fixed", "costs")
    assert "it is of the whole trust" in fails("XLFV_TRUST_CASHFLOW", apart, "oc", "fixed")
    assert "did you mean losses?" in fails("XLFV_LOAN_CASHFLOW", apart, "fixed", "losess")


def test_the_usual_columns_are_those_of_the_trust_but_the_costs(apart: str) -> None:
    assert call("XLFV_TRUST_CASHFLOW", apart)[0] == ["month", "date", *USUAL]
    assert call("XLFV_LOAN_CASHFLOW", apart, "fixed")[0] == ["month", "date", *[n for n in USUAL if n != "costs"]]


def test_the_help_tells_every_column_and_no_other() -> None:
    told = set(re.findall(r"\b[a-z]+(?:_[a-z]+)*\b", registry.functions()["XLFV_TRUST_CASHFLOW"].notes))
    assert set(LOANS) | set(DEAL) <= told
    assert {word for word in told if "_" in word} <= set(LOANS) | set(DEAL)
    assert set(NEEDED) | set(LEDGER) <= set(LOANS) | NOT_TOLD


UNMET = ("call_price", "account_cash", "insurer_cash", "accreted")
"""What the deal of this test has none of."""


def test_columns_add_up_as_the_help_says(apart: str) -> None:
    x = columns(call("XLFV_TRUST_CASHFLOW", apart, ",".join((*LOANS, *DEAL))))
    sums = {
        "end_balance": ("performing_balance", "delinquent_balance", "foreclosure_balance", "reo_balance"),
        "sixty_plus_balance": ("late_balance", "foreclosure_balance", "reo_balance"),
        "principal": ("scheduled_principal", "prepaid_principal", "curtailed_principal", "advanced_principal",
                      "liquidation_proceeds", "subsequent_recoveries", "reo_proceeds"),
        "liquidated_balance": ("liquidation_proceeds", "losses"),
        "all_losses": ("losses", "reo_losses"),
        "reo_sold": ("reo_proceeds", "reo_losses"),
        "interest_due": ("interest_paid", "interest_capitalized", "interest_advanced", "interest_lost"),
        "gross_interest": ("interest_paid", "interest_advanced"),
        "gross_interest ": ("net_interest", "servicing_fee"),
        "interest_funds": ("net_interest", "penalties"),
        "loan_cash": ("interest_funds", "principal", "-reo_proceeds"),
    }  # fmt: skip
    for name, parts in sums.items():
        total = sum(-x[part[1:]] if part.startswith("-") else x[part] for part in parts)
        assert x[name.strip()] == pytest.approx(total, abs=1e-6), name
    for name in set(x) - {"month", "date", "oc", "oc_target", "hedge_received", "hedge_paid", "costs", *UNMET}:
        assert np.any(x[name] != 0.0), f"{name} is never met"
    gone = (
        "scheduled_principal",
        "prepaid_principal",
        "curtailed_principal",
        "advanced_principal",
        "liquidated_balance",
        "reo_sold",
    )
    left = x["begin_balance"] - sum(x[name] for name in gone) + x["interest_capitalized"]
    assert x["end_balance"] == pytest.approx(left, abs=1e-6)
    assert all(a == b for (a, _), (_, b) in pairwise(zip(x["end_balance"], x["begin_balance"], strict=True)))


def test_the_book_counts_every_kind_of_cash(apart: str) -> None:
    names = (*CASH_IN, *CASH_OUT)
    x = columns(call("XLFV_TRUST_CASHFLOW", apart, ",".join(names)))
    assert np.abs(sum(x[name] for name in CASH_IN) - sum(x[name] for name in CASH_OUT)).max() < 0.005


def test_the_rates_of_a_pool_are_interest_over_what_accrues() -> None:
    rows: list[Row] = [
        {"balance": 100000.0, "rate": 0.06, "servicing_fee": 0.0025}, {"balance": 200000.0, "rate": 0.08, "deferred_balance": 50000.0},
        {"loan_id": "owned", "status": "reo"},
    ]  # fmt: skip
    curves = [["month", "cpr"], [1.0, 1.0]]
    found = columns(call("XLFV_TRUST_CASHFLOW", projected(rows, curves, REO[:2]), "gross_wac,net_wac"))
    # What is deferred is part of the pool and bears no interest; REO is in the pool and accrues none.
    assert found["gross_wac"][0] == pytest.approx((100000 * 0.06 + 200000 * 0.08) / 350000, rel=1e-14)
    assert found["net_wac"][0] == pytest.approx((100000 * 0.0575 + 200000 * 0.08) / 350000, rel=1e-14)
    assert not found["gross_wac"][1:].any()
    assert not found["net_wac"][1:].any()
