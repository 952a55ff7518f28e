"""The generated VBA module: one wrapper a function, and its help for the function wizard."""

from __future__ import annotations

import textwrap

import xlfv
from addin.builder.sources import Module, module
from xlfv.excel import registry
from xlfv.excel.arguments import Arg
from xlfv.excel.registry import Function

NAME = "XlfvFunctions"
CATEGORY = "Trust valuation"
_PIECE = 200  # characters of a text on one line of VBA

# Words that VBA keeps for itself; as an argument's name they get an underscore.
WORDS = frozenset([
    "and", "as", "boolean", "byref", "byte", "byval", "call", "case", "close", "const", "currency", "date",
    "debug", "declare", "dim", "do", "double", "each", "else", "elseif", "empty", "end", "enum", "eqv", "erase",
    "error", "event", "exit", "false", "for", "friend", "function", "get", "global", "gosub", "goto", "if",
    "imp", "implements", "in", "input", "integer", "is", "let", "like", "lock", "long", "loop", "lset", "me",
    "mod", "new", "next", "not", "nothing", "null", "object", "on", "open", "option", "optional", "or",
    "paramarray", "preserve", "print", "private", "property", "public", "put", "raiseevent", "redim", "rem",
    "resume", "return", "rset", "seek", "select", "set", "single", "static", "step", "stop", "string", "sub",
    "tab", "then", "to", "true", "type", "until", "variant", "wend", "while", "with", "write", "xor",
])  # fmt: skip


def vba_name(arg: Arg) -> str:
    """The argument's name where it must be an identifier of VBA."""
    return arg.name + "_" if arg.name in WORDS else arg.name


def quoted(text: str) -> str:
    """A text as VBA writes it, in pieces where it is long."""
    pieces = textwrap.wrap(text, _PIECE, drop_whitespace=False, break_on_hyphens=False) or [""]
    return " & ".join('"' + piece.replace('"', '""') + '"' for piece in pieces)


def optional(f: Function, k: int) -> str:
    """VBA wants every argument after an optional one to be optional too; what is blank and must not be is told in answer."""
    return "" if all(arg.required for arg in f.args[: k + 1]) else "Optional "


def wrapper(f: Function) -> list[str]:
    """The function as a cell calls it."""
    given = [optional(f, k) + f"ByVal {vba_name(arg)} As Variant" for k, arg in enumerate(f.args)]
    passed = "".join(f", {vba_name(arg)}" for arg in f.args)
    return [
        f"Public Function {f.name}({', '.join(given)}) As Variant",
        f'Attribute {f.name}.VB_Description = "{f.what.replace(chr(34), chr(39))}"',
        rf'Attribute {f.name}.VB_ProcData.VB_Invoke_Func = " \n14"',
        f'    {f.name} = XlfvAnswer("{f.name}"{passed})',
        "End Function",
        "",
    ]


def helper(f: Function) -> list[str]:
    """A procedure that gives the function's help to the function wizard."""
    lines = [f"Private Sub Describe_{f.name}()"]
    macro = f'Macro:="{f.name}", Description:={quoted(f.what)}, Category:="{CATEGORY}"'
    if f.args:
        lines.append(f"    Dim about(1 To {len(f.args)}) As String")
        lines += [f"    about({k}) = {quoted(arg.help)}" for k, arg in enumerate(f.args, 1)]
        macro += ", ArgumentDescriptions:=about"
    return [*lines, f"    Application.MacroOptions {macro}", "End Sub", ""]


def generate() -> Module:
    """The module of all declared functions."""
    functions = registry.functions().values()
    lines = [
        "Option Explicit",
        "'Written from the declarations of the functions by addin/builder: do not edit.",
        "",
        f'Public Const XLFV_VERSION As String = "{xlfv.__version__}"',
        "",
    ]
    for f in functions:
        lines += wrapper(f)
    lines += ["Public Sub XlfvRegisterAll()", *(f"    Describe_{f.name}" for f in functions), "End Sub", ""]
    for f in functions:
        lines += helper(f)
    return module(NAME, "bas", "\n".join(lines))
