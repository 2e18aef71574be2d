# ruff: noqa: E501 - a pattern is easier to read on one line
"""Ways to write a whole number: Roman numerals, bases, and the numbers of a request."""

from __future__ import annotations

import re

from moe_robot.experts.tools import integers
from moe_robot.experts.tools.numbers import plain
from moe_robot.experts.tools.tool import Refused
from moe_robot.experts.words import Words
from moe_robot.structs import Language

_NUMBER = re.compile(r"(?<![\w.,])-?\d+(?:-th)?(?!-th|[\w]|[.,]\d)")
_BASES = (
    (2, r"двоичн\w*|бинарн\w*|binary|base (?:2|two)\b|систем\w+ с основанием 2\b"), (16, r"шестнадцатер\w*|16-ричн\w*|hex(?:adecimal)?\b|base 16\b"), (8, r"восьмер\w*|8-ричн\w*|octal|base 8\b"),
    (3, r"троичн\w*|ternary|base 3\b"), (10, r"десятичн\w*|decimal|base 10\b"),
)  # fmt: skip
_ROMAN_WORD = re.compile(r"\b([IVXLCDM]+)\b")


def numbers_of(request: str) -> list[int]:
    return [int(match[0].replace("-th", "")) for match in _NUMBER.finditer(request)]


def bounded(n: int, limit: int) -> None:
    if len(str(abs(n))) > limit:
        raise Refused("too_large", limit=limit)


def at_most(n: int, limit: int) -> None:
    if n > limit:
        raise Refused("too_large", limit=len(str(limit)) - 1)


def roman(words: Words, request: str, text: str, language: Language) -> str | None:
    asked = re.search(r"римск|roman|mcm|\b[ivxlcdm]{2,}\b.*(?:arabic|арабск)", request)
    found = [match for match in _ROMAN_WORD.findall(text) if len(match) > 1 or asked]
    written = re.search(r"\b(?=[ivxlcdm]{2,}\b)([ivxlcdm]+)\b", plain(text)) if not found else None
    if not asked and not (found and re.search(r"число|number|цифр|numeral|сколько|what", request)):
        return None
    numbers = numbers_of(request)
    if numbers and not (found and language == "en" and found != ["I"] and not numbers):
        n = numbers[0]
        if not 1 <= n <= 3999:
            raise Refused("roman_range")
        return words.say("to_roman", language, n=n, result=integers.to_roman(n))
    if not found and written and written[1] not in ("mm", "mix", "did", "mild", "vivid"):
        found = [written[1].upper()]
    if found:
        word = max(found, key=len)
        value = integers.from_roman(word)
        if value is None:
            raise Refused("bad_roman", text=word)
        return words.say("from_roman", language, text=word, result=value)
    return None


def bases(words: Words, request: str, text: str, language: Language) -> str | None:
    if re.search(
        r"дробь|fraction|логарифм|\blog|дополнительный код|two's complement|слов\w* длин|strings? of length",
        request,
    ):
        return None
    hexadecimal = re.search(r"\b0x([0-9a-f]+)\b", plain(text))
    if hexadecimal:
        return from_base(words, hexadecimal[1], 16, language)
    binary_prefix = re.search(r"\b0b([01]+)\b", plain(text))
    if binary_prefix:
        return from_base(words, binary_prefix[1], 2, language)
    named = next((base for base, pattern in _BASES if base != 10 and re.search(pattern, request)), None)
    other = re.search(r"(?:base|по основанию|с основанием|основание) (\d+)", request)
    base = named or (int(other[1]) if other else None)
    if base is None:
        return None
    if not 2 <= base <= 36:
        return None
    pattern = next((pattern for each, pattern in _BASES if each == base), rf"base {base}|основани\w+ {base}")
    if re.search(
        rf"(?:из|from) (?:{pattern})|^(?:что за число .*|(?:the )?(?:{pattern})) ?\w+ (?:это|is|to|в|in)|(?:{pattern}) \w+ (?:это|is|to decimal|в десятич)|в десятичн|(?:to|in|into)(?: a)? decimal|decode|что за число",
        request,
    ):
        candidates = [
            word for word in re.findall(r"\b[0-9a-z]*\d[0-9a-z]*\b|\b[a-f]{2,}\b", plain(text)) if word != str(base)
        ]
        candidates = [word for word in candidates if base <= 10 or re.fullmatch(r"[0-9a-f]+", word)]
        if candidates:
            return from_base(words, candidates[0], base, language)
    numbers = [n for n in numbers_of(request) if not (other and n == base)] or ([base] if other else [])
    if len(numbers) != 1 and not (other and numbers):
        return None
    n = numbers[0]
    bounded(n, 60)
    return words.say("to_base", language, n=n, base=base, result=integers.to_base(n, base).replace("-", "−"))


def from_base(words: Words, digits_said: str, base: int, language: Language) -> str:
    if len(digits_said) > 60:
        raise Refused("too_large", limit=60)
    try:
        value = int(digits_said, base)
    except ValueError:
        raise Refused("bad_digit", text=digits_said.upper(), base=base) from None
    return words.say("from_base", language, text=digits_said.upper(), base=base, result=value)
