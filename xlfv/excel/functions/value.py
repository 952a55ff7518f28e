"""Fair values in cells: tranches, residual, collateral, REO, derivatives and the trust's whole balance."""

from __future__ import annotations

from xlfv.excel.arguments import Arg
from xlfv.excel.functions.projection import PROJECTION, TRANCHE
from xlfv.excel.functions.trust import TRUST
from xlfv.excel.registry import Example, function
from xlfv.market.indices import read_indices
from xlfv.projection.projection import Projection
from xlfv.tables import Table
from xlfv.trust.trust import Trust
from xlfv.valuation import collateral, hedges, tranches
from xlfv.valuation.discounting import BASES, FREQUENCY
from xlfv.valuation.fair_value import RESIDUAL_INTEREST, FairValue
from xlfv.valuation.fair_value import fair_value as value_trust
from xlfv.valuation.measurement import collateral_value as measured_value
from xlfv.valuation.yields import read_yields

_SF = "Bond Market Association, Standard Formulas (1999), SF-48 to SF-51"
_LETTER = "Impac Mortgage Holdings, letter to the SEC of 3 February 2011"
_MEANING = (
    "how the yield compounds: monthly, bond_equivalent (twice a year), annual, or dm (margin over the forward index)"
)
YIELD = Arg(
    "yield", "number", "market yield, or discount margin where basis is dm", unit="decimal a year", above=-1, high=3
)
BASIS = Arg("basis", "text", _MEANING, default="monthly", choices=BASES)
FIXED_BASIS = Arg("basis", "text", _MEANING.replace(", or dm (margin over the forward index)", ""), default="monthly",
                  choices=tuple(FREQUENCY))  # fmt: skip
PRICE = Arg("price", "number", "price, without accrued interest", unit="per 100 of balance", low=0, high=1000)
YIELDS = Arg("yields", "table", "one row a tranche and one for residual (and collateral where measured at its own): item, yield; trust, basis,"
             " low, high, cash_basis, wrap as given")  # fmt: skip
_TRANCHE_ERRORS = ["#N/A: when there is no such class"]


@function(
    "XLFV_TRANCHE_PV",
    family="value",
    args=[PROJECTION, TRANCHE, YIELD, BASIS],
    result="number",
    unit="dollars",
    source=_SF,
    errors=_TRANCHE_ERRORS,
    example=Example('=XLFV_TRANCHE_PV(projection, "A", 0.08)', 803528.47),
)
def tranche_pv(projection: Projection, tranche: str, yield_: float, basis: str) -> float:
    """Fair value of a class: its expected cash discounted at a market yield from payment dates to the as-of date."""
    return tranches.tranche_value(projection, tranche, yield_, basis)


@function(
    "XLFV_TRANCHE_PRICE",
    family="value",
    args=[PROJECTION, TRANCHE, YIELD, BASIS],
    result="number",
    unit="per 100 of balance",
    source=_SF,
    errors=[*_TRANCHE_ERRORS, "#NUM!: when the class has no balance"],
    example=Example('=XLFV_TRANCHE_PRICE(projection, "A", 0.08)', 85.0211),
)
def tranche_price(projection: Projection, tranche: str, yield_: float, basis: str) -> float:
    """Price of a class per 100 of today's balance, less interest accrued from accrual_start, or blank from the last remittance."""
    return tranches.tranche_price(projection, tranche, yield_, basis)


@function(
    "XLFV_TRANCHE_YIELD",
    family="value",
    args=[
        PROJECTION,
        TRANCHE,
        PRICE,
        BASIS,
    ],
    result="number",
    unit="decimal a year",
    source=_SF,
    errors=[*_TRANCHE_ERRORS, "#NUM!: when no yield makes the cash worth the price"],
    example=Example('=XLFV_TRANCHE_YIELD(projection, "A", 95)', 0.036982),
)
def tranche_yield(projection: Projection, tranche: str, price: float, basis: str) -> float:
    """Yield (or discount margin) of a class at a price per 100 of today's balance."""
    return tranches.tranche_yield(projection, tranche, price, basis)


@function(
    "XLFV_TRANCHE_WAL",
    family="value",
    args=[PROJECTION, TRANCHE],
    result="number",
    unit="years",
    source=_SF,
    errors=[*_TRANCHE_ERRORS, "#NUM!: when the class is paid no principal"],
    example=Example('=XLFV_TRANCHE_WAL(projection, "A")', 2.82815),
)
def tranche_wal(projection: Projection, tranche: str) -> float:
    """Weighted average life of a class: years to each dollar of its principal (of notional paid down for an io)."""
    return tranches.tranche_life(projection, tranche)


@function(
    "XLFV_TRANCHE_DURATION",
    family="value",
    args=[
        PROJECTION, TRANCHE, YIELD, FIXED_BASIS,
        Arg("measure", "text", "modified or macaulay duration, or convexity", default="modified",
            choices=("modified", "macaulay", "convexity")),
    ],
    result="number",
    unit="years; convexity years squared",
    source=_SF,
    errors=[*_TRANCHE_ERRORS, "#NUM!: when the class has no value"],
    example=Example('=XLFV_TRANCHE_DURATION(projection, "A", 0.08)', 2.48413),
)  # fmt: skip
def tranche_duration(projection: Projection, tranche: str, yield_: float, basis: str, measure: str) -> float:
    """Duration of a class at a yield, its cash held fixed: modified, macaulay, or convexity."""
    return tranches.tranche_duration(projection, tranche, yield_, basis, measure)


@function(
    "XLFV_TRANCHE_LOSS",
    family="value",
    args=[PROJECTION, TRANCHE],
    result="number",
    unit="dollars",
    source="xlfv",
    errors=_TRANCHE_ERRORS,
    example=Example('=XLFV_TRANCHE_LOSS(projection, "B")', 53321.73),
)
def tranche_loss(projection: Projection, tranche: str) -> float:
    """Principal a class is expected to lose: its write-downs, and what is unpaid when the projection ends."""
    return tranches.tranche_loss(projection, tranche)


@function(
    "XLFV_RESIDUAL_VALUE",
    family="value",
    args=[PROJECTION, YIELD, FIXED_BASIS],
    result="number",
    unit="dollars",
    source=_SF,
    example=Example("=XLFV_RESIDUAL_VALUE(projection, 0.25)", 13272.69),
)
def residual_value(projection: Projection, yield_: float, basis: str) -> float:
    """Fair value of the residual: its expected cash discounted at a yield."""
    return collateral.residual_value(projection, yield_, basis)


@function(
    "XLFV_COLLATERAL_YIELD",
    family="value",
    args=[PROJECTION, YIELDS],
    result="number",
    unit="decimal a year, compounded monthly",
    source=_LETTER,
    errors=["#NUM!: when no rate makes the loans' cash worth what bonds and residual leave for it"],
    example=Example("=XLFV_COLLATERAL_YIELD(projection, yields)", 0.111743),
)
def collateral_yield(projection: Projection, yields: Table) -> float:
    """The blended yield: the one rate at which the loans' cash is worth what bonds, residual and derivatives leave for it.

    It solves PV(loan cash) = tranche values + residual value + derivative liabilities - derivative assets - REO at net
    realizable value - other trust assets + other trust liabilities. Loan cash is net of servicing and trust costs and
    leaves out REO on hand, derivatives, draws on accounts and insurers, and call money. XLFV_BLENDED_YIELD shows every part.
    """
    return collateral.collateral_yield(projection, read_yields(yields, projection.trust))


@function(
    "XLFV_COLLATERAL_VALUE",
    family="value",
    args=[PROJECTION, YIELDS],
    result="number",
    unit="dollars",
    source=_LETTER,
    errors=["#NUM!: when there is no blended yield"],
    example=Example("=XLFV_COLLATERAL_VALUE(projection, yields)", 841629.89),
)
def collateral_value(projection: Projection, yields: Table) -> float:
    """Fair value of the securitized mortgage collateral: the loans' cash at the blended yield, or as measurement says.

    The term measurement may have it measured, from a date on, at a yield of its own (item collateral of the yields) or from the
    liabilities.
    """
    return measured_value(projection, read_yields(yields, projection.trust))


@function(
    "XLFV_REO_VALUE",
    family="value",
    args=[TRUST],
    result="number",
    unit="dollars",
    source=_LETTER,
    example=Example("=XLFV_REO_VALUE(trust)", 73780.0),
)
def reo_value(trust: Trust) -> float:
    """Real estate owned at net realizable value: value less haircut, costs to sell and advances, never above initial_basis."""
    return collateral.reo_value(trust)


@function(
    "XLFV_HEDGE_VALUE",
    family="value",
    args=[
        PROJECTION,
        Arg(
            "curve",
            "table",
            "discount curve: month, discount (annual zero rates); blank: that of the indices",
            default=None,
        ),
    ],
    result="number",
    unit="dollars",
    source="Black, The pricing of commodity contracts (1976), where the indices give a volatility; else the forward curve",
    errors=["#VALUE!: when there is neither a column discount nor LIBOR_1M"],
    example=Example("=XLFV_HEDGE_VALUE(projection)", -14847.90),
)
def hedge_value(projection: Projection, curve: Table | None) -> float:
    """Net value to the trust of its swaps, caps, corridors and floors (negative: a liability), from the forward curve."""
    return hedges.hedge_value(projection, read_indices(curve) if curve is not None else None)


def balance_grid(value: FairValue) -> list[list[object]]:
    """A trust's balance as a sheet shows it."""
    rows: list[list[object]] = [["side", "item", "balance", "yield", "fair_value", "price"]]
    for side, total in (("asset", "Total trust assets"), ("liability", "Total trust liabilities")):
        rows += [[ln.side, ln.item, ln.balance, ln.rate, ln.value, ln.price] for ln in value.lines if ln.side == side]
        rows.append(["total", total, None, None, value.total(side), None])
    rows += [[ln.side, RESIDUAL_INTEREST, None, ln.rate, ln.value, None] for ln in value.lines if ln.side == "residual"]
    rows += [[ln.side, ln.item, None, None, ln.value, None] for ln in value.lines if ln.side == "difference"]
    rows.append(["measurement", value.said, None, None, None, None])
    rows += [["notice", notice, None, None, None, None] for notice in value.notices]
    gap = value.gap
    rows.append(["check", "Assets - liabilities - residual (0 = ties)", None, None, round(gap, 2) + 0.0, None])
    return rows


@function(
    "XLFV_FAIR_VALUE",
    family="value",
    args=[PROJECTION, YIELDS],
    result="grid",
    unit="dollars, yields in decimals, prices per 100",
    source=_LETTER,
    errors=[
        "#NUM!: when there is no blended yield",
        "#VALUE!: when the measurement asks for a yield of the collateral and none is given, or a check of XLFV_VALUE_CHECKS fails",
    ],
    example=Example(
        "=XLFV_FAIR_VALUE(projection, yields)",
        [
            ["side", "item", "balance", "yield", "fair_value", "price"],
            ["asset", "Securitized mortgage collateral", 1155000.0, 0.111743, 841629.89, 72.8684],
            ["asset", "Real estate owned, at net realizable value", None, None, 73780.0, None],
            ["asset", "Derivative assets", None, None, 0.0, None],
            ["asset", "Other trust assets", None, None, 0.0, None],
            ["total", "Total trust assets", None, None, 915409.89, None],
            ["liability", "A", 945000.0, 0.08, 803528.47, 85.0295],
            ["liability", "M", 180000.0, 0.18, 73426.04, 40.7922],
            ["liability", "B", 90000.0, 0.3, 10334.79, 11.4831],
            ["liability", "Derivative liabilities", None, None, 14847.9, None],
            ["liability", "Other trust liabilities", None, None, 0.0, None],
            ["total", "Total trust liabilities", None, None, 902137.21, None],
            ["residual", "Residual interest", None, 0.25, 13272.69, None],
            [
                "measurement",
                "blended: assets = liabilities + residual is imposed by the yield of the collateral",
                *[None] * 4,
            ],
            ["check", "Assets - liabilities - residual (0 = ties)", None, None, 0.0, None],
        ],
    ),
)
def fair_value(projection: Projection, yields: Table) -> list[list[object]]:
    """The trust's whole balance at fair value: assets, liabilities by tranche, residual; assets = liabilities + residual.

    Everything is discounted from the day of payment (remittance and delay) to the as-of date, over 30/360 years (a discount
    margin over actual/360 days). Values, and prices per 100 of balance beside them, hold accrued interest;
    XLFV_TRANCHE_PRICE leaves it out, from accrual_start (blank: the last remittance) to the as-of date. The row measurement says
    how the collateral is measured on the as-of date, and whether the identity is imposed by that; measured independently, the difference is a line of
    its own. Notices say which yields lie outside their range and why, where contractual cash is discounted, and which classes are
    valued without their insurer.
    """
    return balance_grid(value_trust(projection, read_yields(yields, projection.trust)))
