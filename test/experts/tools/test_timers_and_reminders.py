"""Timers and reminders: what is said, and what is really kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from state_rig import NOW, said
from talk_rig import Talk, bare

from moe_robot.experts.answerer import Unavailable
from moe_robot.experts.keepsakes import MOST_ENTRIES
from moe_robot.experts.tools.facts import Forget, RecallFact, RememberFact
from moe_robot.experts.tools.reminder import Reminder
from moe_robot.experts.tools.timer import Timer


def kept(talk: Talk) -> list[tuple[str, str]]:
    pending = talk.keepsakes.schedule.pending()
    return [(entry.text, f"{entry.due.astimezone(NOW.tzinfo):%d %H:%M:%S}") for entry in pending]


# ---------------------------------------------------------------- timer


@pytest.mark.parametrize(
    ("text", "answer", "label", "due"),
    [
        ("засеки 5 минут", "Засёк 5 минут: позову сегодня в 15:09.", "", "20 15:09:00"),
        ("поставь таймер на полчаса", "Засёк 30 минут: позову сегодня в 15:34.", "", "20 15:34:00"),
        ("просигналь через минуту", "Засёк 1 минуту: позову сегодня в 15:05.", "", "20 15:05:00"),
        ("пятиминутный таймер", "Засёк 5 минут: позову сегодня в 15:09.", "", "20 15:09:00"),
        ("таймер для яиц на 6 минут", "Засёк 6 минут (для яиц): позову сегодня в 15:10.", "для яиц", "20 15:10:00"),
        ("таймер на двадцать одну секунду", "Засёк 21 секунду: позову сегодня в 15:04:21.", "", "20 15:04:21"),
        ("таймер на 18:30", "Хорошо, позову сегодня в 18:30.", "", "20 18:30:00"),
        ("засеки ещё раз 3 минуты", "Засёк 3 минуты: позову сегодня в 15:07.", "", "20 15:07:00"),
        ("засеки 10 часов", "Засёк 10 часов: позову завтра в 1:04.", "", "21 01:04:00"),
        ("timer 90 seconds", "Timer set for 1 minute 30 seconds: I will call today at 15:05:30.", "", "20 15:05:30"),
        (
            "ten minute timer for the eggs",
            "Timer set for 10 minutes (for the eggs): I will call today at 15:14.",
            "for the eggs",
            "20 15:14:00",
        ),
        (
            "set a timer called pasta for ten minutes",
            "Timer set for 10 minutes (pasta): I will call today at 15:14.",
            "pasta",
            "20 15:14:00",
        ),
        (
            "let me know once an hour and a half is up",
            "Timer set for 1 hour 30 minutes: I will call today at 16:34.",
            "",
            "20 16:34:00",
        ),
    ],
)
def test_a_timer_is_set(text: str, answer: str, label: str, due: str) -> None:
    talk = Talk(Timer())
    assert talk.ask(text) == answer
    assert kept(talk) == [(label, due)]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("поставь таймер", "На сколько поставить таймер?"),
        ("set a timer", "A timer for how long?"),
        ("таймер на 0 минут", "Ноль секунд уже прошли"),
        ("таймер на минус пять минут", "Время не может быть отрицательным."),
        ("timer for -5 minutes", "A time cannot be negative."),
        ("таймер на 5-10 минут", "Не понял, на сколько"),
        ("таймер на несколько минут", "На сколько поставить таймер?"),
        ("timer for 1:30", 'I did not get how long the timer is to run: "timer for 1:30".'),
        ("таймер на 25:00", "Времени 25:00 не бывает."),
        ("таймер на 9 дней", "Таймер ставлю не больше чем на 7 дней."),
        ("таймер на 100000000000000000000 лет", "Таймер ставлю не больше чем на 7 дней."),
        ("timer for 99999999999999999999999 seconds", "I set a timer for 7 days at most."),
        ("пять", "Не понял, на сколько"),
        ("секундомер", "Секундомера у меня нет"),
        ("pause the timer", "I cannot pause a timer"),
        ("сколько осталось?", "Таймеров нет."),
        ("cancel the timer", "No timer is running."),
        ("!!!", "A timer for how long?"),
    ],
)
def test_a_timer_that_is_not_set_says_why(text: str, answer: str) -> None:
    talk = Talk(Timer())
    assert answer in talk.ask(text)
    assert not kept(talk)


def test_timers_are_told_changed_and_cancelled() -> None:
    talk = Talk(Timer())
    talk.ask("засеки 5 минут")
    talk.now += timedelta(seconds=40)
    assert talk.ask("сколько осталось?") == "До сигнала 4 минуты 20 секунд: позову сегодня в 15:09."
    talk.ask("ten minute timer for the eggs")
    assert talk.ask("how much time is left on the egg timer").startswith("10 minutes to go")
    assert talk.ask("is the egg timer of 10 minutes running?").startswith("10 minutes to go")
    assert talk.ask("какие таймеры запущены?").startswith("2 таймера: 4 минуты 20 секунд до сигнала (сегодня в 15:09);")
    assert talk.ask("cancel the timer").startswith("Which timer: 4 minutes 20 seconds to go")
    assert len(kept(talk)) == 2
    assert talk.ask("cancel the ten-minute timer") == "The timer (for the eggs) is cancelled, it had 10 minutes to go."
    assert talk.ask("добавь 2 минуты к таймеру") == "Изменил: до сигнала 6 минут 20 секунд, позову сегодня в 15:11."
    assert talk.ask("измени таймер на 3 минуты").startswith("Изменил: до сигнала 3 минуты,")
    assert talk.ask("отмени таймер") == "Отменил таймер, до сигнала оставалось 3 минуты."
    assert not kept(talk)


def test_two_timers_at_once_and_all_cancelled() -> None:
    talk = Talk(Timer())
    assert talk.ask("два таймера, 5 минут и 10 минут") == (
        "Засёк 5 минут: позову сегодня в 15:09. Засёк 10 минут: позову сегодня в 15:14."
    )
    assert len(kept(talk)) == 2
    assert talk.ask("cancel all timers") == "All timers are cancelled: 2 timers."
    assert not kept(talk)


def test_a_timer_fires_when_it_is_due() -> None:
    talk = Talk(Timer())
    talk.ask("timer 90 seconds")
    assert talk.keepsakes.schedule.due(NOW + timedelta(seconds=89)) == ()
    (entry,) = talk.keepsakes.schedule.due(NOW + timedelta(seconds=90))
    assert (entry.kind, entry.language) == ("timer", "en")


def test_one_more_is_one_more_and_it_is_the_last_one() -> None:
    talk = Talk(Timer())
    talk.ask("засеки 5 минут")
    talk.reply("засеки три минуты", words="и ещё один на три минуты")
    assert len(talk.keepsakes.schedule.pending()) == 2
    reply = talk.reply("отмени таймер", words="отмени его")
    assert reply is not None
    assert "3 минуты" in reply.text
    assert len(talk.keepsakes.schedule.pending()) == 1


def test_what_has_come_due_is_not_listed() -> None:
    talk = Talk(Timer())
    talk.ask("засеки 5 минут")
    talk.now += timedelta(minutes=6)
    assert talk.ask("какие таймеры идут?") == "Таймеров нет."


# ---------------------------------------------------------------- reminder


@pytest.mark.parametrize(
    ("text", "answer", "what", "due"),
    [
        (
            "напомни через 20 минут выключить суп",
            "Напомню сегодня в 15:24: «выключить суп».",
            "выключить суп",
            "20 15:24:00",
        ),
        (
            "напомни завтра в семь утра позвонить маме",
            "Напомню завтра в 7:00: «позвонить маме».",
            "позвонить маме",
            "21 07:00:00",
        ),
        (
            "через полтора часа напомни, что надо вынести мусор",
            "Напомню сегодня в 16:34: «вынести мусор».",
            "вынести мусор",
            "20 16:34:00",
        ),
        ("мне надо завтра в 9 к врачу, напомни", "Напомню завтра в 9:00: «к врачу».", "к врачу", "21 09:00:00"),
        (
            "напомни купить пять яиц завтра в 10",
            "Напомню завтра в 10:00: «купить пять яиц».",
            "купить пять яиц",
            "21 10:00:00",
        ),
        (
            "напомни 25 ноября в 8 вечера поздравить Аню",
            "Напомню в среду, 25 ноября, в 20:00: «поздравить Аню».",
            "поздравить Аню",
            "25 20:00:00",
        ),
        ("разбуди меня в 6:30", "Разбужу завтра в 6:30.", "пора вставать", "21 06:30:00"),
        ("будильник на 7", "Разбужу завтра в 7:00.", "пора вставать", "21 07:00:00"),
        (
            "remind me at 7 pm to take my pills",
            'I will remind you today at 19:00: "take my pills".',
            "take my pills",
            "20 19:00:00",
        ),
        (
            "remind me in an hour to call Mum",
            'I will remind you today at 16:04: "call Mum".',
            "call Mum",
            "20 16:04:00",
        ),
        (
            "set a reminder for 6 pm: feed the cat",
            'I will remind you today at 18:00: "feed the cat".',
            "feed the cat",
            "20 18:00:00",
        ),
        (
            "don't let me forget to lock the door at ten",
            'I will remind you today at 22:00: "lock the door".',
            "lock the door",
            "20 22:00:00",
        ),
        ("wake me at seven", "I will wake you tomorrow at 7:00.", "it is time to get up", "21 07:00:00"),
        ("alarm clock for half past six", "I will wake you tomorrow at 6:30.", "it is time to get up", "21 06:30:00"),
    ],
)
def test_a_reminder_is_set(text: str, answer: str, what: str, due: str) -> None:
    talk = Talk(Reminder())
    assert talk.ask(text) == answer
    assert kept(talk) == [(what, due)]


def test_a_reminder_without_an_hour_says_that_it_took_one() -> None:
    told = Talk(Reminder()).ask("в пятницу напомни про отчёт")
    assert told == "Напомню в пятницу, 27 ноября, в 9:00: «про отчёт». Час вы не назвали, взял этот."


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("напомни", "О чём и когда напомнить?"),
        ("напомни позвонить маме", "Когда напомнить: «позвонить маме»?"),
        ("напомни в семь", "О чём напомнить сегодня в 19:00?"),
        ("remind me to call Bob", 'When shall I remind you: "call Bob"?'),
        ("remind me tomorrow", "What shall I remind you of tomorrow at 9:00?"),
        ("разбуди меня", "Во сколько разбудить?"),
        ("when I get up remind me to do the laundry", "When shall I remind you:"),
        ("напомни после обеда погулять", "Когда напомнить: «после обеда погулять»?"),
        ("напомни вчера купить хлеб", "Это время уже прошло."),
        ("напомни сегодня в 14:00 поесть", "Это время уже прошло: сегодня в 14:00."),
        ("напомни в 25:00 поесть", "Времени 25:00 не бывает."),
        ("remind me at 7:75 to eat", "There is no time 7:75."),
        ("напомни 31 ноября поесть", "Такого дня в этом месяце нет: 31."),
        ("напомни через минус пять минут поесть", "Время не может быть отрицательным."),
        ("напомни через 1000000000 лет поесть", "Так далеко я не заглядываю"),
        ("напоминай каждый месяц платить за квартиру", "Так повторять я не умею"),
        ("remind me every month to pay the rent", "I cannot repeat it like that"),
        ("какие у меня напоминания?", "Напоминаний нет."),
        ("cancel all reminders", "There are no reminders."),
        ("snooze", "That reminder has been told already."),
    ],
)
def test_a_reminder_that_is_not_set_asks_or_says_why(text: str, answer: str) -> None:
    talk = Talk(Reminder())
    assert answer in talk.ask(text)
    assert not kept(talk)


def test_reminders_are_listed_moved_and_cancelled() -> None:
    talk = Talk(Reminder())
    for text in ("напомни завтра в 7 утра позвонить маме", "напомни через час вынести мусор", "разбуди меня в 6:30"):
        talk.ask(text)
    assert talk.ask("какие у меня напоминания?") == (
        "3 напоминания: сегодня в 16:04 – «вынести мусор»; завтра в 6:30 – «пора вставать»; "
        "завтра в 7:00 – «позвонить маме»."
    )
    assert "позвонить" not in talk.ask("какие напоминания на сегодня?")
    assert talk.ask("во сколько ты меня разбудишь?") == "1 напоминание: завтра в 6:30 – «пора вставать»."
    assert (
        talk.ask("перенеси напоминание про мусор на 8 вечера") == "Перенёс: напомню сегодня в 20:00: «вынести мусор»."
    )
    assert talk.ask("отложи напоминание про мусор на полчаса") == "Перенёс: напомню сегодня в 20:30: «вынести мусор»."
    assert talk.ask("отмени напоминание").startswith("Какое из напоминаний: ")
    assert talk.ask("отмени напоминание про молоко").startswith("Такого напоминания нет. Есть: ")
    assert len(kept(talk)) == 3
    assert talk.ask("не напоминай про мусор") == "Отменил напоминание сегодня в 20:30: «вынести мусор»."
    assert talk.ask("отмени будильник") == "Отменил напоминание завтра в 6:30: «пора вставать»."
    assert talk.ask("cancel all reminders") == "All reminders are cancelled: 1 reminder."
    assert not kept(talk)


def test_what_was_asked_for_may_be_said_with_the_next_words() -> None:
    talk = Talk(Reminder())
    talk.ask("напомни позвонить маме")
    assert talk.ask("в семь вечера") == "Напомню сегодня в 19:00: «позвонить маме»."
    talk.ask("remind me to call Bob")
    assert talk.ask("in an hour") == 'I will remind you today at 16:04: "call Bob".'
    talk.ask("напомни завтра в 8 утра")
    assert talk.ask("выключить свет") == "Напомню завтра в 8:00: «выключить свет»."
    assert talk.ask("в девять вечера").startswith("О чём напомнить")
    talk.ask("разбуди меня")
    assert talk.ask("в семь") == "Разбужу завтра в 7:00."


def test_a_long_reminder_is_refused() -> None:
    assert Talk(Reminder()).ask("напомни через час " + "ждать " * 300) == "Это слишком длинно, скажите короче."


# ---------------------------------------------------------------- both


@pytest.mark.parametrize("tool", [Timer, Reminder])
def test_too_many_timers_and_reminders_are_refused(tool: type) -> None:
    talk = Talk(tool())
    for number in range(MOST_ENTRIES):
        talk.keepsakes.schedule.add("timer", NOW + timedelta(minutes=number + 1), "", "ru")
    text = "засеки 5 минут" if tool is Timer else "напомни через час поесть"
    assert talk.ask(text) == "Больше не помещается: сначала отмените или удалите что-нибудь."
    assert len(kept(talk)) == MOST_ENTRIES


@pytest.mark.parametrize("tool", [Timer, Reminder, RememberFact, RecallFact, Forget])
def test_without_anything_that_keeps_it_is_unavailable(tool: type) -> None:
    with pytest.raises(Unavailable, match="connected"):
        bare(tool(), said("засеки 5 минут"))


@pytest.mark.parametrize(
    ("tool", "first", "words", "text", "answer"),
    [
        (Timer, "set a timer for 5 minutes", "make it ten", "set a timer for ten minutes", "Changed: 10 minutes to go"),
        (Timer, "засеки 5 минут", "нет, лучше десять", "засеки десять минут", "Изменил: до сигнала 10 минут"),
        (
            Reminder,
            "напомни в семь полить цветы",
            "лучше в восемь",
            "напомни в восемь полить цветы",
            "Перенёс: напомню",
        ),
        (Reminder, "remind me at 7 to call mum", "move it to eight", "remind me at eight to call mum", "Moved: I will"),
    ],
)
def test_what_was_just_set_is_set_otherwise(tool: type, first: str, words: str, text: str, answer: str) -> None:
    talk = Talk(tool())
    talk.ask(first)
    reply = talk.reply(text, words=words)
    assert reply is not None
    assert reply.text.startswith(answer)
    assert len(talk.keepsakes.schedule.pending()) == 1
