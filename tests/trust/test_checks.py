"""What looks wrong in a deal: each finding in the smallest deal that has it, and none where nothing is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import Row, loan, make_trust
from tests.excel.helpers import one
from xlfv.excel import call
from xlfv.excel.example_deal import DEAL
from xlfv.trust.checks import check_deal

BONDS = [
    {"tranche": "A", "balance": 60_000.0, "coupon": 0.05},
    {"tranche": "M", "balance": 30_000.0, "coupon": 0.05, "kind": "mezzanine"},
    {"tranche": "B", "balance": 8_000.0, "coupon": 0.06, "kind": "subordinate"},
]
STEPS = [
    {"step": "i", "from": "interest", "pay": "interest", "to": "A, M, B"},
    {"step": "p", "from": "principal", "pay": "principal", "to": "A, M, B"},
    {"step": "s", "from": "excess", "pay": "interest_shortfall", "to": "A, M, B"},
    {"step": "w", "from": "excess", "pay": "writedown", "to": "B, M, A"},
    {"step": "r", "from": "excess", "pay": "residual"},
]
SWAP = [{"hedge": "S", "type": "swap", "notional": 1e4, "pay_rate": 0.03, "receive_index": "LIBOR_1M"}]


def changed(*edits: tuple[str, Row | None]) -> list[Row]:
    """The steps with some put in the place of, or after (``+name``) those named; None takes one out."""
    rows: list[Row] = []
    for row in STEPS:
        kept = dict(edits).get(row["step"], row)
        rows += [kept] if kept else []
        rows += [new for at, new in edits if at == f"+{row['step']}" and new]
    return rows


def findings(**tables: Any) -> list[str]:
    deal = {"bonds": BONDS, "waterfall": STEPS, **tables}
    loans = deal.pop("loans", [loan()])
    return [f"{each.where}: {each.what}" for each in check_deal(make_trust(loans, **deal))]


def test_a_sound_deal_has_nothing_to_be_told():
    assert findings() == []


def test_the_example_and_a_deal_of_cells():
    parts = [DEAL[name] for name in ("loans", "bonds", "waterfall", "costs", "terms", "triggers", "hedges", "reo")]
    assert call("XLFV_CHECK", one(call("XLFV_TRUST", "S", 40178, *parts)))[1][0] == "nothing looks wrong"
    steps = [row for row in parts[2] if row[0] != 3.0]
    rows = call("XLFV_CHECK", one(call("XLFV_TRUST", "S", 40178, *parts[:2], steps, *parts[3:])))
    assert rows[0] == ["what", "where", "todo"]
    assert rows[1][:2] == ["the interest of A is never paid", "class A"]


DELINQUENT = [{"trigger": "late", "measure": "delinquency", "test": ">", "threshold": 0.05}]
STEPDOWN = [{"term": "closing_date", "value": "2006-06-29"}, {"term": "stepdown_age", "value": 36}]
I_AM = {"from": "interest", "pay": "interest"}
P = {"from": "principal", "pay": "principal"}
X = {"from": "excess"}
FUND = [{"account": "fund", "target": 500}]
DEPOSIT = {"step": "d", **X, "pay": "deposit", "to": "fund"}
INSURED = [{**BONDS[0], "insured_by": "FSA"}, *BONDS[1:]]
GUARANTY = {"step": "g", "from": "FSA", "pay": "interest", "to": "A"}
PLANNED = [{**BONDS[0], "schedule": "PAC"}, *BONDS[1:]]
PLAN = [{"schedule": "PAC", "month": m, "amount": 60_000.0 - 500 * m} for m in range(1, 121)]
Z = [BONDS[0], {**BONDS[1], "kind": "z"}, BONDS[2]]
CALL = [{"term": "call_factor", "value": 0.1}, {"term": "call_exercised", "value": "first"}]
WHOLE = {"term": "original_pool_balance", "value": 400_000}
CASES: list[tuple[str, dict[str, Any], str]] = [
    ("no interest", {"waterfall": changed(("i", {"step": "i", **I_AM, "to": "A, M"}))}, "class B: the interest of B is never paid"),
    ("no principal", {"waterfall": changed(("p", {"step": "p", **P, "to": "A, B"}))}, "class M: the principal of M is never paid"),
    ("interest under a condition",
     {"triggers": DELINQUENT, "waterfall": changed(("i", {"step": "i", **I_AM, "to": "A"}),
                                                    ("+i", {"step": "j", **I_AM, "to": "M, B", "when": "not late"}))},
     "step j: M is paid no interest while late is on"),
    ("principal twice", {"waterfall": changed(("+p", {"step": "q", **P, "to": "M"}))},
     "step q: principal of M is paid twice from principal: step p does so already"),
    ("interest twice", {"waterfall": changed(("+i", {"step": "j", **I_AM, "to": "B"}))},
     "step j: interest of B is paid twice from interest: step i does so already"),
    ("an oc target nobody reads", {"terms": [{"term": "oc_target", "value": 2000}]},
     "term oc_target: oc_target is given and no step pays oc: overcollateralization is never built"),
    ("an oc floor without a target", {"terms": [{"term": "oc_floor", "value": 2000}]},
     "term oc_floor: oc_floor is given without oc_target: nothing reads it"),
    ("a price of no call", {"terms": [{"term": "collateral_price", "value": 1.01}]},
     "term collateral_price: collateral_price is given and no call is priced: nothing reads it"),
    ("a termination of a deal that is never called",
     {"hedges": [{"hedge": "h", "type": "swap", "receive_index": "LIBOR_1M", "pay_rate": 0.05, "notional": 1e5}],
      "waterfall": changed(("+i", {"step": "h", "from": "interest", "pay": "hedge"}),
                           ("+s", {"step": "t", **X, "pay": "termination"}))},
     "step t: the step can never pay: the deal is never called"),
    ("a step-down nobody reads", {"terms": STEPDOWN}, "term stepdown_age: stepdown_age is given and no step and no target"),
    ("a step-down without terms",
     {"waterfall": changed(("p", {"step": "p", **P, "to": "A, M, B", "when": "before_stepdown"}),
                           ("+p", {"step": "q", **P, "to": "A, M, B", "rule": "pro_rata", "when": "after_stepdown"}))},
     "step p: the terms give no stepdown_age and no stepdown_enhancement"),
    ("a trigger nobody reads", {"triggers": DELINQUENT}, "trigger late: the trigger late is read by no step"),
    ("a schedule nobody reads", {"schedules": [{"schedule": "PAC", "month": 1, "amount": 5.0}]},
     "schedule PAC: the schedule PAC is read by nobody"),
    ("a cost nobody pays", {"costs": [{"cost": "fee", "basis": "fixed", "amount": 9.0}]}, "cost fee: the cost fee is never paid"),
    ("after the residual", {"waterfall": [*STEPS, {"step": "t", **X, "pay": "principal", "to": "A"}]},
     "step t: the step can never pay: step r leaves no excess"),
    ("a residual that takes the interest",
     {"waterfall": [{"step": "0", "from": "interest", "pay": "residual"}, *STEPS]},
     "step i: the step can never pay: step 0 leaves no interest"),
    ("excess too early", {"waterfall": [{"step": "t", **X, "pay": "principal", "to": "A"}, *STEPS]},
     "step t: the step can never pay: there is no excess yet: step i, step p draw on other cash later"),
    ("hedge cash without hedges", {"waterfall": changed(("+i", {"step": "h", "from": "hedge", "pay": "interest", "to": "A"}))},
     "step h: the step can never pay: the trust has no derivatives that pay into it"),
    ("a step-down that never comes",
     {"bonds": [{**row, "kind": "mezzanine"} for row in BONDS],
      "waterfall": changed(("+s", {"step": "t", **X, "pay": "principal", "to": "B", "when": "after_stepdown"}))},
     "step t: the step can never pay: the terms give no stepdown_age or stepdown_enhancement, and there are no seniors"),
    ("a trigger that is never on",
     {"triggers": [{**DELINQUENT[0], "threshold": 5}],
      "waterfall": changed(("+s", {"step": "t", **X, "pay": "principal", "to": "A", "when": "late"}))},
     "step t: the step can never pay: its trigger late never is on: no delinquency is > 5"),
    ("a cost of nothing",
     {"costs": [{"cost": "fee", "basis": "pool_balance"}],
      "waterfall": [{"step": "f", "from": "interest", "pay": "fee"}, *STEPS]},
     "step f: the step can never pay: the cost fee has no rate, amount, minimum or schedule"),
    ("capped interest of no cap", {"waterfall": changed(("+s", {"step": "b", **X, "pay": "basis_risk", "to": "A"}))},
     "step b: the step can never pay: no net WAC cap cuts off interest of A"),
    ("unpaid interest", {"waterfall": changed(("s", {"step": "s", **X, "pay": "interest_shortfall", "to": "A, M"}))},
     "waterfall: interest once unpaid is never made good to B: no step pays them interest_shortfall"),
    ("capped interest never paid", {"bonds": [{**BONDS[0], "net_wac_cap": "pool"}, *BONDS[1:]]},
     "waterfall: interest cut off by net WAC caps is carried forward and never paid to A"),
    ("principal that nobody takes",
     {"terms": STEPDOWN, "waterfall": changed(("p", {"step": "p", **P, "to": "A, M, B", "when": "before_stepdown"}))},
     "step p: no step pays principal to classes while after_stepdown: what is collected then goes to the residual"),
    ("a group past another",
     {"loans": [loan("1"), loan("2", group="2")],
      "bonds": [{**BONDS[0], "group": "1"}, {**BONDS[0], "tranche": "C", "group": "2"}],
      "waterfall": [{"step": p, "from": f, "pay": p, "to": "A, C"}
                    for f, p in (("interest", "interest"), ("principal", "principal"), ("excess", "interest_shortfall"))]},
     "group 1: principal of group 1 that its own classes do not need goes past C to the residual"),
    ("no write-down", {"waterfall": changed(("w", {"step": "w", **X, "pay": "writedown", "to": "B"}))},
     "class M: no step writes M down"),
    ("losses from above", {"waterfall": changed(("w", {"step": "w", **X, "pay": "writedown", "to": "A, M, B"}))},
     "step w: losses reach A (senior) before M (mezzanine)"),
    ("two steps of one name", {"waterfall": changed(("+s", {"step": "p", **X, "pay": "principal", "to": "A"}))},
     "step p: 2 steps are named p"),
    ("no scheduled principal", {"waterfall": changed(("p", {"step": "p", "from": "prepaid", "pay": "principal", "to": "A, M, B"}))},
     "step p: no step pays scheduled principal to classes: it goes to the residual"),
    ("principal above an amount", {"waterfall": changed(("p", {"step": "p", **P, "to": "A, M, B", "amount": "70%"}))},
     "step p: every step that pays principal to classes has an amount: what is above it goes to the residual"),
    ("prepaid principal under a condition",
     {"triggers": DELINQUENT,
      "waterfall": changed(("p", {"step": "p", "from": "scheduled", "pay": "principal", "to": "A, M, B"}),
                           ("+p", {"step": "q", "from": "prepaid", "pay": "principal", "to": "A, M, B", "when": "late"}))},
     "step q: no step pays prepaid principal to classes while late is off: what is collected then goes to the residual"),
    ("an oc that has no target", {"waterfall": changed(("+s", {"step": "o", **X, "pay": "oc", "to": "A, M, B"}))},
     "step o: the step can never pay: the terms give no oc_target"),
    ("an age without a closing date",
     {"terms": STEPDOWN[1:], "waterfall": changed(("+s", {"step": "o", **X, "pay": "principal", "to": "A", "when": "after_stepdown"}))},
     "term stepdown_age: stepdown_age is given without closing_date: the deal cannot be projected"),
    ("a recovery for nobody", {"waterfall": changed(("w", {"step": "u", **P, "pay": "writeup", "to": "A, M, B"}))},
     "step u: the step can never pay: no step writes A, M, B down"),
    ("cash for no loss", {"bonds": [{**row, "writes_down": "no"} for row in BONDS],
                          "waterfall": changed(("w", {"step": "u", **X, "pay": "unpaid_loss", "to": "B"}))},
     "step u: the step can never pay: no step writes B down"),
    ("recoveries from below", {"waterfall": changed(("+i", {"step": "u", **P, "pay": "writeup", "to": "B, M, A"}))},
     "step u: recoveries write up B (subordinate) before M (mezzanine)"),
    ("an account never funded",
     {"accounts": FUND, "waterfall": changed(("+i", {"step": "f", "from": "fund", "pay": "interest", "to": "A"}))},
     "account fund: the account fund is never funded"),
    ("a draw on nothing",
     {"accounts": FUND, "waterfall": changed(("+i", {"step": "f", "from": "fund", "pay": "interest", "to": "A"}))},
     "step f: the step can never pay: the account fund holds nothing and no step deposits to it"),
    ("an account never drawn", {"accounts": FUND, "waterfall": changed(("+s", DEPOSIT))},
     "account fund: nothing draws on the account fund"),
    ("an account for nothing",
     {"accounts": FUND, "waterfall": changed(("+s", DEPOSIT), ("+w", {"step": "l", "from": "fund", "pay": "release"}))},
     "account fund: the account fund is held and released and pays for nothing"),
    ("an account never released",
     {"accounts": FUND, "waterfall": changed(("+s", DEPOSIT), ("+i", {"step": "f", "from": "fund", "pay": "interest", "to": "A"}))},
     "account fund: what the account fund holds when the loans are gone stays in it: no step releases it"),
    ("an account without a target",
     {"accounts": [{"account": "fund"}], "waterfall": changed(("+s", DEPOSIT))},
     "step d: the step can never pay: fund has no target to be filled to"),
    ("an insurer never paid back", {"bonds": INSURED, "waterfall": changed(("+i", GUARANTY))},
     "insurer FSA: what FSA pays is never paid back: no step pays reimbursement"),
    ("an insurer nobody draws on", {"bonds": INSURED, "waterfall": changed(("+s", {"step": "b", **X, "pay": "reimbursement"}))},
     "step b: the step can never pay: no step draws on FSA"),
    ("an insurer in front", {"bonds": INSURED, "waterfall": [GUARANTY, *STEPS]},
     "step g: FSA pays the interest of A before the deal's own cash does in step i"),
    ("an insurer behind the write-down", {"bonds": INSURED, "waterfall": changed(("+w", {**GUARANTY, "pay": "writedown"}))},
     "step g: the step can never pay: step w writes A down already"),
    ("interest of an insurer alone",
     {"bonds": INSURED, "waterfall": changed(("i", {"step": "i", **I_AM, "to": "M, B"}), ("+i", GUARANTY))},
     "class A: the interest of A is never paid"),
    ("a plan nobody reads", {"bonds": PLANNED, "schedules": PLAN}, "class A: no step pays A by its schedule PAC"),
    ("a planned class without support",
     {"bonds": PLANNED[:1], "schedules": PLAN,
      "waterfall": [{"step": p, "from": f, "pay": p, "to": "A", "rule": r}
                    for f, p, r in (("interest", "interest", None), ("principal", "principal", "schedule"),
                                    ("excess", "interest_shortfall", None))]},
     "step principal: no class supports A: no later step pays principal above the schedule to another"),
    ("a target enhancement nobody reads", {"bonds": [{**BONDS[0], "target_enhancement": 0.2}, *BONDS[1:]]},
     "class A: target_enhancement of A is read by no step of the rule target"),
    ("a lockout undone",
     {"waterfall": changed(("p", {"step": "n", **P, "to": "M", "amount": "own * 0 for 60 then 100"}),
                           ("+p", {"step": "q", **P, "to": "M, A, B"}))},
     "step q: M is locked out in step n and paid principal all the same"),
    ("a lockout undone pro rata",
     {"waterfall": changed(("p", {"step": "n", **P, "to": "M", "amount": "own * 0 for 60 then 100"}),
                           ("+p", {"step": "q", **P, "to": "A, M, B", "rule": "pro_rata"}))},
     "step q: M is locked out in step n and paid principal all the same"),
    ("a lockout without end", {"waterfall": changed(("+i", {"step": "n", **P, "to": "M", "amount": "own * 0"}))},
     "step n: the step can never pay: its share is 0 in every month (0)"),
    ("an amount of nothing", {"waterfall": changed(("+i", {"step": "n", **P, "to": "M", "amount": "0%"}))},
     "step n: the step can never pay: its share is 0 in every month"),
    ("a senior percentage without seniors",
     {"bonds": [{**row, "kind": "mezzanine"} for row in BONDS],
      "waterfall": changed(("+i", {"step": "n", **P, "to": "A", "amount": "senior"}))},
     "step n: no class is senior: the senior percentage is 0 while there are loans"),
    ("a z class in front of the one it waits for",
     {"bonds": Z, "waterfall": changed(("p", {"step": "p", **P, "to": "M, A, B"}))},
     "step p: M is paid principal before A, while which it accretes"),
    ("an accretion drawn too early",
     {"bonds": Z, "waterfall": [{"step": "z", "from": "M", "pay": "principal", "to": "A, M"}, *changed(("p", {"step": "p", **P, "to": "A, M, B"})),
                                {"step": "y", "from": "M", "pay": "principal", "to": "A, M"}]},
     "step z: the step can never pay: M accretes in step i only, later"),
    ("a call factor nobody reads", {"terms": [{"term": "call_factor", "value": 0.1}]},
     "term call_factor: call_factor is given and call_exercised is not: the deal is never called, and no margin steps up"),
    ("a step for a call that never comes",
     {"waterfall": changed(("+s", {"step": "c", **X, "pay": "principal", "to": "A", "when": "called"}))},
     "step c: the step can never pay: the terms say nothing of call_exercised, and the deal is never called"),
    ("interest but for the call", {"terms": CALL, "waterfall": changed(("i", {"step": "i", **I_AM, "to": "A, M, B", "when": "not called"}))},
     "step i: A is paid no interest while the deal is called"),
    ("the trust's notices", {"bonds": [{**BONDS[0], "balance": 90_000.0}, *BONDS[1:]]}, ": the bonds exceed the pool by 28,000"),
]  # fmt: skip


@pytest.mark.parametrize(("tables", "words"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_each_finding_is_told_with_its_place(tables: dict[str, Any], words: str):
    found = findings(**tables)
    assert any(each.startswith(words) for each in found), found


SOUND: dict[str, dict[str, Any]] = {
    "a turbo from excess": {"waterfall": changed(("+s", {"step": "t", **X, "pay": "principal", "to": "A, M, B"}))},
    "a limited step before one without limit": {
        "waterfall": changed(("+i", {"step": "q", **P, "to": "A", "amount": 500}))
    },
    "one rule before the step-down and one after": {
        "terms": STEPDOWN,
        "waterfall": changed(
            ("p", {"step": "p", **P, "to": "A, M, B", "when": "before_stepdown"}),
            ("+p", {"step": "q", **P, "to": "A, M, B", "rule": "pro_rata", "when": "after_stepdown"}),
        ),
    },
    "one rule while a trigger is on and one while not": {
        "triggers": DELINQUENT,
        "waterfall": changed(
            ("p", {"step": "p", **P, "to": "A, M, B", "when": "late"}),
            ("+p", {"step": "q", **P, "to": "A, M, B", "rule": "pro_rata", "when": "not late"}),
        ),
    },
    "a retired class": {"bonds": [*BONDS, {"tranche": "OLD", "balance": 0.0, "coupon": 0.05}]},
    "a po and an io": {
        "bonds": [*BONDS, {"tranche": "PO", "balance": 1000.0, "kind": "po", "coupon_type": "none"},
                  {"tranche": "IO", "balance": 0.0, "kind": "io", "coupon": 0.01, "notional_of": "A"}],
        "waterfall": changed(("i", {"step": "i", **I_AM, "to": "A, M, B, IO"}), ("p", {"step": "p", **P, "to": "A, M, B, PO"}),
                             ("s", {"step": "s", **X, "pay": "interest_shortfall", "to": "A, M, B, IO"})),
    },
    "a trigger that holds the target": {
        "triggers": DELINQUENT,
        "terms": [*STEPDOWN, {"term": "oc_target", "value": 2000}, {"term": "oc_target_after_stepdown", "value": 1000}],
        "waterfall": changed(("+s", {"step": "o", **X, "pay": "oc", "to": "A, M, B"})),
    },
    "a swap paid and received": {
        "hedges": SWAP,
        "waterfall": [{"step": "h", "from": "interest", "pay": "hedge"}, *STEPS[:2],
                      {"step": "g", "from": "hedge", "pay": "interest_shortfall", "to": "A, M, B"}, *STEPS[2:]],
    },
    "scheduled and prepaid principal apart": {
        "waterfall": changed(
            ("p", {"step": "p", "from": "scheduled", "pay": "principal", "to": "A", "amount": "senior"}),
            ("+p", {"step": "q", "from": "prepaid", "pay": "principal", "to": "A", "amount": "senior + 100 for 60 then 70"}),
            ("s", {"step": "t", **P, "to": "M, B, A"}), ("+s", STEPS[2]),
        ),
    },
    "a lockout": {
        "waterfall": changed(("+i", {"step": "n", **P, "to": "M", "amount": "own * 0 for 60 then 30"}),
                             ("p", {"step": "p", **P, "to": "A, M, B"})),
    },
    "recoveries and cash for losses": {
        "waterfall": changed(("+i", {"step": "u", **P, "pay": "writeup", "to": "A, M, B"}),
                             ("+w", {"step": "l", **X, "pay": "unpaid_loss", "to": "A, M, B"})),
    },
    "a reserve account": {
        "accounts": FUND,
        "waterfall": changed(("+i", {"step": "f", "from": "fund", "pay": "interest", "to": "A, M, B"}), ("+s", DEPOSIT),
                             ("+w", {"step": "l", "from": "fund", "pay": "release"})),
    },
    "an insurer": {
        "bonds": INSURED,
        "waterfall": changed(("+i", GUARANTY), ("s", {"step": "b", **X, "pay": "reimbursement"}), ("+s", STEPS[2]),
                             ("w", {"step": "w", **X, "pay": "writedown", "to": "B, M"}), ("+w", {**GUARANTY, "step": "h", "pay": "writedown"})),
    },
    "an insured class whose interest is never short": {
        "bonds": INSURED,
        "waterfall": changed(("+i", GUARANTY), ("s", {"step": "s", **X, "pay": "interest_shortfall", "to": "M, B"}),
                             ("+s", {"step": "b", **X, "pay": "reimbursement"})),
    },
    "a planned class and its support": {
        "bonds": PLANNED, "schedules": PLAN,
        "waterfall": changed(("p", {"step": "p", **P, "to": "A", "rule": "schedule"}), ("+p", {"step": "q", **P, "to": "M, A, B"})),
    },
    "targets with a floor": {
        "terms": [*STEPDOWN, {"term": "oc_floor", "value": 500}],
        "bonds": [{**row, "target_enhancement": e} for row, e in zip(BONDS, (0.4, 0.1, 0.02), strict=True)],
        "waterfall": changed(
            ("p", {"step": "p", **P, "to": "A, M, B", "when": "before_stepdown"}),
            ("s", {"step": "q", **P, "to": "A", "rule": "target", "when": "after_stepdown"}),
            ("+s", {"step": "t", **P, "to": "M", "rule": "target", "when": "after_stepdown"}),
            ("+w", {"step": "v", **P, "to": "B", "rule": "target", "when": "after_stepdown"}),
            ("r", STEPS[2]),
        ),
    },
    "a z class": {"bonds": Z, "waterfall": changed(("p", {"step": "p", **P, "to": "A, M, B"}))},
    "a z class whose accretion goes its own way": {
        "bonds": Z,
        "waterfall": changed(("+i", {"step": "z", "from": "M", "pay": "principal", "to": "A, M"}),
                             ("p", {"step": "p", **P, "to": "A, M, B"})),
    },
    "a call": {
        "terms": [*CALL, WHOLE],
        "waterfall": changed(("+s", {"step": "c", **X, "pay": "principal", "to": "A", "when": "called"}),
                             ("p", {"step": "p", **P, "to": "A, M, B", "when": "not called"}),
                             ("+p", {"step": "q", **P, "to": "A, M, B", "rule": "pro_rata", "when": "called"})),
    },
    "a call factor said never to be used": {
        "terms": [CALL[0], WHOLE, {"term": "call_exercised", "value": "never"}],
        "waterfall": changed(("+s", {"step": "c", **X, "pay": "principal", "to": "A", "when": "called"})),
    },
    "a margin that steps up at the call factor": {
        "terms": [CALL[0], WHOLE], "bonds": [{**BONDS[0], "margin_after_call": 0.005}, *BONDS[1:]],
    },
    "excess paid to the same classes before principal is out and after": {
        "waterfall": [STEPS[0], {"step": "e", **X, "pay": "interest_shortfall", "to": "A, M, B"}, *STEPS[1:]],
    },
    "cash deposited between two draws": {
        "accounts": FUND,
        "waterfall": changed(("+i", {"step": "f", "from": "fund", "pay": "interest_shortfall", "to": "A"}), ("+p", DEPOSIT),
                             ("+s", {"step": "k", "from": "fund", "pay": "interest_shortfall", "to": "A"}),
                             ("+w", {"step": "l", "from": "fund", "pay": "release"})),
    },
    "notes that stay whole": {
        "bonds": [{**row, "writes_down": "no"} for row in BONDS],
        "waterfall": changed(("w", None)),
    },
}  # fmt: skip


@pytest.mark.parametrize("tables", SOUND.values(), ids=SOUND)
def test_what_deals_really_do_is_not_told(tables: dict[str, Any]):
    assert findings(**tables) == []
