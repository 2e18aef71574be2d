"""Going to places, points, things and people; patrolling."""

from __future__ import annotations

import math

import pytest
from stage import HOME, Memory, Pose, Stage, Thing, done, sighting

from moe_robot.structs import Status

HALL = Pose(5.0, 3.8, 0.0)
CUBE = Thing("cube", "red", 1.0, 6.6)
ANNA = Thing("person", "green", 7.6, 6.6, "anna", 0.25)


@pytest.mark.parametrize("room", list(HOME.rooms))
def test_go_to_a_room_ends_in_it(room: str) -> None:
    stage = Stage(HALL)
    tick = stage.run(f"go_to(place={room})")
    assert done(tick)
    assert stage.room() == room
    assert f"room {room}" in tick.results[0].evidence


@pytest.mark.parametrize("item", [item.id for item in HOME.furniture.values() if item.names])
def test_go_to_furniture_ends_beside_it_and_faces_it(item: str) -> None:
    stage = Stage(HALL)
    assert done(stage.run(f"go_to(place={item})"))
    box = HOME.furniture[item]
    gap_m = float(HOME.distance_m(box, stage.pose.x_m, stage.pose.y_m))
    assert gap_m < 0.9
    ahead = (stage.pose.x_m + (gap_m + 0.1) * math.cos(stage.pose.yaw_rad),
             stage.pose.y_m + (gap_m + 0.1) * math.sin(stage.pose.yaw_rad))  # fmt: skip
    assert float(HOME.distance_m(box, *ahead)) < 0.1


def test_go_to_a_named_pose_ends_there_and_turned() -> None:
    stage = Stage(HALL)
    assert done(stage.run("go_to(place=entrance)"))
    goal = HOME.places["entrance"].pose
    assert stage.distance_to(goal.x_m, goal.y_m) < 0.2
    assert abs(math.remainder(stage.pose.yaw_rad - goal.yaw_rad, 2.0 * math.pi)) < 0.2


def test_go_to_a_remembered_place() -> None:
    stage = Stage(HALL)
    stage.beliefs.set_places({"corner": Pose(9.0, 5.5, 0.0)})
    tick = stage.run("go_to(place=corner)", "ru")
    assert done(tick)
    assert stage.distance_to(9.0, 5.5) < 0.2
    assert tick.message == "Я у «corner»."


def test_go_to_a_point_with_a_heading() -> None:
    stage = Stage(HALL)
    tick = stage.run("go_to(x_m=2, y_m=3.8, yaw_deg=90)", "ru")
    assert done(tick)
    assert stage.distance_to(2.0, 3.8) < 0.15
    assert math.degrees(stage.pose.yaw_rad) == pytest.approx(90.0, abs=5.0)
    assert tick.message == "Я в точке 2; 3,8."


def test_a_point_inside_of_furniture_cannot_be_reached() -> None:
    stage = Stage(HALL)
    tick = stage.run("go_to(x_m=0.8, y_m=1.2)", "ru")
    assert tick.outcome == "failed"
    assert tick.message == "Не могу проехать в точку 0,8; 1,2: туда нет пути."


def test_a_blocked_door_is_told_after_a_second_try() -> None:
    doorway = [Thing("box", "orange", 4.5 + 0.3 * k, 3.2, radius_m=0.16) for k in range(4)]
    stage = Stage(HALL, *doorway)
    tick = stage.run("go_to(place=bathroom)", "ru", limit_s=200.0)
    assert tick.outcome == "failed"
    assert tick.message in ("Не могу проехать в ванную: путь перекрыт.", "Не успел приехать в ванную.")
    assert stage.room() != "bathroom"


def test_a_robot_that_does_not_know_where_it_is_does_not_set_off() -> None:
    stage = Stage(HALL)
    stage.localized = False
    stage.wait(2.0)
    tick = stage.run("go_to(place=kitchen)", "ru")
    assert tick.message == "Не могу понять, где я."
    assert stage.pose == HALL


def test_a_lidar_that_falls_silent_on_the_way_is_named() -> None:
    stage = Stage(HALL)
    stage.begin("go_to(place=kitchen)", "ru")
    stage.wait(2.0)
    stage.lidar = False
    assert stage.run().message == "Лидар молчит, поэтому не еду."


# ---- things and people


def test_go_to_a_thing_seen_before_ends_facing_it() -> None:
    stage = Stage(HALL, CUBE, memory=Memory([sighting("cube", "red", 1.0, 6.6)]))
    tick = stage.run("go_to(color=red, object=cube)", "ru")
    assert done(tick)
    assert tick.message == "Я у красного куба."
    assert stage.distance_to(1.0, 6.6) == pytest.approx(0.7, abs=0.2)
    assert "seen" in tick.results[0].evidence


def test_go_to_a_thing_never_seen_is_refused_with_advice() -> None:
    tick = Stage(HALL, CUBE).run("go_to(color=red, object=cube)", "ru")
    assert tick.outcome == "failed"
    assert tick.message == "Ещё не видел красный куб. Скажите: «найди красный куб»."


def test_go_to_a_thing_that_is_gone_says_so() -> None:
    stage = Stage(HALL, memory=Memory([sighting("cube", "red", 1.0, 6.6)]))
    tick = stage.run("go_to(color=red, object=cube)", "ru")
    assert tick.outcome == "failed"
    assert tick.message == "Приехал туда, где видел красный куб, но красного куба там уже нет."
    assert stage.distance_to(1.0, 6.6) < 1.0


def test_go_to_uses_what_this_run_has_seen_when_memory_is_gone() -> None:
    stage = Stage(Pose(1.8, 6.0, 2.5), CUBE, memory=Memory(error="closed"))
    stage.wait(1.0)
    assert done(stage.run("turn(angle_deg=180); go_to(color=red, object=cube)"))


def test_come_to_me_looks_around_for_somebody() -> None:
    stage = Stage(Pose(6.6, 5.8, -2.0), ANNA)
    tick = stage.run("go_to(person=any)", "ru")
    assert done(tick)
    assert stage.distance_to(7.6, 6.6) == pytest.approx(0.7, abs=0.35)


def test_come_to_me_with_nobody_there_fails() -> None:
    tick = Stage(HALL).run("go_to(person=any)", "ru")
    assert tick.outcome == "failed"
    assert tick.message == "Никого не вижу."


def test_go_to_a_person_who_walks_on_follows_to_the_new_place() -> None:
    stage = Stage(Pose(4.5, 5.8, 0.3), ANNA)
    stage.begin("go_to(person=anna)")
    stage.wait(1.5)
    stage.move_thing(0, 8.6, 5.6)
    assert done(stage.run())
    assert stage.distance_to(8.6, 5.6) < 1.1


# ---- patrol


def test_patrol_visits_the_places_in_the_order_said() -> None:
    stage = Stage(HALL)
    rooms = []
    tick = stage.run("patrol(places=office|kitchen)", "ru", until=lambda stage: rooms.append(stage.room()))
    assert done(tick)
    assert tick.message == "Объехал кабинет и кухню."
    assert rooms.index("office") < rooms.index("kitchen")


def test_patrol_without_places_visits_every_room_once() -> None:
    stage = Stage(HALL)
    visited = set()
    tick = stage.run("patrol()", until=lambda stage: visited.add(stage.room()))
    assert done(tick)
    assert visited >= set(HOME.rooms)


def test_patrol_of_several_rounds() -> None:
    tick = Stage(HALL).run("patrol(places=office|bathroom, rounds=2)")
    assert done(tick)
    assert "reached office, bathroom, office, bathroom" in tick.results[0].evidence


def test_patrol_goes_on_when_one_place_cannot_be_reached_and_says_which() -> None:
    doorway = [Thing("box", "orange", 4.5 + 0.3 * k, 3.2, radius_m=0.16) for k in range(4)]
    stage = Stage(HALL, *doorway)
    tick = stage.run("patrol(places=bathroom|office)", "ru", limit_s=300.0)
    assert tick.status is Status.FAILURE
    assert tick.message == "Объехал не всё: не смог попасть в ванную."
    assert stage.room() == "office"
