"""Curves in words: every form of the grammar, and what is wrong quoted."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlfv.market.rates import psa_cpr
from xlfv.market.vectors import is_vector, may_be_vector, parse_vector, spell_vector
from xlfv.tables import Refused


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("6", [6, 6, 6, 6]),
        ("6%", [6, 6, 6, 6]),
        (" 6.5 % ", [6.5] * 4),
        (".5", [0.5] * 4),
        ("6.", [6] * 4),
        ("+6", [6] * 4),
        ("-1", [-1] * 4),
        ("2 for 2", [2, 2, 2, 2]),
        ("2 for 2 then 8", [2, 2, 8, 8]),
        ("2 then 8", [2, 8, 8, 8]),
        ("2 THEN 8", [2, 8, 8, 8]),
        ("2 for 1 then 3 for 1 then 4", [2, 3, 4, 4]),
        ("6 ramp 4 to 12", [6, 8, 10, 12]),
        ("6% ramp 3 to 12%", [6, 9, 12, 12]),
        ("12 ramp 3 to 6 then 1", [12, 9, 6, 1]),
        ("6 ramp 1 to 12", [12] * 4),
        ("6ramp3to12", [6, 9, 12, 12]),
        ("1 for 10", [1, 1, 1, 1]),
        ("2 for 2 then 5 for 0", [2, 2, 2, 2]),
        ("6 ramp 2 to -3", [6, -3, -3, -3]),
        ("6 ramp 2 to +3", [6, 3, 3, 3]),
        ("2 then -1", [2, -1, -1, -1]),
        ("2 for 2 months then 8", [2, 2, 8, 8]),
        ("2 for 1 month, then 8 thereafter", [2, 8, 8, 8]),
        ("2 for 3 mos then 8", [2, 2, 2, 8]),
        ("2 for 1 year then 8", [2, 2, 2, 2]),
        ("6 ramp 3 months to 12", [6, 9, 12, 12]),
        ("6 ramp to 12 over 3 months", [6, 9, 12, 12]),
        ("6 ramp to 12 over 4", [6, 8, 10, 12]),
    ],
)
def test_every_form_of_the_grammar(text, percent):
    np.testing.assert_allclose(parse_vector(text, 4), np.array(percent) / 100.0, rtol=1e-15)


def test_the_psa_standard_in_words():
    ours = parse_vector("0.2 ramp 30 to 6", 360)
    np.testing.assert_allclose(ours, [psa_cpr(100, m) for m in range(1, 361)], atol=1e-15)


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("6 ramps 24 to 12", "6 ramps 24 to 12"),
        ("2 for 6 then", "a piece is missing"),
        ("then 8", "a piece is missing"),
        ("", "a piece is missing"),
        ("2 for six then 8", "2 for six"),
        ("2 for -3 then 8", "2 for -3"),
        ("2 for 2.5", "2 for 2.5"),
        ("1e3", "1e3"),
        ("six", "six"),
        ("2 for 3 then 6 ramp 5", "6 ramp 5"),
        ("2,5 for 3", "2,5 for 3"),
        ("2 for 2000", "2 for 2000"),
        ("5 for 0 then 6", "5 for 0"),
        ("__import__('os')", "__import__"),
        ("٣ for 3 then x", "x"),
        ("8 * 1.1 then 6", "8 * 1.1"),
        ("2 for 6 then 8 * x", "8 * x"),
        ("2 for 6 then 8 * -1", "8 * -1"),
        ("2 for 6 then 8 / 0", "/ 0"),
        ("2 for 6 then 8 ** 2", "8 *"),
        ("2 for 3-4", "2 for 3-4"),
        ("12/31/2009", "12/31/2009"),
        ("* 1.1", "* 1.1"),
        ("8 + (1 * 2)", "8 + (1 * 2)"),
        ("2 for 6 then 8 * 1e3", "8 * 1e3"),
        ("2 for 6 then 8 * " + "9" * 400, "too large"),
        ("9" * 400, "too large"),
    ],
)
def test_a_piece_that_cannot_be_read_is_quoted(text, quoted):
    with pytest.raises(Refused) as refused:
        parse_vector(text, 12)
    assert quoted in str(refused.value)
    assert refused.value.faults[0].where


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("8 ramp 4 to 14 * 1.1", [8.8, 11.0, 13.2, 15.4]),
        ("2 for 2 then 8 + 1", [3, 3, 9, 9]),
        ("2 for 2 then 8 - 0.5", [1.5, 1.5, 7.5, 7.5]),
        ("2 for 2 then 8 / 2", [1, 1, 4, 4]),
        ("8 + 1 * 2", [18] * 4),
        ("8 * 2 + 1", [17] * 4),
        ("8*1.1*2", [17.6] * 4),
        ("8+1", [9] * 4),
        ("8 * 110%", [8.8] * 4),
        ("8% + 1%", [9] * 4),
        ("2 for 2 months * 3", [6] * 4),
        ("2 for 1 then 8 thereafter / 2", [1, 4, 4, 4]),
        ("-2 - 1", [-3] * 4),
        ("8 * 0", [0] * 4),
    ],
)
def test_changes_at_the_end_hold_for_the_whole_vector_from_left_to_right(text, percent):
    np.testing.assert_allclose(parse_vector(text, 4), np.array(percent) / 100.0, rtol=1e-14)


@given(st.sampled_from(["6 ramp 24 to 12", "2 for 6 then 8", "5"]), st.floats(0.001, 50.0), st.floats(0.001, 50.0))
def test_a_vector_scaled_and_shifted_is_the_vector_scaled_and_shifted(text, by, more):
    by, more = round(by, 3), round(more, 3)
    ours = spell_vector(f"{text} * {by} + {more}", 30)
    np.testing.assert_array_equal(ours, spell_vector(text, 30) * by + more)


def test_words_in_their_own_numbers_are_exact():
    assert list(spell_vector("100 then 143.7", 2)) == [100.0, 143.7]


@pytest.mark.parametrize("months", [0, -1, 1201])
def test_months_out_of_bounds_are_refused(months):
    with pytest.raises(Refused, match="months is"):
        parse_vector("6", months)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text):
    try:
        values = parse_vector(text, 7)
    except Refused:
        return
    assert values.shape == (7,)
    assert np.all(np.isfinite(values))


@given(
    st.lists(
        st.sampled_from(
            ["6", "for", "ramp", "to", "then", "3", "%", "1.5", "-", "1200", "*", "+", "/", "months", "over", "0"]
        ),
        max_size=9,
    )
)
def test_any_row_of_words_is_read_or_refused(words):
    try:
        values = parse_vector(" ".join(words), 7)
    except Refused:
        return
    assert values.shape == (7,)


def test_what_is_a_vector():
    assert is_vector("2 for 6 then 8")
    assert is_vector("6 RAMP 24 to 12")
    assert is_vector("6ramp3to12")
    assert is_vector("8 * 1.1")
    assert is_vector("8 + 1 - 0.5")
    assert not is_vector("1/2")
    assert not is_vector("12/31/2009")
    assert not is_vector("2009-12")
    assert not is_vector("8 * x")
    assert not is_vector("forward")
    assert not is_vector("6")
    assert not is_vector("0.06")
    assert not is_vector(6)
    assert not is_vector(None)


def test_what_may_be_a_misspelt_vector():
    for text in ("6 rmp 24 to 12", "2 fr 6", "8 * x", "6 thereafter", "8 r 24"):
        assert may_be_vector(text)
    for cell in ("fast", "6", "1e5", "5%", "5 %", "1 000", "2009-12-31", "", None, 6):
        assert not may_be_vector(cell)


def test_a_word_that_is_not_known_is_named():
    with pytest.raises(Refused, match="'rmp' is not known") as refused:
        parse_vector("2 for 6 then 6 rmp 24 to 12", 12)
    assert refused.value.faults[0].todo.startswith("did you mean ramp? write like")


_UNITS = ["1", "1 ", "* 1 ", "1 * ", "+ 1 ", " ", "a ", "1% ", "1 for 1 then ", "of ", "1 months ", "9."]


@pytest.mark.parametrize("unit", _UNITS)
@pytest.mark.parametrize("end", ["", "x", "!", " * 1"])
def test_no_text_takes_long_to_read(unit, end):
    start = time.process_time()
    for text in (unit * (990 // len(unit)) + end, "1 " + unit * (980 // len(unit)) + end):
        is_vector(text)
        try:
            parse_vector(text, 12)
        except Refused:
            continue
    assert time.process_time() - start < 2.0
