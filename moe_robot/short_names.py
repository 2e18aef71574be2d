"""What people are called at home: "Аня" for "Анна", "Vanya" for "Ivan" (`short_names.yaml`)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from moe_robot.config import read_yaml


def with_short_names(people: Mapping[str, Mapping[str, tuple[str, ...]]]) -> dict[str, dict[str, tuple[str, ...]]]:
    """People by id -> language -> names, with the short forms behind the names given. A form that fits two of them, or
    is the given name of another, is nobody's."""
    given = {name for names in people.values() for some in names.values() for name in some}
    short = {id: {language: _forms(language, some) for language, some in names.items()} for id, names in people.items()}
    whose: dict[str, set[str]] = {}
    for id, names in short.items():
        for some in names.values():
            for name in some:
                whose.setdefault(name, set()).add(id)
    return {
        id: {
            language: (*some, *(n for n in short[id][language] if n not in given and len(whose[n]) == 1))
            for language, some in names.items()
        }
        for id, names in people.items()
    }


def _forms(language: str, names: tuple[str, ...]) -> tuple[str, ...]:
    known = _table().get(language, {})
    return tuple(dict.fromkeys(form for name in names for form in known.get(name, ())))


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    return {
        language: {full: tuple(forms) for full, forms in some.items()}
        for language, some in read_yaml(Path(__file__).with_name("short_names.yaml")).items()
    }
