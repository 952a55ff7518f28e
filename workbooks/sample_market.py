"""Real month-end LIBOR and swap levels, and the forward indices bootstrapped from them.

Levels are in percent as published, last business day of the month: LIBOR (USD1MTD156N, USD3MTD156N, USD6MTD156N,
USD12MD156N: ICE Benchmark Administration, by way of FRED) and par swap rates against three-month LIBOR (DSWP1 ... DSWP30:
Federal Reserve, H.15).
"""

from __future__ import annotations

import math
from bisect import bisect_left

MONTH_ENDS = """
month LIBOR_1M LIBOR_3M LIBOR_6M LIBOR_12M SWAP_1 SWAP_2 SWAP_3 SWAP_4 SWAP_5 SWAP_7 SWAP_10 SWAP_30
2008-12 0.43625 1.425 1.75 2.00375 1.27 1.46 1.75 1.95 2.1 2.3 2.49 2.69
2009-01 0.41938 1.18438 1.66 1.975 1.25 1.55 1.94 2.21 2.42 2.7 2.98 3.32
2009-02 0.49625 1.26438 1.80313 2.11938 1.4 1.7 2.1 2.44 2.71 3.07 3.34 3.46
2009-03 0.50063 1.19188 1.73563 1.97188 1.19 1.38 1.68 1.98 2.22 2.57 2.88 3.25
2009-04 0.41125 1.01625 1.565 1.87688 1.12 1.51 1.96 2.32 2.6 2.94 3.23 3.61
2009-05 0.31625 0.65625 1.24 1.6 0.86 1.35 1.94 2.45 2.85 3.37 3.78 4.18
2009-06 0.30875 0.595 1.11125 1.60625 0.89 1.54 2.15 2.61 2.96 3.41 3.75 4.17
2009-07 0.27938 0.47938 0.925 1.4975 0.8 1.51 2.14 2.61 2.95 3.43 3.81 4.26
2009-08 0.25875 0.3475 0.755 1.33 0.64 1.35 1.98 2.44 2.79 3.27 3.64 4.11
2009-09 0.24563 0.28688 0.62875 1.26375 0.63 1.3 1.88 2.31 2.64 3.09 3.44 3.91
2009-10 0.2435 0.28063 0.56438 1.19938 0.6 1.28 1.9 2.36 2.72 3.22 3.63 4.2
2009-11 0.23531 0.25656 0.48813 1.0175 0.47 1.01 1.56 2.01 2.36 2.87 3.32 4.05
2009-12 0.23094 0.25063 0.42969 0.98438 0.69 1.46 2.1 2.62 3.02 3.56 4.01 4.56
"""
HISTORY = """
month LIBOR_6M LIBOR_12M
2006-05 5.33 5.42625
2006-06 5.58938 5.69313
2006-07 5.51 5.53938
2006-08 5.43125 5.41
2006-09 5.37 5.2975
2006-10 5.3875 5.34125
2006-11 5.34688 5.24
2006-12 5.37 5.32938
2007-01 5.4 5.43
2007-02 5.33 5.23813
2007-03 5.32969 5.22
2007-04 5.36 5.295
2007-05 5.38475 5.39
2007-06 5.38625 5.42563
2007-07 5.32688 5.245
2007-08 5.535 5.275
2007-09 5.1325 4.90125
2007-10 4.80625 4.6375
2007-11 4.91 4.4575
2007-12 4.59625 4.22375
2008-01 3.04125 2.84938
2008-02 2.93125 2.70875
2008-03 2.61438 2.48625
2008-04 2.965 3.07875
2008-05 2.91063 3.16375
2008-06 3.10875 3.31063
2008-07 3.08375 3.2525
2008-08 3.1175 3.20688
2008-09 3.98125 3.9625
2008-10 3.12125 3.17375
2008-11 2.59125 2.76625
"""
TENORS = {"LIBOR_1M": 1, "LIBOR_3M": 3, "LIBOR_6M": 6, "LIBOR_12M": 12}
ROWS = 361
BASIS_MONTHS = 24  # months over which a tenor's basis to the swap curve runs off
MONEY_MARKET = 365.0 / 360.0  # LIBOR counts actual days over 360

Levels = dict[str, dict[str, float]]


def _levels(text: str) -> Levels:
    """Month -> series -> decimal rate."""
    header, *rows = [line.split() for line in text.strip().splitlines()]
    return {row[0]: {name: float(x) / 100.0 for name, x in zip(header[1:], row[1:], strict=True)} for row in rows}


LEVELS = _levels(MONTH_ENDS)
MONTHS = tuple(LEVELS)
_PAST = _levels(HISTORY)


def published(index: str, month: str) -> float:
    """The level of an index at a month-end (decimal), rounded as the files carry it."""
    return round((LEVELS.get(month) or _PAST[month])[index], 7)


class ZeroCurve:
    """Discount factors by month: constant forward rates between the knots, the last one held on."""

    def __init__(self) -> None:
        self.months: list[float] = [0.0]
        self.logs: list[float] = [0.0]

    def add(self, month: float, factor: float) -> None:
        """Add a knot behind the others."""
        self.months.append(month)
        self.logs.append(math.log(factor))

    def factor(self, month: float) -> float:
        """The price today of a dollar paid in ``month``."""
        at = min(max(bisect_left(self.months, month), 1), len(self.months) - 1)
        start, end = self.months[at - 1], self.months[at]
        slope = (self.logs[at] - self.logs[at - 1]) / (end - start)
        return math.exp(self.logs[at - 1] + slope * (month - start))


def bootstrap(levels: dict[str, float]) -> ZeroCurve:
    """The curve that reprices three-month LIBOR and each par swap (30/360, fixed leg twice a year), in turn."""
    curve = ZeroCurve()
    curve.add(3.0, 1.0 / (1.0 + levels["LIBOR_3M"] * 0.25 * MONEY_MARKET))
    for name, rate in levels.items():
        if name.startswith("SWAP_"):
            _add_swap(curve, 12 * int(name.removeprefix("SWAP_")), rate)
    return curve


def _add_swap(curve: ZeroCurve, month: int, rate: float) -> None:
    """Add the knot at which a par swap is worth nothing, by bisection."""
    low, high = 0.01, 1.5
    curve.add(float(month), 1.0)
    for _ in range(80):
        middle = 0.5 * (low + high)
        curve.logs[-1] = math.log(middle)
        fixed = sum(0.5 * rate * curve.factor(float(m)) for m in range(6, month + 1, 6))
        if fixed + middle > 1.0:
            high = middle
        else:
            low = middle


def forward_indices(month: str) -> list[list[str]]:
    """The rows of an indices file: month, the LIBORs, and the zero rate (compounded once a year) to that month.

    A LIBOR of ``n`` months in month ``t`` is the simple rate of the curve from ``t`` to ``t + n`` plus the basis of that
    tenor (published less the curve's own at month 0), which runs off in a straight line. So month 0 is what was published.
    """
    curve = bootstrap(LEVELS[month])
    factors = [curve.factor(float(m)) for m in range(ROWS + max(TENORS.values()))]

    def simple(t: int, n: int) -> float:
        return (factors[t] / factors[t + n] - 1.0) / (n / 12.0 * MONEY_MARKET)

    rows = [["month", *TENORS, "discount"]]
    for t in range(ROWS):
        left = max(1.0 - t / BASIS_MONTHS, 0.0)
        libors = [simple(t, n) + left * (LEVELS[month][name] - simple(0, n)) for name, n in TENORS.items()]
        zero = factors[max(t, 1)] ** (-12.0 / max(t, 1)) - 1.0
        rows.append([str(t), *(f"{x:.7f}" for x in (*libors, zero))])
    return rows
