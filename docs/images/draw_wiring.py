"""Draws the wiring of the motor board: `.venv/bin/python docs/images/draw_wiring.py`. Pins are those of avr/pins.h."""

from __future__ import annotations

import re
from pathlib import Path

from moe_robot.sim.canvas import Box, Canvas, Color

HERE = Path(__file__).parent
PINS_H = HERE.parents[1] / "firmware" / "avr" / "pins.h"
WHITE, INK, GREY, PALE = (255, 255, 255), (30, 34, 40), (120, 126, 134), (242, 244, 247)
BOARD, DRIVER, PART = (0, 104, 122), (60, 66, 76), (228, 233, 240)
BLUE, ORANGE, GREEN, RED, VIOLET, BROWN = (
    (30, 98, 200),
    (222, 120, 20),
    (28, 140, 70),
    (200, 30, 40),
    (130, 60, 170),
    (120, 82, 50),
)
WIDTH, HEIGHT = 1240, 900
BOARD_BOX = Box(440, 70, 640, 720)
DRIVER_BOX = Box(860, 70, 1000, 640)


def arduino_pins() -> dict[str, str]:
    """Name of the signal -> pin of the Arduino, from the comments of pins.h."""
    text = PINS_H.read_text(encoding="utf-8")
    return dict(re.findall(r"#define (\w+) \w+\s*/\* ([AD]\d+)", text))


class Drawing:
    def __init__(self) -> None:
        self.canvas = Canvas(WIDTH, HEIGHT, WHITE)
        self.pins = arduino_pins()

    def part(self, box: Box, title: str, lines: list[str], fill: Color = PART, ink: Color = INK) -> None:
        self.canvas.rectangle(box, fill, GREY, 1.5, radius=8)
        middle = (box.x0 + box.x1) / 2
        self.canvas.text(title, (middle, box.y0 + 10), 17, ink, 700, "mt")
        for i, line in enumerate(lines):
            self.canvas.text(line, (middle, box.y0 + 34 + 19 * i), 14, ink, 400, "mt")

    def pin(self, signal: str, y: float, side: str) -> None:
        """A pin of the board, with its name inside."""
        x = BOARD_BOX.x0 if side == "l" else BOARD_BOX.x1
        self.canvas.rectangle(Box(x - 7, y - 7, x + 7, y + 7), (235, 200, 90), INK, 1)
        inside = x + 14 if side == "l" else x - 14
        self.canvas.text(self.pins.get(signal, signal), (inside, y), 16, WHITE, 700, f"{side}m")

    def wire(self, points: list[tuple[float, float]], color: Color, label: str = "", width: float = 3.0) -> None:
        self.canvas.line(points, color, width)
        if label:
            (x0, y0), (x1, _) = points[0], points[1]
            self.canvas.text(label, ((x0 + x1) / 2, y0 - 9), 13, color, 400, "mm")

    def to_driver(self, signal: str, y: float, name: str, color: Color, label: str) -> None:
        self.pin(signal, y, "r")
        self.wire([(BOARD_BOX.x1 + 7, y), (DRIVER_BOX.x0, y)], color, label)
        self.canvas.text(name, (DRIVER_BOX.x0 + 10, y), 15, WHITE, 700, "lm")

    def from_part(self, signal: str, y: float, x: float, color: Color, label: str) -> None:
        self.pin(signal, y, "l")
        self.wire([(x, y), (BOARD_BOX.x0 - 7, y)], color, label)


def draw() -> Canvas:
    d = Drawing()
    c = d.canvas
    c.text("Motor board: Arduino Uno or Nano, two motors with encoders", (WIDTH / 2, 14), 22, INK, 700, "mt")
    c.rectangle(BOARD_BOX, BOARD, INK, 2, radius=10)
    c.text("Arduino", (540, 82), 18, WHITE, 700, "mt")
    c.text("Uno / Nano", (540, 104), 14, WHITE, 400, "mt")
    c.rectangle(DRIVER_BOX, DRIVER, INK, 2, radius=10)
    c.text("motor driver", (930, 82), 18, WHITE, 700, "mt")
    c.text("L298N / TB6612", (930, 104), 14, WHITE, 400, "mt")

    d.part(Box(40, 80, 240, 140), "computer", ["the robot's brain"])
    d.wire([(240, 112), (BOARD_BOX.x0, 112)], INK, "USB cable: 5 V, 115200 bit/s", 5)
    d.part(Box(40, 170, 240, 258), "e-stop, contact 1", ["normally closed:", "open = stop"], (250, 222, 222))
    d.from_part("ESTOP", 200, 240, RED, "")
    d.from_part("GND", 232, 240, INK, "")
    d.part(Box(40, 285, 240, 385), "left encoder", ["A, B; 5 V and GND", "from the board"])
    d.from_part("ENCODER_LEFT_A", 318, 240, BLUE, "A")
    d.from_part("ENCODER_LEFT_B", 354, 240, BLUE, "B")
    d.part(Box(40, 405, 240, 505), "right encoder", ["A, B; 5 V and GND", "from the board"])
    d.from_part("ENCODER_RIGHT_A", 438, 240, ORANGE, "A")
    d.from_part("ENCODER_RIGHT_B", 474, 240, ORANGE, "B")
    d.part(Box(40, 540, 240, 650), "battery divider", ["30k from the battery,", "10k to GND, 100 nF", "over the 10k"])
    d.from_part("ADC_BATTERY", 580, 240, VIOLET, "")
    d.from_part("GND", 620, 240, INK, "")
    d.from_part("5V", 680, 330, BROWN, "")
    c.text("to both encoders", (322, 680), 14, BROWN, 400, "rm")

    d.to_driver("LEFT_IN1", 160, "IN1", BLUE, "direction")
    d.to_driver("LEFT_IN2", 196, "IN2", BLUE, "direction")
    d.to_driver("LEFT_PWM", 232, "ENA", BLUE, "PWM 20 kHz")
    d.to_driver("RIGHT_IN1", 286, "IN3", ORANGE, "direction")
    d.to_driver("RIGHT_IN2", 322, "IN4", ORANGE, "direction")
    d.to_driver("RIGHT_PWM", 358, "ENB", ORANGE, "PWM 20 kHz")
    d.to_driver("STANDBY", 412, "STBY", GREEN, "enable (TB6612; else free)")
    d.to_driver("DRIVER_FAULT", 448, "FAULT", RED, "low = fault (else free)")
    d.to_driver("ADC_LEFT_CURRENT", 502, "SENSE A", VIOLET, "1k + 1 uF to GND")
    d.to_driver("ADC_RIGHT_CURRENT", 538, "SENSE B", VIOLET, "1k + 1 uF to GND")
    d.to_driver("GND", 592, "GND", INK, "one common ground")
    c.text("10k from ENA, ENB and STBY to GND:", (660, 660), 14, GREEN, 700, "lm")
    c.text("motors off while the board resets", (660, 680), 14, GREEN, 700, "lm")

    for y, name, color in ((150, "left motor", BLUE), (290, "right motor", ORANGE)):
        c.dot((1140, y + 50), 46, PART, color, 4)
        c.text("M", (1140, y + 50), 30, color, 700, "mm")
        c.text(name, (1140, y + 108), 15, INK, 700, "mm")
        d.wire([(DRIVER_BOX.x1, y + 36), (1096, y + 36)], color)
        d.wire([(DRIVER_BOX.x1, y + 64), (1096, y + 64)], color)

    d.part(Box(40, 770, 240, 850), "battery, 3S", ["9.9 to 12.6 V", "minus: common ground"], (250, 240, 214))
    d.part(Box(330, 785, 450, 835), "fuse", [])
    d.part(Box(560, 770, 780, 850), "e-stop, contact 2", ["cuts the motors' power"], (250, 222, 222))
    d.wire([(240, 810), (330, 810)], RED, "", 5)
    d.wire([(450, 810), (560, 810)], RED, "", 5)
    d.wire([(780, 810), (930, 810), (930, 640)], RED, "", 5)
    c.text("VM", (930, 622), 15, WHITE, 700, "mm")
    d.wire([(280, 810), (280, 700), (140, 700), (140, 650)], VIOLET)
    c.text(
        "Contact 2 works without any software. The firmware's input (contact 1) tells the robot why.",
        (620, 878),
        15,
        INK,
        700,
        "mm",
    )
    return c


if __name__ == "__main__":
    draw().image().save(HERE / "wiring.png", optimize=True)
