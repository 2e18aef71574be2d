"""The brain node without ROS: what the robot believes, what it was told, what it does about it.

    sensors -> world (WorldModel) --\\
    Turn (brain.respond) -> Agent.start -> Agent.tick(now_s) at planner.tick_rate_hz -> ExecutorTick.velocity -> gate

The brain node and the lock-step robot both wrap this class, so that what is tested in simulated time is what runs on
the robot. One thread calls it; thinking (`moe_robot.brain`) may run in another, it has no side effects.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from moe_robot.config import Config
from moe_robot.lexicon import Lexicon
from moe_robot.phrases import Phrases
from moe_robot.planner.executor import Executor, ExecutorTick
from moe_robot.robot_model import RobotModel
from moe_robot.skills.base import MemoryPort, SkillTools
from moe_robot.skills.schemas import schemas
from moe_robot.structs import Language, Plan, Step, WorldState
from moe_robot.world.coverage import Coverage
from moe_robot.world.home import Home
from moe_robot.world.model import WorldModel
from moe_robot.world.navigator import Navigator


class Agent:
    """`world` takes the sensors. `say` is called with each text that the robot speaks, `say_aside` with the answers to
    questions in mid-drive. `navigator` replaces our own."""

    def __init__(
        self,
        cfg: Config,
        home: Home,
        model: RobotModel,
        lexicon: Lexicon,
        memory: MemoryPort,
        say: Callable[[str], None],
        navigator: Navigator | None = None,
        say_aside: Callable[[str], None] | None = None,
    ) -> None:
        self.world = WorldModel(home, cfg.world, model)
        tools = SkillTools(
            home=home,
            lexicon=lexicon,
            phrases=Phrases(lexicon, home.rooms),
            navigator=navigator or Navigator(home, cfg.world, cfg.skills, model),
            memory=memory,
            say=say,
            cfg=cfg,
            coverage=Coverage(home, cfg.world, model),
        )
        self.executor = Executor(tools)
        self.aside = Executor(dataclasses.replace(tools, say=say_aside or say), observe=False)
        self._tells = {skill for skill, schema in schemas(cfg).items() if schema.tells}

    @property
    def running(self) -> bool:
        return self.executor.running

    def is_aside(self, plan: Plan) -> bool:
        """It only tells something, and a plan runs that need not be preempted for it: `start_aside`."""
        return self.running and all(isinstance(node, Step) and node.skill in self._tells for node in plan.nodes)

    def start_aside(self, plan: Plan, language: Language, now_s: float) -> ExecutorTick | None:
        """Begin to tell; the result of the telling that it preempts, if any."""
        return self.aside.start(plan, language, self.world.snapshot(now_s), now_s)

    def tick_aside(self, now_s: float) -> ExecutorTick:
        return self.aside.tick(self.world.snapshot(now_s), now_s)

    def start(self, plan: Plan, language: Language, now_s: float) -> ExecutorTick | None:
        """Begin a plan; the result of the one it preempts, if any. The caller ticks at once: the first velocity."""
        return self.executor.start(plan, language, self.world.snapshot(now_s), now_s)

    def tick(self, now_s: float) -> ExecutorTick:
        return self.executor.tick(self.world.snapshot(now_s), now_s)

    def cancel(self, reason: str, now_s: float) -> ExecutorTick:
        return self.executor.cancel(reason, now_s)

    def missing(self, now_s: float) -> str:
        """The silent part without which the robot cannot move: motor | lidar | localization, "" when all are there."""
        state: WorldState = self.world.snapshot(now_s)
        if state.odom is None:
            return "motor"
        if state.scan is None:
            return "lidar"
        if state.pose is None:
            return "localization"
        return ""
