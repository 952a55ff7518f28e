"""A trust's balance under weighted scenarios, beside the single path of the curves as given.

The residual is a sliver of the trust and not linear in what the curves say: its value under the mean of the curves is not the
mean of its values. ASC 820-10-55-13 to 55-20 (expected present value technique).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from xlfv.market.curve_changes import Changeable
from xlfv.market.curves import Curves
from xlfv.market.indices import NO_INDICES, Indices
from xlfv.projection.projection import project_all
from xlfv.tables import ErrorCell, Fault, Refused, Table, refuse_if
from xlfv.tables.cells import as_number
from xlfv.trust.trust import Trust
from xlfv.valuation.balance import FairValue
from xlfv.valuation.fair_value import fair_value
from xlfv.valuation.scenarios import Scenario, changed_curves, read_grid, shifted_indices
from xlfv.valuation.yields import Chosen

WEIGHT = "weight"
WHOLE = 1e-6  # by which weights may miss 1
SINGLE = Scenario("single path", "", 0.0, "")


@dataclass(frozen=True)
class WeightedLine:
    """A line of the balance under every scenario.

    Attributes:
        side, item: of the line.
        single: its value on the single path, dollars; or the refusal that says why there is none, as are the others.
        values: under each scenario.
        weighted: the scenarios' values by their weights.
    """

    side: str
    item: str
    single: float | Refused
    values: tuple[float | Refused, ...]
    weighted: float | Refused


@dataclass(frozen=True)
class Weighted:
    """The scenarios, their weights (they sum to 1), and the lines."""

    scenarios: tuple[Scenario, ...]
    weights: tuple[float, ...]
    lines: tuple[WeightedLine, ...]


def weighted_value(
    trust: Trust, curves: Table, yields: Mapping[str, Chosen], scenarios: Table, indices: Indices = NO_INDICES,
    months: int | None = None,
) -> Weighted:  # fmt: skip
    """Value a trust on its single path and under every scenario, at the same yields, and weight the values.

    Args:
        trust, curves, indices, months: what is projected; see :func:`xlfv.projection.projection.project`.
        yields: of every tranche and the residual.
        scenarios: as :func:`xlfv.valuation.scenarios.read_grid` takes them, with a column ``weight`` more. Those of a weight
            of 0 are shown and do not count.

    Raises:
        Refused: with every fault of grid, weights and changes; or as :func:`project`.
    """
    faults: list[Fault] = []
    grid, weights = _read(scenarios, faults)
    changeable = Changeable(curves)
    changed: list[Curves] = []
    for one in grid:
        try:
            changed.append(changed_curves(changeable, one))
        except Refused as refusal:
            faults += refusal.faults
    refuse_if(faults)
    every = [SINGLE, *grid]
    found = _values(trust, every, [changeable.changed(""), *changed], yields, indices, months)
    return Weighted(tuple(grid), tuple(weights), _lines(found, weights))


def read_weighted(table: Table) -> list[tuple[Scenario, float]]:
    """The scenarios of a grid, each with its weight.

    Raises:
        Refused: with every fault of grid and weights.
    """
    faults: list[Fault] = []
    grid, weights = _read(table, faults)
    refuse_if(faults)
    return list(zip(grid, weights, strict=True))


def _read(table: Table, faults: list[Fault]) -> tuple[list[Scenario], list[float]]:
    """Scenarios and weights; what is wrong with either is added to ``faults``."""
    weights = _weights(table, faults)
    grid: list[Scenario] = []
    try:
        grid = read_grid(_without_weights(table))
    except Refused as refusal:
        faults += refusal.faults
    return grid, weights


def _weights(table: Table, faults: list[Fault]) -> list[float]:
    """The weights of the rows; what is wrong with them is added to ``faults``."""
    cells = table.columns.get(WEIGHT)
    if cells is None:
        todo = "add the probability of each scenario: 0.5 or 50%; together 1"
        faults.append(Fault("the scenarios have no column weight", table.place.start, todo))
        return []
    weights: list[float] = []
    sound = True
    for row, cell in enumerate(cells):
        try:
            if cell is None:
                raise Refused(Fault("weight is blank", todo="give the scenario's probability, 0 for none"))
            if isinstance(cell, ErrorCell):
                raise Refused(Fault(f"the cell holds the error {cell}", todo="mend the cell it comes from"))
            weight = as_number(cell, text=table.text)
            if not 0.0 <= weight <= 1.0:
                raise Refused(Fault(f"weight is {weight:g}", todo="give a probability from 0 to 1: 25% or 0.25"))
            weights.append(weight)
        except Refused as refusal:
            sound = False
            faults += [Fault(f.what, table.where(row, WEIGHT), f.todo) for f in refusal.faults]
    if sound and weights and not abs(sum(weights) - 1.0) <= WHOLE:
        what = f"the weights sum to {sum(weights):.6g}, not to 1"
        faults.append(Fault(what, table.where(-1, WEIGHT), "probabilities of all scenarios make 1"))
    return weights


def _without_weights(table: Table) -> Table:
    """The grid without the weights, every other cell in its place."""
    kept = {name: cells for name, cells in table.columns.items() if name != WEIGHT}
    if kept:
        return replace(table, columns=kept)
    # Only weights: rows of the curves as given.
    return replace(table, columns={"scenario": [None] * len(table)}, order=(*table.order, "scenario"))


def _values(
    trust: Trust, scenarios: list[Scenario], curves: list[Curves], yields: Mapping[str, Chosen], indices: Indices,
    months: int | None,
) -> list[FairValue | Refused]:  # fmt: skip
    """The balance under each scenario; scenarios of the same indices are projected at once."""
    found: dict[int, FairValue | Refused] = {}
    for shift in dict.fromkeys(one.shift for one in scenarios):
        mine = [k for k, one in enumerate(scenarios) if one.shift == shift]
        runs = project_all(trust, [curves[k] for k in mine], shifted_indices(indices, shift), months)
        for k, run in zip(mine, runs, strict=True):
            try:
                found[k] = fair_value(run, yields)
            except Refused as refusal:
                found[k] = Refused(
                    [Fault(f"{scenarios[k].name}: {f.what}", f.where, f.todo) for f in refusal.faults],
                    code=refusal.code,
                )
    return [found[k] for k in range(len(scenarios))]


def _lines(found: list[FairValue | Refused], weights: list[float]) -> tuple[WeightedLine, ...]:
    shown = next((one for one in found if isinstance(one, FairValue)), None)
    if shown is None:
        assert isinstance(found[0], Refused)
        raise found[0]
    lines = []
    for line in shown.lines:
        values = [_of(one, line.side, line.item) for one in found]
        counted = [value for value, weight in zip(values[1:], weights, strict=True) if weight > 0.0]
        missing = next((value for value in counted if isinstance(value, Refused)), None)
        mean: float | Refused
        if missing is not None:
            mean = missing
        else:
            known = [value if isinstance(value, float) else 0.0 for value in values[1:]]
            mean = float(sum(one * weight for one, weight in zip(known, weights, strict=True)))
        lines.append(WeightedLine(line.side, line.item, values[0], tuple(values[1:]), mean))
    return tuple(lines)


def _of(value: FairValue | Refused, side: str, item: str) -> float | Refused:
    if isinstance(value, Refused):
        return value
    return float(sum(line.value for line in value.lines if line.side == side and line.item == item))
