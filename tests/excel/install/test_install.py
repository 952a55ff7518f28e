"""xlfv install: what it writes, that it is all or nothing, and what it says."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.excel.install.machines import VERSION, XLWINGS, addin, linux, registered, running, tree, windows, write
from tests.excel.install.test_doctor import COMMON, DISABLED, EXCEL, EXE, environment, failing, package, python
from xlfv.excel.install import install as installing
from xlfv.excel.install import places
from xlfv.excel.install.check_addin import installed_addin
from xlfv.excel.install.doctor import WINDOWS, examine
from xlfv.excel.install.install import install
from xlfv.excel.install.settings import read_settings, settings_for
from xlfv.excel.install.warm import Warmed
from xlfv.tables import Refused

MARKED = "xlfv.xlam:Zone.Identifier"


def refusal(machine, console) -> str:
    with pytest.raises(Refused) as refused:
        install(machine, console, compiling=False)
    return str(refused.value)


def holding(monkeypatch, name: str, problem: OSError | None = None) -> None:
    """Nobody can put a file of that name in place, as when Excel holds it."""
    move = os.replace

    def refuse(source, target):
        if Path(target).name == name:
            raise problem or PermissionError(13, "The process cannot access the file", str(target))
        move(source, target)

    monkeypatch.setattr(os, "replace", refuse)


def test_the_addin_and_its_settings_are_written(machine, page):
    assert install(machine, page.console, compiling=False) == 0
    roaming, local = machine.home / "AppData/Roaming", machine.home / "AppData/Local"
    assert (roaming / "Microsoft/Excel/XLSTART/xlfv.xlam").read_bytes() == machine.package.addin.read_bytes()
    env = machine.python.prefix
    assert (local / "xlfv/xlfv.conf").read_bytes().decode("cp1252") == (
        f"interpreter={env}/Scripts/pythonw.exe\r\n"
        f"dll64={env}/xlwings64-{XLWINGS}.dll\r\n"
        f"dll32={env}/xlwings32-{XLWINGS}.dll\r\n"
        f"version={VERSION}\r\n"
    )


def test_nothing_else_is_written(machine, page, tmp_path):
    before = set(tree(tmp_path))
    install(machine, page.console, compiling=False)
    new = {path for path in set(tree(tmp_path)) - before if (tmp_path / path).is_file()}
    assert {Path(path).name for path in new} == {"xlfv.xlam", "xlfv.conf", "installed.json"}


def test_it_says_what_it_did_and_what_to_do_next(machine, page):
    install(machine, page.console, compiling=False)
    assert f"xlfv {VERSION} is installed for Excel." in page.text
    assert "Start Excel and type =XLFV_ABOUT() into a cell" in page.words
    assert "xlfv.xlam" in page.text
    assert "xlfv uninstall" in page.words
    assert max(map(len, page.text.splitlines())) <= 80


def test_installing_twice_changes_nothing_and_says_so(installed, page, tmp_path):
    before = tree(tmp_path)
    assert install(installed, page.console, compiling=False) == 0
    assert tree(tmp_path) == before
    assert "installed for Excel once more" in page.words


def test_an_older_version_is_replaced(installed, page):
    newer = replace(installed, package=replace(installed.package, version="2.0"))
    write(newer.package.addin, addin("2.0"))
    assert install(newer, page.console, compiling=False) == 0
    assert installed_addin(newer).read_bytes() == addin("2.0")
    assert "xlfv 2.0 is installed for Excel, in the place of 1.2.3" in page.words
    assert {
        finding.status
        for _, finding in examine(replace(newer, run=lambda *_: (0, f"xlfv 2.0 in {newer.package.folder}")), WINDOWS)
    } == {"ok"}


def test_a_damaged_addin_is_replaced(installed, page):
    installed_addin(installed).write_bytes(b"half a file")
    install(installed, page.console, compiling=False)
    assert installed_addin(installed).read_bytes() == addin()
    assert "in the place of a damaged one" in page.words


def test_the_mark_of_the_web_is_taken_off(machine, page):
    write(installed_addin(machine).with_name(MARKED), b"[ZoneTransfer]\r\nZoneId=3\r\n")
    install(machine, page.console, compiling=False)
    assert [path.name for path in installed_addin(machine).parent.iterdir()] == ["xlfv.xlam"]


@pytest.mark.parametrize("existing", [False, True], ids=["first time", "over an older one"])
@pytest.mark.parametrize("held", ["xlfv.xlam", "xlfv.conf", "installed.json"])
def test_a_file_that_cannot_be_written_leaves_everything_as_it_was(
    machine, page, tmp_path, monkeypatch, held, existing
):
    if existing:
        install(
            replace(
                machine,
                package=replace(machine.package, version="0.9", addin=write(tmp_path / "old.xlam", addin("0.9"))),
            ),
            page.console,
            compiling=False,
        )
    before = tree(tmp_path)
    with monkeypatch.context() as patch:
        holding(patch, held)
        message = refusal(running(machine, EXE), page.console)
    assert "Excel holds" in message
    assert "close Excel and run: xlfv install" in message
    assert tree(tmp_path) == before
    assert install(machine, page.console, compiling=False) == 0


def test_a_full_disk_is_not_blamed_on_excel(machine, page, tmp_path, monkeypatch):
    before = tree(tmp_path)
    with monkeypatch.context() as patch:
        holding(patch, "xlfv.conf", OSError(28, "No space left on device"))
        message = refusal(running(machine, EXE), page.console)
    assert "No space left on device" in message
    assert "Excel holds" not in message
    assert tree(tmp_path) == before


def test_a_file_forbidden_while_no_excel_runs_is_not_blamed_on_excel(machine, page, monkeypatch):
    holding(monkeypatch, "xlfv.xlam")
    assert "Excel holds" not in refusal(machine, page.console)


def test_an_addin_that_excel_holds_is_found_out_before_the_long_work(installed, page, monkeypatch):
    opened = Path.open

    def refuse(self, mode="r", *args, **kwargs):
        if self.name == "xlfv.xlam" and "+" in mode:
            raise PermissionError(13, "The process cannot access the file", str(self))
        return opened(self, mode, *args, **kwargs)

    monkeypatch.setattr(Path, "open", refuse)
    monkeypatch.setattr(installing, "warm", lambda tell: pytest.fail("it compiled"))
    with pytest.raises(Refused, match="close Excel"):
        install(running(installed, EXE), page.console)


def test_kernels_that_do_not_work_leave_everything_as_it_was(machine, page, tmp_path, monkeypatch):
    def fails(tell):
        raise Refused("the numerical core does not work here")

    before = tree(tmp_path)
    monkeypatch.setattr(installing, "warm", fails)
    with pytest.raises(Refused, match="numerical core"):
        install(machine, page.console)
    assert tree(tmp_path) == before


def test_kernels_are_compiled_with_a_word_about_it(machine, page, monkeypatch):
    monkeypatch.setattr(installing, "warm", lambda tell: Warmed(Path("x"), 31.2, 52))
    assert install(machine, page.console) == 0
    assert "Compiling the numerical core" in page.text
    assert "compiled in 31 s" in page.text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (python(sandboxed=True), "Microsoft Store"),
        (python(bits=32), "32-bit"),
        (failing("pythoncom"), "pywin32"),
        (package(dlls={}), "xlwings64"),
        (environment(LocalAppData="C:\\Users\\Владимир\\AppData\\Local"), "lacks letters"),
    ],
)
def test_what_cannot_work_is_not_installed(machine, page, tmp_path, change, words):
    before = tree(tmp_path)
    assert words in refusal(change(machine), page.console)
    assert tree(tmp_path) == before


def test_all_that_stands_against_it_is_said_at_once(machine, page):
    message = refusal(python(bits=32)(failing("pythoncom")(machine)), page.console)
    assert "32-bit" in message
    assert "pywin32" in message


def test_no_admin_rights_no_excel_and_no_registry_are_needed(machine, page):
    bare = replace(machine, registry=type(machine.registry)({}))
    assert install(bare, page.console, compiling=False) == 0
    assert installed_addin(bare).is_file()
    assert "no Excel for Windows was found" in page.words


def test_what_would_keep_it_from_working_is_said_at_once(machine, page):
    disabled = registered(machine, (rf"{EXCEL}\Resiliency\DisabledItems", DISABLED))
    assert install(disabled, page.console, compiling=False) == 0
    assert "But this will keep it from working" in page.words
    assert "disabled the add-in" in page.words


def test_a_healthy_machine_hears_of_nothing_wrong(machine, page):
    install(machine, page.console, compiling=False)
    assert "WRONG" not in page.text


def test_an_open_excel_must_be_started_again(machine, page):
    install(running(machine, EXE), page.console, compiling=False)
    assert "Close Excel and start it again" in page.words


@pytest.mark.parametrize(("named", "folder"), [
    ("XLOUVRIR", "AppData/Roaming/Microsoft/Excel/XLOUVRIR"), ("%START%", "start"), ("", "AppData/Roaming/Microsoft/Excel/XLSTART"),
])  # fmt: skip
def test_the_registry_may_name_another_start_folder(machine, page, named, folder):
    other = environment(START=str(machine.home / "start"))(registered(machine, (COMMON, {"Xlstart": named})))
    other = replace(other, registry=registered(machine, (COMMON, {"Xlstart": named})).registry)
    assert install(other, page.console, compiling=False) == 0
    assert (machine.home / folder / "xlfv.xlam").is_file()


def test_a_name_that_the_code_page_lacks_is_written_short(tmp_path, page):
    machine = windows(tmp_path, user="Ivan")
    far = tmp_path / "Users" / "Ivan" / "Питон" / "Scripts" / "python.exe"
    write(far, b""), write(far.with_name("pythonw.exe"), b"")
    asked = []

    def short(path: Path) -> Path:
        asked.append(path)
        return Path(str(path).replace("Питон", "3A2F~1"))

    machine = replace(machine, python=replace(machine.python, executable=far), short_path=short)
    assert install(machine, page.console, compiling=False) == 0
    settings = read_settings(places.settings_file(machine).read_bytes(), "cp1252")
    assert settings.interpreter == str(tmp_path / "Users/Ivan/3A2F~1/Scripts/pythonw.exe")
    assert asked == [far.parent] * len(asked)  # the file keeps its name: VBA asks for the DLL by it


def test_a_name_without_a_short_form_is_refused(machine, page, tmp_path):
    far = write(tmp_path / "Питон" / "python.exe", b"")
    message = refusal(python(executable=far)(machine), page.console)
    assert "no letters of that name" in message


def test_accents_and_spaces_are_written_as_the_code_page_has_them(machine, page):
    install(machine, page.console, compiling=False)
    assert "Zoë Müller".encode("cp1252") in places.settings_file(machine).read_bytes()
    assert settings_for(machine) == read_settings(places.settings_file(machine).read_bytes(), "cp1252")


def test_a_python_without_a_windowless_program_is_taken_as_it_is(machine, page):
    machine.python.executable.with_name("pythonw.exe").unlink()
    install(machine, page.console, compiling=False)
    assert settings_for(machine).interpreter.endswith("python.exe")


@pytest.mark.parametrize(("system", "words"), [("Linux", "this is Linux"), ("Darwin", "this is a Mac")])
def test_elsewhere_nothing_is_installed_and_what_works_is_said(tmp_path, page, system, words):
    machine = replace(linux(tmp_path), system=system)
    before = tree(tmp_path)
    assert install(machine, page.console) == 1
    assert tree(tmp_path) == before
    for each in (words, "Nothing was installed", "xlfv refresh", "headless", "LibreOffice"):
        assert each in page.text
    assert max(map(len, page.text.splitlines())) <= 80
