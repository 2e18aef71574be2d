"""The sentences of both languages, loaded from `sentences/*.yaml` and compiled into one automaton.

Verbs and words are given by their dictionary form; the forms that a command can take are made here. Knows the data's
layout; what a matched sentence means is `steps.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from moe_robot.errors import ConfigError
from moe_robot.lexicon import analyzer, normalize
from moe_robot.router.templates import Automaton, Template
from moe_robot.structs import LANGUAGES

SLOTS = (
    *("place", "object", "color", "person"),
    *("number", "length", "duration", "angle", "speed", "percent", "times", "rounds"),
)
MOODS = (
    "ger",
    "past",
    "let",
)  # forms that are a command only after words that say so ("would you mind ...", "чтобы ты ...")
FILLER_COST = 0.01
OPTIONAL_FILLER_COST = 0.15
_PLAIN = re.compile(r"[\w'-]+(\[\w+\])?$")


@dataclass(frozen=True)
class Filler:
    """Words that may be passed over. `mood` is the verb form that they allow after them."""

    words: tuple[str, ...]
    mood: str
    cost: float
    polite: bool = False  # even inside free text


@dataclass(frozen=True)
class Phrase:
    """Words that stand for the rule or list `label`; `mood` says what must go before ("" = nothing)."""

    words: tuple[str, ...]
    label: str
    mood: str = ""
    value: Any = None


@dataclass
class Grammar:
    automaton: Automaton
    phrases: dict[str, list[Phrase]]  # by first word: the words of rules that are lists of words
    fillers: dict[str, list[Filler]]  # by first word, the longest first
    contractions: dict[str, str]
    anywhere: tuple[tuple[str, ...], ...]  # words that allow past forms in the whole sentence
    words: set[str] = field(default_factory=set)  # everything that some sentence knows


@lru_cache(maxsize=1)
def load_grammar() -> Grammar:
    """Compiled once for the process; it depends on no home. Raises ConfigError that names the sentence."""
    automaton = Automaton()
    grammar = Grammar(automaton, {}, {}, {}, ())
    for language in LANGUAGES:
        path = Path(__file__).with_name("sentences") / f"{language}.yaml"
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        _load(data, grammar)
    automaton.compile()
    grammar.words = set(automaton.words)
    grammar.words |= {word for phrases in grammar.phrases.values() for phrase in phrases for word in phrase.words}
    grammar.words |= {word for fillers in grammar.fillers.values() for filler in fillers for word in filler.words}
    grammar.words |= {word for words in grammar.contractions.values() for word in words.split()}
    grammar.words |= {word for word in grammar.contractions if word.isalpha() and len(word) > 2}
    return grammar


def _load(data: Mapping[str, Any], grammar: Grammar) -> None:
    language = str(data["language"])
    rules: dict[str, str] = {}

    def define(scope: str, name: str, forms: Iterable[tuple[str, str]]) -> str:
        """The words of a rule travel as one label."""
        label = f"<{scope}.{name}>"
        for phrase, mood in dict.fromkeys(forms):
            _add_phrase(grammar, Phrase(tuple(phrase.split()), label, mood))
        return label

    def rules_of(scope: str, section: Mapping[str, str]) -> dict[str, str]:
        """Rules that are only lists of words are replaced by their label."""
        compiled = {}
        for name, text in section.items():
            words, optional = _plain_words(normalize(text))
            if not words:
                compiled[name] = text
            else:
                label = define(scope, name, [(word, "") for word in words])
                compiled[name] = f"[{label}]" if optional else label
        return compiled

    verbs = _verb_forms_ru if language == "ru" else _verb_forms_en
    for name, lemmas in (data.get("verbs") or {}).items():
        rules[name] = define(language, name, [form for lemma in lemmas for form in verbs(normalize(str(lemma)))])
    for name, lemmas in (data.get("words") or {}).items():
        forms = [(form, "") for lemma in lemmas for form in _word_forms_ru(normalize(str(lemma)))]
        rules[name] = define(language, name, forms)
    rules |= rules_of(language, data["expansion_rules"])
    lists: dict[str, tuple[str, list[tuple[str, Any]]]] = {}
    for name, content in data["lists"].items():
        label, rest = f"{{{language}.{name}}}", []
        for value in content["values"]:
            words, _ = _plain_words(normalize(value["in"]))
            for word in words:
                _add_phrase(grammar, Phrase(tuple(word.split()), label, value=value["out"]))
            if not words:
                rest.append((value["in"], value["out"]))
        lists[name] = (label, rest)
    _load_glue(data, grammar)
    for intent, content in data["intents"].items():
        number = 0
        for index, block in enumerate(content["data"]):
            local = rules | rules_of(f"{language}.{intent}", content.get("expansion_rules", {}))
            local |= rules_of(f"{language}.{intent}.{index}", block.get("expansion_rules", {}))
            for text in block["sentences"]:
                number += 1
                template = Template(
                    id=f"{intent}#{language}{number}",
                    intent=intent,
                    slots=block.get("slots") or {},
                    cost=float((block.get("metadata") or {}).get("cost", 0.0)),
                    text=text,
                    language=language,
                )
                grammar.automaton.add(template, local, lists, SLOTS)


def _add_phrase(grammar: Grammar, phrase: Phrase) -> None:
    known = grammar.phrases.setdefault(phrase.words[0], [])
    if phrase not in known:
        known.append(phrase)


def _load_glue(data: Mapping[str, Any], grammar: Grammar) -> None:
    grammar.contractions |= {normalize(k): normalize(str(v)) for k, v in (data.get("contractions") or {}).items()}
    fillers = data["fillers"]
    for kind, phrases in fillers.items():
        mood = kind if kind in MOODS else ""
        cost = OPTIONAL_FILLER_COST if kind == "optional" else FILLER_COST
        for phrase in phrases:
            words = tuple(word for part in normalize(str(phrase)).split() for word in _open(part, grammar.contractions))
            if kind == "past_anywhere":
                grammar.anywhere = (*grammar.anywhere, words)
            elif words:
                grammar.fillers.setdefault(words[0], []).append(Filler(words, mood, cost, kind == "polite"))
    for entries in grammar.fillers.values():
        entries.sort(key=lambda filler: -len(filler.words))


def _open(word: str, contractions: Mapping[str, str]) -> list[str]:
    return contractions.get(word, word).split()


def _plain_words(text: str) -> tuple[list[str], bool]:
    """The alternatives of "(a|b c|d[e])" or "[a|b]" as phrases, and whether they are optional; no words when it holds more."""
    text = text.strip()
    if text[:1] + text[-1:] not in ("()", "[]"):
        return [], False
    words: list[str] = []
    for part in text[1:-1].split("|"):
        if _PLAIN.match(part):
            base, bracket, suffix = part.partition("[")
            words += [base, base + suffix[:-1]] if bracket else [base]
        elif re.fullmatch(r"[\w' -]+", part):
            words.append(" ".join(part.split()))
        else:
            return [], False
    return words, text[0] == "["


# ---------------------------------------------------------------- forms of verbs


_PREFIXES = (
    "",
    "по",
    "до",
    "про",
    "за",
    "под",
    "подо",
    "подъ",
    "при",
    "пере",
    "с",
    "со",
    "съ",
    "в",
    "въ",
    "вы",
    "у",
    "от",
)


def _verb_forms_ru(lemma: str) -> list[tuple[str, str]]:
    """Imperative, infinitive, perfective "сделаешь", "сделаем", and the past that "чтобы ты" asks for."""
    if lemma.startswith("="):
        return [(lemma[1:], "")]
    if lemma.startswith("~"):  # "~ползти": доползти, заползти, ... as far as the dictionary knows them
        known = [p + lemma[1:] for p in _PREFIXES if analyzer().word_is_known(p + lemma[1:])]
        return [form for verb in known for form in _verb_forms_ru(verb)]
    first, *rest = lemma.split()
    if first == "не" and rest:
        return [(f"не {form}", mood) for form, mood in _verb_forms_ru(" ".join(rest))]
    parse = next((p for p in analyzer().parse(first) if p.tag.POS == "INFN"), None)
    if parse is None:
        return [(lemma, "")]
    forms: list[tuple[str, str]] = []
    for form in parse.lexeme:
        tag = str(form.tag)
        if tag.startswith("INFN") or "impr" in tag or ("perf" in tag and "2per" in tag):
            forms.append((form.word, ""))
        elif tag.startswith("VERB") and "plur" in tag and "1per" in tag:
            forms.append((form.word, "let"))
        elif tag.startswith("VERB") and "past" in tag and "neut" not in tag:
            forms.append((form.word, "past"))
    tail = "".join(f" {word}" for word in rest)
    return [(normalize(form) + tail, mood) for form, mood in dict.fromkeys(forms)]


_DOUBLED = frozenset(
    "get run hop zip step pop nip trot scan map plug put set hit dig jog sit spin swim cut let stop drop grab bet tag dub skip trim jot snap top spot nab shop slip beg track".split()
) - {"track"}
_PAST_EN = {
    "go": "went", "drive": "drove", "get": "got", "come": "came", "run": "ran", "find": "found", "take": "took", "make": "made",
    "say": "said", "tell": "told", "see": "saw", "keep": "kept", "stand": "stood", "give": "gave", "do": "did", "have": "had",
    "be": "were", "bring": "brought", "put": "put", "set": "set", "spin": "spun", "seek": "sought", "ride": "rode", "hold": "held",
    "pick": "picked", "speak": "spoke", "sit": "sat", "hang": "hung", "bear": "bore", "swing": "swung", "let": "let", "hit": "hit",
    "sweep": "swept", "catch": "caught", "read": "read", "send": "sent", "fall": "fell", "steal": "stole", "creep": "crept",
    "leave": "left", "lay": "laid", "throw": "threw", "stick": "stuck", "slide": "slid", "draw": "drew", "shut": "shut", "feed": "fed",
}  # fmt: skip


def _verb_forms_en(phrase: str) -> list[tuple[str, str]]:
    """The base form, the gerund that "would you mind" asks for, the past of "if you went"."""
    first, *rest = phrase.split()
    tail = "".join(f" {word}" for word in rest)
    forms = [(phrase, "")]
    if not first.isalpha():
        return forms
    if first.endswith("ie"):
        gerund = first[:-2] + "ying"
    elif first.endswith("e") and not first.endswith(("ee", "oe", "ye")) and first != "be":
        gerund = first[:-1] + "ing"
    elif first in _DOUBLED:
        gerund = first + first[-1] + "ing"
    else:
        gerund = first + "ing"
    if first in _PAST_EN:
        past = _PAST_EN[first]
    elif first.endswith("e"):
        past = first + "d"
    elif first.endswith("y") and first[-2:-1] not in "aeiou":
        past = first[:-1] + "ied"
    else:
        past = first + (first[-1] if first in _DOUBLED else "") + "ed"
    if first in ("patrol", "travel", "cancel", "pedal", "signal"):
        forms.append((first + "ling" + tail, "ger"))
    return [*forms, (gerund + tail, "ger"), (past + tail, "past")]


def _word_forms_ru(lemma: str) -> list[str]:
    if " " in lemma:
        first, second = (analyzer().parse(word)[0] for word in lemma.split()[:2])
        return [
            normalize(f"{a.word} {b.word}")
            for case in ("nomn", "gent", "datv", "accs", "ablt", "loct")
            for number in ("sing", "plur")
            if (b := second.inflect({case, number}))
            and (
                a := first.inflect(
                    {case, number} | ({second.tag.gender} if number == "sing" and second.tag.gender else set())
                )
            )
        ] or [lemma]
    readings = analyzer().parse(lemma)
    parse = next(
        (p for p in readings if p.tag.POS in ("NOUN", "ADJF", "NPRO", "NUMR", "PRTF") and "nomn" in p.tag), readings[0]
    )
    return list(
        dict.fromkeys(
            [
                lemma,
                *(
                    normalize(form.word)
                    for form in parse.lexeme
                    if form.tag.POS in ("NOUN", "ADJF", "NPRO", "NUMR", "PRTF")
                ),
            ]
        )
    )


def check_sentences() -> int:
    """How many templates there are; raises ConfigError when one cannot be compiled."""
    count = len(load_grammar().automaton.templates)
    if count == 0:
        raise ConfigError("router/sentences holds no templates")
    return count
