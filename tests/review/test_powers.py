"""Powers and roots of the measures."""

from __future__ import annotations

import numpy as np
import pytest

from xlfv.review.powers import power, root


@pytest.mark.parametrize("degree", [1, 2, 3, 7, 12, 120])
def test_a_power_of_the_root_is_the_number_again(degree):
    x = np.array([1e-9, 0.004, 0.5, 0.999999, 1.0, 3.0])
    assert power(root(x, degree), degree) == pytest.approx(x, rel=1e-14 * degree)


def test_powers_are_those_of_numpy_up_to_its_last_bits():
    base, exponent = np.array([[0.97], [1.005], [0.0]]), np.array([0, 1, 2, 11, 359])
    assert power(base, exponent) == pytest.approx(base**exponent, rel=1e-13)


def test_bounds():
    assert root([0.0, 1.0], 12).tolist() == [0.0, 1.0]
    assert np.isnan(root([-0.1], 12)).all()
    assert power(0.0, 0) == 1.0
