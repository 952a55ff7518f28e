"""The engine's waterfall against its second statement in Decimal, to the cent, over made deals and cash."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given

from tests.builders import AS_OF, make_curves, make_indices, make_trust, table
from tests.reference.deals import INDEX, deals, deals_on_tables, stresses
from tests.reference.made_events import EVENTS, events
from tests.reference.made_loans import examples
from tests.reference.plain_waterfall import Waterfall
from xlfv.projection.collateral import project_collateral
from xlfv.projection.distributions import TRANCHE_FIELDS
from xlfv.projection.given_cash import read_cash
from xlfv.projection.projection import Projection, distribute_cash, project
from xlfv.tables import Fault
from xlfv.trust.trust import build_trust

NEAR = 0.005  # a cent, halved
RATE = 1e-9
MONTHS = 48
INDICES = make_indices(LIBOR_1M=INDEX)


def of_loans(tables: dict, stress: dict) -> tuple[Projection, dict]:
    """A deal on its loans' cash: by the engine, and by the reference, which makes the call itself."""
    trust, curves = make_trust(**tables), make_curves(stress)
    made = project(trust, curves, INDICES, MONTHS)
    cash = project_collateral(trust, curves, INDICES, MONTHS)
    return made, Waterfall(trust, cash, INDICES, made.timeline).run()


def of_table(tables: dict, cash: list[dict]) -> tuple[Projection, dict]:
    """A deal on cash that a table gives: by the engine, and by the reference."""
    trust = build_trust("TEST", AS_OF, {name: table(name, rows) for name, rows in tables.items() if rows})
    made = distribute_cash(trust, table("cash", cash), INDICES)
    faults: list[Fault] = []
    read = read_cash(table("cash", cash), trust, faults)
    assert read is not None, faults
    return made, Waterfall(trust, read.collateral, INDICES, made.timeline).run()


def differences(made: Projection, plain: dict) -> list[str]:
    """What differs by half a cent or more (rates: by a billionth), each with its first month."""
    paid, trust = made.distributions, made.trust
    record, found = paid.record, []

    def check(what: str, name: str, engine: np.ndarray, near: float = NEAR, where: np.ndarray | None = None) -> None:
        reference = np.array([float(x) for x in plain[what, name]])
        gap = np.abs(engine - reference)
        if where is not None:
            gap = np.where(where, gap, 0.0)
        if not gap.max() < near:
            t = int(np.argmax(~(gap < near)))
            found.append(f"month {t}: {what} of {name}: engine {engine[t]!r}, reference {reference[t]!r}")

    for name in trust.tranches:
        columns = paid.tranche(name)
        for what in TRANCHE_FIELDS.keys() - {"coupon"}:
            check(what, name, columns[what])
        check("coupon", name, columns["coupon"], RATE, columns["begin_balance"] >= NEAR)
    for s, step in enumerate(paid.steps[:-1]):
        for k, what in enumerate(("available", "due", "paid", "short")):
            check(f"step {what}", str(s), step[:, k])
    for k, what in enumerate(("available", "due", "paid")):
        check(f"left {what}", "", paid.steps[-1, :, k])
    names = ("residual", "bonds", "oc", "target", "stepped")
    for k, what in enumerate(names):
        check(what, "", record.deal[:, k])
    parts: dict[str, tuple[str, np.ndarray, tuple[str, ...]]] = {
        "costs": ("cost", record.costs, ("cost due", "cost paid")),
        "hedges": ("hedge", record.hedges, ("hedge notional", "hedge received", "hedge paid")),
        "accounts": ("account", record.accounts, (
            "account begin", "account deposited", "account drawn", "account released", "account end", "account target",
        )),
    }  # fmt: skip
    for one, (column, rows, columns) in parts.items():
        for k, name in enumerate(trust[one][column]):
            for c, what in enumerate(columns):
                check(what, str(name), rows[k, :, c])
    paid_over = {step.cost for step in trust.steps}
    for k, name in enumerate(f"{c} over cap" for c in trust["costs"]["cost"] if f"{c} over cap" in paid_over):
        for c, what in enumerate(("cost due", "cost paid")):
            check(what, name, record.costs[trust["costs"].count + k, :, c])
    for k, name in enumerate(trust.insurers):
        for c, what in enumerate(("insurer drawn", "insurer reimbursed", "insurer owed")):
            check(what, name, record.insurers[k, :, c])
    for k, name in enumerate(trust["triggers"]["trigger"]):
        money = trust["triggers"]["measure"][k] in ("oc", "subordination")
        check("trigger value", str(name), record.triggers[k, :, 0], NEAR if money else RATE)
        check("trigger threshold", str(name), record.triggers[k, :, 1], RATE)
        check("trigger on", str(name), record.triggers[k, :, 2])
    return sorted(found, key=lambda text: int(text[6 : text.index(":")]))


def reached(seen: Counter, never: tuple[str, ...] = ()) -> list[str]:
    """Events that no made deal has reached: what was not reached was not compared."""
    return [event for event in EVENTS if not seen[event] and event not in never]


def test_deals_on_their_loans_agree_to_the_cent():
    seen: Counter = Counter()

    @examples(400)
    @given(tables=deals(), stress=stresses())
    def agree(tables, stress):
        made, plain = of_loans(tables, stress)
        seen.update(events(made))
        assert differences(made, plain) == []

    agree()
    assert reached(seen) == []


def test_deals_on_cash_of_a_table_agree_to_the_cent():
    seen: Counter = Counter()

    @examples(400)
    @given(deal=deals_on_tables())
    def agree(deal):
        made, plain = of_table(*deal)
        seen.update(events(made))
        assert differences(made, plain) == []

    agree()
    assert reached(seen, ("property is called", "fees exceed interest")) == []
