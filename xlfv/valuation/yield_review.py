"""The review of a trust's chosen yields: in range, against last month, against quotes and against peers; and what needs a reason."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from xlfv.projection.projection import Projection
from xlfv.tables import Fault, Table, refuse_if
from xlfv.trust.trust import Trust
from xlfv.valuation.discounting import FREQUENCY
from xlfv.valuation.quote_cash import convert, rate_on
from xlfv.valuation.quotes import Quote, by_item, normalize, read_quotes
from xlfv.valuation.ratings import spelled_rating
from xlfv.valuation.yield_ranges import Premium, YieldRange, range_of, rating_of
from xlfv.valuation.yields import COLLATERAL, RESIDUAL, YIELDS, Chosen, lies_outside, position_of

NAN = float("nan")
BP = 1e-4
SAME = 0.5 * BP


@dataclass(frozen=True)
class Limits:
    """How far a yield may go without a reason.

    Attributes:
        stale_days: a quote older than so many days counts for nothing.
        change: against last month, decimals.
        difference: against quotes, and against peers, decimals.
        combine: of :data:`xlfv.valuation.yield_ranges.COMBINE`.
    """

    stale_days: int = 30
    change: float = 0.01
    difference: float = 0.01
    combine: str = "widest"


@dataclass(frozen=True)
class Other:
    """A yield of another month or another trust."""

    trust: str
    item: str
    rate: float
    basis: str
    kind: str
    rating: str


@dataclass(frozen=True)
class Reviewed:
    """One row of the review; what is not known is not a number.

    Attributes:
        item, kind, rating: whose.
        chosen: its yield, with the register's own range.
        acceptable: the range that quotes and policy say, on the basis of the yield.
        before: last month's yield on that basis; change: against it.
        quoted: average of the quotes that count; difference: of the yield to it.
        peers: how many there are, peer: their median, peer_difference: of the yield to it; alike: what they share.
        flags: words, each a thing to look at.
        needs: why a reason is needed; empty where none is.
    """

    item: str
    kind: str
    rating: str
    chosen: Chosen
    acceptable: YieldRange
    before: float
    peers: int
    peer: float
    alike: str
    flags: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()

    @property
    def low(self) -> float:
        """Lower end: the register's, else the acceptable one."""
        return self._ends[0]

    @property
    def high(self) -> float:
        """Higher end: the register's, else the acceptable one."""
        return self._ends[1]

    @property
    def unranged(self) -> bool:
        """The register gives no range."""
        return bool(np.isnan(self.chosen.low) and np.isnan(self.chosen.high))

    @property
    def _ends(self) -> tuple[float, float]:
        if not self.unranged:
            return self.chosen.low, self.chosen.high
        return (self.acceptable.low, self.acceptable.high) if self.acceptable.wide else (NAN, NAN)

    @property
    def in_range(self) -> str:
        """``yes``, ``no``, or ``no range``."""
        if np.isnan(self.low) and np.isnan(self.high):
            return "no range"
        return "no" if lies_outside(self.chosen.rate, self.low, self.high) else "yes"

    @property
    def change(self) -> float:
        """Against last month, a decimal."""
        return self.chosen.rate - self.before

    @property
    def quoted(self) -> float:
        """Weighted average of the quotes that count, on the basis of the yield."""
        return self.acceptable.mid if self.acceptable.used else NAN

    @property
    def difference(self) -> float:
        """Yield less quotes, a decimal."""
        return self.chosen.rate - self.quoted

    @property
    def peer_difference(self) -> float:
        """Yield less the median of its peers, a decimal."""
        return self.chosen.rate - self.peer


def read_others(table: Table, trust: Trust, *, peers: bool) -> list[Other]:
    """Yields of last month (of this trust) or of peers (of every other trust), from a table of yields.

    Raises:
        Refused: with every fault of the table: an item twice; of peers one without a trust or a kind, or a table in which no
            other trust stands.
    """
    faults: list[Fault] = []
    rows = YIELDS.read(table, faults)
    found: list[Other] = []
    lacking: dict[str, list[int]] = {"trust": [], "kind": []}
    seen: set[tuple[str, str]] = set()
    for row in range(rows.count):
        if not rows.sound(row, "trust", "item", "yield", "kind"):
            continue
        owner, item = str(rows["trust"][row]), str(rows["item"][row]).strip()
        mine = owner.lower() in ("", trust.name.lower())
        if peers and not owner:
            lacking["trust"].append(row)
        if mine is peers:
            continue
        fixed = item.lower() in (RESIDUAL, COLLATERAL)
        kind = item.lower() if fixed else str(rows["kind"][row])
        if peers and not kind:
            lacking["kind"].append(row)
        if (key := (owner.lower(), item.lower())) in seen:
            faults.append(Fault(f"{f'{owner} {item}'.strip()} has two yields", table.where(row, "item"), "keep one"))
        seen.add(key)
        rate, basis = float(rows["yield"][row]), str(rows["basis"][row])
        found.append(Other(owner, item, rate, basis, kind, str(rows["rating"][row])))
    for column, without in lacking.items():
        if without:
            names = ", ".join(f"{rows['trust'][row]} {rows['item'][row]}".strip() for row in without)
            where = table.where(without[0], column if column in table.columns else "item")
            faults.append(Fault(f"peers without a {column}: {names}", where, f"fill the column {column}"))
    if not found and not faults:
        what = "no other trust" if peers else f"no yield of {trust.name}"
        faults.append(Fault(f"the table {table.name} holds {what}", table.place.start, "give the right table"))
    refuse_if(faults)
    return found


_OF_REGISTER = {
    "trust": "trust", "item": "item", "source": "source", "quote_date": "date", "quote": "quote", "quote_type": "quote_type",
    "quote_assumptions": "assumptions", "settlement": "settlement", "orderly": "orderly", "weight": "weight", "basis": "basis",
}  # fmt: skip
"""Columns of a register that say a quote, and what they are called in a table of quotes."""


def register_quotes(table: Table, trust: Trust) -> list[Quote]:
    """The quotes that stand beside the yields of a register, for where no table of quotes is given.

    A quoted yield compounds as the row's does. A blank quote_date is the as-of date.

    Raises:
        Refused: with every fault, as :func:`xlfv.valuation.quotes.read_quotes`.
    """
    cells = {new: table.columns[old] for old, new in _OF_REGISTER.items() if old in table.columns}
    items = [str(item).strip().lower() for item in table.columns.get("item", ())]
    kept = [row for row, quote in enumerate(cells.get("quote", ())) if quote is not None and items[row] != COLLATERAL]
    if not kept:
        return []
    columns: dict[str, list[Any]] = {name: [column[row] for row in kept] for name, column in cells.items()}
    for name, blank in (("source", "register"), ("date", trust.as_of)):
        columns[name] = [blank if cell is None else cell for cell in columns.get(name, [None] * len(kept))]
    margins = [str(cell).lower() == "dm" for cell in columns.get("basis", ())]
    columns["basis"] = [
        None if margin else cell for margin, cell in zip(margins, columns.get("basis", ()), strict=True)
    ]
    order = tuple(_OF_REGISTER.get(name, name) for name in table.order)
    lines = tuple(table.lines[row] if table.lines else row for row in kept)
    columns = {name: column for name, column in columns.items() if column}
    return read_quotes(replace(table, columns=columns, order=order, lines=lines), trust)


def review(
    projection: Projection,
    yields: Mapping[str, Chosen],
    quotes: Iterable[Quote] = (),
    previous: Iterable[Other] | None = None,
    peers: Iterable[Other] | None = None,
    ranges: list[Premium] | None = None,
    limits: Limits | None = None,
) -> list[Reviewed]:
    """A row for every class, the residual, and the collateral where it has a yield.

    Args:
        projection: the trust's.
        yields: chosen, as :func:`xlfv.valuation.yields.read_yields` gives them.
        quotes: of the trust.
        previous: its yields of last month; None where they are not held against anything.
        peers: yields of other trusts.
        ranges: the policy of risk premiums.
        limits: how far a yield may go without a reason.
    """
    limits = limits or Limits()
    bases = {item: one.basis for item, one in yields.items()}
    normalized = by_item(normalize(list(quotes), projection, basis=bases, stale_days=limits.stale_days))
    trust = projection.trust
    before = None if previous is None else {one.item.lower(): one for one in previous}
    others = list(peers or ())
    rows = []
    for item in (*trust.tranches, RESIDUAL, *((COLLATERAL,) if COLLATERAL in yields else ())):
        chosen, kind = yields[item], position_of(trust, item)
        rating = "" if item == COLLATERAL else rating_of(trust, item, chosen)
        acceptable = range_of(
            trust.name, item, normalized.get((trust.name, item), []), basis=chosen.basis, projection=projection,
            ranges=None if item == COLLATERAL else ranges, rating=rating, combine=limits.combine,
        )  # fmt: skip
        told: list[str] = []
        last = _last(projection, item, chosen, before, told)
        alike, rates = _peers(chosen, kind, rating, others, told)
        peer = statistics.median(rates) if rates else NAN
        row = Reviewed(item, kind, rating, chosen, acceptable, last, len(rates), peer, alike)
        rows.append(_flagged(row, limits, told))
    return rows


def _last(
    projection: Projection, item: str, chosen: Chosen, before: Mapping[str, Other] | None, told: list[str]
) -> float:
    """Last month's yield on this month's basis."""
    if before is None:
        return NAN
    one = before.get(item.lower())
    if one is None:
        told.append("no yield last month")
        return NAN
    if one.basis == chosen.basis:
        return one.rate
    told.append(f"basis was {one.basis}")
    if "dm" in (one.basis, chosen.basis):  # last month's margin stood on last month's cash
        return NAN
    return rate_on(projection, item, one.rate, one.basis, chosen.basis)


def _peers(chosen: Chosen, kind: str, rating: str, others: list[Other], told: list[str]) -> tuple[str, list[float]]:
    """Yields of the same kind in other trusts, of the same rating where any has it; and what they share."""
    found = [each for each in others if each.kind == kind and (each.basis == "dm") is (chosen.basis == "dm")]
    own = spelled_rating(rating) if rating else ""
    rated = [each for each in found if own and each.rating and spelled_rating(each.rating) == own]
    if others and not found:
        told.append("no peers")
    used = rated or found
    rates = [_on(each, chosen.basis) for each in used]
    return (f"{kind} {own}" if rated else kind) if rates else "", rates


def _on(other: Other, basis: str) -> float:
    if basis == other.basis or basis not in FREQUENCY:
        return other.rate
    return convert(other.rate, other.basis, basis)


def _flagged(row: Reviewed, limits: Limits, told: list[str]) -> Reviewed:
    """The row with what there is to look at, and why it needs a reason."""
    chosen, acceptable = row.chosen, row.acceptable
    needs = []
    if row.in_range == "no":
        needs.append("outside its range")
    if acceptable.of_policy and acceptable.outside(chosen.rate) and not row.unranged:
        needs.append("outside the acceptable range")
    if row.in_range == "no range":
        needs.append("no range")
    for gap, limit, words in (
        (row.change, limits.change, "against last month"),
        (row.difference, limits.difference, "against quotes"),
        (row.peer_difference, limits.difference, "against peers"),
    ):
        if abs(gap) > limit + 1e-12:
            needs.append(f"{gap / BP:+.0f} bp {words}")
    flags = [*needs, *told]
    if chosen.rate > 1.0:
        flags.append("over 100% a year")
    if abs(chosen.base_rate + chosen.risk_premium - chosen.rate) > SAME:
        total = chosen.base_rate + chosen.risk_premium
        flags.append(f"base rate + risk premium is {total:.4%}, not the yield")
    if acceptable.quotes and not acceptable.used:
        flags.append("no quote counts")
    flags += acceptable.notes
    if needs and not chosen.reason.strip():
        flags.insert(0, "reason missing")
    if not (chosen.chosen_by or chosen.approved_by):
        flags.append("nobody is named")
    return replace(row, flags=tuple(flags), needs=tuple(needs))
