"""The safety gate in words: armed or not, the e-stop and its causes, how a person releases it, distances, limits."""

from __future__ import annotations

from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.health import gate_words
from moe_robot.experts.tools.said import Said, best
from moe_robot.experts.tools.voice import Speaker, Voice, told
from moe_robot.structs import Cause, Reply, SafetyMode, SafetyState, Utterance

QUESTIONS = (
    ("reset", ("сброс", "сними", "снять", "снимается", "отпуст", "разблок", "отключи аварий", "убрать аварий",
               "выйти из",
               "reset", "release", "clear", "unlock", "unlatch", "get out of", "disengage", "lift", "remove")),
    ("disarm", ("разоруж", "выключи мотор", "выключить мотор", "отключи мотор", "отключить мотор", "запрет",
                "обесточ", "disarm",
                "disable", "turn off the motors", "forbid", "switch off")),
    ("arm", ("взвед", "взвод", "вооруж", "включи мотор", "включить мотор", "разреш", "=arm", "arming", "enable",
             "turn on the motors", "allow", "permit")),
    ("who", ("кто", "почему остан", "из-за чего", "причин", "чем вызван", "отчего", "who", "why", "cause", "reason",
             "what stopped", "triggered")),
    ("distances", ("расстоян", "дистанц", "близко", "зон", "остановишься", "затормоз", "в скольки", "перед препят",
                   "столкн",
                   "врежеш", "наеде", "distance", "zone", "close", "brake", "crash", "collide", "bump", "run over",
                   "run into")),
    ("safe", ("безопасно", "безопасен", "безопасны", "опасн", "сертиф", "страшно", "рядом с реб", "дет", "кошк",
              "=safe", "danger", "certif",
              "child",
              "kids", "pets", "harm", "hurt")),
)  # fmt: skip
MOST_CAUSES = 3


class Safety:
    def __init__(self) -> None:
        self._speaker = Speaker("state")

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        voice = self._speaker.voice(utterance, context)
        state = context.world.safety if context.world is not None else None
        now_s = context.world.t_s if context.world is not None else 0.0
        match best(Said(utterance.text), QUESTIONS):
            case "distances":
                cfg = context.cfg.motion
                text = voice.say("safety_distances", stop=cfg.zone_stop_m, slow=cfg.zone_slow_m,
                                 most=cfg.max_linear_mps)  # fmt: skip
            case "safe":
                text = f"{voice.say('safety_not_certified')} {_mode(state, voice)}"
            case "reset":
                text = _reset(state, now_s, voice)
            case "arm":
                text = f"{_mode(state, voice)} {_arm(state, voice)}".strip()
            case "disarm":
                text = f"{_mode(state, voice)} {voice.say('safety_disarm')}"
            case "who":
                text = _who(state, now_s, voice)
            case _:
                text = _mode(state, voice)
                if state is not None and state.mode is SafetyMode.ESTOP:
                    text = f"{text} {_causes(state, now_s, voice)} {voice.say('safety_reset')}"
                elif state is not None and state.mode is SafetyMode.DISARMED:
                    text = f"{text} {_arm(state, voice)}"
        return told(text, "safety")


def _mode(state: SafetyState | None, voice: Voice) -> str:
    """One sentence; without a state it is said that none is known."""
    if state is None:
        return voice.say("safety_unknown")
    if state.mode is SafetyMode.ARMED:
        limiting = state.limiting if state.limiting not in ("", "no_command", "acceleration") else ""
        text = voice.say("safety_armed")
        return f"{text} {voice.say('safety_limiting', rule=gate_words(limiting, voice.language))}" if limiting else text
    return voice.say("safety_estop" if state.mode is SafetyMode.ESTOP else "safety_disarmed")


def _arm(state: SafetyState | None, voice: Voice) -> str:
    if state is None or state.mode is SafetyMode.DISARMED:
        return voice.say("safety_link" if state is not None and state.limiting == "link_lost" else "safety_arm")
    return voice.say("safety_reset") if state.mode is SafetyMode.ESTOP else ""


def _reset(state: SafetyState | None, now_s: float, voice: Voice) -> str:
    if state is None:
        return f"{voice.say('safety_unknown')} {voice.say('safety_reset')}"
    if state.mode is not SafetyMode.ESTOP:
        return f"{voice.say('safety_no_estop')} {_mode(state, voice)}"
    return f"{_causes(state, now_s, voice)} {voice.say('safety_reset')}"


def _who(state: SafetyState | None, now_s: float, voice: Voice) -> str:
    if state is None:
        return voice.say("safety_unknown")
    if not state.causes:
        return f"{voice.say('safety_nobody')} {_mode(state, voice)}"
    return f"{_causes(state, now_s, voice)} {_mode(state, voice)}"


def _causes(state: SafetyState, now_s: float, voice: Voice) -> str:
    """The newest first."""
    newest = sorted(state.causes, key=lambda cause: -cause.t_s)[:MOST_CAUSES]
    return " ".join(_cause(cause, now_s, voice) for cause in newest)


def _cause(cause: Cause, now_s: float, voice: Voice) -> str:
    words = gate_words(cause.kind, voice.language)
    key = "safety_cause_gone" if cause.cleared else "safety_cause"
    return voice.say(key, cause=words, source=cause.source or "?", age=max(now_s - cause.t_s, 0.0))
