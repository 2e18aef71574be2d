"""Requests to memory are answered from what is written and what is about to be, also when nothing can be written."""

import pytest

from moe_robot.errors import StoreError
from moe_robot.memory.records import TurnRecord
from moe_robot.memory.service import (
    Count,
    Forget,
    ListPlaces,
    MemoryService,
    Recall,
    RememberPlace,
    RememberTurn,
    SetOutcome,
)
from moe_robot.memory.store import Store
from moe_robot.structs import Detection, Pose


def a_detection(kind="ball", color="blue", x=1.0, y=2.0, t_s=0.0, confidence=0.9, person=""):
    position = None if x is None else (x, y)
    return Detection(kind, color, person, confidence, (0, 0, 10, 10), 1.0, 0.0, position, t_s)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "memory.db"


def a_service(path, max_bytes=None, opened=None):
    def open_store():
        if opened is not None:
            opened.append(1)
        return Store(path, merge_m=0.45, busy_timeout_s=0.1, max_bytes=max_bytes)

    return MemoryService(
        open_store,
        lambda x, y: "kitchen" if x < 5 else "hall",
        merge_m=0.45,
        write_interval_s=2.0,
        taken_ids={"kitchen"},
    )


def test_what_the_camera_sees_is_recalled_after_a_restart(path):
    service = a_service(path)
    for step in range(10):
        service.observe((a_detection(x=1.0 + 0.01 * step, t_s=step / 10),), now_s=step / 10)
    service.close(now_s=1.0)
    answer = a_service(path).handle(Recall(kind="ball", color="blue"), now_s=0.0)
    (ball,) = answer.sightings
    assert answer.ok
    assert answer.warning == ""
    assert (ball.place, ball.count, ball.last_t_s) == ("kitchen", 10, 0.9)
    assert ball.x_m == pytest.approx(1.05, abs=0.03)


def test_a_question_sees_what_was_seen_a_moment_ago(path):
    service = a_service(path)
    for now_s in (0.0, 0.1, 0.2):
        service.observe((a_detection(t_s=now_s),), now_s)
    assert service.handle(Count(kind="ball"), 0.2).count == 1


def test_writes_are_rate_limited(path):
    service = a_service(path)
    for tick in range(100):
        service.observe((a_detection(t_s=tick / 10),), tick / 10)
    service.handle(ListPlaces(), 10.0)
    service._store.close()  # what is still in the buffer is not written
    with Store(path, merge_m=0.45, busy_timeout_s=0.1) as store:
        (ball,) = store.recall("ball")
        assert 0.0 < 9.9 - ball.last_t_s <= 2.0


def test_one_false_detection_is_not_remembered(path):
    service = a_service(path)
    service.observe((a_detection("cube", "red"),), 0.0)
    for tick in range(1, 60):
        service.observe((a_detection(t_s=tick / 10),), tick / 10)
    assert service.handle(Recall(kind="any"), 6.0).count == 1


def test_unsure_detections_and_those_without_a_position_are_not_remembered(path):
    service = a_service(path)
    for tick in range(5):
        service.observe((a_detection(confidence=0.3), a_detection(x=None)), tick / 10)
    assert service.handle(Recall(), 1.0).sightings == ()


def test_a_place_is_remembered_under_its_name_as_said(path):
    service = a_service(path)
    answer = service.handle(RememberPlace("Угол  зарядки", "ru", Pose(1, 2, 0.5), 3.0), 0.0)
    (place,) = answer.places
    assert (place.id, place.names) == ("угол_зарядки", {"ru": ("угол зарядки",)})
    assert service.handle(ListPlaces(), 0.0).places == (place,)


def test_a_remembered_place_never_takes_the_id_of_a_room(path):
    (place,) = a_service(path).handle(RememberPlace("Kitchen", "en", Pose(1, 2, 0)), 0.0).places
    assert place.id == "my_kitchen"


def test_a_place_id_is_a_word_of_the_plan_notation(path):
    from moe_robot.notation import format_nodes, parse_nodes
    from moe_robot.structs import Step

    service = a_service(path)
    for name in ("charging corner", "2nd shelf", "!!!", "угол №5", "it's here"):
        (place,) = service.handle(RememberPlace(name, "en", Pose(0, 0, 0)), 0.0).places
        nodes = (Step("go_to", {"place": place.id}),)
        assert parse_nodes(format_nodes(nodes)) == nodes
        assert '"' not in format_nodes(nodes)


def test_a_turn_gets_its_outcome_later(path):
    service = a_service(path)
    answer = service.handle(RememberTurn(TurnRecord("стоп", "ru", "Стою.")), 0.0)
    assert service.handle(SetOutcome(answer.id, "success"), 1.0).ok
    service.close(2.0)
    with Store(path, merge_m=0.45, busy_timeout_s=0.1) as store:
        assert store.turns()[0].outcome == "success"


def test_forgetting_reaches_what_is_not_written_yet(path):
    service = a_service(path)
    for now_s in (0.0, 0.1, 0.2):
        service.observe((a_detection(t_s=now_s),), now_s)
    service.handle(Forget("sightings", kind="ball"), 0.3)
    assert service.handle(Recall(kind="ball"), 0.4).sightings == ()


def test_with_a_full_disk_the_robot_goes_on_and_says_that_memory_cannot_be_written(path):
    service = a_service(path, max_bytes=70_000)
    refused = ""
    while not refused:
        refused = service.handle(RememberTurn(TurnRecord("x" * 3000, "en", "")), 0.0).error
    assert "full" in refused
    for tick in range(3):
        service.observe(tuple(a_detection(x=float(x), t_s=tick / 10) for x in range(150)), tick / 10)
    answer = service.handle(Recall(kind="ball"), 5.0)
    assert answer.ok
    assert "full" in answer.warning
    assert len(answer.sightings) == 50
    service.handle(Forget("turns"), 6.0)
    assert service.handle(Recall(kind="ball"), 8.0).warning == ""
    service.close(9.0)
    assert a_service(path).handle(Count(kind="ball"), 0.0).count == 150


def test_a_store_that_cannot_be_opened_is_tried_again_later(path):
    path.parent.joinpath("memory.db").mkdir()
    opened = []
    service = a_service(path, opened=opened)
    for now_s in (0.0, 1.0, 2.0):
        answer = service.handle(Recall(), now_s)
        assert not answer.ok
        assert "memory.db" in answer.error
    assert len(opened) == 1
    path.rmdir()
    assert service.handle(Recall(), 6.0).ok


def test_a_locked_store_is_an_answer_and_not_an_exception(path):
    with Store(path, merge_m=0.45, busy_timeout_s=0.1):
        service = a_service(path)
        assert "only writer" in service.handle(RememberTurn(TurnRecord("a", "en", "")), 0.0).error
        service.observe((a_detection(), a_detection()), 0.1)
        assert "only writer" in service.problem


def test_any_store_error_says_what_to_do(path):
    path.mkdir()
    with pytest.raises(StoreError, match="change its owner or set"):
        Store(path, merge_m=0.45, busy_timeout_s=0.1)
