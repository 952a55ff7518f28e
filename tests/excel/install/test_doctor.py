"""Every check of the doctor is seen to pass and to fail, on machines made for it."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.excel.install.machines import (
    EXCEL,
    KERNELS,
    OFFICE,
    POLICY,
    SHELL,
    UPDATED,
    VERSION,
    X86,
    XLWINGS,
    addin,
    linux,
    program,
    registered,
    running,
    write,
)  # fmt: skip
from xlfv.excel.install import doctor as doctors
from xlfv.excel.install import places
from xlfv.excel.install.check_addin import as_excel_starts_it, installed_addin
from xlfv.excel.install.compiled import STAMP
from xlfv.excel.install.doctor import doctor, examine
from xlfv.excel.install.finding import Check, Finding
from xlfv.excel.install.machine import Machine, Process

SERVER = "pythonw.exe -P -B -m xlfv.excel.hosts.server {1234}"
LATER, EARLIER = UPDATED + dt.timedelta(hours=1), UPDATED - dt.timedelta(hours=1)
EXE = Process(7, 1, "EXCEL.EXE", '"C:\\Program Files\\EXCEL.EXE"', EARLIER)
ASR = r"HKLM\SOFTWARE\Policies\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR\Rules"
MANAGED = r"HKLM\SOFTWARE\Microsoft\Windows Defender\Policy Manager"
PACKAGES = (
    r"HKCU\Software\Classes\Local Settings\Software\Microsoft\Windows\CurrentVersion\AppModel\Repository\Packages"
)
CHILDREN, CALLS = "D4F940AB-401B-4EFC-AADC-AD5F3C50688A", "92e97fa1-2edf-4476-bdd6-9dd0b4dddc7b"
COMMON = r"HKCU\Software\Microsoft\Office\16.0\Common\General"
DISABLED = {"1F2E": bytes(11) + "c:\\users\\zoe\\xlstart\\xlfv.xlam\0xlfv\0".encode("utf-16-le")}
MACROS_OFF, NO_TRUST = (rf"{POLICY}\Excel\Security", {"VBAWarnings": 4}), {"AllLocationsDisabled": 1}
LOCATIONS = r"Excel\Security\Trusted Locations"

Change = Callable[[Machine], Machine | None]


def python(**changes) -> Change:
    return lambda m: replace(m, python=replace(m.python, **changes))


def package(**changes) -> Change:
    return lambda m: replace(m, package=replace(m.package, **changes))


def keys(*content) -> Change:
    return lambda m: registered(m, *content)


def environment(**variables: str) -> Change:
    return lambda m: replace(m, environment={**m.environment, **variables})


def processes(*those: Process) -> Change:
    return lambda m: running(m, *those)


def failing(part: str) -> Change:
    return lambda m: replace(m, importing=lambda module: "ImportError: no such thing" if module == part else "")


def says(code: int, output: str) -> Change:
    return lambda m: replace(m, run=lambda command, environment: (code, output))


def conf(old: str, new: str) -> Change:
    def change(m: Machine) -> None:
        file = places.settings_file(m)
        content = file.read_bytes().decode(m.ansi)
        assert old in content
        file.write_bytes(content.replace(old, new).encode(m.ansi))

    return change


def file(which: Callable[[Machine], Path], content: bytes | None) -> Change:
    def change(m: Machine) -> None:
        if content is None:
            which(m).unlink()
        else:
            write(which(m), content)

    return change


def mark(m: Machine) -> Path:
    copy = installed_addin(m)
    return copy.with_name(copy.name + ":Zone.Identifier")


def source(m: Machine) -> Path:
    return m.package.addin


def dll(m: Machine) -> Path:
    return m.package.dlls[64]


def stamp(m: Machine) -> Path:
    return m.package.compiled[0] / KERNELS / "kernels_77" / STAMP


def unseen(m: Machine) -> Machine:
    def fail() -> list[Process]:
        raise OSError("access denied")

    return replace(m, processes=fail)


def onedrive_documents(m: Machine) -> Machine:
    one = environment(OneDrive=str(m.home / "OneDrive - Firm"))(m)
    return registered(one, (SHELL, {"Personal": "%OneDrive%\\Documents"}))


def xlstart_in_onedrive(m: Machine) -> Machine:
    return environment(APPDATA=str(m.home / "OneDrive" / "Roaming"))(m)


def store_is_a_file(m: Machine) -> Machine:
    return package(handles=write(m.home / "a file", b"") / "handles")(m)


def other_alternate(m: Machine) -> Machine:
    write(m.home / "start" / "xlfv.xlam", addin())
    return registered(m, (rf"{EXCEL}\Options", {"AltStartup": str(m.home / "start")}))


def one_for_everyone(m: Machine) -> Machine:
    write(m.home / "Office16" / "XLSTART" / "xlfv.xlam", addin())
    return registered(m, (rf"{OFFICE}\16.0\Excel\InstallRoot", {"Path": str(m.home / "Office16")}))


def without_compiled_file(m: Machine) -> None:
    (stamp(m).parent / "loans.roll-1.py311.nbi").unlink()


def touched_source(m: Machine) -> None:
    os.utime(m.package.folder / "kernels" / "loans.py", (1, 1))


def cyrillic(m: Machine) -> Machine:
    return environment(LocalAppData=str(m.home / "Владимир"))(m)


# title, status, words that are printed, what was changed on a healthy machine with the add-in installed
BAD: list[tuple[str, str, str, Change]] = [
    ("Package", "wrong", "is missing", file(source, None)),
    ("Package", "wrong", "of another version (0.9)", file(source, addin("0.9"))),
    ("Package", "wrong", "damaged", file(source, addin()[:100])),
    ("Python", "wrong", "Microsoft Store", python(sandboxed=True)),
    ("Python", "wrong", "Microsoft Store", python(base=Path("C:\\Program Files\\WindowsApps\\Python.3.11"))),
    ("Python", "wrong", "32-bit", python(bits=32)),
    ("Python", "wrong", "thrown away", python(prefix=Path("C:\\Users\\z\\AppData\\Local\\uv\\cache\\archive-v0\\x1"))),
    ("Python", "wrong", "thrown away", python(prefix=Path("C:\\Users\\z\\AppData\\Local\\pipx\\pipx\\Cache\\4f"))),
    ("Python", "wrong", "thrown away", lambda m: environment(TEMP=str(m.python.prefix.parent))(m)),
    ("Libraries", "wrong", "numba cannot be loaded (ImportError: no such thing)", failing("numba")),
    ("pywin32", "wrong", "pywin32 cannot be loaded", failing("pythoncom")),
    ("pywin32", "wrong", "pywin32 cannot be loaded", failing("win32com.server.policy")),
    ("xlwings DLL", "wrong", "is missing", file(dll, None)),
    ("xlwings DLL", "wrong", "is missing", package(dlls={})),
    ("xlwings DLL", "wrong", "does not belong to xlwings 0.40", package(xlwings="0.40")),
    ("xlwings DLL", "wrong", "no 64-bit DLL", file(dll, program(X86))),
    ("xlwings DLL", "wrong", "no 64-bit DLL", file(dll, b"")),
    ("xlwings DLL", "wrong", "cannot be loaded (no)", lambda m: replace(m, load_library=lambda path: "no")),
    ("Folder names", "wrong", "lacks letters", cyrillic),
    ("Folder names", "note", "short form", python(executable=Path("C:/Владимир/python.exe"))),
    ("Excel", "wrong", "no Excel", lambda m: replace(m, registry=type(m.registry)({}))),
    ("Excel", "wrong", "too old", lambda m: replace(m, registry=type(m.registry)({rf"{OFFICE}\15.0\Excel\InstallRoot": {"Path": "C:\\O"}}))),
    ("Excel edition", "wrong", "Store edition", keys((rf"{PACKAGES}\Microsoft.Office.Desktop_16051_x86__8wek", {}))),
    ("Excel edition", "wrong", "Store edition",
     keys((rf"{OFFICE}\16.0\Excel\InstallRoot", {"Path": "C:\\Program Files\\WindowsApps\\Microsoft.Office.Desktop.Excel"}))),
    ("Bitness", "note", "nothing says", keys((rf"{OFFICE}\ClickToRun\Configuration", {"Platform": ""}))),
    ("Add-in", "wrong", "not installed", file(installed_addin, None)),
    ("Add-in", "wrong", "version 1.0, the package of 1.2.3", file(installed_addin, addin("1.0"))),
    ("Add-in", "wrong", "damaged", file(installed_addin, b"PK")),
    ("Blocked file", "wrong", "coming from the web", file(mark, b"[ZoneTransfer]\r\nZoneId=3\r\n")),
    ("Second copy", "wrong", "D:\\old\\xlfv.xlam", keys((rf"{EXCEL}\Options", {"OPEN1": '/R "D:\\old\\xlfv.xlam"'}))),
    ("Second copy", "wrong", "start", other_alternate),
    ("Second copy", "wrong", "Office16", one_for_everyone),
    ("Disabled", "wrong", "disabled the add-in", keys((rf"{EXCEL}\Resiliency\DisabledItems", DISABLED))),
    ("Disabled", "wrong", "disabled the add-in", keys((rf"{EXCEL}\Resiliency\DisabledItems", {"a": b"\1" + DISABLED["1F2E"]}))),
    ("Settings", "wrong", "there is no", file(places.settings_file, None)),
    ("Settings", "wrong", "does not name: interpreter", conf("interpreter=", "python=")),
    ("Settings", "wrong", "is of xlfv 1.0", conf(f"version={VERSION}", "version=1.0")),
    ("Settings", "wrong", "a DLL that is not there", conf(f"xlwings32-{XLWINGS}", "xlwings32-0.1")),
    ("Interpreter", "wrong", "is gone", conf("pythonw.exe", "gone.exe")),
    ("Interpreter", "wrong", "says: ModuleNotFoundError: no xlfv", says(1, "Traceback\nModuleNotFoundError: no xlfv")),
    ("Interpreter", "wrong", "no output", says(0, "")),
    ("Interpreter", "wrong", "another xlfv, version 1.0 in C:\\x", says(0, "xlfv 1.0 in C:\\x")),
    ("Interpreter", "note", "another environment", says(0, f"xlfv {VERSION} in /elsewhere/xlfv")),
    ("Macros", "wrong", "VBA is switched off", keys((rf"{POLICY}\Common", {"vbaoff": 1}))),
    ("Macros", "wrong", "your firm's policy forbids all macros", keys(MACROS_OFF, (rf"{POLICY}\{LOCATIONS}", NO_TRUST))),
    ("Macros", "wrong", "Trust Center forbids macros without a signature",
     keys((rf"{EXCEL}\Security", {"VBAWarnings": 3}), (rf"HKCU\Software\Microsoft\Office\16.0\{LOCATIONS}", NO_TRUST))),
    ("Macros", "note", "asks at every start", keys((rf"{POLICY}\{LOCATIONS}", NO_TRUST))),
    ("Trusted places", "wrong", "your firm's policy", keys((rf"{POLICY}\{LOCATIONS}", NO_TRUST))),
    ("Trusted places", "wrong", "Trust Center switches", keys((rf"{EXCEL}\Security\Trusted Locations", NO_TRUST))),
    ("Trusted places", "wrong", "your firm's policy",
     keys((rf"{POLICY}\Common\Security\Trusted Locations", {"allow user locations": 0}))),
    ("Add-in policy", "wrong", "forbids all add-ins", keys((rf"{POLICY}\Excel\Security", {"disablealladdins": 1}))),
    ("Add-in policy", "wrong", "to be signed", keys((rf"{POLICY}\Excel\Security", {"requireaddinsig": 1}))),
    ("Add-in policy", "wrong", "clear 'Require", keys((rf"{EXCEL}\Security", {"RequireAddinSig": 1}))),
    ("Add-in policy", "wrong", "list of allowed add-ins", keys((rf"{POLICY}\Excel\Resiliency", {"restricttolist": 1}))),
    ("Add-in policy", "wrong", "list of allowed add-ins",
     keys((rf"{POLICY}\Excel\Resiliency\AddinList", {"XLFV.xlam": "0"}))),
    ("Defender", "wrong", "start other programs", keys((ASR, {CHILDREN: "1"}))),
    ("Defender", "wrong", "call Windows", keys((MANAGED, {"ASRRules": f"{CHILDREN}=2|{CALLS}=1"}))),
    ("Start folder", "wrong", "OneDrive", xlstart_in_onedrive),
    ("Start folder", "wrong", "network", environment(APPDATA="\\\\server\\profiles\\zoe")),
    ("Start folder", "wrong", "network", environment(APPDATA="H:\\Roaming")),
    ("Start folder", "note", "told to trust",
     lambda m: environment(APPDATA="H:\\Roaming")(keys((rf"{POLICY}\{LOCATIONS}", {"AllowNetworkLocations": 1}))(m))),
    ("Documents", "note", "OneDrive", onedrive_documents),
    ("Server", "wrong", "began before", lambda m: running(m, EXE, Process(9, 7, "pythonw.exe", f"{m.python.prefix}\\{SERVER}", EARLIER))),
    ("Server", "wrong", "another Python", processes(EXE, Process(9, 7, "pythonw.exe", f"D:\\other\\{SERVER}", LATER))),
    ("Server", "wrong", "without Excel", lambda m: running(m, ours(m))),
    ("Server", "note", "cannot be seen (access denied)", unseen),
    ("Kernels", "note", "not all compiled", file(stamp, None)),
    ("Kernels", "note", "only in part", without_compiled_file),
    ("Kernels", "note", "only in part", file(stamp, b"{")),
    ("Kernels", "note", "another state of: sources", touched_source),
    ("Handle store", "wrong", "cannot be written", store_is_a_file),
    ("Handle store", "note", "in memory only", package(handles=None)),
]  # fmt: skip

# titles that stay fine, and what is said, where something is unusual but right
GOOD: list[tuple[str, str, Change]] = [
    ("Python", "64-bit", python(prefix=Path("C:\\Users\\z\\AppData\\Roaming\\uv\\tools\\xlfv"))),
    ("Python", "64-bit", python(prefix=Path("C:\\Users\\z\\AppData\\Local\\pipx\\pipx\\venvs\\xlfv"))),
    ("Python", "64-bit", python(base=Path("C:\\Users\\z\\AppData\\Local\\Python\\pythoncore-3.14-64"))),
    ("Bitness", "Excel is 32-bit, Python 64-bit: they work together",
     keys((rf"{OFFICE}\ClickToRun\Configuration", {"Platform": "x86"}))),
    ("xlwings DLL", "xlwings32", keys((rf"{OFFICE}\ClickToRun\Configuration", {"Platform": "x86"}))),
    ("Macros", "but not those in the start folder", keys(MACROS_OFF)),
    ("Macros", "blocked in workbooks", keys((rf"{POLICY}\Excel\Security", {"blockcontentexecutionfrominternet": 1}))),
    ("Trusted places", "the start folder is trusted",
     keys((rf"{POLICY}\Common\Security\Trusted Locations", {"Allow User Locations": 0}),
          (rf"{POLICY}\{LOCATIONS}\Location3", {"Path": "%APPDATA%\\Microsoft\\Excel\\"}))),
    ("Add-in policy", "allowed", keys((rf"{POLICY}\Excel\Resiliency", {"restricttolist": 1}),
                                      (rf"{POLICY}\Excel\Resiliency\AddinList", {"xlfv.xlam": "1"}))),
    ("Defender", "no rule", keys((ASR, {CHILDREN: "2"}), (MANAGED, {"ASRRules": f"{CALLS}=6"}))),
    ("Disabled", "has not", keys((rf"{EXCEL}\Resiliency\DisabledItems", {"a": "other.xlam".encode("utf-16-le")}))),
    ("Blocked file", "not marked", file(mark, b"[ZoneTransfer]\r\nZoneId=0\r\n")),
    ("Second copy", "once", lambda m: registered(m, (rf"{EXCEL}\Options", {"OPEN": f'/R "{installed_addin(m)}"'}))),
    ("Server", "running, process 9", lambda m: running(m, EXE, ours(m))),
    ("Server", "running, process 11",
     lambda m: running(m, EXE, Process(8, 7, "cmd.exe", f'cmd.exe /K ""{m.python.prefix}\\Scripts\\{SERVER}"', EARLIER),
                       ours(m), Process(11, 9, "pythonw.exe", f"C:\\Python311\\{SERVER}", LATER))),
]  # fmt: skip


def ours(m: Machine) -> Process:
    """The server of this environment."""
    return Process(9, 7, "pythonw.exe", f'"{m.python.executable.with_name("pythonw.exe")}" {SERVER}', LATER)


def found(machine: Machine, title: str) -> Finding:
    return dict(examine(machine, doctors.WINDOWS))[title]


def test_a_healthy_machine_passes_every_check(installed, page):
    findings = examine(installed, doctors.WINDOWS)
    assert [title for title, _ in findings] == [check.title for check in doctors.WINDOWS]
    assert {finding.status for _, finding in findings} == {"ok"}, findings
    assert doctor(installed, page.console) == 0
    assert "All is well." in page.text


@pytest.mark.parametrize(("title", "status", "words", "change"), BAD, ids=[f"{row[0]}-{row[2]}" for row in BAD])
def test_a_check_fails_where_its_fault_is(installed, title, status, words, change):
    finding = found(change(installed) or installed, title)
    assert finding.status == status
    assert words in finding.what + finding.todo
    assert finding.todo or status == "note"


@pytest.mark.parametrize(("title", "words", "change"), GOOD, ids=[f"{row[0]}-{row[1]}" for row in GOOD])
def test_a_check_passes_what_is_unusual_but_right(installed, title, words, change):
    finding = found(change(installed) or installed, title)
    assert finding.status == "ok"
    assert words in finding.what


def test_every_check_was_seen_to_fail():
    assert {row[0] for row in BAD} == {check.title for check in doctors.WINDOWS}


def test_the_exit_code_is_one_when_anything_is_wrong_and_a_note_is_nothing_wrong(installed, page):
    assert doctor(package(handles=None)(installed), page.console) == 0
    assert doctor(failing("numba")(installed), page.console) == 1
    assert "1 thing is wrong" in page.text


def test_a_machine_without_the_addin_is_told_to_install_it(machine, page):
    assert doctor(machine, page.console) == 1
    assert "not installed" in page.words
    assert "-> run: xlfv install" in page.words


def test_a_check_that_breaks_hides_no_other(installed, page, monkeypatch):
    def breaks(machine: Machine) -> Finding:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(doctors, "WINDOWS", (Check("Odd", breaks), *doctors.WINDOWS))
    assert doctor(installed, page.console) == 1
    assert "this check failed: ZeroDivisionError: oh" in page.words
    assert "Handle store" in page.text


def test_the_report_fits_eighty_columns_and_says_what_to_do_below_what_is_wrong(installed, page):
    doctor(failing("pythoncom")(cyrillic(installed)), page.console)
    lines = page.text.splitlines()
    assert max(map(len, lines)) <= 80
    wrongs = [k for k, line in enumerate(lines) if line.startswith("WRONG")]
    assert wrongs
    for k in wrongs:
        assert any(line.strip().startswith("->") for line in lines[k + 1 : k + 5])


def test_brackets_in_a_path_are_printed_as_they_are(installed, page):
    doctor(package(addin=installed.home / "[bold]x" / "xlfv.xlam")(installed), page.console)
    assert "[bold]x" in page.words.replace(" ", "")


def test_the_interpreter_is_asked_as_excel_starts_it(installed):
    asked: list[tuple[list[str], dict[str, str]]] = []
    active = environment(VIRTUAL_ENV="/v", CONDA_PREFIX="/c", PATH=os.pathsep.join(["/v/bin", "/c", "/usr/bin"]))(
        installed
    )
    found(replace(active, run=lambda command, env: asked.append((list(command), dict(env))) or (0, "")), "Interpreter")
    ((command, env),) = asked
    assert command[:3] == [str(installed.python.executable.with_name("pythonw.exe")), "-P", "-B"]
    assert env["PATH"] == "/usr/bin"
    assert not {"VIRTUAL_ENV", "CONDA_PREFIX"} & set(env)
    assert as_excel_starts_it(installed) == dict(installed.environment)


def test_the_store_is_examined_without_a_trace(installed):
    before = installed.package.handles.exists()
    assert found(installed, "Handle store").status == "ok"
    assert installed.package.handles.exists() == before is False


def test_elsewhere_only_what_makes_sense_is_checked(tmp_path, page):
    machine = linux(tmp_path)
    assert doctor(machine, page.console) == 0
    assert "needs Excel on Windows" in page.words
    for title in ("Libraries", "Kernels", "Handle store"):
        assert title in page.text
    assert "Macros" not in page.text
    assert doctor(store_is_a_file(machine), page.console) == 1


def test_a_stamp_of_another_compiler_does_not_count(installed):
    noted = json.loads(stamp(installed).read_text())
    noted["facts"]["numba"] = "0.1"
    stamp(installed).write_text(json.dumps(noted))
    assert "another state of: numba" in found(installed, "Kernels").what
