"""How fast the wheels are told to stop, on the serial line, with the real processes.

    python bench/stop.py [--trials 200] [--kills 20] [--cuts 20] [--swaps 200] [--no-keep]

Each from a robot that drives: "стоп" typed and the `stop` service, on an idle machine, with one pure-Python process
for each core that only computes, and with the brain's memory pushed out to the swap ten times a second
(`bench/swapping.py`; where there is swap, and root; alone, with `--trials 0`, it is a table of its own); brain and
motor node killed with SIGKILL; the serial line cut in silence. What leaves the motor node is stamped by a tap on the
line (`bench/tap.py`). After a cut, or the motor node's death, no zero can reach the board any more: there the board's
own watchdog counts, by the telemetry that it still sends.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from bench.live import Goal, LiveRobot, ended_by_signal, stands
from bench.report import SUMMARY_HEAD, Report, summary
from bench.swapping import missing, swapping
from moe_robot.config import load_config
from moe_robot.hardware.frames import Telemetry
from moe_robot.structs import SafetyMode

# There and back; stopped long before the end.
DRIVES = ("проедь вперёд на метр", "drive back one meter", "поверни налево на 180 градусов", "turn right 180 degrees")
AIM_MS = 50.0
SHORTEST_DRIVE_S, LONGEST_DRIVE_S = 0.15, 0.35  # at a random moment of every period on the way
WAIT_S = 5.0
KILLS_A_ROBOT = 5  # then a new one: the pause before the brain's next start grows with every death
SPIN = "import os\nparent = os.getppid()\nwhile os.getppid() == parent:\n    for _ in range(1000000): pass"


@dataclass
class Measured:
    """Milliseconds to each event, and how many trials had none."""

    samples: list[float] = field(default_factory=list)
    none: int = 0

    def add(self, began_s: float, at_s: float | None) -> None:
        if at_s is None:
            self.none += 1
        else:
            self.samples.append(1e3 * (at_s - began_s))

    def cells(self) -> list[str]:
        counted = summary(self.samples).cells(1) if self.samples else ["0", "-", "-", "-", "-"]
        return [*counted, str(self.none)]


HEAD = [*SUMMARY_HEAD, "never"]


@contextlib.contextmanager
def busy_cores(count: int) -> Iterator[None]:
    """`count` processes at normal priority that only compute; they end with this process, whatever happens to it."""
    spinning = [subprocess.Popen([sys.executable, "-S", "-c", SPIN]) for _ in range(count)]
    try:
        yield
    finally:
        for process in spinning:
            process.kill()
            process.wait()


def drive(robot: LiveRobot, rng: np.random.Generator, number: int) -> Goal:
    """A command that runs, its wheels turning for a random moment."""
    for text in (DRIVES[number % len(DRIVES)], DRIVES[2 + number % 2]):  # a wall may be in the way of driving
        goal = robot.begin_driving(text)
        robot.pause(float(rng.uniform(SHORTEST_DRIVE_S, LONGEST_DRIVE_S)))
        if robot.wire.moving() and goal.result is None:
            return goal
        robot.come_to_rest(goal)
    raise RuntimeError("the robot does not keep driving")


def typed(robot: LiveRobot) -> None:
    """As `moe-robot stop` and "стоп" in the prompt do."""
    robot.client.publish_stop("text: стоп")


def by_service(robot: LiveRobot) -> None:
    """As a program does, without waiting for the answer."""
    robot.ask_stop()


def stopped(
    robot: LiveRobot, trials: int, rng: np.random.Generator, stop: Callable[[LiveRobot], None]
) -> tuple[Measured, Measured]:
    """A stop -> the first e-stop or zero on the wire, and -> the board says that it is stopped."""
    wire, board = Measured(), Measured()
    for number in range(trials):
        goal = drive(robot, rng, number)
        began_s = time.monotonic()
        stop(robot)
        robot.until(lambda s=began_s: robot.wire.first_still_s(s) and _board_stopped_s(robot, s), WAIT_S)  # type: ignore[misc]
        wire.add(began_s, robot.wire.first_still_s(began_s))
        board.add(began_s, _board_stopped_s(robot, began_s))
        robot.need(lambda g=goal: g.result is not None, 10.0, "the end of the stopped command")  # type: ignore[misc]
        robot.come_to_rest(goal)
        robot.arm()
    return wire, board


def _board_stopped_s(robot: LiveRobot, after_s: float) -> float | None:
    return robot.wire.first_board_s(after_s, lambda t: t.board.estop)


def killed(
    node: str, trials: int, rng: np.random.Generator, events: dict[str, Callable[[LiveRobot, float], float | None]]
) -> dict[str, Measured]:
    """SIGKILL to a node -> each of `events`, which give its monotonic time once it has happened after another."""
    found = {name: Measured() for name in events}
    for first in range(0, trials, KILLS_A_ROBOT):
        with LiveRobot() as robot:
            numbers = range(first, min(first + KILLS_A_ROBOT, trials))
            for number in numbers:
                drive(robot, rng, number)
                nodes = robot.robot.supervisor
                began_s, dead = time.monotonic(), nodes.pids[node]
                os.kill(dead, signal.SIGKILL)
                robot.until(lambda r=robot, s=began_s: all(at(r, s) for at in events.values()), WAIT_S)  # type: ignore[misc]
                for name, at in events.items():
                    found[name].add(began_s, at(robot, began_s))
                if number != numbers[-1]:
                    robot.need(lambda n=nodes, d=dead: n.pids.get(node, d) != d, 20.0, f"a new {node}")  # type: ignore[misc]
                    robot.get_ready()
    return found


def cut_line(robot: LiveRobot, trials: int, rng: np.random.Generator) -> dict[str, Measured]:
    """The line goes silent -> the board's watchdog, standing wheels, the gate; whether it moves after joining."""
    found = {name: Measured() for name in ("board's watchdog disarms it", "wheels stand (encoders)", "gate disarmed")}
    moved_after = 0
    for number in range(trials):
        goal = drive(robot, rng, number)
        began_s = time.monotonic()
        robot.tap.cut()
        gate_s: float | None = None

        def is_over(began_s: float = began_s) -> bool:
            nonlocal gate_s
            state = robot.client.safety
            if gate_s is None and state is not None and state.mode is not SafetyMode.ARMED:
                gate_s = time.monotonic()
            return bool(gate_s and _stands_s(robot, began_s))

        robot.until(is_over, WAIT_S)
        watchdog_s = _disarmed_s(robot, began_s)
        for measured, at_s in zip(found.values(), (watchdog_s, _stands_s(robot, began_s), gate_s), strict=True):
            measured.add(began_s, at_s)
        joined_s = time.monotonic()
        robot.tap.cut(False)
        robot.pause(0.5)
        moved_after += robot.wire.first_motion_s(joined_s) is not None
        robot.come_to_rest(goal)
        robot.arm()
    found["moved by itself after joining"] = Measured([], trials - moved_after)
    return found


def _disarmed_s(robot: LiveRobot, after_s: float) -> float | None:
    return robot.wire.first_board_s(after_s, lambda t: not t.board.armed)


def _stands_s(robot: LiveRobot, after_s: float) -> float | None:
    def halted(telemetry: Telemetry) -> bool:
        return not telemetry.board.armed and stands(telemetry)

    return robot.wire.first_board_s(after_s, halted)


def report(
    stops: dict[str, tuple[Measured, Measured]],
    brain: dict[str, Measured],
    motor: dict[str, Measured],
    cut: dict[str, Measured],
    real_time: bool,
    load: float,
    swap: str,
) -> Report:
    cfg = load_config()
    name = "stop" if any(not each.startswith("brain swapping") for each in stops) else "stop_swapping"
    out = Report(name, "Stopping, on the serial line", ("ros-rclpy", "mujoco"))
    out.text(
        "With the processes of `moe-robot up --sim`, always out of a drive. Monotonic times in ms; the wire is a tap "
        f"between motor node and board ({'real-time' if real_time else 'normal'} priority). Busy = one process of pure "
        f"Python for each of the {os.cpu_count()} cores, at normal priority. "
        f"Load of the machine before: {load:.1f}."
    )
    verdicts = [
        f"{name}: {'reached' if not m.none and m.samples and summary(m.samples).p99 < AIM_MS else 'missed'}"
        for name, (m, _) in stops.items()
    ]
    out.text(f"Aim: stop -> zero on the wire, p99 < {AIM_MS:.0f} ms; {', '.join(verdicts)}.")
    rows = []
    for name, (wire, board) in stops.items():
        rows.append([f"{name} -> zero or e-stop on the wire", *wire.cells()])
        rows.append([f"{name} -> the board reports its e-stop", *board.cells()])
    out.table(["stop", *HEAD], rows)
    out.text(
        f"A stop does not wait for the next period of the gate ({1e3 / cfg.motion.rate_hz:.0f} ms); the board reports "
        "every 20 ms, so that its row is up to 20 ms late."
    )
    if any(name.startswith("brain swapping") for name in stops):
        out.text(f"Brain swapping: its memory pushed out {swap}.")
    else:
        out.text(f"The brain swapping was not measured: {swap or 'not asked for'}.")
    limit_ms = 1e3 * cfg.motion.command_timeout_s
    period_ms = 1e3 / cfg.planner.tick_rate_hz
    if brain:
        out.table(
            ["brain killed (SIGKILL) in mid-drive", *HEAD],
            [[f"-> {name}", *measured.cells()] for name, measured in brain.items()],
        )
        out.text(
            f"The limit by design: the last command is 0 to {period_ms:.0f} ms old when the brain dies, and counts as "
            f"fresh for {limit_ms:.0f} ms; the gate looks every {1e3 / cfg.motion.rate_hz:.0f} ms: "
            f"{limit_ms - period_ms:.0f} to {limit_ms + 1e3 / cfg.motion.rate_hz:.0f} ms."
        )
    if motor:
        out.table(
            ["motor node killed (SIGKILL) in mid-drive", *HEAD],
            [[f"-> {name}", *measured.cells()] for name, measured in motor.items()],
        )
        out.text(f"The limit by design: {1e3 * cfg.hardware.host_timeout_s:.0f} ms of the board's watchdog.")
    if cut:
        moved = cut.pop("moved by itself after joining")
        out.table(
            ["serial line cut in mid-drive", *HEAD],
            [[f"-> {name}", *measured.cells()] for name, measured in cut.items()],
        )
        n = max(len(measured.samples) + measured.none for measured in cut.values())
        out.text(
            f"The limits by design: {1e3 * cfg.hardware.host_timeout_s:.0f} ms of the board's watchdog and "
            f"{1e3 * cfg.hardware.link_timeout_s:.0f} ms until the host counts the link as lost. After the line was "
            f"joined the robot moved by itself in {n - moved.none} of {n} cases."
        )
    return out


def run(given: argparse.Namespace) -> Report:
    rng, load = np.random.default_rng(given.seed), os.getloadavg()[0]
    stops: dict[str, tuple[Measured, Measured]] = {}
    cut: dict[str, Measured] = {}
    with LiveRobot() as robot:
        real_time = robot.tap.real_time
        if given.trials:
            stops["idle: typed"] = stopped(robot, given.trials, rng, typed)
            stops["idle: service"] = stopped(robot, given.trials, rng, by_service)
        if given.cuts:
            cut = cut_line(robot, given.cuts, rng)
        if given.trials:
            with busy_cores(os.cpu_count() or 1):
                robot.pause(1.0)
                stops["every core busy: typed"] = stopped(robot, given.trials, rng, typed)
                stops["every core busy: service"] = stopped(robot, given.trials, rng, by_service)
        swap = missing()
        if given.swaps and not swap:
            with swapping(robot.robot.supervisor.pids["brain"]) as pushed:
                robot.pause(1.0)
                stops["brain swapping: typed"] = stopped(robot, given.swaps, rng, typed)
                stops["brain swapping: service"] = stopped(robot, given.swaps, rng, by_service)
            most_mib = pushed.swapped_kb / 1024
            swap = (
                f"{pushed.times} times, {pushed.bytes / 2**30:.1f} GiB in all, up to {most_mib:.0f} MiB swapped at once"
            )
    brain: dict[str, Measured] = {}
    motor: dict[str, Measured] = {}
    if given.kills:
        brain = killed("brain", given.kills, rng, {"zero on the wire": lambda r, s: r.wire.first_still_s(s)})
        events = {"board's watchdog disarms it": _disarmed_s, "wheels stand (encoders)": _stands_s}
        motor = killed("motor", given.kills, rng, events)
    return report(stops, brain, motor, cut, real_time, load, swap)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--trials", type=int, default=200, help="typed stops and as many by the service, idle and again busy"
    )
    parser.add_argument("--kills", type=int, default=20, help="of the brain, and as many of the motor node")
    parser.add_argument("--cuts", type=int, default=20, help="of the serial line")
    parser.add_argument("--swaps", type=int, default=200, help="typed stops and as many by the service, brain swapping")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-keep", action="store_true", help="print only")
    given = parser.parse_args()
    run(given).write(keep=not given.no_keep)
    return 0


if __name__ == "__main__":
    sys.exit(ended_by_signal(main))
