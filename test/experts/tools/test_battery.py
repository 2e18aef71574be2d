"""The battery in words: what it holds, how far that goes, and whether it is enough for a way."""

from __future__ import annotations

import dataclasses
import math

import pytest
from state_rig import CFG, ask, context, said, world

from moe_robot.experts.answerer import Unavailable
from moe_robot.experts.tools.battery import Battery, range_m
from moe_robot.structs import Battery as State

HALF = State(64.0, 11.8, -0.7, False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("какой заряд", "Заряд 64 процента."),
        ("how is your battery", "The battery is at 64 percent."),
        ("на сколько хватит батареи", "Езды хватит примерно на 3,3 часа, это около 4800 метров пути."),
        ("how long will the battery last", "Standing still as now (0.7 A) it lasts about 4.5 hours."),
        ("хватит ли заряда доехать до кабинета и обратно", "Хватит: туда и обратно 20 метров, меньше процента заряда"),
        ("enough charge to drive to the office and back?", "Enough: there and back is 20 meters"),
        ("доедешь до базы?", "Хватит: путь 9,4 метра"),
        ("хватит на 5000 метров?", "Не хватит: путь 5000 метров, а заряда только на 4800 метров."),
        ("is it enough for 4500 m", "Barely: the way is 4500 meters"),
        ("how far can you drive", "some 4800 meters"),
        ("сколько вольт", "Напряжение 11,8 В. Расход 0,7 А."),
        ("are you charging", "I am not charging"),
        ("идёт ли зарядка", "Я не на зарядке"),
        ("хватит доехать до кухни?", "Туда ехать не надо: я уже там."),
        ("хватит ли заряда, до синего куба", "Пути туда я не знаю; вообще заряда хватит примерно на 4800 м"),
    ],
)  # fmt: skip
def test_battery(text: str, expected: str) -> None:
    told = ask(Battery(), text, world(battery=HALF))
    assert expected in told
    assert told.startswith(("Заряд 64 процента.", "The battery is at 64 percent."))


def test_range_follows_from_capacity_and_current_down_to_the_level_that_stops_the_robot() -> None:
    usable = (64.0 - CFG.motion.monitors.battery_percent) / 100.0 * CFG.hardware.battery_ah
    expected_m = usable / CFG.hardware.drive_a * 3600.0 * CFG.skills.cruise_mps
    assert range_m(HALF, context()) == pytest.approx(expected_m)
    assert range_m(State(1.0, 9.0, -1.0, False), context()) == 0.0


def test_without_a_capacity_no_range_is_made_up() -> None:
    cfg = dataclasses.replace(CFG, hardware=dataclasses.replace(CFG.hardware, battery_ah=0.0))
    known = dataclasses.replace(context(world(battery=HALF)), cfg=cfg)
    reply = Battery().answer(said("how long will the battery last"), known)
    assert reply is not None and "hardware.battery_ah" in reply.text and "hours" not in reply.text


def test_charging_tells_when_it_will_be_full() -> None:
    told = ask(Battery(), "когда зарядишься полностью", world(battery=State(90.0, 12.0, 2.5, True)))
    assert told == "Заряд 90 процентов, сейчас заряжаюсь. До полной осталось примерно 12 минут."
    unknown = ask(Battery(), "when are you fully charged", world(battery=State(90.0, 12.0, math.nan, True)))
    assert unknown.endswith("When it will be full I do not know: the charging current is not measured.")


def test_what_the_board_does_not_measure_is_said_to_be_unknown() -> None:
    assert ask(Battery(), "заряд", world(battery=None)).startswith("Заряд неизвестен")
    volts_only = State(math.nan, 11.1, math.nan, False)
    assert ask(Battery(), "charge?", world(battery=volts_only)).endswith("the voltage is 11.1 V.")
    with pytest.raises(Unavailable):
        Battery().answer(said("charge?"), context())
