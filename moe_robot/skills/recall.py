"""What memory keeps for people: where a thing was last seen, and places under their names."""

from __future__ import annotations

from collections.abc import Mapping

from moe_robot.phrases import Place
from moe_robot.skills.base import Hints, SkillTick, SkillTools, Ticket, failure, running, success
from moe_robot.skills.journey import pose_facts
from moe_robot.skills.talk import nearest_named
from moe_robot.skills.targets import Target
from moe_robot.structs import Sighting, Value, WorldState

ANSWER_WAIT_S = 3.0
SURE_STD_M = 0.3  # m, with a worse pose a place is not remembered


class RecallSighting:
    """The newest of what this run has seen and what memory knows. When memory is gone, this run alone must know."""

    def __init__(self, params: Mapping[str, Value], tools: SkillTools, hints: Hints) -> None:
        self.tools = tools
        self.target = Target.of(params)

    def start(self, world: WorldState, now_s: float) -> None:
        self.start_s = now_s
        target = self.target
        self.ticket = self.tools.memory.request("recall", kind=target.kind, color=target.color, person=target.person)

    def stop(self) -> None:
        pass

    def tick(self, world: WorldState, now_s: float) -> SkillTick:
        if not self.ticket.done and now_s - self.start_s < ANSWER_WAIT_S:
            return running()
        seen = self.target.sightings(world)
        if self.ticket.done and not self.ticket.error:
            seen += [s for s in recalled(self.ticket) if self.target.matches(s)]
            source = "this run and memory"
        elif seen:
            source = "this run alone, memory is silent"
        else:
            return failure("fail.memory", self.ticket.error or f"no answer in {ANSWER_WAIT_S:.0f} s")
        if not seen:
            return success("done.recall_never", source, thing=self.target.thing)
        last = max(seen, key=lambda s: (s.last_t_s <= world.t_s, s.last_t_s))
        return self._tell(last, world, source)

    def _tell(self, last: Sighting, world: WorldState, source: str) -> SkillTick:
        age_s = world.t_s - last.last_t_s
        near = nearest_named(self.tools.home, {}, last.x_m, last.y_m, last.place)
        key = "done.recall" + ("_nowhere" if not last.place else "_near" if near else "")
        if age_s < 0.0:  # kept by an earlier run with another clock
            key = "done.recall_before" if last.place else "done.recall_nowhere_before"
        return success(
            key,
            f"{source}: {last.kind} at {last.x_m:.2f}, {last.y_m:.2f}, {last.count} detections, {age_s:.0f} s ago",
            thing=self.target.thing,
            place=Place(last.place),
            near=Place(near),
            x=round(last.x_m, 1),
            y=round(last.y_m, 1),
            age_s=age_s,
        )


class RememberPlace:
    """Keeps the present pose, when it is sure; done when memory says that it is written."""

    def __init__(self, params: Mapping[str, Value], tools: SkillTools, hints: Hints) -> None:
        self.tools, self.hints = tools, hints
        self.name = str(params["name"])
        self.ticket: Ticket | None = None

    def start(self, world: WorldState, now_s: float) -> None:
        self.start_s = now_s

    def stop(self) -> None:
        pass

    def tick(self, world: WorldState, now_s: float) -> SkillTick:
        waited_s = now_s - self.start_s
        if self.ticket is None:
            if world.pose is None or world.pose_std_m > SURE_STD_M:
                return failure("fail.no_pose", pose_facts(world)) if waited_s > ANSWER_WAIT_S else running()
            self.ticket = self.tools.memory.request(
                "remember_place", name=self.name, language=self.hints.language, pose=world.pose
            )
            self.start_s = now_s
        if self.ticket.done:
            if self.ticket.error:
                return failure("fail.memory_error", self.ticket.error)
            evidence = f"memory wrote {self.ticket.value}; {pose_facts(world)}"
            return success("done.remember_place", evidence, name=self.name)
        return failure("fail.memory", f"no answer in {waited_s:.0f} s") if waited_s > ANSWER_WAIT_S else running()


def recalled(ticket: Ticket) -> list[Sighting]:
    """The sightings in an answer of memory."""
    value = ticket.value if ticket.done and not ticket.error else ()
    return [item for item in value if isinstance(item, Sighting)] if isinstance(value, tuple) else []
