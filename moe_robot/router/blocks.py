"""From a row of understood pieces to the nodes of a plan: sequences, conditions, repeats. What a step takes from those
before it ("it", "there") is `leaning.py`'s. Knows how sentences are joined, nothing of words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from moe_robot.router.leaning import go, leaned, moved, other_thing, resolved, with_params
from moe_robot.router.steps import DOCK, Clause, NotAPlan, negate
from moe_robot.router.tiling import TRANSPARENT, Piece
from moe_robot.structs import Branch, Condition, PlanNode, Repeat, Step


@dataclass
class _Entry:
    """One clause of the list being built, with the mark and word that joined it to the one before."""

    nodes: tuple[PlanNode, ...]
    mark: str = ""
    joined: str = ""
    only_until: bool = False
    clause: Clause | None = None


_TRAVELS = ("go_to", "dock", "patrol", "find")
_ONCE = ("dock", "explore")  # doing it again at once would be doing nothing
_SENTENCE_END = (".", "!", "?", ";")


def assemble(pieces: Sequence[Piece]) -> tuple[PlanNode, ...]:
    """Raises NotAPlan."""
    nodes = _flat(_Blocks().entries(list(pieces)))
    again = any(piece.kind == "again" for piece in pieces)
    kept: list[PlanNode] = []
    for node in nodes:
        if kept and node == kept[-1] and not again and _said_twice(node):
            continue
        if kept and isinstance(node, Step) and node.skill == "find" and kept[-1] == Step("recall", node.params):
            kept.pop()  # "where is the red ball? find it"
        kept.append(node)
    return tuple(kept)


def _said_twice(node: PlanNode) -> bool:
    """Whether doing it again right away would only be saying it again ("stop, stop", "... to the bed, the bed I
    mean")."""
    return isinstance(node, Step) and node.skill not in ("drive", "turn", "say")


def _flat(entries: Sequence[_Entry]) -> tuple[PlanNode, ...]:
    if any(entry.only_until for entry in entries):
        raise NotAPlan("only the body of an until")
    return tuple(node for entry in entries for node in entry.nodes)


class _Blocks:
    def __init__(self) -> None:
        self.history: list[Step] = []  # every step so far, for "it", "there", "again"

    def entries(self, pieces: list[Piece]) -> list[_Entry]:
        done: list[_Entry] = []
        at, joined = 0, ""
        while at < len(pieces):
            piece = pieces[at]
            if piece.kind == "and":
                joined = piece.word
                at += 1
                continue
            if piece.kind == "company":
                if piece.slots:  # "Ivan needs you, go to him"
                    self.history.append(Step("see", piece.slots))
                at += 1
                continue
            if piece.led and done:
                joined = "_and"
            if piece.kind in ("clause", "terse", "said", "halt"):
                done.append(self._clause(piece, joined, done))
            elif piece.kind == "rest":
                self._rest(piece, joined, done)
            elif piece.kind == "repeat":
                end = self._repeat_end(pieces, at)
                body = self._block(pieces[at + 1 : end])
                done.append(_Entry((Repeat(body, times=_times(piece)),), piece.mark, joined))
                at = end - 1
            elif piece.kind in ("times", "all_times"):
                self._times(piece, joined, done)
            elif piece.kind == "again":
                self._again(piece, joined, done)
            elif piece.kind == "delay":
                self._delay(pieces, at, joined, done)
            elif piece.kind in ("if", "condition"):
                at = self._if(pieces, at, joined, done) - 1
            elif piece.kind == "loop":
                at = self._loop(pieces, at, joined, done) - 1
            elif piece.kind == "before":
                at = self._before(pieces, at, done) - 1
            elif piece.kind == "but_first":
                first = self.entries(pieces[at + 1 :])
                done[_sentence_start(done) : _sentence_start(done)] = first
                return done
            elif piece.kind == "after":
                pass
            elif piece.kind == "until":
                at = self._until(pieces, at, joined, done) - 1
            else:
                raise NotAPlan(f"a {piece.kind} on its own")
            joined = ""
            at += 1
        return done

    def _block(self, pieces: list[Piece]) -> tuple[PlanNode, ...]:
        body = _flat(self.entries(pieces))
        if not body:
            raise NotAPlan("an empty block")
        return body

    # -------------------------------------------------- clauses

    def _clause(self, piece: Piece, joined: str, done: list[_Entry]) -> _Entry:
        assert piece.clause is not None
        clause = piece.clause
        if clause.slots and clause.slots.get("_echo") and self.history and self.history[-1].skill == clause.intent:
            steps: tuple[Step, ...] = ()  # "what is behind you? look"
        elif piece.kind == "terse" and _is_back(clause.steps) and self.history and self.history[-1].skill in _TRAVELS:
            raise NotAPlan("back where")  # "to the kitchen and back"
        elif clause.after:
            steps = leaned(clause, self.history)
        elif (
            clause.intent == "go_to"
            and piece.kind == "terse"
            and joined == "_and"
            and self.history
            and self.history[-1].skill in ("find", "count")
            and "place" in self.history[-1].params
        ):
            steps = (with_params(self.history[-1], place=clause.steps[-1].params.get("place", DOCK)),)
        else:
            steps = tuple(resolved(step, self.history) for step in clause.steps)
            if clause.intent == "look" and clause.slots and clause.slots.get("_echo") and self.history:
                seen = self.history[-1].params.get("view")
                steps = (Step("look", {"direction": seen}),) if seen is not None else steps
        self.history += steps
        return _Entry(steps, piece.mark, joined, clause.only_until, clause)

    def _rest(self, piece: Piece, joined: str, done: list[_Entry]) -> None:
        """ "... and the bedroom": the rest of an enumeration takes its verb from the clause before."""
        assert piece.clause is not None
        slots = piece.clause.slots or {}
        if not self.history and piece.clause.intent == "_place":  # "the office, then the living room"
            done.append(_Entry((go(slots["place"]),), piece.mark, joined, clause=piece.clause))
            self.history += done[-1].nodes  # type: ignore[arg-type]
            return
        if not self.history:
            raise NotAPlan("an ellipsis at the start")
        last = next((step for step in reversed(self.history) if step.skill not in TRANSPARENT), self.history[-1])
        if piece.clause.intent == "_search":  # "search the study for the cube and the lounge for the ball"
            params = {k: slots[k] for k in ("object", "color", "person", "place") if k in slots}
            self.history.append(Step("find", params))
            done.append(_Entry((self.history[-1],), piece.mark, joined, clause=piece.clause))
            return
        if piece.clause.intent == "_place":
            if last.skill == "patrol" and "places" in last.params and done and done[-1].nodes[-1:] == (last,):
                places = last.params["places"]
                assert isinstance(places, tuple)
                longer = with_params(last, places=(*places, slots["place"]))
                done[-1].nodes = (*done[-1].nodes[:-1], longer)
                self.history[-1] = longer
                return
            if last.skill in ("go_to", "dock") and ("place" in last.params or last.skill == "dock"):
                step = go(slots["place"])
            elif last.skill in ("find", "count") and "place" in last.params:
                step = with_params(last, place=slots["place"])
            else:
                raise NotAPlan("a place that nothing takes")
        else:
            step = other_thing(last, slots)
            if "place" in slots and "place" not in last.params and done and done[-1].nodes[-1:] == (last,):
                both = with_params(last, place=slots["place"])  # "find the cube and the ball in the kitchen"
                done[-1].nodes = (*done[-1].nodes[:-1], both)
        self.history.append(step)
        done.append(_Entry((step,), piece.mark, joined, clause=piece.clause))

    # -------------------------------------------------- repeats

    def _repeat_end(self, pieces: list[Piece], at: int) -> int:
        """The body reaches to the end of the sentence; without a colon only to the next "then"."""
        colon = at + 1 < len(pieces) and pieces[at + 1].mark in (":", ",")
        for index in range(at + 2, len(pieces)):
            if pieces[index].mark in _SENTENCE_END or (not colon and pieces[index].word == "_then"):
                return index
        return len(pieces)

    def _times(self, piece: Piece, joined: str, done: list[_Entry]) -> None:
        if not done:
            raise NotAPlan("times of nothing")
        whole = piece.kind == "all_times" or (piece.mark == "," and len(done) > 1) or (joined and len(done) > 1)
        first = _sentence_start(done) if whole else len(done) - 1
        body, times = _flat(done[first:]), _times(piece)
        if times == 1:
            return
        done[first:] = [_Entry((Repeat(body, times=times),), done[first].mark, done[first].joined)]

    def _again(self, piece: Piece, joined: str, done: list[_Entry]) -> None:
        if not done:
            raise NotAPlan("again what")
        nodes = done[-1].nodes
        if piece.word == "_again_at":  # "go to the kitchen and look around, then the same in the lounge"
            place = (piece.slots or {})["place"]
            nodes = tuple(moved(node, place) for node in _flat(done[_sentence_start(done) :]))
            if nodes == _flat(done[_sentence_start(done) :]):
                raise NotAPlan("no place to change")
            self.history += [node for node in nodes if isinstance(node, Step)]
        if piece.word == "_again" and len(nodes) == 1 and isinstance(nodes[0], Step) and nodes[0].skill in _ONCE:
            return
        if piece.word == "_again" and len(done) > 1 and done[-2].nodes == nodes and piece.mark == "" and not joined:
            return  # "left, left again"
        if piece.word == "_again_times":
            nodes = (Repeat(nodes, times=_times(piece)),)
        done.append(_Entry(nodes, piece.mark, "_and"))

    def _delay(self, pieces: list[Piece], at: int, joined: str, done: list[_Entry]) -> None:
        piece = pieces[at]
        assert piece.slots is not None
        wait = Step("wait", {"duration_s": piece.slots["duration"]})
        follows = at + 1 < len(pieces) and pieces[at + 1].kind not in ("and", "else", "times")
        if done and not joined and not piece.mark and not (follows and not pieces[at + 1].mark):
            done.insert(len(done) - 1, _Entry((wait,), done[-1].mark, done[-1].joined))  # "go there in a minute"
        elif follows:
            done.append(_Entry((wait,), piece.mark, joined))
        elif done:
            done.insert(len(done) - 1, _Entry((wait,), done[-1].mark, done[-1].joined))
        else:
            raise NotAPlan("a delay of nothing")

    def _loop(self, pieces: list[Piece], at: int, joined: str, done: list[_Entry]) -> int:
        """ "Repeat: a meter forward, turn left, until you see a cube": all of it is the body."""
        ends = [index for index in range(at + 1, len(pieces)) if pieces[index].kind == "until"]
        if not ends:
            raise NotAPlan("repeat until when")
        end = ends[0]
        body = self._block(pieces[at + 1 : end])
        condition = pieces[end + 1].condition
        if condition is None:
            raise NotAPlan("no condition")
        condition = self._named(negate(condition) if pieces[end].word == "_while" else condition)
        done.append(_Entry((Repeat(body, until=condition),), pieces[at].mark, joined))
        return end + 2

    def _before(self, pieces: list[Piece], at: int, done: list[_Entry]) -> int:
        """ "Before you go to the base, visit the kitchen": the second comes first. Behind a clause it is only
        "then"."""
        later = self.entries(pieces[at + 1 : at + 2])
        if not done:
            if at + 2 >= len(pieces):
                raise NotAPlan("before what")
            done += self.entries(pieces[at + 2 :])
            done += later
            return len(pieces)
        done += later
        return at + 2

    # -------------------------------------------------- conditions

    def _if(self, pieces: list[Piece], at: int, joined: str, done: list[_Entry]) -> int:
        word = pieces[at].word
        mark = pieces[at].mark
        if pieces[at].kind == "if":
            at += 1
        condition = pieces[at].condition
        if condition is None:
            raise NotAPlan("no condition")
        if word == "_unless":
            condition = negate(condition)
        condition = self._named(condition)
        at += 1
        does = at < len(pieces) and pieces[at].kind == "do"
        at += does
        follows = at < len(pieces) and pieces[at].kind not in ("and", "else")
        before = bool(done) and not joined
        if before and mark in _SENTENCE_END and not follows:
            raise NotAPlan("a condition of nothing")
        if before and not (follows and (mark or does)):  # "stop if you see a cube"
            last = done.pop()
            motion = bool(done) and word == "_when" and last.nodes == (Step("stop"),)
            if motion:  # "drive forward and stop when you see a cube"
                body = done.pop()
                done.append(_Entry((Repeat(body.nodes, until=condition),), body.mark, body.joined))
                return at
            if last.only_until:
                raise NotAPlan("only the body of an until")
            then, mark, joined = last.nodes, last.mark, last.joined
        else:
            if not follows:
                raise NotAPlan("a condition of nothing")
            end = _body_end(pieces, at, stop_at=("else",))
            then = self._block(pieces[at:end])
            at = end
            if word == "_when" and then == (Step("stop"),) and done and _open(done[-1].nodes):
                body = done.pop()  # "drive forward, and the moment you see a bottle, stop"
                done.append(_Entry((Repeat(body.nodes, until=condition),), body.mark, body.joined))
                return at
        otherwise: tuple[PlanNode, ...] = ()
        if at < len(pieces) and pieces[at].kind == "and" and at + 1 < len(pieces) and pieces[at + 1].kind == "else":
            at += 1
        if at < len(pieces) and pieces[at].kind == "else":
            at += 1
            if at < len(pieces) and pieces[at].kind == "do":
                at += 1
            end = _body_end(pieces, at, stop_at=())
            otherwise = self._block(pieces[at:end])
            at = end
        done.append(_Entry((Branch(condition, then, otherwise),), mark, joined))
        return at

    def _until(self, pieces: list[Piece], at: int, joined: str, done: list[_Entry]) -> int:
        piece = pieces[at]
        condition = pieces[at + 1].condition
        if condition is None:
            raise NotAPlan("no condition")
        condition = self._named(negate(condition) if piece.word == "_while" else condition)
        at += 2
        at += at < len(pieces) and pieces[at].kind == "do"
        if done and not joined:
            last = done.pop()
            if any(isinstance(node, Step) and node.skill in ("stop", "cancel") for node in last.nodes):
                raise NotAPlan("stop is not repeated")
            done.append(_Entry((Repeat(last.nodes, until=condition),), last.mark, last.joined))
            return at
        end = _body_end(pieces, at, stop_at=("else",))
        if at >= end:
            raise NotAPlan("an until of nothing")
        entries = self.entries(pieces[at:end])
        for entry in entries:
            entry.only_until = False
        done.append(_Entry((Repeat(_flat(entries), until=condition),), piece.mark, joined))
        return end

    def _named(self, condition: Condition) -> Condition:
        """What the condition names may be meant by a later "it"."""
        if condition.kind == "see":
            step = resolved(Step("see", condition.params), self.history)
            self.history.append(step)
            return Condition("see", step.params, condition.negated)
        return condition


def _is_back(steps: tuple[Step, ...]) -> bool:
    """A bare "back"."""
    return len(steps) == 1 and steps[0].skill == "drive" and float(str(steps[0].params.get("distance_m", 0))) < 0


def _open(nodes: tuple[PlanNode, ...]) -> bool:
    """A motion without an end of its own."""
    last = nodes[-1] if len(nodes) == 1 else None
    return isinstance(last, Step) and last.skill in ("drive", "turn", "patrol", "explore") and not last.params


def _times(piece: Piece) -> int:
    times = (piece.slots or {}).get("times", 0)
    if times != int(times) or times < 0:
        raise NotAPlan("not a whole number of times")
    return int(times)


def _sentence_start(done: Sequence[_Entry]) -> int:
    for index in range(len(done) - 1, 0, -1):
        if done[index].mark in _SENTENCE_END:
            return index
    return 0


def _body_end(pieces: Sequence[Piece], at: int, stop_at: tuple[str, ...]) -> int:
    """Where the block that begins at `at` ends: at an "else", or at the end of the sentence."""
    for index in range(at, len(pieces)):
        if pieces[index].kind in stop_at:
            return index - 1 if index > at and pieces[index - 1].kind == "and" else index
        if index > at and pieces[index].mark in _SENTENCE_END:
            return index
    return len(pieces)
