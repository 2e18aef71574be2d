"""Driving and turning without a map: measured, held straight, honest about what stopped them."""

from __future__ import annotations

import math

import pytest
from stage import HOME, Pose, Stage, Thing, done

from moe_robot.config import load_config
from moe_robot.structs import Status, Velocity

HALL = Pose(5.0, 3.8, 0.0)


@pytest.mark.parametrize("distance_m", [0.1, 0.5, 1.0, 3.0, -0.2, -1.0])
def test_drive_ends_at_the_distance(distance_m: float) -> None:
    stage = Stage(HALL)
    tick = stage.run(f"drive(distance_m={distance_m})")
    assert done(tick)
    assert stage.pose.x_m - 5.0 == pytest.approx(distance_m, abs=0.03)
    assert stage.pose.y_m == pytest.approx(3.8, abs=0.02)
    assert stage.velocity == Velocity()


def test_drive_without_a_distance_takes_the_configured_one() -> None:
    stage = Stage(HALL, cfg=load_config(overrides={"skills.drive_default_m": 0.7}))
    stage.run("drive()")
    assert stage.pose.x_m - 5.0 == pytest.approx(0.7, abs=0.03)


def test_drive_keeps_to_the_speed_that_was_said() -> None:
    stage = Stage(HALL)
    stage.begin("drive(distance_m=2, speed_mps=0.15)")
    stage.wait(2.0)
    assert stage.velocity.linear_mps == pytest.approx(0.15, abs=0.001)


def test_drive_says_what_it_has_measured() -> None:
    tick = Stage(HALL).run("drive(distance_m=-1)", "ru")
    assert tick.message.startswith("Сдал назад на 0,9") or tick.message == "Сдал назад на 1 метр."
    assert "odometry" in tick.results[0].evidence


def test_drive_is_stopped_by_an_obstacle_and_says_how_far_it_got() -> None:
    stage = Stage(HALL, Thing("box", "orange", 7.0, 3.8, radius_m=0.2))
    tick = stage.run("drive(distance_m=4)", "ru")
    assert tick.outcome == "failed"
    assert tick.message.startswith("Впереди препятствие: проехал 1,")
    assert tick.message.endswith("из 4.")
    assert stage.pose.x_m < 6.7


def test_drive_backward_is_stopped_by_what_is_behind() -> None:
    stage = Stage(HALL, Thing("box", "orange", 4.3, 3.8, radius_m=0.2))
    tick = stage.run("drive(distance_m=-2)", "ru")
    assert tick.message.startswith("Сзади препятствие")


def test_drive_does_not_believe_wheels_that_slip() -> None:
    stage = Stage(HALL)
    stage.slipping = True
    tick = stage.run("drive(distance_m=1)", "ru")
    assert tick.outcome == "failed"
    assert tick.message == "Колёса крутятся, а я не двигаюсь: что-то мешает."


def test_drive_names_motors_that_do_not_obey() -> None:
    stage = Stage(HALL)
    stage.wheels_stuck = True
    tick = stage.run("drive(distance_m=1)")
    assert tick.message.startswith("The motors do not obey")


@pytest.mark.parametrize(
    ("sensor", "says"), [("odometry", "Колёса не сообщают о движении."), ("lidar", "Лидар молчит, поэтому не еду.")]
)
def test_drive_names_the_sensor_that_is_silent(sensor: str, says: str) -> None:
    stage = Stage(HALL)
    setattr(stage, sensor, False)
    stage.wait(2.0)
    assert stage.run("drive(distance_m=1)", "ru").message == says


@pytest.mark.parametrize("angle_deg", [10, 90, -90, 180, -180, 360, 540, -720])
def test_turn_ends_at_the_angle_even_beyond_a_full_turn(angle_deg: float) -> None:
    stage = Stage(HALL)
    turned = 0.0
    stage.begin(f"turn(angle_deg={angle_deg})")
    before = stage.pose.yaw_rad
    while stage.executor.running:
        stage.tick()
        turned += math.remainder(stage.pose.yaw_rad - before, 2.0 * math.pi)
        before = stage.pose.yaw_rad
    assert done(stage.last)
    assert math.degrees(turned) == pytest.approx(angle_deg, abs=2.5)
    assert stage.distance_to(5.0, 3.8) < 0.01


def test_turn_that_is_hindered_fails() -> None:
    stage = Stage(HALL)
    stage.wheels_stuck = True
    assert stage.run("turn(angle_deg=90)").outcome == "failed"


def test_turn_goes_on_when_the_map_says_it_fell_short() -> None:
    stage = Stage(HALL)
    stage.begin("turn(angle_deg=90)")
    stage.wait(0.5)
    stage.pose = Pose(5.0, 3.8, stage.pose.yaw_rad - math.radians(15.0))  # it was pushed: the wheels have not seen it
    tick = stage.run()
    assert done(tick)
    assert math.degrees(stage.pose.yaw_rad) == pytest.approx(90.0, abs=5.0)
    assert "map" in tick.results[0].evidence


def test_stop_is_proved_by_standing_wheels() -> None:
    stage = Stage(HALL)
    stage.begin("drive(distance_m=3)")
    stage.wait(2.0)
    assert stage.velocity.linear_mps > 0.3
    tick = stage.run("stop()", "ru")
    assert (tick.message, stage.velocity) == ("Стою.", Velocity())


def test_wait_takes_its_time_and_moves_nothing() -> None:
    stage = Stage(HALL)
    tick = stage.run("wait(duration_s=10)", "ru")
    assert stage.now_s - 100.0 == pytest.approx(10.0, abs=0.1)
    assert (tick.message, stage.pose) == ("Подождал 10 секунд.", HALL)


# ---- docking


def test_dock_backs_onto_the_charger_and_is_proved_by_the_battery() -> None:
    stage = Stage(HALL)
    dock = HOME.places["dock"].pose
    stage.begin("dock()", "ru")

    def charge(stage: Stage) -> bool:
        near = stage.distance_to(dock.x_m, dock.y_m) < 0.15
        straight = abs(math.remainder(stage.pose.yaw_rad - dock.yaw_rad, 2.0 * math.pi)) < math.radians(20.0)
        stage.battery = type(stage.battery)(80.0, 25.0, 2.5 if near and straight else -1.0, near and straight)
        return False

    tick = stage.run(until=charge)
    assert done(tick)
    assert tick.message == "Я на базе, зарядка идёт: 80 процентов."
    assert "charging" in tick.results[0].evidence


def test_dock_that_does_not_charge_is_a_failure_after_a_second_try() -> None:
    stage = Stage(Pose(8.0, 3.8, 0.0))
    tick = stage.run("dock()", "ru")
    assert tick.outcome == "failed"
    assert tick.message == "Стою у базы, но зарядка не идёт."
    assert stage.distance_to(9.4, 3.8) < 0.3


def test_a_charging_robot_is_docked_already() -> None:
    stage = Stage(HOME.places["dock"].pose)
    stage.battery = type(stage.battery)(50.0, 25.0, 2.5, True)
    stage.wait(0.1)
    assert done(stage.run("dock()"))


def test_leaving_the_dock_needs_nothing_special() -> None:
    stage = Stage(HOME.places["dock"].pose)
    assert done(stage.run("drive(distance_m=0.5)"))
    assert stage.last.status is Status.SUCCESS
