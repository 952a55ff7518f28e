"""The matrix of functions and hosts sees what it is there to see."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.excel.golden import GOLDEN
from tests.hosts import answers, matrix
from tests.hosts.answers import Answers
from tests.hosts.permitted import PERMITTED, permitted

HOST = "libreoffice"  # the one with permitted differences


@pytest.fixture
def direct(monkeypatch: pytest.MonkeyPatch) -> Answers:
    monkeypatch.delenv(answers.FOLDER, raising=False)
    return answers.of_direct_calls()


@pytest.fixture
def host(direct: Answers) -> Answers:
    """A host that differs exactly as it may."""
    grids, whys = [], []
    for k, (grid, why) in enumerate(zip(direct.grids, direct.whys or [], strict=True)):
        rule = permitted(HOST, k, grid)
        grids.append((rule.turn(*GOLDEN[k], grid) or grid) if rule else grid)
        whys.append(None if rule and rule.silent else why)
    return replace(direct, host=HOST, grids=grids, whys=whys)


def changed(host: Answers, k: int, grid: list[list[Any]]) -> Answers:
    return replace(host, grids=[grid if each == k else old for each, old in enumerate(host.grids)])


def rules(direct: Answers) -> dict[str, int]:
    """A call that each permitted difference touches."""
    found = {}
    for k, grid in enumerate(direct.grids):
        rule = permitted(HOST, k, grid)
        if rule:
            found.setdefault(rule.name, k)
    return found


def test_a_host_that_differs_as_permitted_has_no_fault(direct: Answers, host: Answers) -> None:
    column = matrix.compare(direct, host)
    assert column.faults == []
    assert set(column.rules) == {rule.name for rule in PERMITTED if rule.host == HOST}
    assert matrix.unused({HOST: column}) == []


def test_the_same_differences_in_another_host_are_faults(direct: Answers, host: Answers) -> None:
    column = matrix.compare(direct, replace(host, host="wine"))
    touched = [k for k in range(len(GOLDEN)) if permitted(HOST, k, direct.grids[k])]
    assert len(column.faults) >= len(touched)


@pytest.mark.parametrize("cell", [0.005143012831822947, "0.005143012831822946", True, None, "#N/A"])
def test_one_other_cell_is_a_fault(direct: Answers, host: Answers, cell: Any) -> None:
    assert GOLDEN[0] == ("XLFV_SMM", [0.06])
    (fault,) = matrix.compare(direct, changed(host, 0, [[cell]])).faults
    assert fault == f"libreoffice: call 0, XLFV_SMM: row 1, column 1: {cell!r} came, 0.005143012831822946 wanted"


def test_another_shape_is_a_fault(direct: Answers, host: Answers) -> None:
    (fault,) = matrix.compare(direct, changed(host, 0, [[0.005143012831822946, None]])).faults
    assert "1 x 2 cells came, 1 x 1 wanted" in fault


def test_true_is_not_one(direct: Answers) -> None:
    k = rules(direct)["booleans"]
    numbers = [[float(cell) if isinstance(cell, bool) else cell for cell in row] for row in direct.grids[k]]
    faults = matrix.compare(direct, replace(changed(direct, k, numbers), host="headless")).faults
    assert len(faults) == 1


@pytest.mark.parametrize("name", ["error inside a range", "no #SPILL!", "booleans"])
def test_a_permitted_difference_that_is_gone_is_a_fault(direct: Answers, host: Answers, name: str) -> None:
    k = rules(direct)[name]
    faults = matrix.compare(direct, changed(host, k, direct.grids[k])).faults
    assert [fault for fault in faults if fault.endswith("strike it off")], faults


def test_a_reason_where_none_was_thought_possible_is_a_fault(direct: Answers, host: Answers) -> None:
    faults = matrix.compare(direct, replace(host, whys=direct.whys)).faults
    assert faults
    assert all("strike it off" in fault for fault in faults)


def test_another_reason_is_a_fault(direct: Answers, host: Answers) -> None:
    whys = [why and "something else" for why in host.whys or []]
    assert len(matrix.compare(direct, replace(host, whys=whys)).faults) == sum(why is not None for why in whys)


def test_a_permission_that_touches_no_call_is_told(direct: Answers, host: Answers) -> None:
    column = matrix.compare(direct, host)
    column.rules.pop("booleans")
    assert matrix.unused({HOST: column}) == [
        "libreoffice: no call shows the permitted difference 'booleans': strike it off"
    ]


def left(folder: Path, *found: Answers) -> Path:
    for each in found:
        (folder / f"{each.host}.json").write_text(json.dumps(vars(each)))
    return folder


def every(direct: Answers, host: Answers) -> list[Answers]:
    return [direct, host, *(replace(direct, host=name) for name in matrix.HOSTS if name not in ("direct", HOST))]


def test_the_matrix_of_all_hosts_is_printed(
    direct: Answers, host: Answers, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert matrix.main(left(tmp_path, *every(direct, host))) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0].split() == ["function", *matrix.HOSTS]
    assert "no other difference" in out


def test_a_host_that_did_not_answer_is_told(
    direct: Answers, host: Answers, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert matrix.main(left(tmp_path, *every(direct, host)[:-1])) == 1
    assert "wine: no answers in" in capsys.readouterr().out


def test_a_host_that_was_not_asked_why_is_told(
    direct: Answers, host: Answers, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert matrix.main(left(tmp_path, *every(direct, replace(host, whys=None)))) == 1
    assert "libreoffice: XLFV_WHY was not asked" in capsys.readouterr().out


def test_answers_to_another_table_are_not_compared(direct: Answers, host: Answers) -> None:
    (fault,) = matrix.compare(direct, replace(host, table="older")).faults
    assert fault == "libreoffice: answered another golden table"
