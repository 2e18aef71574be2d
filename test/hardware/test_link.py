"""The host's end of the protocol, fed with frames that the test makes: no board, no port."""

from __future__ import annotations

import binascii
import dataclasses
import itertools
import math

from cobs import cobs

from moe_robot.hardware.frames import (
    Ack,
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
from moe_robot.hardware.link import Expected, HostLink, Phase
from moe_robot.structs import Battery, Link, SafetyMode

TIMEOUT_S = 0.3
PERIOD_S = 0.02
DISARMED, ARMED_FLAG = BoardFlags(), BoardFlags(armed=True)
_seq = itertools.count(1)


def telemetry(session: int, flags: BoardFlags = DISARMED, estop_id: int = 0) -> bytes:
    return encode(
        Telemetry(
            session,
            next(_seq),
            1.0,
            (10, 20),
            (0.0, 0.0),
            Battery(50.0, 24.0, -1.0, False),
            (1.5, math.nan),
            41.0,
            None,
            flags,
            estop_id,
            0,
            BoardCounters(),
        )
    )


def greeting(hello: Hello, watchdog_s: float = 0.25, ticks_per_rev: int = 1320) -> HelloAck:
    return HelloAck(hello.session, next(_seq), hello.seq, 30.0, 80.0, watchdog_s, 50, ticks_per_rev, 2)


def sent_by(link: HostLink, now_s: float, left: float = 0.0, right: float = 0.0) -> list:
    return Decoder().feed(link.stream(left, right, now_s)[0])


def acked(link: HostLink, now_s: float, left: float = 0.0, flags: BoardFlags = DISARMED) -> list:
    """One set point, acknowledged at once."""
    messages = sent_by(link, now_s, left, left)
    for m in messages:
        if isinstance(m, SetPoint):
            echo = Ack(m.session, next(_seq), m.seq, m.left_radps, m.right_radps, m.armed, flags)
            link.receive(encode(echo), now_s)
    return messages


def link_up(now_s: float = 0.0) -> HostLink:
    link = HostLink(TIMEOUT_S)
    link.opened()
    (hello,) = sent_by(link, now_s)
    link.receive(encode(greeting(hello)), now_s)
    link.receive(telemetry(hello.session), now_s)
    assert link.state(now_s).link is Link.UP
    return link


def armed_link(now_s: float = 0.0) -> HostLink:
    link = link_up(now_s)
    link.set_mode(SafetyMode.ARMED)
    acked(link, now_s, flags=ARMED_FLAG)
    return link


def test_before_the_port_is_open_nothing_is_sent_and_the_link_is_lost():
    link = HostLink(TIMEOUT_S)
    assert link.stream(5.0, 5.0, 0.0) == (b"", 0.0, 0.0)
    state = link.state(0.0)
    assert state.link is Link.LOST
    assert math.isnan(state.battery.percent)


def test_it_greets_until_it_is_answered_but_not_with_every_set_point():
    link = HostLink(TIMEOUT_S)
    link.opened()
    messages = [m for i in range(50) for m in sent_by(link, i * PERIOD_S)]
    assert {type(m) for m in messages} == {Hello}
    assert 8 <= len(messages) <= 11


def test_it_is_up_only_when_greeted_and_told():
    link = HostLink(TIMEOUT_S)
    link.opened()
    (hello,) = sent_by(link, 0.0)
    link.receive(telemetry(hello.session), 0.0)
    assert link.state(0.0).link is Link.LOST
    link.receive(encode(greeting(hello)), 0.0)
    assert link.state(0.0).link is Link.LOST
    link.receive(telemetry(hello.session), 0.0)
    assert link.state(0.0).link is Link.UP


def test_an_answer_of_another_session_is_not_an_answer():
    link = HostLink(TIMEOUT_S)
    link.opened()
    (hello,) = sent_by(link, 0.0)
    link.receive(encode(greeting(dataclasses.replace(hello, session=hello.session + 1))), 0.0)
    assert link.phase is Phase.GREETING


def test_S18_zeros_go_out_until_the_board_says_that_it_is_armed():
    link = link_up()
    link.set_mode(SafetyMode.ARMED)
    (first,) = sent_by(link, 0.0, 5.0, 5.0)
    assert (first.left_radps, first.armed) == (0.0, True)
    link.receive(encode(Ack(1, next(_seq), first.seq, 0.0, 0.0, True, ARMED_FLAG)), 0.0)
    (second,) = sent_by(link, 0.02, 5.0, 5.0)
    assert second.left_radps == 5.0


def test_S14_without_the_mode_armed_no_speed_leaves_even_when_asked():
    link = armed_link()
    link.set_mode(SafetyMode.DISARMED)
    data, left, right = link.stream(5.0, 5.0, 0.02)
    (point,) = Decoder().feed(data)
    assert (point.left_radps, point.right_radps, point.armed, left, right) == (0.0, 0.0, False, 0.0, 0.0)


def test_S6_speeds_that_are_not_finite_leave_as_zero():
    link = armed_link()
    data, left, _ = link.stream(math.nan, 5.0, 0.02)
    (point,) = Decoder().feed(data)
    assert (point.left_radps, point.right_radps, left) == (0.0, 0.0, 0.0)
    assert link.counters["not_finite"] == 1


def test_beyond_the_boards_limit_both_wheels_are_scaled():
    (point,) = sent_by(armed_link(), 0.02, 60.0, 30.0)
    assert (point.left_radps, point.right_radps) == (30.0, 15.0)


def test_S13_silence_of_the_board_is_a_lost_link_and_a_new_session():
    link, now_s = armed_link(), 0.0
    while link.phase is Phase.UP:
        now_s += PERIOD_S
        acked(link, now_s, flags=ARMED_FLAG)
    assert TIMEOUT_S - 1e-9 < now_s < TIMEOUT_S + 3 * PERIOD_S
    assert link.state(now_s).link is Link.LOST
    link.receive(telemetry(1, ARMED_FLAG), now_s)
    assert link.state(now_s).link is Link.LOST
    (hello,) = sent_by(link, now_s + 0.2)
    assert hello.session == 2


def test_S13_acks_that_stay_out_are_a_lost_link_though_telemetry_comes():
    link, now_s = armed_link(), 0.0
    while link.phase is Phase.UP and now_s < 5.0:
        now_s += PERIOD_S
        sent_by(link, now_s, 5.0, 5.0)
        link.receive(telemetry(1, ARMED_FLAG), now_s)
    assert TIMEOUT_S - 1e-9 < now_s < TIMEOUT_S + 3 * PERIOD_S
    assert link.counters["lost_by_no_ack"] == 1


def test_an_echo_that_differs_is_no_ack():
    link = armed_link()
    (point,) = sent_by(link, 0.02, 5.0, 5.0)
    link.receive(encode(Ack(1, next(_seq), point.seq, 5.0, -5.0, True, ARMED_FLAG)), 0.021)
    assert link.counters["wrong_echo"] == 1
    link.receive(encode(Ack(1, next(_seq), point.seq, 5.0, 5.0, True, ARMED_FLAG)), 0.022)
    assert abs(link.state(0.022).round_trip_s - 0.002) < 1e-9


def test_a_host_that_slept_does_not_blame_the_board():
    link = armed_link()
    sent_by(link, 0.02, 5.0, 5.0)
    assert link.state(2.0).link is Link.UP
    link.receive(telemetry(1), 2.001)
    assert link.state(2.002).link is Link.UP


def test_S13_a_board_that_restarted_is_greeted_anew_and_disarmed():
    link = armed_link()
    link.receive(telemetry(session=0), 0.02)
    assert link.state(0.02).link is Link.LOST
    assert link.counters["board_restarts"] == 1
    (hello,) = sent_by(link, 0.02, 5.0, 5.0)
    assert isinstance(hello, Hello)
    link.receive(encode(greeting(hello)), 0.03)
    link.receive(telemetry(hello.session), 0.03)
    (point,) = sent_by(link, 0.04, 5.0, 5.0)
    assert (point.left_radps, point.armed) == (0.0, False)


def test_S19_the_estop_is_sent_until_the_board_confirms_it_even_without_a_session():
    link = link_up()
    link.set_mode(SafetyMode.ESTOP)
    assert [type(m) for m in sent_by(link, 0.02)] == [Estop, SetPoint]
    assert [type(m) for m in sent_by(link, 0.04)] == [Estop, SetPoint]
    link.receive(telemetry(1, BoardFlags(estop=True), estop_id=4), 0.05)
    assert [type(m) for m in sent_by(link, 0.06)] == [SetPoint]
    link.closed()
    link.opened()
    assert Estop in [type(m) for m in sent_by(link, 0.1)]


def test_S19_leaving_the_estop_resets_the_boards_estop_by_its_id_until_confirmed():
    link = link_up()
    link.set_mode(SafetyMode.ESTOP)
    latched = BoardFlags(estop=True)
    link.receive(telemetry(1, latched, estop_id=4), 0.02)
    link.set_mode(SafetyMode.DISARMED)
    for now_s in (0.04, 0.06):
        reset, point = sent_by(link, now_s)
        assert (reset.estop_id, point.armed) == (4, False)
    link.receive(telemetry(1, DISARMED, estop_id=4), 0.07)
    assert [type(m) for m in sent_by(link, 0.08)] == [SetPoint]


def test_S19_a_newer_estop_of_the_board_is_not_reset_along():
    link = link_up()
    link.set_mode(SafetyMode.ESTOP)
    link.receive(telemetry(1, BoardFlags(estop=True), estop_id=4), 0.02)
    link.set_mode(SafetyMode.DISARMED)
    link.receive(telemetry(1, BoardFlags(estop=True, button=True), estop_id=5), 0.03)
    assert ResetEstop not in [type(m) for m in sent_by(link, 0.04)]


def test_S15_the_farewell_is_zeros_disarmed_and_repeated():
    points = Decoder().feed(armed_link().farewell())
    assert len(points) == 3
    assert all((p.left_radps, p.right_radps, p.armed) == (0.0, 0.0, False) for p in points)


def test_the_sequence_wraps_and_goes_on():
    link = armed_link()
    link._seq = 65534
    assert [sent_by(link, 0.02 + i * 0.001)[0].seq for i in range(3)] == [65535, 0, 1]


def test_the_state_tells_what_the_board_told():
    link = link_up()
    state = link.state(0.0)
    assert (state.left_ticks, state.right_ticks, state.battery.percent, state.session) == (10, 20, 50.0, 1)
    assert state.counters["board_bad_frames"] == 0
    assert (state.firmware, state.max_wheel_radps, state.max_accel_radps2, state.fault) == (2, 30.0, 80.0, "")
    assert state.motor_currents_a[0] == 1.5
    assert math.isnan(state.motor_currents_a[1])
    assert (state.temperature_c, state.board_uptime_s, state.motor_fault) == (41.0, 1.0, False)


def test_a_motor_fault_of_the_board_is_told_with_its_latch():
    link = armed_link()
    link.receive(telemetry(1, BoardFlags(estop=True, motor_fault=True), estop_id=1), 0.02)
    state = link.state(0.02)
    assert (state.motor_fault, state.board_estop, state.board_armed) == (True, True, False)
    link.closed()
    assert not link.state(0.03).motor_fault


def greeted(expected: Expected, **board: float) -> HostLink:
    link = HostLink(TIMEOUT_S, expected)
    link.opened()
    (hello,) = sent_by(link, 0.0)
    link.receive(encode(greeting(hello, **board)), 0.01)
    link.receive(telemetry(hello.session), 0.01)
    return link


def test_S18_a_board_with_other_encoders_never_comes_up_and_the_reason_is_told():
    link = greeted(Expected(0.25, ticks_per_rev=1320), ticks_per_rev=1024)
    state = link.state(0.01)
    assert state.link is Link.LOST
    assert state.fault.startswith("ticks_per_rev: expected 1320 as in the URDF, found 1024 in the board; set")
    link.set_mode(SafetyMode.ARMED)
    assert {type(m) for i in range(20) for m in sent_by(link, 0.02 + i * PERIOD_S, 5.0, 5.0)} == {Hello}


def test_S18_a_board_whose_watchdog_waits_too_long_or_not_at_all_never_comes_up():
    for watchdog_s in (0.5, 0.0):
        state = greeted(Expected(0.25, None), watchdog_s=watchdog_s).state(0.01)
        assert state.link is Link.LOST
        assert state.fault.startswith("watchdog: expected at most 0.25 s (hardware.host_timeout_s), found")
    assert greeted(Expected(0.25, None), watchdog_s=0.2).state(0.01).link is Link.UP


def test_a_board_that_was_flashed_right_meanwhile_comes_up_and_the_reason_goes():
    link = greeted(Expected(0.25, 1320), ticks_per_rev=1024)
    (hello,) = sent_by(link, 0.2)
    link.receive(encode(greeting(hello)), 0.21)
    link.receive(telemetry(hello.session), 0.21)
    state = link.state(0.21)
    assert (state.link, state.fault) == (Link.UP, "")


def test_S20_a_board_of_another_version_never_comes_up_and_the_reason_is_told():
    link = HostLink(TIMEOUT_S)
    link.opened()
    (hello,) = sent_by(link, 0.0)
    payload = bytearray(cobs.decode(encode(greeting(hello))[1:-1]))[:-2]
    payload[0] = 1
    payload += binascii.crc_hqx(bytes(payload), 0xFFFF).to_bytes(2, "little")
    link.receive(b"\0" + cobs.encode(bytes(payload)) + b"\0", 0.01)
    state = link.state(0.01)
    assert (state.link, state.counters["host_bad_version"]) == (Link.LOST, 1)
    assert state.fault == "bad_version: expected 2, found 1; flash the matching firmware"
    link.closed()
    assert link.state(0.02).fault == ""


def test_S48_telemetry_that_comes_twice_or_was_overtaken_shows_no_past():
    link = armed_link()
    older, newer = telemetry(1, ARMED_FLAG), telemetry(1, ARMED_FLAG)
    link.receive(newer, 0.01)
    link.receive(older, 0.02)
    link.receive(newer, 0.03)
    assert link.state(0.03).received_s == 0.01
    assert link.counters["out_of_sequence"] == 2


def test_S48_frames_of_the_board_that_were_lost_are_counted():
    link = armed_link()
    before = link.counters["lost_frames"]
    for _ in range(3):
        telemetry(1, ARMED_FLAG)
    link.receive(telemetry(1, ARMED_FLAG), 0.01)
    assert link.counters["lost_frames"] - before == 3
