"""The computer in words: of a machine made by hand, and of this one."""

from __future__ import annotations

import dataclasses
import math
from datetime import timedelta

import psutil
import pytest
from state_rig import NOW, ask, world

from moe_robot.experts.tools.resources import Machine, Resources, read_machine

CALM = Machine(
    cpu_percent=12.0,
    cores=4,
    load=0.5,
    memory_used=2.0e9,
    memory_total=8.0e9,
    swap_used=0.0,
    disk_free=83.4e9,
    disk_total=270.0e9,
    temperature_c=51.0,
    boot_t_s=(NOW - timedelta(hours=3)).timestamp(),
    process_bytes=61e6,
    threads=5,
    addresses=("192.168.1.7",),
    host="rover",
)


def tell(text: str, **changed: object) -> str:
    return ask(Resources(lambda: dataclasses.replace(CALM, **changed)), text, world())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("насколько загружен процессор", "Процессор занят на 12 процентов, 4 ядра, нагрузка 0,5."),
        ("cpu load", "The processor is 12 percent busy, 4 cores, load 0.5."),
        ("сколько памяти занято", "Памяти занято 2 из 8 ГБ (25 %), моим процессом 61 МБ."),
        ("how much ram do you use", "2 of 8 GB of memory are used (25 %), 61 MB by my process."),
        ("сколько места на диске", "На диске свободно 83,4 из 270 ГБ."),
        ("how hot is your cpu", "The computer is at 51 °C."),
        ("какой у тебя аптайм", "Компьютер работает без перезагрузки 3 часа."),
        ("what is your IP address", "My host name is rover, my address 192.168.1.7."),
        ("is a language model loaded", "No language model is loaded."),
        ("how much video memory is free", "I use no GPU"),
        ("ресурсы", "Процессор занят на 12 процентов"),
    ],
)
def test_resources(text: str, expected: str) -> None:
    assert expected in tell(text)


def test_several_things_are_told_in_one_answer() -> None:
    told = tell("report cpu, ram and disk")
    assert "processor" in told and "memory" in told and "disk" in told
    assert tell("how are your resources").count(".") > 3


def test_what_is_short_is_said_to_be() -> None:
    assert "Он перегружен" in tell("нагрузка", cpu_percent=97.0)
    assert "The memory is nearly used up." in tell("memory", memory_used=7.6e9)
    assert "free some space" in tell("disk space", disk_free=5e9)
    assert "check its cooling" in tell("computer temperature", temperature_c=91.0)
    assert tell("температура компьютера", temperature_c=math.nan) == "Температуру этот компьютер не сообщает."
    assert "no network is connected" in tell("ip address", addresses=())


def test_this_machine_is_read() -> None:
    machine = read_machine()
    assert machine.memory_total == psutil.virtual_memory().total
    assert 0.0 < machine.memory_used <= machine.memory_total and 0.0 < machine.disk_free <= machine.disk_total
    assert machine.cores == psutil.cpu_count() and machine.threads >= 1 and machine.process_bytes > 1e6
    assert machine.boot_t_s > 0.0 and not any(address.startswith("127.") for address in machine.addresses)
