"""Every planted fault is found, as grave as it is, with its place and what to do; and staging changes nothing on disk."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.months.intake.planted import LOANS, PLANTS, SENT, TABLES
from tests.months.intake.small import BEFORE, MONTH, Kept, fingerprint, small_folder, staged, to_sender


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_folder(tmp_path_factory.mktemp("sound") / "data", BEFORE, MONTH)


@pytest.fixture(scope="module")
def known(sound: Path) -> Kept:
    return Kept(staged(sound, month=BEFORE))


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "data"))


def test_the_sound_folder_has_no_error_and_no_warning(folder: Path, known: Kept) -> None:
    one = staged(folder, known)
    assert [str(f.fault) for f in (*one.errors, *one.warnings)] == []
    to_sender(folder)
    two = staged(folder, known)
    assert [str(f.fault) for f in (*two.errors, *two.warnings)] == []
    assert len(one.pieces) == len(two.pieces)


def test_there_are_a_hundred_and_more_over_all_tables() -> None:
    assert len(PLANTS) >= 110
    assert min(len(LOANS), len(TABLES), len(SENT)) >= 20


@pytest.mark.parametrize("name", PLANTS)
def test_planted(name: str, folder: Path, known: Kept) -> None:
    plant = PLANTS[name]
    plant.do(folder)
    before = fingerprint(folder)
    found = staged(folder, known)
    assert fingerprint(folder) == before
    told = [one for one in found.findings if plant.what.lower() in one.fault.what.lower()]
    right = [one for one in told if one.level == plant.level and all(piece in one.fault.where for piece in plant.where)]
    assert right, [f"{one.level}: {one.fault}" for one in (told or found.findings)][:12]
    assert right[0].fault.todo
    assert right[0].key
    assert (found.month_read is None) == bool(found.errors)
