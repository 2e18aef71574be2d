"""What the lidar and the camera tell, in words; what they do not tell is said to be not known."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from state_rig import NOW_S, ask, context, detection, said, scan, sighting, world

from moe_robot.experts.answerer import Answerer, Unavailable
from moe_robot.experts.tools.compare import Compare
from moe_robot.experts.tools.gripper import Gripper
from moe_robot.experts.tools.obstacles import Obstacles
from moe_robot.experts.tools.people import People
from moe_robot.experts.tools.read_text import ReadText
from moe_robot.structs import Scan

ANNA = sighting("person", person="anna", x_m=7.6, y_m=6.6, age_s=40)
THINGS = (
    sighting("ball", "red", x_m=1.0, y_m=6.0, id=1),
    sighting("ball", "blue", x_m=2.0, y_m=6.0, id=2),
    sighting("ball", "red", x_m=3.0, y_m=6.0, id=3),
    sighting("cube", "blue", x_m=5.0, y_m=6.0, id=4),
    sighting("mug", "yellow", x_m=2.6, y_m=5.4, id=5),
)
AROUND = world(scan=scan(ahead=1.5, left=0.5, behind=3.0), sightings=(*THINGS, ANNA))
IN_VIEW = world(
    sightings=(ANNA,),
    detections=(
        detection("person", person="ivan", bearing_rad=0.5),
        detection("person"),
        detection("cube", "red", width_px=60),
        detection("ball", "blue", width_px=30),
    ),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("есть ли что-то впереди", "Впереди свободно 1,3 метра, дальше мебель."),
        ("is the way ahead free", "The way ahead is free for 1.3 meters, then comes furniture."),
        ("сколько места сзади", "Сзади свободно 2,8 метра, дальше стена."),
        ("ближайшее препятствие", "Ближе всего ко мне, слева, в 35 сантиметрах: что-то, чего нет на карте."),
        ("what is on your left", "On my left, 35 centimeters away, is something that is not on my map."),
        ("справа свободно?", "Справа ничего нет до 12 метров."),
        ("можно ли проехать", "Впереди свободно 1,3 метра"),
        ("пролезешь в щель 40 см", "Пройду: проём 0,4 метра, мне нужно 38 сантиметров (моя ширина 34 сантиметра)."),
        ("will you fit through a gap of 30 cm", "I do not fit: the gap is 0.3 meters"),
        ("what obstacles are around you", "Nearest to me, on the left, 35 centimeters away"),
    ],
)
def test_obstacles(text: str, expected: str) -> None:
    assert expected in ask(Obstacles(), text, AROUND)


def test_an_obstacle_within_the_stop_distance_leaves_no_room() -> None:
    assert ask(Obstacles(), "можно ехать вперёд?", world(scan=scan(ahead=0.25))).startswith("Вперёд ехать некуда: в 6")
    seen = sighting("box", "orange", x_m=1.8, y_m=6.5)
    told = ask(Obstacles(), "what is in front of you", world(scan=scan(ahead=0.3), sightings=(seen,)))
    assert told.endswith("then comes an orange box.")


def test_without_a_trustworthy_scan_nothing_is_said_to_be_free() -> None:
    assert ask(Obstacles(), "что впереди", world(scan=None)).startswith("Лидар молчит дольше 1 секунды")
    blind = dataclasses.replace(scan(), ranges_m=np.full(360, np.nan, dtype=np.float32))
    assert ask(Obstacles(), "is the way free", world(scan=blind)) == (
        "The lidar measures next to nothing: such a scan cannot be trusted."
    )
    front_only = Scan(np.full(90, np.inf, dtype=np.float32), -0.785, math.radians(1.0), 0.1, 12.0, NOW_S)
    assert ask(Obstacles(), "что сзади", world(scan=front_only)) == "Назад лидар не смотрит: этого я не знаю."
    assert "free" in ask(Obstacles(), "what is ahead", world(scan=front_only))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("чего больше, кубов или мячей", "Больше мячей. Я видел мячей: 3 и кубов: 1."),
        ("are there more red or blue balls", "There are more red balls. What I have seen: red balls: 2 and blue"),
        ("чего меньше: кружек или мячей", "Меньше кружек. Я видел кружек: 1 и мячей: 3."),
        ("каких мячей больше, красных или синих", "Больше красных мячей."),
        ("какого цвета предметов больше", "красных предметов и синих предметов поровну"),
        ("are there more cubes or mugs", "The same number. What I have seen: cubes: 1 and mugs: 1."),
        ("чего больше, конусов или бутылок", "Ни того, ни другого я ещё не видел."),
        ("чего больше всего", "Больше мячей."),
        ("что ближе, синий куб или жёлтая кружка", "Ближе жёлтая кружка: до жёлтой кружки 1,1 метра и до синего куба"),
        ("which is farther, the blue cube or Anna", "Anna is farther: Anna 5.8 meters"),
        ("что ближе, конус или куб", "Ещё не видел конус: сравнить не могу."),
        ("что ближе: кухня или спальня", "Ближе всего до кухни"),
        ("ложек меньше, чем бутылок?", "Сравниваю только то, что различаю: куб, мяч"),
        ("which is nearer, the key or the toothbrush", "I can compare only what I tell apart: cube, ball"),
        ("which thing is nearest to you", "is nearer"),
        ("which is bigger", "I compare sizes by eye only: put both things in front of me."),
    ],
)
def test_compare(text: str, expected: str) -> None:
    assert expected.lower() in ask(Compare(), text, AROUND).lower()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("что больше по размеру, красный куб или синий мяч", "На вид крупнее красный куб: шире на 100 процентов"),
        ("which is smaller, the red cube or the blue ball", "The blue ball looks smaller: 50 percent narrower"),
        ("что крупнее, красный куб или кружка", "Размер сравниваю только на глаз, а кружки сейчас не вижу."),
    ],
)
def test_compare_sizes_within_one_image(text: str, expected: str) -> None:
    state = world(detections=(detection("cube", "red", width_px=60), detection("ball", "blue", width_px=30)))
    assert expected in ask(Compare(), text, state)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("есть кто дома", "Да, вижу: человек и Иван, в 1,5 метра, впереди слева."),
        ("who is here", "Yes, I see a person and Ivan, 1.5 meters away, ahead on the left."),
        ("это Иван?", "Да, вижу Ивана, в 1,5 метра, впереди слева."),
        ("is it Anna?", "I do not see Anna now. The last time was in the living room, 40 seconds ago. But there is 1"),
        ("do you recognise him", "I tell people apart by the colour of their clothes, not by their faces."),
    ],
)
def test_people_in_view(text: str, expected: str) -> None:
    assert expected in ask(People(), text, IN_VIEW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("есть кто дома", "Сейчас никого не вижу. Последним видел Анну в гостиной 40 секунд назад."),
        ("ты видишь Анну", "Сейчас Анны не вижу. Видел в гостиной 40 секунд назад."),
        ("is it Ivan", "I do not see Ivan and have not lately."),
        ("кто на кухне", "На кухне я никого не вижу."),
        ("кто в спальне", "В спальне я никого не видел, но и сам сейчас не там: наверняка не знаю."),
        ("is anyone in the living room", "I saw Anna, 40 seconds ago"),
    ],
)
def test_people_out_of_view(text: str, expected: str) -> None:
    assert expected in ask(People(), text, AROUND)


def test_people_without_a_camera_image_are_not_said_to_be_absent() -> None:
    silent = ask(People(), "есть тут кто", world(image_t_s=NOW_S - 12, sightings=(ANNA,)))
    assert silent.startswith("Последний кадр камеры был 12 секунд назад: что передо мной сейчас, я не вижу.")
    assert "никого не вижу" not in silent
    never = ask(People(), "is anybody here", world(image_t_s=-math.inf))
    assert never.startswith("The camera has not given a single image yet.")
    assert "see nobody" not in never


@pytest.mark.parametrize(
    ("tool", "text", "expected"),
    [
        (Gripper(), "открой захват", "Открыть нечего: захвата у меня нет."),
        (Gripper(), "what are you holding", "I have no gripper, so I am holding nothing"),
        (Gripper(), "raise your arm", "There is nothing to raise or lower: I have no arm."),
        (Gripper(), "сожми крепче", "Сжать нечем"),
        (ReadText(), "прочитай вывеску", "распознавания текста среди моих частей нет"),
        (ReadText(), "read the QR code", "neither QR nor bar codes"),
        (ReadText(), "what does the screen say", "I cannot read a screen yet"),
    ],
)
def test_parts_that_are_missing_are_said_to_be(tool: Answerer, text: str, expected: str) -> None:
    assert expected in ask(tool, text)


@pytest.mark.parametrize("tool", [Obstacles(), People(), Compare()])
def test_senses_need_a_robot(tool: Answerer) -> None:
    with pytest.raises(Unavailable):
        tool.answer(said("what is there"), context())
