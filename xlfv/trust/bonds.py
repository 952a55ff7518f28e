"""The bonds of a trust: one row a tranche, balances after the last distribution."""

from __future__ import annotations

import numpy as np

from xlfv.market.names import is_index
from xlfv.tables import Fault, Table
from xlfv.tables.schema import Column, Records, Schema

KINDS = ("senior", "mezzanine", "subordinate", "io", "po", "z", "residual")
COUPONS = ("fixed", "floating", "net_wac", "none")
DAY_COUNTS = ("30/360", "act/360", "act/act")

_COLUMNS = (
    Column("tranche", "text", "the class's name, once in the table", required=True, unique=True),
    Column("balance", "number", "balance after the last distribution (notional of an io)", "$", required=True, low=0.0),
    Column("group", "text", "loan group whose cash it takes; blank: all"),
    Column("original_balance", "number", "balance at issue", "$", low=0.0),
    Column("kind", "text", "what kind of class it is", default="senior", allowed=KINDS),
    Column("coupon_type", "text", "how its coupon is set", default="fixed", allowed=COUPONS),
    Column("coupon", "number", "fixed coupon a year", "rate", default=0.0, low=0.0),
    Column("index", "text", "index of a floating coupon"),
    Column("margin", "number", "margin over the index", "rate", default=0.0),
    Column("lookback", "integer", "months before the payment month whose index row is read: 1 is set in advance",
           "months", default=1, low=0, high=24),
    Column("cap", "number", "highest coupon; blank: none", "rate", low=0.0),
    Column("floor", "number", "lowest coupon", "rate", default=0.0),
    Column("margin_after_call", "number", "margin after the first call date", "rate"),
    Column("net_wac_cap", "text", "the coupon is capped at the net rate of the collateral: pool, or a group's name"),
    Column("day_count", "text", "day count of the coupon", default="30/360", allowed=DAY_COUNTS),
    Column("accrual_start", "date", "first day of the accrual period that runs today"),
    Column("delay_days", "integer", "days from the remittance date to the payment", "days", default=0, low=0, high=90),
    Column("interest_shortfall", "number", "unpaid interest today", "$", default=0.0, low=0.0),
    Column("basis_risk_carryforward", "number", "capped interest carried forward today", "$", default=0.0, low=0.0),
    Column("writedown", "number", "write-downs so far", "$", default=0.0, low=0.0),
    Column("writes_down", "flag", "losses write the class down (no: it stays whole)", default=True),
    Column("notional_of", "text", "an io's notional: pool, or tranches separated by commas; blank: its own balance"),
    Column("schedule", "text", "planned balances"),
    Column("insured_by", "text", "insurer of the class"),
    Column("held_by", "text", "company where the company holds it", allowed=("company",)),
    Column("original_rating", "text", "rating at issue"),
)  # fmt: skip


def _coupons(bonds: Records, table: Table) -> list[Fault]:
    """A floating class names a known index."""
    faults = []
    for row in np.flatnonzero(bonds["coupon_type"] == "floating"):
        if bonds.sound(row, "index", "coupon_type") and not is_index(bonds["index"][row].upper()):
            what = f"the floating class {bonds['tranche'][row]} has no known index ('{bonds['index'][row]}')"
            faults.append(Fault(what, table.where(row, "index"), "name its index, like LIBOR_1M"))
    return faults


def _not_carried(bonds: Records, table: Table) -> list[Fault]:
    """Deal features of later versions are refused, never half done."""
    tests = {
        "kind": bonds["kind"] == "z",
        "schedule": bonds["schedule"] != "",
        "margin_after_call": np.isfinite(bonds["margin_after_call"]),
        "insured_by": bonds["insured_by"] != "",
    }
    return [
        Fault(
            f"{column} '{bonds[column][row]}' of class {bonds['tranche'][row]} is not carried by this version",
            table.where(row, column),
            "model the class without it",
        )
        for column, given in tests.items()
        for row in np.flatnonzero(given)
    ]


BONDS = Schema("bonds", _COLUMNS, key="tranche", checks=(_coupons, _not_carried))


def split_names(text: str) -> list[str]:
    """Names separated by commas or semicolons."""
    return [name.strip() for name in text.replace(";", ",").split(",") if name.strip()]
