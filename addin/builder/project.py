"""VBA projects: modules put into a package of Excel's own making, source only, so that Excel compiles them itself."""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Iterable
from pathlib import Path
from zipfile import ZipFile

from pyopenvba import ExcelFile, VBAModuleKind
from pyopenvba.cfb import CFB
from pyopenvba.vba import compress, decompress

from addin.builder.sources import Module

PART = "xl/vbaProject.bin"
SOURCE_ONLY = bytes.fromhex("cc61ffff000100")
"""The stream _VBA_PROJECT that says that no compiled code is kept (MS-OVBA 2.3.4.1), as the add-ins of xlwings have it."""
_PROJECT_NAME = 4  # record of the stream "dir"


def build(modules: Iterable[Module], name: str, suffix: str) -> dict[str, bytes]:
    """A package with a VBA project.

    Args:
        modules: what stands in it, beside the code behind its one sheet.
        name: of the project.
        suffix: ``.xlam`` or ``.xlsm``.

    Returns:
        The package's parts, by name, in order.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"package{suffix}"
        with ExcelFile.create_new(path) as package:
            project = package.vba_project()
            for module in modules:
                if module.kind == "document":
                    package.set_module(module.name, package.get_module(module.name) + module.text)
                else:
                    kind = VBAModuleKind.other if module.kind == "cls" else VBAModuleKind.standard
                    project.add_module(module.name, module.text, kind=kind)
            project.delete_module("Module1")
            package.save()
        with ZipFile(path) as made:
            parts = {item.filename: made.read(item) for item in made.infolist()}
    parts[PART] = _finished(parts[PART], name)
    return parts


def _finished(content: bytes, name: str) -> bytes:
    """The project without compiled code, under its own name."""
    file = CFB.from_bytes(content)
    file.write_stream_in_storage("VBA", "_VBA_PROJECT", SOURCE_ONLY)
    file.write_stream_in_storage(
        "VBA", "dir", compress(_renamed(decompress(file.get_stream_in_storage("VBA", "dir")), name))
    )
    lines = file.get_stream("PROJECT").decode("cp1252").split("\r\n")
    lines = [f'Name="{name}"' if line.startswith("Name=") else line for line in lines]
    file.write_stream("PROJECT", "\r\n".join(lines).encode("cp1252"))
    return file.to_bytes()


def _renamed(directory: bytes, name: str) -> bytes:
    """The stream "dir" with another project name."""
    at = 0
    while True:
        record, size = struct.unpack_from("<HI", directory, at)
        if record == _PROJECT_NAME:
            break
        at += 6 + size
    content = name.encode("cp1252")
    return directory[:at] + struct.pack("<HI", _PROJECT_NAME, len(content)) + content + directory[at + 6 + size :]
