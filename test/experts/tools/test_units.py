"""What the expert `units` answers, word for word."""

import importlib

import pytest
from asked import ask

pytest.importorskip("pint")
TOOL = importlib.import_module("moe_robot.experts.tools.units").Units()

ANSWERS = [
    ("convert 3 imperial gallons to litres", "3 imperial gallons = 13.63827 litres."),
    ("сколько литров в британской пинте", "1 британская пинта ≈ 0,568261 литра."),
    ("convert 50 newton metres to foot pounds", "50 newton metres ≈ 36.8781 foot-pounds."),
    ("convert 50 Nm to foot pounds", "50 newton metres ≈ 36.8781 foot-pounds."),
    ("convert 500 nm to micrometres", "500 nanometres = 0.5 micrometres."),
    ("how many cm is 5 foot 11", "5 feet 11 inches = 180.34 centimetres."),
    ("30 миль/ч в км/ч", "30 миль в час = 48,28032 км/ч."),
    ("2 гига в мегах", "2 гигабайта = 2000 мегабайт."),
    ("3 мега в кило", "3 мегабайта = 3000 килобайт."),
    ("миллиметров в метре", "1 метр = 1000 миллиметров."),
    ("inches in a foot", "1 foot = 12 inches."),
    ("10 m^3 in liters", "10 cubic metres = 10000 litres."),
    ("100 f in c", "100 degrees Fahrenheit ≈ 37.7778 degrees Celsius."),
    ("что больше, миля или километр", "1 миля больше, чем 1 километр."),
    ("сколько килобайт в мегабайте", "1 мегабайт = 1000 килобайт."),
    ("5 км в метрах", "5 километров = 5000 метров."),
    ("сколько метров в километре", "1 километр = 1000 метров."),
    ("переведи 10 миль в километры", "10 миль = 16,09344 километра."),
    ("convert 5 miles to kilometres", "5 miles = 8.04672 kilometres."),
    ("how many feet in a mile", "1 mile = 5280 feet."),
    ("how many seconds in a day", "1 day = 86400 seconds."),
    ("72 degrees Fahrenheit to Celsius", "72 degrees Fahrenheit ≈ 22.2222 degrees Celsius."),
    ("20 градусов Цельсия в фаренгейтах", "20 градусов Цельсия = 68 градусов Фаренгейта."),
    ("37 градусов в фаренгейтах", "37 градусов Цельсия = 98,6 градуса Фаренгейта."),
    ("100 km/h to m/s", "100 km/h ≈ 27.7778 m/s."),
    ("60 миль в час в км/ч", "60 миль в час = 96,56064 км/ч."),
    ("how many inches are there in 2 feet", "2 feet = 24 inches."),
    ("сколько секунд в часе", "1 час = 3600 секунд."),
    ("5 футов 3 дюйма в сантиметрах", "5 футов 3 дюйма = 160,02 сантиметра."),
    ("5 feet 3 inches in cm", "5 feet 3 inches = 160.02 centimetres."),
    ("2 литра в миллилитрах", "2 литра = 2000 миллилитров."),
    ("сколько стаканов в литре", "1 литр = 4 стакана."),
    ("500 грамм в килограммах", "500 граммов = 0,5 килограмма."),
    ("полтора килограмма в граммах", "1,5 килограмма = 1500 граммов."),
    ("двадцать пять сантиметров в дюймах", "25 сантиметров ≈ 9,84252 дюйма."),
    ("150 pounds to kilograms", "150 pounds ≈ 68.0389 kilograms."),
    ("2 гектара в сотках", "2 гектара = 200 соток."),
    ("10 соток в квадратных метрах", "10 соток = 1000 квадратных метров."),
    ("1 ГБ в мегабайтах", "1 гигабайт = 1000 мегабайт."),
    ("500 мегабайт в гигабайтах", "500 мегабайт = 0,5 гигабайта."),
    ("2 кВт·ч в джоулях", "2 киловатт-часа = 7200000 джоулей."),
    ("300 ккал в джоулях", "300 килокалорий = 1255200 джоулей."),
    ("две атмосферы в паскалях", "2 атмосферы = 202650 паскалей."),
    ("760 мм рт. ст. в паскалях", "760 мм рт. ст. ≈ 101325,01 паскаля."),
    ("45 градусов в радианах", "45 градусов ≈ 0,785398 радиана."),
    ("180 degrees to radians", "180 degrees ≈ 3.14159 radians."),
    ("лошадиную силу в ватты", "1 лошадиная сила = 735,49875 ватта."),
    ("пуд в килограммах", "1 пуд = 16,380496 килограмма."),
    ("сколько килограммов в пуде", "1 пуд = 16,380496 килограмма."),
    ("метры в килограммы", "Метр — это длина, а килограмм — масса: одно в другое не перевести."),
    ("5 метров в килограммы", "Метр — это длина, а килограмм — масса: одно в другое не перевести."),
    (
        "convert 3 metres to kilograms",
        "The metre is a unit of length and the kilogram of mass: one cannot be converted to the other.",
    ),
    ("-300 градусов Цельсия в кельвины", "Температуры ниже абсолютного нуля (−273,15 °C) не бывает."),
    ("-5 метров в сантиметры", "Отрицательной такая величина не бывает."),
    ("переведи 5 миль", "В какие единицы перевести 5 миль?"),
    ("световой год в километрах", "1 световой год = 9460730472580,8 километра."),
    ("90 минут в часах", "90 минут = 1,5 часа."),
    ("1500 metres in km", "1500 metres = 1.5 kilometres."),
    ("what is 5 kg in pounds", "5 kilograms ≈ 11.0231 pounds."),
    ("что больше: 5 миль или 8 километров", "5 миль больше, чем 8 километров."),
    ("1 acre to square metres", "1 acre ≈ 4046.87 square metres."),
    ("сколько дней в неделе", "1 неделя = 7 суток."),
    ("how many weeks in a year", "1 year ≈ 52.1786 weeks."),
    ("3 часа в минутах", "3 часа = 180 минут."),
    ("12 квадратных метров в квадратные футы", "12 квадратных метров ≈ 129,167 квадратных фута."),
    ("20 узлов в км/ч", "20 узлов = 37,04 км/ч."),
    ("полкило в граммах", "0,5 килограмма = 500 граммов."),
    ("0 celsius to fahrenheit", "0 degrees Celsius = 32 degrees Fahrenheit."),
    ("6 feet in metres", "6 feet = 1.8288 metres."),
    ("how many ml in a cup", "1 cup ≈ 236.588 millilitres."),
    ("2 tablespoons in ml", "2 tablespoons = 30 millilitres."),
    ("36 км/ч в м/с", "36 км/ч = 10 м/с."),
    ("1000 rpm to rad/s", "1000 rpm ≈ 104.72 rad/s."),
    ("пятьсот метров в километрах", "500 метров = 0,5 километра."),
    ("переведи час в секунды", "1 час = 3600 секунд."),
    ("half a mile in metres", "0.5 miles = 804.672 metres."),
]

NOT_MINE = [
    "сколько будет 2+2",
    "поезжай на 5 метров",
    "поставь таймер на 5 минут",
]


@pytest.mark.parametrize(("text", "answer"), ANSWERS)
def test_units_answers(text, answer):
    assert ask(TOOL, text) == answer


@pytest.mark.parametrize("text", NOT_MINE)
def test_units_leaves_what_is_not_its_own(text):
    assert ask(TOOL, text) is None


@pytest.mark.parametrize(
    ("there", "back"),
    [
        ("7 miles in kilometres", "11.265408 kilometres in miles"),
        ("3 feet in metres", "0.9144 metres in feet"),
        ("98.6 fahrenheit to celsius", "37 celsius to fahrenheit"),
    ],
)
def test_a_conversion_and_its_way_back_agree(there, back):
    amount = there.split()[0]
    assert ask(TOOL, back).split("= ")[-1].startswith(amount)
