"""Follow-ups of algebra, calculus, arithmetic and whole numbers.

"integrate sin x" + "0 to pi"                          ->  "integral of sin x from 0 to pi"
"simplify (x^2 - 4)/(x - 2)" + "when is that 9?"       ->  "solve (x^2 - 4)/(x - 2) = 9"
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from moe_robot.lexicon import normalize
from moe_robot.router.followup_words import WORD, changed, lemma, plain
from moe_robot.router.proposers import calculations, formula_parts
from moe_robot.router.proposers.formula_parts import RELATION, Subject, compiled, pattern_of, table
from moe_robot.router.proposers.heard import Heard, Raw
from moe_robot.router.sums import FORMULAS, names_of_orders
from moe_robot.router.terms import same_power
from moe_robot.structs import Language

MOST = 14
OF = 3  # formulas that a turn may go on with
PLACES = 5  # numbers of a formula that may be another
_POINT = re.compile(r"\(\s*(-?[\w.]+)\s*[,;]\s*(-?[\w.]+)\s*\)")
_NUMBER = re.compile(r"(?<![\w.,^])\d+(?:[.,]\d+)?|(?<=\^)\d+")
_TERM = re.compile(r"([+-]?)\s*(\d*)([a-z])(\^\d+)?")


def propose(heard: Heard) -> Iterator[Raw]:
    """Whole texts that the turn may mean after one of the earlier requests of these experts."""
    found = formula_parts.subjects(heard)
    yield from _some(_of_formulas(heard, found))
    yield from _some(calculations.propose(heard, found))


_SUPPOSED = {
    "ru": re.compile(
        r"(?<!\w)если\s+(?:\w+\s+)?дискриминант\w*\s+"
        r"(отрицат|меньше нул|ниже нул|положит|больше нул|ноль|нол|нул|равен нул)"
    ),
    "en": re.compile(
        r"(?<!\w)if\s+(?:the |its |this )?discriminant\s+(?:\w+\s+)?"
        r"(negative|less|below|positive|greater|above|zero|nought)"
    ),
}
_SUPPOSITIONS = {
    "ru": ("если дискриминант отрицательный", "если дискриминант положительный", "если дискриминант равен нулю"),
    "en": ("if the discriminant is negative", "if the discriminant is positive", "if the discriminant is zero"),
}


def _supposed(heard: Heard) -> str:
    """ "а если дискриминант отрицательный?": about equations as such; "" for anything else."""
    found = _SUPPOSED[heard.language].search(normalize(heard.text))
    if found is None:
        return ""
    negative, positive, zero = _SUPPOSITIONS[heard.language]
    sign = found.group(1)
    if sign in ("отрицат", "меньше нул", "ниже нул", "negative", "less", "below"):
        return negative
    return positive if sign in ("положит", "больше нул", "positive", "greater", "above") else zero


def _some(proposals: Iterator[Raw]) -> Iterator[Raw]:
    seen: set[tuple[str, str]] = set()
    for raw in proposals:
        if (raw[1], raw[2]) not in seen and len(seen) < MOST:
            seen.add((raw[1], raw[2]))
            yield raw


def _of_formulas(heard: Heard, told: Sequence[Subject]) -> Iterator[Raw]:
    found = [s for s in told if s.expert != "arithmetic"][:OF]
    if not found:
        return
    supposed = _supposed(heard)
    if supposed:
        yield "formula operation", supposed, "algebra", found[0].of
        return
    asked = [s for s in found if s.say and s.expert in FORMULAS]
    parts = [heard.words.without_opener(part)[0] for part in heard.parts]
    for part in dict.fromkeys(parts):
        yield from _asked(heard, part, found)
    ways: tuple[Callable[[Heard, str, Subject], Iterator[Raw]], ...] = (
        _for_variable,
        _related,
        _slot,
        _changed,
        _bounded,
        _function,
        _numbered,
    )
    if compiled(heard.language, "checking").search(normalize(heard.text)):
        for subject in asked[:1]:
            yield "formula again", subject.whole(), subject.expert, subject.of
    for subject in asked[:2]:
        for part in dict.fromkeys(parts):
            for way in ways:
                yield from way(heard, part, subject)


def _asked(heard: Heard, part: str, found: list[Subject]) -> Iterator[Raw]:
    """Another operation on a formula of before."""
    language = heard.language
    asked = formula_parts.operations_in(part, language)[:2]
    orders = heard.words.data["ordinals"]
    order = next((int(orders[w]) for m in WORD.finditer(part) if (w := lemma(m.group())) in orders), 0)
    order = order or next((int(orders[w]) for m in WORD.finditer(part) if (w := normalize(m.group())) in orders), 0)
    if not asked and order > 1 and any(s.expert == "derivative" for s in found):
        asked = formula_parts.operations_in(_DERIVATIVE[language], language)[:1]
    bare = formula_parts.without_tail(part, language)
    if not asked or [run for run in formula_parts.runs(bare, language) if len(run) > 1]:
        return
    tail = _tail(part, asked[0].expert, language) or _between(heard, part, asked[0].expert)
    orders_of = names_of_orders(language)
    resulting = compiled(language, "resulting").search(normalize(part)) is not None
    for subject in found:
        for operation in asked:
            say = operation.say
            if operation.expert == "derivative" and order > 1 and order in orders_of:
                say = f"{orders_of[order]} {say}"
            left = RELATION.split(subject.formula)[0].strip()
            formulas = [subject.formula]
            if operation.expert != "algebra" and left != subject.formula:
                formulas = [left]
            elif subject.result and resulting and formula_parts.runs(subject.result, language):
                formulas.insert(0, subject.result)
            for formula in formulas:
                whole = say.format(formula)
                ends = (tail, "", subject.tail if operation.expert == subject.expert else "")
                for end in dict.fromkeys(ends):
                    yield "formula operation", f"{whole} {end}".strip(), operation.expert, subject.of
                if operation.expert == "algebra" and RELATION.search(formula) is None:
                    yield "formula operation", f"{whole} = 0", operation.expert, subject.of
                plain_one = operation.say.startswith(_DERIVATIVE[language])
                if plain_one and subject.expert == "derivative" and subject.order + 1 in orders_of:
                    name = orders_of[subject.order + 1]
                    whole = operation.say.format(subject.formula)
                    yield "formula operation", f"{name} {whole}", operation.expert, subject.of


_DERIVATIVE: dict[Language, str] = {"ru": "производная", "en": "derivative"}


def _between(heard: Heard, part: str, expert: str) -> str:
    """ "between those two points": the numbers that were told last."""
    if expert != "integral" or compiled(heard.language, "those").search(normalize(part)) is None or not heard.earlier:
        return ""
    numbers = re.findall(r"(?<![\w.^])-?\d+(?:\.\d+)?(?![\w^])", heard.earlier[-1].text)
    return formula_parts.bounds_tail(formula_parts.Bounds(*numbers[-2:]), heard.language) if len(numbers) > 1 else ""


def _tail(part: str, expert: str, language: Language) -> str:
    bound = formula_parts.bounds(part, language) if expert == "integral" else None
    if bound is not None and bound.low and bound.high:
        return formula_parts.bounds_tail(bound, language)
    at = formula_parts.point(part, language) if expert in ("derivative", "algebra") else ""
    return formula_parts.point_tail(at, language) if at else ""


# -------------------------------------------------------------------- the formula otherwise


def _slot(heard: Heard, part: str, subject: Subject) -> Iterator[Raw]:
    """The same of another formula, or of another part of it."""
    language, old = heard.language, subject.formula
    if RELATION.search(old):  # "x minus y is 2"
        part = compiled(language, "spoken_equals").sub("=", part)
    bare = formula_parts.without_tail(part, language) if subject.expert != "algebra" else part
    found = formula_parts.runs(bare, language)[:2]
    gone = [run for run in found if len(found) > 1 and run in old.replace("*", "")]
    if len(gone) == 1:  # "3x instead of 2x"
        new = next(run for run in found if run != gone[0])
        yield "formula instead", subject.whole(old.replace(gone[0], new, 1)), subject.expert, subject.of
    opener = [compiled(language, key).match(normalize(part)) for key in ("times", "over", "plus", "minus")]
    if any(opener):  # of what is there, not instead of it
        return
    for spoken in found if not gone else ():
        run = formula_parts.canonical(spoken, language)
        for sign in "+-":
            run = pattern_of(language, table(language)["goes_on"][sign]).sub(sign, run)
        if len(run) == 1 and subject.expert == "derivative" and run in old:  # by which letter
            yield from _by_letter(run, subject)
            continue
        for key, at in (("other_formula", -1), ("top", 0), ("exponent", 1)):
            if compiled(language, key).search(normalize(part)) is not None:
                yield from _in_place(old, run, at, subject)
        relation, there = RELATION.search(run), RELATION.search(old)
        formula, term = run, same_power(run, old)
        tail = _told_tail(part, subject, language)
        same_side = list(_same_side(run, relation, subject)) if relation is not None and "," in old else []
        if same_side:
            yield from same_side
            continue
        several = re.search(r"[\w)]\s*[-+]", run) is not None
        ways = [("formula term", term or "", None), ("formula slot", formula, tail)]
        if there is not None and relation is None:
            ways[1] = ("formula side", f"{run} {old[there.start() :]}", tail)
        for kind, new, ending in reversed(ways) if several else ways:
            if new and (new != old or ending not in (None, subject.tail)):
                yield kind, subject.whole(new, ending), subject.expert, subject.of
        if relation is not None and "," in old:
            for at in (1, 0):
                sides = [side.strip() for side in old.split(",")]
                sides[min(at, len(sides) - 1)] = run
                yield "formula slot", subject.whole(", ".join(sides)), subject.expert, subject.of
    if not formula_parts.runs(bare, language):
        for power, words in table(language)["powers"].items():
            if pattern_of(language, words).search(normalize(part)) and f"^{power}" not in old:
                yield from _in_place(old, str(power), 1, subject)
    if compiled(language, "exponent").search(normalize(part)) is None:
        return
    said = [p for p in heard.pieces_of(part) if p.kind in ("number", "ordinal")]
    for value in dict.fromkeys(f"{p.number():g}" for p in reversed(said)):
        yield from _in_place(old, value, 1, subject)


def _by_letter(letter: str, subject: Subject) -> Iterator[Raw]:
    said = re.sub(r"(?<=[^\W\d_] )[a-z]$", letter, subject.whole())
    if said != subject.whole():
        yield "formula variable", said, subject.expert, subject.of


def _same_side(run: str, relation: re.Match[str], subject: Subject) -> Iterator[Raw]:
    """The equation of a system that has the same left side."""
    sides = [side.strip() for side in subject.formula.split(",")]
    left = re.sub(r"\s", "", run[: relation.start()])
    for at, side in enumerate(sides):
        there = RELATION.search(side)
        if there is not None and re.sub(r"\s", "", side[: there.start()]) == left:
            whole = ", ".join([*sides[:at], run, *sides[at + 1 :]])
            yield "formula instead", subject.whole(whole), subject.expert, subject.of


def _told_tail(part: str, subject: Subject, language: Language) -> str:
    if subject.limit:
        variable, to, side = formula_parts.goes_to(part, language)
        return formula_parts.limit_tail(variable or subject.variable, to, side, language) if to else subject.tail
    return _tail(part, subject.expert, language) or subject.tail


def _in_place(old: str, run: str, at: int, subject: Subject) -> Iterator[Raw]:
    """A denominator, a numerator or an exponent."""
    if at == 1:
        cut = old.rfind("^")
        base = old[:cut] if cut >= 0 else "e" if "exp" in old else ""
        end = re.match(r"\^(?:\([^)]*\)|\w+)", old[cut:]) if cut >= 0 else None
        rest = old[cut + end.end() :] if end is not None else ""
        if base:
            yield "formula slot", subject.whole(f"{base}^({run}){rest}"), subject.expert, subject.of
        return
    top, joint, below = old.rpartition("/")
    if joint:
        new = f"({run})/{below.strip()}" if at == 0 else f"{top.strip()}/({run})"
        yield "formula slot", subject.whole(new), subject.expert, subject.of


def _changed(heard: Heard, part: str, subject: Subject) -> Iterator[Raw]:
    """The formula times something, with something more."""
    language, data, said = heard.language, table(heard.language), normalize(part)
    if pattern_of(language, data["twice"]).search(said):
        yield "formula scaled", subject.whole(f"2*({subject.formula})"), subject.expert, subject.of
    for key, shape in (
        ("times", "{0}*({1})"),
        ("over", "({1})/({0})"),
        ("plus", "{1} + {0}"),
        ("minus", "{1} - ({0})"),
    ):
        found = compiled(language, key).search(said)
        if found is None:
            continue
        rest = part[found.end() :]
        runs = formula_parts.runs(rest, language)
        numbers = [p for p in heard.pieces_of(rest) if p.kind == "number"]
        operand = runs[0] if runs else f"{numbers[0].number():g}" if numbers else ""
        if operand and RELATION.search(subject.formula) is None:
            yield "formula scaled", subject.whole(shape.format(operand, subject.formula)), subject.expert, subject.of


def _related(heard: Heard, part: str, subject: Subject) -> Iterator[Raw]:
    """Another sign of an equation or an inequality, and another right side."""
    if subject.expert != "algebra":
        return
    language, said, old = heard.language, normalize(part), subject.formula
    signs = table(language)["relations"]
    wanted = next((sign for sign, words in signs.items() if pattern_of(language, words).search(said)), "")
    wanted = wanted or next((sign for sign in signs if sign in said), "")
    if not wanted or formula_parts.runs(part, language):
        return
    there = RELATION.search(old)
    left, right = (old[: there.start()].strip(), old[there.end() :].strip()) if there else (old, "")
    number = formula_parts.value(said, language)
    numbers = [p for p in heard.pieces_of(number) if p.kind == "number"]
    typed = re.findall(r"(?<![\w.])-?\d+(?:[.,]\d+)?", number)
    told = typed[-1] if typed else f"{numbers[-1].number():g}" if numbers else ""
    solve = str(table(language)["say"]["solve"])
    for side in dict.fromkeys((told, right)):
        if side:
            yield "formula relation", solve.format(f=f"{left} {wanted} {side}"), "algebra", subject.of


def _for_variable(heard: Heard, part: str, subject: Subject) -> Iterator[Raw]:
    """The same equation for another letter."""
    found = compiled(heard.language, "variable").search(normalize(part))
    letter = found["v"] if found is not None else normalize(part).strip(" ?.!")
    if len(letter) == 1 and subject.expert == "algebra" and "=" in subject.formula and letter in subject.formula:
        yield "formula slot", f"solve for {letter}: {subject.formula}", "algebra", subject.of


# -------------------------------------------------------------------- bounds, functions, numbers


def _bounded(heard: Heard, part: str, subject: Subject) -> Iterator[Raw]:
    """Other bounds of an integral or a sum, another point of a derivative or a limit."""
    language = heard.language
    tails: list[str] = []
    if subject.limit:
        variable, to, side = formula_parts.goes_to(part, language)
        found = re.search(r"(\S+?)(?: \S+ \S+ \S+| \S+)?$", subject.tail)
        if to or side:
            tails.append(
                formula_parts.limit_tail(
                    variable or subject.variable, to or (found[1] if found else "0"), side, language
                )
            )
    elif subject.expert == "integral":
        bound = formula_parts.bounds(part, language)
        if bound is not None and (bound.low or subject.low) and (bound.high or subject.high):
            low, high = bound.low or subject.low, bound.high or subject.high
            tails.append(formula_parts.bounds_tail(formula_parts.Bounds(low, high), language))
    elif subject.expert == "derivative":
        pair = _POINT.search(part)
        if pair is not None:
            tails.append(_tail_of_pair(pair, language))
        at = formula_parts.point(part, language)
        if at:
            tails.append(formula_parts.point_tail(at, language))
    for tail in tails:
        yield "formula bounds", subject.whole(tail=tail), subject.expert, subject.of


def _tail_of_pair(pair: re.Match[str], language: Language) -> str:
    return f"{'в точке' if language == 'ru' else 'at the point'} ({pair[1]}, {pair[2]})"


def _function(heard: Heard, part: str, subject: Subject) -> Iterator[Raw]:
    """The cosine instead of the sine, of the same."""
    for name, old in calculations.other_functions(heard.language, part, subject.formula):
        yield "formula function", subject.whole(f"{name} {old}"), subject.expert, subject.of


def _numbered(heard: Heard, part: str, subject: Subject) -> Iterator[Raw]:
    """Another number in the formula, wherever it may be meant, and another sign before it."""
    language, old = heard.language, subject.formula
    told = _digits(heard, part)[:2]
    if not told and not formula_parts.runs(part, language):
        for whole in calculations.other_sign(language, part, old):
            yield "formula sign", subject.whole(whole), subject.expert, subject.of
    if not told or len(plain(part).split()) > 9 or formula_parts.runs(part, language):
        return
    minus, plus = (
        any(set(heard.words.data["signs"].get(sign, ())) & set(plain(part).split())) or f"{sign}" in part
        for sign in "-+"
    )
    places = list(_NUMBER.finditer(old))
    places = [m for m in places if told != ["0"] or old[: m.start()].rstrip()[-1:] != "^"]
    for new in dict.fromkeys(reversed(told)):
        gone = [m for m in places if m.group() in told and m.group() != new]
        for match in gone or list(reversed(places))[:PLACES]:
            if match.group() != new:
                yield from _put(subject, old, match, new, minus, plus)
    if minus or plus:
        for match in [m for m in places if m.group() in told]:
            yield from _put(subject, old, match, match.group(), minus, plus)


def _put(subject: Subject, old: str, match: re.Match[str], new: str, minus: bool, plus: bool) -> Iterator[Raw]:
    sign = re.search(r"[+-]\s*$", old[: match.start()])
    if (minus or plus) and sign is not None:
        start, said = sign.start(), "-" if minus else "+"
        space = " " if sign.group()[1:] else ""
        whole = changed(old, [(start, match.end(), f"{said}{space}{new}")])
        yield "formula number", subject.whole(whole), subject.expert, subject.of
    if new != match.group():
        yield "formula number", subject.whole(changed(old, [(*match.span(), new)])), subject.expert, subject.of


def _digits(heard: Heard, part: str) -> list[str]:
    """The numbers of the part one by one, as digits; "двойки" too."""
    figures = heard.words.data["figures"]
    found = []
    for match in re.finditer(r"\d+(?:[.,]\d+)?|[^\W\d_]+", part):
        word = match.group()
        digits = word if word[0].isdigit() else str(figures.get(lemma(word), "")) or heard.pieces.digits(word)
        if digits:
            found.append(digits)
    return found
