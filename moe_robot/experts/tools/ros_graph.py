"""What is on the ROS graph now: nodes, topics, types, services, who is at the ends of a topic, and ends that lack."""

from __future__ import annotations

from collections.abc import Iterable

from moe_robot.experts.answerer import Unavailable
from moe_robot.experts.context import AnswerContext, GraphView, TopicEnds
from moe_robot.experts.tools.said import Said
from moe_robot.experts.tools.voice import Speaker, Voice, told
from moe_robot.structs import Reply, Utterance

MOST = 12  # names in one answer
BOOKKEEPING = ("/parameter_events", "/rosout")  # every node has them
BOOKKEEPING_SERVICES = ("describe_parameters", "get_parameter_types", "get_parameters", "list_parameters",
                        "set_parameters", "set_parameters_atomically", "get_type_description", "change_state",
                        "get_state",
                        "get_available_states", "get_available_transitions", "get_transition_graph")  # fmt: skip
PUBLISHES = ("публику", "издат", "паблиш", "издает", "шлет", "отправ", "пишет", "источник", "publish", "sends", "send",
             "source", "broadcast", "produc", "emit", "writes")  # fmt: skip
SUBSCRIBES = ("подпис", "слуша", "читает", "получа", "потреб", "subscri", "listen", "receiv", "consum", "reads")
NONE = ("без", "нет", "никто", "никого", "ни одного", "отсутств", "with no", "without", "no", "nobody", "no one",
        "lack",
        "dangl", "orphan", "unused", "not subscri", "unsubscri", "=не", "missing", "висит", "висят")  # fmt: skip
SEVERAL = ("два", "двух", "двум", "нескольк", "больше одного", "two", "several", "more than one", "multiple")
TYPES = ("тип", "type", "сообщени", "message", "формат", "interface")
NODES = ("нод", "узл", "узел", "узлы", "node")
SERVICES = ("сервис", "служб", "service")
TOPICS = ("топик", "тем", "topic", "канал", "channel")
COUNT = ("сколько", "how many", "number of", "count", "количеств")
SPOKEN = {  # how people call topics that are named otherwise
    "scan": ("скан", "лидар", "lidar", "laser", "лазер"),
    "odom": ("одометр", "odomet"),
    "camera/image_raw": ("камер", "изображ", "картинк", "camera", "image", "picture"),
    "camera/depth": ("глубин", "depth"),
    "cmd_vel": ("команд скорост", "скорост", "velocity", "cmd"),
    "battery_state": ("батаре", "заряд", "аккум", "battery"),
    "imu/data": ("гироскоп", "акселер", "imu", "gyro", "accelero", "иму"),
    "pose": ("положени", "поза", "позу", "position"),
    "tf": ("трансформ", "transform"),
    "joint_states": ("суставы", "колес", "wheels", "joint"),
    "diagnostics": ("диагност", "diagnostic"),
    "safety_state": ("безопасност", "safety"),
    "detections": ("детекц", "распозна", "detection"),
    "say": ("речь", "speech"),
    "plan": ("=план", "=plan"),
    "map": ("=карта", "=карту", "=map"),
}


class RosGraph:
    def __init__(self) -> None:
        self._speaker = Speaker("graph")

    def answer(self, utterance: Utterance, context: AnswerContext) -> Reply | None:
        """Raises Unavailable: no robot, so no graph."""
        live = context.live
        if live is None or live.robot is None:
            raise Unavailable("no robot is connected: there is no ROS graph to look at")
        voice = self._speaker.voice(utterance, context)
        return told(_tell(Said(utterance.text), live.robot.graph(), voice), "ros_graph")


def _tell(said: Said, graph: GraphView, voice: Voice) -> str:
    publishes, subscribes = said.has(*PUBLISHES), said.has(*SUBSCRIBES)
    topics = {name: ends for name, ends in graph.topics.items() if name not in BOOKKEEPING}
    named = _topic(said, graph.topics)
    node = _node(said, graph.nodes)
    if publishes and subscribes and said.has(*NONE):
        lonely = _lonely(said, topics)
        heard = lonely is not None
        return _list("only_published" if heard else "only_subscribed", lonely or _unheard(topics), voice)
    if said.has(*SEVERAL) and publishes:
        several = [
            f"{name} ({', '.join(ends.publishers)})" for name, ends in topics.items() if len(ends.publishers) > 1
        ]
        return _list("several_publishers", several, voice)
    if named is not None:
        return _about(named, graph.topics[named], said, publishes, subscribes, voice)
    if said.has(*NONE) and publishes:
        return _list("only_subscribed", _unheard(topics), voice)
    if said.has(*NONE) and subscribes:
        return _list("only_published", [n for n, ends in topics.items() if ends.publishers and not ends.subscribers],
                     voice)  # fmt: skip
    if node is not None:
        return _of_node(node, topics, publishes, subscribes, voice)
    unknown = next((word for word in said.words if word.startswith("/")), "")
    if unknown:
        return voice.say("not_there", name=unknown)
    if said.has(*SERVICES):
        mine = sorted(n for n in graph.services if n.rsplit("/", 1)[-1] not in BOOKKEEPING_SERVICES)
        return _list("services", mine, voice, total=len(graph.services))
    if said.has(*NODES):
        return _list("nodes", sorted(graph.nodes), voice)
    if said.has(*TYPES) and said.has(*TOPICS):
        shown = [f"{name} ({', '.join(ends.types)})" for name, ends in sorted(topics.items())]
        return _list("topics", shown, voice)
    if said.has(*TOPICS):
        return _list("topics", sorted(topics), voice)
    return voice.say("overview", nodes=len(graph.nodes), topics=len(topics), services=len(graph.services))


def _lonely(said: Said, topics: dict[str, TopicEnds]) -> list[str] | None:
    """With "publishers and no subscribers" the published ones that nobody hears; None the other way round."""
    lacks = min((at for stem in NONE if (at := said.at(stem)) >= 0), default=0)
    after = [at for stem in PUBLISHES if (at := said.at(stem, lacks)) > 0]
    heard = [at for stem in SUBSCRIBES if (at := said.at(stem, lacks)) > 0]
    if after and (not heard or min(after) < min(heard)):
        return None
    return [name for name, ends in topics.items() if ends.publishers and not ends.subscribers]


def _unheard(topics: dict[str, TopicEnds]) -> list[str]:
    return [name for name, ends in topics.items() if ends.subscribers and not ends.publishers]


def _list(key: str, names: Iterable[str], voice: Voice, total: int | None = None) -> str:
    names = sorted(names)
    if not names:
        return voice.say(f"{key}_none")
    more = len(names) - MOST
    shown = ", ".join(names[:MOST]) + (f" {voice.part('more', n=more)}" if more > 0 else "")
    return voice.say(key, n=len(names), names=shown, **({"total": total} if total is not None else {}))


def _about(name: str, ends: TopicEnds, said: Said, publishes: bool, subscribes: bool, voice: Voice) -> str:
    types, who, heard = ", ".join(ends.types), ", ".join(ends.publishers), ", ".join(ends.subscribers)
    count = said.has(*COUNT)
    if said.has(*TYPES) and not (publishes or subscribes):
        return voice.say("type", name=name, types=types)
    if publishes and not subscribes:
        if not ends.publishers:
            return voice.say("publishers_none", name=name)
        return voice.say("publishers_count" if count else "publishers", name=name, who=who, n=len(ends.publishers))
    if subscribes and not publishes:
        if not ends.subscribers:
            return voice.say("subscribers_none", name=name)
        return voice.say("subscribers_count" if count else "subscribers", name=name, who=heard, n=len(ends.subscribers))
    nobody = voice.part("nobody")
    return voice.say("about", name=name, types=types, who=who or nobody, heard=heard or nobody)


def _of_node(node: str, topics: dict[str, TopicEnds], publishes: bool, subscribes: bool, voice: Voice) -> str:
    out = sorted(name for name, ends in topics.items() if node in ends.publishers)
    into = sorted(name for name, ends in topics.items() if node in ends.subscribers)
    nothing = voice.part("nothing")
    text = voice.say("node_runs", node=node)
    if publishes or not subscribes:
        text += " " + voice.say("node_publishes", names=", ".join(out[:MOST]) or nothing)
    if subscribes or not publishes:
        text += " " + voice.say("node_subscribes", names=", ".join(into[:MOST]) or nothing)
    return text


def _topic(said: Said, topics: Iterable[str]) -> str | None:
    """The topic that is meant: by its name, its last part, or what people call it."""
    known = sorted(topics, key=len)
    for word in sorted(said.words, key=len, reverse=True):
        if word.startswith("/"):
            found = next((name for name in known if name.lower() == word or name.lower().endswith(word)), None)
            if found:
                return found
    plain = {word.strip("/") for word in said.words}
    for name in known:
        if name.strip("/").lower() in plain or ("_" in name and name.rsplit("/", 1)[-1].lower() in plain):
            return name
    for ending, stems in SPOKEN.items():
        if said.has(*stems) or ("/" not in ending and ending in plain):
            found = next((name for name in known if name.endswith(f"/{ending}")), None)
            if found:
                return found
    return None


def _node(said: Said, nodes: Iterable[str]) -> str | None:
    plain = {word.strip("/") for word in said.words}
    return next((node for node in sorted(nodes) if node.strip("/").lower() in plain
                 or node.rsplit("/", 1)[-1].lower() in plain), None)  # fmt: skip
