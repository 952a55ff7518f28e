"""Everything the installer and the doctor know of a machine: one record of facts and of ways to ask for more.

:func:`xlfv.excel.install.here.this_machine` gives the real one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

RegistryValue: TypeAlias = str | int | bytes


class Registry(Protocol):
    """Windows' registry, read only. A key is written ``HKCU\\Software\\...``; letters' case does not matter.

    What is not there, or may not be read, is None or empty.
    """

    def value(self, key: str, name: str) -> RegistryValue | None:
        """One value of a key; the name ``""`` is the key's own value."""

    def values(self, key: str) -> Mapping[str, RegistryValue]:
        """All values of a key by their names."""

    def keys(self, key: str) -> Sequence[str]:
        """Names of the keys below a key."""


class NoRegistry:
    """The registry of a machine that has none."""

    def value(self, key: str, name: str) -> RegistryValue | None:
        """Nothing."""
        return None

    def values(self, key: str) -> Mapping[str, RegistryValue]:
        """Nothing."""
        return {}

    def keys(self, key: str) -> Sequence[str]:
        """Nothing."""
        return ()


@dataclass(frozen=True)
class Process:
    """A running process; ``started`` is None where Windows does not tell."""

    pid: int
    parent: int
    name: str
    command: str
    started: dt.datetime | None = None


@dataclass(frozen=True)
class Python:
    """The Python that runs.

    Attributes:
        executable: its program.
        prefix: the folder of its environment.
        base: the folder of the installation below that environment (the same where there is none).
        version: ``3.11.9``.
        bits: 64 or 32.
        sandboxed: True where Windows gives it a private copy of AppData, as it does to apps of the Microsoft Store.
    """

    executable: Path
    prefix: Path
    base: Path
    version: str
    bits: int
    sandboxed: bool = False


@dataclass(frozen=True)
class Package:
    """The installed package.

    Attributes:
        version: of xlfv.
        folder: of xlfv.
        updated: when its files were last changed.
        addin: where the built xlfv.xlam is, or should be.
        xlwings: version of xlwings; empty where it is not installed.
        dlls: the libraries that xlwings brought, by bitness.
        compiled: folders in which compiled kernels are kept, one folder ``kernels-...`` for each state of the sources.
        kernels: the name of that folder for the present sources.
        handles: the folder of the handle store; None where handles are kept in memory only.
    """

    version: str
    folder: Path
    updated: dt.datetime
    addin: Path
    xlwings: str
    dlls: Mapping[int, Path]
    compiled: tuple[Path, ...]
    kernels: str
    handles: Path | None


@dataclass(frozen=True)
class Machine:
    """A machine as one user sees it.

    Attributes:
        system: ``Windows``, ``Linux`` or ``Darwin``.
        name: the system in words, ``Windows 11``.
        environment: environment variables.
        home: the user's own folder.
        python: the Python that runs.
        package: the installed package.
        ansi: codec of the code page in which VBA reads files and passes text to programs.
        registry: Windows' registry.
        network_drives: drive letters, ``H:``, that stand for a folder of another machine.
        processes: gives the running processes; raises OSError where they cannot be seen.
        importing: gives an empty text when a module can be imported, else what went wrong.
        load_library: the same for loading a DLL into this process.
        short_path: gives the 8.3 form of a path that exists; the path itself where Windows keeps none.
        run: runs a command with an environment; gives its exit code and output (of both streams).
    """

    system: str
    name: str
    environment: Mapping[str, str]
    home: Path
    python: Python
    package: Package
    ansi: str
    registry: Registry
    network_drives: frozenset[str]
    processes: Callable[[], Sequence[Process]]
    importing: Callable[[str], str]
    load_library: Callable[[Path], str]
    short_path: Callable[[Path], Path]
    run: Callable[[Sequence[str], Mapping[str, str]], tuple[int, str]]

    @property
    def is_windows(self) -> bool:
        """True where Excel can carry the add-in."""
        return self.system == "Windows"

    def variable(self, name: str) -> str:
        """An environment variable, whatever the case of its name; empty when it is not set."""
        found = {key.upper(): value for key, value in self.environment.items()}
        return found.get(name.upper(), "")
