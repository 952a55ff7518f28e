"""The add-in as Excel loads it: a package with the VBA project, the ribbon and its icons."""

from __future__ import annotations

import io
import re
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import xlfv
from addin.builder import functions, project, sources
from addin.builder.sources import ADDIN, Module

XLAM = ADDIN / "xlfv.xlam"
BUTTONS = ADDIN / "buttons.bin"
_RIBBON = "customUI/customUI14.xml"
_EXTENSIBILITY = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
_IMAGE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>xlfv</dc:title>'
    "<dc:description>Fair value of mortgage securitization trusts</dc:description>"
    f"<cp:version>{xlfv.__version__}</cp:version></cp:coreProperties>"
)


def addin_modules() -> list[Module]:
    """The modules of the add-in."""
    return [*sources.read(ADDIN / "vba"), functions.generate()]


def button_modules() -> list[Module]:
    """The modules of the valuation workbook."""
    return sources.read(ADDIN / "vba" / "buttons")


def addin_parts() -> dict[str, bytes]:
    """The parts of xlfv.xlam."""
    parts = project.build(addin_modules(), "xlfv", ".xlam")
    icons = sorted((ADDIN / "icons").glob("*.png"))
    parts["docProps/core.xml"] = (_HEAD + _CORE).encode()
    parts["_rels/.rels"] = _added(
        parts["_rels/.rels"], "</Relationships>", _relation("xlfvRibbon", _EXTENSIBILITY, _RIBBON)
    )
    parts["[Content_Types].xml"] = _added(
        parts["[Content_Types].xml"], "</Types>", '<Default Extension="png" ContentType="image/png"/>'
    )
    parts[_RIBBON] = (ADDIN / "ribbon.xml").read_bytes().replace(b"\r\n", b"\n")
    pictures = "".join(_relation(icon.stem, _IMAGE, f"images/{icon.name}") for icon in icons)
    parts["customUI/_rels/customUI14.xml.rels"] = (
        f'{_HEAD}<Relationships xmlns="{_RELATIONS}">{pictures}</Relationships>'.encode()
    )
    return parts | {f"customUI/images/{icon.name}": icon.read_bytes() for icon in icons}


def _relation(name: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{name}" Type="{kind}" Target="{target}"/>'


def _added(part: bytes, end: str, element: str) -> bytes:
    text = part.decode()
    if text.count(end) != 1:
        raise ValueError(f"a part without {end}")
    return re.sub(re.escape(end), lambda match: element + match[0], text).encode()


def zipped(parts: dict[str, bytes]) -> bytes:
    """A package of parts, the same bytes for the same parts (and the same zlib)."""
    target = io.BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, ZIP_DEFLATED)
    return target.getvalue()


def write() -> None:
    """Write xlfv.xlam, and the VBA project of the valuation workbook."""
    XLAM.write_bytes(zipped(addin_parts()))
    BUTTONS.write_bytes(project.build(button_modules(), "XlfvTrust", ".xlsm")[project.PART])
