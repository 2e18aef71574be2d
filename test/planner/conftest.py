"""The stage of the skills is the stage of the planner, too."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "skills"))
