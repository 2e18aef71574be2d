"""Plans at work: order, blocks, interruption, cancel, preemption, and what is told about it."""

from __future__ import annotations

import pytest
from stage import TICK_S, Memory, Pose, Stage, Thing, done, sighting

from moe_robot.config import load_config
from moe_robot.notation import format_node, parse_nodes
from moe_robot.planner.check import PlanContext, check
from moe_robot.structs import Battery, Plan, Status, Step, Velocity

HALL = Pose(5.0, 3.8, 0.0)
BALL = Thing("ball", "blue", 8.6, 3.8)


def ran(tick) -> list[str]:
    return [format_node(result.step) for result in tick.results]


def test_steps_run_in_their_order_and_each_leaves_its_evidence() -> None:
    tick = Stage(HALL).run("drive(distance_m=0.5); turn(angle_deg=90); where_am_i()")
    assert done(tick)
    assert ran(tick) == ["drive(distance_m=0.5)", "turn(angle_deg=90)", "where_am_i()"]
    assert all(result.status is Status.SUCCESS and result.evidence for result in tick.results)
    assert tick.step_count == 3


def test_the_first_tick_moves() -> None:
    for notation in ("drive(distance_m=1)", "turn(angle_deg=90)", "go_to(place=office)", "look()", "explore()"):
        stage = Stage(HALL)
        stage.begin(notation)
        tick = stage.tick()
        assert tick.velocity != Velocity(), notation
        assert tick.status is Status.RUNNING


def test_progress_tells_the_step_and_what_remains() -> None:
    stage = Stage(HALL)
    stage.begin("turn(angle_deg=90); drive(distance_m=0.3)", "ru")
    tick = stage.tick()
    assert (tick.step_index, tick.step_count, tick.message) == (0, 2, "Поворачиваюсь налево на 90 градусов")
    tick = stage.run(until=lambda stage: stage.last.step_index == 1)
    assert tick.step == Step("drive", {"distance_m": 0.3})
    assert tick.remaining_m == pytest.approx(0.3, abs=0.05)


def test_a_failed_step_ends_the_plan_and_the_rest_is_named_as_not_done() -> None:
    stage = Stage(HALL)
    tick = stage.run("find(color=red, object=cube, place=bathroom); go_to(place=office); say(text=hi)", "ru")
    assert (tick.status, tick.outcome) == (Status.FAILURE, "failed")
    assert ran(tick) == ["find(color=red, object=cube, place=bathroom)"]
    assert tick.message == ("Не нашёл красный куб. Осмотрел ванную. Не сделано: поехать в кабинет, потом сказать «hi».")
    assert stage.said[-1] == tick.message
    assert tick.velocity == Velocity()


def test_nothing_runs_before_the_first_plan() -> None:
    stage = Stage(HALL)
    tick = stage.tick()
    assert tick.velocity == Velocity()
    assert not stage.executor.running


def test_after_the_end_ticks_keep_the_result_and_stand_still() -> None:
    stage = Stage(HALL)
    assert stage.run("drive(distance_m=0.3)").ended
    tick = stage.tick()
    assert (tick.velocity, tick.status, tick.outcome, tick.ended) == (Velocity(), Status.SUCCESS, "done", False)
    assert ran(tick) == ["drive(distance_m=0.3)"]
    assert tick.spoken == ()


# ---- blocks


def test_repeat_runs_its_body_so_many_times() -> None:
    tick = Stage(HALL).run("repeat(3){drive(distance_m=0.2); turn(angle_deg=30)}")
    assert done(tick)
    assert ran(tick) == ["drive(distance_m=0.2)", "turn(angle_deg=30)"] * 3


def test_repeats_nest() -> None:
    tick = Stage(HALL).run("repeat(2){repeat(2){turn(angle_deg=10)}; wait(duration_s=0.2)}")
    assert ran(tick) == ["turn(angle_deg=10)", "turn(angle_deg=10)", "wait(duration_s=0.2)"] * 2


def test_a_failure_within_a_repeat_ends_it_all() -> None:
    stage = Stage(HALL)
    stage.wheels_stuck = True
    tick = stage.run("repeat(3){drive(distance_m=0.2)}; say(text=done)")
    assert tick.outcome == "failed"
    assert len(tick.results) == 1


def test_if_takes_the_branch_that_holds_at_that_moment() -> None:
    plan = "if(see(color=blue, object=ball)){say(text=yes)} else {say(text=no)}"
    near_ball = Thing("ball", "blue", 7.0, 3.8)
    assert Stage(HALL, near_ball).run(plan).message == "Yes"
    assert Stage(Pose(5.0, 3.8, 3.1), near_ball).run(plan).message == "No"
    assert Stage(HALL, Thing("ball", "red", 7.0, 3.8)).run(plan).message == "No"


def test_if_not_and_an_empty_branch() -> None:
    assert done(Stage(HALL).run("if(see(object=cube)){stop()}"))
    tick = Stage(HALL).run("if(not see(object=cube)){say(text=nothing)}")
    assert tick.message == "Nothing"


def test_a_failing_branch_does_not_try_the_other_one() -> None:
    stage = Stage(HALL)
    stage.wheels_stuck = True
    tick = stage.run("if(not see(object=cube)){drive()} else {say(text=other)}")
    assert tick.outcome == "failed"
    assert ran(tick) == ["drive()"]


def test_if_decides_by_the_battery() -> None:
    stage = Stage(HALL)
    stage.battery = Battery(15.0, 23.0, -1.0, False)
    stage.wait(TICK_S)
    assert stage.run("if(battery_below(percent=20)){say(text=low)} else {say(text=fine)}").message == "Low"
    assert stage.run("if(not battery_below(percent=20)){say(text=fine)} else {say(text=low)}").message == "Low"


def test_a_blind_robot_does_not_decide_by_what_it_sees() -> None:
    stage = Stage(HALL)
    stage.camera = False
    stage.wait(2.0)
    tick = stage.run("if(see(object=cube)){say(text=yes)} else {say(text=no)}", "ru")
    assert (tick.outcome, tick.results) == ("failed", ())
    assert tick.message.startswith("Камера молчит.")


def test_until_interrupts_the_step_in_the_middle() -> None:
    stage = Stage(HALL, BALL)
    tick = stage.run("until(see(color=blue, object=ball)){drive()}", "ru")
    assert done(tick)
    assert 4.0 - 0.5 < stage.distance_to(8.6, 3.8) < 4.0
    assert tick.results[-1].text == "Вижу синий мяч."
    assert tick.velocity == Velocity()


def test_until_repeats_its_body() -> None:
    stage = Stage(HALL, Thing("ball", "blue", 3.0, 3.8))
    tick = stage.run("until(see(object=ball)){turn(angle_deg=45)}")
    assert done(tick)
    assert ran(tick)[:2] == ["turn(angle_deg=45)", "turn(angle_deg=45)"]


def test_until_counts_only_images_from_its_own_time() -> None:
    stage = Stage(HALL, Thing("ball", "blue", 7.0, 3.8))
    stage.camera = False
    stage.begin("until(see(object=ball)){wait(duration_s=60)}")
    stage.wait(1.0)
    assert stage.executor.running
    stage.camera = True
    stage.wait(0.3)
    assert not stage.executor.running


def test_while_you_see_goes_on_over_a_missed_image_and_ends_when_it_is_gone() -> None:
    stage = Stage(HALL, Thing("ball", "blue", 7.0, 3.8))
    stage.begin("until(not see(object=ball)){wait(duration_s=60)}")
    stage.wait(2.0)
    ball = stage.things.pop()
    stage.wait(0.5)
    stage.things.append(ball)
    stage.wait(2.0)
    assert stage.executor.running
    stage.things.pop()
    stage.wait(2.0)
    assert not stage.executor.running
    assert stage.last.outcome == "done"


def test_until_the_battery_is_low() -> None:
    stage = Stage(HALL)
    stage.begin("until(battery_below(percent=30)){patrol()}")
    stage.wait(5.0)
    assert stage.executor.running
    stage.battery = Battery(29.0, 23.0, -1.0, False)
    stage.wait(2 * TICK_S)
    assert not stage.executor.running
    assert stage.last.message == "The battery is below 30 percent."


def test_until_gives_up_after_its_time() -> None:
    stage = Stage(HALL, cfg=load_config(overrides={"planner.until_timeout_s": 20.0}))
    tick = stage.run("until(see(object=ball)){wait(duration_s=5)}")
    assert tick.outcome == "failed"
    assert stage.now_s - 100.0 == pytest.approx(20.0, abs=1.0)


def test_a_body_of_words_does_not_gabble() -> None:
    stage = Stage(HALL)
    stage.begin("until(see(object=ball)){say(text=hello)}")
    stage.wait(3.0)
    assert 2 <= stage.said.count("Hello") <= 4


def test_stop_at_the_end_of_a_block_ends_the_whole_plan() -> None:
    near_ball = Thing("ball", "blue", 7.0, 3.8)
    tick = Stage(HALL, near_ball).run("if(see(object=ball)){stop()}; say(text=never)")
    assert done(tick)
    assert ran(tick) == ["stop()"]


def test_stop_before_another_step_only_halts() -> None:
    tick = Stage(HALL).run("stop(); turn(angle_deg=30)")
    assert ran(tick) == ["stop()", "turn(angle_deg=30)"]


# ---- ends from outside


EVERY_SKILL = [
    "drive(distance_m=3)", "turn(angle_deg=720)", "wait(duration_s=60)", "go_to(place=kitchen)",
    "go_to(x_m=2, y_m=3.8)", "go_to(color=red, object=cube)", "go_to(person=any)", "find(color=green, object=cone)",
    "find(person=ivan)", "look()", "follow()", "patrol()", "explore()", "dock()", "count(object=cube, place=kitchen)",
    "repeat(9){turn(angle_deg=90)}", "until(see(object=bottle)){drive()}", "if(not see(object=bottle)){patrol()}",
]  # fmt: skip
SCENE = (Thing("cube", "red", 1.0, 6.6), Thing("person", "green", 7.5, 3.8, "anna", 0.25))


@pytest.mark.parametrize("notation", EVERY_SKILL)
@pytest.mark.parametrize("after_s", [0.05, 2.0])
def test_cancel_stops_every_skill_at_once(notation: str, after_s: float) -> None:
    stage = Stage(HALL, *SCENE, memory=Memory([sighting("cube", "red", 1.0, 6.6)]))
    stage.begin(notation, "ru")
    stage.wait(after_s)
    assert stage.executor.running
    tick = stage.executor.cancel("", stage.now_s)
    assert (tick.velocity, tick.status, tick.outcome, tick.message) == (
        Velocity(), Status.FAILURE, "cancelled", "Отменено."
    )  # fmt: skip
    assert tick.results[-1].status is Status.FAILURE
    assert stage.tick().velocity == Velocity()
    assert not stage.tools.navigator.active


def test_cancel_takes_a_reason() -> None:
    stage = Stage(HALL)
    stage.begin("drive()")
    stage.tick()
    assert stage.executor.cancel("The caller went away.", stage.now_s).message == "The caller went away."


def test_cancel_of_nothing_is_no_result() -> None:
    tick = Stage(HALL).executor.cancel("", 0.0)
    assert not tick.ended
    assert tick.velocity == Velocity()


def test_a_new_plan_preempts_and_moves_in_its_own_first_tick() -> None:
    stage = Stage(HALL)
    stage.begin("drive(distance_m=3)", "ru")
    stage.wait(1.0)
    plan = check(parse_nodes("turn(angle_deg=90)"), PlanContext(stage.tools.home, stage.cfg))
    preempted = stage.executor.start(plan, "ru", stage.world(), stage.now_s)
    assert preempted is not None
    assert (preempted.outcome, preempted.message) == ("preempted", "Прервано новой командой.")
    tick = stage.tick()
    assert tick.velocity.linear_mps == 0.0
    assert tick.velocity.angular_radps > 0.0
    assert done(stage.run())


def test_start_while_idle_preempts_nothing() -> None:
    stage = Stage(HALL)
    plan = Plan((Step("battery"),))
    assert stage.executor.start(plan, "en", stage.world(), stage.now_s) is None


def test_the_cancel_step_tells_what_it_has_ended() -> None:
    stage = Stage(HALL)
    stage.begin("go_to(place=kitchen)")
    stage.wait(1.0)
    assert stage.run("cancel()", "ru").message == "Отменено: поехать на кухню."
    assert stage.run("cancel()", "ru").message == "Отменять нечего: я ничего не делаю."


def test_an_emergency_stop_ends_the_plan_and_says_so() -> None:
    stage = Stage(HALL)
    stage.begin("drive(distance_m=3); say(text=hi)")
    stage.wait(1.0)
    stage.gate.engage("text", "stop", stage.now_s)
    stage.wait(0.2)
    assert not stage.executor.running
    assert stage.last.message.startswith("The emergency stop is engaged.")
    assert stage.velocity == Velocity()


def test_a_disarmed_robot_waits_a_moment_then_says_why_it_does_not_move() -> None:
    stage = Stage(HALL)
    stage.gate.disarm(stage.now_s)
    tick = stage.run("drive()", "ru")
    assert tick.message.startswith("Моторы выключены.")


def test_a_disarmed_robot_still_answers() -> None:
    stage = Stage(HALL)
    stage.gate.disarm(stage.now_s)
    assert done(stage.run("where_am_i(); battery()"))


def test_a_step_has_a_limit_of_time() -> None:
    stage = Stage(HALL)
    stage.localized = False
    stage.beliefs = type(stage.beliefs)(stage.tools.home, stage.cfg.world)
    tick = stage.run("stop(); wait(duration_s=5); where_am_i()")
    assert tick.outcome == "failed"
    assert tick.results[-1].text == "I cannot tell where I am."


# ---- words


def test_answers_are_spoken_wherever_they_stand_and_motion_only_at_the_end() -> None:
    stage = Stage(HALL)
    stage.run("drive(distance_m=0.3); battery(); turn(angle_deg=30); turn(angle_deg=-30)")
    assert stage.said[0] == "The battery is at 80 percent."
    assert len(stage.said) == 2
    assert stage.said[1].startswith("I turned right")


def test_say_in_a_repeat_is_spoken_every_time() -> None:
    stage = Stage(HALL)
    tick = stage.run("repeat(3){say(text=ура); wait(duration_s=0.2)}", "ru")
    assert done(tick)
    assert stage.said.count("Ура") == 3


def test_ticks_are_cheap() -> None:
    stage = Stage(HALL)
    stage.run("repeat(50){wait(duration_s=0.1)}")
    assert stage.now_s - 100.0 < 50 * (0.1 + 3 * TICK_S)
