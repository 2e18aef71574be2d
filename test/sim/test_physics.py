"""The simulated robot behaves like one: wheels, odometry, collisions, charger, battery, people."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from moe_robot.config import SimConfig, load_config
from moe_robot.robot_model import load_robot_model
from moe_robot.sim.physics import Simulation
from moe_robot.sim.worlds import World, load_world, world_from_data
from moe_robot.structs import Pose

ROBOT = load_robot_model()
CONFIG = load_config().sim
FLAT = load_world("flat")


def simulation(world: World = FLAT, seed: int = 1, cfg: SimConfig = CONFIG) -> Simulation:
    return Simulation(world, ROBOT, cfg, seed)


def drive_about(sim: Simulation, until_s: float = 8.0) -> None:
    """Forward, a bend, a turn on the spot, back."""
    orders = ((0.0, (6.0, 6.0)), (2.5, (7.0, 4.0)), (4.5, (-4.0, 4.0)), (6.0, (-3.0, -3.0)))
    for k in range(round(until_s / 0.02)):
        now = k * 0.02
        sim.plant.set_wheel_speeds(*next(speeds for start, speeds in reversed(orders) if now >= start))
        sim.step(now + 0.02)


def odometry(ticks: list[tuple[int, int]], start: Pose) -> Pose:
    x, y, yaw = start.x_m, start.y_m, start.yaw_rad
    metres = 2 * math.pi * ROBOT.wheel_radius_m / ROBOT.ticks_per_rev
    for (l0, r0), (l1, r1) in pairwise(ticks):
        left, right = (l1 - l0) * metres, (r1 - r0) * metres
        turn = (right - left) / ROBOT.wheel_separation_m
        x += (left + right) / 2 * math.cos(yaw + turn / 2)
        y += (left + right) / 2 * math.sin(yaw + turn / 2)
        yaw += turn
    return Pose(x, y, yaw)


def test_the_robot_stays_finite_and_upright_under_the_roughest_commands():
    sim = simulation()
    rng = np.random.default_rng(3)
    for k in range(400):
        sim.plant.set_wheel_speeds(*rng.uniform(-40.0, 40.0, 2))
        sim.step(k * 0.05)
    truth = sim.truth()
    assert all(map(math.isfinite, (truth.pose.x_m, truth.pose.y_m, truth.pose.yaw_rad)))
    assert truth.tilt_rad < 0.3


def test_the_same_seed_and_commands_give_the_same_run_bit_by_bit():
    runs = []
    for _ in range(2):
        sim = simulation(seed=5)
        drive_about(sim, 5.0)
        frame, scan = sim.camera(), sim.lidar()
        runs.append((sim.truth(), sim.plant.imu(), sim.plant.wheel_ticks(), frame.rgb, frame.depth_m, scan.ranges_m))
    assert runs[0][:3] == runs[1][:3]
    assert all(np.array_equal(a, b) for a, b in zip(runs[0][3:], runs[1][3:], strict=True))


def test_how_often_sensors_are_read_does_not_change_the_run():
    quiet, busy = simulation(), simulation()
    for k in range(100):
        for sim in (quiet, busy):
            sim.plant.set_wheel_speeds(5.0, 4.0)
        quiet.step((k + 1) * 0.02)
        busy.step((k + 1) * 0.02 - 0.012)
        busy.plant.wheel_ticks(), busy.plant.imu(), busy.lidar(), busy.truth()
        busy.step((k + 1) * 0.02)
    assert quiet.truth() == busy.truth()


def test_another_seed_gives_another_slip_and_another_path():
    ends = []
    for seed in (1, 2):
        sim = simulation(seed=seed)
        drive_about(sim, 4.0)
        ends.append(sim.pose())
    assert ends[0] != ends[1]


def test_odometry_is_near_the_truth_but_drifts():
    sim = simulation()
    ticks = [sim.plant.wheel_ticks()]
    for k in range(300):
        sim.plant.set_wheel_speeds(6.0, 6.3)
        sim.step((k + 1) * 0.02)
        ticks.append(sim.plant.wheel_ticks())
    believed, true = odometry(ticks, FLAT.scene.robot), sim.pose()
    error = math.hypot(believed.x_m - true.x_m, believed.y_m - true.y_m)
    assert 1e-4 < error < 0.15
    assert abs(math.remainder(believed.yaw_rad - true.yaw_rad, 2 * math.pi)) < math.radians(8.0)


def test_without_slip_the_geometry_of_the_urdf_is_the_geometry_of_the_motion():
    sim = simulation(cfg=replace(CONFIG, wheel_slip=0.0))
    for wheels, seconds in (((6.0, 6.0), 3.0), ((-3.0, 3.0), 2.0), ((0.0, 0.0), 1.0)):
        sim.plant.set_wheel_speeds(*wheels)
        sim.step(sim.time_s + seconds)
    start, end = FLAT.scene.robot, sim.pose()
    left, right = (2 * math.pi * t / ROBOT.ticks_per_rev * ROBOT.wheel_radius_m for t in sim.plant.wheel_ticks())
    assert math.hypot(end.x_m - start.x_m, end.y_m - start.y_m) == pytest.approx((left + right) / 2, rel=0.02)
    turned = (right - left) / ROBOT.wheel_separation_m
    assert math.remainder(end.yaw_rad - start.yaw_rad - turned, 2 * math.pi) == pytest.approx(0.0, abs=0.03)


def test_wheels_reach_their_speed_with_a_lag_not_at_once():
    sim = simulation()
    sim.plant.set_wheel_speeds(6.0, 6.0)
    sim.step(0.02)
    early = sim.plant.wheel_speeds()[0]
    sim.step(1.0)
    assert 0.0 < early < 4.0
    assert sim.plant.wheel_speeds()[0] == pytest.approx(6.0, rel=0.03)


def test_commands_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="finite"):
        simulation().plant.set_wheel_speeds(math.nan, 0.0)


def test_ticks_count_back_when_the_wheels_turn_back():
    sim = simulation()
    sim.plant.set_wheel_speeds(-4.0, -4.0)
    sim.step(1.0)
    assert max(sim.plant.wheel_ticks()) < -500


def test_the_gyro_feels_a_turn_and_the_accelerometer_gravity():
    sim = simulation()
    sim.plant.set_wheel_speeds(-2.6, 2.6)
    sim.step(2.0)
    imu = sim.plant.imu()
    assert imu.angular_radps[2] == pytest.approx(sim.truth(look=False).velocity.angular_radps, abs=0.03)
    assert imu.linear_mps2[2] == pytest.approx(9.81, abs=0.2)


def test_a_bump_is_one_collision_however_long_it_lasts():
    sim = simulation()
    sim.set_robot(Pose(1.0, 5.9, math.pi / 2))  # red_cube ahead
    sim.plant.set_wheel_speeds(4.0, 4.0)
    sim.step(4.0)
    truth = sim.truth(look=False)
    assert truth.collisions >= 1
    assert truth.hits[0].what == "red_cube"
    assert [hit.what for hit in truth.hits].count("red_cube") == 1
    assert truth.hits[0].speed_mps == pytest.approx(0.2, abs=0.05)


def test_a_wall_stops_the_robot_and_is_named():
    sim = simulation()
    sim.set_robot(Pose(6.0, 3.8, -math.pi / 2))
    sim.plant.set_wheel_speeds(4.0, 4.0)
    sim.step(4.0)
    assert [hit.what for hit in sim.truth(look=False).hits] == ["wall"]
    assert sim.pose().y_m > 3.2


def test_standing_and_driving_freely_are_no_collisions():
    sim = simulation()
    sim.plant.set_wheel_speeds(6.0, 6.0)
    sim.step(8.0)
    assert sim.truth(look=False).collisions == 0


def test_people_and_furniture_can_be_bumped_into():
    sim = simulation()
    for target, pose in (("anna", Pose(7.6, 5.6, math.pi / 2)), ("sofa", Pose(8.6, 6.6, math.pi / 2))):
        sim.set_robot(pose)
        sim.plant.set_wheel_speeds(5.0, 5.0)
        sim.step(sim.time_s + 4.0)
        assert target in {hit.what for hit in sim.truth(look=False).hits}


@pytest.mark.parametrize(
    ("offset", "yaw_deg", "charges"),
    [((0.0, 0.0), 0, True), ((0.1, 0.1), 15, True), ((0.2, 0.0), 0, False), ((0.0, 0.0), 30, False)],
)
def test_it_charges_only_when_it_stands_on_the_contacts(offset, yaw_deg, charges):
    sim = simulation()
    dock = FLAT.home.places["dock"].pose
    pose = Pose(dock.x_m + offset[0], dock.y_m + offset[1], dock.yaw_rad + math.radians(yaw_deg))
    sim.set_robot(pose)
    sim.step(0.2)
    battery = sim.plant.battery()
    assert sim.charging is battery.charging is charges
    assert (battery.current_a > 0.0) is charges


def test_the_battery_drains_away_from_the_dock_and_fills_on_it():
    sim = simulation(cfg=replace(CONFIG, battery_time_scale=1000.0))
    full = sim.plant.battery()
    sim.set_robot(Pose(5.0, 3.8, 0.0))
    sim.step(2.0)
    low = sim.plant.battery()
    assert low.percent < full.percent - 2.0
    assert low.voltage_v < full.voltage_v
    sim.set_robot(FLAT.home.places["dock"].pose)
    sim.step(6.0)
    assert sim.plant.battery().percent > low.percent


def test_driving_draws_more_current_than_standing():
    sim = simulation()
    sim.set_robot(Pose(5.0, 3.8, 0.0))
    sim.step(0.5)
    standing = sim.plant.battery().current_a
    sim.plant.set_wheel_speeds(6.0, 6.0)
    sim.step(2.0)
    assert sim.plant.battery().current_a < standing < 0.0


def test_a_walking_person_follows_the_path_and_waits_for_the_robot():
    data = dict(FLAT.data)
    walk = {"at_m": [7.0, 5.2], "path_m": [[4.8, 5.2]], "speed_mps": 0.5}
    data["scene"] = {**data["scene"], "people": {"anna": walk}}
    sim = simulation(world_from_data(data, "walk"))
    sim.step(2.0)
    (anna,) = sim.truth(look=False).people
    assert (anna.x_m, anna.y_m) == pytest.approx((6.0, 5.2), abs=0.05)
    sim.set_robot(Pose(5.2, 5.2, 0.0))
    sim.step(8.0)
    (anna,) = sim.truth(look=False).people
    assert anna.x_m == pytest.approx(5.8, abs=0.1)
    assert sim.truth(look=False).collisions == 0


def test_a_person_and_an_object_can_be_put_elsewhere():
    sim = simulation()
    sim.set_person("anna", 5.0, 6.0, 0.0)
    sim.set_object("red_cube", 6.0, 3.8)
    sim.step(0.5)
    truth = sim.truth(look=False)
    anna = next(p for p in truth.people if p.id == "anna")
    cube = next(o for o in truth.objects if o.id == "red_cube")
    assert (anna.x_m, anna.y_m, anna.room) == (5.0, 6.0, "living_room")
    assert (cube.x_m, cube.y_m, cube.room) == (pytest.approx(6.0), pytest.approx(3.8), "hall")
