import math

import numpy as np
import pytest
from flatland import Flatland

from moe_robot.config import load_config
from moe_robot.structs import Pose, Velocity
from moe_robot.world.home import load_home
from moe_robot.world.localizer import LOST_STD_M, Localizer
from moe_robot.world.matching import PoseTrack, wrap1

DOCK = Pose(9.4, 3.8, math.pi)


@pytest.fixture(scope="module")
def home():
    return load_home("flat")


def started(home, seed=0, slip=0.1, discs=()):
    world = Flatland(home, DOCK, list(discs), slip, seed)
    localizer = Localizer(home, load_config().world, np.random.default_rng(seed))
    localizer.reset(DOCK, 0.1)
    return world, localizer


def wander(world, localizer, seconds, start_s=0.0):
    """Drive about at random for some time; (position error, yaw error) at every step."""
    errors = []
    velocity = Velocity(0.4, 0.0)
    for i in range(round(seconds * 20)):
        now_s = start_s + 0.05 * (i + 1)
        ahead = world.ranges(world.pose, np.array([-0.6, -0.3, 0.0, 0.3, 0.6])).min()
        if ahead < 0.45:
            velocity = Velocity(0.0, 1.5)
        elif velocity.linear_mps == 0.0 or world.rng.random() < 0.02:
            velocity = Velocity(0.4, world.rng.uniform(-1.0, 1.0))
        world.drive(velocity, 0.05)
        localizer.odometry(world.odom, now_s)
        if i % 2 == 0:
            localizer.scan(world.scan(now_s), now_s)
        errors.append(error(world, localizer, now_s))
    return np.array(errors)


def error(world, localizer, now_s):
    pose, _ = localizer.estimate(now_s)
    return (
        math.hypot(pose.x_m - world.pose.x_m, pose.y_m - world.pose.y_m),
        abs(wrap1(pose.yaw_rad - world.pose.yaw_rad)),
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_holds_the_place_while_wheels_slip_and_strangers_stand_about(home, seed):
    rng = np.random.default_rng(seed)
    discs = [(x, y, 0.15) for x, y in zip(rng.uniform(0.5, 9.5, 14), rng.uniform(0.5, 7.5, 14), strict=True)]
    discs = [disc for disc in discs if math.hypot(disc[0] - DOCK.x_m, disc[1] - DOCK.y_m) > 0.6]
    world, localizer = started(home, seed, 0.1, discs)
    errors = wander(world, localizer, 40.0)
    assert errors[:, 0].max() < 0.05
    assert math.degrees(errors[:, 1].max()) < 2.0
    assert localizer.estimate(40.0)[1] < 0.05


def test_a_crowd_around_the_robot_does_not_pull_the_estimate(home):
    crowd = [(9.4 + 0.8 * math.cos(a), 3.8 + 0.45 * math.sin(a), 0.08) for a in np.linspace(1.0, 5.3, 7)]
    world, localizer = started(home, discs=crowd)
    for i in range(50):
        localizer.odometry(world.odom, 0.1 * i)
        localizer.scan(world.scan(0.1 * i), 0.1 * i)
    assert error(world, localizer, 5.0)[0] < 0.03


@pytest.mark.parametrize("bearing", [0.0, 1.6, 3.1, 4.7])
def test_a_start_pose_that_is_off_is_corrected(home, bearing):
    world, localizer = started(home)
    world.pose = Pose(5.0, 3.8, 0.4)
    localizer.reset(Pose(5.0 + 0.2 * math.cos(bearing), 3.8 + 0.2 * math.sin(bearing), 0.4 + 0.15), 0.3)
    for i in range(10):
        localizer.odometry(world.odom, 0.1 * i)
        localizer.scan(world.scan(0.1 * i), 0.1 * i)
    distance, turn = error(world, localizer, 1.0)
    assert distance < 0.03
    assert math.degrees(turn) < 1.0


def test_between_people_who_hide_most_of_the_home_it_is_not_lost(home):
    crowd = [(5.0 + 0.7 * math.cos(a), 6.0 + 0.7 * math.sin(a), 0.18) for a in np.linspace(0.0, 5.0, 8)]
    world, localizer = started(home, discs=crowd)
    world.pose = Pose(5.0, 6.0, 0.0)
    localizer.reset(world.pose, 0.05)
    for i in range(30):
        localizer.odometry(world.odom, 0.1 * i)
        localizer.scan(world.scan(0.1 * i), 0.1 * i)
        assert localizer.state == "tracking"
    assert error(world, localizer, 3.0)[0] < 0.03


def test_between_scans_odometry_carries_the_estimate_on(home):
    world, localizer = started(home, slip=0.0)
    localizer.odometry(world.odom, 0.0)
    localizer.scan(world.scan(0.0), 0.0)
    for i in range(1, 11):
        world.drive(Velocity(0.4, 0.5), 0.05)
        localizer.odometry(world.odom, 0.05 * i)
    assert error(world, localizer, 0.5)[0] < 0.02
    ahead, _ = localizer.estimate(0.6)  # 0.1 s beyond the newest odometry
    assert math.hypot(ahead.x_m - world.pose.x_m, ahead.y_m - world.pose.y_m) == pytest.approx(0.04, abs=0.02)


@pytest.mark.parametrize("there", [Pose(1.0, 5.9, 0.0), Pose(8.0, 1.6, 2.0), Pose(6.0, 6.0, -1.0)])
def test_carried_away_it_says_that_it_is_lost_and_then_finds_itself(home, there):
    world, localizer = started(home)
    wander(world, localizer, 2.0)
    world.pose = there
    lost = False
    for i in range(40):
        now_s = 2.1 + 0.1 * i
        localizer.odometry(world.odom, now_s)
        localizer.scan(world.scan(now_s), now_s)
        lost = lost or localizer.estimate(now_s)[1] > LOST_STD_M
    assert lost
    assert localizer.state == "tracking"
    assert error(world, localizer, 6.1)[0] < 0.05


def test_without_a_start_pose_it_searches_until_it_knows(home):
    world = Flatland(home, Pose(2.6, 1.8, 0.5))
    localizer = Localizer(home, load_config().world, np.random.default_rng(0))
    assert localizer.estimate(0.0)[1] > LOST_STD_M
    for i in range(30):
        localizer.odometry(world.odom, 0.1 * i)
        localizer.scan(world.scan(0.1 * i), 0.1 * i)
    assert error(world, localizer, 3.0)[0] < 0.05


def test_a_blind_lidar_leaves_the_estimate_to_odometry(home):
    world, localizer = started(home, slip=0.0)
    for i in range(20):
        world.drive(Velocity(0.2, 0.0), 0.1)
        localizer.odometry(world.odom, 0.1 * (i + 1))
        scan = world.scan(0.1 * (i + 1))
        scan.ranges_m[:] = np.inf
        localizer.scan(scan, scan.t_s)
    assert error(world, localizer, 2.0)[0] < 0.05


def test_the_same_random_generator_gives_the_same_run(home):
    runs = []
    for _ in range(2):
        world, localizer = started(home, seed=5)
        wander(world, localizer, 3.0)
        runs.append(localizer.estimate(3.0))
    assert runs[0] == runs[1]


def test_a_pose_track_interpolates_across_the_turn_of_the_yaw():
    track = PoseTrack()
    track.add(Pose(0.0, 0.0, math.pi - 0.1), 1.0)
    track.add(Pose(1.0, 0.0, -math.pi + 0.1), 2.0)
    middle = track.at(1.5)
    assert abs(abs(middle.yaw_rad) - math.pi) < 1e-6
    track.add(Pose(5.0, 5.0, 0.0), 1.5)  # late: ignored
    assert track.at(2.0).x_m == pytest.approx(1.0)
