"""The best order of several stops, by OR-Tools (CP-SAT), over the lengths of real ways. Says an order; drives nothing.

Runs in a process of its own: a solver is heavy, and may be given more than it can do.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from moe_robot.experts.answerer import Unavailable
from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.distance import DOCK, drive_s, mentioned, somewhere
from moe_robot.experts.tools.said import Said
from moe_robot.experts.tools.strange import strange
from moe_robot.experts.tools.voice import Speaker, Voice, pose_of, told
from moe_robot.experts.tools.ways import Ways
from moe_robot.phrases import Place, Thing
from moe_robot.structs import Pose, Reply, Utterance

MOST_STOPS = 15
SOLVER_S = 2.0  # of the solver's own deterministic time: the same order on every machine
EVERY = ("все комнат", "всех комнат", "всем комнат", "вся квартир", "всю квартир", "весь дом", "всего дома",
         "all rooms", "all the rooms", "every room", "whole", "entire")  # fmt: skip
BACK = ("верн", "возвра", "обратно", "кругов", "return", "back", "round trip", "loop")
LAST = ("законч", "заверш", "последн", "в конце", "finish", "ending", "end", "last")
FIRST = ("начать с", "начни", "начин", "начав", "starting", "start", "сперва")


@dataclass(frozen=True)
class Order:
    """Indices of the stops, the length of the whole, and whether nothing shorter exists."""

    stops: tuple[int, ...]
    way_m: float
    proved: bool


class RouteOrder:
    def __init__(self) -> None:
        self._speaker = Speaker("home")
        self._ways = Ways()

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        voice = self._speaker.voice(utterance, context)
        said = Said(utterance.text, voice.lexicon)
        return told(self._tell(said, voice, context), "route_order")

    def _tell(self, said: Said, voice: Voice, context: AnswerContext) -> str:
        goals = mentioned(said)
        lost = strange(said, voice.language)
        if lost and not goals and not said.has(*EVERY):
            return voice.say("order_strange_all", names=_quoted(lost, voice), known=_rooms(context))
        if said.has(*EVERY) or not goals:
            goals = [*(Place(room) for room in context.home.rooms if Place(room) not in goals), *goals]
        first, last = _fixed(said, FIRST), _fixed(said, LAST)
        start = pose_of(context)
        prefix = "" if start else voice.say("no_robot" if context.world is None else "no_pose") + " "
        if start is None and first is None:
            if (dock := context.home.places.get(DOCK)) is None:
                return prefix.strip()
            start, prefix = dock.pose, f"{prefix}{voice.say('from_dock')} "
        poses, unknown = self._poses(goals, start or somewhere(context), context)
        if unknown:
            return voice.say("order_unknown", stops=tuple(unknown))
        if len(goals) < 2:
            one = voice.say("order_one")
            return f"{voice.say('order_strange', names=_quoted(lost, voice))} {one}" if lost else one
        if len(goals) > MOST_STOPS:
            return voice.say("order_many", most=MOST_STOPS)
        order = self._solve(goals, poses, start, first, last, said.has(*BACK), context)
        if order is None:
            return voice.say("order_no_way")
        stops = tuple(goals[stop] for stop in order.stops)
        key = "order_back" if said.has(*BACK) else "order"
        text = voice.say(key, stops=_arrows(stops, voice), way=order.way_m, time=drive_s(order.way_m, context))
        proof = voice.say("order_best" if order.proved else "order_good")
        if lost:
            prefix += voice.say("order_strange", names=_quoted(lost, voice)) + " "
        return f"{prefix}{text} {proof} {voice.say('order_offer', command=_command(stops, voice))}"

    def _poses(
        self, goals: Sequence[Place | Thing], start: Pose, context: AnswerContext
    ) -> tuple[list[Pose], list[Place | Thing]]:
        found = [(goal, self._ways.goal(goal, start, context)) for goal in goals]
        return [pose for _, pose in found if pose is not None], [goal for goal, pose in found if pose is None]

    def _solve(
        self,
        goals: Sequence[Place | Thing],
        poses: Sequence[Pose],
        start: Pose | None,
        first: Place | Thing | None,
        last: Place | Thing | None,
        back: bool,
        context: AnswerContext,
    ) -> Order | None:
        begin = goals.index(first) if first in goals else None
        end = goals.index(last) if last in goals and not back else None
        points = [start or poses[begin or 0], *poses]
        ways = [[0.0] * len(points) for _ in points]
        for a, b in combinations(range(len(points)), 2):
            ways[a][b] = ways[b][a] = self._ways.length_m(points[a], points[b], context)
        if start is None or begin is not None:  # the first stop is given: getting there is no choice
            for other in range(1, len(points)):
                if other != (begin or 0) + 1:
                    ways[0][other] = math.inf
        return shortest_order(ways, back, None if end is None else end + 1)


def shortest_order(ways_m: Sequence[Sequence[float]], back: bool, end: int | None = None) -> Order | None:
    """Through all points from point 0, and back to it if `back`; `end` is the last point. inf = no way. None = none.

    Raises Unavailable: OR-Tools is not installed.
    """
    try:
        from ortools.sat.python import cp_model
    except ImportError as error:
        raise Unavailable("the order of stops needs OR-Tools: pip install 'moe_robot[brain]'") from error
    count = len(ways_m)
    model = cp_model.CpModel()
    arcs, cost = [], []
    for a in range(count):
        for b in range(count):
            way_m = ways_m[a][b]
            if b == 0 and not back:  # the circuit is closed at no cost, from the last point
                way_m = 0.0 if end in (None, a) else math.inf
            if a != b and math.isfinite(way_m):
                taken = model.new_bool_var("")
                arcs.append((a, b, taken))
                cost.append((round(1000.0 * way_m), taken))
    model.add_circuit(arcs)
    model.minimize(sum(way_mm * taken for way_mm, taken in cost))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = SOLVER_S
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    after = {a: b for a, b, taken in arcs if solver.boolean_value(taken)}
    order = [after[0]]
    while after[order[-1]] != 0:
        order.append(after[order[-1]])
    round_trip = [0, *order, *([0] if back else [])]
    way_m = sum(ways_m[a][b] for a, b in pairwise(round_trip))
    return Order(tuple(stop - 1 for stop in order), way_m, status == cp_model.OPTIMAL)


def _fixed(said: Said, stems: Sequence[str]) -> Place | Thing | None:
    """The place named next after one of the stems: "начни с кухни", "finish at the dock"."""
    at = min((index for stem in stems if (index := said.at(stem)) >= 0), default=-1)
    if at < 0:
        return None
    near = [named for named in said.named if named.kind == "place" and 0 < named.at - at <= 4]
    return Place(near[0].id) if near else None


def _quoted(names: Sequence[str], voice: Voice) -> str:
    return voice.joined([voice.words(name, "q") for name in names])


def _rooms(context: AnswerContext) -> tuple[Place, ...]:
    return tuple(Place(id) for id in (*context.home.rooms, *context.home.places))


def _arrows(stops: Sequence[Place | Thing], voice: Voice) -> str:
    return " → ".join(voice.words(stop, "nomn") for stop in stops)


def _command(stops: Sequence[Place | Thing], voice: Voice) -> str:
    """What a person may say to have it driven."""
    then = ", потом " if voice.language == "ru" else ", then go "
    start = "поезжай " if voice.language == "ru" else "go "
    return start + then.join(voice.words(stop, "to") for stop in stops)
