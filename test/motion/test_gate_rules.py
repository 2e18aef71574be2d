"""The rules S1 - S6 and S10 - S13 of docs/safety.md, each at the gate itself; S7 - S9 are in test_gate_zone.py."""

from __future__ import annotations

import math

import pytest
from gate_rig import (
    CFG,
    FORWARD,
    MODEL,
    NOTHING,
    PERIOD_S,
    armed_gate,
    limiting,
    mode,
    run,
    scan_of,
)

from moe_robot.motion.gate import MAX_CAUSES, SafetyGate, Verdict
from moe_robot.motion.limits import STILL
from moe_robot.structs import SafetyMode, Velocity

NAN, INF = math.nan, math.inf


def test_S1_boots_disarmed_and_gives_only_zero_until_armed():
    gate = SafetyGate(CFG, MODEL)
    assert mode(gate) is SafetyMode.DISARMED
    gate.link(True, 0.0)
    output, _ = run(gate, FORWARD, 1.0, 0.0)
    assert output == STILL
    assert limiting(gate) == "disarmed"


def test_S1_disarming_stops_at_once_and_lasts():
    gate = armed_gate()
    output, now_s = run(gate, FORWARD, 1.0, 0.0)
    assert output == FORWARD
    gate.disarm(now_s)
    assert gate.output(now_s) == STILL
    assert run(gate, FORWARD, 0.5, now_s)[0] == STILL


def test_S2_arming_is_refused_while_the_link_is_down():
    gate = SafetyGate(CFG, MODEL)
    assert gate.arm(0.0) == Verdict(False, "link_lost")
    assert mode(gate) is SafetyMode.DISARMED


def test_S2_arming_is_refused_during_an_estop():
    gate = armed_gate()
    gate.engage("text", "стоп", 0.0)
    assert gate.arm(0.1) == Verdict(False, "estop")
    assert mode(gate) is SafetyMode.ESTOP


def test_S2_arming_forgets_what_was_commanded_before():
    gate = SafetyGate(CFG, MODEL)
    gate.link(True, 0.0)
    gate.scan(scan_of(NOTHING), 0.0)
    gate.command(FORWARD, 0.0)
    assert gate.arm(0.01).ok
    assert gate.output(0.02) == STILL
    gate.command(FORWARD, 0.03)
    assert gate.output(0.03).linear_mps > 0.0


def test_S2_arming_twice_does_not_interrupt_a_drive():
    gate = armed_gate()
    _, now_s = run(gate, FORWARD, 1.0, 0.0)
    assert gate.arm(now_s).ok
    assert gate.output(now_s + PERIOD_S) == FORWARD


def test_S3_a_velocity_beyond_the_limits_is_scaled_and_keeps_its_path():
    gate = armed_gate()
    output, _ = run(gate, Velocity(5.0, 4.0), 3.0, 0.0)
    assert output.linear_mps == pytest.approx(CFG.max_linear_mps)
    assert output.angular_radps / output.linear_mps == pytest.approx(4.0 / 5.0)
    assert limiting(gate) == "speed_limit"


@pytest.mark.parametrize("wish", [Velocity(1e300, 0.0), Velocity(-1e307, 1e307), Velocity(0.0, -7.0)])
def test_S3_no_command_however_large_leaves_the_limits(wish):
    output, _ = run(armed_gate(), wish, 3.0, 0.0)
    assert abs(output.linear_mps) <= CFG.max_linear_mps
    assert abs(output.angular_radps) <= CFG.max_angular_radps
    assert output != STILL


def test_S4_stale_command_streams_zeros():
    gate = armed_gate()
    output, now_s = run(gate, FORWARD, 1.0, 0.0)
    assert output == FORWARD
    received_s = now_s
    outputs = []
    for _ in range(100):
        now_s += PERIOD_S
        gate.scan(scan_of(NOTHING), now_s)
        outputs.append((now_s - received_s, gate.output(now_s)))
    assert all(output == FORWARD for age_s, output in outputs if age_s < CFG.command_timeout_s - PERIOD_S)
    late = [output for age_s, output in outputs if age_s > CFG.command_timeout_s]
    assert len(late) > 50
    assert set(late) == {STILL}
    assert limiting(gate) == "no_command"
    assert mode(gate) is SafetyMode.ARMED


def test_S4_a_new_command_after_a_pause_starts_from_rest():
    gate = armed_gate()
    _, now_s = run(gate, FORWARD, 1.0, 0.0)
    now_s += 10.0
    assert gate.output(now_s) == STILL
    gate.scan(scan_of(NOTHING), now_s)
    gate.command(FORWARD, now_s)
    first = gate.output(now_s)
    assert 0.0 < first.linear_mps <= CFG.max_linear_accel_mps2 * PERIOD_S + 1e-9


def test_S4_the_age_is_counted_from_receipt_and_a_clock_that_runs_back_is_stale():
    gate = armed_gate(now_s=100.0)
    gate.command(FORWARD, 100.0)
    assert gate.output(100.0 - 2 * CFG.command_timeout_s) == STILL


def test_S5_the_first_command_out_of_standstill_shows_at_once():
    gate = armed_gate()
    gate.command(FORWARD, 0.003)
    assert 0.0 < gate.output(0.003).linear_mps <= CFG.max_linear_accel_mps2 * PERIOD_S + 1e-9


def test_S5_speeding_up_and_slowing_down_on_command_keep_their_limits():
    gate = armed_gate()
    before, now_s = STILL, 0.0
    for wish in [Velocity(0.5, 1.6)] * 60 + [Velocity(-0.5, -1.6)] * 60 + [STILL] * 60:
        now_s += PERIOD_S
        gate.scan(scan_of(NOTHING), now_s)
        gate.command(wish, now_s)
        output = gate.output(now_s)
        slower = abs(output.linear_mps) < abs(before.linear_mps) or output.linear_mps * before.linear_mps < 0.0
        most = CFG.max_linear_decel_mps2 if slower else CFG.max_linear_accel_mps2
        assert abs(output.linear_mps - before.linear_mps) <= most * PERIOD_S + 1e-9
        assert abs(output.angular_radps - before.angular_radps) <= CFG.max_angular_accel_radps2 * PERIOD_S + 1e-9
        before = output
    assert before == STILL


def test_S5_a_flood_of_commands_does_not_accelerate_faster():
    gate = armed_gate()
    now_s = 0.0
    for _ in range(1000):
        now_s += 1e-5
        gate.command(FORWARD, now_s)
        output = gate.output(now_s)
    assert output.linear_mps <= CFG.max_linear_accel_mps2 * (now_s + PERIOD_S) + 1e-9


def test_S5_an_output_that_comes_late_does_not_jump():
    gate = armed_gate()
    gate.command(FORWARD, 0.0)
    gate.output(0.0)
    gate.command(FORWARD, 0.45)
    assert gate.output(0.45).linear_mps <= CFG.max_linear_accel_mps2 * 0.1 + CFG.max_linear_accel_mps2 * PERIOD_S


def test_S5_a_stop_condition_brakes_without_a_ramp():
    gate = armed_gate()
    output, now_s = run(gate, Velocity(0.5, 0.5), 2.0, 0.0)
    assert output == Velocity(0.5, 0.5)
    gate.command(Velocity(NAN, 0.0), now_s)
    assert gate.output(now_s) == STILL


def test_S5_the_limit_continues_from_what_the_wire_really_took():
    gate = armed_gate()
    _, now_s = run(gate, FORWARD, 1.0, 0.0)
    gate.sent(STILL)
    gate.command(FORWARD, now_s + PERIOD_S)
    assert gate.output(now_s + PERIOD_S).linear_mps <= CFG.max_linear_accel_mps2 * PERIOD_S + 1e-9


@pytest.mark.parametrize("bad", [NAN, INF, -INF])
@pytest.mark.parametrize("axis", ["linear_mps", "angular_radps"])
def test_S6_a_command_that_is_not_finite_stops_and_is_counted(bad, axis):
    gate = armed_gate()
    _, now_s = run(gate, FORWARD, 1.0, 0.0)
    gate.command(Velocity(**{"linear_mps": 0.3, "angular_radps": 0.0, axis: bad}), now_s)
    assert gate.output(now_s + PERIOD_S) == STILL
    assert limiting(gate) == "not_finite"
    assert gate.counters["not_finite"] == 1
    gate.command(FORWARD, now_s + 2 * PERIOD_S)
    assert gate.output(now_s + 2 * PERIOD_S).linear_mps > 0.0


@pytest.mark.parametrize("before", ["booted", "armed", "driving", "estopped", "link down"])
def test_S10_an_estop_is_never_refused_and_zero_at_once(before):
    gate = SafetyGate(CFG, MODEL) if before == "booted" else armed_gate()
    now_s = 0.0
    if before == "driving":
        output, now_s = run(gate, Velocity(0.5, 1.0), 2.0, 0.0)
        assert output == Velocity(0.5, 1.0)
    if before == "estopped":
        gate.engage("api", "dashboard", now_s)
    if before == "link down":
        gate.link(False, now_s)
    known = gate.state(now_s).estop_id
    assert gate.engage("text", "стоп", now_s) == known + 1
    assert gate.output(now_s) == STILL
    assert mode(gate) is SafetyMode.ESTOP
    gate.command(FORWARD, now_s)
    assert gate.output(now_s + PERIOD_S) == STILL


def test_S10_an_estop_is_latched_with_causes_sources_and_times():
    gate = armed_gate()
    gate.engage("voice", "microphone", 1.0)
    gate.engage("text", "стоп", 2.0)
    state = gate.state(3.0)
    assert state.estop_id == 2
    assert [(c.kind, c.source, c.t_s) for c in state.causes] == [("voice", "microphone", 1.0), ("text", "стоп", 2.0)]
    assert run(gate, FORWARD, 5.0, 3.0)[0] == STILL


def test_S10_a_standing_cause_that_goes_on_is_one_estop_and_its_return_is_another():
    gate = armed_gate()
    assert [gate.engage("hardware", "button", t) for t in (1.0, 1.02, 1.04)] == [1, 1, 1]
    gate.clear("hardware", "button", 2.0)
    assert gate.engage("hardware", "button", 3.0) == 2


def test_S10_a_flood_of_stops_keeps_the_button_and_does_not_grow():
    gate = armed_gate()
    gate.engage("hardware", "button", 0.0)
    for i in range(10_000):
        gate.engage("topic", f"{i}" * 1000, 0.0)
    state = gate.state(0.0)
    assert state.estop_id == 10_001
    assert len(state.causes) == MAX_CAUSES
    assert state.causes[0].kind == "hardware"
    assert max(len(cause.source) for cause in state.causes) <= 120


def _stopped(kind: str = "text") -> SafetyGate:
    gate = armed_gate()
    gate.engage(kind, "source", 1.0)
    return gate


def test_S11_a_reset_needs_the_id_of_the_latest_estop():
    gate = _stopped()
    gate.command(STILL, 2.0)
    gate.engage("voice", "microphone", 2.5)
    gate.command(STILL, 3.0)
    for wrong in (1, 0, 3, -1):
        assert gate.reset(wrong, 4.0) == Verdict(False, "wrong_estop_id")
    assert mode(gate) is SafetyMode.ESTOP
    assert gate.reset(2, 4.0).ok


@pytest.mark.parametrize("kind", ["hardware", "link"])
def test_S11_a_standing_cause_must_be_gone_first(kind):
    gate = _stopped(kind)
    gate.command(STILL, 2.0)
    assert gate.reset(1, 2.0) == Verdict(False, "cause_present")
    gate.clear(kind, "source", 3.0)
    assert mode(gate) is SafetyMode.ESTOP
    assert gate.reset(1, 3.0).ok


@pytest.mark.parametrize("kind", ["text", "voice", "api", "topic"])
def test_S11_a_spoken_cause_ends_with_the_reset_itself(kind):
    gate = _stopped(kind)
    gate.command(STILL, 2.0)
    assert gate.reset(1, 2.0).ok
    assert gate.state(2.0).causes == ()


@pytest.mark.parametrize("after", [[], [FORWARD], [STILL, FORWARD], [STILL, Velocity(NAN, 0.0)]])
def test_S11_a_reset_needs_a_neutral_command_since_the_estop_and_none_other_after_it(after):
    gate = armed_gate()
    gate.command(STILL, 0.5)  # before the e-stop: does not count
    gate.engage("text", "стоп", 1.0)
    for velocity in after:
        gate.command(velocity, 2.0)
    assert gate.reset(1, 2.0) == Verdict(False, "not_neutral")
    gate.command(STILL, 3.0)
    assert gate.reset(1, 3.0).ok


def test_S11_a_reset_needs_the_link_and_an_estop():
    gate = _stopped()
    gate.command(STILL, 2.0)
    gate.link(False, 2.0)
    assert gate.reset(1, 2.0) == Verdict(False, "link_lost")
    gate.link(True, 3.0)
    assert gate.reset(1, 3.0).ok
    assert gate.reset(1, 3.0) == Verdict(False, "no_estop")


def test_S12_a_reset_ends_disarmed_and_moves_nothing():
    gate = _stopped()
    gate.command(STILL, 2.0)
    assert gate.reset(1, 2.0).ok
    assert mode(gate) is SafetyMode.DISARMED
    assert run(gate, FORWARD, 2.0, 2.0)[0] == STILL


def test_S12_after_a_reset_only_arming_and_a_new_command_move():
    gate = _stopped()
    gate.command(STILL, 2.0)
    gate.reset(1, 2.0)
    gate.command(FORWARD, 2.1)
    assert gate.arm(2.2).ok
    gate.scan(scan_of(NOTHING), 2.2)
    assert gate.output(2.2) == STILL
    gate.command(FORWARD, 2.3)
    assert gate.output(2.3).linear_mps > 0.0


def test_S13_a_lost_link_stops_and_its_return_does_not_go_on():
    gate = armed_gate()
    _, now_s = run(gate, FORWARD, 1.0, 0.0)
    gate.link(False, now_s)
    assert gate.output(now_s) == STILL
    assert (mode(gate), gate.state(now_s).limiting) == (SafetyMode.DISARMED, "link_lost")  # the reason comes first
    gate.link(True, now_s + 0.1)
    assert mode(gate) is SafetyMode.DISARMED
    assert run(gate, FORWARD, 1.0, now_s + 0.1)[0] == STILL


def test_S13_a_lost_link_does_not_end_an_estop():
    gate = _stopped()
    gate.link(False, 2.0)
    gate.link(True, 3.0)
    assert mode(gate) is SafetyMode.ESTOP
