"""The collateral's yield taken apart, the checks of a balance, weighted scenarios, and unpaid principal, in cells."""

from __future__ import annotations

from xlfv.excel.arguments import Arg
from xlfv.excel.functions.projection import CURVES, INDICES, PROJECTION, attempt
from xlfv.excel.functions.trust import TRUST
from xlfv.excel.functions.value import YIELDS
from xlfv.excel.registry import Example, function
from xlfv.market.curves import read_curves
from xlfv.market.indices import NO_INDICES, read_indices
from xlfv.projection.projection import Projection
from xlfv.tables import ErrorCell, Fault, Refused, Table
from xlfv.trust.trust import Trust
from xlfv.valuation import collateral as c
from xlfv.valuation.balance import RESIDUAL_INTEREST
from xlfv.valuation.blended import Blended, blended
from xlfv.valuation.measurement import SAID, measurement_of
from xlfv.valuation.unpaid_principal import Unpaid, unpaid_principal
from xlfv.valuation.value_checks import value_checks
from xlfv.valuation.weighted import weighted_value
from xlfv.valuation.yields import RESIDUAL, read_yields

_LETTER = "Impac Mortgage Holdings, letter to the SEC of 3 February 2011"
_NO_YIELD = "#NUM!: when there is no blended yield, or several rates fit"
_SAID = {
    c.TRANCHE: "tranche", RESIDUAL: "residual", c.DERIVATIVE: "derivative", c.REO: "real estate owned", c.ASSET: "other asset",
    c.LIABILITY: "other liability",
}  # fmt: skip
_NOTES = {
    c.TRANCHE: "value, accrued interest included", RESIDUAL: "value", c.DERIVATIVE: "a liability adds, an asset takes away",
    c.REO: "at net realizable value, taken away", c.ASSET: "taken away", c.LIABILITY: "added",
}  # fmt: skip


def _told(value: float | Refused) -> float | ErrorCell:
    """A number, or the error that stands in its cell, with its reason."""
    return ErrorCell(value.code, str(value)) if isinstance(value, Refused) else value


def _note(value: float | Refused, note: str) -> str:
    """The note of a row; why there is no number where there is none."""
    return str(value) if isinstance(value, Refused) else note


def blended_grid(found: Blended, said: str) -> list[list[object]]:
    """The blended yield as a sheet shows it."""
    rows: list[list[object]] = [["part", "item", "dollars", "yield", "note"]]
    for part in found.claims.parts:
        item = RESIDUAL_INTEREST if part.kind == RESIDUAL else "all" if part.kind == c.REO else part.item
        rows.append([_SAID[part.kind], item, part.amount + 0.0, part.rate, _NOTES[part.kind]])
    rows += [
        ["C", "What bonds, residual and the rest leave the loans to be worth", found.claims.total, None, "sum of the parts"],
        ["loan cash", "Undiscounted", found.cash, None, "; ".join(found.notices) or None],
        ["collateral", "Blended yield", found.value, found.rate, "PV(loan cash) = C"],
        ["beside it", "Bond and residual cash at their combined price", found.combined_price, _told(found.combined),
         _note(found.combined, "the letter's literal words: their internal rate")],
        ["beside it", "Collateral at that rate", _told(found.collateral_there), _told(found.combined),
         _note(found.collateral_there, "PV(loan cash)")],
        ["beside it", "Gap to C", _told(found.gap), None, _note(found.gap, "collateral at that rate less C")],
        ["beside it", "Whole-asset yield", found.whole_price, _told(found.whole),
         _note(found.whole, "loans and REO sales at C + net realizable value")],
        ["beside it", "Value-weighted average", found.combined_price, _told(found.average),
         _note(found.average, "of tranches and residual, as monthly yields")],
        ["beside it", "From discounted tranche cash against undiscounted NRV", None, _told(found.from_discounting),
         _note(found.from_discounting, "collateral's yield less whole-asset yield")],
        ["measurement", "In force on the as-of date", None, None, said],
    ]  # fmt: skip
    return rows + [["notice", "Chosen yields", None, None, flag] for flag in found.flags]


@function(
    "XLFV_BLENDED_YIELD",
    family="value",
    args=[PROJECTION, YIELDS],
    result="grid",
    unit="dollars; yields in decimals a year, those beside C compounded monthly",
    source=_LETTER,
    errors=[_NO_YIELD],
    example=Example(
        "=XLFV_BLENDED_YIELD(projection, yields)",
        [
            ["part", "item", "dollars", "yield", "note"],
            ["tranche", "A", 803528.47, 0.08, "value, accrued interest included"],
            ["tranche", "M", 73426.04, 0.18, "value, accrued interest included"],
            ["tranche", "B", 10334.79, 0.3, "value, accrued interest included"],
            ["residual", "Residual interest", 13272.69, 0.25, "value"],
            ["derivative", "SWAP", 14847.90, None, "a liability adds, an asset takes away"],
            ["real estate owned", "all", -73780.0, None, "at net realizable value, taken away"],
            ["other asset", "cash in transit", 0.0, None, "taken away"],
            ["other asset", "other assets", 0.0, None, "taken away"],
            ["other liability", "other liabilities", 0.0, None, "added"],
            ["C", "What bonds, residual and the rest leave the loans to be worth", 841629.89, None, "sum of the parts"],
            ["loan cash", "Undiscounted", 1326384.09, None, None],
            ["collateral", "Blended yield", 841629.89, 0.111743, "PV(loan cash) = C"],
            [
                "beside it",
                "Bond and residual cash at their combined price",
                900561.99,
                0.111096,
                "the letter's literal ...",
            ],
            ["beside it", "Collateral at that rate", 843432.48, 0.111096, "PV(loan cash)"],
            ["beside it", "Gap to C", 1802.59, None, "collateral at that rate less C"],
            ["beside it", "Whole-asset yield", 915409.89, 0.110595, "loans and REO sales at C + net realizable value"],
            ["beside it", "Value-weighted average", 900561.99, 0.093184, "of tranches and residual, as monthly yields"],
        ],
    ),
)
def blended_yield(projection: Projection, yields: Table) -> list[list[object]]:
    """The blended yield with every part of C, and beside it the other yields that one might mean, each with its gap.

    C is tranche values + residual value + derivative liabilities - derivative assets - REO at net realizable value - other
    trust assets (cash in transit, accounts) + other trust liabilities, accrued interest included; the blended yield makes the
    loans' cash worth it. That cash is net of servicing, trust costs and repaid advances; it leaves out REO on hand, derivatives,
    draws on accounts and insurers, and call money: of a deal that is called it is that of loans that nobody buys.

    Beside it: the internal rate of bond and residual cash at their combined price (the letter's literal words), the collateral
    at that rate and its gap to C; the whole-asset yield, of loans and REO sales at C + net realizable value; the average yield
    weighted by value; and what comes from discounting tranche cash that REO pays against its undiscounted value. One that does
    not exist is an error in its cell, with its reason beside it; without a blended yield the whole fails. Notices say which
    chosen yields lie outside their range, and why.
    """
    found = blended(projection, read_yields(yields, projection.trust))
    return blended_grid(found, SAID[measurement_of(projection)])


@function(
    "XLFV_VALUE_CHECKS",
    family="value",
    args=[PROJECTION, YIELDS],
    result="grid",
    unit="dollars",
    source="xlfv",
    errors=[_NO_YIELD],
    example=Example(
        "=XLFV_VALUE_CHECKS(projection, yields)",
        [
            ["check", "ours", "independent", "difference", "state"],
            ["pool cash split: loans + REO + call = what the ...", 1401837.92, 1401837.92, 0.0, "holds"],
            ["fees: taken from loan cash = paid by steps", 1673.83, 1673.83, 0.0, "holds"],
        ],
    ),
)
def checks(projection: Projection, yields: Table) -> list[list[object]]:
    """Every check of a trust's balance by name: our number, the same by another way, the difference, and holds or fails.

    Cash is followed month by month from loans through the waterfall's record to who is paid (loans, fees, REO, derivatives,
    accounts, insurers, residual); every tranche, the residual and the collateral are valued once more from that record by plain
    sums. Of cash by month, ours and independent are sums, difference is that of the worst month. XLFV_FAIR_VALUE refuses a
    balance of which a check fails.
    """
    rows: list[list[object]] = [["check", "ours", "independent", "difference", "state"]]
    for one in value_checks(projection, read_yields(yields, projection.trust)):
        state = "holds" if one.holds else "fails"
        rows.append([one.name, one.ours + 0.0, one.independent + 0.0, round(one.difference, 6) + 0.0, state])
    return rows


@function(
    "XLFV_WEIGHTED_VALUE",
    family="value",
    args=[
        TRUST,
        CURVES,
        YIELDS,
        Arg("scenarios", "table", "one row a scenario as XLFV_SCENARIOS takes them (scenario, change, a column a curve,"
            " index_shift), and weight: its probability, together 1"),
        INDICES,
        Arg("months", "integer", "horizon; blank: to the last maturity and liquidation", unit="months", default=None, low=1,
            high=720),
    ],
    result="grid",
    unit="dollars",
    source="ASC 820-10-55-13 to 55-20 (expected present value technique)",
    errors=[
        "#VALUE!: when scenarios, weights or yields have faults",
        "#VALUE!: when curves or indices have faults, or lack what a loan, bond or derivative names",
    ],
    example=Example(
        "=XLFV_WEIGHTED_VALUE(trust, curves, yields, weighted_grid, indices)",
        [
            ["side", "item", "single path", "as given (25%)", "slow (50%)", "stress (25%)", "weighted", "weighted less single"],
            ["asset", "Securitized mortgage collateral", 841629.89, 841629.89, 802861.58, 815295.18, 815662.06, -25967.83],
        ],
    ),
)  # fmt: skip
def weighted(
    trust: Trust, curves: Table, yields: Table, scenarios: Table, indices: Table | None, months: int | None
) -> list[list[object]]:
    """Each line of the trust's balance on the single path, under every scenario, and probability-weighted beside it.

    The single path is the curves as given. Yields are the same throughout. The residual is a sliver of the trust and bends
    with the curves: its value on the mean path is not the mean of its values. A scenario without a value is an error in its
    cells, with its reason, and so is the weighted value it counts in.
    """
    faults: list[Fault] = []
    chosen = attempt(lambda table: read_yields(table, trust), yields, faults)
    read = attempt(read_curves, curves, faults)
    forward = attempt(read_indices, indices, faults) if indices is not None else NO_INDICES
    if chosen is None or read is None or forward is None:
        raise Refused(faults)
    found = weighted_value(trust, curves, chosen, scenarios, forward, months)
    names = [f"{one.name} ({100.0 * weight:.6g}%)" for one, weight in zip(found.scenarios, found.weights, strict=True)]
    rows: list[list[object]] = [["side", "item", "single path", *names, "weighted", "weighted less single"]]
    for line in found.lines:
        missing = next((v for v in (line.weighted, line.single) if isinstance(v, Refused)), None)
        less: float | Refused
        if missing is not None:
            less = missing
        else:
            assert isinstance(line.weighted, float)
            assert isinstance(line.single, float)
            less = line.weighted - line.single
        values = [_told(value) for value in line.values]
        rows.append([line.side, line.item, _told(line.single), *values, _told(line.weighted), _told(less)])
    return rows


@function(
    "XLFV_UNPAID_PRINCIPAL",
    family="value",
    args=[
        PROJECTION,
        YIELDS,
        Arg("nonaccrual", "integer", "payments missed from which a loan is in nonaccrual; in foreclosure or bankruptcy it is",
            unit="payments", default=3, low=1, high=24),
    ],
    result="grid",
    unit="dollars",
    source="ASC 825-10-50-28; days late as the Mortgage Bankers Association counts them",
    errors=["#NUM!: when there is no blended yield"],
    example=Example(
        "=XLFV_UNPAID_PRINCIPAL(projection, yields)",
        [
            ["item", "loans", "unpaid_principal", "fair_value", "difference"],
            ["Securitized mortgage collateral", 5.0, 1155000.0, 841629.89, -313370.11],
            ["of which 90 days late or more (MBA)", 1.0, 160000.0, 96471.58, -63528.42],
        ],
    ),
)  # fmt: skip
def unpaid(projection: Projection, yields: Table, nonaccrual: int) -> list[list[object]]:
    """Unpaid principal beside fair value: collateral, loans 90 days late or more, nonaccrual, and every tranche.

    Late loans are worth their own cash, net of servicing and their part of the trust's costs (by balance), at the yield of the
    whole collateral, so that parts sum to it. Loans in foreclosure count as 90 days late; a loan that does not say how many
    payments it missed is taken at what its status says. An io has no principal. REO stands in neither: it is no loan.
    """
    found = unpaid_principal(projection, read_yields(yields, projection.trust), nonaccrual)
    rows: list[list[object]] = [["item", "loans", "unpaid_principal", "fair_value", "difference"]]
    return rows + [_unpaid_row(one) for one in found]


def _unpaid_row(one: Unpaid) -> list[object]:
    return [one.item, one.count, one.balance, _told(one.value), _told(one.difference)]
