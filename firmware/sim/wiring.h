/* What the pins of the simulated ATmega328P are wired to: motor driver, encoders, sensors, e-stop. One board a process. */
#ifndef WIRING_H
#define WIRING_H

#include "motors.h"

#include <sim_avr.h>
#include <stdint.h>

#define MHZ 16

extern wheel_t wheels[2];   /* left, right */
extern double battery_mv;
extern double fastest_radps, fastest_duty; /* since they were set to 0 */
extern uint64_t driven_cycle;              /* when a motor was last driven */

void wiring_connect(avr_t *avr);          /* once */
void wiring_start(void);                  /* after every reset, power on too: pin levels, and time goes on */
void wiring_set(char port, int pin, int level); /* of an input */
void wiring_read_driver(void);            /* brings `wheels` up to date with the outputs */

#endif
