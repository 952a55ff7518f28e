"""The collateral's cash and the index of the shelf deal: made so that every rule of the deal comes to bear.

Neither is a forecast nor anybody's history: prepayments, losses, delinquency and LIBOR follow the plain paths below.
"""

from __future__ import annotations

from itertools import pairwise

from workbooks.shelf_deal import MONTHS, ORIGINAL, Cells

Path = tuple[tuple[int, float], ...]

LIBOR: Path = ((0, 4.60), (6, 5.10), (9, 5.20), (10, 6.30), (13, 6.40), (14, 5.10), (20, 4.60), (26, 3.90), (32, 2.20), (38, 1.30),
               (54, 1.30))  # fmt: skip
PREPAID: Path = ((1, 1.2), (6, 1.7), (18, 1.6), (24, 1.2), (30, 1.0), (54, 1.0))
LOST: Path = ((1, 0.0), (6, 0.01), (12, 0.04), (20, 0.04), (22, 0.20), (25, 0.60), (28, 0.60), (31, 0.15), (36, 0.06),
              (54, 0.03))  # fmt: skip
LATE: Path = ((1, 0.2), (6, 1.0), (12, 2.0), (18, 3.2), (22, 4.6), (26, 7.6), (34, 8.6), (42, 8.4), (46, 7.4),
              (54, 5.0))  # fmt: skip
"""By month, straight lines between: LIBOR (percent), and percent of the pool a month prepaid, lost, and 60 days late."""
SEVERITY = 0.40
GROSS, SERVICING = {"1": 0.0680, "2": 0.0660}, 0.00375
TILT = {"1": 1.06, "2": 0.86}  # group 1 prepays, loses and is late a little more
NO_ADVANCES, COLLECTED = 22, {"1": 0.78, "2": 0.58}
"""The month in which the servicer does not advance, and what then comes in of the interest due."""
RECOVERIES = {(33, "1"): 640_000.0, (34, "1"): 215_000.0}
"""Subsequent recoveries by month and group."""
COLUMNS = ("month", "group", "balance", "scheduled_principal", "prepaid_principal", "liquidation_proceeds", "losses",
           "subsequent_recoveries", "gross_interest", "net_interest", "delinquent_60", "net_wac", "payment_date")  # fmt: skip


def path(points: Path, at: int) -> float:
    """The value of a path in a month."""
    for (x, a), (y, b) in pairwise(points):
        if x <= at <= y:
            return a + (b - a) * (at - x) / (y - x)
    return points[0][1] if at < points[0][0] else points[-1][1]


def cash() -> Cells:
    """The table ``cash``: a row a month and loan group, dollars and cents."""
    rows: list[list[str]] = []
    for group, original in ORIGINAL.items():
        balance = round(original * 100)
        for month in range(1, MONTHS + 1):
            rows.append(_row(group, month, balance))
            balance -= sum(_cents(rows[-1][COLUMNS.index(name)]) for name in COLUMNS[3:7])
    rows.sort(key=lambda row: (int(row[0]), row[1]))
    return [list(COLUMNS), *rows]


def _row(group: str, month: int, balance: int) -> list[str]:
    tilt = TILT[group]
    scheduled = round(balance * 0.0009)
    prepaid = round(balance * path(PREPAID, month) / 100.0 * tilt)
    lost = round(balance * path(LOST, month) / 100.0 * tilt)
    proceeds = round(lost * (1.0 / SEVERITY - 1.0))
    end = balance - scheduled - prepaid - proceeds - lost
    late = round(end * path(LATE, month) / 100.0 * tilt)
    share = COLLECTED[group] if month == NO_ADVANCES else 1.0
    gross = round(balance * GROSS[group] / 12.0 * share)
    net_rate = GROSS[group] - SERVICING
    net = round(balance * net_rate / 12.0 * share)
    recovered = round(RECOVERIES.get((month, group), 0.0) * 100)
    year, number = divmod(2 + month, 12)
    return [
        str(month), group, *(_dollars(x) for x in (balance, scheduled, prepaid, proceeds, lost, recovered, gross, net, late)),
        f"{net_rate:.5f}" if share < 1.0 else "", f"{2006 + year}-{number + 1:02d}-25",
    ]  # fmt: skip


def indices() -> Cells:
    """The table ``indices``: LIBOR by month from 0."""
    return [["month", "LIBOR_1M"], *([str(t), f"{path(LIBOR, t) / 100.0:.6f}"] for t in range(MONTHS + 1))]


def _dollars(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _cents(text: str) -> int:
    return int(text.replace(".", ""))
