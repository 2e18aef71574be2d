"""Finding, looking, counting, following, exploring: only what the camera proves."""

from __future__ import annotations

import math

import pytest
from stage import HOME, Memory, Pose, Stage, Thing, done, sighting

from moe_robot.config import load_config

HALL = Pose(5.0, 3.8, 0.0)
KITCHEN = Pose(1.8, 6.2, -1.6)
CUBE = Thing("cube", "red", 1.0, 6.6)
ANNA = Thing("person", "green", 7.6, 6.6, "anna", 0.25)
IVAN = Thing("person", "purple", 7.6, 2.2, "ivan", 0.25)


# ---- find


def test_find_searches_the_rooms_until_the_camera_proves_it() -> None:
    stage = Stage(HALL, CUBE, ANNA)
    tick = stage.run("find(color=red, object=cube)", "ru")
    assert done(tick)
    assert tick.message.startswith("Нашёл красный куб на кухне, в 1")
    assert stage.distance_to(1.0, 6.6) < 1.4
    assert any(d.kind == "cube" for d in stage.visible())


@pytest.mark.parametrize("index", range(4))
def test_find_finds_things_in_corners(index: int) -> None:
    x, y = [(9.2, 5.0), (2.2, 0.5), (8.4, 0.5), (5.5, 1.4)][index]
    stage = Stage(HALL, Thing("ball", "yellow", x, y))
    assert done(stage.run("find(object=ball)"))
    assert stage.distance_to(x, y) < 1.6


def test_find_goes_first_to_where_it_was_seen() -> None:
    stage = Stage(KITCHEN, CUBE)
    stage.run("look()")
    stage.run("go_to(place=office)")
    began_s = stage.now_s
    assert done(stage.run("find(color=red, object=cube)"))
    direct_s = stage.now_s - began_s
    assert direct_s < 45.0


def test_find_in_a_place_looks_only_there() -> None:
    stage = Stage(HALL, CUBE)
    tick = stage.run("find(color=red, object=cube, place=bathroom)", "ru")
    assert tick.outcome == "failed"
    assert tick.message == "Не нашёл красный куб. Осмотрел ванную."


def test_find_in_a_place_ignores_the_same_thing_elsewhere() -> None:
    stage = Stage(HALL, Thing("ball", "blue", 5.6, 3.7), Thing("ball", "blue", 5.5, 1.4))
    tick = stage.run("find(color=blue, object=ball, place=bathroom)")
    assert done(tick)
    assert stage.distance_to(5.5, 1.4) < 1.4


def test_find_moves_on_when_the_thing_is_no_longer_where_it_was_seen() -> None:
    stage = Stage(KITCHEN, CUBE)
    stage.run("look()")
    stage.move_thing(0, 9.2, 5.0)
    assert done(stage.run("find(color=red, object=cube)", limit_s=300.0))
    assert stage.distance_to(9.2, 5.0) < 1.4


def test_find_of_another_colour_fails_after_all_rooms() -> None:
    stage = Stage(HALL, CUBE)
    tick = stage.run("find(color=green, object=cube)", "ru", limit_s=300.0)
    assert tick.outcome == "failed"
    assert tick.message.startswith("Не нашёл зелёный куб. Осмотрел")
    assert all(name in tick.message for name in ("кухню", "гостиную", "спальню", "ванную", "кабинет"))


def test_find_gives_up_in_time() -> None:
    stage = Stage(HALL, cfg=load_config(overrides={"skills.find_timeout_s": 20.0}))
    tick = stage.run("find(object=cube)", "ru")
    assert tick.message == "Не нашёл куб за 20 секунд."


def test_find_does_not_take_one_image_for_a_proof() -> None:
    stage = Stage(HALL)
    ghost = Thing("cube", "red", 6.5, 3.8)
    stage.begin("find(color=red, object=cube, place=hall)")
    stage.wait(1.0)
    stage.things.append(ghost)
    stage.wait(0.25)
    stage.things.remove(ghost)
    assert stage.run().outcome == "failed"


def test_find_with_a_silent_camera_says_so() -> None:
    stage = Stage(HALL, CUBE)
    stage.camera = False
    stage.wait(2.0)
    assert stage.run("find(object=cube)", "ru").message == "Камера молчит."


def test_find_a_person_by_name_is_not_content_with_another_one() -> None:
    stage = Stage(HALL, ANNA, IVAN)
    tick = stage.run("find(person=ivan)", "ru")
    assert done(tick)
    assert tick.message.startswith("Нашёл Ивана в кабинете")
    assert stage.distance_to(7.6, 2.2) < 1.6


def test_find_somebody() -> None:
    assert done(Stage(HALL, ANNA).run("find(person=any)"))


# ---- look


def test_look_around_tells_every_thing_once() -> None:
    stage = Stage(
        HALL, Thing("ball", "blue", 6.5, 3.8), Thing("ball", "blue", 3.5, 3.8), Thing("mug", "red", 5.0, 4.15)
    )
    tick = stage.run("look()", "ru")
    assert done(tick)
    assert tick.message == "Вижу 2 синих мяча и красную кружку."


@pytest.mark.parametrize(
    ("direction", "x", "y"), [("left", 2.0, 7.4), ("right", 2.0, 5.2), ("back", 0.7, 6.3), ("ahead", 2.3, 6.9)]
)
def test_look_in_a_direction_tells_what_is_there(direction: str, x: float, y: float) -> None:
    yaw = (
        math.atan2(y - 6.2, x - 1.8)
        - {"left": math.pi / 2, "right": -math.pi / 2, "back": math.pi, "ahead": 0}[direction]
    )
    stage = Stage(Pose(1.8, 6.2, math.remainder(yaw, 2 * math.pi)), Thing("cone", "green", x, y))
    tick = stage.run(f"look(direction={direction})", "ru")
    assert tick.message == "Вижу зелёный конус."


def test_look_with_nothing_there_says_nothing_is_there() -> None:
    assert Stage(HALL).run("look()", "ru").message == "Ничего знакомого не вижу."


def test_look_without_a_camera_fails() -> None:
    stage = Stage(HALL)
    stage.camera = False
    stage.wait(2.0)
    assert stage.run("look()", "ru").message == "Камера молчит."


def test_what_do_you_see_is_of_the_present_image() -> None:
    stage = Stage(HALL, Thing("ball", "blue", 6.5, 3.8))
    assert stage.run("what_do_you_see()", "ru").message == "Вижу синий мяч."
    stage.things.clear()
    stage.wait(0.2)
    assert stage.run("what_do_you_see()", "ru").message == "Ничего знакомого не вижу."


def test_what_do_you_see_without_a_camera_fails() -> None:
    stage = Stage(HALL)
    stage.camera = False
    stage.wait(2.0)
    assert stage.run("what_do_you_see()").outcome == "failed"


# ---- count


def test_count_in_a_place_that_was_not_seen_goes_and_looks() -> None:
    stage = Stage(HALL, CUBE, Thing("cube", "red", 2.6, 5.4), Thing("cube", "green", 0.6, 5.4))
    tick = stage.run("count(color=red, object=cube, place=kitchen)", "ru")
    assert done(tick)
    assert tick.message == "На кухне 2 красных куба."
    assert stage.room() == "kitchen"


def test_count_in_a_place_that_was_seen_does_not_move() -> None:
    stage = Stage(HALL, CUBE)
    stage.run("count(object=any, place=kitchen)")
    before = stage.pose
    assert stage.run("count(object=cube, place=kitchen)", "ru").message == "На кухне один куб."
    assert stage.pose == before


def test_count_everywhere_adds_memory_and_view_each_thing_once() -> None:
    known = [sighting("ball", "blue", 6.5, 3.85), sighting("ball", "blue", 5.2, 6.6), sighting("ball", "red", 9.4, 2.8)]
    stage = Stage(HALL, Thing("ball", "blue", 6.5, 3.8), memory=Memory(known))
    stage.wait(1.0)
    assert stage.run("count(color=blue, object=ball)", "ru").message == "Я видел 2 синих мяча."
    assert stage.run("count(object=ball)").message == "I have seen 3 balls."


def test_count_leaves_out_what_memory_knows_and_a_later_look_did_not_find() -> None:
    known = [sighting("ball", "blue", 6.5, 3.8), sighting("ball", "blue", 5.2, 6.6)]
    stage = Stage(HALL, memory=Memory(known))
    stage.wait(3.0)
    assert stage.run("count(object=ball)", "ru").message == "Я видел один мяч."


def test_count_of_people_and_of_nothing() -> None:
    stage = Stage(Pose(6.6, 5.8, 0.7), ANNA)
    stage.wait(1.0)
    assert stage.run("count(person=any)", "ru").message == "Я видел одного человека."
    assert stage.run("count(object=cone)", "ru").message == "Конусов я пока не видел."


def test_count_goes_on_without_memory() -> None:
    stage = Stage(HALL, Thing("ball", "blue", 6.5, 3.8), memory=Memory(silent=True))
    stage.wait(1.0)
    tick = stage.run("count(object=ball)")
    assert done(tick)
    assert "this run:" in tick.results[0].evidence


# ---- follow


def test_follow_keeps_its_distance_behind_a_walking_person() -> None:
    stage = Stage(Pose(2.0, 3.8, 0.0), Thing("person", "green", 3.2, 3.8, "anna", 0.25))
    gaps = []

    def walk(stage: Stage) -> bool:
        if stage.things[0].x_m < 8.5:
            stage.move_thing(0, stage.things[0].x_m + 0.3 * 0.05, 3.8)
        gaps.append(stage.distance_to(stage.things[0].x_m, 3.8))
        return False

    stage.begin("follow(duration_s=25)", "ru")
    tick = stage.run(until=walk)
    assert done(tick)
    assert tick.message == "Ехал следом за вами 25 секунд."
    assert min(gaps) > 0.6
    assert max(gaps[100:]) < 2.0
    assert gaps[-1] == pytest.approx(1.0, abs=0.3)


def test_follow_of_somebody_who_is_lost_looks_around_then_fails() -> None:
    stage = Stage(HALL, Thing("person", "green", 6.5, 3.8, "anna", 0.25))
    stage.begin("follow(person=anna)", "ru")
    stage.wait(3.0)
    stage.things.clear()
    began_s = stage.now_s
    tick = stage.run()
    assert tick.message == "Потерял Анну из виду."
    assert stage.now_s - began_s > 5.0


def test_follow_picks_up_a_person_found_again() -> None:
    stage = Stage(HALL, Thing("person", "green", 6.5, 3.8, "anna", 0.25))
    stage.begin("follow(person=anna, duration_s=40)")
    stage.wait(3.0)
    stage.move_thing(0, 3.0, 3.8)
    assert done(stage.run())
    assert stage.distance_to(3.0, 3.8) < 1.5


def test_follow_with_nobody_there_fails() -> None:
    assert Stage(HALL).run("follow()", "ru").message == "Никого не вижу."


def test_follow_without_a_time_ends_at_its_limit() -> None:
    stage = Stage(
        HALL,
        Thing("person", "green", 6.2, 3.8, "anna", 0.25),
        cfg=load_config(overrides={"skills.follow_default_s": 15.0}),
    )
    assert done(stage.run("follow()"))
    assert stage.now_s - 100.0 == pytest.approx(15.0, abs=2.0)


def test_follow_does_not_run_the_person_over() -> None:
    stage = Stage(HALL, Thing("person", "green", 6.5, 3.8, "anna", 0.25))
    stage.begin("follow(duration_s=15)")
    stage.wait(4.0)
    stage.move_thing(0, 5.9, 3.8)
    assert done(stage.run())
    assert min(stage.distance_to(5.9, 3.8), 9.9) > 0.5


# ---- explore


def test_explore_looks_at_everything_and_tells_what_it_saw() -> None:
    stage = Stage(HALL, CUBE, Thing("mug", "red", 2.2, 0.5))
    tick = stage.run("explore()", "ru", limit_s=400.0)
    assert done(tick)
    assert "красную кружку" in tick.message
    assert "красный куб" in tick.message
    assert all(stage.tools.coverage.viewed(room) > 0.9 for room in HOME.rooms)


def test_explore_again_has_nothing_to_do() -> None:
    stage = Stage(HALL)
    stage.run("explore()", limit_s=400.0)
    began_s = stage.now_s
    assert stage.run("explore()", "ru").message == "Здесь всё уже осмотрено."
    assert stage.now_s - began_s < 1.0


def test_explore_for_a_time_ends_then() -> None:
    stage = Stage(HALL)
    assert done(stage.run("explore(duration_s=20)"))
    assert stage.now_s - 100.0 == pytest.approx(20.0, abs=0.2)


def test_explore_without_a_camera_fails() -> None:
    stage = Stage(HALL)
    stage.camera = False
    stage.wait(2.0)
    assert stage.run("explore()", "ru").message == "Камера молчит."
