/* The bytes on the line, protocol version 2: COBS frames with a CRC, and the messages inside. See docs/protocol.md.
 * No heap, no I/O, no time: the same file runs on the board and in the tests on a PC. */
#ifndef PROTOCOL_H
#define PROTOCOL_H

#include <stdbool.h>
#include <stdint.h>

#define PROTOCOL_VERSION 2
#define FRAME_MAX 96      /* longest thing between two zeros that can be a frame */
#define FRAME_WIRE_MAX 72 /* longest frame that is sent, with both zeros: telemetry has 71 */

enum {
    MSG_HELLO = 0x01,
    MSG_SET_POINT = 0x02,
    MSG_ESTOP = 0x03,
    MSG_RESET_ESTOP = 0x04,
    MSG_HELLO_ACK = 0x81,
    MSG_ACK = 0x82,
    MSG_TELEMETRY = 0x83,
};

enum {
    STATE_ARMED = 1,
    STATE_ESTOP = 2,
    STATE_BUTTON = 4,
    STATE_WATCHDOG = 8,
    STATE_CHARGING = 16,
    STATE_IMU = 32,
    STATE_MOTOR_FAULT = 64,
};
#define FLAG_ARMED 1
#define CURRENT_NOT_MEASURED (-32768)
#define TEMPERATURE_NOT_MEASURED (-128)

/* A frame that passed every check. `body` points into the decoder and lives until its next byte. */
typedef struct {
    uint8_t type;
    uint16_t session;
    uint16_t seq;
    const uint8_t *body;
} frame_t;

typedef struct {
    uint8_t bytes[FRAME_MAX];
    uint8_t length;
    bool skipping;   /* inside something too long to be a frame */
    uint16_t faults; /* refused pieces, modulo 65536 */
} decoder_t;

typedef struct {
    int32_t left_mradps, right_mradps;
    uint8_t flags;
} set_point_t;

typedef struct {
    uint16_t hello_seq;
    uint32_t max_wheel_mradps, max_accel_mradps2;
    uint16_t watchdog_ms;
    uint8_t telemetry_hz;
    uint16_t ticks_per_rev, firmware;
} hello_ack_t;

typedef struct {
    uint16_t acked_seq;
    int32_t left_mradps, right_mradps;
    uint8_t flags, state;
} ack_t;

typedef struct {
    uint16_t bad_frames, out_of_sequence, refused, clipped, watchdog, lost;
} counters_t;

typedef struct {
    uint32_t board_ms;
    int32_t ticks[2], speeds_mradps[2];
    uint16_t battery_mv;
    int16_t battery_ma; /* negative while discharging */
    uint16_t percent100;
    int16_t motor_ma[2];
    int8_t temperature_c;
    int16_t gyro_mradps[3], accel_mmps2[3];
    uint8_t state;
    uint16_t estop_id, acked_seq;
    counters_t counters;
} telemetry_t;

uint16_t crc16(uint16_t crc, uint8_t byte); /* start with 0xFFFF */

void decoder_reset(decoder_t *d); /* forgets half a frame and the faults */
/* True when `byte` completed a valid frame. Everything else between two zeros is counted and thrown away. */
bool decoder_feed(decoder_t *d, uint8_t byte, frame_t *frame);

void read_set_point(const uint8_t *body, set_point_t *m);
uint16_t read_reset_estop(const uint8_t *body);

/* Each writes a whole frame with both zeros into `out` [FRAME_WIRE_MAX] and returns its length. */
uint8_t write_hello_ack(uint8_t *out, uint16_t session, uint16_t seq, const hello_ack_t *m);
uint8_t write_ack(uint8_t *out, uint16_t session, uint16_t seq, const ack_t *m);
uint8_t write_telemetry(uint8_t *out, uint16_t session, uint16_t seq, const telemetry_t *m);

/* The other direction, for a host in C and for the tests; the linker leaves it out of the board. */
uint8_t write_empty(uint8_t *out, uint8_t type, uint16_t session, uint16_t seq); /* Hello, Estop */
uint8_t write_set_point(uint8_t *out, uint16_t session, uint16_t seq, const set_point_t *m);
uint8_t write_reset_estop(uint8_t *out, uint16_t session, uint16_t seq, uint16_t estop_id);
void read_hello_ack(const uint8_t *body, hello_ack_t *m);
void read_ack(const uint8_t *body, ack_t *m);
void read_telemetry(const uint8_t *body, telemetry_t *m);

#endif
