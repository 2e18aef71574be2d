"""The host's end of the text protocol (`text_wire.py`), pure: bytes and the time in, bytes and a state out.

    CLOSED --opened--> GREETING --wait for the bootloader, stop, e, gains, r, e = 0 0--> UP
                          ^------------- silence, no OK, counts that jumped -------------'

Such a board promises little (`CAVEATS`), so the host does here what it can:

- every set point is repeated with each call, 50 times a second: a command that was damaged on its way lives one period;
- each is followed by `e`: a lost end of line then spoils a question and not a set point;
- no more than the board's receive buffer holds is ever under way: more would be cut and spliced into other commands;
- it must answer OK, and count: silence of either ends the link, and the link begins disarmed with counters at zero;
- counts that no wheel could have turned are not believed; when they go on, or stand near zero, the board began anew;
- arming and the e-stop are the host's own: nothing but `m 0 0` leaves until the board has taken one of them, and an
  e-stop counts as taken by the board when it has answered and the wheels stand.

Knows no ports, threads or body velocities.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from typing import NamedTuple

from moe_robot.hardware import text_wire
from moe_robot.hardware.link import Phase
from moe_robot.hardware.text_wheels import CountTrack, TextBoard, WholeTicks
from moe_robot.hardware.text_wire import Answer, Counts, LineDecoder, Word
from moe_robot.structs import BaseState, Battery, Link, SafetyMode

CAVEATS = (
    "no CRC: a damaged number may become a wrong command, for one period",
    "stops by itself only 2 s after the last command",
    "no e-stop latch and no button of its own: its e-stop is emulated by the host",
    "does not arm or disarm: a program that opens the port can drive",
    "tells no battery, currents, temperature, IMU or limits",
)
BOARD_BUFFER_BYTES = 60  # of the 64 that an Arduino's UART holds; more is lost there
ANSWER_S = 0.25  # until a question of the greeting is asked again
FORGET_S = 0.15  # an answer that did not come until then was lost
JUMPS_UNTIL_LOST = 3
REFUSALS_OF_A_STRANGER = 3  # to one attempt: an end of line alone is refused by every board, `m` and `e` are not
_UNKNOWN_BATTERY = Battery(math.nan, math.nan, math.nan, False)


class _Asked(NamedTuple):
    command: bytes
    now_s: float
    mode_no: int


class TextLink:
    def __init__(self, link_timeout_s: float, board: TextBoard) -> None:
        self.phase = Phase.CLOSED
        self.counters: Counter[str] = Counter()
        self._board = board
        self._timeout_s = link_timeout_s
        self._decoder = LineDecoder()
        self._mode = SafetyMode.DISARMED
        self._session = 0
        self._fault = ""
        self._tail = b""  # of a command that the line took in part: it goes first
        self._asked: deque[_Asked] = deque()  # not answered yet
        self._track = CountTrack(board)
        self._ticks = WholeTicks(board)
        self._sent_radps = (0.0, 0.0)
        self._mode_no = 0  # counts changes of the mode
        self._zero_taken = False  # the board has answered a zero that was sent after the last of them
        self._estop_id = 0
        self._sets = 0  # set points that were sent, modulo 65536
        self._acked = 0
        self._jumps = 0
        self._round_trip_s = math.nan
        self._polled_s = -math.inf
        self._awake_s = 0.0  # time that counts for timeouts, see _poll
        self._counted_awake_s = 0.0  # of it: the last answer to `e`
        self._ok_awake_s = 0.0  # and the last OK
        self._opened_s: float | None = None  # None = nothing was sent since
        self._booted = False
        self._refusals = 0  # of this attempt to greet
        self._steps: list[bytes] = []  # of the greeting, the current one first

    # ---- the port

    def opened(self) -> None:
        """The port is open, which has reset most boards: nothing is sent until the bootloader is done."""
        self._decoder.clear()
        self._tail = b""
        self._greet_anew()
        self._opened_s, self._booted = None, False
        self._fault = f"the board is starting: nothing is sent for {self._board.boot_s:g} s after opening the port"

    def closed(self) -> None:
        self._decoder.clear()
        self._tail = b""
        self._end_session()
        self._fault = ""
        self.phase = Phase.CLOSED

    def unsent(self, rest: bytes) -> None:
        """The line did not take these bytes. The half command goes first next time: it would swallow the next one."""
        self.counters["skipped_set_points"] += 1
        self._tail = rest[: rest.find(text_wire.END) + 1]

    # ---- host -> board

    def set_mode(self, mode: SafetyMode) -> None:
        if mode is not self._mode:
            self._zero_taken, self._mode_no = False, self._mode_no + 1
            self._estop_id = (self._estop_id + (mode is SafetyMode.ESTOP)) & 0xFFFF
        self._mode = mode

    def stream(self, left_radps: float, right_radps: float, now_s: float) -> tuple[bytes, float, float]:
        """Bytes to write now, and the wheel speeds that they carry in the mean of some tenths of a second: a set point
        is whole ticks, what is between two of them alternates. Not finite = zero, counted."""
        self._poll(now_s)
        if self.phase is Phase.CLOSED:
            return b"", 0.0, 0.0
        tail, self._tail = self._tail, b""
        if self.phase is not Phase.UP:
            return tail + self._greeting(now_s), 0.0, 0.0
        left, right = self._allowed(left_radps, right_radps)
        told = self._ticks.told
        ticks = self._ticks.next(left, right, now_s)
        stops = ticks == (0, 0) != told
        command = text_wire.speeds(*ticks)
        if self._unanswered_bytes(now_s) + len(command) > BOARD_BUFFER_BYTES and not stops:
            self.counters["held_back"] += 1
            return tail, *self._sent_radps
        self._ask(command, now_s)
        self._sent_radps = (left, right)
        self._sets = (self._sets + 1) & 0xFFFF
        question = b""
        if self._unanswered_bytes(now_s) + len(text_wire.READ) <= BOARD_BUFFER_BYTES:
            question = text_wire.READ
            self._ask(question, now_s)
        return tail + command + question, left, right

    def farewell(self) -> bytes:
        """What is sent on every way out: zeros, three times since a line may get lost."""
        if self.phase is Phase.CLOSED:
            return b""
        tail, self._tail = self._tail, b""
        return tail + text_wire.END + text_wire.STOP * 3

    # ---- board -> host

    def receive(self, data: bytes, now_s: float) -> None:
        for answer in self._decoder.feed(data):
            if self.phase is Phase.UP:
                self._on_answer(answer, now_s)
            elif self.phase is Phase.GREETING:
                self._on_greeting(answer, now_s)

    def state(self, now_s: float) -> BaseState:
        """What is known. Armed and e-stop are the host's own, once the board has answered a zero."""
        self._poll(now_s)
        up = self.phase is Phase.UP
        counts = self._track.latest or Counts(0, 0)
        speeds = self._track.speeds_radps() if up else (0.0, 0.0)
        return BaseState(
            link=Link.UP if up else Link.LOST,
            left_ticks=counts.left,
            right_ticks=counts.right,
            left_radps=speeds[0],
            right_radps=speeds[1],
            battery=_UNKNOWN_BATTERY,
            imu=None,
            board_estop=up and self._mode is SafetyMode.ESTOP and self._zero_taken and self._track.stands(),
            board_armed=up and self._mode is SafetyMode.ARMED and self._zero_taken,
            acked_seq=self._acked,
            received_s=self._track.latest_s,
            round_trip_s=self._round_trip_s,
            session=self._session,
            board_estop_id=self._estop_id,
            counters={**self.counters, **{f"host_{name}": n for name, n in self._decoder.faults.items()}},
            max_wheel_radps=self._board.max_wheel_radps,
            fault=self._fault,
            caveats=CAVEATS,
        )

    @property
    def last_fault(self) -> str:
        """The latest refused line, in words, "" when there was none."""
        return self._decoder.last_fault

    # ---- the greeting

    def _greeting(self, now_s: float) -> bytes:
        """One question at a time; each attempt begins with an end of line, for whatever stood half written."""
        if self._opened_s is None:  # a board that opening did not reset may be driving still
            self._opened_s = now_s
            return text_wire.END + text_wire.STOP
        if not self._booted and now_s - self._opened_s < self._board.boot_s:
            return b""
        if self._asked and now_s - self._asked[0].now_s < ANSWER_S:
            return b""
        if self._asked:  # nobody answered: from the beginning
            self._steps, self._refusals = self._first_steps(), 0
            if not self._fault.startswith("refused"):
                self._fault = self._why_silent()
        data = text_wire.END + text_wire.STOP if len(self._steps) == len(self._first_steps()) else b""
        self._asked.clear()
        self._ask(self._steps[0], now_s)
        return data + self._steps[0]

    def _on_greeting(self, answer: Answer, now_s: float) -> None:
        """`e` brings question and answer together: whatever was answered before it is an OK or a refusal."""
        self._booted = True  # a bootloader does not speak this
        if not self._asked:
            return
        step = self._asked[0].command
        if answer is Word.INVALID:
            self.counters["invalid_command"] += 1
            self._refusals += 1
            if len(self._steps) < len(self._first_steps()) or self._refusals >= REFUSALS_OF_A_STRANGER:
                self._refused(step)
        elif step != text_wire.READ and answer is Word.OK:
            self._step_done(None, now_s)
        elif step == text_wire.READ and isinstance(answer, Counts):
            if len(self._steps) == 1 and not self._track.is_fresh(answer):
                self._steps = self._first_steps()  # the reset did not reach it
            else:
                self._step_done(answer, now_s)

    def _step_done(self, counts: Counts | None, now_s: float) -> None:
        self._asked.clear()
        self._steps.pop(0)
        if self._steps:
            return
        assert counts is not None
        self.phase, self._fault = Phase.UP, ""
        self.counters["greetings"] += 1
        self._session = self._session % 0xFFFF + 1
        self._track.believe(counts, now_s)
        self._counted_awake_s = self._ok_awake_s = self._awake_s

    def _refused(self, step: bytes) -> None:
        self.counters["refused_boards"] += 1
        hint = "hardware.text_pid must suit it, or be empty"
        if step == text_wire.READ:
            hint = "flash its firmware with the base controller (USE_BASE) compiled in"
        self._fault = f"refused: the board answers 'Invalid Command' to {step.decode('ascii').strip()!r}; {hint}"
        self._steps, self._refusals = self._first_steps(), 0

    def _first_steps(self) -> list[bytes]:
        own = [text_wire.gains(*self._board.gains)] if self._board.gains is not None else []
        return [text_wire.READ, *own, text_wire.RESET, text_wire.READ]

    def _why_silent(self) -> str:
        if self._decoder.faults:
            return f"no answer that can be read, only other bytes: is the baud rate right? ({self._decoder.last_fault})"
        return "the board does not answer: is it powered, is this its port, is its firmware ros_arduino_bridge?"

    # ---- answers

    def _on_answer(self, answer: Answer, now_s: float) -> None:
        if isinstance(answer, Counts):
            self._on_counts(answer, now_s)
        elif answer is Word.OK:
            self._on_ok()
        else:
            self.counters["invalid_command"] += 1  # something was damaged on its way; which, nobody can tell
            if self._asked:
                self._asked.popleft()

    def _on_ok(self) -> None:
        while self._asked:
            asked = self._asked.popleft()
            if asked.command != text_wire.READ:
                self._ok_awake_s = self._awake_s
                self._acked = (self._sets - sum(a.command != text_wire.READ for a in self._asked)) & 0xFFFF
                self._zero_taken = self._zero_taken or asked.mode_no == self._mode_no
                return
            self.counters["lost_answers"] += 1
        self.counters["unexpected_ok"] += 1

    def _on_counts(self, counts: Counts, now_s: float) -> None:
        asked = None
        while self._asked and asked is None:
            first = self._asked.popleft()
            if first.command == text_wire.READ:
                asked = first
            else:
                self.counters["lost_answers"] += 1
        if asked is None:
            self.counters["unexpected_counts"] += 1
            return
        if self._track.is_possible(counts, now_s):
            self._jumps = 0
            self._round_trip_s = now_s - asked.now_s
            self._counted_awake_s = self._awake_s
            self._track.believe(counts, now_s)
            return
        self._jumps += 1
        self.counters["impossible_counts"] += 1
        if self._track.is_fresh(counts):
            self.counters["board_restarts"] += 1
            self._greet_anew()
        elif self._jumps >= JUMPS_UNTIL_LOST:
            self._lose("jump")

    # ---- parts

    def _allowed(self, left_radps: float, right_radps: float) -> tuple[float, float]:
        """Zero unless armed and the board has taken a zero; beyond the limit both are scaled, which keeps the path."""
        if not (math.isfinite(left_radps) and math.isfinite(right_radps)):
            self.counters["not_finite"] += 1
            return 0.0, 0.0
        if self._mode is not SafetyMode.ARMED or not self._zero_taken:
            return 0.0, 0.0
        fastest = max(abs(left_radps), abs(right_radps))
        scale = min(1.0, self._board.max_wheel_radps / fastest) if fastest > 0.0 else 1.0
        return left_radps * scale, right_radps * scale

    def _ask(self, command: bytes, now_s: float) -> None:
        self._asked.append(_Asked(command, now_s, self._mode_no))

    def _unanswered_bytes(self, now_s: float) -> int:
        return sum(len(asked.command) for asked in self._asked if now_s - asked.now_s < FORGET_S)

    def _poll(self, now_s: float) -> None:
        """Timeouts. A long gap between two calls counts little: a host that slept must not blame the board."""
        self._awake_s += min(max(now_s - self._polled_s, 0.0), self._timeout_s / 4)
        self._polled_s = now_s
        if self.phase is not Phase.UP:
            return
        if self._awake_s - self._counted_awake_s > self._timeout_s:
            self._lose("silence")
        elif self._awake_s - self._ok_awake_s > self._timeout_s:
            self._lose("no_ack")

    def _lose(self, why: str) -> None:
        self.counters[f"lost_by_{why}"] += 1
        self._greet_anew()

    def _greet_anew(self) -> None:
        self._end_session()
        self._steps = self._first_steps()
        self.phase = Phase.GREETING

    def _end_session(self) -> None:
        """An e-stop outlives the link; being armed does not."""
        if self._mode is SafetyMode.ARMED:
            self._mode = SafetyMode.DISARMED
        self._asked.clear()
        self._track.clear()
        self._ticks.stop()
        self._sent_radps = (0.0, 0.0)
        self._zero_taken, self._jumps, self._refusals = False, 0, 0
        self._mode_no += 1
