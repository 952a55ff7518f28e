"""The study of real loans: blind is blind, fed back it closes, and the numbers told stand."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
import real_loans as study
from real_loans import AS_OF, BLIND, COHORTS, HINDSIGHT, LAST, MEASURES, MONTHS, SHAPED

from xlfv.market.curves import read_curves
from xlfv.projection.projection import project
from xlfv.review import actuals


@pytest.fixture(scope="module")
def real() -> pd.DataFrame:
    path = study.panel_path()
    if path is None:
        pytest.skip("private_label_panel.csv is not here: set XLFV_SHARED, or put shared beside the repository")
    return study.read_panel(path)


@pytest.fixture(scope="module")
def made_up() -> pd.DataFrame:
    """A panel of the same columns, seeded, for machines without the real one."""
    random = np.random.default_rng(7)
    rows = []
    for name in range(500):
        orig = int(random.integers(14, 28))
        score, rate, mature = random.normal(680, 50), random.uniform(5, 9), orig + 120
        balance = first = random.uniform(5e4, 5e5)
        flat = random.random() < 0.2
        for time in range(orig + 1, 61):
            draw = random.random()
            status = 1 if draw < 0.03 else 2 if draw < 0.06 else 0
            wait = int(random.integers(1, 12))
            rows.append(
                {
                    "id": name, "time": time, "orig_time": orig, "mat_time": mature, "balance_time": balance,
                    "balance_orig_time": first, "interest_rate_time": rate, "FICO_orig_time": score,
                    "default_time": int(status == 1), "payoff_time": int(status == 2), "status_time": status,
                    "res_time": time + wait if status == 1 and time + wait <= 60 else np.nan,
                    "lgd_time": random.random() if status == 1 else np.nan,
                    "recovery_res": 0.0 if status == 1 else np.nan,
                }
            )  # fmt: skip
            if status:
                break
            balance *= 1.0 if flat else random.uniform(0.985, 0.998)
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def real_study(real: pd.DataFrame) -> study.Study:
    return study.study(real)


@pytest.fixture(scope="module")
def made_up_study(made_up: pd.DataFrame) -> study.Study:
    return study.study(made_up)


def without_future(panel: pd.DataFrame) -> pd.DataFrame:
    return panel[panel["time"] <= AS_OF].reset_index(drop=True)


def with_false_future(panel: pd.DataFrame) -> pd.DataFrame:
    """Every row after the cut-off nonsense, and every resolution that came after it another."""
    panel = panel.copy()
    later = panel["time"] > AS_OF
    for column in ("balance_time", "FICO_orig_time", "interest_rate_time", "balance_orig_time", "mat_time"):
        panel.loc[later, column] = panel.loc[later, column] * 3 + 1
    panel.loc[later, "orig_time"] = 1
    panel.loc[later, ["default_time", "status_time"]] = 1
    open_then = (panel["default_time"] == 1) & ~(panel["res_time"] <= AS_OF)
    panel.loc[open_then, ["lgd_time", "recovery_res"]] = 1.9
    panel.loc[open_then, "res_time"] = np.where(panel.loc[open_then, "res_time"].isna(), 41.0, np.nan)
    return panel


@pytest.mark.parametrize("which", ["made_up", "real"])
@pytest.mark.parametrize("alter", [without_future, with_false_future])
def test_nothing_after_the_cut_off_reaches_the_blind_runs(which, alter, request):
    panel = request.getfixturevalue(which)
    tape, fit, curves = study.blind_inputs(panel)
    other_tape, other_fit, other_curves = study.blind_inputs(alter(panel))
    pd.testing.assert_frame_equal(tape, other_tape, check_exact=True)
    for one in dataclasses.fields(fit):
        if one.name != "resolutions":
            np.testing.assert_array_equal(getattr(fit, one.name), getattr(other_fit, one.name))
    assert repr(fit.resolutions) == repr(other_fit.resolutions)
    months = study.PERIODS * MONTHS
    for run in (BLIND, SHAPED):
        first = project(study.trust_of(tape), read_curves(curves[run]), months=months)
        other = project(study.trust_of(other_tape), read_curves(other_curves[run]), months=months)
        assert first.digest == other.digest
        assert first.cash_hash == other.cash_hash


def test_what_was_known_does_reach_them(made_up):
    """The guard above has teeth: the same columns altered before the cut-off change the fit."""
    _, fit, _ = study.blind_inputs(made_up)
    last = made_up["time"] == AS_OF
    for column, to in (("balance_time", 0.5), ("lgd_time", 2.0)):
        other = made_up.copy()
        rows = last if column == "balance_time" else made_up["res_time"] <= AS_OF
        other.loc[rows, column] = other.loc[rows, column] * to
        _, changed, _ = study.blind_inputs(other)
        assert not np.array_equal(fit.smm, changed.smm) or not np.array_equal(fit.severity, changed.severity)


def test_a_later_resolution_is_blank_as_of_the_cut_off(made_up):
    known = study.as_known(made_up)
    assert known["time"].max() == AS_OF
    assert not (known["res_time"] > AS_OF).any()
    assert known.loc[known["res_time"].isna(), ["lgd_time", "recovery_res"]].isna().all(axis=None)


@pytest.mark.parametrize("which", ["made_up_study", "real_study"])
def test_the_engine_gives_what_the_formulas_give(which, request):
    """Two ways to the same dollars: loan by loan in the engine, and by survival over the closed-form schedule."""
    made = request.getfixturevalue(which)
    rates = [np.repeat(one, MONTHS, axis=1) for one in (made.realized.mdr, made.realized.smm)]
    balance, defaults = actuals.roll(study.scheduled_by_cohort(made.tape), *rates)
    told = made.told(HINDSIGHT)
    np.testing.assert_allclose(told["balance"], balance[:, ::MONTHS], atol=1e-6, rtol=0)
    np.testing.assert_allclose(told["defaults"], defaults.cumsum(axis=1)[:, ::MONTHS], atol=1e-6, rtol=0)


@pytest.mark.parametrize("which", ["made_up_study", "real_study"])
def test_the_actual_side_adds_up(which, request):
    made = request.getfixturevalue(which)
    moved = made.actual.balance[:, 0].sum() - made.actual.balance[:, -1].sum()
    assert sum(made.actual.moves.values()) == pytest.approx(moved, abs=0.01)
    assert made.start.sum() == pytest.approx(made.tape["balance"].sum())
    assert made.trust.pool_balance == pytest.approx(made.tape["balance"].sum())
    gone = made.actual.default_loans
    assert made.actual.defaults[:, -1].sum() == pytest.approx(gone["balance"].sum())
    assert made.actual.losses[:, -1].sum() == pytest.approx(gone.loc[gone["resolved"].notna(), "loss"].sum())


def test_realized_rates_fed_back_follow_the_actual(real_study):
    """Balance and defaults of each cohort within 0.5% of its start balance at each quarter; losses within 0.6% for all
    loans and 1.5% for each cohort on the way (lags are means), and at the end within 0.01%."""
    told = real_study.told(HINDSIGHT)
    gaps = {name: actuals.worst_gap(told[name], real_study.seen[name], real_study.start) for name in MEASURES}
    assert gaps["balance"].max() < 0.005
    assert gaps["defaults"].max() < 0.005
    assert gaps["losses"][-1] < 0.006
    assert gaps["losses"].max() < 0.015
    assert real_study.table(HINDSIGHT)["losses gap"].abs().max() < 0.0001


def test_what_hindsight_misses_is_balances_that_grew(real_study):
    """No prepayment rate of zero or more follows a balance that grows against its schedule; nothing else is missed."""
    assert real_study.realized.missed.min() > -1.0
    held = real_study.realized.missed > 1.0
    assert (real_study.realized.smm[held] == 0).all()


def test_the_numbers_told_stand(real_study):
    """What the study says of itself: 870 loans; balances, defaults and losses of all at 2013Q4, in $m."""
    assert len(real_study.tape) == 870
    assert study.quarter(AS_OF) == "2008Q4"
    assert study.quarter(LAST) == "2013Q4"
    told = [real_study.table(run).loc["All", f"{name} projected"] / 1e6 for run in (BLIND, SHAPED) for name in MEASURES]
    was = [real_study.table(BLIND).loc["All", f"{name} actual"] / 1e6 for name in MEASURES]
    assert was == pytest.approx([76.47, 91.02, 25.57], abs=0.01)
    assert told == pytest.approx([55.43, 96.51, 38.96, 49.20, 109.11, 47.53], abs=0.01)


def test_the_tables_and_the_picture_are_made(made_up_study, tmp_path):
    words = study.report(made_up_study)
    assert "not a forecast" in words
    assert all(name in words for name in COHORTS)
    study.picture(made_up_study, tmp_path / "x.png")
    assert (tmp_path / "x.png").stat().st_size > 50_000


def test_without_the_panel_the_command_says_so(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("XLFV_SHARED", str(tmp_path))
    assert study.main(["--out", str(tmp_path / "out")]) == 2
    assert "XLFV_SHARED" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
