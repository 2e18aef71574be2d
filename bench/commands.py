"""What people ask of the robot, drawn at random from what is possible in its home, in Russian and English.

`Commander.draw` knows the truth, as a person in the room would: it asks for things that exist, for ways that are free,
and sometimes prepares the scene (somebody comes and walks ahead, the battery has run down). One maker for each kind of
command; a maker that cannot ask for anything sensible now returns "".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence

import numpy as np

from bench.walker import Walker, clear_line_m, clear_way
from moe_robot.lockstep import LockstepRobot
from moe_robot.sim.stated import SURE_M, SURE_PIXELS
from moe_robot.sim.truth import TrueObject, Truth
from moe_robot.structs import Language

Maker = Callable[[Language], str]
AHEAD_M = 1.2  # where a person stands who says "follow me"
WALK_MPS = 0.3
KEPT: dict[Language, dict[str, str]] = {  # names that people give, and the way there
    "ru": {"склад": "на склад", "тихий угол": "в тихий угол", "место сбора": "на место сбора"},
    "en": {name: f"to the {name}" for name in ("parking spot", "quiet corner", "meeting point")},
}


class Commander:
    """`history`: the truth of this world so far, grown by the caller. `only`: kinds to draw, all when empty."""

    def __init__(
        self, robot: LockstepRobot, rng: np.random.Generator, history: Sequence[Truth] = (), only: Collection[str] = ()
    ) -> None:
        self.robot, self.rng, self.lexicon, self.history = robot, rng, robot.lexicon, history
        self.home, self.scene = robot.sim_world.home, robot.sim_world.scene
        self.next: list[tuple[str, Language, str]] = []  # commands that belong to the one before
        self.kept: dict[Language, list[str]] = {"ru": [], "en": []}
        makers: list[tuple[float, Maker]] = [
            (4, self.go_to_room),
            (2, self.go_to_furniture),
            (4, self.find_object),
            (1.5, self.find_in_room),
            (2, self.find_person),
            (1.5, self.drive),
            (1.5, self.turn),
            (1.5, self.drive_and_turn),
            (2, self.go_and_find),
            (1, self.two_rooms),
            (1, self.look_around),
            (1, self.until_seen),
            (1, self.condition),
            (1, self.dock),
            (0.5, self.square),
            (0.5, self.where),
            (1, self.follow),
            (1, self.come_here),
            (1, self.go_to_seen),
            (0.5, self.patrol),
            (0.5, self.patrol_places),
            (0.5, self.explore),
            (1, self.count_in_room),
            (1, self.count_seen),
            (0.5, self.look_aside),
            (0.5, self.what_do_you_see),
            (1, self.recall),
            (1, self.remember_and_return),
            (0.5, self.wait),
            (1, self.dock_from_room),
            (0.5, self.battery_condition),
            (0.5, self.if_else_go),
            (0.5, self.turn_until),
            (0.5, self.repeat_rooms),
            (0.5, self.battery),
        ]
        self.makers = [(weight, maker) for weight, maker in makers if not only or maker.__name__ in only]

    def draw(self, language: Language) -> tuple[str, Language, str]:
        """(kind, language, what is said). What belongs to the command before comes in the language of that one."""
        if self.next:
            return self.next.pop(0)
        weights = np.array([weight for weight, _ in self.makers])
        for _ in range(100):
            maker = self.makers[int(self.rng.choice(len(self.makers), p=weights / weights.sum()))][1]
            if said := maker(language):
                return maker.__name__, language, said
        raise RuntimeError("none of these commands is possible here")

    # ------------------------------------------------------------------ going

    def go_to_room(self, language: Language) -> str:
        return f"поезжай в {self._room('ru', 'accs')}" if language == "ru" else f"go to the {self._room('en')}"

    def go_to_furniture(self, language: Language) -> str:
        named = [item.id for item in self.home.furniture.values() if item.names]
        if not named:
            return ""
        item = str(self.rng.choice(named))
        if language == "ru":
            return f"подъезжай к {self.lexicon.say('place', item, 'ru', 'datv')}"
        return f"drive over to the {self.lexicon.say('place', item, 'en')}"

    def two_rooms(self, language: Language) -> str:
        first, second = self.rng.choice(sorted(self.home.rooms), 2, replace=False)
        a, b = (self.lexicon.say("place", str(room), language, "accs") for room in (first, second))
        return f"поезжай сначала в {a}, потом в {b}" if language == "ru" else f"go to the {a} and then to the {b}"

    def go_to_seen(self, language: Language) -> str:
        seen = self._seen_objects()
        if not seen:
            return ""
        name = self._name(seen[int(self.rng.integers(len(seen)))], language, "datv")
        return f"подъезжай к {name}" if language == "ru" else f"go to the {name}"

    def come_here(self, language: Language) -> str:
        """Somebody is to be seen who calls the robot."""
        if not any(v.kind == "person" and v.pixels >= SURE_PIXELS for v in self.robot.sim.truth().visible):
            return ""
        return "подойди ко мне" if language == "ru" else "come to me"

    def dock(self, language: Language) -> str:
        return "возвращайся на зарядку" if language == "ru" else "go back to the charger"

    def dock_from_room(self, language: Language) -> str:
        if language == "ru":
            return f"съезди в {self._room('ru', 'accs')} и возвращайся на базу"
        return f"go to the {self._room('en')} and then return to the dock"

    def patrol(self, language: Language) -> str:
        return "патрулируй" if language == "ru" else "patrol all rooms"

    def patrol_places(self, language: Language) -> str:
        rooms = [str(room) for room in self.rng.choice(sorted(self.home.rooms), 2, replace=False)]
        a, b = (self.lexicon.say("place", room, language, "accs") for room in rooms)
        return f"патрулируй {a} и {b}" if language == "ru" else f"patrol the {a} and the {b}"

    def repeat_rooms(self, language: Language) -> str:
        first, second = self.rng.choice(sorted(self.home.rooms), 2, replace=False)
        a, b = (self.lexicon.say("place", str(room), language, "accs") for room in (first, second))
        return (
            f"повтори два раза: поезжай в {a}, потом в {b}"
            if language == "ru"
            else (f"two times: go to the {a} and then to the {b}")
        )

    def remember_and_return(self, language: Language) -> str:
        """Three commands: keep the place, go elsewhere, come back by its name."""
        free = [name for name in KEPT[language] if name not in self.kept[language]]
        if not free or not self.robot.sim.truth(look=False).room:
            return ""
        name = free[0]
        self.kept[language].append(name)
        self.next = [("remember_and_return", language, self.go_to_room(language))]
        if language == "ru":
            self.next.append(("remember_and_return", "ru", f"поезжай {KEPT['ru'][name]}"))
            return f"запомни это место как {name}"
        self.next.append(("remember_and_return", "en", f"go {KEPT['en'][name]}"))
        return f"remember this place as the {name}"

    # ------------------------------------------------------------------ searching and seeing

    def find_object(self, language: Language) -> str:
        return f"найди {self._thing('ru', 'accs')}" if language == "ru" else f"find the {self._thing('en')}"

    def find_in_room(self, language: Language) -> str:
        thing = self._object()
        room = self.home.room_at(thing.x_m, thing.y_m)
        name = self._name(thing, language, "accs")
        if language == "ru":
            return f"найди {name} в {self.lexicon.say('place', room, 'ru', 'loct')}"
        return f"look for the {name} in the {self.lexicon.say('place', room, 'en')}"

    def find_person(self, language: Language) -> str:
        person = str(self.rng.choice(sorted(self.scene.people)))
        name = self.lexicon.say("person", person, language, "accs")
        return f"{'найди' if language == 'ru' else 'find'} {name}"

    def go_and_find(self, language: Language) -> str:
        thing = self._object()
        room = self.lexicon.say("place", self.home.room_at(thing.x_m, thing.y_m), language, "accs")
        name = self._name(thing, language, "accs")
        if language == "ru":
            return f"съезди в {room} и найди там {name}"
        return f"go to the {room} and find the {name}"

    def look_around(self, language: Language) -> str:
        return "осмотрись вокруг" if language == "ru" else "look around"

    def look_aside(self, language: Language) -> str:
        ru = ("посмотри налево", "посмотри направо", "посмотри назад")
        en = ("look to the left", "look to the right", "look behind you")
        return str(self.rng.choice(ru if language == "ru" else en))

    def what_do_you_see(self, language: Language) -> str:
        return "что ты видишь?" if language == "ru" else "what do you see?"

    def explore(self, language: Language) -> str:
        return "исследуй дом" if language == "ru" else "explore the home"

    def follow(self, language: Language) -> str:
        """Somebody comes in front of the robot, says it, and walks off."""
        pose = self.robot.sim.truth(look=False).pose
        x, y = pose.x_m + AHEAD_M * math.cos(pose.yaw_rad), pose.y_m + AHEAD_M * math.sin(pose.yaw_rad)
        free = clear_way(self.robot, (pose.x_m, pose.y_m))
        if clear_line_m(self.robot, (pose.x_m, pose.y_m), (x, y)) < AHEAD_M or not free.standing(x, y):
            return ""
        way = free.walk((x, y), self.rng, least_m=2.0)
        if way is None:
            return ""
        person = str(self.rng.choice(sorted(self.scene.people)))
        seconds = int(self.rng.choice([15, 20, 30]))
        self.robot.before_step = Walker(self.robot, person, way, WALK_MPS)
        name = self.lexicon.say("person", person, language, "ablt")
        who = str(self.rng.choice(["за мной", f"за {name}"] if language == "ru" else ["me", name]))
        if language == "ru":
            return f"иди {who} {seconds} секунд"
        return f"follow {who} for {seconds} seconds"

    # ------------------------------------------------------------------ moving

    def drive(self, language: Language) -> str:
        distance = self._free_m()
        if distance < 0.3:
            return ""
        said = f"{distance:.1f}".replace(".", "," if language == "ru" else ".")
        return f"проедь вперёд {said} метра" if language == "ru" else f"drive forward {said} meters"

    def turn(self, language: Language) -> str:
        angle, left = int(self.rng.choice([30, 45, 90, 120, 180])), bool(self.rng.integers(2))
        if language == "ru":
            return f"повернись {'налево' if left else 'направо'} на {angle} градусов"
        return f"turn {'left' if left else 'right'} {angle} degrees"

    def drive_and_turn(self, language: Language) -> str:
        first = self.drive(language)
        joint = ", а потом " if language == "ru" else " and then "
        return first + joint + self.turn(language) if first else ""

    def square(self, language: Language) -> str:
        return "повернись налево четыре раза" if language == "ru" else "turn right four times"

    def wait(self, language: Language) -> str:
        seconds = int(self.rng.choice([3, 5, 10]))
        if language == "ru":
            return f"подожди {seconds} секунд и повернись направо"
        return f"wait {seconds} seconds and then turn left"

    # ------------------------------------------------------------------ conditions

    def until_seen(self, language: Language) -> str:
        thing = self._thing(language, "accs")
        if language == "ru":
            return f"обходи комнаты, пока не увидишь {thing}"
        return f"patrol until you see a {thing}"

    def turn_until(self, language: Language) -> str:
        """Something that stands around the robot, near enough to be seen in a turn."""
        pose = self.robot.sim.truth(look=False).pose
        here = (pose.x_m, pose.y_m)
        near = [
            o
            for o in self.robot.sim.truth(look=False).objects
            if 0.7 < math.dist(here, (o.x_m, o.y_m)) < 2.5
            and clear_line_m(self.robot, here, (o.x_m, o.y_m)) > math.dist(here, (o.x_m, o.y_m)) - 0.3
        ]
        if not near:
            return ""
        thing = self._name(near[int(self.rng.integers(len(near)))], language, "accs")
        if language == "ru":
            return f"поворачивайся, пока не увидишь {thing}"
        return f"turn left until you see the {thing}"

    def condition(self, language: Language) -> str:
        thing = self._thing(language, "accs")
        if language == "ru":
            return f"если увидишь {thing}, скажи привет, иначе повернись направо"
        return f"if you see a {thing}, say hello, otherwise turn left"

    def if_else_go(self, language: Language) -> str:
        thing, a, b = self._thing(language, "accs"), self._room(language, "accs"), self._room(language, "accs")
        if language == "ru":
            return f"если видишь {thing}, поезжай в {a}, а если нет, то в {b}"
        return f"if you see the {thing} go to the {a}, otherwise go to the {b}"

    def battery_condition(self, language: Language) -> str:
        self.robot.sim.set_battery(float(self.rng.choice([12.0, 80.0])))
        room = self._room(language, "accs")
        if language == "ru":
            return f"если заряд меньше 30 процентов, поезжай на базу, иначе поезжай в {room}"
        return f"if the battery is below 30 percent go to the dock, otherwise go to the {room}"

    # ------------------------------------------------------------------ asking

    def count_in_room(self, language: Language) -> str:
        thing = self._object()
        room = self.lexicon.say("place", self.home.room_at(thing.x_m, thing.y_m), language, "loct")
        if language == "ru":
            return f"сколько {self._many(thing, 'ru')} в {room}?"
        return f"how many {self._many(thing, 'en')} are in the {room}?"

    def count_seen(self, language: Language) -> str:
        """Of what it has seen so far, anywhere."""
        thing = self._object()
        return (
            f"сколько {self._many(thing, 'ru')} ты видел?"
            if language == "ru"
            else (f"how many {self._many(thing, 'en')} have you seen?")
        )

    def recall(self, language: Language) -> str:
        seen = self._seen_objects()
        if not seen:
            return ""
        name = self._name(seen[int(self.rng.integers(len(seen)))], language, "accs")
        return f"где ты видел {name}?" if language == "ru" else f"where did you see the {name}?"

    def where(self, language: Language) -> str:
        return "где ты сейчас?" if language == "ru" else "where are you?"

    def battery(self, language: Language) -> str:
        return "сколько у тебя заряда?" if language == "ru" else "how is your battery?"

    # ------------------------------------------------------------------ words

    def _room(self, language: Language, case: str = "nomn") -> str:
        return self.lexicon.say("place", str(self.rng.choice(sorted(self.home.rooms))), language, case)  # type: ignore[arg-type]

    def _object(self) -> TrueObject:
        objects = self.robot.sim.truth(look=False).objects
        return objects[int(self.rng.integers(len(objects)))]

    def _thing(self, language: Language, case: str = "nomn") -> str:
        return self._name(self._object(), language, case)

    def _name(self, thing: TrueObject, language: Language, case: str = "nomn") -> str:
        return self.lexicon.thing(thing.kind, thing.color, language, case)  # type: ignore[arg-type]

    def _many(self, thing: TrueObject, language: Language) -> str:
        """ "красных кубов", "mugs": with the colour half of the time."""
        color = thing.color if self.rng.integers(2) else ""
        return self.lexicon.thing(thing.kind, color, language, "nomn", 5).split(" ", 1)[1]

    def _seen_objects(self) -> list[TrueObject]:
        """What the camera has surely shown."""
        seen = {v.id for t in self.history for v in t.visible if v.pixels >= SURE_PIXELS and v.distance_m < SURE_M - 1}
        return [o for o in self.robot.sim.truth(look=False).objects if o.id in seen]

    def _free_m(self) -> float:
        """Half of the free way ahead of a robot's width, at most 1.5 m, as a person would see it."""
        scan = self.robot.sim.lidar()
        angles = scan.angle_min_rad + scan.angle_increment_rad * np.arange(len(scan.ranges_m))
        ranges = np.minimum(scan.ranges_m, scan.range_max_m)
        x, y = ranges * np.cos(angles), ranges * np.sin(angles)
        ahead = x[(np.abs(y) < 0.30) & (x > 0.0)]
        free_m = float(ahead.min()) if ahead.size else 3.0
        return round(min(1.5, (free_m - 0.3) / 2), 1)
