"""moe_robot: an on-board brain for ROS 2 robots. Read `brain.py` first, then `structs.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from moe_robot.client import Answer, MoEClient

__all__ = ["Answer", "MoEClient", "__version__"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """`MoEClient` and `Answer`, loaded when they are asked for: the motor process imports this package too."""
    if name in ("Answer", "MoEClient"):
        from moe_robot import client

        return getattr(client, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
