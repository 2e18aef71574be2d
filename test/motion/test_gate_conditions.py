"""S31, S32 at the gate: what monitors find stops, stays latched, and stands against arming and reset."""

from __future__ import annotations

import pytest
from gate_rig import CFG, FORWARD, MODEL, armed_gate, limiting, mode, run

from moe_robot.motion.gate import MONITORED, SafetyGate, Verdict
from moe_robot.motion.limits import STILL
from moe_robot.structs import SafetyMode


@pytest.mark.parametrize("kind", sorted(MONITORED))
def test_S31_a_finding_while_driving_is_an_estop_that_outlives_its_end(kind):
    gate = armed_gate()
    output, now_s = run(gate, FORWARD, 1.0, 0.0)
    assert output == FORWARD
    gate.condition(kind, "why", True, now_s)
    assert gate.output(now_s) == STILL
    assert [(c.kind, c.source, c.t_s, c.cleared) for c in gate.state(now_s).causes] == [(kind, "why", now_s, False)]
    gate.command(STILL, now_s)
    assert gate.reset(1, now_s) == Verdict(False, kind)
    gate.condition(kind, "why", False, now_s + 1.0)
    assert mode(gate) is SafetyMode.ESTOP
    assert gate.state(now_s).causes[0].cleared
    assert gate.reset(1, now_s + 1.0).ok
    assert run(gate, FORWARD, 1.0, now_s + 1.0)[0] == STILL


@pytest.mark.parametrize("kind", sorted(MONITORED))
def test_S31_a_finding_while_disarmed_refuses_to_arm_and_is_no_estop(kind):
    gate = SafetyGate(CFG, MODEL)
    gate.link(True, 0.0)
    gate.condition(kind, "why", True, 0.0)
    assert mode(gate) is SafetyMode.DISARMED
    assert gate.arm(0.1) == Verdict(False, kind)
    gate.condition(kind, "why", False, 1.0)
    assert gate.arm(1.1).ok


def test_S31_a_finding_that_comes_while_stopped_joins_the_causes():
    gate = armed_gate()
    gate.engage("text", "стоп", 1.0)
    gate.condition("tilt", "60 deg", True, 2.0)
    assert [(c.kind, c.t_s) for c in gate.state(3.0).causes] == [("text", 1.0), ("tilt", 2.0)]
    gate.command(STILL, 3.0)
    assert gate.reset(2, 3.0) == Verdict(False, "tilt")


def test_S31_the_same_finding_told_again_is_one_estop():
    gate = armed_gate()
    for t in (1.0, 1.02, 1.04):
        gate.condition("battery", "2 %", True, t)
    assert gate.state(2.0).estop_id == 1


def test_S31_what_was_found_while_disarmed_stands_against_arming_after_a_reset_too():
    gate = SafetyGate(CFG, MODEL)
    gate.link(True, 0.0)
    gate.condition("battery", "2 %", True, 0.0)
    gate.engage("text", "стоп", 1.0)
    gate.command(STILL, 2.0)
    assert gate.reset(1, 2.0).ok
    assert gate.arm(3.0) == Verdict(False, "battery")


def test_S32_a_lost_link_is_told_while_disarmed_and_forgotten_with_arming():
    gate = armed_gate()
    gate.link(False, 5.0, "unplugged")
    state = gate.state(5.0)
    assert (state.mode, state.estop_id) == (SafetyMode.DISARMED, 0)
    assert [(c.kind, c.source, c.t_s, c.cleared) for c in state.causes] == [("link", "unplugged", 5.0, False)]
    gate.link(True, 6.0)
    assert gate.state(6.0).causes[0].cleared
    assert gate.arm(7.0).ok
    assert gate.state(7.0).causes == ()


def test_S32_a_lost_link_during_an_estop_is_told_with_the_other_causes_and_keeps_the_id():
    gate = armed_gate()
    gate.engage("text", "стоп", 1.0)
    gate.link(False, 2.0)
    assert [(c.kind, gate.state(2.0).estop_id) for c in gate.state(2.0).causes] == [("text", 1), ("link", 1)]
    gate.link(True, 3.0)
    gate.command(STILL, 3.0)
    assert gate.reset(1, 3.0).ok


def test_S32_a_link_that_was_never_up_is_nothing_to_tell():
    gate = SafetyGate(CFG, MODEL)
    gate.link(False, 1.0)
    gate.link(True, 2.0)
    gate.link(False, 3.0)
    assert gate.state(3.0).causes == ()


def test_S32_what_is_noted_stops_nothing():
    gate = armed_gate()
    _, now_s = run(gate, FORWARD, 1.0, 0.0)
    gate.note("watchdog", "motor board", now_s)
    assert run(gate, FORWARD, 0.1, now_s)[0] == FORWARD
    assert [(c.kind, c.cleared) for c in gate.state(now_s).causes] == [("watchdog", True)]


def test_S4_silence_of_a_driver_is_zero_at_once_and_stays_armed():
    gate = armed_gate()
    _, now_s = run(gate, FORWARD, 1.0, 0.0)
    gate.forget_command()
    assert gate.output(now_s) == STILL
    assert (mode(gate), limiting(gate)) == (SafetyMode.ARMED, "no_command")
