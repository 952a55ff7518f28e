"""LibreOffice loads every VBA module that we ship and compiles it, in its own Basic."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from addin.builder import package
from addin.builder.sources import Module
from tests.hosts.libreoffice import addin, vba
from tests.hosts.libreoffice.session import Sessions

BOOKS: dict[str, Callable[[], list[Module]]] = {
    "addin/xlfv.xlam": package.addin_modules,
    "workbooks/valuation.xlsm": package.button_modules,
}
MODULES = ("XlfvServer", "XlfvEvents", "ThisWorkbook")  # procedures, a class, the code behind a document
BROKEN = {
    "a block left open": "Sub Broken()\nIf 1 Then\nEnd Sub",
    "a name declared twice": "Sub Broken()\nDim twice, twice\nEnd Sub",
    "a procedure there twice": "Sub Broken()\nEnd Sub\nSub Broken()\nEnd Sub",
    "words that say nothing": "Broken here = = 1",
}


@pytest.mark.standin
@pytest.mark.parametrize("book", BOOKS)
def test_libreoffice_loads_and_compiles_every_module_of_a_book(libreoffice: Sessions, book: str) -> None:
    found = libreoffice.run("compiled", book=str(addin.ROOT / book), trials=[{}])
    loaded = {name: vba.plain(text) for name, text in found["sources"].items()}
    for module in BOOKS[book]():
        assert loaded.pop(module.name) == vba.plain(module.text), module.name
        assert "Option Explicit" in module.text.splitlines()
    assert set(loaded.values()) <= {""}  # what is left is the code behind sheets, where there is none
    assert found["failed"] == [{branch: [] for branch in vba.BRANCHES}]


@pytest.mark.standin
def test_a_broken_module_is_seen_and_named(libreoffice: Sessions) -> None:
    trials = [{module: text} for module in MODULES for text in BROKEN.values()]
    found = libreoffice.run("compiled", book=str(addin.ROOT / "addin/xlfv.xlam"), trials=[*trials, {}])
    for trial, failed in zip(trials, found["failed"], strict=False):
        assert failed == {branch: list(trial) for branch in vba.BRANCHES}, trial
    assert found["failed"][-1] == {branch: [] for branch in vba.BRANCHES}


def test_every_branch_of_the_compiler_is_taken_once() -> None:
    source = "a\n#If Mac Then\nb\n#ElseIf Win64 Then\nc\n#If VBA7 Then\nx\n#Else\nd\n#End If\n#Else\ne\n#End If\nf"
    kept = {branch: vba.altered(source, true).split("\n") for branch, true in vba.BRANCHES.items()}
    assert kept == {"64-bit Windows": list("acdf"), "32-bit Windows": list("aef"), "Mac": list("abf")}


def test_only_two_words_are_altered_for_libreoffice() -> None:
    line = 'Private Declare PtrSafe Function A Lib "b" () As Long: Const C = vbObjectError + 1'
    assert vba.altered(line, ()) == 'Private Declare Function A Lib "b" () As Long: Const C = -2147221504 + 1'
