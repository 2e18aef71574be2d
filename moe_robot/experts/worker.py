"""The child's side of an isolated expert: a process that loads answerers and answers, one request after another.

    python -m moe_robot.experts.worker <ram_cap_mb> <expert>        started by `process.WorkerProcess`, never by hand

Frames on stdin and stdout: 4 bytes of length (little endian), then a pickle. What a library prints goes to stderr. The
process ends when its stdin ends, that is with its parent, whatever it is doing; should a C function hold the
interpreter at that moment, the limit of processor time that each request sets ends it.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import resource
import struct
import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a worker starts before it imports what it serves
    from moe_robot.experts.answerer import Answerer
    from moe_robot.experts.context import AnswerContext
    from moe_robot.structs import Reply, Utterance

HEAD = struct.Struct("<I")
NICE = 5  # the loop that drives goes first
MAPPED_MB = 1024  # address space that libraries map without occupying it


@dataclass(frozen=True)
class LoadRequest:
    """Make the answerer `name`; `target` is "module:Class"."""

    name: str
    target: str


@dataclass(frozen=True)
class AnswerRequest:
    name: str
    utterance: Utterance
    context: AnswerContext
    timeout_s: float  # of processor time; the parent counts the real one


@dataclass(frozen=True)
class Response:
    """`failure` is "" or what went wrong; `kind` then: unavailable | crashed."""

    reply: Reply | None = None
    kind: str = ""
    failure: str = ""


def frame(value: object) -> bytes:
    body = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    return HEAD.pack(len(body)) + body


def main() -> None:
    _limit_memory(float(sys.argv[1]))
    os.nice(NICE)
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as score:
        score.write("500")  # when the machine runs out of memory: this process rather than its parent
    source, sink = _take_standard_streams()
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(source, requests), daemon=True).start()
    answerers: dict[str, Answerer] = {}
    while True:
        body = requests.get()
        try:
            response = _serve(body, answerers)
        except MemoryError:
            response = Response(kind="crashed", failure="MemoryError: it asked for more memory than it may have")
        except Exception as error:  # noqa: BLE001 - the edge of the process: the parent logs it with the input
            response = Response(kind="crashed", failure=_told(error))
        _send(sink, response)


def _serve(body: bytes, answerers: dict[str, Answerer]) -> Response:
    from moe_robot.experts.answerer import Unavailable
    from moe_robot.experts.registry import Tool, load, warm_up
    from moe_robot.structs import Reply

    request = pickle.loads(body)
    try:
        if isinstance(request, LoadRequest):
            answerer = load(request.name, Tool(request.target, isolated=True))
            warm_up(answerer)
            answerers[request.name] = answerer
            return Response()
        _limit_processor(request.timeout_s)
        reply = answerers[request.name].answer(request.utterance, request.context)
    except Unavailable as error:
        return Response(kind="unavailable", failure=str(error))
    if reply is not None and not isinstance(reply, Reply):
        return Response(kind="crashed", failure=f"it returned {type(reply).__name__} and no Reply")
    return Response(reply)


def _send(sink: int, response: Response) -> None:
    try:
        data = frame(response)
    except Exception as error:  # noqa: BLE001 - whatever an answerer put into its reply
        data = frame(Response(kind="crashed", failure=f"its reply cannot be sent: {_told(error)}"))
    while data:
        data = data[os.write(sink, data) :]


def _read(source: int, requests: queue.SimpleQueue[bytes]) -> None:
    """In a thread of its own, so that the end of the parent is noticed in the middle of an answer."""
    try:
        with os.fdopen(source, "rb") as stream:
            while head := stream.read(HEAD.size):
                requests.put(stream.read(HEAD.unpack(head)[0]))
    finally:
        os._exit(0)


def _take_standard_streams() -> tuple[int, int]:
    """Our own descriptors for the frames; what is left is an empty stdin, and a stdout that is stderr."""
    source, sink = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    return source, sink


def _limit_memory(ram_cap_mb: float) -> None:
    limit = int((ram_cap_mb + MAPPED_MB) * 2**20)
    _set_limit(resource.RLIMIT_AS, limit)
    _set_limit(resource.RLIMIT_CORE, 0)


def _limit_processor(timeout_s: float) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    _set_limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime + timeout_s) + 2)


def _set_limit(what: int, soft: int) -> None:
    hard = resource.getrlimit(what)[1]
    resource.setrlimit(what, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _told(error: BaseException) -> str:
    """One line for the log of the parent, with the innermost line of code."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" ({os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno})" if trace else ""
    return f"{type(error).__name__}: {error}{where}"[:500]


if __name__ == "__main__":
    # As the module of its name, whose classes the pickles speak of.
    from moe_robot.experts import worker

    worker.main()
