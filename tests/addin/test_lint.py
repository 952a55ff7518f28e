"""A linter that knows Excel's object model finds nothing in our VBA; broken code is seen to fail."""

from __future__ import annotations

import pytest
from pyvbaanalysis import analyze_loose_files, analyze_office_file

from addin.builder import package
from addin.builder.sources import Module


def findings(modules: list[Module], folder: object) -> list[str]:
    """What the linter says of modules as files."""
    files = []
    for module in modules:
        file = folder / f"{module.name}.{'bas' if module.kind == 'bas' else 'cls'}"  # type: ignore[operator]
        file.write_text(f'Attribute VB_Name = "{module.name}"\r\n{module.text}', encoding="cp1252", newline="")
        files.append(str(file))
    return [f"{name}: {p.code} {p.message}" for name, found in analyze_loose_files(files).items() for p in found]


def test_the_addin_is_clean() -> None:
    told = analyze_office_file(str(package.XLAM))
    assert {name: [p.message for p in found] for name, found in told.items() if found} == {}


def test_the_buttons_of_the_workbook_are_clean(tmp_path: object) -> None:
    assert findings(package.button_modules(), tmp_path) == []


@pytest.mark.parametrize(
    ("good", "broken"),
    [
        ("Set XlfvConnect = server", "Set XlfvConect = server"),  # a name that is not declared
        ("Setting(DLL_KEY)", "Seting(DLL_KEY)"),  # a procedure that is not there
        ("End Function", "End Functoin"),
        ("Private Declare PtrSafe", "Private Declare"),  # 64-bit Excel refuses it
    ],
)
def test_a_broken_module_is_found(good: str, broken: str, tmp_path: object) -> None:
    modules = {module.name: module for module in package.addin_modules()}
    bridge = modules["XlfvBridge"]
    assert good in bridge.text
    modules["XlfvBridge"] = Module(bridge.name, bridge.kind, bridge.text.replace(good, broken))
    assert findings(list(modules.values()), tmp_path)
