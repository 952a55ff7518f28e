"""Projections in cells: expected cash of collateral, tranches and residual, and what each step of the waterfall did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from xlfv.excel import handles
from xlfv.excel.arguments import Arg
from xlfv.excel.functions.trust import TRUST
from xlfv.excel.reading import Texts
from xlfv.excel.registry import Example, function
from xlfv.excel.words import did_you_mean
from xlfv.market.curves import read_curves
from xlfv.market.indices import NO_INDICES, read_indices
from xlfv.projection.collateral import MOST_MONTHS
from xlfv.projection.projection import Projection, project
from xlfv.tables import Fault, Refused, Table, plain, refuse_if
from xlfv.trust.trust import Trust

handles.register(Projection)
T = TypeVar("T")
PROJECTION = Arg("projection", "handle", "the projection, as XLFV_PROJECT gives it", of="projection")
TRANCHE = Arg("tranche", "text", "name of the class")
DEFAULT_COLUMNS = (
    "begin_balance", "scheduled_principal", "prepaid_principal", "advanced_principal", "liquidation_proceeds", "losses",
    "net_interest", "costs", "end_balance",
)  # fmt: skip
TRANCHE_COLUMNS = (
    "begin_balance", "coupon", "interest_due", "interest_paid", "shortfall_paid", "interest_shortfall",
    "basis_risk_paid", "basis_risk_carryforward", "principal_paid", "writedown", "end_balance", "cash",
)  # fmt: skip


@function(
    "XLFV_PROJECT",
    family="projection",
    args=[
        TRUST,
        Arg("curves", "table", "prepayment, default and severity by month: month, cpr (smm, psa), cdr (mdr, sda), severity"),
        Arg("indices", "table", "forward indices by month from 0 (today): month, LIBOR_1M and others", default=None),
        Arg("months", "integer", "horizon; blank: to the last maturity and liquidation", unit="months", default=None, low=1,
            high=MOST_MONTHS),
    ],
    result="handle",
    makes="projection",
    source="Bond Market Association, Standard Formulas (1999), SF-16 to SF-19, and the trust's own waterfall",
    errors=["#VALUE!: when curves or indices have faults, or lack what a loan, bond or derivative names"],
    example=Example("=XLFV_PROJECT(trust, curves, indices)", "projection:SAMPLE-1:2009-12:..."),
)  # fmt: skip
def project_trust(trust: Trust, curves: Table, indices: Table | None, months: int | None) -> Projection:
    """The trust's expected cash under curves: every loan month by month, then the waterfall; cash is proved to be conserved."""
    faults: list[Fault] = []
    read = _read(read_curves, curves, faults)
    forward = _read(read_indices, indices, faults) if indices is not None else NO_INDICES
    if read is None or forward is None:
        raise Refused(faults)
    return project(trust, read, forward, months)


def _read(reader: Callable[[Table], T], table: Table, faults: list[Fault]) -> T | None:
    """A table read, or None with its faults added: those of the other table must be told too."""
    try:
        return reader(table)
    except Refused as refused:
        faults.extend(refused.faults)
        return None


def _group_rows(projection: Projection, group: str | None) -> list[int]:
    groups = projection.collateral.groups
    if group is None:
        return list(range(len(groups)))
    if group not in groups:
        raise Refused(
            Fault(f"{projection.name} has no loan group '{group}'", todo=f"its groups: {', '.join(groups)}"),
            code="#N/A",
        )
    return [groups.index(group)]


def _columns(projection: Projection, group: str | None) -> dict[str, np.ndarray]:
    """Every column of the trust's cash flow, float64[months + 1] each."""
    rows = _group_rows(projection, group)
    cash = projection.collateral
    columns = {"begin_balance": cash.begin_balance, **cash.fields}
    for name in ("gross_interest", "net_interest", "principal", "all_losses", "loan_cash", "end_balance"):
        columns[name] = getattr(cash, name)
    found = {name: values[rows].sum(axis=0) for name, values in columns.items()}
    if group is None:
        paid = projection.distributions
        found.update(
            costs=paid.costs_paid, hedge_received=paid.hedge_received, hedge_paid=paid.hedge_paid, bond_cash=paid.bond_cash,
            residual_cash=paid.residual, oc=paid.record.deal[:, 2], oc_target=paid.record.deal[:, 3],
        )  # fmt: skip
    return found


def _wanted(columns: Texts | None, known: dict[str, np.ndarray]) -> list[str]:
    """The columns asked for, or the usual ones; month and date come anyway."""
    asked = columns or [name for name in DEFAULT_COLUMNS if name in known]
    names = [name for name in map(plain, asked) if name not in ("month", "date")]
    refuse_if([
        Fault(f"there is no column '{name}'", "columns", did_you_mean(name, known) or f"one of {', '.join(known)}")
        for name in names
        if name not in known
    ])  # fmt: skip
    return names


def _monthly(projection: Projection, columns: dict[str, np.ndarray]) -> list[list[object]]:
    """A grid: month, date and the columns, from month 1."""
    dates = projection.timeline.dates
    rows: list[list[object]] = [["month", "date", *columns]]
    values = [column.tolist() for column in columns.values()]
    rows.extend([t, dates[t], *(v[t] for v in values)] for t in range(1, projection.months + 1))
    return rows


@function(
    "XLFV_TRUST_CASHFLOW",
    family="projection",
    args=[
        PROJECTION,
        Arg(
            "columns",
            "texts",
            "which columns; blank: the usual ones",
            default=None,
        ),
        Arg("group", "text", "loan group; blank: all", default=None),
    ],
    result="grid",
    unit="dollars a month",
    source="Bond Market Association, Standard Formulas (1999), SF-16 to SF-19",
    errors=["#N/A: when there is no such loan group", "#VALUE!: when a column does not exist"],
    example=Example(
        '=XLFV_TRUST_CASHFLOW(projection, "net_interest,principal")',
        [
            ["month", "date", "net_interest", "principal"],
            [1.0, dt.date(2010, 1, 25), 5914.06, 6186.03],
            [2.0, dt.date(2010, 2, 25), 5882.99, 6351.59],
            [3.0, dt.date(2010, 3, 25), 5851.09, 6511.53],
        ],
    ),
)
def trust_cashflow(projection: Projection, columns: Texts | None, group: str | None) -> list[list[object]]:
    """Cash of the trust's collateral month by month from month 1, with a header; money is in dollars.

    Columns: begin_balance, performing_balance, foreclosure_balance, reo_balance, end_balance, scheduled_principal,
    prepaid_principal, new_defaults, advanced_principal, liquidated_balance, liquidation_proceeds, losses, reo_sold,
    reo_proceeds, reo_losses, all_losses, interest_due, interest_paid, interest_advanced, interest_lost, gross_interest,
    servicing_fee, servicing_due, net_interest, principal, loan_cash; for all groups together also costs,
    hedge_received, hedge_paid, bond_cash, residual_cash, oc, oc_target.
    """
    known = _columns(projection, group)
    return _monthly(projection, {name: known[name] for name in _wanted(columns, known)})


@function(
    "XLFV_TRANCHE_CASHFLOW",
    family="projection",
    args=[PROJECTION, TRANCHE],
    result="grid",
    unit="dollars a month, coupon a decimal a year",
    source="the trust's own waterfall",
    errors=["#N/A: when there is no such class"],
    example=Example(
        '=XLFV_TRANCHE_CASHFLOW(projection, "A")',
        [
            ["month", "date", *TRANCHE_COLUMNS],
            [1.0, dt.date(2010, 1, 25), 945000.0, 0.0050094, 407.64, 407.64, 0.0, 0.0, 0.0, 0.0, 6186.03, 0.0,
             938813.97, 6593.67],
            [2.0, dt.date(2010, 2, 25), 938813.97, 0.0050094, 404.97, 404.97, 0.0, 0.0, 0.0, 0.0, 6351.59, 0.0,
             932462.38, 6756.56],
        ],
    ),
)  # fmt: skip
def tranche_cashflow(projection: Projection, tranche: str) -> list[list[object]]:
    """What a class is due and paid month by month from month 1, with a header; the column cash is all it is paid."""
    columns = projection.distributions.tranche(projection.check_tranche(tranche))
    return _monthly(projection, {name: columns[name] for name in TRANCHE_COLUMNS})


@function(
    "XLFV_RESIDUAL_CASHFLOW",
    family="projection",
    args=[PROJECTION],
    result="grid",
    unit="dollars a month",
    source="the trust's own waterfall",
    example=Example(
        "=XLFV_RESIDUAL_CASHFLOW(projection)",
        [
            ["month", "date", "cash", "oc", "oc_target"],
            [1.0, dt.date(2010, 1, 25), 3513.54, 40000.0, 40000.0],
            [2.0, dt.date(2010, 2, 25), 3485.29, 40000.0, 40000.0],
        ],
    ),
)
def residual_cashflow(projection: Projection) -> list[list[object]]:
    """Cash to the residual month by month from month 1, with overcollateralization and its target beside it."""
    deal = projection.distributions.record.deal
    return _monthly(projection, {"cash": deal[:, 0], "oc": deal[:, 2], "oc_target": deal[:, 3]})


@function(
    "XLFV_WATERFALL",
    family="projection",
    args=[PROJECTION, Arg("month", "integer", "month of the projection, 1 is the next", unit="months", low=1)],
    result="grid",
    unit="dollars",
    source="the trust's own waterfall",
    errors=["#N/A: when the projection does not run that far"],
    example=Example(
        "=XLFV_WATERFALL(projection, 1)",
        [
            ["step", "from", "pay", "to", "available", "due", "paid", "short"],
            ["1", "interest", "trustee", "", 5914.06, 31.375, 31.375, 0.0],
            ["2", "interest", "hedge", "SWAP", 5882.69, 686.51, 686.51, 0.0],
            ["3", "interest", "interest", "A, M, B", 5196.18, 1682.64, 1682.64, 0.0],
            ["4", "principal", "principal", "A, M, B", 6186.03, 6186.03, 6186.03, 0.0],
            ["5", "excess", "interest_shortfall", "A, M, B", 3513.54, 0.0, 0.0, 0.0],
            ["6", "excess", "oc", "A, M, B", 3513.54, 0.0, 0.0, 0.0],
            ["7", "excess", "basis_risk", "A, M, B", 3513.54, 0.0, 0.0, 0.0],
            ["8", "excess", "principal", "A, M, B", 0.0, 0.0, 0.0, 0.0],
            ["9", "excess", "writedown", "B, M", 270000.0, 0.0, 0.0, 0.0],
            ["10", "excess", "residual", "", 3513.54, 3513.54, 3513.54, 0.0],
            ["left over", "", "residual", "", 0.0, 0.0, 0.0, 0.0],
        ],
    ),
)
def waterfall(projection: Projection, month: int) -> list[list[object]]:
    """Every step of the waterfall in one month: the cash it saw, what was due, paid and short; last, what was left over.

    A write-down moves no cash: available is the balance that can be written down, due the loss to be borne. What no step
    takes goes to the residual in the last row.
    """
    if month > projection.months:
        raise Refused(Fault(f"month {month} lies past the projection's {projection.months} months"), code="#N/A")
    record = projection.distributions.steps
    rows: list[list[object]] = [["step", "from", "pay", "to", "available", "due", "paid", "short"]]
    for s, step in enumerate(projection.trust.steps):
        pay = step.cost or step.pay
        rows.append([step.name, step.source, pay, ", ".join(step.targets), *record[s, month, :].tolist()])
    rows.append(["left over", "", "residual", "", *record[len(projection.trust.steps), month, :].tolist()])
    return rows
