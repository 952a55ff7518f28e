"""A projection that lacks something, or that breaks a law, is refused."""

from __future__ import annotations

import numpy as np
import pytest

from tests.builders import loan, make_curves, make_indices, make_trust, run
from xlfv.kernels import deal as w
from xlfv.kernels.brief import brief_of
from xlfv.projection.conservation import prove_conservation
from xlfv.projection.distributions import Distributions
from xlfv.projection.projection import project
from xlfv.tables import Refused

ARM = {"rate_type": "arm", "index": "LIBOR_6M", "margin": 0.02}
FLOATER = [{"tranche": "A", "balance": 1e5, "coupon_type": "floating", "index": "LIBOR_1M"}]
CAP = [{"hedge": "c", "type": "cap", "receive_index": "SOFR", "strike": 0.05, "notional": 1e5}]


@pytest.mark.parametrize(
    ("loans", "tables", "told"),
    [
        ([loan(curve="subprime")], {}, "loans follow the curve 'subprime'"),
        ([loan(**ARM)], {}, "an adjustable loan needs the index LIBOR_6M"),
        ([loan()], {"bonds": FLOATER}, "class A needs the index LIBOR_1M"),
        ([loan()], {"hedges": CAP}, "derivative c needs the index SOFR"),
        (
            [loan()],
            {"waterfall": [{"step": 1, "from": "excess", "pay": "oc", "to": "A"}]},
            "the terms give no oc_target",
        ),
        ([loan()], {"terms": [{"term": "stepdown_age", "value": 36}]}, "without closing_date"),
    ],
)
def test_what_is_not_given_is_told(loans, tables, told):
    with pytest.raises(Refused) as refused:
        run(loans, **tables)
    assert told in str(refused.value)
    assert refused.value.faults[0].todo


@pytest.mark.parametrize("months", [0, -1, 721])
def test_a_horizon_out_of_bounds_is_refused(months):
    with pytest.raises(Refused, match=f"months is {months}"):
        project(make_trust(), make_curves(cpr=0.1), months=months)


@pytest.mark.parametrize("column", [w.T_INTEREST_PAID, w.T_PRINCIPAL, w.T_WRITEDOWN, w.T_END])
def test_a_cent_made_out_of_nothing_is_seen(column):
    made = run([loan()], make_curves(cpr=0.1, cdr=0.05, severity=0.5))
    rows = made.distributions.record.tranches.copy()
    rows[0, 12, column] += 0.01
    paid = made.distributions
    record = paid.record._replace(tranches=rows)
    wrong = Distributions(("A",), paid.deal, (0,), brief_of(paid.deal, record), paid.ends, lambda: record)
    with pytest.raises(Refused, match="defect of xlfv"):
        prove_conservation(made.collateral, wrong)


@pytest.mark.parametrize(
    "field",
    ["performing_balance", "interest_paid", "losses", "liquidation_proceeds", "prepaid_principal", "servicing_fee"],
)
def test_collateral_that_does_not_add_up_is_seen(field):
    made = run([loan()], make_curves(cpr=0.1, cdr=0.05, severity=0.5))
    wrong = made.collateral[field].copy()
    wrong[0, 12] += 0.01
    fields = {**made.collateral.fields, field: wrong}
    with pytest.raises(Refused, match="defect of xlfv"):
        prove_conservation(type(made.collateral)(made.collateral.groups, fields), made.distributions)


def test_a_sound_projection_is_proved_and_told_apart_from_another():
    made = run([loan()], make_curves(cpr=0.1))
    prove_conservation(made.collateral, made.distributions)
    assert run([loan()], make_curves(cpr=0.1)).digest == made.digest
    assert run([loan()], make_curves(cpr=0.11)).digest != made.digest
    assert run([loan()], make_curves(cpr=0.1), months=100).digest != made.digest
    assert run([loan()], make_curves(cpr=0.1), make_indices(SOFR=[0.01])).digest != made.digest
    assert made.months == 360
    assert np.isfinite(made.distributions.residual).all()
