"""Timers, reminders, facts and the history of a conversation: what is said, and what is really kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from state_rig import NOW, said
from talk_rig import Talk, bare

from moe_robot.experts.answerer import Unavailable
from moe_robot.experts.keepsakes import MOST_ENTRIES, Keepsakes
from moe_robot.experts.tools.facts import Forget, RecallFact, RememberFact, ToldWhere
from moe_robot.experts.tools.history import History
from moe_robot.experts.tools.reminder import Reminder
from moe_robot.experts.tools.timer import Timer
from moe_robot.structs import Plan, Reply, Route, Step, Turn


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


@pytest.mark.parametrize("tool", [Timer, Reminder])
def test_too_many_timers_and_reminders_are_refused(tool: type) -> None:
    talk = Talk(tool())
    for number in range(MOST_ENTRIES):
        talk.keepsakes.schedule.add("timer", NOW + timedelta(minutes=number + 1), "", "ru")
    text = "засеки 5 минут" if tool is Timer else "напомни через час поесть"
    assert talk.ask(text) == "Больше не помещается: сначала отмените или удалите что-нибудь."
    assert len(kept(talk)) == MOST_ENTRIES


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


# ---------------------------------------------------------------- facts


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("запомни, что код от домофона 45", "код от домофона 45"),
        ("имей в виду, что у Ани аллергия на орехи", "у Ани аллергия на орехи"),
        ("запиши: запасной ключ под ковриком", "запасной ключ под ковриком"),
        ("учти, Пётр пьёт чай без сахара", "Пётр пьёт чай без сахара"),
        ("не забудь, что кота зовут Барсик", "кота зовут Барсик"),
        ("Пожалуйста, запомни, что Маша не ест мясо.", "Маша не ест мясо"),
        ("код от домофона 45, запомни", "код от домофона 45"),
        ("remember that Anna is allergic to nuts", "Anna is allergic to nuts"),
        ("note that the door code is 45", "the door code is 45"),
        ("don't forget, the cat is called Tom", "the cat is called Tom"),
        ("write down: the spare key is under the mat", "the spare key is under the mat"),
        ("remember my flat number: 96", "my flat number: 96"),
        ("по секрету, код от сейфа 7741, запомни", "код от сейфа 7741"),
        ('remember this: the password is "Qwerty 12"', 'the password is "Qwerty 12"'),
    ],
)
def test_a_fact_is_kept_in_the_words_of_the_speaker(text: str, fact: str) -> None:
    talk = Talk(RememberFact())
    talk.ask(text)
    assert [note.text for note in talk.keepsakes.notes.all()] == [fact]
    assert fact in talk.history[-1].reply.text


@pytest.mark.parametrize("text", ["запомни", "запомни, что", "remember", "remember that ...", "запомни пожалуйста"])
def test_nothing_to_remember_is_asked_for(text: str) -> None:
    talk = Talk(RememberFact())
    assert talk.ask(text).startswith(("Что запомнить?", "What shall I remember?"))
    assert not talk.keepsakes.notes.all()


def test_the_same_fact_is_kept_once_and_a_long_one_not_at_all() -> None:
    talk = Talk(RememberFact())
    talk.ask("запомни, что код 45")
    assert talk.ask("запомни, что код 45") == "Это я уже помню: «код 45»."
    assert talk.ask("запомни, что " + "а" * 1200) == "Это слишком длинно, скажите короче."
    assert len(talk.keepsakes.notes.all()) == 1


FACTS = ("запомни, что код от домофона 45", "учти, у Ани аллергия на орехи", "запомни, что кота зовут Барсик",
         "remember that Anna is allergic to nuts", "note that my birthday is on 5 March")  # fmt: skip


def told_facts() -> Keepsakes:
    keepsakes = Keepsakes(":memory:")
    for text in FACTS:
        Talk(RememberFact(), keepsakes=keepsakes).ask(text)
    return keepsakes


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("что я говорил тебе про Аню", "Вы говорили: «у Ани аллергия на орехи» (сегодня в 15:04)."),
        ("какой код я просил запомнить", "Вы говорили: «код от домофона 45» (сегодня в 15:04)."),
        ("напомни, как зовут кота", "Вы говорили: «кота зовут Барсик» (сегодня в 15:04)."),
        ("что я говорил про слонов", "Об этом мне ничего не говорили."),
        ("what did I tell you about Anna", 'You told me: "Anna is allergic to nuts" (today at 15:04).'),
        ("what do you remember about my birthday", 'You told me: "my birthday is on 5 March" (today at 15:04).'),
        ("what did I tell you about elephants", "Nobody has told me anything about that."),
    ],
)
def test_a_fact_is_told(text: str, answer: str) -> None:
    assert Talk(RecallFact(), keepsakes=told_facts()).ask(text) == answer


@pytest.mark.parametrize("text", ["что ты запомнил?", "what have you noted down", "что у тебя записано"])
def test_all_facts_are_told(text: str) -> None:
    answer = Talk(RecallFact(), keepsakes=told_facts()).ask(text)
    assert all(fact in answer for fact in ("код от домофона 45", "Барсик", "5 March"))
    assert Talk(RecallFact()).ask(text) in (
        "Мне ещё ничего не велели запомнить.",
        "Nobody has told me anything to remember yet.",
    )


def test_a_fact_of_somebody_else_is_told_with_the_name() -> None:
    keepsakes = Keepsakes(":memory:")
    keepsakes.notes.add("код 45", "ru", "Иван", NOW.timestamp())
    assert Talk(RecallFact(), keepsakes=keepsakes).ask("какой код?") == "Иван сообщает: «код 45» (сегодня в 15:04)."


@pytest.mark.parametrize(
    ("text", "erased"),
    [
        ("забудь, что я говорил про Аню", "у Ани аллергия на орехи"),
        ("забудь код", "код от домофона 45"),
        ("убери из памяти код от домофона", "код от домофона 45"),
        ("забудь, что код от домофона 45", "код от домофона 45"),
        ("forget what I told you about Anna", "Anna is allergic to nuts"),
        ("forget the last thing I said", "my birthday is on 5 March"),
    ],
)
def test_exactly_the_fact_that_is_named_is_erased(text: str, erased: str) -> None:
    keepsakes = told_facts()
    before = {note.text for note in keepsakes.notes.all()}
    answer = Talk(Forget(), keepsakes=keepsakes).ask(text)
    assert erased in answer
    assert before - {note.text for note in keepsakes.notes.all()} == {erased}


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("забудь", "Что забыть?"),
        ("забудь про слонов", "Такого факта я не помню, стирать нечего."),
        ("забудь код от гаража", "Что именно забыть? «код от домофона 45»."),
        ("forget about elephants", "I remember no such fact"),
        ("удали место мастерская", "это место на карте, а не факт"),
        ("delete the place called workshop", '"workshop" is a place of the map'),
        ("forget where you saw my keys", "What I have seen is not erased by voice"),
    ],
)
def test_what_is_not_erased_is_said(text: str, answer: str) -> None:
    keepsakes = told_facts()
    assert answer in Talk(Forget(), keepsakes=keepsakes).ask(text)
    assert len(keepsakes.notes.all()) == len(FACTS)


def test_of_several_facts_it_asks_which_and_everything_says_what_stays() -> None:
    keepsakes = told_facts()
    Talk(RememberFact(), keepsakes=keepsakes).ask("запомни, что код от сейфа 77")
    keepsakes.schedule.add("timer", NOW + timedelta(minutes=5), "", "ru")
    forget = Talk(Forget(), keepsakes=keepsakes)
    answer = forget.ask("забудь код")
    assert "«код от сейфа 77»" in answer
    assert "«код от домофона 45»" in answer
    assert len(keepsakes.notes.all()) == 6
    assert "Забыл: «код от сейфа 77»." in forget.ask("забудь, что код от сейфа 77")
    answer = forget.ask("забудь всё")
    assert "5 фактов" in answer
    assert "остались" in answer
    assert not keepsakes.notes.all()
    assert len(keepsakes.schedule.pending()) == 1


@pytest.mark.parametrize("tool", [Timer, Reminder, RememberFact, RecallFact, Forget])
def test_without_anything_that_keeps_it_is_unavailable(tool: type) -> None:
    with pytest.raises(Unavailable, match="connected"):
        bare(tool(), said("засеки 5 минут"))


@pytest.mark.parametrize(
    ("fact", "question", "answered"),
    [
        ("ключи под ковриком", "где ключи?", True),
        ("ключи под ковриком", "где лежат мои ключи", True),
        ("the glasses are on the shelf", "where are my glasses?", True),
        ("ключи под ковриком", "найди ключи", False),
        ("ключи под ковриком", "где зонт", False),
        ("красный куб любит Маша", "где красный куб", False),  # the robot sees cubes itself
    ],
)
def test_where_a_thing_is_that_only_words_know(fact: str, question: str, answered: bool) -> None:
    keepsakes = Keepsakes(":memory:")
    keepsakes.notes.add(fact, said(fact).language, "", NOW.timestamp())
    reply = Talk(ToldWhere(), keepsakes=keepsakes).reply(question)
    assert (reply is not None and fact in reply.text) is answered
    assert bare(ToldWhere(), said(question)) is None


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


# ---------------------------------------------------------------- history


def turn(text: str, reply: str, *skills: str, refusal: str = "") -> Turn:
    plan = Plan(tuple(Step(skill) for skill in skills)) if skills else None
    return Turn(said(text), Route("x", 1.0, "test"), Reply(reply, "x"), plan, refusal=refusal)


TURNS = (
    turn("поезжай на кухню", "Хорошо: еду на кухню.", "go_to"),
    turn("сколько будет 2+2", "4."),
    turn("полетели на Луну", "Так я не умею.", refusal="out_of_scope"),
    turn("возьми мяч", "Хорошо: беру мяч.", "pick"),
)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("какая была последняя команда", "Последняя команда: «возьми мяч». Хорошо: беру мяч."),
        ("что ты делал сегодня", "2 задания: «поезжай на кухню», «возьми мяч»."),
        ("куда ты ездил утром", "1 задание: «поезжай на кухню»."),
        (
            "о чём мы говорили",
            "Мы говорили вот о чём: «поезжай на кухню», «сколько будет 2+2», «полетели на Луну», «возьми мяч».",
        ),
        ("чего ты не смог сделать", "Вот чего я не сделал: «полетели на Луну»."),
        ("сколько команд я дал", "В этом разговоре 4 запроса, из них 2 задания."),
        ("what was my last command", 'The last command was "возьми мяч". Хорошо: беру мяч.'),
        ("what did you do today", '2 tasks: "поезжай на кухню", "возьми мяч".'),
        ("what did I just say", 'The last thing you said was "возьми мяч". I answered: "Хорошо: беру мяч."'),
        ("show the log of your trips", '1 task: "поезжай на кухню".'),
    ],
)
def test_the_history_is_that_of_the_conversation(text: str, answer: str) -> None:
    assert Talk(History(), history=TURNS).ask(text) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("какая была последняя команда", "В этом разговоре ещё ничего не было."),
        ("what did you do today", "Nothing has been said in this conversation yet."),
    ],
)
def test_without_a_conversation_there_is_no_history(text: str, answer: str) -> None:
    assert Talk(History()).ask(text) == answer


def test_of_a_long_history_the_latest_is_told() -> None:
    many = tuple(turn(f"поезжай в точку {number}", "Еду.", "go_to") for number in range(12))
    answer = Talk(History(), history=many).ask("что ты делал")
    assert answer.startswith("12 заданий: «поезжай в точку 7», ")
    assert answer.endswith("(раньше было ещё 7).")


def test_the_history_of_a_day_goes_by_the_clock_where_the_turns_carry_it() -> None:
    day_s = NOW.timestamp()
    yesterday = replace(TURNS[0], utterance=replace(TURNS[0].utterance, t_s=day_s - 86_400))
    today = replace(TURNS[3], utterance=replace(TURNS[3].utterance, t_s=day_s - 600))
    assert Talk(History(), history=(yesterday, today)).ask("что ты делал вчера") == "1 задание: «поезжай на кухню»."
    assert Talk(History(), history=(yesterday, today)).ask("что ты делал сегодня") == "1 задание: «возьми мяч»."
