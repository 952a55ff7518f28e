"""The loan tapes at the first month-end: what kinds of loans each trust holds, and how they have seasoned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbooks.sample_draws import Draws, Floats, cents, power
from workbooks.sample_market import MONTHS, published

Tape = dict[str, np.ndarray]
"""Loan columns as the files carry them; balances in whole cents."""
STATUSES = ("current", "d30", "d60", "d90", "foreclosure", "reo")
CURRENT, D30, D60, D90, FORECLOSURE, REO = range(6)
SELLING_COST = 0.06


@dataclass(frozen=True)
class Product:
    """A kind of loan.

    Attributes:
        curve: curve set its loans follow.
        share: share of the pool's loans.
        rate: note rates at origination, quantiles.
        fixed_months: months before the first reset; 0: fixed for life.
        index, reset_frequency, initial_cap, periodic_cap, life_cap: of a hybrid; the life cap is over the first rate.
        term, amortization: months at origination.
        interest_only: months at origination.
        floor_below: how far the rate may fall below the first one; None: to the margin.
    """

    curve: str
    share: float
    rate: tuple[float, ...]
    fixed_months: int = 0
    index: str = ""
    reset_frequency: int = 12
    initial_cap: float = 0.0
    periodic_cap: float = 0.0
    life_cap: float = 0.0
    term: int = 360
    amortization: int = 360
    interest_only: int = 0
    floor_below: float | None = None


@dataclass(frozen=True)
class Pool:
    """What a trust's pool is made of.

    Attributes:
        number: the trust's place, which names its random stream.
        prefix: of loan names.
        loans: how many at the first month-end.
        amounts: original balances, quantiles (dollars).
        ages: youngest and oldest loan at the first month-end (months).
        standing: shares of loans by status at the first month-end.
        severity: losses of REO and liquidations, quantiles of a share of the balance.
    """

    number: int
    prefix: str
    loans: int
    amounts: tuple[float, ...]
    ages: tuple[int, int]
    products: tuple[Product, ...]
    standing: tuple[float, ...]
    severity: tuple[float, ...]
    servicing_fee: float
    states: tuple[tuple[str, float], ...]
    ltv: tuple[float, ...]
    fico: tuple[float, ...]
    property_types: tuple[tuple[str, float], ...]


WEST = (("CA", 0.52), ("FL", 0.13), ("AZ", 0.07), ("NV", 0.06), ("NY", 0.05), ("VA", 0.05), ("WA", 0.06), ("IL", 0.06))
HOUSES = (("sf", 0.78), ("condo", 0.14), ("two_to_four", 0.08))


def _hybrids() -> tuple[Product, ...]:
    """Alt-A hybrids: 2/28 and 3/27 on six-month LIBOR, 5/25 on either, amortizing or interest-only for 5 or 10 years."""
    two, three, five = (
        (0.0575, 0.065, 0.069, 0.0735, 0.0825),
        (0.055, 0.0625, 0.066, 0.07, 0.08),
        (0.0525, 0.0588, 0.0625, 0.0662, 0.075),
    )
    semi = {"index": "LIBOR_6M", "reset_frequency": 6}
    year = {"index": "LIBOR_12M", "reset_frequency": 12}
    return (
        Product("arm", 0.14, two, 24, initial_cap=0.03, periodic_cap=0.01, life_cap=0.06, **semi),
        Product("io", 0.18, two, 24, initial_cap=0.03, periodic_cap=0.015, life_cap=0.06, interest_only=60, **semi),
        Product("arm", 0.09, three, 36, initial_cap=0.03, periodic_cap=0.01, life_cap=0.06, **semi),
        Product("io", 0.17, three, 36, initial_cap=0.05, periodic_cap=0.01, life_cap=0.05, interest_only=60, **semi),
        Product("io", 0.06, three, 36, initial_cap=0.02, periodic_cap=0.02, life_cap=0.06, interest_only=120, **year),
        Product("arm", 0.10, five, 60, initial_cap=0.05, periodic_cap=0.02, life_cap=0.05, **year),
        Product("io", 0.12, five, 60, initial_cap=0.05, periodic_cap=0.02, life_cap=0.05, interest_only=60, **year),
        Product("io", 0.14, five, 60, initial_cap=0.05, periodic_cap=0.01, life_cap=0.05, interest_only=120, **semi),
    )  # fmt: skip


def _apartments() -> tuple[Product, ...]:
    """Small multifamily: 30/10 balloons, and hybrids of 3 and 5 years."""
    rates = (0.0545, 0.0595, 0.0625, 0.066, 0.0725)
    caps = {
        "index": "LIBOR_6M",
        "reset_frequency": 6,
        "initial_cap": 0.02,
        "periodic_cap": 0.01,
        "life_cap": 0.05,
        "floor_below": 0.0075,
    }
    return (
        Product("mf", 0.45, rates, term=120, amortization=360),
        Product("mf", 0.30, rates, 60, **caps),
        Product("mf", 0.15, rates, 36, **caps),
        Product("mf", 0.10, rates, 60, interest_only=36, term=120, **caps),
    )  # fmt: skip


FIXED = (
    Product("fixed", 0.80, (0.0525, 0.0575, 0.0612, 0.065, 0.0725)),
    Product("short", 0.12, (0.0475, 0.0525, 0.0562, 0.06, 0.0675), term=180, amortization=180),
    Product("short", 0.05, (0.05, 0.0538, 0.0575, 0.0612, 0.07), term=180, amortization=360),
    Product("short", 0.03, (0.0475, 0.0512, 0.055, 0.0588, 0.065), term=84, amortization=360),
)
POOLS = {
    "ICMB-2005-A": Pool(
        1, "05A", 1800, (60e3, 140e3, 205e3, 290e3, 420e3, 900e3), (43, 54), _hybrids(),
        (0.788, 0.034, 0.022, 0.044, 0.072, 0.040), (0.30, 0.44, 0.50, 0.56, 0.75), 0.00375, WEST,
        (0.6, 0.75, 0.80, 0.80, 0.90, 0.95), (620, 668, 695, 725, 790), HOUSES,
    ),
    "ICMB-2004-F": Pool(
        2, "04F", 900, (70e3, 130e3, 185e3, 260e3, 365e3, 700e3), (49, 56), FIXED,
        (0.928, 0.021, 0.009, 0.013, 0.017, 0.012), (0.20, 0.32, 0.38, 0.44, 0.60), 0.0025, WEST,
        (0.45, 0.65, 0.75, 0.80, 0.80, 0.95), (630, 685, 715, 745, 800), HOUSES,
    ),
    "IMFC-2006-MF": Pool(
        3, "06M", 320, (250e3, 480e3, 690e3, 980e3, 1500e3, 3600e3), (29, 35), _apartments(),
        (0.938, 0.018, 0.007, 0.010, 0.014, 0.013), (0.18, 0.28, 0.35, 0.42, 0.55), 0.0025, WEST,
        (0.45, 0.58, 0.66, 0.72, 0.78), (650, 690, 720, 750, 800), (("multifamily", 1.0),),
    ),
}  # fmt: skip


def first_tape(pool: Pool) -> tuple[Tape, Tape]:
    """The loans and the REO of a pool at the first month-end."""
    draws = Draws(pool.number, 0)
    n = pool.loans
    kind = draws.pick(n, [p.share for p in pool.products])
    tape = _origination(pool, draws, kind)
    tape["rate"] = tape.pop("first_rate")
    _season_rates(tape)
    tape["balance"] = _seasoned_balance(tape)
    tape["status"] = draws.pick(n, pool.standing)
    late = np.array([0, 1, 2, 4, 9, 16])[tape["status"]]
    tape["months_delinquent"] = np.where(tape["status"] > D60, late + draws.pick(n, [1.0] * 5), late)
    owned = np.flatnonzero(tape["status"] == REO)
    return tape, foreclosed(pool, tape, owned, MONTHS[0], draws, months_owned=7)


def _origination(pool: Pool, draws: Draws, kind: np.ndarray) -> Tape:
    """The loans as they were made."""
    n = pool.loans

    def of(name: str) -> np.ndarray:
        return np.array([getattr(p, name) for p in pool.products])[kind]

    numbers = np.sort(np.argsort(draws.uniform(3 * n), kind="stable")[:n])
    age = pool.ages[0] + draws.pick(n, [1.0] * (pool.ages[1] - pool.ages[0] + 1))
    rates = np.array([p.rate for p in pool.products])
    u = draws.uniform(n)
    first_rate = np.array(
        [np.interp(x, np.linspace(0, 1, rates.shape[1]), rates[k]) for x, k in zip(u, kind, strict=True)]
    )
    first_rate = np.floor(first_rate * 800.0 + 0.5) / 800.0
    arm = of("fixed_months") > 0
    below = np.array([np.inf if p.floor_below is None else p.floor_below for p in pool.products])[kind]
    margin = np.where(
        arm, np.floor(draws.spread(n, (0.0225, 0.0225, 0.0275, 0.0325, 0.035)) * 800.0 + 0.5) / 800.0, 0.0
    )
    states, properties = ([x for x, _ in pairs] for pairs in (pool.states, pool.property_types))
    return {
        "loan_id": np.array([f"{pool.prefix}{k + 10001:05d}" for k in numbers]),
        "first_rate": first_rate,
        "remaining_term": of("term") - age,
        "age": age,
        "original_balance": cents(np.floor(draws.spread(n, pool.amounts) / 100.0) * 100.0),
        "arm": arm,
        "amortization_term": of("amortization") - age,
        "interest_only_months": np.maximum(of("interest_only") - age, 0),
        "interest_only": of("interest_only"),
        "index": of("index"),
        "margin": margin,
        "fixed_months": of("fixed_months"),
        "reset_frequency": of("reset_frequency"),
        "initial_cap": of("initial_cap"),
        "periodic_cap": of("periodic_cap"),
        "life_cap": np.where(arm, first_rate + of("life_cap"), 0.0),
        "life_floor": np.where(arm, np.maximum(first_rate - below, margin), 0.0),
        "property_type": np.array(properties)[draws.pick(n, [w for _, w in pool.property_types])],
        "state": np.array(states)[draws.pick(n, [w for _, w in pool.states])],
        "ltv": np.floor(draws.spread(n, pool.ltv) * 100.0 + 0.5) / 100.0,
        "fico": np.floor(draws.spread(n, pool.fico)).astype(np.int64),
        "curve": of("curve"),
    }


def reset_rate(tape: Tape, k: int, index: float, cap: str) -> float:
    """Loan ``k``'s new rate: index and margin to the nearest eighth, inside the cap of that column and the life bounds."""
    rate, most = float(tape["rate"][k]), float(tape[cap][k])
    new = float(np.floor((index + float(tape["margin"][k])) * 800.0 + 0.5)) / 800.0
    new = min(max(new, rate - most), rate + most)
    return round(min(max(new, float(tape["life_floor"][k])), float(tape["life_cap"][k])), 6)


def _season_rates(tape: Tape) -> None:
    """Walk each hybrid past the resets behind it, on the levels published one month before each."""
    months = {}
    year, number = (int(x) for x in MONTHS[0].split("-"))
    for back in range(60):
        at = year * 12 + number - 1 - back
        months[back] = f"{at // 12}-{at % 12 + 1:02d}"
    tape["months_to_reset"] = np.zeros_like(tape["age"])
    for k in np.flatnonzero(tape["arm"]):
        age, due = int(tape["age"][k]), int(tape["fixed_months"][k])
        cap = "initial_cap"
        while due < age:
            tape["rate"][k] = reset_rate(tape, int(k), published(str(tape["index"][k]), months[age - due]), cap)
            due += int(tape["reset_frequency"][k])
            cap = "periodic_cap"
        tape["months_to_reset"][k] = due - age


def _seasoned_balance(tape: Tape) -> np.ndarray:
    """What is left of each original balance, amortized at the rate of today (cents)."""
    monthly: Floats = tape["rate"] / 12.0
    paid = np.maximum(tape["age"] - tape["interest_only"], 0)
    whole = tape["amortization_term"] + tape["age"] - np.minimum(tape["interest_only"], tape["age"])
    grown = power(1.0 + monthly, whole)
    left = (grown - power(1.0 + monthly, paid)) / (grown - 1.0)
    return cents(tape["original_balance"] / 100.0 * left)


def foreclosed(pool: Pool, tape: Tape, rows: np.ndarray, month: str, draws: Draws, months_owned: int = 0) -> Tape:
    """Properties taken over: the REO rows of loans, valued so that their sale would lose what the pool's severity says."""
    n = rows.size
    severity = draws.spread(n, pool.severity)
    value = np.floor(tape["balance"][rows] / 100.0 * (1.0 - severity) / (1.0 - SELLING_COST) / 500.0) * 500.0
    owned = draws.pick(n, [1.0] * (months_owned + 1))
    year, number = (int(x) for x in month.split("-"))
    taken = [year * 12 + number - 1 - int(k) for k in owned]
    return {
        "loan_id": tape["loan_id"][rows],
        "balance": tape["balance"][rows],
        "value": cents(value),
        "foreclosure_date": np.array([f"{at // 12}-{at % 12 + 1:02d}-15" for at in taken], dtype="<U10"),
        "initial_basis": cents(value * (1.0 - SELLING_COST)),
        "value_date": np.array([month] * n, dtype="<U7"),
        "months_to_sale": np.maximum(5 + draws.pick(n, [1.0] * 5) - owned, 1),
    }
