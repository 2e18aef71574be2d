"""Calculations that go on, and questions about whole numbers with another one.

"How much is 250 plus 375?" + "and split by six plates?"   ->  "what is (250 + 375) / 6"
"sin 30 degrees" + "cos?"                                  ->  "what is cos 30°"
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from moe_robot.lexicon import normalize
from moe_robot.router.followup import Earlier
from moe_robot.router.followup_words import WORD, changed, lemma, plain
from moe_robot.router.pieces import Piece, is_numeric
from moe_robot.router.proposers import formula_parts
from moe_robot.router.proposers.formula_parts import Subject, compiled, pattern_of, table
from moe_robot.router.proposers.heard import Heard, Raw
from moe_robot.router.signs import factor
from moe_robot.router.sums import NUMBERS
from moe_robot.structs import Language

EXPERTS = ("arithmetic", "number_theory")
PLACES = 5
SIGN_WORDS = 4
LONGEST_WORDS = 14
_ROMAN = re.compile(r"(?<!\w)[IVXLCDM]+(?!\w)")
_NUMERAL = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)?(?![\w]|[.,]\d)")
_THOSE = re.compile(r"(?<!\w)(?:those|these|last|all|эт\w+|их|тех|все\w*)\s+$")  # "of those two"
_PREFIXED = re.compile(r"(?<!\w)(?:0[xb])?[0-9a-f]*\d[0-9a-f]*(?!\w)", re.IGNORECASE)


def propose(heard: Heard, subjects: Sequence[Subject]) -> Iterator[Raw]:
    """Of the last requests of arithmetic and of number theory."""
    parts = [p for p in dict.fromkeys(heard.parts) if len(plain(p).split()) <= LONGEST_WORDS]
    newer = ""
    for at, before in enumerate(heard.leaning):
        if before.expert not in EXPERTS:
            continue
        shown = _shown(before, at, heard, subjects) if before.expert == "arithmetic" else ""
        if shown and shown in newer:
            continue  # the sum after it has taken it up
        newer = shown or newer
        for part in parts:
            if shown:
                yield from _goes_on(heard, part, shown, at)
                for whole in other_sign(heard.language, part, shown):
                    yield "sum sign", _say(whole, heard.language), "arithmetic", at
                for name, argument in other_functions(heard.language, _in_digits(heard, part), shown):
                    yield "sum function", _say(f"{name} {argument}", heard.language), "arithmetic", at
            yield from _rounded(heard, part, before, shown, at)
            yield from _share(heard, part, before, at)
            if before.expert == "number_theory":
                yield from _next(heard, part, before, at)
                yield from _appended(heard, part, before, at)
            yield from _replaced(heard, part, before, shown, at)
            yield from _divided(heard, part, before, at)
    for before in [one for one in list(reversed(heard.earlier))[:2] if not one.expert]:
        roman = any(len(m.group()) > 1 for m in _ROMAN.finditer(before.text))
        told = _plain_list(heard, before) or (before.text if roman else "")
        for part in parts:
            yield from _share(heard, part, before, -1)
        for part in parts if told else ():
            yield from _replaced(heard, part, replace(before, text=told, expert="number_theory"), "", -1)
    yield from _of_both(heard, parts, subjects)
    for part in parts:
        yield from _operation(heard, part)


def _shown(before: Earlier, at: int, heard: Heard, subjects: Sequence[Subject]) -> str:
    """The sum as the answer tells it."""
    one = next((s for s in subjects if s.of == at and s.expert == "arithmetic"), None)
    shown = one.formula if one is not None else _told(heard, before.text)
    return shown if re.search(r"[-+*/^%√∛!°]|[^\W\d_]", shown) else ""


def _told(heard: Heard, text: str) -> str:
    """The sum in a text around it: "so 5 times 24"."""
    data = table("ru" if re.search("[а-я]", text, re.IGNORECASE) else "en")
    term = rf"(?:\d+(?:[.,]\d+)?|{data['fraction']}|{data['number']})"
    found = re.search(
        rf"(?<![\w.,]){term}(?:\s*(?:[-+*/]|{data['operators']})\s*{term})+(?![\w])", normalize(text).strip(" ?.!")
    )
    return found.group() if found is not None else ""


def _say(formula: str, language: Language) -> str:
    return str(table(language)["say"]["calculate"]).format(f=formula)


def _bracketed(shown: str) -> str:
    return f"({shown})" if re.search(r"[-+*/%\s]", shown) else shown


def _goes_on(heard: Heard, part: str, shown: str, at: int) -> Iterator[Raw]:
    language, data, said = heard.language, table(heard.language), normalize(part)
    numbers = [p for p in heard.pieces_of(part) if is_numeric(p) or p.kind == "expression"]
    for sign, words in data["goes_on"].items():
        found = pattern_of(language, words).search(said) or re.search(rf"(?:^|\s|\d){re.escape(sign)}(?=\s|\d)", said)
        if found is None or not numbers:
            continue
        for piece in numbers[-1:]:
            operand = _operand(heard, part, piece).removeprefix("-" if sign == "-" else "")
            between = part[min(found.end(), piece.end) : max(found.start(), piece.start)]
            if not operand or re.search(r"[.?!;]\s", between):  # "of 120? It weighs more"
                continue
            behind = compiled(language, "that").search(said, found.end()) if piece.start < found.start() else None
            whole = _bracketed(shown) if sign != "+" or not behind else shown
            turned = behind or (sign == "-" and compiled(language, "from_that").search(said, found.end()))
            pair = (operand, whole) if turned else (whole, operand)
            yield "sum goes on", _say(f"{pair[0]} {sign} {pair[1]}", language), "arithmetic", at
    for operation in formula_parts.operations_in(part, language, ("number",))[:1]:
        if operation.expert == "arithmetic" and not numbers:
            yield "sum goes on", operation.say.format(f"({shown})"), "arithmetic", at
    for key, sign in (("parts", "/"), ("double", "*")):
        for by, words in data[key].items():
            if pattern_of(language, words).search(said):
                yield "sum goes on", _say(f"{_bracketed(shown)} {sign} {by}", language), "arithmetic", at


def _operand(heard: Heard, part: str, piece: Piece) -> str:
    said = part[piece.start : piece.end]
    digits = re.search(r"\d+(?:[.,]\d+)?", said)
    value = digits.group() if digits else heard.pieces.digits(said)
    if not value and isinstance(piece.value, float | int) and not re.search(r"\d", said):
        value = f"{piece.number():g}"
    percent = compiled(heard.language, "percent").search(normalize(part[piece.start :]))
    return f"{value}%" if value and (percent is not None or piece.kind == "amount:percent") else value


def _of_both(heard: Heard, parts: list[str], subjects: Sequence[Subject]) -> Iterator[Raw]:
    """The difference between the last two results."""
    sums = [s for s in subjects if s.expert == "arithmetic"][:2]
    if len(sums) < 2:
        return
    last, first = (_bracketed(s.formula) for s in sums)
    for part in parts:
        for sign, words in table(heard.language)["both"].items():
            if pattern_of(heard.language, words).search(normalize(part)):
                for one, other in ((last, first), (first, last)):
                    yield "sum of both", _say(f"{one} {sign} {other}", heard.language), "arithmetic", 0


def other_sign(language: Language, part: str, shown: str) -> Iterator[str]:
    """Nothing but another sign is said: "minus, I meant"."""
    data, said = table(language), " ".join(lemma(m.group()) for m in WORD.finditer(part))
    words = {sign: data["goes_on"][sign] for sign in ("+", "-", "*", "/")}
    named = [sign for sign, pattern in words.items() if pattern_of(language, pattern).search(f"{said} ")]
    if len(named) != 1 or len(said.split()) > SIGN_WORDS:
        return
    there = [m for m in re.finditer(r"(?<=[\w)])\s*([-+*/])", shown) if m[1] != named[0]]
    if len(there) == 1:
        yield changed(shown, [(*there[0].span(1), named[0])])


def _in_digits(heard: Heard, part: str) -> str:
    words = [p for p in heard.pieces_of(part) if p.kind == "number" and not re.search(r"\d", part[p.start : p.end])]
    return changed(
        part, [(p.start, p.end, value) for p in words if (value := heard.pieces.digits(part[p.start : p.end]))]
    )


def other_functions(language: Language, part: str, shown: str) -> Iterator[tuple[str, str]]:
    """(function, its argument): the one that is said, of what the one before was of."""
    functions = table(language)["functions"]
    said = normalize(part)
    named = [(m, name) for name, words in functions.items() if (m := pattern_of(language, words).search(said))]
    base = re.search(r"(?<!\w)(?:base|основани\w+)\s+(\w+)", said)
    if base is not None and (there := re.match(r"\s*(?:lo?g|l[nb])(?:_\w+)?\s*(?=[(\dxyzt])", shown)):
        yield (
            f"log base {base[1]} of" if language == "en" else f"логарифм по основанию {base[1]} от",
            shown[there.end() :],
        )
        return
    for match, name in sorted(named, key=lambda one: -len(one[0].group()))[:1]:
        own = re.search(r"\d", part[match.end() :])
        there = re.match(r"\s*(?:[a-z∛√]+(?:_\(?\w+\)?)?(?:\^\d+)?)\s*(?=[(\dxyzt])", shown)
        argument = part[match.end() :].strip(" ?.!") if own else shown[there.end() :] if there else ""
        if argument:
            yield name, re.sub(r"^(?:of|от|из)\s+", "", argument)


# -------------------------------------------------------------------- rounding, shares


def _rounded(heard: Heard, part: str, before: Earlier, shown: str, at: int) -> Iterator[Raw]:
    """To other places, or the result of before rounded."""
    pattern = compiled(heard.language, "places")
    found, there = pattern.search(normalize(part)), pattern.search(normalize(before.text))
    form = compiled(heard.language, "form").search(normalize(part))
    results = re.findall(r"(?<![\w.,])-?\d+(?:[.,]\d+)?(?:/\d+)?(?!\w)", before.reply)
    if form is not None and results:
        told = str(table(heard.language)["in_form"]).format(results[-1], form.group())
        yield "sum rounded", told, "arithmetic", at
    if found is None:
        return
    if there is not None:
        new = found.group()
        first = there.group().split()[0]
        if not re.match(r"(?:to|with|до|с)\s", new) and first in ("to", "with"):
            new = f"{first} {new}"
        yield "sum rounded", changed(before.text, [(*there.span(), new)]), before.expert, at
    if shown:
        yield (
            "sum rounded",
            str(table(heard.language)["round"]).format(shown, _to(found.group(), heard.language)),
            "arithmetic",
            at,
        )


def _to(places: str, language: Language) -> str:
    return places if language == "ru" or re.match(r"to|with", places) else f"to {places}"


def _share(heard: Heard, part: str, before: Earlier, at: int) -> Iterator[Raw]:
    """ "15 процентов от 340 грамм" with another share, or of another whole."""
    data = table(heard.language)
    share = rf"(?:{data['fraction']}|\d+(?:[.,]\d+)?\s?{data['percent']}|{data['number']}\s{data['percent']})"
    whole = pattern_of(
        heard.language, rf"(?P<share>{share})(?:\s[^\W\d_]+)?\s(?:{data['of']})\s(?P<whole>\d+(?:[.,]\d+)?)"
    ).search(normalize(before.text))
    if whole is None:
        return
    other = pattern_of(heard.language, share).search(normalize(part))
    numbers = [m.group() for m in _NUMERAL.finditer(part)]
    pairs = []
    if other is not None:
        pairs.append((other.group(), whole["whole"]))
    for number in numbers[-1:]:
        pairs += [(whole["share"], number), (f"{number}%", whole["whole"])]
    for one, of in pairs:
        yield "number slot", data["share"].format(one, of), "arithmetic", at


# -------------------------------------------------------------------- other numbers


def _replaced(heard: Heard, part: str, before: Earlier, shown: str, at: int) -> Iterator[Raw]:
    """Each number of the request as the one that is said."""
    numbers = [p for p in heard.pieces_of(part) if is_numeric(p) and not _THOSE.search(normalize(part[: p.start]))]
    scaled, _ = factor(plain(part), heard.signs)
    romans = [m for m in _ROMAN.finditer(part) if len(m.group()) > 1]
    there = list(_ROMAN.finditer(before.text))
    for roman in romans[:1]:
        for old in [m for m in there if len(m.group()) > 1][:1]:
            yield "number slot", changed(before.text, [(*old.span(), roman.group())]), before.expert, at
    text = _say(shown, heard.language) if shown else _plain_list(heard, before) or before.text
    places = _places(heard, text)[:PLACES]
    if len(numbers) > 1 and len(_places(heard, before.text)) > 1:
        yield from _instead(heard, part, numbers, text, before, at)
    if len(numbers) > 1 or any(p.kind == "list" for p in numbers):
        for start, end in _places(heard, before.text)[:1]:
            said = part[numbers[0].start : numbers[-1].end]
            yield "number slot", changed(before.text, [(start, end, said)]), before.expert, at
    powers = [m.span(1) for m in re.finditer(r"\^(\d+)", text)]
    for piece in [p for p in numbers if p.kind != "list"][-1:]:
        if piece.kind == "ordinal" and powers:
            places = powers[-1:]
        new = f"{piece.number():g}" if piece.kind == "ordinal" else _operand(heard, part, piece).removesuffix("%")
        for start, end in places if new else ():
            said = text[start:end]
            ordinal = not said[:1].isdigit() and not heard.pieces.digits(said)
            put = part[piece.start : piece.end] if ordinal else new
            if said != put:
                kind = (
                    "sum power"
                    if (start, end) in powers
                    else "number slot"
                    if (start, end) == places[0]
                    else "number place"
                )
                yield kind, changed(text, [(start, end, put)]), before.expert, at
        yield from _listed(heard, new, before, at)
    for start, end in places if scaled and not shown and not numbers else ():
        if text[start:end].isdecimal():
            value = f"{float(text[start:end]) * (scaled or 1):g}"
            yield "number slot", changed(text, [(start, end, value)]), before.expert, at


def _instead(heard: Heard, part: str, numbers: list[Piece], text: str, before: Earlier, at: int) -> Iterator[Raw]:
    """Of two numbers the one that was said before gives way to the other."""
    values = [_operand(heard, part, piece).removesuffix("%") for piece in numbers[:2]]
    there = [(place, text[slice(*place)]) for place in _places(heard, text)]
    for gone, new in (values, values[::-1]):
        for (start, end), said in there:
            if gone and new and gone != new and (said == gone or heard.pieces.digits(said) == gone):
                yield "number slot", changed(text, [(start, end, new)]), before.expert, at


def _listed(heard: Heard, new: str, before: Earlier, at: int) -> Iterator[Raw]:
    """The numbers of a question about several with one more, or without it."""
    asked = formula_parts.operations_in(before.text, heard.language, ("list",))
    numbers = _NUMERAL.findall(before.text)
    if not asked or len(numbers) < 2 or not new:
        return
    kept = [number for number in numbers if number != new]
    for some in (kept if len(kept) > 1 and kept != numbers else [], [*numbers, new] if kept == numbers else []):
        if some:
            yield "number list", asked[0].say.format(", ".join(some)), asked[0].expert, at


def _plain_list(heard: Heard, before: Earlier) -> str:
    """ "у нас 30 конфет и 45 печений, какой НОД?" -> "НОД чисел 30, 45"."""
    asked = formula_parts.operations_in(before.text, heard.language, ("list",))
    numbers = _NUMERAL.findall(before.text)
    return asked[0].say.format(", ".join(numbers)) if asked and len(numbers) > 1 else ""


def _places(heard: Heard, text: str) -> list[tuple[int, int]]:
    """Where the numbers of a text stand, the last one first; typed in a formula too."""
    found = {m.span() for m in re.finditer(r"(?<![\w.,])\d+(?:[.,]\d+)?(?!\w)", text)}
    language: Language = "ru" if re.search("[а-я]", text, re.IGNORECASE) else "en"
    for piece in heard.pieces_of(text, language):
        if is_numeric(piece) and not re.search(r"\d", text[piece.start : piece.end]):
            found.add((piece.start, piece.end))
    return sorted(found, reverse=True)


def _next(heard: Heard, part: str, before: Earlier, at: int) -> Iterator[Raw]:
    """The next prime, the next Fibonacci number."""
    data, said = table(heard.language), normalize(part)
    for key, step in (("next", 1), ("previous", -1)):
        if compiled(heard.language, key).search(said) is None:
            continue
        ordinals = [p for p in heard.pieces_of(before.text) if p.kind == "ordinal"]
        typed = list(re.finditer(r"(?<!\w)\d+", before.text))
        if ordinals or re.search(r"фибоначч|fibonacci", normalize(before.text)):
            for match in typed[:1]:
                value = str(int(match.group()) + step)
                whole = changed(before.text, [(*match.span(), value)])
                yield "number next", _ordinal(whole, value, heard.language), before.expert, at
            for piece in ordinals[:1] if not typed else ():
                value = f"{piece.number() + step:g}"
                shown = f"{value}-е" if heard.language == "ru" else f"{value}th"
                yield "number next", changed(before.text, [(piece.start, piece.end, shown)]), before.expert, at
            continue
        after = pattern_of(heard.language, data["after_prime"]).search(normalize(before.text))
        if after is not None and step > 0:
            yield "number next", data["prime_after"].format(after[1]), "number_theory", at
        results = re.findall(r"\d+", before.reply)
        if results:
            yield "number next", data[f"{key}_of"].format(results[-1]), "number_theory", at


def _ordinal(text: str, value: str, language: Language) -> str:
    return re.sub(rf"(?<!\d){value}(?:st|nd|rd|th)", f"{value}th", text) if language == "en" else text


def _appended(heard: Heard, part: str, before: Earlier, at: int) -> Iterator[Raw]:
    """Figures written behind the number."""
    data = table(heard.language)
    if compiled(heard.language, "appended").search(normalize(part)) is None:
        return
    romans = list(_ROMAN.finditer(before.text))
    more = [m.group() for m in _ROMAN.finditer(part)]
    for old in [m for m in romans if len(m.group()) > 1][:1]:
        for one in more[-1:]:
            yield "number appended", changed(before.text, [(old.end(), old.end(), one)]), before.expert, at
    digits = [m.group() for m in re.finditer(r"(?<!\w)\d+(?!\w)", part)]
    for word in (normalize(m.group()) for m in WORD.finditer(part)):
        digits += [str(figure) for start, figure in data["figures"].items() if word.startswith(start)]
    numbers = [m for m in _PREFIXED.finditer(before.text) if re.search(r"\d", m.group())]
    for match in sorted(numbers, key=lambda m: -len(m.group()))[:1]:
        for one in digits[:1]:
            yield "number appended", changed(before.text, [(match.end(), match.end(), one)]), before.expert, at


def _divided(heard: Heard, part: str, before: Earlier, at: int) -> Iterator[Raw]:
    """The remainder of the result of before, whether it is divisible."""
    data, said = table(heard.language), normalize(part)
    by = [heard.pieces.digits(part[p.start : p.end]) for p in heard.pieces_of(part) if p.kind == "number"]
    results = re.findall(r"(?<![\w.,])\d+(?![\w]|[.,]\d)", before.reply)
    if len(by) != 1 or not by[0] or not results:
        return
    for key in ("remainder", "divides"):
        if compiled(heard.language, key).search(said):
            yield "number operation", data[f"{key}_of"].format(results[-1], by[0]), "number_theory", at


def _operation(heard: Heard, part: str) -> Iterator[Raw]:
    """What is asked of the numbers that were told, whatever was said of them."""
    asked = formula_parts.operations_in(part, heard.language, ("list", "number"))[:2]
    if not asked or re.search(r"\d", part):
        return
    for before in [one for one in list(reversed(heard.earlier))[:2] if one.expert in ("", *NUMBERS)]:
        of = next((at for at, one in enumerate(heard.leaning) if one is before), -1)
        numbers = _NUMERAL.findall(before.text)
        for operation in asked:
            if "list" in operation.of and len(numbers) > 1:
                yield "number operation", operation.say.format(", ".join(numbers)), operation.expert, of
            if "number" in operation.of and len(numbers) == 1:
                yield "number operation", operation.say.format(numbers[0]), operation.expert, of
            factored = before.expert == "number_theory" and "·" in before.reply
            result = re.findall(r"(?<![\w.,])\d+(?:[.,]\d+)?(?!\w)", before.reply) if not factored else []
            if "number" in operation.of and before.expert in EXPERTS and result and result[-1] not in numbers:
                yield "number operation of result", operation.say.format(result[-1]), operation.expert, of
