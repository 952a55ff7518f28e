"""The smaller parts of a trust: hedges, real estate owned and costs."""

from __future__ import annotations

import numpy as np

from xlfv.market.names import INDICES, is_index
from xlfv.tables import Fault, Table
from xlfv.tables.schema import Column, Records, Schema
from xlfv.tables.words import near_word


def _hedge_terms(hedges: Records, table: Table) -> list[Fault]:
    """A derivative has a known index, one notional or the lesser of two, and the rates that its type needs."""
    faults = []
    for row, name in enumerate(hedges["hedge"]):
        index = hedges["receive_index"][row].upper()
        if hedges.sound(row, "receive_index") and not is_index(index):
            near = near_word(index, INDICES, 0.5)
            hint = f"did you mean {near}?" if near else "name the index, like LIBOR_1M"
            faults.append(
                Fault(f"hedge {name}: the index '{index}' is not known", table.where(row, "receive_index"), hint)
            )
        kind = str(hedges["type"][row])
        for needed in _NEEDED.get(kind, ()):
            if hedges.sound(row, needed) and np.isnan(hedges[needed][row]):
                faults.append(Fault(f"{kind} {name} has no {needed}", table.where(row, needed), f"give its {needed}"))
        amounts = int(not np.isnan(hedges["notional"][row])) + int(hedges["schedule"][row] != "")
        linked = hedges["notional_of"][row] != ""
        if (amounts > 1 or not (amounts or linked)) and hedges.sound(row, "notional", "schedule", "notional_of"):
            todo = "give one of notional and schedule, or notional_of, or one of the two and notional_of for the lesser"
            faults.append(Fault(f"hedge {name} has {amounts} notionals", table.where(row, "notional"), todo))
    return faults


_NEEDED = {"swap": ("pay_rate",), "cap": ("strike",), "floor": ("strike",), "corridor": ("strike", "ceiling")}
HEDGES = Schema(
    "hedges",
    (
        Column("hedge", "text", "the derivative's name", required=True, unique=True),
        Column("type", "text", "what it is", required=True, allowed=("swap", "cap", "corridor", "floor")),
        Column("notional", "number", "fixed notional", "$", low=0.0),
        Column("schedule", "text", "name of a notional schedule"),
        Column("notional_of", "text", "tranches whose balance at the start of the month is the notional, or pool; beside a"
               " notional or schedule: the lesser of the two"),
        Column("pay_rate", "number", "fixed rate the trust pays (swap)", "rate"),
        Column("receive_index", "text", "index the trust receives", required=True),
        Column("strike", "number", "strike of a cap, corridor or floor", "rate"),
        Column("ceiling", "number", "rate above which a corridor pays no more", "rate"),
        Column("margin", "number", "added to the index", "rate", default=0.0),
        Column("start", "integer", "first month paid", "months", default=1, low=0),
        Column("end", "integer", "last month paid", "months", default=1200, low=0),
        Column("frequency", "integer", "payments a year", default=12, low=12, high=12),
        Column("lookback", "integer", "months before the payment whose index row is read", "months", default=1, low=0),
        Column("day_count", "text", "day count of both legs", default="30/360", allowed=("30/360", "act/360")),
        Column("business_days", "text", "business day rule (told only)"),
        Column("counterparty", "text", "counterparty"),
        Column("counterparty_spread", "number", "the counterparty's credit spread, at which what it owes is discounted further",
               "rate", default=0.0, low=0.0),
        Column("own_spread", "number", "the trust's own credit spread, at which what the trust owes is discounted further: not"
               " the company's, as a trust is non-recourse to it", "rate", default=0.0, low=0.0),
        Column("in_trust", "flag", "its cash runs through the waterfall", default=True),
        Column("group", "text", "loan group whose net WAC caps count it; blank: all, by their share of the collateral"),
    ),
    key="hedge",
    checks=(_hedge_terms,),
)  # fmt: skip

REO = Schema(
    "reo",
    (
        Column("loan_id", "text", "the loan foreclosed", required=True, unique=True),
        Column("balance", "number", "balance still carried in the pool", "$", required=True, low=0.0),
        Column("value", "number", "value of the property", "$", required=True, low=0.0),
        Column("group", "text", "loan group; blank: that of the loan"),
        Column("foreclosure_date", "date", "date of foreclosure"),
        Column("initial_basis", "number", "amount at which it came on the books; net realizable value never exceeds it",
               "$", low=0.0),
        Column("value_date", "date", "date of the value"),
        Column("selling_cost", "number", "costs to sell, a share of the value", "rate", default=0.0, low=0.0),
        Column("haircut", "number", "cut to a stale value", "rate", default=0.0, low=0.0),
        Column("advances", "number", "advances repaid from the sale", "$", default=0.0, low=0.0),
        Column("months_to_sale", "integer", "months until the sale's cash", "months", default=6, low=1, high=120),
    ),
    key="loan_id",
)  # fmt: skip


def _cost_terms(costs: Records, table: Table) -> list[Fault]:
    """What counts for some costs only stands at no other."""
    basis, cap = costs["basis"], costs["cap"]
    tests = (
        ("bonds", (costs["bonds"] != "") & (basis != "bond_balance"), "counts only for the basis bond_balance",
         "change the basis, or leave it blank"),
        ("cap_counts", (costs["cap_counts"] != "twelfths") & np.isnan(cap), "counts only with a cap", "give the cap"),
        ("used_this_year", (costs["used_this_year"] > 0.0) & (costs["cap_counts"] == "twelfths"),
         "counts only for a cap by year", "write calendar_year or deal_year in cap_counts, or leave it blank"),
    )  # fmt: skip
    return [
        Fault(f"{column} {what} (cost {costs['cost'][row]})", table.where(row, column), todo)
        for column, wrong, what, todo in tests
        for row in np.flatnonzero(wrong)
        if costs.sound(row, column, "basis", "cap", "cap_counts")
    ]


COST_BASES = ("pool_balance", "bond_balance", "fixed", "loan_count", "loans_left")
CAP_YEARS = ("twelfths", "calendar_year", "deal_year")
COSTS = Schema(
    "costs",
    (
        Column("cost", "text", "the cost's name, as the waterfall pays it", required=True, unique=True),
        Column("basis", "text", "what it is counted on: pool_balance or bond_balance at the start of the month, fixed dollars,"
               " loan_count (the loans of today), or loans_left (these, less as their balance falls)", required=True,
               allowed=COST_BASES),
        Column("rate", "number", "rate a year on a balance", "rate", default=0.0, low=0.0),
        Column("amount", "number", "dollars a year (fixed), or a loan and year (loan_count, loans_left)", "$", default=0.0,
               low=0.0),
        Column("schedule", "text", "name of a schedule of dollars a month that come on top"),
        Column("minimum", "number", "least a year, a twelfth of it a month", "$", default=0.0, low=0.0),
        Column("cap", "number", "most a year; blank: none. What exceeds it is not owed, unless a step pays NAME over cap: then it"
               " waits for that step, or for room under a later cap", "$", low=0.0),
        Column("cap_counts", "text", "how a cap counts: by twelfths, a month at a time, or by the calendar_year of the"
               " remittance or the deal_year from closing_date", default="twelfths", allowed=CAP_YEARS),
        Column("used_this_year", "number", "what was claimed under the cap in the year of the last remittance", "$",
               default=0.0, low=0.0),
        Column("bonds", "text", "tranches whose balance it is counted on (bond_balance), as an insurer's premium on the class"
               " insured; blank: all bonds of its group"),
        Column("in_net_wac", "flag", "it lowers the net rate of the collateral, of its group's alone where it has one",
               default=True),
        Column("group", "text", "loan group it is counted on; blank: all"),
        Column("payee", "text", "who gets it"),
    ),
    key="cost",
    checks=(_cost_terms,),
)  # fmt: skip


def net_realizable_values(reo: Records) -> tuple[np.ndarray, np.ndarray]:
    """What each property is worth to the trust and what its sale will bring, both float64[n] dollars.

    Sale cash is ``value * (1 - haircut) * (1 - selling_cost) - advances``, not below zero. Net realizable value is
    the lower of that and ``initial_basis`` where one is given: gains are not taken before a sale, and a later recovery of value
    undoes earlier write-downs and no more (ASC 360-10-35-40).
    """
    sale = np.maximum(reo["value"] * (1.0 - reo["haircut"]) * (1.0 - reo["selling_cost"]) - reo["advances"], 0.0)
    return np.fmin(sale, reo["initial_basis"]), sale
