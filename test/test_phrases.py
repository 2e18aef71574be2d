"""What the robot says: grammatical in Russian, the same set of sentences in both languages."""

from __future__ import annotations

import string

import pytest

from moe_robot.lexicon import Lexicon
from moe_robot.phrases import Phrases, Place, Point, Thing
from moe_robot.structs import LANGUAGES
from moe_robot.world.home import load_home


@pytest.fixture(scope="module")
def phrases() -> Phrases:
    home = load_home("flat")
    people = {person.id: person.names for person in home.people.values()}
    lexicon = Lexicon(home.place_names(), home.objects, home.colors, people)
    lexicon.add_place("quiet_corner", {"ru": ("тихий угол",), "en": ("quiet corner",)})
    return Phrases(lexicon, home.rooms)


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_both_languages_have_the_same_sentences_with_the_same_fields(phrases: Phrases) -> None:
    russian, english = (phrases.templates[language] for language in LANGUAGES)
    assert set(russian) == set(english)
    assert {key: fields(russian[key]) for key in russian} == {key: fields(english[key]) for key in english}


@pytest.mark.parametrize("table", ["skill", "question", "capability"])
def test_both_languages_have_the_same_words_in_their_tables(phrases: Phrases, table: str) -> None:
    assert set(phrases.books["ru"]["tables"][table]) == set(phrases.books["en"]["tables"][table])


@pytest.mark.parametrize(
    ("value", "how", "russian", "english"),
    [
        (Place("kitchen"), "to", "на кухню", "to the kitchen"),
        (Place("kitchen"), "in", "на кухне", "in the kitchen"),
        (Place("bedroom"), "to", "в спальню", "to the bedroom"),
        (Place("bathroom"), "in", "в ванной", "in the bathroom"),
        (Place("sofa"), "to", "к дивану", "to the sofa"),
        (Place("sofa"), "in", "у дивана", "at the sofa"),
        (Place("entrance"), "to", "ко входу", "to the entrance"),
        (Place("quiet_corner"), "to", "к тихому углу", "to the quiet corner"),
        ((Place("kitchen"), Place("hall"), Place("dock")), "to", "на кухню, в коридор и к базе",
         "to the kitchen, to the hall and to the dock"),
        (Thing("mug", "red"), "to", "к красной кружке", "to the red mug"),
        (Thing(person="anna"), "to", "к Анне", "to Anna"),
        (Point(2.0, 3.5), "to", "в точку 2; 3,5", "to point 2, 3.5"),
        (Thing("ball", "blue", count=3), "counted", "3 синих мяча", "3 blue balls"),
        (Thing("mug", "red"), "counted", "одну красную кружку", "one red mug"),
        (Thing("mug", "red", count=21), "counted", "21 красную кружку", "21 red mugs"),
        (Thing("ball", "blue", count=0), "counted", "0 синих мячей", "0 blue balls"),
        (Thing("cube", "red"), "many", "красных кубов", "red cubes"),
        (Thing(person="any"), "many", "человек", "people"),
        (Thing(person="any", count=2), "counted", "2 человека", "2 people"),
        (1.0, "m", "1 метр", "1 meter"),
        (2.0, "m", "2 метра", "2 meters"),
        (5.0, "m", "5 метров", "5 meters"),
        (1.5, "m", "1,5 метра", "1.5 meters"),
        (2.0, "m_gent", "2 метров", "2 meters"),
        (0.82, "m_loct", "0,8 метра", "0.8 meters"),
        (3.04, "m_loct", "3 метрах", "3 meters"),
        (1.0, "m_loct", "1 метре", "1 meter"),
        (0.26, "m", "25 сантиметров", "25 centimeters"),
        (12.4, "m", "12 метров", "12 meters"),
        (0.25, "way", "25 сантиметров", "25 centimeters"),
        (1.25, "way", "1,25 метра", "1.25 meters"),
        (0.5, "way", "0,5 метра", "0.5 meters"),
        (Thing("ball", "blue", count=0), "none", "синих мячей", "blue balls"),
        (Thing(person="any", count=0), "none", "людей", "people"),
        (Thing("mug", "red"), "counted_nomn", "одна красная кружка", "one red mug"),
        (Thing(person="any"), "counted", "одного человека", "one person"),
        (90.0, "deg", "90 градусов", "90 degrees"),
        (1.0, "s", "1 секунду", "1 second"),
        (42.0, "s", "42 секунды", "42 seconds"),
        (300.0, "s", "5 минут", "5 minutes"),
        (150.0, "s", "2,5 минуты", "2.5 minutes"),
        (7200.0, "s", "2 часа", "2 hours"),
        (300.0, "ago", "5 минут назад", "5 minutes ago"),
        (0.2, "ago", "только что", "just now"),
        (81.0, "percent_nomn", "81 процент", "81 percent"),
        (3, "times", "3 раза", "3 times"),
    ],
)  # fmt: skip
def test_values_are_put_into_words(phrases: Phrases, value, how, russian, english) -> None:
    assert phrases.words(value, how, "ru") == russian
    assert phrases.words(value, how, "en") == english


def test_english_articles_fit_the_word() -> None:
    phrases = Phrases(Lexicon({}, {"box": {"en": ("box",)}}, {"orange": {"en": ("orange",)}}, {}))
    assert phrases.words(Thing("box"), "a", "en") == "a box"
    assert phrases.words(Thing("box", "orange"), "a", "en") == "an orange box"


def test_text_of_a_person_is_never_read_as_a_template(phrases: Phrases) -> None:
    assert phrases.say("done.say", "en", text="{thing} {0}") == "{thing} {0}"


def test_unknown_sentence_is_an_error(phrases: Phrases) -> None:
    with pytest.raises(KeyError):
        phrases.say("done.nothing_of_the_kind", "en")
