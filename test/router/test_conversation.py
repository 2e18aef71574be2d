"""What an utterance means after others, and whose it is: with the shipped sentences, model and experts' cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from moe_robot.brain import Brain, Context, build_brain
from moe_robot.config import load_config
from moe_robot.lexicon import lexicon_of
from moe_robot.router.conversation import Conversation
from moe_robot.router.earlier import FRESH_S
from moe_robot.router.relation import find_relations
from moe_robot.router.understood import Understood
from moe_robot.structs import Reply, Turn, Utterance
from moe_robot.world.home import load_home


@pytest.fixture(scope="module")
def brain() -> Brain:
    home = load_home("flat")
    return build_brain(load_config(), home, lexicon_of(home))


@pytest.fixture(scope="module")
def phrases(brain) -> Brain:
    """Without the chooser: what the phrases make of a turn."""
    home, conversation = brain.home, brain.conversation
    lexicon = lexicon_of(home)
    names = {id: card.name for id, card in brain.experts.cards.items()}
    readers = [id for id, card in brain.experts.cards.items() if "sentences" in card.chain]
    threshold, relations = brain.cfg.router.confidence_threshold, find_relations(brain.cfg.router.model)
    alone = Conversation(conversation.router, lexicon, names, threshold, None, readers, relations)
    return Brain(alone, brain.experts, brain.phrases, home, brain.cfg)


def heard(brain: Brain, text: str, language: str, history: Sequence[Turn] = (), t_s: float = 0.0) -> Understood:
    understood = brain.hear(Utterance(text, language, t_s=t_s), Context(history=tuple(history))).understood  # type: ignore[arg-type]
    assert understood is not None
    return understood


def said(brain: Brain, text: str, language: str, reply: str = "", t_s: float = 0.0) -> Turn:
    """An earlier exchange with the answer `reply`, routed by the brain."""
    part = heard(brain, text, language).parts[0]
    utterance = Utterance(text, language, t_s=t_s)  # type: ignore[arg-type]
    return Turn(utterance, part.route, Reply(reply, part.route.expert), None)


@pytest.mark.parametrize(
    ("before", "answer", "now", "language", "expert", "whole"),
    [
        ("сколько метров до кухни?", "", "а до спальни?", "ru", "distance", "сколько метров до спальни?"),
        ("реши x^2-5x+6=0", "", "а если в конце минус шесть", "ru", "algebra", "реши x^2-5x-6=0"),
        ("сколько будет 8 на 3", "24", "раздели на 4", "ru", "arithmetic", "сколько будет 8 на 3 разделить на 4"),
        ("what is 15 plus 27", "15 + 27 = 42", "is that prime?", "en", "number_theory", "is 42 prime"),
        ("реши x^2+4x+3=0", "", "какой у него дискриминант?", "ru", "algebra", "дискриминант x^2+4x+3=0"),
        ("производная sin(2x)", "", "теперь проинтегрируй исходную функцию", "ru", "integral", "интеграл от sin(2x)"),
        ("найди производную x^3", "", "а вторую?", "ru", "derivative", "вторая производная x^3"),
        ("Differentiate x^4.", "", "and the second derivative?", "en", "derivative", "second derivative of x^4"),
        ("mean of 2, 4, 9", "", "the standard deviation too", "en", "statistics", "standard deviation of 2, 4, 9"),
        ("mean of 2, 4, 9", "", "now without 4", "en", "statistics", "mean of 2, 9"),
        ("average of 2, 4 and 9", "", "now include 13 as well", "en", "statistics", "average of 2, 4 and 9, 13"),
        ("what is 12 times 14", "12 · 14 = 168", "times two", "en", "arithmetic", "what is 12 times 14 times 2"),
        ("how many km is 5 miles", "5 miles ≈ 8.04672 km.", "round that to a whole number", "en", "arithmetic",
         "round 8.04672 to a whole number"),
        ("напомни в шесть вечера забрать сына", "", "давай в полседьмого", "ru", "reminder",
         "напомни в полседьмого вечера забрать сына"),
        ("wake me at six", "", "no wait, half past", "en", "reminder", "wake me at half past six"),
        ("remind me at noon to call Ann", "", "make that one o'clock", "en", "reminder",
         "remind me at one o'clock to call Ann"),
        ("remind me tomorrow to buy milk", "", "and on Friday to buy bread", "en", "reminder",
         "remind me on friday to buy bread"),
        ("timer for an hour", "", "kill it", "en", "timer", "cancel the timer"),
        ("what's the date in two weeks?", "", "and in three?", "en", "calendar", "what's the date in three weeks?"),
        ("какое число будет через две недели?", "", "а через три?", "ru", "calendar",
         "какое число будет через три недель?"),
        ("what's 18 times 6", "18 · 6 = 108", "now minus 8", "en", "arithmetic", "what's 18 times 6 minus 8"),
        ("antiderivative of cos x?", "", "between zero and pi/2 what does that come to", "en", "integral",
         "antiderivative of cos x from 0 to pi/2"),
        ("take f(x) = 3x^2 - 6x + 1 and differentiate it", "", "so how steep is the tangent at x = 2", "en",
         "derivative", "slope of the tangent to 3x^2 - 6x + 1 at x = 2"),
        ("what time is it in Lisbon", "", "Nairobi?", "en", "clock", "what time is it in Nairobi"),
        ("what's the time difference between London and New York", "", "from London to Sydney", "en", "clock",
         "what is the time difference between London and Sydney"),
        ("в какой ты комнате", "", "точно? насколько уверен", "ru", "position",
         "насколько ты уверен в своём положении"),
        ("remember the gate code is 4417", "", "they've changed the lock so erase that", "en", "forget",
         "forget that the gate code is 4417"),
        ("таймер на восемь минут", "", "передумал, пусть будет шесть", "ru", "timer", "таймер на шесть минут"),
        ("eight minute timer", "", "on second thought, six", "en", "timer", "six minutes timer"),
        ("напомни через двадцать минут снять суп", "", "через полчаса лучше", "ru", "reminder",
         "напомни через полчаса снять суп"),
        ("напомни завтра в десять про врача", "", "убери, врач отменил приём", "ru", "reminder", "отмени напоминание"),
        ("какое число в эту пятницу?", "", "а в следующую?", "ru", "calendar", "какое число в следующую пятницу?"),
        ("time difference with Tokyo?", "", "with Sydney?", "en", "clock",
         "what is the time difference between here and Sydney"),
        ("solve 2x > 8", "", "and with less than?", "en", "algebra", "solve 2x < 8"),
        ("медиана 5, 9, 2, 8", "", "выкинь девятку", "ru", "statistics", "медиана 5, 2, 8"),
        ("производная от x^2*sin(x)", "", "в точке ноль чему она равна?", "ru", "derivative",
         "производная от x^2*sin(x) в точке 0"),
        ("remember that the safe code is 7712", "", "erase that, the code has changed", "en", "forget",
         "forget that the safe code is 7712"),
        ("у меня аллергия на орехи", "", "не забывай об этом", "ru", "remember_fact",
         "запомни, что у меня аллергия на орехи"),
        ("who's home?", "", "how can you tell?", "en", "explain", "why did you decide so: who's home?"),
        ("volume of a cube with edge 4", "", "suppose the edge were 5", "en", "geometry",
         "volume of a cube with edge 5"),
        ("solve x^2 - 7x + 10 = 0", "", "and if the 10 were 12?", "en", "algebra", "solve x^2 - 7x + 12 = 0"),
        ("convert 10 km to miles", "", "what about in feet?", "en", "units", "convert 10 km to feet"),
        ("what is 12 times 14", "12 · 14 = 168", "minus 8", "en", "arithmetic", "what is 12 times 14 minus 8"),
        ("def f(x): return x*x", "", "что он делает?", "ru", "code_explain", "что он делает: def f(x): return x*x"),
        ("for i in range(3) print(i)", "", "is it valid?", "en", "code_check",
         "is this valid Python: for i in range(3) print(i)"),
        ("запомни это место как мастерская", "", "удали его", "ru", "forget", "забудь место мастерская"),
        ("how do I list nodes?", "", "and topics?", "en", "ros_help", "how do I list topics?"),
        ("how much memory is in use?", "", "is that a lot?", "en", "resources",
         "how much memory is in use, is that a lot?"),
        ("Where's the blue ball?", "", "drive up to it", "en", "go_to", "drive up to the blue ball"),
        ("поезжай в спальню", "", "сколько там мячей?", "ru", "count", "сколько в спальне мячей?"),
        ("drive to the bedroom", "", "how many boxes are in there?", "en", "count",
         "how many boxes are in the bedroom?"),
        ("where's Masha?", "I know Anna and Ivan.", "follow her please", "en", "follow", "follow Masha please"),
        ("set a timer for ten minutes", "", "add five to it", "en", "timer", "add five minutes to the timer"),
        ("Start a ten minute countdown.", "", "how long has it got left?", "en", "timer",
         "how much time is left on the timer"),
        ("какое число через 45 дней", "", "а какой это день недели?", "ru", "calendar",
         "какой день недели через 45 дней"),
        ("what date is it in two weeks", "", "three weeks?", "en", "calendar", "what date is it in three weeks"),
        ("what weekday is the 3rd of June", "", "and the 4th?", "en", "calendar", "what weekday is the 4th of June"),
        ("сколько времени в Лондоне?", "", "и какая у нас с ним разница?", "ru", "clock",
         "какая разница во времени у нас и в Лондоне"),
        ("median of 1, 5, 7", "", "and the mean", "en", "statistics", "mean of 1, 5, 7"),
        ("скажи «доброе утро»", "", "а по-английски?", "ru", "translation", "переведи «доброе утро» на английский"),
        ("пароль от вайфая 12345", "", "запомни это", "ru", "remember_fact", "запомни, что пароль от вайфая 12345"),
        ("take the bottle", "", "carry it to the kitchen", "en", "bring", "carry the bottle to the kitchen"),
        ("set a timer for ten minutes", "", "actually fifteen", "en", "timer", "set a timer for fifteen minutes"),
        ("what is the capital of France", "", "and Germany?", "en", "open_knowledge", "what is the capital of Germany"),
    ],
)  # fmt: skip
def test_a_continuation_goes_whole_to_the_expert_that_it_belongs_to(
    phrases, before, answer, now, language, expert, whole
):
    understood = heard(phrases, now, language, [said(phrases, before, language, answer)])
    assert understood.understood_as == whole
    assert [part.route.expert for part in understood.parts] == [expert]
    assert understood.parts[0].utterance.text == whole


@pytest.mark.parametrize(
    ("before", "now", "language", "expert", "whole"),
    [
        ("вперёд на 30 сантиметров", "ещё чуток, сантиметров десять", "ru", "drive", "вперёд на сантиметров десять"),
        ("налево на 60 градусов", "теперь направо и вдвое меньше", "ru", "turn", "направо на 30 градусов"),
        ("проедь полтора метра", "нет, не полтора, а один", "ru", "drive", "проедь один метра"),
        ("отвези мячик Ивану", "Анне, я перепутал", "ru", "bring", "отвези мячик Анне"),
        ("патрулируй спальню", "нет, кабинет, дважды", "ru", "patrol", "патрулируй кабинет дважды"),
        ("найди бутылку", "ищи дальше", "ru", "find", "найди бутылку"),
        ("прочти, что на коробке", "не разобрал, перечитай", "ru", "read_text", "прочти, что на коробке"),
        ("сколько у тебя заряда?", "а сейчас?", "ru", "battery", "сколько у тебя заряда?"),
        ("поезжай ко входу", "нет, забудь, возвращайся на базу", "ru", "go_to", "возвращайся на базу"),
        ("реши 5x - 3 = 12", "ошибся, там плюс три", "ru", "algebra", "реши 5x + 3 = 12"),
        ("turn left 90 degrees", "another 45 the same way", "en", "turn", "turn left 45 degrees"),
        ("turn left 60 degrees", "now half as much to the right", "en", "turn", "turn right 30 degrees"),
        ("drive two metres forward", "now the same distance backwards", "en", "drive", "drive 2 m backwards"),
        ("do a figure eight", "that was great, again!", "en", "figures", "do a figure eight"),
        ("find the bottle", "keep looking", "en", "find", "find the bottle"),
        ("drive one and a half metres", "no, not one and a half, just one", "en", "drive", "drive one metres"),
        ("how many minutes in a day", "seconds, not minutes", "en", "units", "how many seconds in a day"),
        ("how big is the kitchen?", "the lounge?", "en", "map", "how big is the lounge?"),
        ("go to the entrance", "scrap that, go back to base", "en", "go_to", "go back to base"),
    ],
)  # fmt: skip
def test_a_turn_that_changes_or_repeats_the_request_before_it(phrases, before, now, language, expert, whole):
    earlier = phrases.respond(Utterance(before, language))
    understood = heard(phrases, now, language, [earlier])
    assert understood.parts[0].utterance.text.lower() == whole.lower()
    assert understood.parts[0].route.expert in (expert, "dock" if expert == "go_to" else expert)


@pytest.mark.parametrize(
    ("before", "now", "language"),
    [
        ("поезжай в спальню", "не на кухню", "ru"),
        ("поезжай в спальню", "не едь на кухню", "ru"),
        ("поезжай в спальню", "включи свет на кухне", "ru"),
        ("go to the bedroom", "not the kitchen", "en"),
        ("go to the bedroom", "turn on the light in the kitchen", "en"),
        ("drive forward two metres", "call my mum again", "en"),
    ],
)
def test_what_is_denied_or_beyond_the_robot_moves_nothing(brain, before, now, language):
    earlier = brain.respond(Utterance(before, language))
    assert earlier.plan is not None
    assert brain.respond(Utterance(now, language), Context(history=(earlier,))).plan is None


def test_a_stop_in_any_words_stops_whatever_was_spoken_of_before(brain):
    earlier = brain.respond(Utterance("number of green objects you can see?", "en"))
    turn = brain.respond(Utterance("stop it you're scaring granny", "en"), Context(history=(earlier,)))
    assert turn.plan is not None
    assert [step.skill for step in turn.plan.nodes] == ["stop"]


def test_giving_a_request_up_is_the_plain_cancel_in_whatever_words(brain):
    for language, before, now in (("ru", "иди за Анной", "ладно, не надо"), ("en", "wait a minute", "ok don't bother")):
        earlier = brain.respond(Utterance(before, language))
        turn = brain.respond(Utterance(now, language), Context(history=(earlier,)))
        assert turn.route.expert == "cancel"
        assert turn.plan is not None


def test_what_nobody_can_complete_stays_with_the_earlier_expert_and_what_was_said_to_it(phrases):
    understood = heard(phrases, "А если дискриминант отрицательный?", "ru", [said(phrases, "реши x^2-5x+6=0", "ru")])
    assert understood.parts[0].route.expert == "algebra"
    assert understood.parts[0].utterance.text == "реши x^2-5x+6=0, А если дискриминант отрицательный?"


@pytest.mark.parametrize(
    ("before", "now", "language"),
    [
        ("поезжай на кухню", "сколько будет дважды два", "ru"),
        ("сколько кубов на кухне", "поезжай в спальню", "ru"),
        ("подъедь к дивану", "объясните, что такое tf и зачем оно нужно", "ru"),
        ("что ты видишь?", "едь вперёд на два метра", "ru"),
        ("What can you see?", "what time is it", "en"),
        ("round 7.4863 to one decimal", "how do I write a launch file that starts two nodes", "en"),
        ("what's 17 times 23", "release the e-stop please", "en"),
        ("where is the mug", "is it safe for my child to be near you?", "en"),
    ],
)
def test_a_whole_request_is_what_it_is_alone(brain, before, now, language):
    alone = heard(brain, now, language)
    after = heard(brain, now, language, [said(brain, before, language, "I see a red cube.")])
    assert replace(after, others=()) == alone  # they are for when nobody can answer it


def test_a_turn_that_is_too_old_is_leant_on_no_more(brain):
    earlier = said(brain, "поезжай на кухню", "ru", t_s=1000.0)
    assert heard(brain, "ещё раз", "ru", [earlier], t_s=1000.0 + FRESH_S - 1).understood_as == "поезжай на кухню"
    assert heard(brain, "ещё раз", "ru", [earlier], t_s=1000.0 + FRESH_S + 1).understood_as == ""


def test_small_talk_in_between_does_not_break_the_thread(brain):
    history = [said(brain, "how far is the kitchen", "en"), said(brain, "thank you", "en")]
    assert heard(brain, "and the bedroom?", "en", history).understood_as == "how far is the bedroom"


def test_what_was_said_last_can_be_leant_on_even_if_nobody_could_answer_it(brain):
    turns: tuple[Turn, ...] = ()
    for text in ("go to the kitchen", "who wrote Hamlet?"):
        turns = (*turns, brain.respond(Utterance(text, "en"), Context(history=turns)))
    assert turns[-1].refusal == "no_language_model"
    before, readings = brain.conversation.proposed(Utterance("and Macbeth?", "en"), turns)
    assert [one.text for one in before] == ["go to the kitchen", "who wrote Hamlet?"]
    assert "who wrote Macbeth?" in {one.text for one in readings}


def test_a_piece_goes_to_the_turn_that_has_a_place_for_it(brain):
    history = [said(brain, "поезжай на кухню", "ru"), said(brain, "какой у тебя заряд", "ru")]
    assert heard(brain, "а теперь в спальню", "ru", history).understood_as == "поезжай в спальню"


@pytest.mark.parametrize(
    ("text", "language", "experts"),
    [
        ("сколько будет 12 на 8 и поезжай на кухню", "ru", ["arithmetic", "go_to"]),
        ("what time is it, and then turn left", "en", ["clock", "turn"]),
        ("Добрый вечер! Кто тебя сделал?", "ru", ["greeting", "identity"]),
        ("какое сегодня число, а потом реши x^2=4", "ru", ["calendar", "algebra"]),
    ],
)
def test_two_requests_in_one_are_taken_apart_in_order(brain, text, language, experts):
    assert [part.route.expert for part in heard(brain, text, language).parts] == experts


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("запомни, что код от домофона 45", "ru"),
        ("median of 1, 5, 7", "en"),
        ("what's the distance between the table and the fridge", "en"),
        ("подскажи оптимальную последовательность: кабинет, кухня, гостиная", "ru"),
        ("У Пети 5 яблок, а у Маши на 3 больше. Сколько яблок у них вместе?", "ru"),
        ('is this json valid: {"a": 1, "b": 2}', "en"),
        ("say “war and peace”", "en"),
        ("enough battery to drive to the office and back?", "en"),
        ("тебе хватит батареи доехать до кухни и обратно?", "ru"),
        ("в каком порядке лучше объехать кухню, кабинет и спальню", "ru"),
        ("which is farther, the kitchen or the office, and back", "en"),
    ],
)
def test_one_request_stays_one(brain, text, language):
    assert len(heard(brain, text, language).parts) == 1


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("enough battery to drive to the office and back?", "en"),
        ("в каком порядке лучше объехать кухню, кабинет и спальню", "ru"),
        ("далеко ли до кухни и назад?", "ru"),
        ("how long does it take to the kitchen, the hall and back?", "en"),
        ("сколько метров до дивана, вперёд или назад?", "ru"),
        ("No further! I am here.", "en"),
    ],
)
def test_a_question_does_not_end_in_motion_because_of_its_last_word(brain, text, language):
    turn = brain.respond(Utterance(text, language))
    moving = [step.skill for part in (turn.parts or (turn,)) for step in part.reply.draft]
    assert not {"drive", "go_to", "turn", "patrol", "dock", "follow"} & set(moving), turn.reply.text
