"""What the benches measure with: percentiles, intervals, and the tap on the serial line."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.report import Report, summary, wilson  # noqa: E402
from bench.tap import FROM_BOARD, FROM_HOST, Tap  # noqa: E402
from moe_robot.hardware.frames import AnyMessage, Estop, Hello, SetPoint, encode  # noqa: E402

WAIT_S = 20.0  # a deadline, not a figure


def test_percentiles_are_the_nearest_rank() -> None:
    of_hundred = summary([float(value) for value in range(100, 0, -1)])
    assert (of_hundred.median, of_hundred.p95, of_hundred.p99, of_hundred.worst) == (50.0, 95.0, 99.0, 100.0)


def test_with_few_samples_the_high_percentiles_are_the_worst() -> None:
    of_three = summary([3.0, 1.0, 2.0])
    assert (of_three.n, of_three.median, of_three.p95, of_three.p99, of_three.worst) == (3, 2.0, 3.0, 3.0, 3.0)


def test_nothing_measured_is_an_error_and_not_a_zero() -> None:
    with pytest.raises(ValueError, match="no samples"):
        summary([])


def test_the_interval_of_a_share_is_wilson_s() -> None:
    assert wilson(95, 100) == pytest.approx((0.8882, 0.9785), abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(("successes", "n"), [(0, 10), (10, 10)])
def test_the_interval_stays_within_0_and_1_and_holds_the_share(successes: int, n: int) -> None:
    low, high = wilson(successes, n)
    assert 0.0 <= low <= successes / n <= high <= 1.0
    assert high - low > 0.1


def test_a_cell_with_a_bar_stays_one_cell() -> None:
    report = Report("name", "title")
    report.table(["a", "b"], [["x|y", "1"]])
    assert report.lines[2] == "| x\\|y | 1 |"


class Rig:
    """A tap between this test, as the host, and a pseudo-terminal, as the board."""

    def __init__(self, folder: Path) -> None:
        self.seen: list[tuple[float, int, AnyMessage]] = []
        self.board, self._board_end = os.openpty()
        tty.setraw(self._board_end)
        self.tap = Tap(folder / "host", folder / "board", lambda t, d, m: self.seen.append((t, d, m)))
        (folder / "board").symlink_to(os.ttyname(self._board_end))
        self.host = os.open(folder / "host", os.O_RDWR | os.O_NOCTTY)
        for descriptor in (self.board, self.host):
            os.set_blocking(descriptor, False)

    def until(self, condition: object, what: str) -> None:
        end_s = time.monotonic() + WAIT_S
        while not condition():  # type: ignore[operator]
            assert time.monotonic() < end_s, f"waited {WAIT_S:.0f} s for {what}"
            self.tap.read()
            time.sleep(0.001)

    def joined(self) -> None:
        """The tap opens the board's end when it finds it: ask until something comes through."""

        def through() -> bool:
            os.write(self.host, encode(Hello(1, 0)))
            return bool(read(self.board))

        self.until(through, "the tap to open the board's port")
        self.settle()

    def settle(self) -> None:
        """All that is on its way has arrived on both sides."""
        mark = encode(Hello(9, 9))
        got = b""

        def arrived() -> bool:
            nonlocal got
            got += read(self.board)
            return got.endswith(mark)

        os.write(self.host, mark)
        self.until(arrived, "the mark")
        self.until(lambda: any(m == Hello(9, 9) for _, _, m in self.seen), "the mark in the record")
        read(self.host)
        self.seen.clear()
        self.tap.counted[:] = [0, 0]

    def close(self) -> None:
        self.tap.close()
        for descriptor in (self.host, self.board, self._board_end):
            os.close(descriptor)


def read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except BlockingIOError:
        return b""


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(tmp_path)
    yield rig
    rig.close()


def test_every_byte_passes_unchanged_both_ways(rig: Rig) -> None:
    rig.joined()
    data = bytes(range(256)) * 8
    for source, target, direction in ((rig.host, rig.board, FROM_HOST), (rig.board, rig.host, FROM_BOARD)):
        got = bytearray()

        def arrived(got: bytearray = got, target: int = target) -> bool:
            got.extend(read(target))
            return len(got) >= len(data)

        for at in range(0, len(data), 256):
            os.write(source, data[at : at + 256])
        rig.until(arrived, "the bytes")
        assert bytes(got) == data
        rig.until(lambda d=direction: rig.tap.counted[d] == len(data), "the record of the bytes")


def test_frames_are_stamped_in_order_between_the_moments_around_them(rig: Rig) -> None:
    rig.joined()
    sent = [SetPoint(3, 1, 1.5, -1.5, armed=True), SetPoint(3, 2, 0.0, 0.0, armed=True), Estop(3, 3)]
    moments = [time.monotonic()]
    for count, message in enumerate(sent, 1):
        os.write(rig.host, encode(message))
        rig.until(lambda n=count: len(rig.seen) == n, "the frame")
        moments.append(time.monotonic())
    assert [message for _, _, message in rig.seen] == sent
    assert all(direction == FROM_HOST for _, direction, _ in rig.seen)
    for (stamp_s, _, _), before_s, after_s in zip(rig.seen, moments, moments[1:], strict=False):
        assert before_s <= stamp_s <= after_s


def test_a_frame_in_two_halves_has_the_stamp_of_its_end(rig: Rig) -> None:
    rig.joined()
    frame = encode(SetPoint(3, 1, 0.5, 0.5, armed=True))
    os.write(rig.host, frame[:6])
    rig.until(lambda: rig.tap.counted[FROM_HOST] == 6, "the first half")
    middle_s = time.monotonic()
    os.write(rig.host, frame[6:])
    rig.until(lambda: rig.seen, "the frame")
    assert rig.seen[0][0] >= middle_s


def test_a_cut_line_passes_nothing_but_is_still_seen_and_joins_again(rig: Rig) -> None:
    rig.joined()
    rig.tap.cut()

    def swallowed() -> bool:
        """The wish to cut has arrived: a frame is seen and not passed."""
        rig.seen.clear()
        os.write(rig.host, encode(Estop(3, 1)))
        rig.until(lambda: rig.seen, "the frame in the record")
        return read(rig.board) == b""

    rig.until(swallowed, "the cut")
    rig.tap.cut(False)
    rig.joined()


def test_garbage_between_frames_is_counted_and_the_next_frame_is_seen(rig: Rig) -> None:
    rig.joined()
    os.write(rig.host, b"\x00\x05nonsense\x00" + encode(Estop(3, 1)))
    rig.until(lambda: rig.seen, "the frame after the garbage")
    assert rig.seen[0][2] == Estop(3, 1)
    assert rig.tap.faults > 0


def test_the_tap_ends_with_whoever_started_it(tmp_path: Path) -> None:
    starter = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from pathlib import Path\nfrom bench.tap import Tap\nimport os\n"
        f"tap = Tap(Path({str(tmp_path / 'host')!r}), Path({str(tmp_path / 'board')!r}))\n"
        "print(tap._process.pid, flush=True)\nos._exit(1)"
    )
    pid = int(subprocess.run([sys.executable, "-c", starter], capture_output=True, text=True, check=False).stdout)
    end_s = time.monotonic() + WAIT_S
    while _runs(pid):
        assert time.monotonic() < end_s, "the tap's process outlives its parent"
        time.sleep(0.01)


def _runs(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return False
