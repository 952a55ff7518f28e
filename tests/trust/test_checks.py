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
    "notes that stay whole": {
        "bonds": [{**row, "writes_down": "no"} for row in BONDS],
        "waterfall": changed(("w", None)),
    },
}  # fmt: skip


@pytest.mark.parametrize("tables", SOUND.values(), ids=SOUND)
def test_what_deals_really_do_is_not_told(tables: dict[str, Any]):
    assert findings(**tables) == []
