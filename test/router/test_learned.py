"""The learned routers: what they say of a text, when they abstain, what they do when the model changes or is broken."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import onnx
import pytest
from training.small import SETTINGS, router_config, small_data

from moe_robot.errors import ConfigError
from moe_robot.router.cascade import Cascade
from moe_robot.router.features import Concepts, Featurizer, normalize, sentence_key
from moe_robot.router.hierarchical import HierarchicalRouter
from moe_robot.router.learned import LearnedRouter
from moe_robot.router.model_folder import write_pointer
from moe_robot.router.rule_based import WHETHER
from moe_robot.structs import Route, Utterance
from moe_robot.training.dataset import read_data
from moe_robot.training.make import make


@dataclass(frozen=True)
class Card:
    category: str
    examples: dict[str, tuple[str, ...]]
    chain: tuple[str, ...] = ("hint",)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("router")
    experts, router = small_data(folder)
    make(read_data([experts], router), folder / "out", SETTINGS)
    return folder / "out"


def cards(*extra: tuple[str, Card], without: str = "") -> dict[str, Card]:
    known = {id: Card("house", {"en": (id,), "ru": (id,)}) for id in ("lamp", "tea", "north", "south") if id != without}
    return known | dict(extra)


@pytest.mark.parametrize("kind", [LearnedRouter, HierarchicalRouter])
def test_the_ranking_is_the_likeliest_first_and_adds_up_to_one(trained: Path, kind: type[LearnedRouter]) -> None:
    route = kind(trained, router_config(top_k=3)).route(Utterance("завари мне чай", "ru"))
    weights = [weight for _, weight in route.ranked]
    assert (route.expert, route.ranked[0][0], route.strategy) == ("tea", "tea", kind.strategy)
    assert len(weights) == 3
    assert sum(weights) == pytest.approx(1.0)
    assert weights == sorted(weights, reverse=True)
    assert 0.0 < route.confidence <= 1.0


def test_below_the_threshold_it_abstains_and_still_tells_the_likeliest(trained: Path) -> None:
    certain = router_config(confidence_threshold=1.0)
    route = LearnedRouter(trained, certain).route(Utterance("drive north one metre", "en"))
    assert (route.expert, route.rule, route.ranked[0][0]) == ("", "unsure", "north")


def test_what_no_expert_is_for_is_out_of_scope(trained: Path) -> None:
    route = LearnedRouter(trained, router_config()).route(Utterance("play some music", "en"))
    assert (route.expert, route.rule) == ("", "out_of_scope")


@pytest.mark.parametrize("text", ["", "   ", "?", "ж" * 5000, "你好世界", "\x00\ud800", "x " * 3000, "🙂", "-1"])
@pytest.mark.parametrize("kind", [LearnedRouter, HierarchicalRouter])
def test_any_text_has_a_route(trained: Path, kind: type[LearnedRouter], text: str) -> None:
    route = kind(trained, router_config()).route(Utterance(text, "en"))
    assert 0.0 <= route.confidence <= 1.0


def test_an_expert_that_came_later_is_found_by_its_examples_with_little_confidence(trained: Path) -> None:
    coffee = Card("house", {"en": ("brew an espresso with foam",), "ru": ("свари эспрессо с пенкой",)})
    router = LearnedRouter(trained, router_config(), cards(("coffee", coffee)))
    route = router.route(Utterance("Brew an espresso with foam!", "en"))
    assert route.expert == "coffee"
    assert route.confidence <= 0.7
    assert router.route(Utterance("drive north one metre", "en")).expert == "north"


def test_an_expert_that_the_robot_has_no_more_is_never_named(trained: Path) -> None:
    route = LearnedRouter(trained, router_config(), cards(without="tea")).route(Utterance("завари мне чай", "ru"))
    assert "tea" not in [name for name, _ in route.ranked]


def test_a_router_that_knows_none_of_the_experts_is_an_error(trained: Path) -> None:
    with pytest.raises(ConfigError, match="knows none of this robot's experts"):
        LearnedRouter(trained, router_config(), {"cook": Card("house", {"en": ("cook",), "ru": ("варить",)})})


def copy_with(trained: Path, folder: Path, change: Callable[[Path], object]) -> Path:
    shutil.copytree(trained, folder)
    change(folder)
    return folder


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda f: (f / "model.onnx").write_bytes(b"other"), "damaged: expected sha256"),
        (lambda f: (f / "concepts.json").write_text("{}"), "concepts.json is damaged"),
        (lambda f: (f / "model.onnx").unlink(), "is missing"),
        (lambda f: (f / "manifest.json").unlink(), "no trained router"),
        (lambda f: (f / "manifest.json").write_text("{"), "cannot be read"),
        (lambda f: (f / "manifest.json").write_text("{}"), "a key is missing"),
        (lambda f: (f / "current").write_text('{"current": "../x"}'), "which is not there"),
    ],
)
def test_a_broken_model_is_named_with_the_remedy(
    trained: Path, tmp_path: Path, change: Callable[[Path], object], says: str
) -> None:
    folder = copy_with(trained, tmp_path / "broken", change)
    with pytest.raises(ConfigError, match=says) as error:
        LearnedRouter(folder, router_config())
    assert "moe-robot train-router" in str(error.value)


def test_a_model_for_other_features_is_refused(trained: Path, tmp_path: Path) -> None:
    def older(folder: Path) -> None:
        path = folder / "manifest.json"
        data = json.loads(path.read_text(encoding="utf-8"))
        data["features"]["version"] = 0
        path.write_text(json.dumps(data), encoding="utf-8")

    with pytest.raises(ConfigError, match="version 0 of the features"):
        LearnedRouter(copy_with(trained, tmp_path / "old", older), router_config())


def of_a_later_opset(model: bytes) -> bytes:
    later = onnx.load_from_string(model)
    later.opset_import[0].version = 99
    return later.SerializeToString()


@pytest.mark.parametrize(
    "harm", [lambda model: b"", lambda model: b"other", lambda model: model[:-9], of_a_later_opset]
)
def test_a_model_that_onnxruntime_cannot_read_is_named_with_the_remedy(
    trained: Path, tmp_path: Path, harm: Callable[[bytes], bytes]
) -> None:
    def change(folder: Path) -> None:
        model, path = folder / "model.onnx", folder / "manifest.json"
        model.write_bytes(harm(model.read_bytes()))
        data = json.loads(path.read_text(encoding="utf-8"))
        data["sha256"]["model.onnx"] = hashlib.sha256(model.read_bytes()).hexdigest()
        path.write_text(json.dumps(data), encoding="utf-8")

    with pytest.raises(ConfigError, match=r"(?s)model\.onnx does not load .*moe-robot train-router"):
        LearnedRouter(copy_with(trained, tmp_path / "unreadable", change), router_config())


def test_another_model_is_taken_within_a_second_and_a_broken_one_is_not(trained: Path, tmp_path: Path) -> None:
    home, now_s = tmp_path / "home", [0.0]
    home.mkdir()
    shutil.copytree(trained, home / "0001")
    experts, router_folder = small_data(tmp_path / "other")
    shutil.rmtree(experts / "tea")
    make(read_data([experts], router_folder), home / "0002", SETTINGS)
    write_pointer(home, "0001", "")
    router = LearnedRouter(home, router_config(), clock=lambda: now_s[0])
    tea = Utterance("завари мне чай", "ru")
    assert router.route(tea).ranked[0][0] == "tea"
    write_pointer(home, "0002", "0001")
    assert router.route(tea).ranked[0][0] == "tea", "it looks once a second only"
    now_s[0] = 1.5
    assert "tea" not in [name for name, _ in router.route(tea).ranked]
    (home / "0001" / "model.onnx").write_bytes(b"broken")
    write_pointer(home, "0001", "0002")
    now_s[0] = 3.0
    assert router.route(Utterance("head south", "en")).ranked[0][0] == "south", "the old one is kept"


def test_many_threads_get_the_same_answers(trained: Path) -> None:
    router = LearnedRouter(trained, router_config())
    texts = ["drive north one metre", "завари мне чай", "switch the lamp off", "езжай на юг"] * 10
    expected = [router.route(Utterance(text, "en")) for text in texts]
    found: list[list[Route]] = []

    def ask() -> None:
        found.append([router.route(Utterance(text, "en")) for text in texts])

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4


@dataclass(frozen=True)
class Fixed:
    """A router that always says this."""

    says: Route

    def route(self, utterance: Utterance, context: object = None) -> Route:
        return self.says


TEA = Utterance("завари мне чай", "ru")


def test_an_exact_reading_of_the_rules_wins(trained: Path) -> None:
    exact = Fixed(Route("lamp", 0.99, "rule_based", rule="lamp#1"))
    assert Cascade(exact, Fixed(Route("tea", 0.99, "learned"))).route(TEA) == exact.says


def test_a_sure_guess_names_another_expert_for_the_same_reading_when_it_reads_the_same_sentences(trained: Path) -> None:
    exact = Fixed(Route("lamp", 0.99, "rule_based", rule="lamp#1"))
    route = Cascade(exact, Fixed(Route("tea", 0.95, "learned")), readers=("tea", "lamp")).route(TEA)
    assert (route.expert, route.rule, route.confidence) == ("tea", "lamp#1", 0.99)


def test_a_sentence_that_is_not_exact_gives_way_to_a_sure_guess_only() -> None:
    rules = Fixed(Route("south", 0.9, "rule_based", rule="lamp#1 + company"))
    assert Cascade(rules, Fixed(Route("tea", 0.95, "learned"))).route(TEA).expert == "tea"
    assert Cascade(rules, Fixed(Route("tea", 0.85, "learned"))).route(TEA).expert == "south"
    assert Cascade(rules, Fixed(Route("", 0.2, "learned", rule="out_of_scope"))).route(TEA).expert == "south"


def test_a_sentence_with_a_name_that_nobody_knows_is_told_where_the_learned_router_finds_that_likely() -> None:
    rules = Fixed(Route("south", 1.0, "rule_based", rule="unknown_place"))
    likely, strange = (("tea", 0.6), ("south", 0.4)), (("tea", 0.9), ("lamp", 0.1))
    assert Cascade(rules, Fixed(Route("tea", 0.7, "learned"))).route(TEA).expert == "tea"
    assert Cascade(rules, Fixed(Route("", 0.45, "learned", likely, "unsure"))).route(TEA).expert == "south"
    assert Cascade(rules, Fixed(Route("", 0.45, "learned", strange, "unsure"))).route(TEA).rule == "unsure"
    assert Cascade(rules, Fixed(Route("", 0.0, "learned", strange, "out_of_scope"))).route(TEA).rule == "out_of_scope"


def test_a_question_moves_only_what_the_learned_router_takes_for_an_order_too() -> None:
    rules = Fixed(Route("south", 0.99, "rule_based", rule="south#1, asked"))
    order = (("south", 0.5), ("north", 0.3), ("tea", 0.2))
    question = (("south", 0.5), ("tea", 0.5))
    assert Cascade(rules, Fixed(Route("", 0.5, "learned", order)), ("south", "north")).route(TEA).expert == "south"
    assert Cascade(rules, Fixed(Route("tea", 0.6, "learned")), ("south", "north")).route(TEA).expert == "tea"
    doubted = Cascade(rules, Fixed(Route("south", 0.5, "learned", question)), ("south", "north")).route(TEA)
    assert (doubted.expert, doubted.rule) == ("", "unsure")


def test_asked_whether_it_can_be_done_no_reader_of_sentences_is_asked() -> None:
    whether = Fixed(Route("", 0.0, "rule_based", rule=WHETHER))
    assert Cascade(whether, Fixed(Route("south", 0.99, "learned")), ("south",)).route(TEA).expert == ""
    assert Cascade(whether, Fixed(Route("tea", 0.99, "learned")), ("south",)).route(TEA).expert == "tea"


def test_a_stop_is_heard_whatever_the_learned_router_thinks() -> None:
    stop = Fixed(Route("stop", 0.8, "rule_based", (("stop", 1.0),), "stop#1 + company"))
    assert Cascade(stop, Fixed(Route("tea", 1.0, "learned"))).route(TEA).expert == "stop"


def test_what_the_rules_do_not_read_is_for_the_learned_router(trained: Path) -> None:
    nothing = Fixed(Route("", 0.0, "rule_based"))
    assert Cascade(nothing, LearnedRouter(trained, router_config())).route(TEA).expert == "tea"


def test_steps_of_several_experts_stay_together_under_the_likelier_one(trained: Path) -> None:
    several = Fixed(Route("lamp", 0.9, "rule_based", (("lamp", 0.5), ("tea", 0.5)), "lamp#1 + tea#1"))
    route = Cascade(several, Fixed(Route("tea", 0.99, "learned"))).route(TEA)
    assert (route.expert, route.ranked, route.confidence) == ("tea", several.says.ranked, 0.99)
    assert Cascade(several, Fixed(Route("tea", 0.5, "learned"))).route(TEA).expert == "lamp"


def test_features_are_the_same_for_the_same_words_however_they_are_written() -> None:
    featurizer = Featurizer(Concepts({"room": ["kitchen", "кухня"]}))
    assert featurizer.features("Поезжай на «кухню»,  ёлки") == featurizer.features('поезжай на "кухню", елки')
    assert sentence_key("Go, to the KITCHEN!!") == sentence_key("go to the kitchen")
    assert normalize("x²") == "x^2"


def test_rows_are_the_same_on_every_machine() -> None:
    """Numbers of a run on x86-64, Python 3.11; CRC-32 knows no machine."""
    features = Featurizer(Concepts({"room": ["kitchen", "кухня"]})).features("кухня")
    assert features.ids[:4] == ROWS


ROWS = [126473, 41574, 62822, 34213]


def test_a_word_and_its_translation_share_their_concept() -> None:
    featurizer = Featurizer(Concepts({"room": ["kitchen", "кухня"], "go on": ["carry on with it"]}))
    english, russian = featurizer.features("kitchen"), featurizer.features("кухню")
    assert set(english.ids) & set(russian.ids)
    with pytest.raises(ValueError, match="one to four words"):
        Concepts({"empty": [" "]})
