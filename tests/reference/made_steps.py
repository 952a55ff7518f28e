"""Made waterfalls for hypothesis: steps at random, in the order of prospectuses, and of loan groups that support each other."""

from __future__ import annotations

import dataclasses

from hypothesis import strategies as st

from tests.builders import Row

WORDS = ("sequential", "pro_rata", "share")

AMOUNTS = (
    "60% of rest",
    *["due"] * 6, 1500, 54321.5, 0.37, "70%", "senior", "senior + 100 for 4 then 70 ramp 10 to 30",
    "senior * 50 for 6 then 80", "own", "own * 0 for 5 then 40 for 5 then 100", "own + 25", "90 for 3 then 45",
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Parts:
    """Names of a made deal."""

    names: list[str]
    ios: list[str]
    costs: list[str]
    capped: list[str]  # costs with a cap
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
    home: dict[str, str]  # each class's loan group, "" for all


@st.composite
def steps(draw, p: Parts) -> list[Row]:
    conditions = ["always"] * 8 + ["before_stepdown", "after_stepdown", "called", "not called"]
    conditions += [*p.triggers, *(f"not {t}" for t in p.triggers)]
    conditions += (
        [f"before_stepdown or {' or '.join(p.triggers)}", f"after_stepdown and not {p.triggers[0]}"]
        if p.triggers
        else []
    )
    pays = ["interest"] * 3 + ["principal"] * 4 + ["interest_shortfall", "basis_risk", "writedown", *p.costs]
    pays += ["writeup", "unpaid_loss"] + (["oc", "oc"] if p.oc else [])
    pays += ["hedge", "hedge", "termination"] if p.hedges else []
    pays += [f"{cost} over cap" for cost in p.capped]
    pays += ["deposit", "deposit", "release"] if p.accounts else []
    pays += ["reimbursement"] if p.insured else []
    pays += ["residual"]
    whom = {"hedge": p.hedges, "termination": p.hedges, "deposit": p.accounts, "reimbursement": list(p.insured)}
    sources = ["interest", "interest", "principal", "principal", "scheduled", "prepaid", "excess", "hedge", *p.accounts]
    rows: list[Row] = []
    for k in range(draw(st.integers(1, 14))):
        pay = draw(st.sampled_from(pays))
        source = draw(st.sampled_from([*sources, *p.zs, *p.insured]))
        known = whom.get(pay, p.names)
        if source in p.zs:
            pay, known = "principal", p.names
        if source in p.insured:
            pay = draw(st.sampled_from(["interest", "interest_shortfall", "writedown", "principal"]))
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
        cost = pay.removesuffix(" over cap") in p.costs
        classes = not cost and pay not in ("residual", "release")
        if classes:
            if not known:
                continue
            chosen = draw(st.permutations(known))[: draw(st.integers(1, len(known)))]
            row["rule"] = draw(st.sampled_from(WORDS))
            if source in p.insured:
                pass
            elif p.planned and pay in ("principal", "oc") and draw(st.booleans()):
                row["rule"] = "schedule"
                chosen = draw(st.permutations(p.planned))[: draw(st.integers(1, len(p.planned)))]
            elif p.aimed and pay in ("principal", "oc") and draw(st.booleans()):
                row["rule"] = "target"
                chosen = draw(st.permutations(p.aimed))[: draw(st.integers(1, len(p.aimed)))]
            if row["rule"] == "share":
                row["rule"] += " " + ":".join(str(draw(st.integers(1, 9))) for _ in chosen)
            row["to"] = ", ".join(chosen)
        row["amount"] = draw(st.sampled_from(AMOUNTS))
        if pay in ("writedown", "writeup", "residual", "release", *whom) or cost or source in p.insured:
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
    if p.insured and draw(st.booleans()):
        rows.append({"from": "interest", "pay": "reimbursement"})
    rows.append({"from": "interest", "pay": "interest", "to": ", ".join(names + ios), "rule": rule})
    if hedges:
        swaps = {"from": "interest", "pay": "hedge", "to": ", ".join(hedges), "rule": "pro_rata"}
        rows.insert(draw(st.sampled_from([len(rows) - 1, len(rows)])), swaps)
    rows.append({"from": "hedge", "pay": "interest", "to": every, "rule": "sequential"})
    rows.append({"from": "principal", "pay": "interest", "to": names[0]})
    rows += [{"from": account, "pay": "interest", "to": every} for account in p.accounts]
    rows += [{"from": who, "pay": "interest", "to": ", ".join(whose)} for who, whose in p.insured.items()]
    if draw(st.sampled_from([True, True, False])):
        rows.append({"from": "principal", "pay": "writeup", "to": every})
    if p.planned:
        rows.append({"from": "principal", "pay": "principal", "to": ", ".join(p.planned), "rule": "schedule"})
    if p.aimed and draw(st.booleans()):
        rows.append({"from": "principal", "pay": "principal", "to": ", ".join(p.aimed), "rule": "target"})
    if draw(st.booleans()):
        shifting = "senior + 100 for 6 then 60"
        rows.append({"from": "prepaid", "pay": "principal", "to": names[0], "amount": shifting})
        rows.append({"from": "scheduled", "pay": "principal", "to": names[0], "amount": "senior"})
    if draw(st.booleans()):
        rows.append({"from": "principal", "pay": "principal", "to": names[0], "amount": 54321.5})
    rows.append({"from": "principal", "pay": "principal", "to": every, "rule": "sequential", "when": "before_stepdown"})
    rows.append({"from": "principal", "pay": "principal", "to": every, "rule": "pro_rata", "when": "after_stepdown"})
    if draw(st.booleans()):
        rows += [{"from": "excess", "pay": f"{cost} over cap"} for cost in p.capped]
    if hedges and draw(st.booleans()):
        rows.append({"from": "excess", "pay": "termination", "to": ", ".join(hedges)})
    if most != "due":
        rows += [{"from": "excess", "pay": cost, "when": "after_stepdown"} for cost in costs]
    if oc:
        rows.append({"from": "excess", "pay": "oc", "to": every, "rule": "sequential"})
    rows.append({"from": "excess", "pay": "interest_shortfall", "to": every})
    rows += [{"from": who, "pay": "writedown", "to": ", ".join(whose)} for who, whose in p.insured.items()]
    rows += [{"from": who, "pay": "principal", "to": ", ".join(whose)} for who, whose in p.insured.items()]
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
def grouped_steps(draw, p: Parts) -> list[Row]:
    """Loan groups that pay their own classes first and then support each other's, then excess over all."""
    mine = {g: [n for n in p.names if p.home[n] == g] or p.names[:1] for g in p.groups}
    every, late = ", ".join(p.names), draw(st.sampled_from(["always", *p.triggers]))
    rows: list[Row] = [{"from": "interest", "pay": cost} for cost in p.costs]
    if p.hedges:
        rows.append(
            {"from": draw(st.sampled_from(["interest", "principal"])), "pay": "hedge", "to": ", ".join(p.hedges)}
        )
    for g in p.groups:
        rows.append({"from": "interest", "pay": "interest", "to": ", ".join(mine[g]), "rule": "pro_rata", "group": g})
    for g in p.groups:
        rows.append({"from": "interest", "pay": "interest", "to": every, "group": g})
        rows.append({"from": "principal", "pay": "interest", "to": mine[g][0], "group": g, "when": late})
    if draw(st.booleans()):
        rows.append(
            {"from": "principal", "pay": "writeup", "to": every, "group": draw(st.sampled_from([None, *p.groups]))}
        )
    rows.append({"from": "hedge", "pay": "interest", "to": every})
    rows.append({"from": "interest", "pay": "interest_shortfall", "to": every})
    amount = draw(st.sampled_from(["due", "senior + 100 for 4 then 50", "own", 54321.5]))
    rule = draw(st.sampled_from(["sequential", "pro_rata"]))
    rows.append({"from": "principal", "pay": "principal", "to": every, "rule": rule, "amount": amount})
    for g in p.groups:
        rows.append({"from": "principal", "pay": "principal", "to": ", ".join(mine[g]), "rule": rule, "group": g})
    others = [(g, n) for g in p.groups for n in p.names if n not in mine[g]]
    when = draw(st.sampled_from(["always", "after_stepdown", *p.triggers]))
    rows += [{"from": "principal", "pay": "principal", "to": n, "group": g, "when": when} for g, n in others]
    if draw(st.booleans()):
        rows += [
            {"from": "excess", "pay": "principal", "to": mine[g][-1], "amount": "40%", "group": g} for g in p.groups
        ]
    rows.append({"from": "excess", "pay": "oc" if p.oc else "principal", "to": every, "rule": rule})
    falls = [name for name in reversed(p.names) if name not in p.stays]
    for g in draw(st.sampled_from([[None], [*p.groups, None]])):
        names = [n for n in falls if g is None or p.home[n] == g]
        rows += [{"from": "excess", "pay": "writedown", "to": ", ".join(names), "group": g}] if names else []
    rows += [{"from": "excess", "pay": pay, "to": every} for pay in ("interest_shortfall", "basis_risk", "unpaid_loss")]
    rows += [{"from": "excess", "pay": "deposit", "to": account} for account in p.accounts]
    if p.zs:
        own = draw(st.sampled_from([[], p.zs]))
        rows += [{"from": z, "pay": "principal", "to": every} for z in own]
        rows.append({"from": "principal", "pay": "principal", "to": every})
    return [{"step": f"s{k}", **row} for k, row in enumerate(rows)]


def servable(rows: list[Row], home: dict[str, str]) -> list[Row]:
    """The steps without shares of cash and plans over classes of several loan groups, which are refused."""
    for row in rows:
        homes = {home.get(name, "") for name in str(row.get("to", "")).split(", ")}
        if len(homes) > 1 and not row.get("group"):
            amount = row.get("amount", "due")
            row["amount"] = amount if isinstance(amount, int | float) and amount > 1 else "due"
            row["rule"] = "sequential" if row.get("rule") == "schedule" else row.get("rule")
    return rows
