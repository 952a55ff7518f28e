"""What must not depend on the machine: sums of products come from numpy's own loops, never from the BLAS at hand."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import xlfv

FILES = sorted(Path(xlfv.__file__).parent.rglob("*.py"))
PRODUCTS = {"dot", "vdot", "inner", "matmul", "einsum", "tensordot", "convolve"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(FILES[0].parent).as_posix())
def test_no_product_goes_by_way_of_blas(file: Path) -> None:
    """The last bits of a BLAS product differ between processors, releases and systems."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        assert not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult)), f"line {node.lineno}"
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "np":
            assert node.attr not in PRODUCTS, f"line {node.lineno}: np.{node.attr}"
