"""What is said of yields and curves is what their tables say."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reporting.test_narrative import paragraphs, traced
from xlfv.excel import call
from xlfv.excel.example_deal import DEAL
from xlfv.reporting.methods import read_register, yields_paragraph
from xlfv.tables import Refused, from_grid

STACK = DEAL["inputs"]
HEADER = [
    "trust",
    "item",
    "yield",
    "low",
    "high",
    "source",
    "quote_date",
    "reason",
    "cash_basis",
    "orderly",
    "approved_by",
]
YIELDS = [
    HEADER,
    ["T1", "A", 0.08, 0.06, 0.10, "dealer X", dt.date(2009, 12, 28), None, None, None, "CFO"],
    ["T1", "B", 0.25, 0.15, 0.20, "dealer Y", dt.date(2009, 12, 30), "a thin market", None, "no", "CFO"],
    ["T1", "residual", 0.30, None, None, None, None, None, None, None, None],
    HEADER,
    ["T2", "A", 0.07, 0.07, None, "dealer X", None, None, "contractual", None, "CFO"],
]  # fmt: skip
CURVES = [
    ["month", "curve", "cpr", "cdr", "severity", "provider", "curve_date", "version"],
    [1, "prime", 0.1, 0.02, 0.4, "House A", dt.date(2009, 12, 31), "v2"],
    [1, "other", 0.1, 0.05, 0.5, "House B", dt.date(2009, 12, 15), "v2"],
]


def told(yields=None, curves=None):
    return paragraphs(call("XLFV_NARRATIVE", STACK, None, None, None, yields, curves))


def test_a_register_in_words_by_hand():
    text, facts = told(YIELDS)["How the discount rates were chosen"]
    for words in (
        "holds 4 chosen yields", "range is given for 3 of them; 1 of these lies outside it",
        "T1 B at 25.00% lies outside: a thin market.", "Sources named: dealer X and dealer Y.",
        "Quotes are dated from 28 December 2009 to 30 December 2009.",
        "1 is said not to come from an orderly market", "Contractual, not expected, cash is discounted at 1 of them.",
        "An approval is recorded for 3 of 4.",
    ):  # fmt: skip
        assert words in text, words
    traced([(text, facts)])


def test_nothing_is_said_of_what_a_register_lacks():
    text, _ = told([["item", "yield"], ["A", 0.08], ["residual", 0.2]])["How the discount rates were chosen"]
    assert text == (
        "The table of yields holds 2 chosen yields. An acceptable range is given for 0 of them. An approval is recorded for"
        " 0 of 2."
    )
    found = told()
    assert "How the discount rates were chosen" not in found
    assert "Assumption curves" not in found


def test_curves_tell_who_made_them_and_when():
    text, _ = told(curves=CURVES)["Assumption curves"]
    assert text == (
        "The curves give prepayment, default and severity for 2 curve sets. Providers named: House A and House B. They are"
        " dated from 15 December 2009 to 31 December 2009. Version: v2."
    )
    text, _ = told(curves=[["month", "psa"], [1, 150]])["Assumption curves"]
    assert text == "The curves give prepayment for 1 curve set. The table names no provider."


def test_a_risk_premium_is_told_where_it_is_stated():
    rows = [
        ["item", "yield", "base_rate", "risk_premium"],
        ["A", 0.08, 0.03, 0.05],
        ["B", 0.2, 0.03, 0.17],
        ["residual", 0.3],
    ]
    text, _ = told([[*row, *[None] * (4 - len(row))] for row in rows])["How the discount rates were chosen"]
    assert "A risk premium is stated for 2 of them, from 5.00% to 17.00%." in text


rates = st.floats(0.0, 0.5)


@settings(max_examples=100)
@given(st.lists(st.tuples(rates, rates, rates), min_size=1, max_size=6))
def test_yields_outside_their_range_are_counted_and_named(drawn):
    rows = [["item", "yield", "low", "high", "reason"]]
    outside = []
    for k, (rate, one, other) in enumerate(drawn):
        low, high = min(one, other), max(one, other)
        rows.append([f"I{k}", rate, low, high, f"because {k}"])
        outside += [k] if rate < low - 1e-12 or rate > high + 1e-12 else []
    text = yields_paragraph(read_register(from_grid("yields", rows))).text
    assert f"; {len(outside)} of these" in text
    for k in range(len(drawn)):
        assert (f"because {k}." in text) == (k in outside)


@pytest.mark.parametrize(
    ("grid", "words"),
    [
        ([["item", "yield"], ["A", 8.0]], "yield is 8"),
        ([["item", "yield"], ["A", 0.08], ["a", 0.07]], "a has two yields"),
        ([["item", "yield", "low", "high"], ["A", 0.08, 0.1, 0.05]], "runs from 0.1 down to 0.05"),
        ([["item"], ["A"]], "the column yield is missing"),
    ],
)
def test_a_bad_register_is_refused_with_the_faults_of_the_other_tables(grid, words):
    with pytest.raises(Refused, match=words):
        read_register(from_grid("yields", grid))
    why = call("XLFV_NARRATIVE", STACK[:1], None, None, None, grid, [["month", "cprr"], [1, 0.1]])[0][0].reason
    assert words in why
    assert "inputs has no rows" in why
    assert "cpr" in why
