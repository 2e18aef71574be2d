"""Facts and places that are kept, asked for and erased, gone on with."""

from __future__ import annotations

import re
from collections.abc import Iterator

from moe_robot.lexicon import analyzer, normalize
from moe_robot.router.followup_words import WORD, changed, plain
from moe_robot.router.moments import prefixed, table_of
from moe_robot.router.proposers.heard import Heard, Raw
from moe_robot.router.proposers.newly import EDGE, Vocabulary, denied, news, put, requests, uncapitalised
from moe_robot.structs import Language

_VERB_RU = ("VERB", "PRTS", "ADJS", "PRED")
MOST_TOLD = 3


def facts(heard: Heard) -> Iterator[Raw]:
    known = Vocabulary.of(heard.language)
    if known.search("erase", heard.text):
        yield from _erased(heard, known)
    if known.search("keep", heard.text):
        yield from _noted(heard, known)
    if known.search("recall", heard.text):
        yield "field", heard.text, "recall_fact", -1
    for at, before in requests(heard, 3):
        if before.expert == "forget":
            yield from _erased_too(heard, before.text, at, known)
        elif before.expert == "remember_fact":
            yield from _told_too(heard, before.text, at, known)
        elif before.expert == "recall_fact" or known.search("recall", before.text):
            asked = known.search("told_of", before.text)
            if asked and known.search("append", heard.text):
                name = _nominative(asked.group(1).strip(EDGE), heard.language)
                for new in news(heard)[:2]:
                    said = known["fact_said"].format(f"{name[:1].upper()}{name[1:]} {new}")
                    yield "fact", said, "remember_fact", at
            for new in news(heard)[:3]:
                yield "fact", known["recalled"].format(_about(new)), "recall_fact", at
            yield "fact", f"{before.text.rstrip(' .?!')} {heard.text}", "recall_fact", at
            yield "fact", before.text, "recall_fact", at


def _noted(heard: Heard, known: Vocabulary) -> Iterator[Raw]:
    """ "Note that down": what was told before, with what is told now."""
    for at, one in enumerate(list(reversed(heard.earlier))[:MOST_TOLD]):
        if one.text.rstrip().endswith("?"):
            continue
        fact = _fact(one.text, known)
        yield "fact" if at else "fact told", known["fact_said"].format(fact), "remember_fact", -1
        sentences = [each.strip(EDGE) for each in re.split(r"(?<=[.!?])\s+", fact) if each.strip(EDGE)]
        if len(sentences) > 1:
            yield "fact", known["fact_said"].format(sentences[0]), "remember_fact", -1
        reported = known.search("reported", fact)
        if reported:
            whole = f"{fact[: reported.end(1)]} {fact[reported.end() :]}"
            yield "fact", known["fact_said"].format(whole), "remember_fact", -1
        for new in news(heard)[:3]:
            whole = _of_subject(fact, new, heard.language, known)
            if whole:
                yield "fact", known["fact_said"].format(whole), "remember_fact", -1
        for new in _news(heard, known)[:2]:
            for whole in _gapped(fact, new, heard.language, known):
                yield "fact", known["fact_said"].format(whole), "remember_fact", -1
    for new in _news(heard, known)[:2]:
        yield "fact", known["fact_said"].format(_fact(new, known)), "remember_fact", -1


def _news(heard: Heard, known: Vocabulary) -> list[str]:
    return [new for new in news(heard) if not known.search("keep", new)]


def _told_too(heard: Heard, before: str, at: int, known: Vocabulary) -> Iterator[Raw]:
    fact = _fact(before, known)
    for new in _news(heard, known)[:3]:
        for gone in denied(heard):
            whole = put(fact, gone, new)
            if whole:
                yield "fact", known["fact_said"].format(whole), "remember_fact", at
        for whole in _gapped(fact, new, heard.language, known):
            yield "fact", known["fact_said"].format(whole), "remember_fact", at
        likewise = _behind_verb(fact, new, heard, known)
        if likewise:
            yield "fact likewise", known["fact_said"].format(likewise), "remember_fact", at
        paired = _by_prepositions(fact, new, heard)
        if paired:
            yield "fact paired", known["fact_said"].format(paired), "remember_fact", at
        for whole in (_at_other_time(fact, new, heard.language), _of_other_kind(fact, new), _in_turn(fact, new)):
            if whole:
                yield "fact", known["fact_said"].format(whole), "remember_fact", at
        pieces = heard.pieces_of(new)
        exchanged = heard.exchange.of(new, heard.language, fact) or ""
        exchanged = exchanged or (heard.exchange.put(fact, new, pieces, heard.language, heard.words, False) or "")
        if exchanged and exchanged.lower() != fact.lower():
            yield "fact", known["fact_said"].format(exchanged), "remember_fact", at
        added = re.sub(r"^(?:что|that)\s+", "", new)
        yield "fact", known["fact_said"].format(_fact(added, known)), "remember_fact", at


def _fact(text: str, known: Vocabulary) -> str:
    """What is told, as it stands inside a sentence."""
    told = re.sub(known["remember_request"], "", text.strip(EDGE), flags=re.IGNORECASE).strip(EDGE)
    first = re.match(r"[^\W\d_]+", told)
    named = bool(first) and _is_name(first.group() if first else "", known.language)
    return told if named else uncapitalised(told)


def _is_name(word: str, language: Language) -> bool:
    """Of a person or a place."""
    if language == "ru":
        return any(mark in analyzer().parse(word)[0].tag for mark in ("Name", "Surn", "Geox", "Orgn", "Patr"))
    return normalize(word) not in Vocabulary.of(language)["no_names"]


def _gapped(old: str, new: str, language: Language, known: Vocabulary) -> Iterator[str]:
    """ "the lion dates from 1820" + "the horse, from 1845" -> "the horse dates from 1845"."""
    found = list(WORD.finditer(old))
    verb = next((m for m in found[1:] if _is_verb(m.group(), language, known)), None)
    if verb is None or any(_is_verb(m.group(), language, known) for m in list(WORD.finditer(new))[1:]):
        return
    begins = plain(old[verb.end() :]).split()[:1]
    said = list(WORD.finditer(new))
    cut = next((m for m in said[1:] if [normalize(m.group())] == begins), None)
    if cut is None:
        mark = re.search(r"\s*[,:]\s+|\s[—–-]\s", new)
        if mark:
            yield f"{new[: mark.start()].strip()} {verb.group()} {new[mark.end() :].strip()}"
        elif len(said) > 1:
            yield f"{new[: said[-1].start()].strip()} {verb.group()} {said[-1].group()}"
        else:
            yield f"{new} {old[verb.start() :]}"
        return
    yield f"{new[: cut.start()].strip(EDGE)} {verb.group()} {new[cut.start() :]}"


def _of_subject(old: str, new: str, language: Language, known: Vocabulary) -> str:
    """ "My hamster is called Biscuit" + "and he is two": of whom the pronoun speaks."""
    pronoun = known.search("he", new)
    if pronoun is None or pronoun.start():
        return ""
    verb = next((m for m in list(WORD.finditer(old))[1:] if _is_verb(m.group(), language, known)), None)
    return f"{old[: verb.start()].strip() if verb else old} {new[pronoun.end() :].strip()}"


def _at_other_time(old: str, new: str, language: Language) -> str:
    """The day or the hour of the turn in the place of its like."""
    table = table_of(language)
    there = {part.kind: part for part in table.parts(normalize(old))[0]}
    changes = [
        (like.start, like.end, prefixed(part.text, like.text, table))
        for part in table.parts(normalize(new))[0]
        if (like := there.get(part.kind)) is not None
    ]
    return changed(old, changes) if changes else ""


def _of_other_kind(old: str, new: str) -> str:
    """A Russian adjective in the place of the last one in the same form."""
    wanted = _forms(new) if len(new.split()) == 1 else frozenset()
    for match in reversed(list(WORD.finditer(old)) if wanted else ()):
        if _forms(match.group()) & wanted:
            return changed(old, [(*match.span(), new)])
    return ""


def _forms(word: str) -> frozenset[str]:
    """Cases, genders and numbers of an adjective."""
    found = analyzer().parse(word)
    if not found or found[0].tag.POS != "ADJF":
        return frozenset()
    return frozenset(f"{p.tag.case} {p.tag.gender} {p.tag.number}" for p in found if p.tag.POS == "ADJF")


def _in_turn(old: str, new: str) -> str:
    """ "The key of the case is in the lower drawer" + "of the safe - in the upper": each behind its preposition."""
    parts = [part.strip(EDGE) for part in re.split(r"\s[—–-]\s|,\s", new) if part.strip(EDGE)]
    for part in parts if len(parts) == 2 else ():
        first, _, rest = part.partition(" ")
        there = re.search(rf"(?<!\w){re.escape(first)} \w+", old, re.IGNORECASE)
        if not rest or there is None:
            return ""
        old = changed(old, [(*there.span(), part)])
    return old if len(parts) == 2 else ""


def _behind_verb(old: str, new: str, heard: Heard, known: Vocabulary) -> str:
    """ "I like mangoes" + "lychees too" -> "I like lychees"."""
    found = list(WORD.finditer(old))
    verb = next((m for m in found[1:] if _is_verb(m.group(), heard.language, known)), None)
    said = plain(new).split()
    if verb is None or not 0 < len(said) <= 2 or said[0] in heard.words.prepositions:
        return ""
    return "" if any(_is_verb(word, heard.language, known) for word in said) else f"{old[: verb.end()]} {new}"


def _by_prepositions(old: str, new: str, heard: Heard) -> str:
    """ "Ann has an allergy to nuts, at home" + "to honey, in town": what follows each preposition, all of the new."""
    found = [m for m in WORD.finditer(new) if normalize(m.group()) in heard.words.prepositions]
    if len(found) < 2 or found[0].start() > 0:
        return ""
    ends = [*(m.start() for m in found[1:]), len(new)]
    for match, end in zip(found, ends, strict=True):
        said = new[match.start() : end].strip(EDGE)
        there = re.search(rf"(?<!\w){re.escape(match.group())} \w+", old, re.IGNORECASE)
        if there is None or len(said.split()) < 2:
            return ""
        old = changed(old, [(*there.span(), said)])
    return old


def _is_verb(word: str, language: Language, known: Vocabulary) -> bool:
    if language == "en":
        return normalize(word) in known["verbs"]
    tag = analyzer().parse(word)[0].tag
    return tag.POS in _VERB_RU and "impr" not in tag


def _erased(heard: Heard, known: Vocabulary) -> Iterator[Raw]:
    """ "Forget that": the place, fact, sighting or person that was told or asked of."""
    fresh = [_about(re.sub(known["forget_old"], "", new, flags=re.IGNORECASE).strip(EDGE)) for new in news(heard)]
    if known.search("all", heard.text):
        if known.search("place_word", heard.text) or any(known.search("place_word", one.text) for one in heard.earlier):
            yield "forget", known["forget_places"], "forget", -1
        yield "forget", known["forget_all"], "forget", -1
    for one in list(reversed(heard.earlier))[:MOST_TOLD]:
        seen = known.search("seen_where", one.text)
        if seen:
            what = next(group for group in seen.groups() if group).strip(" .?!")
            yield "forget", known["forget_seen"].format(what), "forget", -1
        named = known.search("place_named", one.text)
        if named and known.search("place_word", one.text):
            name = next(group for group in named.groups() if group).strip(EDGE)
            yield "forget", known["place_said"].format(name), "forget", -1
        if one.expert == "remember_fact" or (not one.text.rstrip().endswith("?") and known.search("keep", one.text)):
            yield "forget told", known["forget_fact"].format(_fact(one.text, known)), "forget", -1
        elif not one.expert and not one.text.rstrip().endswith("?"):
            yield "forget", known["forget_fact"].format(_fact(one.text, known)), "forget", -1
        asked = re.search(r"(?<!\w)(?:about|про|об?)\s+(.+?)[ .?!]*$", one.text, re.IGNORECASE)
        if asked:
            yield "forget asked", known["forget_about"].format(asked.group(1)), "forget", -1
        elif one.expert == "recall_fact":
            yield "forget", known["forget_all"], "forget", -1
            yield "forget", known["forget_about"].format(one.text.strip(EDGE)), "forget", -1
    for new in fresh[:2]:
        if new and not known.search("erase", new):
            yield "forget", known["place_said"].format(new), "forget", -1
            yield "forget", f"{_verb(known)} {new}", "forget", -1
    yield "field", heard.text, "forget", -1


def _erased_too(heard: Heard, before: str, at: int, known: Vocabulary) -> Iterator[Raw]:
    """Another of what has just been erased."""
    place = known.search("place_word", before) is not None
    called = known.search("called", heard.text)
    if place and called:
        name = heard.text[called.start(1) : called.end(1)].strip(EDGE)
        yield "forget called", known["place_said"].format(name), "forget", at
    for new in news(heard)[:3]:
        if place:
            yield "forget", known["place_said"].format(_nominative(new, heard.language)), "forget", at
        whole = heard.exchange.of(new, heard.language, before)
        if whole and whole.lower() != before.lower():
            yield "forget", whole, "forget", at
        yield "forget", f"{_verb(known)} {new}", "forget", at
    if known.search("all", heard.text):
        yield "forget all", known["forget_all"], "forget", at


def _verb(known: Vocabulary) -> str:
    return "забудь" if known.language == "ru" else "forget"


def _about(text: str) -> str:
    return re.sub(r"^(?:about|про|об?о?)\s+", "", text, flags=re.IGNORECASE)


def _nominative(name: str, language: Language) -> str:
    """A name of one word as it is called: "берлогу" -> "берлога"."""
    if language != "ru" or len(name.split()) != 1 or re.search(r"[\dA-Za-z]", name):
        return name
    form = next((p for p in analyzer().parse(name) if "NOUN" in p.tag and "accs" in p.tag), None)
    inflected = form.inflect({"nomn"}) if form is not None else None
    return str(inflected.word) if inflected is not None else name
