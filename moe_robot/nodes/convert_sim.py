"""The simulator's ground truth to a message and back. For the sim node, judges and pictures: no node of the robot."""

from __future__ import annotations

from moe_robot.nodes.convert import seconds, stamp
from moe_robot.sim.truth import Collision, TrueObject, TruePerson, Truth, Visible
from moe_robot.structs import Pose, Velocity
from moe_robot_interfaces import msg


def truth_to_msg(truth: Truth, now_s: float) -> msg.Truth:
    """`now_s`: the graph's clock at that moment."""
    seen = {v.id: v for v in truth.visible}
    things = [
        msg.TruthThing(
            id=o.id, kind=o.kind, color=o.color, x_m=o.x_m, y_m=o.y_m, z_m=o.z_m, yaw_rad=o.yaw_rad, room=o.room
        )
        for o in truth.objects
    ] + [
        msg.TruthThing(id=p.id, kind="person", color=p.clothing, x_m=p.x_m, y_m=p.y_m, yaw_rad=p.yaw_rad, room=p.room)
        for p in truth.people
    ]
    for thing in things:
        if visible := seen.get(thing.id):
            thing.visible, thing.pixels, thing.distance_m = True, visible.pixels, float(visible.distance_m)
            thing.bbox_px = [int(v) for v in visible.bbox_px]
    m = msg.Truth(
        t_s=truth.t_s,
        x_m=truth.pose.x_m,
        y_m=truth.pose.y_m,
        yaw_rad=truth.pose.yaw_rad,
        linear_mps=truth.velocity.linear_mps,
        angular_radps=truth.velocity.angular_radps,
        room=truth.room,
        hits=[msg.Collision(t_s=h.t_s, what=h.what, speed_mps=h.speed_mps) for h in truth.hits],
        charging=truth.charging,
        battery_percent=truth.battery_percent,
        tilt_rad=truth.tilt_rad,
        things=things,
    )
    m.header.stamp, m.header.frame_id = stamp(now_s), "map"
    return m


def truth_from_msg(m: msg.Truth) -> Truth:
    """Times are moved from the simulation's clock to the graph's, as all that the robot publishes."""
    t_s = seconds(m.header.stamp)
    offset_s = t_s - m.t_s
    visible = []
    for t in m.things:
        if t.visible:
            x, y, width, height = map(int, t.bbox_px)
            visible.append(Visible(t.id, t.kind, t.color, t.pixels, (x, y, width, height), t.distance_m, t.room))
    return Truth(
        t_s=t_s,
        pose=Pose(m.x_m, m.y_m, m.yaw_rad),
        velocity=Velocity(m.linear_mps, m.angular_radps),
        room=m.room,
        collisions=len(m.hits),
        hits=tuple(Collision(h.t_s + offset_s, h.what, h.speed_mps) for h in m.hits),
        objects=tuple(
            TrueObject(t.id, t.kind, t.color, t.x_m, t.y_m, t.z_m, t.yaw_rad, t.room)
            for t in m.things
            if t.kind != "person"
        ),
        people=tuple(
            TruePerson(t.id, t.color, t.x_m, t.y_m, t.yaw_rad, t.room) for t in m.things if t.kind == "person"
        ),
        visible=tuple(sorted(visible, key=lambda v: v.distance_m)),
        charging=m.charging,
        battery_percent=m.battery_percent,
        tilt_rad=m.tilt_rad,
    )
