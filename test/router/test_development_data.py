"""The sentences that the templates were developed with stay understood, and every offered command is one."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from moe_robot.notation import format_nodes
from moe_robot.router.parser import SentenceParser
from moe_robot.router.suggest import Suggester
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
