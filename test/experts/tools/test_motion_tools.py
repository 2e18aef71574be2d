"""Figures are drafts that the planner takes; the speed is told as it is, and how it can really be changed."""

from __future__ import annotations

import math

import pytest
from state_rig import CFG, HOME, ask, reply_to, world

from moe_robot.experts.tools.figures import FIGURES, Figures, draft
from moe_robot.experts.tools.speed import Speed
from moe_robot.notation import format_nodes
from moe_robot.planner.check import PlanContext, check
from moe_robot.structs import PlanNode, Repeat, Step, Velocity


def end_of(nodes: tuple[PlanNode, ...]) -> tuple[float, float, float]:
    """Where a robot that starts at 0, 0 ends, and how far it has turned in degrees."""
    x = y = turned = 0.0

    def run(node: PlanNode) -> None:
        nonlocal x, y, turned
        if isinstance(node, Repeat):
            for _ in range(node.times or 0):
                for inner in node.body:
                    run(inner)
        elif isinstance(node, Step) and node.skill == "turn":
            turned += float(node.params["angle_deg"])
        elif isinstance(node, Step):
            way = float(node.params["distance_m"])
            x, y = x + way * math.cos(math.radians(turned)), y + way * math.sin(math.radians(turned))

    for node in nodes:
        run(node)
    return x, y, turned


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("проедь квадрат со стороной метр", "repeat(4){drive(distance_m=1); turn(angle_deg=90)}"),
        ("drive a two meter square twice", "repeat(8){drive(distance_m=2); turn(angle_deg=90)}"),
        ("a circle with a radius of half a meter", "repeat(12){drive(distance_m=0.259); turn(angle_deg=30)}"),
        ("круг диаметром 80 см по часовой стрелке", "repeat(12){drive(distance_m=0.207); turn(angle_deg=-30)}"),
        ("треугольник полтора метра", "repeat(3){drive(distance_m=1.5); turn(angle_deg=120)}"),
        ("покрутись три раза", "repeat(3){turn(angle_deg=360)}"),
        ("spin around twice for fun", "repeat(2){turn(angle_deg=360)}"),
    ],
)
def test_figures(text: str, plan: str) -> None:
    reply = reply_to(Figures(), text)
    assert reply is not None and format_nodes(reply.draft) == plan


@pytest.mark.parametrize("rounds", [1, 4])
@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("figure", [figure for figure, _ in FIGURES])
def test_every_figure_passes_the_planner_and_ends_as_it_began(figure: str, sign: float, rounds: int) -> None:
    nodes = draft(figure, 0.5, rounds, sign)
    check(nodes, PlanContext(HOME, CFG))
    x, y, turned = end_of(nodes)
    assert turned % 360 == pytest.approx(0.0, abs=0.1)
    if figure not in ("zigzag", "snake"):
        assert math.hypot(x, y) < 0.01
    else:
        assert math.hypot(x, y) > 0.5


@pytest.mark.parametrize(
    ("text", "figure"),
    [("сделай восьмёрку", "eight"), ("станцуй", "dance"), ("wiggle for me", "wiggle"), ("проедь змейкой", "snake"),
     ("do a figure eight", "eight"), ("zigzag", "zigzag"), ("dance", "dance"), ("нарисуй звезду", "star")],
)  # fmt: skip
def test_figures_have_a_small_size_when_none_is_asked(text: str, figure: str) -> None:
    reply = reply_to(Figures(), text)
    assert reply is not None
    nodes = next(draft(figure, size, 1, 1.0) for size in (0.35, 0.25, 0.4, 0.6, 0.5, 0.0)
                 if draft(figure, size, 1, 1.0) == reply.draft)  # fmt: skip
    check(nodes, PlanContext(HOME, CFG))


def test_an_unknown_figure_is_refused_with_what_is_known() -> None:
    assert ask(Figures(), "нарисуй сердце").startswith("Такой фигуры я не знаю. Могу проехать квадрат")
    assert ask(Figures(), "ten times a circle") == "That is too often in a row: I do up to 4."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("помедленнее пожалуйста", ("пока не могу", "max_linear_mps 0.28", "«медленно проедь метр вперёд»")),
        ("half speed", ("I cannot change my speed for good", "max_linear_mps 0.20")),
        ("не быстрее 20 сантиметров в секунду", ("до 0,2 м/с", "skills.cruise_mps=0.20")),
        ("увеличь скорость на 20 процентов", ("0,48 м/с", "--set skills.cruise_mps=0.48")),
        ("скорость метр в секунду", ("предел в настройках 0,5 м/с",)),
        ("drive at two meters per second from now on", ("2 m/s is not allowed", "0.5 m/s")),
        ("ты слишком быстро едешь", ("max_linear_mps 0.28",)),
        ("you are driving too slow", ("I drive faster",)),
        ("quarter speed", ("max_linear_mps 0.10",)),
        ("half a metre per second", ("0.5 m/s, after a restart",)),
        ("не больше 1 км/ч", ("max_linear_mps 0.28",)),
        ("10% от максимальной скорости", ("max_linear_mps 0.05",)),
        ("full speed", ("0.5 m/s, after a restart",)),
        ("set your speed to 0.4 m/s", ("That is how fast I drive already",)),
        ("с какой скоростью ты едешь", ("Сейчас моя скорость 0,31 метра в секунду.", "0,4 м/с, предел 0,5 м/с")),
        ("how fast are you going", ("I am driving at 0.31 meters per second now.",)),
    ],
)
def test_speed(text: str, expected: tuple[str, ...]) -> None:
    told = ask(Speed(), text, world(velocity=Velocity(0.31, 0.0)))
    for part in expected:
        assert part in told
