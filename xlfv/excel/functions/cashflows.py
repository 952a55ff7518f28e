"""Value, yield and average life of cash flows that analysts keep in ranges of their own."""

from __future__ import annotations

import math

import numpy as np

from xlfv.excel.arguments import Arg
from xlfv.excel.registry import Example, function
from xlfv.excel.series import Series
from xlfv.excel.words import shown
from xlfv.kernels import yields
from xlfv.tables import Fault, Refused
from xlfv.valuation.discounting import FREQUENCY

_SF = "Bond Market Association, Standard Formulas (1999)"
_CASH = Arg(
    "cashflows",
    "series",
    "one row or column of amounts, the first due in month 1, blank cells zero; or a table with the columns month (or "
    "date, counted from the first row's) and cash",
    unit="dollars",
)
_BASIS = Arg(
    "basis",
    "text",
    "compounding of the yield; bond_equivalent is twice a year, annual is the effective rate",
    default="monthly",
    choices=tuple(FREQUENCY),
)


@function(
    "XLFV_PV",
    family="cash flows",
    args=[_CASH, Arg("yield", "number", "annual yield on the basis named", unit="decimal a year", above=-1), _BASIS],
    result="number",
    unit="dollars",
    source=f"{_SF}, SF-48 to SF-51",
    errors=["#NUM!: the yield is -100% a period or less"],
    example=Example("=XLFV_PV(cashflows, 0.06)", 11883.81),
)
def pv(cashflows: Series, yield_: float, basis: str) -> float:
    """Present value of cash flows at a yield.

    Each amount is divided by (1 + yield/m) ^ (m * years), m = 12, 2 or 1 by the basis. In a table, month 0 is not
    discounted; with dates, time is counted from the first date in actual days over 365, as in Excel's XNPV.
    """
    return yields.present_value(cashflows.amounts, cashflows.years, yield_, FREQUENCY[basis])


@function(
    "XLFV_IRR",
    family="cash flows",
    args=[_CASH, Arg("price", "number", "what is paid for them today", unit="dollars"), _BASIS],
    result="number",
    unit="decimal a year",
    source=f"{_SF}, SF-48 to SF-51",
    errors=[
        "#NUM!: no yield between -99.9% a period and 100,000% a year is worth the price",
        "#NUM!: several yields are worth the price, as the cash flows change sign",
    ],
    example=Example("=XLFV_IRR(cashflows, 11900)", 0.0586002),
)
def irr(cashflows: Series, price: float, basis: str) -> float:
    """Yield at which cash flows are worth a price: the annual internal rate of return on the basis named.

    It is refused where several yields are worth the price: none of them is the answer.
    """
    rate, _, roots = yields.internal_rate(cashflows.amounts, cashflows.years, price, FREQUENCY[basis])
    if roots == 1 and math.isfinite(rate):
        return float(rate)
    total = f"the cash flows add up to {shown(float(np.sum(cashflows.amounts)))}"
    if roots > 1:
        what = f"{roots} yields are worth the price of {shown(price)} (the nearest to zero is {rate:.6%}); {total}"
        raise Refused(Fault(what, todo="value them with XLFV_PV at a yield of your own"), code="#NUM!")
    what = f"no yield between -99.9% a period and 100,000% a year is worth the price of {shown(price)}; {total}"
    raise Refused(Fault(what, todo="check the price (dollars, not per 100) and the signs"), code="#NUM!")


@function(
    "XLFV_WAL",
    family="cash flows",
    args=[
        Arg(
            "principal",
            "series",
            "one row or column of principal, the first paid in month 1, blank cells zero; or a table with the columns "
            "month (or date, counted from the first row's) and principal",
            unit="dollars",
            of="principal",
        )
    ],
    result="number",
    unit="years",
    source=f"{_SF}, SF-45",
    errors=["#DIV/0!: there is no principal"],
    example=Example("=XLFV_WAL(cash_table)", 0.194444),
)
def wal(principal: Series) -> float:
    """Weighted average life: years to each payment of principal, weighted by the payment.

    sum(month * principal) / 12 / sum(principal).
    """
    total = float(np.sum(principal.amounts))
    if total == 0.0:
        raise Refused(Fault("the principal adds up to 0: there is no average life"), code="#DIV/0!")
    return float((principal.years * principal.amounts).sum() / total)
