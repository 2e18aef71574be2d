"""How a turn relates to the one before, learned: what no phrase knows leans on the earlier request all the same."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from moe_robot.brain import Brain, Context, build_brain
from moe_robot.config import load_config
from moe_robot.errors import ConfigError
from moe_robot.lexicon import lexicon_of
from moe_robot.paths import share_dir
from moe_robot.router.conversation import Conversation
from moe_robot.router.relation import MANIFEST, RELATIONS, WEIGHTS, find_relations, load_relations
from moe_robot.structs import Turn, Utterance
from moe_robot.training.relation import digest
from moe_robot.world.home import load_home

MODEL = share_dir() / "models" / "router"


@pytest.fixture(scope="module")
def brain() -> Brain:
    home = load_home("flat")
    return build_brain(load_config(), home, lexicon_of(home))


def talk(brain: Brain, texts: Sequence[str], language: str) -> Turn:
    turns: tuple[Turn, ...] = ()
    for text in texts:
        turns = (*turns, brain.respond(Utterance(text, language), Context(history=turns)))  # type: ignore[arg-type]
    return turns[-1]


def test_the_shipped_model_was_trained_on_the_rows_beside_it() -> None:
    """When this fails, somebody changed rows: `moe-robot train-router --relations-only --out models/router`."""
    assert json.loads((MODEL / MANIFEST).read_text(encoding="utf-8"))["training_data_sha256"] == digest(MODEL)
    assert (MODEL / WEIGHTS).stat().st_size < 300_000


def test_the_shares_add_up_to_one_and_tell_the_plain_cases() -> None:
    relations = find_relations("")
    asked = {
        ("and the bedroom?", "how many metres to the kitchen", "distance"): "replace",
        ("one more time please, I was not listening", "what is on the label", "read_text"): "again",
        ("ещё разок, я отвлеклась", "прочти этикетку", "read_text"): "again",
        ("how do you know that?", "how many people are there", "count"): "why",
        ("что будет завтра в расписании поездов до Казани", "поезжай на кухню", "go_to"): "new",
        ("drive forward two metres and stop there", "what is the time in Moscow", "clock"): "new",
    }
    for (text, before, expert), wanted in asked.items():
        shares = relations.of(text, before, expert)
        assert set(shares) == set(RELATIONS)
        assert sum(shares.values()) == pytest.approx(1.0)
        assert max(shares, key=lambda name: shares[name]) == wanted, text


@pytest.mark.parametrize(
    ("texts", "language", "expert", "whole"),
    [
        (("what time is it in Cairo", "Nairobi?"), "en", "clock", "what time is it in Nairobi"),
        (("run a self check of your parts", "I have plugged it in again, have another try"), "en", "diagnostics",
         "run a self check of your parts"),
        (("are all your sensors fine?", "I wiped the lidar, look again"), "en", "diagnostics", ""),
        (("датчики в порядке?", "я протёрла лидар, погляди по новой"), "ru", "diagnostics", "датчики в порядке?"),
    ],
)  # fmt: skip
def test_what_no_phrase_knows_goes_on_with_the_earlier_request(brain, texts, language, expert, whole) -> None:
    turn = talk(brain, texts, language)
    assert turn.route.expert == expert
    assert not whole or turn.understood_as == whole


def test_a_remark_before_the_point_is_left_out_of_the_plan(brain) -> None:
    turn = talk(brain, ("drive forward half a metre", "grandma is nervous, so just twenty centimetres"), "en")
    alone = talk(brain, ("drive forward twenty centimetres",), "en")
    assert alone.plan is not None
    assert turn.plan is not None
    assert turn.plan.nodes == alone.plan.nodes


@pytest.mark.parametrize(
    ("texts", "language"),
    [
        (("go to the bedroom", "the neighbour's dog barks all night again"), "en"),
        (("drive forward two metres", "my sister is nervous about it"), "en"),
        (("поезжай на кухню", "а соседка опять затеяла ремонт"), "ru"),
        (("проедь два метра вперёд", "бабушка что-то волнуется"), "ru"),
    ],
)
def test_a_remark_after_a_motion_moves_nothing(brain, texts, language) -> None:
    assert talk(brain, texts[:1], language).plan is not None
    assert talk(brain, texts, language).plan is None


@pytest.mark.parametrize(
    ("texts", "language"),
    [
        (("go to the bedroom", "the baby is asleep, not the kitchen"), "en"),
        (("поезжай в спальню", "там малыш спит, не на кухню"), "ru"),
    ],
)
def test_what_is_denied_is_never_put_in_the_place_of_what_was_said(brain, texts, language) -> None:
    turn = talk(brain, texts, language)
    assert turn.plan is None or "kitchen" not in str(turn.plan.nodes)


def test_the_robot_stops_whatever_the_relation_is(brain) -> None:
    for texts, language in ((("patrol the flat", "stop"), "en"), (("поезжай на кухню", "стой"), "ru")):
        assert talk(brain, texts, language).route.expert == "stop"


def test_without_the_model_phrases_alone_tell(brain) -> None:
    given = brain.conversation
    assert isinstance(given, Conversation)
    plain = Conversation(given.router, lexicon_of(load_home("flat")), given._names, given._threshold)
    earlier = brain.respond(Utterance("spin round 180", "en"))
    again = Utterance("my foot was in the way, do it over", "en")
    assert given.understand(again, [earlier]).understood_as == "spin round 180"
    assert plain.understand(again, [earlier]).understood_as == ""


@pytest.mark.parametrize("harm", ["damaged", "missing", "of other features"])
def test_a_model_that_cannot_be_used_is_told_with_the_remedy(tmp_path: Path, harm: str) -> None:
    for name in (WEIGHTS, MANIFEST, "concepts.json"):
        shutil.copy(MODEL / name, tmp_path / name)
    load_relations(tmp_path)
    if harm == "damaged":
        (tmp_path / WEIGHTS).write_bytes((tmp_path / WEIGHTS).read_bytes()[:-1])
    elif harm == "missing":
        (tmp_path / WEIGHTS).unlink()
    else:
        data = json.loads((tmp_path / MANIFEST).read_text(encoding="utf-8")) | {"features": 0}
        (tmp_path / MANIFEST).write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(ConfigError, match="train-router"):
        load_relations(tmp_path)
