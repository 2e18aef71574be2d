"""Who drives: priorities, timeouts and hand-over of the inputs before the gate."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moe_robot.config import InputConfig, load_config
from moe_robot.errors import ConfigError
from moe_robot.motion.inputs import DEAF_S, HUNG_S, Hang, InputMux
from moe_robot.structs import Velocity

STILL, SLOW, FAST, BACK = Velocity(), Velocity(0.1), Velocity(0.5), Velocity(-0.2, 0.3)
TIMEOUT_S = {"joystick": 0.3, "brain": 0.5, "navigation": 0.5}
INPUTS = tuple(
    InputConfig(name, f"cmd_vel_{name}", priority, timeout_s)
    for priority, (name, timeout_s) in zip((40, 20, 10), TIMEOUT_S.items(), strict=True)
)


@pytest.fixture
def mux() -> InputMux:
    return InputMux(INPUTS)


def test_S38_the_shipped_order_is_joystick_dashboard_brain_navigation():
    inputs = sorted(load_config().ros.inputs, key=lambda each: -each.priority)
    assert [each.name for each in inputs] == ["joystick", "dashboard", "brain", "navigation"]
    assert [each.topic for each in inputs] == ["cmd_vel_joy", "cmd_vel_dashboard", "cmd_vel", "cmd_vel_nav"]


def test_S38_the_highest_fresh_input_that_wants_to_move_drives(mux: InputMux):
    assert mux.command("brain", SLOW, 0.0) == SLOW
    assert mux.command("navigation", FAST, 0.1) is None
    assert mux.command("joystick", BACK, 0.2) == BACK
    assert mux.command("brain", SLOW, 0.3) is None
    assert mux.driver == "joystick"


def test_S38_a_neutral_joystick_takes_nothing_and_hands_over_after_its_timeout(mux: InputMux):
    assert mux.command("brain", SLOW, 0.0) == SLOW
    assert mux.command("joystick", STILL, 0.01) is None
    assert mux.command("brain", SLOW, 0.02) == SLOW
    assert mux.command("joystick", FAST, 0.1) == FAST
    assert mux.command("joystick", STILL, 0.2) == STILL  # it stops what it moved
    assert mux.command("joystick", STILL, 0.39) == STILL
    assert mux.driver == "joystick"
    assert mux.command("joystick", STILL, 0.41) == STILL
    assert mux.driver == ""
    assert mux.command("brain", SLOW, 0.7) == SLOW  # silent since 0.02: a new drive


def test_S39_the_silence_of_the_driver_is_a_zero_before_anybody_else_moves(mux: InputMux):
    mux.command("joystick", FAST, 0.0)
    assert not mux.tick(0.3)
    assert mux.command("brain", SLOW, 0.31) is None
    assert mux.tick(0.32)
    assert not mux.tick(0.34)  # once
    assert mux.command("brain", SLOW, 0.36) == SLOW


def test_S39_what_was_streamed_while_another_drove_is_not_continued(mux: InputMux):
    mux.command("brain", SLOW, 0.0)
    mux.command("joystick", FAST, 0.1)
    for ms in range(150, 1000, 50):
        assert mux.command("brain", SLOW, ms / 1000) is None
        mux.tick(ms / 1000)
    assert (mux.driver, mux.waiting(1.0)) == ("", "brain")
    assert mux.command("brain", STILL, 1.0) == STILL
    assert mux.command("brain", SLOW, 1.05) == SLOW


def test_S39_navigation_does_not_go_on_where_the_brain_that_relayed_it_died(mux: InputMux):
    for ms in range(0, 1000, 50):
        mux.command("navigation", SLOW, ms / 1000)
        assert mux.command("brain", SLOW, ms / 1000 + 0.01) == SLOW
    assert mux.driver == "brain"
    for ms in range(1000, 3000, 50):
        mux.tick(ms / 1000)
        assert mux.command("navigation", SLOW, ms / 1000) is None
    assert mux.command("navigation", STILL, 3.0) == STILL
    assert mux.command("navigation", SLOW, 3.05) == SLOW


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("name", list(TIMEOUT_S))
def test_S40_what_is_not_a_number_is_a_stop_on_every_input_and_counted(mux: InputMux, name: str, bad: float):
    mux.command("joystick", FAST, 0.0)
    told = mux.command(name, Velocity(0.1, bad), 0.1)
    assert told is not None
    assert not math.isfinite(told.angular_radps)
    assert mux.driver == ""
    assert mux.counters[f"not_finite_{name}"] == 1
    assert mux.command("brain" if name != "brain" else "joystick", FAST, 0.15) is None


def test_S40_a_broken_input_stops_all_until_it_is_well_or_silent(mux: InputMux):
    for ms in range(0, 1000, 50):
        mux.command("navigation", Velocity(math.nan), ms / 1000)
        assert mux.command("brain", SLOW, ms / 1000 + 0.01) is None
    assert mux.command("brain", STILL, 1.4) is None  # 0.45 s after the last broken one
    assert mux.command("brain", STILL, 1.5) == STILL
    assert mux.command("brain", SLOW, 1.55) == SLOW


def test_S39_an_input_that_sent_a_zero_just_before_the_arming_may_drive_at_once(mux: InputMux):
    mux.command("brain", SLOW, 0.0)
    mux.command("brain", STILL, 0.05)
    mux.forget(0.1)
    assert mux.command("brain", SLOW, 0.15) == SLOW


def test_S39_after_an_arming_whoever_streams_goes_through_zero_first(mux: InputMux):
    mux.command("brain", SLOW, 0.0)
    mux.forget(0.1)
    assert mux.command("brain", SLOW, 0.15) is None
    assert mux.command("joystick", SLOW, 0.2) == SLOW  # was silent


def test_two_inputs_of_one_priority_are_refused():
    twice = [{"name": str(i), "topic": f"t{i}", "priority": 5, "timeout_s": 0.5} for i in range(2)]
    with pytest.raises(ConfigError, match="different priority"):
        load_config(overrides={"ros.inputs": twice})
    with pytest.raises(ConfigError, match=r"ros\.inputs"):
        load_config(overrides={"ros.inputs": [{"name": "a"}]})
    with pytest.raises(ConfigError, match="list of mappings"):
        load_config(overrides={"ros.inputs": "brain"})


EVENTS = st.tuples(
    st.sampled_from([*TIMEOUT_S, "tick"]),
    st.sampled_from([STILL, SLOW, FAST, BACK, Velocity(math.nan), Velocity(0.0, -0.0)]),
    st.floats(-0.1, 1.0),
)


@given(st.lists(EVENTS, max_size=60))
def test_S38_S39_in_any_sequence_only_the_driver_moves_the_robot_and_begins_out_of_neutral(events):
    mux, now_s = InputMux(INPUTS), 0.0
    priority = {each.name: each.priority for each in INPUTS}
    heard: dict[str, float] = {}
    neutral = dict.fromkeys(priority, True)  # since it last lost the wheel or was held
    for name, velocity, step_s in events:
        now_s += step_s
        before = mux.driver
        if name == "tick":
            mux.tick(now_s)
            continue
        if name in heard and abs(now_s - heard[name]) > TIMEOUT_S[name]:
            neutral[name] = True
        heard[name] = now_s
        told = mux.command(name, velocity, now_s)
        if not math.isfinite(velocity.linear_mps):
            assert told is velocity
            neutral[name] = False
            continue
        assert told in (None, velocity)  # never an older one
        if velocity == STILL:
            neutral[name] = True
        elif told is not None:
            assert mux.driver == name
            assert neutral[name] or before == name
            assert not mux.tick(now_s)  # the zero of the one before had been asked for
            neutral[name] = False
        elif mux.driver not in ("", name) and priority[name] < priority[mux.driver]:
            neutral[name] = False


def test_S41_a_process_that_hung_is_deaf_for_a_while_and_one_that_runs_is_not():
    hang = Hang()
    assert hang.tick(5.0) == 0.0  # the first
    for ms in range(20, 1000, 20):
        assert hang.tick(5.0 + ms / 1000) == 0.0
        assert not hang.deaf(5.0 + ms / 1000 + 0.019)
    assert hang.deaf(5.98 + HUNG_S + 0.01)  # before the late tick
    assert hang.tick(7.0) == pytest.approx(1.02)
    assert hang.deaf(7.0 + DEAF_S - 0.1)
    for ms in range(20, 1100, 20):
        hang.tick(7.0 + ms / 1000)
    assert not hang.deaf(8.1)
    assert hang.count == 1
