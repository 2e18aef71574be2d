"""Draws the pictures of the documents: `.venv/bin/python docs/images/draw.py`, about a minute.

The maps come from the worlds, the run from the whole robot in simulated time (`moe_robot/lockstep.py`), seed 1.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from moe_robot.config import load_config
from moe_robot.lockstep import CommandRun, LockstepRobot
from moe_robot.sim.map_picture import draw_map
from moe_robot.sim.pictures import draw_camera
from moe_robot.sim.worlds import load_world
from moe_robot.structs import LANGUAGES, Language

HERE = Path(__file__).parent
MAX_BYTES = 300_000
COMMANDS: dict[Language, str] = {
    "ru": "поезжай на кухню и найди красный куб",
    "en": "go to the kitchen and find the red cube",
}


def save(image: Image.Image, name: str) -> None:
    """Raises ValueError: too big for a document."""
    path = HERE / f"{name}.png"
    image.save(path, optimize=True)
    if path.stat().st_size > MAX_BYTES:
        raise ValueError(f"{path} has {path.stat().st_size} bytes, at most {MAX_BYTES} are wanted")


def draw_run(language: Language) -> None:
    """One command driven from the dock: the map with the path and what was seen, and the camera's view at its end."""
    world = load_world("flat")
    robot = LockstepRobot(load_config(), world, seed=1)
    if missing := robot.settle():
        raise RuntimeError(f"the robot is not ready: {missing}")
    start_s = robot.now_s
    run: CommandRun = robot.command(COMMANDS[language], language)
    if run.outcome != "done":
        raise RuntimeError(f"'{COMMANDS[language]}' ended with {run.outcome}: {' '.join(run.texts)}")
    believed = robot.agent.world.snapshot(robot.now_s)
    path = [(truth.t_s - start_s, truth.pose.x_m, truth.pose.y_m) for truth in run.trace]
    drawn = draw_map(
        world.home, path, believed.sightings, run.after, language, believed.pose, caption=COMMANDS[language]
    )
    save(drawn, f"run_{language}")
    frame = robot.sim.camera()
    found = robot.detector.detect(frame, believed.pose)
    save(draw_camera(frame, found, world.home, language, COMMANDS[language], smooth=True), f"camera_{language}")
    robot.close()


def main() -> None:
    save(draw_map(load_world("flat").home), "flat_en")
    save(draw_map(load_world("random:7").home, width_px=800), "random_7_en")
    for language in LANGUAGES:
        draw_run(language)


if __name__ == "__main__":
    main()
