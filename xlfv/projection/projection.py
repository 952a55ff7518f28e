"""A projection: a trust under curves, month by month, with everything that made it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from xlfv.market.calendar import add_months
from xlfv.market.curves import Curves, read_curves
from xlfv.market.index_moves import moved_on
from xlfv.market.indices import NO_INDICES, Indices, read_indices
from xlfv.model import MODEL_HASH
from xlfv.projection.aging import later_parts
from xlfv.projection.call import bought, call_of
from xlfv.projection.collateral import (
    MOST_MONTHS,
    CollateralCash,
    default_horizon,
    late_without_timeline,
    missing_for_loans,
    project_scenarios,
)
from xlfv.projection.conservation import prove_conservation
from xlfv.projection.distributions import Distributions, distribute, distribute_all
from xlfv.projection.given_cash import GivenCash, read_cash, unpack_cash
from xlfv.projection.program import missing_for_deal
from xlfv.projection.timeline import Timeline, build_timeline
from xlfv.tables import Fault, Refused, Table, refuse_if
from xlfv.trust.trust import Trust

_NO_LOANS = "give it loans, or distribute the cash of its collateral instead"
AT_ONCE = 64  # scenarios whose collateral is held at the same time


@dataclass(frozen=True)
class Projection:
    """Expected cash of a trust under curves.

    Attributes:
        trust, curves, indices: what made it.
        timeline: its months.
        collateral: cash of the loans and REO.
        distributions: what everyone is paid.
        digest: SHA-256 of everything that made it.
        given: the collateral's cash where a table gave it; then there are no curves.
        called: the month of the clean-up call, 0 for none.
        opening: where this one is another as seen from a later date, that one (see :func:`seen_later`); it is what is kept,
            and what ``curves`` belong to.
    """

    kind: ClassVar[str] = "projection"
    trust: Trust
    curves: Curves
    indices: Indices
    timeline: Timeline
    collateral: CollateralCash
    distributions: Distributions
    digest: str
    given: GivenCash | None = None
    called: int = 0
    opening: Projection | None = None

    @property
    def name(self) -> str:
        """The trust's name."""
        return self.trust.name

    @property
    def as_of(self) -> dt.date:
        """The valuation date."""
        return self.trust.as_of

    @property
    def months(self) -> int:
        """Number of months projected."""
        return self.timeline.months

    @property
    def notices(self) -> tuple[str, ...]:
        """What the reader should know of trust, curves and indices."""
        left = float(self.collateral.end_balance[:, -1].sum())
        cut = (
            (f"the projection stops at month {self.months} with {left:,.0f} dollars of loans outstanding",)
            if left >= 0.01
            else ()
        )
        if self.given is not None:
            told = self.trust.notices + self.given.notices + self.indices.notices
            return told + self._exceeding() + self._open_losses() + self._overhedged() + self._call() + cut
        late = late_without_timeline(self.trust, self.curves)
        return (
            self.trust.notices
            + self.curves.notices
            + self.indices.notices
            + late
            + self._open_losses()
            + self._overhedged()
            + self._call()
            + cut
        )

    def _call(self) -> tuple[str, ...]:
        """What is told of a call: its month, and what it leaves unpaid."""
        exercised = self.trust.terms.get("call_exercised") or "never"
        if not self.called:
            priced = exercised in ("economic", "auction")
            why = "its loans never bring enough while it may be called" if priced else "the loans end before"
            never = (f"the deal is not called: call_exercised is {exercised}, and {why}",)
            return never if exercised != "never" else ()
        price = float(self.collateral["call_price"][:, self.called].sum())
        left = float(self.distributions.bond_balance[self.called])
        unpaid = f"; it leaves {left:,.0f} dollars of the bonds unpaid" if left >= 0.01 else ""
        return (f"the deal is called in month {self.called}: loans are bought for {price:,.0f} dollars{unpaid}",)

    @property
    def call_premium(self) -> float:
        """What a dollar of the loans' balance brought beyond itself at the call; 0 where it brought itself."""
        if "call_premium" not in self.collateral.fields:
            return 0.0
        premium = float(self.collateral["call_premium"].sum())
        return premium / (float(self.collateral["call_price"].sum()) - premium)

    def _overhedged(self) -> tuple[str, ...]:
        """What is told of swaps inside the trust whose notional exceeds the bonds: the trust then bets on the index."""
        bonds = self.distributions.bond_balance[:-1]
        found = []
        for row in np.flatnonzero(self.distributions.deal.hedge_swap & self.distributions.deal.hedge_inside):
            over = self.distributions.record.hedges[row, 1:, 0] - bonds
            if over.max() > 1.0:
                name, first = self.trust["hedges"]["hedge"][row], int(np.argmax(over > 1.0)) + 1
                what = f"the notional of the swap {name} exceeds the bonds from month {first}, by {over.max():,.0f} dollars at most"
                found.append(f"{what}: notional_of beside its schedule makes it the lesser of the two")
        return tuple(found)

    def _exceeding(self) -> tuple[str, ...]:
        """What is told of bonds that exceed the pool at the cut-off."""
        pool, bonds = float(self.collateral.end_balance[:, 0].sum()), float(self.distributions.bond_balance[0])
        if self.given is None or not bonds > 1.01 * pool:
            return ()  # of a trust with loans it is told when it is read
        return (f"the bonds are {bonds:,.0f} at the cut-off and the pool is {pool:,.0f}: is one of them in thousands?",)

    def _open_losses(self) -> tuple[str, ...]:
        """What is told of notes that stay whole: losses that nobody has borne."""
        short = self.distributions.undercollateralization
        first = int(np.argmax(short > 1.0)) if short.max() > 1.0 else 0
        if not first or bool(self.trust["bonds"]["writes_down"].all()):
            return ()
        return (
            f"losses leave the deal undercollateralized from month {first}: the notes exceed the pool by {short[-1]:,.0f}"
            f" dollars at the end, {short.max():,.0f} at most",
        )

    def check_tranche(self, tranche: str) -> str:
        """The class's name as the trust spells it.

        Raises:
            Refused: there is no such class; ``code`` is ``#N/A``.
        """
        return self.trust.check_tranche(tranche)

    @cached_property
    def cash_hash(self) -> str:
        """SHA-256 over all cash, to the last bit."""
        digest = hashlib.sha256()
        for name in sorted(self.collateral.fields):
            digest.update(np.ascontiguousarray(self.collateral[name]).tobytes())
        for array in self.distributions.record:
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    def pack(self) -> dict[str, NDArray]:
        """Everything that made it, as plain arrays."""
        if self.opening is not None:
            return {**self.opening.pack(), "seen_later": np.array(self.as_of.isoformat())}
        arrays = {f"trust:{key}": array for key, array in self.trust.pack().items()}
        if self.given is not None:
            arrays.update({f"cash:{key}": array for key, array in self.given.pack().items()})
        arrays.update(_pack_table("curves", self.curves.table))
        arrays.update(_pack_table("indices", self.indices.table))
        arrays["months"] = np.array(self.months)
        return arrays

    @classmethod
    def unpack(cls, arrays: Mapping[str, NDArray]) -> Projection:
        """The projection made again of what :meth:`pack` packed."""
        if "seen_later" in arrays:
            opening = {key: array for key, array in arrays.items() if key != "seen_later"}
            return seen_later(cls.unpack(opening), dt.date.fromisoformat(str(arrays["seen_later"])))
        trust = Trust.unpack({k.removeprefix("trust:"): v for k, v in arrays.items() if k.startswith("trust:")})
        table = _unpack_table("indices", arrays)
        indices = read_indices(table, derived=table.columns) if table.columns else NO_INDICES
        cash = {key.removeprefix("cash:"): array for key, array in arrays.items() if key.startswith("cash:")}
        if cash:
            return distribute_cash(trust, unpack_cash(cash), indices)
        curves = read_curves(_unpack_table("curves", arrays))
        return project(trust, curves, indices, int(arrays["months"]))


def _pack_table(name: str, columns: Mapping[str, list[Any]]) -> dict[str, NDArray]:
    """Raw cells as text, exactly: floats by their shortest form that reads back the same."""
    return {
        f"{name}:{column}": np.array([_text(cell) for cell in cells], dtype=np.str_)
        for column, cells in columns.items()
    }


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    return repr(float(cell)) if isinstance(cell, (float, np.floating)) else str(cell)


def _unpack_table(name: str, arrays: Mapping[str, NDArray]) -> Table:
    prefix = f"{name}:"
    columns = {
        key.removeprefix(prefix): [str(cell) or None for cell in array]
        for key, array in arrays.items()
        if key.startswith(prefix)
    }
    return Table(name, columns, order=tuple(columns), text=True)


def requirements(trust: Trust, curves: Curves, indices: Indices) -> list[Fault]:
    """What a projection would lack: curves and indices that loans, bonds and derivatives name and nobody gives."""
    loans = [] if trust.has_loans else [Fault(f"the trust {trust.name} gives no loans", "loans", _NO_LOANS)]
    return [*loans, *missing_for_loans(trust, curves, indices), *missing_for_deal(trust, indices)]


def project(trust: Trust, curves: Curves, indices: Indices = NO_INDICES, months: int | None = None) -> Projection:
    """Project a trust: collateral, then the waterfall; the law of cash is proved before it exists.

    Args:
        trust: the trust.
        curves: prepayment, default and severity by curve set.
        indices: forward indices, needed by adjustable loans, floating classes and derivatives.
        months: horizon, 1 to 720; default: the last maturity and the liquidation lag after it.

    Raises:
        Refused: something named is not given, ``months`` is out of bounds, or cash is not conserved.
    """
    return next(iter(project_all(trust, [curves], indices, months)))


def project_all(
    trust: Trust, scenarios: Sequence[Curves], indices: Indices = NO_INDICES, months: int | None = None
) -> Iterator[Projection]:
    """Project a trust under several curves, in their order; each result is that of :func:`project` to the last bit.

    The collateral of scenarios that run equally long is projected at once; one projection after another is given, so that
    they need not all be held.

    Raises:
        Refused: as :func:`project`, for all scenarios before the first is projected.
    """
    if months is not None and not 1 <= months <= MOST_MONTHS:
        raise Refused(Fault(f"months is {months}", todo=f"give 1 to {MOST_MONTHS}, or leave it blank"))
    refuse_if(list(dict.fromkeys(fault for one in scenarios for fault in requirements(trust, one, indices))))
    found: dict[tuple[object, ...], int] = {}
    for one in scenarios:
        if months is None and _timing_of(one) not in found:
            found[_timing_of(one)] = default_horizon(trust, one)
    return _projections(trust, scenarios, indices, [months or found[_timing_of(one)] for one in scenarios])


def _timing_of(curves: Curves) -> tuple[object, ...]:
    """What of curves decides the default horizon: when things happen, and not how much."""
    return tuple(
        (
            one.name, one.by_age, one.lag.tobytes(), one.subsequent_lag.tobytes(), (one.subsequent > 0.0).tobytes(),
            *sorted(one.cure), "|", *((status, each.tobytes()) for status, each in sorted(one.to_liquidation.items())),
        )
        for one in curves.sets.values()
    )  # fmt: skip


def _projections(
    trust: Trust, scenarios: Sequence[Curves], indices: Indices, horizons: Sequence[int]
) -> Iterator[Projection]:
    begin = 0
    while begin < len(scenarios):
        horizon = horizons[begin]
        end = begin + 1
        while end < min(len(scenarios), begin + AT_ONCE) and horizons[end] == horizon:
            end += 1
        timeline = build_timeline(trust, horizon)
        together = project_scenarios(trust, scenarios[begin:end], indices, horizon)
        calls = [call_of(trust, cash, indices, timeline) for cash in together]
        together = [
            bought(trust, cash, call.month, premium=call.premium) for cash, call in zip(together, calls, strict=True)
        ]
        paid = distribute_all(trust, together, indices, timeline, [call.month for call in calls])
        for k, curves in enumerate(scenarios[begin:end]):
            prove_conservation(together[k], paid[k])
            made = f"projection:{MODEL_HASH}:{trust.digest}:{curves.digest}:{indices.digest}:{horizon}"
            digest = hashlib.sha256(made.encode()).hexdigest()
            yield Projection(trust, curves, indices, timeline, together[k], paid[k], digest, called=calls[k].month)
        begin = end


def seen_later(projection: Projection, as_of: dt.date) -> Projection:
    """A projection as seen from a later date: the cash it expects after that date, of the trust it expects then.

    Months that remit on or before the date are past; the months left keep their cash to the last bit. Loans of the trust
    are known by group only. Indices are moved on by the months passed (:func:`xlfv.market.index_moves.moved_on`).

    Raises:
        Refused: the date is not later, or nothing is left of the projection by then.
    """
    whole = projection.opening or projection
    passed, timeline, cash, paid, trust = later_parts(
        whole.timeline, whole.collateral, whole.distributions, whole.trust, as_of, whole.called
    )
    called = max(whole.called - passed, 0)
    if not called:  # none to come: what derivatives settled at it is past
        paid = replace(paid, ends=np.zeros_like(paid.ends))
    indices = moved_on(whole.indices, passed)
    digest = hashlib.sha256(f"projection:seen:{MODEL_HASH}:{whole.digest}:{as_of}".encode()).hexdigest()
    return Projection(trust, whole.curves, indices, timeline, cash, paid, digest, whole.given, called, whole)


NO_CURVES = Curves({}, "")


def distribute_cash(trust: Trust, cash: Table, indices: Indices = NO_INDICES) -> Projection:
    """Run a trust's waterfall on the cash of its collateral as a table gives it; the law of cash is proved all the same.

    The months are those of the table. Remittance dates are its ``payment_date``, else those of the deal's terms; classes
    and derivatives that count act/360 take its ``days``, else the days between these dates.

    Args:
        trust: the trust, with loans or without: what its loans would bring is not looked at.
        cash: the table; see :data:`xlfv.projection.given_cash.CASH`.
        indices: forward indices, needed by floating classes and derivatives.

    Raises:
        Refused: with every fault of the table, and what the deal lacks; or cash is not conserved.
    """
    faults: list[Fault] = []
    given = read_cash(cash, trust, faults)
    faults += missing_for_deal(trust, indices)
    costs = trust["costs"]
    if not trust.has_loans:
        faults += [
            Fault(f"the cost {cost} is counted by loan, and there are no loans", "costs", "give it as fixed")
            for cost in costs["cost"][np.isin(costs["basis"], ("loan_count", "loans_left"))]
        ]
    if given is not None:
        timeline = given_timeline(trust, given)
        if given.days and not timeline.dated:
            faults += [
                Fault(f"the class {name} counts act/act, and no remittance is dated", "cash", "give payment_date too")
                for name in trust.classes["tranche"][trust.classes["day_count"] == "act/act"]
            ]
    if given is None or faults:
        raise Refused(faults)
    whole = replace(trust, pool=given.pool)
    call = call_of(whole, given.collateral, indices, timeline)
    collateral = bought(whole, given.collateral, call.month, premium=call.premium)
    paid = distribute(whole, collateral, indices, timeline, call.month)
    prove_conservation(collateral, paid)
    made = f"projection:{MODEL_HASH}:{trust.digest}:cash:{given.digest}:{indices.digest}"
    digest = hashlib.sha256(made.encode()).hexdigest()
    return Projection(whole, NO_CURVES, indices, timeline, collateral, paid, digest, given, call.month)


def given_timeline(trust: Trust, given: GivenCash) -> Timeline:
    """The months of a cash table: its own dates and days where it gives them, else the deal's."""
    timeline = build_timeline(trust, given.collateral.months)
    if given.dates:
        settled = timeline.dates[0] if timeline.dated else add_months(given.dates[0], -1)
        if settled >= given.dates[0]:
            settled = add_months(given.dates[0], -1)
        timeline = replace(timeline, dates=(settled, *given.dates), dated=True)
    return replace(timeline, period_days=(0, *given.days)) if given.days else timeline
