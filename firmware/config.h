/* Every number of this robot, with its unit. Change it here, `make`, flash. A value given on the command line wins
 * (make DEFINES="-DTICKS_PER_REV=1560"). What the host checks in the greeting must match its URDF and configuration. */
#ifndef CONFIG_H
#define CONFIG_H

#define FIRMWARE_VERSION 2 /* told in the greeting */

/* ---- the link */
#define BAUD 115200       /* bit/s, 8N1 */
#define TELEMETRY_HZ 50   /* frames a second */
#ifndef WATCHDOG_MS
#define WATCHDOG_MS 250   /* ms without a valid set point until the board stops; at most hardware.host_timeout_s */
#endif

/* ---- the wheels */
#ifndef TICKS_PER_REV
#define TICKS_PER_REV 1320 /* encoder edges (4 per line) for one turn of a wheel, gear included; the URDF has the same */
#endif
#define MAX_WHEEL_MRADPS 30000L  /* mrad/s; 1.5 m/s on a 5 cm wheel. Set points beyond are clipped */
#define MAX_ACCEL_MRADPS2 80000L /* mrad/s2 of a wheel, speeding up; slowing down is never limited */
#define LEFT_REVERSED 0          /* 1: the left wheel runs the wrong way; turns motor and encoder */
#define RIGHT_REVERSED 0
#define LEFT_ENCODER_REVERSED 0  /* 1: only the ticks of the left wheel count the wrong way */
#define RIGHT_ENCODER_REVERSED 0

/* ---- the speed controller (docs/firmware.md says how to tune it) */
#define CONTROL_MS 5               /* ms; 200 Hz */
#define FULL_SPEED_MRADPS 35000.0  /* mrad/s that a free wheel reaches at full duty: the feed-forward */
#define SPEED_UP_S 0.08            /* s, time constant of a wheel under its load: the feed-forward of a ramp */
#define FRICTION_DUTY 0.05         /* of full: what it takes to turn at all */
#define KP 1.5                     /* of the full duty for an error of FULL_SPEED_MRADPS */
#define TI_S 0.15                  /* s, integral time */
#define TD_S 0.0                   /* s, derivative time, on the measured speed */
#define COUNTER_DUTY 0.3           /* of full, at most, against the direction of turning */

/* ---- what stops the motors by itself */
#ifndef MAX_MOTOR_MA
#define MAX_MOTOR_MA 2500          /* mA of one motor ... */
#endif
#define OVERCURRENT_MS 100         /* ... for longer than this is a motor fault */
#define STALL_DUTY 0.5             /* of full: a wheel that is driven this hard ... */
#define STALL_MS 400               /* ... and for this long does not turn, or turns the wrong way, is a motor fault */
#define STALL_MRADPS 500           /* mrad/s below which a wheel does not turn */
#define FAULT_HOLD_MS 1000         /* ms that a fault is told at least */
#define BRAKE_MS 500               /* ms of short-circuit brake after disarming, then the outputs are off */
#define BUTTON_OPEN_MS 3           /* ms until an open e-stop circuit is believed */
#define BUTTON_CLOSED_MS 50        /* ms until a closed one is */

/* ---- analog inputs, mV at the pin */
#define ADC_FULL_MV 5000           /* mV of the largest reading: the supply of the board */
#define BATTERY_RATIO 4.0          /* volts of the battery for one volt at the pin: 30k over 10k */
#define BATTERY_EMPTY_MV 9900      /* mV: 0 % */
#define BATTERY_FULL_MV 12600      /* mV: 100 % */
#define HAS_CURRENT_SENSE 1        /* 0: no sensors, "not measured" is told and over-current is not seen */
#define CURRENT_MA_PER_MV 2.0      /* mA of a motor for one mV at the pin: 0.5 ohm, as on many L298N boards */
#define CURRENT_ZERO_MV 0          /* mV at the pin for no current */

#endif
