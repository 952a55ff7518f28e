"""Shocks: changes of curves, indices and yields, as a grid gives them or as the standard grid holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from xlfv.market.curve_changes import Changeable
from xlfv.market.indices import Indices
from xlfv.tables import ErrorCell, Fault, Refused, Table, refuse_if
from xlfv.tables.cells import as_number
from xlfv.valuation.scenarios import Scenario, read_grid, shifted_indices
from xlfv.valuation.yields import RESIDUAL, Chosen

YIELD_SHIFTS = ("yield_shift", "residual_yield_shift")
LARGEST_SHIFT = 10_000.0  # basis points
AND = " & "
"""Joins the names of shocks that are made together."""


@dataclass(frozen=True)
class Shock:
    """One change of inputs.

    Attributes:
        scenario: what is done to curves and indices.
        yields: added to every chosen yield, margin, and to a collateral yield that is given (decimal).
        residual: added to the residual's yield besides (decimal).
    """

    scenario: Scenario
    yields: float = 0.0
    residual: float = 0.0

    @property
    def name(self) -> str:
        """Its name."""
        return self.scenario.name


def read_shocks(table: Table) -> list[Shock]:
    """The shocks of a grid: the columns of :func:`xlfv.valuation.scenarios.read_grid` and :data:`YIELD_SHIFTS` in basis points.

    Raises:
        Refused: with every fault: a column that is not known, a multiple or shift out of bounds, no rows.
    """
    faults: list[Fault] = []
    shifts = {name: _shifts(table, name, faults) for name in YIELD_SHIFTS}
    columns = {name: cells for name, cells in table.columns.items() if name not in YIELD_SHIFTS}
    columns.setdefault("scenario", [None] * len(table))
    order = table.order if "scenario" in table.order else (*table.order, "scenario")
    try:
        scenarios = read_grid(replace(table, columns=columns, order=order))
    except Refused as refused:
        raise Refused([*refused.faults, *faults]) from None
    refuse_if(faults)
    named = [cell is not None and bool(str(cell).strip()) for cell in columns["scenario"]]
    found = []
    for row, scenario in enumerate(scenarios):
        both, residual = (shifts[name][row] for name in YIELD_SHIFTS)
        words = [scenario.name] if named[row] or scenario.change or scenario.shift else []
        if not named[row]:
            words += [f"yields {10_000 * both:+.10g} bp"] if both else []
            words += [f"residual yield {10_000 * residual:+.10g} bp"] if residual else []
        found.append(Shock(replace(scenario, name=", ".join(words) or "as given"), both, residual))
    return found


def _shifts(table: Table, column: str, faults: list[Fault]) -> list[float]:
    """A column of basis points as decimals."""
    found = []
    for row, cell in enumerate(table.columns.get(column, [None] * len(table))):
        points = 0.0
        try:
            if isinstance(cell, ErrorCell):
                raise Refused(Fault(f"the cell holds the error {cell}", todo="mend the cell it comes from"))
            points = 0.0 if cell is None else as_number(cell, text=table.text)
            if points != 0.0 and not 1.0 <= abs(points) <= LARGEST_SHIFT:
                raise Refused(Fault(f"{column} is {points:g}", todo="give basis points: 100 is 1%"))
        except Refused as refused:
            faults += [Fault(f.what, table.where(row, column), f.todo) for f in refused.faults]
        found.append(points / 10_000.0)
    return found


def together(first: Shock, second: Shock) -> Shock:
    """Both shocks, the first before the second."""
    a, b = first.scenario, second.scenario
    change = " then ".join(words for words in (a.change, b.change) if words.strip())
    both = Scenario(f"{a.name}{AND}{b.name}", change, a.shift + b.shift, a.where)
    return Shock(both, first.yields + second.yields, first.residual + second.residual)


def shifted_yields(yields: Mapping[str, Chosen], shock: Shock) -> dict[str, Chosen]:
    """The chosen yields under a shock."""
    moved = {}
    for name, chosen in yields.items():
        by = shock.yields + (shock.residual if name == RESIDUAL else 0.0)
        moved[name] = replace(chosen, rate=chosen.rate + by) if by else chosen
    return moved


_STANDARD: tuple[tuple[str, str, float, float, float], ...] = (
    ("prepayment -25%", "prepay * 0.75", 0.0, 0.0, 0.0),
    ("prepayment -10%", "prepay * 0.9", 0.0, 0.0, 0.0),
    ("prepayment +10%", "prepay * 1.1", 0.0, 0.0, 0.0),
    ("prepayment +25%", "prepay * 1.25", 0.0, 0.0, 0.0),
    ("default -25%", "default * 0.75", 0.0, 0.0, 0.0),
    ("default -10%", "default * 0.9", 0.0, 0.0, 0.0),
    ("default +10%", "default * 1.1", 0.0, 0.0, 0.0),
    ("default +25%", "default * 1.25", 0.0, 0.0, 0.0),
    ("severity -10 points", "severity - 1000", 0.0, 0.0, 0.0),
    ("severity +10 points", "severity + 1000", 0.0, 0.0, 0.0),
    ("index -100 bp", "", -0.01, 0.0, 0.0),
    ("index +100 bp", "", 0.01, 0.0, 0.0),
    ("yields -100 bp", "", 0.0, -0.01, 0.0),
    ("yields +100 bp", "", 0.0, 0.01, 0.0),
    ("residual yield -500 bp", "", 0.0, 0.0, -0.05),
    ("residual yield +500 bp", "", 0.0, 0.0, 0.05),
)
_JOINED = (
    ("default +25%", "severity +10 points"),
    ("prepayment -25%", "default +25%"),
    ("default +25%", "yields +100 bp"),
)
"""Shocks that the standard grid makes together too: what they do jointly is told from what they do apart."""


def standard_names() -> tuple[str, ...]:
    """All that the standard grid can hold, in its order; the first is the base."""
    return ("as given", *(name for name, *_ in _STANDARD), *(f"{a}{AND}{b}" for a, b in _JOINED))


def standard_shocks(curves: Changeable | None, indices: Indices) -> list[Shock]:
    """The standard grid: as given, each input down and up, and three pairs; what the trust has no input for is left out.

    Args:
        curves: the curves, or None where the collateral's cash is given.
        indices: the forward indices.
    """
    found = {"as given": Shock(Scenario("as given", "", 0.0, ""))}
    for name, change, shift, both, residual in _STANDARD:
        if (change and not _takes(curves, change)) or (shift and not _may_shift(indices, shift)):
            continue
        found[name] = Shock(Scenario(name, change, shift, ""), both, residual)
    pairs = [together(found[a], found[b]) for a, b in _JOINED if a in found and b in found]
    return [*found.values(), *pairs]


def _takes(curves: Changeable | None, change: str) -> bool:
    """The curves hold what the change is for."""
    try:
        return curves is not None and bool(curves.changed(change).sets)
    except Refused:
        return False


def _may_shift(indices: Indices, shift: float) -> bool:
    try:
        return bool(shifted_indices(indices, shift).rates)
    except Refused:
        return False
