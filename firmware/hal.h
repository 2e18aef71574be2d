/* What a port to another chip must supply; `avr/` is the one for the ATmega328P. Nothing else here knows the hardware.
 *
 * An ESP32 port: UART driver, LEDC or MCPWM for the duty, PCNT for the encoders, esp_task_wdt. An RP2040 port: uart0 with
 * interrupts, a PWM slice a motor, PIO for the encoders, the watchdog block. Both have a microsecond clock already.
 * Whatever the chip: after a reset, and until hal_init has returned, the pins must leave the motors off (pull-downs at the
 * driver), and the hardware watchdog must reset the chip within 100 ms when hal_watchdog_feed is not called. */
#ifndef HAL_H
#define HAL_H

#include <stdbool.h>
#include <stdint.h>

enum { LEFT, RIGHT };

typedef enum {
    MOTOR_OFF,   /* driver disabled, the wheel coasts */
    MOTOR_BRAKE, /* both ends of the motor on the same potential: no drive, the wheel is held by its own current */
    MOTOR_DRIVE, /* duty of the battery's voltage */
} motor_mode_t;

typedef enum { ANALOG_BATTERY, ANALOG_LEFT_CURRENT, ANALOG_RIGHT_CURRENT } analog_t;

void hal_init(void); /* motors off first of all; starts the hardware watchdog */

uint32_t hal_millis(void); /* since the start; both wrap */
uint32_t hal_micros(void);

bool hal_uart_read(uint8_t *byte);                       /* false when nothing waits */
bool hal_uart_write(const uint8_t *bytes, uint8_t count); /* all of it or, when there is no room, nothing; never waits */

void hal_motors(motor_mode_t mode);                            /* OFF or BRAKE for both, at once */
void hal_drive(uint8_t side, motor_mode_t mode, int16_t duty); /* duty -1024..1024, for MOTOR_DRIVE */
bool hal_driver_fault(void);                                   /* the driver's fault pin; false where there is none */

void hal_encoder(uint8_t side, int32_t *ticks, uint32_t *edge_us); /* time of the latest edge, in hal_micros */

uint16_t hal_analog_mv(analog_t channel); /* at the pin, of a conversion at most 20 ms old */
void hal_analog_next(void);               /* once a control period: takes a result and starts the next conversion */

bool hal_estop_open(void); /* true when the e-stop circuit is open: pressed, or its wire is broken */
void hal_led(bool on);
void hal_watchdog_feed(void);
void hal_idle(void); /* may sleep until the next interrupt */

/* A mark for measuring, one store: TRACE_CONTROL and TRACE_BYTES while that runs, else TRACE_NONE. May be empty. */
enum { TRACE_NONE, TRACE_CONTROL, TRACE_BYTES };
void hal_trace(uint8_t what);

#endif
