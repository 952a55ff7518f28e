"""The company's weighted scenarios are read with the month, or refused with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.months.test_month_folders import write_month
from xlfv.months.folder import read_month
from xlfv.tables import Refused


def _month(tmp_path: Path, text: str) -> Path:
    write_month(tmp_path, "T1", "2009-12")
    folder = tmp_path / "company" / "2009-12"
    folder.mkdir(parents=True)
    (folder / "scenarios.csv").write_text(text)
    return tmp_path


def test_scenarios_come_with_their_weights(tmp_path: Path) -> None:
    data = _month(tmp_path, "scenario,weight,prepay,index_shift\nas given,0.75,,\nslow,0.25,0.5,100\n")
    scenarios = read_month(data, "2009-12").company.scenarios
    assert [(one.name, weight, one.shift) for one, weight in scenarios] == [
        ("as given", 0.75, 0.0),
        ("slow", 0.25, 0.01),
    ]
    assert "0.5" in scenarios[1][0].change


def test_every_fault_of_the_scenarios_is_named(tmp_path: Path) -> None:
    data = _month(tmp_path, "scenario,weight,prepay\nas given,0.75,\nslow,0.5,50\nwild,two,\n")
    with pytest.raises(Refused) as told:
        read_month(data, "2009-12")
    said = str(told.value)
    assert "company/2009-12" in said
    assert "scenarios.csv row 3" in said
    assert "scenarios.csv row 4" in said


def test_weights_make_one(tmp_path: Path) -> None:
    data = _month(tmp_path, "scenario,weight\nas given,0.75\nslow,0.5\n")
    with pytest.raises(Refused, match=r"the weights sum to 1\.25, not to 1"):
        read_month(data, "2009-12")
