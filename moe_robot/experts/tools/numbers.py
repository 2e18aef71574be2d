"""Number words become digits: "двадцать пять процентов от восьмидесяти" -> "25 процентов от 80".

Both languages, all cases, in one linear pass. Fractions become "(2/3)", ordinals (when asked for) "3-th" in either
language, "дважды два" becomes "2 * 2". The data is `numbers.yaml`. Knows no units and no operators besides that one.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from moe_robot.config import read_yaml

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|\s+|.", re.DOTALL)
_TYPED_ORDINAL = re.compile(r"(?<![\d.,])(\d+)(?:st|nd|rd|th|-(?:й|я|е|го|ой|ая|ое|ый|ую|ей|му|ю|th))\b")
_WHOLE = frozenset(("целых", "целая", "целую", "целые", "целой"))


@dataclass(frozen=True)
class _Tables:
    cardinals: dict[str, int]
    ordinals: dict[str, int]
    times: dict[str, int]
    halves: dict[str, Fraction]


def plain(text: str) -> str:
    """Lower case, ё as е, one kind of minus, multiplication dot and quotes; spaces single."""
    text = text.lower().replace("ё", "е").replace("−", "-").replace("–", "-").replace("—", "-").replace("‑", "-")
    text = text.replace("×", "*").replace("·", "*").replace("⋅", "*").replace("÷", "/").replace("\u00a0", " ")
    return re.sub(r"\s+", " ", text).strip()


def digits(text: str, ordinals: bool = False) -> str:
    """`text` in lower case with its number words as digits; with `ordinals` "третьей" becomes "3-th" as well."""
    text = plain(text)
    if ordinals:
        text = _TYPED_ORDINAL.sub(r"\1-th", text)
    words = _TOKEN.findall(text)
    tables = _tables()
    out: list[str] = []
    at = 0
    while at < len(words):
        found = _number(words, at, tables, ordinals)
        if found is None:
            out.append(words[at])
            at += 1
            continue
        at, shown = found
        out.append(shown)
    return "".join(out)


def ordinal(word: str) -> int | None:
    """The value of one ordinal word, None when it is none."""
    return _tables().ordinals.get(plain(word))


@functools.lru_cache(maxsize=1)
def _tables() -> _Tables:
    data = read_yaml(Path(__file__).with_name("numbers.yaml"))
    tables = _Tables({}, {}, {}, {})
    for language in ("ru", "en"):
        part = data[language]
        for value, forms in [*part["cardinals"].items(), *part.get("collective", {}).items()]:
            tables.cardinals.update(dict.fromkeys(str(forms).split(), int(value)))
        for value, stem in part["ordinals"].items():
            for ending in part["endings"].split() if language == "ru" else [""]:
                tables.ordinals.setdefault(stem + ending, int(value))
        tables.times.update(part.get("times", {}))
        tables.halves.update({word: Fraction(value) for word, value in part["halves"].items()})
    tables.ordinals["третий"] = 3
    for both in tables.ordinals.keys() & tables.cardinals.keys():  # "двадцатью"
        del tables.ordinals[both]
    return tables


def _next(words: Sequence[str], at: int) -> int:
    """Where the word after `at` stands: over spaces, and over a hyphen between letters. len(words): there is none."""
    at += 1
    while at < len(words) and (words[at].isspace() or (words[at] == "-" and _tight(words, at))):
        at += 1
    return at


def _tight(words: Sequence[str], at: int) -> bool:
    return 0 < at < len(words) - 1 and words[at - 1].isalpha() and words[at + 1].isalpha()


def _word(words: Sequence[str], at: int) -> str:
    return words[at] if at < len(words) else ""


def _number(words: Sequence[str], at: int, tables: _Tables, ordinals: bool) -> tuple[int, str] | None:
    word = words[at]
    after = _next(words, at)
    if word in tables.times and _cardinal(words, after, tables) and not _is_tens(words, at, tables):
        return after, f"{tables.times[word]} * "
    if word in ("a", "an", "one") and _word(words, after) in tables.halves:
        return after + 1, _as_text(tables.halves[_word(words, after)])
    if word == "a" and _word(words, after) in tables.ordinals and tables.ordinals[_word(words, after)] > 3:
        return after + 1, f"(1/{tables.ordinals[_word(words, after)]})"  # "a fifth of"
    if word in ("a", "an") and _word(words, after) in ("hundred", "thousand", "million", "billion", "dozen"):
        return _finish(words, after, tables, ordinals)
    if word in tables.halves and word not in ("third", "пол"):
        return at + 1, _as_text(tables.halves[word])
    if word in tables.ordinals and ordinals:
        return at + 1, f"{tables.ordinals[word]}-th"
    if word == "point" and _spoken_digits(words, after, tables):
        end, fraction = _spoken_digits(words, after, tables) or (at, "")
        return end, f"0.{fraction}"
    return _finish(words, at, tables, ordinals)


def _finish(words: Sequence[str], at: int, tables: _Tables, ordinals: bool) -> tuple[int, str] | None:
    """A cardinal and what belongs to it: a decimal part, a half, a denominator, an ordinal at its end."""
    number = _cardinal(words, at, tables)
    typed = words[at].isdecimal() if at < len(words) else False
    if number is None and not typed:
        return None
    end, value = number or (at + 1, int(words[at]))
    spoken = number is not None
    after = _next(words, end - 1)
    word = _word(words, after)
    if word in _WHOLE:
        return _decimal(words, after, value, tables) or (end, str(value))
    if word == "point" and (part := _spoken_digits(words, _next(words, after), tables)):
        return part[0], f"{value}.{part[1]}"
    then = _next(words, after)
    if word in ("с", "and") and (_word(words, then) == "половиной" or _half_after(words, then)):
        return (then if word == "с" else _next(words, then)) + 1, f"{value}.5"
    if word == "с" and _word(words, then) == "четвертью":
        return then + 1, f"{value}.25"
    if word in (
        "трети",
        "треть",
        "третьих",
        "третьи",
        "thirds",
        "четверти",
        "четвертых",
        "quarters",
        "quarter",
        "halves",
    ):
        below = 3 if word.startswith(("трет", "thi")) else 2 if word == "halves" else 4
        if word not in ("quarter", "треть") or value == 1:
            return after + 1, f"({value}/{below})"
    if spoken and word in tables.ordinals:
        below = tables.ordinals[word]
        russian = not word.isascii()
        if (
            russian
            and word.endswith(("ых", "ая", "ую", "ьих", "ья"))
            and below > 1
            and not (ordinals and _joins(value, below))
        ):
            return after + 1, f"({value}/{below})"
        if ordinals and _joins(value, below):
            return after + 1, f"{value + below}-th"
        if not russian and value == 1 and below > 2:
            return after + 1, f"(1/{below})"
    if spoken and word.endswith("s") and word[:-1] in tables.ordinals and tables.ordinals[word[:-1]] > 2:
        return after + 1, f"({value}/{tables.ordinals[word[:-1]]})"
    return (end, str(value)) if spoken else None


def _joins(value: int, below: int) -> bool:
    """Tens and an ordinal of ones: "двадцать пятое"."""
    return value >= 20 and value % 10 == 0 and below < 10


def _half_after(words: Sequence[str], at: int) -> bool:
    return _word(words, at) == "a" and _word(words, _next(words, at)) == "half"


def _is_tens(words: Sequence[str], at: int, tables: _Tables) -> bool:
    """Whether tens stand before: in "двадцатью пятью восемь" the five is part of a number."""
    before = at - 1
    while before >= 0 and words[before].isspace():
        before -= 1
    return before >= 0 and 20 <= tables.cardinals.get(words[before], 0) < 1000


def _cardinal(words: Sequence[str], at: int, tables: _Tables) -> tuple[int, int] | None:
    """(end, value) of the longest cardinal in words (or "5 тысяч") at `at`."""
    total, group, last, end = 0, 0, 10**15, at
    spoken = False
    while at < len(words):
        word = words[at]
        if word == "and" and spoken and last in (100, 1000):
            ahead = _next(words, at)
            if 0 < tables.cardinals.get(_word(words, ahead), 0) < 100:
                at, word = ahead, words[ahead]
            else:
                break
        if word.isdecimal() and not spoken and tables.cardinals.get(_word(words, _next(words, at)), 0) >= 1000:
            group, last, spoken = int(word), 999, True
            at = _next(words, at)
            continue
        value = tables.cardinals.get(word)
        if value is None:
            break
        if value >= 1000:
            if value >= last and last >= 1000 and total:
                break
            total += max(group, 1) * value
            group, last = 0, value
        elif word in ("hundred", "hundreds", "dozen") and 0 < group < 100 and last < 100:
            group, last = group * value, 100
        elif value < _room(last):
            group, last = group + value, value
        else:
            break
        spoken, end = True, at + 1
        at = _next(words, at)
    return (end, total + group) if spoken and end else None


def _room(last: int) -> int:
    """What may follow the word of value `last`: less than 100 after 200, a digit after 20, nothing after 15."""
    if last >= 1000:
        return 1000
    if last >= 100:
        return 100
    return 10 if last >= 20 and last % 10 == 0 else 0


def _decimal(words: Sequence[str], at: int, value: int, tables: _Tables) -> tuple[int, str] | None:
    """ "Три целых пять десятых"; `at` is where "целых" stands."""
    at = _next(words, at)
    if _word(words, at) == "и":
        at = _next(words, at)
    number = _cardinal(words, at, tables)
    if number is None:
        return None
    at = _next(words, number[0] - 1)
    below = tables.ordinals.get(_word(words, at))
    if below is None:
        return None
    exact = value + Fraction(number[1], below)
    if below in (10, 100, 1000):
        return at + 1, f"{value}.{number[1]:0{len(str(below)) - 1}d}"
    return at + 1, _as_text(exact)


def _spoken_digits(words: Sequence[str], at: int, tables: _Tables) -> tuple[int, str] | None:
    """ "One four" or "twenty five" after "point"; also digits ("point 5")."""
    if tables.cardinals.get(_word(words, at), 0) >= 10:
        end, value = _cardinal(words, at, tables) or (at, 0)
        return end, str(value)
    found, end = "", at
    while at < len(words) and (words[at].isdecimal() or tables.cardinals.get(words[at], 10) < 10):
        found += words[at] if words[at].isdecimal() else str(tables.cardinals[words[at]])
        end = at + 1
        at = _next(words, at)
    return (end, found) if found else None


def _as_text(value: Fraction) -> str:
    if value.denominator in (1, 2) and value > 1:
        return f"{value.numerator / value.denominator:g}"
    return f"({value.numerator}/{value.denominator})"


def read(text: str) -> Fraction:
    """The value of "3", "3.5", "3,5", "(2/3)", "1/2", "-4". Raises ValueError, and ZeroDivisionError for "5/0"."""
    text = text.strip().strip("()").replace(" ", "").replace(",", ".")
    return Fraction(text)


NUMBER = r"(?:-?\(\d+/\d+\)|-?\d+(?:[.,]\d+)?(?:/\d+)?)"
"""What `digits` leaves behind for one number, as a regular expression without groups."""
