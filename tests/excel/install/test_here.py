"""The facts of this machine, and the parts that speak to Windows with a made-up Windows behind them."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import os
import sys
import types
from pathlib import Path

import pytest

import xlfv
from tests.excel.install.machines import (
    SHELL,
    VERSION,
    X64,
    X86,
    addin,
    environment_of,
    program,
    registered,
    windows,
    write,
)
from xlfv.excel.install import addin_file, here, office, places
from xlfv.excel.install import windows as real
from xlfv.excel.install.check_addin import check_interpreter, installed_settings
from xlfv.excel.install.settings import Settings, is_plain, read_settings

ROOT = Path(__file__).resolve().parents[3]


def test_this_machine_knows_its_python_and_package():
    machine = here.this_machine()
    assert machine.python.executable == Path(sys.executable)
    assert machine.python.bits == 64
    assert machine.package.version == xlfv.__version__
    assert (machine.package.folder / "cli.py").is_file()
    assert machine.package.xlwings
    assert machine.package.updated > dt.datetime(2020, 1, 1)
    assert machine.importing("json") == ""
    assert "No module named 'nowhere'" in machine.importing("nowhere")


def test_the_addin_of_the_package_is_found_in_a_clone_or_installed():
    package = here.this_package()
    if not package.addin.is_file():
        pytest.fail(f"the built add-in is not at {package.addin}")
    assert addin_file.version_of(package.addin.read_bytes()) == xlfv.__version__


def test_a_command_is_run_and_one_that_is_not_there_is_told():
    assert here.run([sys.executable, "-c", "print('Zoë')"], os.environ) == (0, f"Zoë{os.linesep}")
    code, words = here.run(["/nowhere/python"], {})
    assert code == -1
    assert "nowhere" in words


def test_the_real_interpreter_is_asked_and_answers(tmp_path, monkeypatch):
    machine = here.this_machine()
    monkeypatch.setattr(here.store, "default_folder", lambda: None)
    made = environment_of(machine, {**os.environ, "LOCALAPPDATA": str(tmp_path), "PYTHONPATH": str(ROOT)})
    write(places.settings_file(made), Settings(sys.executable, "", "", xlfv.__version__).encoded("utf-8"))
    finding = check_interpreter(made)
    assert finding is not None
    assert finding.status == "ok", finding
    write(places.settings_file(made), Settings("/bin/false", "", "", xlfv.__version__).encoded("utf-8"))
    failed = check_interpreter(made)
    assert failed is not None
    assert failed.status == "wrong"


@pytest.mark.parametrize("place", ["venv", "user", "embedded"])
def test_the_dlls_are_found_where_pip_put_them(tmp_path, monkeypatch, place):
    """pip puts them two folders above the packages: in the environment, or in the user's folder; else beside Python."""
    site = tmp_path / "Python" / "Lib" / "site-packages"
    names = [f"xlwings{bits}-9.9.dll" for bits in (64, 32)]
    noted = [Path("..", "..", name) for name in names] if place != "embedded" else []
    distribution = types.SimpleNamespace(version="9.9", files=noted, locate_file=lambda path: site / path)
    monkeypatch.setattr(importlib.metadata, "distribution", lambda name: distribution)
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "9.9")
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ("Python" if place == "embedded" else "base")))
    assert here._dlls() == {}
    there = {bits: write(tmp_path / "Python" / name, b"") for bits, name in zip((64, 32), names, strict=True)}
    site.mkdir(parents=True)
    assert here._dlls() == there


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        (b"interpreter=C:\\a b\\p.exe\r\nversion=1\r\n", Settings("C:\\a b\\p.exe", "", "", "1")),
        (b"; a remark\nDLL64 = x=y.dll \nodd\n\nother=1", Settings("", "x=y.dll", "", "")),
        (b"", Settings()),
    ],
)
def test_settings_are_read_whatever_stands_between_them(text, settings):
    assert read_settings(text, "cp1252") == settings


def test_settings_survive_their_file():
    settings = Settings("C:\\Zoë\\p.exe", "C:\\64.dll", "C:\\32.dll", "1.0")
    assert read_settings(settings.encoded("cp1252"), "cp1252") == settings
    assert not is_plain("Владимир", "cp1252")
    assert is_plain("Владимир", "cp1251")


def test_no_settings_where_there_is_no_file(tmp_path):
    assert installed_settings(windows(tmp_path)) is None


@pytest.mark.parametrize(
    ("content", "version"), [(addin(), VERSION), (addin("1.0rc1"), "1.0rc1"), (b"", ""), (b"PK\3\4", "")]
)
def test_the_version_of_an_addin(content, version):
    assert addin_file.version_of(content) == version


@pytest.mark.parametrize(
    ("content", "bits"), [(program(X64), 64), (program(X86), 32), (program(0x1C0), None), (b"MZ", None)]
)
def test_the_bitness_of_a_program(tmp_path, content, bits):
    assert office.program_bits(write(tmp_path / "a.dll", content)) == bits
    assert office.program_bits(tmp_path / "not there.dll") is None


def test_excels_own_program_is_believed_before_the_registry(tmp_path):
    machine = windows(tmp_path)
    folder = write(tmp_path / "Office16" / "EXCEL.EXE", program(X86)).parent
    key = rf"{office._HOME}\16.0\Excel\InstallRoot"
    found = office.find_office(registered(machine, (key, {"Path": str(folder)})))
    assert found is not None
    assert found.bits == 32


@pytest.mark.parametrize(
    ("path", "cloud", "network"),
    [
        ("C:\\Users\\z\\OneDrive\\Documents", True, False),
        ("C:\\Users\\z\\OneDrive - Firm Inc\\Documents", True, False),
        ("D:\\cloud\\x", True, False),
        ("C:\\OneDriver\\x", False, False),
        ("\\\\server\\share\\x", False, True),
        ("h:\\x", False, True),
        ("C:\\x", False, False),
    ],
)
def test_folders_that_are_not_what_they_seem(tmp_path, path, cloud, network):
    machine = environment_of(windows(tmp_path), {"OneDriveCommercial": "D:\\cloud"})
    assert places.in_onedrive(machine, path) == cloud
    assert places.on_network(machine, path) == network


def test_documents_may_be_named_in_the_registry(tmp_path):
    machine = windows(tmp_path)
    assert places.documents(machine) == machine.home / "Documents"
    named = registered(
        environment_of(machine, {"UserProfile": "C:\\Users\\z"}), (SHELL, {"Personal": "%USERPROFILE%\\Own"})
    )
    assert places.documents(named) == Path("C:\\Users\\z\\Own")


class MadeUpWinreg(types.SimpleNamespace):
    """Python's winreg over a dictionary."""

    HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE, KEY_READ, KEY_WOW64_64KEY = 1, 2, 8, 256

    class Key:
        def __init__(self, values, below):
            self.values, self.below = values, below

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

    def OpenKey(self, root, path, reserved, access):  # noqa: N802
        assert (reserved, access) == (0, 8 | 256)
        if (root, path) not in self.content:
            raise FileNotFoundError(2, "no such key")
        below = [
            each.rpartition("\\")[2]
            for place, each in self.content
            if place == root and each.rpartition("\\")[0] == path
        ]
        return self.Key(self.content[root, path], below)

    def QueryValueEx(self, key, name):  # noqa: N802
        if name not in key.values:
            raise FileNotFoundError(2, "no such value")
        return key.values[name], 1

    def QueryInfoKey(self, key):  # noqa: N802
        return len(key.below), len(key.values), 0

    def EnumValue(self, key, k):  # noqa: N802
        return (*list(key.values.items())[k], 1)

    def EnumKey(self, key, k):  # noqa: N802
        return key.below[k]


def test_the_real_registry_reader(monkeypatch):
    content = {(1, "Software\\X"): {"text": "a", "number": 3, "bytes": b"b", "list": ["no"]}, (1, "Software\\X\\Y"): {}}
    monkeypatch.setitem(sys.modules, "winreg", MadeUpWinreg(content=content))
    registry = real.WindowsRegistry()
    assert registry.value("HKCU\\Software\\X", "text") == "a"
    assert registry.value("HKCU\\Software\\X", "list") is None
    assert registry.value("HKCU\\Software\\X", "gone") is None
    assert registry.value("HKLM\\Software\\X", "text") is None
    assert registry.values("HKCU\\Software\\X") == {"text": "a", "number": 3, "bytes": b"b"}
    assert registry.keys("HKCU\\Software\\X") == ["Y"]
    assert registry.values("HKCU\\nowhere") == {}
    assert registry.keys("HKCU\\nowhere") == []


class MadeUpRow:
    """A process as the management service gives it; it may lack properties."""

    def __init__(self, **values):
        self.Properties_ = types.SimpleNamespace(Item=lambda name: types.SimpleNamespace(Value=values[name]))


def listing(monkeypatch, *rows):
    service = types.SimpleNamespace(ExecQuery=lambda query: rows)
    client = types.SimpleNamespace(GetObject=lambda name: service if name == "winmgmts:" else None)
    monkeypatch.setitem(sys.modules, "win32com.client", client)


def test_the_real_process_list(monkeypatch):
    told = {"ParentProcessId": 1, "Name": "a.exe", "CommandLine": None, "CreationDate": "20240131093015.5+060"}
    listing(
        monkeypatch, MadeUpRow(ProcessId=os.getpid(), **told), MadeUpRow(ProcessId=6, Name="b.exe", CommandLine="b x")
    )
    first, second = real.processes()
    assert (first.parent, first.command, first.started) == (1, "", dt.datetime(2024, 1, 31, 9, 30, 15))
    assert (second.pid, second.parent, second.command, second.started) == (6, 0, "b x", None)


def test_a_process_list_that_lacks_this_process_is_none(monkeypatch):
    listing(monkeypatch, MadeUpRow(ProcessId=-1, Name="a.exe"))
    with pytest.raises(OSError, match="does not list"):
        real.processes()
    monkeypatch.setitem(sys.modules, "win32com.client", None)
    with pytest.raises(OSError, match="win32com"):
        real.processes()
