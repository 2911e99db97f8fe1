"""The calculator that lesson 08 gives to a model as a tool.

The expression comes from a model, so it is never evaluated as Python. Python's parser reads it, and
only the operations listed here are done.
"""

import ast
import math
import operator
import re

from samplers.api import tool

MAX_LENGTH = 400  # characters
MAX_DEPTH = 200  # operations inside one another
MAX_BITS = 4_096  # of a whole number, about 1,233 digits

BINARY = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
UNARY = {ast.UAdd: operator.pos, ast.USub: operator.neg}


def calculate(expression: str) -> int | float:
    """The value of an arithmetic expression: numbers, + - * / // % **, and parentheses.

    Precedence is Python's. Raises ValueError for anything else, and for what is too long, too deep
    or too large. Its text is written for a model, which can then correct the expression.
    """
    if not isinstance(expression, str) or not expression.strip():
        raise ValueError("the expression is empty")
    if len(expression) > MAX_LENGTH:
        raise ValueError(f"the expression is longer than {MAX_LENGTH} characters")

    unknown = re.search(r"[^0-9.eE+\-*/%()\s]", expression)
    if unknown:
        hint = ": a power is written **" if unknown[0] == "^" else ""
        raise ValueError(
            f"{unknown[0]!r} is not allowed{hint}; use numbers, + - * / // % ** and parentheses"
        )

    tree = _parsed(expression)
    try:
        return _value(tree.body, 0)
    except ZeroDivisionError:
        raise ValueError("division by zero") from None
    except OverflowError:
        raise ValueError("a number is too large") from None


def _parsed(expression: str) -> ast.Expression:
    try:
        return ast.parse(" ".join(expression.split()), mode="eval")
    except SyntaxError as error:
        raise ValueError(f"the expression cannot be read: {error.msg}") from None
    except (RecursionError, MemoryError):
        raise ValueError("the expression cannot be read: it is too deep") from None


def _value(node: ast.AST, depth: int) -> int | float:
    if depth > MAX_DEPTH:
        raise ValueError(f"the expression has more than {MAX_DEPTH} operations inside one another")
    match node:
        case ast.Constant(value=int() | float() as value):
            return _bounded(value)
        case ast.UnaryOp(op=sign, operand=operand) if type(sign) in UNARY:
            return UNARY[type(sign)](_value(operand, depth + 1))
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in BINARY:
            a = _value(left, depth + 1)
            b = _value(right, depth + 1)
            if isinstance(sign, ast.Pow):
                _check_power(a, b)
            return _bounded(BINARY[type(sign)](a, b))
    raise ValueError(
        "the expression is more than arithmetic; use numbers, + - * / // % ** and parentheses"
    )


def _check_power(base: int | float, exponent: int | float) -> None:
    """Refuse a power that would take long to calculate, or that is not a real number."""
    whole = isinstance(base, int) and isinstance(exponent, int)
    if whole and abs(base) > 1 and base.bit_length() * abs(exponent) > 2 * MAX_BITS:
        raise OverflowError
    if base < 0 and not float(exponent).is_integer():
        raise ValueError("a negative number to a fractional power is not a real number")


def _bounded(value: int | float) -> int | float:
    if isinstance(value, float) and not math.isfinite(value):
        raise OverflowError
    if isinstance(value, int) and value.bit_length() > MAX_BITS:
        raise OverflowError
    return value


@tool
def calculator(expression: str) -> int | float:
    """The value of an arithmetic expression: numbers, + - * / // % ** and parentheses.

    expression: such as (2 + 3) * 4
    """
    return calculate(expression)
