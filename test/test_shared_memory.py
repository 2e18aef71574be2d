"""What killed processes leave in shared memory is removed, what somebody holds is not."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from moe_robot.cli.shared_memory import remove_stale

OLD = (1_000_000_000, 1_000_000_000)


@pytest.fixture
def shm(tmp_path: Path) -> Path:
    for name in ("fastrtps_port7411", "fastrtps_00f04196ef7aedb4", "fastrtps_port7413", "fastrtps_mine", "other_el"):
        for end in ("", "_el"):
            path = tmp_path / f"{name}{end}"
            path.write_bytes(b"x")
            os.utime(path, OLD)
    (tmp_path / "sem.fastrtps_port7411_mutex").write_bytes(b"x")
    return tmp_path


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_what_nobody_holds_is_removed_with_everything_that_belongs_to_it(shm: Path) -> None:
    assert remove_stale(shm) == 3
    assert names(shm) == {"fastrtps_mine", "fastrtps_mine_el", "other_el", "other_el_el"}


@pytest.mark.parametrize("kind", [fcntl.LOCK_EX, fcntl.LOCK_SH])
def test_what_a_living_process_holds_stays(shm: Path, kind: int) -> None:
    with (shm / "fastrtps_port7411_el").open("r+b") as held:
        fcntl.flock(held, kind)
        remove_stale(shm)
        assert {"fastrtps_port7411", "sem.fastrtps_port7411_mutex", "fastrtps_port7411_el"} <= names(shm)
        assert "fastrtps_port7413" not in names(shm)


def test_what_is_being_made_stays(shm: Path) -> None:
    os.utime(shm / "fastrtps_port7411_el")
    remove_stale(shm)
    assert "fastrtps_port7411" in names(shm)


def test_without_shared_memory_there_is_nothing_to_remove(tmp_path: Path) -> None:
    assert remove_stale(tmp_path / "nowhere") == 0


def test_a_port_without_a_lock_is_removed_on_our_own_domain_only(shm: Path) -> None:
    for name in ("fastrtps_port12411", "fastrtps_port12661"):  # domains 20 and 21
        (shm / name).write_bytes(b"x")
        os.utime(shm / name, OLD)
    remove_stale(shm, domain=20)
    assert "fastrtps_port12411" not in names(shm)
    assert "fastrtps_port12661" in names(shm)
