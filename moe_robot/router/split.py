"""Places where an utterance may be two requests: "what is 12 times 8 and go to the kitchen".

Only proposes. Who asks takes a cut when both sides are known to different experts, each surely; numbers and names that
belong together ("twelve and a half", "the kitchen and the bedroom") fail that by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

LEAST_CHARS = 4  # of a part; "and" in "5 and 6" cuts nothing
MOST_CUTS = 8
_JOINTS = re.compile(
    r"""\s*[.;!?]+\s+(?:(?:а\ +)?(?:потом|затем|ещ[её]|также|и)\s+|(?:and|then|also)\s+)*
    |\s*,?\s+(?:[аи]\ +(?:потом|затем|ещ[её]|также)|потом|затем|после\ +(?:чего|этого))\s+
    |\s*,?\s+(?:and\ +then|and\ +also|and\ +after\ +that|after\ +that|then|also|plus)\s+
    |\s*,\s+(?:и|а|and|but|но)\s+
    |\s+(?:и|and)\s+
    |\s*,\s+
    |\s+[—–-]\s+""",
    re.IGNORECASE | re.VERBOSE,
)


def cuts(text: str) -> Iterator[tuple[str, str]]:
    """(before, after) for each joint, the strongest kind first: sentence ends, then "then", then "and", commas."""
    found = []
    for match in _JOINTS.finditer(text.strip()):
        before, after = text.strip()[: match.start()].strip(), text.strip()[match.end() :].strip()
        if len(before) >= LEAST_CHARS and len(after) >= LEAST_CHARS:
            found.append((_strength(match.group()), match.start(), before, after))
    for _, _, before, after in sorted(found)[:MOST_CUTS]:
        yield before, after


def _strength(joint: str) -> int:
    words = joint.strip(" ,").lower()
    if any(mark in joint for mark in ".;!?"):
        return 0
    if words in ("и", "and"):
        return 2
    return 3 if words in ("", "—", "–", "-") else 1
