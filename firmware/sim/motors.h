/* Two geared motors with encoders, a battery and current sensors: what the pins of the board are wired to in simavr. */
#ifndef MOTORS_H
#define MOTORS_H

#include <stdbool.h>

typedef enum { DRIVER_OFF, DRIVER_BRAKE, DRIVER_DRIVE } driver_t;

typedef struct {
    driver_t driver;
    double duty;        /* -1..1, of the battery, while driven */
    double speed_radps; /* of the wheel */
    double angle_ticks; /* position in encoder edges, with its fraction */
    long ticks;         /* edges that the pins have shown */
    double current_a;   /* through the sensor of the driver */
    bool stalled;       /* held by something */
    bool cut;           /* the encoder's cable is broken */
    double forced_a;    /* what the sensor shows instead, when >= 0 */
} wheel_t;

/* Lets `seconds` pass. First order: a free wheel follows its voltage with a time constant, friction stops it. */
void wheel_step(wheel_t *w, double battery_v, double seconds);
/* Seconds until the angle reaches the next edge at the present speed; a very long time when it stands. */
double wheel_next_edge_s(const wheel_t *w);

#endif
