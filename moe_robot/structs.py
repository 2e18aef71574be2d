"""The values that travel between stages: frozen, typed, units at the end of each name.

REP 103 units and axes (x forward, y left, angles counter-clockwise positive). `t_s` is the time of the data on the
clock of the graph (ROS time); deadlines in `motion/` use a monotonic clock instead and never read `t_s`.
Imports nothing of ours.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Language: TypeAlias = Literal["ru", "en"]
LANGUAGES: tuple[Language, ...] = ("ru", "en")
Value: TypeAlias = "str | float | int | bool | tuple[str, ...]"

# ---------------------------------------------------------------- think: text -> plan


@dataclass(frozen=True)
class Utterance:
    """What was heard or typed."""

    text: str
    language: Language
    confidence: float = 1.0
    source: str = "text"  # text | voice | api | test
    speaker: str = ""
    t_s: float = 0.0


@dataclass(frozen=True)
class Step:
    """One call of a skill. A draft step comes from understanding; a checked one from `planner.check`."""

    skill: str
    params: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Condition:
    """Something the world can prove: kind `see` (object, color, person) or `battery_below` (percent)."""

    kind: str
    params: Mapping[str, Value] = field(default_factory=dict)
    negated: bool = False


@dataclass(frozen=True)
class Repeat:
    """Run `body` `times` times, or (times None) until `until` holds; `until` interrupts a step in the middle."""

    body: tuple[PlanNode, ...]
    times: int | None = None
    until: Condition | None = None


@dataclass(frozen=True)
class Branch:
    """Run `then` if the condition holds at that moment, `otherwise` if not."""

    condition: Condition
    then: tuple[PlanNode, ...]
    otherwise: tuple[PlanNode, ...] = ()


PlanNode: TypeAlias = "Step | Repeat | Branch"


@dataclass(frozen=True)
class Plan:
    """Checked nodes, run in order. Only `planner.check` makes one."""

    nodes: tuple[PlanNode, ...]


@dataclass(frozen=True)
class Route:
    """Which expert takes the request. `expert` is "" when the router abstains."""

    expert: str
    confidence: float  # 0..1
    strategy: str  # rule_based | learned | hierarchical
    ranked: tuple[tuple[str, float], ...] = ()
    rule: str = ""  # the sentence template(s) that fired, e.g. "go_to#2 + find#1"
    why: str = field(default="", compare=False)  # of two routers: who was heard, and why; in English, for the trace


@dataclass(frozen=True)
class Asked:
    """One answerer's part in a reply, for the trace."""

    answerer: str
    outcome: str  # answered | not_mine | timeout | crashed | unavailable
    reason: str = ""  # in English, for the log; "" when it answered
    duration_s: float = field(default=0.0, compare=False)


@dataclass(frozen=True)
class Reply:
    """What the expert answers: words for the person, and a draft of steps that nothing has checked yet.

    `text` without a draft is a whole answer; `asked` tells who of the chain was asked, in order."""

    text: str
    intent: str
    draft: tuple[PlanNode, ...] = ()
    model_used: str = "sentences"
    asked: tuple[Asked, ...] = ()


@dataclass(frozen=True)
class Label:
    """What a person's answer to a question back has taught: `text` belongs to `expert`."""

    text: str
    language: Language
    expert: str
    t_s: float = 0.0


@dataclass(frozen=True)
class Turn:
    """One exchange. `plan` is None when nothing moves; then `refusal` names why (a phrase key), "" for an answer in
    words. `refusal` "which" is a question back: `readings` are the experts it offers."""

    utterance: Utterance
    route: Route
    reply: Reply
    plan: Plan | None
    refusal: str = ""
    mode: str = "lite"
    stage_s: Mapping[str, float] = field(default_factory=dict)  # seconds by stage: route, answer, plan
    understood_as: str = ""  # the utterance completed from earlier turns, "" when it stands by itself
    readings: tuple[str, ...] = ()
    label: Label | None = None
    parts: tuple[Turn, ...] = ()  # an utterance for several experts, in order


# ---------------------------------------------------------------- move: plan -> wheels


@dataclass(frozen=True)
class Velocity:
    """Body twist of a planar base."""

    linear_mps: float = 0.0
    angular_radps: float = 0.0


@dataclass(frozen=True)
class Pose:
    """Planar pose; the frame is said where it is used. Yaw in (-pi, pi]."""

    x_m: float
    y_m: float
    yaw_rad: float = 0.0


@dataclass(frozen=True)
class Scan:
    """One turn of the lidar in the `laser` frame. `ranges_m` is float32 [n]; inf = nothing within `range_max_m`."""

    ranges_m: NDArray[np.float32]
    angle_min_rad: float
    angle_increment_rad: float
    range_min_m: float
    range_max_m: float
    t_s: float


@dataclass(frozen=True)
class CameraFrame:
    """Pinhole image, already rectified. `rgb` uint8 [h, w, 3]; `depth_m` float32 [h, w] along the axis, inf = none."""

    rgb: NDArray[np.uint8]
    depth_m: NDArray[np.float32] | None
    fx_px: float
    fy_px: float
    cx_px: float
    cy_px: float
    t_s: float


@dataclass(frozen=True)
class Imu:
    """Angular velocity and linear acceleration in `base_link`."""

    angular_radps: tuple[float, float, float]
    linear_mps2: tuple[float, float, float]
    t_s: float


@dataclass(frozen=True)
class Detection:
    """One thing in one camera image. `kind` is an id of the vocabulary (cube, ball, ...) or `person`."""

    kind: str
    color: str  # id of the vocabulary, "" when undecided; for a person: of the clothing
    person: str  # id of a known person, "" when not a person or not known
    confidence: float  # 0..1
    bbox_px: tuple[int, int, int, int]  # x, y, width, height in the image
    distance_m: float  # from the camera, from depth; nan when unknown
    bearing_rad: float  # in base_link, left positive
    position_m: tuple[float, float] | None  # x, y in the map frame; None when the pose was unknown
    t_s: float


@dataclass(frozen=True)
class Sighting:
    """A thing remembered in the map: detections of one object merged over time."""

    id: int
    kind: str
    color: str
    person: str
    x_m: float
    y_m: float
    place: str  # id of the room it lies in, "" when outside
    confidence: float
    count: int  # detections merged
    first_t_s: float
    last_t_s: float
    votes: tuple[tuple[str, float], ...] = ()  # what its detections took it for, by weight; `kind` is the heaviest


def vote(detection: Detection) -> tuple[tuple[str, float], ...]:
    """What one detection has to say about the kind. Near and sure ones weigh more: afar a box may look a mug."""
    near = 1.0 / max(detection.distance_m, 0.5) if math.isfinite(detection.distance_m) else 0.2
    return ((detection.kind, detection.confidence**2 * near**2),)


def all_votes(*votes: tuple[tuple[str, float], ...]) -> tuple[tuple[str, float], ...]:
    """The sum, the heaviest kind first."""
    weights: dict[str, float] = {}
    for kind, weight in (pair for pairs in votes for pair in pairs):
        weights[kind] = weights.get(kind, 0.0) + weight
    return tuple(sorted(weights.items(), key=lambda pair: -pair[1]))


@dataclass(frozen=True)
class Battery:
    percent: float  # 0..100
    voltage_v: float
    current_a: float  # negative while discharging
    charging: bool


class SafetyMode(Enum):
    DISARMED = "disarmed"
    ARMED = "armed"
    ESTOP = "estop"


@dataclass(frozen=True)
class Cause:
    """Why the gate is or was stopped: `kind` one of `motion.gate.CAUSES`, `source` who or what was seen, `t_s` when."""

    kind: str
    source: str
    t_s: float
    cleared: bool = False


@dataclass(frozen=True)
class SafetyState:
    """What the gate publishes. `limiting` names the rule that shapes the velocity now ("" = none)."""

    mode: SafetyMode
    estop_id: int  # 0 = never; grows by one with each engaged e-stop
    causes: tuple[Cause, ...] = ()
    limiting: str = ""
    t_s: float = 0.0
    driver: str = ""  # name of the input that drives, "" = nobody


class Link(Enum):
    UP = "up"
    LOST = "lost"


@dataclass(frozen=True)
class BaseState:
    """What the motor board last reported, and whether it still does."""

    link: Link
    left_ticks: int
    right_ticks: int
    left_radps: float
    right_radps: float
    battery: Battery
    imu: Imu | None
    board_estop: bool
    board_armed: bool
    acked_seq: int
    received_s: float  # monotonic time of the last telemetry
    round_trip_s: float = float("nan")
    session: int = 0  # of the handshake; changes when the board or the host started anew: tick counts start again
    estop_button: bool = False  # the hardware cause itself, while `board_estop` is the latch
    board_estop_id: int = 0  # grows by one with each e-stop of the board; a reset names it
    counters: Mapping[str, int] = field(default_factory=dict)  # faults counted by both ends, by name
    motor_currents_a: tuple[float, float] = (float("nan"), float("nan"))  # left, right; nan = not measured
    temperature_c: float = float("nan")  # of the board or its motor driver; nan = not measured
    motor_fault: bool = False  # present now: over-current, stall or driver; `board_estop` is its latch
    firmware: int = 0  # of the greeting; 0 = not greeted yet
    max_wheel_radps: float = 0.0  # the board's own limits, of the greeting
    max_accel_radps2: float = 0.0
    fault: str = ""  # why the link cannot come up: expected, found, remedy; "" = nothing known
    board_uptime_s: float = 0.0
    caveats: tuple[str, ...] = ()  # what this kind of base cannot promise, in English


class Status(Enum):
    RUNNING = "running"
    SUCCESS = "success"
    FAILURE = "failure"


@dataclass(frozen=True)
class WorldState:
    """What the robot believes at one moment. None or empty = not known (never heard, or too old)."""

    t_s: float
    pose: Pose | None = None  # in the map
    pose_std_m: float = float("inf")
    odom: Pose | None = None  # raw odometry, never jumps
    velocity: Velocity = Velocity()  # measured by the wheels
    scan: Scan | None = None
    detections: tuple[Detection, ...] = ()  # of the latest image
    image_t_s: float = float("-inf")  # time of the latest image that vision has looked at
    sightings: tuple[Sighting, ...] = ()
    battery: Battery | None = None
    safety: SafetyState | None = None
    places: Mapping[str, Pose] = field(default_factory=dict)  # remembered by a person, id -> pose


@dataclass(frozen=True)
class StepResult:
    """How one step ended. `text` is for the person, `evidence` the sensor facts behind it (English, for the log)."""

    step: Step
    status: Status
    text: str
    evidence: str
    duration_s: float
