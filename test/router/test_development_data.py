"""The sentences that the templates were developed with stay understood, and every offered command is one."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from moe_robot.config import load_config
from moe_robot.lexicon import lexicon_of, normalize
from moe_robot.notation import format_nodes
from moe_robot.router.parser import SentenceParser
from moe_robot.router.suggest import Suggester
from moe_robot.sim.worlds import load_world
from moe_robot.structs import LANGUAGES, Language

DATA = Path(__file__).resolve().parents[1] / "data" / "understanding"


@pytest.mark.parametrize("name", ["dev_ru", "dev_en", "dev2_ru", "dev2_en"])
def test_at_least_95_percent_of_the_development_sentences_become_their_plan(parser: SentenceParser, name: str) -> None:
    cases = yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))
    wrong = [
        (case["text"], got)
        for case in cases
        if (got := format_nodes(parser.parse(case["text"]).nodes)) not in (case["plan"], *case.get("also", ()))
    ]
    assert len(wrong) <= 0.05 * len(cases), wrong


@pytest.mark.parametrize("name", ["refuse_dev", "refuse_dev2"])
def test_what_is_no_command_gets_no_plan(parser: SentenceParser, name: str) -> None:
    cases = yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))
    left_to_the_planner = {"missing_capability", "out_of_range", "contradictory"}
    planned = [
        case["text"] for case in cases if case["reason"] not in left_to_the_planner and parser.parse(case["text"]).nodes
    ]
    assert planned == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_offered_command_is_understood(parser: SentenceParser, language: Language) -> None:
    examples = Suggester(parser.lexicon).examples(language)
    assert len(examples) > 40
    assert [text for text in examples if not parser.parse(text, language).nodes] == []


@pytest.mark.parametrize("world", ["flat", "random:3", "random:8"])
def test_every_place_of_any_home_can_be_gone_to_by_each_of_its_names(world: str) -> None:
    home = load_world(world, seed=1).home
    lexicon = lexicon_of(home)
    parser = SentenceParser(lexicon, load_config())
    wrong = []
    for id, names in home.place_names().items():
        for pattern, name in [("go to the {}", n) for n in names["en"]] + [
            ("пункт назначения {}", n) for n in names["ru"]
        ]:
            meanings = {m for kind, m in lexicon.lookup(normalize(name).replace("-", " ").split()) if kind == "place"}
            expected = {"dock()" if m == "dock" else f"go_to(place={m})" for m in meanings}
            if (got := format_nodes(parser.parse(pattern.format(name)).nodes)) not in expected:
                wrong.append((id, name, got))
    assert wrong == []


def test_every_thing_in_every_colour_and_case_is_found_by_its_words(parser: SentenceParser) -> None:
    lexicon = parser.lexicon
    for kind in lexicon.names["object"]:
        for color in lexicon.names["color"]:
            expected = f"find(color={color}, object={kind})"
            for language, pattern, case in (("ru", "найди {}", "accs"), ("en", "find the {}", "nomn")):
                text = pattern.format(lexicon.thing(kind, color, language, case))  # type: ignore[arg-type]
                assert format_nodes(parser.parse(text).nodes) == expected
