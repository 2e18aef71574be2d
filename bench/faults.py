"""What `bench/chaos.py` breaks, how long it may take until the robot stands, and where the fault must show."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from moe_robot.lockstep import LockstepRobot
from moe_robot.structs import Imu, Scan, Velocity

Mend: TypeAlias = Callable[[], None]
Rng: TypeAlias = np.random.Generator

# s from a fault to standing wheels, by ground truth: what the configuration allows plus the way the wheels need.
AT_ONCE_S = 0.45  # an e-stop, a board that disarms
WATCHDOG_S = 0.80  # hardware.host_timeout_s or link_timeout_s, then the same
STALL_S, TILT_S, BATTERY_S = 1.7, 1.5, 3.5  # motion.monitors, then the same
SILENCE_S = 1.10  # motion.command_timeout_s or scan_timeout_s, then the same


@dataclass(frozen=True)
class Fault:
    """`begin` breaks something and gives what mends it. `stops_within_s` None: the robot may drive on.

    `latches`: it must not move by itself after the fault is mended. `shows`: at least one of them must be told:
    "count:<name in diagnostics>" grows, "limiting:<rule>", "cause:<kind>", "mode:<mode>", "link:<state>". Empty: what
    the robot deals with by itself.
    """

    name: str
    begin: Callable[[LockstepRobot, Rng], Mend]
    shows: tuple[str, ...]
    stops_within_s: float | None = None
    latches: bool = False
    duration_s: tuple[float, float] = (1.5, 4.0)


# ---- the cable


def _damaged(end: str, damage: Callable[[bytes, Rng], bytes]) -> Callable[[LockstepRobot, Rng], Mend]:
    def begin(robot: LockstepRobot, rng: Rng) -> Mend:
        setattr(robot.base, end, lambda data: damage(data, rng))

        def mend() -> None:
            setattr(robot.base, end, lambda data: data)

        return mend

    return begin


def _flip(data: bytes, rng: Rng) -> bytes:
    """One bit in a tenth of the writes."""
    if not data or rng.random() > 0.1:
        return data
    at, broken = int(rng.integers(len(data))), bytearray(data)
    broken[at] ^= 1 << int(rng.integers(8))
    return bytes(broken)


def _drop(data: bytes, rng: Rng) -> bytes:
    return b"" if rng.random() < 0.15 else data


def _double(data: bytes, rng: Rng) -> bytes:
    return data + data if rng.random() < 0.3 else data


def _cut(data: bytes, rng: Rng) -> bytes:
    return data[: int(rng.integers(len(data)))] if data and rng.random() < 0.1 else data


def _noise(data: bytes, rng: Rng) -> bytes:
    return rng.bytes(int(rng.integers(40))) + data + rng.bytes(int(rng.integers(40)))


def _swapped() -> Callable[[bytes, Rng], bytes]:
    held: list[bytes] = []

    def swap(data: bytes, rng: Rng) -> bytes:
        if held:
            return data + held.pop()
        if rng.random() < 0.2:
            held.append(data)
            return b""
        return data

    return swap


def _nothing(_data: bytes, _rng: Rng) -> bytes:
    return b""


def _unplugged(robot: LockstepRobot, _rng: Rng) -> Mend:
    robot.base.unplug()
    return robot.base.replug


# ---- the board


def _reboot(robot: LockstepRobot, _rng: Rng) -> Mend:
    robot.board.reboot(robot.now_s)
    return lambda: None


def _button(robot: LockstepRobot, _rng: Rng) -> Mend:
    robot.board.press_button(True)
    return lambda: robot.board.press_button(False)


def _motor_fault(robot: LockstepRobot, _rng: Rng) -> Mend:
    robot.board.break_motor(True)
    return lambda: robot.board.break_motor(False)


# ---- wheels, battery, attitude


def _jam(robot: LockstepRobot, rng: Rng) -> Mend:
    """Something holds one wheel or both."""
    left = bool(rng.integers(2))
    robot.sim.jam(left, not left or bool(rng.integers(2)))
    return lambda: robot.sim.jam(False, False)


def _empty(robot: LockstepRobot, _rng: Rng) -> Mend:
    had = robot.sim.truth(look=False).battery_percent
    robot.sim.set_battery(1.0)
    return lambda: robot.sim.set_battery(had)


def _tilted(robot: LockstepRobot, _rng: Rng) -> Mend:
    """The accelerometer feels a slope of forty degrees."""
    real, slope_rad = robot.sim.imu, math.radians(40.0)

    def imu() -> Imu:
        felt = real()
        _, y, z = felt.linear_mps2
        return replace(felt, linear_mps2=(9.81 * math.sin(slope_rad), y, z * math.cos(slope_rad)))

    setattr(robot.sim, "imu", imu)  # noqa: B010 - what the board's chip would feel, not what the simulation is
    return lambda: setattr(robot.sim, "imu", real)


# ---- other nodes


def _lidar_error(robot: LockstepRobot, _rng: Rng) -> Mend:
    """The lidar's driver reports ERROR."""
    robot.motor.on_diagnostics("lidar", 2, robot.now_s)
    return lambda: robot.motor.on_diagnostics("lidar", 0, robot.now_s)


# ---- the lidar


def _scan(change: Callable[[Scan], Scan | None]) -> Callable[[LockstepRobot, Rng], Mend]:
    def begin(robot: LockstepRobot, _rng: Rng) -> Mend:
        robot.faults.scan = change

        def mend() -> None:
            robot.faults.scan = lambda scan: scan

        return mend

    return begin


def _blind(value: float) -> Callable[[Scan], Scan]:
    return lambda scan: replace(scan, ranges_m=np.full_like(scan.ranges_m, value))


def _frozen_scan(robot: LockstepRobot, _rng: Rng) -> Mend:
    first: list[Scan] = []

    def same(scan: Scan) -> Scan:
        first.append(scan)
        return first[0]

    return _scan(same)(robot, _rng)


# ---- the brain, and others who send commands


def _hang(robot: LockstepRobot, _rng: Rng) -> Mend:
    robot.faults.brain_hangs = True

    def mend() -> None:
        robot.faults.brain_hangs = False

    return mend


def _before_step(act: Callable[[LockstepRobot, Rng], None]) -> Callable[[LockstepRobot, Rng], Mend]:
    def begin(robot: LockstepRobot, rng: Rng) -> Mend:
        robot.before_step = lambda: act(robot, rng)

        def mend() -> None:
            robot.before_step = None

        return mend

    return begin


def _madness(robot: LockstepRobot, rng: Rng) -> None:
    """The brain has gone mad: numbers that are none, and nothing else any more."""
    robot.faults.brain_hangs = True
    linear, angular = rng.choice([math.nan, math.inf, -math.inf], 2)
    robot.motor.on_command(Velocity(float(linear), float(angular)), robot.now_s)


def _mad(robot: LockstepRobot, rng: Rng) -> Mend:
    mend_step = _before_step(_madness)(robot, rng)

    def mend() -> None:
        mend_step()
        robot.faults.brain_hangs = False

    return mend


def _flood(robot: LockstepRobot, rng: Rng) -> None:
    """Forty wishes a period, wild and huge: the limits and the zone must hold all the same."""
    for _ in range(40):
        linear, angular = rng.choice([1e308, -1e308, 3.0, -3.0, 0.4, 0.0, -0.0], 2)
        robot.motor.on_command(Velocity(float(linear), float(angular)), robot.now_s)


def _command(robot: LockstepRobot, velocity: Velocity) -> None:
    robot.motor.on_command(velocity, robot.now_s)


def _blindly(robot: LockstepRobot, rng: Rng) -> Mend:
    """The same fast arc again and again, whatever is there."""
    robot.faults.brain_hangs = True
    velocity = Velocity(float(rng.choice([-0.5, 0.5])), float(rng.uniform(-0.5, 0.5)))
    mend_step = _before_step(lambda r, _: _command(r, velocity))(robot, rng)

    def mend() -> None:
        mend_step()
        robot.faults.brain_hangs = False

    return mend


# ---- people


def _said(text: str, kind: str) -> Callable[[LockstepRobot, Rng], Mend]:
    def begin(robot: LockstepRobot, _rng: Rng) -> Mend:
        robot.motor.on_stop(text, robot.now_s, kind)
        robot.agent.cancel("", robot.now_s)
        return lambda: None

    return begin


def _arming(robot: LockstepRobot, rng: Rng) -> None:
    """Somebody hammers on arm and on resets with wrong numbers during an e-stop."""
    state = robot.motor.gate.state(robot.now_s)
    robot.motor.arm(robot.now_s)
    robot.motor.reset(state.estop_id + int(rng.integers(1, 5)), robot.now_s)
    robot.motor.on_command(Velocity(0.4, 0.0), robot.now_s)


def _stubborn(robot: LockstepRobot, rng: Rng) -> Mend:
    robot.motor.on_stop("стоп", robot.now_s, "text")
    robot.agent.cancel("", robot.now_s)
    return _before_step(_arming)(robot, rng)


def _person_in_the_way(robot: LockstepRobot, rng: Rng) -> Mend:
    """Steps in front of it, three quarters of a metre from its middle, or a little aside."""
    person = sorted(robot.sim_world.home.people)[0]
    truth = robot.sim.truth(look=False)
    was = next(p for p in truth.people if p.id == person)
    bearing = truth.pose.yaw_rad + float(rng.uniform(-0.5, 0.5))
    x_m, y_m = truth.pose.x_m + 0.75 * math.cos(bearing), truth.pose.y_m + 0.75 * math.sin(bearing)
    robot.sim.set_person(person, x_m, y_m, 0.0)
    return lambda: robot.sim.set_person(person, was.x_m, was.y_m, was.yaw_rad)


FAULTS: tuple[Fault, ...] = (
    Fault("bits flip on the way to the board", _damaged("to_board", _flip), ("count:board_bad_frames",)),
    Fault(
        "bits flip on the way to the host", _damaged("to_host", _flip), ("count:host_bad_crc", "count:host_bad_cobs")
    ),
    Fault("frames to the board are lost", _damaged("to_board", _drop), ("count:board_lost",)),
    Fault("frames to the board come twice", _damaged("to_board", _double), ("count:board_out_of_sequence",)),
    Fault("frames to the board change places", _damaged("to_board", _swapped()), ("count:board_out_of_sequence",)),
    Fault("frames to the board are cut short", _damaged("to_board", _cut), ("count:board_bad_frames",)),
    Fault("noise between frames to the board", _damaged("to_board", _noise), ("count:board_bad_frames",)),
    Fault(
        "noise between frames to the host", _damaged("to_host", _noise), ("count:host_bad_crc", "count:host_bad_cobs")
    ),
    Fault(
        "nothing reaches the board", _damaged("to_board", _nothing), ("mode:disarmed", "link:lost"), WATCHDOG_S, True
    ),
    Fault("nothing reaches the host", _damaged("to_host", _nothing), ("mode:disarmed", "link:lost"), WATCHDOG_S, True),
    Fault("cable pulled", _unplugged, ("link:lost",), WATCHDOG_S, True),
    Fault("board starts anew", _reboot, ("count:board_restarts",), AT_ONCE_S, True),
    Fault("red button", _button, ("cause:hardware",), AT_ONCE_S, True),
    Fault("motor driver fault", _motor_fault, ("cause:motor",), AT_ONCE_S, True),
    Fault("a wheel or both jam", _jam, ("cause:stall",), STALL_S, True, (2.5, 4.0)),
    Fault("battery empty", _empty, ("cause:battery",), BATTERY_S, True, (4.0, 5.0)),
    Fault("tilted by 40 degrees", _tilted, ("cause:tilt",), TILT_S, True, (2.5, 4.0)),
    Fault("lidar's driver reports an error", _lidar_error, ("cause:diagnostics",), AT_ONCE_S, True),
    Fault("lidar silent", _scan(lambda scan: None), ("limiting:no_scan",), SILENCE_S),
    Fault("lidar sees nothing", _scan(_blind(math.nan)), ("limiting:no_scan", "count:gate_bad_scan"), SILENCE_S),
    Fault("lidar repeats one scan", _frozen_scan, ("count:gate_repeated_scan",), SILENCE_S),
    Fault("brain hangs", _hang, ("limiting:no_command",), SILENCE_S),
    Fault("brain sends what is no number", _mad, ("count:gate_not_finite",), AT_ONCE_S),
    Fault("flood of wild commands", _before_step(_flood), ("limiting:speed_limit", "limiting:acceleration")),
    Fault("'стоп' typed", _said("стоп", "text"), ("cause:text",), AT_ONCE_S, True),
    Fault("stop from a program", _said("service", "api"), ("cause:api",), AT_ONCE_S, True),
    Fault("arming and wrong resets during a stop", _stubborn, ("cause:text",), AT_ONCE_S, True),
    Fault("a mad brain drives blindly on", _blindly, (), duration_s=(4.0, 8.0)),  # into a wall, or round and round
    Fault("person steps in the way", _person_in_the_way, ()),  # it goes around: nothing to tell
)
