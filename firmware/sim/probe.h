/* Counts cycles of the simulated processor: what the firmware marks with hal_trace, its sleep, its stack. */
#ifndef PROBE_H
#define PROBE_H

#include <sim_avr.h>

void probe_connect(avr_t *avr); /* once */
void probe_restart(void);       /* after a reset: the mark before it has no end */
void probe_look(void);          /* after each instruction */
void probe_slipped(uint64_t cycles); /* simulated time fell behind real time */
void probe_print(void);         /* one line of JSON */
void probe_forget(void);

#endif
