# ruff: noqa: E501 - a pattern, a sentence or an answer is one line
"""What the expert `code_check` answers, word for word; nothing of what it checks is executed."""

import pytest
from asked import ask

from moe_robot.experts.tools.code_check import CodeCheck

TOOL = CodeCheck()

ANSWERS = [
    ('проверь JSON: {"a": 1}', "Да, это правильный JSON."),
    (
        'is {"a": 1,} valid json',
        'No, the JSON has an error: line 1, column 9: Expecting property name enclosed in double quotes. Here: "{"a": 1,}".',
    ),
    (
        'check this python: `print("hi"`',
        'No, the Python has an error: line 1, column 6: \'(\' was never closed. Here: "print("hi"".',
    ),
    (
        "Проверь синтаксис питона: for i in range(3) print(i)",
        "Нет, в Python ошибка: строка 1, столбец 19: invalid syntax. Здесь: «for i in range(3) print(i)».",
    ),
    (
        "is this valid yaml:\na: 1\nb: [1, 2",
        "No, the YAML has an error: line 2, column 9: expected ',' or ']', but got '<stream end>'. Here: \"b: [1, 2\".",
    ),
    ("проверь xml: <a><b></a>", "Нет, в XML ошибка: строка 1, столбец 9: mismatched tag. Здесь: «<a><b></a>»."),
    ("check this TOML:\na = \n", 'No, the TOML has an error: line 1, column 5: Invalid value. Here: "a =".'),
    ('validate ```json\n{"a": 1, "a": 2}\n```', "No, the JSON has an error: the key 'a' stands twice."),
    ("is this correct python: x = 5", "Yes, this is valid Python."),
    ("проверь код `def f(:`", "Нет, в Python ошибка: строка 1, столбец 7: invalid syntax. Здесь: «def f(:»."),
    ("check json", 'Show me the text itself, for instance: check this JSON: {"a": 1}.'),
    (
        'check xml: <!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        "The XML has a DOCTYPE or ENTITY declaration: I do not read those, to be safe.",
    ),
    (
        "does this parse: `a: [1, 2`",
        "No, the YAML has an error: line 1, column 9: expected ',' or ']', but got '<stream end>'. Here: \"a: [1, 2\".",
    ),
    ("is this valid json: [1, 2, NaN]", "No, the JSON has an error: NaN is not JSON."),
    ("is this valid JSON: [4, 5]?", "Yes, this is valid JSON."),
    ("верный ли YAML: «port: 80»?", "Да, это правильный YAML."),
    ('check the syntax of `import os; os.system("rm -rf /")`', "Yes, this is valid Python."),
    (
        "есть ли ошибка в питоне:\ndef f():\nreturn 1",
        "Нет, в Python ошибка: строка 2, столбец 1: expected an indented block after function definition on line 1. Здесь: «return 1».",
    ),
    (
        "проверь yaml: a: b: c",
        "Нет, в YAML ошибка: строка 1, столбец 5: mapping values are not allowed here. Здесь: «a: b: c».",
    ),
    (
        'is `{"a": tru}` valid JSON?',
        'No, the JSON has an error: line 1, column 7: Expecting value. Here: "{"a": tru}".',
    ),
    ("проверь json: ", 'Покажи сам текст, например: проверь JSON: {"a": 1}.'),
    (
        "check python `x = 1\n  y = 2`",
        'No, the Python has an error: line 2, column 2: unexpected indent. Here: "y = 2".',
    ),
    ('проверь правильность JSON {"имя": "робот"}', "Да, это правильный JSON."),
    (
        "what is wrong with this json: {a: 1}",
        'No, the JSON has an error: line 1, column 2: Expecting property name enclosed in double quotes. Here: "{a: 1}".',
    ),
    (
        'check yaml: "\\q"',
        'No, the YAML has an error: line 1, column 3: found unknown escape character \'q\'. Here: ""\\q"".',
    ),
    ("check python: a\x00b", "No, the Python has an error: source code string cannot contain null bytes."),
]


@pytest.mark.parametrize(("text", "answer"), ANSWERS)
def test_code_check_answers(text, answer):
    assert ask(TOOL, text) == answer


@pytest.mark.parametrize("text", ["проверь", "привет", "проверь батарею", "Is this Python valid? print(1))"])
def test_code_check_leaves_what_is_not_its_own(text):
    assert ask(TOOL, text) is None


@pytest.mark.parametrize(
    "code", ["-" * 90_000 + "1", "a" + ".b" * 40_000, "not " * 20_000 + "1", "lambda:" * 12_000 + "1"]
)
def test_deep_nesting_is_refused_in_words(code):
    assert ask(TOOL, f"check python: {code}") == "It is nested too deeply for me to check."


def test_nothing_is_executed(tmp_path):
    trace = tmp_path / "trace"
    assert ask(TOOL, f"check python: `open({str(trace)!r}, 'w')`") == "Yes, this is valid Python."
    assert ask(TOOL, f"check yaml: `!!python/object/apply:open [{str(trace)!r}, w]`") == "Yes, this is valid YAML."
    assert not trace.exists()
