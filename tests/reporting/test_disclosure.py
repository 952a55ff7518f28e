"""Inputs by class: what they are by hand, what weights do, and what is refused."""

from __future__ import annotations

import copy
import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import loan, make_curves, make_trust, table
from tests.valuation.deals import BONDS, grid_table, small_deal, yields_of
from xlfv.excel import call
from xlfv.excel.example_deal import DEAL
from xlfv.market.curves import read_curves
from xlfv.projection.projection import project
from xlfv.reporting import disclosure as d
from xlfv.reporting import input_rates as r
from xlfv.reporting import inputs as i
from xlfv.tables import Refused, from_grid
from xlfv.valuation.fair_value import fair_value
from xlfv.valuation.tranches import tranche_value
from xlfv.valuation.yields import read_yields

STACK = DEAL["inputs"]
HEADER = STACK[0]
RATES = {"A": 0.08, "M": 0.12, "B": 0.2, "residual": 0.25}


def row(trust="T", klass="securitized_mortgage_borrowings", item="A", fair_value=1.0, **more):
    given = {"trust": trust, "class": klass, "item": item, "fair_value": fair_value, "technique": "dcf", **more}
    return [given.get(name) for name in HEADER]


def read(grid):
    return d.read_inputs(from_grid("inputs", grid))


def told(grid):
    """What is disclosed, by class and input."""
    return {(one.klass, one.input): one for one in d.disclosed(read(grid))}


def test_averages_by_hand():
    found = told(STACK)
    collateral = found["securitized_mortgage_collateral", "Discount rate"]
    # 600 at 11% and 400 at 9%
    assert (collateral.low, collateral.high) == (0.09, 0.11)
    assert collateral.weighted == pytest.approx((600 * 0.11 + 400 * 0.09) / 1000)
    assert collateral.average == pytest.approx(0.10)
    assert (collateral.fair_value, collateral.weight, collateral.items, collateral.note) == (1000.0, 1000.0, 2, "")
    # 500 at 8%, 100 at 20%, 360 at 7%; C at 40% is worth nothing
    bonds = found["securitized_mortgage_borrowings", "Discount rate"]
    assert (bonds.low, bonds.high, bonds.items) == (0.07, 0.20, 3)
    assert bonds.weighted == pytest.approx((40 + 20 + 25.2) / 960)
    assert bonds.average == pytest.approx(0.35 / 3)
    assert bonds.note == "1 item of no fair value left out"
    # the index of the floating classes only: 500 at 2% and 360 at 3%, between 1% and 5%
    index = found["securitized_mortgage_borrowings", "Forward index (LIBOR_1M)"]
    assert (index.low, index.high, index.weight, index.fair_value) == (0.01, 0.05, 860.0, 960.0)
    assert index.weighted == pytest.approx((10 + 10.8) / 860)
    assert found["long_term_debt", "Credit spread"].weighted == pytest.approx(0.18)
    assert ("real_estate_owned", "Discount rate") not in found


def test_levels_by_hand():
    stack = copy.deepcopy(STACK)
    level = HEADER.index("level")
    stack[4][level] = 2.0  # B of T1, 100
    stack[6][level] = None  # the swap: blank is 3
    rows = {(line.title, line.measured): line for line in d.hierarchy(read(stack))}
    assert rows["Securitized mortgage borrowings", "recurring"].levels == (0.0, 100.0, 860.0)
    assert rows["Total liabilities, recurring", "recurring"].levels == (0.0, 100.0, 860.0 + 30.0 + 12.0)
    assert rows["Total assets, recurring", "recurring"].levels == (0.0, 0.0, 1008.0)  # without 90 of REO
    assert rows["Real estate owned", "nonrecurring"].total == 90.0
    assert not any("esidual" in title for title, _ in rows)


rates = st.floats(0.0, 1.0)
items = st.lists(st.tuples(st.floats(0.0, 1e10), rates, rates), min_size=1, max_size=8)


def stack_of(drawn, trusts):
    rows = [
        row(f"T{k % trusts}", item=f"I{k}", fair_value=worth, discount_rate=rate, default_rate=other)
        for k, (worth, rate, other) in enumerate(drawn)
    ]
    return [HEADER, *rows]


@settings(max_examples=150)
@given(items, st.integers(1, 4), st.randoms(use_true_random=False))
def test_the_order_of_trusts_changes_nothing_and_averages_lie_inside(drawn, trusts, random):
    grid = stack_of(drawn, trusts)
    mixed = grid[1:]
    random.shuffle(mixed)
    found, other = d.disclosed(read(grid)), d.disclosed(read([HEADER, *mixed]))
    assert found == other  # to the last bit
    for one in found:
        counted = [rate for worth, *rates in drawn if worth > 0 for rate in [rates[one.input != "Discount rate"]]]
        everything = [rates[one.input != "Discount rate"] for _, *rates in drawn]
        assert (one.low, one.high) == (min(counted or everything), max(counted or everything))
        assert one.low <= one.average <= one.high
        if counted:
            assert one.weighted is not None
            assert one.low <= one.weighted <= one.high
            assert one.items == len(counted)
        else:
            assert one.weighted is None
            assert "no item has a fair value" in one.note


@given(st.floats(0.01, 1e12), rates)
def test_one_item_is_its_own_range_and_average(worth, rate):
    (one,) = d.disclosed(read([HEADER, row(fair_value=worth, discount_rate=rate)]))
    assert {one.low, one.high, one.weighted, one.average} == {rate}


@given(st.lists(st.tuples(st.floats(0.01, 1e9), rates), min_size=2, max_size=6))
def test_more_weight_on_the_highest_never_lowers_the_average(drawn):
    def average(parts):
        (one,) = d.disclosed(
            read([HEADER, *[row(item=str(k), fair_value=w, discount_rate=r) for k, (w, r) in enumerate(parts)]])
        )
        return one.weighted

    top = max(range(len(drawn)), key=lambda k: drawn[k][1])
    heavier = [(worth * (2.0 if k == top else 1.0), rate) for k, (worth, rate) in enumerate(drawn)]
    assert average(heavier) >= average(drawn) - 1e-15


def test_headers_in_the_stack_are_passed_over_and_others_refused():
    parts = [STACK[:8], [HEADER, *STACK[9:12]], [HEADER, *STACK[13:]]]
    whole = [r for part in parts for r in part]
    single = [HEADER, *[r for r in whole if r != HEADER]]
    assert d.disclosed(read(whole)) == d.disclosed(read(single))
    turned = [list(cells) for cells in whole]
    turned[8][4], turned[8][6] = turned[8][6], turned[8][4]
    with pytest.raises(Refused, match="not that of its first row"):
        read(turned)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda g: [*g, g[1]], ["collateral of T1 stands twice"]),
        (lambda g: [*g, *[[" t1 ", *r[1:]] for r in g[1:3]]], ["collateral of t1 stands twice", "reo of t1 stands twice"]),
        (lambda g: [*g, row("T9", "loans")], ["class 'loans' is not known"]),
        (lambda g: [r[1:] for r in g], ["the column trust is missing"]),
        (lambda g: [r[:5] for r in g], ["the column technique is missing"]),
        (lambda g: [*g, row("T9", discount_rate=8.5)], ["discount_rate is 8.5", "at most 3"]),
        (lambda g: [*g, row("T9", prepayment_rate=6.0, default_rate=4.0, loss_severity=45.0)],
         ["prepayment_rate is 6", "default_rate is 4", "loss_severity is 45"]),
        (lambda g: [*g, row("T9", fair_value=-1.0)], ["fair_value is -1, below 0"]),
        (lambda g: [*g, row("T1", "investment_securities_afs", "residual")], ["T1 is consolidated and a security at once"]),
        (lambda g: [*g, row("T9", index="LIBOR_1M", index_low=0.01)], ["half given"]),
        (lambda g: [*g, row("T9", index="L", index_low=0.02, index_high=0.01, index_average=0.015)], ["index_low <="]),
        (lambda g: [*g, row("T9", level=4)], ["level is 4, above 3"]),
        (lambda g: [*g, row("T9", technique=None)], ["technique is blank"]),
        (lambda g: g[:1], ["no rows"]),
    ],
)  # fmt: skip
def test_bad_inputs_are_refused_and_all_faults_told(change, words):
    grid = change(copy.deepcopy(STACK))
    with pytest.raises(Refused) as refused:
        read(grid)
    for word in words:
        assert word in str(refused.value)
    for name in ("XLFV_DISCLOSURE", "XLFV_HIERARCHY", "XLFV_NARRATIVE"):
        assert call(name, grid)[0][0] == "#VALUE!"


loans = st.lists(
    st.tuples(st.floats(5e4, 5e5), st.floats(0.01, 0.1), st.integers(60, 360), st.booleans()), min_size=1, max_size=4
)


def pool(drawn):
    rows = [
        loan(str(k), balance=balance, rate=rate, remaining_term=term, interest_only_months=24 if io else 0)
        for k, (balance, rate, term, io) in enumerate(drawn)
    ]
    return make_trust(rows)


@settings(max_examples=20, deadline=None)
@given(loans, st.floats(0.001, 0.5), st.floats(0.0, 0.3), st.floats(0.05, 0.9))
def test_constant_curves_give_their_own_rates_back(drawn, cpr, cdr, severity):
    # Without a lag to liquidation defaults go on to the end.
    run = project(pool(drawn), make_curves(cpr=cpr, cdr=cdr, severity=severity, recovery_lag=0.0))
    assert r.default_rate(run) == pytest.approx(cdr, rel=1e-9, abs=1e-9)
    assert r.prepayment_rate(run) == pytest.approx(cpr, rel=1e-9)
    if cdr > 1e-6:
        assert r.loss_severity(run) == pytest.approx(severity, rel=1e-9)


def test_a_lag_leaves_the_last_months_without_defaults_in_the_rate():
    run = project(pool([(1e5, 0.06, 120, False)]), make_curves(cpr=0.1, cdr=0.05, severity=0.4, recovery_lag=12.0))
    pays = run.collateral["performing_balance"].sum(axis=0)[:-1]
    defaults = run.collateral["new_defaults"].sum(axis=0)[1:]
    exposed = defaults > 0.0
    mdr = 1.0 - 0.95 ** (1 / 12)
    # where something defaults it is the curve's share of what pays; the rest of the balance dilutes it
    assert defaults[exposed] == pytest.approx(mdr * pays[exposed])
    expected = 1.0 - (1.0 - mdr * pays[exposed].sum() / pays.sum()) ** 12
    assert r.default_rate(run) == pytest.approx(expected)
    assert 0.045 < r.default_rate(run) < 0.05


def test_a_rate_that_changes_is_weighted_by_balance():
    curves = read_curves(
        table("curves", [{"month": 1, "smm": 0.02}, {"month": 2, "smm": 0.04}, {"month": 3, "smm": 0.0}])
    )
    run = project(make_trust([loan(remaining_term=3, interest_only_months=3)]), curves)
    # Interest only: 100 at 2%, 98 at 4%, and in the last month the balance is due: nothing is left to be prepaid.
    smm = (100 * 0.02 + 98 * 0.04) / (100 + 98)
    assert r.prepayment_rate(run) == pytest.approx(1 - (1 - smm) ** 12)
    assert r.default_rate(run) == 0.0
    assert r.loss_severity(run) is None


def test_the_rows_of_a_trust_are_its_balance():
    projection = call("XLFV_PROJECT", trust := call("XLFV_TRUST", "SAMPLE-1", 40178.0, *_parts()), DEAL["curves"],
                      DEAL["indices"])  # fmt: skip
    assert trust[0][0].startswith("trust:")
    grid = call("XLFV_INPUTS", projection, DEAL["yields"])
    rows = [dict(zip(grid[0], cells, strict=True)) for cells in grid[1:]]
    balance = call("XLFV_FAIR_VALUE", projection, DEAL["yields"])
    worth = {line[1]: (line[4], line[3]) for line in balance[1:]}
    names = {
        "collateral": "Securitized mortgage collateral", "reo": "Real estate owned, at net realizable value",
        "SWAP": "Derivative liabilities", "residual": "Residual interest",
    }  # fmt: skip
    assert [one["item"] for one in rows] == ["collateral", "reo", "A", "M", "B", "SWAP", "residual"]
    for one in rows:
        assert one["fair_value"] == worth[names.get(one["item"], one["item"])][0]
        if one["item"] in ("A", "M", "B", "residual", "collateral"):
            assert one["discount_rate"] == worth[names.get(one["item"], one["item"])][1]
    by_item = {one["item"]: one for one in rows}
    assert by_item["reo"]["sale_discount"] == pytest.approx(1 - 73780 / 84000)
    # The swap's notional stands still for 24 months: 11 at 0.23094%, 12 at 1%, one at 2%.
    swap = by_item["SWAP"]
    assert (swap["index"], swap["index_low"], swap["index_high"]) == ("LIBOR_1M", 0.0023094, 0.02)
    assert swap["index_average"] == pytest.approx((11 * 0.0023094 + 12 * 0.01 + 0.02) / 24)
    assert by_item["M"]["index"] is None
    assert by_item["A"]["index"] == "LIBOR_1M"
    d.read_inputs(from_grid("inputs", grid))  # what is given may be stacked and read


def _parts():
    return [DEAL[name] for name in ("loans", "bonds", "waterfall", "costs", "terms", "triggers", "hedges", "reo")]


def test_a_discount_rate_is_monthly_whatever_basis_its_yield_has():
    bonds = [[*BONDS[0], "coupon_type", "index", "margin"], *[[*bond, *more] for bond, more in zip(
        BONDS[1:], (["floating", "LIBOR_1M", 0.01], ["fixed", None, None], ["fixed", None, None]), strict=True)]]  # fmt: skip
    bonds[1][2] = None
    deal = small_deal(bonds=bonds, indices=[["month", "LIBOR_1M"], [0, 0.01], [30, 0.03]])
    yields = read_yields(
        grid_table(
            "yields",
            [["item", "yield", "basis"], ["A", 0.02, "dm"], ["M", 0.12, "bond_equivalent"], ["B", 0.2, "annual"],
             ["residual", 0.25, "monthly"]],
        ), deal.trust,
    )  # fmt: skip
    rows = {one.item: one for one in i.inputs_of(deal, yields)}
    assert rows["M"].discount_rate == pytest.approx(12 * (1.06 ** (1 / 6) - 1), rel=1e-12)
    assert rows["B"].discount_rate == pytest.approx(12 * (1.2 ** (1 / 12) - 1), rel=1e-12)
    for name in ("A", "M", "B"):
        assert tranche_value(deal, name, rows[name].discount_rate) == pytest.approx(rows[name].fair_value, rel=1e-9)
    assert rows["residual"].discount_rate == 0.25


def test_a_trust_that_is_not_consolidated_gives_its_residual_as_a_security():
    deal = small_deal(terms=[["term", "value"], ["oc_target", 300_000], ["consolidated", "no"]])
    yields = read_yields(yields_of(**RATES), deal.trust)
    (one,) = i.inputs_of(deal, yields)
    assert (one.klass, one.item) == ("investment_securities_afs", "residual")
    assert one.fair_value == fair_value(deal, yields).total("residual")


def test_long_term_debt_is_stacked_with_its_own_credit_spread():
    grid = call("XLFV_DEBT_INPUTS", DEAL["debt"], 40178.0, DEAL["debt_indices"])
    assert grid[0] == HEADER
    values = call("XLFV_DEBT_VALUE", DEAL["debt"], 40178.0, DEAL["debt_indices"])
    found = told([*STACK[:14], *grid])
    spread, rate = found["long_term_debt", "Credit spread"], found["long_term_debt", "Discount rate"]
    assert spread.fair_value == pytest.approx(sum(row[2] for row in values[1:3]))
    assert (spread.low, spread.high) == (0.14, 0.14)
    # 22.5% and 23% four times a year, as the table says, made monthly
    low, high = (12 * ((1 + yearly / 4) ** (1 / 3) - 1) for yearly in (0.085 + 0.14, 0.09 + 0.14))
    assert (rate.low, rate.high) == pytest.approx((low, high))
    assert rate.weighted == pytest.approx((values[1][2] * low + values[2][2] * high) / (values[1][2] + values[2][2]))
    assert "LIBOR_3M" in call("XLFV_DEBT_INPUTS", DEAL["debt"], 40178.0)[0][0].reason


def test_derivatives_stand_singly_and_add_up_to_the_balance():
    hedges = [
        ["hedge", "type", "notional", "pay_rate", "strike", "receive_index", "end", "counterparty_spread", "own_spread"],
        ["PAYER", "swap", 1e6, 0.05, None, "LIBOR_1M", 36, 0.02, 0.03],
        ["SMALL", "swap", 1e5, 0.04, None, "LIBOR_1M", 24, None, None],
        ["CAP", "cap", 1e6, None, 0.005, "LIBOR_1M", 36, 0.02, 0.03],
    ]  # fmt: skip
    deal = small_deal(
        hedges=hedges,
        indices=[["month", "LIBOR_1M", "discount", "volatility"], [0, 0.01, 0.01, 0.3], [12, 0.02, 0.02, 0.3]],
    )
    yields = read_yields(yields_of(**RATES), deal.trust)
    rows = {one.item: one for one in i.inputs_of(deal, yields)}
    value = fair_value(deal, yields)
    assert rows["PAYER"].klass == rows["SMALL"].klass == "derivative_liabilities"
    assert rows["PAYER"].fair_value + rows["SMALL"].fair_value == pytest.approx(value.value("Derivative liabilities"))
    assert (rows["CAP"].klass, rows["CAP"].fair_value) == (
        "derivative_assets",
        pytest.approx(value.value("Derivative assets")),
    )
    assert [rows[name].credit_spread for name in ("PAYER", "SMALL", "CAP")] == [0.03, None, 0.02]
    assert "Black" in rows["CAP"].technique
    assert "Black" not in rows["PAYER"].technique
    assert (rows["SMALL"].index_low, rows["SMALL"].index_high) == (0.01, 0.02)


def test_a_measurement_from_the_other_side_is_the_technique():
    for word, klass, technique in (
        ("cfe_liabilities", "securitized_mortgage_collateral", i.FROM_LIABILITIES),
        ("cfe_assets", "securitized_mortgage_borrowings", i.FROM_ASSETS),
        ("independent", "securitized_mortgage_collateral", i.CASH_FLOW),
    ):
        deal = small_deal(terms=[["term", "value"], ["oc_target", 300_000], ["measurement", word]])
        yields = read_yields(yields_of(**RATES, collateral=0.09), deal.trust)
        found = i.inputs_of(deal, yields)
        mine = [one for one in found if one.klass == klass]
        assert {one.technique for one in mine} == {technique}
        if word != "cfe_liabilities":  # the collateral is measured at its own yield
            assert next(one for one in found if one.item == "collateral").discount_rate == pytest.approx(0.09)
        for one in mine:
            if word == "cfe_assets":  # the rate told gives the value told
                assert tranche_value(deal, one.item, one.discount_rate) == pytest.approx(one.fair_value, rel=1e-6)


def test_the_status_on_the_date_may_be_given():
    deal = small_deal()
    yields = read_yields(yields_of(**RATES), deal.trust)
    assert [one.klass for one in i.inputs_of(deal, yields, False)] == ["investment_securities_afs"]
    assert [one.klass for one in i.inputs_of(deal, yields)] == [one.klass for one in i.inputs_of(deal, yields, True)]


def test_bonds_that_the_company_holds_are_eliminated_or_are_its_securities():
    bonds = [[*BONDS[0], "held_by"], *[[*bond, "company" if bond[0] == "M" else None] for bond in BONDS[1:]]]
    for word, klass, items in (
        ("yes", "securitized_mortgage_borrowings", ["A", "B"]),
        ("no", "investment_securities_afs", ["M", "residual"]),
    ):
        deal = small_deal(bonds=bonds, terms=[["term", "value"], ["oc_target", 300_000], ["consolidated", word]])
        yields = read_yields(yields_of(**RATES), deal.trust)
        found = [one for one in i.inputs_of(deal, yields) if one.klass == klass]
        assert [one.item for one in found] == items
        value = fair_value(deal, yields)
        assert found[0].fair_value == value.value(items[0])


def test_given_cash_counts_liquidations_as_defaults():
    trust = call("XLFV_TRUST", "R", dt.date(2009, 12, 31), None, DEAL["reserve_bonds"], DEAL["reserve_waterfall"],
                 *[None] * 6, DEAL["reserve_accounts"])  # fmt: skip
    projection = call("XLFV_DISTRIBUTE", trust, DEAL["reserve_cash"])
    grid = call("XLFV_INPUTS", projection, [["item", "yield"], ["A", 0.07], ["residual", 0.2]])
    collateral = dict(zip(grid[0], grid[1], strict=True))
    # 10,000 of 100,000 is liquidated in month 1, half of it lost; then 90,000 twice, of the last 30,000 prepaid; no
    # schedule: both are shares of all that pays.
    assert collateral["default_rate"] == pytest.approx(1 - (1 - 10_000 / 280_000) ** 12)
    assert collateral["prepayment_rate"] == pytest.approx(1 - (1 - 30_000 / 280_000) ** 12)
    assert collateral["loss_severity"] == pytest.approx(0.5)
