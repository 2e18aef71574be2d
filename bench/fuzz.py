"""Bytes that nobody meant, against both ends of both serial protocols: do they ever become a command?

    python bench/fuzz.py [--bytes 10000000] [--frames 1000000] [--mutants 200000] [--seed 1] [--keep-corpus]

Four kinds: bytes at random; frames with the right header and length but everything else at random (each 65536th has a
right CRC by luck: those are what session and sequence are for); every single bit of every frame flipped; frames that
were flipped, cut, doubled, spliced and mixed. Judged are the wheels of a board in mid-drive and the messages that a
decoder lets through.

`--keep-corpus` adds to test/data/fuzz what took a path that nothing there took before; test/hardware/test_fuzz.py plays
that folder back.
"""

from __future__ import annotations

import argparse
import binascii
import random
import struct
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from cobs import cobs

from bench.report import Report
from moe_robot.config import load_config
from moe_robot.errors import ProtocolError
from moe_robot.hardware import frames
from moe_robot.hardware.frames import (
    Ack,
    BoardFlags,
    Decoder,
    Estop,
    Hello,
    ResetEstop,
    SetPoint,
    encode,
)
from moe_robot.hardware.text_wire import LineDecoder, Word
from moe_robot.sim.board import Board
from moe_robot.sim.ideal_plant import IdealPlant

CORPUS = Path(__file__).resolve().parents[1] / "test" / "data" / "fuzz"
CHUNK = 4096
SESSION = 7
SPEED_RADPS = 2.0
FEED_EVERY = 50  # inputs between two set points of the real host; simulated time stands still meanwhile
FLAGS = BoardFlags(armed=True)


def samples() -> list[bytes]:
    """One frame of every type, both directions; telemetry and greeting as the simulated board really sends them."""
    board = Board(IdealPlant(), load_config().hardware)
    greeting = board.receive(encode(Hello(SESSION, 1)), 0.0)
    return [
        encode(Hello(SESSION, 1)),
        encode(SetPoint(SESSION, 300, 6.123, -0.001, True)),
        encode(SetPoint(SESSION, 301, 0.0, 0.0, False)),
        encode(Estop(SESSION, 302)),
        encode(ResetEstop(SESSION, 303, 5)),
        greeting,
        encode(Ack(SESSION, 2, 300, 6.123, -0.001, True, FLAGS)),
        board.tick(0.02),
    ]


class DrivingBoard:
    """A board in mid-drive, and what something made it do that nobody commanded."""

    def __init__(self, session: int = SESSION) -> None:
        self._session = session
        self.stopped = self.moved = 0
        self._now_s = 0.0
        self._start()

    def _start(self) -> None:
        self.plant = IdealPlant()
        self.board = Board(self.plant, load_config().hardware)
        self._seq = 1
        self.board.receive(encode(Hello(self._session, self._seq)), self._now_s)
        for _ in range(30):
            self.feed()

    def feed(self) -> None:
        """What the host says, 50 times a second: a steady speed."""
        self._now_s += 0.02
        self._seq += 1
        speed = SPEED_RADPS if self.board.armed else 0.0
        self.board.receive(encode(SetPoint(self._session, self._seq & 0xFFFF, speed, speed, True)), self._now_s)

    def take(self, data: bytes) -> None:
        self.board.receive(data, self._now_s)
        if self.plant.commanded_radps == (SPEED_RADPS, SPEED_RADPS) and self.board.armed:
            return
        self.stopped += self.plant.commanded_radps == (0.0, 0.0)
        self.moved += self.plant.commanded_radps != (0.0, 0.0)
        self._start()


def random_bytes(count: int, rng: random.Random) -> Iterator[bytes]:
    for start in range(0, count, CHUNK):
        yield rng.randbytes(min(CHUNK, count - start))


def lucky_frames(count: int, rng: random.Random) -> Iterator[bytes]:
    """Version, type and length of commands are right; session, sequence, body and CRC are not meant."""
    sizes = {0x01: 0, 0x02: 9, 0x03: 0, 0x04: 2}
    for _ in range(count):
        type_id = rng.choice(tuple(sizes))
        payload = bytes((frames.VERSION, type_id)) + rng.randbytes(4 + sizes[type_id] + 2)
        yield b"\0" + cobs.encode(payload) + b"\0"


def bit_flips(frame: bytes) -> Iterator[bytes]:
    for bit in range(8 * len(frame)):
        data = bytearray(frame)
        data[bit // 8] ^= 1 << (bit % 8)
        yield bytes(data)


def mutant(seeds: list[bytes], rng: random.Random) -> bytes:
    """A few frames with one to four things done to them."""
    data = bytearray(b"".join(rng.choices(seeds, k=rng.randint(1, 3))))
    for _ in range(rng.randint(1, 4)):
        at, to = sorted((rng.randrange(len(data) + 1), rng.randrange(len(data) + 1)))
        match rng.randrange(6):
            case 0 if data:
                data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
            case 1:
                del data[at:to]
            case 2:
                data[at:at] = data[at:to]
            case 3:
                data[at:at] = rng.randbytes(rng.randint(1, 4))
            case 4 if data:
                data[rng.randrange(len(data))] = rng.choice((0, 1, 2, 0xFF, 0x0D, 0x0A, 0x20, 0x2D, 0x30))
            case _:
                data[at:to] = reversed(data[at:to])
    return bytes(data)


def resealed(data: bytes, rng: random.Random) -> bytes:
    """The first frame in `data` with something changed inside and the CRC right again: what a broken sender sends."""
    for part in data.split(b"\0"):
        try:
            payload = bytearray(cobs.decode(part))[:-2] if part else bytearray()
        except cobs.DecodeError:
            continue
        if payload:
            payload[rng.randrange(len(payload))] = rng.randrange(256)
            sealed = bytes(payload) + struct.pack("<H", binascii.crc_hqx(bytes(payload), 0xFFFF))
            return b"\0" + cobs.encode(sealed) + b"\0"
    return data


def path_of_frames(data: bytes) -> tuple[str, ...]:
    """Which ways `data` takes through the decoder: what makes an input worth keeping."""
    decoder = Decoder()
    messages = decoder.feed(data + b"\0")
    return tuple(sorted({type(m).__name__ for m in messages} | set(decoder.faults)))


def path_of_lines(data: bytes) -> tuple[str, ...]:
    decoder = LineDecoder()
    answers = decoder.feed(data + b"\r\n")
    return tuple(sorted({a.name if isinstance(a, Word) else "Counts" for a in answers} | set(decoder.faults)))


NOTE = (
    "Decoded is what passed COBS, CRC, version, type and length; of frames with a right header each 65536th does by "
    "luck. Stopped: a board in mid-drive stood after it; Hello and Estop are obeyed in any session and sequence, and "
    "only stop. Moved: its wheels turned otherwise than commanded."
)
HEAD = (
    "# what a decoder makes of it (then an end of frame or line), and the bytes; grown by bench/fuzz.py --keep-corpus"
)
EDGES = [
    b"",
    b"\0" * 20,
    b"\0" + b"\x60" * 96 + b"\0",
    b"\0" + b"\x61" * 97 + b"\0",
    b"\xff" * 299,
    b"\r\n" * 20,
    b"\n",
]
LINES = [b"OK\r\n", b"Invalid Command\r\n", b"12 -345\r\n", b"2147483647 -2147483648\r\n", b"57600\r\n", b"0 0\r\n"]


def read_corpus(name: str) -> dict[str, bytes]:
    """name -> bytes, of test/data/fuzz/<name>.txt: a name and hexadecimal digits in each line."""
    path = CORPUS / f"{name}.txt"
    rows = [line.split() for line in path.read_text(encoding="ascii").splitlines() if line and line[0] != "#"]
    return {row[0]: bytes.fromhex(row[1] if len(row) > 1 else "") for row in rows}


def grow_corpus(name: str, seed: int, tries: int) -> int:
    """Adds inputs with a path of their own. Returns how many."""
    path = CORPUS / f"{name}.txt"
    known = read_corpus(name) if path.exists() else {}
    seeds, path_of = (samples(), path_of_frames) if name == "frames" else (LINES, path_of_lines)
    rng = random.Random(seed)
    paths = {path_of(data) for data in known.values()}
    rows = path.read_text(encoding="ascii").splitlines() if path.exists() else [HEAD]
    before = len(rows)
    for data in (*seeds, *EDGES, *(_offspring(name, seeds, rng) for _ in range(tries))):
        taken = path_of(data)
        if len(data) < 300 and taken not in paths and sum(step[0].isupper() for step in taken) <= 1:
            paths.add(taken)
            rows.append(f"{'+'.join(taken) or 'nothing'} {data.hex()}")
    path.write_text("\n".join(rows) + "\n", encoding="ascii")
    return len(rows) - before


def _offspring(name: str, seeds: list[bytes], rng: random.Random) -> bytes:
    data = mutant(seeds, rng)
    return resealed(data, rng) if name == "frames" and rng.random() < 0.3 else data


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bytes", type=int, default=10_000_000)
    parser.add_argument("--frames", type=int, default=1_000_000)
    parser.add_argument("--mutants", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep-corpus", action="store_true")
    parser.add_argument("--no-keep", action="store_true", help="print only")
    args = parser.parse_args()
    if args.keep_corpus:
        for name in ("frames", "lines"):
            print(f"{name}: {grow_corpus(name, args.seed, args.mutants)} new inputs in {CORPUS}")
        return
    rows = []
    rng = random.Random(args.seed)
    rows.append(against_board("bytes at random", random_bytes(args.bytes, rng)))
    rows.append(against_board("right header, the rest at random", lucky_frames(args.frames, rng)))
    for frame in samples():
        name = type(Decoder().feed(frame)[0]).__name__
        rows.append(against_board(f"each bit of a {name} flipped", bit_flips(frame)))
    of_board = samples()[5:]
    mutants = (mutant(of_board, rng) for _ in range(args.mutants))
    rows.append(against_board("frames of the board, mutated", mutants))
    rows.append(_text_lines(random_bytes(args.bytes, rng)))
    report = Report("fuzz", "Bytes that nobody meant, against the serial protocols", ["hypothesis"])
    report.text(f"Seed {args.seed}. " + NOTE)
    report.table(["input", "n", "bytes", "refused", "decoded", "stopped the board", "moved it"], rows)
    report.write(keep=not args.no_keep)


def against_board(name: str, inputs: Iterable[bytes]) -> list[str]:
    """A row of the table."""
    driving, decoder = DrivingBoard(), Decoder()
    n = size = decoded = 0
    for data in inputs:
        n, size = n + 1, size + len(data)
        decoded += len(decoder.feed(data))
        driving.take(data)
        if n % FEED_EVERY == 0:
            driving.feed()
    refused = sum(decoder.faults.values())
    return [name, f"{n}", f"{size}", f"{refused}", f"{decoded}", f"{driving.stopped}", f"{driving.moved}"]


def _text_lines(inputs: Iterator[bytes]) -> list[str]:
    """Board to host only: towards the board the text protocol has nothing that could refuse."""
    decoder = LineDecoder()
    n = size = decoded = 0
    for data in inputs:
        n, size = n + 1, size + len(data)
        decoded += len(decoder.feed(data))
    return [
        "text protocol, bytes at random as answers",
        f"{n}",
        f"{size}",
        f"{sum(decoder.faults.values())}",
        f"{decoded}",
        "-",
        "-",
    ]


if __name__ == "__main__":
    try:
        main()
    except ProtocolError as error:
        sys.exit(str(error))
