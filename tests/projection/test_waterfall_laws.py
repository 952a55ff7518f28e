"""Laws of the waterfall, over made deals on their loans' cash and on cash that a table gives."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.builders import AS_OF, Row, make_curves, make_indices, table
from tests.reference.deals import INDEX, deals, deals_on_tables, stresses
from tests.reference.made_loans import examples
from tests.reference.made_steps import usual_steps
from tests.reference.plain_deal import divide
from xlfv.kernels import deal as w
from xlfv.market.curve_changes import change_curves
from xlfv.market.curves import read_curves
from xlfv.projection.distributions import Distributions, flows_of
from xlfv.projection.program import parts_of, sources_of
from xlfv.projection.projection import Projection, distribute_cash, project, project_all
from xlfv.tables import Refused
from xlfv.trust.trust import Trust, build_trust
from xlfv.valuation.measures import read_measures
from xlfv.valuation.scenarios import run_scenarios

CENT = 0.005
INDICES = make_indices(LIBOR_1M=INDEX)
MONTHS = 48
DOLLARS = {
    "loans": ("balance",), "reo": ("balance", "value", "advances"), "costs": ("amount", "minimum", "cap", "used_this_year"),
    "bonds": ("balance", "writedown", "interest_shortfall", "basis_risk_carryforward"), "hedges": ("notional",),
    "schedules": ("amount",), "accounts": ("balance", "target", "floor"), "waterfall": ("amount",),
}  # fmt: skip
"""Columns that hold dollars; those of accounts and steps only from 1 on, below it they hold shares."""


def trust_of(tables: dict[str, Any]) -> Trust:
    return build_trust("TEST", AS_OF, {name: table(name, rows) for name, rows in tables.items() if rows})


def on_loans(tables: dict[str, Any], stress: Row, months: int = MONTHS) -> Projection:
    return project(trust_of(tables), make_curves(stress), INDICES, months)


def on_table(tables: dict[str, Any], cash: list[Row]) -> Projection:
    return distribute_cash(trust_of(tables), table("cash", cash), INDICES)


@st.composite
def projections(draw, *rules) -> Projection:
    """A made deal, projected on its loans or on a table."""
    if draw(st.booleans()):
        return on_loans(draw(deals(*rules)), draw(stresses()))
    return on_table(*draw(deals_on_tables(*rules)))


def same(one: Distributions, other: Distributions, factor: float = 1.0) -> None:
    """Two records are the same to the bit, dollars ``factor`` times as many."""
    for name, values in one.record._asdict().items():
        scaled = values * factor
        if name == "tranches":
            scaled[:, :, w.T_COUPON] = values[:, :, w.T_COUPON]
        elif name == "deal":
            scaled[:, 4] = values[:, 4]
        elif name == "triggers":
            money = np.isin(one.deal.measure, (w.M_OC, w.M_SUBORDINATION))
            scaled = np.where(money[:, None, None], scaled, values)
            scaled[:, :, 2] = values[:, :, 2]
        assert np.array_equal(getattr(other.record, name), scaled), name


@examples(120)
@given(made=projections())
def test_a_step_pays_no_more_than_there_is_and_than_is_due(made):
    steps = made.distributions.record.steps
    have, due, paid, short = (steps[:, 1:, k] for k in (w.S_AVAILABLE, w.S_DUE, w.S_PAID, w.S_SHORT))
    assert have.min(initial=0.0) >= 0.0
    assert paid.min(initial=0.0) >= 0.0
    assert np.all(paid <= have)
    assert np.all(paid <= due)
    np.testing.assert_array_equal(short[:-1], (due - paid)[:-1])


@examples(120)
@given(made=projections())
def test_no_class_is_paid_more_than_it_is_owed_and_no_balance_is_negative(made):
    paid = made.distributions
    near = 1e-9 * (1.0 + float(paid.record.tranches.max(initial=0.0)))
    for name in paid.tranches:
        x = {key: values[1:] for key, values in paid.tranche(name).items()}
        before = {
            key: paid.tranche(name)[key][:-1]
            for key in ("interest_shortfall", "basis_risk_carryforward", "unpaid_loss")
        }
        interest = x["interest_paid"] + x["accreted"]
        unpaid = x["interest_due"] - interest
        limits = {
            "interest": (interest, x["interest_due"]),
            "shortfall": (x["shortfall_paid"], before["interest_shortfall"] + x["shortfall_interest"] + unpaid),
            "basis risk": (
                x["basis_risk_paid"], before["basis_risk_carryforward"] + x["basis_risk_interest"] + x["capped_interest"]
            ),
            "principal": (x["principal_paid"] + x["writedown"], x["begin_balance"] + x["accreted"] + x["writeup"]),
            "losses": (x["loss_paid"] + x["writeup"], before["unpaid_loss"] + x["writedown"]),
        }  # fmt: skip
        for what, (gone, owed) in limits.items():
            assert np.all(gone <= owed + near), f"{what} of {name}"
    for name, values in paid.record._asdict().items():
        if name not in ("deal", "triggers", "tranches"):
            assert values.min(initial=0.0) >= 0.0, name
    dollars = np.delete(paid.record.tranches, w.T_COUPON, axis=2)
    assert dollars.min(initial=0.0) >= 0.0
    assert paid.residual.min() >= 0.0


class Replay:
    """A month's cash moved again from the record alone: what each step paid, out of what came in."""

    def __init__(self, made: Projection, month: int, accounts: np.ndarray) -> None:
        self.made, self.month, self.accounts = made, month, accounts
        self.deal, self.record = made.distributions.deal, made.distributions.record
        self.names = {bucket: name for name, bucket in sources_of(made.trust).items()}
        self.parts = [part.step for part in parts_of(made.trust)]
        flows = flows_of(made.collateral)[:, month]
        self.last = dict.fromkeys(range(self.deal.buckets), -1)  # the last step that draws on each bucket
        for s, step in enumerate(self.parts):
            source = int(self.deal.steps[s, w.P_SOURCE])
            if step.pay not in ("writedown", "writeup"):
                self.last |= dict.fromkeys([source, *([w.SCHEDULED, w.PREPAID] if source == w.PRINCIPAL else [])], s)
        self.funds = np.zeros((self.deal.buckets, flows.shape[0]))
        self.funds[w.INTEREST] = flows[:, w.C_INTEREST]
        first = w.SCHEDULED if self.deal.splits_principal else w.PRINCIPAL
        self.funds[first] = flows[:, w.C_SCHEDULED if self.deal.splits_principal else w.C_PRINCIPAL]
        if self.deal.splits_principal:
            self.funds[w.PREPAID] = flows[:, w.C_PRINCIPAL] - flows[:, w.C_SCHEDULED]
        pool = flows[:, w.C_BEGIN].sum()
        self.shares = flows[:, w.C_BEGIN] / pool if pool > 0.0 else np.eye(len(flows))[-1]
        self.funds[w.HEDGE, 0] = self.record.hedges[self.deal.hedge_inside, month, 1].sum()
        self.due = self.record.tranches[:, month, w.T_INTEREST_DUE].copy()

    def runs(self, s: int) -> bool:
        triggers = self.made.trust["triggers"]["trigger"].tolist()
        on = {"after_stepdown": self.record.deal[self.month, 4] > 0.0, "called": self.month == self.made.called}
        on |= {name: self.record.triggers[x, self.month, 2] > 0.0 for x, name in enumerate(triggers)}
        return self.parts[s].when.holds(on.__getitem__)

    def run(self) -> None:
        for s in range(len(self.parts)):
            step, source = self.parts[s], int(self.deal.steps[s, w.P_SOURCE])
            if not self.runs(s):
                assert not self.record.steps[s, self.month].any()
                continue
            if source == w.EXCESS:
                for bucket in range(self.deal.buckets):
                    if bucket != w.EXCESS and s > self.last[bucket]:
                        whole = self.funds[bucket].sum()  # what derivatives pay is of no loan group
                        self.funds[w.EXCESS] += whole * self.shares if bucket == w.HEDGE else self.funds[bucket]
                        self.funds[bucket] = 0.0
            if step.pay not in ("writedown", "writeup"):
                self.pay(s, source)
        left = float(self.funds.sum())
        assert abs(left - self.record.steps[-1, self.month, w.S_PAID]) < CENT
        residual = sum(
            self.record.steps[s, self.month, w.S_PAID] for s, step in enumerate(self.parts) if step.pay == "residual"
        )
        assert abs(left + residual - self.record.deal[self.month, 0]) < CENT
        for a, held in enumerate(self.accounts):
            assert abs(held - self.record.accounts[a, self.month, 4]) < CENT

    def pay(self, s: int, source: int) -> None:
        step, group, paid = (
            self.parts[s],
            self.deal.steps[s, w.P_GROUP],
            float(self.record.steps[s, self.month, w.S_PAID]),
        )
        account = source - self.deal.buckets
        if 0 <= account < self.accounts.size:
            assert abs(self.accounts[account] - self.record.steps[s, self.month, w.S_AVAILABLE]) < CENT
            self.accounts[account] -= paid
        elif account < 0:
            buckets = [w.PRINCIPAL, w.SCHEDULED, w.PREPAID] if source == w.PRINCIPAL else [source]
            groups = list(range(self.funds.shape[1])) if group < 0 else [int(group)]
            there = sum(self.funds[bucket, g] for bucket in buckets for g in groups)
            assert abs(there - self.record.steps[s, self.month, w.S_AVAILABLE]) < CENT
            left = paid
            for bucket in buckets:  # of each group in proportion to what it holds
                whole = float(self.funds[bucket, list(groups)].sum())
                part = min(whole, left)
                if whole > 0.0:
                    self.funds[bucket, list(groups)] *= 1.0 - part / whole
                left -= part
            assert left < CENT
        if step.pay == "release":
            self.funds[w.EXCESS] += paid * self.shares
        elif step.pay == "deposit":
            owed = [max(self.record.accounts[a, self.month, 5] - self.accounts[a], 0.0) for a in self.targets(s)]
            for a, part in zip(self.targets(s), self.divided(s, paid, owed), strict=True):
                self.accounts[a] += part
        elif step.pay == "interest":
            for k, part in zip(self.targets(s), self.divided(s, paid, list(self.due[self.targets(s)])), strict=True):
                self.due[k] = max(self.due[k] - part, 0.0)
                if self.record.tranches[k, self.month, w.T_ACCRETED] > 0.0:
                    self.funds[self.deal.accretes_to[k], max(self.deal.bond_group[k], 0)] += part

    def targets(self, s: int) -> np.ndarray:
        return self.deal.targets[self.deal.steps[s, w.P_FROM] : self.deal.steps[s, w.P_TO]]

    def divided(self, s: int, paid: float, owed: list[float]) -> list[float]:
        step = self.parts[s]
        return divide(paid, owed, step.rule, list(step.shares))


@examples(120)
@given(made=projections())
def test_every_step_finds_what_came_in_less_what_the_steps_before_it_took(made):
    record = made.distributions.record
    for month in range(1, made.months + 1):
        Replay(made, month, record.accounts[:, month, 0].copy()).run()
        assert np.all(np.abs(record.accounts[:, month, 0] - record.accounts[:, month - 1, 4]) < CENT)


@examples(150)
@given(made=projections(usual_steps))
def test_no_class_is_written_down_while_one_below_it_has_a_balance(made):
    """These deals write down from the bottom of the table up; a note that stays whole, and an insured loss, are no write-downs."""
    paid, bonds = made.distributions, made.trust.classes
    falls = [k for k in range(len(paid.tranches)) if bonds["writes_down"][k] and bonds["kind"][k] != "io"]
    for at, k in enumerate(falls):
        hit = paid.record.tranches[k, :, w.T_WRITEDOWN] > 0.0
        for below in falls[at + 1 :]:
            assert np.all(paid.record.tranches[below, hit, w.T_END] == 0.0), (paid.tranches[k], paid.tranches[below])


def altered(data, rows: list[Row]) -> list[Row]:
    """The same steps in another order, with other amounts, conditions and rules; each draws on the cash it did."""
    found = []
    for row in data.draw(st.permutations(rows)):
        other = dict(row)
        if data.draw(st.booleans()):
            other["amount"] = data.draw(st.sampled_from(["due", 2345.5]))
        if data.draw(st.booleans()):
            other["when"] = data.draw(st.sampled_from(["always", "before_stepdown", "not called"]))
        if data.draw(st.booleans()) and "," in str(other.get("to") or "") and "share" not in str(other.get("rule")):
            other["to"] = ", ".join(reversed(other["to"].split(", ")))
        found.append(other)
    return found


@examples(80)
@given(tables=deals(), stress=stresses(), data=st.data())
def test_later_steps_do_not_change_what_earlier_ones_paid_in_the_first_month(tables, stress, data):
    """Later steps draw on the same cash still: from when on it is excess depends on that, and on nothing else of them."""
    rows = tables["waterfall"]
    cut = data.draw(st.integers(0, len(rows) - 1))
    one = on_loans(tables, stress, 1).distributions
    try:
        other = on_loans(
            {**tables, "waterfall": [*rows[: cut + 1], *altered(data, rows[cut + 1 :])]}, stress, 1
        ).distributions
    except Refused:  # what a z class accretes must be paid by a later step
        assume(False)
    assert np.array_equal(one.steps[: cut + 1, 1], other.steps[: cut + 1, 1])


@examples(80)
@given(deal=deals_on_tables(), data=st.data())
def test_cash_of_later_months_does_not_change_earlier_ones(deal, data):
    """From some month on all is repaid at once instead."""
    tables, cash = deal
    last = max(row["month"] for row in cash)
    at = data.draw(st.integers(1, last))
    other = []
    for row in cash:
        kept = {name: row[name] for name in ("month", "group", "payment_date", "days") if name in row}
        if row["month"] == at:
            row = {**kept, "balance": row["balance"], "prepaid_principal": row["balance"], "gross_interest": 7.0}
        elif row["month"] > at:
            row = {**kept, "balance": 0.0}
        other.append(row)
    one, two = on_table(tables, cash), on_table(tables, other)
    assume(min(one.called or last, last) >= at or one.called == two.called)
    for name, values in one.distributions.record._asdict().items():
        months = values if name == "deal" else np.moveaxis(values, 1, 0)
        changed = getattr(two.distributions.record, name)
        changed = changed if name == "deal" else np.moveaxis(changed, 1, 0)
        assert np.array_equal(months[:at], changed[:at]), name


@examples(60)
@given(tables=deals(), stress=stresses(), months=st.integers(1, MONTHS - 1))
def test_a_longer_horizon_does_not_change_the_months_before(tables, stress, months):
    short, long = on_loans(tables, stress, months), on_loans(tables, stress)
    assume(short.called == long.called)
    for name, values in short.distributions.record._asdict().items():
        whole = getattr(long.distributions.record, name)
        assert np.array_equal(values, whole[: months + 1] if name == "deal" else whole[:, : months + 1]), name


def twice(tables: dict[str, Any]) -> dict[str, Any]:
    """The deal of twice as many dollars."""
    found: dict[str, Any] = {}
    for name, rows in tables.items():
        found[name] = rows and [dict(row) for row in rows]
        for row in found[name] or []:
            for column in DOLLARS.get(name, ()):
                share = name in ("accounts", "waterfall") and column != "balance"
                value = row.get(column)
                if isinstance(value, (int, float)) and (value >= 1.0 or not share):
                    row[column] = 2 * value
            if name == "triggers" and row["measure"] in ("oc", "subordination"):
                words = isinstance(row["threshold"], str)
                row["threshold"] = f"{row['threshold']} * 2" if words else 2 * row["threshold"]
            dollars = name == "terms" and row["term"] in ("original_pool_balance", "cumulative_loss", "call_cost", "oc_target", "oc_floor",
                                                          "oc_target_after_stepdown")  # fmt: skip
            if dollars and row["value"] >= 1.0:
                row["value"] = 2 * row["value"]
    return found


@examples(80)
@given(tables=deals(), stress=stresses())
def test_a_deal_of_twice_the_dollars_pays_twice_the_cash_to_the_bit(tables, stress):
    same(on_loans(tables, stress).distributions, on_loans(twice(tables), stress).distributions, 2.0)


@examples(40)
@given(deal=deals_on_tables())
def test_the_same_table_gives_the_same_bits(deal):
    one, other = on_table(*deal), on_table(*deal)
    assert one.cash_hash == other.cash_hash
    same(one.distributions, other.distributions)


@examples(30)
@given(tables=deals(), curves=st.lists(stresses(), min_size=2, max_size=9))
def test_several_curves_at_once_give_the_bits_of_each_alone(tables, curves):
    trust = trust_of(tables)
    each = [make_curves(stress) for stress in curves]
    together = list(project_all(trust, each, INDICES, MONTHS))
    for one, made in zip(each, together, strict=True):
        alone = project(trust, one, INDICES, MONTHS)
        assert made.cash_hash == alone.cash_hash
        assert made.called == alone.called


@examples(30)
@given(
    tables=deals(),
    stress=stresses(),
    multiples=st.lists(st.sampled_from([0.0, 0.5, 1.0, 1.3, 2.0]), min_size=2, max_size=5),
)
def test_a_grid_of_scenarios_gives_the_bits_of_each_alone(tables, stress, multiples):
    trust = trust_of(tables)
    curves = table("curves", [stress])
    grid = table("grid", [{"prepay": m, "severity": m / 2} for m in multiples])
    wanted = [
        {"item": name, "measure": "loss"}
        for name, b in zip(trust.tranches, trust.classes["kind"], strict=True)
        if b != "io"
    ]
    measures = table("measures", [*wanted, {"item": "residual", "measure": "cash"}])
    found = run_scenarios(trust, curves, grid, measures, INDICES, MONTHS)
    for multiple, values in zip(multiples, found.values, strict=True):
        changed = change_curves(curves, f"prepay * {multiple:.12f} then severity * {multiple / 2:.12f}")
        alone = project(trust, read_curves(changed), INDICES, MONTHS)
        assert list(values) == [measure.take(alone) for measure in read_measures(measures, trust)]
