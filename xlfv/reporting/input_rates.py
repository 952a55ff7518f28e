"""Prepayment, default and loss of a projection as single rates, and the range of a forward index.

Definitions. ``p(t)`` is the balance that pays at the start of month ``t``, ``d(t)`` what of it defaults, ``s(t)`` its schedule
(less interest added to balances), ``v(t)`` prepayments in full and in part. A share ``d(t) / p(t)`` defaults; what is left pays
its schedule; prepayments are a share of ``a(t) = p(t) - s(t) / (1 - d(t) / p(t))`` (the order of Bond Market Association,
Standard Formulas (1999), SF-16 to SF-19). The rates told are constants that give the same dollars on the same balances::

    default rate    (CDR) = 1 - (1 - sum d / sum p) ** 12
    prepayment rate (CPR) = 1 - (1 - sum v / sum a) ** 12
    loss severity         = sum of losses / sum of liquidated balances          (loans; REO apart)

over all months of the projection. Months in which the curves let nothing default any more (the last ones before maturity,
whose liquidation would come after it) count in ``p``. Loans late today that follow a timeline of their own do not pay, and
count in the severity only; what a clean-up call buys is no prepayment. Where the collateral's cash is given, liquidations
stand for defaults.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlfv.kernels.elementary import compound_less_one, root12
from xlfv.market.rates import cpr_from_smm
from xlfv.projection.projection import Projection

Floats = NDArray[np.float64]


def _sums(projection: Projection) -> dict[str, Floats]:
    """What the definitions of the module add up, by month from month 1."""
    cash = projection.collateral
    pays = cash["performing_balance"].sum(axis=0)[:-1]
    defaults = cash["liquidated_balance"] if projection.given is not None else cash["new_defaults"]
    gone = defaults.sum(axis=0)[1:]
    schedule = (cash["scheduled_principal"] - cash["interest_capitalized"]).sum(axis=0)[1:]
    prepaid = (cash["prepaid_principal"] + cash["curtailed_principal"]).sum(axis=0)[1:]
    left = np.where(pays > gone, pays - gone, np.inf)
    amortized = np.where(pays > gone, pays - schedule * pays / left, 0.0)
    return {"pays": pays, "defaults": gone, "prepaid": prepaid, "amortized": np.maximum(amortized, 0.0)}


def _constant(part: Floats, whole: Floats) -> float | None:
    """The annual rate of one monthly share of ``whole`` that gives ``part``; None where there is nothing."""
    total = float(whole.sum())
    return cpr_from_smm(float(part.sum()) / total) if total > 0.0 else None


def prepayment_rate(projection: Projection) -> float | None:
    """CPR of the projection as one constant; None without a balance that pays."""
    sums = _sums(projection)
    return _constant(sums["prepaid"], sums["amortized"])


def default_rate(projection: Projection) -> float | None:
    """CDR of the projection as one constant; None without a balance that pays."""
    sums = _sums(projection)
    return _constant(sums["defaults"], sums["pays"])


def loss_severity(projection: Projection) -> float | None:
    """Losses over liquidated balances; None where nothing is liquidated."""
    liquidated = float(projection.collateral["liquidated_balance"].sum())
    return float(projection.collateral["losses"].sum()) / liquidated if liquidated > 0.0 else None


def loan_index(projection: Projection) -> tuple[str, Floats]:
    """The index that most of the adjustable balance depends on, and the balance that pays by month."""
    balance = projection.collateral["performing_balance"].sum(axis=0)[:-1]
    loans = projection.trust["loans"]
    floating = (loans["rate_type"] == "arm") & (loans["status"] != "reo")
    by_index: dict[str, float] = {}
    for name, dollars in zip(loans["index"][floating], loans["balance"][floating], strict=True):
        by_index[str(name).upper()] = by_index.get(str(name).upper(), 0.0) + float(dollars)
    return max(by_index, key=lambda name: by_index[name], default=""), balance


def forward_of(projection: Projection, index: str, balance: Floats) -> dict[str, Any]:
    """A forward index over the months in which there is a balance (float64[months], month 1 first), without lookback."""
    rates = projection.indices.rates
    months = np.flatnonzero(balance > 0.005)
    if not index or index not in rates or not months.size:
        return {}
    row = projection.indices.vector(index, projection.months)[1:][months]
    average = float((row * balance[months]).sum() / balance[months].sum())
    return {"index": index, "index_low": float(row.min()), "index_high": float(row.max()), "index_average": average}


def monthly_of(rate: float, compounds: float) -> float:
    """A yield that compounds so many times a year as one that does monthly: ``12 * ((1 + rate / n) ** (n / 12) - 1)``."""
    return 12.0 * (float(root12(1.0 + compound_less_one(rate / compounds, int(compounds)))) - 1.0)
