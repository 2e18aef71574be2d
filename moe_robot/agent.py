"""The brain node without ROS: what the robot believes, what it was told, what it does about it.

    sensors -> world (WorldModel) --\\
    Turn (brain.respond) -> Agent.start -> Agent.tick(now_s) at planner.tick_rate_hz -> ExecutorTick.velocity -> gate

The brain node and the lock-step robot both wrap this class, so that what is tested in simulated time is what runs on
the robot. One thread calls it; thinking (`moe_robot.brain`) may run in another, it has no side effects.
"""

from __future__ import annotations

from collections.abc import Callable

from moe_robot.config import Config
from moe_robot.lexicon import Lexicon
from moe_robot.phrases import Phrases
from moe_robot.planner.executor import Executor, ExecutorTick
from moe_robot.robot_model import RobotModel
from moe_robot.skills.base import MemoryPort, SkillTools
from moe_robot.structs import Language, Plan, WorldState
from moe_robot.world.coverage import Coverage
from moe_robot.world.home import Home
from moe_robot.world.model import WorldModel
from moe_robot.world.navigator import Navigator


class Agent:
    """`world` takes the sensors. `say` is called with each text that the robot speaks. `navigator` replaces our own."""

    def __init__(
        self,
        cfg: Config,
        home: Home,
        model: RobotModel,
        lexicon: Lexicon,
        memory: MemoryPort,
        say: Callable[[str], None],
        navigator: Navigator | None = None,
    ) -> None:
        self.world = WorldModel(home, cfg.world, model)
        self.executor = Executor(
            SkillTools(
                home=home,
                lexicon=lexicon,
                phrases=Phrases(lexicon, home.rooms),
                navigator=navigator or Navigator(home, cfg.world, cfg.skills, model),
                memory=memory,
                say=say,
                cfg=cfg,
                coverage=Coverage(home, cfg.world, model),
            )
        )

    @property
    def running(self) -> bool:
        return self.executor.running

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
