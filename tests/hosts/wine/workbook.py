"""A small open workbook for buttons to look at, served to COM by this process as Excel serves one. Windows Python only.

It has what reading needs: sheets, names (none), ranges with values and formulas, and a selected cell. Whatever else is
asked of it fails, as it does in an Excel that lacks it.
"""

from __future__ import annotations

import ctypes
import os
import tempfile
from typing import Any

import pythoncom
import pywintypes
from win32com.server import policy, util

from xlfv.excel.codec import cell_name

_LIBRARY = "{9A1B2C3D-0001-4000-8000-000000000001}"
_WORKBOOK = "{000208DA-0000-0000-C000-000000000046}"  # Excel's own id of a workbook's interface
_SYS_WIN64 = 3


class _Policy(policy.DesignatedWrapPolicy):
    """Objects that say which of Excel's interfaces they are, and whose default member is ``Item``."""

    def _GetTypeInfoCount_(self) -> int:  # noqa: N802
        return 1

    def _GetTypeInfo_(self, index: int, lcid: int) -> Any:  # noqa: N802
        return 0, _type()

    def _invokeex_(self, dispid: int, lcid: int, flags: int, args: Any, kwargs: Any, provider: Any) -> Any:
        if dispid == pythoncom.DISPID_VALUE:
            return self._obj_.Item(*args)
        return super()._invokeex_(dispid, lcid, flags, args, kwargs, provider)


def _type(made: list[Any] = []) -> Any:  # noqa: B006 - made once
    """A description of the interface, which the server asks every object for."""
    if not made:
        path = os.path.join(tempfile.mkdtemp(), "workbook.tlb")
        library = pythoncom.CreateTypeLib2(_SYS_WIN64, path)
        library.SetGuid(pywintypes.IID(_LIBRARY))
        library.SetName("Workbooks")
        described = library.CreateTypeInfo("_Workbook", pythoncom.TKIND_DISPATCH)
        described.SetGuid(pywintypes.IID(_WORKBOOK))
        described.LayOut()
        library.SaveAllChanges()
        made.append(pythoncom.LoadTypeLib(path).GetTypeInfo(0))
    return made[0]


class _Object:
    """A member of the workbook; attributes and methods are named as Excel names them."""

    _public_methods_: tuple[str, ...] = ()
    _public_attrs_: tuple[str, ...] = ()

    def served(self) -> Any:
        """As COM hands it out."""
        return util.wrap(self, usePolicy=_Policy)


class Workbook(_Object):
    """The workbook.

    Args:
        name: of the file.
        cells: its sheets; of each cell, by row and column from 1, the formula or constant and the value.
    """

    _public_attrs_ = ("Name", "FullName", "Path", "Application", "Worksheets", "Sheets", "Names")

    def __init__(self, name: str, cells: dict[str, dict[tuple[int, int], tuple[str, Any]]]) -> None:
        self.Name = name
        self.Path = "C:\\Books"
        self.FullName = f"{self.Path}\\{name}"
        self.sheets = [_Sheet(self, sheet, held) for sheet, held in cells.items()]
        self.app = _Application()
        self.Names = _Members([]).served()

    def select(self, sheet: str, row: int, column: int) -> None:
        """Select a cell."""
        found = next(each for each in self.sheets if each.Name == sheet)
        self.app.selected = _Range(found, row, column, 1, 1)

    @property
    def Application(self) -> Any:  # noqa: N802
        return self.app.served()

    @property
    def Worksheets(self) -> Any:  # noqa: N802
        return _Members(self.sheets).served()

    Sheets = Worksheets


class _Application(_Object):
    _public_attrs_ = ("Name", "Version", "Hwnd", "Selection")
    Name, Version = "Microsoft Excel", "16.0"

    def __init__(self) -> None:
        self.Hwnd = ctypes.windll.user32.GetDesktopWindow()  # type: ignore[attr-defined]
        self.selected: _Object = _Picture()

    @property
    def Selection(self) -> Any:  # noqa: N802
        return self.selected.served()


class _Picture(_Object):
    _public_attrs_ = ("Name",)
    Name = "Picture 1"


class _Members(_Object):
    _public_methods_ = ("Item",)
    _public_attrs_ = ("Count", "_NewEnum")

    def __init__(self, members: list[Any]) -> None:
        self.members = members

    @property
    def Count(self) -> int:  # noqa: N802
        return len(self.members)

    def Item(self, which: Any) -> Any:  # noqa: N802
        found = [each for each in self.members if each.Name == which]
        return (found[0] if found else self.members[int(which) - 1]).served()

    def _NewEnum(self) -> Any:  # noqa: N802
        return util.NewEnum([each.served() for each in self.members])


class _Sheet(_Object):
    _public_methods_ = ("Cells", "Range")
    _public_attrs_ = ("Name", "Parent", "UsedRange", "Index")

    def __init__(self, book: Workbook, name: str, cells: dict[tuple[int, int], tuple[str, Any]]) -> None:
        self.book, self.Name, self.cells = book, name, cells
        self.Index = 1

    @property
    def Parent(self) -> Any:  # noqa: N802
        return self.book.served()

    @property
    def UsedRange(self) -> Any:  # noqa: N802
        rows, columns = zip(*self.cells, strict=True)
        return _Range(self, 1, 1, max(rows), max(columns)).served()

    def Cells(self, row: int, column: int) -> Any:  # noqa: N802
        return _Range(self, row, column, 1, 1).served()

    def Range(self, first: Any, last: Any) -> Any:  # noqa: N802
        one, other = util.unwrap(first), util.unwrap(last)
        return _Range(self, one.Row, one.Column, other.Row - one.Row + 1, other.Column - one.Column + 1).served()


class _Range(_Object):
    _public_attrs_ = (
        "Address", "Row", "Column", "Count", "Rows", "Columns", "Worksheet", "Parent", "Value2", "Formula", "Formula2",
    )  # fmt: skip

    def __init__(self, sheet: _Sheet, row: int, column: int, rows: int, columns: int) -> None:
        self.sheet, self.Row, self.Column, self.rows, self.columns = sheet, row, column, rows, columns

    @property
    def Address(self) -> str:  # noqa: N802
        return cell_name(self.Row, self.Column)

    @property
    def Count(self) -> int:  # noqa: N802
        return self.rows * self.columns

    @property
    def Rows(self) -> Any:  # noqa: N802
        return _Members([self] * self.rows).served()

    @property
    def Columns(self) -> Any:  # noqa: N802
        return _Members([self] * self.columns).served()

    @property
    def Worksheet(self) -> Any:  # noqa: N802
        return self.sheet.served()

    Parent = Worksheet

    @property
    def Value2(self) -> Any:  # noqa: N802
        return self._block(1)

    @property
    def Formula(self) -> Any:  # noqa: N802
        return self._block(0)

    Formula2 = Formula

    def _block(self, which: int) -> Any:
        """Formulas or values; lists, since pywin32 takes a tuple for several results."""
        held = self.sheet.cells
        across, blank = range(self.Column, self.Column + self.columns), ("", None)
        rows = [[held.get((row, c), blank)[which] for c in across] for row in range(self.Row, self.Row + self.rows)]
        return rows[0][0] if self.Count == 1 else rows
