"""The forms of a verb that a command can take, made from its dictionary form. Knows no sentences.

A form goes with a mood: "" is a command by itself; "ger", "past" and "let" are commands only behind words that ask
for them ("would you mind going", "чтобы ты поехал", "давай поедем"), "having" only beside an imperative ("съездив на
кухню, вернись"), "pres" behind "сначала ты" where nothing is asked.
"""

from __future__ import annotations

from moe_robot.lexicon import analyzer, normalize

MOODS = ("ger", "past", "let", "pres")
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


def verb_forms_ru(lemma: str) -> list[tuple[str, str]]:
    """Imperative, infinitive, perfective "сделаешь", "сделаем", and the past that "чтобы ты" asks for."""
    if lemma.startswith("="):
        return [(lemma[1:], "")]
    if lemma.startswith("~"):  # "~ползти": доползти, заползти, ... as far as the dictionary knows them
        known = [p + lemma[1:] for p in _PREFIXES if analyzer().word_is_known(p + lemma[1:])]
        return [form for verb in known for form in verb_forms_ru(verb)]
    first, *rest = lemma.split()
    if first == "не" and rest:
        return [(f"не {form}", mood) for form, mood in verb_forms_ru(" ".join(rest))]
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
        elif tag.startswith("VERB") and "pres" in tag and "2per" in tag:
            forms.append((form.word, "pres"))
        elif tag.startswith("GRND") and "perf" in tag and "impf" not in tag:
            forms.append((form.word, "having"))
    tail = "".join(f" {word}" for word in rest)
    return [(normalize(form) + tail, mood) for form, mood in dict.fromkeys(forms)]


_DOUBLED = frozenset(
    (
        "get",
        "run",
        "hop",
        "zip",
        "step",
        "pop",
        "nip",
        "trot",
        "scan",
        "map",
        "plug",
        "put",
        "set",
        "hit",
        "dig",
        "jog",
        "sit",
        "spin",
        "swim",
        "cut",
        "let",
        "stop",
        "drop",
        "grab",
        "bet",
        "tag",
        "dub",
        "skip",
        "trim",
        "jot",
        "snap",
        "top",
        "spot",
        "nab",
        "shop",
        "slip",
        "beg",
        "whip",
        "tip",
        "chug",
        "pat",
        "bop",
    )
)
_PAST_EN = {
    "go": "went", "drive": "drove", "get": "got", "come": "came", "run": "ran", "find": "found",
    "take": "took", "make": "made", "say": "said", "tell": "told", "see": "saw", "keep": "kept",
    "stand": "stood", "give": "gave", "do": "did", "have": "had", "be": "were", "bring": "brought",
    "put": "put", "set": "set", "spin": "spun", "seek": "sought", "ride": "rode", "hold": "held",
    "pick": "picked", "speak": "spoke", "sit": "sat", "hang": "hung", "bear": "bore", "swing": "swung",
    "let": "let", "hit": "hit", "sweep": "swept", "catch": "caught", "read": "read", "send": "sent",
    "fall": "fell", "steal": "stole", "creep": "crept", "leave": "left", "lay": "laid", "throw": "threw",
    "stick": "stuck", "slide": "slid", "draw": "drew", "shut": "shut", "feed": "fed",
}  # fmt: skip


def verb_forms_en(phrase: str) -> list[tuple[str, str]]:
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


def word_forms_ru(lemma: str) -> list[str]:
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
