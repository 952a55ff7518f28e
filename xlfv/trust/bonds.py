"""The bonds of a trust: one row a tranche, balances after the last distribution."""

from __future__ import annotations

import datetime as dt

import numpy as np

from xlfv.market.names import is_index
from xlfv.tables import Fault, Table
from xlfv.tables.schema import Column, Records, Schema

KINDS = ("senior", "mezzanine", "subordinate", "io", "po", "z", "residual")
COUPONS = ("fixed", "floating", "net_wac", "none")
CAP_BALANCES = ("pool", "bonds")
CAP_HEDGES = ("paid", "swaps", "all", "none")
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
    Column("multiplier", "number", "how often a floating coupon counts the index; below 0 it is an inverse floater",
           default=1.0, low=-100.0, high=100.0),
    Column("margin", "number", "margin over the index", "rate", default=0.0),
    Column("lookback", "integer", "months before the payment month whose index row is read: 1 is set in advance",
           "months", default=1, low=0, high=24),
    Column("cap", "number", "highest coupon; blank: none", "rate", low=0.0),
    Column("floor", "number", "lowest coupon", "rate", default=0.0),
    Column("margin_after_call", "number", "margin from the month after the pool first falls to call_factor; on a fixed coupon"
           " it is added then", "rate"),
    Column("net_wac_cap", "text", "the coupon is capped at the net rate of the collateral: pool, or a group's name; interest"
           " due on it, net of costs and net swap payments, is divided by the balance that cap_balance names; a class that"
           " counts actual days has the cap times 30 over the days"),
    Column("cap_balance", "text", "what the net WAC cap divides by: the pool's balance at the start of the month, or the"
           " bonds' (of a group: its bonds, and of those of no group its part by collateral)", default="pool",
           allowed=CAP_BALANCES),
    Column("cap_hedges", "text", "derivatives inside the trust that the net WAC cap counts: paid (net swap payments lower it),"
           " swaps (net swap receipts raise it too), all (what caps, corridors and floors bring too), or none",
           default="paid", allowed=CAP_HEDGES),
    Column("day_count", "text", "day count of the coupon", default="30/360", allowed=DAY_COUNTS),
    Column("accrual_start", "date", "first day of the accrual period that runs today; blank: the last remittance settled. A"
           " 30/360 class whose period begins on the first of a month accrues by calendar months, else from remittance to"
           " remittance"),
    Column("delay_days", "integer", "days from the remittance date to the payment", "days", default=0, low=0, high=90),
    Column("interest_shortfall", "number", "unpaid interest today", "$", default=0.0, low=0.0),
    Column("basis_risk_carryforward", "number", "capped interest carried forward today", "$", default=0.0, low=0.0),
    Column("shortfall_interest", "flag", "unpaid interest bears interest at the coupon", default=True),
    Column("carryforward_interest", "flag", "capped interest carried forward bears interest at the coupon before the cap",
           default=False),
    Column("accretes_while", "text", "tranches, one of which is outstanding while the interest of a z class joins its"
           " balance; blank: those before it in the table"),
    Column("writedown", "number", "write-downs so far and not made good", "$", default=0.0, low=0.0),
    Column("writes_down", "flag", "losses write the class down (no: it stays whole)", default=True),
    Column("notional_of", "text", "an io's notional: pool, or tranches separated by commas; blank: its own balance"),
    Column("notional_share", "number", "share of notional_of that the notional is", "share", default=1.0, low=0.0, high=1.0),
    Column("schedule", "text", "name of the schedule of its planned balances, for steps of the rule schedule"),
    Column("target_enhancement", "number", "share of the pool that steps of the rule target leave behind the class"
           " and those before it in the table", "rate", low=0.0),
    Column("insured_by", "text", "insurer of the class, on which steps draw by its name"),
    Column("final_month", "integer", "month of the projection of its final maturity, from which on its insurer pays what is"
           " left of its balance; blank: none", "months", default=0, low=0, high=1200),
    Column("final_date", "date", "the same as a date: the first remittance in that calendar month or after it"),
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


def _words(bonds: Records, table: Table) -> list[Fault]:
    """Columns that mean something for some classes only stand at no other; a z class has a class ahead of it."""
    kind, coupon = bonds["kind"], bonds["coupon_type"]
    tests = (
        ("multiplier", (bonds["multiplier"] != 1.0) & (coupon != "floating"), "counts only for a floating coupon",
         "make it floating, or leave the multiplier out"),
        ("margin_after_call", np.isfinite(bonds["margin_after_call"]) & (coupon == "none"), "counts only with a coupon",
         "leave it blank"),
        ("accretes_while", (bonds["accretes_while"] != "") & (kind != "z"), "counts only for a z class",
         "make its kind z, or leave it blank"),
        ("cap_balance", (bonds["cap_balance"] != "pool") & (bonds["net_wac_cap"] == ""), "counts only with a net_wac_cap",
         "name the net_wac_cap, or leave it out"),
        ("final_date", ~np.isnat(bonds["final_date"]) & (bonds["final_month"] > 0), "and final_month are both given",
         "give one of them"),
        ("coupon_type", (coupon == "none") & (kind == "z"), "gives a z class no interest to accrete", "give it a coupon"),
    )  # fmt: skip
    faults = [
        Fault(f"{column} {what} (class {bonds['tranche'][row]})", table.where(row, column), todo)
        for column, wrong, what, todo in tests
        for row in np.flatnonzero(wrong)
        if bonds.sound(row, column, "kind", "coupon_type")
    ]
    for row in np.flatnonzero(kind == "z"):
        if bonds.sound(row, "accretes_while", "kind") and not ahead_of(bonds, int(row)):
            what = f"no class stands ahead of the z class {bonds['tranche'][row]}"
            faults.append(Fault(what, table.where(row, "accretes_while"), "name those that are paid before it"))
    return faults


def ahead_of(bonds: Records, row: int) -> list[str]:
    """The classes while one of which is outstanding a z class accretes: those named, else those before it in the table.

    Only notes of its own loan group, or of none, stand before it there.
    """
    named = split_names(str(bonds["accretes_while"][row]))
    if named:
        return named
    mine = str(bonds["group"][row])
    return [
        str(bonds["tranche"][k])
        for k in range(row)
        if bonds["kind"][k] not in ("io", "residual") and (not mine or str(bonds["group"][k]) in ("", mine))
    ]


BONDS = Schema("bonds", _COLUMNS, key="tranche", checks=(_coupons, _words))


LONGEST_PERIOD = 100  # days


def stale_accruals(as_of: dt.date, bonds: Records, table: Table | None) -> list[Fault]:
    """Accrual periods that began so long before the valuation that they cannot run today."""
    if table is None:
        return []
    found = []
    for row, start in enumerate(bonds["accrual_start"]):
        if not np.isnat(start) and (as_of - start.item()).days > LONGEST_PERIOD:
            what = f"accrual_start {start} of {bonds['tranche'][row]} lies {(as_of - start.item()).days} days before as_of {as_of}"
            todo = "give the first day of the period that runs on the valuation date, or leave it blank"
            found.append(Fault(what, table.where(row, "accrual_start"), todo))
    return found


def split_names(text: str) -> list[str]:
    """Names separated by commas or semicolons."""
    return [name.strip() for name in text.replace(";", ",").split(",") if name.strip()]
