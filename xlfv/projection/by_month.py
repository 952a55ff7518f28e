"""Curves by age, or of any kind, said again by month as monthly rates: a set for each age at which loans follow them.

Where a loan's curve is to change in a month of the projection, what it was before and what it is after must stand on one axis
and in one kind. Loans that follow a curve at one age, with equal multipliers, have the same rates in the same months.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xlfv.kernels import layout as k
from xlfv.kernels import rates as kernel
from xlfv.market.curve_sets import BOUNDS, TOLD, CurveSet, psa_ramp, sda_ramp
from xlfv.market.curve_table import Spelled
from xlfv.market.curves import Curves
from xlfv.market.rates import Floats
from xlfv.projection.assumptions import KINDS, NO_RAMP
from xlfv.projection.collateral import MOST_MONTHS
from xlfv.tables import Fault, refuse_if
from xlfv.trust.trust import Trust

_CUMULATIVE = "cumulative_default"


@dataclass(frozen=True)
class Follower:
    """Loans that follow a curve alike.

    Attributes:
        name: of their own set.
        curve: the set they follow.
        age: of the loans today, months.
        prepays, defaults: their multipliers.
    """

    name: str
    curve: str
    age: int
    prepays: float
    defaults: float


def followers(trust: Trust) -> tuple[Trust, list[Follower]]:
    """The trust with its loans following sets of their own, and what these stand for."""
    loans = trust["loans"]
    keys = list(
        zip(
            map(str, loans["curve"]), loans["age"].tolist(), loans["cpr_multiplier"].tolist(), loans["cdr_multiplier"].tolist(),
            strict=True,
        )
    )  # fmt: skip
    found = {key: Follower(_name(*key), key[0], int(key[1]), key[2], key[3]) for key in sorted(set(keys))}
    arrays = trust.pack()
    arrays["loans/curve"] = np.array([found[key].name for key in keys], dtype=np.str_)
    for column in ("cpr_multiplier", "cdr_multiplier"):
        arrays[f"loans/{column}"] = np.ones(loans.count)
    return Trust.unpack(arrays), list(found.values())


def _name(curve: str, age: float, prepays: float, defaults: float) -> str:
    times = "" if prepays == defaults == 1.0 else f", prepay x {prepays:g}, default x {defaults:g}"
    return f"{curve} at age {age:.0f}{times}"


def by_month(curves: Curves, who: list[Follower], months: int = 0) -> dict[str, Spelled]:
    """The set of each follower by month, as its loans follow the curve when ``months`` have passed; month 1 is the one after.

    Followers of a set that the curves do not hold are left out.

    Raises:
        Refused: a cumulative default, which is no rate of a month.
    """
    names = dict.fromkeys(one.curve for one in who if one.curve in curves.sets)
    todo = "let performance change first (the order that is preset), or give a cdr or mdr"
    refuse_if(
        [
            Fault(
                f"curve {name} gives a cumulative_default, which cannot follow or be followed by another kind",
                "curves",
                todo,
            )
            for name in names
            if curves.sets[name].default_kind == _CUMULATIVE
        ]
    )
    return {one.name: _of(curves.sets[one.curve], one, one.age + months) for one in who if one.curve in curves.sets}


def _of(one: CurveSet, who: Follower, age: int) -> Spelled:
    """One set by month."""
    older = age if one.by_age else 0
    columns: dict[str, Floats] = {
        "smm": _rate(one.prepay, one.prepay_kind, one.by_age, age, who.prepays),
        "mdr": _rate(one.default, one.default_kind, one.by_age, age, who.defaults),
    }
    for column, values in list(one.vectors())[2:]:
        held = values[np.minimum(np.arange(MOST_MONTHS + 1) + older, values.size - 1)]
        columns[column] = np.minimum(held, BOUNDS[column][1])
    return Spelled(
        who.name, "month", (0,), (1,), "smm", "mdr", columns, one.severity_basis, {column: [None] for column in TOLD}
    )


def _rate(curve: Floats, kind: str, by_age: bool, age: int, multiple: float) -> Floats:
    """Monthly rates, float64[MOST_MONTHS + 1]."""
    ramp = {"psa": psa_ramp, "sda": sda_ramp}.get(kind, lambda: NO_RAMP)()
    given, monthly = np.zeros(MOST_MONTHS + 1), np.zeros(MOST_MONTHS + 1)
    kernel.spell_out(curve, ramp, by_age, age, given)
    kernel.make_monthly(given, KINDS.get(kind, k.MONTHLY), multiple, age, monthly)
    return monthly
