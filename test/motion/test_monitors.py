"""S24 - S31 at the monitors: what is wrong is found in time, and nothing is found where nothing is wrong."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from gate_rig import CFG, MODEL, PERIOD_S, box, scan_of
from hypothesis import example, given, settings
from hypothesis import strategies as st
from monitor_rig import FULL, LIMITS, UPRIGHT, PaperRobot

from moe_robot.motion.limits import STILL, Slew
from moe_robot.motion.monitors import Finding, Monitors
from moe_robot.structs import Battery, Link, SafetyMode, Scan, Velocity

NAN = math.nan
AHEAD, BACK, LEFT = Velocity(0.3, 0.0), Velocity(-0.2, 0.0), Velocity(0.0, 0.8)
ARC = Velocity(0.25, 0.4)
ROOM = [*box(0.0, 0.0, 3.0), *box(2.0, 1.0, 0.3), *box(-1.0, 2.0, 0.4), *box(1.5, -2.0, 0.5)]
CORRIDOR = [(-90.0, 0.8, 90.0, 0.8), (-90.0, -0.8, 90.0, -0.8)]
ABOUT_A_SECOND = 1.2


@pytest.mark.parametrize("sent", [AHEAD, BACK, LEFT, ARC, Velocity(0.5, 0.0), Velocity(0.05, 0.0)])
def test_S24_wheels_that_stand_although_driven_are_a_stall_within_about_a_second(sent):
    assert PaperRobot(grip=(0.0, 0.0)).time_to("stall", sent) <= ABOUT_A_SECOND


@pytest.mark.parametrize("grip", [(0.0, 1.0), (1.0, 0.1), (0.3, 0.3)])
def test_S24_one_wheel_that_stands_or_creeps_is_enough(grip):
    robot = PaperRobot()
    assert robot.drive(AHEAD, 2.0) == []
    robot.grip = grip
    assert robot.time_to("stall", AHEAD) <= ABOUT_A_SECOND
    assert "wheel" in robot.found[-1].source


def test_S24_a_dead_encoder_is_a_stall_too():
    """Ticks that stay: whether the wheel or its encoder stands, nobody can tell, and neither may drive on."""
    robot = PaperRobot()
    robot.drive(AHEAD, 1.0)
    robot.grip = (1.0, 0.0)
    assert robot.time_to("stall", AHEAD) <= ABOUT_A_SECOND


def test_S24_a_door_sill_that_holds_the_wheels_for_a_moment_is_no_stall():
    robot = PaperRobot()
    robot.drive(AHEAD, 1.0)
    robot.grip = (0.0, 0.0)
    robot.drive(AHEAD, 0.25)
    robot.grip = (1.0, 1.0)
    robot.drive(AHEAD, 2.0)
    assert robot.found == []


@pytest.mark.parametrize("lag_s", [0.02, 0.1, 0.25])
@pytest.mark.parametrize("dead_s", [0.0, 0.1, 0.2])
def test_S24_a_slow_start_is_no_stall(lag_s, dead_s):
    robot = PaperRobot(lag_s=lag_s, dead_s=dead_s)
    for sent in (Velocity(0.5, 0.0), STILL, Velocity(-0.5, 0.0), Velocity(0.0, 1.6), STILL, Velocity(0.04, 0.0)):
        robot.drive(sent, 1.5)
    assert robot.found == []


def test_S25_a_wheel_that_turns_without_a_command_is_a_runaway():
    robot = PaperRobot()
    robot.drive(STILL, 2.0)
    robot.push_radps = (5.0, 0.0)
    assert robot.time_to("runaway", STILL) <= 0.6


@pytest.mark.parametrize("grip", [(-1.0, -1.0), (2.5, 2.5), (1.0, -2.0)])
def test_S25_a_wheel_far_beyond_its_command_or_against_it_is_a_runaway(grip):
    robot = PaperRobot()
    robot.drive(AHEAD, 1.0)
    robot.grip = grip
    assert robot.time_to("runaway", AHEAD) <= 1.0


def test_S25_wheels_that_do_not_obey_a_stop_are_a_runaway():
    robot = PaperRobot()
    robot.drive(Velocity(0.4, 0.0), 1.0)
    robot.push_radps = (8.0, 8.0)  # a driver that is shorted
    robot.drive(STILL, 1.5, SafetyMode.ESTOP)
    assert robot.present == {"runaway"}


@pytest.mark.parametrize("mode", [SafetyMode.DISARMED, SafetyMode.ESTOP])
def test_S25_a_stopped_robot_may_be_pushed(mode):
    robot = PaperRobot()
    robot.drive(AHEAD, 1.0)
    robot.drive(STILL, 1.0, mode)
    robot.push_radps = (10.0, 9.0)
    robot.drive(STILL, 3.0, mode)
    assert robot.found == []


def test_S25_braking_from_full_speed_at_once_is_no_runaway():
    robot = PaperRobot(lag_s=0.12)
    robot.drive(Velocity(0.5, 0.0), 2.0)
    robot.drive(STILL, 2.0)
    robot.drive(Velocity(-0.5, 1.0), 2.0)
    robot.drive(STILL, 2.0, SafetyMode.ESTOP)
    assert robot.found == []


@pytest.mark.parametrize("turns", [0.0, 0.3, -1.0])
def test_S26_a_turn_that_the_gyroscope_does_not_see_is_slip(turns):
    assert PaperRobot(turns=turns).time_to("slip", LEFT) <= 1.5


def test_S26_a_turn_that_the_wheels_do_not_make_is_slip():
    """One side hangs on a table leg, its wheel spins: the robot swings round."""
    robot = PaperRobot()
    robot.drive(AHEAD, 1.0)
    robot.gyro_bias_radps = 0.6
    assert robot.time_to("slip", AHEAD) <= 1.2


def test_S26_a_robot_that_somebody_turns_while_it_stands_does_not_slip():
    robot = PaperRobot(gyro_bias_radps=1.0)
    robot.drive(STILL, 3.0)
    assert robot.found == []


def _scans(robot: PaperRobot, sent: Velocity, seconds: float, segments, rays: int = 360, seed: int = 1) -> None:
    """Drives with a lidar of 10 Hz that sees where the robot really is."""
    rng = np.random.default_rng(seed)
    for i in range(round(seconds / PERIOD_S)):
        robot.step(sent)
        if i % 5 == 0:
            robot.see(scan_of(segments, robot.pose, rng, rays))


@pytest.mark.parametrize("sent", [AHEAD, BACK, Velocity(0.5, 0.0), Velocity(0.1, 0.0)])
def test_S26_wheels_that_spin_while_the_view_stays_are_slip(sent):
    robot = PaperRobot(moves=0.0)
    _scans(robot, sent, 0.4 + 0.3 / abs(sent.linear_mps) + 0.4, ROOM)
    assert robot.present == {"slip"}
    assert "lidar" in robot.found[-1].source


@pytest.mark.parametrize("sent", [AHEAD, BACK, ARC, Velocity(0.5, -0.8)])
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("rays", [90, 360])
def test_S26_a_robot_that_moves_as_its_wheels_say_does_not_slip(sent, seed, rays):
    robot = PaperRobot(slip=(0.02, -0.02), gyro_bias_radps=0.01)
    _scans(robot, sent, 4.0, ROOM, rays, seed)
    assert robot.found == []


@pytest.mark.parametrize("moves", [0.0, 1.0])
@pytest.mark.parametrize("segments", [CORRIDOR, [], [(-9.0, 2.0, 9.0, 2.0)]], ids=["corridor", "hall", "one wall"])
def test_S26_where_the_view_cannot_tell_nothing_is_claimed(moves, segments):
    robot = PaperRobot(moves=moves)
    _scans(robot, AHEAD, 4.0, segments)
    assert robot.found == []


def test_S26_a_lidar_that_repeats_itself_under_new_stamps_is_found_while_driving():
    robot, frozen = PaperRobot(), scan_of(ROOM)
    for i in range(100):
        robot.step(AHEAD)
        robot.see(dataclasses.replace(frozen, t_s=float(i)))
    assert robot.present == {"slip"}


@pytest.mark.parametrize(("moves", "found"), [(1.0, set()), (0.0, {"slip"})])
def test_S26_a_lidar_whose_scans_differ_in_the_number_of_rays_is_compared_too(moves, found):
    robot, rng = PaperRobot(moves=moves), np.random.default_rng(1)
    for i in range(150):
        robot.step(AHEAD)
        if i % 5 == 0:
            robot.see(scan_of(ROOM, robot.pose, rng, rays=int(rng.integers(300, 400))))
    assert robot.present == found


def test_S26_a_lidar_that_looks_only_ahead_is_enough():
    robot, rng = PaperRobot(moves=0.0), np.random.default_rng(1)
    for i in range(100):
        robot.step(AHEAD)
        full = scan_of(ROOM, robot.pose, rng)
        half = dataclasses.replace(full, ranges_m=full.ranges_m[90:270], angle_min_rad=-math.pi / 2)
        if i % 5 == 0:
            robot.see(half)
    assert robot.present == {"slip"}


def test_S26_a_scan_of_few_rays_says_nothing():
    robot = PaperRobot(moves=0.0)
    for i in range(200):
        robot.step(AHEAD)
        robot.see(Scan(np.full(4 + i % 30, 1.0, np.float32), -3.0, 0.2, 0.05, 12.0, float(i)))
    assert robot.found == []


def _felt(deg: float) -> tuple[float, float, float]:
    return (9.81 * math.sin(math.radians(deg)), 0.0, 9.81 * math.cos(math.radians(deg)))


@pytest.mark.parametrize("deg", [25.0, 90.0, 180.0])
def test_S27_a_tilted_robot_is_found_and_gone_when_it_stands_upright_again(deg):
    robot = PaperRobot()
    robot.drive(AHEAD, 1.0)
    robot.felt = _felt(deg)
    robot.drive(AHEAD, 1.2)
    assert robot.present == {"tilt"}
    robot.felt = UPRIGHT
    robot.drive(STILL, 0.5)
    assert robot.present == {"tilt"}
    robot.drive(STILL, 2.0)
    assert robot.present == set()


def test_S27_jolts_braking_and_sills_are_no_tilt():
    robot = PaperRobot(noise=np.random.default_rng(4))
    for felt, seconds in (
        ((6.0, 0.0, 9.8), 0.15),
        ((-4.0, 2.0, 20.0), 0.1),
        (_felt(12.0), 1.0),
        ((0.0, 0.0, 0.5), 1.0),
    ):
        robot.felt = felt
        robot.drive(STILL, seconds)
        robot.felt = UPRIGHT
        robot.drive(STILL, 0.5)
    assert robot.found == []


def test_S27_an_accelerometer_that_says_nothing_is_not_judged():
    robot = PaperRobot(felt=(NAN, NAN, NAN))
    robot.drive(AHEAD, 3.0)
    robot.has_imu = False
    robot.drive(LEFT, 3.0)
    assert robot.found == []


@pytest.mark.parametrize(
    "battery", [Battery(2.0, 11.0, -1.0, False), Battery(40.0, 9.0, -1.0, False), Battery(NAN, 9.0, NAN, False)]
)
def test_S28_a_battery_that_stays_low_is_found_and_charging_ends_it(battery):
    robot = PaperRobot(battery=battery)
    robot.drive(STILL, LIMITS.battery_s - 0.5)
    assert robot.found == []
    robot.drive(STILL, 1.0)
    assert robot.present == {"battery"}
    robot.battery = dataclasses.replace(battery, charging=True)
    robot.drive(STILL, 2.0)
    assert robot.present == set()


def test_S28_the_sag_of_a_start_and_what_is_not_measured_are_no_low_battery():
    robot = PaperRobot()
    for battery in (dataclasses.replace(FULL, voltage_v=8.5), Battery(NAN, NAN, NAN, False)):
        robot.battery = battery
        robot.drive(AHEAD, 1.0)
        robot.battery = FULL
        robot.drive(AHEAD, 1.0)
    robot.battery = Battery(NAN, NAN, NAN, False)
    robot.drive(AHEAD, 10.0)
    assert robot.found == []


def test_S28_a_battery_at_its_limit_does_not_flutter():
    robot = PaperRobot(battery=dataclasses.replace(FULL, percent=2.9))
    robot.drive(STILL, 5.0)
    for i in range(20):
        robot.battery = dataclasses.replace(FULL, percent=2.9 + 0.2 * (i % 2))
        robot.drive(STILL, 1.5)
    assert [f.present for f in robot.found] == [True]


def test_S29_a_hot_driver_is_found_and_must_cool_down_by_a_margin():
    robot = PaperRobot(celsius=85.0)
    robot.drive(AHEAD, 1.5)
    assert robot.present == {"temperature"}
    robot.celsius = 78.0
    robot.drive(STILL, 5.0)
    assert robot.present == {"temperature"}
    robot.celsius = 60.0
    robot.drive(STILL, 2.0)
    assert robot.present == set()
    robot.celsius = NAN
    robot.drive(STILL, 2.0)
    assert robot.present == set()


def test_S30_an_error_of_a_critical_node_is_found_at_once_and_gone_when_it_has_recovered():
    monitors = Monitors(CFG, MODEL)
    for name in ("camera", "lidar2: driver", "", "my/lidar"):
        assert monitors.on_diagnostics(name, 2, 1.0) == []
    assert monitors.on_diagnostics("/lidar: driver", 1, 1.0) == []
    assert monitors.on_diagnostics("/lidar: driver", 2, 1.0) == [Finding("diagnostics", "lidar", True)]
    assert monitors.on_diagnostics("lidar", 3, 1.1) == []
    assert monitors.on_diagnostics("lidar", 0, 2.0) == []
    robot = PaperRobot(monitors=monitors)
    robot.now_s = 2.0
    robot.drive(STILL, LIMITS.clear_s + 0.1)
    assert robot.found == [Finding("diagnostics", "lidar", False)]


def test_S31_what_was_found_is_told_once_and_its_end_names_the_same():
    robot = PaperRobot(grip=(0.0, 0.0))
    robot.drive(AHEAD, 3.0)
    robot.drive(STILL, 3.0, SafetyMode.ESTOP)
    (began, ended) = robot.found
    assert (began.kind, began.present, ended) == ("stall", True, began._replace(present=False))


def test_S31_a_gap_a_new_session_or_a_lost_link_is_not_judged():
    robot = PaperRobot()
    robot.drive(AHEAD, 1.0)
    robot.step(AHEAD, period_s=1.5)  # this process was starved, the board's watchdog stopped the wheels
    robot.grip = (0.0, 0.0)
    robot.drive(AHEAD, 0.6)
    robot.session = 2  # the board began anew: its ticks too
    robot._angles = [0.0, 0.0]
    robot.drive(AHEAD, 0.6)
    robot.link = Link.LOST
    robot.drive(AHEAD, 3.0)
    assert robot.found == []


@pytest.mark.parametrize("silent_s", [0.2, 0.5, 2.0])
def test_S31_wheels_are_not_judged_while_telemetry_is_silent(silent_s):
    robot = PaperRobot()
    for sent in (AHEAD, Velocity(-0.4, 1.0), STILL):
        robot.drive(sent, 1.5)
        robot.silent = True
        robot.drive(sent, silent_s)
        robot.silent = False
        robot.drive(sent, 1.0)
    assert robot.found == []


def test_S31_a_base_that_does_not_measure_its_wheels_is_not_judged_by_them():
    robot = PaperRobot(has_encoders=False)
    for sent in (AHEAD, LEFT, STILL):
        robot.drive(sent, 2.0)
    robot.drive(STILL, 2.0, SafetyMode.DISARMED)
    assert robot.found == []


driven = st.lists(
    st.tuples(
        st.builds(Velocity, st.floats(-0.5, 0.5), st.floats(-1.6, 1.6))
        | st.sampled_from([STILL, Velocity(0.5, 0.0), Velocity(-0.45, 0.0), Velocity(0.05, 0.4)]),
        st.integers(1, 80) | st.integers(1, 15),
        st.booleans(),  # a stop condition: zero at once, not by the ramps
    ),
    max_size=14,
)


TO_AND_FRO = [(0.09, 24), (0.1, 21), (0.27, 26), (-0.14, 26), (0.45, 12), (0.39, 25)]  # m/s, periods


@settings(max_examples=200, deadline=None)
@example([(Velocity(mps, 0.0), n, False) for mps, n in TO_AND_FRO], 0.1, 0.04, (0.0, 0.0), 0.0, 0)
@given(
    driven | st.lists(st.sampled_from([(Velocity(0.5, 0.0), 7, False), (Velocity(-0.45, 0.0), 7, False)]), max_size=30),
    st.floats(0.0, 0.2),
    st.floats(0.0, 0.16),
    st.tuples(st.floats(-0.05, 0.05), st.floats(-0.05, 0.05)),
    st.floats(-0.03, 0.03),
    st.integers(0, 2**31),
)
def test_S31_a_robot_in_order_is_never_stopped_however_it_is_driven(wishes, lag_s, dead_s, slip, bias, seed):
    rng = np.random.default_rng(seed)
    robot = PaperRobot(lag_s=lag_s, dead_s=dead_s, slip=slip, gyro_bias_radps=bias, noise=rng)
    slew = Slew(CFG)
    for wish, periods, stopped in wishes:
        for i in range(periods):
            sent = slew.step(wish, PERIOD_S)
            if stopped:
                slew.restart(sent := STILL)
            robot.step(sent)
            if i % 5 == 0:
                robot.see(scan_of(ROOM, robot.pose, rng, 120))
    assert robot.found == []
