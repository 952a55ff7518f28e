"""Real estate owned in the table of non-recurring measurements: it stands apart from the level 3 rollforward.

A property is measured at net realizable value when it comes on the books and when that value changes; the losses of the period
are those of :func:`xlfv.reporting.trust_rollforward.reo_losses`. Source: ASC 820-10-50-2 and Impac Mortgage Holdings, letter to
the SEC of 3 February 2011, response 1 ("REO is excluded from the table because it is subject to a non-recurring fair value
measurement and accordingly, is included in a separate table").
"""

from __future__ import annotations

from dataclasses import dataclass

from xlfv.reporting.implied_collateral import property_moves
from xlfv.tables import Fault, refuse_if
from xlfv.trust.parts import net_realizable_values
from xlfv.trust.trust import Trust


@dataclass(frozen=True)
class Measured:
    """REO of a trust at a date, and what was lost on it since another (dollars; losses below 0).

    Attributes:
        held, count: net realizable value and number of all properties held.
        measured, measured_count: of those foreclosed or revalued in the period.
        held_losses: on properties held at both dates, and on those foreclosed since.
        sold_losses: on those sold: proceeds less the opening's net realizable value.
    """

    held: float
    count: int
    measured: float
    measured_count: int
    held_losses: float
    sold_losses: float


def measure_reo(before: Trust, after: Trust, proceeds: float | None) -> Measured:
    """What of REO was measured between two dates.

    Args:
        before, after: one trust at two dates.
        proceeds: cash of REO sold in between, net of costs to sell; None where nothing was sold.

    Raises:
        Refused: two trusts, dates the wrong way round, proceeds without a sale, a sale without proceeds.
    """
    faults = []
    if before.name.lower() != after.name.lower():
        faults.append(Fault(f"{before.name} and {after.name} are two trusts", todo="give one trust at two dates"))
    if not before.as_of < after.as_of:
        what = f"the first trust is of {before.as_of}, the second of {after.as_of}"
        faults.append(Fault(what, todo="give the earlier first"))
    moves = property_moves(before, after)
    if moves.sold and proceeds is None:
        what = f"{', '.join(moves.sold)} stood among the properties of {before.as_of}, and no proceeds are given"
        faults.append(Fault(what, todo="give the cash of their sale, 0 where there was none"))
    proceeds = proceeds or 0.0
    if not moves.sold and abs(proceeds) > 0.005:
        what = f"proceeds are {proceeds:,.2f} dollars, and every property of {before.as_of} is still there"
        faults.append(Fault(what, todo="take what was sold out of the later reo table"))
    refuse_if(faults)
    was = dict(
        zip(map(str, before["reo"]["loan_id"]), map(float, net_realizable_values(before["reo"])[0]), strict=True)
    )
    now = dict(zip(map(str, after["reo"]["loan_id"]), map(float, net_realizable_values(after["reo"])[0]), strict=True))
    touched = [name for name, value in now.items() if was.get(name) != value]
    kept = sum(now[name] - was[name] for name in now if name in was)
    taken = sum(now[name] for name in moves.taken) - moves.taken_value
    return Measured(
        sum(now.values()), len(now), sum(now[name] for name in touched), len(touched), kept + taken,
        proceeds - moves.sold_value,
    )  # fmt: skip


def reo_grid(found: Measured, level: int) -> list[list[object]]:
    """The table: a row of what was measured, of what was not, of all that is held, of what was sold."""
    rows: list[list[object]] = [["item", "properties", "level_1", "level_2", "level_3", "losses_of_the_period"]]

    def line(item: str, count: int | None, value: float | None, losses: float) -> list[object]:
        levels = [None if value is None else (value if level == k else 0.0) for k in (1, 2, 3)]
        return [item, count, *levels, losses + 0.0]

    rest, others = found.held - found.measured, found.count - found.measured_count
    return [
        *rows,
        line("Real estate owned, measured in the period", found.measured_count, found.measured, found.held_losses),
        line("Real estate owned, not measured in the period", others, rest, 0.0),
        line("Real estate owned, at net realizable value", found.count, found.held, found.held_losses),
        line("Real estate sold in the period", None, None, found.sold_losses),
        line("Losses from REO", None, None, found.held_losses + found.sold_losses),
    ]
