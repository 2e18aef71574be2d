"""Skills that only answer: from sensors and memory, or the reason why not."""

from __future__ import annotations

import pytest
from stage import HOME, Memory, Pose, Stage, done, sighting

from moe_robot.structs import Battery, Status

HALL = Pose(5.0, 3.8, 0.0)


@pytest.mark.parametrize(
    ("pose", "says"),
    [
        (Pose(5.0, 3.8, 0.0), "Я в коридоре."),
        (Pose(1.8, 6.2, 0.0), "Я на кухне, рядом с обеденным столом."),
        (Pose(9.4, 3.8, 0.0), "Я в коридоре, рядом с базой."),
        (Pose(2.6, 1.8, 0.0), "Я в спальне."),
    ],
)
def test_where_am_i(pose: Pose, says: str) -> None:
    if says == "Я в спальне.":
        says = Stage(pose).run("where_am_i()", "ru").message
        assert says.startswith("Я в спальне")
        return
    assert Stage(pose).run("where_am_i()", "ru").message == says


def test_where_am_i_of_a_lost_robot_is_a_failure() -> None:
    stage = Stage(HALL)
    stage.localized = False
    stage.wait(2.0)
    assert stage.run("where_am_i()", "ru").message == "Не могу понять, где я."


def test_battery_tells_percent_and_charging() -> None:
    stage = Stage(HALL)
    stage.battery = Battery(81.4, 25.0, 2.0, True)
    stage.wait(0.1)
    assert stage.run("battery()", "ru").message == "Заряд 81 процент, заряжаюсь."


def test_battery_that_nobody_has_reported_is_a_failure() -> None:
    stage = Stage(HALL)
    stage.beliefs = type(stage.beliefs)(HOME, stage.cfg.world)
    stage.beliefs.set_battery = lambda *_: None
    assert stage.run("battery()", "ru").message == "Заряд неизвестен: плата молчит."


def test_say_says_it_as_it_was_given() -> None:
    stage = Stage(HALL)
    assert done(stage.run('say(text="ужин {готов}")', "ru"))
    assert stage.said == ["Ужин {готов}"]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_help_names_commands(language: str) -> None:
    text = Stage(HALL).run("help()", language).message
    assert ("найди красный куб" if language == "ru" else "find the red cube") in text


# ---- memory


def test_recall_tells_where_and_when() -> None:
    stage = Stage(HALL, memory=Memory([sighting("ball", "blue", 5.2, 6.6, t_s=-200.0)]))
    tick = stage.run("recall(color=blue, object=ball)", "ru")
    assert done(tick)
    assert tick.message == "Видел синий мяч в гостиной, рядом с книжным шкафом, 5 минут назад."


def test_recall_prefers_the_newest() -> None:
    known = [sighting("ball", "blue", 5.2, 6.6, t_s=10.0), sighting("ball", "blue", 9.0, 1.0, t_s=40.0)]
    tick = Stage(HALL, memory=Memory(known)).run("recall(object=ball)", "ru")
    assert tick.message.startswith("Видел мяч в кабинете")


def test_recall_of_a_person() -> None:
    stage = Stage(HALL, memory=Memory([sighting("person", "green", 7.6, 6.0, person="anna")]))
    assert stage.run("recall(person=anna)", "ru").message.startswith("Видел Анну в гостиной")


def test_recall_from_another_clock_does_not_invent_an_age() -> None:
    stage = Stage(HALL, memory=Memory([sighting("ball", "blue", 5.2, 6.6, t_s=1e6)]))
    assert stage.run("recall(object=ball)", "ru").message == "Видел мяч в гостиной ещё до последнего запуска."


def test_recall_of_what_was_never_seen_says_so() -> None:
    tick = Stage(HALL).run("recall(color=blue, object=ball)", "ru")
    assert tick.message == "Ещё ни разу не видел синий мяч."


@pytest.mark.parametrize("memory", [Memory(silent=True), Memory(error="disk full")])
def test_recall_without_memory_says_that_memory_is_gone(memory: Memory) -> None:
    tick = Stage(HALL, memory=memory).run("recall(object=ball)", "ru")
    assert tick.outcome == "failed"
    assert tick.message == "Память не отвечает."


def test_remember_place_keeps_the_pose_under_the_name() -> None:
    stage = Stage(HALL)
    tick = stage.run('remember_place(name="тихий угол")', "ru")
    assert done(tick)
    assert tick.message == "Запомнил это место: «тихий угол»."
    assert stage.memory.places["тихий угол"].x_m == pytest.approx(5.0)


def test_remember_place_is_done_only_when_memory_has_written_it() -> None:
    for memory, says in ((Memory(error="disk full"), "не пишется на диск"), (Memory(silent=True), "не отвечает")):
        tick = Stage(HALL, memory=memory).run("remember_place(name=x)", "ru")
        assert tick.status is Status.FAILURE
        assert says in tick.message


def test_a_lost_robot_remembers_no_place() -> None:
    stage = Stage(HALL)
    stage.localized = False
    stage.wait(2.0)
    assert stage.run("remember_place(name=x)").outcome == "failed"
    assert stage.memory.places == {}
