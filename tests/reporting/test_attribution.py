"""A change in fair value explained: it sums, whatever the order; what did not change has no effect; each step reopens."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.builders import make_curves, make_indices, make_trust
from tests.reporting.made_month_ends import OPENED, Row, curve_rows, libors, month_end, pairs
from tests.valuation.deals import CURVES, grid_table, small_deal
from xlfv.excel import handles
from xlfv.market.curves import read_curves
from xlfv.market.index_moves import moved_on
from xlfv.market.indices import read_indices
from xlfv.projection.projection import Projection, distribute_cash, project, seen_later
from xlfv.reporting.attribution import LINES, attribution_grid, explanation_grid, gains, read_actual_cash
from xlfv.reporting.change_words import money
from xlfv.reporting.reprojection import (
    FACTORS,
    FREE,
    Explained,
    MonthEnd,
    check_order,
    explain_change,
    step_projection,
)
from xlfv.tables import Refused, Table, from_grid
from xlfv.valuation import fair_value as fv
from xlfv.valuation.scenarios import shifted_indices

YIELDS = {"A": 0.06, "M": 0.12, "residual": 0.2}
LIBOR = [0.02, 0.021, 0.022, 0.024, 0.03]
ROWS: list[Row] = [
    {"month": 1, "cpr": 0.08, "cdr": 0.05, "severity": 0.4, "recovery_lag": 3},
    {"month": 7, "cpr": 0.11, "cdr": 0.03, "severity": 0.45, "recovery_lag": 5},
]
WORSE: list[Row] = [{"month": 1, "cpr": 0.05, "cdr": 0.09, "severity": 0.55, "recovery_lag": 6}]
JANUARY = dt.date(2010, 1, 31)


def ends(passed: int = 1, date: dt.date = JANUARY, **changed: object) -> tuple[MonthEnd, MonthEnd]:
    """The trust at two dates; ``changed``: of the closing."""
    first = month_end(OPENED, ROWS, LIBOR, YIELDS)
    given = {"curves": WORSE, "libor": [0.01, 0.012, 0.02], "yields": {"A": 0.05, "M": 0.15, "residual": 0.18}}
    given |= {"share": 0.97} | changed
    return first, month_end(date, passed=passed, **given)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def explained() -> Explained:
    return explain_change(*ends())


def total(one: Explained, item: str) -> float:
    return sum(effects[item] for effects in one.effects.values())


@given(pairs())
@settings(max_examples=25)
def test_the_effects_are_the_whole_change_in_either_order(pair: tuple[MonthEnd, MonthEnd]) -> None:
    """Performance first: curves of two kinds (CPR, then PSA) need not follow each other."""
    try:
        one = explain_change(*pair)
        other = explain_change(*pair, ("performance", "yield", "index", "severity", "default", "prepayment"))
    except Refused as refused:
        assume("no yield makes" not in str(refused) and "yields fit" not in str(refused))
        raise
    for item in one.items:
        moved = one.closing.value(item) - one.opening.value(item)
        assert total(one, item) == pytest.approx(moved, abs=1e-6)
        assert total(other, item) == pytest.approx(moved, abs=1e-6)
        assert other.effects["time"][item] == one.effects["time"][item]
    for effects in one.effects.values():  # every state balances, and so does every step
        assets = sum(effects[i] for i in (fv.COLLATERAL, fv.REO, fv.DERIVATIVE_ASSETS, fv.OTHER_ASSETS))
        owed = sum(effects[i] for i in ("A", "M", fv.DERIVATIVE_LIABILITIES, fv.OTHER_LIABILITIES))
        assert assets == pytest.approx(owed + effects[fv.RESIDUAL_INTEREST], abs=0.02)


@given(pairs())
@settings(max_examples=10)
def test_shapley_sums_and_knows_no_order(pair: tuple[MonthEnd, MonthEnd]) -> None:
    try:
        one = explain_change(*pair, method="shapley")
        other = explain_change(*pair, tuple(reversed(FREE)), method="shapley")
    except Refused as refused:
        assume("no yield makes" not in str(refused) and "yields fit" not in str(refused))
        raise
    for item in one.items:
        moved = one.closing.value(item) - one.opening.value(item)
        assert total(one, item) == pytest.approx(moved, abs=1e-6)
        for factor in FACTORS:
            assert other.effects[factor][item] == one.effects[factor][item]


def test_shapley_is_the_average_over_all_orders() -> None:
    """Severity and index are the same at both dates, so that 24 orders tell all."""
    first = month_end(OPENED, [ROWS[0]], [0.02], YIELDS)
    now = {**ROWS[0], "cpr": 0.2, "cdr": 0.01}
    pair = first, month_end(JANUARY, [now], [0.02], {"A": 0.05, "M": 0.15, "residual": 0.18}, 0.97, 1)
    averaged = explain_change(*pair, method="shapley")
    changed = ("performance", "prepayment", "default", "yield")
    orders = [explain_change(*pair, (*order, "severity", "index")) for order in itertools.permutations(changed)]
    for item, factor in itertools.product(averaged.items, changed):
        mean = np.mean([one.effects[factor][item] for one in orders])
        assert averaged.effects[factor][item] == pytest.approx(mean, abs=1e-6)
    spread = [one.effects["yield"]["A"] for one in orders]
    assert max(spread) - min(spread) > 1.0  # the orders do differ
    assert averaged.effects["severity"] == averaged.effects["index"] == dict.fromkeys(averaged.items, 0.0)


@given(curve_rows(), curve_rows(), libors, st.sampled_from(["prepayment", "default", "severity", "index", "yield"]))
@settings(max_examples=20)
def test_what_did_not_change_has_no_effect_at_all(
    before: list[Row], now: list[Row], libor: list[float], kept: str
) -> None:
    columns = {"prepayment": ["cpr"], "default": ["cdr"], "severity": ["severity", "recovery_lag"]}.get(kept, [])
    level = {column: before[-1][column] for column in columns}
    flat = libor[:1]
    first = month_end(OPENED, [{**row, **level} for row in before], flat if kept == "index" else libor, YIELDS)
    yields = YIELDS if kept == "yield" else {name: rate + 0.01 for name, rate in YIELDS.items()}
    last = month_end(
        JANUARY, [{**row, **level} for row in now], flat if kept == "index" else libor[::-1], yields, 0.98, 1
    )
    for method in ("sequential", "shapley"):
        effects = explain_change(first, last, method=method).effects[kept]
        assert effects == dict.fromkeys(effects, 0.0)


@given(pairs(prepays=("cpr",)))
@settings(max_examples=10)
def test_curves_and_indices_that_are_the_opening_s_moved_on_have_no_effect(pair: tuple[MonthEnd, MonthEnd]) -> None:
    """The rows of the opening's tables, the first months left out by hand: only performance and time are left."""
    first, last = pair
    whole, passed = (
        first.projection,
        {1: 1, 3: 3, 12: 12}[(last.projection.as_of.year - 2010) * 12 + last.projection.as_of.month],
    )
    table = whole.curves.table
    columns = [c for c in table if c not in ("month",)]
    rows = []
    for month in range(1, 60):
        at = max(k for k, m in enumerate(table["month"]) if float(m) <= month + passed)
        rows.append([float(month), *(table[c][at] for c in columns)])
    curves = grid_table("curves", [["month", *columns], *rows])
    indices = moved_on(whole.indices, passed)
    for name in ("LIBOR_1M", "LIBOR_6M"):
        for month in range(100):
            assert indices.row(name, month) == whole.indices.row(name, month + passed)
    now = MonthEnd(project(last.projection.trust, read_curves(curves), indices), first.yields)
    try:
        explained = explain_change(first, now)
    except Refused as refused:
        assume("no yield makes" not in str(refused) and "yields fit" not in str(refused))
        raise
    for factor in FREE[1:]:
        assert explained.effects[factor] == dict.fromkeys(explained.items, 0.0), factor


def test_a_steep_zero_curve_is_explained_kept_and_shifted_like_any_other(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """Its forwards, -5.7% a year for a month, are no input: nobody has written a percent for a decimal."""
    first, last = ends()
    zero = make_indices(LIBOR_1M=LIBOR, LIBOR_6M=LIBOR, discount=[0.03, 0.06, 0.0, 0.03, 0.001])
    opening = MonthEnd(project(first.projection.trust, first.projection.curves, zero), first.yields)
    explained = explain_change(opening, last)
    stage = explained.stage("time").projection
    assert stage.indices.row("discount", 1) < -0.05
    for item in explained.items:
        moved = explained.closing.value(item) - explained.opening.value(item)
        assert total(explained, item) == pytest.approx(moved, abs=1e-6)
    made = project(last.projection.trust, last.projection.curves, stage.indices)
    handles.configure(tmp_path)
    text = handles.keep(made)
    handles.forget_memory()
    assert handles.find(text, "projection").digest == made.digest
    handles.configure(None)
    shifted = shifted_indices(stage.indices, 0.001)
    assert shifted.row("discount", 1) == stage.indices.row("discount", 1) + 0.001


def test_every_stage_is_kept_and_reopened_with_the_same_cash(explained: Explained, tmp_path) -> None:  # type: ignore[no-untyped-def]
    handles.configure(tmp_path)
    order = ("prepayment", "index", "performance", "default", "severity", "yield")
    for one in (explained, explain_change(*ends(), order)):
        for stage in one.stages:
            text = handles.keep(stage.projection)
            assert text.startswith("projection:TEST:2010-01:")
            handles.forget_memory()
            found = handles.find(text, "projection")
            assert found is not stage.projection
            assert found.digest == stage.projection.digest
            assert found.cash_hash == stage.projection.cash_hash
            assert fv.fair_value(found, stage.yields) == stage.value
    handles.configure(None)


def test_a_step_asked_for_alone_is_the_stage(explained: Explained) -> None:
    for stage in explained.stages:
        alone = step_projection(*ends(), stage.factor)
        assert (alone.digest, alone.cash_hash) == (stage.projection.digest, stage.projection.cash_hash)
    first = ends()[0].projection
    assert explained.stage("time").projection.digest == seen_later(first, JANUARY).digest
    assert explained.stage("model").projection.digest == ends()[1].projection.digest


def test_the_model_has_an_effect_only_where_the_closing_was_made_otherwise() -> None:
    first, last = ends()
    cut = MonthEnd(project(last.projection.trust, last.projection.curves, last.projection.indices, 40), last.yields)
    explained = explain_change(first, cut, before_model=last.projection)
    assert explained.effects["model"]["A"] < -1000.0  # cash after month 40 is cut off
    assert explained.effects["prepayment"] == explain_change(first, last).effects["prepayment"]
    assert set(explain_change(first, cut).effects["model"].values()) == {0.0}
    assert max(abs(explained.unexplained(item)) for item in explained.items) < 1e-7


def test_cash_expected_is_that_of_the_months_due(explained: Explained) -> None:
    opening = ends()[0].projection
    for name in ("A", "M"):
        assert explained.expected_cash[name] == opening.distributions.cash(name)[1]
    record = opening.distributions.record.hedges[0, 1]
    assert explained.expected_cash[fv.DERIVATIVE_LIABILITIES] == record[2] - record[1] > 0.0
    assert explained.expected_cash[fv.REO] == 0.0
    spring = explain_change(*ends(5, dt.date(2010, 5, 31)))
    assert spring.months == 5
    assert spring.expected_cash[fv.REO] == pytest.approx(40_000.0 * 0.93)
    given_out = sum(spring.expected_cash[i] for i in ("A", "M", fv.RESIDUAL_INTEREST, fv.DERIVATIVE_LIABILITIES))
    assert spring.expected_cash[fv.COLLATERAL] + spring.expected_cash[fv.REO] == pytest.approx(given_out, abs=1e-6)


def test_gains_and_losses_are_the_change_in_value_with_the_sign_of_the_company(explained: Explained) -> None:
    found = gains(explained)
    whole = found["change in value"]
    assert whole["borrowings"] == pytest.approx(explained.opening.borrowings - explained.closing.borrowings)
    moved = explained.closing.value(fv.RESIDUAL_INTEREST) - explained.opening.value(fv.RESIDUAL_INTEREST)
    assert whole["net"] == pytest.approx(moved, abs=0.02)
    assert found["discount yields"]["borrowings"] == -explained.effects["yield"]["A"] - explained.effects["yield"]["M"]
    for side in ("assets", "borrowings", "others", "net"):
        assert sum(found[line][side] for line in LINES) == pytest.approx(found["all changes"][side])


def test_cash_really_paid_is_no_loss_of_performance(explained: Explained) -> None:
    table = from_grid("cash", [["item", "amount"], ["a", explained.expected_cash["A"] + 1_000.0]])
    actual = read_actual_cash(table, explained)
    with_cash, without = gains(explained, actual), gains(explained)
    assert with_cash["actual performance"]["borrowings"] == pytest.approx(
        without["actual performance"]["borrowings"] - 1000
    )
    assert with_cash["cash"]["borrowings"] == pytest.approx(without["cash"]["borrowings"] + 1000)
    assert with_cash["change in value"] == pytest.approx(without["change in value"])
    with pytest.raises(Refused, match="no item 'Q'"):
        read_actual_cash(from_grid("cash", [["item", "amount"], ["Q", 1.0]]), explained)


def test_it_says_why_lower_yields_and_a_gain_on_borrowings_went_together() -> None:
    first, last = ends(yields={name: rate - 0.004 for name, rate in YIELDS.items()}, libor=LIBOR[1:], share=1.0)
    explained = explain_change(first, last)
    header, *rows = explanation_grid("TEST", explained)
    grid: dict[object, dict[object, Any]] = {row[1]: dict(zip(header, row, strict=True)) for row in rows}
    yields, losses = grid["discount yields"], grid["expected losses"]
    assert yields["borrowings"] < 0.0 < losses["borrowings"]
    whole = grid["all changes"]
    assert whole["borrowings"] > 0.0
    words = whole["in_words"]
    assert words.startswith(
        f"Discount yields alone meant a loss of {money(-yields['borrowings'])} on the borrowings; against it"
    )
    assert f"expected losses (gained {money(losses['borrowings'])})" in words
    assert f"together a gain of {money(whole['borrowings'])} on borrowings" in words
    assert f"a {'gain' if whole['net'] > 0 else 'loss'} of {money(abs(whole['net']))} with the assets." in words
    assert "0.40 percentage points lower on average by value" in yields["in_words"]
    # The same in the table of factors: collateral, borrowings and residual by factor, in dollars of value.
    head, *lines = attribution_grid("TEST", explained)
    by_factor: dict[object, dict[object, Any]] = {row[1]: dict(zip(head, row, strict=True)) for row in lines}
    for line, factors in LINES.items():
        parts = [by_factor[factor] for factor in factors]
        assert grid[line]["trust_assets"] == pytest.approx(sum(p["Total trust assets"] for p in parts), abs=1e-6)
        assert grid[line]["borrowings"] == pytest.approx(
            -sum(p["Securitized mortgage borrowings"] for p in parts), abs=1e-6
        )
        assert grid[line]["net"] == pytest.approx(sum(p[fv.RESIDUAL_INTEREST] for p in parts), abs=0.02)
    assert (
        by_factor["yield"]["Securitized mortgage borrowings"]
        > 0.0
        > by_factor["default"]["Securitized mortgage borrowings"]
    )
    assert by_factor["yield"][fv.COLLATERAL] > 0.0 > by_factor["default"][fv.COLLATERAL]


def test_a_class_that_has_retired_may_be_left_out_and_is_worth_nothing() -> None:
    first = month_end(OPENED, ROWS, LIBOR, YIELDS)
    steps = [{"step": 1, "from": "interest", "pay": "interest", "to": "A"}, {"step": 2, "from": "principal", "pay": "principal",
             "to": "A"}, {"step": 3, "from": "excess", "pay": "residual"}]  # fmt: skip
    trust = make_trust([{"loan_id": "1", "balance": 1e6, "rate": 0.07, "remaining_term": 59}],
                       [{"tranche": "A", "balance": 1e6, "coupon": 0.05}], steps, as_of=JANUARY)  # fmt: skip
    last = MonthEnd(project(trust, first.projection.curves, first.projection.indices), first.yields)
    explained = explain_change(first, last)
    assert explained.closing.value("M") == 0.0
    assert total(explained, "M") == -explained.opening.value("M") < 0.0
    with pytest.raises(Refused, match="M is a class of the closing and not of the opening"):
        explain_change(replace(last, projection=replace(last.projection, trust=replace(trust, as_of=OPENED))),
                       month_end(JANUARY, ROWS, LIBOR, YIELDS, passed=1))  # fmt: skip


def test_ends_that_do_not_belong_together_are_refused_with_every_fault() -> None:
    first, last = ends()
    with pytest.raises(Refused, match="does not lie after"):
        explain_change(last, first)
    other = small_deal()
    with pytest.raises(Refused) as refusal:
        explain_change(MonthEnd(other, YIELDS), first)  # type: ignore[arg-type]
    assert "the opening is of SMALL and the closing of TEST" in str(refusal.value)
    assert "does not lie after" in str(refusal.value)
    seen = MonthEnd(seen_later(first.projection, JANUARY), first.yields)
    with pytest.raises(Refused, match="seen from 2010-01-31"):
        explain_change(seen, month_end(dt.date(2010, 2, 28), ROWS, LIBOR, YIELDS, passed=2))
    far = month_end(dt.date(2016, 12, 31), ROWS, LIBOR, YIELDS, passed=10)
    with pytest.raises(Refused, match="nothing of it is left on 2016-12-31"):
        explain_change(first, far)


def test_collateral_cash_that_was_given_is_refused() -> None:
    first, last = ends()
    cash = from_grid("cash", [["month", "balance", "net_interest", "prepaid_principal"],
                              *[[m, 1_550_000.0 - 50_000 * m, 9000.0, 50_000.0] for m in range(1, 5)]])  # fmt: skip
    given_cash = distribute_cash(first.projection.trust, cash, first.projection.indices)
    with pytest.raises(Refused, match="the collateral cash of the opening was given as a table"):
        explain_change(MonthEnd(given_cash, first.yields), last)


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ("performance, prepay, default, severity, index, yield", "'prepay' is no factor"),
        ("performance, prepayment, default, severity, index", "yield is missing"),
        ("performance, prepayment, default, severity, index, yield, yield", "yield is named 2 times"),
        ("performance, time, prepayment, default, severity, index, yield", "time is not first"),
        ("model, performance, prepayment, default, severity, index, yield", "model is not last"),
    ],
)
def test_an_order_that_is_none_is_refused(order: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        check_order(order.split(","))
    assert check_order(["Yield ", "index", "severity", "default", "prepayment", "performance"])[1] == "yield"


def test_a_state_that_has_no_value_is_named() -> None:
    first, last = ends()
    hopeless = {**last.yields, "A": replace(last.yields["A"], rate=-12.5)}
    with pytest.raises(Refused, match="loses everything") as refusal:
        explain_change(first, replace(last, yields=hopeless))
    assert refusal.value.faults[0].where.startswith("closing")
    assert refusal.value.code == "#NUM!"


def test_a_projection_seen_later_keeps_its_cash_and_its_loans() -> None:
    whole = small_deal(curves=CURVES)
    later = seen_later(whole, dt.date(2010, 6, 30))
    assert later.months == whole.months - 6
    for name in ("A", "M", "B"):
        np.testing.assert_array_equal(later.distributions.cash(name)[1:], whole.distributions.cash(name)[7:])
        assert later.distributions.cash(name)[0] == 0.0
        assert later.distributions.end_balance(name)[0] == whole.distributions.end_balance(name)[6]
    np.testing.assert_array_equal(later.collateral.end_balance, whole.collateral.end_balance[:, 6:])
    assert later.collateral.loan_cash[:, 0].sum() == 0.0
    assert later.trust.pool_balance == whole.collateral.end_balance[0, 6]
    assert list(later.timeline.years()[:3]) == [0.0, 1 / 12, 2 / 12]
    assert seen_later(later, dt.date(2010, 9, 30)).digest == seen_later(whole, dt.date(2010, 9, 30)).digest
    again = Projection.unpack(later.pack())
    assert again.cash_hash == later.cash_hash


AGE = [{"age": 1, "cpr": 0.02, "cdr": 0.01, "severity": 0.3, "recovery_lag": 2},
       {"age": 20, "cpr": 0.09, "cdr": 0.05, "severity": 0.45, "recovery_lag": 4},
       {"age": 40, "cpr": 0.05, "cdr": 0.02, "severity": 0.5, "recovery_lag": 4}]  # fmt: skip


def as_expected(curves: list[Row], later: list[Row]) -> tuple[MonthEnd, MonthEnd]:
    """Two loans of other ages, one class, no defaults before the closing: the closing trust is just what was expected."""

    def end(date: dt.date, balances: list[float], rows: list[Row], passed: int, rates: dict[str, float]) -> MonthEnd:
        loans = [
            {"loan_id": str(n), "balance": balance, "rate": 0.07, "remaining_term": 48 - passed, "age": age + passed,
             "interest_only_months": 48 - passed, "cpr_multiplier": multiple, "group": str(n)}
            for n, (balance, age, multiple) in enumerate(zip(balances, (10, 30), (1.0, 1.5), strict=True), 1)
        ]  # fmt: skip
        steps = [{"step": 1, "from": "interest", "pay": "interest", "to": "A"}, {"step": 2, "from": "principal", "pay": "principal",
                 "to": "A"}, {"step": 3, "from": "excess", "pay": "writedown", "to": "A"},
                 {"step": 4, "from": "excess", "pay": "residual"}]  # fmt: skip
        trust = make_trust(loans, [{"tranche": "A", "balance": sum(balances), "coupon": 0.05}], steps, as_of=date)
        chosen = {name: month_end(OPENED, ROWS, LIBOR, YIELDS).yields["A"] for name in rates}
        return MonthEnd(project(trust, make_curves(*rows)), {n: replace(chosen[n], rate=r) for n, r in rates.items()})

    rates = {"A": 0.06, "residual": 0.2}
    first = end(OPENED, [600_000.0, 400_000.0], curves, 0, rates)
    left = first.projection.collateral.end_balance[:, 2].tolist()
    return first, end(dt.date(2010, 2, 28), left, later, 2, {"A": 0.05, "residual": 0.25})


@pytest.mark.parametrize(
    ("curves", "later"),
    [
        (AGE, [{**row, "cpr": row["cpr"] + 0.03, "cdr": row["cdr"] * 2, "severity": row["severity"] + 0.1} for row in AGE]),
        (AGE, [{"month": 1, "psa": 180.0, "sda": 300.0, "severity": 0.6}]),
        ([{"month": 1, "cpr": 0.1, "mdr": 0.0, "severity": 0.3}, {"month": 3, "cpr": 0.15, "mdr": 0.004, "severity": 0.4}],
         [{"month": 1, "psa": 250.0, "cdr": 0.09, "severity": 0.55}]),
        ([{"month": 1, "abs": 0.012, "sda": 150.0, "severity": 0.3, "recovery_lag": 3}], AGE),
    ],
)  # fmt: skip
def test_curves_by_age_or_of_another_kind_follow_too(curves: list[Row], later: list[Row]) -> None:
    """With no surprise until the closing, performance has no effect, in whatever order the curves change."""
    if any(
        row.get("cdr") or row.get("sda") for row in curves
    ):  # defaults not yet liquidated are no balance of a closing loan
        curves = [{key: value for key, value in row.items() if key not in ("cdr", "sda")} for row in curves]
    pair = as_expected(curves, later)
    for order in (FREE, tuple(reversed(FREE))):
        explained = explain_change(*pair, order)
        assert all(abs(effect) < 1e-5 for effect in explained.effects["performance"].values()), explained.effects[
            "performance"
        ]
        for factor in ("prepayment", "default", "yield"):
            assert abs(explained.effects[factor]["A"]) > 10.0, factor
        stage = explained.stage("default").projection
        again = Projection.unpack(stage.pack())
        assert (again.digest, again.cash_hash) == (stage.digest, stage.cash_hash)
    averaged = explain_change(*pair, method="shapley")
    for item in averaged.items:
        assert total(averaged, item) == pytest.approx(
            averaged.closing.value(item) - averaged.opening.value(item), abs=1e-6
        )


def test_a_discount_curve_that_is_given_no_longer_is_a_change_of_index() -> None:
    first, last = ends(curves=ROWS[:1], yields=YIELDS)
    whole = last.projection
    columns = {name: cells for name, cells in whole.indices.table.items() if name != "discount"}
    bare = read_indices(Table("indices", columns, order=tuple(columns)))
    explained = explain_change(first, MonthEnd(project(whole.trust, whole.curves, bare), last.yields))
    assert abs(explained.effects["index"][fv.DERIVATIVE_LIABILITIES]) > 10.0
    assert set(explained.effects["model"].values()) == {0.0}
    levels = explain_change(first, last).effects["index"][fv.DERIVATIVE_LIABILITIES]
    assert explained.effects["index"][fv.DERIVATIVE_LIABILITIES] != levels


def test_words_beside_a_yield_change_nothing(explained: Explained) -> None:
    first, last = ends(yields=YIELDS)
    told = {name: replace(one, reason="asked again", low=0.01, high=0.5) for name, one in last.yields.items()}
    effects = explain_change(first, replace(last, yields=told), method="shapley").effects
    assert set(effects["yield"].values()) == {0.0}


def test_dates_within_a_month_are_explained_without_cash() -> None:
    terms = [{"term": "remittance_day", "value": 25}, {"term": "oc_target", "value": 50_000.0}]
    first = month_end(OPENED, ROWS, LIBOR, YIELDS, terms=terms)
    last = month_end(dt.date(2010, 1, 20), WORSE, LIBOR, YIELDS, terms=terms)
    for method in ("sequential", "shapley"):
        explained = explain_change(first, last, method=method)
        assert explained.months == 0
        assert set(explained.expected_cash.values()) == {0.0}
        for item in explained.items:
            moved = explained.closing.value(item) - explained.opening.value(item)
            assert total(explained, item) == pytest.approx(moved, abs=1e-6)
            assert abs(explained.effects["performance"][item]) < 1e-6  # nothing has happened
        assert explained.effects["time"]["A"] > 0.0
