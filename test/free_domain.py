"""A ROS domain that nobody on this machine uses: several test runs at once must not hear each other."""

from __future__ import annotations

import os
import socket

DOMAINS = range(1, 101)  # their ports lie below those that Linux gives to clients
DISCOVERY_PORT, PORTS_A_DOMAIN = 7400, 250  # of the RTPS specification: domain 0, and from one domain to the next


def free_domain() -> int:
    """The first one, from a start that depends on this process, on whose discovery port nothing listens."""
    for step in range(len(DOMAINS)):
        domain = DOMAINS[(os.getpid() * 7 + step) % len(DOMAINS)]
        if _is_free(DISCOVERY_PORT + PORTS_A_DOMAIN * domain):
            return domain
    raise RuntimeError("expected a free ROS domain from 1 to 100, found all of them in use; end other ROS programs")


def _is_free(udp_port: int) -> bool:
    """DDS shares its ports among processes; without that wish the port can be had only when nobody has it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("", udp_port))
        except OSError:
            return False
    return True
