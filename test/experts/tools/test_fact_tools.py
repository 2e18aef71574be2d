"""Facts: told, recalled and erased, and what is really kept of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from state_rig import NOW, said
from talk_rig import Talk, bare

from moe_robot.experts.keepsakes import Keepsakes
from moe_robot.experts.tools.facts import Forget, RecallFact, RememberFact, ToldWhere


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
