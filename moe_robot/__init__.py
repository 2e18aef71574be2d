"""moe_robot: an on-board brain for ROS 2 robots. Read `brain.py` first, then `structs.py`."""

__version__ = "0.1.0"
