#include "probe.h"
#include "../hal.h"

#include <inttypes.h>
#include <sim_core.h>
#include <sim_io.h>
#include <stdio.h>
#include <string.h>

#define R_GPIOR0 0x3E
#define CYCLES_PER_US 16

typedef struct {
    uint64_t count, total, least, most;
} span_t;

static avr_t *avr;
static span_t control_span, bytes_span, period_span;
static uint64_t mark_cycle, control_cycle, lowest_stack, slept_cycles, stats_cycle, slipped_cycles;
static uint8_t mark;

static void add(span_t *s, uint64_t cycles) {
    s->least = s->count == 0 || cycles < s->least ? cycles : s->least;
    s->most = cycles > s->most ? cycles : s->most;
    s->total += cycles;
    s->count++;
}

static void on_trace(avr_t *a, avr_io_addr_t address, uint8_t value, void *param) {
    avr->data[address] = value;
    if (value == TRACE_NONE && mark == TRACE_CONTROL)
        add(&control_span, avr->cycle - mark_cycle);
    else if (value == TRACE_NONE && mark == TRACE_BYTES)
        add(&bytes_span, avr->cycle - mark_cycle);
    if (value == TRACE_CONTROL) {
        if (control_cycle > 0)
            add(&period_span, avr->cycle - control_cycle);
        control_cycle = avr->cycle;
    }
    mark = value;
    mark_cycle = avr->cycle;
}

static void on_sleep(avr_t *a, avr_cycle_count_t cycles) { slept_cycles += cycles; } /* the main loop keeps real time */

void probe_forget(void) {
    memset(&control_span, 0, sizeof control_span);
    memset(&bytes_span, 0, sizeof bytes_span);
    memset(&period_span, 0, sizeof period_span);
    control_cycle = slept_cycles = slipped_cycles = 0;
    stats_cycle = avr->cycle;
    lowest_stack = avr->ramend;
}

static void print_span(const char *name, const span_t *s) {
    printf("\"%s\": {\"count\": %" PRIu64 ", \"mean\": %.1f, \"least\": %" PRIu64 ", \"most\": %" PRIu64 "}, ", name,
           s->count, s->count ? (double)s->total / (double)s->count : 0.0, s->least,
           s->most);
}

void probe_print(void) {
    uint64_t passed = avr->cycle - stats_cycle;
    printf("{");
    print_span("control_cycles", &control_span);
    print_span("bytes_cycles", &bytes_span);
    print_span("period_cycles", &period_span);
    printf("\"idle\": %.4f, \"stack_bytes\": %" PRIu64 ", \"slipped_ms\": %.1f, \"cycles\": %" PRIu64 "}\n",
           passed ? (double)slept_cycles / (double)passed : 0.0, avr->ramend - lowest_stack,
           (double)slipped_cycles / (CYCLES_PER_US * 1e3), passed);
}

void probe_connect(avr_t *a) {
    avr = a;
    avr->sleep = on_sleep;
    avr_register_io_write(avr, R_GPIOR0, on_trace, NULL);
    probe_forget();
}

void probe_restart(void) {
    control_cycle = 0;
    mark = TRACE_NONE;
}

void probe_look(void) {
    uint64_t stack = (uint64_t)(avr->data[R_SPL] | avr->data[R_SPH] << 8);
    if (stack < lowest_stack && stack > 0)
        lowest_stack = stack;
}

void probe_slipped(uint64_t cycles) { slipped_cycles += cycles; }
