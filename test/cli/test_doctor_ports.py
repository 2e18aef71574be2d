"""What the doctor says about serial ports: made-up lists of ports, and a real terminal that this process has open."""

from __future__ import annotations

import os

import pytest

from moe_robot.cli.doctor_ports import chosen, describe, holder
from moe_robot.hardware.ports import Port

UNO = Port("/dev/ttyACM9", 0x2341, 0x0043, "857", "Arduino Uno", ("/dev/serial/by-id/usb-Uno_857",))
CLONE = Port("/dev/ttyUSB9", 0x1A86, 0x7523, "", "CH340")


@pytest.fixture
def terminal():
    primary, replica = os.openpty()
    yield os.ttyname(replica)
    os.close(primary)
    os.close(replica)


def test_a_port_is_listed_with_every_name_that_hardware_port_takes():
    state, name, detail, remedy = describe(UNO)
    assert name == "serial port /dev/ttyACM9"
    assert [
        word for word in ("usb:2341:0043:857", "Arduino Uno", "/dev/serial/by-id/usb-Uno_857") if word not in detail
    ] == []
    assert state == "missing"
    assert "usermod -aG" in remedy


def test_a_port_that_somebody_has_open_names_the_process(terminal):
    assert f"(pid {os.getpid()})" in holder(terminal)
    state, _, detail, remedy = describe(Port(terminal, 1, 2, "3"))
    assert (state, remedy) == ("ok", "")
    assert f"pid {os.getpid()}" in detail


@pytest.mark.parametrize(
    ("wanted", "ports", "words"),
    [
        ("auto", [], "plug the board in"),
        ("auto", [UNO, CLONE], "fits 2 ports"),
        ("/dev/ttyNONE0", [UNO], "not there"),
        ("usb:2341:43", [CLONE], "fits no serial port"),
    ],
)
def test_a_name_that_leads_nowhere_is_told_with_what_there_is(wanted, ports, words):
    state, name, detail, remedy = chosen(wanted, ports)
    assert (state, name) == ("missing", "motor board")
    assert words in detail
    assert "hardware.port" in remedy


def test_a_name_that_leads_somewhere_is_told_with_where(terminal):
    state, _, detail, _ = chosen("auto", [Port(terminal, 1, 2, "3")])
    assert (state, detail) == ("ok", f"hardware.port is 'auto': {terminal}")
