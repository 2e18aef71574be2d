"""Which port the board is at: made-up lists of ports, and real links that change where they lead."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moe_robot.errors import HardwareError
from moe_robot.hardware.ports import Port, choose_port, port_at, serial_ports

UNO = Port(
    "/dev/ttyACM0", 0x2341, 0x0043, "85735313", "Arduino Uno", ("/dev/serial/by-id/usb-Arduino_Uno_85735313-if00",)
)
LIDAR = Port("/dev/ttyUSB0", 0x10C4, 0xEA60, "0001", "CP2102", ("/dev/serial/by-id/usb-Silicon_Labs_CP2102_0001",))
CLONE = Port("/dev/ttyUSB1", 0x1A86, 0x7523, "", "CH340")
BUILT_IN = Port("/dev/ttyS0")
ALL = (UNO, LIDAR, CLONE, BUILT_IN)


def nothing_exists(_path: str) -> bool:
    return False


@pytest.mark.parametrize(
    ("wanted", "device"),
    [
        ("usb:2341:0043", "/dev/ttyACM0"),
        ("usb:2341:43", "/dev/ttyACM0"),
        ("usb:2341:0043:85735313", "/dev/ttyACM0"),
        ("usb:1A86:7523", "/dev/ttyUSB1"),
        ("/dev/ttyACM*", "/dev/ttyACM0"),
        ("/dev/serial/by-id/*Arduino*", "/dev/ttyACM0"),
        ("/dev/ttyUSB0", "/dev/ttyUSB0"),
        ("/dev/ttyUSB9", "/dev/ttyUSB9"),  # opening it says what is wrong
    ],
)
def test_each_way_of_naming_a_port_finds_it(wanted, device):
    assert choose_port(wanted, ALL, exists=nothing_exists) == device


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ("auto", ["fits 3 ports", "/dev/ttyACM0", "usb:2341:0043:85735313", "/dev/ttyUSB0", "/dev/ttyUSB1", "by-id"]),
        ("/dev/ttyUSB*", ["fits 2 ports", "/dev/ttyUSB0", "/dev/ttyUSB1"]),
        ("usb:dead:beef", ["fits no serial port", "/dev/ttyACM0", "moe-robot doctor"]),
        ("usb:2341:0043:other", ["fits no serial port"]),
        ("usb:arduino", ["expected usb:VID:PID"]),
        ("/dev/ttyX*", ["fits no serial port"]),
    ],
)
def test_none_or_several_is_an_error_that_lists_what_there_is(wanted, words):
    with pytest.raises(HardwareError) as caught:
        choose_port(wanted, ALL, exists=nothing_exists)
    assert [word for word in words if word not in str(caught.value)] == []


def test_auto_takes_the_only_usb_port_and_never_one_of_the_mainboard():
    assert choose_port("auto", (BUILT_IN, CLONE)) == CLONE.device
    with pytest.raises(HardwareError, match=r"fits no serial port; found: /dev/ttyS0"):
        choose_port("auto", (BUILT_IN,))
    with pytest.raises(HardwareError, match="found: none; plug the board in"):
        choose_port("auto", ())


@pytest.mark.parametrize("wanted", ["/dev/ttyACM0", "/dev/ttyACM*", "auto"])
def test_S46_a_board_that_was_open_is_found_by_its_usb_serial_under_any_name(wanted):
    moved = Port("/dev/ttyACM3", UNO.vid, UNO.pid, UNO.serial)
    other = Port("/dev/ttyACM0", 0x2341, 0x0043, "99999999", "another Uno took the name")
    assert choose_port(wanted, (other, moved, LIDAR), known=UNO) == "/dev/ttyACM3"


def test_S46_a_link_that_exists_is_followed_and_one_that_is_gone_is_not_the_end():
    link = UNO.links[0]
    assert choose_port(link, ALL, known=LIDAR, exists=lambda path: path == link) == link
    moved = Port("/dev/ttyACM3", UNO.vid, UNO.pid, UNO.serial)
    assert choose_port(link, (moved, LIDAR), known=UNO, exists=nothing_exists) == "/dev/ttyACM3"


def test_S46_without_a_serial_number_of_its_own_a_board_is_not_guessed():
    moved = Port("/dev/ttyUSB5", CLONE.vid, CLONE.pid)
    assert choose_port("/dev/ttyUSB1", (moved,), known=CLONE, exists=nothing_exists) == "/dev/ttyUSB1"
    twins = (Port("/dev/ttyUSB5", LIDAR.vid, LIDAR.pid, "0001"), Port("/dev/ttyUSB6", LIDAR.vid, LIDAR.pid, "0001"))
    assert choose_port("/dev/ttyUSB0", twins, known=LIDAR, exists=nothing_exists) == "/dev/ttyUSB0"


def test_S46_another_board_in_its_place_is_taken_where_the_name_says_so():
    assert choose_port("/dev/ttyUSB0", (LIDAR,), known=UNO) == "/dev/ttyUSB0"
    assert choose_port("auto", (LIDAR,), known=UNO) == "/dev/ttyUSB0"
    with pytest.raises(HardwareError, match="fits no serial port"):
        choose_port("usb:2341:0043:85735313", (LIDAR,), known=UNO)


names = st.sampled_from(["/dev/ttyUSB0", "/dev/ttyUSB1", "/dev/ttyACM0", "/dev/ttyACM1"])
some_port = st.builds(
    Port, names, st.sampled_from([None, 0x2341]), st.sampled_from([None, 0x43]), st.sampled_from(["", "1", "2"])
)


@given(
    st.sampled_from(["auto", "usb:2341:43", "usb:2341:43:1", "/dev/ttyUSB*", "/dev/tty*"]),
    st.lists(some_port, max_size=4, unique_by=lambda port: port.device),
    st.none() | some_port,
)
def test_S46_what_is_chosen_is_there_and_is_either_the_only_fit_or_the_board_from_before(wanted, ports, known):
    try:
        device = choose_port(wanted, ports, known, nothing_exists)
    except HardwareError:
        return
    chosen = next(port for port in ports if port.device == device)
    fits = {
        "auto": lambda p: p.usb != "",
        "usb:2341:43": lambda p: p.usb.startswith("usb:2341:0043"),
        "usb:2341:43:1": lambda p: p.usb == "usb:2341:0043:1",
        "/dev/ttyUSB*": lambda p: p.device.startswith("/dev/ttyUSB"),
        "/dev/tty*": lambda p: True,
    }[wanted]
    is_known = known is not None and chosen.serial != "" and chosen.usb == known.usb
    assert is_known or [p for p in ports if fits(p)] == [chosen]


def test_a_pattern_also_finds_what_only_the_file_system_knows(tmp_path: Path):
    primary, replica = os.openpty()
    try:
        (tmp_path / "board-7").symlink_to(os.ttyname(replica))
        wanted = str(tmp_path / "board-*")
        ports = serial_ports(wanted)
        assert choose_port(wanted, ports) == os.ttyname(replica)
        found = port_at(str(tmp_path / "board-7"), ports)
        assert found is not None
        assert found.links == (wanted.replace("*", "7"),)
    finally:
        os.close(primary)
        os.close(replica)
