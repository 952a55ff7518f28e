"""The shelf deal: its tables, its events in the months told, the arithmetic by hand beside the engine, and its workbook."""

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
import subprocess
import zipfile
from functools import cache
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from tests.hosts.libreoffice import session
from workbooks import shelf_book, shelf_cash, shelf_deal
from workbooks.make_sample import SAMPLE, make_shelf
from workbooks.shelf_arithmetic import ENGINE, PARTS
from workbooks.shelf_deal import BELOW, CLASSES, SENIORS
from workbooks.shelf_hand import BESIDE, CELL, EVENTS, HAND, LINES, ROWS, TOLD, block, height
from workbooks.shelf_months import FIRST, SHOWN, STORY
from xlfv.excel import handles
from xlfv.excel.hosts.headless import Recalculated, recalculate
from xlfv.market.indices import read_indices
from xlfv.projection.projection import Projection, distribute_cash
from xlfv.tables.files import read_file
from xlfv.trust.checks import check_deal
from xlfv.trust.trust import build_trust

ROOT = Path(__file__).resolve().parents[2]
DEAL = SAMPLE / shelf_deal.NAME / shelf_deal.FOLDER
ONE_COLUMN = 5  # month 1 on the sheet By hand, from 1
CENT = 0.01
OPENING = {c.name: c.balance for c in CLASSES}
ORIGINAL = 500_000_000.0


@cache
def made() -> Projection:
    """The deal of the CSV files, run in Python."""
    tables = {file.stem: read_file(str(file), file.stem) for file in sorted(DEAL.glob("*.csv"))}
    cash, indices = tables.pop("cash"), tables.pop("indices")
    trust = build_trust(shelf_deal.NAME, dt.date.fromisoformat(shelf_deal.AS_OF), tables)
    return distribute_cash(trust, cash, read_indices(indices))


@cache
def book() -> Recalculated:
    with handles.memory_only():
        return recalculate((ROOT / shelf_book.BOOK).read_bytes(), book=shelf_book.BOOK.name)


def of(name: str, column: str) -> np.ndarray:
    return made().distributions.tranche(name)[column]


def total(names: tuple[str, ...], column: str) -> np.ndarray:
    return sum((of(name, column) for name in names), np.zeros(shelf_deal.MONTHS + 1))


def given(column: str) -> np.ndarray:
    """A column of the cash table over both groups, by month from 1; entry 0 is 0."""
    header, *rows = shelf_cash.cash()
    found = np.zeros(shelf_deal.MONTHS + 1)
    for row in rows:
        found[int(row[0])] += float(row[header.index(column)] or 0.0)
    return found


def months_where(condition: np.ndarray) -> list[int]:
    return [int(month) for month in np.flatnonzero(condition) if month]


def paying(amounts: np.ndarray) -> list[int]:
    """Months with a cent or more: less is the rounding of binary numbers."""
    return months_where(amounts >= CENT)


def test_the_tables_in_the_sample_are_the_ones_that_are_made(tmp_path: Path) -> None:
    make_shelf(tmp_path)
    fresh = {file.name: file.read_bytes() for file in (tmp_path / shelf_deal.NAME / shelf_deal.FOLDER).iterdir()}
    assert fresh == {file.name: file.read_bytes() for file in DEAL.iterdir()}


def test_nothing_looks_wrong_in_the_tables() -> None:
    assert [fault.what for fault in check_deal(made().trust)] == [
        "no loans are given: the cash of the collateral must be"
    ]


# What happens, in Python


def test_the_triggers_fail_and_are_cured_when_told() -> None:
    """Counted once more from the cash table: losses over 500 million; 60+ of three months."""
    losses, late, balance = given("losses"), given("delinquent_60"), given("balance")
    ends = np.append(balance[2:], made().collateral.end_balance[:, -1].sum())  # of months 1 to 54
    rates = np.concatenate([[late[1] / balance[1]], late[1:] / ends])
    limits = np.select([np.arange(55) <= 24, np.arange(55) <= 36, np.arange(55) <= 48], [0.0125, 0.02, 0.04], 0.05)
    lost = np.cumsum(losses) / ORIGINAL
    record = made().distributions.record.triggers
    np.testing.assert_allclose(record[0, 1:, 0], lost[1:], rtol=1e-12)
    np.testing.assert_array_equal(record[0, 1:, 2], lost[1:] > limits[1:])
    assert months_where(lost > limits) == list(range(27, 37))
    behind = 1.0 - total(SENIORS, "begin_balance")[1:] / balance[1:]
    averages = np.array([rates[max(m - 2, 0) : m + 1].mean() for m in range(1, 55)])
    np.testing.assert_allclose(record[1, 1:, 0], averages, rtol=1e-12)
    np.testing.assert_allclose(record[1, 1:, 1], 0.40 * behind, rtol=1e-12)
    np.testing.assert_array_equal(record[1, 1:, 2], averages > 0.40 * behind)
    assert months_where(record[1, :, 2] > 0.0) == list(range(25, 44))


def test_the_step_down_waits_for_the_enhancement_and_the_target_for_the_trigger() -> None:
    """Age 36 is there in month 36, 20% behind the seniors in month 42; the test is cured in month 44: 2.4% of the pool."""
    record = made().distributions.record
    balance, target = given("balance"), record.deal[:, 3]
    behind = 1.0 - total(SENIORS, "begin_balance")[1:] / balance[1:]
    assert [behind[m - 1] >= 0.20 for m in (36, 41, 42)] == [False, False, True]
    assert months_where(record.deal[:, 4] > 0.0) == list(range(42, 55))
    assert list(target[1:44]) == [6_000_000.0] * 43
    ends = np.append(balance[2:], made().collateral.end_balance[:, -1].sum())
    np.testing.assert_allclose(target[44:], 0.024 * ends[43:], rtol=1e-12)
    collected = sum(given(name) for name in ("scheduled_principal", "prepaid_principal", "liquidation_proceeds"))
    paid = total(tuple(OPENING), "principal_paid")[44]
    # Of month 44's principal the bonds get what brings overcollateralization down to its target: the rest is released.
    over = balance[44] - sum(of(name, "end_balance")[43] for name in OPENING)
    assert paid == pytest.approx(collected[44] - (over - given("losses")[44] - 0.024 * balance[45]), abs=CENT)
    assert of("M-1", "principal_paid")[44] > 1e6  # the first that mezzanines get
    assert paying(total(BELOW, "principal_paid"))[0] == 44


def test_overcollateralization_is_eaten_up_and_rebuilt() -> None:
    oc, target = made().distributions.record.deal[:, 2], made().distributions.record.deal[:, 3]
    assert months_where(oc < CENT) == [27, 28, 29, 30]
    assert months_where(target - oc > CENT) == [1, 2, 3, 13, 14, *range(22, 41)]
    # While it is below its target and nothing is written down, it moves by what the excess pays less what is lost.
    turbo = total(SENIORS, "principal_paid") - given("scheduled_principal") - given("prepaid_principal")
    turbo -= given("liquidation_proceeds") + given("subsequent_recoveries")
    moved = turbo - given("losses") + given("subsequent_recoveries") - total(BELOW, "writeup")
    for month in (22, 23, 24, 25, 26, 31, 33, 36, 40, 41):
        assert oc[month] - oc[month - 1] == pytest.approx(moved[month], abs=CENT)
    assert made().distributions.residual[22:44].tolist() == pytest.approx([0.0] * 22, abs=CENT)


def test_class_b_is_written_down_by_what_the_bonds_exceed_the_pool_and_up_by_recoveries() -> None:
    down, up = of("B", "writedown"), of("B", "writeup")
    assert paying(down) == [27, 28, 29, 30]
    ends = np.append(given("balance")[2:], 0.0)
    for month in (27, 28, 29, 30):
        unpaid = total(tuple(OPENING), "begin_balance")[month] - total(tuple(OPENING), "principal_paid")[month]
        assert down[month] == pytest.approx(unpaid - ends[month - 1], abs=CENT)
    assert paying(up) == [33, 34]
    assert [up[33], up[34]] == [640_000.0, 215_000.0] == given("subsequent_recoveries")[33:35].tolist()
    assert total(tuple(n for n in OPENING if n != "B"), "writedown").sum() == 0.0
    # What stands of the loss is paid in cash once overcollateralization is back.
    assert of("B", "loss_paid").sum() == pytest.approx(down.sum() - up.sum(), abs=CENT)


def test_a_coupon_is_capped_and_made_good() -> None:
    """B in month 11: LIBOR 6.30% + 0.90% on 7.9 million for 31 days of 360, against a twelfth of the pool's net rate."""
    capped = total(tuple(OPENING), "capped_interest")
    assert paying(capped) == [11, 12, 13, 14]
    assert paying(total(tuple(OPENING), "basis_risk_carryforward")) == [11, 12, 13, 14, 15, 16]
    header, *rows = shelf_cash.cash()
    begin, net = (
        [float(row[header.index(name)]) for row in rows if row[0] == "11"] for name in ("balance", "net_interest")
    )
    costs = (sum(begin) * 0.00035 + of("2-A", "begin_balance")[11] * 0.0009) / 12.0
    most = 7.9e6 * (sum(net) - costs) / sum(begin)
    full = 7.9e6 * (0.063 + 0.009) * 31 / 360
    assert of("B", "interest_due")[11] == pytest.approx(most, abs=CENT)
    assert of("B", "capped_interest")[11] == pytest.approx(full - most, abs=CENT)
    # It bears interest at the coupon before the cap: 28 days of month 12.
    second = of("B", "basis_risk_carryforward")[11] * (1.0 + 7.233333e-2 * 28 / 360) + of("B", "capped_interest")[12]
    assert of("B", "basis_risk_carryforward")[12] == pytest.approx(second - of("B", "basis_risk_paid")[12], abs=CENT)
    owed = capped.sum() + total(tuple(OPENING), "basis_risk_interest").sum()
    assert total(tuple(OPENING), "basis_risk_paid").sum() == pytest.approx(owed, abs=CENT)


def test_the_insurer_and_the_reserve_fund_pay_and_are_made_good() -> None:
    drawn, repaid, outstanding = made().distributions.record.insurers[0].T
    assert paying(drawn) == [22]
    assert paying(repaid) == [23]
    assert drawn[22] == pytest.approx(repaid[23], abs=1e-6)
    assert outstanding[22] == drawn[22]
    header, *rows = shelf_cash.cash()
    (net, begin), = (
        (float(row[header.index("net_interest")]), float(row[header.index("balance")])) for row in rows if row[:2] == ["22", "2"]
    )  # fmt: skip
    owed = made().distributions.record.hedges[1, 22, 2]
    there = net - begin * 0.00035 / 12 - of("2-A", "begin_balance")[22] * 0.0009 / 12 - owed
    assert drawn[22] == pytest.approx(of("2-A", "interest_due")[22] - there, abs=CENT)
    account = made().distributions.record.accounts[0]
    assert paying(account[:, 2]) == [22]
    assert [account[0, 4], account[54, 4]] == pytest.approx([400_000.0] * 2, abs=CENT)
    assert total(tuple(OPENING), "interest_shortfall").max() < CENT


# The workbook


def test_the_shipped_workbook_is_the_one_that_is_built() -> None:
    def members(content: bytes) -> dict[str, bytes]:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            return {name: parts.read(name) for name in parts.namelist()}

    shipped, built = members((ROOT / shelf_book.BOOK).read_bytes()), members(shelf_book.content())
    assert list(shipped) == list(built)
    assert [name for name in built if shipped[name] != built[name]] == [], (
        "build it anew: python -m workbooks.shelf_book"
    )
    for name, content in shipped.items():
        assert str(ROOT).encode() not in content, name
        assert not re.search(rb"(?<![\w.])/(root|home|tmp|work|Users)/|[A-Z]:\\Users", content), name


def test_the_workbook_has_no_errors_and_all_its_checks_pass() -> None:
    assert book().errors() == []
    checks = [row for row in book().grid("Read me", "A18:E35") if isinstance(row[4], float)]
    assert len(checks) == len(TOLD) + 2
    assert [row[4] for row in checks] == [0.0] * len(checks)


def test_its_story_tells_the_events_in_their_months() -> None:
    at = {shown.key: k + 1 for k, shown in enumerate(SHOWN)}
    told = {m: str(book().value(STORY, FIRST + m, at["events"]) or "") for m in range(1, shelf_deal.MONTHS + 1)}
    expected = {
        "Coupons are capped": [11], "Capped interest is made good": [17], "OC falls below": [13, 22], "OC reaches": [4, 15, 41],
        "Insurer and reserve fund pay": [22], "insurer is paid back": [23], "Delinquency test fails": [25],
        "Delinquency test is cured": [44], "Loss test fails": [27], "Loss test is cured": [37],
        "Class B is written down": [27, 28, 29, 30], "writes class B up": [33, 34], "stated age is reached": [36],
        "Step-down date": [42], "target steps down": [44],
    }  # fmt: skip
    assert {words: [m for m, text in told.items() if words in text] for words in expected} == expected


def test_the_arithmetic_by_hand_uses_the_sheet_alone() -> None:
    """Native formulas, whose only sources are the tables: no function of ours, no sheet with figures of the engine."""
    sheet = openpyxl.load_workbook(ROOT / shelf_book.BOOK, keep_vba=False)[HAND]
    formulas = [
        cell.value
        for row in sheet.iter_rows(max_row=ROWS[-1][0] + 1, min_row=14)
        for cell in row
        if cell.data_type == "f"
    ]
    assert len(formulas) > 54 * sum(len(lines) for _, lines in PARTS)
    assert [f for f in formulas if "XLFV" in f or "!" in f] == []


def test_the_arithmetic_by_hand_agrees_with_the_engine_to_a_cent() -> None:
    """Not through the sheet's own differences, but figure by figure with what the engine gives in Python."""
    record = made().distributions.record
    engine = {
        "loss value": record.triggers[0, :, 0], "loss fails": record.triggers[0, :, 2], "late value": record.triggers[1, :, 0], "late limit": record.triggers[1, :, 1],
        "late fails": record.triggers[1, :, 2], "stepped": record.deal[:, 4], "target": record.deal[:, 3], "oc": record.deal[:, 2],
        "drawn": record.insurers[0, :, 0], "repaid": record.insurers[0, :, 1], "reserve": record.accounts[0, :, 4],
        "residual": record.deal[:, 0],
    }  # fmt: skip
    columns = {"due": "interest_paid", "capped": "capped_interest", "carried": "basis_risk_carryforward", "close": "end_balance",
               "down": "writedown", "up": "writeup", "loss": "unpaid_loss"}  # fmt: skip
    for key, _ in ENGINE:
        theirs = engine[key] if key in engine else of(key.split()[1], columns[key.split()[0]])
        for month in range(1, shelf_deal.MONTHS + 1):
            mine = book().value(HAND, CELL[key] + 1, ONE_COLUMN + month - 1)
            allowed = CENT if LINES[key].look == "cents" else 1e-9
            assert mine == pytest.approx(theirs[month], abs=allowed, rel=0), (key, month)


def test_each_event_has_its_checks_and_they_see_a_difference() -> None:
    for event in TOLD:
        first, last = block(event) + 4, block(event) + height(event) - 1
        checks = [book().value(EVENTS, row, 9) for row in range(first, last + 1)]
        assert sum(check == 0.0 for check in checks) >= 1
        assert not any(checks)
    # The same workbook with one loss more in a single month: the engine and the arithmetic move alike, a typed-over figure not.
    content = shelf_book.draft(None)
    honest = b"<f>SUMIFS(cash_losses,cash_month,"
    assert honest in _sheet(content, HAND)
    wrong = _with_sheet(content, HAND, honest, b"<f>0.02+SUMIFS(cash_losses,cash_month,")
    with handles.memory_only():
        changed = recalculate(wrong, book="changed.xlsm")
    totals = [row[4] for row in changed.grid("Read me", "A18:E35") if isinstance(row[4], float)]
    assert totals[-1] > 0.0


def _part(content: bytes, sheet: str) -> tuple[str, zipfile.ZipFile]:
    parts = zipfile.ZipFile(io.BytesIO(content))
    names = re.findall(rb'<sheet name="([^"]+)"', parts.read("xl/workbook.xml"))
    return f"xl/worksheets/sheet{names.index(sheet.encode()) + 1}.xml", parts


def _sheet(content: bytes, sheet: str) -> bytes:
    name, parts = _part(content, sheet)
    return parts.read(name)


def _with_sheet(content: bytes, sheet: str, old: bytes, new: bytes) -> bytes:
    """The workbook with one formula of a sheet changed, where it stands first."""
    changed, parts = _part(content, sheet)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as out:
        for name in parts.namelist():
            data = parts.read(name)
            out.writestr(name, data.replace(old, new, 1) if name == changed else data)
    return target.getvalue()


def test_libreoffice_finds_the_same_by_hand(tmp_path: Path) -> None:
    """Formulas of ours stand as their values; all others are calculated anew by another program."""
    if not shutil.which("soffice"):
        session.require()
    copy = tmp_path / "copy.xlsm"
    copy.write_bytes(shelf_book.content("ours"))
    profile = tmp_path / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user/registrymodifications.xcu").write_text(session._registry(), encoding="utf-8")
    command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML",
               "--outdir", str(tmp_path), str(copy)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    sheet = openpyxl.load_workbook(tmp_path / "copy.xlsx", data_only=True)[HAND]
    assert sheet.cell(10, 1).value == 0
    for key, _ in ENGINE:
        for month in (1, 11, 17, 22, 27, 33, 42, 44, 54):
            mine = sheet.cell(CELL[key] + 1, ONE_COLUMN + month - 1).value
            theirs = book().value(HAND, CELL[key] + 1, ONE_COLUMN + month - 1)
            assert mine == pytest.approx(theirs, abs=1e-6), (key, month)
    assert max(abs(sheet.cell(BESIDE + k, 3).value) for k in range(2, len(ENGINE) + 2)) < CENT
