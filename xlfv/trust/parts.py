"""The smaller parts of a trust: hedges, real estate owned and costs."""

from __future__ import annotations

import numpy as np

from xlfv.market.names import INDICES, is_index
from xlfv.tables import Fault, Table
from xlfv.tables.schema import Column, Records, Schema
from xlfv.tables.words import near_word


def _hedge_terms(hedges: Records, table: Table) -> list[Fault]:
    """A derivative has a known index, one notional, and the rates that its type needs."""
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
        given = sum(
            (not np.isnan(hedges["notional"][row]), hedges["schedule"][row] != "", hedges["notional_of"][row] != "")
        )
        if given != 1 and hedges.sound(row, "notional", "schedule", "notional_of"):
            todo = "give one of notional, schedule, notional_of"
            faults.append(Fault(f"hedge {name} has {given} notionals", table.where(row, "notional"), todo))
    return faults


_NEEDED = {"swap": ("pay_rate",), "cap": ("strike",), "floor": ("strike",), "corridor": ("strike", "ceiling")}
HEDGES = Schema(
    "hedges",
    (
        Column("hedge", "text", "the derivative's name", required=True, unique=True),
        Column("type", "text", "what it is", required=True, allowed=("swap", "cap", "corridor", "floor")),
        Column("notional", "number", "fixed notional", "$", low=0.0),
        Column("schedule", "text", "name of a notional schedule"),
        Column("notional_of", "text", "tranches whose balance is the notional"),
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
        Column("in_trust", "flag", "its cash runs through the waterfall", default=True),
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

COST_BASES = ("pool_balance", "bond_balance", "fixed", "loan_count")
COSTS = Schema(
    "costs",
    (
        Column("cost", "text", "the cost's name, as the waterfall pays it", required=True, unique=True),
        Column("basis", "text", "what it is counted on", required=True, allowed=COST_BASES),
        Column("rate", "number", "rate a year on a balance", "rate", default=0.0, low=0.0),
        Column(
            "amount", "number", "dollars a year (fixed), or a loan and year (loan_count)", "$", default=0.0, low=0.0
        ),
        Column("minimum", "number", "least a year", "$", default=0.0, low=0.0),
        Column("cap", "number", "most a year; blank: none", "$", low=0.0),
        Column("group", "text", "loan group it is counted on; blank: all"),
        Column("payee", "text", "who gets it"),
    ),
    key="cost",
)


def net_realizable_values(reo: Records) -> tuple[np.ndarray, np.ndarray]:
    """What each property is worth to the trust and what its sale will bring, both float64[n] dollars.

    Sale cash is ``value * (1 - haircut) * (1 - selling_cost) - advances``, not below zero. Net realizable value is
    the lower of that and ``initial_basis`` where one is given: gains are not taken before a sale.
    """
    sale = np.maximum(reo["value"] * (1.0 - reo["haircut"]) * (1.0 - reo["selling_cost"]) - reo["advances"], 0.0)
    return np.fmin(sale, reo["initial_basis"]), sale
