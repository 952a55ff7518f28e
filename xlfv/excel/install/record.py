"""What was installed, noted so that it can be taken away again: which add-in, and which folders had to be made."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from xlfv.excel.install import places
from xlfv.excel.install.machine import Machine


@dataclass(frozen=True)
class Record:
    """One install.

    Attributes:
        version: of the package.
        addin: the copy of the add-in; empty where nothing is noted.
        folders: folders that were not there before, outermost first.
    """

    version: str = ""
    addin: str = ""
    folders: tuple[str, ...] = ()

    def encoded(self) -> bytes:
        """The file's content."""
        return json.dumps(asdict(self), indent=1).encode()


def read_record(machine: Machine) -> Record:
    """What the last install noted; an empty record where there is none that can be read."""
    try:
        found = json.loads(places.record_file(machine).read_text(encoding="utf-8"))
        return Record(str(found["version"]), str(found["addin"]), tuple(map(str, found["folders"])))
    except (OSError, ValueError, KeyError, TypeError):
        return Record()
