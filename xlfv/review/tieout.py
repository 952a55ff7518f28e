"""Ours against the trustee's, figure by figure, with the difference that is tolerated and how ours was made."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from xlfv.kernels.deal import T_BASIS, T_SHORTFALL
from xlfv.market.indices import NO_INDICES, Indices
from xlfv.projection.projection import Projection
from xlfv.review.ours import HALF_CENT, Figure, Key, Ours, paid, standing
from xlfv.review.remittance import COUNT, DAY, ITEMS, POOL, Remittance
from xlfv.trust.trust import Trust

TIED, DIFFERS, NOT_REPORTED, NOT_OURS = "tied", "differs", "not reported", "not ours"
RECOMPUTED, MONTH_ZERO = "recomputed", "month 0"
NO_ACTUALS: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True)
class Row:
    """A figure held against the trustee's.

    Attributes:
        item: of :data:`xlfv.review.remittance.ITEMS`.
        tranche: what it is about; empty: the whole trust.
        ours, theirs: None where there is none.
        tolerance: the most by which they may differ and still tie.
        where_ours: how ours was made, or why there is none.
        where_theirs: where theirs stands; empty where it is not reported.
        of: empty; ``recomputed`` where ours is what the waterfall leaves and our own table holds something else; or
            ``month 0`` of a projection.
    """

    item: str
    tranche: str
    ours: float | None
    theirs: float | None
    tolerance: float
    where_ours: str
    where_theirs: str = ""
    of: str = ""

    @property
    def key(self) -> str:
        """Names the row, once in a tie-out: ``interest_paid A-1``."""
        name = f"{self.item} {self.tranche}".strip()
        return f"{name}, {self.of}" if self.of else name

    @property
    def difference(self) -> float | None:
        """Ours less theirs."""
        return None if self.ours is None or self.theirs is None else self.ours - self.theirs

    @property
    def status(self) -> str:
        """``tied``, ``differs``, ``not reported`` or ``not ours``."""
        if self.theirs is None:
            return NOT_REPORTED
        if self.difference is None:
            return NOT_OURS
        return TIED if abs(self.difference) <= self.tolerance else DIFFERS

    def __str__(self) -> str:
        if self.ours is None or self.theirs is None:
            return f"{self.key}: {self.status} ({self.where_ours})"
        return (
            f"{self.key}: ours {self.ours:,.10g}, theirs {self.theirs:,.10g}, difference {self.ours - self.theirs:,.10g},"
            f" tolerance {self.tolerance:g} (ours: {self.where_ours})"
        )


@dataclass(frozen=True)
class TieOut:
    """A month of a trust held against its trustee's report.

    Attributes:
        trust, as_of: whose and of when.
        rows: in the order of :data:`~xlfv.review.remittance.ITEMS`.
        notices: what could not be recomputed and why, in words.
    """

    trust: str
    as_of: dt.date
    rows: tuple[Row, ...]
    notices: tuple[str, ...] = ()

    @property
    def differing(self) -> tuple[Row, ...]:
        """The rows that do not tie."""
        return self.of(DIFFERS)

    def of(self, status: str) -> tuple[Row, ...]:
        """The rows of a status."""
        return tuple(row for row in self.rows if row.status == status)

    @property
    def tied(self) -> bool:
        """No row differs."""
        return not self.differing


def tie_out(
    now: Trust,
    remittance: Remittance,
    before: Trust | None = None,
    indices: Indices = NO_INDICES,
    actuals: Mapping[str, float] = NO_ACTUALS,
    sold: Collection[str] = (),
) -> TieOut:
    """Hold a month against the trustee's report.

    Args:
        now: the trust as it stands after the distribution.
        remittance: the report.
        before: the trust a month before; without it flows are not recomputed, and the notices say so.
        indices: forward indices of the month before, whose coupons the month paid.
        actuals: the month's postings (:data:`xlfv.reporting.ledger.WORDS`).
        sold: REO sold in the month, by loan.
    """
    stands = standing(now)
    flows = paid(before, now, remittance, indices, actuals, sold)
    whole = Ours(stands.figures | flows.figures, flows.again, stands.why_not | flows.why_not,
                 tuple(dict.fromkeys(stands.notices + flows.notices)))  # fmt: skip
    rows = _rows(whole, remittance)
    rows += _recomputed(whole, remittance)
    return TieOut(now.name, now.as_of, tuple(_ordered(rows)), whole.notices)


def _rows(ours: Ours, remittance: Remittance) -> list[Row]:
    """A row for each figure that either side has; of a loan group only where it is reported."""
    keys = [key for key in ours.figures if key in remittance.figures or not (key[1] and ITEMS[key[0]][0] == POOL)]
    keys += [key for key in remittance.figures if key not in ours.figures]
    return [_row(key, ours.figures.get(key), remittance, ours.why_not) for key in keys]


def _row(key: Key, one: Figure | None, remittance: Remittance, why_not: Mapping[str, str], of: str = "") -> Row:
    item, name = key
    theirs, place = remittance.get(item, name), remittance.places.get(key, "")
    if theirs is None and not name and ITEMS[item][0] == POOL and ITEMS[item][1] != DAY:
        theirs, place = _of_groups(item, remittance)
    if one is None:
        why = why_not.get(item, "none of our tables holds it")
        return Row(item, name, None, theirs, np.nan, f"not ours: {why}", place, of)
    tolerance = one.tolerance
    if math.isnan(tolerance):  # shares tie to the digits that are printed
        tolerance = 0.5 * 10.0**-remittance.digits + 1e-12
    return Row(item, name, one.value, theirs, tolerance, one.where, place, of)


def _of_groups(item: str, remittance: Remittance) -> tuple[float | None, str]:
    """A figure of the whole trust that is reported by group only: dollars and loans add up."""
    groups = [key for key in remittance.figures if key[0] == item and key[1]]
    every = {name for (_, name) in remittance.figures if (("pool_balance", name) in remittance.figures)} - {""}
    adds_up = ITEMS[item][1] == COUNT or "$" in ITEMS[item][1]
    if not groups or not adds_up or {name for _, name in groups} != every:
        return None, ""
    return math.fsum(remittance.figures[key] for key in groups), f"the sum of {len(groups)} loan groups"


def _recomputed(ours: Ours, remittance: Remittance) -> list[Row]:
    """Rows of what our waterfall leaves, where it is not what our own tables hold."""
    found = []
    for key, one in ours.again.items():
        held = ours.figures.get(key)
        if held is None or abs(held.value - one.value) > one.tolerance:
            found.append(_row(key, one, remittance, {}, RECOMPUTED))
    return found


def _ordered(rows: Iterable[Row]) -> list[Row]:
    place = {item: k for k, item in enumerate(ITEMS)}
    return sorted(rows, key=lambda row: place[row.item])


def month_zero(projection: Projection) -> dict[Key, float]:
    """What a projection starts from, as trustees report it: pool, REO, OC, balances and claims of the classes, accounts."""
    paid, cash, trust = projection.distributions, projection.collateral, projection.trust
    pool = float(cash.end_balance[:, 0].sum())
    found: dict[Key, float] = {
        ("pool_balance", ""): pool,
        ("reo_balance", ""): float(cash["reo_balance"][:, 0].sum()),
        ("oc", ""): float(paid.oc[0]),
    }
    original = trust.terms.get("original_pool_balance")
    if original:
        found["pool_factor", ""] = pool / original
    for row, name in enumerate(paid.tranches):
        start = paid.record.tranches[row, 0]
        found["balance", name] = float(paid.end_balance(name)[0])
        found["interest_shortfall", name] = float(start[T_SHORTFALL])
        found["basis_risk_carryforward", name] = float(start[T_BASIS])
    for row, name in enumerate(map(str, trust["accounts"]["account"])):
        found["account_balance", name] = float(paid.record.accounts[row, 0, 4])
    return found


def with_month_zero(tied: TieOut, start: Mapping[Key, float], remittance: Remittance, where: str) -> TieOut:
    """A tie-out with the rows of what a projection starts from, as far as the trustee reports it.

    A difference that the month's own row tells already is not told twice.

    Args:
        tied: the tie-out of the month.
        start: as :func:`month_zero` gives it.
        remittance: the trustee's report.
        where: which projection, in words.
    """
    # Sums of many loans in the order of the kernel's blocks: a cent for rounding; shares tie to the digits printed.
    figures = {
        key: Figure(value, np.nan if key[0] == "pool_factor" else HALF_CENT, f"month 0 of {where}")
        for key, value in start.items()
    }
    told = {(row.item, row.tranche): row for row in tied.differing}
    rows = [_row(key, one, remittance, {}, MONTH_ZERO) for key, one in figures.items()]
    new = [row for row in rows if row.theirs is not None and not _told(row, told.get((row.item, row.tranche)))]
    return replace(tied, rows=tuple(_ordered([*tied.rows, *new])))


def _told(row: Row, own: Row | None) -> bool:
    """The month's own row differs, and ours is the same there."""
    return own is not None and own.ours is not None and row.ours is not None and abs(own.ours - row.ours) <= HALF_CENT


Signed = tuple[str, float, float]
"""What was signed for: the row's key, ours and theirs."""


def open_items(tied: TieOut, signatures: Iterable[Signed] = ()) -> tuple[Row, ...]:
    """The rows that differ and are not signed for with these very numbers."""
    signed: dict[str, list[tuple[float, float]]] = {}
    for key, ours, theirs in signatures:
        signed.setdefault(key, []).append((ours, theirs))
    return tuple(row for row in tied.differing if not any(_same(row, *both) for both in signed.get(row.key, ())))


def _same(row: Row, ours: float, theirs: float) -> bool:
    """The numbers signed for are the row's, but for the last bits."""
    assert row.ours is not None
    assert row.theirs is not None
    return math.isclose(row.ours, ours, rel_tol=1e-12, abs_tol=1e-9) and math.isclose(
        row.theirs, theirs, rel_tol=1e-12, abs_tol=1e-9
    )


HEADERS = ("item", "tranche", "ours", "theirs", "difference", "tolerance", "status", "where_ours", "where_theirs")


def grid(*tied: TieOut) -> list[list[object]]:
    """Tie-outs as a sheet shows them: headers, a row a figure (those that differ first), then what a reader must know."""
    order = {DIFFERS: 0, NOT_OURS: 1, NOT_REPORTED: 1, TIED: 1}
    rows = sorted((row for one in tied for row in one.rows), key=lambda row: order[row.status])
    cells: list[list[object]] = [list(HEADERS)]
    for row in rows:
        item = f"{row.item}, {row.of}" if row.of else row.item
        tolerance = None if math.isnan(row.tolerance) else row.tolerance
        cells.append([item, row.tranche or None, row.ours, row.theirs, row.difference, tolerance, row.status, row.where_ours,
                      row.where_theirs or None])  # fmt: skip
    blanks: list[object] = [None] * (len(HEADERS) - 2)
    cells += [["notice", *blanks, notice] for one in tied for notice in one.notices]
    return cells
