"""What looks forgotten in a deal, told beside a trust that is read all the same."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from xlfv.tables.schema import Records
from xlfv.trust.bonds import split_names
from xlfv.trust.term_bounds import SHARE_OR_DOLLARS
from xlfv.trust.terms import Terms
from xlfv.trust.waterfall import PAYS, Step


def deal_notices(read: Mapping[str, Records], terms: Terms, steps: tuple[Step, ...]) -> list[str]:
    """What looks forgotten in a deal: costs, derivatives and classes that no step pays, and shares of an unknown whole."""
    found = [f"the cost {c} is never paid" for c in read["costs"]["cost"] if c not in {s.cost for s in steps}]
    hedges, bonds = read["hedges"], read["bonds"]
    paid = {pay: {t for s in steps if s.pay == pay for t in s.targets} for pay in PAYS}
    owing = hedges["in_trust"] & (hedges["type"] == "swap")
    found += [
        f"what the trust owes on the swap {h} is never paid" for h in hedges["hedge"][owing] if h not in paid["hedge"]
    ]
    drawn = {(s.source, t) for s in steps for t in s.targets}
    found += [
        f"{insurer} insures {name} and no step draws on it"
        for name, insurer in zip(bonds["tranche"], bonds["insured_by"], strict=True)
        if insurer and (insurer, name) not in drawn
    ]
    released = {s.source for s in steps}
    found += [f"nothing draws on the account {a}" for a in read["accounts"]["account"] if a not in released]
    for name, kind, coupon in zip(bonds["tranche"], bonds["kind"], bonds["coupon_type"], strict=True):
        if kind == "residual":
            continue
        if coupon != "none" and kind != "po" and name not in paid["interest"]:
            found.append(f"the interest of {name} is never paid")
        if kind != "io" and name not in paid["principal"] | paid["oc"]:
            found.append(f"the principal of {name} is never paid")
    z_classes = set(map(str, bonds["tranche"][bonds["kind"] == "z"]))
    ios = (bonds["kind"] == "io") & (bonds["notional_of"] == "")
    found += _notionals(bonds)
    groups = {"", *map(str, read["loans"]["group"]), *map(str, bonds["group"])}
    found += [
        f"the net_wac_cap '{cap}' of {name} is neither pool nor a loan group: the rate of its own group caps it"
        for name, cap in zip(bonds["tranche"], bonds["net_wac_cap"], strict=True)
        if str(cap).lower() != "pool" and str(cap) not in groups and read["loans"].count
    ]
    found += [
        f"step {s.name} names the group {s.group}: what {s.source} holds belongs to none, and it takes of all"
        for s in steps
        if s.group and s.source in ("hedge", *map(str, read["accounts"]["account"]), *z_classes)
    ]
    found += [f"the io {name} names no notional_of: its notional stays as it is" for name in bonds["tranche"][ios]]
    notes = ~np.isin(bonds["kind"], ("io", "residual"))
    outside = ~np.isin(read["reo"]["loan_id"], read["loans"]["loan_id"])
    loans = read["loans"]
    pool = float((loans["balance"] + loans["deferred_balance"]).sum() + read["reo"]["balance"][outside].sum())
    over = float(bonds["balance"][notes].sum()) - pool
    if pool > 0.0 and over > 1.0:
        found.append(f"the bonds exceed the pool by {over:,.0f} dollars")
    found += [
        f"the cost {c} is {r:.2%} a year"
        for c, r in zip(read["costs"]["cost"], read["costs"]["rate"], strict=True)
        if r > 0.01
    ]
    found += [
        f"{name} is {terms.number(name):g} dollars, of a pool of {pool:,.0f}: {terms.number(name) / 100.0:g} is {terms.number(name):g} percent"
        for name in SHARE_OR_DOLLARS
        if 1.0 <= terms.number(name) < 100.0 and pool > 1e6
    ]
    shares = any(0.0 < terms.number(name) < 1.0 for name in ("oc_target", "oc_floor", "call_factor"))
    measured = bool(np.any(np.isin(read["triggers"]["measure"], ("cumulative_loss", "pool_factor"))))
    if (shares or measured) and terms.get("original_pool_balance") is None:
        found.append("the terms give no original_pool_balance: today's pool stands for it")
    return found


def _notionals(bonds: Records) -> list[str]:
    """Ios whose balance is not what their notional stands on."""
    found = []
    for row in np.flatnonzero((bonds["kind"] == "io") & (bonds["notional_of"] != "") & (bonds["balance"] > 0.0)):
        named = split_names(str(bonds["notional_of"][row]))
        if [name.lower() for name in named] == ["pool"]:
            continue
        whole = float(bonds["balance"][np.isin(bonds["tranche"], named)].sum()) * float(bonds["notional_share"][row])
        if abs(whole - bonds["balance"][row]) > max(0.005 * whole, 1.0):
            what = f"the io {bonds['tranche'][row]} has a balance of {bonds['balance'][row]:,.0f}"
            found.append(f"{what}, and its notional is {whole:,.0f}: notional_share of notional_of")
    return found
