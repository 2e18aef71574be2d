#include "app.h"
#include "board.h"
#include "control.h"
#include "hal.h"

#define BYTES_A_POLL 32 /* then the control loop has its turn, however much comes in */
#define LED_ESTOP_MS 128
#define LED_DISARMED_MS 1024

static board_t board;
static board_inputs_t inputs;
static speed_t speeds[2];
static controller_t controllers[2];
static int16_t currents_ma[2]; /* smoothed */
static uint8_t out[FRAME_WIRE_MAX];
static uint32_t control_ms;
static uint8_t button_ms, button_seen_ms; /* how long the e-stop input has differed from what is believed */

static void send(uint8_t length) {
    if (length > 0)
        hal_uart_write(out, length);
}

static int16_t current_ma(analog_t channel) {
    return (int16_t)(((int32_t)hal_analog_mv(channel) - CURRENT_ZERO_MV) * (int32_t)(CURRENT_MA_PER_MV * 256) / 256);
}

static uint16_t percent100(uint16_t battery_mv) {
    if (battery_mv <= BATTERY_EMPTY_MV)
        return 0;
    if (battery_mv >= BATTERY_FULL_MV)
        return 10000;
    return (uint16_t)(10000UL * (battery_mv - BATTERY_EMPTY_MV) / (BATTERY_FULL_MV - BATTERY_EMPTY_MV));
}

static void read_analog(void) {
    hal_analog_next();
    inputs.battery_mv = (uint16_t)((uint32_t)hal_analog_mv(ANALOG_BATTERY) * (uint32_t)(BATTERY_RATIO * 256) / 256);
    inputs.percent100 = percent100(inputs.battery_mv);
    inputs.battery_ma = 0;
    for (uint8_t side = 0; side < 2; side++) {
        if (!HAS_CURRENT_SENSE) {
            inputs.motor_ma[side] = CURRENT_NOT_MEASURED;
            continue;
        }
        int16_t now_ma = current_ma(side == LEFT ? ANALOG_LEFT_CURRENT : ANALOG_RIGHT_CURRENT);
        currents_ma[side] += (now_ma - currents_ma[side]) / 4;
        inputs.motor_ma[side] = currents_ma[side];
        inputs.battery_ma -= currents_ma[side] < 0 ? -currents_ma[side] : currents_ma[side]; /* of the motors alone */
    }
}

/* Opening counts almost at once, closing after a while: the contacts bounce. */
static void read_button(uint32_t now_ms) {
    bool open = hal_estop_open();
    uint8_t passed_ms = (uint8_t)((uint8_t)now_ms - button_seen_ms);
    button_seen_ms = (uint8_t)now_ms;
    if (open == board.button) {
        button_ms = 0;
        return;
    }
    button_ms = (uint8_t)(button_ms + passed_ms > 255 ? 255 : button_ms + passed_ms);
    if (button_ms >= (open ? BUTTON_OPEN_MS : BUTTON_CLOSED_MS)) {
        board_button(&board, open, now_ms);
        button_ms = 0;
    }
}

static void turn(uint32_t now_ms) {
    output_t output = board_output(&board, now_ms);
    if (output != OUTPUT_DRIVE) {
        hal_motors(output == OUTPUT_BRAKE ? MOTOR_BRAKE : MOTOR_OFF);
        for (uint8_t side = 0; side < 2; side++)
            controller_reset(&controllers[side]);
        return;
    }
    for (uint8_t side = 0; side < 2; side++) {
        int32_t target = board.applied_mradps[side];
        int16_t duty = controller_update(&controllers[side], target, inputs.speeds_mradps[side]);
        hal_drive(side, target == 0 ? MOTOR_BRAKE : MOTOR_DRIVE, duty);
    }
}

static void show(uint32_t now_ms) {
    if (board.estop)
        hal_led(now_ms & LED_ESTOP_MS);
    else
        hal_led(board.armed || (now_ms & LED_DISARMED_MS));
}

static void control(uint32_t now_ms) {
    hal_trace(TRACE_CONTROL);
    uint32_t now_us = hal_micros();
    for (uint8_t side = 0; side < 2; side++) {
        uint32_t edge_us;
        hal_encoder(side, &inputs.ticks[side], &edge_us);
        inputs.speeds_mradps[side] = speed_update(&speeds[side], inputs.ticks[side], edge_us, now_us);
    }
    read_analog();
    inputs.motor_broken =
        hal_driver_fault() || controller_stalled(&controllers[LEFT]) || controller_stalled(&controllers[RIGHT]);
    uint8_t length = board_tick(&board, &inputs, now_ms, out);
    turn(now_ms);
    show(now_ms);
    send(length);
    hal_watchdog_feed(); /* nowhere else: a loop that does not control is reset */
    hal_trace(TRACE_NONE);
}

void app_init(void) {
    hal_init();
    uint32_t now_ms = hal_millis(), now_us = hal_micros(), edge_us;
    inputs.temperature_c = TEMPERATURE_NOT_MEASURED;
    for (uint8_t side = 0; side < 2; side++) {
        hal_encoder(side, &inputs.ticks[side], &edge_us);
        speed_reset(&speeds[side], inputs.ticks[side], now_us);
        controller_reset(&controllers[side]);
    }
    board_init(&board, now_ms, hal_estop_open());
    button_seen_ms = (uint8_t)now_ms;
    control_ms = now_ms;
}

void app_poll(void) {
    uint32_t now_ms = hal_millis();
    uint8_t byte;
    hal_trace(TRACE_BYTES);
    for (uint8_t i = 0; i < BYTES_A_POLL && hal_uart_read(&byte); i++)
        send(board_receive(&board, byte, now_ms, out));
    hal_trace(TRACE_NONE);
    read_button(now_ms);
    if (!board.armed) /* a stop does not wait for the control period */
        hal_motors(board_output(&board, now_ms) == OUTPUT_BRAKE ? MOTOR_BRAKE : MOTOR_OFF);
    if (now_ms - control_ms >= CONTROL_MS) {
        control_ms = now_ms - control_ms < 2 * CONTROL_MS ? control_ms + CONTROL_MS : now_ms;
        control(now_ms);
    }
    hal_idle();
}
