"""Sensitivity and disclosure in cells: values under shocks, inputs by class, the hierarchy, and the text beside them."""

from __future__ import annotations

import datetime as dt

from xlfv.excel.arguments import Arg
from xlfv.excel.example_disclosure import EXAMPLES
from xlfv.excel.functions.liabilities import AS_OF, DEBT
from xlfv.excel.functions.projection import CURVES, INDICES, PROJECTION, attempt
from xlfv.excel.functions.trust import TRUST
from xlfv.excel.functions.value import YIELDS
from xlfv.excel.registry import Example, function
from xlfv.market.curves import read_curves
from xlfv.market.indices import NO_INDICES, Indices, read_indices
from xlfv.projection.projection import Projection
from xlfv.reporting import disclosure as report
from xlfv.reporting import inputs as inputs_
from xlfv.reporting import sensitivity as shocks_
from xlfv.reporting.methods import read_curved, read_register
from xlfv.reporting.narrative import narrative as paragraphs_of
from xlfv.reporting.rollforward import Rollforward, read_rows
from xlfv.reporting.sensitivity_words import read_sensitivity
from xlfv.reporting.shocks import Shock, read_shocks
from xlfv.tables import ErrorCell, Fault, Refused, Table, refuse_if
from xlfv.trust.trust import Trust
from xlfv.valuation.debt import debt_values
from xlfv.valuation.debt_terms import read_debt
from xlfv.valuation.yields import Chosen, read_yields

_G = "ASC 820-10-50-2(g), sensitivity to unobservable inputs and how these work together"
_BBB = "ASC 820-10-50-2(bbb), quantitative information about significant unobservable inputs"
_B = "ASC 820-10-50-2(b), level of the fair value hierarchy"
_LETTER = "Impac Mortgage Holdings, letter to the SEC of 3 February 2011, response 1"
_CURVE_ERRORS = ["#VALUE!: when a table has faults, or lacks what a loan, bond or derivative names"]
_COLUMNS = "scenario, prepay, default, severity, change, index_shift, yield_shift, residual_yield_shift"
_STACKED = "as XLFV_INPUTS gives it, those of several trusts one below the other: VSTACK, headers and all"


def _told(value: float | Refused) -> float | ErrorCell:
    """A number, or the error that stands in its cell, with its reason."""
    return ErrorCell(value.code, str(value)) if isinstance(value, Refused) else value


def _read(
    trust: Trust, curves: Table, yields: Table, indices: Table | None, grids: list[Table | None]
) -> tuple[dict[str, Chosen], Indices, list[list[Shock] | None]]:
    """Yields, indices and shocks; the faults of all tables are told together."""
    faults: list[Fault] = []
    read = attempt(read_curves, curves, faults)
    chosen = attempt(lambda table: read_yields(table, trust), yields, faults)
    forward = attempt(read_indices, indices, faults) if indices is not None else NO_INDICES
    found = [attempt(read_shocks, grid, faults) if grid is not None else None for grid in grids]
    refuse_if(faults)
    assert read is not None
    assert chosen is not None
    assert forward is not None
    return chosen, forward, found


@function(
    "XLFV_SENSITIVITY",
    family="reporting",
    args=[
        TRUST,
        CURVES,
        YIELDS,
        Arg("grid", "table", f"one row a shock, the first the base: {_COLUMNS}; blank: a standard one", default=None),
        INDICES,
    ],
    result="grid",
    unit="dollars; changes in percent and yields in decimals",
    source=_G,
    errors=["#NUM!: when the base has no blended yield", *_CURVE_ERRORS],
    example=Example("=XLFV_SENSITIVITY(trust, curves, yields, shocks, indices)", EXAMPLES["XLFV_SENSITIVITY"]),
)
def sensitivity(
    trust: Trust, curves: Table, yields: Table, grid: Table | None, indices: Table | None
) -> list[list[object]]:
    """A trust's fair values under changed curves, indices and yields: a row a shock, with changes against the first row.

    The columns of the grid are those of XLFV_SCENARIOS, and yield_shift (basis points on every chosen yield or margin) and
    residual_yield_shift (on the residual's besides). All of a row are done. Without a grid: as given; prepayment and default
    -/+ 10% and 25%; severity -/+ 10 points; indices and all yields -/+ 100 bp; the residual's yield -/+ 500 bp; and three pairs
    together, named 'a & b'. What the trust has no input for is left out. Rates are held to their bounds, as in
    XLFV_CURVES_CHANGE; indices may fall below zero.

    Columns: scenario; collateral, reo, derivatives (assets less liabilities), other (other assets less other liabilities),
    borrowings and residual in dollars; collateral_yield; then of each value its change in dollars (collateral_change ...) and
    in percent of the base's value as a decimal (collateral_percent ..., blank where the base is nil). REO stands at net
    realizable value: curves do not move it. Under the blended yield collateral + reo + derivatives + other = borrowings +
    residual in every row. A shock under which no value exists has errors in its cells, with their reason.
    """
    chosen, forward, (shocks,) = _read(trust, curves, yields, indices, [grid])
    found = shocks_.run_shocks(trust, curves, chosen, shocks, forward)
    items = shocks_.ITEMS
    header = [f"{item}_{kind}" for item in items for kind in ("change", "percent")]
    rows: list[list[object]] = [["scenario", *items, "collateral_yield", *header]]
    base = shocks_.amounts_of(found.base)
    for shock, value in zip(found.shocks, found.values, strict=True):
        if isinstance(value, Refused):
            rows.append([shock.name, *[_told(value)] * (3 * len(items) + 1)])
            continue
        amounts = shocks_.amounts_of(value)
        moved: list[object] = []
        for item in items:
            change = amounts[item] - base[item]
            moved += [change, change / abs(base[item]) if base[item] else None]
        rows.append([shock.name, *amounts.values(), value.collateral_yield, *moved])
    return rows


@function(
    "XLFV_SENSITIVITY_GRID",
    family="reporting",
    args=[
        TRUST,
        CURVES,
        YIELDS,
        Arg("down", "table", f"the shocks of the rows: {_COLUMNS}"),
        Arg("across", "table", "the shocks of the columns, in the same form"),
        Arg("item", "text", "whose value: residual, collateral, reo, derivatives, other, borrowings, or a tranche",
            default="residual"),
        INDICES,
    ],
    result="grid",
    unit="dollars",
    source=_G,
    errors=["#N/A: when there is no such item", "#NUM!: when the trust as given has no value", *_CURVE_ERRORS],
    example=Example(
        '=XLFV_SENSITIVITY_GRID(trust, curves, yields, yield_shocks, default_shocks, "residual", indices)',
        EXAMPLES["XLFV_SENSITIVITY_GRID"],
    ),
)  # fmt: skip
def sensitivity_grid(
    trust: Trust, curves: Table, yields: Table, down: Table, across: Table, item: str, indices: Table | None
) -> list[list[object]]:
    """One item's fair value under two shocks at once: a row for each of one table, a column for each of the other.

    Both shocks are done, that of the row before that of the column; shifts of indices and of yields add up. The columns of both
    tables are those of XLFV_SENSITIVITY's grid. The first cell names the item.
    """
    chosen, forward, (rows, columns) = _read(trust, curves, yields, indices, [down, across])
    assert rows is not None
    assert columns is not None
    found = shocks_.two_way(trust, curves, chosen, rows, columns, item, forward)
    grid: list[list[object]] = [[found.item, *(shock.name for shock in found.across)]]
    for shock, values in zip(found.down, found.values, strict=True):
        grid.append([shock.name, *map(_told, values)])
    return grid


@function(
    "XLFV_RESIDUAL_SENSITIVITY",
    family="reporting",
    args=[PROJECTION, YIELDS],
    result="grid",
    unit="dollars; percent in decimals",
    source=_G,
    errors=["#NUM!: when the trust has no value"],
    example=Example("=XLFV_RESIDUAL_SENSITIVITY(projection, yields)", EXAMPLES["XLFV_RESIDUAL_SENSITIVITY"]),
)
def residual_sensitivity(projection: Projection, yields: Table) -> list[list[object]]:
    """What the residual is worth with each input down and up: a few rows for a first page.

    Inputs: prepayment and default -/+ 10%, severity -/+ 10 points, forward indices and all yields -/+ 100 bp, the residual's own
    yield -/+ 500 bp; those that the projection has. Where the collateral's cash was given (XLFV_DISTRIBUTE), yields only. Columns:
    shock, base, down, up (value in dollars with the input lower and higher), down_change, up_change (dollars), down_percent,
    up_percent (of the base; blank where that is nil).
    """
    found = shocks_.residual_sensitivity(projection, read_yields(yields, projection.trust))
    rows: list[list[object]] = [
        ["shock", "base", "down", "up", "down_change", "up_change", "down_percent", "up_percent"]
    ]
    for swing in found:
        ends = (swing.down, swing.up)
        moved = [end if isinstance(end, Refused) else end - swing.base for end in ends]
        shares: list[object] = [
            _told(one) if isinstance(one, Refused) else one / swing.base if swing.base else None for one in moved
        ]
        rows.append([swing.shock, swing.base, *map(_told, ends), *map(_told, moved), *shares])
    return rows


@function(
    "XLFV_INPUTS",
    family="reporting",
    args=[
        PROJECTION,
        YIELDS,
        Arg(
            "consolidated",
            "boolean",
            "the trust stands on the company's balance sheet; blank: as its terms say",
            default=None,
        ),
    ],
    result="grid",
    unit="dollars, rates in decimals",
    source=_BBB,
    errors=["#NUM!: when the trust has no value"],
    example=Example("=XLFV_INPUTS(projection, yields)", EXAMPLES["XLFV_INPUTS"]),
)
def inputs(projection: Projection, yields: Table, consolidated: bool | None) -> list[list[object]]:
    """What a trust's fair values rest on, a row an item: class, fair value, technique, and its inputs; of several trusts: VSTACK.

    A trust that is consolidated gives collateral, derivatives and REO where it has them, every tranche that others hold, and its
    residual (class residual_interests: what the others leave); one that is not gives its residual, and the tranches that the
    company holds, as investment_securities_afs. Rows of XLFV_DEBT_INPUTS, and others of the same columns, may be stacked with
    them. Fair values of liabilities are positive.

    discount_rate is nominal annual, compounded monthly, whatever basis the yield was given in; of the collateral it is the
    blended yield. prepayment_rate (CPR) and default_rate (CDR) are the constant rates that give the projection's prepayments and
    defaults in dollars on the balances they came from: prepayments over the sum of the balances after each month's schedule,
    defaults over the sum of the balances that pay, both over all months, annualized as 1 - (1 - rate) ^ 12. loss_severity is
    losses over liquidated balances; REO has its sale_discount, one less net realizable over stated value. index_low,
    index_high and index_average are of the forward index over the months with a balance (or notional), the average by that.
    Months so late that nothing defaults any more count in the balances; loans late today that follow a timeline do not.
    """
    return inputs_.grid(inputs_.inputs_of(projection, read_yields(yields, projection.trust), consolidated))


@function(
    "XLFV_DEBT_INPUTS",
    family="reporting",
    args=[DEBT, AS_OF, INDICES],
    result="grid",
    unit="dollars, rates in decimals",
    source=_BBB,
    errors=["#VALUE!: when the table has faults, or an index it names is not given"],
    example=Example(
        "=XLFV_DEBT_INPUTS(debt, DATE(2009,12,31), debt_indices)",
        EXAMPLES["XLFV_DEBT_INPUTS"],
    ),
)
def debt_inputs(debt: Table, as_of: dt.date, indices: Table | None) -> list[list[object]]:
    """What the fair values of the company's long-term debt rest on, in the columns of XLFV_INPUTS, to be stacked with its rows.

    discount_rate is the base yield and the own-credit spread together, nominal annual, compounded monthly; credit_spread is the
    own-credit spread within it, as it is given in the table of debt. The trust is called company.
    """
    faults: list[Fault] = []
    read = attempt(lambda table: read_debt(table, as_of), debt, faults)
    forward = attempt(read_indices, indices, faults) if indices is not None else NO_INDICES
    refuse_if(faults)
    assert read is not None
    assert forward is not None
    return inputs_.grid(inputs_.debt_inputs(debt_values(read, as_of, forward)))


@function(
    "XLFV_DISCLOSURE",
    family="reporting",
    args=[Arg("inputs", "table", _STACKED)],
    result="grid",
    unit="dollars, rates in decimals",
    source=_BBB,
    errors=["#VALUE!: when a column is missing, a class unknown, an item stands twice, or a rate is in percent"],
    example=Example("=XLFV_DISCLOSURE(inputs)", EXAMPLES["XLFV_DISCLOSURE"]),
)
def disclosure(inputs: Table) -> list[list[object]]:
    """Significant inputs by class: range, average weighted by fair value, and arithmetic average, over all items of a stack.

    Columns: class, title, fair_value (of the whole class), technique, input, low, high, weighted_average, average, weight (fair
    value of the items averaged), items (how many), note. Items of no fair value are left out of range and averages, and the
    note says how many; where no item of a class has any, the range is of all, weighted_average is blank, and the note says
    so. Headers that stand again in the stack are passed over. The order of trusts changes nothing.
    """
    rows: list[list[object]] = [
        ["class", "title", "fair_value", "technique", "input", "low", "high", "weighted_average", "average", "weight",
         "items", "note"]
    ]  # fmt: skip
    for one in report.disclosed(report.read_inputs(inputs)):
        rows.append(
            [one.klass, inputs_.TITLES[one.klass], one.fair_value, one.technique, one.input, one.low, one.high,
             one.weighted, one.average, one.weight, one.items, one.note]
        )  # fmt: skip
    return rows


@function(
    "XLFV_HIERARCHY",
    family="reporting",
    args=[Arg("inputs", "table", _STACKED)],
    result="grid",
    unit="dollars",
    source=_B,
    errors=["#VALUE!: when a column is missing, a class unknown, an item stands twice, or a rate is in percent"],
    example=Example("=XLFV_HIERARCHY(inputs)", EXAMPLES["XLFV_HIERARCHY"]),
)
def hierarchy(inputs: Table) -> list[list[object]]:
    """Fair value by class and level 1, 2 and 3, with totals of assets and of liabilities; REO apart, as nonrecurring.

    Columns: side, title, measurement (recurring, nonrecurring), level_1, level_2, level_3, total. Residual interests of
    consolidated trusts are no line: they are what assets less liabilities leave.
    """
    rows: list[list[object]] = [["side", "title", "measurement", "level_1", "level_2", "level_3", "total"]]
    for line in report.hierarchy(report.read_inputs(inputs)):
        rows.append([line.side, line.title, line.measured, *line.levels, line.total])
    return rows


def _rollforward(table: Table) -> Rollforward:
    """The one rollforward of a printed table."""
    faults: list[Fault] = []
    found = read_rows(table, faults)
    if not faults and len(found) != 1:
        what = f"the table holds {len(found)} rollforwards"
        faults.append(Fault(what, table.place.start, "give one: XLFV_CHAIN_ROLLFORWARDS adds several up"))
    refuse_if(faults)
    return found[0]


@function(
    "XLFV_NARRATIVE",
    family="reporting",
    args=[
        Arg("inputs", "table", _STACKED),
        Arg("rollforward", "table", "one rollforward, as XLFV_ROLLFORWARD gives it, in any form; blank: none", default=None),
        Arg("sensitivity", "table", "as XLFV_SENSITIVITY gives it, of one trust, header and all; blank: none", default=None,
            holds_errors=True),
        Arg("unit", "text", "what the rollforward is in", default="dollars", choices=("dollars", "thousands of dollars")),
        Arg("yields", "table", "chosen yields with ranges, sources and reasons, those of several trusts stacked; blank: none",
            default=None),
        Arg("curves", "table", "the curves, for their provider, curve_date and version; blank: none", default=None),
    ],
    result="grid",
    unit="dollars (the rollforward as given), rates in decimals",
    source=f"{_LETTER} (topics; the wording is our own); ASC 820-10-50-2",
    errors=["#VALUE!: when a table has faults"],
    example=Example('=XLFV_NARRATIVE(inputs, XLFV_ROLLFORWARD(opening, activity, closing), , "thousands of dollars")', EXAMPLES["XLFV_NARRATIVE"]),
)  # fmt: skip
def narrative(
    inputs: Table, rollforward: Table | None, sensitivity: Table | None, unit: str, yields: Table | None, curves: Table | None
) -> list[list[object]]:  # fmt: skip
    """The text beside the tables, paragraph by paragraph, with every number of it in a cell of its own beside its source.

    Columns: paragraph (its number), topic, kind (text, or number), words (the paragraph; of a number, how the text says it),
    label, value, unit, source. Of the inputs: what the trusts hold, owe and leave; technique and inputs by class; the
    collateral's discount rate beside the others; levels; credit spreads. Of curves and yields: who made them, when, ranges,
    yields outside them and why. With a rollforward: gain or loss by item, of assets with
    REO, of liabilities, and net; movements; footing. With sensitivities: direction and size by input, and how those that are
    made together work on each other. Words follow sign and size; what the tables do not hold is not said.
    """
    faults: list[Fault] = []
    rows = attempt(report.read_inputs, inputs, faults)
    roll = attempt(_rollforward, rollforward, faults) if rollforward is not None else None
    shocked = attempt(read_sensitivity, sensitivity, faults) if sensitivity is not None else None
    register = attempt(read_register, yields, faults) if yields is not None else None
    curved = attempt(read_curved, curves, faults) if curves is not None else None
    refuse_if(faults)
    assert rows is not None
    grid: list[list[object]] = [["paragraph", "topic", "kind", "words", "label", "value", "unit", "source"]]
    for number, one in enumerate(paragraphs_of(rows, roll, shocked, unit, register, curved), 1):
        grid.append([number, one.topic, "text", one.text, None, None, None, None])
        for fact in one.facts:
            grid.append([number, one.topic, "number", fact.words, fact.label, fact.value, fact.unit, fact.source])
    return grid
