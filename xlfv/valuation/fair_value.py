"""The whole balance of a trust at fair value: trust assets = trust liabilities + residual.

Conventions. Everything is discounted from the day each payment is made (remittance plus the class's delay) to the as-of date,
over 30/360 years; ``monthly``, ``bond_equivalent`` and ``annual`` yields compound 12, 2 and 1 times a year, a discount margin
from payment to payment over actual/360 days. Values are dirty: cash to come holds the interest accrued since the last payment,
and it is never added again. A remittance on or before the as-of date is settled; what was collected and not paid out is cash
in transit. Prices per 100 beside values are dirty too; :func:`xlfv.valuation.tranches.tranche_price` takes accrued interest
off, from the class's ``accrual_start`` (blank: the last remittance) to the as-of date in its day count. REO, accounts and
other assets and liabilities stand undiscounted.
"""

from __future__ import annotations

from collections.abc import Mapping

from xlfv.projection.projection import Projection
from xlfv.tables import Fault, Refused
from xlfv.valuation.balance import (
    COLLATERAL,
    DERIVATIVE_ASSETS,
    DERIVATIVE_LIABILITIES,
    DIFFERENCE,
    OTHER_ASSETS,
    OTHER_LIABILITIES,
    REO,
    RESIDUAL_INTEREST,
    FairValue,
    Line,
    balance_of,
)
from xlfv.valuation.value_checks import checks_of
from xlfv.valuation.yields import Chosen

__all__ = [
    "COLLATERAL",
    "DERIVATIVE_ASSETS",
    "DERIVATIVE_LIABILITIES",
    "DIFFERENCE",
    "OTHER_ASSETS",
    "OTHER_LIABILITIES",
    "REO",
    "RESIDUAL_INTEREST",
    "FairValue",
    "Line",
    "fair_value",
]


def fair_value(projection: Projection, yields: Mapping[str, Chosen]) -> FairValue:
    """Value every line of a trust's balance, and prove it.

    Under the blended yield the identity assets = liabilities + residual is imposed: it proves nothing by itself. Therefore
    every check of :mod:`xlfv.valuation.value_checks` is made, each by code of its own, and a balance of which one fails is
    refused with the check's name.

    Raises:
        Refused: a value does not exist, or a check fails (a defect).
    """
    balance, found = balance_of(projection, yields)
    failing = [check for check in checks_of(projection, yields, found) if not check.holds]
    if failing:
        raise Refused(
            [
                Fault(
                    f"the check '{check.name}' fails by {check.difference:,.2f} dollars",
                    projection.name,
                    "a defect of xlfv",
                )
                for check in failing
            ]
        )
    return balance
