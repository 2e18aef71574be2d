"""The manager of experts: chains, processes, their places and memory, and what a bad answerer can do: nothing."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path

import psutil
import pytest
from experts.rogues import BALLAST_MB, Echo

from moe_robot.config import ExpertsConfig, load_config
from moe_robot.experts.card import ExpertCard, Limits
from moe_robot.experts.context import AnswerContext, Live
from moe_robot.experts.manager import ExpertManager
from moe_robot.experts.registry import Tool
from moe_robot.lexicon import lexicon_of
from moe_robot.phrases import Phrases
from moe_robot.structs import Reply, Route, Turn, Utterance
from moe_robot.world.home import load_home

WAIT_S = 60.0  # a deadline, not a figure
CFG = load_config()
HOME = load_home("flat")
NOON = datetime(2026, 5, 1, 12, 0, tzinfo=timezone.utc)
HELLO = Utterance("hello", "en")

Make = Callable[..., ExpertManager]


def expert(id: str, *chain: str, timeout_s: float | None = None) -> ExpertCard:
    return ExpertCard(id, "test", {}, {}, {}, (), chain, limits=Limits(timeout_s))


def context(card: ExpertCard | None = None) -> AnswerContext:
    return AnswerContext(card or expert("any"), HOME, CFG, NOON)


def rogue(name: str, isolated: bool = True) -> Tool:
    return Tool(f"experts.rogues:{name}", isolated)


@pytest.fixture
def make() -> Iterator[Make]:
    """A manager of these cards; "x!" in a chain is the isolated answerer x, "x" the same one in this process."""
    made: list[ExpertManager] = []

    def manager(*cards: ExpertCard, **limits: float) -> ExpertManager:
        names = {name for card in cards for name in card.chain}
        tools: Mapping[str, Tool] = {name: rogue(name.rstrip("!"), name.endswith("!")) for name in names}
        cfg = dataclasses.replace(CFG.experts, answer_timeout_s=WAIT_S, load_timeout_s=WAIT_S)
        made.append(ExpertManager({card.id: card for card in cards}, limited(cfg, **limits), tools))
        return made[-1]

    yield manager
    for each in made:
        each.close()


def limited(cfg: ExpertsConfig, **limits: float) -> ExpertsConfig:
    return dataclasses.replace(cfg, **limits)  # type: ignore[arg-type]


def ask(manager: ExpertManager, id: str, utterance: Utterance = HELLO) -> Reply:
    return manager.answer(Route(id, 1.0, "test"), utterance, context())


def pid_of(reply: Reply) -> int:
    return int(reply.text.split()[-1])


def runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def until(condition: Callable[[], object], what: str) -> None:
    end_s = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < end_s, f"waited {WAIT_S:.0f} s for {what}"
        time.sleep(0.005)


def workers() -> set[int]:
    """The processes that this one has started and not waited for."""
    return {child.pid for child in psutil.Process().children()}


# ---------------------------------------------------------------- chains


@pytest.mark.parametrize("echo", ["Echo", "Echo!"])
def test_the_first_answer_of_the_chain_is_the_reply_and_the_others_are_not_asked(make: Make, echo: str) -> None:
    reply = ask(make(expert("e", "Empty", echo, "Raises")), "e")
    assert reply.text.startswith("hello ")
    assert [(part.answerer, part.outcome) for part in reply.asked] == [("Empty", "not_mine"), (echo, "answered")]
    assert reply.model_used == echo


def test_when_nobody_answers_the_reply_is_empty_and_tells_why(make: Make) -> None:
    manager = make(expert("e", "Echo", "Echo!", "Lacks"))
    reply = ask(manager, "e", Utterance("no", "en"))
    assert (reply.text, reply.draft) == ("", ())
    assert [part.outcome for part in reply.asked] == ["not_mine", "not_mine", "unavailable"]
    assert reply.asked[-1].reason == "no robot is connected"
    assert manager.metrics().nobody == 1


def test_an_answerer_in_a_process_of_its_own_is_told_all_but_what_cannot_leave(make: Make) -> None:
    cards = [expert("here", "Told"), expert("there", "Told!")]
    manager = make(*cards)
    lexicon = lexicon_of(HOME)
    turn = Turn(HELLO, Route("", 0.0, "test"), Reply("", ""), None, stage_s={"route": 1.0})
    told = dataclasses.replace(context(), history=(turn, turn), live=Live(lexicon, Phrases(lexicon)))
    texts = {card.id: manager.answer(Route(card.id, 1.0, "test"), HELLO, told).text for card in cards}
    assert texts["there"] == f"there {NOON.isoformat()} 2 None"
    assert texts["here"].startswith(f"here {NOON.isoformat()} 2 Live(")


def test_nothing_is_made_or_started_before_it_is_asked(make: Make) -> None:
    before = workers()
    manager = make(expert("a", "CannotBeMade", "CannotBeMade!"), expert("b", "Echo!"))
    assert workers() == before
    ask(manager, "b")
    assert len(workers() - before) == 1


def test_what_is_given_answers_by_its_name() -> None:
    manager = ExpertManager({"e": expert("e", "mine")}, CFG.experts, {}, {"mine": Echo()}, lambda said: "try this")
    assert ask(manager, "e").text.startswith("hello")
    assert manager.suggestion(HELLO) == "try this"


def test_an_answerer_without_a_module_is_unavailable_and_the_next_is_asked() -> None:
    tools = {
        "gone": Tool("experts.no_such_module:Gone"),
        "lost": Tool("experts.rogues:Lost"),
        "echo": rogue("Echo", False),
    }
    chain = ("gone", "lost", "never heard of", "echo")
    reply = ask(ExpertManager({"e": expert("e", *chain)}, CFG.experts, tools), "e")
    assert [part.outcome for part in reply.asked] == ["unavailable", "unavailable", "unavailable", "answered"]
    assert "no_such_module" in reply.asked[0].reason
    assert "Lost" in reply.asked[1].reason


# ---------------------------------------------------------------- what a bad answerer can do

FATAL = {  # the process is of no more use
    "Exits": "exit status 1",
    "Dies": "exit status 3",
    "Faults": "signal 11",
    "Grows": "experts.max_ram_mb",
}
CAUGHT = {  # it goes on
    "Raises": "ZeroDivisionError: one by nothing (rogues.py:",
    "NamedError": "the sky is not blue",
    "WantsMuch": "MemoryError",
    "Recurses": "RecursionError",
    "NoReply": "str",
    "Unsendable": "cannot be sent",
}


@pytest.mark.parametrize(("name", "reason"), {**FATAL, **CAUGHT}.items())
def test_a_crash_passes_to_the_next_with_its_reason(make: Make, name: str, reason: str) -> None:
    manager = make(expert("e", f"{name}!", "Echo!"), max_ram_mb=150.0)
    reply = ask(manager, "e")
    assert reply.text.startswith("hello")
    assert [part.outcome for part in reply.asked] == ["crashed", "answered"]
    assert reason in reply.asked[0].reason
    assert manager.metrics().crashes == 1
    assert ask(manager, "e").text.startswith("hello")


@pytest.mark.parametrize("name", ["Raises", "NamedError", "Recurses", "Exits", "CannotBeMade"])
def test_an_exception_in_this_process_passes_to_the_next(make: Make, name: str) -> None:
    reply = ask(make(expert("e", name, "Echo")), "e")
    assert [part.outcome for part in reply.asked] == ["crashed", "answered"]


@pytest.mark.parametrize("name", ["Sleeps", "Spins", "Holds", "Stops"])
def test_who_does_not_answer_in_time_is_ended_and_the_next_is_asked(make: Make, name: str) -> None:
    manager = make(expert("e", "Echo!", f"{name}!", "Empty", "Echo", timeout_s=0.3), cache_size=1)
    pid = pid_of(ask(manager, "e"))
    reply = manager.answer(Route("e", 1.0, "test"), Utterance("no", "en"), context())
    assert [(part.answerer, part.outcome) for part in reply.asked][:2] == [
        ("Echo!", "not_mine"),
        (f"{name}!", "timeout"),
    ]
    assert "0.3 s" in reply.asked[1].reason
    assert not runs(pid)
    assert manager.metrics().timeouts == 1
    assert manager.metrics().loaded == ()


def test_the_configured_time_counts_without_one_of_the_card(make: Make) -> None:
    reply = ask(make(expert("e", "Sleeps!", "Echo"), answer_timeout_s=0.2), "e")
    assert [part.outcome for part in reply.asked] == ["timeout", "answered"]
    assert "0.2 s" in reply.asked[0].reason


def test_loading_has_a_time_of_its_own(make: Make) -> None:
    manager = make(expert("e", "NeverLoads!", "Echo"), load_timeout_s=1.0)
    reply = ask(manager, "e")
    assert [part.outcome for part in reply.asked] == ["timeout", "answered"]
    assert "was not loaded" in reply.asked[0].reason
    assert manager.metrics().loaded == ()


@pytest.mark.parametrize(("name", "outcome"), [("LacksPackage", "unavailable"), ("CannotBeMade", "crashed")])
def test_what_cannot_be_loaded_leaves_no_process(make: Make, name: str, outcome: str) -> None:
    before = workers()
    manager = make(expert("e", f"{name}!", "Echo"))
    assert ask(manager, "e").asked[0].outcome == outcome
    assert workers() == before


def test_what_an_answerer_prints_or_reads_does_not_disturb_the_pipe(make: Make) -> None:
    manager = make(expert("e", "Talkative!"))
    assert [ask(manager, "e").text for _ in range(3)] == ["read ''"] * 3


def test_what_an_answerer_has_started_ends_with_it(make: Make, tmp_path: Path) -> None:
    manager = make(expert("e", "Breeds!"), answer_timeout_s=3.0)
    ask(manager, "e", Utterance(str(tmp_path / "pid"), "en"))
    child = int((tmp_path / "pid").read_text())
    until(lambda: not runs(child), "the end of the child's child")


# ---------------------------------------------------------------- places and memory


def test_a_loaded_expert_is_asked_again_in_the_same_process(make: Make) -> None:
    manager = make(expert("e", "Echo!"))
    pids = {pid_of(ask(manager, "e")) for _ in range(5)}
    metrics = manager.metrics()
    assert len(pids) == 1
    assert (metrics.misses, metrics.hits, metrics.answered) == (1, 4, 5)
    assert [(each.expert, each.pid) for each in metrics.loaded] == [("e", *pids)]
    assert metrics.loaded[0].rss_bytes > 1 << 20
    assert metrics.load_s["e"] > 0.0


def test_the_least_recently_used_expert_goes_and_its_process_has_ended(make: Make) -> None:
    manager = make(*(expert(id, "Echo!") for id in "abcd"), cache_size=3)
    pids = {id: pid_of(ask(manager, id)) for id in "abc"}
    ask(manager, "a")
    ask(manager, "d")
    assert [each.expert for each in manager.metrics().loaded] == ["c", "a", "d"]
    assert {id: runs(pid) for id, pid in pids.items()} == {"a": True, "b": False, "c": True}
    assert manager.metrics().evictions == 1
    assert set(manager.metrics().unload_s) == {"b"}


def test_loading_and_unloading_leaves_neither_descriptors_nor_children(make: Make) -> None:
    manager = make(expert("a", "Echo!"), expert("b", "Dies!"), cache_size=1)
    ask(manager, "a")
    descriptors, children = psutil.Process().num_fds(), len(workers())
    for id in "baba":
        ask(manager, id)
    assert (psutil.Process().num_fds(), len(workers())) == (descriptors, children)


def test_experts_without_a_process_of_their_own_push_nobody_out(make: Make) -> None:
    manager = make(expert("a", "Echo!"), *(expert(id, "Echo") for id in "bcde"), cache_size=1)
    ask(manager, "a")
    for id in "bcde":
        ask(manager, id)
    assert [each.expert for each in manager.metrics().loaded] == ["a"]


def test_many_experts_stay_within_the_budget_as_measured(make: Make) -> None:
    budget_mb = 2.5 * (BALLAST_MB + 40)
    manager = make(*(expert(f"e{n}", "Ballast!") for n in range(6)), cache_size=6, max_ram_mb=budget_mb)
    seen = []
    for _ in range(2):
        for n in range(6):
            assert ask(manager, f"e{n}").text.startswith("hello")
            loaded = manager.metrics().loaded
            assert sum(each.rss_bytes for each in loaded) <= budget_mb * 2**20
            assert all(each.rss_bytes > BALLAST_MB << 20 for each in loaded)
            seen.append(len(loaded))
    assert max(seen) == 2
    assert manager.metrics().evictions == 10


def test_an_expert_that_alone_is_beyond_the_budget_is_ended_and_named(make: Make) -> None:
    manager = make(expert("e", "Ballast!", "Echo"), max_ram_mb=float(BALLAST_MB) / 2)
    reply = ask(manager, "e")
    assert reply.text.startswith("hello")
    assert manager.metrics().loaded == ()


# ---------------------------------------------------------------- several at once


def in_threads(*work: Callable[[], None]) -> None:
    """All at once, to the end; the first exception of any is raised."""
    failures: list[BaseException] = []

    def guarded(each: Callable[[], None]) -> None:
        try:
            each()
        except Exception as error:  # noqa: BLE001 - raised again below
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(each,)) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_S)
        assert not thread.is_alive()
    if failures:
        raise failures[0]


def test_parallel_questions_get_their_own_answers_within_the_places(make: Make) -> None:
    ids = "abcde"
    manager = make(*(expert(id, "Echo!") for id in ids), cache_size=2)
    most = 0

    def questions(first: int) -> None:
        nonlocal most
        for n in range(6):
            text = f"{first}-{n}"
            reply = ask(manager, ids[(first + n) % len(ids)], Utterance(text, "en"))
            assert reply.text.split()[0] == text
            most = max(most, len(manager.metrics().loaded))

    in_threads(*(lambda n=n: questions(n) for n in range(6)))  # type: ignore[misc]
    metrics = manager.metrics()
    assert (metrics.hits + metrics.misses, metrics.answered, metrics.crashes, metrics.timeouts) == (36, 36, 0, 0)
    assert 1 <= most <= 2
    assert metrics.evictions == metrics.misses - len(metrics.loaded)


def test_parallel_questions_to_one_expert_load_it_once(make: Make) -> None:
    manager = make(expert("e", "Echo!"))
    pids: list[int] = []
    in_threads(*(lambda: pids.append(pid_of(ask(manager, "e"))) for _ in range(8)))
    assert len(pids) == 8
    assert len(set(pids)) == 1
    assert manager.metrics().misses == 1


def test_an_answer_in_the_making_is_not_cut_off_for_another_expert(make: Make, tmp_path: Path) -> None:
    manager = make(expert("busy", "Slow!"), expert("other", "Echo!"), cache_size=1)
    go = tmp_path / "go"
    texts: list[str] = []
    busy = threading.Thread(target=lambda: texts.append(ask(manager, "busy", Utterance(str(go), "en")).text))
    other = threading.Thread(target=lambda: texts.append(ask(manager, "other").text))
    busy.start()
    until(lambda: any(each.busy for each in manager.metrics().loaded), "the first question")
    other.start()
    assert [each.expert for each in manager.metrics().loaded] == ["busy"]
    go.touch()
    for thread in (busy, other):
        thread.join(WAIT_S)
    assert texts[0] == "at last"
    assert texts[1].startswith("hello")


def test_who_finds_no_place_in_time_asks_the_next_of_the_chain(make: Make, tmp_path: Path) -> None:
    manager = make(
        expert("busy", "Slow!", timeout_s=WAIT_S),
        expert("other", "Echo!", "Echo", timeout_s=0.1),
        cache_size=1,
        load_timeout_s=1.0,
    )
    go = tmp_path / "go"
    busy = threading.Thread(target=lambda: ask(manager, "busy", Utterance(str(go), "en")))
    busy.start()
    until(lambda: any(each.busy for each in manager.metrics().loaded), "the first question")
    reply = ask(manager, "other")
    go.touch()
    busy.join(WAIT_S)
    assert [part.outcome for part in reply.asked] == ["timeout", "answered"]
    assert "places" in reply.asked[0].reason


def test_closing_ends_all_processes_also_in_the_middle_of_an_answer(make: Make) -> None:
    before = workers()
    manager = make(expert("a", "Echo!"), expert("b", "Sleeps!", "Echo"))
    ask(manager, "a")
    outcomes: list[str] = []
    asking = threading.Thread(target=lambda: outcomes.extend(part.outcome for part in ask(manager, "b").asked))
    asking.start()
    until(lambda: len(manager.metrics().loaded) == 2, "both processes")
    manager.close()
    asking.join(WAIT_S)
    assert outcomes == ["crashed", "answered"]
    assert workers() == before
