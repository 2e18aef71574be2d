"""Runs one plan at a time: start, then tick at 20 Hz until it ends; a new start or a cancel ends it at once.

Pure but for the navigator it drives: the world and the time come in, a velocity and what is to be said go out.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

import py_trees
from py_trees.common import Status as TreeStatus

from moe_robot.notation import format_node
from moe_robot.phrases import sentence
from moe_robot.planner.describe import describe, describe_step
from moe_robot.planner.tree import Run, StepLeaf, build
from moe_robot.skills.base import STILL, Hints, SkillTick, SkillTools
from moe_robot.skills.schemas import schemas
from moe_robot.skills.search import Observer
from moe_robot.structs import Language, Plan, PlanNode, Repeat, Status, Step, StepResult, Velocity, WorldState

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ExecutorTick:
    """`step_index` counts from 0 over the steps as written in the plan. `spoken` was said since the last tick.

    `message`: what is being done, or how it ended, for the person. `ended`: this tick ended the plan.
    `outcome` "" while running, else done | failed | cancelled | preempted.
    """

    velocity: Velocity = STILL
    status: Status = Status.SUCCESS
    step_index: int = 0
    step_count: int = 0
    step: Step | None = None
    remaining_m: float | None = None
    spoken: tuple[str, ...] = ()
    results: tuple[StepResult, ...] = ()
    message: str = ""
    ended: bool = False
    outcome: str = ""


class Executor:
    """Not thread safe. One that only tells does not `observe`: the navigator and the coverage are another's."""

    def __init__(self, tools: SkillTools, observe: bool = True) -> None:
        self.tools = tools
        self._observe = observe
        self._schemas = dict(schemas(tools.cfg))
        self._observer = Observer(tools.coverage)
        self._run: Run | None = None
        self._tree: py_trees.behaviour.Behaviour | None = None
        self._nodes: tuple[PlanNode, ...] = ()
        self._language: Language = "en"
        self._last = ExecutorTick()

    @property
    def running(self) -> bool:
        return self._tree is not None

    @property
    def last(self) -> ExecutorTick:
        """The latest tick; after the end of a plan its result."""
        return self._last

    def start(self, plan: Plan, language: Language, world: WorldState, now_s: float) -> ExecutorTick | None:
        """Begin a plan. One that runs is preempted: its result is returned. The first velocity comes with `tick`."""
        interrupted = ""
        preempted = None
        if self._run is not None and self._run.leaf is not None:
            interrupted = describe_step(self._run.leaf.step, self.tools.phrases, language, "todo")
        if self.running:
            preempted = self._interrupt("preempted", self.tools.phrases.say("fail.preempted", self._language))
        self._language = language
        self._nodes = plan.nodes
        self._run = Run(
            self.tools,
            self._schemas,
            self._words,
            Hints(language, interrupted=interrupted if preempted else ""),
            self.tools.cfg.planner.until_timeout_s,
        )
        self._tree = build(plan.nodes, self._run)
        self._last = ExecutorTick(status=Status.RUNNING, step_count=len(self._run.leaves))
        return preempted

    def cancel(self, reason: str, now_s: float) -> ExecutorTick:
        """Stop at once. `reason` is "" or a text for the person; the result says that it was cancelled."""
        if not self.running:
            return replace(self._last, velocity=STILL, spoken=(), ended=False)
        return self._interrupt("cancelled", reason or self.tools.phrases.say("fail.cancelled", self._language))

    def tick(self, world: WorldState, now_s: float) -> ExecutorTick:
        if self._observe:
            self.tools.navigator.observe(world)
            self._observer.update(world)
        run, tree = self._run, self._tree
        if run is None or tree is None:
            self._last = replace(self._last, velocity=STILL, remaining_m=None, spoken=(), ended=False)
            return self._last
        run.world, run.now_s, run.velocity, run.remaining_m = world, now_s, STILL, None
        run.spoken = []
        tree.tick_once()
        if run.ended and tree.status is TreeStatus.RUNNING:
            tree.stop(TreeStatus.INVALID)
        if not run.ended and tree.status is TreeStatus.RUNNING:
            self._last = self._tick(run, Status.RUNNING, self._now(run))
        else:
            failed = tree.status is TreeStatus.FAILURE and not run.ended
            self._last = self._end(run, "failed" if failed else "done")
        for text in self._last.spoken:
            self.tools.say(text)
        return self._last

    # ------------------------------------------------------------------ ends

    def _end(self, run: Run, outcome: str) -> ExecutorTick:
        self._tree = None
        if outcome == "failed":
            assert run.failed is not None
            message = self._words(run.failed)
            left = self._left(run)
            if left:
                todo = describe(left, self.tools.phrases, self._language, "todo")
                message += " " + self.tools.phrases.say("not_done", self._language, todo=todo)
            run.spoken.append(message)
        else:
            message = run.results[-1].text if run.results else ""
            if message and message not in run.spoken:
                run.spoken.append(message)
        run.velocity = STILL
        status = Status.FAILURE if outcome == "failed" else Status.SUCCESS
        return replace(self._tick(run, status, message), ended=True, outcome=outcome)

    def _interrupt(self, outcome: str, message: str) -> ExecutorTick:
        run, tree = self._run, self._tree
        assert run is not None and tree is not None
        leaf = run.leaf
        tree.stop(TreeStatus.INVALID)
        self._tree = None
        if leaf is not None and (not run.results or run.results[-1].step is not leaf.step):
            duration_s = run.now_s - leaf.started_s
            run.results.append(StepResult(leaf.step, Status.FAILURE, message, outcome, duration_s))
        run.velocity, run.remaining_m, run.spoken = STILL, None, [message]
        self._last = replace(self._tick(run, Status.FAILURE, message), ended=True, outcome=outcome)
        log.info("%s: %s", outcome, format_node(leaf.step) if leaf else "before its first step")
        for text in self._last.spoken:
            self.tools.say(text)
        return self._last

    def _left(self, run: Run) -> tuple[PlanNode, ...]:
        """The nodes that come after the failed step at the top of the plan; within a block nothing is listed."""
        if run.leaf is None:
            return self._nodes
        count = 0
        for index, node in enumerate(self._nodes):
            count += _leaves(node)
            if run.leaf.index < count:
                return self._nodes[index + 1 :]
        return ()

    # ------------------------------------------------------------------ words

    def _tick(self, run: Run, status: Status, message: str) -> ExecutorTick:
        leaf: StepLeaf | None = run.leaf
        return ExecutorTick(
            velocity=run.velocity,
            status=status,
            step_index=leaf.index if leaf else 0,
            step_count=len(run.leaves),
            step=leaf.step if leaf else None,
            remaining_m=run.remaining_m,
            spoken=tuple(run.spoken),
            results=tuple(run.results),
            message=message,
        )

    def _now(self, run: Run) -> str:
        if run.leaf is None:
            return ""
        return sentence(describe_step(run.leaf.step, self.tools.phrases, self._language, "now"))

    def _words(self, tick: SkillTick) -> str:
        if not tick.phrase:
            return ""
        return sentence(self.tools.phrases.say(tick.phrase, self._language, **tick.params))


def _leaves(node: PlanNode) -> int:
    if isinstance(node, Step):
        return 1
    if isinstance(node, Repeat):
        return sum(map(_leaves, node.body))
    return sum(map(_leaves, (*node.then, *node.otherwise)))
