"""Market conventions in cells: prepayment and default speeds, vectors in words, curves changed, level payments."""

from __future__ import annotations

from xlfv.excel.arguments import Arg
from xlfv.excel.registry import Example, function
from xlfv.excel.series import Floats
from xlfv.market import rates, vectors
from xlfv.market.curve_changes import change_curves
from xlfv.tables import Table

_SF = "Bond Market Association, Standard Formulas (1999)"
_SPEED = "as typed by analysts: 100 is the standard itself, 150 one and a half times it"
_AGE = Arg("age", "number", "loan age; the rate is that of a loan in this month of its life", unit="months", low=0)


@function(
    "XLFV_SMM",
    family="market",
    args=[Arg("cpr", "number", "annual prepayment or default rate", unit="decimal a year", low=0, high=1)],
    result="number",
    unit="decimal a month",
    source=f"{_SF}, SF-5",
    example=Example("=XLFV_SMM(0.06)", 0.005143),
)
def smm(cpr: float) -> float:
    """Single monthly mortality of an annual prepayment rate (CPR); likewise the monthly default rate of a CDR.

    smm = 1 - (1 - cpr) ^ (1/12).
    """
    return rates.smm_from_cpr(cpr)


@function(
    "XLFV_CPR",
    family="market",
    args=[Arg("smm", "number", "monthly prepayment or default rate", unit="decimal a month", low=0, high=1)],
    result="number",
    unit="decimal a year",
    source=f"{_SF}, SF-5",
    example=Example("=XLFV_CPR(0.01)", 0.113615),
)
def cpr(smm: float) -> float:
    """Annual prepayment rate (CPR) of a single monthly mortality; likewise the CDR of a monthly default rate.

    cpr = 1 - (1 - smm) ^ 12.
    """
    return rates.cpr_from_smm(smm)


@function(
    "XLFV_PSA",
    family="market",
    args=[Arg("speed", "number", f"speed, {_SPEED}", unit="percent PSA", low=0), _AGE],
    result="number",
    unit="CPR, decimal a year",
    source=f"{_SF}, SF-6",
    example=Example("=XLFV_PSA(150, 15)", 0.045),
)
def psa(speed: float, age: float) -> float:
    """Annual prepayment rate (CPR) at a speed of the PSA standard for a loan of some age.

    100 PSA is 0.2% CPR in month 1, 0.2% more each month up to 6% in month 30, then 6%. Months count from 1: age 0 is
    taken as 1. Never over 1.
    """
    return rates.psa_cpr(speed, age)


@function(
    "XLFV_ABS",
    family="market",
    args=[
        Arg(
            "speed",
            "number",
            "absolute prepayment speed: the share of the loans originally in the pool that prepays in a month (1.5 ABS is 1.5%)",
            unit="decimal a month",
            low=0,
            high=1,
        ),
        _AGE,
    ],
    result="number",
    unit="SMM, decimal a month",
    source=f"{_SF}, SF-13 to SF-15",
    example=Example("=XLFV_ABS(0.02, 11)", 0.025),
)
def abs_speed(speed: float, age: float) -> float:
    """Single monthly mortality (SMM) at an absolute prepayment speed (ABS) for a loan of some age.

    smm = abs / (1 - abs * (age - 1)): as the same number of loans prepays every month, it is a growing share of those left.
    Months count from 1: age 0 is taken as 1. Never over 1.
    """
    return rates.abs_smm(speed, age)


@function(
    "XLFV_SDA",
    family="market",
    args=[Arg("speed", "number", f"speed, {_SPEED}", unit="percent SDA", low=0), _AGE],
    result="number",
    unit="CDR, decimal a year",
    source=f"{_SF}, SF-20",
    example=Example("=XLFV_SDA(100, 90)", 0.00315),
)
def sda(speed: float, age: float) -> float:
    """Annual default rate (CDR) at a speed of the Standard Default Assumption for a loan of some age.

    100 SDA rises by 0.02% a month to 0.60% in month 30, stays to month 60, falls to 0.03% in month 120 and stays.
    """
    return rates.sda_cdr(speed, age)


@function(
    "XLFV_VECTOR",
    family="market",
    args=[
        Arg(
            "text", "text", "the vector in percent, like '6 ramp 24 to 12' or '2 for 6 then 8'; the last value holds on"
        ),
        Arg("months", "integer", "how many months to give", unit="months", low=1, high=vectors.MAX_MONTHS),
    ],
    result="grid",
    unit="decimal",
    source="xlfv",
    example=Example('=XLFV_VECTOR("6 ramp 3 to 12 then 4", 5)', [[0.06], [0.09], [0.12], [0.04], [0.04]]),
)
def vector(text: str, months: int) -> Floats:
    """A curve in words spelled out month by month: one row a month, month 1 first.

    Pieces are joined by "then": a number, "number for months", or "number ramp months to number". Numbers are percent
    in the words and decimals in the cells. At the end the whole vector may be scaled and shifted, from left to right:
    "8 ramp 24 to 15 * 1.1", "2 for 6 then 8 + 1" (percentage points).
    """
    return vectors.parse_vector(text, months)


@function(
    "XLFV_CURVES_CHANGE",
    family="market",
    args=[
        Arg("curves", "table", "the curves, as XLFV_PROJECT takes them"),
        Arg(
            "change",
            "text",
            "what is done: '* 1.1' (prepayment, default and severity), '+ 100 for severity' (basis points), "
            "'cdr * 1.25 then cpr * 0.8', '* 1.2 for cdr of subprime'",
        ),
    ],
    result="grid",
    unit="as in the curves",
    source="xlfv",
    errors=["#VALUE!: when the curves have faults, or the change cannot be read or names what they do not hold"],
    example=Example(
        '=XLFV_CURVES_CHANGE(curves, "* 1.1 for cdr then + 100 for severity")',
        [["month", "cpr", "cdr", "severity", "recovery_lag"], [1.0, 0.06, 0.077, 0.41, 9.0]],
    ),
)
def curves_change(curves: Table, change: str) -> list[list[object]]:
    """Curves scaled and shifted: a table spelled out month by month, which XLFV_PROJECT takes as it is.

    Changes are joined by "then" or ";". "* 1.1" or "curves * 1.1" scales the rates: prepayment, default and severity; "for"
    names columns, "of" a curve set, and columns may also stand before the sign. "+" and "-" move rates by basis points (100 is
    1%), PSA and SDA speeds by percent of the standard, and columns of months by months. "prepay" and "default" are whichever
    rate is given; "severity", "cure" and "months_to_liquidation" include the columns by status. Every result is held to what
    its column allows: a rate to 0 to 1, a severity to 0 to 2.
    """
    changed = change_curves(curves, change)
    # A blank cell would spill as 0 in Excel, and a rate of zero is not one that is not given.
    rows = zip(*changed.columns.values(), strict=True)
    return [list(changed.order), *[["" if cell is None else cell for cell in row] for row in rows]]


@function(
    "XLFV_PAYMENT",
    family="market",
    args=[
        Arg("balance", "number", "balance to repay", unit="dollars", low=0),
        Arg("rate", "number", "annual note rate", unit="decimal a year", low=0, high=1),
        Arg("months", "integer", "remaining payments", unit="months", low=1, high=1200),
    ],
    result="number",
    unit="dollars a month",
    source=f"{_SF}, SF-4",
    example=Example("=XLFV_PAYMENT(100000, 0.08, 360)", 733.76),
)
def payment(balance: float, rate: float, months: int) -> float:
    """Level monthly payment that repays a balance at a fixed rate over a number of months."""
    return rates.level_payment(balance, rate, months)
