"""The motor process on the text firmware of hobby robots, over each kind of line, as `motor_rig.py` for our own."""

from __future__ import annotations

import dataclasses
import time

from motor_rig import CFG, KINEMATICS, MODEL, LoopbackRig, SerialRig, WatchedPlant

from moe_robot.hardware.bases import make_base, make_link
from moe_robot.hardware.loopback import LoopbackBase
from moe_robot.motion.controller import MotorCore
from moe_robot.sim.pty_port import PtyPort
from moe_robot.sim.text_board import TextBoard

# Patient with a machine that does other work too: this board answers only when it is asked and has a thread for it.
TEXT_CFG = dataclasses.replace(CFG.hardware, protocol="ros_arduino", text_boot_s=0.5, link_timeout_s=0.5)


class TextLoopbackRig(LoopbackRig):
    def __init__(self) -> None:
        self._now_s = 0.0
        self.plant = WatchedPlant()
        self.board = TextBoard(self.plant)
        link = make_link(TEXT_CFG, MODEL.ticks_per_rev)
        self.base = LoopbackBase(self.board, TEXT_CFG, KINEMATICS, self.now_s, link=link)
        self.base.open()
        self.core = MotorCore(CFG.motion, MODEL, self.base)


class TextSerialRig(SerialRig):
    def __init__(self) -> None:
        self.plant = WatchedPlant()
        self.board = TextBoard(self.plant)
        self.port = PtyPort(self.board)
        self.base = make_base(dataclasses.replace(TEXT_CFG, port=self.port.path), KINEMATICS, MODEL)
        self.base.open()
        self.core = MotorCore(CFG.motion, MODEL, self.base)
        self._stepped_s = time.monotonic()
