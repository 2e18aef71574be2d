"""The configuration: a person's file over the shipped one, and errors that name the key."""

from __future__ import annotations

from pathlib import Path

import pytest

from moe_robot.config import load_config
from moe_robot.errors import ConfigError


def write(folder: Path, text: str) -> Path:
    path = folder / "my.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_changes_only_the_keys_it_names(tmp_path: Path) -> None:
    shipped = load_config()
    mine = load_config(write(tmp_path, "motion: {max_linear_mps: 0.3}\nrobot:\n  language: en\n"))
    assert mine.motion.max_linear_mps == 0.3
    assert mine.robot.language == "en"
    assert mine.motion.rate_hz == shipped.motion.rate_hz
    assert mine.sim == shipped.sim


def test_a_whole_number_is_good_where_a_float_is_meant(tmp_path: Path) -> None:
    value = load_config(write(tmp_path, "motion: {max_linear_mps: 1}")).motion.max_linear_mps
    assert value == 1.0
    assert isinstance(value, float)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("motoin: {}", ["motoin", "unknown key"]),
        ("motion: {max_linear_mpss: 1}", ["motion.max_linear_mpss", "unknown key"]),
        ("motion: {max_linear_mps: fast}", ["motion.max_linear_mps", "float", "'fast'"]),
        ("motion: {max_linear_mps: true}", ["motion.max_linear_mps", "True"]),
        ("motion: {max_linear_mps: 99}", ["motion.max_linear_mps", "between", "99"]),
        ("motion: {max_linear_mps: .nan}", ["motion.max_linear_mps", "nan"]),
        ("motion: {max_linear_mps: -1}", ["motion.max_linear_mps", "-1"]),
        ("motion: {max_linear_mps: null}", ["motion.max_linear_mps", "None"]),
        ("motion: {max_linear_mps: [1]}", ["motion.max_linear_mps", "[1]"]),
        ("motion: 3", ["motion", "mapping"]),
        ("hardware: {baud: 9600.5}", ["hardware.baud", "int"]),
        ("robot: {language: de}", ["robot.language", "'ru'", "'en'", "'de'"]),
        ("- a\n- b", ["mapping"]),
        ("motion: {a: [", ["not valid YAML"]),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, words: list[str]) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    for word in [*words, str(path)]:
        assert word in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.yaml"):
        load_config(tmp_path / "nowhere.yaml")


def test_bytes_that_are_not_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "bin.yaml"
    path.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(ConfigError, match="not valid YAML"):
        load_config(path)


def test_overrides_of_the_command_line_are_checked_too() -> None:
    assert load_config(overrides={"sim.seed": 7}).sim.seed == 7
    with pytest.raises(ConfigError, match=r"sim\.sed"):
        load_config(overrides={"sim.sed": 7})
