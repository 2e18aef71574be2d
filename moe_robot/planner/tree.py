"""A Plan as a py_trees tree: steps are leaves; sequences, repeats, branches and conditions are the nodes between.

The tree holds no world of its own: every tick reads and writes the `Run` that all nodes share.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import py_trees
from py_trees.common import Status as TreeStatus

from moe_robot.notation import format_condition, format_node
from moe_robot.planner.conditions import Decision, Watch
from moe_robot.skills.base import STILL, Hints, Skill, SkillTick, SkillTools, create, failure, success
from moe_robot.skills.control import refuses_to_move
from moe_robot.skills.schemas import Schema
from moe_robot.structs import Branch, Condition, PlanNode, Repeat, Status, Step, StepResult, Velocity, WorldState

log = logging.getLogger(__name__)

ROUND_S = 1.0  # s from one round of an `until` body to the next, at least
ARM_WAIT_S = 1.5  # s that a moving step waits for a gate that is not armed yet
SCAN_WAIT_S = 2.0  # s that a moving step waits for a lidar that is silent; the gate lets nothing through meanwhile
_TREE_STATUS = {
    Status.RUNNING: TreeStatus.RUNNING,
    Status.SUCCESS: TreeStatus.SUCCESS,
    Status.FAILURE: TreeStatus.FAILURE,
}


@dataclass
class Run:
    """What one run of a plan shares between its nodes; written anew each tick."""

    tools: SkillTools
    schemas: dict[str, Schema]
    say: Callable[[SkillTick], str]  # a tick's phrase in the speaker's words
    hints: Hints
    until_timeout_s: float
    world: WorldState = field(default_factory=lambda: WorldState(0.0))
    now_s: float = 0.0
    velocity: Velocity = STILL
    remaining_m: float | None = None
    leaf: StepLeaf | None = None  # the step at work, or the last one
    leaves: list[StepLeaf] = field(default_factory=list)  # in the order of the plan
    results: list[StepResult] = field(default_factory=list)
    spoken: list[str] = field(default_factory=list)  # in this tick
    failed: SkillTick | None = None  # what ended the plan
    ended: bool = False  # a `stop` step ends everything


class StepLeaf(py_trees.behaviour.Behaviour):
    """One step: builds its skill anew at each entry, bounds its time, records how it ended."""

    def __init__(self, run: Run, step: Step, endless: bool, ends_all: bool) -> None:
        super().__init__(format_node(step))
        self.run, self.step, self.endless, self.ends_all = run, step, endless, ends_all
        self.schema = run.schemas[step.skill]
        self.index = len(run.leaves)
        self.skill: Skill | None = None
        self.blind_s = math.inf  # since when there is no scan
        run.leaves.append(self)

    def initialise(self) -> None:
        run = self.run
        if run.ended:
            return
        run.leaf = self
        hints = Hints(run.hints.language, self.endless, run.hints.interrupted)
        self.skill = create(self.step, run.tools, hints)
        self.started_s, self.blind_s = run.now_s, math.inf
        self.skill.start(run.world, run.now_s)

    def update(self) -> TreeStatus:
        run = self.run
        if run.ended:  # what follows a stop at the end of a block is never begun
            return TreeStatus.RUNNING
        assert self.skill is not None
        tick = self._ahead_of_skill() or self.skill.tick(run.world, run.now_s)
        run.velocity, run.remaining_m = tick.velocity, tick.remaining_m
        if tick.status is not Status.RUNNING:
            self._record(tick)
        return _TREE_STATUS[tick.status]

    def _ahead_of_skill(self) -> SkillTick | None:
        """What ends or holds a step whatever its skill wants: a gate that lets nothing through, no scan, too long."""
        run, elapsed_s = self.run, self.run.now_s - self.started_s
        if self.schema.moves and (phrase := refuses_to_move(run.world)):
            if phrase == "fail.disarmed" and elapsed_s < ARM_WAIT_S:
                return SkillTick(Status.RUNNING)
            self._let_go()
            return failure(phrase, f"gate: {run.world.safety.mode.value}" if run.world.safety else "")
        self.blind_s = min(self.blind_s, run.now_s) if run.world.scan is None else math.inf
        if self.schema.moves and run.now_s - self.blind_s > SCAN_WAIT_S:
            self._let_go()
            return failure("fail.scan", f"no scan for {run.now_s - self.blind_s:.1f} s")
        if elapsed_s > self.schema.timeout_s:
            self._let_go()
            return failure("fail.timeout", f"ran {elapsed_s:.1f} s", limit_s=self.schema.timeout_s)
        return None

    def _let_go(self) -> None:
        if self.skill is not None:
            self.skill.stop()

    def _record(self, tick: SkillTick) -> None:
        run = self.run
        text = run.say(tick)
        duration_s = run.now_s - self.started_s
        run.results.append(StepResult(self.step, tick.status, text, tick.evidence, duration_s))
        log.info("%s: %s after %.1f s: %s", self.name, tick.status.value, duration_s, tick.evidence)
        self.skill = None
        if tick.status is Status.FAILURE:
            run.failed = tick
        elif self.ends_all:
            run.ended = True
        if tick.status is Status.SUCCESS and text and self.schema.answers:
            run.spoken.append(text)

    def terminate(self, new_status: TreeStatus) -> None:
        """INVALID: interrupted by an `until`, a new plan or a cancel."""
        if new_status is TreeStatus.INVALID and self.skill is not None:
            self._let_go()
            self.skill = None
            self.run.velocity = STILL


class Until(py_trees.composites.Selector):
    """The condition is asked first at every tick; when it holds, the body is interrupted where it is."""

    def __init__(self, run: Run, condition: Condition, body: py_trees.behaviour.Behaviour, first: int) -> None:
        self.run, self.watch = run, Watch(condition)
        holds = _Holds(run, self.watch, range(first, len(run.leaves)))
        super().__init__("until", memory=False, children=[holds, _Again(run, body)])

    def initialise(self) -> None:
        self.watch.start(self.run.world, self.run.now_s)
        self.started_s = self.run.now_s

    def tick(self) -> Iterator[py_trees.behaviour.Behaviour]:
        run = self.run
        if self.status is TreeStatus.RUNNING and run.now_s - self.started_s > run.until_timeout_s:
            for child in self.children:
                if child.status is TreeStatus.RUNNING:
                    child.stop(TreeStatus.INVALID)
            run.failed = failure("fail.until_timeout", "condition never held", limit_s=run.until_timeout_s)
            self.stop(TreeStatus.FAILURE)
            yield self
            return
        yield from super().tick()


class _Holds(py_trees.behaviour.Behaviour):
    """Records, when the condition holds, that the step at work has reached what it was for."""

    def __init__(self, run: Run, watch: Watch, leaves: range) -> None:
        super().__init__("holds")
        self.run, self.watch, self.leaves = run, watch, leaves

    def update(self) -> TreeStatus:
        run, condition = self.run, self.watch.condition
        if not self.watch.holds(run.world, run.now_s):
            return TreeStatus.FAILURE
        inside = run.leaf is not None and run.leaf.index in self.leaves
        leaf = run.leaf if inside and run.leaf is not None else run.leaves[self.leaves.start]
        params = {"thing": self.watch.target.thing, "percent": condition.params.get("percent", 0.0)}
        met = success(f"met.{'not_' if condition.negated else ''}{condition.kind}", self._evidence(), **params)
        text = run.say(met)
        duration_s = run.now_s - leaf.started_s if inside else 0.0
        run.results.append(StepResult(leaf.step, Status.SUCCESS, text, met.evidence, duration_s))
        run.spoken.append(text)
        return TreeStatus.SUCCESS

    def _evidence(self) -> str:
        world, condition = self.run.world, self.watch.condition
        if condition.kind == "battery_below":
            return f"{format_condition(condition)}: {world.battery.percent if world.battery else 0.0:.1f} %"
        return f"{format_condition(condition)}: image of t={world.image_t_s:.2f} s"


class _Again(py_trees.decorators.Decorator):
    """Runs its child over and over. Rounds begin at least ROUND_S apart, so that a body of words does not gabble."""

    def __init__(self, run: Run, child: py_trees.behaviour.Behaviour) -> None:
        super().__init__("again", child)
        self.run = run

    def initialise(self) -> None:
        self.round_s = self.run.now_s

    def tick(self) -> Iterator[py_trees.behaviour.Behaviour]:
        run = self.run
        resting = self.decorated.status is TreeStatus.SUCCESS and self.status is TreeStatus.RUNNING
        if resting and run.now_s - self.round_s < ROUND_S:
            run.velocity = STILL
            yield self
            return
        if resting:
            self.round_s = run.now_s
        yield from super().tick()

    def update(self) -> TreeStatus:
        return TreeStatus.FAILURE if self.decorated.status is TreeStatus.FAILURE else TreeStatus.RUNNING


class Decide(py_trees.composites.Composite):
    """Asks its condition once, at the beginning, then runs the one child or the other to its end."""

    def __init__(
        self, run: Run, condition: Condition, then: py_trees.behaviour.Behaviour, other: py_trees.behaviour.Behaviour
    ) -> None:
        super().__init__("if", children=[then, other])
        self.run, self.condition = run, condition
        self.decision = Decision(condition)

    def tick(self) -> Iterator[py_trees.behaviour.Behaviour]:
        run = self.run
        if self.status is not TreeStatus.RUNNING:
            self.current_child = None
            self.decision = Decision(self.condition)
        if self.current_child is None:
            answer = self.decision.answer(run.world, run.now_s)
            if answer is None:
                run.velocity = STILL
                missing = self.decision.sensor_missing(run.now_s)
                if missing:
                    run.failed = failure(missing, "no data for the condition")
                    self.stop(TreeStatus.FAILURE)
                else:
                    self.status = TreeStatus.RUNNING
                yield self
                return
            self.current_child = self.children[0 if answer else 1]
        yield from self.current_child.tick()
        self.status = self.current_child.status
        if self.status is not TreeStatus.RUNNING:
            self.stop(self.status)
        yield self


def build(nodes: tuple[PlanNode, ...], run: Run) -> py_trees.behaviour.Behaviour:
    """The tree of a plan; its leaves register themselves in `run.leaves`."""
    return _sequence(nodes, run, endless=False)


def _sequence(nodes: tuple[PlanNode, ...], run: Run, endless: bool) -> py_trees.behaviour.Behaviour:
    children = [_node(node, run, endless, index == len(nodes) - 1) for index, node in enumerate(nodes)]
    return py_trees.composites.Sequence("sequence", memory=True, children=children)


def _node(node: PlanNode, run: Run, endless: bool, ends_block: bool) -> py_trees.behaviour.Behaviour:
    if isinstance(node, Step):
        # A stop that something follows only halts; at the end of its block it ends the whole plan.
        return StepLeaf(run, node, endless, node.skill == "stop" and ends_block)
    if isinstance(node, Branch):
        then = _sequence(node.then, run, endless)
        return Decide(run, node.condition, then, _sequence(node.otherwise, run, endless))
    assert isinstance(node, Repeat)
    first = len(run.leaves)
    if node.until is not None:
        return Until(run, node.until, _sequence(node.body, run, endless=True), first)
    body = _sequence(node.body, run, endless)
    return py_trees.decorators.Repeat(f"{node.times} times", body, num_success=node.times or 1)
