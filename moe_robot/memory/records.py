"""What memory hands out besides `structs.Sighting`: exchanges and named places. Knows no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from moe_robot.structs import Language, Pose


@dataclass(frozen=True)
class TurnRecord:
    """One exchange as it is kept. `outcome` is "" until the plan has ended. `id` 0 = not kept yet."""

    utterance: str
    language: Language
    reply: str
    plan: str = ""  # one line of plan notation, "" when nothing was to move
    outcome: str = ""  # success | failure | cancelled | stopped | refused | ...
    t_s: float = 0.0
    id: int = 0


@dataclass(frozen=True)
class PlaceRecord:
    """A pose that a person gave a name. `id` is a bare word that the plan notation can carry."""

    id: str
    names: Mapping[str, tuple[str, ...]]  # language -> names, as in world files
    pose: Pose  # in the map
    t_s: float = field(default=0.0, compare=False)
