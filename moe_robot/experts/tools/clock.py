# ruff: noqa: E501 - a pattern is easier to read on one line
"""The expert `clock`: the time now, in another city, after or before a while, and differences between time zones.

Cities and their zones are `cities.yaml`; the rules of the zones are those of zoneinfo (the system's, or tzdata).
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.dates import shown
from moe_robot.experts.tools.numbers import NUMBER, digits, plain, read
from moe_robot.experts.tools.tool import NotMine, Refused, TextTool, bare
from moe_robot.phrases import sentence
from moe_robot.structs import Language

_ASKS = re.compile(
    r"\bчас\b|\bчасов\b|\bврем(?:я|ени)\b|\btime\b|\bo'?clock\b|\bhour\b|\bчасов(?:ой|ых|ого|ом)\b|\bопереж|\bотста[её]т|\bahead\b|\bbehind\b|\bna часах\b"
)
_ALREADY = re.compile(r"\bуже\b|пора ли|не пора|\balready\b|\byet\b|is it (?:time|past|late|too late)")
_DAYPART = re.compile(
    r"\b(?:утро|вечер|ночь|поздно|рано|полдень|полночь|утра|morning|evening|night|late|noon|midnight|asleep|awake|afternoon|clocks?|часы|час|час(?:ов)? дня|натикало|половина|half past|время|utc|gmt)\b"
)
_NOT = re.compile(
    r"займ[её]т|занима|понадоб|потребу|нужно\b|осталось (?:на|заряд)|how long does|how much time (?:does|do|will|would|is left|remains)|таймер|timer|будильник|alarm|напомни|remind|first time|last time|how many times|\bраз\b|в пути|ехать|работа[её]шь|прошло"
)
_NOW = re.compile(
    r"(?:который|какой)(?: там| сейчас| теперь| у нас)*(?: час)(?: сейчас| теперь| на часах)*|(?:сколько )?(?:сейчас |там |уже |у нас )*(?:времени|время|часов)(?: сейчас| теперь| на часах| у нас| уже)*"
    r"|(?:какое )?(?:сейчас |точное |текущее )*время(?: сейчас| дня)?|(?:the |current |exact |local )*(?:time)(?: is it| now| right now| do you have| of day| it is| have you got| at the moment)*|(?:what )?(?:the )?hour is it|(?:что |сколько )?(?:там )?на часах|got the time|have the time|you have the time"
)
_TIME = re.compile(
    r"\b(?P<h>\d{1,2})[:.](?P<m>\d{2})(?: ?(?P<half>am|pm|a\.m\.|p\.m\.|утра|дня|вечера|ночи))?|\b(?P<h2>\d{1,2}) ?(?P<half2>am|pm|a\.m\.|p\.m\.|o'?clock(?: in the (?:morning|afternoon|evening))?|час(?:ов|а)?(?: (?:утра|дня|вечера|ночи))?|утра|дня|вечера|ночи)"
    r"|\b(?P<word>полдень|полудня|полночь|полуночи|noon|midday|midnight)\b"
)
_SPAN = re.compile(
    rf"(?:(?P<h>{NUMBER}) ?(?:час(?:а|ов)?|hours?|h\b)|(?P<word>час|an hour|полчаса|half an hour))?"
    rf"(?:(?: и| and)? ?(?P<m>{NUMBER}) ?(?:минут[ауы]?|minutes?|мин\b|min\b))?"
)
_LATER = re.compile(r"\bчерез (?P<span>.+)|\b(?P<span2>\S.*) (?:спустя|from now|later)|\bin (?P<span3>.+)")
_EARLIER = re.compile(
    r"(?P<span>(?:\d|\(|час|полчаса|an hour|half).*) (?:назад|тому назад|ago)|(?P<span2>\d.*) (?:earlier)"
)
_UNTIL = re.compile(
    r"(?:сколько )?(?:времени |часов |минут )?(?:осталось |еще )*до (?P<time>.+)|(?:how )?(?:long|much time|many hours|many minutes)(?: is it| is there| is left| left| are left| there)*(?: until| till| to| before) (?P<time2>.+)"
)


@dataclass(frozen=True)
class City:
    zone: str
    names: dict[Language, str]  # with the preposition: "in London", "во Франции"
    start: int = 0
    end: int = 0


class Clock(TextTool):
    name = "clock"

    def reply(self, text: str, language: Language, context: AnswerContext) -> str:
        return sentence(self._reply(text, language, context))

    def _reply(self, text: str, language: Language, context: AnswerContext) -> str:
        request = digits(plain(text), ordinals=False)
        if _NOT.search(request) or re.search(
            r"доброе утро|добрый|спокойной|good (?:morning|evening|night|afternoon)", request
        ):
            raise NotMine
        now = context.now
        cities = find_cities(request)
        if (
            not _ASKS.search(request)
            and not _DAYPART.search(request)
            and not (_ALREADY.search(request) and _TIME.search(request))
            and not _UNTIL.search(request)
            and not (cities and re.search(r"сколько|time", request))
        ):
            raise NotMine
        for city in cities:
            if not city.zone:
                return self.words.say("many_zones", language, city=city.names[language])
        if len(cities) == 2:
            return self._two(request, cities, now, language)
        if len(cities) == 1:
            return self._one(request, cities[0], now, language)
        if cities:
            raise NotMine
        return self._here(request, bare(text), now, language)

    def _one(self, request: str, city: City, now: datetime, language: Language) -> str:
        there = now.astimezone(ZoneInfo(city.zone))
        name = city.names[language]
        if re.search(r"часов\w+ пояс|time ?zone", request):
            return self.words.say("zone", language, city=name, zone=city.zone, offset=_offset(there))
        if re.search(r"разниц|differ|опереж|отста|ahead|behind|позже|раньше|впереди", request):
            return self._gap(None, city, now, language)
        worded = _DAYPART.search(request) and not re.search(r"\d|when|когда|если|\bif\b|у нас", request)
        given = None if worded else _time_in(request)
        if given is not None:  # "when it is 15:00 here"
            here = re.search(r"\bздесь\b|\bу нас\b|\bhere\b|\bмоем\b|\bour\b", request)
            if here is None:
                raise NotMine
            moment = now.replace(hour=given[0], minute=given[1])
            return self.words.say(
                "in_city", language, city=name, **self._moment(moment.astimezone(there.tzinfo), moment, language)
            ).replace(" сейчас", "")
        key = "by_utc" if city.zone == "UTC" else "in_city"
        if key == "by_utc":
            name = name.removeprefix("в ").removeprefix("in ").replace("Гринвиче", "Гринвичу")
        return self.words.say(key, language, city=name, **self._moment(there, now, language))

    def _two(self, request: str, cities: list[City], now: datetime, language: Language) -> str:
        first, second = cities
        given = _time_in(request)
        if given is None:
            return self._gap(first, second, now, language)
        before = _nearest(request, cities)
        source, target = (first, second) if before is first else (second, first)
        moment = now.astimezone(ZoneInfo(source.zone)).replace(hour=given[0], minute=given[1])
        return self.words.say(
            "convert",
            language,
            first=source.names[language],
            second=target.names[language],
            given=_clock(moment),
            **self._moment(moment.astimezone(ZoneInfo(target.zone)), moment, language),
        )

    def _gap(self, first: City | None, second: City, now: datetime, language: Language) -> str:
        here = now.astimezone(ZoneInfo(first.zone)) if first else now
        there = now.astimezone(ZoneInfo(second.zone))
        name = first.names[language] if first else self.words.say("here", language)
        gap = abs((there.utcoffset() or timedelta()) - (here.utcoffset() or timedelta()))
        if not gap:
            return self.words.say("same", language, first=name, second=second.names[language], time=_clock(here))
        return self.words.say(
            "difference",
            language,
            first=name,
            given=_clock(here),
            second=second.names[language],
            gap=self._span(gap, language),
            **self._moment(there, here, language),
        )

    def _here(self, request: str, short: str, now: datetime, language: Language) -> str:
        short = digits(short)
        if _NOW.fullmatch(short) or _NOW.fullmatch(request.strip(" ?.!,")):
            seconds = re.search(r"секунд|second|точное|exact", request)
            return self.words.say("now", language, time=now.strftime("%H:%M:%S") if seconds else _clock(now))
        if (match := _UNTIL.search(request)) and (given := _time_in(match["time"] or match["time2"])):
            moment = now.replace(hour=given[0], minute=given[1], second=0, microsecond=0)
            moment += timedelta(1) if moment <= now else timedelta(0)
            left_s = (moment - now).total_seconds()
            return self.words.say(
                "until", language, time=_clock(moment), gap=self._span(timedelta(minutes=-(-left_s // 60)), language)
            )
        if re.search(r"часов\w+ пояс|time ?zone|смещение|utc offset", request):
            return self.words.say("here_zone", language, offset=_offset(now))
        unknown = re.search(
            r"(?:врем(?:я|ени)|час)(?: сейчас)? во? ([а-я-]+(?: [а-я-]+)?)\??$|\btime(?: is it| now| it is)?(?: now| right now)? in ([a-z .'-]+?)(?: now| right now)?\??$",
            request,
        )
        if unknown and not re.search(r"\d", unknown[1] or unknown[2]):
            raise Refused("unknown_city", city=(unknown[1] or unknown[2]).strip().title())
        for pattern, key, sign in ((_EARLIER, "earlier", -1), (_LATER, "later", 1)):
            match = pattern.search(request.rstrip("?.! "))
            if match and (gap := _span_of(next(group for group in match.groups() if group))) is not None:
                moment = now + sign * gap
                said = self._span(gap, language, "_ago")
                return self.words.say(key, language, gap=said, **self._moment(moment, now, language))
        idle = not re.search(r"\d|через|назад|\bago\b|минут|осталось", request)
        if idle or _ALREADY.search(request):
            return self.words.say("now", language, time=_clock(now))
        raise NotMine

    def _moment(self, moment: datetime, base: datetime, language: Language) -> dict[str, str]:
        """The time, and the date when it is not the same day as `base` has on its own clock."""
        day = ""
        if moment.date() != base.date():
            key = "tomorrow" if moment.date() > base.date() else "yesterday"
            day = self.words.say(key, language, date=shown(moment.date(), language, year=False))
        return {"time": _clock(moment), "day": day}

    def _span(self, gap: timedelta, language: Language, case: str = "") -> str:
        hours, minutes = divmod(round(gap.total_seconds() / 60), 60)
        key = "gap_hm" if hours and minutes else "gap_h" if hours else "gap_m"
        values = {"hours": hours, "minutes": minutes}
        return self.words.say(key + case, language, **values)


def _offset(moment: datetime) -> str:
    text = moment.strftime("%z")
    return f"{text[0].replace('-', '−')}{int(text[1:3])}" + (f":{text[3:]}" if text[3:] != "00" else "")


def _clock(moment: datetime) -> str:
    return moment.strftime("%H:%M")


def _span_of(text: str) -> timedelta | None:
    text = re.sub(r"^(?:это |the )|\s*(?:будет|it be|is it)?$", "", text).strip()
    match = _SPAN.fullmatch(text)
    if match is None or not text:
        return None
    words = {"час": 1.0, "an hour": 1.0, "полчаса": 0.5, "half an hour": 0.5}
    hours = float(read(match["h"])) if match["h"] else words.get(match["word"] or "", 0.0)
    minutes = float(read(match["m"])) if match["m"] else 0.0
    return timedelta(hours=hours, minutes=minutes) if hours < 100_000 and minutes < 1e6 else None


def _time_in(text: str) -> tuple[int, int] | None:
    match = _TIME.search(text)
    if match is None:
        return None
    if match["word"]:
        return (12, 0) if match["word"] in ("полдень", "полудня", "noon", "midday") else (0, 0)
    hour, minute = int(match["h"] or match["h2"]), int(match["m"] or 0)
    half = match["half"] or match["half2"] or ""
    if re.search(r"p\.?m|дня|вечера|afternoon|evening", half) and hour < 12:
        hour += 12
    elif re.search(r"a\.?m|ночи", half) and hour == 12:
        hour = 0
    if hour == 24 and minute == 0:
        hour = 0
    if hour > 23 or minute > 59:
        raise Refused("no_such_time", time=f"{hour}:{minute:02d}")
    return hour, minute


def _nearest(text: str, cities: list[City]) -> City:
    """The city that a given time belongs to: the nearer one."""
    match = _TIME.search(text)
    at = match.start() if match else 0
    return min(cities, key=lambda city: min(abs(city.start - at), abs(city.end - at)))


def find_cities(text: str) -> list[City]:
    """In the order in which they are named; `text` is in lower case."""
    found: list[City] = []
    for match in _pattern().finditer(text):
        zone, names = _cities()[int((match.lastgroup or "c0")[1:])]
        found.append(City(zone, names, match.start(), match.end()))
    return found


@functools.lru_cache(maxsize=1)
def _cities() -> list[tuple[str, dict[Language, str]]]:
    return [(zone, names) for zone, names, _ in _entries()]


@functools.lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    order = sorted(enumerate(_entries()), key=lambda each: -len(each[1][2]))
    return re.compile(
        r"(?<![^\W_])(?:" + "|".join(f"(?P<c{index}>{entry[2]})" for index, entry in order) + r")(?![^\W_])"
    )


@functools.lru_cache(maxsize=1)
def _entries() -> list[tuple[str, dict[Language, str], str]]:
    """(zone, names, pattern), one for each name."""
    path = Path(__file__).with_name("cities.yaml")
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    found: list[tuple[str, dict[Language, str], str]] = []
    for zone, english, russian in data:
        for index, name in enumerate(english):
            pair = russian[min(index, len(russian) - 1)]
            found.append((zone, _placed(name, pair[1]), re.escape(plain(name)).replace(r"\ ", r"[ -]")))
        for index, (nominative, prepositional) in enumerate(russian):
            if nominative.isascii():
                continue
            found.append((zone, _placed(english[min(index, len(english) - 1)], prepositional), _forms(nominative)))
    return found


def _placed(english: str, russian: str) -> dict[Language, str]:
    """ "in London", "в Лондоне", "во Франции"."""
    long = re.match(r"[ВФ][^аеёиоуыэюя]", russian)
    return {"en": f"in {english}", "ru": f"{'во' if long else 'в'} {russian}"}


def _forms(name: str) -> str:
    """A pattern for all cases of a Russian name: the last letter is let go, every word may change."""
    words = []
    for word in re.split(r"([ -])", plain(name)):
        if len(word) < 2 or word in ("де", "нью", "эр", "лос", "сан", "лас", "санкт", "тель"):
            words.append(r"[ -]" if word in (" ", "-") else word)
        elif word[-1] in "аяьйы":
            words.append(word[:-1] + r"[а-я]{0,3}")
        elif word[-1] in "оеиу":
            words.append(word)
        else:
            words.append(word + r"(?:а|у|ом|е|ым)?")
    return "".join(words).replace("египет(?", "егип(?:ет)?(?").replace("нижни[а-я]{0,3}", "нижн[а-я]{2,3}")
