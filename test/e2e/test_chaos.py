"""Some of the faults of `bench/chaos.py`, one after the other on a driving robot; ground truth judges."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.chaos import Drive, trial
from bench.faults import FAULTS

CHOSEN = (
    "noise between frames to the board",
    "nothing reaches the host",
    "board starts anew",
    "a wheel or both jam",
    "tilted by 40 degrees",
    "lidar silent",
    "brain sends what is no number",
    "arming and wrong resets during a stop",
    "a mad brain drives blindly on",
)


@pytest.fixture(scope="module")
def drive() -> Drive:
    return Drive("flat", seed=3)


@pytest.mark.parametrize("name", CHOSEN)
def test_a_fault_in_mid_drive_stops_what_it_must_shows_and_is_overcome(drive: Drive, name: str) -> None:
    fault = next(fault for fault in FAULTS if fault.name == name)
    assert drive.get_moving(30.0)
    drive.wait(1.0)
    seen = trial(drive, fault, "flat")
    assert seen.touched == 0
    assert not seen.moved_after
    assert seen.in_time, f"stood after {seen.rest_s:.2f} s"
    assert seen.shown, seen.why
    assert seen.back_s == seen.back_s, seen.why  # it drove again
