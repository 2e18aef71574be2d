"""The layout of the home as the map has it: rooms, doors, areas, neighbours, furniture."""

from __future__ import annotations

from itertools import pairwise

from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.said import Said, best
from moe_robot.experts.tools.voice import Speaker, Voice, told
from moe_robot.phrases import Place
from moe_robot.structs import Reply, Utterance
from moe_robot.world.home import Furniture, Home, Room

QUESTIONS = (
    ("area", ("площад", "больш", "маленьк", "меньш", "размер", "квадрат", "простор", "тесн", "метраж", "метров",
              "area", "big", "large", "small", "size", "square", "spacious", "tiny", "wide", "meters", "metres")),
    ("neighbours", ("рядом", "сосед", "гранич", "смежн", "соедин", "выход", "попасть", "вед", "примыка", "next to",
                    "neighbo", "adjacent", "adjoin", "border", "beside", "connect", "lead", "get to", "reach")),
    ("furniture", ("мебел", "стоит", "стоят", "наход", "furni", "stand", "what is in", "what's in", "inside", "есть в",
                   "есть на", "что в", "что на")),
    ("doors", ("двер", "проход", "проем", "door", "passage")),
    ("rooms", ("комнат", "room", "помещен", "план", "карт", "layout", "map", "дом", "home", "flat", "квартир")),
)  # fmt: skip
MOST, LEAST = (
    ("больш", "больше", "biggest", "largest", "big", "large"),
    ("маленьк", "меньш", "smallest", "small", "tin"),
)
TWO_ROOMS = ("сравн", "или", "чем", "than", "or", "compare")


class HomeMap:
    def __init__(self) -> None:
        self._speaker = Speaker("home")

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        voice = self._speaker.voice(utterance, context)
        said = Said(utterance.text, voice.lexicon)
        return told(_tell(said, voice, context.home), "map")


def _tell(said: Said, voice: Voice, home: Home) -> str:
    rooms = [home.rooms[id] for id in said.places() if id in home.rooms]
    others = [id for id in said.places() if id not in home.rooms]
    asked = best(said, QUESTIONS)
    if others and asked in ("", "furniture", "rooms", "neighbours"):
        return _where_stands(others[0], asked, voice, home)
    if asked == "area":
        return _area(said, rooms, voice, home)
    if asked == "neighbours" and rooms:
        return _neighbours(rooms, voice, home)
    if asked == "doors":
        return _doors(rooms, voice, home)
    if rooms and asked in ("furniture", ""):
        return _furniture(rooms[0], voice, home)
    if asked == "furniture":
        return " ".join(_furniture(room, voice, home) for room in home.rooms.values())
    if rooms and asked == "neighbours":
        return _neighbours(rooms, voice, home)
    if rooms:
        return f"{_furniture(rooms[0], voice, home)} {_neighbours(rooms[:1], voice, home)}"
    return f"{_rooms(voice, home)} {_doors([], voice, home)}"


def area_m2(room: Room) -> float:
    """Of its polygon."""
    corners = [*room.polygon_m, room.polygon_m[0]]
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(corners))) / 2.0


def _rooms(voice: Voice, home: Home) -> str:
    total = sum(area_m2(room) for room in home.rooms.values())
    places = tuple(Place(room) for room in home.rooms)
    return voice.say("map_rooms", n=len(home.rooms), rooms=places, area=round(total))


def _area(said: Said, rooms: list[Room], voice: Voice, home: Home) -> str:
    ordered = sorted(rooms if len(rooms) > 1 else home.rooms.values(), key=area_m2, reverse=True)
    if len(rooms) == 1:
        return voice.say("map_area", room=Place(rooms[0].id), area=round(area_m2(rooms[0]), 1))
    if said.has(*LEAST) and not said.has(*MOST[:1]):
        smallest = ordered[-1]
        return voice.say("map_smallest", room=Place(smallest.id), area=round(area_m2(smallest), 1))
    if rooms or said.has(*MOST):
        biggest, second = ordered[0], ordered[1] if len(ordered) > 1 else ordered[0]
        return voice.say("map_biggest", room=Place(biggest.id), area=round(area_m2(biggest), 1),
                         other=Place(second.id), less=round(area_m2(second), 1))  # fmt: skip
    total = sum(map(area_m2, ordered))
    each = [voice.part("map_area_each", room=Place(room.id), area=round(area_m2(room), 1)) for room in ordered]
    return f"{voice.say('map_total', area=round(total))} {voice.say('map_areas', each=voice.joined(each))}"


def _next_to(room: Room, home: Home) -> tuple[Place, ...]:
    """Rooms behind its doors."""
    beyond = (b if a == room.id else a for a, b in (door.between for door in home.doors.values()) if room.id in (a, b))
    return tuple(Place(id) for id in dict.fromkeys(beyond))


def _neighbours(rooms: list[Room], voice: Voice, home: Home) -> str:
    if len(rooms) > 1:
        a, b = rooms[:2]
        if Place(b.id) in _next_to(a, home):
            return voice.say("map_door_between", a=Place(a.id), b=Place(b.id))
        through = tuple(place for place in _next_to(a, home) if place in _next_to(b, home))
        if through:
            return voice.say("map_through", a=Place(a.id), b=Place(b.id), through=through[0])
        return voice.say("map_no_door", a=Place(a.id), b=Place(b.id))
    beyond = _next_to(rooms[0], home)
    return voice.say("map_next" if beyond else "map_next_none", room=Place(rooms[0].id), beyond=beyond)


def _doors(rooms: list[Room], voice: Voice, home: Home) -> str:
    if len(rooms) > 1:
        return _neighbours(rooms, voice, home)
    doors = [door for door in home.doors.values() if not rooms or rooms[0].id in door.between]
    if not doors:
        return voice.say("map_doors_none")
    narrow = min(door.width_m for door in doors)
    if rooms:
        return voice.say("map_room_doors", n=len(doors), room=Place(rooms[0].id), beyond=_next_to(rooms[0], home),
                         width=narrow)  # fmt: skip
    return voice.say("map_doors", n=len(doors), width=narrow)


def _in_room(room: Room, home: Home) -> list[Furniture]:
    return [item for item in home.furniture.values() if item.names and room.contains(item.x_m, item.y_m)]


def _furniture(room: Room, voice: Voice, home: Home) -> str:
    items = tuple(Place(item.id) for item in _in_room(room, home))
    items += tuple(Place(p.id) for p in home.places.values() if room.contains(p.pose.x_m, p.pose.y_m))
    return voice.say("map_furniture" if items else "map_furniture_none", room=Place(room.id), items=items)


def _where_stands(id: str, asked: str, voice: Voice, home: Home) -> str:
    item = home.furniture.get(id)
    x_m, y_m = (item.x_m, item.y_m) if item else (home.places[id].pose.x_m, home.places[id].pose.y_m) \
        if id in home.places else (float("nan"), float("nan"))  # fmt: skip
    room = home.room_at(x_m, y_m)
    if not room:
        return voice.say("map_not_in_plan", item=Place(id))
    text = voice.say("map_stands", item=Place(id), room=Place(room))
    beside = tuple(Place(other.id) for other in _in_room(home.rooms[room], home) if other.id != id)
    return f"{text} {voice.say('map_beside', items=beside)}" if asked == "neighbours" and beside else text
