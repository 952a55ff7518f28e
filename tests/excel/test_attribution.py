"""Steps of an attribution in cells: projections like any other, found again after a restart, and told in words."""

from __future__ import annotations

import pytest

from tests.excel.golden import AS_OF, CURVES, INDICES, PARTS, YIELDS
from tests.excel.goldens.months import AFTER, AFTERWARDS, CURVES_AFTER, INDICES_AFTER, YIELDS_AFTER
from tests.excel.helpers import fails, one
from xlfv.excel import call, handles
from xlfv.excel.example_attribution import CASH_PAID
from xlfv.excel.example_books import LEDGER
from xlfv.reporting.reprojection import FACTORS, FREE

ON_PROJECTIONS = {
    "XLFV_TRUST_CASHFLOW": [],
    "XLFV_RESIDUAL_CASHFLOW": [],
    "XLFV_TRANCHE_CASHFLOW": ["M"],
    "XLFV_LOAN_CASHFLOW": ["1001"],
    "XLFV_WATERFALL": [1.0],
    "XLFV_TRIGGERS": [],
    "XLFV_ACCOUNTS": [],
    "XLFV_INSURERS": [],
    "XLFV_HEDGE_CASHFLOW": [],
    "XLFV_HEDGE_VALUE": [],
    "XLFV_TRANCHE_PV": ["A", 0.08],
    "XLFV_TRANCHE_WAL": ["A"],
    "XLFV_TRANCHE_LOSS": ["B"],
    "XLFV_TRANCHE_DM": ["A", 95.0],
    "XLFV_TRANCHE_WINDOW": ["A"],
    "XLFV_TRANCHE_WRITEDOWN": ["B"],
    "XLFV_FAIR_VALUE": [YIELDS],
    "XLFV_COLLATERAL_YIELD": [YIELDS],
}


@pytest.fixture
def ends() -> list[object]:
    first = one(call("XLFV_TRUST", "SAMPLE-1", AS_OF, *PARTS))
    last = one(call("XLFV_TRUST", "SAMPLE-1", AFTER, *AFTERWARDS))
    opening = one(call("XLFV_PROJECT", first, CURVES, INDICES))
    closing = one(call("XLFV_PROJECT", last, CURVES_AFTER, INDICES_AFTER))
    return [opening, YIELDS, closing, YIELDS_AFTER]


def test_steps_answer_like_any_projection_and_their_values_are_the_table(ends: list[object], tmp_path) -> None:  # type: ignore[no-untyped-def]
    handles.configure(tmp_path)
    first = one(call("XLFV_TRUST", "SAMPLE-1", AS_OF, *PARTS))
    last = one(call("XLFV_TRUST", "SAMPLE-1", AFTER, *AFTERWARDS))
    ends[0] = one(call("XLFV_PROJECT", first, CURVES, INDICES))
    ends[2] = one(call("XLFV_PROJECT", last, CURVES_AFTER, INDICES_AFTER))
    header, *rows = call("XLFV_ATTRIBUTION", *ends)
    column = header.index("A")
    by_factor = {row[1]: float(row[column]) for row in rows}  # type: ignore[arg-type]
    value = by_factor["opening"] + by_factor["cash"]
    for factor in FACTORS:
        step = one(call("XLFV_ATTRIBUTION_STEP", *ends, factor))
        assert step.startswith("projection:SAMPLE-1:2010-01:")
        handles.forget_memory()
        value += by_factor[factor]
        table = YIELDS_AFTER if factor in ("yield", "model") else YIELDS
        balance = {row[1]: row[4] for row in call("XLFV_FAIR_VALUE", step, table)}
        assert balance["A"] == pytest.approx(value, abs=1e-6), factor
        for name, more in ON_PROJECTIONS.items():
            found = call(name, step, *more)
            assert "defect" not in str(call("XLFV_WHY", found)), (name, factor)
            if name not in ("XLFV_ACCOUNTS", "XLFV_INSURERS"):
                assert not str(found[0][0]).startswith("#"), (name, factor, call("XLFV_WHY", found))
    assert value == pytest.approx(by_factor["closing"], abs=1e-6)
    handles.configure(None)


def test_the_step_of_time_shows_the_opening_s_months_from_the_closing_on(ends: list[object]) -> None:
    step = one(call("XLFV_ATTRIBUTION_STEP", *ends, "time"))
    for name, more in (("XLFV_TRANCHE_CASHFLOW", ["A"]), ("XLFV_LOAN_CASHFLOW", ["1002"]), ("XLFV_TRUST_CASHFLOW", [])):
        _, _, *opened = call(name, ends[0], *more)
        _, *seen = call(name, step, *more)
        assert [row[1:] for row in seen] == [row[1:] for row in opened]
        assert [row[0] for row in seen[:2]] == [1.0, 2.0]
    assert "known by group" in str(call("XLFV_WHY", [[step]]))


def test_gains_and_losses_are_told_with_their_numbers(ends: list[object]) -> None:
    header, *rows = call("XLFV_EXPLAIN_CHANGE", *ends)
    told = {row[1]: dict(zip(header, row, strict=True)) for row in rows}
    for line in ("discount yields", "expected losses", "prepayments", "time", "cash"):
        dollars = abs(float(told[line]["borrowings"]))  # type: ignore[arg-type]
        assert f"{round(dollars):,} dollars" in str(told[line]["in_words"]), line


def test_the_ledger_is_held_against_the_cash_that_is_used(ends: list[object]) -> None:
    """What it lacks, or has beyond it, stands in the sentence on cash; figures that states cannot say are taken from it."""
    blank = [None] * 5

    def told(*rest: object) -> dict[object, list[object]]:
        return {row[1]: row for row in call("XLFV_EXPLAIN_CHANGE", *ends, *rest)[1:]}

    whole = told(*blank[:4], LEDGER)
    assert str(whole["cash"][-1]).endswith("The ledger posted the same.")
    alone = told()
    assert "ledger" not in str(alone)
    # Loan 1005 brought no interest, and its 933.34 dollars were not advanced: the ledger alone says so.
    assert whole["cash"][2] == pytest.approx(alone["cash"][2] + 933.34, abs=0.01)  # type: ignore[operator]
    for item, side, words in (
        ("hedge_paid", "derivatives paid", "0 dollars posted against 687 dollars (687 dollars less)"),
        ("bond_interest_paid", "borrowings", "98,696 dollars posted against 100,168 dollars (1,472 dollars less)"),
        ("reo_sales_proceeds", "REO", "0 dollars posted against 92,000 dollars (92,000 dollars less)"),
    ):
        without = told(*blank[:4], [row for row in LEDGER if row[2] != item])
        assert f"The ledger posted otherwise: {side} {words}." in str(without["cash"][-1])
        assert without["cash"][2:6] == whole["cash"][2:6]
    twice = told(*blank[:4], [*LEDGER, ["SAMPLE-1", AFTER, "interest_collected", 100.0, None]])
    assert "collateral 8,955 dollars posted against 8,855 dollars (100 dollars more)" in str(twice["cash"][-1])
    given = told(CASH_PAID, *blank[:3], LEDGER)
    assert "collateral 8,855 dollars posted against 9,788 dollars (933 dollars less)" in str(given["cash"][-1])
    assert "residual 0 dollars posted against 933 dollars (933 dollars less)" in str(given["cash"][-1])
    words = fails(
        "XLFV_EXPLAIN_CHANGE",
        *ends,
        [["item", "amount"], ["Q", 1.0]],
        None,
        None,
        None,
        [["item", "amount"], ["fee", 1]],
    )
    assert "no item 'Q'" in words
    assert "'fee'" in words


def test_what_cannot_be_explained_says_why(ends: list[object]) -> None:
    opening, yields, closing, later = ends
    assert "does not lie after" in fails("XLFV_ATTRIBUTION", closing, later, opening, yields)
    words = fails("XLFV_ATTRIBUTION", *ends, None, "performance, prepay, default, severity, index")
    assert "'prepay' is no factor" in words
    assert "yield is missing" in words
    assert set(FREE) == {"performance", "prepayment", "default", "severity", "index", "yield"}
    both = fails("XLFV_ATTRIBUTION", opening, [["item", "yield"], ["A", 0.1]], closing, [["item", "yield"], ["Q", 0.1]])
    assert "M of SAMPLE-1 has no yield" in both
    assert "'Q'" in both
