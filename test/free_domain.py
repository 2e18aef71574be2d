"""A ROS domain that nobody on this machine uses: several test runs at once must not hear each other."""

from __future__ import annotations

import os
import socket

DOMAINS = range(1, 101)  # their ports lie below those that Linux gives to clients
# Of the RTPS specification: domain 0, the next domain, the first participant's own port, the next participant's.
FIRST_PORT, PORTS_A_DOMAIN, OWN_PORT, PORTS_A_PARTICIPANT = 7400, 250, 10, 2
PARTICIPANTS = 20  # that are looked for: early ones of a robot may have ended


def free_domain() -> int:
    """The first one, from a start that depends on this process, in which no participant listens."""
    for step in range(len(DOMAINS)):
        domain = DOMAINS[(os.getpid() * 7 + step) % len(DOMAINS)]
        first = FIRST_PORT + PORTS_A_DOMAIN * domain + OWN_PORT
        if all(_is_free(first + PORTS_A_PARTICIPANT * participant) for participant in range(PARTICIPANTS)):
            return domain
    raise RuntimeError("expected a free ROS domain from 1 to 100, found all of them in use; end other ROS programs")


def _is_free(udp_port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("", udp_port))
        except OSError:
            return False
    return True
