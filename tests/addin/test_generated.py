"""The generated module: every function with its arguments, its help in the wizard, and texts that VBA can hold."""

from __future__ import annotations

import re

import pytest

from addin.builder import functions, sources
from xlfv.excel import registry
from xlfv.excel.arguments import Arg

TEXT = functions.generate().text


def joined(pieces: str) -> str:
    """What VBA makes of quoted pieces joined by ``&``."""
    return "".join(piece.replace('""', '"') for piece in re.findall(r'"((?:[^"]|"")*)"', pieces))


@pytest.mark.parametrize("f", registry.functions().values(), ids=lambda f: f.name)
def test_a_function_is_declared_and_passes_its_arguments_on_in_order(f: registry.Function) -> None:
    declared = re.search(rf"Public Function {f.name}\((.*)\) As Variant", TEXT)
    assert declared
    given = [arg for arg in declared[1].split(", ") if arg]
    names = [functions.vba_name(arg) for arg in f.args]
    assert given == [
        f"{'' if all(each.required for each in f.args[: k + 1]) else 'Optional '}ByVal {name} As Variant"
        for k, name in enumerate(names)
    ]
    assert f"    {f.name} = XlfvAnswer({', '.join([f'{chr(34)}{f.name}{chr(34)}', *names])})\r\n" in TEXT
    assert len({name.lower() for name in names}) == len(names)


@pytest.mark.parametrize("f", registry.functions().values(), ids=lambda f: f.name)
def test_the_wizard_is_told_what_it_does_and_what_each_argument_is(f: registry.Function) -> None:
    body = TEXT.partition(f"Private Sub Describe_{f.name}()\r\n")[2].partition("End Sub")[0]
    lines = body.splitlines()
    told = [joined(line.partition(" = ")[2]) for line in lines if line.startswith("    about(")]
    assert told == [arg.help for arg in f.args]
    (options,) = [line for line in lines if "MacroOptions" in line]
    assert f'Category:="{functions.CATEGORY}"' in options
    assert joined(options.partition("Description:=")[2].partition(", Category")[0]) == f.what
    assert f"    Describe_{f.name}\r\n" in TEXT


def test_the_category_is_trust_valuation() -> None:
    assert functions.CATEGORY == "Trust valuation"


def test_words_of_vba_get_an_underscore() -> None:
    assert functions.vba_name(Arg("end", "text", "the end")) == "end_"
    assert functions.vba_name(Arg("name", "text", "a name")) == "name"


def test_a_text_of_any_length_and_quotes_is_written_in_pieces_that_join_to_it() -> None:
    text = 'say "no", ' * 40
    written = functions.quoted(text)
    assert joined(written) == text
    assert max(map(len, written.split(" & "))) < 450
    assert functions.quoted("") == '""'


@pytest.mark.parametrize(
    ("text", "says"),
    [("Option Explicit\n" + "x" * 1024, "1024 characters"), ("Sub A()\nEnd Sub\n", "Option Explicit")],
)
def test_a_module_that_vba_would_not_take_is_refused(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        sources.module("M", "bas", text)
