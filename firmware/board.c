#include "board.h"

#define TELEMETRY_MS (1000 / TELEMETRY_HZ)
#define LONGEST_RAMP_MS 100 /* a late tick does not make a leap */

static void disarm(board_t *b, uint32_t now_ms) {
    if (b->armed) {
        b->braking = true;
        b->disarmed_ms = now_ms;
    }
    b->armed = false;
    b->target_mradps[0] = b->target_mradps[1] = 0;
}

static void latch_estop(board_t *b, bool is_new, uint32_t now_ms) {
    disarm(b, now_ms);
    b->estop = true;
    b->estop_id += is_new;
    b->applied_mradps[0] = b->applied_mradps[1] = 0;
}

static void watch(board_t *b, uint32_t now_ms) {
    if (b->armed && now_ms - b->fed_ms > WATCHDOG_MS) {
        disarm(b, now_ms);
        b->watchdog_tripped = true;
        b->counters.watchdog++;
    }
}

static void watch_motors(board_t *b, const board_inputs_t *in, uint32_t now_ms) {
    if (in->motor_ma[0] <= MAX_MOTOR_MA && in->motor_ma[1] <= MAX_MOTOR_MA)
        b->normal_ms = now_ms;
    if (in->motor_broken || now_ms - b->normal_ms > OVERCURRENT_MS) {
        if (!b->motor_fault)
            latch_estop(b, true, now_ms);
        b->motor_fault = true;
        b->fault_ms = now_ms;
    } else if (now_ms - b->fault_ms >= FAULT_HOLD_MS) {
        b->motor_fault = false;
    }
}

static int32_t magnitude(int32_t value) { return value < 0 ? -value : value; }

/* One step to `goal`: to zero or slower at once, faster by at most `most`. */
static int32_t toward(int32_t now, int32_t goal, int32_t most) {
    int32_t start = (now > 0) == (goal > 0) && goal != 0 ? now : 0;
    if (magnitude(goal) <= magnitude(start))
        return goal;
    if (goal > start + most)
        return start + most;
    return goal < start - most ? start - most : goal;
}

static void turn_wheels(board_t *b, uint32_t now_ms) {
    uint32_t passed_ms = now_ms - b->applied_ms;
    int32_t most = MAX_ACCEL_MRADPS2 * (int32_t)(passed_ms < LONGEST_RAMP_MS ? passed_ms : LONGEST_RAMP_MS) / 1000;
    for (uint8_t i = 0; i < 2; i++)
        b->applied_mradps[i] = toward(b->applied_mradps[i], b->target_mradps[i], most);
    b->applied_ms = now_ms;
}

static uint8_t state_of(const board_t *b) {
    return (uint8_t)((b->armed ? STATE_ARMED : 0) | (b->estop ? STATE_ESTOP : 0) | (b->button ? STATE_BUTTON : 0) |
                     (b->watchdog_tripped ? STATE_WATCHDOG : 0) | (b->motor_fault ? STATE_MOTOR_FAULT : 0));
}

static int32_t clipped(int32_t mradps) {
    if (mradps > MAX_WHEEL_MRADPS)
        return MAX_WHEEL_MRADPS;
    return mradps < -MAX_WHEEL_MRADPS ? -MAX_WHEEL_MRADPS : mradps;
}

static uint8_t obey_hello(board_t *b, const frame_t *f, uint32_t now_ms, uint8_t *out) {
    b->session = f->session;
    b->host_seq = f->seq;
    disarm(b, now_ms);
    b->watchdog_tripped = false;
    hello_ack_t ack = {
        .hello_seq = f->seq,
        .max_wheel_mradps = MAX_WHEEL_MRADPS,
        .max_accel_mradps2 = MAX_ACCEL_MRADPS2,
        .watchdog_ms = WATCHDOG_MS,
        .telemetry_hz = TELEMETRY_HZ,
        .ticks_per_rev = TICKS_PER_REV,
        .firmware = FIRMWARE_VERSION,
    };
    return write_hello_ack(out, b->session, ++b->seq, &ack);
}

static uint8_t obey_set_point(board_t *b, const frame_t *f, uint32_t now_ms, uint8_t *out) {
    if (b->session == 0 || f->session != b->session) {
        b->counters.refused++;
        return 0;
    }
    uint16_t ahead = (uint16_t)(f->seq - b->host_seq);
    if (ahead == 0 || ahead >= 0x8000) {
        b->counters.out_of_sequence++;
        return 0;
    }
    set_point_t point;
    read_set_point(f->body, &point);
    b->counters.lost += (uint16_t)(ahead - 1);
    b->host_seq = f->seq;
    b->fed_ms = now_ms;
    bool still = point.left_mradps == 0 && point.right_mradps == 0;
    if (!(point.flags & FLAG_ARMED) || b->estop) {
        disarm(b, now_ms);
    } else if (still && !b->armed) {
        b->armed = true;
        b->watchdog_tripped = false;
    }
    if (!b->armed && !still)
        b->counters.refused++;
    int32_t left = clipped(point.left_mradps), right = clipped(point.right_mradps);
    if (left != point.left_mradps || right != point.right_mradps)
        b->counters.clipped++;
    b->target_mradps[0] = b->armed ? left : 0;
    b->target_mradps[1] = b->armed ? right : 0;
    ack_t ack = {
        .acked_seq = f->seq,
        .left_mradps = point.left_mradps,
        .right_mradps = point.right_mradps,
        .flags = point.flags & FLAG_ARMED,
        .state = state_of(b),
    };
    return write_ack(out, b->session, ++b->seq, &ack);
}

static uint8_t obey(board_t *b, const frame_t *f, uint32_t now_ms, uint8_t *out) {
    switch (f->type) {
    case MSG_HELLO:
        return obey_hello(b, f, now_ms, out);
    case MSG_SET_POINT:
        return obey_set_point(b, f, now_ms, out);
    case MSG_ESTOP:
        latch_estop(b, !b->estop, now_ms);
        return 0;
    case MSG_RESET_ESTOP:
        if (f->session == b->session && read_reset_estop(f->body) == b->estop_id && !b->button && !b->motor_fault) {
            b->estop = false;
            return 0;
        } /* fall through */
    default:
        b->counters.refused++;
        return 0;
    }
}

void board_init(board_t *b, uint32_t now_ms, bool button) {
    *b = (board_t){
        .button = button,
        .estop = button,
        .estop_id = button,
        .booted_ms = now_ms,
        .applied_ms = now_ms,
        .fault_ms = now_ms,
        .normal_ms = now_ms,
    };
}

uint8_t board_receive(board_t *b, uint8_t byte, uint32_t now_ms, uint8_t *out) {
    frame_t frame = {0};
    if (!decoder_feed(&b->decoder, byte, &frame))
        return 0;
    watch(b, now_ms);
    uint8_t length = obey(b, &frame, now_ms, out);
    turn_wheels(b, now_ms);
    return length;
}

uint8_t board_tick(board_t *b, const board_inputs_t *in, uint32_t now_ms, uint8_t *out) {
    watch(b, now_ms);
    watch_motors(b, in, now_ms);
    turn_wheels(b, now_ms);
    if (b->told && now_ms - b->told_ms < TELEMETRY_MS)
        return 0;
    bool late = !b->told || now_ms - b->told_ms > 2 * TELEMETRY_MS;
    b->told_ms = late ? now_ms : b->told_ms + TELEMETRY_MS;
    b->told = true;
    telemetry_t t = {
        .board_ms = now_ms - b->booted_ms,
        .ticks = {in->ticks[0], in->ticks[1]},
        .speeds_mradps = {in->speeds_mradps[0], in->speeds_mradps[1]},
        .battery_mv = in->battery_mv,
        .battery_ma = in->battery_ma,
        .percent100 = in->percent100,
        .motor_ma = {in->motor_ma[0], in->motor_ma[1]},
        .temperature_c = in->temperature_c,
        .state = (uint8_t)(state_of(b) | (in->charging ? STATE_CHARGING : 0)),
        .estop_id = b->estop_id,
        .acked_seq = b->host_seq,
        .counters = b->counters,
    };
    t.counters.bad_frames = b->decoder.faults;
    return write_telemetry(out, b->session, ++b->seq, &t);
}

void board_button(board_t *b, bool pressed, uint32_t now_ms) {
    if (pressed && !b->button)
        latch_estop(b, true, now_ms);
    b->button = pressed;
}

output_t board_output(const board_t *b, uint32_t now_ms) {
    if (b->motor_fault)
        return OUTPUT_OFF;
    if (b->armed)
        return OUTPUT_DRIVE;
    return b->braking && now_ms - b->disarmed_ms < BRAKE_MS ? OUTPUT_BRAKE : OUTPUT_OFF;
}
