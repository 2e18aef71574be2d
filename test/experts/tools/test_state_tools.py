"""What the robot tells of its own state: parts, safety, why it stands, what it does, why it did it."""

from __future__ import annotations

import math

import pytest
from state_rig import NOW_S, Robot, ask, context, said, scan, world

from moe_robot.experts.answerer import Answerer, Unavailable
from moe_robot.experts.context import Diagnosis
from moe_robot.experts.tools.activity import Activity
from moe_robot.experts.tools.diagnostics import Diagnostics
from moe_robot.experts.tools.explain import Explain
from moe_robot.experts.tools.health import gate_words
from moe_robot.experts.tools.safety import Safety
from moe_robot.experts.tools.why_not_moving import WhyNotMoving
from moe_robot.motion.gate import CAUSES
from moe_robot.structs import (
    Asked,
    Battery,
    Cause,
    Plan,
    Pose,
    Reply,
    Route,
    SafetyMode,
    SafetyState,
    Step,
    Turn,
    Utterance,
    Velocity,
    WorldState,
)

VALUES = {
    "port": "/dev/ttyUSB0",
    "link_problem": "",
    "round_trip_median_ms": "3.2",
    "temperature_c": "41.0",
    "crc_errors": "0",
    "damaged_frames": "0",
    "lost_frames": "0",
    "wrong": "",
    "sent_linear_mps": "0.0",
    "sent_angular_radps": "0.0",
}
MOTOR = Diagnosis("moe_robot: motor", 0, "armed, nobody drives", VALUES, 0.4)
MEMORY = Diagnosis("moe_robot: memory", 0, "ok", {}, 0.5)
FINE = Robot(statuses=(MOTOR, MEMORY))
GO = (Step("go_to", {"place": "kitchen"}),)
TO_KITCHEN = Turn(
    Utterance("поезжай на кухню", "ru"),
    Route("go_to", 1.0, "rule_based", (), "go_to#2"),
    Reply("Хорошо: еду на кухню.", "go_to", GO),
    Plan(GO),
)
TO_MOON = Turn(
    Utterance("поезжай на луну", "ru"),
    Route("go_to", 0.97, "learned", (("go_to", 0.97), ("explore", 0.02))),
    Reply("Не знаю места «луну».", "", asked=(Asked("sentences", "not_mine"), Asked("hint", "answered"))),
    None,
    "unknown_place",
)


def motor(level: int = 0, message: str = "ok", age_s: float = 0.4, **values: str) -> Robot:
    return Robot(statuses=(Diagnosis("moe_robot: motor", level, message, {**VALUES, **values}, age_s),))


def safety(mode: SafetyMode, *causes: Cause, limiting: str = "", driver: str = "") -> SafetyState:
    return SafetyState(mode, 3, causes, limiting, NOW_S, driver)


SAID_STOP = safety(SafetyMode.ESTOP, Cause("text", "text: стоп", NOW_S - 20.0), limiting="estop")
TILTED = safety(SafetyMode.ESTOP, Cause("tilt", "25 deg", NOW_S - 20.0), limiting="estop")

# ---------------------------------------------------------------- diagnostics


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("всё ли в порядке", "Всё в порядке: память, моторы, лидар, камера, определение места и батарея."),
        ("health check", "Everything is all right: memory, motors, lidar, camera, localization and battery."),
        ("как лидар", "Лидар работает: 360 лучей за оборот."),
        ("is the camera working", "The camera works, images are coming."),
        ("температура моторов", "Драйвер моторов: 41 °C, предел 80 °C."),
        ("are the motors overheating", "The motor driver is at 41 °C"),
        ("есть связь с платой", "Связь с платой на /dev/ttyUSB0 есть. Ответ приходит за 3,2 мс. Испорченных"),
        ("check the sensors", "The lidar works: 360 beams a turn. The camera works"),
        ("как память", "Память: в порядке."),
    ],
)  # fmt: skip
def test_diagnostics_of_a_robot_in_order(text: str, expected: str) -> None:
    assert expected in ask(Diagnostics(), text, world(), FINE)


def test_diagnostics_names_what_is_wrong_the_worst_first() -> None:
    full = Diagnosis("moe_robot: memory", 1, "the disk is full", {}, 0.5)
    told = ask(Diagnostics(), "что сломалось", world(scan=None, image_t_s=NOW_S - 12), Robot(statuses=(MOTOR, full)))
    assert told.startswith("Лидар молчит")
    assert "последний кадр был 12 секунд назад" in told
    assert told.index("Камера молчит") < told.index("Память: предупреждение («the disk is full»).")
    assert told.endswith("Остальное в порядке: моторы, определение места и батарея.")


@pytest.mark.parametrize(
    ("text", "robot", "state", "expected"),
    [
        ("ошибки есть?", motor(2, "wheel stalled"), world(), "Моторы: ошибка («wheel stalled»)."),
        ("any errors", motor(age_s=7.0), world(), "Motors: silent for 7 seconds; the node seems to have died or hung."),
        ("motors hot?", motor(temperature_c="78"), world(), "The motor driver is hot: 78 °C of 80 °C allowed."),
        ("motors hot?", motor(temperature_c="nan"), world(), "My board does not measure the temperature"),
        ("is the link up", motor(link_problem="no such port"), world(), 'is down: "no such port".'),
        ("связь с платой", motor(crc_errors="3", lost_frames="2"), world(), "испорчено или потеряно 5 кадров."),
        ("how is the lidar", FINE, world(scan=scan(ahead=math.nan)), "The lidar works"),
        ("всё хорошо?", FINE, world(battery=Battery(8.0, 10.0, -1.0, False)), "Батарея почти села: 8 процентов."),
        ("are you ok", FINE, world(pose_std_m=0.9), "My place on the map is unclear: off by up to 0.9 meters."),
        ("are you ok", Robot(), world(safety=None, odom=None), "The motor node is silent"),
    ],
)
def test_diagnostics_of_faults(text: str, robot: Robot, state: WorldState, expected: str) -> None:
    assert expected in ask(Diagnostics(), text, state, robot)


# ---------------------------------------------------------------- why not moving


@pytest.mark.parametrize(
    ("state", "robot", "russian", "english"),
    [
        (world(safety=SAID_STOP), FINE, "Включена аварийная остановка: кто-то написал «стоп». Снимите её командой",
         "The emergency stop is on: somebody typed stop. Release it with `moe-robot reset`."),
        (world(safety=TILTED), FINE, "Включена аварийная остановка: робот наклонён. Устраните причину",
         "The emergency stop is on: the robot is tilted. Remove the cause"),
        (world(safety=safety(SafetyMode.DISARMED)), FINE, "Моторы не включены: разрешите движение командой",
         "The motors are not armed: allow motion with `moe-robot arm`."),
        (world(safety=safety(SafetyMode.DISARMED, limiting="link_lost")), motor(2, link_problem="port is gone"),
         "Нет связи с платой моторов («port is gone»)", 'no link to the motor board ("port is gone")'),
        (world(safety=None), FINE, "Узел моторов молчит", "The motor node is silent"),
        (world(scan=None), FINE, "Лидар молчит, а без него я не двигаюсь", "The lidar is silent, and without it"),
        (world(), FINE, "Мне никто не велел ехать", "Nobody told me to drive"),
        (world(safety=safety(SafetyMode.ARMED, limiting="obstacle")), Robot(statuses=(MOTOR,), command="вперёд"),
         "На пути препятствие", "An obstacle is in my way"),
        (world(safety=safety(SafetyMode.ARMED, driver="joystick")), FINE, "Сейчас мной управляет joystick",
         "Joystick is driving me now"),
        (world(), Robot(statuses=(MOTOR,), command="вперёд"), "Я выполняю «вперёд»: сейчас шаг, на котором я стою",
         'I am carrying out "вперёд": this step is one that I stand for'),
        (world(), Robot(statuses=motor(sent_linear_mps="0.3").statuses, command="вперёд"),
         "скорость колёсам подана, а они стоят", "the wheels are told to turn and stand"),
        (world(velocity=Velocity(0.2, 0.0)), FINE, "Я двигаюсь: 0,2 м/с", "I am moving: 0.2 m/s"),
    ],
)  # fmt: skip
def test_why_not_moving_names_the_likeliest_reason_first(
    state: WorldState, robot: Robot, russian: str, english: str
) -> None:
    assert russian in ask(WhyNotMoving(), "почему ты не едешь", state, robot).split(" Кроме того")[0]
    assert english in ask(WhyNotMoving(), "why don't you move", state, robot).split(" Besides")[0]


def test_why_not_moving_tells_further_reasons_and_the_last_refusal() -> None:
    lost = world(safety=safety(SafetyMode.DISARMED), pose=None)
    told = ask(WhyNotMoving(), "why are you standing", lost, FINE)
    assert "Besides: I do not know where I am" in told
    assert told.endswith("Besides: there is no command to drive now either.")
    refused = ask(WhyNotMoving(), "почему стоишь", world(), FINE, (TO_KITCHEN, TO_MOON))
    assert refused == "Последняя просьба, «поезжай на луну», плана не дала: «Не знаю места «луну».»"


# ---------------------------------------------------------------- safety


@pytest.mark.parametrize(
    ("text", "state", "expected"),
    [
        ("ты взведён?", world(), "Моторы включены, аварийной остановки нет."),
        ("are you armed", world(safety=safety(SafetyMode.DISARMED)), "The motors are not armed"),
        ("is the e-stop on", world(safety=SAID_STOP), "The emergency stop is on. The cause: somebody typed stop"),
        ("как снять аварийную остановку", world(safety=TILTED), "устраните причину и выполните moe-robot reset."),
        ("reset the e-stop", world(), "There is nothing to release."),
        ("кто тебя остановил", world(safety=SAID_STOP), "кто-то написал «стоп» («text: стоп»), 20 секунд назад."),
        ("who stopped you", world(), "Nobody stopped me."),
        ("is it safe to stand near you", world(), "I am not certified as safe"),
        ("на каком расстоянии ты останавливаешься", world(), "за 8 сантиметров останавливаюсь"),
        ("how do I disarm you", world(), "`moe-robot arm --off`"),
        ("включи моторы", world(safety=safety(SafetyMode.DISARMED)), "Движение разрешает человек: moe-robot arm."),
        ("is the gate ok", None, "The state of the safety gate is not known"),
        ("what limits you", world(safety=safety(SafetyMode.ARMED, limiting="slow_zone")), "slower near an obstacle"),
    ],
)
def test_safety(text: str, state: WorldState | None, expected: str) -> None:
    assert expected in ask(Safety(), text, state)


def test_every_cause_of_the_gate_has_words_for_people() -> None:
    for kind in CAUSES:
        assert gate_words(kind, "ru") != kind and gate_words(kind, "en") != kind
    assert gate_words("a_cause_of_tomorrow", "en") == "a_cause_of_tomorrow"


# ---------------------------------------------------------------- activity

FAR = world(pose=Pose(7.8, 1.6), velocity=Velocity(0.38, 0.0))
DRIVING = Robot(command="поезжай на кухню")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("что ты делаешь", "Выполняю «поезжай на кухню». План, 1 шаг: еду на кухню. Еду, 0,38 м/с."),
        ("are you busy", "The plan, 1 step: go_to(place=kitchen)."),  # it was said in the other language
        ("when will you be finished", "10 meters of way are left (the kitchen), about 27 seconds."),
        ("какой у тебя план", "План, 1 шаг: еду на кухню."),
    ],
)
def test_activity_of_a_robot_at_work(text: str, expected: str) -> None:
    assert expected in ask(Activity(), text, FAR, DRIVING, (TO_KITCHEN,))


def test_activity_without_a_command_and_without_a_known_end() -> None:
    idle = ask(Activity(), "что ты делаешь", world(), Robot(), (TO_KITCHEN,))
    assert idle == "Сейчас я ничего не делаю. Последней была команда «поезжай на кухню»."
    assert ask(Activity(), "are you busy", world(), Robot()) == "No, I am free."
    endless = ask(Activity(), "when are you done", FAR, Robot(command="иди за мной"), (TO_KITCHEN,))
    assert endless.endswith("When I will be done I cannot say: it depends on what I meet.")


# ---------------------------------------------------------------- explain


@pytest.mark.parametrize(
    ("text", "turn", "expected"),
    [
        ("почему ты это сделал", TO_KITCHEN, ("Вы сказали: «поезжай", "фраза (go_to#2)", "приняла: еду на кухню.")),
        ("why did you do that", TO_MOON, ("The learned router gave it", "97 percent sure", '"explore" with 2 percent',
                                          "sentences passed it on, hint answered", "No plan came of it")),
        ("how sure were you", TO_KITCHEN, ("I was 100 percent sure.",)),
        ("какой эксперт отвечал", TO_MOON, ("эксперту «go_to»", "sentences не взялся, hint ответил")),
        ("почему поехал этой дорогой", TO_KITCHEN, ("Путь я выбираю самый дешёвый по карте",)),
    ],
)  # fmt: skip
def test_explain_tells_the_trace_of_the_last_exchange(text: str, turn: Turn, expected: tuple[str, ...]) -> None:
    told = ask(Explain(), text, history=(turn,))
    for part in expected:
        assert part in told


def test_explain_skips_its_own_answers_and_has_nothing_to_say_of_nothing() -> None:
    itself = Turn(Utterance("why", "en"), Route("explain", 0.9, "learned"), Reply("...", "explain"), None)
    assert "поезжай на кухню" in ask(Explain(), "but why", history=(TO_KITCHEN, itself))
    assert ask(Explain(), "почему?").startswith("В этом разговоре я ещё ничего не делал")
    asked_back = Turn(Utterance("поезжай туда", "ru"), Route("", 0.4, "learned", (("go_to", 0.4), ("explore", 0.3))),
                      Reply("?", "which"), None, "which")  # fmt: skip
    told = ask(Explain(), "почему ты переспросил", history=(asked_back,))
    assert "Ближе всего были go_to и explore, но уверенности только 40 процентов." in told
    assert "переспросил" in told


@pytest.mark.parametrize("tool", [Diagnostics(), WhyNotMoving(), Activity()])
def test_state_needs_a_robot(tool: Answerer) -> None:
    with pytest.raises(Unavailable):
        tool.answer(said("why"), context())
