"""Eight loans side by side: a vector type for kernels whose bits do not depend on the machine.

A :data:`Lanes` value is eight float64 (LLVM's ``<8 x double>``). The compiler turns it into one AVX-512 register, two of
AVX2 or four of SSE2; each lane is computed by the same IEEE 754 operations in the same order on all of them, without
fused multiply-add, so the result is the same to the last bit. Nothing is left to the auto-vectorizer, which goes scalar
without a word. Kernels read like scalar code: ``+ - * /`` work between lanes, and between lanes and a float64, which
then stands in all eight.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core.cgutils import get_or_insert_function
from numba.core.imputils import lower_builtin
from numba.core.typing.templates import ConcreteTemplate, infer_global, signature
from numba.extending import intrinsic, models, register_model
from numba.np.arrayobj import make_array

LANES = 8
_intrinsic: Any = intrinsic  # its own types say nothing of what the compiled function takes
_F64, _I32 = ir.DoubleType(), ir.IntType(32)
_V = ir.VectorType(_F64, LANES)
_VI = ir.VectorType(_I32, LANES)
_UNDEFINED = ir.Constant(_V, ir.Undefined)


class LanesType(types.Type):
    """Numba's type of eight float64."""

    def __init__(self) -> None:
        super().__init__(name="Lanes")


Lanes = LanesType()


@register_model(LanesType)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _V)


def _constant(value: float) -> ir.Constant:
    return ir.Constant(_V, [value] * LANES)


def _bits(value: int) -> ir.Constant:
    return ir.Constant(_VI, [value] * LANES)


def _spread(builder: ir.IRBuilder, value: ir.Value) -> ir.Value:
    one = builder.insert_element(_UNDEFINED, value, ir.Constant(_I32, 0))
    return builder.shuffle_vector(one, _UNDEFINED, _bits(0))


def _arithmetic(operation: Callable[..., Any], method: str) -> None:
    class _Typing(ConcreteTemplate):
        cases = (
            signature(Lanes, Lanes, Lanes), signature(Lanes, Lanes, types.float64), signature(Lanes, types.float64, Lanes),
        )  # fmt: skip

    infer_global(operation)(_Typing)

    def both(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return getattr(builder, method)(args[0], args[1])

    def right(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return getattr(builder, method)(args[0], _spread(builder, args[1]))

    def left(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return getattr(builder, method)(_spread(builder, args[0]), args[1])

    lower_builtin(operation, Lanes, Lanes)(both)
    lower_builtin(operation, Lanes, types.float64)(right)
    lower_builtin(operation, types.float64, Lanes)(left)


for _pair, _method in (
    ((operator.add, operator.iadd), "fadd"),
    ((operator.sub, operator.isub), "fsub"),
    ((operator.mul, operator.imul), "fmul"),
    ((operator.truediv, operator.itruediv), "fdiv"),
):
    for _operation in _pair:
        _arithmetic(_operation, _method)


def _address(context: Any, builder: Any, kind: Any, array: Any, index: Any) -> Any:
    """Where entry ``index`` of the array, counted flat, begins."""
    start = builder.gep(make_array(kind)(context, builder, array).data, [index])
    return builder.bitcast(start, _V.as_pointer())


@_intrinsic
def load(typing: Any, array: Any, index: Any) -> Any:
    """The eight entries of a contiguous float64 array from ``index`` on, counted flat."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        value = builder.load(_address(context, builder, sig.args[0], args[0], args[1]))
        value.align = 8
        return value

    return Lanes(array, types.intp), generate


@_intrinsic
def store(typing: Any, array: Any, index: Any, value: Any) -> Any:
    """Write eight entries from ``index`` on."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        done = builder.store(args[2], _address(context, builder, sig.args[0], args[0], args[1]))
        done.align = 8
        return context.get_dummy_value()

    return types.none(array, types.intp, Lanes), generate


@_intrinsic
def spread(typing: Any, value: Any) -> Any:
    """One number in all eight lanes."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _spread(builder, args[0])

    return Lanes(types.float64), generate


@_intrinsic
def gather(typing: Any, array: Any, starts: Any, first: Any, offset: Any) -> Any:
    """``array[starts[first + k] + offset]`` in lane k, entries counted flat; ``starts`` is int64."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        entries = make_array(sig.args[0])(context, builder, args[0]).data
        places = make_array(sig.args[1])(context, builder, args[1]).data
        value = _UNDEFINED
        for k in range(LANES):
            place = builder.load(builder.gep(places, [builder.add(args[2], ir.Constant(args[2].type, k))]))
            entry = builder.load(builder.gep(entries, [builder.add(place, args[3])]))
            value = builder.insert_element(value, entry, ir.Constant(_I32, k))
        return value

    return Lanes(array, starts, types.intp, types.intp), generate


def _either(*kinds: Any) -> Any:
    """Eight lanes where one of the values is, else a float64."""
    return Lanes if Lanes in kinds else types.float64


def _as(builder: Any, kind: Any, wanted: Any, value: Any) -> Any:
    return _spread(builder, value) if wanted is Lanes and kind is not Lanes else value


def _choice(test: str) -> Any:
    @_intrinsic
    def choose(typing: Any, x: Any, y: Any, yes: Any, no: Any) -> Any:
        kinds = [one if one is Lanes else types.float64 for one in (x, y, yes, no)]
        compared, whole = _either(*kinds[:2]), _either(*kinds)

        def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            left, right = (_as(builder, sig.args[k], compared, args[k]) for k in (0, 1))
            one, other = (_as(builder, sig.args[k], whole, args[k]) for k in (2, 3))
            return builder.select(builder.fcmp_ordered(test, left, right), one, other)

        return whole(*kinds), generate

    return choose


where_equal, where_less, where_most = _choice("=="), _choice("<"), _choice("<=")
"""``where_less(x, y, yes, no)``: ``yes`` in the lanes where ``x < y``, else ``no``; likewise ``==`` and ``<=``."""


def _extreme(test: str) -> Any:
    @_intrinsic
    def pick(typing: Any, x: Any, y: Any) -> Any:
        kinds = [one if one is Lanes else types.float64 for one in (x, y)]
        whole = _either(*kinds)

        def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            left, right = (_as(builder, sig.args[k], whole, args[k]) for k in (0, 1))
            return builder.select(builder.fcmp_ordered(test, left, right), left, right)

        return whole(*kinds), generate

    return pick


least, most = _extreme("<"), _extreme(">")
"""The smaller, and the larger, of two, lane by lane."""


@_intrinsic
def any_above(typing: Any, x: Any, y: Any) -> Any:
    """Whether ``x > y`` in any lane."""
    kinds = [one if one is Lanes else types.float64 for one in (x, y)]

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        left, right = (_as(builder, sig.args[k], _either(*kinds), args[k]) for k in (0, 1))
        found = builder.fcmp_ordered(">", left, right)
        if _either(*kinds) is not Lanes:
            return found
        found = builder.bitcast(found, ir.IntType(LANES))
        return builder.icmp_unsigned("!=", found, ir.Constant(ir.IntType(LANES), 0))

    return types.boolean(*kinds), generate


@_intrinsic
def at(typing: Any, array: Any, entry: Any, like: Any) -> Any:
    """Entry ``entry`` of a flat float64 array of numbers, or of eights, as ``like`` is one or eight."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        data = make_array(sig.args[0])(context, builder, args[0]).data
        if sig.return_type is not Lanes:
            return builder.load(builder.gep(data, [args[1]]))
        place = builder.mul(args[1], ir.Constant(args[1].type, LANES))
        value = builder.load(builder.bitcast(builder.gep(data, [place]), _V.as_pointer()))
        value.align = 8
        return value

    return _either(like)(array, types.intp, like), generate


@_intrinsic
def put(typing: Any, array: Any, entry: Any, value: Any) -> Any:
    """Write what :func:`at` reads."""
    kind = value if value is Lanes else types.float64

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        data = make_array(sig.args[0])(context, builder, args[0]).data
        if sig.args[2] is not Lanes:
            builder.store(args[2], builder.gep(data, [args[1]]))
        else:
            place = builder.mul(args[1], ir.Constant(args[1].type, LANES))
            done = builder.store(args[2], builder.bitcast(builder.gep(data, [place]), _V.as_pointer()))
            done.align = 8
        return context.get_dummy_value()

    return types.none(array, types.intp, kind), generate


@_intrinsic
def lowest(typing: Any, bits: Any) -> Any:
    """The place of the lowest bit that is set, of an int64 that is not 0."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.int64), generate


@_intrinsic
def ones(typing: Any, bits: Any) -> Any:
    """How many bits of an int64 are set."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.ctpop(args[0])

    return types.int64(types.int64), generate


def _unary(name: str) -> Any:
    @_intrinsic
    def apply(typing: Any, x: Any) -> Any:
        def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            function = get_or_insert_function(builder.module, ir.FunctionType(_V, [_V]), f"{name}.v{LANES}f64")
            return builder.call(function, [args[0]])

        return Lanes(Lanes), generate

    return apply


floor, root = _unary("llvm.floor"), _unary("llvm.sqrt")
"""Largest whole number not above; square root: both exact to the last bit (IEEE 754)."""


@_intrinsic
def compound_less_one(typing: Any, rate: Any, periods: Any, most: Any) -> Any:
    """``(1 + rate) ** periods - 1``: the lanes' form of ``elementary.compound_less_one``.

    Args:
        rate, periods: lanes; periods are whole.
        most: no lane has more periods, and none has 1,024 or more: bits that all lanes lack are left out.
    """

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        step, whole = args[0], builder.fptosi(args[1], _VI)

        def taken(bit: int) -> Any:
            return builder.icmp_signed("!=", builder.and_(whole, _bits(1 << bit)), _bits(0))

        result = builder.select(taken(0), step, _constant(0.0))
        for bit in range(1, 10):
            if bit < 7:  # most loans have more months left than that
                step = builder.fmul(step, builder.fadd(_constant(2.0), step))
                grown = builder.fadd(builder.fadd(result, step), builder.fmul(result, step))
                result = builder.select(taken(bit), grown, result)
                continue
            before = builder.block
            with builder.if_then(builder.fcmp_ordered(">=", args[2], ir.Constant(_F64, float(1 << bit)))):
                twice = builder.fmul(step, builder.fadd(_constant(2.0), step))
                grown = builder.fadd(builder.fadd(result, twice), builder.fmul(result, twice))
                grown = builder.select(taken(bit), grown, result)
                inside = builder.block
            both = []
            for new, old in ((grown, result), (twice, step)):
                joined = builder.phi(_V)
                joined.add_incoming(new, inside)
                joined.add_incoming(old, before)
                both.append(joined)
            result, step = both
        return result

    return Lanes(Lanes, Lanes, types.float64), generate


def _shuffled(builder: ir.IRBuilder, a: Any, b: Any, order: Sequence[int]) -> Any:
    return builder.shuffle_vector(a, b, ir.Constant(_VI, list(order)))


@_intrinsic
def sums(typing: Any, a: Any, b: Any, c: Any, d: Any, e: Any, f: Any, g: Any, h: Any) -> Any:
    """The sums of eight values over their lanes, each ``((0+1) + (2+3)) + ((4+5) + (6+7))``, one in each lane."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        def paired(x: Any, y: Any, even: Sequence[int], odd: Sequence[int]) -> Any:
            return builder.fadd(_shuffled(builder, x, y, even), _shuffled(builder, x, y, odd))

        # Neighbours first: x0+x1, y0+y1, x2+x3, y2+y3, ...; then pairs of pairs; then the halves.
        ones = [
            paired(args[k], args[k + 1], (0, 8, 2, 10, 4, 12, 6, 14), (1, 9, 3, 11, 5, 13, 7, 15)) for k in (0, 2, 4, 6)
        ]
        twos = [paired(ones[k], ones[k + 1], (0, 1, 8, 9, 4, 5, 12, 13), (2, 3, 10, 11, 6, 7, 14, 15)) for k in (0, 2)]
        return paired(twos[0], twos[1], (0, 1, 2, 3, 8, 9, 10, 11), (4, 5, 6, 7, 12, 13, 14, 15))

    return Lanes(*[Lanes] * 8), generate


@_intrinsic
def _guess_root(typing: Any, x: Any) -> Any:
    """``x ** (-1/12)`` to some three digits for ``0 < x <= 1``, from the bits of the exponent."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        wide = ir.VectorType(ir.IntType(64), LANES)
        half = ir.Constant(wide, [32] * LANES)
        high = builder.sitofp(builder.trunc(builder.lshr(builder.bitcast(args[0], wide), half), _VI), _V)
        top = float(0x3FF00000)  # the upper half of 1.0
        start = builder.fsub(
            _constant(top * (13.0 / 12.0) - 0.036 * 1048576.0), builder.fmul(high, _constant(1.0 / 12.0))
        )
        return builder.bitcast(builder.shl(builder.zext(builder.fptosi(start, _VI), wide), half), _V)

    return Lanes(Lanes), generate


@njit(cache=True, error_model="numpy", nogil=True)
def root12(x: Any) -> Any:
    """Twelfth roots of values from 0 to 1: three Householder steps towards ``x ** (-1/12)``, of ``+ - *`` alone."""
    low = spread(1e-30)
    held = most(x, low)
    z = _guess_root(held)
    for _ in range(3):
        z2 = z * z
        z4 = z2 * z2
        gap = 1.0 - held * (z4 * z4 * z4)
        z = z + z * (gap * (1.0 / 12.0 + gap * (13.0 / 288.0 + gap * (325.0 / 20736.0))))
    z2 = z * z
    z4 = z2 * z2
    return where_less(low, x, x * (z4 * z4 * (z2 * z)), spread(0.0))


@njit(cache=True, error_model="numpy", nogil=True)
def aligned(entries: int) -> np.ndarray:
    """float64 zeros that begin where a line of memory does: loads of eight would else cross two."""
    room = np.zeros(entries + LANES)
    skip = (LANES - (room.ctypes.data // 8) % LANES) % LANES
    return room[skip : skip + entries]


def room(*shape: int) -> np.ndarray:
    """An empty array that begins where a line of memory does: eight numbers are then read from one line."""
    size = int(np.prod(shape))
    whole = np.empty(size + LANES)
    skip = -(whole.ctypes.data // 8) % LANES
    return whole[skip : skip + size].reshape(shape)
