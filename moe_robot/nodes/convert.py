"""Messages to structs and back. Messages and structs meet only here, in convert_sensors.py and in convert_memory.py.

`X_to_msg` and `X_from_msg` are inverse up to the resolution of a stamp (1 ns). Pure functions: frame names and offsets
of clocks are arguments. Raises ValueError where a message holds what no struct can (an unknown kind or status).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import numpy as np
from builtin_interfaces.msg import Time
from geometry_msgs.msg import PoseWithCovarianceStamped, Quaternion, Twist
from nav_msgs.msg import Odometry
from numpy.typing import NDArray
from rcl_interfaces.msg import Parameter, ParameterType, ParameterValue

from moe_robot import structs
from moe_robot.motion.odometry_noise import UNKNOWN
from moe_robot.notation import format_nodes
from moe_robot.structs import Language, Value
from moe_robot_interfaces import msg

Offset = float  # seconds added to a time of a struct to get a stamp, e.g. from the monotonic clock to the graph's

# ---------------------------------------------------------------- time and geometry


def stamp(t_s: float) -> Time:
    """Seconds to a stamp; what a stamp cannot hold (negative, not finite) is 0."""
    if not math.isfinite(t_s) or t_s < 0.0:
        return Time()
    nanoseconds = round(t_s * 1e9)
    return Time(sec=nanoseconds // 1_000_000_000, nanosec=nanoseconds % 1_000_000_000)


def seconds(time: Time) -> float:
    return float(time.sec + time.nanosec * 1e-9)


def quaternion(yaw_rad: float) -> Quaternion:
    return Quaternion(z=math.sin(yaw_rad / 2.0), w=math.cos(yaw_rad / 2.0))


def yaw(q: Quaternion) -> float:
    return math.atan2(2.0 * (q.w * q.z + q.x * q.y), 1.0 - 2.0 * (q.y * q.y + q.z * q.z))


# ---------------------------------------------------------------- think: utterance, route, plan, turn


def utterance_to_msg(utterance: structs.Utterance) -> msg.Utterance:
    """Whatever the text: what a ROS string cannot hold (NUL would cut it, lone surrogates raise) becomes "?"."""
    return msg.Utterance(
        stamp=stamp(utterance.t_s),
        text=utterance.text.replace("\0", "?").encode("utf-8", "replace").decode(),
        language=utterance.language,
        confidence=utterance.confidence,
        source=utterance.source,
        speaker=utterance.speaker,
    )


def utterance_from_msg(m: msg.Utterance, language: Language = "en") -> structs.Utterance:
    """`language` is used where the message names none that we speak."""
    named = cast(Language, m.language) if m.language in structs.LANGUAGES else language
    return structs.Utterance(m.text, named, m.confidence, m.source, m.speaker, seconds(m.stamp))


def route_to_msg(route: structs.Route) -> msg.Route:
    return msg.Route(
        expert=route.expert,
        confidence=float(route.confidence),
        strategy=route.strategy,
        ranked_experts=[expert for expert, _ in route.ranked],
        ranked_confidences=[float(confidence) for _, confidence in route.ranked],
        rule=route.rule,
    )


def route_from_msg(m: msg.Route) -> structs.Route:
    ranked = tuple(zip(m.ranked_experts, map(float, m.ranked_confidences), strict=True))
    return structs.Route(m.expert, m.confidence, m.strategy, ranked, m.rule)


def _param(name: str, value: Value) -> Parameter:
    if isinstance(value, bool):
        typed = ParameterValue(type=ParameterType.PARAMETER_BOOL, bool_value=value)
    elif isinstance(value, int):
        typed = ParameterValue(type=ParameterType.PARAMETER_INTEGER, integer_value=value)
    elif isinstance(value, float):
        typed = ParameterValue(type=ParameterType.PARAMETER_DOUBLE, double_value=value)
    elif isinstance(value, tuple):
        typed = ParameterValue(type=ParameterType.PARAMETER_STRING_ARRAY, string_array_value=list(value))
    else:
        typed = ParameterValue(type=ParameterType.PARAMETER_STRING, string_value=value)
    return Parameter(name=name, value=typed)


def _value(value: ParameterValue) -> Value:
    read = {
        ParameterType.PARAMETER_BOOL: lambda: bool(value.bool_value),
        ParameterType.PARAMETER_INTEGER: lambda: int(value.integer_value),
        ParameterType.PARAMETER_DOUBLE: lambda: float(value.double_value),
        ParameterType.PARAMETER_STRING: lambda: str(value.string_value),
        ParameterType.PARAMETER_STRING_ARRAY: lambda: tuple(map(str, value.string_array_value)),
    }.get(value.type)
    if read is None:
        raise ValueError(f"a step's parameter has type {value.type}; expected bool, integer, double, string or strings")
    return cast(Value, read())


def _params(parameters: Iterable[Parameter]) -> dict[str, Value]:
    return {p.name: _value(p.value) for p in parameters}


def nodes_to_msgs(nodes: Sequence[structs.PlanNode]) -> list[msg.Step]:
    """The tree as a list, depth first."""
    out: list[msg.Step] = []

    def add(parent: int, kind: int, **fields: Any) -> int:
        out.append(msg.Step(id=len(out), parent=parent, kind=kind, **fields))
        return len(out) - 1

    def condition(c: structs.Condition) -> dict[str, Any]:
        return {"skill": c.kind, "params": [_param(*item) for item in c.params.items()], "negated": c.negated}

    def walk(nodes: Sequence[structs.PlanNode], parent: int) -> None:
        for node in nodes:
            if isinstance(node, structs.Step):
                params = [_param(*item) for item in node.params.items()]
                add(parent, msg.Step.STEP, skill=node.skill, params=params)
            elif isinstance(node, structs.Repeat):
                if node.until is not None:
                    walk(node.body, add(parent, msg.Step.UNTIL, times=node.times or 0, **condition(node.until)))
                else:
                    walk(node.body, add(parent, msg.Step.REPEAT, times=node.times or 0))
            else:
                branch = add(parent, msg.Step.IF, **condition(node.condition))
                walk(node.then, branch)
                if node.otherwise:
                    walk(node.otherwise, add(branch, msg.Step.ELSE))

    walk(nodes, -1)
    return out


def nodes_from_msgs(steps: Sequence[msg.Step]) -> tuple[structs.PlanNode, ...]:
    """The inverse of `nodes_to_msgs`. Raises ValueError: a parent that does not stand before its child."""
    children: dict[int, list[msg.Step]] = {-1: []}
    for step in steps:
        if step.parent not in children:
            raise ValueError(f"step {step.id} has the parent {step.parent}, which does not stand before it")
        children[step.parent].append(step)
        children[step.id] = []

    def build(step: msg.Step) -> structs.PlanNode:
        if step.kind == msg.Step.STEP:
            return structs.Step(step.skill, _params(step.params))
        inner = children[step.id]
        if step.kind == msg.Step.REPEAT:
            return structs.Repeat(tuple(map(build, inner)), times=step.times)
        condition = structs.Condition(step.skill, _params(step.params), step.negated)
        if step.kind == msg.Step.UNTIL:
            return structs.Repeat(tuple(map(build, inner)), times=step.times or None, until=condition)
        if step.kind == msg.Step.IF:
            otherwise = [child for branch in inner if branch.kind == msg.Step.ELSE for child in children[branch.id]]
            then = tuple(build(child) for child in inner if child.kind != msg.Step.ELSE)
            return structs.Branch(condition, then, tuple(map(build, otherwise)))
        raise ValueError(f"step {step.id} has the unknown kind {step.kind}")

    return tuple(map(build, children[-1]))


def plan_to_msg(plan: structs.Plan) -> msg.Plan:
    return msg.Plan(steps=nodes_to_msgs(plan.nodes), notation=format_nodes(plan.nodes))


def plan_from_msg(m: msg.Plan) -> structs.Plan:
    return structs.Plan(nodes_from_msgs(m.steps))


def turn_to_msg(turn: structs.Turn) -> msg.Turn:
    return msg.Turn(
        utterance=utterance_to_msg(turn.utterance),
        route=route_to_msg(turn.route),
        text=turn.reply.text,
        intent=turn.reply.intent,
        model_used=turn.reply.model_used,
        draft=nodes_to_msgs(turn.reply.draft),
        has_plan=turn.plan is not None,
        plan=plan_to_msg(turn.plan or structs.Plan(())),
        refusal=turn.refusal,
        mode=turn.mode,
        stage_names=list(turn.stage_s),
        stage_s=[float(s) for s in turn.stage_s.values()],
    )


def turn_from_msg(m: msg.Turn) -> structs.Turn:
    return structs.Turn(
        utterance=utterance_from_msg(m.utterance),
        route=route_from_msg(m.route),
        reply=structs.Reply(m.text, m.intent, nodes_from_msgs(m.draft), m.model_used),
        plan=plan_from_msg(m.plan) if m.has_plan else None,
        refusal=m.refusal,
        mode=m.mode,
        stage_s=dict(zip(m.stage_names, map(float, m.stage_s), strict=True)),
    )


_STATUS = {
    structs.Status.RUNNING: msg.StepResult.RUNNING,
    structs.Status.SUCCESS: msg.StepResult.SUCCESS,
    structs.Status.FAILURE: msg.StepResult.FAILURE,
}


def step_result_to_msg(result: structs.StepResult) -> msg.StepResult:
    (step,) = nodes_to_msgs((result.step,))
    return msg.StepResult(
        step=step,
        status=_STATUS[result.status],
        text=result.text,
        evidence=result.evidence,
        duration_s=float(result.duration_s),
    )


def step_result_from_msg(m: msg.StepResult) -> structs.StepResult:
    step = structs.Step(m.step.skill, _params(m.step.params))
    return structs.StepResult(step, _key(_STATUS, m.status), m.text, m.evidence, m.duration_s)


def _key(table: dict[Any, int], number: int) -> Any:
    for key, value in table.items():
        if value == number:
            return key
    raise ValueError(f"expected one of {sorted(table.values())}, found {number}")


# ---------------------------------------------------------------- what vision sees


def detection_to_msg(d: structs.Detection) -> msg.Detection:
    x_m, y_m = d.position_m or (0.0, 0.0)
    return msg.Detection(
        kind=d.kind,
        color=d.color,
        person=d.person,
        confidence=float(d.confidence),
        bbox_px=[int(v) for v in d.bbox_px],
        distance_m=float(d.distance_m),
        bearing_rad=float(d.bearing_rad),
        has_position=d.position_m is not None,
        x_m=float(x_m),
        y_m=float(y_m),
    )


def detections_to_msg(detections: Iterable[structs.Detection], t_s: float, frame_id: str) -> msg.Detections:
    m = msg.Detections(detections=[detection_to_msg(d) for d in detections])
    m.header.stamp, m.header.frame_id = stamp(t_s), frame_id
    return m


def detections_from_msg(m: msg.Detections) -> tuple[tuple[structs.Detection, ...], float]:
    """The things and the time of their image."""
    t_s = seconds(m.header.stamp)
    return tuple(_detection(d, t_s) for d in m.detections), t_s


def _detection(d: msg.Detection, t_s: float) -> structs.Detection:
    x, y, width, height = (int(v) for v in d.bbox_px)
    return structs.Detection(
        kind=d.kind,
        color=d.color,
        person=d.person,
        confidence=d.confidence,
        bbox_px=(x, y, width, height),
        distance_m=d.distance_m,
        bearing_rad=d.bearing_rad,
        position_m=(d.x_m, d.y_m) if d.has_position else None,
        t_s=t_s,
    )


# ---------------------------------------------------------------- motion, safety


_MODE = {
    structs.SafetyMode.DISARMED: msg.SafetyState.DISARMED,
    structs.SafetyMode.ARMED: msg.SafetyState.ARMED,
    structs.SafetyMode.ESTOP: msg.SafetyState.ESTOP,
}


def safety_state_to_msg(state: structs.SafetyState, offset_s: Offset = 0.0) -> msg.SafetyState:
    """`offset_s`: the gate's times are monotonic, stamps are the graph's."""
    return msg.SafetyState(
        stamp=stamp(state.t_s + offset_s),
        mode=_MODE[state.mode],
        estop_id=state.estop_id,
        causes=[
            msg.Cause(stamp=stamp(c.t_s + offset_s), kind=c.kind, source=c.source, cleared=c.cleared)
            for c in state.causes
        ],
        limiting=state.limiting,
        driver=state.driver,
    )


def safety_state_from_msg(m: msg.SafetyState) -> structs.SafetyState:
    return structs.SafetyState(
        mode=_key(_MODE, m.mode),
        estop_id=m.estop_id,
        causes=tuple(structs.Cause(c.kind, c.source, seconds(c.stamp), c.cleared) for c in m.causes),
        limiting=m.limiting,
        t_s=seconds(m.stamp),
        driver=m.driver,
    )


def velocity_to_msg(velocity: structs.Velocity) -> Twist:
    m = Twist()
    m.linear.x, m.angular.z = float(velocity.linear_mps), float(velocity.angular_radps)
    return m


def velocity_from_msg(m: Twist) -> structs.Velocity:
    return structs.Velocity(m.linear.x, m.angular.z)


def odometry_to_msg(
    pose: structs.Pose,
    velocity: structs.Velocity,
    t_s: float,
    frame_id: str = "odom",
    child: str = "base_link",
    noise: tuple[NDArray[np.float64], tuple[float, float]] | None = None,
) -> Odometry:
    """`noise`: covariance of x, y, yaw in `frame_id`; variances of linear and angular velocity in `child`."""
    m = Odometry(child_frame_id=child)
    m.header.stamp, m.header.frame_id = stamp(t_s), frame_id
    m.pose.pose.position.x, m.pose.pose.position.y = float(pose.x_m), float(pose.y_m)
    m.pose.pose.orientation = quaternion(pose.yaw_rad)
    m.twist.twist = velocity_to_msg(velocity)
    if noise is not None:
        of_pose, (linear, angular) = noise
        axes = (0, 1, 5)  # x, y, yaw of x, y, z, roll, pitch, yaw
        m.pose.covariance = _covariance({(a, b): of_pose[i, j] for i, a in enumerate(axes) for j, b in enumerate(axes)})
        m.twist.covariance = _covariance({(0, 0): linear, (1, 1): linear, (5, 5): angular})  # wheels may slip sideways
    return m


def _covariance(known: Mapping[tuple[int, int], float]) -> list[float]:
    """6 x 6 of x, y, z, roll, pitch, yaw, row by row; the axes that nothing measures are unknown."""
    values = [0.0] * 36
    for axis in range(6):
        values[7 * axis] = UNKNOWN
    for (row, column), value in known.items():
        values[6 * row + column] = float(value)
    return values


def odometry_from_msg(m: Odometry) -> tuple[structs.Pose, structs.Velocity, float]:
    position = m.pose.pose.position
    pose = structs.Pose(position.x, position.y, yaw(m.pose.pose.orientation))
    return pose, velocity_from_msg(m.twist.twist), seconds(m.header.stamp)


def pose_to_msg(pose: structs.Pose, std_m: float, t_s: float, frame_id: str = "map") -> PoseWithCovarianceStamped:
    m = PoseWithCovarianceStamped()
    m.header.stamp, m.header.frame_id = stamp(t_s), frame_id
    m.pose.pose.position.x, m.pose.pose.position.y = float(pose.x_m), float(pose.y_m)
    m.pose.pose.orientation = quaternion(pose.yaw_rad)
    m.pose.covariance[0] = m.pose.covariance[7] = float(std_m) ** 2
    return m


def pose_from_msg(m: PoseWithCovarianceStamped) -> tuple[structs.Pose, float, float]:
    """Pose, its standard deviation in metres, its time."""
    position = m.pose.pose.position
    std_m = math.sqrt(max(m.pose.covariance[0], m.pose.covariance[7], 0.0))
    return structs.Pose(position.x, position.y, yaw(m.pose.pose.orientation)), std_m, seconds(m.header.stamp)
