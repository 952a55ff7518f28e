"""Curves in words: every form of the grammar, and what is wrong quoted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlfv.market.rates import psa_cpr
from xlfv.market.vectors import is_vector, parse_vector
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
    ],
)
def test_a_piece_that_cannot_be_read_is_quoted(text, quoted):
    with pytest.raises(Refused) as refused:
        parse_vector(text, 12)
    assert quoted in str(refused.value)
    assert refused.value.faults[0].where


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


@given(st.lists(st.sampled_from(["6", "for", "ramp", "to", "then", "3", "%", "1.5", "-", "1200"]), max_size=9))
def test_any_row_of_words_is_read_or_refused(words):
    try:
        values = parse_vector(" ".join(words), 7)
    except Refused:
        return
    assert values.shape == (7,)


def test_what_is_a_vector():
    assert is_vector("2 for 6 then 8")
    assert is_vector("6 RAMP 24 to 12")
    assert not is_vector("6")
    assert not is_vector("0.06")
    assert not is_vector(6)
    assert not is_vector(None)
