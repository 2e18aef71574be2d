"""ros2 launch moe_robot brain.launch.py sim:=true

Starts the same processes as `moe-robot up`: the list is `moe_robot.nodes.run.node_commands`. `launch` itself is
imported only where it is used, so that the list can be checked on a machine without a ROS distribution.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from moe_robot.nodes.run import Options, node_commands, notices

# name: (default, meaning)
ARGUMENTS = {
    "sim": ("false", "simulated robot instead of a device"),
    "config": ("", "YAML laid over the shipped configuration"),
    "namespace": ("", "namespace of all nodes"),
    "use_sim_time": ("false", "run the graph on the simulator's clock"),
    "language": ("", "ru | en: what the robot speaks by itself; empty: as configured"),
    "serial_port": ("", "port of the motor board; empty: as configured, or the simulator's"),
    "use_audio": ("false", "not part of this version yet"),
    "use_vision": ("true", "start the vision node"),
    "gateway": ("false", "not part of this version yet"),
    "log_level": ("info", "debug | info | warn | error"),
}


def options(arguments: Mapping[str, str]) -> Options:
    """Raises ValueError that names the argument."""
    unknown = set(arguments) - set(ARGUMENTS)
    if unknown:
        raise ValueError(f"unknown argument {sorted(unknown)[0]}; known: {', '.join(ARGUMENTS)}")
    text = {name: arguments.get(name, default) for name, (default, _) in ARGUMENTS.items()}
    return Options(
        sim=_flag("sim", text),
        config=Path(text["config"]) if text["config"] else None,
        namespace=text["namespace"],
        use_sim_time=_flag("use_sim_time", text),
        language=text["language"],
        serial_port=text["serial_port"],
        use_audio=_flag("use_audio", text),
        use_vision=_flag("use_vision", text),
        gateway=_flag("gateway", text),
        log_level=text["log_level"],
    )


def _flag(name: str, text: Mapping[str, str]) -> bool:
    value = text[name].lower()
    if value not in ("true", "false", "1", "0"):
        raise ValueError(f"{name}:={text[name]}: expected true or false")
    return value in ("true", "1")


def generate_launch_description():
    from launch import LaunchDescription
    from launch.actions import DeclareLaunchArgument, ExecuteProcess, LogInfo, OpaqueFunction
    from launch.substitutions import LaunchConfiguration

    from moe_robot.cli import environment

    environment.prepare()

    def start(context):
        wanted = options({name: LaunchConfiguration(name).perform(context) for name in ARGUMENTS})
        processes = [
            ExecuteProcess(cmd=command, name=name, output="screen", respawn=True, respawn_delay=0.5)
            for name, command in node_commands(wanted).items()
        ]
        return [LogInfo(msg=notice) for notice in notices(wanted)] + processes

    declared = [
        DeclareLaunchArgument(name, default_value=default, description=meaning)
        for name, (default, meaning) in ARGUMENTS.items()
    ]
    return LaunchDescription([*declared, OpaqueFunction(function=start)])
