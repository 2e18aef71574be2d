"""Distances, orders of stops, the map and the robot's own place, asked in free words about a real home."""

from __future__ import annotations

import itertools
import math
import pickle
import random
import re

import pytest
from state_rig import CFG, HOME, IN_KITCHEN, ask, context, reply_to, said, sighting, world

from moe_robot.experts.answerer import Unavailable
from moe_robot.experts.tools.distance import Distance, drive_s
from moe_robot.experts.tools.home_map import HomeMap, area_m2
from moe_robot.experts.tools.position import Position
from moe_robot.experts.tools.route_order import RouteOrder, shortest_order
from moe_robot.structs import Pose
from moe_robot.world.paths import Paths

SEEN = (sighting("ball", "red", x_m=9.4, y_m=2.8), sighting("person", person="anna", x_m=7.6, y_m=6.6))
WORLD = world(sightings=SEEN)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("сколько метров до спальни", "До спальни 4,7 метра пути, ехать около 14 секунд."),
        ("how far is the bedroom", "It is 4.7 meters of way to the bedroom, about 14 seconds of driving."),
        ("расстояние между кухней и кабинетом", "От кухни до кабинета 9,8 метра пути, ехать около 26 секунд."),
        ("how far is it from the sofa to the fridge", "From the sofa to the fridge it is 9.7 meters of way"),
        ("далеко ли до красного мяча", "До красного мяча 10 метров пути"),
        ("how far is Anna", "It is 9 meters of way to Anna"),
        ("какая комната ближе всего", "Ближе всего до спальни: 4,7 метра; до коридора"),
        ("which is farther, the bathroom or the office", "Farthest is the office: 9.8 meters; the bathroom"),
        ("сколько до синего куба", "Я ещё не видел синий куб, поэтому расстояния не знаю."),
        (
            "how far is the balcony",
            "I do not know that place. I can tell how far it is to a place (kitchen, living room",
        ),
        ("от детской до кухни сколько", "Из двух мест я знаю только кухню: второго на моей карте нет."),
        ("какое расстояние между диваном и столом", "От дивана до обеденного стола 8,4 метра"),
        ("how far to the bedroom and back", "There and back it is 9.3 meters"),
        ("далеко ты от меня", "До человека 9 метров пути"),
        ("how long to the kitchen and the hall", "I am in the kitchen already. It is 5.1 meters of way to the hall"),
    ],
)
def test_distance(text: str, expected: str) -> None:
    assert expected in ask(Distance(), text, WORLD)


def test_distance_is_that_of_the_way_round_the_walls() -> None:
    length_m = Paths(HOME, CFG.world).length_m(IN_KITCHEN, HOME.rooms["bedroom"].stand)
    stand = HOME.rooms["bedroom"].stand
    assert length_m > math.dist((IN_KITCHEN.x_m, IN_KITCHEN.y_m), (stand.x_m, stand.y_m)) + 0.1
    told = ask(Distance(), "how far is the bedroom", WORLD)
    assert float(re.findall(r"[\d.]+", told)[0]) == pytest.approx(length_m, abs=0.06)
    assert drive_s(length_m, context()) == pytest.approx(length_m / CFG.skills.cruise_mps + 2.0, abs=0.5)


def test_distance_without_a_pose_counts_from_the_charger_and_says_so() -> None:
    lost = ask(Distance(), "how far is the kitchen", world(pose=None))
    assert lost.startswith("I do not know where I am at the moment. I count from the charger. It is 9.5 meters")
    assert ask(Distance(), "сколько до кухни").startswith("Робот не подключён. Считаю от базы. До кухни 9,5 метра")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("в каком порядке лучше объехать кухню, спальню и кабинет", "Лучший порядок: кухня → спальня → кабинет."),
        ("best order to visit the sofa, the fridge and the bedroom and come back", "The best round: fridge → "),
        ("plan the shortest tour of all rooms, finish at the dock", "office → dock."),
        ("спланируй обход всех комнат и вернись", "и обратно. Всего 30 метров"),
        ("порядок: кабинет, спальня, гостиная, начни с гостиной", "Лучший порядок: гостиная →"),
        ("порядок: гараж, спальня и кухня", "На моей карте нет: «гараж», в порядок не включаю. Лучший порядок: кухня"),
        ("на балкон, в гараж и в кладовку, куда сначала", "Таких остановок на моей карте нет: «балкон», «гараж»"),
        ("sort the playroom and the veranda", 'These stops are not on my map: "playroom" and "veranda".'),
        ("the shortest round through all rooms", "The best order: kitchen → bedroom → bathroom"),
        ("в каком порядке объехать кухню", "Назовите хотя бы две остановки."),
        ("best order for the kitchen and the blue cube", "I do not know where the blue cube is"),
    ],
)
def test_order_of_stops(text: str, expected: str) -> None:
    assert expected in ask(RouteOrder(), text, WORLD, live=False)


def test_order_of_stops_offers_a_command_and_moves_nothing() -> None:
    reply = reply_to(RouteOrder(), "порядок: кабинет, кухня", WORLD, live=False)
    assert reply is not None and not reply.draft
    assert reply.text.endswith("скажите: «поезжай на кухню, потом в кабинет».")


def test_order_of_stops_needs_nothing_that_cannot_go_to_another_process() -> None:
    state = world(sightings=SEEN, places={"reading_corner": Pose(9.0, 5.0)})
    sent = pickle.loads(pickle.dumps(context(state, live=False)))
    reply = RouteOrder().answer(said("best order for the reading corner, the fridge and the red ball"), sent)
    assert reply is not None and "fridge → reading corner → red ball" in pickle.loads(pickle.dumps(reply)).text


@pytest.mark.parametrize("back", [False, True])
def test_order_is_the_shortest_of_all(back: bool) -> None:
    rng = random.Random(3)
    for count in (2, 4, 6):
        points = [(rng.random(), rng.random()) for _ in range(count + 1)]
        ways = [[math.dist(a, b) for b in points] for a in points]

        def length(stops: tuple[int, ...], ways: list[list[float]] = ways) -> float:
            return sum(ways[a][b] for a, b in itertools.pairwise((0, *stops, *([0] if back else []))))

        order = shortest_order(ways, back)
        assert order is not None and order.proved
        assert order.way_m == pytest.approx(length(tuple(stop + 1 for stop in order.stops)))
        assert order.way_m == pytest.approx(min(map(length, itertools.permutations(range(1, count + 1)))), abs=2e-3)


def test_order_ends_where_it_must_and_is_none_without_a_way() -> None:
    ways = [[0.0, 1.0, 2.0], [1.0, 0.0, 1.0], [2.0, 1.0, 0.0]]
    order = shortest_order(ways, back=False, end=1)
    assert order is not None and order.stops == (1, 0) and order.way_m == 3.0
    assert shortest_order([[0.0, math.inf], [math.inf, 0.0]], back=False) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("сколько у нас комнат", "На карте 6 комнат: кухня, гостиная, коридор, спальня, ванная и кабинет"),
        ("what rooms are there", "My map has 6 rooms: kitchen, living room"),
        ("какая комната самая большая", "Самая просторная здесь гостиная: 23,4 квадратных метра"),
        ("what is the smallest room", "The smallest is the bathroom with 7 square meters."),
        ("какая комната больше, кухня или спальня", "Самая просторная здесь спальня"),
        ("площадь кабинета", "Кабинет: 12,8 квадратных метра."),
        ("what is the total area", "By my map the home has 80 square meters."),
        ("что рядом с кухней", "Из кухни можно попасть в коридор."),
        ("what is next to the bedroom", "From the bedroom one gets to the hall."),
        ("как попасть из кухни в спальню", "из кухни в спальню путь лежит через коридор."),
        ("есть ли дверь между кухней и коридором", "Да, между кухней и коридором есть дверь."),
        ("how many doors are there", "My map has 5 doors, the narrowest 1 meter wide."),
        ("в какой комнате диван", "Диван: в гостиной."),
        ("where is the fridge", "The fridge is in the kitchen."),
        ("что стоит в спальне", "В спальне по карте: кровать и гардероб."),
        ("describe the layout", "My map has 6 rooms"),
    ],
)
def test_map(text: str, expected: str) -> None:
    assert expected in ask(HomeMap(), text)


def test_area_is_that_of_the_polygon() -> None:
    assert area_m2(HOME.rooms["kitchen"]) == pytest.approx(10.5)
    assert area_m2(HOME.rooms["hall"]) == pytest.approx(10 * 1.2 + 3.5 * 0.6)  # an L


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("где ты", "Я на кухне, рядом с обеденным столом. Смотрю на север карты. Уверен с точностью до 4 сантиметров."),
        ("куда ты смотришь", "Смотрю на север карты."),
        ("how sure are you of your position", "I am sure to within 4 centimeters."),
        ("what are your coordinates", "x 1.8 m, y 6.2 m, heading 90 degrees."),
        ("ты на кухне?", "Да. Я на кухне"),
        ("are you in the bedroom?", "No. I am in the kitchen"),
    ],
)
def test_position(text: str, expected: str) -> None:
    assert expected in ask(Position(), text, WORLD)


def test_position_names_what_lies_ahead() -> None:
    state = world(pose=Pose(6.6, 5.8, math.radians(45)))
    assert ask(Position(), "which way are you facing", state) == "I face north-east on the map, towards the sofa."


def test_position_says_when_it_does_not_know() -> None:
    assert ask(Position(), "где ты", world(pose_std_m=1.2)).startswith("Я потерялся: ошибка положения может быть 1,2")
    assert ask(Position(), "where are you", world(pose=None)) == "I do not know where I am at the moment."
    with pytest.raises(Unavailable):
        Position().answer(said("where are you"), context())
