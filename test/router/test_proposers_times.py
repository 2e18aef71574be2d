"""What turns after timers, reminders, the clock, days, sayings, translations and facts may mean."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from heard_rig import heard_after

from moe_robot.router.followup import Earlier, FollowUps
from moe_robot.router.proposers import Heard
from moe_robot.router.proposers.newly import Vocabulary, denied, news
from moe_robot.router.proposers.times import propose
from moe_robot.structs import Language

MOST = 110  # of all kinds together


def after(follow_ups: FollowUps, text: str, language: Language, told: Sequence[tuple[str, str]]) -> Heard:
    return heard_after(follow_ups, language, [Earlier(said, "", expert) for said, expert in told], text)


@pytest.mark.parametrize(
    ("language", "told", "text", "whole", "expert"),
    [
        ("ru", [("засеки девять минут", "timer")], "ну, пусть четырнадцать", "поставь таймер на 14 минут", "timer"),
        ("ru", [("засеки девять минут", "timer")], "на три меньше", "поставь таймер на 6 минут", "timer"),
        ("en", [("timer for forty minutes", "timer")], "half that", "set a timer for 20 minutes", "timer"),
        ("en", [("timer for forty minutes", "timer")], "drop both", "cancel all timers", "timer"),
        ("en", [("the eggs take seven minutes", "open_knowledge")], "set a timer then",
         "set a timer for seven minutes", "timer"),
        ("ru", [("напомни в 9 про собрание", "reminder")], "за десять минут до этого",
         "напомни за десять минут до 9 про собрание", "reminder"),
        ("ru", [("напомни в 9 полить кактус", "reminder")], "каждый день", "напомни каждый день в 9 полить кактус",
         "reminder"),
        ("en", [("remind me to stretch at noon", "reminder")], "every hour", "remind me to stretch every hour at noon",
         "reminder"),
        ("en", [("the vet is on Friday at 4 pm", "")], "remind me of it an hour before",
         "remind me of the vet an hour before friday at 4 pm", "reminder"),
        ("en", [("my aunt lives in Lisbon", "")], "what time is it there", "what time is it in Lisbon", "clock"),
        ("en", [("difference between Oslo and Tokyo", "clock")], "oslo and delhi?",
         "what is the time difference between oslo and delhi", "clock"),
        ("ru", [("бабушка живёт в Иркутске", "")], "сколько там времени?", "сколько времени в городе Иркутске",
         "clock"),
        ("en", [("the fair begins on the ninth of June", "")], "how many days until then",
         "how many days until the ninth of June", "calendar"),
        ("ru", [("сколько дней до 3 мая?", "calendar"), ("сколько дней до 9 июня?", "calendar")], "а между ними?",
         "сколько дней с 3 мая по 9 июня", "calendar"),
        ("en", [("say 'good soup'", "say")], "and 'bad soup'", 'say "bad soup"', "say"),
        ("ru", [("у нас девиз: «не ныть»", "")], "произнеси его", "скажи «не ныть»", "say"),
        ("en", [('translate "turn left" into Russian', "translation")], "right, not left",
         'translate "turn right" into Russian', "translation"),
        ("ru", [("на двери написано «Keep out»", "")], "что это значит?", "переведи на русский «Keep out»",
         "translation"),
        ("en", [("remember that the plumber comes on Friday", "remember_fact")], "and the painter on Monday",
         "remember that the painter comes on Monday", "remember_fact"),
        ("ru", [("Мою кошку зовут Муся", "")], "запомни это", "запомни, что мою кошку зовут Муся", "remember_fact"),
        ("ru", [("где ты видел мой зонт?", "recall")], "забудь это", "забудь, где ты видел мой зонт", "forget"),
        ("ru", [("сотри место «пристань»", "forget")], "и мастерскую", "забудь место мастерская", "forget"),
        ("en", [("remember that the gate opens at eight", "remember_fact")], "oops, half past nine",
         "remember that the gate opens at half past nine", "remember_fact"),
        ("ru", [("запомни, что ключ от сарая в синей банке", "remember_fact")], "от чердака — в зелёной",
         "запомни, что ключ от чердака в зелёной банке", "remember_fact"),
        ("ru", [("Лена сказала, что приедет поздно", "")], "запомни это", "запомни, что Лена приедет поздно",
         "remember_fact"),
        ("en", [("my parrot is called Kiki", "")], "remember that, and that she is five",
         "remember that my parrot is five", "remember_fact"),
        ("ru", [("запомни, что у Оли урок в школе", "remember_fact")], "а у Пети в бассейне",
         "запомни, что у Пети урок в бассейне", "remember_fact"),
        ("en", [("remember that Max likes pears", "remember_fact")], "plums too", "remember that Max likes plums",
         "remember_fact"),
        ("en", [("erase the place called pantry", "forget")], "sorry, the one called attic",
         "forget the place attic", "forget"),
        ("en", [("remind me to feed the fish on Monday", "reminder")], "mow the lawn, the fish died",
         "remind me to mow the lawn on monday", "reminder"),
        ("ru", [("напомни через час полить цветы", "reminder")], "а завтра ещё кактус",
         "напомни завтра полить кактус", "reminder"),
        ("ru", [("громкость 40", "settings")], "60", "поставь громкость 60", "settings"),
    ],
)  # fmt: skip
def test_the_right_reading_is_proposed(
    follow_ups: FollowUps,
    language: Language,
    told: list[tuple[str, str]],
    text: str,
    whole: str,
    expert: str,
) -> None:
    found = list(propose(after(follow_ups, text, language, told)))
    assert (whole, expert) in [(said, whose) for _, said, whose, _ in found]
    assert len(found) <= MOST


@pytest.mark.parametrize("text", ["drive to the kitchen", "how far is the sofa"])
def test_a_turn_of_another_field_gets_little(follow_ups: FollowUps, text: str) -> None:
    heard = after(follow_ups, text, "en", [("go to the hall", "go_to")])
    assert list(propose(heard)) == []


def test_what_is_newly_said_is_without_what_opens_and_closes_it(follow_ups: FollowUps) -> None:
    known = Vocabulary.of("en")
    assert known.core("Oh, and the green one too, please!") == "the green one"
    assert known.core("thanks a lot") == "a lot"
    heard = after(follow_ups, "не кот, а кит, опечатка", "ru", [("переведи «кот»", "translation")])
    assert "кит" in news(heard)
    assert set(denied(heard)) == {"кот"}
