"""What ended processes leave in shared memory is removed, what somebody uses is not."""

from __future__ import annotations

import fcntl
import mmap
import os
from pathlib import Path

import pytest

from moe_robot.cli.shared_memory import remove_stale

OLD = (1_000_000_000, 1_000_000_000)
PORT, SEGMENT = "fastrtps_port7411", "fastrtps_00f04196ef7aedb4"


@pytest.fixture
def shm(tmp_path: Path) -> Path:
    for name in (PORT, f"{PORT}_el", f"sem.{PORT}_mutex", SEGMENT, f"{SEGMENT}_el", "fastrtps_port7000", "another"):
        path = tmp_path / name
        path.write_bytes(b"x" * 100)
        os.utime(path, OLD)
    return tmp_path


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_what_nobody_uses_is_removed_with_everything_that_belongs_to_it(shm: Path) -> None:
    assert remove_stale(shm) == 3
    assert names(shm) == {"another"}


@pytest.mark.parametrize("kind", [fcntl.LOCK_EX, fcntl.LOCK_SH])
def test_what_a_process_has_locked_stays(shm: Path, kind: int) -> None:
    with (shm / f"{PORT}_el").open("r+b") as held:
        fcntl.flock(held, kind)
        remove_stale(shm)
    assert names(shm) == {PORT, f"{PORT}_el", f"sem.{PORT}_mutex", "another"}


def test_what_a_process_has_mapped_stays(shm: Path) -> None:
    with (shm / PORT).open("r+b") as file, mmap.mmap(file.fileno(), 100):
        remove_stale(shm)
    assert names(shm) == {PORT, f"{PORT}_el", f"sem.{PORT}_mutex", "another"}


def test_what_is_being_made_stays(shm: Path) -> None:
    os.utime(shm / PORT)
    remove_stale(shm)
    assert PORT in names(shm)


def test_without_shared_memory_there_is_nothing_to_remove(tmp_path: Path) -> None:
    assert remove_stale(tmp_path / "nowhere") == 0
