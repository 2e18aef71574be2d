"""Why a time that was said cannot be kept."""

from __future__ import annotations


class Trouble(Exception):
    """`key` names the sentence of the pack "keepsakes", without its "when_"."""

    def __init__(self, key: str, **params: object) -> None:
        super().__init__(key)
        self.key, self.params = key, params
