"""Values of the configuration in words, and a refusal to pretend that they were changed."""

from __future__ import annotations

import dataclasses

import pytest
from state_rig import CFG, PHRASES, ask, context, said

from moe_robot.config import Range
from moe_robot.experts.tools.said import Said
from moe_robot.experts.tools.settings import Settings, _names, flat, meant_key, shown_value
from moe_robot.experts.tools.voice import Voice
from moe_robot.experts.words import Words
from moe_robot.structs import LANGUAGES

KNOWN = {setting.key: setting for setting in flat(CFG)}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("какая у тебя максимальная скорость", "motion.max_linear_mps"),
        ("how fast are you allowed to go at most", "motion.max_linear_mps"),
        ("максимальная скорость поворота какая", "motion.max_angular_radps"),
        ("what is the top turning speed", "motion.max_angular_radps"),
        ("какой порог уверенности", "router.confidence_threshold"),
        ("what is the confidence threshold", "router.confidence_threshold"),
        ("какой последовательный порт", "hardware.port"),
        ("which serial port do you use", "hardware.port"),
        ("радиус робота", "world.robot_radius_m"),
        ("на каком расстоянии от препятствия останавливаешься", "motion.zone_stop_m"),
        ("what is the default distance of a drive", "skills.drive_default_m"),
        ("при каком проценте заряда останавливаешься", "motion.monitors.battery_percent"),
        ("router strategy", "router.strategy"),
        ("what is the baud rate", "hardware.baud"),
    ],
)
def test_a_key_is_found_by_what_people_call_it(text: str, key: str) -> None:
    assert meant_key(Said(text), KNOWN) == key
    assert key in ask(Settings(), text)


def test_every_key_that_has_a_name_is_in_the_configuration_or_announced() -> None:
    strange = [key for key in _names() if key not in KNOWN and not key.startswith("experts.")]
    assert not strange


def test_every_key_of_the_configuration_can_be_asked_by_its_own_name() -> None:
    for key, setting in KNOWN.items():
        for language in LANGUAGES:
            voice = Voice(Words("settings"), PHRASES, language)
            told = ask(Settings(), f"{'что такое' if language == 'ru' else 'what is'} {key}")
            if key != "robot.language":
                assert key in told and shown_value(setting, voice) in told


def test_values_have_their_unit_and_numbers_their_bounds() -> None:
    assert ask(Settings(), "предел скорости").startswith("Предельная скорость: 0,5 м/с (motion.max_linear_mps).")
    assert ask(Settings(), "limit of tilt").startswith("Limit of tilt: 20° (motion.monitors.tilt_deg).")
    assert KNOWN["motion.max_linear_mps"].bounds == Range(0.01, 3.0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("поставь максимальную скорость 30 см/с", ("motion.max_linear_mps=0.3", "ros2 param set /motor max")),
        ("set the speed limit to 0.3 m/s", ("I do not change settings myself", "max_linear_mps 0.3")),
        ("set the speed limit to 0.8 m/s", ("--set motion.max_linear_mps=0.8",)),
        ("set the maximum speed to 5 m/s", ("The value 5 is not allowed: it may be from 0.01 to 3.",)),
        ("порог уверенности поставь 0,7", ("--set router.confidence_threshold=0.7",)),
    ],
)  # fmt: skip
def test_a_change_is_refused_with_the_way_to_make_it(text: str, expected: tuple[str, ...]) -> None:
    before = dataclasses.asdict(CFG)
    told = ask(Settings(), text)
    for part in expected:
        assert part in told
    assert dataclasses.asdict(CFG) == before
    if "0.8" in text:
        assert "ros2 param" not in told  # a limit goes up at the start only


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("переключись на английский", "Отвечаю на том языке, на котором со мной говорят"),
        ("switch to Russian", "Just speak the language you want"),
        ("сделай голос громче", "Голоса, динамика и микрофона среди моих частей пока нет"),
        ("mute yourself", "I have no voice, speaker or microphone"),
        ("где лежит файл настроек", "config/robot_config.yaml"),
        ("reload the settings", "Settings are read at the start"),
        ("включи тихий режим", "Такого переключателя в моих настройках нет."),
        ("покажи настройки", "Главные настройки: язык по умолчанию ru; обычная скорость езды 0,4 м/с"),
    ],
)
def test_what_is_no_key(text: str, expected: str) -> None:
    assert expected in ask(Settings(), text)


def test_settings_need_no_robot() -> None:
    assert Settings().answer(said("what is the speed limit"), context(live=False)) is not None
