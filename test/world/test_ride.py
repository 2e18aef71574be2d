"""World against the real physics: what the robot believes and does is held against the simulator's ground truth."""

import math

import pytest
from ride import Ride

from moe_robot.config import load_config
from moe_robot.sim.worlds import load_world
from moe_robot.structs import Pose, Status, Velocity
from moe_robot.world.localizer import LOST_STD_M


def visit(ride, stand):
    tick = ride.go(stand.x_m, stand.y_m, stand.yaw_rad)
    truth = ride.sim.pose()
    assert tick.status is Status.SUCCESS, (stand, tick)
    assert math.hypot(truth.x_m - stand.x_m, truth.y_m - stand.y_m) < 0.12
    assert abs(math.remainder(truth.yaw_rad - stand.yaw_rad, 2 * math.pi)) < math.radians(5)


@pytest.mark.parametrize("name", ["flat", "random:3"])
def test_drives_to_all_rooms_and_back_to_the_charger_without_touching_anything(name):
    ride = Ride(load_world(name, 1), load_config(), seed=1)
    for room in ride.world.home.rooms.values():
        visit(ride, room.stand)
    dock = ride.world.home.places["dock"].pose
    ride.go(dock.x_m, dock.y_m, dock.yaw_rad, 0.05)
    assert ride.sim.charging
    assert ride.sim.truth(look=False).hits == ()
    assert max(ride.errors_m) < 0.1
    assert math.degrees(max(ride.turns_rad)) < 5.0


def test_holds_its_place_with_wheels_that_slip_badly():
    ride = Ride(load_world("flat", 1), load_config(overrides={"sim.wheel_slip": 0.15}), seed=2)
    for room in ("bedroom", "living_room"):
        visit(ride, ride.world.home.rooms[room].stand)
    assert ride.sim.truth(look=False).hits == ()
    assert max(ride.errors_m) < 0.1


def test_carried_to_another_room_it_finds_itself_and_drives_on():
    ride = Ride(load_world("flat", 1), load_config(), seed=3)
    for _ in range(50):
        ride.step(Velocity())
    ride.sim.set_robot(Pose(2.6, 1.8, 1.0))
    worst = 0.0
    for _ in range(250):
        ride.step(Velocity())
        worst = max(worst, ride.localizer.estimate(ride.now_s)[1])
    assert worst > LOST_STD_M
    ride.errors_m.clear()
    visit(ride, ride.world.home.rooms["hall"].stand)
    assert max(ride.errors_m) < 0.1


def test_goes_around_a_person_who_steps_into_the_corridor():
    ride = Ride(load_world("flat", 1), load_config(), seed=4)
    person = next(iter(ride.world.scene.people))
    steps = [0]
    step = ride.step

    def with_person(wish):
        steps[0] += 1
        if steps[0] == 250:
            ride.sim.set_person(person, 6.3, 3.95, 0.0)
        step(wish)

    ride.step = with_person
    visit(ride, Pose(1.0, 3.9, math.pi))
    assert ride.sim.truth(look=False).hits == ()
