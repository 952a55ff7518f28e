"""What a trust's fair values would be under other curves, other forward indices and other yields.

A *shock* is a row of a grid: what :mod:`xlfv.valuation.scenarios` does to curves and indices, and basis points on the
yields. Values are made by the same code as the balance itself (:func:`xlfv.valuation.fair_value.fair_value`); the collateral
of shocks with the same indices is projected at once, and shocks that differ in their yields only share a projection.

Source: ASC 820-10-50-2(g), sensitivity of level 3 measurements to their unobservable inputs and how these work together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xlfv.market.curve_changes import Changeable
from xlfv.market.curves import Curves
from xlfv.market.indices import NO_INDICES, Indices
from xlfv.projection.projection import Projection, project_all
from xlfv.reporting.shocks import Shock, shifted_yields, standard_shocks, together
from xlfv.tables import Fault, Refused, Table
from xlfv.trust.trust import Trust
from xlfv.valuation import fair_value as fv
from xlfv.valuation.fair_value import FairValue, fair_value
from xlfv.valuation.scenarios import Scenario, changed_curves, shifted_indices
from xlfv.valuation.yields import RESIDUAL, Chosen

ITEMS = ("collateral", "reo", "derivatives", "other", "borrowings", "residual")
"""What is valued: collateral + reo + derivatives + other = borrowings + residual. ``derivatives`` are assets less
liabilities, ``other`` all other trust assets less other liabilities."""
MOST = 2_000  # shocks of one call


@dataclass(frozen=True)
class Sensitivity:
    """Values under every shock.

    Attributes:
        shocks: in order; the first is the base.
        values: the balance of each, or the refusal that says why there is none; never of the base.
    """

    shocks: tuple[Shock, ...]
    values: tuple[FairValue | Refused, ...]

    @property
    def base(self) -> FairValue:
        """The balance that the others are held against."""
        base = self.values[0]
        assert isinstance(base, FairValue)
        return base


def amounts_of(value: FairValue) -> dict[str, float]:
    """A balance by :data:`ITEMS` (dollars)."""
    derivatives = value.value(fv.DERIVATIVE_ASSETS) - value.value(fv.DERIVATIVE_LIABILITIES)
    collateral, reo = value.value(fv.COLLATERAL), value.value(fv.REO)
    net = value.total("asset") - (value.total("liability") - value.borrowings)
    other = net - collateral - reo - derivatives
    # What is left of large sums is no asset: a thousandth of a cent.
    amounts = (
        collateral,
        reo,
        derivatives,
        other if abs(other) > 1e-5 else 0.0,
        value.borrowings,
        value.total(RESIDUAL),
    )
    return dict(zip(ITEMS, amounts, strict=True))


def run_shocks(
    trust: Trust, curves: Table, yields: Mapping[str, Chosen], shocks: Sequence[Shock] | None = None,
    indices: Indices = NO_INDICES, months: int | None = None,
) -> Sensitivity:  # fmt: skip
    """Value a trust under shocks; without any, under the standard grid.

    Raises:
        Refused: with every fault of the changes; the base has no value; or as
            :func:`xlfv.projection.projection.project`.
    """
    changeable = Changeable(curves)
    shocks = standard_shocks(changeable, indices) if shocks is None else list(shocks)
    if not 1 <= len(shocks) <= MOST + 1:  # a two-way grid adds its base
        raise Refused(Fault(f"there are {len(shocks)} shocks", todo=f"give 1 to {MOST:,}"))
    found: list[FairValue | Refused | None] = [None] * len(shocks)
    for shift, which in _groups(shocks):
        changed = [_curves_of(changeable, shocks[rows[0]]) for rows in which]
        runs = project_all(trust, changed, shifted_indices(indices, shift), months)
        for rows, run in zip(which, runs, strict=True):
            for k in rows:
                found[k] = _valued(run, yields, shocks[k])
    return _held_against_base(shocks, [value for value in found if value is not None])


def _groups(shocks: Sequence[Shock]) -> list[tuple[float, list[list[int]]]]:
    """Shocks by shift of the indices, and within that by change of the curves: each of the latter is one projection."""
    groups: dict[float, dict[str, list[int]]] = {}
    for k, shock in enumerate(shocks):
        groups.setdefault(shock.scenario.shift, {}).setdefault(shock.scenario.change, []).append(k)
    return [(shift, list(changes.values())) for shift, changes in groups.items()]


def _curves_of(changeable: Changeable, shock: Shock) -> Curves:
    return changed_curves(changeable, shock.scenario)


def _valued(run: Projection, yields: Mapping[str, Chosen], shock: Shock) -> FairValue | Refused:
    try:
        return fair_value(run, shifted_yields(yields, shock))
    except Refused as refused:
        return refused


def _held_against_base(shocks: Sequence[Shock], values: Sequence[FairValue | Refused]) -> Sensitivity:
    if isinstance(values[0], Refused):
        raise Refused(values[0].faults, code=values[0].code)
    return Sensitivity(tuple(shocks), tuple(values))


def of_projection(
    projection: Projection, yields: Mapping[str, Chosen], choose: Callable[[list[Shock]], list[Shock]] = list
) -> Sensitivity:
    """A projection's values under the standard grid, its own as the base, over its own months.

    Where the collateral's cash was given there are no curves to change, and the bonds' rates are those of the indices it was
    distributed with: yields are shocked only.

    Args:
        projection, yields: what is valued.
        choose: picks from the standard grid; the first shock is the base.
    """
    if projection.given is not None:
        shocks = choose([one for one in standard_shocks(None, NO_INDICES) if not one.scenario.change])
        return _held_against_base(shocks, [_valued(projection, yields, shock) for shock in shocks])
    table = _table_of(projection.curves)
    shocks = choose(standard_shocks(Changeable(table), projection.indices))
    return run_shocks(projection.trust, table, yields, shocks, projection.indices, projection.months)


def _table_of(curves: Curves) -> Table:
    """The curves' cells as a table of texts, exactly: they may have come from cells or from a file."""
    columns = {name: [_text(cell) for cell in cells] for name, cells in curves.table.items()}
    return Table("curves", columns, order=tuple(columns), text=True)


def _text(cell: Any) -> Any:
    if cell is None:
        return None
    return repr(float(cell)) if isinstance(cell, (int, float)) else str(cell)  # a date by its digits


@dataclass(frozen=True)
class Swing:
    """What the residual is worth with an input down and up.

    Attributes:
        shock: which input, and by how much.
        base, down, up: value of the residual (dollars); a refusal where there is none.
    """

    shock: str
    base: float
    down: float | Refused
    up: float | Refused


_SWINGS = (
    ("prepayment -/+10%", "prepayment -10%", "prepayment +10%"),
    ("default -/+10%", "default -10%", "default +10%"),
    ("severity -/+10 points", "severity -10 points", "severity +10 points"),
    ("index -/+100 bp", "index -100 bp", "index +100 bp"),
    ("all yields -/+100 bp", "yields -100 bp", "yields +100 bp"),
    ("residual yield -/+500 bp", "residual yield -500 bp", "residual yield +500 bp"),
)


def swing_names(projection: Projection) -> list[str]:
    """The rows of :func:`residual_sensitivity`, without valuing anything."""
    given = projection.given is not None
    table = None if given else Changeable(_table_of(projection.curves))
    there = {one.name for one in standard_shocks(table, NO_INDICES if given else projection.indices)}
    return [name for name, down, up in _SWINGS if down in there and up in there]


def residual_sensitivity(projection: Projection, yields: Mapping[str, Chosen]) -> list[Swing]:
    """The residual's value with each input down and up: a few rows for a first page.

    Raises:
        Refused: as :func:`of_projection`.
    """
    wanted = {"as given", *(name for swing in _SWINGS for name in swing[1:])}
    found = of_projection(projection, yields, lambda shocks: [one for one in shocks if one.name in wanted])
    worth = {
        shock.name: value if isinstance(value, Refused) else value.total(RESIDUAL)
        for shock, value in zip(found.shocks, found.values, strict=True)
    }
    base = found.base.total(RESIDUAL)
    return [Swing(name, base, worth[down], worth[up]) for name, down, up in _SWINGS if down in worth and up in worth]


@dataclass(frozen=True)
class TwoWay:
    """One item under two shocks at once.

    Attributes:
        item: which: one of :data:`ITEMS`, or a tranche.
        down, across: the shocks of rows and columns.
        values: by row, then column: dollars, or the refusal that says why there is none.
    """

    item: str
    down: tuple[Shock, ...]
    across: tuple[Shock, ...]
    values: tuple[tuple[float | Refused, ...], ...]


def two_way(
    trust: Trust, curves: Table, yields: Mapping[str, Chosen], down: Sequence[Shock], across: Sequence[Shock],
    item: str = RESIDUAL, indices: Indices = NO_INDICES,
) -> TwoWay:  # fmt: skip
    """An item's value under every pair of a shock of ``down`` and one of ``across``, that of ``down`` first.

    Raises:
        Refused: no such item (``#N/A``), more than :data:`MOST` pairs; or as :func:`run_shocks`.
    """
    spelled = {name.lower(): name for name in (*trust.tranches, *ITEMS)}
    if item.strip().lower() not in spelled:
        there = f"there are: {', '.join(spelled.values())}"
        raise Refused(Fault(f"{trust.name} has no item '{item[:60]}'", todo=there), code="#N/A")
    name = spelled[item.strip().lower()]
    if len(down) * len(across) > MOST:
        what = f"{len(down)} rows by {len(across)} columns are {len(down) * len(across):,} pairs"
        raise Refused(Fault(what, todo=f"give {MOST:,} pairs at most"))
    base = Shock(Scenario("as given", "", 0.0, ""))
    pairs = [together(one, other) for one in down for other in across]
    found = run_shocks(trust, curves, yields, [base, *pairs], indices).values[1:]
    worth = [value if isinstance(value, Refused) else _worth_of(value, name) for value in found]
    width = len(across)
    rows = tuple(tuple(worth[k * width : (k + 1) * width]) for k in range(len(down)))
    return TwoWay(name, tuple(down), tuple(across), rows)


def _worth_of(value: FairValue, name: str) -> float:
    return amounts_of(value)[name] if name in ITEMS else value.value(name)
