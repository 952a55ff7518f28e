"""What happens in a projection, by name: so that a test can say which rules its made deals have reached."""

from __future__ import annotations

import numpy as np

from xlfv.projection.projection import Projection

TINY = 0.005
EVENTS = (
    "a trigger fails", "a trigger cures", "a trigger that does not cure stays", "the deal steps down",
    "a target held by a trigger", "the OC target falls", "OC is breached", "OC is built", "OC is released",
    "a class is written down", "a senior is written down", "all subordination is gone", "a class is written up",
    "a class is made good in cash", "notes stay whole above the pool", "interest falls short", "a shortfall is made good",
    "a shortfall bears interest", "a coupon is capped", "capped interest is paid later", "capped interest bears interest",
    "a coupon is below nothing but its floor", "a class accretes", "a z class pays interest in cash", "a plan holds principal back",
    "a planned class is behind", "a target holds principal back", "a share holds principal back", "the pool is called",
    "property is called", "a cost stays unpaid", "a derivative pays in", "a derivative is owed", "a derivative stays unpaid",
    "an account is filled", "an account is drawn on", "an account is released", "an insurer pays", "an insurer is paid back",
    "a class of one group takes cash of another", "fees exceed interest", "principal pays interest", "the residual is paid",
    "penalties are paid", "margins step up after the call date", "several groups", "an io on the pool", "an io on classes",
    "an inverse floater", "cash of the hedge pays classes",
)  # fmt: skip


def events(made: Projection) -> set[str]:
    """Which of :data:`EVENTS` happen."""
    return {name for name, happened in _tests(made) if bool(happened)}


def _tests(made: Projection) -> list[tuple[str, object]]:
    paid, trust, cash = made.distributions, made.trust, made.collateral
    record, bonds, terms = paid.record, trust.classes, trust.terms
    on = record.triggers[:, :, 2]
    cures = trust["triggers"]["cure"]
    holds = np.isin(trust["triggers"]["measure"], ("cumulative_loss", "delinquency", "rolling_delinquency"))
    column = {name: np.array([paid.tranche(t)[name] for t in paid.tranches]) for name in paid.tranche(paid.tranches[0])}
    kind, oc, target, stepped = bonds["kind"], record.deal[:, 2], record.deal[:, 3], record.deal[:, 4]
    senior, note = np.isin(kind, ("senior", "po", "z")), kind != "io"
    has_oc = terms.get("oc_target") is not None
    steps = paid.steps[:-1]
    rules = [(k, step) for k, step in enumerate(trust.steps)]
    given_out = steps[:, 1:, 2].max(axis=1)
    home = dict(zip(paid.tranches, map(str, bonds["group"]), strict=True))
    lowest = column["end_balance"][~senior & note].sum(axis=0)

    def step(test) -> bool:
        return any(given_out[k] > TINY and test(one) for k, one in rules)

    def held(rule) -> bool:
        # A step of that rule pays a class, and leaves it something and cash besides.
        return any(
            rule(one) and np.any((steps[k, :, 2] > TINY) & (steps[k, :, 0] - steps[k, :, 2] > TINY)) for k, one in rules
        )

    owed = record.costs[:, 1:, 0].cumsum(axis=1) - record.costs[:, 1:, 1].cumsum(axis=1)
    swaps = trust["hedges"]["in_trust"] & (trust["hedges"]["type"] == "swap")
    return [
        ("a trigger fails", on.any()),
        ("a trigger cures", (np.diff(on[:, 1:], axis=1)[cures] < 0).any()),
        ("a trigger that does not cure stays", on[~cures].any()),
        ("the deal steps down", stepped.any()),
        ("a target held by a trigger", has_oc and (on[holds].any(axis=0) & (stepped > 0))[1:].any()
         and terms.get("oc_target_after_stepdown") is not None),
        ("the OC target falls", (np.diff(target) < -TINY).any()),
        ("OC is breached", has_oc and ((oc[1:] < target[1:] - 1.0) & (oc[1:] < oc[:-1] - 1.0)).any()),
        ("OC is built", step(lambda one: one.pay == "oc" and one.source == "excess")),
        ("OC is released", has_oc and ((oc[1:] < oc[:-1] - 1.0) & (oc[1:] > TINY) & (np.abs(oc - target)[1:] < 1.0)).any()),
        ("a class is written down", column["writedown"].any()),
        ("a senior is written down", column["writedown"][senior].any()),
        ("all subordination is gone", lowest[0] > TINY and (lowest[1:] < TINY)[cash.end_balance.sum(axis=0)[1:] > 1.0].any()),
        ("a class is written up", column["writeup"].any()),
        ("a class is made good in cash", column["loss_paid"].any()),
        ("notes stay whole above the pool", (~bonds["writes_down"]).any() and (oc < -1.0).any()),
        ("interest falls short", (np.diff(column["interest_shortfall"], axis=1) > TINY).any()),
        ("a shortfall is made good", column["shortfall_paid"].any()),
        ("a shortfall bears interest", (column["shortfall_interest"] > TINY).any()),
        ("a coupon is capped", (column["capped_interest"] > TINY).any()),
        ("capped interest is paid later", column["basis_risk_paid"].any()),
        ("capped interest bears interest", (column["basis_risk_interest"] > TINY).any()),
        ("a coupon is below nothing but its floor", ((bonds["multiplier"] < 0)[:, None] & (column["coupon"] == bonds["floor"][:, None])
         & (column["begin_balance"] > 1.0))[:, 1:].any()),
        ("a class accretes", column["accreted"].any()),
        ("a z class pays interest in cash", column["interest_paid"][kind == "z"].any()),
        ("a plan holds principal back", held(lambda one: one.rule == "schedule")),
        ("a planned class is behind", any(one.rule == "schedule" and (steps[k, :, 3] > TINY).any() for k, one in rules)),
        ("a target holds principal back", held(lambda one: one.rule == "target")),
        ("a share holds principal back", held(lambda one: bool(one.amount.kind) and one.pay == "principal")),
        ("the pool is called", made.called),
        ("property is called", made.called and cash["reo_proceeds"][:, made.called].any()
         and (trust["reo"]["months_to_sale"] > made.called).any()),
        ("a cost stays unpaid", (owed > TINY).any()),
        ("a derivative pays in", paid.hedge_received.any()),
        ("a derivative is owed", paid.hedge_paid.any()),
        ("a derivative stays unpaid", swaps.any() and any(one.pay == "hedge" and (steps[k, :, 3] > TINY).any() for k, one in rules)),
        ("an account is filled", record.accounts[:, :, 1].any()),
        ("an account is drawn on", record.accounts[:, :, 2].any()),
        ("an account is released", record.accounts[:, :, 3].any()),
        ("an insurer pays", record.insurers[:, :, 0].any()),
        ("an insurer is paid back", record.insurers[:, :, 1].any()),
        ("a class of one group takes cash of another", step(
            lambda one: bool(one.group) and one.pay == "principal" and any(home[t] not in ("", one.group) for t in one.targets))),
        ("fees exceed interest", (cash.interest_funds < -TINY).any()),
        ("principal pays interest", step(lambda one: one.source == "principal" and one.pay == "interest")),
        ("the residual is paid", (paid.residual > TINY).any()),
        ("penalties are paid", cash["penalties"].any()),
        ("margins step up after the call date", np.isfinite(bonds["margin_after_call"]).any()
         and (cash.end_balance.sum(axis=0) <= terms.number("call_factor") * paid.deal.original_balance)[:-1].any()),
        ("several groups", len(cash.groups) > 1),
        ("an io on the pool", (bonds["notional_of"] == "pool").any()),
        ("an io on classes", ((bonds["notional_of"] != "pool") & (bonds["notional_of"] != "")).any()),
        ("an inverse floater", (bonds["multiplier"] < 0).any()),
        ("cash of the hedge pays classes", step(lambda one: one.source == "hedge" and one.pay != "residual")),
    ]  # fmt: skip
