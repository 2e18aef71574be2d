"""The motor board's firmware as a pure state machine: bytes and the time in, bytes out, wheels through a `Plant`.

It trusts nobody: boots disarmed, arms only on a zero set point with the armed flag, has its own watchdog, its own
limits of speed and acceleration, and latches its e-stop until a reset names it: by frame, by its button, and by a motor
that draws too much. `firmware/board.c` does the same on a real board. Knows no physics, no ports, no gate.
"""

from __future__ import annotations

import math
from typing import Protocol

from moe_robot.config import HardwareConfig
from moe_robot.hardware.frames import (
    Ack,
    AnyMessage,
    BoardCounters,
    BoardFlags,
    Decoder,
    Estop,
    Hello,
    HelloAck,
    ResetEstop,
    SetPoint,
    Telemetry,
    encode,
)
from moe_robot.structs import Battery, Imu

FIRMWARE = 2
TELEMETRY_HZ = 50
MAX_WHEEL_RADPS = 30.0  # 1.5 m/s on a 5 cm wheel
MAX_WHEEL_ACCEL_RADPS2 = 80.0  # above all that the gate may ask for; braking is not limited
MAX_MOTOR_A = 5.0  # of one motor, for longer than OVERCURRENT_S: a fault
OVERCURRENT_S = 0.1
FAULT_HOLD_S = 1.0  # a fault is told at least this long, so that no telemetry misses it
_ROUNDING_S = 1e-6  # of times that are whole milliseconds on a real board


class Plant(Protocol):
    """What the board's pins are wired to."""

    @property
    def ticks_per_rev(self) -> int: ...

    def set_wheel_speeds(self, left_radps: float, right_radps: float) -> None: ...

    def wheel_ticks(self) -> tuple[int, int]:
        """Left, right; grow while driving forward."""
        ...

    def wheel_speeds(self) -> tuple[float, float]:
        """Left, right in rad/s, measured."""
        ...

    def motor_currents_a(self) -> tuple[float, float]:
        """Left, right; nan = not measured."""
        ...

    def temperature_c(self) -> float:
        """nan = not measured."""
        ...

    def battery(self) -> Battery: ...

    def imu(self) -> Imu: ...


class Board:
    """`receive` and `tick` take the same clock. Call `tick` at least every 10 ms."""

    def __init__(self, plant: Plant, cfg: HardwareConfig) -> None:
        self._plant = plant
        self._watchdog_s = cfg.host_timeout_s
        self._button = False
        self._broken = False
        self.reboot(0.0)

    def reboot(self, now_s: float) -> None:
        """Power on: disarmed, no session, everything counted from zero, the wheels stand."""
        self._booted_s = now_s
        self._decoder = Decoder()
        self._session = 0
        self._host_seq = 0
        self._seq = 0
        self._armed = False
        self._motor_fault = False
        self._fault_s = self._normal_s = now_s  # last moment with a fault, and with currents as they should be
        self._estop = self._button
        self._estop_id = int(self._button)
        self._watchdog_tripped = False
        self._target = (0.0, 0.0)
        self._applied = (0.0, 0.0)
        self._applied_s = now_s
        self._fed_s = -math.inf
        self._told_s = -math.inf
        self._first_ticks = self._plant.wheel_ticks()
        self._out_of_sequence = self._refused = self._clipped = self._trips = self._lost = 0
        self._plant.set_wheel_speeds(0.0, 0.0)

    def press_button(self, pressed: bool) -> None:
        """The red button on the robot: stops at once and latches; letting it go resets nothing."""
        if pressed and not self._button:
            self._latch_estop(is_new=True)
        self._button = pressed

    def break_motor(self, broken: bool) -> None:
        """What a motor driver says on its fault pin; noticed with the next `tick`."""
        self._broken = broken

    @property
    def armed(self) -> bool:
        return self._armed

    @property
    def estop(self) -> bool:
        return self._estop

    def receive(self, data: bytes, now_s: float) -> bytes:
        """Obeys what is valid and returns the answers."""
        self._watch(now_s)
        answers = b"".join(self._obey(message, now_s) for message in self._decoder.feed(data))
        self._turn_wheels(now_s)
        return answers

    def tick(self, now_s: float) -> bytes:
        """Watchdog, motor faults, wheels, and telemetry when it is due."""
        self._watch(now_s)
        self._watch_motors(now_s)
        self._turn_wheels(now_s)
        if now_s - self._told_s < 1.0 / TELEMETRY_HZ - _ROUNDING_S:
            return b""
        late = now_s - self._told_s > 2.0 / TELEMETRY_HZ + _ROUNDING_S
        self._told_s = now_s if late else self._told_s + 1.0 / TELEMETRY_HZ
        return encode(self._telemetry(now_s))

    def counters(self) -> BoardCounters:
        bad = sum(self._decoder.faults.values())
        return BoardCounters(bad, self._out_of_sequence, self._refused, self._clipped, self._trips, self._lost)

    def _obey(self, message: AnyMessage, now_s: float) -> bytes:
        if isinstance(message, Hello):
            self._session, self._host_seq = message.session, message.seq
            self._armed, self._target, self._watchdog_tripped = False, (0.0, 0.0), False
            ack = HelloAck(
                self._session,
                self._next_seq(),
                message.seq,
                MAX_WHEEL_RADPS,
                MAX_WHEEL_ACCEL_RADPS2,
                self._watchdog_s,
                TELEMETRY_HZ,
                self._plant.ticks_per_rev,
                FIRMWARE,
            )
            return encode(ack)
        if isinstance(message, Estop):
            self._latch_estop(is_new=not self._estop)
            return b""
        if isinstance(message, ResetEstop):
            named = message.session == self._session and message.estop_id == self._estop_id
            if named and not self._button and not self._motor_fault:
                self._estop = False
            else:
                self._refused += 1
            return b""
        if isinstance(message, SetPoint):
            return self._obey_set_point(message, now_s)
        self._refused += 1
        return b""

    def _obey_set_point(self, point: SetPoint, now_s: float) -> bytes:
        if self._session == 0 or point.session != self._session:
            self._refused += 1
            return b""
        ahead = (point.seq - self._host_seq) & 0xFFFF
        if not 0 < ahead < 0x8000:
            self._out_of_sequence += 1
            return b""
        self._lost += ahead - 1
        self._host_seq = point.seq
        self._fed_s = now_s
        still = point.left_radps == 0.0 and point.right_radps == 0.0
        if not point.armed or self._estop:
            self._armed = False
        elif still and not self._armed:
            self._armed, self._watchdog_tripped = True, False
        if not self._armed and not still:
            self._refused += 1
        left, right = self._clip(point.left_radps), self._clip(point.right_radps)
        if (left, right) != (point.left_radps, point.right_radps):
            self._clipped += 1
        self._target = (left, right) if self._armed else (0.0, 0.0)
        return encode(
            Ack(
                self._session,
                self._next_seq(),
                point.seq,
                point.left_radps,
                point.right_radps,
                point.armed,
                self._flags(),
            )
        )

    def _watch(self, now_s: float) -> None:
        if self._armed and now_s - self._fed_s > self._watchdog_s + _ROUNDING_S:
            self._armed, self._target, self._watchdog_tripped = False, (0.0, 0.0), True
            self._trips += 1

    def _watch_motors(self, now_s: float) -> None:
        if not any(current > MAX_MOTOR_A for current in self._plant.motor_currents_a()):
            self._normal_s = now_s
        if self._broken or now_s - self._normal_s > OVERCURRENT_S + _ROUNDING_S:
            if not self._motor_fault:
                self._latch_estop(is_new=True)
            self._motor_fault, self._fault_s = True, now_s
        elif now_s - self._fault_s >= FAULT_HOLD_S - _ROUNDING_S:
            self._motor_fault = False

    def _latch_estop(self, is_new: bool) -> None:
        self._estop, self._armed, self._target = True, False, (0.0, 0.0)
        self._estop_id = (self._estop_id + is_new) & 0xFFFF
        self._applied = (0.0, 0.0)
        self._plant.set_wheel_speeds(0.0, 0.0)

    def _turn_wheels(self, now_s: float) -> None:
        most = MAX_WHEEL_ACCEL_RADPS2 * min(max(now_s - self._applied_s, 0.0), 0.1)
        left, right = (_toward(now, goal, most) for now, goal in zip(self._applied, self._target, strict=True))
        self._applied, self._applied_s = (left, right), now_s
        self._plant.set_wheel_speeds(left, right)

    def _telemetry(self, now_s: float) -> Telemetry:
        left, right = self._plant.wheel_ticks()
        return Telemetry(
            session=self._session,
            seq=self._next_seq(),
            board_s=now_s - self._booted_s,
            ticks=(left - self._first_ticks[0], right - self._first_ticks[1]),
            speeds_radps=self._plant.wheel_speeds(),
            battery=self._plant.battery(),
            motor_currents_a=self._plant.motor_currents_a(),
            temperature_c=self._plant.temperature_c(),
            imu=self._plant.imu(),
            board=self._flags(),
            estop_id=self._estop_id,
            acked_seq=self._host_seq,
            counters=self.counters(),
        )

    def _flags(self) -> BoardFlags:
        return BoardFlags(self._armed, self._estop, self._button, self._watchdog_tripped, self._motor_fault)

    @staticmethod
    def _clip(radps: float) -> float:
        return max(-MAX_WHEEL_RADPS, min(MAX_WHEEL_RADPS, radps))

    def _next_seq(self) -> int:
        self._seq = (self._seq + 1) & 0xFFFF
        return self._seq


def _toward(now: float, goal: float, most: float) -> float:
    """One step from `now` to `goal`: to zero or slower at once, faster by at most `most`."""
    start = now if now * goal > 0.0 else 0.0
    if abs(goal) <= abs(start):
        return goal
    return max(start - most, min(start + most, goal))
