"""What the expert `combinatorics` answers, word for word."""

import re

import pytest
from asked import ask

from moe_robot.experts.tools.combinatorics import Combinatorics

TOOL = Combinatorics()

ANSWERS = [
    ("код из 3 цифр, сколько вариантов без повторов", "A(10, 3) = 10! / 7! = 720."),
    ("how many 5 digit codes, no repeats", "P(10, 5) = 10! / 5! = 30240."),
    ("вероятность хотя бы 2 орлов из 4", "Благоприятных исходов 11 из 16: вероятность 11/16 = 68,75 %."),
    (
        "odds of two people in a class of 30 sharing a birthday",
        "Among 30 people two share a birthday with a probability of 70.63%.",
    ),
    (
        "вероятность что ни у кого из 23 человек не совпадут дни рождения",
        "У 23 человек все дни рождения разные с вероятностью 49,27 %.",
    ),
    ("probability of at least one six in 4 rolls", "The probability is 671/1296 ≈ 51.7747%."),
    ("перестановки слова мама", "Слово «мама»: 4! / (2! · 2!) = 6."),
    ("anagrams of banana", 'The word "banana": 6! / (3! · 2!) = 60.'),
    ("сколько трехзначных чисел можно составить из цифр 1 2 3", "3^3 = 27."),
    ("A(5,3)", "P(5, 3) = 5! / 2! = 60."),
    (
        "вероятность выиграть если 5 билетов из 100 выигрышные",
        "Благоприятных исходов 5 из 100: вероятность 1/20 = 5 %.",
    ),
    ("10 choose 3", "C(10, 3) = 10! / (3! · 7!) = 120."),
    ("число сочетаний из 10 по 3", "C(10, 3) = 10! / (3! · 7!) = 120."),
    ("C из 5 по 2", "C(5, 2) = 5! / (2! · 3!) = 10."),
    ("размещения из 5 по 2", "A(5, 2) = 5! / 3! = 20."),
    ("combinations of 8 taken 3 at a time", "C(8, 3) = 8! / (3! · 5!) = 56."),
    ("сколькими способами выбрать 3 из 10", "C(10, 3) = 10! / (3! · 7!) = 120."),
    ("сколькими способами можно выбрать двух дежурных из двадцати учеников", "C(20, 2) = 20! / (2! · 18!) = 190."),
    ("how many ways to choose 3 cards from 10", "C(10, 3) = 10! / (3! · 7!) = 120."),
    ("в скольких вариантах можно рассадить 5 человек", "5! = 120 перестановок."),
    ("сколькими способами можно расставить 6 книг на полке", "6! = 720 перестановок."),
    ("in how many ways can 4 people be seated", "4! = 24 permutations."),
    ("сколько перестановок из 5 элементов", "5! = 120 перестановок."),
    ("сколько анаграмм у слова мама", "Слово «мама»: 4! / (2! · 2!) = 6."),
    ("how many anagrams does banana have", 'The word "banana": 6! / (3! · 2!) = 60.'),
    ("сколько перестановок букв в слове робот", "Слово «робот»: 5! / 2! = 60."),
    ("5!", "5! = 120."),
    ("факториал шести", "6! = 720."),
    ("10 factorial", "10! = 3628800."),
    ("2000!", "That number is too large, I will not compute it."),
    ("сколько рукопожатий, если встретились 10 человек", "C(10, 2) = 10 · 9 / 2 = 45."),
    ("how many handshakes if 6 people each meet once", "C(6, 2) = 6 · 5 / 2 = 15."),
    ("сколько подмножеств у множества из 4 элементов", "2^4 = 16."),
    ("сколько пин-кодов из 4 цифр", "10^4 = 10000."),
    ("сколько существует 3-значных чисел", "Чисел из 3 знаков: 9 · 10^2 = 900."),
    ("сколько способов сесть за круглый стол у 5 человек", "За круглым столом: (5 − 1)! = 24."),
    ("сколько нарядов из 3 рубашек и 4 брюк", "3 · 4 = 12."),
    ("how many outfits from 5 shirts and 2 trousers", "5 · 2 = 10."),
    ("сколько путей на сетке 3 на 4", "Путей C(7, 3) = 35."),
    ("сколько команд по 5 можно составить из 11 игроков", "C(11, 5) = 11! / (5! · 6!) = 462."),
    ("вероятность выпадения шестёрки", "Благоприятных исходов 1 из 6: вероятность 1/6 ≈ 16,6667 %."),
    ("probability of rolling two sixes", "1 of 36 outcomes: the probability is 1/36 ≈ 2.77778%."),
    ("вероятность что сумма на двух кубиках 7", "Благоприятных исходов 6 из 36: вероятность 1/6 ≈ 16,6667 %."),
    ("two dice are thrown, probability the sum is 7", "6 of 36 outcomes: the probability is 1/6 ≈ 16.6667%."),
    ("what is the chance of 3 heads in a row", "1 of 8 outcomes: the probability is 1/8 = 12.5%."),
    ("какова вероятность, что монета 3 раза упадёт орлом", "Благоприятных исходов 1 из 8: вероятность 1/8 = 12,5 %."),
    (
        "монету бросают трижды, какова вероятность хотя бы одного орла",
        "Благоприятных исходов 7 из 8: вероятность 7/8 = 87,5 %.",
    ),
    ("if I flip a coin 4 times, how likely is exactly 2 heads", "6 of 16 outcomes: the probability is 3/8 = 37.5%."),
    ("вероятность вытащить туза из колоды", "Благоприятных исходов 4 из 52: вероятность 1/13 ≈ 7,69231 %."),
    ("what are the odds of drawing an ace from a deck", "4 of 52 outcomes: the probability is 1/13 ≈ 7.69231%."),
    (
        "в урне 3 белых и 5 чёрных шаров, вероятность вынуть белый",
        "Благоприятных исходов 3 из 8: вероятность 3/8 = 37,5 %.",
    ),
    (
        "a bag contains 4 red and 6 blue marbles, what's the chance to draw a red one",
        "4 of 10 outcomes: the probability is 2/5 = 40%.",
    ),
    (
        "an urn has 3 white and 2 black balls, probability of two black ones",
        "1 of 10 outcomes: the probability is 1/10 = 10%.",
    ),
    (
        "в ящике 10 деталей, 2 бракованных, вероятность взять годную",
        "Благоприятных исходов 8 из 10: вероятность 4/5 = 80 %.",
    ),
    (
        "вероятность совпадения дней рождения у 23 человек",
        "У 23 человек дни рождения совпадут хотя бы у двоих с вероятностью 50,73 %.",
    ),
    ("birthday paradox for 30 people", "Among 30 people two share a birthday with a probability of 70.63%."),
    ("вероятность выпадения чётного числа на кубике", "Благоприятных исходов 3 из 6: вероятность 1/2 = 50 %."),
    ("вероятность не выбросить шестёрку за 4 броска", "Вероятность 625/1296 ≈ 48,2253 %."),
    ("binomial probability n=5 p=0.5 k=2", "The probability is 5/16 = 31.25%."),
    ("вероятность сумма 13 на двух кубиках", "Такого не бывает: вероятность 0."),
    ("выбрать 5 из 3 способов сколько", "Выбрать 5 из 3 нельзя: их меньше."),
    ("derangements of 4", "Derangements of 4: 9."),
    ("треугольник Паскаля строка 4", "Строка 4 треугольника Паскаля: 1, 4, 6, 4, 1."),
    ("матожидание броска кубика", "В среднем 3,5."),
    ("how many bit strings of length 8", "2^8 = 256."),
]

NOT_MINE = [
    "в каком году",
    "привет",
    "сколько будет 2+2",
    "вероятность дождя завтра",
    "probability that it rains",
]


@pytest.mark.parametrize(("text", "answer"), ANSWERS)
def test_combinatorics_answers(text, answer):
    assert ask(TOOL, text) == answer


@pytest.mark.parametrize("text", NOT_MINE)
def test_combinatorics_leaves_what_is_not_its_own(text):
    assert ask(TOOL, text) is None


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("брось кубик", r"Выпало [1-6]\."),
        ("roll two dice", r"It is [1-6], [1-6], \d+ together\."),
        ("подбрось монетку", r"(Орёл|Решка)\."),
        ("heads or tails", r"(Heads|Tails)\."),
        ("случайное число от 5 до 7", r"Пусть будет [567]\."),
        ("roll a d20", r"It is (1?\d|20)\."),
        ("выбери наугад: яблоко, груша", r"Мой выбор: (яблоко|груша)\."),
        ("случайное число от 9 до 3", r"От 9 до 3 нет ни одного числа\."),
        ("брось кубик 100000 раз", r"Столько не брошу: не больше 1000\."),
    ],
)
def test_what_is_thrown_is_one_of_the_sides(text, pattern):
    assert re.fullmatch(pattern, ask(TOOL, text))


def test_a_die_shows_every_side_and_never_twice_the_same_row():
    rows = [tuple(ask(TOOL, "брось кубик") for _ in range(60)) for _ in range(2)]
    assert len(set(rows[0] + rows[1])) == 6  # fails once in 10^8 runs
    assert rows[0] != rows[1]
