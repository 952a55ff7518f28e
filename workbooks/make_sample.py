"""Makes the sample: three trusts at thirteen month-ends, each month rolled forward from the last.

Run from the top of the repository::

    python -m workbooks.make_sample [FOLDER]

Nothing in it is a real trust; levels of LIBOR and swaps are real. The same command writes the same bytes.
"""

from __future__ import annotations

import argparse
import calendar
import csv
import datetime as dt
import gzip
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from workbooks import shelf_cash, shelf_deal
from workbooks.sample_company import debt_activity_rows, debt_rows, fact_rows, range_rows, scenario_rows
from workbooks.sample_deals import (
    DEALS,
    Deal,
    Row,
    cost_rows,
    hedge_rows,
    schedule_rows,
    trigger_rows,
    waterfall_rows,
)
from workbooks.sample_market import MONTHS, forward_indices
from workbooks.sample_quotes import HEADER as QUOTED
from workbooks.sample_quotes import project_month, quote_rows
from workbooks.sample_remittance import HEADER as REPORTED
from workbooks.sample_remittance import remittance_rows
from workbooks.sample_roll import Actual, roll
from workbooks.sample_tapes import POOLS, SELLING_COST, STATUSES, Tape, first_tape
from workbooks.sample_trustee import Paid, pay, read_trust
from workbooks.sample_views import business_day, curve_rows, yield_rows

SAMPLE = Path(__file__).parent / "sample"
HEADERS = {
    "waterfall": ("step", "from", "pay", "to", "rule", "when", "note"),
    "costs": ("cost", "basis", "rate", "amount", "payee"),
    "triggers": ("trigger", "measure", "test", "threshold"),
    "hedges": ("hedge", "type", "schedule", "pay_rate", "receive_index", "strike", "end", "day_count", "counterparty", "in_trust"),
    "schedules": ("schedule", "month", "amount"),
}  # fmt: skip
Grid = list[list[str]]


def make(folder: Path, trusts: Sequence[str] = tuple(POOLS), months: int = len(MONTHS)) -> None:
    """Write the sample, or the first ``months`` of some trusts, into ``folder``."""
    for month in MONTHS[:months]:
        write(folder / "indices" / f"{month}.csv", forward_indices(month))
    for trust in trusts:
        make_trust(folder, trust, months)
    if set(trusts) == set(POOLS):
        make_company(folder, months)
        make_shelf(folder)


def make_company(folder: Path, months: int) -> None:
    """Write what the company records of each month beside its trusts."""
    for at, month in enumerate(MONTHS[:months]):
        here, end = folder / "company" / month, last_day(month).isoformat()
        yields = {trust: yield_rows(trust, at, month, end) for trust in POOLS}
        write(here / "ranges.csv", grid(range_rows(at, end, yields)))
        write(here / "facts.csv", grid(fact_rows()))
        write(here / "debt.csv", grid(debt_rows(at)))
        write(here / "scenarios.csv", grid(scenario_rows()))
        if at:
            write(here / "debt_activity.csv", grid(debt_activity_rows(at)))


def make_shelf(folder: Path) -> None:
    """Write the tables of the shelf deal: those of the trust, its cash and its index. It has no months."""
    for name, cells in {**shelf_deal.tables(), "cash": shelf_cash.cash(), "indices": shelf_cash.indices()}.items():
        write(folder / shelf_deal.NAME / shelf_deal.FOLDER / f"{name}.csv", cells)


def make_trust(folder: Path, trust: str, months: int) -> None:
    """Write one trust's months, each rolled from the one before."""
    pool, deal = POOLS[trust], DEALS[trust]
    tape, reo = first_tape(pool)
    bonds = first_bonds(deal, int(tape["balance"].sum()))
    lost = round(deal.lost * 100.0)
    flows: tuple[Actual, Paid] | None = None
    for at, month in enumerate(MONTHS[:months]):
        here = folder / trust / month
        if at:
            before = MONTHS[at - 1]
            opening = read_trust(trust, last_day(before), folder / trust / before)
            tape, reo, actual = roll(trust, pool, tape, reo, at, MONTHS)
            paid = pay(opening, folder / "indices" / f"{before}.csv", actual)
            flows = actual, paid
            bonds = next_bonds(bonds, paid)
            lost += actual.losses + actual.reo_losses
            activity = [["item", "amount"], *([item, dollars(x)] for item, x in paid.activity.items())]
            write(here / "activity.csv", activity)
            write(here / "sales.csv", sale_grid(actual.sales, month))
        write(here / "loans.csv.gz", loan_grid(tape, pool.servicing_fee))
        write(here / "reo.csv", reo_grid(reo))
        write(here / "bonds.csv", bond_grid(deal, bonds, month))
        write_rules(here, trust, at, lost)
        days = f"{month}-25", last_day(month).isoformat()
        write(here / "remittance.csv", grid(remittance_rows(deal, pool, tape, bonds, days, lost, flows), REPORTED))
        projection = project_month(read_trust(trust, last_day(month), here), here, folder / "indices" / f"{month}.csv")
        write(here / "quotes.csv", grid(quote_rows(trust, at, last_day(month), projection), QUOTED))


def write_rules(here: Path, trust: str, at: int, lost: int) -> None:
    """The tables that follow from the deal and the month alone."""
    deal, month = DEALS[trust], MONTHS[at]
    as_of = last_day(month)
    closing = dt.date.fromisoformat(deal.closing)
    age = (as_of.year - closing.year) * 12 + as_of.month - closing.month + 1
    terms = [("closing_date", deal.closing), ("cutoff_date", as_of.isoformat()), ("remittance_day", "25")]
    terms += [("original_pool_balance", f"{deal.original_pool:.2f}"), ("cumulative_loss", dollars(lost)), *deal.terms]
    write(here / "terms.csv", [["term", "value"], *(list(pair) for pair in terms)])
    for table, rows in (
        ("waterfall", waterfall_rows(deal)), ("costs", cost_rows(deal)), ("triggers", trigger_rows(deal, age)),
        ("hedges", hedge_rows(deal, at)), ("schedules", schedule_rows(deal, at)),
    ):  # fmt: skip
        write(here / f"{table}.csv", grid(rows, HEADERS[table]))
    write(here / "curves.csv", grid(curve_rows(trust, at, month)))
    write(here / "yields.csv", grid(yield_rows(trust, at, month, as_of.isoformat())))


def first_bonds(deal: Deal, pool: int) -> dict[str, dict[str, int]]:
    """Each class at the first month-end, in cents."""
    notes = [c for c in deal.classes if c.kind != "io"]
    balances = {c.name: round(pool * c.share / 100_000.0) * 100_000 for c in notes if c.share is not None}
    rest = next(c.name for c in notes if c.share is None)
    balances[rest] = pool - round(pool * deal.oc) - sum(balances.values())
    for c in deal.classes:
        if c.kind == "io":
            balances[c.name] = sum(balances[name] for name in c.notional_of.replace(" ", "").split(","))
    # What was lost before is what the notes were written down by where nothing stood below them.
    lost = round(deal.lost * 100.0) if not deal.oc else 0
    written = {notes[-1].name: lost}
    original = original_balances(deal, {name: balances[name] + written.get(name, 0) for name in balances})
    return {
        c.name: {
            "balance": balances[c.name],
            "shortfall": 0,
            "carryforward": 0,
            "writedown": written.get(c.name, 0),
            "original": original[c.name],
        }
        for c in deal.classes
    }


def original_balances(deal: Deal, unpaid: dict[str, int]) -> dict[str, int]:
    """Balances at issue, in cents: the first class was what the pool, overcollateralization and the others left it."""
    original = {c.name: round(c.original * 100.0) if c.original else unpaid[c.name] for c in deal.classes}
    target = cents_of(dict(deal.terms).get("oc_target", "0.00"))
    first, *others = (c.name for c in deal.classes if c.kind != "io")
    original[first] = round(deal.original_pool * 100.0) - target - sum(original[name] for name in others)
    for c in deal.classes:
        if c.kind == "io":
            original[c.name] = sum(original[name] for name in c.notional_of.replace(" ", "").split(","))
    return original


def next_bonds(bonds: dict[str, dict[str, int]], paid: Paid) -> dict[str, dict[str, int]]:
    """Each class after a month, in cents."""
    return {
        name: {
            "balance": paid.classes[name].balance,
            "shortfall": paid.classes[name].shortfall,
            "carryforward": paid.classes[name].carryforward,
            "writedown": before["writedown"] + paid.classes[name].written_down,
            "original": before["original"],
        }
        for name, before in bonds.items()
    }


def bond_grid(deal: Deal, bonds: dict[str, dict[str, int]], month: str) -> Grid:
    """The bonds table."""
    rows = []
    for c in deal.classes:
        state = bonds[c.name]
        rows.append({
            "tranche": c.name, "balance": dollars(state["balance"]), "original_balance": dollars(state["original"]),
            "kind": c.kind, "coupon_type": "floating" if c.floating else "fixed",
            "coupon": "" if c.floating else f"{c.coupon:.6f}", "index": "LIBOR_1M" if c.floating else "",
            "margin": f"{c.coupon:.6f}" if c.floating else "", "net_wac_cap": "pool" if c.floating else "",
            "day_count": "act/360" if c.floating else "30/360",
            "accrual_start": f"{month}-25" if c.floating else f"{month}-01",
            "interest_shortfall": dollars(state["shortfall"]),
            "basis_risk_carryforward": dollars(state["carryforward"]), "writedown": dollars(state["writedown"]),
            "notional_of": c.notional_of, "original_rating": c.rating,
        })  # fmt: skip
    return grid(rows)


def loan_grid(tape: Tape, fee: float) -> Grid:
    """The loans table; columns that the pool does not use are left out."""
    n = tape["balance"].size
    arm = tape["arm"]
    balloon = tape["amortization_term"] > tape["remaining_term"]
    columns: dict[str, Iterable[str]] = {
        "loan_id": tape["loan_id"],
        "balance": [dollars(x) for x in tape["balance"]],
        "rate": rates(tape["rate"]),
        "remaining_term": whole(tape["remaining_term"]),
        "age": whole(tape["age"]),
        "original_balance": [f"{x // 100}" for x in tape["original_balance"]],
        "rate_type": np.where(arm, "arm", "fixed"),
        "amortization_term": whole(tape["amortization_term"], balloon),
        "interest_only_months": whole(tape["interest_only_months"], tape["interest_only_months"] > 0),
        "index": tape["index"],
        "margin": rates(tape["margin"], arm),
        "months_to_reset": whole(tape["months_to_reset"], arm),
        "reset_frequency": whole(tape["reset_frequency"], arm),
        "initial_cap": rates(tape["initial_cap"], arm),
        "first_reset_age": whole(tape["fixed_months"] + 1, arm),
        "periodic_cap": rates(tape["periodic_cap"], arm),
        "life_cap": rates(tape["life_cap"], arm),
        "life_floor": rates(tape["life_floor"], arm),
        "rate_rounding": ["0.00125" if a else "" for a in arm],
        "servicing_fee": [f"{fee:.5f}"] * n,
        "property_type": tape["property_type"],
        "state": tape["state"],
        "ltv": [f"{x:.2f}" for x in tape["ltv"]],
        "fico": whole(tape["fico"]),
        "status": np.array(STATUSES)[tape["status"]],
        "months_delinquent": whole(tape["months_delinquent"], tape["months_delinquent"] > 0),
        "curve": tape["curve"],
    }
    cells = {name: [str(x) for x in column] for name, column in columns.items()}
    used = [name for name, column in cells.items() if any(column)]
    return [used, *(list(row) for row in zip(*(cells[name] for name in used), strict=True))]


def reo_grid(reo: Tape) -> Grid:
    """The REO table."""
    rows = [
        {
            "loan_id": str(reo["loan_id"][k]), "balance": dollars(reo["balance"][k]), "value": dollars(reo["value"][k]),
            "foreclosure_date": str(reo["foreclosure_date"][k]), "initial_basis": dollars(reo["initial_basis"][k]),
            "value_date": last_day(str(reo["value_date"][k])).isoformat(), "selling_cost": f"{SELLING_COST:.2f}",
            "months_to_sale": str(reo["months_to_sale"][k]),
        }
        for k in range(reo["balance"].size)
    ]  # fmt: skip
    header = (
        "loan_id",
        "balance",
        "value",
        "foreclosure_date",
        "initial_basis",
        "value_date",
        "selling_cost",
        "months_to_sale",
    )
    return grid(rows, header)


def sale_grid(sales: Iterable[tuple[str, int]], month: str) -> Grid:
    """The table of REO sold; each on a business day in the month."""
    rows = []
    for loan, proceeds in sales:
        day = business_day(f"{month}-{4 + int(loan[-2:]) % 22:02d}", 0)
        rows.append({"loan_id": loan, "date": day.isoformat(), "proceeds": dollars(proceeds)})
    return grid(rows, ("loan_id", "date", "proceeds"))


def last_day(month: str) -> dt.date:
    """The last day of ``YYYY-MM``."""
    year, number = (int(x) for x in month.split("-"))
    return dt.date(year, number, calendar.monthrange(year, number)[1])


def dollars(amount: int) -> str:
    """Cents as dollars, both digits written."""
    sign, amount = ("-" if amount < 0 else ""), abs(int(amount))
    return f"{sign}{amount // 100}.{amount % 100:02d}"


def cents_of(text: str) -> int:
    """Dollars written with both digits, in cents."""
    return int(text.replace(".", ""))


def rates(values: np.ndarray, given: np.ndarray | None = None) -> list[str]:
    """Rates as text, to six decimals without trailing zeros; blank where not given."""
    return [f"{round(float(x), 6):.6g}" if given is None or given[k] else "" for k, x in enumerate(values)]


def whole(values: np.ndarray, given: np.ndarray | None = None) -> list[str]:
    """Whole numbers as text; blank where not given."""
    return [str(int(x)) if given is None or given[k] else "" for k, x in enumerate(values)]


def grid(rows: list[Row], header: Sequence[str] = ()) -> Grid:
    """Rows under their header."""
    names = list(header) or list(rows[0])
    return [names, *([row.get(name, "") for name in names] for row in rows)]


def write(path: Path, cells: Grid) -> None:
    """Write a CSV, gzipped without a time stamp where the name says so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(cells)
    data = text.getvalue().encode()
    path.write_bytes(gzip.compress(data, 9, mtime=0) if path.suffix == ".gz" else data)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make the sample months again, byte for byte.")
    parser.add_argument(
        "folder", nargs="?", type=Path, default=SAMPLE, help="where to write them (default: the sample's own folder)"
    )
    make(parser.parse_args().folder)
