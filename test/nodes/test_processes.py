"""Each node in a process of its own: it starts, answers, and ends when asked or when its parent is gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from conftest import Start
from geometry_msgs.msg import PoseWithCovarianceStamped, Twist
from listener import WAIT_S, Listener
from nav_msgs.msg import Odometry
from sensor_msgs.msg import BatteryState, CameraInfo, Image, LaserScan
from std_msgs.msg import String
from std_srvs.srv import SetBool, Trigger

from moe_robot.config import load_config
from moe_robot.nodes.ros import COMMAND, EVENT, ODOM, SENSOR, STATE
from moe_robot.nodes.run import PARENT_PID
from moe_robot.sim.board import Board
from moe_robot.sim.ideal_plant import IdealPlant
from moe_robot.sim.pty_port import PtyPort
from moe_robot_interfaces.msg import Detections, Record, Records, SafetyState, Truth
from moe_robot_interfaces.srv import Describe, Forget, Recall, Remember, ResetEstop

# What a node publishes or serves once it is up.
SIGNS = {
    "motor": (SafetyState, "safety_state", STATE),
    "memory": (Records, "places", STATE),
    "sim": (LaserScan, "scan", SENSOR),
}


def wait_for_sign(name: str, listener: Listener) -> None:
    kind, topic, qos = SIGNS[name]
    heard = listener.hear(kind, topic, qos)
    listener.until(lambda: heard, f"'{topic}' of {name}")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("name", list(SIGNS))
def test_a_node_ends_cleanly_on_a_signal(name, number, start: Start, tmp_path: Path) -> None:
    process = start(name, f"hardware.port={tmp_path / 'port'}")
    with Listener() as listener:
        wait_for_sign(name, listener)
    process.send_signal(number)
    assert process.wait(WAIT_S) == 0  # 70 would be the node's own deadline


@pytest.mark.parametrize("name", list(SIGNS))
def test_a_node_ends_when_its_parent_is_killed(name, ros_domain: int, tmp_path: Path) -> None:
    code = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-m', 'moe_robot.nodes.run', *sys.argv[1:]])\n"
        "print(child.pid, flush=True)\n"
        "child.wait()\n"
    )
    env = {**os.environ, "MOE_ROBOT_HOME": str(tmp_path), "ROS_LOG_DIR": str(tmp_path)}
    port = f"hardware.port={tmp_path / 'port'}"
    parent = subprocess.Popen([sys.executable, "-c", code, name, "--set", port], env=env, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    node = psutil.Process(int(parent.stdout.readline()))
    with Listener() as listener:
        wait_for_sign(name, listener)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline_s = time.monotonic() + WAIT_S
    while node.is_running() and node.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline_s, f"{name} outlives its parent"
        time.sleep(0.05)


def test_a_shower_of_signals_ends_a_node_too(start: Start, tmp_path: Path) -> None:
    process = start("memory", f"hardware.port={tmp_path / 'port'}")
    with Listener() as listener:
        wait_for_sign("memory", listener)
    while process.poll() is None:
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGINT)
    assert process.returncode == 0


def test_a_node_whose_parent_died_before_it_looked_ends(ros_domain: int, tmp_path: Path) -> None:
    env = {**os.environ, "MOE_ROBOT_HOME": str(tmp_path), "ROS_LOG_DIR": str(tmp_path)}
    gone = subprocess.Popen(["true"])
    gone.wait()
    command = [sys.executable, "-m", "moe_robot.nodes.run", "memory"]
    process = subprocess.Popen(command, env={**env, PARENT_PID: str(gone.pid)})
    assert process.wait(WAIT_S) == 0


def test_a_wrong_setting_ends_the_node_with_the_name_of_the_key(start: Start, tmp_path: Path) -> None:
    assert start("motor", "motion.rate_hz=fast").wait(WAIT_S) == 2
    assert "motion.rate_hz" in (tmp_path / "motor.log").read_text()


def test_motor_arms_drives_and_stops_past_the_brain(start: Start) -> None:
    plant = IdealPlant()
    with PtyPort(Board(plant, load_config().hardware)) as port, Listener() as listener:
        states = listener.hear(SafetyState, "safety_state", STATE)
        odometry = listener.hear(Odometry, "odom", ODOM)
        start("motor", f"hardware.port={port.path}")
        listener.until(lambda: odometry, "odometry")
        command = listener.node.create_publisher(Twist, "cmd_vel", COMMAND)
        scan = listener.node.create_publisher(LaserScan, "scan", SENSOR)
        stop = listener.node.create_publisher(String, "stop", EVENT)
        forward = Twist()
        forward.linear.x = 0.3
        free = LaserScan(angle_min=-3.1, angle_increment=0.1, range_min=0.1, range_max=8.0, ranges=[5.0] * 62)

        def drive() -> bool:
            free.header.stamp = listener.node.get_clock().now().to_msg()
            scan.publish(free)
            command.publish(forward)
            return plant.commanded_radps[0] > 1.0

        for _ in range(20):
            drive()
            listener.spin(0.02)
        assert plant.commanded_radps == (0.0, 0.0)  # boots disarmed
        listener.until(lambda: listener.call(SetBool, "arm", SetBool.Request(data=True)).success, "arming")
        command.publish(Twist())  # what was streamed before arming goes through zero first
        listener.spin(0.2)
        listener.until(drive, "turning wheels")
        stop.publish(String(data="text: стоп"))
        listener.until(lambda: states and states[-1].mode == SafetyState.ESTOP, "the e-stop")
        listener.until(lambda: plant.commanded_radps == (0.0, 0.0), "the board's thread")  # the zero has been sent
        cause = states[-1].causes[0]
        assert (cause.kind, cause.source) == ("text", "стоп")
        assert not listener.call(SetBool, "arm", SetBool.Request(data=True)).success

        neutral = listener.node.create_publisher(Twist, "cmd_vel", COMMAND)

        def released() -> bool:
            neutral.publish(Twist())
            wrong = listener.call(ResetEstop, "reset_estop", ResetEstop.Request(estop_id=99))
            right = listener.call(ResetEstop, "reset_estop", ResetEstop.Request(estop_id=states[-1].estop_id))
            assert not wrong.success
            return bool(right.success)

        listener.until(released, "the reset")
        listener.until(lambda: states[-1].mode == SafetyState.DISARMED, "disarmed after the reset")


def test_the_stop_service_engages_the_gate(start: Start, tmp_path: Path) -> None:
    with Listener() as listener:
        states = listener.hear(SafetyState, "safety_state", STATE)
        start("motor", f"hardware.port={tmp_path / 'port'}")
        assert listener.call(Trigger, "stop", Trigger.Request()).success
        listener.until(lambda: states and states[-1].mode == SafetyState.ESTOP, "the e-stop")
        assert states[-1].causes[0].kind == "api"


def test_motor_without_a_board_lives_and_says_that_the_link_is_missing(start: Start, tmp_path: Path) -> None:
    with Listener() as listener:
        process = start("motor", f"hardware.port={tmp_path / 'port'}")
        answer = listener.call(SetBool, "arm", SetBool.Request(data=True))
        assert not answer.success
        assert "нет связи" in answer.message
        listener.until(lambda: "no such device" in (tmp_path / "motor.log").read_text(), "the remedy in the log")
        assert process.poll() is None


def test_the_simulated_robot_knows_where_it_is_and_sees(start: Start, tmp_path: Path) -> None:
    port = f"hardware.port={tmp_path / 'port'}"
    with Listener() as listener:
        images = listener.hear(Image, "camera/image_raw", SENSOR)
        depths = listener.hear(Image, "camera/depth", SENSOR)
        infos = listener.hear(CameraInfo, "camera/camera_info", SENSOR)
        batteries = listener.hear(BatteryState, "battery_state", STATE)
        truths = listener.hear(Truth, "sim/truth", EVENT)
        poses = listener.hear(PoseWithCovarianceStamped, "pose", STATE)
        detections = listener.hear(Detections, "detections", EVENT)
        for name in ("sim", "motor", "localization", "vision"):
            start(name, port)
        for heard, what in ((images, "images"), (depths, "depth"), (infos, "camera_info"), (batteries, "battery")):
            listener.until(lambda heard=heard: heard, what)
        assert (images[0].encoding, depths[0].encoding) == ("rgb8", "32FC1")
        assert infos[0].header.frame_id == "camera_optical"
        listener.until(lambda: truths and poses and poses[-1].pose.covariance[0] < 0.05, "the robot finding itself")
        believed, true = poses[-1].pose.pose.position, truths[-1]
        assert believed.x == pytest.approx(true.x_m, abs=0.15)
        assert believed.y == pytest.approx(true.y_m, abs=0.15)
        listener.until(lambda: detections, "detections")
        told = listener.call(Describe, "describe", Describe.Request(language="en"))
        assert (told.success, told.text[:2]) == (True, "I ")


def test_the_port_of_a_real_device_is_not_taken_by_the_simulator(start: Start, tmp_path: Path) -> None:
    device = tmp_path / "device"
    device.write_bytes(b"")
    assert start("sim", f"hardware.port={device}").wait(WAIT_S) == 1
    assert "a real device" in (tmp_path / "sim.log").read_text()
    assert not device.is_symlink()


def test_memory_keeps_a_place_over_a_restart_and_forgets_it(start: Start) -> None:
    with Listener() as listener:
        first = start("memory")
        request = Remember.Request(name="Мой уголок", language="ru", x_m=1.0, y_m=2.0, yaw_rad=0.5)
        kept = listener.call(Remember, "remember", request)
        assert kept.success, kept.error
        first.kill()
        first.wait()
        start("memory")
        places = listener.call(Recall, "recall", Recall.Request(type=Record.PLACE))
        assert [(p.place, list(p.names), p.x_m) for p in places.records] == [(kept.record.place, ["мой уголок"], 1.0)]
        forgotten = listener.call(Forget, "forget", Forget.Request(type=Record.PLACE, place=kept.record.place))
        assert (forgotten.success, forgotten.count) == (True, 1)
        assert listener.call(Recall, "recall", Recall.Request(type=Record.PLACE)).count == 0
