"""A trust's month in a few numbers, as a column of its history."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from xlfv.review.follow import months_between, pair_of_loans, whole_balance
from xlfv.review.measures import measure
from xlfv.review.ours import standing
from xlfv.review.remittance import LATE
from xlfv.review.tieout import NO_ACTUALS
from xlfv.trust.trust import Trust

HISTORY: dict[str, tuple[str, str]] = {
    "pool_balance": ("$", "loans and REO at the cut-off, deferred principal included"),
    "factor": ("share", "pool_balance over original_pool_balance"),
    "loan_count": ("loans", "loans and REO at the cut-off"),
    "net_wac": ("rate", "rate less fees of the loans that are not REO, by balance"),
    "cpr": ("a year", "voluntary prepayments of the month, annualized (cpr of XLFV_ACTUALS)"),
    "total_cpr": ("a year", "the CPR that trustees print, liquidations included"),
    "cdr": ("a year", "performing loans that went to foreclosure, REO or liquidation, annualized"),
    "liquidation_cdr": ("a year", "the CDR that trustees print: what was liquidated, over the pool"),
    "severity": ("share", "losses over proceeds and losses of the month's liquidations, loans and REO"),
    **{status: ("share", f"balance of loans in status {status}, of pool_balance") for status in LATE},
    "sixty_plus": ("share", "d60, d90, bankruptcy, foreclosure and REO (MBA), of pool_balance"),
    "cumulative_loss": ("$", "losses realized since closing"),
    "oc": ("$", "the pool less the classes"),
    "oc_share": ("share", "oc over pool_balance"),
}
"""Name -> unit and definition. Beside them ``balance NAME`` is the balance of each class ($)."""


def measures_of(before: Trust | None, now: Trust, actuals: Mapping[str, float] = NO_ACTUALS) -> dict[str, float]:
    """The numbers of a month; one that cannot be known is left out.

    Args:
        before: the trust a month before: without it there are no speeds.
        now: the trust.
        actuals: the month's postings: without proceeds and losses there is no severity.
    """
    figures = {key: one.value for key, one in standing(now).figures.items()}
    pool = now.pool_balance
    found = {
        "pool_balance": pool,
        "factor": figures.get(("pool_factor", ""), np.nan),
        "loan_count": figures["loan_count", ""],
        "net_wac": figures.get(("net_wac", ""), np.nan),
        **{status: figures[f"{status}_balance", ""] / pool if pool > 0.0 else np.nan for status in LATE},
        "cumulative_loss": figures.get(("cumulative_losses", ""), np.nan),
        "oc": figures["oc", ""],
        "oc_share": figures["oc", ""] / pool if pool > 0.0 else np.nan,
    }
    found["sixty_plus"] = sum(found[status] for status in LATE[1:])
    if before is not None:
        found |= _speeds(before, now)
    lost = actuals.get("losses", 0.0) + actuals.get("reo_losses", 0.0)
    gone = lost + actuals.get("liquidation_proceeds", 0.0) + actuals.get("reo_sales_proceeds", 0.0)
    if gone > 0.0:
        found["severity"] = lost / gone
    ordered = {name: float(found[name]) for name in HISTORY if name in found and np.isfinite(found[name])}
    return ordered | {f"balance {name}": figures["balance", name] for name in now.tranches}


def _speeds(before: Trust, now: Trust) -> dict[str, float]:
    """Speeds between two month-ends; none where nothing stood in the pool before, or the two are not in order."""
    months = months_between(before.as_of, now.as_of)
    loans = before["loans"]
    if months < 1 or not loans.count or not float(whole_balance(loans).sum()) > 0.0:
        return {}
    measured = measure(pair_of_loans(loans, now["loans"], months))
    return {name: float(measured[name][0]) for name in ("cpr", "total_cpr", "cdr", "liquidation_cdr")}
