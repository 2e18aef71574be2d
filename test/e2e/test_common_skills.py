"""Skills as people ask for them, on the whole robot in simulated time, judged by the simulator's truth."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest

from moe_robot.config import load_config
from moe_robot.lockstep import CommandRun, LockstepRobot
from moe_robot.sim.ground_truth import achieved
from moe_robot.sim.worlds import load_world
from moe_robot.structs import Language, Pose


@pytest.fixture
def robot() -> Iterator[LockstepRobot]:
    robot = LockstepRobot(load_config(), load_world("flat"), seed=4)
    assert robot.settle() == ""
    yield robot
    robot.close()


def put(robot: LockstepRobot, pose: Pose) -> None:
    """Carried elsewhere, and told where it is."""
    robot.sim.set_robot(pose)
    robot.localizer.reset(pose, 0.05)
    robot.run_for(1.0)


def done(robot: LockstepRobot, text: str, language: Language, places: dict[str, Pose] | None = None) -> CommandRun:
    """Run it; the truth must agree, and nothing may be touched."""
    run = robot.command(text, language)
    assert run.turn is not None
    assert run.turn.plan is not None, run.texts
    assert run.outcome == "done", run.texts
    ok, why = achieved(
        run.turn.plan.nodes, run.before, run.after, robot.sim_world, run.trace, run.results, places=places
    )
    assert ok, why
    assert run.after.collisions == run.before.collisions
    return run


def test_it_follows_a_person_who_walks_away(robot: LockstepRobot) -> None:
    start_s = robot.now_s

    def walk() -> None:
        robot.sim.set_person("anna", 8.1 - 0.3 * max(0.0, robot.now_s - start_s - 1.0), 3.8, math.pi)

    robot.before_step = walk
    run = done(robot, "иди за мной 9 секунд", "ru")
    assert run.texts[-1] == "Ехал следом за вами 9 секунд."
    assert run.after.pose.x_m < run.before.pose.x_m - 1.2


def test_it_says_when_there_is_nobody_to_follow(robot: LockstepRobot) -> None:
    robot.sim.set_person("anna", 1.0, 0.8, 0.0)
    run = robot.command("follow me", "en")
    assert run.outcome == "failed"
    assert run.texts[-1] == "I do not see anybody."


def test_it_counts_what_it_has_to_look_for_first(robot: LockstepRobot) -> None:
    put(robot, Pose(4.9, 2.6, -1.57))
    run = done(robot, "сколько мячей в ванной?", "ru")
    assert run.texts[-1] == "В ванной один мяч."
    run = done(robot, "how many cubes are in the bathroom?", "en")
    assert run.texts[-1] == "There are no cubes in the bathroom."
    assert run.duration_s < 1.0  # it has looked there just now


def test_a_place_with_a_name_is_come_back_to(robot: LockstepRobot) -> None:
    kept = done(robot, "запомни это место как стоянка", "ru").before.pose
    done(robot, "проедь вперёд 1,5 метра", "ru")
    run = done(robot, "вернись на стоянку", "ru", places={"стоянка": kept})
    assert math.hypot(run.after.pose.x_m - kept.x_m, run.after.pose.y_m - kept.y_m) < 0.3


def test_a_decision_takes_the_branch_that_is_true(robot: LockstepRobot) -> None:
    robot.sim.set_battery(15.0)
    robot.run_for(0.3)
    run = done(robot, "если заряд меньше 30 процентов, повернись налево, иначе скажи привет", "ru")
    assert len(run.results) == 1
    assert run.results[0].step.skill == "turn"
    robot.sim.set_battery(80.0)
    robot.run_for(0.3)
    run = done(robot, "if the battery is below 30 percent turn left, otherwise say hello", "en")
    assert run.texts[-1] == "Hello"


def test_it_waits_as_long_as_it_was_told(robot: LockstepRobot) -> None:
    run = done(robot, "wait 5 seconds and then turn right", "en")
    assert run.first_motion_s == pytest.approx(5.0, abs=0.2)


def test_it_turns_until_it_sees_and_tells_what_it_sees(robot: LockstepRobot) -> None:
    put(robot, Pose(8.0, 1.6, 3.1))
    done(robot, "поворачивайся, пока не увидишь синюю бутылку", "ru")
    assert "синюю бутылку" in done(robot, "что ты видишь?", "ru").texts[-1]
    assert "office" in done(robot, "where did you see the blue bottle?", "en").texts[-1]


def test_it_patrols_the_places_that_were_named(robot: LockstepRobot) -> None:
    run = done(robot, "патрулируй кабинет и коридор", "ru")
    assert run.texts[-1] == "Объехал кабинет и коридор."


def test_it_explores_for_as_long_as_it_was_told(robot: LockstepRobot) -> None:
    run = done(robot, "explore for 15 seconds", "en")
    assert run.duration_s == pytest.approx(15.0, abs=0.2)
    assert "the hall" in run.texts[-1]
