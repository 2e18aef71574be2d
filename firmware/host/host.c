/* Flat functions around the portable part, for the tests on a PC (ctypes): fields as int32 in the order of the wire. */
#include "../board.h"
#include "../control.h"

#include <stdlib.h>

#define MOST_FIELDS 32 /* of a row: type, session, seq, then the body */

int host_fields(void);
long host_decode(const uint8_t *bytes, long count, int32_t *rows, long most, uint16_t *faults);
int host_encode(const int32_t *row, uint8_t *out);
board_t *host_board_new(uint32_t now_ms, bool button);
int host_board_receive(board_t *b, const uint8_t *bytes, int count, uint32_t now_ms, uint8_t *out);
int host_board_tick(board_t *b, const int32_t *in, uint32_t now_ms, uint8_t *out);
void host_board_button(board_t *b, bool pressed, uint32_t now_ms);
int host_board_output(const board_t *b, uint32_t now_ms, int32_t *mradps);
void *host_wheel_new(void);
int host_wheel_update(void *wheel, int32_t target_mradps, int32_t ticks, uint32_t edge_us, uint32_t now_us);
int32_t host_wheel_mradps(const void *wheel);
bool host_wheel_stalled(const void *wheel);
void host_free(void *p);

typedef struct {
    speed_t speed;
    controller_t controller;
} wheel_t;

int host_fields(void) { return MOST_FIELDS; }

static void put_row(const frame_t *f, int32_t *row) {
    int32_t *at = row + 3;
    row[0] = f->type;
    row[1] = f->session;
    row[2] = f->seq;
    switch (f->type) {
    case MSG_SET_POINT: {
        set_point_t m;
        read_set_point(f->body, &m);
        at[0] = m.left_mradps, at[1] = m.right_mradps, at[2] = m.flags;
        break;
    }
    case MSG_RESET_ESTOP:
        at[0] = read_reset_estop(f->body);
        break;
    case MSG_HELLO_ACK: {
        hello_ack_t m;
        read_hello_ack(f->body, &m);
        at[0] = m.hello_seq, at[1] = (int32_t)m.max_wheel_mradps, at[2] = (int32_t)m.max_accel_mradps2;
        at[3] = m.watchdog_ms, at[4] = m.telemetry_hz, at[5] = m.ticks_per_rev, at[6] = m.firmware;
        break;
    }
    case MSG_ACK: {
        ack_t m;
        read_ack(f->body, &m);
        at[0] = m.acked_seq, at[1] = m.left_mradps, at[2] = m.right_mradps, at[3] = m.flags, at[4] = m.state;
        break;
    }
    case MSG_TELEMETRY: {
        telemetry_t m;
        read_telemetry(f->body, &m);
        at[0] = (int32_t)m.board_ms;
        at[1] = m.ticks[0], at[2] = m.ticks[1], at[3] = m.speeds_mradps[0], at[4] = m.speeds_mradps[1];
        at[5] = m.battery_mv, at[6] = m.battery_ma, at[7] = m.percent100;
        at[8] = m.motor_ma[0], at[9] = m.motor_ma[1], at[10] = m.temperature_c;
        for (int i = 0; i < 3; i++)
            at[11 + i] = m.gyro_mradps[i], at[14 + i] = m.accel_mmps2[i];
        at[17] = m.state, at[18] = m.estop_id, at[19] = m.acked_seq;
        at[20] = m.counters.bad_frames, at[21] = m.counters.out_of_sequence, at[22] = m.counters.refused;
        at[23] = m.counters.clipped, at[24] = m.counters.watchdog, at[25] = m.counters.lost;
        break;
    }
    default:
        break;
    }
}

/* Frames found in `bytes`; the first `most` of them as rows. */
long host_decode(const uint8_t *bytes, long count, int32_t *rows, long most, uint16_t *faults) {
    decoder_t decoder;
    frame_t frame;
    long found = 0;
    decoder_reset(&decoder);
    for (long i = 0; i < count; i++)
        if (decoder_feed(&decoder, bytes[i], &frame)) {
            if (found < most)
                put_row(&frame, rows + found * MOST_FIELDS);
            found++;
        }
    *faults = decoder.faults;
    return found;
}

int host_encode(const int32_t *row, uint8_t *out) {
    uint16_t session = (uint16_t)row[1], seq = (uint16_t)row[2];
    const int32_t *at = row + 3;
    switch (row[0]) {
    case MSG_SET_POINT: {
        set_point_t m = {at[0], at[1], (uint8_t)at[2]};
        return write_set_point(out, session, seq, &m);
    }
    case MSG_RESET_ESTOP:
        return write_reset_estop(out, session, seq, (uint16_t)at[0]);
    case MSG_HELLO_ACK: {
        hello_ack_t m = {(uint16_t)at[0], (uint32_t)at[1], (uint32_t)at[2], (uint16_t)at[3],
                         (uint8_t)at[4],  (uint16_t)at[5], (uint16_t)at[6]};
        return write_hello_ack(out, session, seq, &m);
    }
    case MSG_ACK: {
        ack_t m = {(uint16_t)at[0], at[1], at[2], (uint8_t)at[3], (uint8_t)at[4]};
        return write_ack(out, session, seq, &m);
    }
    case MSG_TELEMETRY: {
        telemetry_t m = {
            .board_ms = (uint32_t)at[0],
            .ticks = {at[1], at[2]},
            .speeds_mradps = {at[3], at[4]},
            .battery_mv = (uint16_t)at[5],
            .battery_ma = (int16_t)at[6],
            .percent100 = (uint16_t)at[7],
            .motor_ma = {(int16_t)at[8], (int16_t)at[9]},
            .temperature_c = (int8_t)at[10],
            .gyro_mradps = {(int16_t)at[11], (int16_t)at[12], (int16_t)at[13]},
            .accel_mmps2 = {(int16_t)at[14], (int16_t)at[15], (int16_t)at[16]},
            .state = (uint8_t)at[17],
            .estop_id = (uint16_t)at[18],
            .acked_seq = (uint16_t)at[19],
            .counters = {(uint16_t)at[20], (uint16_t)at[21], (uint16_t)at[22], (uint16_t)at[23], (uint16_t)at[24],
                         (uint16_t)at[25]},
        };
        return write_telemetry(out, session, seq, &m);
    }
    default:
        return write_empty(out, (uint8_t)row[0], session, seq);
    }
}

board_t *host_board_new(uint32_t now_ms, bool button) {
    board_t *b = malloc(sizeof *b);
    board_init(b, now_ms, button);
    return b;
}

/* The answers one after the other; `out` has room for all of them. */
int host_board_receive(board_t *b, const uint8_t *bytes, int count, uint32_t now_ms, uint8_t *out) {
    int length = 0;
    for (int i = 0; i < count; i++)
        length += board_receive(b, bytes[i], now_ms, out + length);
    return length;
}

/* `in`: ticks 2, mrad/s 2, battery mV, mA, percent/100, motors mA 2, broken. */
int host_board_tick(board_t *b, const int32_t *in, uint32_t now_ms, uint8_t *out) {
    board_inputs_t inputs = {
        .ticks = {in[0], in[1]},
        .speeds_mradps = {in[2], in[3]},
        .battery_mv = (uint16_t)in[4],
        .battery_ma = (int16_t)in[5],
        .percent100 = (uint16_t)in[6],
        .motor_ma = {(int16_t)in[7], (int16_t)in[8]},
        .temperature_c = TEMPERATURE_NOT_MEASURED,
        .motor_broken = in[9] != 0,
    };
    return board_tick(b, &inputs, now_ms, out);
}

void host_board_button(board_t *b, bool pressed, uint32_t now_ms) { board_button(b, pressed, now_ms); }

int host_board_output(const board_t *b, uint32_t now_ms, int32_t *mradps) {
    mradps[0] = b->applied_mradps[0];
    mradps[1] = b->applied_mradps[1];
    return board_output(b, now_ms);
}

void *host_wheel_new(void) {
    wheel_t *w = malloc(sizeof *w);
    speed_reset(&w->speed, 0, 0);
    controller_reset(&w->controller);
    return w;
}

int host_wheel_update(void *wheel, int32_t target_mradps, int32_t ticks, uint32_t edge_us, uint32_t now_us) {
    wheel_t *w = wheel;
    int32_t mradps = speed_update(&w->speed, ticks, edge_us, now_us);
    return controller_update(&w->controller, target_mradps, mradps);
}

int32_t host_wheel_mradps(const void *wheel) { return ((const wheel_t *)wheel)->speed.mradps; }

bool host_wheel_stalled(const void *wheel) { return controller_stalled(&((const wheel_t *)wheel)->controller); }

void host_free(void *p) { free(p); }
