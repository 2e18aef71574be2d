"""What holds for every test."""

from __future__ import annotations

import signal

# Started in the background by a shell, this process was told to ignore Ctrl-C, and would hand that on to each process
# that a test starts: none of them could be interrupted then.
signal.signal(signal.SIGINT, signal.default_int_handler)
