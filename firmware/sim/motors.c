#include "motors.h"
#include "../config.h"

#include <math.h>

#define NOMINAL_V 12.0
#define FREE_RADPS 35.0   /* at NOMINAL_V */
#define TIME_S 0.08       /* time constant of a driven or braked wheel */
#define COAST_S 0.4       /* of one that rolls on */
#define RESISTANCE_OHM 3.0
#define FRICTION_V 0.7    /* what it takes to turn at all */
#define NEVER_S 1e9

static const double VOLT_S = NOMINAL_V / FREE_RADPS;

void wheel_step(wheel_t *w, double battery_v, double seconds) {
    double voltage = w->driver == DRIVER_DRIVE ? w->duty * battery_v : 0.0;
    if (w->stalled) {
        w->speed_radps = 0.0;
    } else if (w->driver == DRIVER_OFF) {
        w->speed_radps *= exp(-seconds / COAST_S);
    } else {
        double friction_v = w->speed_radps > 0.0 ? FRICTION_V : w->speed_radps < 0.0 ? -FRICTION_V : 0.0;
        if (w->speed_radps == 0.0)
            friction_v = fmax(-FRICTION_V, fmin(FRICTION_V, voltage));
        double goal = (voltage - friction_v) / VOLT_S;
        double next = goal + (w->speed_radps - goal) * exp(-seconds / TIME_S);
        w->speed_radps = next * w->speed_radps < 0.0 ? 0.0 : next;
    }
    if (fabs(w->speed_radps) < 0.02 && fabs(voltage) <= FRICTION_V)
        w->speed_radps = 0.0;
    w->angle_ticks += w->speed_radps * seconds * TICKS_PER_REV / (2.0 * M_PI);
    /* the shunt sees the motor's current only while the driver drives */
    w->current_a = w->driver == DRIVER_DRIVE ? fabs(voltage - w->speed_radps * VOLT_S) / RESISTANCE_OHM * fabs(w->duty) : 0.0;
    if (w->forced_a >= 0.0)
        w->current_a = w->forced_a;
}

double wheel_next_edge_s(const wheel_t *w) {
    double rate = w->speed_radps * TICKS_PER_REV / (2.0 * M_PI);
    if (fabs(rate) < 1e-3)
        return NEVER_S;
    double left = rate > 0.0 ? (double)w->ticks + 1.0 - w->angle_ticks : w->angle_ticks - (double)w->ticks;
    return fmax(left, 0.0) / fabs(rate);
}
