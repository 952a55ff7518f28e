"""A trust under a grid of changed curves, measured; and the multiple at which a class takes its first dollar of loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from xlfv.market.curve_changes import Changeable
from xlfv.market.curve_sets import BOUNDS
from xlfv.market.curves import Curves
from xlfv.market.indices import NO_INDICES, Indices, bounds_of, read_indices
from xlfv.market.rates import Floats
from xlfv.projection.projection import project_all
from xlfv.tables import ErrorCell, Fault, Refused, Table, refuse_if
from xlfv.tables.cells import as_number, as_text
from xlfv.tables.faults import resembling
from xlfv.tables.kept import kept
from xlfv.trust.trust import Trust
from xlfv.valuation.measures import Measure, read_measures
from xlfv.valuation.tranches import tranche_loss

CHANGED = ("prepay", "default", *BOUNDS)
OTHERS = ("scenario", "change", "index_shift")
FIRST_DOLLAR = 1.0
TOLERANCE = 1e-4
MOST = 20.0  # a multiple of the grid: more is perhaps meant as basis points
SCAN = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0, 64.0, 100.0)
INSIDE = 7  # multiples tried at once between two
RATES = {"cdr": "default", "severity": "severity"}
"""What a break-even multiplies: the words for it, and those of the change."""


@dataclass(frozen=True)
class Scenario:
    """A row of the grid.

    Attributes:
        name: its name, else its words.
        change: what is done to the curves, in the words of :mod:`xlfv.market.curve_changes`; empty for nothing.
        shift: what is added to every forward index and to the discount curve, decimal.
        where: the place of its row.
    """

    name: str
    change: str
    shift: float
    where: str


def read_grid(table: Table) -> list[Scenario]:
    """The scenarios of a grid: one a row.

    ``change`` holds words; a column named like one of the curves (or ``prepay``, ``default``) a multiple, or words after
    it (``* 1.1``, ``+ 100``); ``index_shift`` basis points. All of a row are done, in the order of the columns.

    Raises:
        Refused: with every fault: a column that cannot be changed, a multiple below 0 or above :data:`MOST`.
    """
    faults: list[Fault] = []
    columns = [column for column in table.order if column in table.columns]
    for column in columns:
        if column not in CHANGED and column not in OTHERS:
            near = resembling(column, [*OTHERS, *CHANGED])
            todo = (
                f"did you mean {near}?"
                if near
                else "name columns scenario, change, index_shift, prepay, cdr, severity ..."
            )
            faults.append(
                Fault(f"the grid's column '{column}' is none that can be changed", table.where(-1, column), todo)
            )
    if not len(table):
        faults.append(Fault("the table grid has no rows", table.place.start, "give a row a scenario"))
    found = []
    for row in range(len(table)):
        words: list[str] = []
        shift, name = 0.0, ""
        for column in columns:
            cell = table.columns[column][row]
            try:
                if cell is None or (column not in CHANGED and column not in OTHERS):
                    continue
                if isinstance(cell, ErrorCell):
                    raise Refused(Fault(f"the cell holds the error {cell}", todo="mend the cell it comes from"))
                if column == "scenario":
                    name = as_text(cell).strip()
                elif column == "index_shift":
                    shift = _shift(cell, table.text)
                else:
                    words.append(as_text(cell).strip() if column == "change" else _words(column, cell))
            except Refused as refused:
                faults += [Fault(f.what, table.where(row, column), f.todo) for f in refused.faults]
        change = " then ".join(word for word in words if word)
        shifted = f"index {10_000 * shift:+.10g} bp" if shift else ""
        named = name or ", ".join(filter(None, [change, shifted])) or "as given"
        found.append(Scenario(named, change, shift, table.where(row, columns[0]).rpartition(", column")[0]))
    refuse_if(faults)
    return found


def _shift(cell: Any, text: bool) -> float:
    points = as_number(cell, text=text)
    if not 1.0 <= abs(points) <= 2000.0 and points != 0.0:
        raise Refused(Fault(f"index_shift is {points:g}", todo="give basis points: 100 is 1%"))
    return float(points) / 10_000.0


def _words(column: str, cell: Any) -> str:
    """A cell of a curve's column as words: ``1.25`` and ``* 1.25`` multiply it, ``+ 100`` moves it."""
    if isinstance(cell, str) and cell.strip()[:1] in ("*", "/", "+", "-"):
        return f"{column} {cell.strip()}"
    multiple = as_number(cell, text=True)
    if not 0.0 <= multiple <= MOST:
        todo = f"give a multiple from 0 to {MOST:g}, or words: '+ 100' (as text: Excel makes a number of it otherwise)"
        raise Refused(Fault(f"{column} is {multiple:g}", todo=todo))
    return f"{column} * {multiple:.12f}".rstrip("0").rstrip(".")


def changed_curves(curves: Changeable, scenario: Scenario) -> Curves:
    """The curves of a scenario.

    Raises:
        Refused: naming the scenario's row.
    """
    try:
        return curves.changed(scenario.change)
    except Refused as refused:
        raise Refused([Fault(f.what, f"{scenario.where}, {f.where}", f.todo) for f in refused.faults]) from None


def shifted_indices(indices: Indices, shift: float) -> Indices:
    """Every forward index and the discount curve moved by ``shift`` (decimal); volatilities stay.

    Raises:
        Refused: an index leaves its bounds (zero rates that left them already, forward from a steep curve, have none).
    """
    return _shifted(indices, shift) if shift != 0.0 and indices.rates else indices


@kept(32, lambda indices, shift: (indices.digest, shift))
def _shifted(indices: Indices, shift: float) -> Indices:
    longest = max(values.size for values in indices.rates.values())
    columns: dict[str, list[Any]] = {"month": [float(month) for month in range(longest)]}
    for name, values in indices.rates.items():
        held = np.append(values, np.full(longest - values.size, values[-1]))
        columns[name] = (held + (0.0 if name == "volatility" else shift)).tolist()
    derived = [name for name, values in indices.rates.items() if not _within(values, *bounds_of(name))]
    return read_indices(Table("indices", columns, order=tuple(columns)), derived=derived)


def _within(values: Floats, low: float, high: float) -> bool:
    return bool(low <= values.min() and values.max() <= high)


@dataclass(frozen=True)
class Results:
    """What a grid of scenarios gave: of each, every measure, or the refusal that says why there is none."""

    scenarios: tuple[Scenario, ...]
    measures: tuple[Measure, ...]
    values: tuple[tuple[float | Refused, ...], ...]


def run_scenarios(
    trust: Trust, curves: Table, grid: Table, measures: Table, indices: Indices = NO_INDICES, months: int | None = None
) -> Results:
    """Run a grid of scenarios; the collateral of those with the same indices is projected at once.

    Raises:
        Refused: with every fault of grid, measures and changes; or as :func:`xlfv.projection.projection.project`.
    """
    faults: list[Fault] = []
    scenarios: list[Scenario] = []
    wanted: list[Measure] = []
    changed: list[Curves] = []
    try:
        scenarios = read_grid(grid)
    except Refused as refused:
        faults += refused.faults
    try:
        wanted = read_measures(measures, trust)
    except Refused as refused:
        faults += refused.faults
    try:
        changeable = Changeable(curves)
    except Refused as refused:
        raise Refused([*refused.faults, *faults]) from None
    for scenario in scenarios:
        try:
            changed.append(changed_curves(changeable, scenario))
        except Refused as refused:
            faults += refused.faults
    refuse_if(faults)
    values: dict[int, tuple[float | Refused, ...]] = {}
    for shift in dict.fromkeys(scenario.shift for scenario in scenarios):
        mine = [k for k, scenario in enumerate(scenarios) if scenario.shift == shift]
        runs = project_all(trust, [changed[k] for k in mine], shifted_indices(indices, shift), months)
        for k, run in zip(mine, runs, strict=True):
            values[k] = tuple(measure.take(run) for measure in wanted)
    return Results(tuple(scenarios), tuple(wanted), tuple(values[k] for k in range(len(scenarios))))


def break_even(trust: Trust, curves: Table, tranche: str, what: str = "cdr", indices: Indices = NO_INDICES) -> float:
    """The multiple of the curves' default rates or severities at which a class takes its first dollar of loss.

    The multiples of :data:`SCAN` are tried, then again and again :data:`INSIDE` between the last without a loss and the
    first with one, until these lie no more than :data:`TOLERANCE` apart.

    Args:
        trust, curves, indices: what is projected; see :func:`xlfv.projection.projection.project`.
        tranche: the class; its loss is :func:`xlfv.valuation.tranches.tranche_loss`.
        what: ``cdr`` (whichever default rate the curves give) or ``severity``.

    Returns:
        A multiple at which the class loses a dollar or more, while at one less by at most the tolerance it does not.

    Raises:
        Refused: it loses a dollar at a multiple of 0, or at none up to 100 (``#NUM!``); it has no principal to lose; or as
            :func:`xlfv.projection.projection.project`.
    """
    tranche = trust.check_tranche(tranche)
    if trust.classes["kind"][trust.tranches.index(tranche)] == "io":
        raise Refused(
            Fault(f"{tranche} is an io: it has no principal to lose", todo="name a class with principal"), code="#NUM!"
        )
    changeable = Changeable(curves)
    losses = _losses(trust, changeable, tranche, what, SCAN, indices)
    first = next((k for k, loss in enumerate(losses) if loss >= FIRST_DOLLAR), None)
    if first is None:
        raise Refused(
            Fault(_no_root(tranche, what, losses[-1]), todo="the class cannot be made to lose so"), code="#NUM!"
        )
    if first == 0:
        words = f"{tranche} loses {losses[0]:,.2f} dollars even at a {what} of zero: there is no break-even"
        raise Refused(Fault(words, todo="look at its loss instead"), code="#NUM!")
    low, high = SCAN[first - 1], SCAN[first]
    while high - low > TOLERANCE:
        tried = [low + (high - low) * (k + 1) / (INSIDE + 1) for k in range(INSIDE)]
        losses = _losses(trust, changeable, tranche, what, tried, indices)
        first = next((k for k, loss in enumerate(losses) if loss >= FIRST_DOLLAR), INSIDE)
        low, high = ([low, *tried][first], [*tried, high][first])
    return high


def _no_root(tranche: str, what: str, loss: float) -> str:
    held = "100% a year" if what == "cdr" else "200%"
    return (
        f"no multiple of {what} up to {SCAN[-1]:g} makes {tranche} lose a dollar (rates are held at {held}); at"
        f" {SCAN[-1]:g} it loses {loss:,.2f}"
    )


def _losses(
    trust: Trust, curves: Changeable, tranche: str, what: str, multiples: Sequence[float], indices: Indices
) -> list[float]:
    scenarios = [curves.changed(f"* {m:.12f} for {RATES[what]}") for m in multiples]
    return [tranche_loss(run, tranche) for run in project_all(trust, scenarios, indices)]
