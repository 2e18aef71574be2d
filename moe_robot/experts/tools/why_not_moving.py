"""Why the robot stands: what gate, sensors, parts and command say, the likeliest first, with a remedy."""

from __future__ import annotations

import math

from moe_robot.experts.answerer import Unavailable
from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.health import LOW_PERCENT, findings, gate_words, motor, value
from moe_robot.experts.tools.voice import SURE_STD_M, Speaker, Voice, told
from moe_robot.structs import Reply, SafetyMode, SafetyState, Turn, Utterance, WorldState

MOVING_MPS, MOVING_RADPS = 0.02, 0.05  # slower than this the wheels stand
MOST = 3  # reasons in one answer
SELF = ("why_not_moving", "explain", "activity", "diagnostics")  # questions are not what did not make it drive


class WhyNotMoving:
    def __init__(self) -> None:
        self._speaker = Speaker("state")

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        """Raises Unavailable: no robot."""
        if context.world is None:
            raise Unavailable("no robot is connected: nothing can move")
        voice = self._speaker.voice(utterance, context)
        velocity = context.world.velocity
        if abs(velocity.linear_mps) > MOVING_MPS or abs(velocity.angular_radps) > MOVING_RADPS:
            text = voice.say("moving", speed=abs(velocity.linear_mps), turn=round(math.degrees(velocity.angular_radps)))
            slow = context.world.safety.limiting if context.world.safety else ""
            if slow == "slow_zone":
                text += " " + voice.say("moving_slow_zone")
            return told(text, "why_not_moving")
        found = reasons(context.world, voice, context)
        first, others = found[0], found[1:MOST]
        return told(
            " ".join([first, *(voice.say("also", reason=_lower(reason)) for reason in others)]), "why_not_moving"
        )


def reasons(world: WorldState, voice: Voice, context: AnswerContext) -> list[str]:
    """At least one sentence; what stops for sure comes first."""
    safety, found = world.safety, list[str]()
    if safety is None:
        found.append(voice.say("why_no_motor"))
    elif safety.mode is SafetyMode.ESTOP:
        found.append(_estop(safety, voice))
    elif safety.mode is SafetyMode.DISARMED:
        found += _disarmed(safety, voice, context)
    running = context.live.robot.running() if context.live is not None and context.live.robot is not None else ""
    armed = safety is not None and safety.mode is SafetyMode.ARMED
    if armed and safety is not None and safety.limiting in ("no_scan", "obstacle", "not_finite", "other_driver"):
        found.append(voice.say(f"why_{safety.limiting}"))
    if armed and safety is not None and safety.driver not in ("", "brain"):
        found.append(voice.say("why_driver", driver=safety.driver))
    if world.scan is None and not any(voice.say("why_no_scan") == reason for reason in found):
        found.append(voice.say("why_no_scan"))
    if world.odom is None and safety is not None:
        found.append(voice.say("why_no_odom"))
    if world.pose is None or world.pose_std_m > SURE_STD_M:
        found.append(voice.say("why_no_pose"))
    if world.battery is not None and world.battery.percent < LOW_PERCENT and not world.battery.charging:
        found.append(voice.say("why_battery", percent=round(world.battery.percent)))
    if running and not found:
        found.append(_stands_with_command(running, voice, context))
    elif not running:
        found.append(voice.say("why_no_command_either") if found else _no_command(voice, context))
    errors = [f.text for f in findings(context, voice) if f.level == 2 and f.part in ("memory", "brain", "vision")]
    return found + errors


def _estop(safety: SafetyState, voice: Voice) -> str:
    standing = [cause for cause in safety.causes if not cause.cleared] or list(safety.causes)
    words = "; ".join(dict.fromkeys(gate_words(cause.kind, voice.language) for cause in standing[-2:]))
    spoken = all(cause.kind in ("text", "voice", "api", "topic") for cause in standing)
    text = voice.say("why_estop", cause=words) if words else voice.say("why_estop_only")
    return f"{text} {voice.say('remedy_reset' if spoken else 'remedy_cause_reset')}"


def _disarmed(safety: SafetyState, voice: Voice, context: AnswerContext) -> list[str]:
    if safety.limiting == "link_lost":
        problem = diagnosis.values.get("link_problem", "") if (diagnosis := motor(context)) else ""
        return [voice.say("why_link_problem", problem=problem) if problem else voice.say("why_link")]
    found = [voice.say("why_disarmed")]
    wrong = diagnosis.values.get("wrong", "") if (diagnosis := motor(context)) else ""
    if wrong:
        found.append(voice.say("why_wrong", wrong=wrong))
    return found


def _no_command(voice: Voice, context: AnswerContext) -> str:
    """Nobody wants it to move; when the last request was refused, that is why."""
    last = _last_request(context.history)
    if last is not None and last.refusal and last.refusal != "which" and last.plan is None:
        return voice.say("why_refused", text=last.utterance.text, answer=last.reply.text)
    return voice.say("why_no_command")


def _last_request(history: tuple[Turn, ...]) -> Turn | None:
    return next((turn for turn in reversed(history) if turn.route.expert not in SELF), None)


def _stands_with_command(running: str, voice: Voice, context: AnswerContext) -> str:
    """Armed, everything is there, a command runs: do the wheels follow what is sent to them?"""
    sent = value(motor(context), "sent_linear_mps"), value(motor(context), "sent_angular_radps")
    if any(math.isfinite(v) and abs(v) > MOVING_MPS for v in sent):
        return voice.say("why_wheels", text=running)
    return voice.say("why_thinking", text=running)


def _lower(text: str) -> str:
    """After a colon; "I" stays."""
    return text if text.startswith("I ") else text[:1].lower() + text[1:]
