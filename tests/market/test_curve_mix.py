"""Curves of two dates: moved on, mixed family by family, and one following the other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import make_curves, make_indices, table
from tests.reference.made_loans import any_curve, as_rows
from xlfv.market import curve_mix as cm
from xlfv.market.curves import BOUNDS, Curves, read_curves
from xlfv.market.index_moves import ROWS, completed, joined, moved_on, say_the_same
from xlfv.tables import Refused, Table

OPENING = [
    {"month": 1, "cpr": 0.06, "cdr": 0.04, "severity": 0.40, "recovery_lag": 6, "curtailment": 0.01, "provider": "P"},
    {"month": 4, "cpr": 0.08, "cdr": 0.05, "severity": 0.42, "recovery_lag": 7},
    {"month": 9, "cpr": 0.10, "cdr": 0.02, "severity": 0.45, "recovery_lag": 9},
]
CLOSING = [
    {"month": 1, "psa": 150.0, "mdr": 0.006, "severity": 0.5, "severity_basis": "liquidation_balance", "cure": 0.02},
    {"month": 3, "psa": 250.0, "mdr": 0.004, "severity": 0.6},
]
families = st.sets(st.sampled_from(sorted(cm.FAMILIES)))


def sets(*rows: dict[str, Any], **one: Any) -> dict[str, Any]:
    return cm.spelled_sets(make_curves(*rows, **one))


def again(curves: Curves) -> Curves:
    """Curves read again from their own table."""
    return read_curves(Table("curves", {c: list(v) for c, v in curves.table.items()}, order=tuple(curves.table)))


def test_every_column_belongs_to_one_family() -> None:
    assert set(cm.FAMILY_OF) == set(BOUNDS)
    assert cm.FAMILY_OF["cure_d60"] == "default"
    assert cm.FAMILY_OF["severity_foreclosure"] == "severity"


def test_spelled_and_made_again_curves_are_the_same() -> None:
    given_curves = make_curves(*OPENING)
    made = cm.curves_from(cm.spelled_sets(given_curves))
    assert made.digest == given_curves.digest == again(made).digest


def test_curves_by_month_move_on_and_those_by_age_stay() -> None:
    moved = cm.moved_on(sets(*OPENING), 3)["default"]
    assert moved.columns["cpr"][1:].tolist() == pytest.approx([0.08] * 5 + [0.10])
    assert moved.columns["recovery_lag"][1:].tolist() == [7] * 5 + [9]
    assert moved.at == (1, 6)
    by_age = sets({"age": 1, "cpr": 0.02}, {"age": 30, "cpr": 0.06})
    assert cm.moved_on(by_age, 3) == by_age
    far = cm.curves_from(cm.moved_on(sets(*OPENING), 50))
    assert far.sets["default"].prepay.tolist() == [0.10]


def test_a_cumulative_default_counts_from_the_later_month_on_its_balance() -> None:
    rows = [{"month": m, "cumulative_default": d} for m, d in ((1, 0.01), (2, 0.03), (3, 0.06), (4, 0.10))]
    moved = cm.curves_from(cm.moved_on(sets(*rows), 2, {"default": 0.9}))
    assert moved.sets["default"].default[:3].tolist() == pytest.approx([0.0, 0.03 / 0.9, 0.07 / 0.9])
    assert moved.digest == again(moved).digest


def test_a_mix_holds_whole_columns_of_either_date() -> None:
    mixed = cm.mixed(sets(*OPENING), sets(*CLOSING), ["prepayment"])["default"]
    assert (mixed.prepay_kind, mixed.default_kind, mixed.severity_basis) == ("psa", "cdr", "all_in")
    assert set(mixed.columns) == {"psa", "cdr", "severity", "recovery_lag"}
    both = cm.mixed(sets(*OPENING), sets(*CLOSING), ["default", "severity"])["default"]
    assert (both.prepay_kind, both.default_kind, both.severity_basis) == ("cpr", "mdr", "liquidation_balance")
    assert set(both.columns) == {"cpr", "curtailment", "mdr", "cure", "severity"}


def test_none_of_the_closing_is_the_opening_and_all_is_the_closing() -> None:
    before, after = sets(*OPENING), sets(*CLOSING)
    assert cm.curves_from(cm.mixed(before, after, [])).digest == make_curves(*OPENING).digest
    assert cm.curves_from(cm.mixed(before, after, list(cm.FAMILIES))).digest == make_curves(*CLOSING).digest


def test_a_set_of_one_date_only_takes_the_other_s() -> None:
    before = sets(*OPENING, {"month": 1, "curve": "old", "cpr": 0.5})
    after = sets(*OPENING, {"month": 1, "curve": "new", "cpr": 0.3})
    mixed = cm.mixed(before, after, ["default"])
    assert list(mixed) == ["default", "new"]
    assert mixed["new"].columns["cpr"][1] == 0.3


@given(any_curve("month"), any_curve("month"), families, st.integers(0, 40))
def test_what_is_mixed_is_a_table_that_says_the_same(one: Any, other: Any, taken: set[str], months: int) -> None:
    before = cm.moved_on(cm.spelled_sets(read_curves(table("curves", as_rows("default", one)))), months)
    after = cm.spelled_sets(read_curves(table("curves", as_rows("default", other))))
    mixed = cm.curves_from(cm.mixed(before, after, taken))
    assert again(mixed).digest == mixed.digest
    whole = cm.curves_from(after).sets["default"]
    part = mixed.sets["default"]
    if "severity" in taken:
        assert part.severity_basis == whole.severity_basis
    if "prepayment" in taken:
        assert part.prepay_kind == whole.prepay_kind
        count = min(part.prepay.size, whole.prepay.size)
        np.testing.assert_array_equal(part.prepay[1:count], whole.prepay[1:count])


def test_changed_families_are_those_that_differ() -> None:
    assert cm.changed_families(sets(*OPENING), sets(*OPENING)) == ()
    other = [{**row, "severity": 0.5} for row in OPENING]
    assert cm.changed_families(sets(*OPENING), sets(*other)) == ("severity",)
    assert cm.changed_families(sets(*OPENING), sets(*CLOSING)) == ("prepayment", "default", "severity")
    moved = cm.moved_on(sets(*OPENING), 3)
    assert (
        cm.changed_families(moved, sets({**OPENING[1], "month": 1, "curtailment": 0.01}, {**OPENING[2], "month": 6}))
        == ()
    )


def test_a_set_by_month_and_then_by_age_cannot_be_mixed() -> None:
    before, after = sets(month=1, cpr=0.1), sets({"age": 1, "cpr": 0.1})
    with pytest.raises(Refused, match="by month at the opening and by age at the closing"):
        cm.mixed(before, after, ["prepayment"])


def test_the_closing_s_curves_follow_the_opening_s_from_the_months_passed_on() -> None:
    later = [{"month": 1, "cpr": 0.2, "cdr": 0.1, "severity": 0.7, "recovery_lag": 2}, {"month": 3, "cpr": 0.3, "cdr": 0.1,
             "severity": 0.7, "recovery_lag": 2}]  # fmt: skip
    found = cm.curves_from(cm.followed(sets(*OPENING), sets(*later), ["prepayment", "severity"], 4))
    one = found.sets["default"]
    assert one.prepay[1:].tolist() == [0.06, 0.06, 0.06, 0.08, 0.2, 0.2, 0.3]
    assert one.severity[4:6].tolist() == [0.42, 0.7]
    assert one.lag[4:6].tolist() == [7, 2]
    assert one.curtailment[4:6].tolist() == [0.01, 0.0]
    assert one.default[-1] == 0.02  # the default family has not changed
    assert again(found).digest == found.digest


@given(st.sampled_from(sorted(cm.FAMILIES)), st.integers(1, 20))
def test_seen_later_what_followed_is_the_closing_s(family: str, months: int) -> None:
    """Moving on undoes following, column by column."""
    later = [
        {**row, "cpr": row["cpr"] / 2, "cdr": row["cdr"] * 2, "severity": row["severity"] + 0.1} for row in OPENING
    ]
    after = sets(*later)
    back = cm.moved_on(cm.followed(sets(*OPENING), after, [family], months), months)
    wanted = cm.mixed(cm.moved_on(sets(*OPENING), months), after, [family])
    assert cm.curves_from(back).digest == cm.curves_from(wanted).digest


def test_a_cumulative_default_follows_on_the_balance_left() -> None:
    before = sets(*[{"month": m, "cumulative_default": 0.02 * m} for m in (1, 2, 3, 4)])
    after = sets(*[{"month": m, "cumulative_default": 0.05 * m} for m in (1, 2)])
    found = cm.curves_from(cm.followed(before, after, ["default"], 2, {"default": 0.8}))
    assert found.sets["default"].default[1:5].tolist() == pytest.approx([0.02, 0.04, 0.04 + 0.04, 0.04 + 0.08])
    assert again(found).digest == found.digest


def test_loans_late_at_the_opening_wait_as_the_closing_says_where_they_are_still_there() -> None:
    before = sets(month=1, cdr=0.1, months_to_liquidation=9, months_to_liquidation_d90=2)
    after = sets(month=1, cdr=0.1, months_to_liquidation=14, months_to_liquidation_d90=5)
    one = cm.curves_from(cm.followed(before, after, ["default"], 3)).sets["default"]
    assert one.to_liquidation["d60"][1] == 17.0
    assert one.to_liquidation["d90"][1] == 2.0  # liquidated by then


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ({"age": 1, "cpr": 0.1}, {"age": 1, "cpr": 0.2}, "is by age"),
        ({"month": 1, "cpr": 0.1}, {"month": 1, "psa": 150.0}, "gives cpr at the opening and psa at the closing"),
        ({"month": 1, "cure": 0.1}, {"month": 1, "cpr": 0.0}, "gives cure at one of both dates only"),
    ],
)
def test_what_cannot_follow_is_refused(before: Any, after: Any, words: str) -> None:
    with pytest.raises(Refused, match=words) as refusal:
        cm.followed(sets(before), sets(after), list(cm.FAMILIES), 2)
    assert "performance change first" in refusal.value.faults[0].todo


def test_what_is_by_age_and_has_not_changed_follows_itself() -> None:
    before = sets({"age": 1, "cpr": 0.1, "cdr": 0.01})
    after = sets({"age": 1, "cpr": 0.1, "cdr": 0.05})
    assert cm.followed(before, after, ["prepayment"], 2) == before


def test_forward_indices_move_on_and_zero_rates_along_their_forwards() -> None:
    zero = [0.01, 0.012, 0.015, 0.02, 0.022, 0.024]
    later = moved_on(make_indices(LIBOR_1M=[0.01, 0.02, 0.03], discount=zero), 2)
    assert [later.row("LIBOR_1M", t) for t in (0, 1, 5)] == [0.03, 0.03, 0.03]
    for t in range(1, 40):
        whole = (1.0 + zero[min(t + 2, 5)]) ** ((t + 2) / 12)
        assert (1.0 + later.row("discount", t)) ** (t / 12) == pytest.approx(whole / (1.015) ** (2 / 12), rel=1e-13)
    assert moved_on(later, 0) is later


STEEP = [0.01, 0.01, 0.06, 0.001]
"""A month in which a dollar grows by 0.9% (11% a year), then one in which it shrinks by 0.9%."""


@pytest.mark.parametrize("months", [1, 2])
def test_zero_rates_forward_from_a_steep_curve_have_no_bounds_of_input(months: int) -> None:
    """By hand: 1.06 ** (2 / 12) / 1.01 ** (1 / 12) in month 2 is 11.2% a year, 1.001 ** (3 / 12) / 1.06 ** (2 / 12) is -10.7%."""
    later = moved_on(make_indices(LIBOR_1M=[0.01], discount=STEEP), months)
    wanted = {1: 1.06**2 / 1.01, 2: 1.001**3 / 1.06**2}[months] - 1.0
    assert not -0.05 <= wanted <= 0.11
    assert later.row("discount", 1) == pytest.approx(wanted, abs=1e-12)
    both = joined(make_indices(LIBOR_1M=[0.01], discount=STEEP[:3]), make_indices(LIBOR_1M=[0.01], discount=[-0.04]), 2)
    assert moved_on(both, 2).row("discount", 7) == pytest.approx(-0.04, abs=1e-12)
    again = moved_on(later, 1)
    assert again.row("discount", 5) == pytest.approx(
        moved_on(make_indices(discount=STEEP), months + 1).row("discount", 5)
    )
    with pytest.raises(Refused, match=r"discount is -0\.1"):
        make_indices(discount=[-0.1])
    with pytest.raises(Refused, match=r"forward to month \d+ is -99.99\d\d%: the curve falls too fast"):
        moved_on(make_indices(discount=[0.5] * 300 + [-0.04]), 290)


def test_indices_joined_are_the_closing_s_once_moved_on() -> None:
    before = make_indices(LIBOR_1M=[0.01, 0.02, 0.03], discount=[0.01, 0.02, 0.02])
    after = make_indices(LIBOR_1M=[0.05, 0.06], discount=[0.03, 0.035])
    both = joined(before, after, 2)
    assert [both.row("LIBOR_1M", t) for t in range(5)] == [0.01, 0.02, 0.05, 0.06, 0.06]
    seen = moved_on(both, 2)
    for t in range(1, ROWS - 3):
        assert seen.row("discount", t) == pytest.approx(after.row("discount", t), abs=1e-12)
    assert joined(before, after, 0) is after


def test_indices_of_one_date_only_are_added_and_ways_to_discount_are_not() -> None:
    before, after = make_indices(LIBOR_1M=[0.01]), make_indices(LIBOR_1M=[0.02], SOFR=[0.03], discount=[0.04])
    whole = completed(before, after)
    assert set(whole.rates) == {"LIBOR_1M", "SOFR"}
    assert whole.row("LIBOR_1M", 9) == 0.01
    assert completed(after, before) is after
    assert say_the_same(before, make_indices(LIBOR_1M=[0.01, 0.01, 0.01]))
    assert not say_the_same(before, whole)
