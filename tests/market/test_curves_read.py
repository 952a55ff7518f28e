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
    assert (one.prepay_kind, one.default_kind, one.by_age, one.severity_basis) == ("cpr", "cdr", False, "all_in")


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
        ([{"month": 1, "cpr": 0.06, "abs": 0.01}], "gives cpr and abs"),
        ([{"month": 1, "mdr": 0.01, "cumulative_default": 0.1}], "gives mdr and cumulative_default"),
        ([{"month": 1, "abs": 1.5}], "write it as a decimal: 0.015"),
        ([{"month": 1, "curtailment": -0.1}], "curtailment is -0.1"),
        ([{"month": 1, "severity_d60": 2.5}], "severity_d60 is 2.5"),
        ([{"month": 1, "severity_basis": "all_in"}, {"month": 2, "severity_basis": "property"}], "all_in and property"),
        ([{"month": 1, "severity_basis": ErrorCell("#N/A")}], "#N/A"),
        ([{"month": 1, "liquidation_expense": 7}], "liquidation_expense is 7"),
        ([{"month": 1, "advance_months": -1}], "advance_months is -1"),
        ([{"month": 1, "cure": 1.01}], "cure is 1.01"),
        ([{"month": 1, "cure_d90": "2 for x then 3"}], "2 for x"),
        (
            [{"month": 1, "cure_d90": "200 for 3 then 3"}],
            "cure_d90 '200 for 3 then 3' reaches 200% in month 1: at most 100%",
        ),
        ([{"month": 1, "months_to_liquidation": 0}], "write 1 to 120"),
        (
            [{"month": 1, "months_to_liquidation_foreclosure": "12 for 3 then 0.5"}],
            "'12 for 3 then 0.5' falls to 0.5 in month 4: at least 1",
        ),
        ([{"month": 1, "subsequent_recovery": "5%"}], "write the number 0.05"),
        ([{"month": 1, "subsequent_recovery_lag": 121}], "subsequent_recovery_lag is 121"),
        ([{"month": 1, "months_to_liquidation_fc": 12}], "did you mean months_to_liquidation_foreclosure?"),
        ([{"month": 1, "cure_bk": 0.02}], "did you mean cure_bankruptcy?"),
        ([{"month": 1, "cure_60_days": 0.02}], "did you mean cure_d60?"),
        ([{"month": 1, "cure_d3": 0.02}], "did you mean cure_d30?"),
        ([{"month": 1, "severity_forclosure": 0.4}], "did you mean severity_foreclosure?"),
        ([{"month": 1, "cure_rate": 0.02}], "did you mean cure, or one of cure_d30, cure_d60"),
        ([{"month": 1, "severity_bases": "all_in"}], "did you mean severity_basis?"),
        ([{"month": 1, "cumulative_defaults": 0.1}], "did you mean cumulative_default?"),
        ([{"month": 1, "curtailments": 0.1}], "did you mean curtailment?"),
        ([{"month": 1, "age": 1, "cpr": 0.1}], "gives month and age"),
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


def test_every_vector_takes_its_default_where_it_is_not_given():
    one = _one({"month": 1})
    found = {column: list(vector) for column, vector in one.vectors()}
    assert found == {
        "cpr": [0.0] * 2, "cdr": [0.0] * 2, "curtailment": [0.0] * 2, "severity": [0.0] * 2,
        "liquidation_expense": [0.0] * 2, "recovery_lag": [0.0] * 2, "advance": [1.0] * 2,
        "advance_months": [np.inf] * 2, "subsequent_recovery": [0.0] * 2, "subsequent_recovery_lag": [12.0] * 2,
    }  # fmt: skip
    assert (one.severities, one.cure, one.to_liquidation, one.severity_basis) == ({}, {}, {}, "all_in")


def test_an_absolute_speed_is_a_decimal_and_depends_on_age():
    curves = read_curves(table("curves", [{"month": 1, "abs": "1.5 for 2 then 1.2 * 2"}]))
    one = curves.sets["default"]
    np.testing.assert_allclose(one.prepay[1:5], [0.03, 0.03, 0.024, 0.024])
    assert (one.prepay_kind, one.ages, one.by_age, curves.notices) == ("abs", True, False, ())
    assert read_curves(table("curves", [{"month": 1, "abs": 0.05}])).notices == ()
    assert "abs reaches 6%" in read_curves(table("curves", [{"month": 1, "abs": 0.06}])).notices[0]


def test_a_cumulative_default_starts_at_nothing_holds_between_rows_and_ramps_in_words():
    rows = [{"month": 2, "cumulative_default": 0.01}, {"month": 4, "cumulative_default": "2 ramp 3 to 4"}]
    one = _one({"month": 1}, *rows)
    np.testing.assert_allclose(one.default[[0, 1, 2, 3, 4, 5, 6, 99]], [0, 0, 0.01, 0.01, 0.02, 0.03, 0.04, 0.04])
    assert one.default_kind == "cumulative_default"
    assert list(_one({"month": 1, "cumulative_default": 0.3}).default) == [0.0, 0.3]
    assert list(_one({"month": 0, "cumulative_default": 0.1}, {"month": 1, "cumulative_default": 0.3}).default) == [
        0.1,
        0.3,
    ]
    np.testing.assert_allclose(_one({"age": 2, "cumulative_default": 0.3}).default, [0.0, 0.0, 0.3])


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ([0.02, 0.01], ["falls in month 2: 0.01 after 0.02"]),
        ([0.02, 0.03, 0.01, 0.005], ["falls in month 3", "falls in month 4"]),
        (["1 ramp 3 to 4 then 2"], ["falls in month 4: 0.02 after 0.04"]),
        (["1 ramp 10 to 4", 0.001], ["falls in month 2"]),
        ([1.2], ["cumulative_default is 1.2"]),
    ],
)
def test_a_cumulative_default_that_falls_is_a_fault_that_names_the_month(cells, told):
    with pytest.raises(Refused) as refused:
        _one(*({"month": m, "cumulative_default": cell} for m, cell in enumerate(cells, 1)))
    assert len(refused.value.faults) == len(told)
    for fault, words in zip(refused.value.faults, told, strict=True):
        assert words in str(fault)
        assert "cumulative_default" in fault.where


def test_a_status_follows_its_own_column_else_the_plain_one():
    one = _one(
        {"month": 1, "severity": 0.4, "severity_d30": None, "cure": 0.02, "cure_d30": 0.1, "recovery_lag": 9},
        {
            "month": 3,
            "severity_d30": 0.2,
            "cure_d60": "4 for 1 then 6",
            "months_to_liquidation_foreclosure": "5.5 for 1",
        },
    )
    assert set(one.severities) == {"d30"}
    np.testing.assert_allclose(one.severities["d30"], [0.4, 0.4, 0.4, 0.2])  # the plain one until its own begins
    assert set(one.cure) == {"d30", "d60", "d90", "bankruptcy", "foreclosure"}
    np.testing.assert_allclose(one.cure["d30"], [0.1] * 4)
    np.testing.assert_allclose(one.cure["d60"][:6], [0.02, 0.02, 0.02, 0.04, 0.06, 0.06])
    np.testing.assert_allclose(one.cure["foreclosure"], [0.02] * 4)
    assert {status: list(v[:4]) for status, v in one.to_liquidation.items()} == {"foreclosure": [9, 9, 9, 6]}


def test_months_to_liquidation_without_a_lag_are_at_least_one():
    one = _one({"month": 1}, {"month": 2, "months_to_liquidation": 12})
    assert list(one.to_liquidation["d90"]) == [1, 1, 12]


def test_months_are_whole_and_an_advance_of_the_largest_count_never_stops():
    one = _one({"month": 1, "advance_months": "6 then 7.5 then 1200", "subsequent_recovery_lag": "5.4 for 2"})
    assert list(one.advance_months[1:5]) == [6, 8, np.inf, np.inf]
    assert list(one.subsequent_lag[1:4]) == [5, 5, 5]


def test_one_table_may_hold_sets_by_month_and_by_age():
    rows = [{"month": 1, "curve": "new", "cpr": 0.1}, {"age": 0, "curve": "old", "cpr": 0.2}]
    sets = read_curves(table("curves", rows)).sets
    assert (sets["new"].by_age, sets["old"].by_age) == (False, True)


@pytest.mark.parametrize(
    "more",
    [
        {"curtailment": 0.01}, {"severity_d30": 0.3}, {"severity_basis": "property"}, {"liquidation_expense": 0.1},
        {"advance_months": 6}, {"cure": 0.01}, {"cure_d90": 0.01}, {"months_to_liquidation": 3},
        {"months_to_liquidation_d60": 3}, {"subsequent_recovery": 0.1}, {"subsequent_recovery_lag": 6},
        {"cumulative_default": 0.2}, {"abs": 0.2}, {"recovery_lag": 3}, {"advance": 0.5},
    ],
)  # fmt: skip
def test_the_digest_follows_every_column(more):
    base = read_curves(table("curves", [{"month": 1, "severity": 0.4}])).digest
    assert read_curves(table("curves", [{"month": 1, "severity": 0.4, **more}])).digest != base


def test_the_digest_is_of_the_curve_not_of_its_rows():
    words = read_curves(table("curves", [{"month": 1, "cpr": "5 ramp 3 to 7"}])).digest
    rows = [{"month": m, "cpr": cpr} for m, cpr in enumerate([0.05, 0.06, 0.07, 0.07, 0.07], 1)]
    assert read_curves(table("curves", rows)).digest == words
    assert read_curves(table("curves", rows[:2])).digest != words


@pytest.mark.parametrize(
    ("column", "cell", "what", "todo"),
    [
        (
            "cpr",
            "6 ramp 24 to 120",
            "cpr '6 ramp 24 to 120' reaches 120% in month 25: at most 100%",
            "mend '120' (words",
        ),
        ("cpr", "6 ramp 24 to 12 * 10", "reaches 120% in month 25", "mend '* 10' (words are in percent)"),
        ("cpr", "120 ramp 24 to 12 * 10", "reaches 1200% in month 2", "mend '120'"),
        ("cpr", "6 for 2 then -3 then 8", "falls to -3% in month 4: at least 0%", "mend '-3'"),
        ("cpr", "6 for 2 then 3 - 5", "falls to -2% in month 4", "mend '- 5'"),
        ("severity", "40 ramp 3 to 50 + 200", "reaches 250% in month 4: at most 200%", "mend '+ 200'"),
        ("severity", "40 for 5 then 210 then 50 for 0", "reaches 210% in month 7", "mend '210'"),
        (
            "psa",
            "100 ramp 3 to 20000",
            "reaches 20000 in month 4: at most 10000",
            "(words are in percent of the standard)",
        ),
        ("recovery_lag", "6 then 200", "reaches 200 in month 3: at most 120", "mend '200' (words are in months)"),
        ("cpr", "6 rmp 24 to 12", "cannot read '6 rmp 24 to 12': 'rmp' is not known", "did you mean ramp?"),
        ("cpr", "2 fr 6", "'fr' is not known", "did you mean for?"),
        ("cpr", "2 for 6 thn 8", "'thn' is not known", "did you mean then?"),
        ("cpr", "6 per year", "cannot read '6 per year'", "write like '6'"),
        ("cpr", "8 * x", "cannot read '8 * x'", "put a change like"),
        ("cpr", "5 %", "the text '5 %' stands where a number should", "write the number 0.05"),
        ("cpr", "0.05", "the text '0.05' stands", "convert it to a number"),
        ("recovery_lag", 12.4, "recovery_lag is 12.4, not a whole number", "write whole months"),
        (
            "months_to_liquidation_d90",
            5.5,
            "months_to_liquidation_d90 is 5.5, not a whole number",
            "write whole months",
        ),
    ],
)
def test_a_cell_that_cannot_stand_is_quoted_with_the_part_to_mend(column, cell, what, todo):
    with pytest.raises(Refused) as refused:
        read_curves(table("curves", [{"month": 1}, {"month": 2, column: cell}]))
    (fault,) = refused.value.faults
    assert what in fault.what
    assert todo in fault.todo


def test_numbers_kept_as_text_are_no_words():
    read = from_grid("curves", [["month", "cpr"], ["1", "1e-1"]], text=True)
    assert read_curves(read).sets["default"].prepay[1] == 0.1


def test_a_long_cell_is_quoted_short():
    with pytest.raises(Refused) as refused:
        _one({"month": 1, "cpr": "6 for 2 then " * 40 + "120"})
    assert len(str(refused.value)) < 300


def test_a_ramp_of_months_is_rounded_halves_up():
    assert list(_one({"month": 1, "recovery_lag": "6 ramp 3 to 9"}).lag[1:4]) == [6, 8, 9]


@pytest.mark.parametrize(
    ("column", "cell", "told"),
    [
        ("smm", 0.9, "smm reaches 90%"), ("smm", 0.17, ""), ("mdr", 0.5, "mdr reaches 50%"), ("mdr", 0.1, ""),
        ("psa", 1.5, "psa is at most 1.5, so 1.5% of the standard"), ("psa", 0, ""), ("psa", 10, ""), ("psa", 1499, ""),
        ("psa", 1500, "psa reaches 1500"), ("sda", 2, "sda is at most 2"), ("sda", 5, ""), ("sda", 100, ""),
        ("sda", 15000, "sda reaches 15000"),
    ],
)  # fmt: skip
def test_rates_and_speeds_out_of_the_usual_are_told(column, cell, told):
    notices = read_curves(table("curves", [{"month": 1, column: cell}])).notices
    assert len(notices) == bool(told)
    assert all(told in notice for notice in notices)
