"""The built add-in is what the sources build: the same members with the same bytes, and exactly our modules in it."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import olefile
import pytest
from oletools.olevba import VBA_Parser
from pyopenvba import check_file

import xlfv
from addin.builder import package, project
from addin.builder.sources import ADDIN, Module

BEHIND = {"ThisWorkbook", "Sheet1"}  # code behind the workbook and its sheet, which Excel always has


def members(path: Path) -> dict[str, bytes]:
    with ZipFile(path) as built:
        return {item.filename: built.read(item) for item in built.infolist()}


def test_the_committed_addin_is_what_the_sources_build() -> None:
    assert members(package.XLAM) == package.addin_parts(), "the add-in is old: run  python -m addin.builder"
    built = project.build(package.button_modules(), "XlfvTrust", ".xlsm")[project.PART]
    assert package.BUTTONS.read_bytes() == built, "the buttons are old: run  python -m addin.builder"


def test_another_process_builds_the_same_bytes() -> None:
    script = (
        "import hashlib; from addin.builder import package; "
        "print(hashlib.sha256(repr(package.addin_parts()).encode()).hexdigest())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ADDIN.parent,
            env={"PYTHONHASHSEED": seed, "PATH": ""},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(runs) == 1


def extracted(content: bytes, name: str) -> dict[str, str]:
    parser = VBA_Parser(name, data=content)
    return {Path(file).stem: code for _, _, file, code in parser.extract_macros()}


@pytest.mark.parametrize(
    ("content", "modules"),
    [
        (package.XLAM.read_bytes(), package.addin_modules()),
        (package.BUTTONS.read_bytes(), package.button_modules()),
    ],
    ids=["xlfv.xlam", "buttons.bin"],
)
def test_olevba_finds_exactly_our_modules(content: bytes, modules: list[Module]) -> None:
    found = extracted(content, "built")
    ours = {module.name: module for module in modules}
    assert set(found) == set(ours) | BEHIND
    for name, code in found.items():
        body = re.sub(r"^Attribute VB_\w+ = .*\r?\n", "", code, flags=re.MULTILINE)
        wanted = ours[name].text if name in ours else ""
        assert body.replace("\r\n", "\n").strip() == wanted.replace("\r\n", "\n").strip(), name


def test_excel_compiles_it_anew_as_no_compiled_code_is_kept() -> None:
    for content in (members(package.XLAM)[project.PART], package.BUTTONS.read_bytes()):
        with olefile.OleFileIO(io.BytesIO(content)) as file:
            assert file.openstream("VBA/_VBA_PROJECT").read() == project.SOURCE_ONLY


def test_the_integrity_check_of_the_writer_passes() -> None:
    report = check_file(package.XLAM)
    assert report.ok, report.issues


def test_it_is_an_addin_with_our_version_ribbon_and_icons() -> None:
    parts = members(package.XLAM)
    for name, content in parts.items():
        if name.endswith((".xml", ".rels")):
            ElementTree.fromstring(content)
    assert b"application/vnd.ms-excel.addin.macroEnabled.main+xml" in parts["[Content_Types].xml"]
    assert f"<cp:version>{xlfv.__version__}</cp:version>".encode() in parts["docProps/core.xml"]
    ribbon = parts["customUI/customUI14.xml"].decode()
    relations = parts["customUI/_rels/customUI14.xml.rels"].decode()
    for image in re.findall(r'image="(\w+)"', ribbon):
        assert f'Id="{image}"' in relations
        assert parts[f"customUI/images/{image}.png"].startswith(b"\x89PNG")
    assert 'label="Trust valuation"' in ribbon


def test_the_ribbon_calls_a_procedure_that_is_there_and_buttons_that_python_knows() -> None:
    from xlfv.excel import macros

    ribbon = (ADDIN / "ribbon.xml").read_text()
    assert set(re.findall(r'onAction="(\w+)"', ribbon)) == {"XlfvOnAction"}
    assert "Public Sub XlfvOnAction(" in (ADDIN / "vba" / "XlfvRibbon.bas").read_text()
    assert set(re.findall(r'<button id="(\w+)"', ribbon)) == set(macros.BUTTONS)
    assert set(re.findall(r'XlfvCall "(\w+)"', (ADDIN / "vba/buttons/XlfvButtons.bas").read_text())) == set(
        macros.BUTTONS
    )


def test_no_place_of_the_machine_that_built_it_stands_in_it() -> None:
    for content in members(package.XLAM).values():
        for place in (ADDIN.parent, Path.home()):
            assert str(place).encode() not in content
