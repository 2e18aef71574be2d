# ruff: noqa: E501 - a pattern is easier to read on one line
"""The expert `calendar`: today, weekdays, days between dates, leap years, weeks, dates after N days, ages."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.dates import (
    MONTHS_EN,
    MONTHS_LOCATIVE,
    MONTHS_RU,
    Found,
    coming,
    find,
    latest,
    month_in,
    shown,
    weekday,
)
from moe_robot.experts.tools.numbers import digits, plain
from moe_robot.experts.tools.tool import NotMine, Refused, TextTool
from moe_robot.phrases import sentence
from moe_robot.structs import Language

_UNIT = r"(?P<unit>дн(?:ей|я|и)|день|суток|сутки|недел[юиья]|недель|месяц(?:а|ев)?|год(?:а)?|лет|days?|weeks?|months?|years?|fortnights?)"
_OFFSET = re.compile(rf"(?P<n>\d+|пару|a|an|one)? ?{_UNIT}")
_AGO = re.compile(
    rf"(?P<n>\d+|пару|a|an|one)? ?{_UNIT} (?:тому )?(?:назад|ago|earlier|before today)|(?P<n2>\d+) (?P<unit2>days?|weeks?|months?|years?) before"
)
_HENCE = re.compile(
    rf"(?:через|спустя|in|after|plus|плюс|\+) (?P<n>\d+|пару|a|an|one)? ?{_UNIT}|(?P<n2>\d+|a) (?P<unit2>days?|weeks?|months?|years?) (?:from|after|later)"
)
_WEEKDAY = re.compile(
    r"день недели|дн[яею]м? недели|what day|which day|day of the week|weekday|какой (?:это |был |будет |сегодня |завтра |у нас )*день|что за день|какой день|на какой день|в какой день"
)
_UNTIL = re.compile(r"\bдо\b|\bосталось\b|\buntil\b|\btill\b|\bto\b|\bbefore\b|\bleft\b|через сколько|\bсколько еще\b")
_SINCE = re.compile(r"прошло|\bsince\b|\bназад\b|\bago\b|\bминуло\b|\bhave passed\b|\bsince\b")
_HOW_MANY = re.compile(
    r"сколько (?:полных |еще |осталось |там )*(?:дней|дня|недель|суток|ночей|месяцев)|(?:дней|недель) (?:осталось|прошло|между|до)|how many (?:more )?(?:days|weeks|sleeps|nights)|how long|days (?:until|till|to|left|between|since)|weeks (?:until|till|between)|через сколько|сколько (?:осталось|еще|времени)|как скоро|\bскоро\b|долго ли|далеко ли|how soon|how far|countdown|sleeps|weeks left|months until|weeks left|number of days"
)
_AGE = re.compile(r"сколько (?:(?:будет |сейчас |полных |мне |ему |ей )*)лет|возраст|how old|\bage\b|исполн")
_BORN = re.compile(r"род(?:ил|ив|ен|ом|жд)|\bborn\b|birth")
_TODAY = re.compile(
    r"(?:какое|которое|что за) (?:сегодня |сейчас |у нас )*(?:число|дата)|как(?:ая|ую) (?:сегодня |сейчас |у нас )*дат|сегодняшн\w+ (?:дата|число|день)|какой (?:сегодня |сейчас |у нас )*день|what(?:'s| is| was)? (?:the |today'?s |current )*date|what day|today'?s date|date today|(?:дата|число) (?:сегодня|сейчас)|сегодня (?:какое|какой|что)|which day|what(?:'s| is) today|current date|the date\b|день недели|какого (?:сегодня )?числа"
)
_PAST = re.compile(r"\bбыл[аои]?\b|\bwas\b|прошл|\bdid\b|выпал[ао]?\b|приш(?:лось|елся|лась)|\blast\b")


class Calendar(TextTool):
    name = "calendar"

    def reply(self, text: str, language: Language, context: AnswerContext) -> str:
        request = digits(plain(text), ordinals=True).rstrip("?!. ")
        today = context.now.date()
        try:
            found = find(request, today, language)
            return sentence(self._reply(request, found, today, language))
        except OverflowError:
            raise Refused("too_far") from None

    def _reply(self, request: str, found: list[Found], today: date, language: Language) -> str:
        if re.search(r"високосн|leap", request):
            return self._leap(request, today, language)
        if _AGE.search(request) and (_BORN.search(request) or found):
            return self._age(request, found, today, language)
        if re.search(
            r"недел\w+ (?:\w+ )?(?:год|идет|сейчас|сегодня)|номер недели|как(?:ая|ой) (?:по счету )?(?:сейчас |сегодня |идет )*(?:\S+ )?недел|week number|number of the week|which week\b|what week\b|calendar week",
            request,
        ) and not re.search(r"день недели|дня недели", request):
            day = found[0].day if found else today
            return self.words.say("week", language, date=shown(day, language), week=day.isocalendar().week)
        if re.search(r"день (?:в |по счету )?год[ау]|по счету день|day of the year|day number", request):
            day = found[0].day if found else today
            left = (date(day.year, 12, 31) - day).days
            return self.words.say(
                "day_of_year", language, date=shown(day, language), n=day.timetuple().tm_yday, left=left
            )
        if _HOW_MANY.search(request):
            if len(found) == 2:
                return self._between(found, today, language)
            if len(found) == 1 and (_UNTIL.search(request) or _SINCE.search(request) or found[0].day != today):
                return self._distance(request, found[0], today, language)
            return self._length(request, today, language)
        if len(found) == 2 and re.search(r"между|between|from|разниц|difference", request):
            return self._between(found, today, language)
        moved = self._moved(request, found, today, language)
        if moved is not None:
            return moved
        return self._named(request, found, today, language)

    def _named(self, request: str, found: list[Found], today: date, language: Language) -> str:
        relative = re.search(r"\b(?:сегодня|послезавтра|завтра|позавчера|вчера|today|tomorrow|yesterday)\b", request)
        if (relative and len(found) == 2) or (
            relative and re.search(r"выходн|рабоч|будн|праздн|day off|weekend|working day", request)
        ):
            near = next(each.day for each in found if each.start == relative.start())
            return self.words.say("is_on", language, date=shown(near, language), weekday=weekday(near, language))
        if re.fullmatch(
            r"(?:текущая )?дата|число|календарь|date|(?:the )?calendar(?: date)?|what's the (?:calendar date|day)|что сегодня за день|ч[её] за день сегодня|какое (?:у нас )?нынче число.*",
            request,
        ):
            return self.words.say("today", language, weekday=weekday(today, language), date=shown(today, language))
        others = [each for each in found if each.day != today or not re.search(r"сегодня|today", request)]
        asks_day = _WEEKDAY.search(request) or re.search(r"\bкогда\b|\bwhen\b", request) or _TODAY.search(request)
        asks_day = asks_day or re.search(
            r"как(?:ое|ого) (?:будет |было |это |у нас )*(?:число|дата)|число|\bдата\b|\bdate\b|\bday\b|\bдень\b",
            request,
        )
        if len(others) == 1 and asks_day:
            past = bool(_PAST.search(request))
            day = latest(others[0], today) if past else coming(others[0], today)
            if others[0].yearless and re.search(rf"\b{today.year}\b|эт(?:ом|от) год|this year", request):
                day = others[0].day
            key = "was_on" if day < today else "is_on"
            return self.words.say(key, language, date=shown(day, language), weekday=weekday(day, language))
        if others:
            raise NotMine
        if re.search(
            r"какой (?:сейчас |сегодня |идет |у нас )*месяц|(?:what|which)(?:'s| is)? (?:the )?(?:current )?month|текущий месяц",
            request,
        ):
            names = MONTHS_RU if language == "ru" else MONTHS_EN
            return self.words.say("month", language, month=names[today.month - 1], year=today.year)
        if re.search(
            r"какой (?:сейчас |сегодня |идет |у нас |нынче )*год|(?:what|which)(?:'s| is)? (?:the )?(?:current )?year|текущий год",
            request,
        ):
            return self.words.say("year", language, year=today.year)
        if _TODAY.search(request) or _WEEKDAY.search(request):
            if re.search(r"\d", re.sub(r"\d-th", "", request)):
                raise NotMine
            return self.words.say("today", language, weekday=weekday(today, language), date=shown(today, language))
        raise NotMine

    def _leap(self, request: str, today: date, language: Language) -> str:
        year = re.search(r"\b(\d{1,4})(?:-th)?\b", request)
        if year is None:
            if re.search(r"следующ|ближайш|next|когда|when", request):
                return self.words.say("next_leap", language, year=_leap_from(today.year + 1, 1))
            if re.search(r"прошл|последн|last|previous", request):
                return self.words.say("last_leap", language, year=_leap_from(today.year - 1, -1))
        number = int(year[1]) if year else today.year
        if re.search(r"следующ\w+ год|next year", request) and year is None:
            number += 1
        if not 1 <= number <= 9990:
            raise Refused("too_far")
        if calendar.isleap(number):
            return self.words.say("leap", language, year=number)
        return self.words.say("not_leap", language, year=number, next=_leap_from(number, 1))

    def _age(self, request: str, found: list[Found], today: date, language: Language) -> str:
        dated = [each for each in found if not each.yearless and each.day != today]
        if not dated:
            years = sorted(int(year) for year in re.findall(r"\b(1[89]\d\d|20\d\d)(?:-th)?\b", request))
            if not 1 <= len(years) <= 2 or (years[0] > today.year and len(years) == 1):
                raise NotMine
            if len(years) == 2:
                return self.words.say(
                    "age_year_then", language, born=years[0], year=years[1], years=years[1] - years[0]
                )
            return self.words.say("age_year", language, year=years[0], years=today.year - years[0])
        born = dated[0].day
        if born > today and len(dated) == 1:
            return self.words.say("not_born", language, date=shown(born, language))
        then = max(dated[1].day, born) if len(dated) > 1 else today
        age = then.year - born.year - ((then.month, then.day) < (born.month, born.day))
        if len(dated) > 1:
            future = then > today
            will = ("будет" if future else "было") if language == "ru" else "will be" if future else "was"
            return self.words.say(
                "age_then", language, date=shown(then, language), born=shown(born, language), years=age, will=will
            )
        return self.words.say("age", language, date=shown(born, language), years=age)

    def _between(self, found: list[Found], today: date, language: Language) -> str:
        first, second = found[0].day, found[1].day
        if found[0].yearless and not found[1].yearless and first.year != second.year:
            first = first.replace(year=second.year)
        if second < first and found[1].yearless:
            second = second.replace(year=second.year + 1)
        days = abs((second - first).days)
        names = [shown(day, language) for day in (first, second)]
        if language == "ru":
            names = [f"датами {names[0]}", names[1]]
        return self.words.say("between", language, first=names[0], second=names[1], days=days)

    def _distance(self, request: str, found: Found, today: date, language: Language) -> str:
        past = _SINCE.search(request) or (not found.yearless and found.day < today)
        day = latest(found, today) if past else coming(found, today)
        days = abs((day - today).days)
        date_shown = shown(day, language)
        if not days:
            return self.words.say("that_is_today", language, date=date_shown)
        if day < today:
            return self.words.say("since", language, date=date_shown, days=days)
        if re.search(r"недел|weeks", request) and days >= 7:
            weeks, rest = divmod(days, 7)
            return self.words.say("until_weeks", language, date=date_shown, days=days, weeks=weeks, rest=rest)
        return self.words.say("until", language, date=date_shown, days=days)

    def _length(self, request: str, today: date, language: Language) -> str:
        year = re.search(r"\b(\d{4})\b", request)
        number = int(year[1]) if year else today.year
        if not 1 <= number <= 9999:
            raise Refused("too_far")
        month = month_in(request)
        if month is None and re.search(r"эт(?:ом|ого) месяц|this month|текущем месяц", request):
            month = today.month
        if month is not None:
            name = (MONTHS_LOCATIVE if language == "ru" else MONTHS_EN)[month - 1]
            return self.words.say(
                "month_days", language, month=name, year=number, days=calendar.monthrange(number, month)[1]
            )
        if year or re.search(r"эт(?:ом|ого) год|this year|в году\b|in a year", request):
            return self.words.say("year_days", language, year=number, days=366 if calendar.isleap(number) else 365)
        raise NotMine

    def _moved(self, request: str, found: list[Found], today: date, language: Language) -> str | None:
        if not re.search(
            r"как(?:ой|ое|ая|ого)|число|дата|\bдень\b|\bwhat\b|\bwhich\b|\bdate\b|\bday\b|когда|when", request
        ):
            return None
        for pattern, sign in ((_AGO, -1), (_HENCE, 1)):
            match = pattern.search(request)
            if match is None:
                continue
            said = match["n"] or match["n2"] or "1"
            count = int(said) if said.isdecimal() else 2 if said == "пару" else 1
            if count > 4_000_000:
                raise Refused("too_far")
            base = next((each.day for each in found if each.day != today), today)
            day = _shift(base, sign * count, match["unit"] or match["unit2"])
            key = "in_days" if day >= today else "ago"
            return self.words.say(key, language, date=shown(day, language), weekday=weekday(day, language))
        return None


def _shift(day: date, count: int, unit: str) -> date:
    if unit.startswith(("дн", "ден", "сут", "day")):
        return day + timedelta(count)
    if unit.startswith(("нед", "week", "fort")):
        return day + timedelta((14 if unit.startswith("fort") else 7) * count)
    months = count if unit.startswith(("мес", "month")) else 12 * count
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise Refused("too_far")
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _leap_from(year: int, step: int) -> int:
    while not calendar.isleap(year):
        year += step
    return year
