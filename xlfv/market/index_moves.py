"""Forward indices seen from a later month, and joined from those of two dates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from xlfv.kernels.elementary import exp, log
from xlfv.market.indices import OTHER_COLUMNS, Indices, read_indices
from xlfv.market.rates import Floats
from xlfv.tables import Fault, Refused, Table
from xlfv.tables.kept import kept

ROWS = 721  # month 0 and the longest projection
LOST = -0.9999  # below it a zero rate keeps too few digits of what a dollar grows to


def moved_on(indices: Indices, months: int) -> Indices:
    """The same forward curves as seen ``months`` later: what was row t + months is row t.

    Zero rates of ``discount`` move along their own forwards: ``(1 + z'(t)) ** t = (1 + z(t + k)) ** (t + k) / (1 + z(k)) **
    k``, so that what was discounted to the opening is now discounted to the later month; month 0 takes the rate of month 1.

    Raises:
        Refused: what discounts falls so far within the curve that no forward zero rate says so.
    """
    return _moved_on(indices, months) if months and indices.rates else indices


@kept(32, lambda indices, months: (indices.digest, months))
def _moved_on(indices: Indices, months: int) -> Indices:
    columns = {name: _from(values, months) for name, values in indices.rates.items()}
    if "discount" in columns:
        growth = _growth(indices.rates["discount"])
        columns["discount"] = _zero_rates(growth[months:] - growth[months])
    return _read(columns)


def joined(opening: Indices, closing: Indices, months: int) -> Indices:
    """Forward curves that are the opening's until ``months`` and the closing's from there on (whose month 0 it is).

    Zero rates compound the opening's up to that month with the closing's after it.

    Raises:
        Refused: what discounts falls so far within the curve that no zero rate says so.
    """
    if not months:
        return closing
    columns = {}
    for name, values in closing.rates.items():
        later = _from(values, 0)[: ROWS - months]
        if name == "discount":
            before = _growth(opening.rates.get(name, values))
            growth = _growth(values)[: ROWS - months]
            columns[name] = _zero_rates(np.concatenate([before[:months], before[months] + growth]))
        else:
            columns[name] = np.concatenate([_from(opening.rates.get(name, values), 0)[:months], later])
    return _read(columns)


def completed(indices: Indices, others: Indices) -> Indices:
    """Indices, and the names that only the others hold; what discounts (and volatilities) only where nothing else does."""
    missing = [name for name in others.rates if name not in indices.rates and name not in OTHER_COLUMNS]
    if "LIBOR_1M" not in (*indices.rates, *missing) and "discount" not in indices.rates and "discount" in others.rates:
        missing.append("discount")
    if not missing:
        return indices
    columns = {name: _from(values, 0) for name, values in indices.rates.items()}
    return _read(columns | {name: _from(others.rates[name], 0) for name in missing})


def say_the_same(one: Indices, other: Indices, names: Sequence[str] | None = None) -> bool:
    """Whether both hold the same rates in every month, however many rows they have."""
    wanted = set(names) if names is not None else set(one.rates) | set(other.rates)
    if any((name in one.rates) != (name in other.rates) for name in wanted):
        return False
    held = [name for name in wanted if name in one.rates]
    return all(np.array_equal(_from(one.rates[n], 0), _from(other.rates[n], 0)) for n in held)


def _from(values: Floats, first: int) -> Floats:
    """float64[ROWS]: the rows from ``first`` on, the last held on."""
    return values[np.minimum(np.arange(ROWS) + first, values.size - 1)]


def _growth(zero: Floats) -> Floats:
    """Logarithm of what a dollar grows to by month at zero rates, float64[2 * ROWS]."""
    rates = zero[np.minimum(np.arange(2 * ROWS), zero.size - 1)]
    return np.array([log(1.0 + rate) * month / 12.0 for month, rate in enumerate(rates.tolist())])


def _zero_rates(growth: Floats) -> Floats:
    """Zero rates by month, float64[ROWS], of the logarithms of what a dollar grows to."""
    rates = np.array([exp(grown * 12.0 / max(month, 1)) - 1.0 for month, grown in enumerate(growth[:ROWS].tolist())])
    rates[0] = rates[1]
    fallen = np.flatnonzero(rates < LOST)
    if fallen.size:
        what = f"the zero rate of discount forward to month {fallen[0]} is {rates[fallen[0]]:.4%}: the curve falls too fast"
        raise Refused(Fault(what, "indices, discount", "give zero rates that fall more slowly from month to month"))
    return rates


def _read(columns: dict[str, Floats]) -> Indices:
    """Indices of columns by month, read as a table of them would be; zero rates made here have no bounds."""
    rows: dict[str, list[Any]] = {"month": [float(month) for month in range(ROWS)]}
    rows |= {name: values[:ROWS].tolist() for name, values in columns.items()}
    return read_indices(Table("indices", rows, order=tuple(rows)), derived=("discount",))
