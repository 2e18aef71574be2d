"""The one list of nodes, and the process around each: `python -m moe_robot.nodes.run motor --config my.yaml`.

`node_commands` gives the command lines that both doors start: `moe-robot up` and launch/brain.launch.py. The process
ends cleanly on SIGINT, SIGTERM and when its parent is gone, within 3 s at the latest. Imports rclpy only when it runs.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import faulthandler
import gc
import importlib
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, cast

from moe_robot.config import Config, load_config, read_settings
from moe_robot.errors import MoeRobotError
from moe_robot.nodes.priority import lock_memory, take_priority
from moe_robot.paths import runtime_dir

log = logging.getLogger(__name__)

# name -> "module:Class". The order is the order of the start; the first ends last (the motor writes its zeros to it).
NODES: dict[str, str] = {
    "sim": "moe_robot.nodes.sim_node:SimNode",
    "motor": "moe_robot.nodes.motor_node:MotorNode",
    "localization": "moe_robot.nodes.localization_node:LocalizationNode",
    "brain": "moe_robot.nodes.brain_node:BrainNode",
    "memory": "moe_robot.nodes.memory_node:MemoryNode",
    "vision": "moe_robot.nodes.vision_node:VisionNode",
}
# Who must not wait for a core: the gate, in real time where permitted, and, in simulation, the board it talks to.
URGENT = {"motor"}
NICENESS: dict[str, int] = {"motor": -10, "sim": -5}
END_S = 2.5  # s from the wish to end until the process ends itself by force
PR_SET_PDEATHSIG = 1
PARENT_PID = "MOE_ROBOT_PARENT_PID"  # set by `moe-robot up`; without it the parent at the start counts


@dataclass(frozen=True)
class Options:
    """What both doors can be asked for. "" and None leave the configuration as it is."""

    sim: bool = False
    config: Path | None = None
    namespace: str = ""
    use_sim_time: bool = False
    language: str = ""
    serial_port: str = ""
    motor_port: str = ""  # simulation only: what the motor node opens instead of it, such as a tap on the line
    home: str = ""  # world name or file: what the robot knows
    world: str = ""  # simulation only: what is really there; "" = the same as home
    use_audio: bool = False
    use_vision: bool = True
    gateway: bool = False
    log_level: str = "info"
    settings: tuple[str, ...] = ()  # more overrides, "motion.rate_hz=50"


def motor_port() -> Path:
    """Where the simulator links the pseudo-terminal of its motor board. The name belongs to this run: a link that
    another one left behind may lead to a terminal that somebody types in."""
    return runtime_dir() / f"motor_port-{os.getpid()}"


def node_list(options: Options) -> list[str]:
    """Names of the nodes to start."""
    left_out = {"sim"} if not options.sim else set()
    if not options.use_vision:
        left_out.add("vision")
    return [name for name in NODES if name not in left_out]


def node_commands(options: Options) -> dict[str, list[str]]:
    """Name -> command line of each process, in the order of the start."""
    settings = [f"robot.language={options.language}"] if options.language else []
    port = options.serial_port or (str(motor_port()) if options.sim else "")
    settings += [f"hardware.port={port}"] if port else []
    settings += [f"robot.home={options.home}"] if options.home else []
    common = ["--config", str(Path(options.config).absolute())] if options.config else []
    for setting in (*settings, *options.settings):
        common += ["--set", setting]
    ros = ["--ros-args", "--log-level", options.log_level]
    if options.namespace:
        ros += ["-r", f"__ns:=/{options.namespace.strip('/')}"]
    commands = {}
    for name in node_list(options):
        own = ["--world", options.world] if name == "sim" and options.world else []
        own += ["--set", f"hardware.port={options.motor_port}"] if name == "motor" and options.motor_port else []
        if options.use_sim_time:
            own += ["--publish-clock"] if name == "sim" else []
        time_source = ["-p", "use_sim_time:=true"] if options.use_sim_time and name != "sim" else []
        commands[name] = [sys.executable, "-m", __name__, name, *common, *own, *ros, *time_source]
    return commands


def notices(options: Options) -> list[str]:
    """What was asked for and is not there yet, one sentence each."""
    said = []
    if options.use_audio:
        said.append("use_audio: the audio node is not part of this version yet; type commands with `moe-robot say`.")
    if options.gateway:
        said.append("gateway: the web gateway is not part of this version yet; use `moe-robot say`.")
    return said


@dataclass(frozen=True)
class Arguments:
    """What a node gets besides its configuration."""

    name: str
    world: str = ""
    publish_clock: bool = False


def parse(argv: Sequence[str]) -> tuple[Arguments, Config, list[str]]:
    """Our arguments stand before `--ros-args`, what follows is for rclpy. Raises ConfigError."""
    own, ros = list(argv), []
    if "--ros-args" in own:
        at = own.index("--ros-args")
        own, ros = own[:at], own[at:]
    parser = argparse.ArgumentParser(prog="moe_robot.nodes.run", description="One node of moe_robot.")
    parser.add_argument("name", choices=list(NODES))
    parser.add_argument("--config", type=Path, help="YAML laid over config/robot_config.yaml")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="override, motion.rate_hz=50")
    parser.add_argument("--world", default="", help="sim only: the world that is simulated; default robot.home")
    parser.add_argument("--publish-clock", action="store_true", help="sim only: publish /clock")
    given = parser.parse_args(own)
    return (
        Arguments(given.name, given.world, given.publish_clock),
        load_config(given.config, read_settings(given.set)),
        ros,
    )


class Ending:
    """The wish to end, from a signal or because the parent is gone. A process that ignores it is ended by force.

    The handler of a signal only writes an attribute: a lock taken there is waited for without end when a second signal
    comes while the first holds it. The force needs no GIL, so a thread that hangs with it cannot keep the process.
    """

    def __init__(self) -> None:
        self.reason = ""
        self._parent = int(os.environ.get(PARENT_PID, os.getppid()))  # it may have died while this process imported
        with contextlib.suppress(OSError, AttributeError):  # Linux only; the poll below is for the rest
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)
        threading.Thread(target=self._watch, name="ending", daemon=True).start()

    @property
    def asked(self) -> bool:
        return bool(self.reason)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self.reason = self.reason or signal.Signals(number).name

    def _watch(self) -> None:
        while not self.asked:
            time.sleep(0.1)
            if os.getppid() != self._parent:
                self.reason = self.reason or "the parent process is gone"
        faulthandler.dump_traceback_later(END_S, exit=True)


@contextlib.contextmanager
def ros(arguments: Sequence[str]) -> Iterator[None]:
    import rclpy
    from rclpy.signals import SignalHandlerOptions

    rclpy.init(args=list(arguments), signal_handler_options=SignalHandlerOptions.NO)
    try:
        yield
    finally:
        rclpy.try_shutdown()


def spin(node: Any, ending: Ending) -> None:
    """Until the wish to end. An exception of a timer or of the node's own code comes out here."""
    from rclpy.executors import SingleThreadedExecutor

    executor = SingleThreadedExecutor()
    executor.add_node(node)
    try:
        while not ending.asked:
            executor.spin_once(timeout_sec=0.2)
    finally:
        executor.remove_node(node)
        executor.shutdown(0.0)


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code 0: ended as asked; 1: the node failed; 2: wrong arguments or configuration."""
    logging.basicConfig(level=logging.INFO, format="[%(levelname)s] [%(name)s]: %(message)s", stream=sys.stderr)
    logging.getLogger("pymorphy3").setLevel(logging.WARNING)
    # One thread each: small matrices gain nothing from more, and the cores belong to the other nodes.
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    ending = Ending()
    try:
        arguments, config, ros_arguments = parse(sys.argv[1:] if argv is None else argv)
    except MoeRobotError as error:
        log.error("%s", error)
        return 2
    module, _, name = NODES[arguments.name].partition(":")
    try:
        with ros(ros_arguments):
            cls = getattr(importlib.import_module(module), name)
            if arguments.name in NICENESS:  # before the node, whose DDS threads inherit it
                got = take_priority(NICENESS[arguments.name], real_time=arguments.name in URGENT)
                locked = arguments.name in URGENT and lock_memory()
                log.info("%s runs at %s priority%s", arguments.name, got, ", its memory locked" if locked else "")
            node = cast(Any, cls(arguments, config))
            gc.freeze()  # what is there now stays: a full collection took 85 ms in the brain, 25 ms in the motor node
            try:
                spin(node, ending)
            finally:
                node.close()
                node.destroy_node()
    except MoeRobotError as error:
        log.error("%s: %s", arguments.name, error)
        return 1
    except Exception:
        log.exception("%s failed", arguments.name)
        return 1
    log.info("%s ends: %s", arguments.name, ending.reason)
    return 0


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    os._exit(code)  # threads of drivers and DDS are daemons; nothing is left to wait for
