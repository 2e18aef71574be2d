"""Names for the place where the robot is: "this one's the finish", "а здесь номер два", "keep it under that name"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from moe_robot.lexicon import analyzer, normalize
from moe_robot.router.followup_words import plain
from moe_robot.router.proposers.heard import Heard, Raw
from moe_robot.router.proposers.thing_words import words_of
from moe_robot.router.signs import clauses, is_act

EXPERT = "remember_place"
MOST = 7
MOST_WORDS = 5
_QUOTED = re.compile(r"[«“\"]([^«»“”\"]+)[»”\"]")
_EDGES = " .,:;!?—–-"


def propose(heard: Heard) -> Iterator[Raw]:
    data: Mapping[str, Any] = words_of(heard.language)["name"]
    after = [at for at, one in enumerate(heard.leaning) if one.expert == EXPERT]
    spoken = (heard.text, *(one.text for one in heard.leaning[:1]))
    if not after and heard.alone.expert != EXPERT and not any(_is_about(text, data) for text in spoken):
        return
    at = after[0] if after else 0 if heard.leaning else -1
    found: dict[str, str] = {}
    for kind, name in _names(heard, data, at if after else -1):
        if plain(name) and plain(name) not in data["no_name"] and not _is_said_of(name, data):
            found.setdefault(name, kind)
    for name, kind in islice(found.items(), MOST):
        yield kind, data["whole"].format(name), "", at


def is_about(heard: Heard, text: str) -> bool:
    return _is_about(text, words_of(heard.language)["name"])


def _names(heard: Heard, data: Mapping[str, Any], at: int) -> Iterator[tuple[str, str]]:
    """Each with its kind, the likeliest first."""
    old = _named(heard.leaning[at].text, data)[:1] if at >= 0 else []
    if re.search(data["refers"], normalize(heard.text)) is None:
        yield from _names_of_turn(heard, data, old, at >= 0)
        kind = "name before"
    else:
        kind = "name told"
    for one in reversed(heard.earlier[-3:]):
        for part in _parts(one.text):
            for name in _named(part, data):
                own = re.match(data["own"], name, re.IGNORECASE)
                yield from ((kind, each) for each in ([name[own.end() :], name] if own else [name]))
            asks = "?" in part or any(is_act(word, heard.signs) for word in plain(part).split()[:1])
            if not asks and len(plain(part).split()) <= MOST_WORDS and not _has_verb(part, heard.language):
                yield "name before", _trimmed(part, data)


def _names_of_turn(heard: Heard, data: Mapping[str, Any], old: list[str], after: bool) -> Iterator[tuple[str, str]]:
    quoted = _QUOTED.findall(heard.text)
    said = list(dict.fromkeys(name for part in _parts(heard.text) for name in _named(part, data)))
    if heard.language == "ru":
        said = list(dict.fromkeys(one for name in said for one in (_nominative(name), name)))
    bare = [_trimmed(part, data) for part in reversed(_parts(heard.text)) if after or _is_about(heard.text, data)]
    bare = [name for name in bare if name not in said and not quoted and not _has_verb(name, heard.language)]
    mixed = [(new, whole) for new in (*bare[:3], *said[:2]) for before in old for whole in _mixed(before, new)]
    counted = [(new, whole) for new, whole in mixed if _is_count(new, data) and _is_count(_tail(old[0], new), data)]
    yield from (("name counted", whole) for _, whole in counted[:1])
    gone = {new for new, _ in counted}
    yield from (("name quoted" if name in quoted else "name said", name) for name in said if name not in gone)
    yield from (("name bare", name) for name in bare[:3] if name not in gone)
    yield from (("name mixed", whole) for new, whole in mixed if new not in gone)


def _is_said_of(name: str, data: Mapping[str, Any]) -> bool:
    """It is no name but a remark, or a request about one."""
    return len(plain(name).split()) > MOST_WORDS or re.search(data["never"], _plain_letters(name.lower())) is not None


def _is_count(name: str, data: Mapping[str, Any]) -> bool:
    return re.fullmatch(data["counts"], normalize(name)) is not None


def _tail(old: str, new: str) -> str:
    return " ".join(old.split()[-len(new.split()) :])


def _has_verb(name: str, language: str) -> bool:
    """A Russian word that is a verb first of all; English ones look like nouns."""
    if language != "ru":
        return False
    first = [next(iter(analyzer().parse(normalize(word))), None) for word in name.split()]
    return any(one is not None and one.tag.POS == "VERB" for one in first)


def _is_about(text: str, data: Mapping[str, Any]) -> bool:
    return re.search(data["about"], normalize(text)) is not None


def _parts(text: str) -> list[str]:
    return [text, *clauses(text)] if len(clauses(text)) > 1 else [text]


def _named(text: str, data: Mapping[str, Any]) -> list[str]:
    """What stands behind each word that gives a name, the last one first; a quoted name before all."""
    quoted = _QUOTED.findall(text)
    behind = [text[m.end() :] for m in re.finditer(data["marker"], _plain_letters(text), re.IGNORECASE)]
    return [name for name in [*quoted, *(_trimmed(one, data) for one in reversed(behind))] if name]


def _trimmed(text: str, data: Mapping[str, Any]) -> str:
    text = text.strip(_EDGES)
    opening = re.match(data["opening"], _plain_letters(text) + " ", re.IGNORECASE)
    text = text[opening.end() :].strip(_EDGES) if opening else text
    closing = re.search(data["closing"], _plain_letters(text), re.IGNORECASE)
    text = text[: closing.start()] if closing else text
    first = re.split(r"[.!?;]\s|,\s", text.strip(_EDGES))[0]
    return first.strip(_EDGES + '«»“”"')


def _nominative(name: str) -> str:
    """ "мастерской" behind "назови": "мастерская"; without the ablative as it is."""
    words = name.split()
    parsed = [[p for p in analyzer().parse(normalize(w)) if "ablt" in p.tag] for w in words]
    parsed = [[p for p in some if p.tag.POS in ("NOUN", "ADJF")] for some in parsed]
    first = next((i for i, some in enumerate(parsed) if any(p.tag.POS == "NOUN" for p in some)), None)
    if first is None or not all(parsed[: first + 1]):
        return name
    forms = [next((p for p in some if p.tag.POS == "NOUN"), some[0]) for some in parsed[: first + 1]]
    changed = [form.inflect({"nomn"}) for form in forms]
    said = [word if form is None else form.word for word, form in zip(words, changed, strict=False)]
    return " ".join([*said, *words[first + 1 :]])


def _mixed(old: str, new: str) -> Iterator[str]:
    """The old name with its end or its beginning said anew: "the first desk" + "the second"."""
    was, now = old.split(), new.split()
    if len(now) < len(was) and len(now) <= 2:
        yield " ".join([*was[: -len(now)], *now])
        yield " ".join([*now, *was[len(now) :]])


def _plain_letters(text: str) -> str:
    return text.replace("ё", "е").replace("Ё", "Е").replace("’", "'")
