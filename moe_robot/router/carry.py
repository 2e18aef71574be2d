"""What was said or found before, carried on: "переведи это на английский", "now divide that by 3", "keep that in mind".

Looks at the last exchange only. A result is the last number of the answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from moe_robot.lexicon import normalize
from moe_robot.router.followup_words import WORD, FollowWords, changed, lemma, plain
from moe_robot.router.pieces import Pieces, expressions
from moe_robot.router.values import result_of
from moe_robot.structs import Language

SHORT_WORDS = 4  # "is that number prime", "это чётное число"
_QUOTED = re.compile(r"«([^«»]+)»|“([^“”]+)”|\"([^\"]+)\"")
_LETTERED = re.compile(r"(?<![^\W\d_])[xyz](?![^\W\d_])|sin|cos|tan|tg|log|ln|exp", re.IGNORECASE)
_KEEP: dict[Language, str] = {"ru": "запомни, что {}", "en": "remember that {}"}
_THAT: dict[Language, str] = {"ru": "что {}", "en": "that {}"}
_TRANSLATE: dict[Language, dict[str, str]] = {
    "ru": {"en": "переведи «{}» на английский", "ru": "переведи «{}» на русский"},
    "en": {"en": 'translate "{}" into English', "ru": 'translate "{}" into Russian'},
}
_COMPUTE: dict[Language, str] = {"ru": "сколько будет {}", "en": "what is {}"}
_SUM = re.compile(r"[+\-−%]|плюс|минус|plus|minus|прибав|выче|add|subtract|процент|percent")
_SAID: dict[Language, dict[str, str]] = {
    "ru": {"+": "плюс", "-": "минус", "*": "умножить на", "/": "разделить на"},
    "en": {"+": "plus", "-": "minus", "*": "times", "/": "divided by"},
}
_SAYS = ("скажи", "say", "произнеси", "повтори", "repeat", "объяви", "announce", "передай", "сообщи")


@dataclass(frozen=True)
class Carried:
    text: str
    kind: str
    elliptic: bool = True


class Carry:
    def __init__(self, pieces: Pieces) -> None:
        self._pieces = pieces

    def on(self, text: str, words: FollowWords, old: str, reply: str, moved: bool) -> Carried | None:
        """`moved`: the earlier request was one to do something."""
        said = plain(text)
        language = words.language
        if words.is_one_of("keep", text) or words.keeps(text):
            return None if moved or _is_question(old, words) else Carried(_KEEP[language].format(_bare(old)), "keep")
        for phrase in sorted(words.phrases("about_that"), key=len, reverse=True):
            found = _find(phrase, text)
            if found is not None and not moved and not _is_question(old, words) and _reminds(said):
                that = _THAT[language].format(_bare(old))
                return Carried(changed(text, [(*found.span(), that)]), "said", False)
        translated = self._translated(text, words, old, reply, moved)
        if translated is not None:
            return Carried(translated, "translate")
        computed = self.computed(text, words, old, reply)
        if computed is not None:
            return Carried(computed, "carried")
        return None if moved else self._with_said(text, words, old, reply)

    def _translated(self, text: str, words: FollowWords, old: str, reply: str, moved: bool) -> str | None:
        """Nothing said but that a translation is wanted, and into what."""
        pieces = [p for p in self._pieces.find(text, words) if p.kind == "language"]
        if len(pieces) != 1:
            return None
        inside = set(plain(text[pieces[0].begin : pieces[0].end]).split())
        rest = [w for w in (normalize(m.group()) for m in WORD.finditer(text)) if w not in inside]
        if any(word not in words.phrases("translating") for word in rest):
            return None
        quoted = _QUOTED.search(old)
        if quoted is not None:
            what = next(group for group in quoted.groups() if group)
        elif plain(old).split()[:1] and plain(old).split()[0] in _SAYS:
            what = old.strip().split(maxsplit=1)[-1]
        else:
            what = old if moved or not reply else reply
        return _TRANSLATE[words.language][str(pieces[0].value)].format(what.strip(" .!?"))

    def computed(self, text: str, words: FollowWords, old: str, reply: str) -> str | None:
        """ "раздели на 3", "plus 7", "take the root of that": with the result of before."""
        result = result_of(reply)
        if not result or _LETTERED.search(old) or not re.search(r"\d", plain(old) + reply):
            return None
        spoken = words.stripped(plain(text))
        for form, phrases in words.data["squared"].items():
            if {spoken, plain(text)} & {plain(phrase) for phrase in phrases}:
                return _COMPUTE[words.language].format(f"sqrt({result})" if form == "sqrt" else f"{result}{form}")
        if any(p.kind == "list" for p in self._pieces.find(old, words)) and re.search("[а-яa-z]", old):
            return None  # "add 16" to a list
        numbers = [p for p in self._pieces.find(text, words) if p.kind == "number"]
        sign = next((s for s, v in words.data["operations"].items() if set(v) & set(spoken.split())), "")
        if len(numbers) != 1 or not sign:
            return None
        inside = set(plain(text[numbers[0].start : numbers[0].end]).split())
        known = {*inside, *words.data["operands"], *words.fillers, *words.data["operations"][sign]}
        if any(word not in known for word in spoken.split()):
            return None
        operand = self._pieces.digits(text[numbers[0].start : numbers[0].end]).lstrip("-−")
        if not operand:
            return None
        body = old.strip(" .!?")
        if _SUM.search(body) is None or sign in "+-":  # what comes first stays first
            return f"{body} {_SAID[words.language][sign]} {operand}"
        return _COMPUTE[words.language].format(f"{result} {sign} {operand}")

    def _with_said(self, text: str, words: FollowWords, old: str, reply: str) -> Carried | None:
        """ "is that number prime", "now differentiate that": a phrase that means what was said or found."""
        if len(plain(text).split()) < 2 or re.search(r"\d", text) or expressions(text):
            return None
        for phrase in sorted(words.phrases("said_phrases"), key=len, reverse=True):
            found = _find(phrase, text)
            if found is None:
                continue
            opens = words.stripped(plain(text)).startswith(phrase) and len(plain(text).split()) <= SHORT_WORDS
            if " " not in phrase and not opens and not _stands_alone(text[found.end() :], words):
                continue
            shown = [old[a:b] for a, b in expressions(old)]
            shown = [one for one in shown if re.search(r"\d|(?<![a-z])[xyz]", one) and _LETTERED.search(one)]
            what = max(shown, key=len) if shown else result_of(reply) if expressions_or_numbers(old) else ""
            if not what:
                return None
            return Carried(changed(text, [(*found.span(), what)]), "said", False)
        return None


def expressions_or_numbers(text: str) -> bool:
    """Something that can be computed with."""
    if re.search(r"\d", text) or expressions(text):
        return True
    return any(lemma(word) in _NUMERALS for word in plain(text).split())


_NUMERALS = {"один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять", "десять"}
_NUMERALS |= {"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}


def _stands_alone(rest: str, words: FollowWords) -> bool:
    """ "differentiate that", "is that prime": not "that bottle"; nothing follows, or a small word, or an adjective."""
    following = plain(rest).split()[:1]
    return not following or following[0] in words.prepositions | words.fillers or len(plain(rest).split()) == 1


def _find(phrase: str, text: str) -> re.Match[str] | None:
    said = normalize(text)
    return re.search(rf"(?<![\w-]){re.escape(phrase)}(?![\w-]|['’])", said) if phrase in said else None


def _is_question(text: str, words: FollowWords) -> bool:
    said = plain(text).split()
    return "?" in text or (bool(said) and said[0] in words.data["questions"]) or "ли" in said


def _reminds(said: str) -> bool:
    return any(word.startswith(("напомн", "remind")) for word in said.split())


def _bare(text: str) -> str:
    return text.strip(" .!")
