"""`firmware/control.c`: the speed from edges, and a wheel that follows, stalls or has lost its encoder."""

from __future__ import annotations

import math

import portable
import pytest
from portable import PortableWheel

pytestmark = pytest.mark.skipif(bool(portable.NEEDED), reason=portable.NEEDED or "-")
TICKS_PER_REV = 1320
STEP_US = 5000
FREE_RADPS, TIME_S, FRICTION = 35.0, 0.08, 0.06


class Motor:
    """A wheel under the controller: first order, with friction. `reads` may break its encoder."""

    def __init__(self, reads: float = 1.0, held: bool = False, gain: float = 1.0, uneven: float = 0.0) -> None:
        self.wheel = PortableWheel()
        self.radps = 0.0
        self.duty = 0
        self._reads, self._held, self._gain, self._uneven = reads, held, gain, uneven
        self._angle = self._shown = 0.0
        self._edge_us = self._now_us = 0

    def run(self, target_radps: float, seconds: float) -> list[float]:
        """True speeds after each period."""
        speeds = []
        for _ in range(round(seconds * 1e6 / STEP_US)):
            self._turn()
            ticks = self._ticks()
            self.duty = self.wheel.update(round(target_radps * 1000), ticks, self._edge_us, self._now_us)
            speeds.append(self.radps)
        return speeds

    def _turn(self) -> None:
        force = self.duty / 1024 * self._gain
        rubs = FRICTION if self.radps > 0 else -FRICTION if self.radps < 0 else max(-FRICTION, min(FRICTION, force))
        goal = 0.0 if self.duty == 0 else FREE_RADPS * (force - rubs)
        for _ in range(50):
            self._now_us += STEP_US // 50
            self.radps = 0.0 if self._held else goal + (self.radps - goal) * math.exp(-STEP_US / 50e6 / TIME_S)
            before = self._ticks()
            self._shown += self._reads * self.radps * STEP_US / 50e6 * TICKS_PER_REV / (2 * math.pi)
            if self._ticks() != before:
                self._edge_us = self._now_us

    def _ticks(self) -> int:
        """Every second edge may come early, as between the two lines of a cheap encoder."""
        whole, part = divmod(self._shown, 2.0)
        return 2 * int(whole) + (part >= 1.0 - self._uneven)


@pytest.mark.parametrize("radps", [0.2, 1.0, 6.0, 25.0, -0.2, -6.0, -25.0])
def test_a_wheel_comes_to_its_speed_and_stays(radps):
    motor = Motor()
    motor.run(radps, 1.5)
    assert motor.run(radps, 0.5) == pytest.approx([radps] * 100, rel=0.08, abs=0.05)
    assert motor.wheel.mradps == pytest.approx(radps * 1000, rel=0.08, abs=60)


@pytest.mark.parametrize("uneven", [0.0, 0.5, 0.95])
def test_setting_off_gently_is_smooth_though_the_edges_are_uneven_and_the_wheel_rests_on_one(uneven):
    """The ramp of a gate that limits jerk: the first set points are hundredths of a rad/s."""
    motor = Motor(uneven=uneven)
    motor._shown = 1.0 - uneven - 1e-6
    for period in range(100):
        motor.run(6.0 * (period / 100) ** 2, 0.02)
        assert -0.02 * 1024 < motor.duty < 0.4 * 1024
        assert -0.1 < motor.radps < 6.0 * (period / 100) ** 2 + 1.0
    assert motor.run(6.0, 0.5)[-1] == pytest.approx(6.0, rel=0.05)


def test_a_weak_battery_and_a_heavy_robot_are_made_up_for():
    motor = Motor(gain=0.6)
    motor.run(8.0, 3.0)
    assert motor.radps == pytest.approx(8.0, rel=0.05)


def test_a_set_point_of_zero_is_no_duty_at_once_and_leaves_nothing_behind():
    motor = Motor()
    motor.run(20.0, 1.0)
    motor.run(0.0, 0.005)
    assert motor.duty == 0
    motor.run(0.0, 1.0)
    assert motor.run(0.5, 2.0)[-1] == pytest.approx(0.5, abs=0.1)


def test_turning_round_at_full_speed_never_drives_hard_against_the_motion():
    motor = Motor()
    motor.run(25.0, 1.0)
    while motor.radps > 1.0:
        motor.run(-25.0, 0.005)
        assert motor.duty >= -0.31 * 1024
    motor.run(-25.0, 1.0)
    assert motor.radps == pytest.approx(-25.0, rel=0.05)
    assert not motor.wheel.stalled


@pytest.mark.parametrize(
    "wrong", [{"held": True}, {"reads": 0.0}, {"reads": -1.0}], ids=["held", "encoder cut", "encoder swapped"]
)
@pytest.mark.parametrize("radps", [6.0, -6.0])
def test_a_wheel_that_does_not_do_as_driven_is_a_stall_within_two_seconds(wrong, radps):
    motor = Motor(**wrong)
    motor.run(radps, 2.0)
    assert motor.wheel.stalled


def test_a_long_drive_with_many_changes_is_no_stall():
    motor = Motor()
    for radps in (1.0, 28.0, -28.0, 0.0, 0.3, -0.3, 15.0, -2.0) * 3:
        for _ in range(16):
            motor.run(radps, 0.05)
            assert not motor.wheel.stalled


@pytest.mark.parametrize("uneven", [0.0, 0.5, 0.95])
def test_a_wheel_without_further_edges_stands_after_a_moment_wherever_it_stopped(uneven):
    for i in range(60):
        motor = Motor(uneven=uneven)
        motor.run(3.0 + 0.17 * i, 0.5)
        motor._held = True
        motor.run(0.0, 0.25)
        assert motor.wheel.mradps == 0
