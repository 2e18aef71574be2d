#include "control.h"

#define STANDING_US 200000L /* without an edge for this long a wheel stands */
#define SHORTEST_US (CONTROL_MS * 500L) /* between two edges that are compared: they are not evenly spaced, and a wheel
                                           that comes to rest on one may cross it to and fro */
#define SLOWING_MRADPS 1000 /* faster than told by this much: the set point has fallen */
#define Q16(value) ((int32_t)((value)*65536.0))

/* mrad/s of one tick a microsecond; the constant is folded by the compiler */
#define MRADPS_TICK_US ((int32_t)(2.0e9 * 3.14159265358979 / TICKS_PER_REV))
#define MOST_TICKS (INT32_MAX / MRADPS_TICK_US) /* of one period, so that the product fits; no wheel makes as many */

/* duty for 1 mrad/s */
#define FEED_FORWARD Q16(DUTY_FULL / FULL_SPEED_MRADPS)
#define PROPORTIONAL Q16(KP *DUTY_FULL / FULL_SPEED_MRADPS)
#define INTEGRAL Q16(KP *DUTY_FULL / FULL_SPEED_MRADPS * CONTROL_MS / 1000.0 / TI_S)
#define DERIVATIVE Q16(KP *DUTY_FULL / FULL_SPEED_MRADPS * TD_S * 1000.0 / CONTROL_MS)
#define MOST_INTEGRAL ((int32_t)DUTY_FULL << 16)
#define SPEED_UP_STEPS ((int32_t)(SPEED_UP_S * 1000.0 / CONTROL_MS))
#define FRICTION ((int32_t)(FRICTION_DUTY * DUTY_FULL) << 16)
#define COUNTER_MAX ((int16_t)(COUNTER_DUTY * DUTY_FULL))
#define STALL_MIN ((int16_t)(STALL_DUTY * DUTY_FULL))

static int32_t limited(int32_t value, int32_t most) { return value > most ? most : value < -most ? -most : value; }

void speed_reset(speed_t *s, int32_t ticks, uint32_t now_us) {
    s->ticks = ticks;
    s->edge_us = now_us;
    s->mradps = 0;
}

int32_t speed_update(speed_t *s, int32_t ticks, uint32_t edge_us, uint32_t now_us) {
    int32_t turned = limited(ticks - s->ticks, MOST_TICKS - 1);
    int32_t between_us = (int32_t)(edge_us - s->edge_us), since_us = (int32_t)(now_us - s->edge_us);
    if (turned != 0 && between_us >= SHORTEST_US) {
        s->mradps = turned * MRADPS_TICK_US / between_us;
        s->ticks = ticks;
        s->edge_us = edge_us;
    } else if (since_us >= STANDING_US || since_us < 0) {
        s->mradps = 0;
        s->ticks = ticks;
        s->edge_us = now_us - STANDING_US; /* the next edge comes after a rest, whenever that is */
    } else if (since_us >= SHORTEST_US) { /* slower than this, or one edge more would have come */
        int32_t at_most = ((turned < 0 ? -turned : turned) + 1) * MRADPS_TICK_US / since_us;
        s->mradps = limited(s->mradps, at_most);
    }
    return s->mradps;
}

void controller_reset(controller_t *c) {
    c->integral_q16 = 0;
    c->last_mradps = c->last_target_mradps = 0;
    c->stalled_ms = 0;
}

/* What the wheel takes by its model: friction, its speed, and, while it shall speed up, its inertia. */
static int32_t feed_forward_q16(int32_t target_mradps, int32_t last_target_mradps) {
    int32_t wanted_mradps = target_mradps, faster_mradps = target_mradps - last_target_mradps;
    if ((faster_mradps > 0) == (target_mradps > 0))
        wanted_mradps += limited(faster_mradps, MAX_WHEEL_MRADPS / 16) * SPEED_UP_STEPS;
    return wanted_mradps * FEED_FORWARD + (target_mradps > 0 ? FRICTION : -FRICTION);
}

static void watch_stall(controller_t *c, int16_t duty, int32_t measured_mradps) {
    int16_t force = duty < 0 ? -duty : duty;
    int32_t along_mradps = duty < 0 ? -measured_mradps : measured_mradps;
    bool stands = force >= STALL_MIN && along_mradps < STALL_MRADPS;
    bool backwards = force >= COUNTER_MAX && along_mradps < -STALL_MRADPS; /* and does not turn round */
    if (!stands && !backwards)
        c->stalled_ms = 0;
    else if (c->stalled_ms < STALL_MS)
        c->stalled_ms += CONTROL_MS;
}

int16_t controller_update(controller_t *c, int32_t target_mradps, int32_t measured_mradps) {
    measured_mradps = limited(measured_mradps, 2 * MAX_WHEEL_MRADPS);
    int32_t slowed_mradps = c->last_mradps - measured_mradps;
    int32_t last_target_mradps = c->last_target_mradps;
    c->last_mradps = measured_mradps;
    c->last_target_mradps = target_mradps;
    if (target_mradps == 0) {
        c->integral_q16 = 0;
        c->stalled_ms = 0;
        return 0;
    }
    int32_t error_mradps = target_mradps - measured_mradps;
    int32_t duty_q16 = feed_forward_q16(target_mradps, last_target_mradps) + error_mradps * PROPORTIONAL +
                       slowed_mradps * DERIVATIVE;
    int32_t integral_q16 = limited(c->integral_q16 + error_mradps * INTEGRAL, MOST_INTEGRAL);
    int32_t duty = limited((duty_q16 >> 8) + (integral_q16 >> 8), (int32_t)DUTY_FULL << 8) >> 8;
    int32_t most = measured_mradps < -STALL_MRADPS ? COUNTER_MAX : DUTY_FULL;
    int32_t least = measured_mradps > STALL_MRADPS ? -COUNTER_MAX : -DUTY_FULL;
    bool saturated = (duty >= most && error_mradps > 0) || (duty <= least && error_mradps < 0);
    bool slowing = target_mradps > 0 ? error_mradps < -SLOWING_MRADPS : error_mradps > SLOWING_MRADPS;
    if (!saturated && !slowing) /* else it would wind up while nothing more can be done */
        c->integral_q16 = integral_q16;
    duty = duty > most ? most : duty < least ? least : duty;
    watch_stall(c, (int16_t)duty, measured_mradps);
    return (int16_t)duty;
}

bool controller_stalled(const controller_t *c) { return c->stalled_ms >= STALL_MS; }
