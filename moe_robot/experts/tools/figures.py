"""Figures and shows as drafts of straight drives and turns on the spot, in a size that was asked for or a small one.

A circle is a polygon of short sides. The planner checks every draft; the safety gate stops at obstacles as ever.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.amounts import length_m, times
from moe_robot.experts.tools.said import Said, best
from moe_robot.experts.tools.voice import Speaker, told
from moe_robot.structs import PlanNode, Repeat, Reply, Step, Utterance

FIGURES = (
    ("eight", ("восьмер", "=восемь", "цифру восемь", "бесконечност", "figure eight", "figure of eight", "figure-eight",
               "figure 8", "eight", "=8", "infinity")),
    ("square", ("квадрат", "square")),
    ("rectangle", ("прямоугольник", "rectangle")),
    ("triangle", ("треугольн", "triangle", "triangular")),
    ("pentagon", ("пятиугольник", "pentagon")),
    ("hexagon", ("шестиугольник", "hexagon", "сот")),
    ("star", ("звезд", "star")),
    ("zigzag", ("зигзаг", "zigzag", "zig-zag", "zig zag")),
    ("snake", ("зме", "слалом", "волн", "snake", "slalom", "wave", "serpentin")),
    ("circle", ("=круг", "=кругом", "=круге", "=круга", "=круги", "=кругов", "кружок", "окружност", "кольц", "кругал",
                "кругами", "карусел", "circle",
                "ring", "loop", "хоровод")),
    ("spin", ("покрут", "крут", "покруж", "кружит", "вертис", "повертис", "волчк", "вокруг оси", "вокруг себя", "юл",
              "кружис", "spin", "twirl",
              "pirouette", "пируэт", "whirl", "юлой")),
    ("wiggle", ("виля", "тряс", "потряс", "повиля", "завиля", "покачай", "пошевел", "хвост", "wiggle", "waggle",
                "shake", "shimmy", "wag",
                "sway")),
    ("dance", ("танц", "станц", "дискот", "концерт", "представлен", "=номер", "демонстр", "продемонстр", "лезгинк",
               "подурач",
               "прикольн", "качай", "ритм", "вечерин", "breakdance", "jig", "moves", "funny", "потанц", "вальс",
               "пляс", "спляс", "попляс", "шоу", "трюк", "фокус", "порадуй",
               "dance", "dancing", "waltz", "boogie", "show", "trick", "groove", "perform", "disco", "salsa", "party")),
)  # fmt: skip
RIGHT = ("направо", "вправо", "по часовой", "=right", "clockwise")
DEFAULT_M: Mapping[str, float] = {"square": 0.5, "rectangle": 0.6, "triangle": 0.6, "pentagon": 0.4, "hexagon": 0.4,
                                  "star": 0.6, "zigzag": 0.4, "snake": 0.25, "circle": 0.4, "eight": 0.35}  # fmt: skip
BIG, SMALL = ("больш", "big", "large", "wide", "широк"), ("маленьк", "крошеч", "small", "tiny", "little")
SIDES = 12  # of a circle
MOST_ROUNDS = 4


class Figures:
    def __init__(self) -> None:
        self._speaker = Speaker("motion")

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        voice = self._speaker.voice(utterance, context)
        said = Said(utterance.text)
        figure = best(said, FIGURES)
        if not figure:
            return told(voice.say("figure_unknown"), "figures")
        size_m = length_m(utterance.text)
        if size_m is not None and said.has("диаметр", "diameter"):
            size_m /= 2.0
        rounds = times(utterance.text) or 1
        sign = -1.0 if said.has(*RIGHT) and not said.has("против", "counter", "anti") else 1.0
        if rounds > MOST_ROUNDS and figure != "spin":
            return told(voice.say("figure_rounds", most=MOST_ROUNDS), "figures")
        if size_m is None:
            size_m = DEFAULT_M.get(figure, 0.0) * (2.0 if said.has(*BIG) else 0.6 if said.has(*SMALL) else 1.0)
        return Reply("", "figures", draft(figure, size_m, rounds, sign), "none")


def draft(figure: str, size_m: float, rounds: int, sign: float) -> tuple[PlanNode, ...]:
    """`size_m` is the side of a polygon, a leg of a zigzag, the radius of a circle; `sign` 1 to the left, -1 right."""
    return _MAKERS[figure](size_m, rounds, sign)


def _drive(distance_m: float) -> Step:
    return Step("drive", {"distance_m": round(distance_m, 3)})


def _turn(angle_deg: float) -> Step:
    return Step("turn", {"angle_deg": round(angle_deg, 1)})


def _polygon(sides: int, skip: int = 1) -> Callable[[float, int, float], tuple[PlanNode, ...]]:
    """`skip` 2 of 5 sides is a star."""

    def make(size_m: float, rounds: int, sign: float) -> tuple[PlanNode, ...]:
        return (Repeat((_drive(size_m), _turn(sign * 360.0 * skip / sides)), times=sides * rounds),)

    return make


def _rectangle(size_m: float, rounds: int, sign: float) -> tuple[PlanNode, ...]:
    sides = (_drive(size_m), _turn(sign * 90.0), _drive(size_m / 2.0), _turn(sign * 90.0))
    return (Repeat(sides, times=2 * rounds),)


def _circle(radius_m: float, rounds: int, sign: float) -> tuple[PlanNode, ...]:
    chord_m = 2.0 * radius_m * math.sin(math.pi / SIDES)
    return (Repeat((_drive(chord_m), _turn(sign * 360.0 / SIDES)), times=SIDES * rounds),)


def _eight(radius_m: float, rounds: int, sign: float) -> tuple[PlanNode, ...]:
    both = (*_circle(radius_m, 1, sign), *_circle(radius_m, 1, -sign))
    return both if rounds == 1 else both * rounds


def _zigzag(size_m: float, rounds: int, sign: float) -> tuple[PlanNode, ...]:
    """Leaves as it came: half a bend before, half after."""
    legs = (_drive(size_m), _turn(-sign * 90.0), _drive(size_m), _turn(sign * 90.0))
    return (_turn(sign * 45.0), Repeat(legs, times=2 * rounds), _turn(-sign * 45.0))


def _snake(size_m: float, rounds: int, sign: float) -> tuple[PlanNode, ...]:
    wave = (_drive(size_m), _turn(-sign * 30.0), _drive(size_m), _turn(-sign * 30.0), _drive(size_m),
            _turn(sign * 30.0), _drive(size_m), _turn(sign * 30.0))  # fmt: skip
    return (_turn(sign * 30.0), Repeat(wave, times=2 * rounds), _turn(-sign * 30.0))


def _spin(size_m: float, rounds: int, sign: float) -> tuple[PlanNode, ...]:
    once = _turn(sign * 360.0)
    return (once,) if rounds == 1 else (Repeat((once,), times=rounds),)


def _wiggle(size_m: float, rounds: int, sign: float) -> tuple[PlanNode, ...]:
    return (
        _turn(sign * 20.0),
        Repeat((_turn(-sign * 40.0), _turn(sign * 40.0)), times=2 * rounds),
        _turn(-sign * 20.0),
    )


def _dance(size_m: float, rounds: int, sign: float) -> tuple[PlanNode, ...]:
    """On the spot, and ends as it began."""
    part = (*_wiggle(0.0, 1, sign), _turn(sign * 360.0), _turn(-sign * 90.0), _turn(sign * 180.0), _turn(-sign * 90.0),
            _turn(-sign * 360.0))  # fmt: skip
    return part if rounds == 1 else (Repeat(part, times=rounds),)


_MAKERS: Mapping[str, Callable[[float, int, float], tuple[PlanNode, ...]]] = {
    "square": _polygon(4),
    "rectangle": _rectangle,
    "triangle": _polygon(3),
    "pentagon": _polygon(5),
    "hexagon": _polygon(6),
    "star": _polygon(5, skip=2),
    "circle": _circle,
    "eight": _eight,
    "zigzag": _zigzag,
    "snake": _snake,
    "spin": _spin,
    "wiggle": _wiggle,
    "dance": _dance,
}
