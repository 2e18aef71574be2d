# ruff: noqa: E501 - a pattern is easier to read on one line
"""How a tree is shown: "x² − 5x + 6", "√2", "25 % от 80", "sin 30°". The reader sees what was understood."""

from __future__ import annotations

from moe_robot.experts.tools.expression import Name, Num, Op, Tree, names
from moe_robot.structs import Language

_SIGNS = {"+": " + ", "-": " − ", "*": " · ", "/": " / "}
_RANK = {"+": 1, "-": 1, "*": 2, "/": 2, "%of": 2, "neg": 2, "^": 4, "!": 5, "%": 5, "deg": 5}
_RUSSIAN = {"tan": "tg", "cot": "ctg", "asin": "arcsin", "acos": "arccos", "atan": "arctg", "acot": "arcctg", "sinh": "sh", "cosh": "ch", "tanh": "th"}  # fmt: skip
_ENGLISH = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "acot": "arccot", "lg": "log10", "lb": "log2"}
_NAMES = {"pi": "π", "oo": "∞"}
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def show(tree: Tree, language: Language) -> str:
    return _show(tree, language)[0]


def _show(tree: Tree, language: Language) -> tuple[str, int]:
    """(text, rank of its outermost operator)."""
    if isinstance(tree, Num):
        text = tree.text.replace(".", ",") if language == "ru" else tree.text
        return text, 9
    if isinstance(tree, Name):
        return _NAMES.get(tree.name, tree.name), 9
    rank = _RANK.get(tree.kind, 9)
    match tree.kind:
        case "+" | "-" | "*" | "/":
            left, right = _show(tree.args[0], language), _show(tree.args[1], language)
            a = _wrap(left, rank)
            b = _wrap(right, rank + (tree.kind == "-") + 2 * (tree.kind == "/") + (right[0].startswith("−") and 2))
            if tree.kind == "*" and _side_by_side(tree.args[0], tree.args[1], b):
                return a + b, 3
            if tree.kind == "/" and all(isinstance(arg, Num | Name) for arg in tree.args):
                return f"{a}/{b}", 2
            return a + _SIGNS[tree.kind] + b, rank
        case "%of":
            a, b = _wrap(_show(tree.args[0], language), 2), _wrap(_show(tree.args[1], language), 3)
            return (f"{a} % от {b}" if language == "ru" else f"{a}% of {b}"), rank
        case "neg":
            return "−" + _wrap(_show(tree.args[0], language), 2), rank
        case "^":
            base, exponent = _wrap(_show(tree.args[0], language), 5), tree.args[1]
            if isinstance(exponent, Num) and exponent.text.isdecimal() and not isinstance(tree.args[0], Num):
                return base + exponent.text.translate(_RAISED), rank
            return f"{base}^{_wrap(_show(exponent, language), 4)}", rank
        case "!" | "deg":
            return _wrap(_show(tree.args[0], language), 6) + ("!" if tree.kind == "!" else "°"), rank
        case "%":
            return _wrap(_show(tree.args[0], language), 6) + (" %" if language == "ru" else "%"), rank
        case "sqrt":
            return "√" + _wrap(_show(tree.args[0], language), 9), 8
        case "root":
            degree = show(tree.args[1], language).translate(_RAISED)
            return (f"{degree}√" if degree != "³" else "∛") + _wrap(_show(tree.args[0], language), 9), 8
        case "abs":
            return f"|{show(tree.args[0], language)}|", 9
    name = (_RUSSIAN if language == "ru" else _ENGLISH).get(tree.kind, tree.kind)
    if tree.kind == "log" and len(tree.args) == 2:
        name = f"log_{_wrap(_show(tree.args[1], language), 9)}"
    argument = tree.args[0]
    inner = show(argument, language)
    if isinstance(argument, Num | Name) or (isinstance(argument, Op) and argument.kind == "deg"):
        return f"{name} {inner}", 4
    return f"{name}({inner})", 8


def _side_by_side(left: Tree, right: Tree, shown: str) -> bool:
    """ "2x", "3(x + 1)", "xy"; not "2 · 3"."""
    if shown[0].isdecimal() or shown[0] == "−":
        return False
    plain = isinstance(left, Num | Name) or (
        isinstance(left, Op) and left.kind in ("*", "^") and not isinstance(left.args[-1], Num)
    )
    first = right
    while isinstance(first, Op) and first.kind in ("*", "^", "/"):
        first = first.args[0]
    return plain and (
        isinstance(first, Name) or shown.startswith("√") or (shown.startswith("(") and bool(names(right)))
    )


def _wrap(shown: tuple[str, int], rank: int) -> str:
    return shown[0] if shown[1] >= rank else f"({shown[0]})"
