"""Whatever comes in, in any order: what goes out is finite, inside the limits, bounded in acceleration, and zero when
the mode forbids motion."""

from __future__ import annotations

import math

from gate_rig import CFG, MODEL, NOTHING, PERIOD_S, box, scan_of
from hypothesis import given, settings
from hypothesis import strategies as st

from moe_robot.motion.gate import SafetyGate
from moe_robot.motion.limits import STILL, clamp, slew
from moe_robot.structs import SafetyMode, Velocity

anything = st.floats(allow_nan=True, allow_infinity=True, width=64)
sane = st.floats(-1.0, 1.0)
velocities = st.builds(Velocity, st.one_of(anything, sane), st.one_of(anything, sane))
kinds = st.sampled_from(["text", "voice", "api", "topic", "hardware", "link"])
scans = st.sampled_from([NOTHING, box(0.3, 0.0), box(-0.3, 0.0), box(0.0, 0.3), box(0.6, 0.1)])
actions = st.one_of(
    st.tuples(st.just("command"), velocities),
    st.tuples(st.just("command"), st.just(Velocity(0.5, 0.3))),
    st.tuples(st.just("scan"), scans),
    st.tuples(st.just("link"), st.booleans()),
    st.tuples(st.just("engage"), kinds),
    st.tuples(st.just("clear"), kinds),
    st.tuples(st.just("arm"), st.none()),
    st.tuples(st.just("disarm"), st.none()),
    st.tuples(st.just("reset"), st.integers(-1, 5)),
    st.tuples(st.just("wait"), st.floats(0.0, 1.0)),
    st.tuples(st.just("output"), st.none()),
)


def _do(gate: SafetyGate, name: str, value, now_s: float) -> None:
    if name == "command":
        gate.command(value, now_s)
    elif name == "scan":
        gate.scan(scan_of(value, rays=36), now_s)
    elif name == "link":
        gate.link(value, now_s)
    elif name in ("engage", "clear"):
        getattr(gate, name)(value, "any", now_s)
    elif name in ("arm", "disarm"):
        getattr(gate, name)(now_s)
    elif name == "reset":
        gate.reset(value, now_s)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(actions, st.floats(0.0, 0.05)), max_size=60), st.booleans())
def test_S5_any_sequence_gives_finite_bounded_velocities(steps, start_armed):
    gate, now_s = SafetyGate(CFG, MODEL), 0.0
    if start_armed:
        gate.link(True, now_s)
        gate.scan(scan_of(NOTHING, rays=36), now_s)
        gate.arm(now_s)
    before, before_s, last_id = STILL, 0.0, 0
    for (name, value), pause_s in steps:
        now_s += value if name == "wait" else pause_s
        _do(gate, name, value, now_s)
        output, state = gate.output(now_s), gate.state(now_s)
        assert math.isfinite(output.linear_mps)
        assert math.isfinite(output.angular_radps)
        assert abs(output.linear_mps) <= CFG.max_linear_mps + 1e-9
        assert abs(output.angular_radps) <= CFG.max_angular_radps + 1e-9
        allowed_s = now_s - before_s + PERIOD_S
        faster = abs(output.linear_mps) - abs(before.linear_mps)
        assert faster <= CFG.max_linear_accel_mps2 * allowed_s + 1e-9
        turning = abs(output.angular_radps) - abs(before.angular_radps)
        assert turning <= CFG.max_angular_accel_radps2 * allowed_s + 1e-9
        if state.mode is not SafetyMode.ARMED:
            assert output == STILL
        assert last_id <= state.estop_id <= last_id + 1
        before, before_s, last_id = output, now_s, state.estop_id


@given(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5), st.floats(0.0, 0.3))
def test_S5_one_step_never_overshoots_its_goal(last, goal, elapsed_s):
    output = slew(Velocity(last, 0.0), Velocity(goal, 0.0), elapsed_s, CFG).linear_mps
    assert min(last, goal, 0.0) - 1e-12 <= output <= max(last, goal, 0.0) + 1e-12
    assert abs(output - goal) <= abs(last - goal) + 1e-12


@given(velocities)
def test_S3_clamping_is_inside_the_limits_for_every_finite_velocity(velocity):
    if math.isfinite(velocity.linear_mps) and math.isfinite(velocity.angular_radps):
        held = clamp(velocity, CFG)
        assert abs(held.linear_mps) <= CFG.max_linear_mps * (1 + 1e-9)
        assert abs(held.angular_radps) <= CFG.max_angular_radps * (1 + 1e-9)
