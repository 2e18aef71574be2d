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
from moe_robot.lexicon import normalize
from moe_robot.router.templates import Automaton, Template
from moe_robot.router.verbs import MOODS, verb_forms_en, verb_forms_ru, word_forms_ru
from moe_robot.structs import LANGUAGES

SLOTS = (
    *("place", "object", "color", "person"),
    *("number", "length", "duration", "angle", "speed", "percent", "times", "rounds", "delay"),
)
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

    verbs = verb_forms_ru if language == "ru" else verb_forms_en
    for name, lemmas in (data.get("verbs") or {}).items():
        rules[name] = define(language, name, [form for lemma in lemmas for form in verbs(normalize(str(lemma)))])
    for name, lemmas in (data.get("words") or {}).items():
        forms = [(form, "") for lemma in lemmas for form in word_forms_ru(normalize(str(lemma)))]
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
    """The alternatives of "(a|b c|d[e])" or "[a|b]" as phrases, and whether they are optional; no words when it holds
    more."""
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


def check_sentences() -> int:
    """How many templates there are; raises ConfigError when one cannot be compiled."""
    count = len(load_grammar().automaton.templates)
    if count == 0:
        raise ConfigError("router/sentences holds no templates")
    return count
