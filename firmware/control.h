/* Speed of a wheel from its encoder, and the duty that makes it turn as told. Fixed point, pure, one instance a wheel. */
#ifndef CONTROL_H
#define CONTROL_H

#include "config.h"
#include <stdbool.h>
#include <stdint.h>

#define DUTY_FULL 1024

typedef struct {
    int32_t ticks;
    uint32_t edge_us; /* time of the last edge that was used */
    int32_t mradps;
} speed_t;

typedef struct {
    int32_t integral_q16; /* duty */
    int32_t last_mradps, last_target_mradps;
    uint16_t stalled_ms;
} controller_t;

void speed_reset(speed_t *s, int32_t ticks, uint32_t now_us);
/* `edge_us` is when the latest edge came; it is read only when `ticks` changed. Returns mrad/s.
 * Ticks over the time between edges: exact at any speed, not only at many ticks a period. */
int32_t speed_update(speed_t *s, int32_t ticks, uint32_t edge_us, uint32_t now_us);

void controller_reset(controller_t *c);
/* Call every CONTROL_MS. Returns -DUTY_FULL..DUTY_FULL; 0 for a target of 0, where the caller brakes. */
int16_t controller_update(controller_t *c, int32_t target_mradps, int32_t measured_mradps);
/* Driven hard, yet standing or turning the wrong way, for STALL_MS: a broken wire, a blocked wheel, a swapped encoder. */
bool controller_stalled(const controller_t *c);

#endif
