"""Did the robot really do what it was told? Judged from the simulator's truth alone, never from its beliefs.

`achieved(nodes, before, after, world, trace)` says whether the plan's steps all came true, one after the other, and why
or why not. The trace (samples of Truth, 5-10 Hz, of one run; it may begin long before the command) is cut into one
stretch per step: there must be a way to cut it so that every stretch fulfils its step, begins where the one before
ended, and the last ends with `after`. So the order counts, and motion that no step asked for counts against the robot.

What each step demands of its stretch:

- go_to a room: at the end the robot's centre is inside the room's polygon. A place or a remembered place: within 0.9 m
  of its pose. Furniture: within 0.9 m of its footprint. An object: within 0.9 m of one of that kind and colour. A
  person: within 1.5 m. A point: within 0.35 m, and within 15 degrees when a yaw was given.
- find: at the end or in the second before, one of that kind and colour (that person, anybody) has 20 pixels or more in
  the camera's image and is within 3 m (a person 4 m), in the room that was named. dock: charging at the end.
- drive: the way along the robot's axis within max(0.1 m, 10 %), turned by less than 20 degrees. turn: the angle within
  8 degrees, moved by less than 0.2 m. stop, cancel: at rest at the end; wait too, and lasts as long as was said.
- look: turned there within 15 degrees; around: 300 degrees or more in all. follow: at least half of the time within
  2 m of such a person; with a duration, at least as long. patrol: inside each place in turn; without places, inside
  every room in any order. explore: inside at least half of the rooms, or on the move for the duration.
- remember_place: nothing moves; the pose where it then rests is what go_to of that name is held to.
- What a step only says is judged when `results` are given, by the facts in its text or evidence, in either language.
  where_am_i: one of the names of the true room; what_do_you_see and look: every kind seen well (200 pixels, 4 m) is
  named, and no kind is named of which nothing is visible; count: the first number (or "no", "ни одного", ...) lies
  between the things that were surely and possibly seen so far (with a place the robot may have driven there to look);
  recall: the room in which such a thing really is; battery: the percentage within 3. say, help: the text is not empty.
  Without results these steps count as done.
- if: the branch that the truth at that moment selects (either, when the truth is at the edge of what can be seen).
  repeat: so many times. until: its body is broken off anywhere; then the condition is true.

Failed results never pass. Collisions are not judged here: compare `after.collisions` with `before.collisions`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from moe_robot.config import SkillsConfig, load_config
from moe_robot.notation import format_node
from moe_robot.sim import layout
from moe_robot.sim.stated import SURE_M, SURE_PIXELS, matches, wrong_facts
from moe_robot.sim.truth import Truth, Visible
from moe_robot.sim.worlds import World
from moe_robot.structs import Branch, Condition, PlanNode, Pose, Status, Step, StepResult, Value

PLACE_M, PERSON_M, POINT_M = 0.9, 1.5, 0.35
FIND_M, FIND_PERSON_M, FIND_PIXELS, FIND_MEMORY_S = 3.0, 4.0, 20, 1.0
REST_MPS, REST_RADPS = 0.03, 0.06
TURN_TOLERANCE_RAD = math.radians(8.0)
SAMPLES_MAX = 900  # longer traces are thinned out: the tables over all stretches grow with the square
Reach = NDArray[np.bool_]  # [samples]: the plan so far may have ended at this sample


@dataclass(frozen=True)
class _Run:
    """The samples of the command, and sums over them that make any stretch cheap to judge."""

    samples: tuple[Truth, ...]
    earlier: tuple[Truth, ...]
    world: World
    skills: SkillsConfig
    places: dict[str, list[tuple[int, Pose]]]  # remembered in this run: name -> (sample, pose)
    results: tuple[StepResult, ...]
    way_m: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))  # along the robot's axis, signed
    yaw_rad: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))  # unwrapped
    rest: Reach = field(default_factory=lambda: np.zeros(0, bool))


def achieved(
    nodes: tuple[PlanNode, ...],
    before: Truth,
    after: Truth,
    world: World,
    trace: Sequence[Truth],
    results: Sequence[StepResult] = (),
    places: Mapping[str, Pose] | None = None,
    skills: SkillsConfig | None = None,
) -> tuple[bool, str]:
    """(verdict, one English sentence of evidence). `places` were remembered earlier; `skills` gives the defaults."""
    failed = next((r for r in results if r.status is not Status.SUCCESS), None)
    if failed is not None:
        return False, f"{failed.step.skill} ended with {failed.status.value}: {failed.text}"
    during = [t for t in trace if before.t_s < t.t_s < after.t_s]
    samples = (before, *during[:: len(during) // SAMPLES_MAX + 1], after)
    run = _prepare(samples, before, world, trace, results, places, skills)
    reach = np.zeros(len(samples), bool)
    reach[0] = True
    for node in nodes:
        after_node = _node(run, node, reach)
        if not after_node.any():
            return False, f"{format_node(node)}: {_why(run, node)}"
        reach = after_node
    if not reach[-1]:
        return (
            False,
            f"{format_node(nodes[-1]) if nodes else 'nothing to do'}: {_why(run, nodes[-1] if nodes else None)}",
        )
    if wrong := wrong_facts(run.samples, run.earlier, world, run.results):
        return False, wrong
    return True, _evidence(nodes, run)


def _prepare(
    samples: tuple[Truth, ...],
    before: Truth,
    world: World,
    trace: Sequence[Truth],
    results: Sequence[StepResult],
    places: Mapping[str, Pose] | None,
    skills: SkillsConfig | None,
) -> _Run:
    yaw = np.unwrap([t.pose.yaw_rad for t in samples])
    x, y = np.array([t.pose.x_m for t in samples]), np.array([t.pose.y_m for t in samples])
    middle = (yaw[1:] + yaw[:-1]) / 2
    step = np.diff(x) * np.cos(middle) + np.diff(y) * np.sin(middle)
    rest = np.array(
        [abs(t.velocity.linear_mps) < REST_MPS and abs(t.velocity.angular_radps) < REST_RADPS for t in samples]
    )
    return _Run(
        samples=samples,
        earlier=tuple(t for t in trace if t.t_s <= before.t_s),
        world=world,
        skills=skills or load_config().skills,
        places={name: [(0, pose)] for name, pose in (places or {}).items()},
        results=tuple(results),
        way_m=np.concatenate([[0.0], np.cumsum(step)]),
        yaw_rad=yaw,
        rest=rest,
    )


# ---------------------------------------------------------------- where the plan can have got to


def _nodes(run: _Run, nodes: Sequence[PlanNode], reach: Reach) -> Reach:
    for node in nodes:
        reach = _node(run, node, reach)
    return reach


def _node(run: _Run, node: PlanNode, reach: Reach) -> Reach:
    """Samples at which `node` may have ended, when it began at one of `reach`."""
    if isinstance(node, Step):
        return _step(run, node, reach)
    if isinstance(node, Branch):
        holds = [_condition(run, node.condition, i) for i in range(len(run.samples))]
        yes = reach & np.array([value is not False for value in holds])
        no = reach & np.array([value is not True for value in holds])
        return _nodes(run, node.then, yes) | _nodes(run, node.otherwise, no)
    if node.until is None:
        for _ in range(node.times or 1):
            reach = _nodes(run, node.body, reach)
        return reach
    # Broken off anywhere: what the body was doing then is not held against it.
    began = np.maximum.accumulate(reach)
    holds = [_condition(run, node.until, i) for i in range(len(run.samples))]
    return np.asarray(began & np.array([value is not False for value in holds]))


def _step(run: _Run, step: Step, reach: Reach) -> Reach:
    n = len(run.samples)
    began = np.maximum.accumulate(reach)  # some beginning lies at or before each sample
    skill, p = step.skill, step.params
    if skill == "drive":
        goal = _number(p, "distance_m", run.skills.drive_default_m)
        way = run.way_m[None, :] - run.way_m[:, None]
        turned = np.abs(run.yaw_rad[None, :] - run.yaw_rad[:, None])
        fits = (np.abs(way - goal) <= max(0.1, 0.1 * abs(goal))) & (turned < math.radians(20.0))
        return _between(reach, fits)
    if skill == "turn":
        angle = math.radians(_number(p, "angle_deg", run.skills.turn_default_deg))
        turned = run.yaw_rad[None, :] - run.yaw_rad[:, None]
        fits = (np.abs(turned - angle) <= TURN_TOLERANCE_RAD) & (_moved(run) < 0.2)
        return _between(reach, fits)
    if skill == "look":
        return _between(reach, _looked(run, str(p.get("direction", "around"))))
    if skill == "wait":
        t = np.array([s.t_s for s in run.samples])
        long_enough = (t[None, :] - t[:, None]) >= _number(p, "duration_s", 0.0) - 0.5
        return _between(reach, long_enough & run.rest[None, :])
    if skill in ("stop", "cancel"):
        return np.asarray(began & run.rest)
    if skill == "remember_place":
        first = int(np.argmax(reach & run.rest)) if (reach & run.rest).any() else int(np.argmax(reach))
        run.places.setdefault(str(p.get("name", "")), []).append((first, run.samples[first].pose))
        return _between(reach, _still(run))
    if skill == "patrol":
        places = p.get("places", ())
        for _ in range(int(_number(p, "rounds", 1))):
            if not places:
                reach = _rooms_seen(run, reach, len(run.world.home.rooms))
            for place in places if isinstance(places, tuple) else (str(places),):
                reach = _step(run, Step("go_to", {"place": place}), reach)
        return reach
    if skill == "explore":
        return _explored(run, reach, _number(p, "duration_s", math.nan))
    if skill == "follow":
        return _between(reach, _followed(run, str(p.get("person", "any")), _number(p, "duration_s", math.nan)))
    if skill in ("go_to", "find", "dock"):
        return np.asarray(began & np.array([_at_goal(run, step, i) for i in range(n)]))
    if skill == "count" and "place" in p:  # it may go there and look first
        return np.asarray(began)
    return _between(reach, _still(run))  # says something: `wrong_facts` judges it


def _between(reach: Reach, fits: NDArray[np.bool_]) -> Reach:
    """Ends j for which some beginning i <= j in `reach` has fits[i, j]."""
    n = len(reach)
    order = np.arange(n)[:, None] <= np.arange(n)[None, :]
    return np.asarray((fits & order & reach[:, None]).any(axis=0))


def _moved(run: _Run) -> NDArray[np.float64]:
    """Metres between the poses of each two samples, straight."""
    x, y = np.array([s.pose.x_m for s in run.samples]), np.array([s.pose.y_m for s in run.samples])
    return np.asarray(np.hypot(x[None, :] - x[:, None], y[None, :] - y[:, None]))


def _still(run: _Run) -> NDArray[np.bool_]:
    turned = np.abs(run.yaw_rad[None, :] - run.yaw_rad[:, None])
    return np.asarray((_moved(run) < 0.1) & (turned < TURN_TOLERANCE_RAD))


def _looked(run: _Run, direction: str) -> NDArray[np.bool_]:
    turned = run.yaw_rad[None, :] - run.yaw_rad[:, None]
    still = _moved(run) < 0.2
    if direction == "around":
        swept = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(run.yaw_rad)))])
        return np.asarray((swept[None, :] - swept[:, None] >= math.radians(300.0)) & still)
    goal = {"left": 90.0, "right": -90.0, "back": 180.0, "ahead": 0.0}.get(direction, 0.0)
    off = np.abs(np.remainder(turned - math.radians(goal) + math.pi, 2 * math.pi) - math.pi)
    return np.asarray((off < math.radians(15.0)) & still)


def _followed(run: _Run, person: str, duration_s: float) -> NDArray[np.bool_]:
    n = len(run.samples)
    t = np.array([s.t_s for s in run.samples])
    near = np.array([_nearest_person(s, person) < 2.0 for s in run.samples])
    so_far = np.concatenate([[0.0], np.cumsum(near)])
    count = np.maximum(np.arange(1, n + 1)[None, :] - np.arange(n)[:, None], 1)
    share = (so_far[None, 1:] - so_far[:-1, None]) / count
    least_s = duration_s - 1.0 if math.isfinite(duration_s) else 3.0
    return np.asarray((share >= 0.5) & (t[None, :] - t[:, None] >= least_s))


def _rooms_seen(run: _Run, reach: Reach, count: int) -> Reach:
    """Samples by which the robot has been inside `count` rooms since the first of `reach`."""
    first, seen = int(np.argmax(reach)), set()
    enough = np.zeros(len(reach), bool)
    for j in range(first, len(reach)):
        seen.add(run.samples[j].room)
        enough[j] = len(seen - {""}) >= count
    return enough


def _explored(run: _Run, reach: Reach, duration_s: float) -> Reach:
    first = int(np.argmax(reach))
    done = _rooms_seen(run, reach, (len(run.world.home.rooms) + 1) // 2)
    if math.isfinite(duration_s):
        t = np.array([s.t_s for s in run.samples])
        way = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(run.way_m)))])
        done |= (t - t[first] >= duration_s - 1.0) & (way - way[first] > 0.5)
    return done


# ---------------------------------------------------------------- goals


def _at_goal(run: _Run, step: Step, i: int) -> bool:
    truth, p = run.samples[i], step.params
    x, y = truth.pose.x_m, truth.pose.y_m
    if step.skill == "dock":
        return truth.charging
    if step.skill == "find":
        since = truth.t_s - FIND_MEMORY_S
        recent = [s for s in run.samples[max(0, i - 30) : i + 1] if s.t_s >= since]
        return any(_found(run, item, p) for s in recent for item in s.visible)
    if "object" in p:
        color = str(p.get("color", ""))
        same = [o for o in truth.objects if p["object"] in (o.kind, "any") and color in ("", o.color)]
        return any(math.hypot(o.x_m - x, o.y_m - y) <= PLACE_M for o in same)
    if "person" in p:
        return _nearest_person(truth, str(p["person"])) <= PERSON_M
    if "place" in p:
        return _at_place(run, str(p["place"]), i)
    goal_x, goal_y = _number(p, "x_m", math.nan), _number(p, "y_m", math.nan)
    yaw = _number(p, "yaw_deg", math.degrees(truth.pose.yaw_rad))
    off = math.remainder(truth.pose.yaw_rad - math.radians(yaw), 2 * math.pi)
    return math.hypot(goal_x - x, goal_y - y) <= POINT_M and abs(off) <= math.radians(15.0)


def _at_place(run: _Run, place: str, i: int) -> bool:
    home, pose = run.world.home, run.samples[i].pose
    if place in home.rooms:
        return home.rooms[place].contains(pose.x_m, pose.y_m)
    if place in home.furniture:
        return layout.to_furniture(home, place, pose.x_m, pose.y_m) <= PLACE_M
    goals = [home.places[place].pose] if place in home.places else []
    goals += [goal for at, goal in run.places.get(place, ()) if at <= i][-1:]
    return any(math.hypot(goal.x_m - pose.x_m, goal.y_m - pose.y_m) <= PLACE_M for goal in goals)


def _found(run: _Run, item: Visible, p: Mapping[str, Value]) -> bool:
    place = str(p.get("place", ""))
    if item.pixels < FIND_PIXELS or (place in run.world.home.rooms and item.room != place):
        return False
    if item.distance_m > (FIND_PERSON_M if item.kind == "person" else FIND_M):
        return False
    return matches(item, p)


def _nearest_person(truth: Truth, person: str) -> float:
    away = [math.hypot(q.x_m - truth.pose.x_m, q.y_m - truth.pose.y_m) for q in truth.people if person in (q.id, "any")]
    return min(away, default=math.inf)


def _condition(run: _Run, condition: Condition, i: int) -> bool | None:
    """True, False, or None: at the edge, where a fair robot may decide either way."""
    truth, p = run.samples[i], condition.params
    held: bool | None
    if condition.kind == "battery_below":
        percent = _number(p, "percent", 0.0)
        held = None if abs(truth.battery_percent - percent) < 1.0 else truth.battery_percent < percent
    else:
        recent = [s for s in run.samples[max(0, i - 30) : i + 1] if s.t_s >= truth.t_s - FIND_MEMORY_S]
        recent = recent if recent else [truth]
        sure = any(matches(v, p) and v.pixels >= SURE_PIXELS and v.distance_m <= SURE_M for v in truth.visible)
        maybe = any(matches(v, p) and v.pixels >= FIND_PIXELS for s in recent for v in s.visible)
        held = True if sure else (None if maybe else False)
    return held if held is None or not condition.negated else not held


def _number(p: Mapping[str, Value], key: str, default: float) -> float:
    value = p.get(key, default)
    return float(value) if isinstance(value, int | float) else default


# ---------------------------------------------------------------- words about it


def _why(run: _Run, node: PlanNode | None) -> str:
    last = run.samples[-1]
    at = f"at ({last.pose.x_m:.2f}, {last.pose.y_m:.2f}) in {last.room or 'no room'}"
    if isinstance(node, Step) and node.skill in ("drive", "turn"):
        way, turned = run.way_m[-1], math.degrees(run.yaw_rad[-1] - run.yaw_rad[0])
        return f"in all it drove {way:.2f} m and turned {turned:.0f} degrees"
    if isinstance(node, Step) and node.skill == "find":
        seen = ", ".join(f"{v.id} {v.pixels} px at {v.distance_m:.1f} m" for v in last.visible) or "nothing"
        return f"ended {at}, the camera had {seen}"
    return f"not so in truth; ended {at}{', charging' if last.charging else ''}"


def _evidence(nodes: Sequence[PlanNode], run: _Run) -> str:
    last = run.samples[-1]
    seen = ", ".join(f"{v.id} at {v.distance_m:.1f} m" for v in last.visible if v.pixels >= FIND_PIXELS)
    facts = [f"{len(nodes)} of {len(nodes)} true", f"in {last.room or 'no room'}"]
    facts += [f"sees {seen}"] if seen else []
    facts += ["charging"] if last.charging else []
    return ", ".join(facts)
