"""The gate between understanding and motion: what is refused, why, and in which words."""

from __future__ import annotations

import re

import pytest

from moe_robot.config import load_config
from moe_robot.errors import PlanError
from moe_robot.lexicon import Lexicon
from moe_robot.notation import format_nodes, parse_nodes
from moe_robot.phrases import Phrases
from moe_robot.planner.check import PlanContext, check
from moe_robot.planner.describe import describe, describe_refusal
from moe_robot.skills.schemas import SKILLS, schemas
from moe_robot.structs import Plan, Pose, Repeat, Step
from moe_robot.world.home import load_home

HOME = load_home("flat")
CONTEXT = PlanContext(HOME, load_config(), {"workshop": Pose(1.0, 1.0)})
PHRASES = Phrases(
    Lexicon(HOME.place_names(), HOME.objects, HOME.colors, {p.id: p.names for p in HOME.people.values()}), HOME.rooms
)


def refusal(notation: str, context: PlanContext = CONTEXT) -> PlanError:
    with pytest.raises(PlanError) as caught:
        check(parse_nodes(notation), context)
    return caught.value


@pytest.mark.parametrize(
    "notation",
    [
        "go_to(place=kitchen); find(color=red, object=cube)",
        "repeat(3){drive(distance_m=1); turn(angle_deg=90)}",
        "until(see(color=red, object=cube)){drive()}",
        "if(not battery_below(percent=20)){patrol()} else {dock()}",
        "go_to(x_m=2, y_m=3, yaw_deg=-90)",
        "go_to(place=workshop)",
        "go_to(person=any); follow(duration_s=30, person=anna); say(text=hi)",
        "count(color=red); count(object=any, place=hall); count(person=any); recall(object=ball)",
        "patrol(places=kitchen|hall, rounds=2); explore(duration_s=60); look(direction=left)",
        'remember_place(name="cat corner"); where_am_i(); battery(); wait(duration_s=10); help()',
        "stop(); go_to(place=kitchen)",
        "cancel()",
        "drive(distance_m=-0.5, speed_mps=0.15)",
        "turn(angle_deg=720)",
    ],
)
def test_possible_plans_pass_unchanged(notation: str) -> None:
    plan = check(parse_nodes(notation), CONTEXT)
    assert isinstance(plan, Plan)
    assert format_nodes(plan.nodes) == notation


@pytest.mark.parametrize(
    ("notation", "code", "russian", "english"),
    [
        ("go_to(place=garage)", "unknown_place", "garage.*кухня", "garage.*kitchen"),
        ('go_to(place="тридевятое царство")', "unknown_place", "тридевятое царство", "тридевятое царство"),
        ("patrol(places=kitchen|moon)", "unknown_place", "moon", "moon"),
        ("find(object=cube, place=moon)", "unknown_place", "moon", "moon"),
        ("find(object=unicorn)", "unknown_object", "unicorn.*куб", "unicorn.*cube"),
        ("find(color=pink, object=cube)", "unknown_color", "pink.*красный", "pink.*red"),
        ("follow(person=napoleon)", "unknown_person", "napoleon.*Анна", "napoleon.*Anna"),
        ("drive(distance_m=1000)", "out_of_range", "1000 метров.*20 метров", "1000 meters.*20 meters"),
        ("drive(distance_m=-1000)", "out_of_range", "-1000 метров", "-1000 meters"),
        ("drive(distance_m=1, speed_mps=9)", "out_of_range", "9 метров в секунду.*0,5", "9 meters per second.*0.5"),
        ("drive(distance_m=1, speed_mps=-0.2)", "out_of_range", "0,2", "0.2"),
        ("turn(angle_deg=100000)", "out_of_range", "100000 градусов", "100000 degrees"),
        ("wait(duration_s=86400)", "out_of_range", "24 часа.*60 минут", "24 hours.*60 minutes"),
        ("wait(duration_s=-5)", "out_of_range", "-5 секунд", "-5 seconds"),
        ("until(battery_below(percent=150)){patrol()}", "out_of_range", "150 процентов", "150 percent"),
        ("go_to(x_m=99, y_m=3)", "outside_home", "99; 3.*от 0 до 10", "99, 3.*from 0 to 10"),
        ("pick(object=cube)", "missing_capability", "взять.*нет руки", "pick.*no gripper"),
        ("bring(color=red, object=mug)", "missing_capability", "принести.*нет руки", "bring.*no gripper"),
        ("place(object=mug)", "missing_capability", "положить.*нет руки", "put.*no gripper"),
        ("go_to()", "missing", "куда", "where to"),
        ("find()", "missing", "что именно", "what"),
        ("find(place=kitchen)", "missing", "что именно", "what"),
        ("go_to(x_m=2)", "missing", "координаты", "coordinates"),
        ("wait()", "missing", "сколько времени", "how long"),
        ("say(text=\"\")", "missing", "что сказать", "what to say"),
        ("drive(distance_m=0)", "nothing_to_do", "нечего делать", "nothing to do"),
        ("turn(angle_deg=0)", "nothing_to_do", "нечего делать", "nothing to do"),
        ("repeat(0){drive()}", "nothing_to_do", "нечего делать", "nothing to do"),
        ("repeat(3){}", "nothing_to_do", "нечего делать", "nothing to do"),
        ("repeat(1000){drive()}", "too_many_repeats", "1000.*до 50", "1000.*up to 50"),
        ("repeat(10){repeat(10){drive()}}", "too_many_repeats", "100.*до 50", "100.*up to 50"),
        ("; ".join(["drive()"] * 61), "too_long", "до 60 шагов", "up to 60 steps"),
        ("go_to(person=anna, place=kitchen)", "contradictory", "противоречива", "contradicts"),
        ("find(object=cube, person=anna)", "contradictory", "противоречива.*куб", "contradicts.*cube"),
        ("cancel(); drive()", "cancel_among_others", "отменить", "cancel"),
        ("follow(person=any); say(text=hi)", "needs_duration", "как долго", "how long"),
        ("remember_place(name=кухня)", "place_taken", "кухня.*занято", "кухня.*taken"),
        (f'remember_place(name="{"a" * 100}")', "text_too_long", "до 60", "up to 60"),
        (f'say(text="{"a" * 1000}")', "text_too_long", "до 300", "up to 300"),
        ("dance()", "unknown_skill", "dance", "dance"),
        ("drive(altitude_m=3)", "unexpected", "ехать", "drive"),
        ("look(direction=up)", "wrong_type", "up", "up"),
        ("drive(distance_m=far)", "wrong_type", "far", "far"),
        ("if(raining()){dock()}", "unknown_condition", "raining", "raining"),
    ],
)  # fmt: skip
def test_impossible_plans_are_refused_with_a_reason_in_both_languages(notation, code, russian, english) -> None:
    error = refusal(notation)
    assert error.code == code
    assert re.search(russian, describe_refusal(error, PHRASES, "ru"))
    assert re.search(english, describe_refusal(error, PHRASES, "en"))


def test_an_empty_draft_is_nothing_to_do() -> None:
    with pytest.raises(PlanError, match="nothing_to_do"):
        check((), CONTEXT)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), True])
def test_numbers_that_are_no_numbers_are_refused(value: float) -> None:
    with pytest.raises(PlanError):
        check((Step("drive", {"distance_m": value}),), CONTEXT)


def test_a_repeat_without_end_is_refused() -> None:
    with pytest.raises(PlanError, match="missing"):
        check((Repeat((Step("drive"),)),), CONTEXT)


def test_a_robot_without_a_camera_refuses_to_find() -> None:
    error = refusal("find(object=cube)", PlanContext(HOME, load_config(), {}, {"base"}))
    assert error.code == "missing_capability"
    assert "камеры" in describe_refusal(error, PHRASES, "ru")


def test_a_robot_with_a_gripper_passes_the_check_of_capabilities() -> None:
    check(parse_nodes("pick(object=cube)"), PlanContext(HOME, load_config(), {}, {"base", "gripper"}))


def test_every_skill_of_the_table_has_a_schema_and_the_other_way_round() -> None:
    assert set(SKILLS) == set(schemas(load_config()))


@pytest.mark.parametrize(
    ("notation", "russian", "english"),
    [
        ("go_to(place=kitchen); find(color=red, object=cube)", "еду на кухню, потом ищу красный куб",
         "going to the kitchen, then looking for the red cube"),
        ("repeat(3){drive(distance_m=1); turn(angle_deg=90)}",
         "3 раза (еду вперёд на 1 метр, потом поворачиваюсь налево на 90 градусов)",
         "(driving 1 meter forward, then turning left 90 degrees), 3 times"),
        ("until(see(color=blue, object=ball)){drive()}", "еду вперёд, пока не увижу синий мяч",
         "driving forward until I see a blue ball"),
        ("if(battery_below(percent=20)){dock()} else {go_to(place=sofa)}",
         "если заряд меньше 20 процентов, то еду на зарядку, иначе еду к дивану",
         "if the battery is below 20 percent: going to charge, otherwise going to the sofa"),
        ("go_to(person=any)", "еду к вам", "coming to you"),
        ("until(battery_below(percent=30)){patrol()}",
         "объезжаю все комнаты, пока заряд не опустится ниже 30 процентов",
         "patrolling all rooms until the battery is below 30 percent"),
    ],
)  # fmt: skip
def test_plans_are_told_in_words(notation, russian, english) -> None:
    assert describe(parse_nodes(notation), PHRASES, "ru") == russian
    assert describe(parse_nodes(notation), PHRASES, "en") == english


DESCRIBED = (
    "drive(); drive(distance_m=-1); turn(); turn(angle_deg=180); stop(); cancel(); go_to(x_m=1, y_m=2); "
    "find(object=ball, place=hall); look(); look(direction=back); follow(); follow(duration_s=30, person=anna); "
    "follow(duration_s=30); follow(person=ivan); patrol(places=hall|sofa, rounds=2); patrol(rounds=3); patrol(); "
    "patrol(places=hall|sofa); explore(); explore(duration_s=30); dock(); remember_place(name=x); where_am_i(); "
    "what_do_you_see(); count(color=red, object=ball); count(object=any, place=hall); recall(person=anna); battery(); "
    "say(text=hello); wait(duration_s=30); help()"
)


@pytest.mark.parametrize("form", ["now", "todo"])
@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_skill_can_be_told(language, form) -> None:
    nodes = parse_nodes(DESCRIBED)
    assert {node.skill for node in nodes} == {name for name, path in SKILLS.items() if path}
    text = describe(nodes, PHRASES, language, form)
    assert "{" not in text
    assert "None" not in text
