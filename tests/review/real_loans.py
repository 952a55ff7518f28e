"""Real loans: a trust of 870 private-label mortgages at 2008Q4, projected to 2013Q4 and held against what they did.

    python -m tests.review.real_loans [--out FOLDER]

prints the tables and writes ``real_loans.png``. The panel is not part of this repository: it is looked for in the
folder XLFV_SHARED names, or in ``shared`` beside the repository, as ``data/loans/private_label_panel.csv``.

Two kinds of run, never to be mixed up:

- **blind**: curves fitted on what was known at 2008Q4 (:func:`as_known` takes everything else out of the panel first);
- **hindsight**: the realized rates of 2009 to 2013 fed back. It checks the arithmetic; it is not a forecast.

Conventions. A loan's balance at the end of a quarter is the balance of its row if it is neither in default nor paid off
there. A default counts the balance of its row. A loss counts in the quarter of resolution (``res_time``) and is
``lgd_time`` times the balance at default. The panel writes both into the row of the default, so as of a date they
are blanked where resolution came later; where ``res_time`` is blank to the end the default counts as unresolved, and
its ``lgd_time`` is not read (for most such rows it says 0, a recovery in full).
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from xlfv.market.curves import read_curves
from xlfv.market.rates import sda_cdr
from xlfv.projection.projection import Projection, project
from xlfv.review import actuals
from xlfv.tables import Table, from_grid
from xlfv.trust.trust import Trust, build_trust

AS_OF, LAST = 35, 55  # 2008Q4 and 2013Q4 in the panel's count
PERIODS, MONTHS = LAST - AS_OF, 3
WINDOW = 4  # quarters before the cut-off from which speeds are measured
ENOUGH = 30  # known resolutions below which a cohort takes the severity and lag of all
FLAT = 1e-4  # a balance that moves less in a quarter has not amortized
NEVER = 120  # months: a lag beyond the horizon
INTEREST_ONLY_AGE = 120  # assumed age at which interest-only loans begin to amortize
COHORTS = tuple(f"{v}, FICO {f}" for v in ("to 2004", "2005", "from 2006") for f in ("under 680", "680 and up"))
MEASURES = ("balance", "defaults", "losses")


def panel_path() -> Path | None:
    """Where the panel is, or None."""
    beside = Path(__file__).resolve().parents[2].parent / "shared"
    folder = Path(os.environ.get("XLFV_SHARED") or beside)
    path = folder / "data" / "loans" / "private_label_panel.csv"
    return path if path.is_file() else None


def read_panel(path: Path) -> pd.DataFrame:
    """The panel, one row a loan and quarter (14 rows of 2012Q4 stand twice, and are alike)."""
    panel = pd.read_csv(path).drop_duplicates(["id", "time"])
    return panel.sort_values(["id", "time"]).reset_index(drop=True)


def quarter(time: int) -> str:
    """The calendar quarter of a time in the panel's count: 35 is 2008Q4."""
    number = 2008 * 4 + 3 + time - AS_OF
    return f"{number // 4}Q{number % 4 + 1}"


def as_known(panel: pd.DataFrame, time: int = AS_OF) -> pd.DataFrame:
    """The panel as it could be known at ``time``: no later row, no resolution that came later, nor its loss."""
    known = panel[panel["time"] <= time].copy()
    later = ~(known["res_time"] <= time)
    known.loc[later, ["res_time", "lgd_time", "recovery_res"]] = np.nan
    return known.reset_index(drop=True)


def cohort_of(rows: pd.DataFrame) -> np.ndarray:
    """Cohort of each row, int64: three vintages (to 2004Q4, 2005, from 2006Q1) by score (680 splits the pool)."""
    vintage = np.select([rows["orig_time"] <= 19, rows["orig_time"] <= 23], [0, 1], 2)
    return np.asarray(vintage * 2 + (rows["FICO_orig_time"] >= 680), dtype=np.int64)


# --- what is known at the cut-off: the tape and the curves ---------------------------------------------------------


def loan_tape(known: pd.DataFrame) -> pd.DataFrame:
    """The loans of the trust, columns named as the loan table names them.

    Alive at the cut-off, fixed at today's rate (index, margin and caps are not in the panel). Interest-only where the
    balance stood still over the last four quarters, within 1% of the original balance (a balance that stands still
    lower down is a loan nobody pays on); when such a loan begins to amortize is not known: assumed at 120 months.
    """
    before = known.groupby("id")["balance_time"].shift()
    still = (known["balance_time"] / before - 1.0).abs() < FLAT
    quarters = still[known["time"] > AS_OF - WINDOW].groupby(known["id"]).sum()
    tape = known[(known["time"] == AS_OF) & (known["status_time"] == 0) & (known["balance_time"] > 0)]
    balance = tape["balance_time"].to_numpy(np.float64)
    original = tape["balance_orig_time"].to_numpy(np.float64)
    flat = tape["id"].map(quarters).to_numpy() >= WINDOW
    age = np.maximum(MONTHS * (AS_OF - tape["orig_time"].to_numpy(np.int64)), 0)
    term = np.maximum(MONTHS * (tape["mat_time"].to_numpy(np.int64) - AS_OF), 1)
    waits = np.where(flat & (np.abs(balance / original - 1.0) < 0.01), np.maximum(INTEREST_ONLY_AGE - age, 0), 0)
    cohort = cohort_of(tape)
    return pd.DataFrame(
        {
            "loan_id": tape["id"].astype(str).to_numpy(),
            "balance": balance,
            "rate": tape["interest_rate_time"].to_numpy(np.float64) / 100.0,
            "remaining_term": term,
            "interest_only_months": np.minimum(waits, term),
            "age": age,
            "original_balance": original,
            "fico": tape["FICO_orig_time"].to_numpy(np.float64),
            "group": [COHORTS[c] for c in cohort],
            "curve": [COHORTS[c] for c in cohort],
        }
    )


@dataclass(frozen=True)
class Fit:
    """Curves fitted at the cut-off, a row a cohort.

    Attributes:
        mdr, smm: monthly rates of the four quarters to the cut-off, float64[cohorts].
        sda: multiple of the Standard Default Assumption that expects the same defaults, float64[cohorts].
        severity, lag: loss share, and months to resolution, float64[cohorts].
        resolutions: what severity and lag come from.
        own: the cohort had enough resolutions for its own severity and lag.
    """

    mdr: np.ndarray
    smm: np.ndarray
    sda: np.ndarray
    severity: np.ndarray
    lag: np.ndarray
    resolutions: tuple[actuals.Resolution, ...]
    own: np.ndarray


def fit_blind(known: pd.DataFrame) -> Fit:
    """Fit each cohort's curves on the panel as known at the cut-off."""
    seen = observed_quarters(known[known["time"] > AS_OF - WINDOW - 1])
    rows = cohort_of(seen)
    zero = np.zeros(len(seen), dtype=np.int64)
    schedule = actuals.scheduled_balance(
        seen["start"].to_numpy(), seen["rate"].to_numpy() / 100.0, seen["term"].to_numpy(np.int64),
        np.where(seen["still"], MONTHS, 0).astype(np.int64), MONTHS,
    )  # fmt: skip
    n = len(COHORTS)
    scheduled = np.column_stack([actuals.sum_by(one, rows, zero, n, 1)[:, 0] for one in schedule.T])
    ends = np.column_stack([actuals.sum_by(seen[name], rows, zero, n, 1)[:, 0] for name in ("start", "end")])
    defaulted = actuals.sum_by(seen["defaulted"], rows, zero, n, 1)
    speeds = actuals.measure_speeds(ends, defaulted, scheduled, MONTHS)
    ages = MONTHS * (seen["time"] - seen["orig_time"]).to_numpy(np.int64)
    standard = np.array([sda_cdr(100.0, max(int(age), 1)) for age in ages])
    start, lost = seen["start"].to_numpy(), seen["defaulted"].to_numpy()
    sda = [actuals.standard_multiple(lost[rows == c], start[rows == c], standard[rows == c], MONTHS) for c in range(n)]
    gone = known[known["default_time"] == 1]
    which = cohort_of(gone)
    everything = _resolution(gone)
    each = tuple(_resolution(gone[which == c]) for c in range(n))
    own = np.array([one.resolved >= ENOUGH for one in each])
    used = [one if mine else everything for one, mine in zip(each, own, strict=True)]
    severity = np.array([min(max(one.severity, 0.0), 1.0) for one in used])
    lag = np.array([round(MONTHS * one.lag) for one in used], dtype=np.float64)
    return Fit(speeds.mdr[:, 0], speeds.smm[:, 0], np.array(sda), severity, lag, (*each, everything), own)


def _resolution(gone: pd.DataFrame) -> actuals.Resolution:
    columns = (gone[name].to_numpy(np.float64) for name in ("time", "res_time", "balance_time", "lgd_time"))
    return actuals.measure_resolution(*columns, known_at=AS_OF)


def observed_quarters(known: pd.DataFrame) -> pd.DataFrame:
    """Loan-quarters seen at both ends: alive at ``time - 1``, with a row at ``time``."""
    before = known.groupby("id")[["time", "balance_time", "mat_time", "interest_rate_time"]].shift()
    both = (before["time"] == known["time"] - 1) & (before["balance_time"] > 0)
    now, was = known[both], before[both]
    alive = now["status_time"] == 0
    return now[["time", "orig_time", "FICO_orig_time"]].assign(
        start=was["balance_time"],
        rate=was["interest_rate_time"],
        term=np.maximum(MONTHS * (was["mat_time"] - was["time"]), 1),
        end=np.where(alive, now["balance_time"], 0.0),
        defaulted=np.where(now["default_time"] == 1, now["balance_time"], 0.0),
        still=alive & ((now["balance_time"] / was["balance_time"] - 1.0).abs() < FLAT),
    )


def trust_of(tape: pd.DataFrame) -> Trust:
    """A trust on the loans: a senior and a junior class, enough for cash to have somewhere to go."""
    pool = float(tape["balance"].sum())
    grids: dict[str, list[list[object]]] = {
        "loans": [list(tape.columns), *[[_plain(cell) for cell in row] for row in tape.itertuples(index=False)]],
        "bonds": [["tranche", "balance", "coupon"], ["A", 0.8 * pool, 0.05], ["B", 0.2 * pool, 0.06]],
        "waterfall": [
            ["step", "from", "pay", "to", "rule"],
            [1, "interest", "interest", "A,B", "sequential"],
            [2, "principal", "principal", "A,B", "sequential"],
            [3, "principal", "writedown", "B,A", ""],
            [4, "excess", "residual", None, None],
        ],
        # A loan near its term may default until it matures: the panel's do.
        "terms": [["term", "value"], ["defaults_stop", "at_maturity"]],
    }
    return build_trust(
        "REAL-2008Q4", dt.date(2008, 12, 31), {name: from_grid(name, grid) for name, grid in grids.items()}
    )


def _plain(cell: object) -> object:
    return cell.item() if isinstance(cell, np.generic) else cell


def held_curves(fit: Fit, by_age: bool = False) -> Table:
    """Blind curves: prepayment held at the last year's speed; defaults too, or (``by_age``) along the SDA.

    Nothing is advanced: the panel's balances stand still in default.
    """
    kind, values = ("sda", fit.sda * 100.0) if by_age else ("mdr", fit.mdr)
    grid: list[list[object]] = [["curve", "month", "smm", kind, "severity", "recovery_lag", "advance"]]
    for c, name in enumerate(COHORTS):
        cells = (fit.smm[c], values[c], fit.severity[c], fit.lag[c])
        grid.append([name, 1, *map(float, cells), 0.0])
    return from_grid("curves", grid)


# --- what came ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Actual:
    """What the trust's loans did, by cohort, the cut-off first where there is one more column than quarters.

    Attributes:
        balance: performing, float64[cohorts, periods + 1].
        defaults, losses: cumulative, float64[cohorts, periods + 1].
        default_loans: a row a default: cohort, period of default and of resolution (nan: not by 2013Q4), balance, loss.
        moves: dollars by which balances moved from start to end, by reason, all cohorts.
        notes: oddities counted.
    """

    balance: np.ndarray
    defaults: np.ndarray
    losses: np.ndarray
    default_loans: pd.DataFrame
    moves: dict[str, float]
    notes: dict[str, float]


def what_came(panel: pd.DataFrame, tape: pd.DataFrame) -> Actual:
    """Follow the trust's loans from the cut-off through 2013Q4."""
    ids = tape["loan_id"].astype(np.int64).to_numpy()
    cohort = dict(zip(ids, (COHORTS.index(name) for name in tape["group"]), strict=True))
    rows = panel[panel["id"].isin(ids) & panel["time"].between(AS_OF, LAST)]
    alive = rows[rows["status_time"] == 0].pivot(index="id", columns="time", values="balance_time")
    alive = alive.reindex(index=ids, columns=range(AS_OF, LAST + 1))
    # A quarter without a row, before the loan is seen again, keeps the balance; after the last row nothing is left.
    every = panel[panel["id"].isin(ids)].groupby("id")
    final, ends = every["time"].max().reindex(ids), every["status_time"].last().reindex(ids) > 0
    standing = alive.ffill(axis=1)
    after = np.arange(AS_OF, LAST + 1)[None, :] > np.where(ends, final - 1, final)[:, None]
    balances = np.where(after, 0.0, standing.to_numpy())
    where = np.array([cohort[i] for i in ids])
    n = len(COHORTS)
    balance = np.vstack([balances[where == c].sum(axis=0) for c in range(n)])

    gone = rows[(rows["default_time"] == 1) & (rows["time"] > AS_OF)]
    in_time = (gone["res_time"] <= LAST).to_numpy()
    loans = pd.DataFrame(
        {
            "cohort": [cohort[i] for i in gone["id"]],
            "period": gone["time"].to_numpy(np.int64) - AS_OF,
            "resolved": np.where(in_time, gone["res_time"] - AS_OF, np.nan),
            "balance": gone["balance_time"].to_numpy(np.float64),
            "loss": np.where(in_time, gone["lgd_time"] * gone["balance_time"], 0.0),
            "resolved_later": (gone["res_time"] > LAST).to_numpy(),
            "written_loss": (gone["lgd_time"] * gone["balance_time"]).to_numpy(np.float64),
        }
    )
    at = loans["cohort"].to_numpy(np.int64)
    late = loans["resolved"].fillna(PERIODS + 1).to_numpy(np.int64)
    defaults = actuals.sum_by(loans["balance"], at, loans["period"].to_numpy(), n, PERIODS + 1).cumsum(axis=1)
    losses = actuals.sum_by(loans["loss"], at, late, n, PERIODS + 1).cumsum(axis=1)

    paid = rows[(rows["payoff_time"] == 1) & (rows["time"] > AS_OF)]
    frame = pd.DataFrame(balances, index=ids)
    before = {name: _balance_before(frame, some) for name, some in (("default", gone), ("paid", paid))}
    change = np.diff(balances, axis=1)
    kept = (balances[:, 1:] > 0) & (balances[:, :-1] > 0)
    flagged = set(gone["id"]) | set(paid["id"])
    left = np.array([i not in flagged and balances[k, -1] == 0 for k, i in enumerate(ids)])
    moves = {
        "defaulted": float(gone["balance_time"].sum()),
        "balance change in the quarter of default": before["default"] - float(gone["balance_time"].sum()),
        "paid off (flagged)": before["paid"],
        "left without a flag": float(-change[left][~kept[left]].sum()),
        "balances that fell (amortized, curtailed, cut by modification)": float(-change[kept & (change < 0)].sum()),
        "balances that grew (interest capitalized, negative amortization)": float(-change[kept & (change > 0)].sum()),
    }
    notes = {
        "loans without a flag when they leave": float(left.sum()),
        "loan-quarters without a row, balance kept": float((alive.isna().to_numpy() & ~after).sum()),
        "balances that fell over 10% in a quarter": float(-change[kept & (change < -0.1 * balances[:, :-1])].sum()),
    }
    return Actual(balance, defaults, losses, loans, moves, notes)


def _balance_before(balances: pd.DataFrame, rows: pd.DataFrame) -> float:
    """Balances a quarter before the rows' own, in dollars."""
    return sum(float(balances.loc[i, t - AS_OF - 1]) for i, t in zip(rows["id"], rows["time"], strict=True))


def realized_curves(actual: Actual, tape: pd.DataFrame) -> tuple[Table, actuals.Speeds]:
    """Hindsight: the realized rates as curves.

    Prepayment is what is missing from the schedule and did not default, whatever took it. Loans have each their own
    lag; the engine knows one for all that default in a month. A quarter has three months: its defaults, quickest
    resolution first, are cut into three equal parts, one a month, each with the mean lag of its loans resolved by
    2013Q4 (none: beyond the horizon). Severity is the loss realized in a quarter over the balance that these lags
    liquidate in it (:func:`_severity`).
    """
    scheduled = scheduled_by_cohort(tape)
    speeds = actuals.measure_speeds(actual.balance, np.diff(actual.defaults, axis=1), scheduled, MONTHS)
    mdr, smm = (np.repeat(rates, MONTHS, axis=1) for rates in (speeds.mdr, speeds.smm))
    _, defaulted = actuals.roll(scheduled, mdr, smm)
    gone = actual.default_loans
    horizon = PERIODS * MONTHS
    grid: list[list[object]] = [["curve", "month", "smm", "mdr", "severity", "recovery_lag", "advance"]]
    for c, name in enumerate(COHORTS):
        lags = np.full(horizon + 1, NEVER)
        liquidated = np.zeros(horizon + 1)
        for period, some in gone[gone["cohort"] == c].groupby("period"):
            for part, lag in enumerate(_three_lags(some)):
                month = MONTHS * (int(str(period)) - 1) + 1 + part
                lags[month] = lag
                if month + lag <= horizon:
                    liquidated[month + lag] += defaulted[c, month]
        severity = _severity(np.diff(actual.losses[c]), liquidated[1:].reshape(PERIODS, MONTHS).sum(axis=1))
        for month in range(1, horizon + 1):
            loss_share = severity[(month - 1) // MONTHS]
            rates = (smm[c, month - 1], mdr[c, month - 1], loss_share, lags[month])
            grid.append([name, month, *map(float, rates), 0.0])
    return from_grid("curves", grid), speeds


def _three_lags(some: pd.DataFrame) -> list[int]:
    """Mean lags in months of a quarter's defaults, cut into three parts of equal balance, open ones last."""
    some = some.assign(lag=some["resolved"] - some["period"]).sort_values("lag", kind="stable")
    size = some["balance"].to_numpy()
    edges = np.concatenate([[0.0], size.cumsum()])
    lags = []
    for part in range(MONTHS):
        low, high = edges[-1] * part / MONTHS, edges[-1] * (part + 1) / MONTHS
        inside = np.clip(np.minimum(edges[1:], high) - np.maximum(edges[:-1], low), 0.0, None)
        done = inside * some["resolved"].notna().to_numpy()
        some_done = done.sum() > 1e-9 * edges[-1]
        lags.append(MONTHS * round(float(done @ some["lag"].fillna(0.0)) / done.sum()) if some_done else NEVER)
    return lags


def _severity(losses: np.ndarray, liquidated: np.ndarray) -> np.ndarray:
    """Severity by quarter that realizes ``losses``; what finds no balance to be lost from waits for the next."""
    severity = np.zeros(losses.size)
    waiting = 0.0
    for q in range(losses.size):
        waiting += float(losses[q])
        if liquidated[q] > 0:
            severity[q] = min(waiting / float(liquidated[q]), 1.0)
        waiting -= severity[q] * float(liquidated[q])
    return severity


def scheduled_by_cohort(tape: pd.DataFrame) -> np.ndarray:
    """Scheduled balance by cohort and month, float64[cohorts, months + 1], reckoned without the engine."""
    each = actuals.scheduled_balance(
        tape["balance"].to_numpy(), tape["rate"].to_numpy(), tape["remaining_term"].to_numpy(np.int64),
        tape["interest_only_months"].to_numpy(np.int64), PERIODS * MONTHS,
    )  # fmt: skip
    group = tape["group"].to_numpy()
    return np.vstack([each[group == name].sum(axis=0) for name in COHORTS])


# --- the study ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Study:
    """Everything the tables and the picture show."""

    tape: pd.DataFrame
    trust: Trust
    fit: Fit
    actual: Actual
    realized: actuals.Speeds
    runs: dict[str, Projection]

    @cached_property
    def start(self) -> np.ndarray:
        """Balance at the cut-off, float64[cohorts]."""
        return self.actual.balance[:, 0]

    @cached_property
    def seen(self) -> dict[str, np.ndarray]:
        """Actual measures, float64[cohorts, periods + 1]."""
        return dict(zip(MEASURES, (self.actual.balance, self.actual.defaults, self.actual.losses), strict=True))

    def told(self, run: str) -> dict[str, np.ndarray]:
        """Projected measures of a run at quarter ends, float64[cohorts, periods + 1]."""
        cash = self.runs[run].collateral
        order = [cash.groups.index(name) for name in COHORTS]
        arrays = (cash["performing_balance"], cash["new_defaults"].cumsum(axis=1), cash["losses"].cumsum(axis=1))
        return {name: array[order][:, ::MONTHS] for name, array in zip(MEASURES, arrays, strict=True)}

    def table(self, run: str, period: int = PERIODS) -> pd.DataFrame:
        """A run against actual at the end of a quarter."""
        told = {name: array[:, period] for name, array in self.told(run).items()}
        seen = {name: array[:, period] for name, array in self.seen.items()}
        return actuals.against_actual(COHORTS, self.start, told, seen)


BLIND, SHAPED, HINDSIGHT = "blind, last year's rates held", "blind, defaults along the SDA", "hindsight"


def blind_inputs(panel: pd.DataFrame) -> tuple[pd.DataFrame, Fit, dict[str, Table]]:
    """All that the blind runs are made of: the tape, the fit, the curves by run."""
    known = as_known(panel)
    tape, fit = loan_tape(known), fit_blind(known)
    return tape, fit, {BLIND: held_curves(fit), SHAPED: held_curves(fit, by_age=True)}


def study(panel: pd.DataFrame) -> Study:
    """Build, fit, project and compare."""
    tape, fit, blind = blind_inputs(panel)
    trust = trust_of(tape)
    runs = {name: project(trust, read_curves(table), months=PERIODS * MONTHS) for name, table in blind.items()}
    actual = what_came(panel, tape)
    fed, realized = realized_curves(actual, tape)
    runs[HINDSIGHT] = project(trust, read_curves(fed), months=PERIODS * MONTHS)
    return Study(tape, trust, fit, actual, realized, runs)


# --- telling it -----------------------------------------------------------------------------------------------------

TITLES = {
    BLIND: "BLIND 1: curves fitted through 2008Q4, last year's prepayment and default rates held",
    SHAPED: "BLIND 2: the same, but defaults follow the Standard Default Assumption, scaled to the last year",
    HINDSIGHT: "HINDSIGHT: realized rates of 2009 to 2013 fed back. Checks the arithmetic, not a forecast",
}


def report(made: Study) -> str:
    """The study in words and tables."""
    parts = [
        f"{len(made.tape)} loans, ${made.start.sum() / 1e6:.1f}m at 2008Q4 (fixed at the current rate; "
        f"{int((made.tape['interest_only_months'] > 0).sum())} taken as interest-only); $m at 2013Q4.",
        "error: (projected - actual) / actual.  gap: worst of all quarters, share of start balance.",
    ]
    parts += [f"{title}\n{_run_table(made, run)}" for run, title in TITLES.items()]
    parts += [_curve_table(made), _year_table(made), _loss_words(made), _path_table(made), _move_words(made)]
    return "\n\n".join(parts)


def _run_table(made: Study, run: str) -> str:
    table, told = made.table(run), made.told(run)
    shown = pd.DataFrame({"start": table["start"].map(_millions)})
    for measure in MEASURES:
        for kind in ("projected", "actual"):
            shown[f"{measure} {kind}"] = table[f"{measure} {kind}"].map(_millions)
        shown[f"{measure} error"] = table[f"{measure} error"].map("{:+.1%}".format)
        gaps = actuals.worst_gap(told[measure], made.seen[measure], made.start)
        shown[f"{measure} gap"] = [f"{gap:.2%}" for gap in gaps]
    shown.columns = pd.Index([c.replace("projected", "proj.").replace("defaults", "dflt") for c in shown.columns])
    return shown.to_string()


def _millions(dollars: float) -> str:
    return f"{dollars / 1e6:.2f}"


def _curve_table(made: Study) -> str:
    """Fitted curves beside what five years brought."""
    fit, gone = made.fit, made.actual.default_loans
    weight = made.actual.balance[:, :-1]
    rows = {}
    for c, name in enumerate(COHORTS):
        done = gone[(gone["cohort"] == c) & gone["resolved"].notna()]
        lag = float(((done["resolved"] - done["period"]) * done["balance"]).sum() / done["balance"].sum())
        speeds = [np.average(rates[c], weights=weight[c]) for rates in (made.realized.smm, made.realized.mdr)]
        rows[name] = [
            *(f"{float(actuals.annual(rate)):.1%}" for rate in (fit.smm[c], speeds[0], fit.mdr[c], speeds[1])),
            f"{fit.severity[c]:.0%}{'' if fit.own[c] else ' (all)'}",
            f"{done['loss'].sum() / done['balance'].sum():.0%}",
            f"{fit.lag[c]:.0f}", f"{MONTHS * lag:.0f}", f"{fit.resolutions[c].resolved}/{fit.resolutions[c].opened}",
        ]  # fmt: skip
    heads = ["CPR fit", "came", "CDR fit", "came", "severity fit", "came", "lag fit", "came", "resolved/defaults"]
    words = (
        f"Curves: fitted through 2008Q4 beside 2009-2013. Severity and lag as if all defaults were resolved; (all): under "
        f"{ENOUGH} known, those of all cohorts."
    )
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.columns = pd.Index(heads)
    return f"{words}\n{table.to_string()}"


def _year_table(made: Study) -> str:
    """Speeds by year, all cohorts."""
    rows = {}
    for year in range(LAST // 4 - AS_OF // 4):
        quarters = slice(4 * year, 4 * year + 4)
        weight = made.actual.balance[:, :-1][:, quarters]
        speeds = [np.average(rates[:, quarters], weights=weight) for rates in (made.realized.smm, made.realized.mdr)]
        rows[str(2009 + year)] = [f"{float(actuals.annual(rate)):.1%}" for rate in speeds]
    fitted = [np.average(rates, weights=made.start) for rates in (made.fit.smm, made.fit.mdr)]
    rows["fitted"] = [f"{float(actuals.annual(rate)):.1%}" for rate in fitted]
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.columns = pd.Index(["CPR", "CDR"])
    return f"Realized speeds by year, all cohorts\n{table.to_string()}"


def _loss_words(made: Study) -> str:
    """What is known of losses, and what is not."""
    gone = made.actual.default_loans
    done = gone["resolved"].notna()
    later = gone["resolved_later"]
    never = ~done & ~later
    balance = gone["balance"]
    severity = gone.loc[done, "loss"].sum() / balance[done].sum()
    cash = made.runs[BLIND].collateral
    liquidated = cash["liquidated_balance"].sum()
    return "\n".join(
        [
            "Losses: defaults of 2009-2013 by how far they are resolved",
            f"  resolved by 2013Q4        ${balance[done].sum() / 1e6:6.2f}m, severity {severity:.1%}",
            f"  resolved in 2014 or 2015  ${balance[later].sum() / 1e6:6.2f}m, outside the window",
            f"  no resolution recorded    ${balance[never].sum() / 1e6:6.2f}m, no loss counted "
            f"(the panel writes ${gone.loc[never, 'written_loss'].sum() / 1e6:.2f}m, mostly 0 a loan)",
            f"  blind 1 liquidates        ${liquidated / 1e6:6.2f}m, severity {cash['losses'].sum() / liquidated:.1%}",
        ]
    )


def _path_table(made: Study) -> str:
    """All cohorts, quarter by quarter."""
    columns = {}
    for measure in MEASURES:
        columns[(measure, "actual")] = made.seen[measure].sum(axis=0)
        for run, name in zip(made.runs, ("blind 1", "blind 2", "hindsight"), strict=True):
            columns[(measure, name)] = made.told(run)[measure].sum(axis=0)
    table = pd.DataFrame(columns, index=[quarter(t) for t in range(AS_OF, LAST + 1)]) / 1e6
    return f"All cohorts by quarter, $m\n{table.to_string(float_format='{:.2f}'.format)}"


def _move_words(made: Study) -> str:
    """From the balance at the start to the balance at the end."""
    moves = made.actual.moves
    lines = [f"  {-dollars / 1e6:+8.2f}  {reason}" for reason, dollars in moves.items()]
    scheduled = scheduled_by_cohort(made.tape).sum(axis=0)
    return "\n".join(
        [
            "Where the balance went, $m (hindsight feeds back as prepayment all that is neither default nor schedule)",
            f"  {made.start.sum() / 1e6:8.2f}  2008Q4",
            *lines,
            f"  {made.actual.balance[:, -1].sum() / 1e6:8.2f}  2013Q4",
            f"  the schedule alone would have taken {1 - scheduled[-1] / scheduled[0]:.1%} in five years",
            *(f"  {name}: {value:,.0f}" for name, value in made.actual.notes.items()),
        ]
    )


def picture(made: Study, path: Path) -> None:
    """Balance, cumulative defaults and losses by cohort, actual and three runs, as a PNG that reads in grey."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    styles = {
        BLIND: {"color": "0.25", "linestyle": (0, (5, 2)), "linewidth": 1.5, "label": "Blind 1: last year's rates held"},
        SHAPED: {"color": "0.5", "linestyle": (0, (1, 1.2)), "linewidth": 1.7, "label": "Blind 2: defaults along the SDA"},
        HINDSIGHT: {
            "color": "0.0", "linestyle": "none", "marker": "o", "markersize": 3.6, "markerfacecolor": "white",
            "markeredgewidth": 0.8, "label": "Hindsight: realized rates fed back (not a forecast)",
        },
    }  # fmt: skip
    heads = ("Performing balance", "Cumulative defaults", "Cumulative losses (as resolved)")
    names = ("All loans", *COHORTS)
    figure, axes = plt.subplots(len(names), 3, figsize=(11, 15.5), sharex=True, layout="constrained")
    when = np.arange(PERIODS + 1)
    start = np.append(made.start.sum(), made.start)
    for column, measure in enumerate(MEASURES):
        every = {run: _share(made.told(run)[measure], start) for run in made.runs}
        seen = _share(made.seen[measure], start)
        top = 105.0 if column == 0 else 5.0 * np.ceil(1.04 * max(seen.max(), *(v.max() for v in every.values())) / 5.0)
        for row, name in enumerate(names):
            axis = axes[row, column]
            axis.plot(when, seen[row], color="0.0", linewidth=2.2, label="Actual", zorder=2)
            for run, values in every.items():
                axis.plot(when, values[row], zorder=4 if run == HINDSIGHT else 3, **styles[run])
            axis.set_ylim(0, top)
            axis.set_xlim(-0.4, PERIODS + 0.4)
            axis.set_xticks(range(0, PERIODS + 1, 4), [quarter(AS_OF + t) for t in range(0, PERIODS + 1, 4)])
            axis.tick_params(axis="y", labelsize=8)
            axis.tick_params(axis="x", labelsize=7)
            axis.grid(color="0.9", linewidth=0.6)
            axis.set_axisbelow(True)
            axis.spines[["top", "right"]].set_visible(False)
            if row == 0:
                axis.set_title(heads[column], fontsize=11, fontweight="bold")
            if column == 0:
                axis.set_ylabel(f"{name}\n\\${start[row] / 1e6:.1f}m", fontsize=9)
    figure.supylabel("Percent of the cohort's balance at 2008Q4", fontsize=10)
    figure.suptitle(
        "Real private-label loans, projected from 2008Q4 to 2013Q4 and what they did\n"
        "Blind runs know nothing after 2008Q4; hindsight checks the arithmetic",
        fontsize=12,
    )
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, fontsize=9.5, frameon=False)
    figure.savefig(path, dpi=130)
    plt.close(figure)


def _share(values: np.ndarray, start: np.ndarray) -> np.ndarray:
    """All loans first, then the cohorts, in percent of the start balance."""
    return np.asarray(100.0 * np.vstack([values.sum(axis=0), values]) / start[:, None])


def main(words: list[str] | None = None) -> int:
    """Run the study from the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.review.real_loans", description="Projected against actual.")
    parser.add_argument("--out", type=Path, default=Path("."), help="folder for real_loans.png (this one)")
    options = parser.parse_args(words)
    path = panel_path()
    if path is None:
        print(
            "private_label_panel.csv is not here: set XLFV_SHARED to the folder that holds data/loans, or put it into "
            "'shared' beside the repository. Nothing was run.",
            file=sys.stderr,
        )
        return 2
    made = study(read_panel(path))
    print(report(made))
    options.out.mkdir(parents=True, exist_ok=True)
    target = options.out / "real_loans.png"
    picture(made, target)
    print(f"\nThe picture: {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
