"""What two loan tapes a month apart say the collateral brought, loan by loan.

- interest: a month's interest of each opening balance by the loan's own terms (:mod:`xlfv.kernels.contract`; where its
  rate resets this month the later tape says to what), collected or advanced; of a loan that nobody advances, the payments
  by which it fell less late;
- principal: what balances fell by, of loans that stay, are paid off, or go into REO;
- liquidations: balances of loans gone that were last seen d90, bankrupt or in foreclosure, less losses. A loan gone without
  a word that was last seen better was paid off. Which of the two moves no dollar of the total;
- losses: the change in the term ``cumulative_loss``, less those of REO sold;
- REO sold: properties that stand in the earlier list only, for their balance less the losses on them (the trustee's, where
  given; all new losses, where no other loan was liquidated), else for their earlier net realizable value.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xlfv.kernels import contract as kernel
from xlfv.kernels.layout import L_INDEX, L_RESET
from xlfv.market.indices import Indices
from xlfv.projection import loan_arrays
from xlfv.projection.collateral import CollateralCash
from xlfv.tables.schema import Records
from xlfv.trust.parts import net_realizable_values
from xlfv.trust.trust import Trust

Floats = NDArray[np.float64]
GONE_BAD = ("d90", "bankruptcy", "foreclosure")
"""A loan gone without a word that was last seen there was liquidated."""
LATE = ("d60", "d90", "bankruptcy")
MISSED = loan_arrays.MISSED


@dataclass(frozen=True)
class Properties:
    """What became of real estate owned between two lists (dollars).

    Attributes:
        sold: loan ids of properties in the earlier list only; ``sold_balance`` their balance, ``sold_value`` their net
            realizable value then.
        taken: loan ids of properties in the later list only; ``taken_balance`` their balance, ``taken_value`` the amount at
            which each came on the books: its initial basis, else its net realizable value.
    """

    sold: tuple[str, ...]
    sold_balance: float
    sold_value: float
    taken: tuple[str, ...]
    taken_balance: float
    taken_value: float


@dataclass(frozen=True)
class Collected:
    """A month of the collateral, float64[groups] each in the order of the trust's groups (dollars).

    Attributes:
        interest: collected and advanced, before servicing, without penalties.
        servicing: servicing, mortgage insurance and other fees of the loans.
        interest_due, servicing_due: what the loans' terms make due of both, whoever paid; net WAC caps count it.
        principal: what balances fell by, liquidations left out.
        liquidated, losses: balance liquidated without REO, and what of it was lost.
        bought: balance of loans that came into the pool.
        reo_sold, reo_losses: balance of properties sold, and what of it was lost.
        properties: the two property lists held against each other.
        losses_from, reo_from: where the losses come from, in words.
    """

    interest: Floats
    servicing: Floats
    interest_due: Floats
    servicing_due: Floats
    principal: Floats
    liquidated: Floats
    losses: Floats
    bought: Floats
    reo_sold: Floats
    reo_losses: Floats
    properties: Properties
    losses_from: str
    reo_from: str


def property_moves(before: Trust, after: Trust) -> Properties:
    """Properties sold and taken between two lists."""
    earlier, later = before["reo"], after["reo"]
    out, new = ~np.isin(earlier["loan_id"], later["loan_id"]), ~np.isin(later["loan_id"], earlier["loan_id"])
    held, now = net_realizable_values(earlier)[0], net_realizable_values(later)[0]
    basis = np.where(np.isnan(later["initial_basis"]), now, later["initial_basis"])
    return Properties(
        tuple(map(str, earlier["loan_id"][out])), float(earlier["balance"][out].sum()), float(held[out].sum()),
        tuple(map(str, later["loan_id"][new])), float(later["balance"][new].sum()), float(basis[new].sum()),
    )  # fmt: skip


def collected(before: Trust, after: Trust, indices: Indices, facts: Mapping[str, float]) -> Collected:
    """The month's collections as two tapes say them; see the module.

    Args:
        before, after: the trust at two month-ends, with loans.
        indices: those of the earlier date.
        facts: the trustee's figures of what tapes cannot say: ``reo_losses``, ``losses``, ``interest_not_advanced``.
    """
    loans = before["loans"].take(before["loans"]["status"] != "reo")
    later = _Later(loans, after)
    group = np.searchsorted(np.array(before.groups), loans["group"])
    count = len(before.groups)

    def by_group(amounts: Floats) -> Floats:
        return _summed(group, amounts, count)

    paid = _payments(loans, later)
    interest, fees = _month_of_interest(loans, later, indices, before.terms.date("cutoff_date") or before.as_of)
    whole = loans["balance"] + loans["deferred_balance"]
    bad = later.gone & np.isin(loans["status"], GONE_BAD)
    moves = property_moves(before, after)
    sold, lost, reo_from = _sold(before, after, moves, bool(bad.any()), facts)
    losses, losses_from = _losses(before, after, float(lost.sum()), facts)
    liquidated = by_group(np.where(bad, whole, 0.0))
    shares = liquidated if liquidated.sum() > 0 else by_group(whole)
    missed = by_group(interest) * facts.get("interest_not_advanced", 0.0) / max(float(interest.sum()), 1e-9)
    return Collected(
        interest=by_group(_cents(interest * paid)) - missed,
        servicing=by_group(_cents(fees * np.minimum(paid, 1.0))),
        interest_due=by_group(interest),
        servicing_due=by_group(fees),
        principal=by_group(np.where(bad, 0.0, whole - later.balance)),
        liquidated=liquidated,
        losses=losses * (shares / shares.sum() if shares.sum() > 0 else np.full(count, 1.0 / count)),
        bought=_bought(before, after),
        reo_sold=sold,
        reo_losses=lost,
        properties=moves,
        losses_from=losses_from,
        reo_from=reo_from,
    )


class _Later:
    """Where each opening loan stands at the later date, an entry a loan of ``loans``."""

    def __init__(self, loans: Records, after: Trust) -> None:
        now, owned = after["loans"], after["reo"]
        at, here = _rows(loans["loan_id"], now["loan_id"])
        whole = now["balance"] + now["deferred_balance"]
        balance = np.where(here, _at(whole, at), 0.0)
        at_reo, in_reo = _rows(loans["loan_id"], owned["loan_id"])
        outside = in_reo & ~here
        self.balance = np.where(outside, _at(owned["balance"], at_reo), balance)
        self.gone = self.balance <= 0.0
        self.stays = here & ~self.gone
        self.rate = np.where(here, _at(now["rate"], at), np.nan)
        self.missed = np.where(here, _at(_missed(now), at), np.nan)


def _summed(at: NDArray[np.int64], amounts: Floats, count: int) -> Floats:
    """Amounts added up by place, float64[count]."""
    return np.asarray(np.bincount(at, weights=amounts, minlength=count), dtype=np.float64)


def _rows(ids: NDArray, known: NDArray) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Row of each id among ``known`` (0 where it has none), and whether it has one."""
    row = {str(name): k for k, name in enumerate(known)}
    at = np.array([row.get(str(name), -1) for name in ids], dtype=np.int64)
    return np.maximum(at, 0), at >= 0


def _at(values: NDArray, rows: NDArray[np.int64]) -> Floats:
    return np.asarray(values[rows], dtype=np.float64) if len(values) else np.zeros(len(rows))


def _missed(loans: Records) -> Floats:
    """Payments missed: as given, else by status."""
    by_status = np.array([float(MISSED[str(s)]) for s in loans["status"]])
    return np.where(loans["months_delinquent"] > 0, loans["months_delinquent"], by_status)


def _payments(loans: Records, later: _Later) -> Floats:
    """Monthly payments that reached the trust, float64[loans]: one where the servicer advances, else those really made."""
    bad = np.isin(loans["status"], GONE_BAD)
    left = np.where(bad, 0.0, 1.0 + _missed(loans))  # a payoff makes good what was late
    made = np.clip(1.0 + _missed(loans) - np.nan_to_num(later.missed), 0.0, None)
    return np.where(loans["advancing"], 1.0, np.where(later.gone, left, made))


def _month_of_interest(loans: Records, later: _Later, indices: Indices, cutoff: dt.date) -> tuple[Floats, Floats]:
    """Contractual interest and fees of a month on opening balances, float64[loans] each."""
    numbers, counts = loan_arrays.loan_numbers(loans), loan_arrays.loan_counts(loans, indices, "")
    rows, fractions = loan_arrays.index_rows(indices), loan_arrays.year_fractions(cutoff, 1)
    interest = np.zeros(loans.count)
    balances, shares, notes = np.zeros(2), np.zeros(2), np.zeros(2)
    for k in range(loans.count):
        kernel.contract(numbers[k], counts[k], rows, fractions, 1, balances, shares, notes)
        reset = counts[k, L_INDEX] >= 0 and counts[k, L_RESET] == 0 and later.stays[k] and notes[1] > 0.0
        interest[k] = balances[0] * shares[1] * (later.rate[k] / notes[1] if reset else 1.0)
    fees = loans["servicing_fee"] + loans["mi_premium"] + loans["other_fees"]
    return interest, np.asarray(loans["balance"] * fees / 12.0)


def _cents(dollars: Floats) -> Floats:
    """Each to the cent, half cents up; as a servicer's statement has them."""
    return np.asarray(np.floor(dollars * 100.0 + 0.5 + 1e-6) / 100.0)


def _sold(
    before: Trust, after: Trust, moves: Properties, others: bool, facts: Mapping[str, float]
) -> tuple[Floats, Floats, str]:
    """Balance of REO sold and what of it was lost, float64[groups] each, and where the loss comes from.

    Args:
        others: loans were liquidated without REO; where none were, all new losses are those of REO sold.
    """
    groups, reo = np.array(before.groups), before["reo"]
    out = np.isin(reo["loan_id"], np.array(moves.sold, dtype=np.str_))
    at = np.searchsorted(groups, np.array(before.reo_groups, dtype=np.str_)[out])
    value = net_realizable_values(reo)[0]
    sold = _summed(at, reo["balance"][out], len(groups))
    share = sold / sold.sum() if sold.sum() > 0 else np.full(len(groups), 1.0 / len(groups))
    new = _new_losses(before, after)
    if not moves.sold:
        return sold, np.zeros(len(groups)), "property lists: nothing was sold"
    if "reo_losses" in facts:
        return sold, facts["reo_losses"] * share, "property lists, losses by the trustee"
    if new is not None and not others:
        return sold, new * share, "property lists, losses by the change in cumulative_loss"
    lost = _summed(at, (reo["balance"] - value)[out], len(groups))
    return sold, lost, "property lists, sold at the opening net realizable value"


def _new_losses(before: Trust, after: Trust) -> float | None:
    """The change in cumulative_loss (dollars), where both dates have one."""
    if before.terms.get("cumulative_loss") is None or after.terms.get("cumulative_loss") is None:
        return None
    return after.terms.number("cumulative_loss") - before.terms.number("cumulative_loss")


def _losses(before: Trust, after: Trust, reo_losses: float, facts: Mapping[str, float]) -> tuple[float, str]:
    """Losses of loans liquidated without REO, and where they come from."""
    new = _new_losses(before, after)
    if new is not None:
        return new - reo_losses, "tapes, losses by the change in cumulative_loss"
    if "losses" in facts:
        return facts["losses"], "tapes, losses by the trustee"
    return 0.0, "tapes; no loss is told (no cumulative_loss, no losses by the trustee)"


def _bought(before: Trust, after: Trust) -> Floats:
    """Balances of loans that came into the pool, float64[groups]."""
    loans, groups = after["loans"], np.array(before.groups)
    known = np.concatenate([before["loans"]["loan_id"], before["reo"]["loan_id"]])
    new = loans.take(~np.isin(loans["loan_id"], known) & np.isin(loans["group"], groups))
    at = np.searchsorted(groups, new["group"])
    return _summed(at, new["balance"] + new["deferred_balance"], len(groups))


def as_collateral(before: Trust, after: Trust, month: Collected) -> CollateralCash:
    """The month as the waterfall takes it, so that the deal's own rules can say what was due."""
    nothing = np.zeros_like(month.interest)

    def flow(amounts: Floats) -> Floats:
        return np.stack([nothing, amounts], axis=1)

    fields = {
        "scheduled_principal": flow(np.maximum(month.principal, 0.0)),
        "interest_capitalized": flow(np.maximum(-month.principal, 0.0)),
        "liquidated_balance": flow(month.liquidated),
        "liquidation_proceeds": flow(month.liquidated - month.losses),
        "losses": flow(month.losses),
        "interest_due": flow(month.interest_due),
        "interest_paid": flow(month.interest),
        "servicing_fee": flow(month.servicing),
        "servicing_due": flow(month.servicing_due),
        "reo_sold": flow(month.reo_sold),
        "reo_proceeds": flow(month.reo_sold - month.reo_losses),
        "reo_losses": flow(month.reo_losses),
    }
    for name, words in (("performing_balance", _PERFORMING), ("foreclosure_balance", ("foreclosure",))):
        fields[name] = np.stack([_balances(trust, before.groups, words) for trust in (before, after)], axis=1)
    fields["late_balance"] = np.stack([_balances(trust, before.groups, LATE) for trust in (before, after)], axis=1)
    fields["reo_balance"] = np.stack([_reo(trust, before.groups) for trust in (before, after)], axis=1)
    return CollateralCash(before.groups, fields)


_PERFORMING = ("current", "d30", "d60", "d90", "bankruptcy")


def _balances(trust: Trust, groups: tuple[str, ...], statuses: tuple[str, ...]) -> Floats:
    loans = trust["loans"].take(np.isin(trust["loans"]["status"], statuses) & np.isin(trust["loans"]["group"], groups))
    at = np.searchsorted(np.array(groups), loans["group"])
    return _summed(at, loans["balance"] + loans["deferred_balance"], len(groups))


def _reo(trust: Trust, groups: tuple[str, ...]) -> Floats:
    inside = np.isin(np.array(trust.reo_groups, dtype=np.str_), groups)
    at = np.searchsorted(np.array(groups), np.array(trust.reo_groups, dtype=np.str_)[inside])
    return _summed(at, trust["reo"]["balance"][inside], len(groups))
