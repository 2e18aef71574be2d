"""The judges are strict and fair: each step has a case that passes and cases that do not."""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from moe_robot.notation import parse_nodes
from moe_robot.sim.ground_truth import achieved
from moe_robot.sim.stated import first_number, names_in
from moe_robot.sim.truth import TrueObject, TruePerson, Truth, Visible
from moe_robot.sim.worlds import load_world
from moe_robot.structs import Pose, Status, Step, StepResult, Velocity

FLAT = load_world("flat")
CUBE = Visible("red_cube", "cube", "red", 900, (100, 100, 30, 30), 1.5, "kitchen")
ANNA = Visible("anna", "person", "green", 4000, (100, 20, 60, 180), 2.0, "living_room")


def truth(t_s: float, x: float, y: float, yaw_deg: float = 0.0, **changes) -> Truth:
    objects = tuple(
        TrueObject(o.id, o.kind, o.color, o.x_m, o.y_m, 0.1, 0.0, FLAT.home.room_at(o.x_m, o.y_m))
        for o in FLAT.scene.objects.values()
    )
    people = tuple(
        TruePerson(p.id, FLAT.home.people[p.id].clothing, p.x_m, p.y_m, 0.0, FLAT.home.room_at(p.x_m, p.y_m))
        for p in FLAT.scene.people.values()
    )
    sample = Truth(
        t_s=t_s,
        pose=Pose(x, y, math.radians(yaw_deg)),
        velocity=Velocity(),
        room=FLAT.home.room_at(x, y),
        collisions=0,
        hits=(),
        objects=objects,
        people=people,
        visible=(),
        charging=False,
        battery_percent=87.0,
        tilt_rad=0.0,
    )
    return replace(sample, **changes)


def ride(*stops: tuple[float, float, float], **at_the_end) -> list[Truth]:
    """Straight lines and turns between stops (x, y, yaw_deg), a second each with a rest at every stop."""
    samples = []
    for (x0, y0, a0), (x1, y1, a1) in pairwise(stops):
        for part in np.linspace(0.0, 1.0, 10, endpoint=False):
            moving = Velocity(0.4, 0.0) if (x0, y0) != (x1, y1) else Velocity(0.0, 1.0)
            where = (x0 + part * (x1 - x0), y0 + part * (y1 - y0), a0 + part * (a1 - a0))
            samples.append(truth(len(samples) * 0.1, *where, velocity=moving if part else Velocity()))
    for _ in range(8):
        samples.append(truth(len(samples) * 0.1, *stops[-1], **at_the_end))
    return samples


def judge(plan: str, run: Sequence[Truth], results: Sequence[StepResult] = ()) -> bool:
    return achieved(parse_nodes(plan), run[0], run[-1], FLAT, run, results)[0]


def said(skill: str, words: str, status: Status = Status.SUCCESS, **params) -> list[StepResult]:
    return [StepResult(Step(skill, params), status, words, "", 1.0)]


TO_KITCHEN = ride((2.0, 3.8, 0), (1.7, 4.2, 90), (1.7, 6.0, 90))


@pytest.mark.parametrize(
    ("plan", "stops", "verdict"),
    [
        ("go_to(place=kitchen)", ((2, 3.8, 0), (1.7, 6, 90)), True),
        ("go_to(place=kitchen)", ((2, 3.8, 0), (1.7, 4.9, 90)), False),  # before the door
        ("go_to(place=kitchen)", ((2, 3.8, 0), (1.7, 6, 90), (2, 3.8, 0)), False),  # and out again
        ("go_to(place=kitchen); go_to(place=bedroom)", ((2, 3.8, 0), (1.7, 6, 90), (2.4, 2, 0)), True),
        ("go_to(place=bedroom); go_to(place=kitchen)", ((2, 3.8, 0), (1.7, 6, 90), (2.4, 2, 0)), False),
        ("go_to(place=sofa)", ((6, 6, 0), (8.2, 6.4, 90)), True),
        ("go_to(place=sofa)", ((6, 6, 0), (6.0, 6.4, 90)), False),
        ("go_to(place=entrance)", ((6, 3.8, 0), (1.0, 4.1, 180)), True),
        ("go_to(color=red, object=cube)", ((1.7, 4.2, 90), (1.4, 6.1, 90)), True),
        ("go_to(color=red, object=cube)", ((1.7, 4.2, 90), (2.4, 5.9, 90)), False),  # that is the mug
        ("go_to(person=anna)", ((6, 5, 0), (7.0, 5.6, 45)), True),
        ("go_to(person=ivan)", ((6, 5, 0), (7.0, 5.6, 45)), False),
        ("go_to(x_m=5, y_m=6)", ((6, 5, 0), (5.1, 6.1, 45)), True),
        ("go_to(x_m=5, y_m=6, yaw_deg=90)", ((6, 5, 0), (5.1, 6.1, 45)), False),
        ("drive(distance_m=1)", ((5, 3.8, 0), (6, 3.8, 0)), True),
        ("drive(distance_m=1)", ((5, 3.8, 0), (6.08, 3.8, 0)), True),
        ("drive(distance_m=1)", ((5, 3.8, 0), (6.2, 3.8, 0)), False),
        ("drive(distance_m=-0.5)", ((5, 3.8, 0), (4.5, 3.8, 0)), True),
        ("drive(distance_m=0.5)", ((5, 3.8, 0), (4.5, 3.8, 0)), False),
        ("drive()", ((5, 3.8, 0), (6, 3.8, 0)), True),
        ("drive(distance_m=1)", ((5, 3.8, 0), (6, 3.8, 0), (5, 3.8, 0)), False),
        ("turn(angle_deg=90)", ((5, 3.8, 0), (5, 3.8, 85)), True),
        ("turn(angle_deg=90)", ((5, 3.8, 0), (5, 3.8, 78)), False),
        ("turn(angle_deg=90)", ((5, 3.8, 0), (5, 3.8, -90)), False),
        ("turn(angle_deg=360)", ((5, 3.8, 0), (5, 3.8, 200), (5, 3.8, 360)), True),
        ("turn(angle_deg=360)", ((5, 3.8, 0), (5, 3.8, 0)), False),
        ("drive(distance_m=1); turn(angle_deg=90)", ((5, 3.8, 0), (6, 3.8, 0), (6, 3.8, 90)), True),
        ("turn(angle_deg=90); drive(distance_m=1)", ((5, 3.8, 0), (6, 3.8, 0), (6, 3.8, 90)), False),
        (
            "repeat(2){drive(distance_m=1); turn(angle_deg=90)}",
            ((5, 3.8, 0), (6, 3.8, 0), (6, 3.8, 90), (6, 4.8, 90), (6, 4.8, 180)),
            True,
        ),
        ("repeat(2){drive(distance_m=1); turn(angle_deg=90)}", ((5, 3.8, 0), (6, 3.8, 0), (6, 3.8, 90)), False),
        ("look(direction=around)", ((5, 3.8, 0), (5, 3.8, 180), (5, 3.8, 355)), True),
        ("look(direction=around)", ((5, 3.8, 0), (5, 3.8, 180)), False),
        ("look(direction=left)", ((5, 3.8, 0), (5, 3.8, 92)), True),
        ("patrol(places=kitchen|bedroom)", ((2, 3.8, 0), (1.7, 6, 90), (2.4, 2, 0)), True),
        ("patrol(places=kitchen|bathroom)", ((2, 3.8, 0), (1.7, 6, 90), (2.4, 2, 0)), False),
        ("explore()", ((2, 3.8, 0), (1.7, 6, 90), (2.4, 2, 0)), True),
        ("explore()", ((2, 3.8, 0), (2.2, 3.8, 0)), False),
        ("wait(duration_s=1.5)", ((5, 3.8, 0), (5, 3.8, 0)), True),
        ("wait(duration_s=5)", ((5, 3.8, 0), (5, 3.8, 0)), False),
        ("stop()", ((5, 3.8, 0), (5, 3.8, 0)), True),
    ],
)
def test_motion_is_judged_by_where_the_robot_truly_was(plan, stops, verdict):
    assert judge(plan, ride(*stops)) is verdict


def test_stop_is_not_reached_while_still_rolling():
    assert not judge("stop()", ride((5, 3.8, 0), (6, 3.8, 0), velocity=Velocity(0.3, 0.0)))


def test_dock_means_that_it_charges():
    assert judge("dock()", ride((5, 3.8, 0), (9.4, 3.8, 180), charging=True))
    assert not judge("dock()", ride((5, 3.8, 0), (9.4, 3.8, 180)))


@pytest.mark.parametrize(
    ("plan", "visible", "verdict"),
    [
        ("find(color=red, object=cube)", (CUBE,), True),
        ("find(object=cube)", (CUBE,), True),
        ("find(color=red, object=cube, place=kitchen)", (CUBE,), True),
        ("find(color=red, object=cube, place=bedroom)", (CUBE,), False),
        ("find(color=blue, object=cube)", (CUBE,), False),
        ("find(color=red, object=mug)", (CUBE,), False),
        ("find(color=red, object=cube)", (), False),
        ("find(color=red, object=cube)", (replace(CUBE, pixels=12),), False),
        ("find(color=red, object=cube)", (replace(CUBE, distance_m=3.4),), False),
        ("find(person=anna)", (ANNA,), True),
        ("find(person=any)", (ANNA,), True),
        ("find(person=ivan)", (ANNA,), False),
        ("find(color=green, object=cube)", (ANNA,), False),
        ("until(see(color=red, object=cube)){drive()}", (CUBE,), True),
        ("until(see(color=red, object=cube)){drive()}", (), False),
        ("until(battery_below(percent=90)){patrol()}", (), True),
        ("until(battery_below(percent=50)){patrol()}", (), False),
    ],
)
def test_find_and_until_need_the_thing_in_the_cameras_view(plan, visible, verdict):
    assert judge(plan, ride((1.7, 5.5, 90), (1.7, 5.6, 90), visible=visible)) is verdict


def test_a_branch_is_judged_by_what_held_at_that_moment():
    plan = "if(see(color=red, object=cube)){drive(distance_m=1)} else {turn(angle_deg=90)}"
    run = ride((5, 3.8, 0), (6, 3.8, 0))
    assert not judge(plan, run)
    run[0] = replace(run[0], visible=(CUBE,))
    assert judge(plan, run)
    assert judge("if(battery_below(percent=20)){dock()} else {drive(distance_m=1)}", run)
    assert judge("if(not battery_below(percent=20)){drive(distance_m=1)}", run)


def test_a_remembered_place_is_where_the_robot_stood():
    run = ride((5, 3.8, 0), (6, 3.8, 0), (5, 3.8, 0), (6.1, 3.8, 0))
    assert judge('drive(distance_m=1); remember_place(name="corner"); go_to(place=corner)', run)
    assert not judge("go_to(place=corner)", run)
    assert achieved(parse_nodes("go_to(place=corner)"), run[0], run[-1], FLAT, run, places={"corner": Pose(6, 3.8)})[0]


def test_following_is_staying_near():
    near = [truth(k * 0.1, 7.0, 5.4) for k in range(50)]
    assert judge("follow(person=anna, duration_s=5)", near)
    assert not judge("follow(person=ivan, duration_s=5)", near)
    assert not judge("follow(person=anna, duration_s=20)", near)


@pytest.mark.parametrize(
    ("skill", "text", "params", "verdict"),
    [
        ("where_am_i", "Я на кухне.", {}, True),
        ("where_am_i", "I am in the kitchen.", {}, True),
        ("where_am_i", "Я в спальне.", {}, False),
        ("battery", "Заряд 86 процентов.", {}, True),
        ("battery", "The battery is at 60 %.", {}, False),
        ("what_do_you_see", "Вижу красный куб.", {}, True),
        ("what_do_you_see", "I can see a red block.", {}, True),
        ("what_do_you_see", "I see a red cube and a mug.", {}, False),
        ("what_do_you_see", "Ничего не вижу.", {}, False),
        ("count", "Я видел один красный куб.", {"object": "cube"}, True),
        ("count", "I have seen 2 cubes.", {"object": "cube"}, False),
        ("count", "Ни одного мяча.", {"object": "ball"}, True),
        ("recall", "Синий мяч был в гостиной.", {"object": "ball", "color": "blue"}, True),
        ("recall", "The blue ball was in the office.", {"object": "ball", "color": "blue"}, False),
        ("say", "Привет!", {"text": "привет"}, True),
        ("say", " ", {"text": "привет"}, False),
    ],
)
def test_stated_facts_are_compared_with_the_truth(skill, text, params, verdict):
    run = [replace(t, visible=(CUBE,)) for t in ride((1.7, 6.0, 90), (1.7, 6.0, 90))]
    plan = f"{skill}({', '.join(f'{k}={v}' for k, v in params.items())})" if skill != "say" else 'say(text="привет")'
    assert judge(plan, run, said(skill, text, **params)) is verdict


def test_what_was_seen_before_the_command_counts():
    earlier = [replace(truth(-5.0 + k * 0.1, 1.7, 6.0), visible=(CUBE,)) for k in range(10)]
    run = ride((5, 3.8, 0), (5, 3.8, 0))
    nodes = parse_nodes("count(object=cube)")
    result = said("count", "I have seen 1 cube.", object="cube")
    assert achieved(nodes, run[0], run[-1], FLAT, [*earlier, *run], result)[0]
    assert not achieved(nodes, run[0], run[-1], FLAT, run, result)[0]


def test_a_failed_result_never_passes_even_when_the_goal_was_reached():
    results = said("go_to", "дверь закрыта", Status.FAILURE, place="kitchen")
    verdict, why = achieved(
        parse_nodes("go_to(place=kitchen)"), TO_KITCHEN[0], TO_KITCHEN[-1], FLAT, TO_KITCHEN, results
    )
    assert not verdict
    assert "дверь закрыта" in why


def test_the_verdict_says_why():
    run = ride((5, 3.8, 0), (5.4, 3.8, 0))
    _, why = achieved(parse_nodes("drive(distance_m=1)"), run[0], run[-1], FLAT, run)
    assert "drive(distance_m=1)" in why and "0.40 m" in why
    _, why = achieved(parse_nodes("go_to(place=kitchen)"), run[0], run[-1], FLAT, run)
    assert "in hall" in why


def test_a_long_trace_is_judged_too():
    run = [truth(k * 0.1, 5.0 + min(k, 1000) / 1000, 3.8) for k in range(6000)]
    assert judge("drive(distance_m=1)", run)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5 кружек", 5.0),
        ("две кружки", 2.0),
        ("no cubes", 0.0),
        ("ни одной", 0.0),
        ("12,5 В", 12.5),
        ("кружки", None),
        ("", None),
    ],
)
def test_numbers_are_found_in_both_languages(text, number):
    assert first_number(text) == number


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("вижу пять кружек", "mug", True),
        ("вижу красную кружку", "mug", True),
        ("рядом с коробкой", "box", True),
        ("два мяча", "ball", True),
        ("I can see nothing", "cylinder", False),
        ("two boxes", "box", True),
        ("кружок", "cone", False),
    ],
)
def test_names_are_found_in_every_case_form(text, kind, found):
    assert names_in(text, FLAT.home.objects[kind]) is found
