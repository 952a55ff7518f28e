"""Trusts in cells: build one of its tables, and see what it is."""

from __future__ import annotations

import datetime as dt

import numpy as np

from xlfv.excel import handles
from xlfv.excel.arguments import Arg
from xlfv.excel.registry import Example, function
from xlfv.tables import Table
from xlfv.trust.checks import check_deal
from xlfv.trust.trust import Trust, build_trust

handles.register(Trust)
_TABLES = (
    ("costs", "trustee, servicer and other costs"),
    ("terms", "the deal's terms: dates, OC targets, step-down"),
    ("triggers", "the deal's triggers"),
    ("hedges", "swaps, caps, corridors and floors"),
    ("reo", "real estate owned; loans with status reo must stand here"),
    ("schedules", "notionals and planned balances by month"),
    ("accounts", "reserve funds and other accounts"),
)
TRUST = Arg("trust", "handle", "the trust, as XLFV_TRUST gives it", of="trust")


@function(
    "XLFV_TRUST",
    family="trust",
    args=[
        Arg("name", "text", "the trust's name"),
        Arg("as_of", "date", "valuation date; also cut-off and remittance where terms give none"),
        Arg("loans", "table", "one row a loan: loan_id, balance, rate, remaining_term and more; blank: the collateral's cash is"
            " given to XLFV_DISTRIBUTE", default=None),
        Arg("bonds", "table", "one row a tranche: tranche, balance, coupon and more"),
        Arg("waterfall", "table", "one row a step: step, from, pay, to, rule, when"),
        *(Arg(name, "table", meaning, default=None) for name, meaning in _TABLES),
    ],
    result="handle",
    makes="trust",
    source="xlfv; the tables and their columns stand on the reference page",
    errors=["#VALUE!: when any table has a fault: all faults of all tables are listed"],
    example=Example(
        '=XLFV_TRUST("SAMPLE-1", DATE(2009,12,31), loans, bonds, waterfall, costs, terms, triggers, hedges, reo)',
        "trust:SAMPLE-1:2009-12:...",
    ),
)  # fmt: skip
def trust(
    name: str,
    as_of: dt.date,
    loans: Table | None,
    bonds: Table,
    waterfall: Table,
    costs: Table | None,
    terms: Table | None,
    triggers: Table | None,
    hedges: Table | None,
    reo: Table | None,
    schedules: Table | None,
    accounts: Table | None,
) -> Trust:
    """A trust on a date, read and checked whole from its tables; the handle stands for it wherever a trust is asked for."""
    tables = {
        "loans": loans, "bonds": bonds, "waterfall": waterfall, "costs": costs, "terms": terms, "triggers": triggers,
        "hedges": hedges, "reo": reo, "schedules": schedules, "accounts": accounts,
    }  # fmt: skip
    return build_trust(name, as_of, tables)


def _mean(values: np.ndarray, weights: np.ndarray) -> float | None:
    total = float(weights.sum())
    return float((values * weights).sum()) / total if total > 0 else None


@function(
    "XLFV_TRUST_SUMMARY",
    family="trust",
    args=[TRUST],
    result="grid",
    unit="dollars, decimals and months, as each row says",
    source="xlfv",
    example=Example(
        "=XLFV_TRUST_SUMMARY(trust)",
        [
            ["item", "value"],
            ["trust", "SAMPLE-1"],
            ["as of", dt.date(2009, 12, 31)],
            ["consolidated", True],
            ["loans", 6.0],
            ["pool balance ($)", 1255000.0],
            ["weighted average rate", 0.064711],
            ["weighted average remaining term (months)", 292.2351],
            ["weighted average age (months)", 40.99203],
            ["adjustable, share of balance", 0.227092],
            ["interest-only today, share of balance", 0.199203],
            ["current, share of balance", 0.792829],
        ],
    ),
)
def trust_summary(trust: Trust) -> list[list[object]]:
    """What the trust is on its date: pool, delinquency, bonds, overcollateralization, REO, derivatives; then its notices."""
    loans, bonds = trust["loans"], trust["bonds"]
    accruing = loans["balance"]
    balance = accruing + loans["deferred_balance"]
    notes = (bonds["kind"] != "io") & (bonds["kind"] != "residual")
    debt = float(bonds["balance"][notes].sum())
    pool = trust.pool_balance
    rows: list[list[object]] = [
        ["item", "value"],
        ["trust", trust.name],
        ["as of", trust.as_of],
        ["consolidated", trust.consolidated],
        ["loans", loans.count],
        ["pool balance ($)", pool],
        ["weighted average rate", _mean(loans["rate"], accruing)],
        ["weighted average remaining term (months)", _mean(loans["remaining_term"], balance)],
        ["weighted average age (months)", _mean(loans["age"], balance)],
        ["adjustable, share of balance", _mean(loans["rate_type"] == "arm", balance)],
        ["interest-only today, share of balance", _mean(loans["interest_only_months"] > 0, balance)],
    ]
    rows += [
        [f"{status}, share of balance", _mean(loans["status"] == status, balance)]
        for status in ("current", "d30", "d60", "d90", "bankruptcy", "foreclosure", "reo")
    ]
    rows += [
        ["bonds ($)", debt],
        ["overcollateralization ($)", pool - debt],
        ["overcollateralization, share of pool", (pool - debt) / pool if pool > 0 else None],
        ["tranches", len(trust.tranches)],
        ["properties owned", trust["reo"].count],
        ["derivatives", trust["hedges"].count],
        ["steps of the waterfall", len(trust.steps)],
    ]
    return rows + [["notice", notice] for notice in trust.notices]


@function(
    "XLFV_CHECK",
    family="trust",
    args=[TRUST],
    result="grid",
    unit="words",
    source="xlfv",
    example=Example("=XLFV_CHECK(trust)", [["what", "where", "todo"], ["nothing looks wrong", "", ""]]),
)
def check(trust: Trust) -> list[list[object]]:
    """What looks wrong in a deal before it is run, read from its tables alone: a row a finding, where it is, what to do.

    Classes that no step pays interest or principal, or pays no interest under some condition; a class paid the same twice from
    the same cash; steps that can never pay (an earlier one takes all, no excess is there yet, their condition never holds, they
    draw on nothing, owe nothing, or may pay nothing); cash that goes past classes to the residual (principal or a part of it
    that no step takes, of one group past classes of another, unpaid and capped interest never made good).

    Targets, step-downs, triggers, schedules, planned balances, target enhancements, call factors and costs that nothing reads;
    accounts never funded, drawn on or released; insurers that pay before the deal's own cash, or are never paid back; planned
    classes without a support, lockouts that a later step undoes, z classes paid before those they wait for; losses and
    recoveries that reach classes in the wrong order, or no class at all; steps of one name. Then the trust's notices.

    A finding is no fault: the deal runs as it is written. Classes without a balance today are taken as retired.
    """
    found = check_deal(trust)
    rows: list[list[object]] = [["what", "where", "todo"]]
    rows += [[fault.what, fault.where, fault.todo] for fault in found]
    return rows if found else [*rows, ["nothing looks wrong", "", ""]]
