"""What outsiders think: third-party curves and market yields, month by month from the end of 2008 to the end of 2009."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from workbooks.sample_deals import DEALS, Row
from workbooks.sample_market import LEVELS

MOOD = (0.82, 0.92, 0.98, 1.0, 0.94, 0.83, 0.72, 0.60, 0.49, 0.38, 0.28, 0.20, 0.14)
"""How far market yields stand from calm (0) to panic (1) at each month-end."""
FEAR = (1.0, 1.05, 1.1, 1.16, 1.2, 1.23, 1.25, 1.23, 1.21, 1.18, 1.15, 1.12, 1.1)
"""Expected defaults at each month-end against the first."""
CURVE_MONTHS = 72


@dataclass(frozen=True)
class View:
    """A provider's view of a kind of loan; rates by corner months, straight lines between them.

    ``cdr`` is scaled by :data:`FEAR`; severities by half of its excess. The lag starts short: what is in foreclosure
    today has been there a while.
    """

    cpr: tuple[tuple[int, float], ...]
    cdr: tuple[tuple[int, float], ...]
    severity: tuple[tuple[int, float], ...]
    lag: tuple[tuple[int, float], ...]


VIEWS = {
    "arm": View(((1, 0.055), (24, 0.085), (60, 0.12)), ((1, 0.130), (14, 0.130), (36, 0.055), (72, 0.014)),
                ((1, 0.49), (18, 0.51), (60, 0.36)), ((1, 4), (10, 12))),
    "io": View(((1, 0.05), (18, 0.07), (60, 0.11)), ((1, 0.145), (10, 0.155), (24, 0.140), (42, 0.06), (72, 0.018)),
               ((1, 0.51), (18, 0.53), (60, 0.38)), ((1, 4), (11, 13))),
    "fixed": View(((1, 0.15), (18, 0.12), (60, 0.10)), ((1, 0.034), (14, 0.036), (36, 0.018), (72, 0.010)),
                  ((1, 0.37), (24, 0.39), (60, 0.32)), ((1, 4), (9, 11))),
    "short": View(((1, 0.17), (18, 0.13), (60, 0.11)), ((1, 0.018), (14, 0.020), (36, 0.010), (72, 0.006)),
                  ((1, 0.33), (24, 0.34), (60, 0.28)), ((1, 4), (9, 11))),
    "mf": View(((1, 0.045), (30, 0.07), (60, 0.12)), ((1, 0.018), (18, 0.022), (42, 0.013), (72, 0.008)),
               ((1, 0.33), (24, 0.36), (60, 0.30)), ((1, 5), (10, 14))),
}  # fmt: skip
CURVES_OF = {"ICMB-2005-A": ("arm", "io"), "ICMB-2004-F": ("fixed", "short"), "IMFC-2006-MF": ("mf",)}
PROVIDER = {
    "ICMB-2005-A": "Mortgage analytics A",
    "ICMB-2004-F": "Mortgage analytics A",
    "IMFC-2006-MF": "Rating agency B",
}

# Yields in calm and in panic, nominal, compounded monthly.
YIELDS = {
    "ICMB-2005-A": {
        "A-1": (0.072, 0.178), "A-2": (0.088, 0.200), "M-1": (0.165, 0.285), "M-2": (0.195, 0.320),
        "M-3": (0.220, 0.360), "M-4": (0.235, 0.385), "B": (0.250, 0.400), "residual": (0.235, 0.350),
    },
    "ICMB-2004-F": {
        "A-1": (0.045, 0.090), "A-2": (0.055, 0.110), "A-3": (0.065, 0.125), "A-4": (0.072, 0.140),
        "A-IO": (0.120, 0.240), "B-1": (0.110, 0.240), "B-2": (0.160, 0.310), "B-3": (0.220, 0.390),
        "residual": (0.190, 0.320),
    },
    "IMFC-2006-MF": {
        "A-1": (0.040, 0.110), "A-2": (0.058, 0.130), "M-1": (0.090, 0.190), "M-2": (0.120, 0.240),
        "B": (0.160, 0.300), "residual": (0.180, 0.290),
    },
}  # fmt: skip


def _between(corners: tuple[tuple[int, float], ...], month: int) -> float:
    """A value on the line through its corners, held at both ends."""
    before = corners[0]
    for corner in corners:
        if month <= corner[0]:
            width = corner[0] - before[0]
            return before[1] if width == 0 else before[1] + (corner[1] - before[1]) * (month - before[0]) / width
        before = corner
    return before[1]


def curve_rows(trust: str, at: int, month: str) -> list[Row]:
    """A trust's curves table at a month-end; as time passes the corners come nearer."""
    rows = []
    told = {
        "severity_basis": "all_in",
        "provider": PROVIDER[trust],
        "curve_date": f"{month}-20",
        "version": f"{month} v1",
    }
    for name in CURVES_OF[trust]:
        view = VIEWS[name]
        for m in range(1, CURVE_MONTHS + 1):
            worse = 1.0 + 0.5 * (FEAR[at] - 1.0)
            rows.append({
                "curve": name, "month": str(m), "cpr": f"{_between(view.cpr, m + at // 3):.4f}",
                "cdr": f"{_between(view.cdr, m + at // 3) * FEAR[at]:.4f}",
                "severity": f"{_between(view.severity, m + at // 3) * worse:.4f}",
                "recovery_lag": str(round(_between(view.lag, m)) + at // 6), "advance": "1", **told,
            })  # fmt: skip
    return rows


OUTSIDE = {
    ("ICMB-2004-F", "B-3", "2009-12"): (
        "0.2205", "0.2380",
        "above the range: the quotes are on November's balance; December's losses on real estate, 173,534, were all"
        " written off B-3",
    ),
}  # fmt: skip
"""Where the committee went outside the range: trust, class and month -> low, high, and why."""


def yield_rows(trust: str, at: int, month: str, month_end: str) -> list[Row]:
    """A trust's yields table at a month-end: quoted ranges, and the yield chosen inside them."""
    rows = []
    mood, base = MOOD[at], LEVELS[month]["SWAP_5"]
    for item, (calm, panic) in YIELDS[trust].items():
        chosen = round(calm + (panic - calm) * mood, 4)
        width = _width(trust, item)
        model = item == "residual"
        low, high, why = OUTSIDE.get(
            (trust, item, month), (f"{chosen * (1 - width):.4f}", f"{chosen * (1 + width):.4f}", _why(at))
        )
        rows.append({
            "trust": trust, "item": item, "yield": f"{chosen:.4f}", "low": low, "high": high, "basis": "monthly",
            "base_rate": f"{base:.4f}", "risk_premium": f"{chosen - base:.4f}",
            "quote": "" if model else f"{quoted(trust, item, at):.4f}",
            "quote_type": "" if model else "yield", "source": "own model" if model else "Pricing service A, broker B",
            "quote_date": month_end, "reason": "no market: yield of comparable residuals" if model else why,
            "chosen_by": "portfolio valuation", "chosen_date": business_day(month_end, 6).isoformat(),
            "approved_by": "valuation committee",
        })  # fmt: skip
    return rows


def quoted(trust: str, item: str, at: int) -> float:
    """What pricing service and broker say together of a class's yield."""
    calm, panic = YIELDS[trust][item]
    chosen = round(calm + (panic - calm) * MOOD[at], 4)
    return round(chosen * (1.0 + 0.25 * _width(trust, item) * (1 if at % 2 else -1)), 4)


def _width(trust: str, item: str) -> float:
    """How far a range reaches on either side, a share of the yield."""
    kinds = {c.name: c.kind for c in DEALS[trust].classes}
    return 0.12 if kinds.get(item) in ("senior", "io") else 0.18


def _why(at: int) -> str:
    """The reason for a yield inside its range; it lies below the quotes in odd months and above them in even ones."""
    if MOOD[at] > 0.6:
        return (
            "few trades: below the quotes, which price a forced sale" if at % 2
            else "few trades, forced sellers: above the quotes, at which nothing trades"
        )  # fmt: skip
    return (
        "trades resume: below the quotes, towards the month's trades" if at % 2
        else "trades resume: above the quotes, which lag the pool's late loans"
    )  # fmt: skip


HOLIDAYS = (
    "2008-11-27", "2008-12-25", "2009-01-01", "2009-01-19", "2009-02-16", "2009-04-10", "2009-05-25", "2009-07-03",
    "2009-09-07", "2009-10-12", "2009-11-11", "2009-11-26", "2009-12-25", "2010-01-01",
)  # fmt: skip


def business_day(day: str, count: int) -> dt.date:
    """The day ``count`` business days after a day (before it where below 0; 0: itself, or the last one before it)."""
    found = dt.date.fromisoformat(day)
    while count <= 0 and not _open(found):
        found -= dt.timedelta(days=1)
    step = 1 if count > 0 else -1
    while count:
        found += dt.timedelta(days=step)
        count -= step if _open(found) else 0
    return found


def _open(day: dt.date) -> bool:
    """Banks and bond markets are open."""
    return day.weekday() < 5 and day.isoformat() not in HOLIDAYS
