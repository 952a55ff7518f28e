"""Curves scaled and shifted in words: what changes, what is held, what is refused; and a change by one changes nothing."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import loan, make_trust, table
from xlfv.market.curve_changes import Changeable, change_curves, parse_change
from xlfv.market.curve_sets import BOUNDS, DEFAULT, PREPAY
from xlfv.market.curves import read_curves
from xlfv.projection.projection import project
from xlfv.tables import ErrorCell, Refused

ROWS = [
    {"month": 1, "curve": "prime", "cpr": 0.10, "cdr": 0.02, "severity": 0.3, "severity_d90": 0.4, "version": "a"},
    {"month": 3, "curve": "prime", "cpr": 0.12, "version": "b"},
    {"month": 1, "curve": "subprime", "psa": "100 ramp 3 to 200", "mdr": 0.01, "recovery_lag": 6, "cure": 0.05},
    {"age": 0, "curve": "aged", "abs": "1.5 for 4 then 1.2", "cumulative_default": "1 ramp 30 to 9", "severity": 0.5,
     "severity_basis": "property", "months_to_liquidation_foreclosure": 14},
]  # fmt: skip


LATE = [
    {"month": 5, "cumulative_default": "1 ramp 30 to 9", "smm": None, "severity": 0.4, "subsequent_recovery_lag": None},
    {
        "month": 9,
        "smm": 0.01,
        "severity": None,
        "subsequent_recovery_lag": 4,
        "subsequent_recovery": 0.1,
        "advance": 0.5,
    },
]


def _or_faults(make):
    try:
        return make()
    except Refused as refused:
        return refused


@pytest.mark.parametrize("rows", [ROWS, LATE])
@pytest.mark.parametrize(
    "change",
    ["* 1", "* 1.3", "+ 50", "- 20 then * 2 for default", "* 0 for prepay", "severity + 1000", "recovery_lag + 6", "* 0.5 for cure",
     "- 3 for months_to_liquidation", "subsequent_recovery_lag * 2", "advance * 0.5", "* 1.2 for cdr of prime"],
)  # fmt: skip
def test_curves_changed_many_times_are_those_of_the_changed_table(rows, change):
    curves = table("curves", rows)
    expected = _or_faults(lambda: read_curves(change_curves(curves, change)))
    if isinstance(expected, Refused):
        assert _or_faults(lambda: Changeable(curves).changed(change)).faults == expected.faults
        return
    many = Changeable(curves)
    many.changed("* 2")  # leaves nothing behind
    found = many.changed(change)
    assert (found.digest, found.notices) == (expected.digest, expected.notices)
    assert {column: list(map(str, cells)) for column, cells in found.table.items()} == {
        column: list(map(str, cells)) for column, cells in expected.table.items()
    }
    assert many.changed("").digest == read_curves(curves).digest


def _sets(change, rows=ROWS):
    return read_curves(change_curves(table("curves", rows), change)).sets


def _value(sets, curve, column, month=1):
    vector = dict(sets[curve].vectors())[column]
    return float(vector[min(month, vector.size - 1)])


def test_without_columns_the_rates_change_prepayment_default_and_severity():
    for change in ("* 1.1", "curves * 1.1", "Curves*1.1", "rates * 110%", "* 1.1 for prepay, default and severity"):
        sets = _sets(change)
        assert _value(sets, "prime", "cpr") == pytest.approx(0.11)
        assert _value(sets, "prime", "cpr", 3) == pytest.approx(0.132)
        assert _value(sets, "prime", "cdr") == pytest.approx(0.022)
        assert _value(sets, "prime", "severity") == pytest.approx(0.33)
        assert _value(sets, "prime", "severity_d90") == pytest.approx(0.44)
        assert _value(sets, "subprime", "psa", 3) == pytest.approx(2.2)
        assert _value(sets, "subprime", "mdr") == pytest.approx(0.011)
        assert (_value(sets, "subprime", "recovery_lag"), _value(sets, "subprime", "cure_d30")) == (6.0, 0.05)
        assert _value(sets, "aged", "abs", 2) == pytest.approx(0.0165)
        assert _value(sets, "aged", "cumulative_default", 40) == pytest.approx(0.099)
        assert _value(sets, "aged", "months_to_liquidation_foreclosure") == 14.0


@pytest.mark.parametrize(
    ("change", "curve", "column", "value"),
    [
        ("+ 100 for severity", "prime", "severity", 0.31),
        ("curves + 100 for severity", "prime", "severity_d90", 0.41),
        ("severity - 50 bp", "prime", "severity", 0.295),
        ("+ 25 basis points for cdr", "prime", "cdr", 0.0225),
        ("* 1.25 for cdr, cpr * 0.8", "prime", "cdr", 0.025),
        ("* 1.25 for cdr, cpr * 0.8", "prime", "cpr", 0.08),
        ("cdr, cpr * 2", "prime", "cdr", 0.04),
        ("cdr and cpr * 2", "prime", "cpr", 0.20),
        ("* 2 for cdr, cpr", "prime", "cpr", 0.20),
        ("* 1.2 for severity_d90", "prime", "severity_d90", 0.48),
        ("* 1.2 for severity_d90", "prime", "severity", 0.3),
        ("psa + 50", "subprime", "psa", 1.5),
        ("psa * 2 then psa - 50", "subprime", "psa", 1.5),
        ("psa - 50; psa * 2", "subprime", "psa", 1.0),
        ("recovery lag + 3 months", "subprime", "recovery_lag", 9.0),
        ("* 1.5 for recovery_lag", "subprime", "recovery_lag", 9.0),
        ("cure / 2", "subprime", "cure_d60", 0.025),
        ("months_to_liquidation - 2", "aged", "months_to_liquidation_foreclosure", 12.0),
        ("* 1.2 for default of SUBPRIME", "subprime", "mdr", 0.012),
        ("* 1.2 for default of subprime", "prime", "cdr", 0.02),
        ("* 1.2 of subprime, prime", "prime", "cdr", 0.024),
        ("* 1.2 for default, prepay of prime", "prime", "cpr", 0.12),
        ("* 1.2 for default, prepay of prime", "subprime", "psa", 1.0),
        ("+ 100 for default of prime then * 2 for default of prime", "prime", "cdr", 0.06),
    ],
)
def test_what_a_change_does(change, curve, column, value):
    assert _value(_sets(change), curve, column) == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(
    ("change", "curve", "column", "value"),
    [
        ("* 100 for cpr", "prime", "cpr", 1.0),
        ("- 9000 for severity", "prime", "severity", 0.0),
        ("severity * 50", "prime", "severity", 2.0),
        ("psa * 1000", "subprime", "psa", 100.0),
        ("recovery_lag + 500", "subprime", "recovery_lag", 120.0),
        ("months_to_liquidation - 500", "aged", "months_to_liquidation_foreclosure", 1.0),
        ("cumulative_default * 20", "aged", "cumulative_default", 1.0),
    ],
)
def test_results_are_held_to_what_their_column_allows(change, curve, column, value):
    assert _value(_sets(change), curve, column, 40) == value


def test_a_blank_before_the_first_cell_counts_as_its_default():
    rows = [{"month": 1, "cpr": 0.1}, {"month": 3, "severity": 0.4, "advance": 0.5, "severity_d30": 0.2}]
    one = _sets("severity + 100 then advance * 0.9", rows)["default"]
    np.testing.assert_allclose(one.severity, [0.01, 0.01, 0.01, 0.41])
    np.testing.assert_allclose(one.advance, [0.9, 0.9, 0.9, 0.45])
    np.testing.assert_allclose(one.severities["d30"], [0.01, 0.01, 0.01, 0.21])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("", "a change is missing"),
        ("* 1.1 then", "a change is missing"),
        ("faster", "'faster'"),
        ("* 1.1 for crd", "did you mean cdr?"),
        ("* 1.1 for provider", "'provider' is no column that can be changed"),
        ("* 1.1 for cdr of subprim", "did you mean subprime?"),
        ("* 1.1 of nobody", "there is no curve 'nobody'"),
        ("+ 5% for cdr", "'+ 5%' can be read in two ways"),
        ("cdr - 5 percent", "'- 5percent' can be read in two ways"),
        ("* 1.1 bp", "a factor has no unit"),
        ("/ 0 for cdr", "'/ 0' divides by zero"),
        ("* 9999999", "'* 9999999' is too large"),
        ("cdr * 1.1 for cpr", "names columns before the sign and after 'for'"),
        ("cdr, curves * 1.1", "cannot read 'cdr'"),
        ("cdr * 1.1, cpr, severity * 0.9", "cannot read 'cpr'"),
        ("cdr ** 2", "cannot read 'cdr ** 2'"),
        ("cdr * -1", "cannot read 'cdr * -1'"),
        ("cdr * (1 + 1)", "cannot read 'cdr * (1 + 1)'"),
        ("__import__('os').system('x') * 2", "cannot read '__import__"),
        ("* 1.1 for liquidation_expense", "hold no liquidation_expense"),
        ("* 1.1 for cdr of subprime", "curve subprime hold no cdr"),
        ("* 1.1 for smm", "there are: abs, cdr, cpr"),
        ("recovery_lag + 100 bp", "recovery_lag changes by months, not bp"),
        ("psa + 100 bp", "psa changes by percent of the standard, not bp"),
        ("cdr + 3 months", "cdr changes by bp, not months"),
        ("* 1" + " " * 1000 + "x", "1,004 characters long"),
    ],
)  # fmt: skip
def test_a_change_that_cannot_be_read_is_quoted(change, told):
    with pytest.raises(Refused) as refused:
        _sets(change)
    assert told in str(refused.value)
    assert all(fault.todo for fault in refused.value.faults)


def test_every_fault_of_a_change_is_told_at_once():
    with pytest.raises(Refused) as refused:
        _sets("* 1.1 for crd; + 5% for cpr then nonsense; / 0")
    assert len(refused.value.faults) == 4


def test_faults_of_the_curves_are_told_with_their_place():
    with pytest.raises(Refused, match="cpr is 6"):
        _sets("* 1.1", [{"month": 1, "cpr": 6.0}])
    with pytest.raises(Refused, match="#N/A"):
        _sets("* 1.1", [{"month": 1, "cpr": ErrorCell("#N/A")}])
    with pytest.raises(Refused, match="hold no prepayment, default or severity"):
        _sets("* 1.1", [{"month": 1, "recovery_lag": 6}])


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text):
    try:
        sets = _sets(text)
    except Refused:
        return
    assert set(sets) == {"prime", "subprime", "aged"}


@pytest.mark.parametrize("unit", ["1", "* 1 ", "* 1 for ", "of ", " ", "cdr ", "cdr, ", "* 1 for cdr of "])
@pytest.mark.parametrize("end", ["", "!", " * 1"])
def test_no_text_takes_long_to_read(unit, end):
    start = time.process_time()
    for text in (unit * (990 // len(unit)) + end, "* 1 for " + unit * (980 // len(unit)) + end):
        try:
            parse_change(text, ["prime", "subprime"])
        except Refused:
            continue
    assert time.process_time() - start < 2.0


_WORDS = ["*", "+", "-", "/", "1.1", "100", "0", "%", "bp", "for", "of", "cdr", "cpr,", "severity", "and", "then", ";",
          "subprime", "prime", "curves", "default"]  # fmt: skip


@settings(max_examples=300)
@given(st.lists(st.sampled_from(_WORDS), max_size=10))
def test_any_row_of_words_is_read_or_refused_and_held_to_the_bounds(words):
    try:
        sets = _sets(" ".join(words))
    except Refused:
        return
    for one in sets.values():
        for column, vector in one.vectors():
            low, high = BOUNDS[column]
            scale = 100.0 if column in ("psa", "sda") else 1.0
            assert np.all((vector * scale >= low) & ((vector * scale <= high) | (column == "advance_months")))


def test_the_changed_table_has_a_row_a_month_and_what_is_told_stays():
    given = table("curves", ROWS)
    before = {name: list(cells) for name, cells in given.columns.items()}
    changed = change_curves(given, "* 1")
    assert given.columns == before
    assert changed.order == given.order
    names = changed.columns["curve"]
    assert [names.count(name) for name in ("prime", "subprime", "aged")] == [3, 3, 30]
    assert changed.columns["month"][:6] == [1.0, 2.0, 3.0] * 2
    assert changed.columns["age"][6:9] == [0.0, 1.0, 2.0]
    assert changed.columns["version"][:4] == ["a", "a", "b", None]
    assert changed.columns["severity_basis"][::12] == ["all_in", "property", "property"]


KINDS = st.tuples(st.sampled_from(PREPAY), st.sampled_from(DEFAULT), st.sampled_from(["month", "age"]))
SHARES = st.one_of(
    st.none(), st.floats(0.0, 1.0), st.sampled_from(["6 ramp 24 to 12", "2 for 6 then 8", "33.3 then 7 * 1.1"])
)
MONTHS = st.one_of(
    st.none(), st.integers(1, 99).map(float), st.sampled_from(["6 ramp 24 to 12", "9 for 6 then 11.3 + 2"])
)
SPEEDS = st.one_of(st.none(), st.floats(0.0, 900.0), st.just("100 ramp 7 to 213.7"))


@st.composite
def curve_rows(draw):
    rows = []
    for curve in draw(st.lists(st.sampled_from(["a", "b", "c"]), unique=True, min_size=1)):
        prepay, default, axis = draw(KINDS)
        at = draw(st.lists(st.integers(2, 40), unique=True, max_size=3).map(sorted))
        highest = 0.0
        for month in [draw(st.integers(0, 1)), *at]:
            row = {axis: month, "curve": curve, prepay: draw(SPEEDS if prepay == "psa" else SHARES)}
            if default == "cumulative_default":
                highest = draw(st.floats(highest, 1.0))
                row[default] = highest
            else:
                row[default] = draw(SPEEDS if default == "sda" else SHARES)
            for column in ("severity", "severity_d60", "cure", "cure_foreclosure", "curtailment", "advance"):
                row[column] = draw(SHARES)
            for column in ("recovery_lag", "months_to_liquidation", "advance_months", "subsequent_recovery_lag"):
                row[column] = draw(MONTHS)
            rows.append(row)
    return rows


@settings(max_examples=150, deadline=None)
@given(curve_rows(), st.sampled_from(["* 1", "curves / 1", "+ 0", "severity * 1 then - 0"]))
def test_a_change_by_nothing_gives_the_same_curves_to_the_digest(rows, change):
    rows[0]["severity"] = 0.5
    given = table("curves", rows)
    assert read_curves(change_curves(given, change)).digest == read_curves(given).digest


@settings(max_examples=100, deadline=None)
@given(curve_rows(), st.floats(0.0, 3.0))
def test_a_scaled_curve_is_the_curve_scaled_and_held(rows, factor):
    rows[0]["severity"], factor = 0.5, round(factor, 3)
    given = table("curves", rows)
    before, after = read_curves(given).sets, read_curves(change_curves(given, f"* {factor}")).sets
    for name, one in before.items():
        scaled = dict(after[name].vectors())
        for column, vector in one.vectors():
            ours = vector[np.minimum(np.arange(1, 60), vector.size - 1)]
            if column in (*PREPAY, *DEFAULT, "severity", "severity_d60"):
                unit = 100.0 if column in ("psa", "sda") else 1.0
                ours = np.minimum(ours * factor, BOUNDS[column][1] / unit)
            theirs = scaled[column][np.minimum(np.arange(1, 60), scaled[column].size - 1)]
            np.testing.assert_allclose(theirs, ours, rtol=1e-12)


def test_a_change_by_nothing_projects_to_the_same_cash():
    loans = [loan("1", curve="prime"), loan("2", curve="subprime", age=20), loan("3", curve="aged", age=7)]
    rows = [dict(row) for row in ROWS]
    rows[3].pop("abs")
    rows[3].pop("cumulative_default")
    rows[3].update(severity_basis="liquidation_balance", smm="1 ramp 20 to 2", sda=130)
    trust, given = make_trust(loans), table("curves", rows)
    before, after = (project(trust, read_curves(each), months=60) for each in (given, change_curves(given, "* 1")))
    assert before.digest == after.digest
    for name, cash in before.collateral.fields.items():
        np.testing.assert_array_equal(cash, after.collateral.fields[name])
    stressed = project(trust, read_curves(change_curves(given, "* 1.2 for default")), months=60)
    assert stressed.collateral["losses"].sum() > before.collateral["losses"].sum()
