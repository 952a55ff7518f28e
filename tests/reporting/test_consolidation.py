"""Which trust is consolidated, by facts and the rule of the day; the balance sheet before and after eliminations."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlfv.excel import call
from xlfv.excel.example_deal import DEAL
from xlfv.reporting.balance_sheet import balance_grid
from xlfv.reporting.consolidation import decide, history, read_facts
from xlfv.tables import ErrorCell, Refused, from_grid

OLD, NEW = dt.date(2009, 12, 31), dt.date(2010, 1, 1)
HEAD = ["trust", "date", "fact", "value", "source"]


def facts(**values: object) -> dict:
    rows = [["T", "2006-01-01", name, value, "agreement"] for name, value in values.items()]
    return read_facts(from_grid("facts", [HEAD, *rows]))["T"]


@pytest.mark.parametrize(
    ("values", "old", "new"),
    [
        # a qualifying entity whose servicer and residual the company has: FAS 167 brings it on the books
        ({"qspe": "yes", "master_servicer": "yes", "holds_residual": "yes"}, False, True),
        ({"qspe": "no", "master_servicer": "yes", "holds_residual": "yes"}, True, True),
        # "all but one of these trusts (as the Company is not the master servicer)": the letter, of 2010's rule
        ({"qspe": "no", "master_servicer": "no", "holds_residual": "yes"}, True, False),
        ({"qspe": "no", "master_servicer": "yes", "holds_residual": "no"}, False, False),
        ({"qspe": "no", "power": "no", "master_servicer": "yes", "holds_residual": "yes"}, True, False),
        ({"qspe": "no", "power": "yes", "master_servicer": "no", "holds_residual": "yes"}, True, True),
        ({"qspe": "no", "master_servicer": "yes", "kick_out_right": "yes", "holds_residual": "yes"}, True, False),
        ({"qspe": "no", "master_servicer": "yes", "variable_interest_share": 0.5}, False, True),
        ({"qspe": "no", "master_servicer": "yes", "variable_interest_share": 0.51}, True, True),
        (
            {"qspe": "no", "master_servicer": "yes", "variable_interest_share": 0.0, "holds_residual": "yes"},
            False,
            False,
        ),
    ],
)
def test_the_rule_of_the_day_decides(values, old, new):
    own = facts(**values)
    assert decide("T", own, OLD).consolidated is old
    assert decide("T", own, NEW).consolidated is new
    changed = [change.decision.consolidated for change in history("T", own, NEW)]
    assert changed == ([old] if old is new else [old, new])


def test_what_no_fact_answers_is_asked_for_and_nothing_is_guessed():
    own = facts(holds_residual="yes")
    with pytest.raises(Refused, match="says whether it is a qualifying special-purpose entity"):
        decide("T", own, OLD)
    with pytest.raises(Refused, match="says whether the company has power over it"):
        decide("T", own, NEW)
    with pytest.raises(Refused, match="no fact in force on 2005-12-31"):
        decide("T", own, dt.date(2005, 12, 31))


def test_a_change_during_the_year_has_its_date():
    rows = [["T", "2006-01-01", "power", "yes", ""], ["T", "2006-01-01", "holds_residual", "yes", ""],
            ["T", "2006-01-01", "qspe", "yes", ""], ["T", "2010-06-15", "power", "no", "servicing sold"]]  # fmt: skip
    own = read_facts(from_grid("facts", [HEAD, *rows]))["T"]
    assert [(c.date, c.decision.consolidated) for c in history("T", own, dt.date(2010, 12, 31))] == [
        (dt.date(2006, 1, 1), False), (dt.date(2010, 1, 1), True), (dt.date(2010, 6, 15), False),
    ]  # fmt: skip
    assert "servicing sold" in decide("T", own, dt.date(2010, 12, 31)).used[0]


def lines(as_of: float, values: list | None = None, register: list | None = None) -> dict[str, list[float]]:
    grid = call("XLFV_CONSOLIDATE", register or DEAL["facts"], values or DEAL["trust_values"], as_of)
    assert not isinstance(grid[0][0], ErrorCell), grid[0][0].reason
    return {row[0]: row[1:] for row in grid[1:]}


def test_company_held_bonds_residuals_and_fees_are_eliminated():
    """SHELF-1 by hand: assets 950, borrowings 800 of which the company holds 100, derivatives 30, residual 120, fee 2."""
    shown = lines(40178.0)
    assert shown["Securitized mortgage borrowings"] == [800.0, 0.0, 800.0, -100.0, 700.0]
    assert shown["Bonds of the trusts held"][-1] == 0.0
    assert shown["Residual interests"] == [0.0, 120.0, 120.0, -120.0, 0.0]
    assert shown["Securitized mortgage collateral"][-1] == 902.0
    assert shown["Investment securities available for sale"][-1] == 20.0  # SHELF-2's residual
    # What the company owns in the trusts does not change by consolidating: 120 + 100 + 2 + 20, less its debt of 15.
    assert shown["Net assets"][1] == shown["Net assets"][-1] == 227.0


def test_in_2010_the_servicer_of_a_qualifying_entity_consolidates_it():
    register = [list(row) for row in DEAL["facts"]]
    register[6][3] = "yes"  # master servicer of SHELF-2
    shown = lines(40179.0, register=register)
    assert shown["Securitized mortgage collateral"][-1] == 900.0 + 2.0 + 500.0
    assert shown["Investment securities available for sale"][-1] == 0.0
    assert shown["Net assets"][-1] == 227.0


@settings(max_examples=25, deadline=None)
@given(order=st.permutations(range(1, 13)), held=st.booleans())
def test_the_order_of_rows_does_not_matter_and_balance_sheets_balance(order, held):
    values = [row for row in DEAL["trust_values"] if row[0] != "trust"]
    rows = [DEAL["trust_values"][0], *[values[k % len(values)] for k in dict.fromkeys(k % len(values) for k in order)]]
    rows = [[*row[:5], ("company" if held and row[2] == "A" else None) if row[1] == "liability" else row[5]] if k else row
            for k, row in enumerate(rows)]  # fmt: skip
    register = read_facts(from_grid("facts", DEAL["facts"]))
    grid = balance_grid(from_grid("values", rows), register, OLD)
    shown = {row[0]: row[1:] for row in grid[1:]}
    own = 120.0 + 2.0 + 20.0 - 15.0 + (700.0 + 480.0 if held else 0.0)
    assert shown["Net assets"][1] == pytest.approx(own)
    assert shown["Net assets"][-1] == pytest.approx(own)
    before, gone, after = shown["Total assets"][2:]
    assert before + gone == pytest.approx(after)


def refusal(register: list, values: list) -> str:
    return call("XLFV_CONSOLIDATE", register, values, 40178.0)[0][0].reason


def test_everything_wrong_is_named_at_once():
    values = [*DEAL["trust_values"], DEAL["trust_values"][3], ["SHELF-9", "asset", "Loans", None, 5.0, None]]
    register = [*DEAL["facts"], ["SHELF-3", "2006-01-01", "qspe", "no", None]]
    register = [*register, ["SHELF-3", "2006-01-01", "holds_residual", "yes", None]]
    words = refusal(register, values)
    for what in (
        "A of SHELF-1 stands twice", "SHELF-9 has no facts", "the asset 'Loans' is not known", "SHELF-3 has facts and no values",
        "SHELF-9 has no residual", "assets less liabilities less residual of SHELF-1 is -700.00",
    ):  # fmt: skip
        assert what in words


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (["SHELF-1", "2006-06-29", "qspe", "no", None], "qspe of SHELF-1 on 2006-06-29 stands twice"),
        (["SHELF-1", "2007-06-29", "qspe", "perhaps", None], "'perhaps' is neither yes nor no"),
        (["SHELF-1", "2007-06-29", "variable_interest_share", 60.0, None], "the share is 60"),
        (["SHELF-1", "2007-06-29", "owns_it", "yes", None], "owns_it"),
    ],
)
def test_facts_that_cannot_be_are_refused(row, words):
    assert words in refusal([*DEAL["facts"], row], DEAL["trust_values"])


def test_a_trusts_own_rows_carry_who_holds_a_class_and_fees_to_the_company():
    bonds = [
        [*DEAL["bonds"][0], "held_by"],
        *[[*row, "company" if row[0] == "B" else None] for row in DEAL["bonds"][1:]],
    ]
    costs = [DEAL["costs"][0], ["trustee", "pool_balance", 0.0003, "company"]]
    parts = [DEAL["loans"], bonds, DEAL["waterfall"], costs, *[DEAL[k] for k in ("terms", "triggers", "hedges", "reo")]]
    trust = call("XLFV_TRUST", "SHELF-1", 40178.0, *parts)
    projection = call("XLFV_PROJECT", trust, DEAL["curves"], DEAL["indices"])
    rows = call("XLFV_TRUST_VALUES", projection, DEAL["yields"])
    assert {row[2]: row[5] for row in rows[1:] if row[1] == "liability"}["B"] == "company"
    # 0.03% a year of a pool of 1,255,000 for a month
    assert [row[4] for row in rows if row[1] == "fee"] == [pytest.approx(1255000 * 0.0003 / 12)]
    shelf_1 = [row for row in DEAL["facts"] if row[0] != "SHELF-2"]
    shown = lines(40178.0, rows, shelf_1)
    held = next(row[4] for row in rows if row[2] == "B")
    assert shown["Securitized mortgage borrowings"][3] == pytest.approx(-held)
