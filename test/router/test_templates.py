"""Our automaton and hassil's own matcher are two back ends of one template language: they must agree."""

from __future__ import annotations

import pytest
from hassil import Intents, recognize
from hassil.parse_expression import parse_sentence
from hassil.sample import sample_expression

from moe_robot.errors import ConfigError
from moe_robot.router.templates import Automaton, Edge, Match, Template

RULES = {"go": "(go|drive|make your way)", "the": "[the|a]"}
SIDES = [("[to] the left", "left"), ("right[wards]", "right")]
TEMPLATES = [
    "<go> [quickly] to <the> (kitchen|bed room)",
    "turn {side} [slowly]",
    "(turn;[now];{side}) please",
    "look (around|at [the] {side})",
    "езжай[те] (на|в) кухню",
]


@pytest.fixture(scope="module")
def automaton() -> Automaton:
    automaton = Automaton()
    for index, text in enumerate(TEMPLATES):
        template = Template(f"t#{index}", f"t{index}", {}, 0.0, text, "en")
        automaton.add(template, RULES, {"side": ("{en.side}", SIDES)}, ("place",))
    automaton.compile()
    return automaton


@pytest.fixture(scope="module")
def hassil_intents() -> Intents:
    return Intents.from_dict(
        {
            "language": "en",
            "expansion_rules": RULES,
            "lists": {"side": {"values": [{"in": text, "out": out} for text, out in SIDES]}},
            "intents": {f"t{index}": {"data": [{"sentences": [text]}]} for index, text in enumerate(TEMPLATES)},
        }
    )


def ours(automaton: Automaton, sentence: str) -> list[Match]:
    words = sentence.split()
    lattice = [[Edge(index + 1, word)] for index, word in enumerate(words)]
    matches = automaton.matches(lattice, [[] for _ in words], (), 0)
    return [match for match in matches if match.end == len(words)]


def sentences() -> list[str]:
    intents = Intents.from_dict({"language": "en", "expansion_rules": RULES, "intents": {}})
    lists = "((to the left|the left)|(right|rightwards))"
    return sorted(
        {
            " ".join(sample.split())
            for text in TEMPLATES
            for sample in sample_expression(
                parse_sentence(text.replace("{side}", lists)).expression,
                expansion_rules=intents.expansion_rules,
            )
        }
    )


def test_every_sentence_of_hassil_is_one_of_ours_with_the_same_slots(
    automaton: Automaton, hassil_intents: Intents
) -> None:
    samples = sentences()
    assert len(samples) > 40
    for sentence in samples:
        theirs = recognize(sentence, hassil_intents)
        assert theirs is not None, sentence
        mine = {match.template.intent: dict(match.slots) for match in ours(automaton, sentence)}
        assert mine[theirs.intent.name] == {name: entity.value for name, entity in theirs.entities.items()}, sentence


def test_sentences_with_a_word_missing_or_twice_are_judged_as_hassil_does(
    automaton: Automaton, hassil_intents: Intents
) -> None:
    for sentence in sentences():
        words = sentence.split()
        for index in range(len(words)):
            for broken in (words[:index] + words[index + 1 :], [*words[: index + 1], *words[index:]]):
                text = " ".join(broken)
                assert bool(ours(automaton, text)) == (recognize(text, hassil_intents) is not None), text


def test_fillers_are_passed_over_at_their_cost(automaton: Automaton) -> None:
    words = ["turn", "um", "rightwards"]
    lattice = [[Edge(index + 1, word)] for index, word in enumerate(words)]
    matches = automaton.matches(lattice, [[], [(2, 0.01, False)], []], (), 0)
    assert [(m.template.id, m.end, m.cost, dict(m.slots)) for m in matches] == [("t#1", 3, 0.01, {"side": "right"})]


@pytest.mark.parametrize("text", ["go <nowhere>", "go {nothing}"])
def test_an_unknown_name_in_a_template_is_named(text: str) -> None:
    with pytest.raises(ConfigError, match=r"t#0.*(nowhere|nothing)"):
        Automaton().add(Template("t#0", "t", {}, 0.0, text, "en"), {}, {}, ())
