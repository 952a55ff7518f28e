"""The states between two month-ends: what a trust would be expected to pay, and be worth, had some factors changed only."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

import numpy as np

from xlfv.market import curve_mix, index_moves
from xlfv.market.curves import Curves
from xlfv.market.indices import OTHER_COLUMNS
from xlfv.projection.aging import months_passed
from xlfv.projection.by_month import by_month, followers
from xlfv.projection.collateral import default_horizon
from xlfv.projection.projection import Projection, project_all, seen_later
from xlfv.tables import Fault, Refused
from xlfv.trust.trust import Trust
from xlfv.valuation import fair_value as fv
from xlfv.valuation.contractual import derived
from xlfv.valuation.measurement import measurement_of
from xlfv.valuation.yields import COLLATERAL, Chosen

FACTORS: Final = ("time", "performance", "prepayment", "default", "severity", "index", "yield", "model")
FREE: Final = FACTORS[1:-1]
"""The factors that may change in any order: time is first and model last."""
METHODS: Final = ("sequential", "shapley")
Yields = Mapping[str, Chosen]


@dataclass(frozen=True)
class MonthEnd:
    """A trust's projection at a month-end, and the yields chosen there."""

    projection: Projection
    yields: Yields


@dataclass(frozen=True)
class Stage:
    """A state on the way from the opening to the closing.

    Attributes:
        factor: which factor changed last.
        projection: the state's expected cash; a projection like any other.
        yields: what it is valued at.
        value: its fair value at the closing date.
    """

    factor: str
    projection: Projection
    yields: Yields
    value: fv.FairValue


def valued(projection: Projection, yields: Yields, where: str) -> fv.FairValue:
    """The fair value of a state; where there is none, which state it was."""
    try:
        return fv.fair_value(projection, yields)
    except Refused as refused:
        found = [Fault(f.what, f"{where}: {f.where}".rstrip(": "), f.todo) for f in refused.faults]
        raise Refused(found, code=refused.code) from None


def measured_as(projection: Projection, word: str) -> Projection:
    """The projection with its collateral measured by a word; itself where its terms say that on its date."""
    if measurement_of(projection) == word:
        return projection
    trust = projection.trust
    terms = replace(trust.terms, values={**trust.terms.values, "measurement": word})
    trust = replace(trust, terms=terms, digest=derived(f"measured {word}", trust.digest))
    return replace(projection, trust=trust, digest=derived(f"measured {word}", projection.digest))


@dataclass
class States:
    """The states between two month-ends: of each set of changed factors its projection and value, made once.

    Factors that did not change are left out of account, so that they have no effect at all. Every state is measured as the
    opening is: a change of measurement is one of the model.
    """

    first: MonthEnd
    last: MonthEnd
    before_model: Projection | None = None
    projections: dict[tuple[str, ...], Projection] = field(default_factory=dict)
    values: dict[tuple[str, ...], fv.FairValue] = field(default_factory=dict)

    def __post_init__(self) -> None:
        opening, closing = self.first.projection, self.last.projection
        self.target = self.before_model or closing
        self.word = measurement_of(opening)
        self.months = months_passed(opening.timeline, closing.as_of)
        self.shares = balance_shares(opening.trust, self.target.trust)
        self.before = curve_mix.spelled_sets(opening.curves)
        self.after = curve_mix.spelled_sets(self.target.curves)
        self.moved = curve_mix.moved_on(self.before, self.months, self.shares)
        forward = index_moves.moved_on(opening.indices, self.months)
        self.forward = index_moves.completed(forward, self.target.indices)
        self.families = curve_mix.changed_families(self.moved, self.after)
        self.changed = {"performance", *self.families}
        names = [*self.target.indices.rates, *OTHER_COLUMNS]
        if not index_moves.say_the_same(self.forward, self.target.indices, names):
            self.changed.add("index")
        if any(_used(self.first.yields, name) != _used(self.last.yields, name) for name in self.last.yields):
            self.changed.add("yield")

    def key(self, factors: Iterable[str]) -> tuple[str, ...]:
        """The factors that count of those that have changed."""
        wanted = self.changed & set(factors)
        return tuple(factor for factor in FREE if factor in wanted)

    def stage(self, factors: Iterable[str], factor: str) -> Stage:
        """The state in which some factors have changed, the last of them ``factor``."""
        key = self.key(factors)
        yields = self._yields(key)
        return Stage(factor, self.projection(key), yields, self.value(key, factor))

    def value(self, key: tuple[str, ...], where: str = "") -> fv.FairValue:
        """The fair value of a state at the closing date."""
        if key not in self.values:
            self.values[key] = valued(
                self.projection(key), self._yields(key), f"after {where or ', '.join(key) or 'time'}"
            )
        return self.values[key]

    def _yields(self, key: tuple[str, ...]) -> Yields:
        """The yields of a state; the collateral's own is the opening's where the closing, measured otherwise, has none."""
        if "yield" not in key:
            return self.first.yields
        kept = {COLLATERAL: self.first.yields[COLLATERAL]} if COLLATERAL in self.first.yields else {}
        return {**kept, **self.last.yields}

    def projection(self, key: tuple[str, ...]) -> Projection:
        """The projection of a state."""
        key = tuple(factor for factor in key if factor != "yield")
        if key not in self.projections:
            self.prepare([key])
        return self.projections[key]

    def prepare(self, keys: Iterable[tuple[str, ...]]) -> None:
        """Make the projections of states, at once where trust and indices are the same."""
        made: dict[tuple[str, ...], Projection] = {}
        together: dict[tuple[bool, bool], list[tuple[str, ...]]] = {}
        for key in dict.fromkeys(tuple(f for f in one if f != "yield") for one in keys):
            if key in self.projections:
                continue
            if set(key) == self.changed - {"yield"}:
                made[key] = self.target
            elif not key:
                made[key] = seen_later(self.first.projection, self.last.projection.as_of)
            else:
                together.setdefault(("performance" in key, "index" in key), []).append(key)
        for (performed, indexed), group in together.items():
            make = self._performed if performed else self._expected
            made |= zip(group, make(group, indexed=indexed), strict=True)
        self.projections |= {key: measured_as(one, self.word) for key, one in made.items()}

    def _performed(self, keys: list[tuple[str, ...]], *, indexed: bool) -> list[Projection]:
        """The closing trust under the opening's curves moved on, and the closing's of the factors changed."""
        trust, target = self._now[0], self.target
        curves = [self._mixed(key) for key in keys]
        timed = [self._mixed(key) for key in self._timed()]
        indices = target.indices if indexed else self.forward
        return list(project_all(trust, curves, indices, horizon(target, timed, trust)))

    @cached_property
    def _now(self) -> tuple[Trust, curve_mix.Sets, curve_mix.Sets]:
        """The closing trust, and the curves of both dates such that they can be mixed: all by month where only some are."""
        try:
            curve_mix.mixed(self.moved, self.after, self.families[:1])
        except Refused:
            trust, who = followers(self.target.trust)
            return trust, by_month(curve_mix.curves_from(self.moved), who), by_month(self.target.curves, who)
        return self.target.trust, self.moved, self.after

    def _mixed(self, key: Collection[str]) -> Curves:
        _, before, after = self._now
        return curve_mix.curves_from(curve_mix.mixed(before, after, key))

    def _timed(self) -> list[tuple[str, ...]]:
        """The changes that may move when cash comes: all states have the horizon that is enough for any of these."""
        families = [family for family in self.families if family != "prepayment"]
        return [s for size in range(len(families) + 1) for s in itertools.combinations(families, size)]

    def _expected(self, keys: list[tuple[str, ...]], *, indexed: bool) -> list[Projection]:
        """The opening trust under its own curves until the closing date, and the closing's of the factors changed after it."""
        whole, trust = self.first.projection, self._start[0]
        curves = [self._followed(key) for key in keys]
        indices = whole.indices
        if indexed:
            wanted = index_moves.completed(self.target.indices, self.forward)
            indices = index_moves.joined(whole.indices, wanted, self.months)
        timed = [self._followed(each) for each in self._timed()]
        runs = project_all(trust, curves, indices, horizon(whole, timed, trust))
        return [seen_later(run, self.last.projection.as_of) for run in runs]

    @cached_property
    def _start(self) -> tuple[Trust, curve_mix.Sets, curve_mix.Sets]:
        """The opening trust, and the curves of both dates such that the closing's can follow the opening's.

        Curves by age, and those of which the kind changes, stand in it by month, a set for each age of the loans.
        """
        opening = self.first.projection
        try:
            curve_mix.followed(self.before, self.after, self.families, self.months, self.shares)
        except Refused:
            trust, who = followers(opening.trust)
            return trust, by_month(opening.curves, who), by_month(self.target.curves, who, self.months)
        return opening.trust, self.before, self.after

    def _followed(self, key: Collection[str]) -> Curves:
        families = [factor for factor in key if factor in curve_mix.FAMILIES]
        _, before, after = self._start
        return curve_mix.curves_from(curve_mix.followed(before, after, families, self.months, self.shares))


def _used(yields: Yields, name: str) -> tuple[object, ...]:
    """What of a chosen yield makes a value."""
    one = yields.get(name)
    return () if one is None else (one.rate, one.basis, one.cash, one.wrap)


def horizon(projection: Projection, scenarios: Sequence[Curves], trust: Trust) -> int:
    """Months for states of a trust: those of its projection where these were cut short, else enough for every scenario.

    Args:
        projection: of the trust, under curves of its own.
        scenarios: the curves of the states.
        trust: the trust that follows these.
    """
    if projection.months < default_horizon(projection.trust, projection.curves):
        return projection.months
    return max(projection.months, *(default_horizon(trust, one) for one in scenarios))


def balance_shares(opening: Trust, closing: Trust) -> dict[str, float]:
    """Of each curve set, the balance of the closing's loans (REO left out) that follow it over that of the opening's."""
    totals = []
    for trust in (opening, closing):
        loans = trust["loans"].take(trust["loans"]["status"] != "reo")
        names, place = np.unique(loans["curve"], return_inverse=True)
        sums = np.bincount(place.reshape(-1), weights=loans["balance"], minlength=names.size)
        totals.append(dict(zip(map(str, names), sums.tolist(), strict=True)))
    return {name: totals[1].get(name, 0.0) / whole for name, whole in totals[0].items() if whole > 0.0}
