"""Made deals for hypothesis: every kind of step, rule, condition, coupon, hedge, trigger and cost, at random."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.builders import Row
from tests.reference.made_cash import few, given_cash, off_grid, pools, stresses
from tests.reference.made_steps import Parts, grouped_steps, servable, steps, usual_steps

__all__ = ["INDEX", "deals", "deals_on_tables", "stresses"]
INDEX = [0.002 + 0.0007 * m + 0.013 * ((m * 5) % 7) / 7 for m in range(70)]


@st.composite
def bonds(draw, pool: float, groups: list[str]) -> list[Row]:
    count = draw(st.integers(1, 5))
    rows: list[Row] = []
    left = pool * draw(few(0.7, 1.1, 2))
    for k in range(count):
        size = left if k == count - 1 else left * draw(few(0.1, 0.9, 2))
        left -= size
        kind = "senior" if k == 0 else draw(st.sampled_from(["senior", "mezzanine", "subordinate", "po", "z", "z"]))
        ahead = sorted({r["group"] for r in rows if r["group"]})  # a z class stands behind one of its own group
        kind = "mezzanine" if kind == "z" and len(groups) > 1 and not ahead else kind
        row: Row = {"tranche": f"B{k}", "balance": size, "kind": kind}
        row["writedown"] = draw(st.sampled_from([0.0, 0.0, 5000.5]))
        row["shortfall_interest"] = draw(st.sampled_from(["yes", "yes", "no"]))
        row["carryforward_interest"] = draw(st.sampled_from(["yes", "no"]))
        row["target_enhancement"] = draw(st.sampled_from([None, 0.1, 0.1, 0.1, 0.35]))
        row["schedule"] = draw(st.sampled_from([None, "P0", "P1"]))
        row["insured_by"] = draw(st.sampled_from([None, None, "FSA", "MBIA"]))
        row["writes_down"] = draw(st.sampled_from(["yes", "yes", "yes", "no"]))
        if kind != "po":
            row["margin_after_call"] = draw(st.sampled_from([None, None, 0.0123]))
        if kind == "z" and draw(st.booleans()):
            row["accretes_while"] = draw(st.sampled_from(rows))["tranche"]
        row["coupon_type"] = "none" if kind == "po" else draw(st.sampled_from(["fixed", "floating", "net_wac"]))
        if row["coupon_type"] == "fixed":
            row["coupon"] = draw(few(0.0, 0.12))
        if row["coupon_type"] == "net_wac":
            row |= {"margin": draw(few(-0.02, 0.02)), "cap": draw(st.sampled_from([None, 0.05]))}
        if row["coupon_type"] == "floating":
            row |= {"index": "LIBOR_1M", "margin": draw(few(0.0, 0.05)), "lookback": draw(st.integers(0, 2))}
            row["multiplier"] = draw(st.sampled_from([1, 1, 0.5, -1.5, 2]))
            row["cap"] = draw(st.sampled_from([None, 0.02, 0.06]))
            row["floor"] = draw(st.sampled_from([None, 0.01]))
        row["net_wac_cap"] = draw(st.sampled_from([None, None, "pool", *groups]))
        row["cap_hedges"] = draw(st.sampled_from(["paid", "paid", "swaps", "all", "none"]))
        row["cap_balance"] = draw(st.sampled_from(["pool", "pool", "bonds"])) if row["net_wac_cap"] else None
        if row["insured_by"]:
            row |= draw(st.sampled_from([{"final_month": 60}, {"final_month": 9}, {"final_date": "2011-02-10"}]))
        known = [None, None, *groups] if kind != "z" else ahead
        row["group"] = draw(st.sampled_from(known)) if len(groups) > 1 else None
        row["day_count"] = draw(st.sampled_from(["30/360", "act/360", "act/act"]))
        row["accrual_start"] = draw(st.sampled_from([None, None, "2010-01-04", "2009-11-25"]))
        row["interest_shortfall"] = draw(st.sampled_from([0.0, 1234.5]))
        row["basis_risk_carryforward"] = draw(st.sampled_from([0.0, 777.25]))
        rows.append(row)
    if draw(st.booleans()):
        row = {"tranche": "X", "balance": pool / 3, "kind": "io", "coupon": draw(few(0.0, 0.02))}
        row["notional_of"] = draw(st.sampled_from([None, "pool", ",".join(r["tranche"] for r in rows[:2])]))
        row["notional_share"] = draw(st.sampled_from([None, 0.35]))
        row["net_wac_cap"] = draw(st.sampled_from([None, "pool"]))
        row["interest_shortfall"] = draw(st.sampled_from([0.0, 321.5]))
        rows.append(row)
    return rows


@st.composite
def hedges(draw, names: list[str], groups: list[str]) -> tuple[list[Row], list[Row]]:
    rows, schedules = [], []
    for k in range(draw(st.integers(0, 2))):
        row: Row = {"hedge": f"H{k}", "type": draw(st.sampled_from(["swap", "swap", "cap", "corridor", "floor"]))}
        row |= {"receive_index": "LIBOR_1M", "margin": draw(few(0.0, 0.01)), "lookback": draw(st.integers(0, 2))}
        row |= {"pay_rate": draw(few(0.0, 0.08)), "strike": draw(few(0.0, 0.03)), "ceiling": 0.035}
        row |= {"start": draw(st.integers(0, 5)), "end": draw(st.integers(4, 40))}
        row["day_count"] = draw(st.sampled_from(["30/360", "act/360"]))
        row["in_trust"] = draw(st.sampled_from(["yes", "yes", "yes", "no"]))
        row["group"] = draw(st.sampled_from([None, None, *groups])) if len(groups) > 1 else None
        how = draw(st.sampled_from(["notional", "notional", "schedule", "schedule", "notional_of", "lesser"]))
        if how in ("notional", "lesser"):
            row["notional"] = draw(few(0.0, 5e6, 2))
        elif how == "schedule":
            row["schedule"] = f"S{k}"
            months = sorted(draw(st.sets(st.integers(0, 30), min_size=1, max_size=4)))
            schedules += [{"schedule": f"S{k}", "month": m, "amount": draw(few(0.0, 5e6, 2))} for m in months]
        if how in ("notional_of", "lesser"):
            row["notional_of"] = draw(st.sampled_from(["pool", names[0], ",".join(names)]))
        rows.append(row)
    return rows, schedules


@st.composite
def triggers(draw) -> list[Row]:
    """Up to three tests; those of losses and delinquency hold the OC target."""
    levels = {
        "cumulative_loss": off_grid(0.001, 0.2), "delinquency": off_grid(0.001, 0.3), "oc": off_grid(-1e5, 1e5, 2),
        "rolling_delinquency": off_grid(0.001, 0.3), "enhancement": off_grid(0.01, 0.7), "month": st.integers(2, 40),
        "deal_age": st.integers(2, 80), "pool_factor": off_grid(0.05, 0.9), "subordination": off_grid(0.0, 1e5, 2),
    }  # fmt: skip
    words = {
        "cumulative_loss": "0.37137 for 5 then 0.37137 ramp 20 to 3.137137", "oc": "-5000.37137 for 3 then 137.37137",
        "delinquency": "3.37137 for 6 then 9.37137", "rolling_delinquency": "9.37137 ramp 12 to 3.37137",
    }  # fmt: skip
    rows = []
    for k in range(draw(st.integers(0, 3))):
        measure = draw(st.sampled_from(sorted(levels)))
        threshold = draw(levels[measure])
        if measure in words and draw(st.booleans()):
            threshold = words[measure]
        elif measure in ("delinquency", "rolling_delinquency", "cumulative_loss") and draw(st.booleans()):
            threshold = draw(st.sampled_from(["37.137% of enhancement", "9.137 for 4 then 21.137 of enhancement"]))
        row = {"trigger": f"T{k}", "measure": measure, "test": draw(st.sampled_from([">", "<", ">=", "<="]))}
        rows.append({**row, "threshold": threshold, "cure": draw(st.sampled_from(["yes", "no"])),
                     "rolling_months": draw(st.sampled_from([None, 1, 2, 6]))})  # fmt: skip
    return rows


@st.composite
def reserves(draw) -> list[Row]:
    rows = []
    for k in range(draw(st.integers(0, 2))):
        row: Row = {"account": f"R{k}", "balance": draw(st.sampled_from([0.0, 12345.67]))}
        row["target"] = draw(st.sampled_from([0.0, 9000.0, 0.004, 0.02]))
        row["target_of"] = draw(st.sampled_from(["original", "pool", "bonds"]))
        row["floor"] = draw(st.sampled_from([None, 1500.0, 0.001]))
        rows.append(row)
    return rows


@st.composite
def costs(draw, groups: list[str], bases: list[str], names: list[str]) -> list[Row]:
    """Up to two costs, the second of which may be capped by the year."""
    rows: list[Row] = [
        {
            "cost": f"fee{k}", "basis": draw(st.sampled_from(bases)), "in_net_wac": draw(st.sampled_from(["yes", "yes", "no"])),
            "schedule": draw(st.sampled_from([None, None, "P0"])) if k else None,
            "rate": draw(few(0.0, 0.01)), "amount": draw(few(0.0, 5000.0, 2)),
            "minimum": draw(st.sampled_from([0.0, 6000.0])), "cap": draw(st.sampled_from([None, 9000.0, 3000.0])),
            "group": draw(st.sampled_from([None, None, *groups])) if len(groups) > 1 else None,
        }
        for k in range(draw(st.integers(0, 2)))
    ]  # fmt: skip
    for row in rows:
        if row["basis"] == "bond_balance":
            row["bonds"] = draw(st.sampled_from([None, names[0], ", ".join(names)]))
        if row["cap"]:
            row["cap_counts"] = draw(st.sampled_from(["twelfths", "calendar_year", "deal_year"]))
            if row["cap_counts"] != "twelfths":
                row["used_this_year"] = draw(st.sampled_from([0.0, 1234.5]))
    return rows


@st.composite
def deal_terms(draw, pool: float, oc: bool, steps_up: bool) -> list[Row]:
    """The terms; ``steps_up``: some class has a margin after the first call date, which then must exist."""
    found: dict[str, object] = {"closing_date": "2007-03-20"}

    def perhaps(name: str, values: st.SearchStrategy) -> None:
        if draw(st.booleans()):
            found[name] = draw(values)

    if oc:
        found["oc_target"] = draw(st.one_of(few(0.01, 0.1), few(1.0, 1e5, 2)))
        found["oc_floor"] = draw(st.sampled_from([0.0, 0.001, 0.005, 20000.0]))
        if draw(st.sampled_from([True, True, False])):
            found["oc_target_after_stepdown"] = draw(st.one_of(few(0.01, 0.1), few(0.01, 0.1), few(1.0, 5e4, 2)))
    perhaps("stepdown_age", st.integers(30, 60))
    perhaps("stepdown_enhancement", off_grid(0.05, 0.6))
    perhaps("original_pool_balance", st.just(pool * 1.37))
    perhaps("cumulative_loss", st.just(25000.5))
    perhaps("penalties", st.sampled_from(["interest", "not_trust"]))
    if draw(st.booleans()):
        found |= {"first_remittance": "2010-01-25", "remittance_day": 25}
    if steps_up or draw(st.booleans()):
        found["call_factor"] = draw(st.sampled_from([0.05037137, 0.40037137, 0.90037137]))
    words = ["never", "month 5", "month 30", "auction"]
    words += ["first", "economic", "economic"] if "call_factor" in found else []
    perhaps("call_exercised", st.sampled_from(words))
    found["collateral_price"] = draw(st.sampled_from([1.02037137, 0.97037137, "97.037137 for 10 then 104.037137"]))
    found["auction_month"] = draw(st.integers(1, 20))
    perhaps("call_cost", st.just(4321.5))
    perhaps("swap_termination", st.sampled_from(["market_value", "none"]))
    return [{"term": name, "value": value} for name, value in found.items()]


RULES = (steps, usual_steps, grouped_steps)


@st.composite
def rest_of(draw, pool: float, groups: list[str], bases: list[str], rules: tuple) -> dict:
    """All tables of a deal but its loans; its waterfall is made by one of the rules."""
    classes = draw(bonds(pool, groups))
    names = [b["tranche"] for b in classes if b["kind"] != "io"]
    derivatives, schedules = draw(hedges(names, groups))
    tests, fees, oc, accounts = (
        draw(triggers()),
        draw(costs(groups, bases, names)),
        draw(st.booleans()),
        draw(reserves()),
    )
    terms = draw(deal_terms(pool, oc, any(b.get("margin_after_call") for b in classes)))
    plans = [
        {"schedule": name, "month": month, "amount": amount}
        for name in ("P0", "P1")
        for month, amount in zip(
            (1, 4, 12, 25),
            sorted(draw(st.lists(few(0.0, pool, 2), min_size=4, max_size=4)), reverse=True),
            strict=True,
        )
    ]
    insured: dict[str, list[str]] = {}
    for b in classes:
        if b.get("insured_by"):
            insured.setdefault(b["insured_by"], []).append(b["tranche"])
    parts = Parts(
        names, [b["tranche"] for b in classes if b["kind"] == "io"], [c["cost"] for c in fees], [c["cost"] for c in fees if c["cap"]],
        [h["hedge"] for h in derivatives], [t["trigger"] for t in tests], groups,
        [a["account"] for a in accounts], [b["tranche"] for b in classes if b["kind"] == "z"],
        [b["tranche"] for b in classes if b.get("schedule")],
        [b["tranche"] for b in classes if b.get("target_enhancement") == 0.1],
        [b["tranche"] for b in classes if b.get("writes_down") == "no"], insured, oc,
        {b["tranche"]: b.get("group") or "" for b in classes},
    )  # fmt: skip
    return {
        "bonds": classes, "waterfall": servable(draw(draw(st.sampled_from(rules))(parts)), parts.home), "terms": terms, "costs": fees or None,
        "triggers": tests or None, "hedges": derivatives or None, "schedules": [*schedules, *plans],
        "accounts": accounts or None,
    }  # fmt: skip


GROUPS = [["1"], ["1"], ["1", "2"], ["1", "2"], ["1", "2", "3"]]


@st.composite
def deals(draw, *rules) -> dict:
    """Tables of a trust by name, with its loans; its waterfall is made by one of the rules, of any kind if none is named."""
    groups = draw(st.sampled_from(GROUPS))
    loans, owned = draw(pools(groups))
    bases = ["pool_balance", "bond_balance", "fixed", "loan_count", "loans_left"]
    rest = draw(rest_of(sum(row["balance"] for row in loans), groups, bases, rules or RULES))
    return {"loans": loans, "reo": owned or None, **rest}


@st.composite
def deals_on_tables(draw, *rules) -> tuple[dict, list[Row]]:
    """Tables of a trust without loans, and the rows of its cash."""
    groups = draw(st.sampled_from(GROUPS))
    cash = draw(given_cash(groups))
    pool = sum(row["balance"] for row in cash if row["month"] == 1)
    return draw(rest_of(pool, groups, ["pool_balance", "bond_balance", "fixed"], rules or RULES)), cash
