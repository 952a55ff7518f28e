"""Long-term debt, derivatives by name, and the movement of real estate owned, in cells."""

from __future__ import annotations

import datetime as dt
import math

from xlfv.excel.arguments import Arg
from xlfv.excel.functions.projection import INDICES, PROJECTION, attempt
from xlfv.excel.registry import Example, function
from xlfv.market.indices import NO_INDICES, Indices, read_indices
from xlfv.projection.projection import Projection
from xlfv.tables import Fault, Refused, Table
from xlfv.trust.trust import Trust
from xlfv.valuation.debt import DebtValue, debt_values, find
from xlfv.valuation.debt_terms import Debt, read_debt
from xlfv.valuation.hedges import value_hedges
from xlfv.valuation.reo import AMOUNTS, reo_movement

_ASC = "ASC 825-10-50-28 to 50-30 and ASU 2016-01 (own credit apart); Impac Mortgage Holdings, letter to the SEC of 3 February 2011"
DEBT = Arg("debt", "table", "one row an instrument: instrument, balance, coupon (a rate, or steps in words), maturity, yield,"
           " own_credit_spread; index, margin, frequency and more as given")  # fmt: skip
AS_OF = Arg("as_of", "date", "valuation date; a payment on or before it is settled")
_DEBT_ERRORS = [
    "#N/A: when there is no such instrument",
    "#VALUE!: when the table has faults, or an index it names is not given",
]
_VALUE_HEADER = [
    "instrument", "unpaid_balance", "fair_value", "accrued_interest", "price", "base_yield", "own_credit_spread",
    "discount_yield", "value_without_own_credit", "own_credit_effect", "fair_value_less_unpaid",
]  # fmt: skip
_CASH_HEADER = [
    "date", "period_start", "accrual", "coupon", "interest", "interest_on_deferred", "deferred", "interest_paid", "principal",
    "cash", "deferred_after", "discount_factor", "present_value",
]  # fmt: skip


def _valued(debt: Table, as_of: dt.date, indices: Table | None, instrument: str | None) -> tuple[DebtValue, ...]:
    """All instruments, or the one named, at fair value; the faults of both tables are told together."""
    faults: list[Fault] = []

    def reader(table: Table) -> tuple[Debt, ...]:
        return read_debt(table, as_of)

    read = attempt(reader, debt, faults)
    forward: Indices | None = attempt(read_indices, indices, faults) if indices is not None else NO_INDICES
    if read is None or forward is None:
        raise Refused(faults)
    return debt_values(read if instrument is None else [find(read, instrument)], as_of, forward)


@function(
    "XLFV_DEBT_VALUE",
    family="value",
    args=[
        DEBT,
        AS_OF,
        INDICES,
        Arg(
            "instrument",
            "text",
            "which one, for its fair value alone; blank: all, with what is own credit",
            default=None,
        ),
    ],
    result="grid",
    unit="dollars, prices per 100, yields in decimals",
    source=_ASC,
    errors=_DEBT_ERRORS,
    example=Example(
        "=XLFV_DEBT_VALUE(debt, DATE(2009,12,31), debt_indices)",
        [
            _VALUE_HEADER,
            ["notes 2034", 620000.0, 99998.04, 0.0, 16.1287, 0.085, 0.14, 0.225, 405363.95, -305365.92, -520001.96],
        ],
    ),
)
def debt_value(debt: Table, as_of: dt.date, indices: Table | None, instrument: str | None) -> list[list[object]]:
    """Fair value of the company's long-term debt (trust preferred) at base yield plus own credit spread, and what is own credit.

    The company's own credit is a factor of this debt, which it owes itself, and of no trust's borrowings, which are non-recourse.
    discount_yield = yield + own_credit_spread; own_credit_effect = fair_value - value_without_own_credit (below 0: the debt is
    worth less for the company's credit), disclosed apart. Fair value holds accrued and deferred interest, price leaves them out.
    Payments are counted back from maturity without business days, and discounted over 30/360 years. A coupon in words: '2%
    through 2013 then +1% a year through 2017 then LIBOR_3M + 3.75%'; rates carry a percent sign, 'until' a date means that
    the next holds from that day on, 'through' that it holds from the day after. A floating rate is that of the indices' row of the
    month in which its period begins (the period that runs: current_coupon, or today's row).
    """
    values = _valued(debt, as_of, indices, instrument)
    if instrument is not None:
        return [[values[0].value]]
    rows: list[list[object]] = [list(_VALUE_HEADER)]
    for one in values:
        terms = one.debt
        rows.append([
            terms.name, terms.balance, one.value, one.accrued, one.price, terms.base_yield, terms.own_credit_spread,
            terms.discount_yield, one.value_without, one.own_credit_effect, one.value - terms.balance,
        ])  # fmt: skip
    sums = [math.fsum(amounts) for amounts in zip(*(
        (o.debt.balance, o.value, o.accrued, o.value_without, o.own_credit_effect, o.value - o.debt.balance) for o in values
    ), strict=True)]  # fmt: skip
    price = 100.0 * (sums[1] - sums[2]) / sums[0] if sums[0] else None
    return [*rows, ["total", *sums[:3], price, None, None, None, *sums[3:]]]


@function(
    "XLFV_DEBT_CASHFLOW",
    family="value",
    args=[DEBT, AS_OF, INDICES, Arg("instrument", "text", "which one")],
    result="grid",
    unit="dollars, coupons in decimals a year, accrual a share of a year",
    source=_ASC,
    errors=_DEBT_ERRORS,
    example=Example(
        '=XLFV_DEBT_CASHFLOW(debt, DATE(2009,12,31), debt_indices, "notes 2034")',
        [
            _CASH_HEADER,
            [
                dt.date(2010, 3, 30),
                dt.date(2009, 12, 30),
                0.25,
                0.02,
                3100.0,
                0.0,
                0.0,
                3100.0,
                0.0,
                3100.0,
                0.0,
                0.946746,
                2934.91,
            ],
        ],
    ),
)
def debt_cashflow(debt: Table, as_of: dt.date, indices: Table | None, instrument: str) -> list[list[object]]:
    """Every payment of an instrument after the as-of date, with its discount factor at base yield plus own credit spread.

    coupon is interest over accrual and balance, the mean where the rate changes inside the period. Interest of dates before
    deferral is deferred, and bears interest at the coupon unless deferral_compounding is no; the first payment on or after
    deferral, or maturity, pays it. present_value adds up to the fair value.
    """
    (value,) = _valued(debt, as_of, indices, instrument)
    balance = value.debt.balance
    rows: list[list[object]] = [list(_CASH_HEADER)]
    for one, factor in zip(value.payments, value.factors.tolist(), strict=True):
        coupon = one.interest / (balance * one.accrual) if balance and one.accrual else None
        rows.append([
            one.date, one.start, one.accrual, coupon, one.interest, one.on_deferred, one.deferred, one.paid, one.principal,
            one.cash, one.left, factor, one.cash * factor,
        ])  # fmt: skip
    return rows


_HEDGE_HEADER = [
    "trust", "hedge", "type", "notional", "value_before", "credit_adjustment", "value", "side", "accrued", "counterparty",
    "counterparty_spread", "own_spread",
]  # fmt: skip


@function(
    "XLFV_HEDGE_VALUES",
    family="value",
    args=[
        PROJECTION,
        Arg("curve", "table", "discount curve: month, discount (annual zero rates); blank: that of the indices",
            default=None),
    ],
    result="grid",
    unit="dollars, spreads in decimals a year",
    source="Black, The pricing of commodity contracts (1976), where the indices give a volatility; credit adjustments: Duffie and"
    " Huang, Swap Rates and Credit Quality, Journal of Finance 51 (1996)",
    errors=["#VALUE!: when there is neither a column discount nor LIBOR_1M"],
    example=Example(
        "=XLFV_HEDGE_VALUES(projection)",
        [
            _HEDGE_HEADER,
            ["SAMPLE-1", "SWAP", "swap", 200000.0, -14847.90, 0.0, -14847.90, "liability", -137.3, "the dealer", 0.0, 0.0],
        ],
    ),
)  # fmt: skip
def hedge_values(projection: Projection, curve: Table | None) -> list[list[object]]:
    """Each derivative of a trust at fair value: before credit adjustment, the adjustment, and whether it is an asset or a liability.

    From the last month back, what remains is discounted at the curve and further at the spread of the side that owes it then:
    counterparty_spread where it is the trust's asset, own_spread (the trust's, which is non-recourse to the company) where its liability.
    notional is that of the period that runs. value holds the whole settlement of that period; accrued is its share for the days
    from the last remittance to the as-of date. Derivatives outside the trust are left out; a trust with none gives the header alone.
    """
    rows: list[list[object]] = [list(_HEDGE_HEADER)]
    for one in value_hedges(projection, read_indices(curve) if curve is not None else None):
        rows.append([
            projection.name, one.name, one.kind, one.notional, one.before, one.adjustment, one.value, one.side, one.accrued,
            one.counterparty or None, one.counterparty_spread, one.own_spread,
        ])  # fmt: skip
    return rows


_REO_HEADER = [
    "trust", "loan_id", "opening_nrv", *AMOUNTS[1:-1], "closing_nrv", "loan_balance", "initial_basis", "write_up_not_taken",
    "note",
]  # fmt: skip


@function(
    "XLFV_REO_MOVEMENT",
    family="reporting",
    args=[
        Arg("trust_before", "handle", "the trust at the first date", of="trust"),
        Arg("trust_after", "handle", "the same trust at the second date", of="trust"),
        Arg("sales", "table", "one row a property sold in between: loan_id, date, proceeds (net of costs to sell and of"
            " advances repaid); initial_basis where it was foreclosed in between too", default=None),
    ],
    result="grid",
    unit="dollars",
    source="ASC 360-10-35-40; Impac Mortgage Holdings, letter to the SEC of 3 February 2011, response 1",
    errors=["#VALUE!: when the trusts are not one at two dates, an initial basis has changed, or what was sold is not there"],
    example=Example(
        "=XLFV_REO_MOVEMENT(trust, trust_after, sales)",
        [
            _REO_HEADER,
            ["SAMPLE-1", "1006", 73780.0, 0.0, -92000.0, 18220.0, 0.0, 0.0, 0.0, 0.0, 100000.0, "", 0.0, ""],
            ["SAMPLE-1", "1005", 0.0, 112000.0, 0.0, 0.0, -1600.0, 0.0, 0.0, 110400.0, 160000.0, 112000.0, 0.0, ""],
            ["SAMPLE-1", "total", 73780.0, 112000.0, -92000.0, 18220.0, -1600.0, 0.0, 0.0, 110400.0, "", "", 0.0, ""],
        ],
    ),
)  # fmt: skip
def movement(trust_before: Trust, trust_after: Trust, sales: Table | None) -> list[list[object]]:
    """Real estate owned at net realizable value between two dates: foreclosed in, sold, gains, write-downs, write-ups, by property.

    Carried at the lower of the initial basis (net realizable value at foreclosure) and value less haircut, costs to sell and
    advances: a recovery undoes earlier write-downs and no more; what is above the basis stands in write_up_not_taken. Each row foots:
    opening + foreclosed_in + sold + gain_on_sale + written_down + written_up + not_explained = closing, with sold and
    written_down below 0. A property that is gone without a sale stands in not_explained, and note says so. Losses from REO of the
    rollforward are gain_on_sale + written_down + written_up of the total.
    """
    result = reo_movement(trust_before, trust_after, sales)
    rows: list[list[object]] = [list(_REO_HEADER)]
    for move in result.moves:
        amounts = [getattr(move, amount) for amount in AMOUNTS]
        rows.append([
            result.trust, move.loan_id, *amounts, move.loan_balance, move.initial_basis, move.not_taken, move.note or None,
        ])  # fmt: skip
    totals = [result.total(amount) for amount in AMOUNTS]
    lost = math.fsum(move.not_taken for move in result.moves)
    return [*rows, [result.trust, "total", *totals, None, None, lost, None]]
