"""English words to stems: enough for "rooms" = "room", "went" = "go", "driving" = "drive". Knows no commands.

Not a linguist's stemmer: two forms of one word must meet, what they meet in is nobody's business.
"""

from __future__ import annotations

from functools import lru_cache

_IRREGULAR = """
be: is are am was were been being
have: has had having
do: does did done doing
go: goes went gone
see: saw seen
take: took taken
give: gave given
get: got gotten
bring: brought
find: found
say: said
tell: told
come: came
drive: drove driven
run: ran
make: made
think: thought
feel: felt
hear: heard
keep: kept
know: knew known
forget: forgot forgotten
stand: stood
hold: held
put: putting
sit: sat
leave: left
choose: chose chosen
write: wrote written
speak: spoke spoken
break: broke broken
fall: fell fallen
meet: met
lose: lost
buy: bought
sell: sold
pay: paid
spend: spent
send: sent
catch: caught
teach: taught
show: shown
mean: meant
begin: began begun
wake: woke woken
child: children
person: people persons
man: men
woman: women
foot: feet
half: halves
leaf: leaves
shelf: shelves
knife: knives
life: lives
vertex: vertices
matrix: matrices
axis: axes
die: dice
could: can
would: will
"""
_FORMS = {
    form: base.strip()
    for line in _IRREGULAR.strip().splitlines()
    for base, _, forms in [line.partition(":")]
    for form in forms.split()
}
_SHORT = {
    "n't": "not",
    "'re": "are",
    "'ve": "have",
    "'ll": "will",
    "'m": "am",
    "'d": "would",
    "'s": "is",
}
# What recognisers write without the apostrophe.
_JOINED = {
    "whats": "what is",
    "hows": "how is",
    "wheres": "where is",
    "whos": "who is",
    "thats": "that is",
    "theres": "there is",
    "dont": "do not",
    "doesnt": "does not",
    "didnt": "did not",
    "isnt": "is not",
    "arent": "are not",
    "wasnt": "was not",
    "cant": "can not",
    "cannot": "can not",
    "wont": "will not",
    "couldnt": "could not",
    "wouldnt": "would not",
    "havent": "have not",
    "im": "i am",
    "ive": "i have",
    "youre": "you are",
    "youve": "you have",
    "lets": "let us",
    "gonna": "going to",
    "wanna": "want to",
    "gotta": "have to",
    "gimme": "give me",
    "lemme": "let me",
    "can't": "can not",
    "won't": "will not",
}
# Words that would meet another one without their e.
_KEPT = frozenset("note care plane same here there where time code base tape rate wine one made".split())  # noqa: SIM905
_VOWELS = frozenset("aeiouy")


def opened(word: str) -> list[str]:
    """ "what's" -> ["what", "is"], "dont" -> ["do", "not"]; other words stay whole."""
    if joined := _JOINED.get(word):
        return joined.split()
    if "'" in word:
        for tail, full in _SHORT.items():
            if word.endswith(tail) and len(word) > len(tail):
                return [word[: -len(tail)], full]
        return [part for part in word.split("'") if part]
    return [word]


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    if word in _FORMS:
        return _FORMS[word]
    if len(word) < 4:
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    if word in _KEPT:
        return word
    for tail in ("ing", "ed"):
        base = word[: -len(tail)]
        if word.endswith(tail) and len(base) > 2 and not _VOWELS.isdisjoint(base):
            if base[-1] == base[-2] and base[-1] not in "lsz":
                base = base[:-1]
            return base[:-1] + "y" if base.endswith("i") else base.rstrip("e")
    if word.endswith("ly") and len(word) > 5:
        word = word[:-2]
    return word[:-1] if word.endswith("e") and len(word) > 3 else word
