"""The significant inputs behind a trust's fair values: one row an item, by class of asset and liability.

The rates are those of :mod:`xlfv.reporting.input_rates`.

Source: ASC 820-10-50-2(bbb), quantitative information about significant unobservable inputs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from xlfv.projection.projection import Projection
from xlfv.reporting.input_rates import default_rate, forward_of, loan_index, loss_severity, monthly_of, prepayment_rate
from xlfv.trust.measurement import CFE_ASSETS, CFE_LIABILITIES
from xlfv.valuation import fair_value as fv
from xlfv.valuation.chosen_cash import chosen_tranche_cash
from xlfv.valuation.debt import DebtValue
from xlfv.valuation.discounting import monthly_yield, yield_of
from xlfv.valuation.fair_value import FairValue, Line, fair_value
from xlfv.valuation.hedges import value_hedges
from xlfv.valuation.yields import RESIDUAL, Chosen

SECURITIES = "investment_securities_afs"
COLLATERAL = "securitized_mortgage_collateral"
DERIVATIVE_ASSETS = "derivative_assets"
REO = "real_estate_owned"
BORROWINGS = "securitized_mortgage_borrowings"
DERIVATIVE_LIABILITIES = "derivative_liabilities"
LONG_TERM_DEBT = "long_term_debt"
RESIDUAL_INTERESTS = "residual_interests"
ASSETS = (SECURITIES, COLLATERAL, DERIVATIVE_ASSETS, REO)
LIABILITIES = (BORROWINGS, DERIVATIVE_LIABILITIES, LONG_TERM_DEBT)
CLASSES = (*ASSETS, *LIABILITIES, RESIDUAL_INTERESTS)
"""The classes. Residual interests of consolidated trusts are told for their yields; their value is in the others already."""
TITLES = {
    SECURITIES: "Investment securities available for sale",
    COLLATERAL: "Securitized mortgage collateral",
    DERIVATIVE_ASSETS: "Derivative assets",
    REO: "Real estate owned",
    BORROWINGS: "Securitized mortgage borrowings",
    DERIVATIVE_LIABILITIES: "Derivative liabilities",
    LONG_TERM_DEBT: "Long-term debt",
    RESIDUAL_INTERESTS: "Residual interests",
}
CASH_FLOW = "discounted cash flow"
FORWARD = "discounted cash flow of the forward index curve"
OPTIONS = "discounted cash flow of the forward index curve; options by Black's formula"
NRV = "net realizable value"
FROM_LIABILITIES = "measured from the fair value of the trust's liabilities"
FROM_ASSETS = "measured from the fair value of the trust's assets"
COMPANY = "company"


@dataclass(frozen=True)
class Inputs:
    """One item and what its value rests on; an input that it does not have is None.

    Attributes:
        trust, item: what it is.
        klass: one of :data:`CLASSES`.
        level: of the fair value hierarchy.
        fair_value: dollars; of a liability too, a positive number.
        technique: in words.
        discount_rate: nominal annual, compounded monthly, whatever basis its yield was given in.
        prepayment_rate, default_rate: CPR and CDR of the trust's collateral, see the module.
        loss_severity: of the trust's collateral.
        sale_discount: of REO: one less net realizable value over stated value.
        credit_spread: own-credit or non-performance spread within the discount rate, where there is one.
        index: the forward index that its cash depends on.
        index_low, index_high, index_average: of that index over the months in which its cash depends on it; the average by
            balance (or notional).
    """

    trust: str
    klass: str
    item: str
    level: int
    fair_value: float
    technique: str
    discount_rate: float | None = None
    prepayment_rate: float | None = None
    default_rate: float | None = None
    loss_severity: float | None = None
    sale_discount: float | None = None
    credit_spread: float | None = None
    index: str | None = None
    index_low: float | None = None
    index_high: float | None = None
    index_average: float | None = None


HEADER = tuple("class" if name == "klass" else name for name in Inputs.__dataclass_fields__)


def inputs_of(projection: Projection, yields: Mapping[str, Chosen], consolidated: bool | None = None) -> list[Inputs]:
    """The inputs behind every value of a trust.

    A trust that is consolidated gives its collateral, REO and derivatives (those of a value), every tranche that others hold, and
    its residual: what the company holds of its bonds is eliminated (ASC 810-10-45-1). One that is not consolidated gives its
    residual and the tranches that the company holds, as securities available for sale.

    Args:
        projection, yields: what is valued.
        consolidated: its status on the date; None: that of its terms.

    Raises:
        Refused: a value does not exist; see :func:`xlfv.valuation.fair_value.fair_value`.
    """
    trust, value = projection.trust, fair_value(projection, yields)
    whole = trust.consolidated if consolidated is None else consolidated
    pool: dict[str, Any] = {
        "prepayment_rate": prepayment_rate(projection),
        "default_rate": default_rate(projection),
        "loss_severity": loss_severity(projection),
    }
    rate = monthly_yield(yields[RESIDUAL].rate, yields[RESIDUAL].basis)
    klass = RESIDUAL_INTERESTS if whole else SECURITIES
    residual = Inputs(trust.name, klass, RESIDUAL, 3, value.total(RESIDUAL), CASH_FLOW, rate, **pool)
    bonds = trust["bonds"]
    held = {str(name) for name, who in zip(bonds["tranche"], bonds["held_by"], strict=True) if str(who) == "company"}
    classes = [line for line in value.lines if line.side == "liability" and line.item in trust.tranches]
    if not whole:
        mine = [line for line in classes if line.item in held]
        return [*(_tranche(projection, SECURITIES, line, yields[line.item], pool) for line in mine), residual]
    technique = FROM_ASSETS if value.measurement == CFE_ASSETS else CASH_FLOW
    others = [line for line in classes if line.item not in held]
    owed = [_tranche(projection, BORROWINGS, line, yields[line.item], pool, technique) for line in others]
    assets, liabilities = _derivatives(projection)
    return [*_collateral(projection, value, pool), *assets, *_reo(projection, value), *owed, *liabilities, residual]


def _collateral(projection: Projection, value: FairValue, pool: Mapping[str, Any]) -> list[Inputs]:
    """The loans' row."""
    if not projection.trust.has_loans and projection.given is None:
        return []
    technique = FROM_LIABILITIES if value.measurement == CFE_LIABILITIES else CASH_FLOW
    rate = value.collateral_yield if np.isfinite(value.collateral_yield) else None
    worth, index = value.value(fv.COLLATERAL), forward_of(projection, *loan_index(projection))
    return [Inputs(projection.name, COLLATERAL, "collateral", 3, worth, technique, rate, **pool, **index)]


def _reo(projection: Projection, value: FairValue) -> list[Inputs]:
    """The row of real estate owned, where there is any."""
    reo = projection.trust["reo"]
    if not reo.count:
        return []
    stated, worth = float(reo["value"].sum()), value.value(fv.REO)
    discount = 1.0 - worth / stated if stated > 0.0 else None
    return [Inputs(projection.name, REO, "reo", 3, worth, NRV, sale_discount=discount)]


def _tranche(
    projection: Projection, klass: str, line: Line, chosen: Chosen, pool: Mapping[str, Any], technique: str = CASH_FLOW
) -> Inputs:
    """A class's row: the yield it is valued at and its index beside the rates of the collateral."""
    bonds, row = projection.trust.classes, projection.trust.tranches.index(line.item)
    index = str(bonds["index"][row]).upper() if str(bonds["coupon_type"][row]) == "floating" else ""
    forward = forward_of(projection, index, projection.distributions.end_balance(line.item)[:-1])
    rate = _rate_of(projection, line, chosen)
    return Inputs(projection.name, klass, line.item, 3, line.value, technique, rate, **pool, **forward)


def _rate_of(projection: Projection, line: Line, chosen: Chosen) -> float | None:
    """The yield, compounding monthly, at which a class has its value; of a discount margin, that of the value it gives."""
    if line.rate is not None and chosen.basis != "dm":
        return monthly_yield(line.rate, chosen.basis)
    if not line.value > 0.0:
        return None
    cash = chosen_tranche_cash(projection, line.item, chosen)
    return yield_of(cash.cash, cash.years, line.value)


def _derivatives(projection: Projection) -> tuple[list[Inputs], list[Inputs]]:
    """Rows of derivatives that are assets, and of those that are liabilities; one that is worth nothing is neither."""
    hedges, record = projection.trust["hedges"], projection.distributions.record.hedges
    rows = {str(name): row for row, name in enumerate(hedges["hedge"])}
    options = "volatility" in projection.indices.rates
    found: tuple[list[Inputs], list[Inputs]] = ([], [])
    for one in value_hedges(projection):
        row = rows[one.name]
        owed = one.value < 0.0
        if one.value == 0.0:
            continue
        forward = forward_of(projection, str(hedges["receive_index"][row]).upper(), record[row, 1:, 0])
        technique = OPTIONS if options and one.kind != "swap" else FORWARD
        spread = (one.own_spread if owed else one.counterparty_spread) or None
        klass = DERIVATIVE_LIABILITIES if owed else DERIVATIVE_ASSETS
        worth = abs(one.value)
        found[owed].append(
            Inputs(projection.name, klass, one.name, 3, worth, technique, credit_spread=spread, **forward)
        )
    return found


def debt_inputs(values: Sequence[DebtValue]) -> list[Inputs]:
    """The inputs behind the company's long-term debt: its whole yield, and the own-credit spread within it."""
    return [
        Inputs(
            COMPANY, LONG_TERM_DEBT, one.debt.name, 3, one.value, CASH_FLOW,
            monthly_of(one.debt.discount_yield, one.debt.compounds), credit_spread=one.debt.own_credit_spread,
        )
        for one in values
    ]  # fmt: skip


def grid(rows: list[Inputs]) -> list[list[object]]:
    """The rows with their header, as a sheet shows them."""
    return [list(HEADER), *(list(asdict(row).values()) for row in rows)]
