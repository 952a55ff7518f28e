"""Changes in fair value of several trusts as one: classes keep their trust's name, all other items are added up."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from xlfv.reporting.attribution import ASSETS, classes_of
from xlfv.reporting.reprojection import Explained
from xlfv.tables import Fault, Refused
from xlfv.valuation import fair_value as fv


def together(parts: Mapping[str, Explained]) -> Explained:
    """The changes of several trusts between the same two dates, explained in the same order and way.

    The stages hold all trusts' yields and values; a projection of all of them there is none, and theirs is the first trust's.

    Raises:
        Refused: there is no trust, or two are explained in another order, way or over other months.
    """
    if not parts:
        raise Refused(Fault("there is no trust whose change could be added up"))
    first, *others = parts.values()
    if any((one.order, one.method, one.months) != (first.order, first.method, first.months) for one in others):
        raise Refused(Fault("the trusts are explained in several orders, ways or over several times", todo="use one"))
    if not others:
        return first
    classes = [f"{trust} {name}" for trust, one in parts.items() for name in classes_of(one)]
    lines = dict.fromkeys(item for one in parts.values() for item in one.items if item not in classes_of(one))
    after = [item for item in lines if item not in ASSETS]
    items = (*ASSETS, *classes, *after)

    stages = tuple(
        replace(
            stage,
            yields={
                f"{trust} {item}": one for trust, part in parts.items() for item, one in part.stages[k].yields.items()
            },
            value=_balance({trust: part.stages[k].value for trust, part in parts.items()}, parts),
        )
        for k, stage in enumerate(first.stages)
    )
    return replace(
        first,
        opening=_balance({trust: one.opening for trust, one in parts.items()}, parts),
        closing=_balance({trust: one.closing for trust, one in parts.items()}, parts),
        stages=stages,
        expected_cash=added([(trust, one, one.expected_cash) for trust, one in parts.items()], items),
        effects={
            factor: added([(trust, one, one.effects[factor]) for trust, one in parts.items()], items)
            for factor in first.effects
        },
        items=items,
    )


def added(parts: Sequence[tuple[str, Explained, Mapping[str, float]]], items: Sequence[str]) -> dict[str, float]:
    """Amounts by item of several trusts (name, change, amounts) added up under the total's names."""
    found: dict[str, list[float]] = {item: [] for item in items}
    for trust, explained, amounts in parts:
        own = classes_of(explained)
        for item, amount in amounts.items():
            found[f"{trust} {item}" if item in own else item].append(amount)
    return {item: math.fsum(amounts) for item, amounts in found.items()}


def _balance(values: Mapping[str, fv.FairValue], parts: Mapping[str, Explained]) -> fv.FairValue:
    """All trusts' lines, a class's under its trust's name; no one yield is that of all collateral."""
    lines = tuple(
        replace(line, item=f"{trust} {line.item}") if line.item in classes_of(parts[trust]) else line
        for trust, value in values.items()
        for line in value.lines
    )
    return replace(next(iter(values.values())), lines=lines, collateral_yield=math.nan, notices=())
