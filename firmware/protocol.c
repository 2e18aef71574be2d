#include "protocol.h"

#define HEADER_BYTES 6
#define CRC_BYTES 2
#define NO_SUCH_TYPE 0xFF

/* CRC-16/CCITT-FALSE (polynomial 0x1021), a byte at a time without a table. */
uint16_t crc16(uint16_t crc, uint8_t byte) {
    uint8_t x = (uint8_t)(crc >> 8) ^ byte;
    x ^= x >> 4;
    return (uint16_t)((crc << 8) ^ ((uint16_t)x << 12) ^ ((uint16_t)x << 5) ^ x);
}

/* ---------------------------------------------------------------- reading */

static uint8_t body_bytes(uint8_t type) {
    switch (type) {
    case MSG_HELLO: return 0;
    case MSG_SET_POINT: return 9;
    case MSG_ESTOP: return 0;
    case MSG_RESET_ESTOP: return 2;
    case MSG_HELLO_ACK: return 17;
    case MSG_ACK: return 12;
    case MSG_TELEMETRY: return 60;
    default: return NO_SUCH_TYPE;
    }
}

static uint16_t get16(const uint8_t *p) { return (uint16_t)(p[0] | (uint16_t)p[1] << 8); }

static uint32_t get32(const uint8_t *p) { return get16(p) | (uint32_t)get16(p + 2) << 16; }

/* Undoes COBS in place. Returns the bytes of the payload, 0 when it is none. */
static uint8_t unstuffed(uint8_t *bytes, uint8_t length) {
    uint8_t from = 0, to = 0;
    while (from < length) {
        uint8_t code = bytes[from++];
        if (code == 0 || code - 1 > length - from)
            return 0;
        for (uint8_t i = 1; i < code; i++)
            bytes[to++] = bytes[from++];
        if (from < length) /* a code of 0xFF, which adds no zero, does not fit into a frame */
            bytes[to++] = 0;
    }
    return to;
}

static bool parse(decoder_t *d, frame_t *frame) {
    uint8_t *p = d->bytes;
    uint8_t length = unstuffed(p, d->length);
    if (length < HEADER_BYTES + CRC_BYTES)
        return false;
    uint16_t crc = 0xFFFF;
    for (uint8_t i = 0; i < length - CRC_BYTES; i++)
        crc = crc16(crc, p[i]);
    if (crc != get16(p + length - CRC_BYTES) || p[0] != PROTOCOL_VERSION)
        return false;
    frame->type = p[1];
    frame->session = get16(p + 2);
    frame->seq = get16(p + 4);
    frame->body = p + HEADER_BYTES;
    return length - HEADER_BYTES - CRC_BYTES == body_bytes(p[1]);
}

void decoder_reset(decoder_t *d) {
    d->length = 0;
    d->skipping = false;
    d->faults = 0;
}

bool decoder_feed(decoder_t *d, uint8_t byte, frame_t *frame) {
    if (byte != 0) {
        if (d->length < FRAME_MAX) {
            d->bytes[d->length++] = byte;
        } else if (!d->skipping) {
            d->skipping = true;
            d->faults++;
        }
        return false;
    }
    bool whole = d->length > 0 && !d->skipping;
    bool valid = whole && parse(d, frame);
    if (whole && !valid)
        d->faults++;
    d->length = 0;
    d->skipping = false;
    return valid;
}

void read_set_point(const uint8_t *body, set_point_t *m) {
    m->left_mradps = (int32_t)get32(body);
    m->right_mradps = (int32_t)get32(body + 4);
    m->flags = body[8];
}

uint16_t read_reset_estop(const uint8_t *body) { return get16(body); }

void read_hello_ack(const uint8_t *body, hello_ack_t *m) {
    m->hello_seq = get16(body);
    m->max_wheel_mradps = get32(body + 2);
    m->max_accel_mradps2 = get32(body + 6);
    m->watchdog_ms = get16(body + 10);
    m->telemetry_hz = body[12];
    m->ticks_per_rev = get16(body + 13);
    m->firmware = get16(body + 15);
}

void read_ack(const uint8_t *body, ack_t *m) {
    m->acked_seq = get16(body);
    m->left_mradps = (int32_t)get32(body + 2);
    m->right_mradps = (int32_t)get32(body + 6);
    m->flags = body[10];
    m->state = body[11];
}

void read_telemetry(const uint8_t *body, telemetry_t *m) {
    m->board_ms = get32(body);
    for (uint8_t i = 0; i < 2; i++) {
        m->ticks[i] = (int32_t)get32(body + 4 + 4 * i);
        m->speeds_mradps[i] = (int32_t)get32(body + 12 + 4 * i);
        m->motor_ma[i] = (int16_t)get16(body + 26 + 2 * i);
    }
    m->battery_mv = get16(body + 20);
    m->battery_ma = (int16_t)get16(body + 22);
    m->percent100 = get16(body + 24);
    m->temperature_c = (int8_t)body[30];
    for (uint8_t i = 0; i < 3; i++) {
        m->gyro_mradps[i] = (int16_t)get16(body + 31 + 2 * i);
        m->accel_mmps2[i] = (int16_t)get16(body + 37 + 2 * i);
    }
    m->state = body[43];
    m->estop_id = get16(body + 44);
    m->acked_seq = get16(body + 46);
    m->counters.bad_frames = get16(body + 48);
    m->counters.out_of_sequence = get16(body + 50);
    m->counters.refused = get16(body + 52);
    m->counters.clipped = get16(body + 54);
    m->counters.watchdog = get16(body + 56);
    m->counters.lost = get16(body + 58);
}

/* ---------------------------------------------------------------- writing */

/* Stuffs and sums up while it writes: no second buffer. A payload is shorter than a COBS block. */
typedef struct {
    uint8_t *out;
    uint8_t length;
    uint8_t code_at;
    uint16_t crc;
} writer_t;

static void put_raw(writer_t *w, uint8_t byte) {
    if (byte == 0) {
        w->out[w->code_at] = (uint8_t)(w->length - w->code_at);
        w->code_at = w->length++;
    } else {
        w->out[w->length++] = byte;
    }
}

static void put8(writer_t *w, uint8_t byte) {
    w->crc = crc16(w->crc, byte);
    put_raw(w, byte);
}

static void put16(writer_t *w, uint16_t value) {
    put8(w, (uint8_t)value);
    put8(w, (uint8_t)(value >> 8));
}

static void put32(writer_t *w, uint32_t value) {
    put16(w, (uint16_t)value);
    put16(w, (uint16_t)(value >> 16));
}

static void begin(writer_t *w, uint8_t *out, uint8_t type, uint16_t session, uint16_t seq) {
    w->out = out;
    w->out[0] = 0;
    w->code_at = 1;
    w->length = 2;
    w->crc = 0xFFFF;
    put8(w, PROTOCOL_VERSION);
    put8(w, type);
    put16(w, session);
    put16(w, seq);
}

static uint8_t end(writer_t *w) {
    uint16_t crc = w->crc;
    put_raw(w, (uint8_t)crc);
    put_raw(w, (uint8_t)(crc >> 8));
    w->out[w->code_at] = (uint8_t)(w->length - w->code_at);
    w->out[w->length++] = 0;
    return w->length;
}

uint8_t write_hello_ack(uint8_t *out, uint16_t session, uint16_t seq, const hello_ack_t *m) {
    writer_t w;
    begin(&w, out, MSG_HELLO_ACK, session, seq);
    put16(&w, m->hello_seq);
    put32(&w, m->max_wheel_mradps);
    put32(&w, m->max_accel_mradps2);
    put16(&w, m->watchdog_ms);
    put8(&w, m->telemetry_hz);
    put16(&w, m->ticks_per_rev);
    put16(&w, m->firmware);
    return end(&w);
}

uint8_t write_ack(uint8_t *out, uint16_t session, uint16_t seq, const ack_t *m) {
    writer_t w;
    begin(&w, out, MSG_ACK, session, seq);
    put16(&w, m->acked_seq);
    put32(&w, (uint32_t)m->left_mradps);
    put32(&w, (uint32_t)m->right_mradps);
    put8(&w, m->flags);
    put8(&w, m->state);
    return end(&w);
}

uint8_t write_telemetry(uint8_t *out, uint16_t session, uint16_t seq, const telemetry_t *m) {
    writer_t w;
    begin(&w, out, MSG_TELEMETRY, session, seq);
    put32(&w, m->board_ms);
    for (uint8_t i = 0; i < 2; i++)
        put32(&w, (uint32_t)m->ticks[i]);
    for (uint8_t i = 0; i < 2; i++)
        put32(&w, (uint32_t)m->speeds_mradps[i]);
    put16(&w, m->battery_mv);
    put16(&w, (uint16_t)m->battery_ma);
    put16(&w, m->percent100);
    for (uint8_t i = 0; i < 2; i++)
        put16(&w, (uint16_t)m->motor_ma[i]);
    put8(&w, (uint8_t)m->temperature_c);
    for (uint8_t i = 0; i < 3; i++)
        put16(&w, (uint16_t)m->gyro_mradps[i]);
    for (uint8_t i = 0; i < 3; i++)
        put16(&w, (uint16_t)m->accel_mmps2[i]);
    put8(&w, m->state);
    put16(&w, m->estop_id);
    put16(&w, m->acked_seq);
    put16(&w, m->counters.bad_frames);
    put16(&w, m->counters.out_of_sequence);
    put16(&w, m->counters.refused);
    put16(&w, m->counters.clipped);
    put16(&w, m->counters.watchdog);
    put16(&w, m->counters.lost);
    return end(&w);
}

uint8_t write_empty(uint8_t *out, uint8_t type, uint16_t session, uint16_t seq) {
    writer_t w;
    begin(&w, out, type, session, seq);
    return end(&w);
}

uint8_t write_set_point(uint8_t *out, uint16_t session, uint16_t seq, const set_point_t *m) {
    writer_t w;
    begin(&w, out, MSG_SET_POINT, session, seq);
    put32(&w, (uint32_t)m->left_mradps);
    put32(&w, (uint32_t)m->right_mradps);
    put8(&w, m->flags);
    return end(&w);
}

uint8_t write_reset_estop(uint8_t *out, uint16_t session, uint16_t seq, uint16_t estop_id) {
    writer_t w;
    begin(&w, out, MSG_RESET_ESTOP, session, seq);
    put16(&w, estop_id);
    return end(&w);
}
