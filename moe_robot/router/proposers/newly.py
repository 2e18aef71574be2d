"""What a turn newly says, without what only opens or closes it, and the words (`times.yaml`) that tell what it asks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from moe_robot.config import read_yaml
from moe_robot.lexicon import normalize
from moe_robot.router.followup import Earlier
from moe_robot.router.followup_words import changed, plain
from moe_robot.router.moments import table_of
from moe_robot.router.proposers.heard import Heard
from moe_robot.router.signs import denial
from moe_robot.structs import Language

MOST_WORDS = 12  # of what is newly said
MOST_NEW = 4
QUOTED = re.compile(r"«([^«»]+)»|“([^“”]+)”|\"([^\"]+)\"|(?<!\w)'([^']{2,})'(?!\w)")
EDGE = ' \t\n,.:;!?…—–-«»“”"'
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")


class Vocabulary:
    """`times.yaml` of one language; patterns are of whole words' beginnings."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.data: Mapping[str, Any] = read_yaml(Path(__file__).with_name("times.yaml"))[language]
        self._sides = {
            side: (frozenset(self.data[side]), sorted((p.split() for p in self.data[f"{side}_phrases"]), key=len)[::-1])
            for side in ("opening", "closing")
        }

    @staticmethod
    @lru_cache(maxsize=2)
    def of(language: Language) -> Vocabulary:
        return Vocabulary(language)

    def __getitem__(self, key: str) -> Any:
        return self.data[key]

    def search(self, key: str, text: str) -> re.Match[str] | None:
        return self.pattern(str(self.data[key])).search(normalize(text))

    def pattern(self, pattern: str) -> re.Pattern[str]:
        table = table_of(self.language)
        for name in ("duration", "weekday", "number", "unit"):
            pattern = pattern.replace(f"{{{name}}}", table.given[name])
        return _compiled(pattern)

    def one_of(self, key: str, text: str) -> str:
        """The first key of a table of patterns that is said."""
        found = (str(name) for name, each in self.data[key].items() if self.pattern(str(each)).search(normalize(text)))
        return next(found, "")

    def core(self, text: str) -> str:
        """Without the words that open and close a turn, as it was said; "" when there are no others."""
        found = list(_WORD.finditer(text))
        first, last = 0, len(found)
        said = [normalize(match.group()) for match in found]
        opening, closing = self._sides["opening"], self._sides["closing"]
        while first < last:
            size = next((len(p) for p in opening[1] if said[first : min(first + len(p), last)] == p), 0)
            size = size or int(said[first] in opening[0])
            if not size:
                break
            first += size
        while first < last:
            size = next((len(p) for p in closing[1] if said[max(first, last - len(p)) : last] == p), 0)
            size = size or int(said[last - 1] in closing[0])
            if not size:
                break
            last -= size
        if first >= last:
            return ""
        start, end = found[first].start(), found[last - 1].end()
        bare = re.match(r"(?:.*\s)?[.,](?=\d)", text[: start + 1])  # ".8"
        return f"0.{text[start:end]}" if bare else text[start:end]


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_])(?:{pattern})" if not pattern.startswith("^") else pattern, re.IGNORECASE)


def quotes(text: str) -> list[str]:
    return [next(group for group in match.groups() if group).strip() for match in QUOTED.finditer(text)]


def requests(heard: Heard, most: int) -> list[tuple[int, Earlier]]:
    """What was said before, the last one first, with its place in `leaning`, -1 of what nobody understood."""
    found = []
    for one in reversed(heard.earlier):
        found.append((next((at for at, other in enumerate(heard.leaning) if other is one), -1), one))
    return found[:most]


def news(heard: Heard) -> list[str]:
    """What the turn may newly say, the likeliest first: its quotes, what it puts for what it denies, its clauses."""
    known = Vocabulary.of(heard.language)
    found: list[str] = [*quotes(heard.text)]
    for part in heard.parts:
        before, gone, after = denial(part, heard.signs)
        if gone:
            found += [known.core(after) or after.strip(EDGE), known.core(before) or before.strip(EDGE)]
    for part in (*heard.parts[1:], heard.text):
        if not denial(part, heard.signs)[1]:
            found.append(known.core(part))
    fit = [one.strip(EDGE) for one in found if one.strip(EDGE) and len(plain(one).split()) <= MOST_WORDS]
    return list(dict.fromkeys(fit))[:MOST_NEW]


def denied(heard: Heard) -> list[str]:
    """What the turn says is not meant."""
    known = Vocabulary.of(heard.language)
    gone = [denial(part, heard.signs)[1].strip(EDGE) for part in heard.parts]
    return [known.core(each) or each for each in gone if each]


def put(old: str, gone: str, new: str) -> str:
    """`old` with one stretch for another, "" where it is not there."""
    match = re.search(rf"(?<![^\W_]){re.escape(gone)}(?![^\W_])", old, re.IGNORECASE) if gone else None
    return changed(old, [(*match.span(), new)]) if match else ""


def uncapitalised(text: str, names: Sequence[str] = ()) -> str:
    """As it stands inside a sentence: "My hamster is ..." -> "my hamster is ...". A name keeps its letter."""
    first = text.split(maxsplit=1)[0] if text.split() else ""
    if not first[:1].isupper() or first[1:2].isupper() or first == "I" or first.startswith(("I'", "I’")):
        return text
    return text if first in names else text[0].lower() + text[1:]


def limited(found: Iterator[tuple[str, str, str, int]], most: int) -> Iterator[tuple[str, str, str, int]]:
    """Each text and expert once, and not more than so many."""
    seen: set[tuple[str, str]] = set()
    for kind, text, expert, of in found:
        text = " ".join(text.split())
        if text and (text, expert) not in seen and len(seen) < most:
            seen.add((text, expert))
            yield kind, text, expert, of
