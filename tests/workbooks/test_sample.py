"""The sample: it is complete, every balance and dollar in it ties, the engine values it, and it can be made again."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from workbooks.make_sample import SAMPLE, make
from workbooks.sample_market import LEVELS, MONTHS, bootstrap, published
from workbooks.sample_tapes import POOLS
from workbooks.sample_views import business_day
from xlfv.months.debt import company_debt, debt_month
from xlfv.months.folder import read_month
from xlfv.months.valued import ValuedMonth, roll_forward, value_month
from xlfv.projection.projection import project
from xlfv.reporting.consolidation import decide
from xlfv.reporting.forms import chain
from xlfv.reporting.ledger import ACTUALS
from xlfv.valuation.quotes import average, by_item, normalize
from xlfv.valuation.yield_ranges import Premium, policy_for, rating_of

TABLES = (
    "loans.csv.gz", "bonds.csv", "waterfall.csv", "costs.csv", "terms.csv", "triggers.csv", "hedges.csv",
    "schedules.csv", "reo.csv", "curves.csv", "yields.csv", "quotes.csv", "remittance.csv",
)  # fmt: skip
COMPANY = ("ranges.csv", "facts.csv", "debt.csv", "scenarios.csv")
STEPS = [(trust, *pair) for trust in POOLS for pair in pairwise(MONTHS)]
MOST_BYTES = 5_000_000
ROUNDING = 0.01  # dollars a loan, where the engine does not round to cents


def plain(path: Path) -> bytes:
    """What a file holds, unpacked."""
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def rows(trust: str, month: str, table: str) -> list[dict[str, str]]:
    name = f"{table}.csv.gz" if table == "loans" else f"{table}.csv"
    return list(csv.DictReader(plain(SAMPLE / trust / month / name).decode().splitlines()))


def cents(text: str) -> int:
    """Dollars as they stand in a file, in whole cents."""
    whole, _, part = text.partition(".")
    sign = -1 if whole.startswith("-") else 1
    return sign * (abs(int(whole)) * 100 + int(part.ljust(2, "0")))


def activity(trust: str, month: str) -> dict[str, int]:
    return {row["item"]: cents(row["amount"]) for row in rows(trust, month, "activity")}


def balances(trust: str, month: str, table: str, key: str) -> dict[str, int]:
    return {row[key]: cents(row["balance"]) for row in rows(trust, month, table)}


def notes(trust: str, month: str) -> dict[str, int]:
    return {row["tranche"]: cents(row["balance"]) for row in rows(trust, month, "bonds") if row["kind"] != "io"}


@pytest.fixture(scope="module")
def valued() -> dict[str, ValuedMonth]:
    """A few months, valued."""
    return {month: value_month(read_month(SAMPLE, month)) for month in ("2008-12", "2009-01", "2009-06", "2009-12")}


def test_every_trust_has_every_table_of_every_month() -> None:
    assert len(MONTHS) == 13
    assert (MONTHS[0], MONTHS[-1]) == ("2008-12", "2009-12")
    for month in MONTHS:
        assert (SAMPLE / "indices" / f"{month}.csv").is_file()
        there = {file.name for file in (SAMPLE / "company" / month).iterdir()}
        assert there == {*COMPANY, *(["debt_activity.csv"] if month != MONTHS[0] else [])}
        for trust in POOLS:
            there = {file.name for file in (SAMPLE / trust / month).iterdir()}
            assert there == {*TABLES, *(["activity.csv", "sales.csv"] if month != MONTHS[0] else [])}
            assert month == MONTHS[0] or set(activity(trust, month)) == set(ACTUALS)


def test_a_pool_has_300_to_2000_loans_and_real_estate_at_the_start() -> None:
    for trust, pool in POOLS.items():
        assert 300 <= pool.loans <= 2000
        assert len(rows(trust, MONTHS[0], "loans")) == pool.loans
        assert rows(trust, MONTHS[0], "reo")


def test_the_sample_is_small() -> None:
    assert sum(file.stat().st_size for file in SAMPLE.rglob("*") if file.is_file()) < MOST_BYTES


@pytest.mark.parametrize(("trust", "before", "after"), STEPS)
def test_the_tape_rolls(trust: str, before: str, after: str) -> None:
    opening, closing = balances(trust, before, "loans", "loan_id"), balances(trust, after, "loans", "loan_id")
    assert set(closing) <= set(opening), "no loan joins a closed pool"
    assert all(balance <= opening[loan] for loan, balance in closing.items())
    paid = activity(trust, after)
    left = paid["principal_collected"] + paid["liquidation_proceeds"] + paid["losses"]
    left += paid["reo_sales_proceeds"] + paid["reo_losses"]
    assert sum(opening.values()) - left == sum(closing.values())


@pytest.mark.parametrize(("trust", "before", "after"), STEPS)
def test_real_estate_rolls_and_stands_among_the_loans(trust: str, before: str, after: str) -> None:
    opening, closing = balances(trust, before, "reo", "loan_id"), balances(trust, after, "reo", "loan_id")
    carried = {r["loan_id"]: cents(r["balance"]) for r in rows(trust, after, "loans") if r["status"] == "reo"}
    assert closing == carried
    paid = activity(trust, after)
    sold = sum(balance for loan, balance in opening.items() if loan not in closing)
    assert sold == paid["reo_sales_proceeds"] + paid["reo_losses"]
    assert sum(balance for loan, balance in closing.items() if loan not in opening) == paid["reo_transfers"]
    left = {row["loan_id"] for row in rows(trust, after, "loans")}
    assert all(loan not in left for loan in opening if loan not in closing)


@pytest.mark.parametrize(("trust", "before", "after"), STEPS)
def test_sales_are_the_real_estate_that_went(trust: str, before: str, after: str) -> None:
    opening, closing = balances(trust, before, "reo", "loan_id"), balances(trust, after, "reo", "loan_id")
    sold = {row["loan_id"]: row for row in rows(trust, after, "sales")}
    assert set(sold) == set(opening) - set(closing)
    assert sum(cents(row["proceeds"]) for row in sold.values()) == activity(trust, after)["reo_sales_proceeds"]
    days = [dt.date.fromisoformat(row["date"]) for row in sold.values()]
    assert all(day.isoformat()[:7] == after and business_day(day.isoformat(), 0) == day for day in days)


@pytest.mark.parametrize(("trust", "before", "after"), STEPS)
def test_bonds_roll_and_losses_are_borne(trust: str, before: str, after: str) -> None:
    opening, closing, paid = notes(trust, before), notes(trust, after), activity(trust, after)
    assert list(opening) == list(closing)
    assert all(0 <= closing[name] <= opening[name] for name in closing)
    assert sum(opening.values()) - sum(closing.values()) == paid["bond_principal_paid"] + paid["writedowns"]
    marked = [sum(cents(r["writedown"]) for r in rows(trust, month, "bonds")) for month in (before, after)]
    assert marked[1] - marked[0] == paid["writedowns"]
    assert sum(closing.values()) <= sum(balances(trust, after, "loans", "loan_id").values())


@pytest.mark.parametrize(("trust", "before", "after"), STEPS)
def test_cash_in_is_cash_out_to_the_cent(trust: str, before: str, after: str) -> None:
    paid = activity(trust, after)
    into = ("interest_collected", "principal_collected", "liquidation_proceeds", "reo_sales_proceeds", "hedge_received")
    out = ("servicing_paid", "costs_paid", "bond_interest_paid", "bond_principal_paid", "hedge_paid", "residual_cash")
    assert sum(paid[name] for name in into) == sum(paid[name] for name in out)
    assert min(paid.values()) >= 0
    terms = [{r["term"]: r["value"] for r in rows(trust, month, "terms")} for month in (before, after)]
    lost = cents(terms[1]["cumulative_loss"]) - cents(terms[0]["cumulative_loss"])
    assert lost == paid["losses"] + paid["reo_losses"]


@pytest.mark.parametrize("month", MONTHS)
def test_indices_start_at_what_was_published(month: str) -> None:
    first, *rest = csv.DictReader((SAMPLE / "indices" / f"{month}.csv").read_text().splitlines())
    assert first["month"] == "0"
    assert len(rest) == 360
    for name in ("LIBOR_1M", "LIBOR_3M", "LIBOR_6M", "LIBOR_12M"):
        assert float(first[name]) == published(name, month)
        assert all(0.0 < float(row[name]) < 0.08 for row in rest)


@pytest.mark.parametrize("month", MONTHS)
def test_the_curve_reprices_its_swaps(month: str) -> None:
    curve = bootstrap(LEVELS[month])
    for name, rate in LEVELS[month].items():
        if name.startswith("SWAP_"):
            end = 12 * int(name.removeprefix("SWAP_"))
            fixed = sum(0.5 * rate * curve.factor(float(m)) for m in range(6, end + 1, 6))
            assert fixed + curve.factor(float(end)) == pytest.approx(1.0, abs=1e-12)


def test_the_next_month_is_what_the_engine_expects_of_rates_and_coupons(valued: dict[str, ValuedMonth]) -> None:
    """All interest is paid or advanced, so that a month's interest depends on note rates and resets alone."""
    for trust, one in valued["2008-12"].trusts.items():
        paid, expected = activity(trust, "2009-01"), one.projection
        loans = one.source.trust["loans"].count
        assert expected.collateral["interest_due"][0, 1] == pytest.approx(
            paid["interest_collected"] / 100.0, abs=ROUNDING * loans
        )
        due = expected.distributions.record.hedges[:, 1, 2].sum()
        assert due == pytest.approx(paid["hedge_paid"] / 100.0, abs=0.01)


def test_resets_follow_the_index() -> None:
    """A rate that fell due is index and margin to the nearest eighth, inside its cap and floor; the others stand."""
    opening = {r["loan_id"]: r for r in rows("ICMB-2005-A", "2009-08", "loans")}
    moved = 0
    for row in rows("ICMB-2005-A", "2009-09", "loans"):
        was = opening[row["loan_id"]]
        if was["months_to_reset"] == "0" and row["status"] != "reo":
            first = int(was["age"]) < int(was["first_reset_age"])
            cap = float(was["initial_cap" if first else "periodic_cap"])
            index = published(was["index"], "2009-08")
            new = round((index + float(was["margin"])) / 0.00125) * 0.00125
            new = min(max(new, float(was["rate"]) - cap), float(was["rate"]) + cap)
            assert float(row["rate"]) == pytest.approx(max(new, float(was["life_floor"])), abs=1e-9)
            assert int(row["months_to_reset"]) == int(row["reset_frequency"]) - 1
            moved += 1
        else:
            assert row["rate"] == was["rate"]
    assert moved > 50


@pytest.mark.parametrize("month", ["2009-03", "2009-10"])
def test_every_trust_is_read_without_complaint_and_projected(month: str) -> None:
    for name, one in read_month(SAMPLE, month).trusts.items():
        projection = project(one.trust, one.curves, one.indices)
        assert not [n for n in projection.notices if "not used" in n], name
        assert projection.trust.consolidated == (name != "IMFC-2006-MF")


def test_values_are_those_of_the_time(valued: dict[str, ValuedMonth]) -> None:
    def price(month: str, trust: str, item: str) -> float:
        line = next(line for line in valued[month].trusts[trust].value.lines if line.item == item)
        assert line.price is not None
        return line.price

    assert 40 < price("2008-12", "ICMB-2005-A", "A-2") < 75
    assert all(price("2008-12", "ICMB-2005-A", name) < 20 for name in ("M-1", "M-2", "M-3", "M-4", "B"))
    for trust, one in valued["2009-12"].trusts.items():
        assert one.value.total("residual") > 0.0
        assert price("2009-12", trust, "A-2") > price("2008-12", trust, "A-2"), "spreads came in over 2009"


@pytest.mark.parametrize("month", ["2009-03", "2009-07", "2009-12"])
def test_quotes_say_what_the_register_says(month: str) -> None:
    """The quotes that count average to the register's quote, prices on our own cash too; a broker's own speed moves his."""
    for trust, one in value_month(read_month(SAMPLE, month)).trusts.items():
        given = {row["item"]: float(row["quote"]) for row in rows(trust, month, "yields") if row["quote"]}
        by = by_item(normalize(list(one.source.quotes), one.projection))
        assert {item for _, item in by} == set(given)
        for item, quote in given.items():
            used = [q for q in by[trust, item] if q.used]
            assert len(used) >= 2
            near = 2e-5 if all(np.isnan(q.quote.assumed).all() for q in used) else 3e-3
            assert average(by[trust, item]) == pytest.approx(quote, abs=near), (trust, item)
    assert {q.kind for q in one.source.quotes} == {"price", "yield"}


def test_some_quotes_do_not_count() -> None:
    why = [
        one.why
        for name, trust in value_month(read_month(SAMPLE, "2009-12")).trusts.items()
        for one in normalize(list(trust.source.quotes), trust.projection)
        if not one.used
    ]
    assert sorted(why) == ["not orderly", *["stale: 31 days old, more than 30"] * 3]


def test_one_yield_lies_outside_its_range_and_says_why() -> None:
    outside = [
        (name, month, item, one.reason)
        for month in MONTHS
        for name, source in read_month(SAMPLE, month).trusts.items()
        for item, one in source.yields.items()
        if one.outside
    ]
    assert [each[:3] for each in outside] == [("ICMB-2004-F", "2009-12", "B-3")]
    lost = activity("ICMB-2004-F", "2009-12")
    assert lost["writedowns"] == lost["reo_losses"] == 17353439
    assert f"{lost['writedowns'] / 100:,.0f}" in outside[0][3]


def test_facts_and_terms_agree_and_only_the_deal_that_others_service_stands_apart() -> None:
    for month in (MONTHS[0], MONTHS[-1]):
        read = read_month(SAMPLE, month)
        decided = {name: one.consolidated for name, one in read.company.decisions.items()}
        assert decided == {name: source.trust.consolidated for name, source in read.trusts.items()}
    later = {name: decide(name, facts, dt.date(2010, 1, 31)).consolidated for name, facts in read.company.facts.items()}
    assert later == {"ICMB-2005-A": True, "ICMB-2004-F": True, "IMFC-2006-MF": False}


def test_the_policy_holds_every_range_of_the_register(valued: dict[str, ValuedMonth]) -> None:
    for month in valued.values():
        policy = list(month.month.company.ranges)
        for name, trust in month.trusts.items():
            for item, one in trust.yields.items():
                row = policy_for(policy, trust.source.trust, item, rating_of(trust.source.trust, item, one))
                assert isinstance(row, Premium), (name, item)
                assert float(row.base) + row.low <= one.low + 1e-9
                assert one.high <= float(row.base) + row.high + 1e-9


def test_long_term_debt_rolls_forward_and_nothing_is_unexplained() -> None:
    read = [read_month(SAMPLE, month) for month in MONTHS]
    rolled = chain([one for pair in pairwise(read) if (one := debt_month(*pair))])
    assert abs(rolled.amount("unexplained", "long_term_debt")) < 1.0
    assert rolled.end["long_term_debt"] == -sum(one.value for one in company_debt(read[-1]).values())
    paid = [one for month in read for one in month.company.debt_paid.values()]
    assert rolled.activity["settlements"]["long_term_debt"] == sum(one.principal for one in paid)
    quarter = 34e6 * 0.0801 / 4
    assert [sum(one.interest for one in month.company.debt_paid.values()) for month in read[1:8]] == [
        quarter, 0, 0, quarter, 0, 0, quarter,
    ]  # fmt: skip


def test_a_month_rolls_forward(valued: dict[str, ValuedMonth]) -> None:
    for name, rolled in roll_forward(valued["2008-12"], valued["2009-01"]).items():
        assert max(abs(rolled.gap(item)) for item in rolled.begin) < 0.01, name


def test_the_script_writes_the_sample_again(tmp_path: Path) -> None:
    make(tmp_path / "all")
    made = {file.relative_to(tmp_path / "all"): file for file in (tmp_path / "all").rglob("*") if file.is_file()}
    kept = {file.relative_to(SAMPLE): file for file in SAMPLE.rglob("*") if file.suffix in (".csv", ".gz")}
    assert set(made) == set(kept)
    assert [str(name) for name in made if plain(made[name]) != plain(kept[name])] == []
    make(tmp_path / "again", ["IMFC-2006-MF"], months=2)
    for file in (tmp_path / "again").rglob("*.*"):
        assert file.read_bytes() == (tmp_path / "all" / file.relative_to(tmp_path / "again")).read_bytes()


def test_loans_die_of_what_2009_was_like() -> None:
    """Over the year the Alt-A pool defaults at 12-16% a year at severities around a half, and prepays slowly."""
    months = [activity("ICMB-2005-A", month) for month in MONTHS[1:]]
    pool = [sum(balances("ICMB-2005-A", month, "loans", "loan_id").values()) for month in MONTHS[:-1]]
    lost = np.array([m["losses"] + m["reo_losses"] for m in months])
    gone = lost + np.array([m["liquidation_proceeds"] + m["reo_sales_proceeds"] for m in months])
    assert 0.11 < 1.0 - (1.0 - (gone / pool).mean()) ** 12 < 0.16
    assert 0.45 < lost.sum() / gone.sum() < 0.56
    assert (
        0.04
        < 1.0 - (1.0 - np.mean([m["principal_collected"] / p for m, p in zip(months, pool, strict=True)])) ** 12
        < 0.11
    )


def test_no_deal_of_the_sample_looks_forgotten() -> None:
    """Every cost, swap and class is paid by a step; only what this version leaves out may be noticed."""
    month = read_month(SAMPLE, "2009-12")
    told = [notice for source in month.trusts.values() for notice in source.trust.notices]
    assert not [notice for notice in told if "late today" not in notice]
