"""Sayings and translations gone on with: other words, the same again, what was said or shown before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from moe_robot.router.followup import Earlier
from moe_robot.router.followup_words import changed, lemma, plain
from moe_robot.router.pieces import NAMED
from moe_robot.router.proposers.heard import Heard, Raw
from moe_robot.router.proposers.newly import (
    EDGE,
    QUOTED,
    Vocabulary,
    denied,
    news,
    put,
    quotes,
    requests,
    uncapitalised,
)
from moe_robot.structs import Language

LATIN = re.compile(r"[A-Za-z][A-Za-z'’]*(?:[ ,-]+[A-Za-z][A-Za-z'’]*)*")
CYRILLIC = re.compile(r"[А-Яа-яЁё]+(?:[ ,-]+[А-Яа-яЁё]+)*")
MOST_SHOWN = 3


def sayings(heard: Heard) -> Iterator[Raw]:
    known = Vocabulary.of(heard.language)
    earlier = [
        (at, one) for at, one in requests(heard, 3) if one.expert == "say" or re.match(known["said"], one.text, re.I)
    ]
    for at, before in earlier[:2]:
        old = _said(before.text, known)
        for named in (piece for piece in heard.pieces_of(heard.text) if piece.kind in NAMED):
            whole = heard.exchange.put(old, heard.text, (named,), heard.language, heard.words, False)
            if whole and whole.lower() != old.lower():
                yield "quoted new", known["say"].format(whole), "say", at
            people = [piece for piece in heard.pieces_of(old) if piece.kind == named.kind]
            if heard.language == "ru" and people:
                called = lemma(heard.text[named.start : named.end]).capitalize()
                whole = changed(old, [(people[-1].start, people[-1].end, called)])
                yield "quoted new", known["say"].format(whole), "say", at
        count = next((n for n, group in enumerate(_groups(known, heard.text)) if group), None)
        if count is not None:
            yield "quoted new", known["say_times"].format(old, known["times_said"][count]), "say", at
        if known.search("both", heard.text) and len(heard.earlier) > 1:
            both = [_said(one.text, known) for one in heard.earlier[-2:]]
            yield "quoted new", known["say"].format(", ".join(both)), "say", at
        fresh = _unrequested(heard, known)
        for new in fresh[:3]:
            if known.search("append", heard.text):
                yield "quoted new", known["say"].format(f"{old} {new}"), "say", at
            yield from (("quoted new", known["say"].format(one), "say", at) for one in _within(old, new, heard))
            kind = "quoted said" if new in quotes(heard.text) else "quoted new"
            yield kind, known["say"].format(new), "say", at
        yield "quoted shown", known["say"].format(old), "say", at
    if known.search("say_verb", heard.text):
        for one in reversed(heard.earlier):
            marked = quotes(one.text)
            for shown in _shown(one, heard.language, known):
                kind = "quoted told" if shown in marked else "quoted shown"
                said = uncapitalised(shown) if shown in quotes(one.text) else shown
                yield kind, known["say"].format(shown), "say", -1
                yield kind, known["say"].format(said), "say", -1


def translations(heard: Heard) -> Iterator[Raw]:
    known = Vocabulary.of(heard.language)
    named = _target(heard.text, known)
    asks = known.search("translate", heard.text) is not None
    earlier = [
        (at, one)
        for at, one in requests(heard, 4)
        if one.expert == "translation" or (not one.expert and known.search("translate", one.text))
    ]
    for at, before in earlier[:2]:
        old = _source(before.text, heard.language, known)
        quoted = [uncapitalised(one) if old[:1].islower() else one for one in quotes(heard.text)]
        fresh = [*quoted, *(_source(new, heard.language, known) for new in news(heard) if not quoted)]
        for new in dict.fromkeys(fresh):
            if not new:
                continue
            for one in _within(old, new, heard):
                yield "quoted new", _translate(one, known, named), "translation", at
            kind = "quoted said" if new in quoted else "quoted new"
            yield kind, _translate(new, known, named), "translation", at
        yield "quoted shown", _translate(old, known, named), "translation", at
        yield "field", heard.text, "translation", at
    if asks and not quotes(heard.text):
        for turn in reversed(heard.earlier):
            if turn.expert != "translation":
                for shown in _shown(turn, heard.language, known):
                    yield "quoted shown", _translate(shown, known, named), "translation", -1


def _groups(known: Vocabulary, text: str) -> Iterable[str | None]:
    found = known.search("times", text)
    return found.groups() if found else ()


def _said(text: str, known: Vocabulary) -> str:
    """What was to be said."""
    quoted = quotes(text)
    if quoted:
        return quoted[-1]
    return re.sub(known["said"], "", text, flags=re.IGNORECASE).strip(EDGE) or text


def _unrequested(heard: Heard, known: Vocabulary) -> list[str]:
    """What is newly said, without another "say"."""
    return [re.sub(known["said"], "", new, flags=re.IGNORECASE).strip(EDGE) or new for new in news(heard)]


def _source(text: str, language: Language, known: Vocabulary) -> str:
    """What was to be translated."""
    quoted = quotes(text)
    if quoted:
        return quoted[-1]
    foreign: list[str] = (LATIN if language == "ru" else CYRILLIC).findall(text)
    if foreign:
        return max(foreign, key=len)
    rest = text.strip(EDGE)
    while True:
        shorter = re.sub(known["asks_translation"], "", rest, flags=re.IGNORECASE).strip(EDGE)
        if shorter == rest or not shorter:
            return rest
        rest = shorter


def _target(text: str, known: Vocabulary) -> str:
    outside = QUOTED.sub(" ", text)
    return next((str(language) for language, stem in known["target"].items() if re.search(stem, outside, re.I)), "")


def _translate(source: str, known: Vocabulary, named: str) -> str:
    """Into the other language; the one that is named counts where the letters do not tell."""
    cyrillic, latin = re.search("[А-Яа-яЁё]", source), re.search("[A-Za-z]", source)
    target = named or "en" if bool(cyrillic) == bool(latin) else "en" if cyrillic else "ru"
    return str(known["translation"][target].format(source.strip(' \t«»“”"')))


def _within(old: str, new: str, heard: Heard) -> Iterator[str]:
    """The old words with one of them changed: the one that is denied, or the like of the new one."""
    for gone in denied(heard):
        whole = put(old, gone, new if old[:1].isupper() else uncapitalised(new))
        if whole:
            yield whole
            return
    if len(plain(new).split()) < len(plain(old).split()):
        whole = heard.exchange.of(new, heard.language, old) or ""
        if whole and whole.lower() != old.lower():
            yield whole
        pieces = heard.pieces_of(new)
        whole = heard.exchange.put(old, new, pieces, heard.language, heard.words, False) or "" if pieces else ""
        if whole and whole.lower() != old.lower():
            yield whole


def _shown(one: Earlier, language: Language, known: Vocabulary) -> Iterator[str]:
    """Words that an earlier turn showed: in quotes, in the other language's letters, behind a colon, or all of it."""
    found = [*reversed(quotes(one.text))]
    found += sorted((LATIN if language == "ru" else CYRILLIC).findall(one.text), key=len, reverse=True)[:1]
    _, colon, tail = one.text.partition(":")
    if colon:
        found.append(tail.strip(EDGE))
    whole = one.text.strip(EDGE)
    dash = re.split(r"\s[—–-]\s", whole)
    found += [dash[0], whole] if len(dash) > 1 else [whole]
    found += quotes(one.reply)
    yield from list(dict.fromkeys(text for text in found if len(text) > 1))[:MOST_SHOWN]
