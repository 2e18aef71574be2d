/* The board as a pure state machine: bytes, sensor values and the time in; bytes and wheel speeds out. No pins, no clock.
 * The same behaviour as moe_robot/sim/board.py; a test feeds both with the same bytes and compares every answer. */
#ifndef BOARD_H
#define BOARD_H

#include "config.h"
#include "protocol.h"

/* What the pins say now. */
typedef struct {
    int32_t ticks[2];         /* left, right; grow forward, wrap */
    int32_t speeds_mradps[2]; /* measured */
    uint16_t battery_mv;
    int16_t battery_ma; /* negative while discharging */
    uint16_t percent100;
    int16_t motor_ma[2];  /* CURRENT_NOT_MEASURED without a sensor */
    int8_t temperature_c; /* TEMPERATURE_NOT_MEASURED without a sensor */
    bool motor_broken;    /* the driver's fault pin, or a wheel that does not turn as driven */
    bool charging;
} board_inputs_t;

typedef enum { OUTPUT_OFF, OUTPUT_BRAKE, OUTPUT_DRIVE } output_t;

typedef struct {
    decoder_t decoder;
    uint16_t session, host_seq, seq;
    bool armed, estop, button, watchdog_tripped, motor_fault;
    bool told;     /* telemetry was sent since the start */
    bool braking;  /* disarmed a moment ago */
    uint16_t estop_id;
    int32_t target_mradps[2], applied_mradps[2]; /* what the host wants, and what the ramp has come to */
    uint32_t booted_ms, applied_ms, fed_ms, told_ms, fault_ms, normal_ms, disarmed_ms;
    counters_t counters; /* bad_frames is the decoder's */
} board_t;

void board_init(board_t *b, uint32_t now_ms, bool button);
/* Obeys a frame that `byte` completes. Writes the answer into `out` [FRAME_WIRE_MAX], returns its length or 0. */
uint8_t board_receive(board_t *b, uint8_t byte, uint32_t now_ms, uint8_t *out);
/* Watchdog, motor faults, ramp, and telemetry when it is due; call it every CONTROL_MS. As board_receive. */
uint8_t board_tick(board_t *b, const board_inputs_t *in, uint32_t now_ms, uint8_t *out);
/* The e-stop input: pressed is an open circuit. Stops at once; letting go resets nothing. */
void board_button(board_t *b, bool pressed, uint32_t now_ms);
/* What the motors shall do now; speeds are in applied_mradps. */
output_t board_output(const board_t *b, uint32_t now_ms);

#endif
