"""Two other projections that a value may rest on: the deal that is never called, and the contracts without defaults.

Uncalled: the collateral's own cash, had nobody bought the loans; with the costs of a deal that goes on.

Contractual: what borrowers promise. From today on no loan defaults, so nothing is lost, advanced or recovered; loans prepay
as the curves say; a loan late today, in bankruptcy or in foreclosure is taken as cured today: it pays its schedule from its
balance at the cut-off, and what it missed repays who advanced it. REO is no contract: it is sold as expected. Bonds, costs,
derivatives, accounts, insurers and the call follow the deal's rules on that cash.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np

from xlfv.market.curves import Curves
from xlfv.projection.collateral import project_collateral
from xlfv.projection.conservation import prove_conservation
from xlfv.projection.distributions import distribute
from xlfv.projection.projection import Projection, project, seen_later
from xlfv.tables import Fault, Refused
from xlfv.tables.kept import kept
from xlfv.tables.schema import Records
from xlfv.trust.trust import Trust


def _made(projection: Projection) -> tuple[str, tuple[int, ...]]:
    """A projection as a key: its digest, and that its inputs are the very same.

    A trust changed by hand, its digest left as it was, is not taken for another.
    """
    inputs = (projection.trust, projection.curves, projection.indices, projection.timeline, projection.given)
    return projection.digest, tuple(map(id, inputs))


def derived(what: str, digest: str) -> str:
    """The digest of something worked out of another thing."""
    return hashlib.sha256(f"{what}:{digest}".encode()).hexdigest()


def uncalled(projection: Projection) -> Projection:
    """The projection had the deal not been called; itself where it is not.

    The months are the same. Its law of cash is proved like any other's.
    """
    if not projection.called:
        return projection
    if projection.opening is not None:
        return seen_later(uncalled(projection.opening), projection.as_of)
    return _uncalled(projection)


@kept(4, _made)
def _uncalled(projection: Projection) -> Projection:
    trust, indices, timeline = projection.trust, projection.indices, projection.timeline
    if projection.given is not None:
        cash = projection.given.collateral
    else:
        cash = project_collateral(trust, projection.curves, indices, projection.months)
    paid = distribute(trust, cash, indices, timeline)
    prove_conservation(cash, paid)
    digest = derived("uncalled", projection.digest)
    return replace(projection, collateral=cash, distributions=paid, digest=digest, called=0)


def contractual(projection: Projection) -> Projection:
    """The projection of the contractual cash; see the module.

    Raises:
        Refused: the cash of the collateral was given as a table: what it would be without defaults is not known.
    """
    if projection.given is not None:
        what = "a yield discounts contractual cash, and the cash of the collateral is given with its losses"
        raise Refused(Fault(what, projection.name, "write expected in cash_basis, or project the loans"))
    if projection.opening is not None:
        return seen_later(contractual(projection.opening), projection.as_of)
    return _contractual(projection)


@kept(4, _made)
def _contractual(projection: Projection) -> Projection:
    curves = without_defaults(projection.curves)
    return project(as_if_cured(projection.trust), curves, projection.indices, projection.months)


def as_if_cured(trust: Trust) -> Trust:
    """The trust with every loan but REO current, and nothing missed or advanced."""
    loans = trust["loans"]
    lives = loans["status"] != "reo"
    status = np.where(lives, "current", loans["status"])
    cured = loans.replace(
        status=status,
        months_delinquent=np.where(lives, 0, loans["months_delinquent"]),
        advances_outstanding=np.where(lives, 0.0, loans["advances_outstanding"]),
    )
    return with_loans(trust, cured, "as if cured")


def with_loans(trust: Trust, loans: Records, what: str) -> Trust:
    """The trust with other loans; ``what`` names the change in its digest."""
    return replace(trust, tables={**trust.tables, "loans": loans}, digest=derived(what, trust.digest))


def without_defaults(curves: Curves) -> Curves:
    """The curves with no defaults, and no timeline for loans late today."""
    nothing = np.zeros(2)
    sets = {
        name: replace(one, default=nothing, cure={}, to_liquidation={}, severities={})
        for name, one in curves.sets.items()
    }
    return Curves(sets, derived("without defaults", curves.digest))
