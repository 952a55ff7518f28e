"""Tapes cut out of a panel of real loans, a quarter apart: what is measured is what a study of the same loans found."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
import real_loans as study
from real_loans import AS_OF, COHORTS, LAST, MONTHS, PERIODS

from xlfv.review import actuals
from xlfv.review.measures import measure
from xlfv.review.tapes import LIQUIDATED, Pair, pair
from xlfv.tables import Table, from_grid

Row = dict[str, Any]
HEADER = ("loan_id", "balance", "rate", "remaining_term", "interest_only_months", "status", "group", "loss", "default_balance",
          "months_delinquent")  # fmt: skip


@pytest.fixture(scope="module")
def panel() -> pd.DataFrame:
    path = study.panel_path()
    if path is None:
        pytest.skip("NOT PROVED HERE: private_label_panel.csv is not beside the repository (set XLFV_SHARED)")
    return study.read_panel(path)


@pytest.fixture(scope="module")
def loans(panel: pd.DataFrame) -> pd.DataFrame:
    return study.loan_tape(study.as_known(panel))


@pytest.fixture(scope="module")
def pairs(panel: pd.DataFrame, loans: pd.DataFrame) -> list[Pair]:
    """Twenty pairs of tapes, by cohort."""
    tapes = [tape(panel, loans, time) for time in range(AS_OF, LAST + 1)]
    return [pair(*two, MONTHS, "group") for two in pairwise(tapes)]


def tape(panel: pd.DataFrame, loans: pd.DataFrame, time: int) -> Table:
    """The trust's loans at a quarter's end, as a servicer would report them.

    Alive: current (the panel knows no lateness), with the balance last seen; in default and not resolved: foreclosure;
    resolved by now: liquidated, with the loss that the panel gives. Interest-only where the study says so.
    """
    rows: list[Row] = []
    alone = dict(tuple(panel[panel["id"].isin(loans["loan_id"].astype(int))].groupby("id")))
    for one in loans.itertuples():
        history = alone[int(one.loan_id)]
        seen = history[history["time"] <= time].iloc[-1]
        if history["time"].max() < time and seen["status_time"] == 0:
            continue  # it left without a word
        row = {"loan_id": one.loan_id, "group": one.group, "balance": float(seen["balance_time"])}
        if seen["status_time"] == 0:
            waits = max(int(one.interest_only_months) - MONTHS * (time - AS_OF), 0)
            term = max(MONTHS * int(seen["mat_time"] - time), 1)
            rate = float(seen["interest_rate_time"]) / 100.0
            row |= {"status": "current", "rate": rate, "remaining_term": term, "interest_only_months": min(waits, term)}
        elif seen["status_time"] == 2:
            row |= {"status": "paid_off"}
        elif seen["res_time"] <= time:
            row |= {"status": "liquidated", "default_balance": row["balance"], "loss": seen["lgd_time"] * row["balance"],
                    "months_delinquent": MONTHS * (seen["res_time"] - seen["time"]) + 3.0}  # fmt: skip
        else:
            row |= {"status": "foreclosure"}
        rows.append(row)
    return from_grid(
        f"tape {study.quarter(time)}", [list(HEADER), *[[row.get(name) for name in HEADER] for row in rows]]
    )


def sums(pairs: list[Pair], name: str) -> np.ndarray:
    """A measure by cohort and quarter, float64[cohorts, periods]; cohorts in the study's order."""
    found = np.full((len(COHORTS), len(pairs)), np.nan)
    for k, one in enumerate(pairs):
        order = [COHORTS.index(name) for name in one.cuts]
        found[order, k] = measure(one)[name][1:]
    return found


def test_the_first_tape_is_the_trust(pairs, loans):
    first = {name: float(values[0]) for name, values in measure(pairs[0]).items()}
    assert first["loans_earlier"] == len(loans) == 870
    assert first["balance_earlier"] == first["performing_balance"] == pytest.approx(loans["balance"].sum())


def test_defaults_and_losses_are_those_of_the_study(pairs, panel, loans):
    actual = study.what_came(panel, loans)
    assert np.nansum(sums(pairs, "defaulted_loans")) == len(actual.default_loans)
    np.testing.assert_allclose(
        np.nan_to_num(sums(pairs, "losses")).cumsum(axis=1), actual.losses[:, 1:], rtol=1e-12, atol=1e-6
    )
    done = actual.default_loans[actual.default_loans["resolved"].notna()]
    told = [measure(one) for one in pairs]
    balance = sum(float((one.default_balance[(one.end == LIQUIDATED) & np.isfinite(one.loss)]).sum()) for one in pairs)
    assert sum(float(one["losses"][0]) for one in told) / balance == pytest.approx(
        done["loss"].sum() / done["balance"].sum()
    )


def test_speeds_are_those_of_the_study(pairs, panel, loans):
    """Differences, all small: the study counts a default at its own balance, here it counts at the balance before; and the
    study sets off what loans are behind a schedule at the rates of 2008 against what others prepay, and holds what is less
    than nothing in a quarter at nothing. Its speed therefore lies between that here and that here less what is behind."""
    _, realized = study.realized_curves(study.what_came(panel, loans), loans)
    weight = np.nan_to_num(sums(pairs, "performing_balance"))
    flows = {
        name: np.nan_to_num(sums(pairs, name)) for name in ("mdr", "smm", "payoffs", "curtailments", "behind_schedule")
    }
    prepaid = flows["payoffs"] + flows["curtailments"]
    net = flows["smm"] * (prepaid - flows["behind_schedule"]) / np.where(prepaid > 0, prepaid, 1.0)

    def speed(rates: np.ndarray) -> float:
        return float(actuals.annual(np.average(rates, weights=weight)))

    assert speed(flows["mdr"]) == pytest.approx(speed(realized.mdr), rel=0.005)
    assert (
        0.95 * speed(realized.smm) < speed(net) < speed(realized.smm) < speed(flows["smm"]) < 1.06 * speed(realized.smm)
    )


def test_every_pair_foots(pairs):
    for one in pairs:
        got = {name: float(values[0]) for name, values in measure(one).items()}
        led = got["balance_earlier"] + got["behind_schedule"] + got["default_change"] + got["new_balance"] - sum(
            got[name] for name in ("scheduled_principal", "payoffs", "curtailments", "arrears_paid", "forgiven", "liquidated",
                                   "paid_off_from_default")
        )  # fmt: skip
        assert led == pytest.approx(got["balance_later"], rel=1e-12)
    assert len(pairs) == PERIODS
