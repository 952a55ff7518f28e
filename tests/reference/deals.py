"""Made deals for hypothesis: every kind of step, rule, condition, coupon, hedge, trigger and cost, at random."""

from __future__ import annotations

import dataclasses

from hypothesis import strategies as st

from tests.builders import Row

INDEX = [0.002 + 0.0007 * m + 0.013 * ((m * 5) % 7) / 7 for m in range(70)]
WORDS = ("sequential", "pro_rata", "share")


def few(low: float, high: float, digits: int = 4):
    """Numbers of few digits."""
    unit = 10.0**digits
    return st.integers(round(low * unit), round(high * unit)).map(lambda n: n / unit)


@st.composite
def pools(draw, groups: list[str]) -> list[Row]:
    return [
        {
            "loan_id": f"L{k}", "group": group, "balance": draw(few(1e4, 4e6, 2)), "rate": draw(few(0.02, 0.11)),
            "remaining_term": draw(st.integers(3, 60)), "servicing_fee": 0.0025,
            "status": draw(st.sampled_from(["current", "current", "current", "foreclosure"])),
        }
        for k, group in enumerate(groups + draw(st.lists(st.sampled_from(groups), max_size=2)))
    ]  # fmt: skip


@st.composite
def bonds(draw, pool: float, groups: list[str]) -> list[Row]:
    count = draw(st.integers(1, 4))
    rows: list[Row] = []
    left = pool * draw(few(0.7, 1.1, 2))
    for k in range(count):
        size = left if k == count - 1 else left * draw(few(0.1, 0.9, 2))
        left -= size
        kind = "senior" if k == 0 else draw(st.sampled_from(["senior", "mezzanine", "subordinate", "po", "z"]))
        row: Row = {"tranche": f"B{k}", "balance": size, "kind": kind}
        row["writedown"] = draw(st.sampled_from([0.0, 0.0, 5000.5]))
        row["shortfall_interest"] = draw(st.sampled_from(["yes", "yes", "no"]))
        row["carryforward_interest"] = draw(st.sampled_from(["yes", "no"]))
        row["target_enhancement"] = draw(st.sampled_from([None, 0.1, 0.1, 0.35]))
        row["schedule"] = draw(st.sampled_from([None, "P0", "P1"]))
        row["insured_by"] = draw(st.sampled_from([None, None, "FSA", "MBIA"]))
        row["writes_down"] = draw(st.sampled_from(["yes", "yes", "yes", "no"]))
        if kind != "po":
            row["margin_after_call"] = draw(st.sampled_from([None, None, 0.0123]))
        if kind == "z" and draw(st.booleans()):
            row["accretes_while"] = ", ".join(draw(st.permutations([r["tranche"] for r in rows]))[: k // 2 + 1])
        row["coupon_type"] = "none" if kind == "po" else draw(st.sampled_from(["fixed", "floating", "net_wac"]))
        if row["coupon_type"] == "fixed":
            row["coupon"] = draw(few(0.0, 0.12))
        if row["coupon_type"] == "floating":
            row |= {"index": "LIBOR_1M", "margin": draw(few(0.0, 0.05)), "lookback": draw(st.integers(0, 2))}
            row["multiplier"] = draw(st.sampled_from([1, 1, 0.5, -1.5, 2]))
            row["cap"] = draw(st.sampled_from([None, 0.02, 0.06]))
            row["floor"] = draw(st.sampled_from([None, 0.01]))
        row["net_wac_cap"] = draw(st.sampled_from([None, None, "pool", *groups]))
        grouped = len(groups) > 1 and kind != "z"
        row["group"] = draw(st.sampled_from([None, None, *groups])) if grouped else None
        row["day_count"] = draw(st.sampled_from(["30/360", "act/360", "act/act"]))
        row["interest_shortfall"] = draw(st.sampled_from([0.0, 1234.5]))
        row["basis_risk_carryforward"] = draw(st.sampled_from([0.0, 777.25]))
        rows.append(row)
    if draw(st.booleans()):
        row = {"tranche": "X", "balance": pool / 3, "kind": "io", "coupon": draw(few(0.0, 0.02))}
        row["notional_of"] = draw(st.sampled_from([None, "pool", ",".join(r["tranche"] for r in rows[:2])]))
        rows.append(row)
    return rows


@st.composite
def hedges(draw, names: list[str]) -> tuple[list[Row], list[Row]]:
    rows, schedules = [], []
    for k in range(draw(st.integers(0, 2))):
        row: Row = {"hedge": f"H{k}", "type": draw(st.sampled_from(["swap", "cap", "corridor", "floor"]))}
        row |= {"receive_index": "LIBOR_1M", "margin": draw(few(0.0, 0.01)), "lookback": draw(st.integers(0, 2))}
        row |= {"pay_rate": draw(few(0.0, 0.06)), "strike": draw(few(0.0, 0.03)), "ceiling": 0.035}
        row |= {"start": draw(st.integers(0, 5)), "end": draw(st.integers(4, 40))}
        row["day_count"] = draw(st.sampled_from(["30/360", "act/360"]))
        row["in_trust"] = draw(st.sampled_from(["yes", "yes", "yes", "no"]))
        how = draw(st.sampled_from(["notional", "schedule", "notional_of"]))
        if how == "notional":
            row["notional"] = draw(few(0.0, 5e6, 2))
        elif how == "schedule":
            row["schedule"] = f"S{k}"
            months = sorted(draw(st.sets(st.integers(0, 30), min_size=1, max_size=4)))
            schedules += [{"schedule": f"S{k}", "month": m, "amount": draw(few(0.0, 5e6, 2))} for m in months]
        else:
            row["notional_of"] = draw(st.sampled_from(["pool", names[0], ",".join(names)]))
        rows.append(row)
    return rows, schedules


@st.composite
def triggers(draw) -> list[Row]:
    levels = {
        "cumulative_loss": few(0.00131, 0.2, 5), "delinquency": few(0.00131, 0.3, 5), "oc": few(-1e5, 1e5, 3),
        "rolling_delinquency": few(0.00131, 0.3, 5), "enhancement": few(0.011, 0.7, 5), "month": st.integers(2, 40),
        "deal_age": st.integers(2, 80), "pool_factor": few(0.0513, 0.9, 5), "subordination": few(0.0, 1e5, 3),
    }  # fmt: skip
    rows = []
    for k in range(draw(st.integers(0, 2))):
        measure = draw(st.sampled_from(sorted(levels)))
        threshold = draw(levels[measure])
        if measure == "cumulative_loss" and draw(st.booleans()):
            threshold = "0.37 for 5 then 0.37 ramp 20 to 3.13"
        row = {"trigger": f"T{k}", "measure": measure, "test": draw(st.sampled_from([">", "<", ">=", "<="]))}
        rows.append({**row, "threshold": threshold, "cure": draw(st.sampled_from(["yes", "no"]))})
    return rows


AMOUNTS = (
    *["due"] * 6, 1500, 54321.5, 0.37, "70%", "senior", "senior + 100 for 4 then 70 ramp 10 to 30",
    "senior * 50 for 6 then 80", "own", "own * 0 for 5 then 40 for 5 then 100", "own + 25", "90 for 3 then 45",
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Parts:
    """Names of a made deal."""

    names: list[str]
    ios: list[str]
    costs: list[str]
    hedges: list[str]
    triggers: list[str]
    groups: list[str]
    accounts: list[str]
    zs: list[str]
    planned: list[str]
    aimed: list[str]
    stays: list[str]
    insured: dict[str, list[str]]
    oc: bool


@st.composite
def steps(draw, p: Parts) -> list[Row]:
    conditions = ["always"] * 8 + ["before_stepdown", "after_stepdown", "called", "not called"]
    conditions += [*p.triggers, *(f"not {t}" for t in p.triggers)]
    pays = ["interest"] * 3 + ["principal"] * 4 + ["interest_shortfall", "basis_risk", "writedown", *p.costs]
    pays += ["writeup", "unpaid_loss"] + (["oc", "oc"] if p.oc else []) + (["hedge", "hedge"] if p.hedges else [])
    pays += ["deposit", "deposit", "release"] if p.accounts else []
    pays += ["reimbursement"] if p.insured else []
    pays += ["residual"]
    whom = {"hedge": p.hedges, "deposit": p.accounts, "reimbursement": list(p.insured)}
    sources = ["interest", "interest", "principal", "principal", "scheduled", "prepaid", "excess", "hedge", *p.accounts]
    rows: list[Row] = []
    for k in range(draw(st.integers(1, 14))):
        pay = draw(st.sampled_from(pays))
        source = draw(st.sampled_from([*sources, *p.zs, *p.insured]))
        known = whom.get(pay, p.names)
        if source in p.zs:
            pay, known = "principal", p.names
        if source in p.insured:
            pay = draw(st.sampled_from(["interest", "interest_shortfall", "writedown"]))
            known = p.insured[source]
        elif pay in ("interest", "interest_shortfall", "basis_risk"):
            known = p.names + p.ios
        elif pay == "writedown":
            known = [name for name in p.names if name not in p.stays]
        if pay == "deposit":
            known = [name for name in known if name != source]
        if pay == "release":
            source = draw(st.sampled_from(p.accounts))
        row: Row = {"step": f"s{k}", "pay": pay, "from": source, "rule": "sequential"}
        classes = pay not in p.costs and pay not in ("residual", "release")
        if classes:
            if not known:
                continue
            chosen = draw(st.permutations(known))[: draw(st.integers(1, len(known)))]
            row["rule"] = draw(st.sampled_from(WORDS))
            if p.planned and pay in ("principal", "oc") and draw(st.booleans()):
                row["rule"] = "schedule"
                chosen = draw(st.permutations(p.planned))[: draw(st.integers(1, len(p.planned)))]
            elif p.aimed and pay in ("principal", "oc") and draw(st.booleans()):
                row["rule"] = "target"
                chosen = draw(st.permutations(p.aimed))[: draw(st.integers(1, len(p.aimed)))]
            if row["rule"] == "share":
                row["rule"] += " " + ":".join(str(draw(st.integers(1, 9))) for _ in chosen)
            row["to"] = ", ".join(chosen)
        row["amount"] = draw(st.sampled_from(AMOUNTS))
        if pay in ("writedown", "writeup", "residual", "release", *p.costs, *whom) or source in p.insured:
            row["amount"] = draw(st.sampled_from(["due", 1500, 54321.5]))
        row["when"] = draw(st.sampled_from(conditions))
        row["group"] = draw(st.sampled_from([None, None, *p.groups])) if len(p.groups) > 1 else None
        rows.append(row)
    if p.zs or not rows:
        last = {"step": "last", "from": "principal", "pay": "principal", "to": ", ".join(p.names)}
        own = {row["from"] for row in rows} & set(p.zs)
        rows += [{"step": f"last {z}", "from": z, "pay": "principal", "to": ", ".join(p.names)} for z in sorted(own)]
        rows.append(last)
    return rows


@st.composite
def usual_steps(draw, p: Parts) -> list[Row]:
    """A priority of payments in the order that prospectuses have it."""
    names, ios, costs, hedges, oc = p.names, p.ios, p.costs, p.hedges, p.oc
    rule = draw(st.sampled_from(["sequential", "pro_rata"]))
    every = ", ".join(names)
    most = draw(st.sampled_from(["due", "due", 300]))
    rows = [{"from": "interest", "pay": cost, "amount": most} for cost in costs]
    if hedges:
        rows.append({"from": "interest", "pay": "hedge", "to": ", ".join(hedges), "rule": "pro_rata"})
    rows.append({"from": "interest", "pay": "interest", "to": ", ".join(names + ios), "rule": rule})
    rows.append({"from": "hedge", "pay": "interest", "to": every, "rule": "sequential"})
    rows.append({"from": "principal", "pay": "interest", "to": names[0]})
    rows += [{"from": account, "pay": "interest", "to": every} for account in p.accounts]
    rows += [{"from": who, "pay": "interest", "to": ", ".join(whose)} for who, whose in p.insured.items()]
    if draw(st.booleans()):
        rows.append({"from": "principal", "pay": "writeup", "to": every})
    if p.planned:
        rows.append({"from": "principal", "pay": "principal", "to": ", ".join(p.planned), "rule": "schedule"})
    if draw(st.booleans()):
        shifting = "senior + 100 for 6 then 60"
        rows.append({"from": "prepaid", "pay": "principal", "to": names[0], "amount": shifting})
        rows.append({"from": "scheduled", "pay": "principal", "to": names[0], "amount": "senior"})
    if draw(st.booleans()):
        rows.append({"from": "principal", "pay": "principal", "to": names[0], "amount": 54321.5})
    rows.append({"from": "principal", "pay": "principal", "to": every, "rule": "sequential", "when": "before_stepdown"})
    rows.append({"from": "principal", "pay": "principal", "to": every, "rule": "pro_rata", "when": "after_stepdown"})
    if most != "due":
        rows += [{"from": "excess", "pay": cost, "when": "after_stepdown"} for cost in costs]
    if oc:
        rows.append({"from": "excess", "pay": "oc", "to": every, "rule": "sequential"})
    rows.append({"from": "excess", "pay": "interest_shortfall", "to": every})
    rows += [{"from": who, "pay": "writedown", "to": ", ".join(whose)} for who, whose in p.insured.items()]
    falls = [name for name in reversed(names) if name not in p.stays]
    if falls:
        rows.append({"from": "excess", "pay": "writedown", "to": ", ".join(falls)})
    if p.insured:
        rows.append({"from": "excess", "pay": "reimbursement"})
    rows.append({"from": "excess", "pay": "unpaid_loss", "to": every})
    rows.append({"from": "excess", "pay": "basis_risk", "to": every, "rule": "pro_rata"})
    rows += [{"from": "excess", "pay": "deposit", "to": account} for account in p.accounts]
    rows += [{"from": account, "pay": "release"} for account in p.accounts]
    if draw(st.booleans()):
        rows.append({"from": "excess", "pay": "residual"})
    return [{"step": f"s{k}", **row} for k, row in enumerate(rows)]


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
def deals(draw) -> dict:
    """Tables of a trust by name."""
    groups = draw(st.sampled_from([["1"], ["1"], ["1", "2"]]))
    loans = draw(pools(groups))
    pool = sum(row["balance"] for row in loans)
    classes = draw(bonds(pool, groups))
    names = [b["tranche"] for b in classes if b["kind"] != "io"]
    ios = [b["tranche"] for b in classes if b["kind"] == "io"]
    derivatives, schedules = draw(hedges(names))
    tests = draw(triggers())
    costs = [
        {
            "cost": f"fee{k}", "basis": draw(st.sampled_from(["pool_balance", "bond_balance", "fixed", "loan_count"])),
            "rate": draw(few(0.0, 0.01)), "amount": draw(few(0.0, 5000.0, 2)),
            "minimum": draw(st.sampled_from([0.0, 6000.0])), "cap": draw(st.sampled_from([None, 9000.0, 3000.0])),
        }
        for k in range(draw(st.integers(0, 2)))
    ]  # fmt: skip
    terms: list[Row] = [{"term": "closing_date", "value": "2007-03-20"}]
    oc = draw(st.booleans())
    if oc:
        terms.append({"term": "oc_target", "value": draw(few(0.0, 0.1))})
        terms.append({"term": "oc_floor", "value": draw(st.sampled_from([0.0, 0.005, 20000.0]))})
        if draw(st.booleans()):
            terms.append({"term": "oc_target_after_stepdown", "value": draw(few(0.01, 0.2))})
    if draw(st.booleans()):
        terms.append({"term": "stepdown_age", "value": draw(st.integers(30, 60))})
    if draw(st.booleans()):
        terms.append({"term": "stepdown_enhancement", "value": draw(few(0.05, 0.6))})
    if draw(st.booleans()):
        terms.append({"term": "original_pool_balance", "value": pool * 1.37})
    if draw(st.booleans()):
        terms.append({"term": "cumulative_loss", "value": 25000.5})
    if draw(st.booleans()):
        terms += [{"term": "first_remittance", "value": "2010-01-25"}, {"term": "remittance_day", "value": 25}]
    if any(b.get("margin_after_call") for b in classes):
        terms.append({"term": "call_factor", "value": draw(st.sampled_from([0.05, 0.4, 0.9]))})
    if draw(st.booleans()):
        terms.append({"term": "call_exercised", "value": draw(st.sampled_from(["never", "month 5", "month 30"]))})
    accounts = draw(reserves())
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
        names, ios, [c["cost"] for c in costs], [h["hedge"] for h in derivatives], [t["trigger"] for t in tests], groups,
        [a["account"] for a in accounts], [b["tranche"] for b in classes if b["kind"] == "z"],
        [b["tranche"] for b in classes if b.get("schedule")],
        [b["tranche"] for b in classes if b.get("target_enhancement") == 0.1],
        [b["tranche"] for b in classes if b.get("writes_down") == "no"], insured, oc,
    )  # fmt: skip
    rules = usual_steps(parts) if draw(st.booleans()) else steps(parts)
    return {
        "loans": loans, "bonds": classes, "waterfall": draw(rules), "terms": terms, "costs": costs or None,
        "triggers": tests or None, "hedges": derivatives or None, "schedules": [*schedules, *plans],
        "accounts": accounts or None,
    }  # fmt: skip


@st.composite
def stresses(draw) -> Row:
    """A row of curves."""
    return {
        "month": 1, "cpr": draw(few(0.0, 0.4)), "cdr": draw(few(0.0, 0.25)), "severity": draw(few(0.0, 1.0, 2)),
        "subsequent_recovery": draw(st.sampled_from([0.0, 0.3])), "subsequent_recovery_lag": 2,
        "recovery_lag": draw(st.sampled_from([0, 3, 9])), "advance": draw(st.sampled_from([0.0, 0.5, 1.0])),
    }  # fmt: skip
