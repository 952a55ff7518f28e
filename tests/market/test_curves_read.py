"""Curves and indices as people write them, and every fault of theirs named."""

from __future__ import annotations

import numpy as np
import pytest

from tests.builders import table
from xlfv.market.curves import read_curves
from xlfv.market.indices import NO_INDICES, read_indices, require
from xlfv.tables import ErrorCell, Place, Refused, from_grid


def _one(*rows, name="default"):
    return read_curves(table("curves", rows)).sets[name]


def test_a_row_holds_until_the_next_and_the_last_holds_on():
    one = _one({"month": 1, "cpr": 0.06, "cdr": 0.01}, {"month": 4, "cpr": 0.12})
    assert list(one.prepay) == [0.06, 0.06, 0.06, 0.06, 0.12]
    assert list(one.default) == [0.01] * 5
    assert (one.prepay_kind, one.default_kind, one.by_age, one.on_liquidation) == ("cpr", "cdr", False, False)


def test_defaults_of_a_curve_are_no_loss_no_lag_full_advance():
    one = _one({"month": 1})
    assert (list(one.severity), list(one.lag), list(one.advance)) == ([0.0] * 2, [0.0] * 2, [1.0] * 2)


def test_a_vector_in_words_starts_in_its_rows_month_and_a_later_row_cuts_it():
    one = _one({"month": 1, "cpr": "6 ramp 3 to 12", "mdr": 0.0}, {"month": 3, "mdr": 0.01}, {"month": 5, "cpr": 0.2})
    np.testing.assert_allclose(one.prepay[[1, 2, 3, 4, 5, 200]], [0.06, 0.09, 0.12, 0.12, 0.2, 0.2])


def test_words_of_speeds_and_lags_are_not_percent():
    one = _one({"month": 1, "psa": "100 for 2 then 250", "sda": 150, "recovery_lag": "6 for 1 then 12"})
    np.testing.assert_allclose(one.prepay[1:4], [1.0, 1.0, 2.5])
    assert one.default[1] == 1.5
    assert list(one.lag[1:4]) == [6, 12, 12]


def test_curves_by_age_and_by_name():
    rows = [
        {"age": 0, "curve": "arm", "smm": 0.01},
        {"age": 12, "curve": "arm", "smm": 0.02},
        {"age": 3, "curve": None},
    ]
    curves = read_curves(table("curves", rows))
    assert set(curves.sets) == {"arm", "default"}
    assert curves.sets["arm"].by_age
    assert curves.sets["arm"].ages


def test_digest_follows_content_not_decoration():
    base = read_curves(table("curves", [{"month": 1, "cpr": 0.06}]))
    told = read_curves(table("curves", [{"month": 1, "cpr": 0.06, "provider": "X"}]))
    other = read_curves(table("curves", [{"month": 1, "cpr": 0.0600001}]))
    kind = read_curves(table("curves", [{"month": 1, "smm": 0.06}]))
    assert base.digest == told.digest
    assert len({base.digest, other.digest, kind.digest}) == 3


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([{"cpr": 0.06}], "month (or age) is missing"),
        ([{"month": 2, "cpr": 0.06}], "starts in month 2"),
        ([{"month": 1, "cpr": 0.06}, {"month": 1, "cpr": 0.07}], "months out of order"),
        ([{"month": 3, "cpr": 0.06}, {"month": 1, "cpr": 0.07}], "months out of order"),
        ([{"month": 1, "cpr": 6.0}], "cpr is 6"),
        ([{"month": 1, "cpr": -0.1}], "cpr is -0.1"),
        ([{"month": 1, "cpr": 0.06, "smm": 0.01}], "gives cpr and smm"),
        ([{"month": 1, "cdr": 0.06, "sda": 100}], "gives cdr and sda"),
        ([{"month": 1, "severity": 45}], "severity is 45"),
        ([{"month": 1, "severity_basis": "proprty"}], "severity_basis 'proprty'"),
        ([{"month": 1, "advance": 1.5}], "advance is 1.5"),
        ([{"month": 1, "recovery_lag": 121}], "recovery_lag is 121"),
        ([{"month": 1.5, "cpr": 0.06}], "not a whole number"),
        ([{"month": None, "cpr": 0.06}, {"month": 2, "cpr": 0.06}], "month is blank"),
        ([{"month": 1, "cpr": "fast"}], "text 'fast' stands where a number should"),
        ([{"month": 1, "cpr": "6 ramp x to 2"}], "6 ramp x to 2"),
        ([{"month": 1, "cpr": ErrorCell("#REF!")}], "#REF!"),
        ([{"month": ErrorCell("#N/A"), "cpr": 0.1}], "#N/A"),
        ([{"month": 1, "cpr": float("nan")}], "not a finite number"),
        ([{"month": 1201, "cpr": 0.06}], "month is 1201"),
        ([{"month": 1, "cpr": True}], "TRUE stands where a number should"),
    ],
)
def test_faults_of_curves_are_told_with_their_place(rows, told):
    with pytest.raises(Refused) as refused:
        read_curves(table("curves", rows))
    assert told in str(refused.value)
    assert all(fault.where and fault.todo for fault in refused.value.faults)


def test_every_fault_of_curves_is_told_at_once():
    rows = [{"month": 1, "cpr": 6.0, "severity": 45, "advance": -1}, {"month": 1, "cpr": "x", "recovery_lag": 500}]
    with pytest.raises(Refused) as refused:
        read_curves(table("curves", rows))
    assert len(refused.value.faults) == 6


def test_indices_hold_between_rows_and_at_both_ends():
    rows = [{"month": 0, "libor_1m": 0.002, "discount": 0.01}, {"month": 3, "libor_1m": 0.004}]
    indices = read_indices(table("indices", rows))
    assert [indices.row("LIBOR_1M", m) for m in (-2, 0, 2, 3, 99)] == [0.002, 0.002, 0.002, 0.004, 0.004]
    assert list(indices.vector("LIBOR_1M", 4, 1)) == [0.002, 0.002, 0.002, 0.002, 0.004]
    assert indices.rates["discount"][0] == 0.01


def test_an_index_given_late_holds_backwards():
    indices = read_indices(table("indices", [{"month": 0, "SOFR": None}, {"month": 2, "SOFR": 0.03}]))
    assert list(indices.rates["SOFR"]) == [0.03, 0.03, 0.03]


def test_an_index_in_words():
    indices = read_indices(table("indices", [{"month": 1, "CUSTOM_X": "1 ramp 3 to 2"}]))
    np.testing.assert_allclose(indices.rates["CUSTOM_X"][:5], [0.01, 0.01, 0.015, 0.02, 0.02])
    assert indices.notices


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([{"LIBOR_1M": 0.01}], "month is missing"),
        ([{"month": 0, "LIBR_1M": 0.01}], "did you mean LIBOR_1M"),
        ([{"month": 0, "LIBOR_1M": 2.5}], "LIBOR_1M is 2.5"),
        ([{"month": 0, "LIBOR_1M": -0.2}], "LIBOR_1M is -0.2"),
        ([{"month": 1, "LIBOR_1M": 0.01}, {"month": 0, "LIBOR_1M": 0.01}], "months out of order"),
        ([{"month": 0, "LIBOR_1M": ErrorCell("#DIV/0!")}], "#DIV/0!"),
        ([{"month": 0, "LIBOR_1M": "x"}], "text 'x' stands where a number should"),
        ([{"month": -1, "LIBOR_1M": 0.01}], "month is -1"),
    ],
)
def test_faults_of_indices_are_told_with_their_place(rows, told):
    for row in rows:
        row.setdefault("LIBOR_12M", 0.01)
    with pytest.raises(Refused) as refused:
        read_indices(table("indices", rows))
    assert told.lower() in str(refused.value).lower()
    assert all(fault.where for fault in refused.value.faults)


def test_a_missing_index_is_told_with_those_there():
    fault = require(NO_INDICES, "LIBOR_1M", "class A")
    assert fault is not None
    assert "class A needs the index LIBOR_1M" in fault.what
    assert require(read_indices(table("indices", [{"month": 0, "SOFR": 0.01}])), "SOFR", "x") is None


def test_a_rate_whose_letters_changed_places_is_a_fault_and_never_a_rate_of_zero() -> None:
    table = from_grid(
        "curves", [["month", "crp", "cdr", "severity"], [1.0, 0.1, 0.01, 0.4]], Place("Curves", kind="sheet")
    )
    with pytest.raises(Refused, match="did you mean cpr"):
        read_curves(table)
