"""Pictures show what they are given; people look at them, so the tests only hold their structure."""

import numpy as np
import pytest
from PIL import Image

from moe_robot.config import load_config
from moe_robot.robot_model import load_robot_model
from moe_robot.sim.canvas import Canvas, text_size
from moe_robot.sim.map_picture import MapPainter, draw_map
from moe_robot.sim.physics import Simulation
from moe_robot.sim.pictures import draw_camera, side_by_side, write_gif
from moe_robot.sim.worlds import load_world
from moe_robot.structs import Detection, Sighting

FLAT = load_world("flat")
PATH = [(float(k), 9.4 - 0.1 * k, 3.8) for k in range(30)]
BALL = Sighting(1, "ball", "blue", "", 5.2, 6.6, "living_room", 0.9, 3, 0.0, 1.0)


def test_russian_letters_are_drawn_not_boxes():
    def ink(text: str) -> np.ndarray:
        canvas = Canvas(160, 40, (255, 255, 255))
        canvas.text(text, (5, 5), 20, (0, 0, 0))
        return np.asarray(canvas.image().convert("L"))

    assert not np.array_equal(ink("кухня"), ink("кухмя"))
    assert text_size("шшш", 20)[0] > text_size("ггг", 20)[0]


def test_the_map_has_the_path_the_robot_and_what_was_seen():
    empty = np.asarray(draw_map(FLAT.home, language="ru")).astype(int)
    full = np.asarray(draw_map(FLAT.home, PATH, [BALL], language="ru")).astype(int)
    changed = np.abs(full - empty).sum(axis=2) > 60
    painter = MapPainter(FLAT.home, "ru")
    for x, y in ((9.0, 3.8), (6.5, 3.8), (5.2, 6.6)):
        u, v = painter._px(x, y)
        assert changed[round(v), round(u)], (x, y)
    assert changed.mean() < 0.05


def test_true_things_are_outlines_only_when_truth_is_given():
    sim = Simulation(FLAT, load_robot_model(), load_config().sim, 1)
    with_truth = np.asarray(draw_map(FLAT.home, truth=sim.truth(look=False)))
    without = np.asarray(draw_map(FLAT.home))
    assert not np.array_equal(with_truth, without)


@pytest.mark.parametrize("world", ["random:4", "cottage"])
def test_any_home_fits_the_page(world):
    image = draw_map(load_world(world).home, language="en", width_px=700)
    assert image.width == 700
    assert 200 < image.height < 1400


def test_an_unknown_kind_is_drawn_too():
    odd = Sighting(1, "toaster", "", "", 5.0, 6.0, "living_room", 0.9, 1, 0.0, 0.0)
    assert draw_map(FLAT.home, PATH, [odd]).width == 1000


def test_the_camera_view_is_doubled_and_boxed():
    sim = Simulation(FLAT, load_robot_model(), load_config().sim, 1)
    frame = sim.camera()
    box = Detection("ball", "blue", "", 0.9, (100, 100, 40, 40), 1.5, 0.0, None, 0.0)
    person = Detection("person", "green", "anna", 0.9, (200, 0, 60, 200), float("nan"), 0.0, None, 0.0)
    image = draw_camera(frame, [box, person], FLAT.home, "ru", caption="нашёл синий мяч")
    plain = draw_camera(frame)
    assert plain.size == (640, 480)
    assert image.size == (640, 506)
    assert np.abs(np.asarray(image).astype(int)[198, 200:280] - np.asarray(plain)[198, 200:280]).max() > 40


def test_a_gif_stays_below_its_limit_and_keeps_its_last_frame(tmp_path):
    painter = MapPainter(FLAT.home, "en", 500)
    sim = Simulation(FLAT, load_robot_model(), load_config().sim, 1)
    view = draw_camera(sim.camera(), zoom=1)
    frames = [side_by_side(painter.draw(PATH[: k + 1]), view, 240) for k in range(0, 30, 3)]
    path = tmp_path / "run.gif"
    size = write_gif(path, frames, max_bytes=60_000)
    assert path.stat().st_size == size <= 60_000
    with Image.open(path) as gif:
        assert gif.n_frames >= 2
    with pytest.raises(ValueError, match="frame"):
        write_gif(path, [])
