"""The compiled firmware in simavr, started and spoken to: for the tests and the benches.

with SimBoard(folder) as board:      # folder of its own; builds the image when it is not up to date
    board.path                       # what pyserial opens
    board.state().radps              # what the simulated motors really do
    board.tell("button 1")           # the e-stop circuit opens; firmware/sim/simboard.c lists the commands

`missing()` says what is not installed; a test skips with that. A build that fails is an error, not a skip.
"""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

FIRMWARE = Path(__file__).resolve().parents[1] / "firmware"
INSTALL = "scripts/install --firmware"


@functools.cache
def missing(simulator: bool = True) -> str:
    """What the firmware needs and is not here, "" when all is. Without `simulator`: for the host build alone."""
    needs = {"make": shutil.which("make"), "cc": shutil.which("cc")}
    if simulator:
        needs |= {
            "gcc-avr": shutil.which("avr-gcc"),
            "avr-libc": any(Path(p).exists() for p in ("/usr/lib/avr/include/avr/io.h", "/usr/avr/include/avr/io.h")),
            "libsimavr-dev": Path("/usr/include/simavr/sim_avr.h").exists(),
        }
    absent = [name for name, found in needs.items() if not found]
    return f"{', '.join(absent)} not installed: {INSTALL}" if absent else ""


@functools.cache
def built(target: str) -> Path:
    """`sim` or `host`, made; the folder that holds it. Raises RuntimeError with the compiler's words."""
    done = subprocess.run(["make", "-s", "-C", str(FIRMWARE), target], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"make {target} in {FIRMWARE} failed:\n{done.stdout}{done.stderr}")
    return FIRMWARE / "build"


@dataclass(frozen=True)
class SimState:
    """Times are simulated, in us since power on; [left, right]."""

    now_us: float
    boot_us: float  # of the last reset
    drive_us: float  # when a motor was last driven, to 100 us
    resets: int
    dropped: int  # bytes that the host did not read
    driver: tuple[str, str]  # off | brake | drive
    duty: tuple[float, float]  # -1..1, 0 unless driven
    radps: tuple[float, float]  # of the wheels, in truth
    ticks: tuple[int, int]
    amperes: tuple[float, float]
    fastest_radps: float  # since `forget`
    fastest_duty: float
    crashed: bool

    @property
    def off(self) -> bool:
        return self.duty == (0.0, 0.0)


class SimBoard:
    def __init__(self, folder: Path) -> None:
        build = built("sim")
        self.path = str(folder / "motor_board")
        self._process = subprocess.Popen(
            [str(build / "simboard"), str(build / "moe_robot.hex"), self.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._answer()

    def tell(self, command: str) -> dict[str, object]:
        """The answer; `now_us` of a change is when it was made. Raises RuntimeError: no such command, or it is gone."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(command + "\n")
            self._process.stdin.flush()
        except OSError as error:
            raise RuntimeError(f"simboard ended before '{command[:40]}': {error}") from error
        answer = self._answer()
        if "error" in answer:
            raise RuntimeError(f"simboard: {answer['error']}: '{command[:40]}'")
        return answer

    def state(self) -> SimState:
        told = self.tell("query")
        return SimState(**{key: tuple(v) if isinstance(v, list) else v for key, v in told.items()})

    def inject(self, data: bytes) -> float:
        """To the board, as if the host had sent them; at most 64 kB at once. When the first bit left, in us."""
        return float(str(self.tell(f"inject {data.hex()}")["now_us"]))

    def close(self) -> None:
        """Safe to call twice."""
        if self._process.stdin is not None and not self._process.stdin.closed:
            self._process.stdin.close()
        self._process.wait(10.0)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def __enter__(self) -> SimBoard:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _answer(self) -> dict[str, object]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"simboard ended with {self._process.wait(10.0)}")
        answer: dict[str, object] = json.loads(line)
        return answer
