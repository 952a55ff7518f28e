"""The Calc add-in (.oxt) of our functions, generated from their declarations.

Every function is a method that takes the calling document (Calc hands it over unasked), one ``any`` an argument, and one
more, since calls in a prepared copy say first where they stand (see :mod:`tests.hosts.libreoffice.prepare`).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import xlfv
from tests.hosts.libreoffice.names import BRIDGE, SERVICE, method, parameter
from xlfv.excel import registry
from xlfv.excel.registry import Function

PROGRAM = Path(os.environ.get("XLFV_LIBREOFFICE", "/usr/lib/libreoffice"))
COMPILER = PROGRAM / "sdk/bin/unoidl-write"
_TYPES = (PROGRAM / "program/types.rdb", PROGRAM / "program/types/offapi.rdb")
COMPONENT = Path(__file__).with_name("component.py")
ROOT = Path(__file__).resolve().parents[3]
_GRID = "sequence< sequence< any > >"
_MORE = ("more", "Filled in copies of workbooks that were prepared for LibreOffice; leave it out.")
_REGISTRY = 'xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def build(target: Path, python: tuple[int, int]) -> Path:
    """Write the add-in.

    It runs in LibreOffice's own Python, which must be of the version named, with the packages of this Python on its path.

    Raises:
        CalledProcessError: LibreOffice's IDL compiler refuses the interface.
    """
    functions = list(registry.functions().values())
    with tempfile.TemporaryDirectory(prefix="xlfv-") as scratch:
        idl, rdb = Path(scratch, "xlfv.idl"), Path(scratch, "xlfv.rdb")
        idl.write_text(interface(functions), encoding="utf-8")
        subprocess.run([COMPILER, *_TYPES, idl, rdb], check=True, capture_output=True, timeout=60)
        types = rdb.read_bytes()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as oxt:
        oxt.writestr("META-INF/manifest.xml", _manifest())
        oxt.writestr("description.xml", _description())
        oxt.writestr("xlfv.rdb", types)
        oxt.writestr("CalcAddIns.xcu", wizard(functions))
        oxt.writestr("functions.json", json.dumps(_settings(functions, python), indent=1))
        oxt.writestr("component.py", COMPONENT.read_text(encoding="utf-8"))
    return target


def interface(functions: Iterable[Function]) -> str:
    """The add-in's interface in UNO's IDL."""
    methods = []
    for f in functions:
        names = [*(arg.name for arg in f.args), _MORE[0]]
        given = ["[in] com::sun::star::beans::XPropertySet document", *(f"[in] any {parameter(n)}" for n in names)]
        methods.append(f"  {_GRID} {method(f.name)}({', '.join(given)});")
    return "module org { module xlfv { interface XXlfv {\n" + "\n".join(methods) + "\n}; }; };\n"


def wizard(functions: Iterable[Function]) -> str:
    """What Calc's function wizard shows: names, descriptions, arguments with their help."""
    nodes = "".join(_function_node(f) for f in functions)
    within = (
        f'<node oor:name="AddInInfo"><node oor:name="{SERVICE}" oor:op="replace"><node oor:name="AddInFunctions">\n'
    )
    return (
        f'{_HEAD}<oor:component-data {_REGISTRY} oor:name="CalcAddIns" oor:package="org.openoffice.Office">{within}'
        f"{nodes}</node></node></node></oor:component-data>"
    )


def _function_node(f: Function) -> str:
    arguments = [*((arg.name, arg.help) for arg in f.args), _MORE]
    given = "".join(_node(parameter(name), _shown(name, text)) for name, text in arguments)
    category = '<prop oor:name="Category"><value>Add-In</value></prop>'
    compatible = f'<prop oor:name="CompatibilityName"><value xml:lang="en-US">{f.name}</value></prop>'
    parameters = f'<node oor:name="Parameters">{given}</node>'
    return _node(method(f.name), _shown(f.name, f.what) + category + compatible + parameters) + "\n"


def _node(name: str, inside: str) -> str:
    return f'<node oor:name={quoteattr(name)} oor:op="replace">{inside}</node>'


def _shown(name: str, description: str) -> str:
    props = (("DisplayName", name), ("Description", description))
    return "".join(
        f'<prop oor:name="{key}"><value xml:lang="en-US">{escape(text)}</value></prop>' for key, text in props
    )


def _settings(functions: Iterable[Function], python: tuple[int, int]) -> dict[str, object]:
    """What the component must know before it can import anything: which Python it was built for, and where it lies."""
    packages = [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
    return {
        "python": list(python),
        "path": [str(ROOT), *packages],
        "service": SERVICE,
        "bridge": BRIDGE,
        "methods": {method(f.name): f.name for f in functions},
    }


def _manifest() -> str:
    types = {
        "xlfv.rdb": "application/vnd.sun.star.uno-typelibrary;type=RDB",
        "component.py": "application/vnd.sun.star.uno-component;type=Python",
        "CalcAddIns.xcu": "application/vnd.sun.star.configuration-data",
    }
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="{kind}"/>'
        for name, kind in types.items()
    )
    within = 'xmlns:manifest="http://openoffice.org/2001/manifest"'
    return f"{_HEAD}<manifest:manifest {within}>{entries}</manifest:manifest>"


def _description() -> str:
    within = 'xmlns="http://openoffice.org/extensions/description/2006"'
    parts = f'<identifier value="org.xlfv.calcaddin"/><version value="{xlfv.__version__}"/>'
    return f"{_HEAD}<description {within}>{parts}</description>"
