"""Dividing cash among creditors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reference.plain_deal import divide
from xlfv.kernels.deal import PRO_RATA, SEQUENTIAL, SHARE
from xlfv.kernels.funds import share_out

RULES = {"sequential": SEQUENTIAL, "pro_rata": PRO_RATA, "share": SHARE}
amounts = st.lists(st.one_of(st.just(0.0), st.floats(0.01, 1e9)), min_size=1, max_size=6)


def _kernel(cash: float, owed: list[float], rule: str, shares: list[float]) -> list[float]:
    paid = np.zeros(len(owed))
    targets = np.arange(len(owed))
    share_out(
        cash, float(sum(owed)), np.array(owed), 0, targets, 0, len(owed), np.array(shares), RULES[rule], paid, 0.0
    )
    return list(paid)


@settings(max_examples=300)
@given(st.floats(0.0, 3e9), amounts, st.sampled_from(list(RULES)), st.data())
def test_nothing_is_made_or_lost_and_nobody_gets_more_than_owed(cash, owed, rule, data):
    shares = [float(data.draw(st.integers(1, 100))) for _ in owed]
    paid = _kernel(cash, owed, rule, shares)
    assert all(0.0 <= part <= due for part, due in zip(paid, owed, strict=True))
    assert sum(paid) == pytest.approx(min(cash, sum(owed)), rel=1e-12, abs=1e-9)
    np.testing.assert_allclose(paid, divide(cash, owed, rule, shares), rtol=1e-9, atol=1e-6)


def test_all_in_full_leaves_no_crumb():
    owed = [0.1, 0.2, 0.3]
    for rule in RULES:
        assert _kernel(0.1 + 0.2 + 0.3, owed, rule, [3.0, 5.0, 7.0]) == owed


def test_what_a_full_one_cannot_take_goes_to_the_others_by_their_shares():
    assert _kernel(100.0, [10.0, 500.0, 500.0], "share", [50.0, 30.0, 20.0]) == [10.0, 54.0, 36.0]
    assert _kernel(90.0, [100.0, 200.0, 0.0], "pro_rata", [1.0] * 3) == [30.0, 60.0, 0.0]
    assert _kernel(150.0, [100.0, 200.0], "sequential", [1.0] * 2) == [100.0, 50.0]
