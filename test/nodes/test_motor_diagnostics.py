"""/diagnostics of the real motor node: every value that promise 12 names, and the rules of its level."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Start
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from motor_stage import MotorStage

from moe_robot.config import load_config
from moe_robot_interfaces.msg import SafetyState

MOTION = load_config().motion
OK, WARN, ERROR = "0", "1", "2"


@pytest.fixture
def stage(start: Start, tmp_path: Path) -> Iterator[MotorStage]:
    with MotorStage(start, tmp_path) as stage:
        yield stage


def test_S44_a_healthy_robot_that_drives_tells_all_that_is_promised(stage: MotorStage) -> None:
    stage.driving()
    report = stage.report(lambda r: r["driver"] == "brain" and r["level"] == OK, stage.command)
    assert report["port"] == stage.port.path
    assert report["link"] == "up"
    assert report["lifecycle"] == "active"
    assert (report["mode"], report["causes"]) == ("armed", "")
    assert int(report["firmware_version"]) > 0
    for counter in ("crc_errors", "damaged_frames", "lost_frames", "watchdog_stops", "commands_not_a_number"):
        assert int(report[counter]) >= 0
    assert 0.0 < float(report["round_trip_median_ms"]) <= float(report["round_trip_p99_ms"])
    assert 0.0 <= float(report["command_age_ms"]) < 1000.0 * MOTION.command_timeout_s
    assert float(report["limit_max_linear_mps"]) == MOTION.max_linear_mps
    assert (float(report["battery_percent"]), float(report["battery_v"])) == (80.0, pytest.approx(25.2))


def test_S44_damaged_bytes_are_counted_and_warned_about(stage: MotorStage) -> None:
    stage.armed()
    before = int(stage.report()["crc_errors"])
    frame = b"\x00\x05\x01\x02\x03\x04\x07\x11\x22\x33\x44\x55\x66\x00"
    report = stage.report(lambda r: r["level"] == WARN, lambda: stage.port.inject(frame))
    assert int(report["crc_errors"]) + int(report["damaged_frames"]) > before


def test_S44_a_pulled_cable_is_an_error_that_says_why(stage: MotorStage) -> None:
    stage.armed()
    stage.port.unplug()
    report = stage.report(lambda r: r["level"] == ERROR)
    assert report["link"] == "lost"
    assert report["link_problem"]
    assert report["text"]
    stage.port.replug()
    stage.report(lambda r: r["level"] == OK)


def test_S44_a_port_that_is_not_there_is_named_with_its_remedy(start: Start, tmp_path: Path) -> None:
    with MotorStage(start, tmp_path, "hardware.port=/dev/nothing") as stage:
        report = stage.report(lambda r: r["level"] == ERROR)
        assert "/dev/nothing" in report["text"]
        assert report["lifecycle"] == "unconfigured"


def test_S44_an_emergency_stop_is_a_warning_with_its_causes(stage: MotorStage) -> None:
    stage.armed()
    stage.board.press_button(True)
    report = stage.report(lambda r: "button" in r["causes"])
    assert report["level"] == WARN
    assert "emergency stop" in report["text"]


def test_S44_what_is_not_measured_is_nan_and_not_zero(start: Start, tmp_path: Path) -> None:
    with MotorStage(start, tmp_path, "ros.autostart=false") as stage:
        report = stage.report()
        assert math.isnan(float(report["battery_percent"]))
        assert math.isnan(float(report["round_trip_p99_ms"]))
        assert report["firmware_version"] == "not known"
        assert report["driver"] == "nobody"
        assert (report["level"], report["lifecycle"]) == (WARN, "unconfigured")  # as somebody wished: no error


def status(name: str, level: bytes) -> DiagnosticArray:
    return DiagnosticArray(status=[DiagnosticStatus(name=name, level=level, message="broken")])


def test_S44_an_error_of_a_critical_node_stops_and_one_of_another_does_not(stage: MotorStage) -> None:
    publisher = stage.listener.node.create_publisher(DiagnosticArray, "/diagnostics", 10)
    stage.driving()

    def drive_and_tell(name: str) -> None:
        stage.command()
        publisher.publish(status(name, DiagnosticStatus.ERROR))

    stage.during(0.5, lambda: drive_and_tell("camera: driver"))
    assert stage.fast()
    stage.keep(stage.stands, "a stop", lambda: drive_and_tell("lidar: driver"))
    stage.keep(lambda: stage.state.mode == SafetyState.ESTOP, "the e-stop")
    assert stage.state.causes[-1].kind == "diagnostics"
    assert "lidar" in stage.state.causes[-1].source
