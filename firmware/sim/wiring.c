#include "wiring.h"
#include "../hal.h"

#include <avr_adc.h>
#include <avr_extint.h>
#include <avr_ioport.h>
#include <math.h>
#include <sim_core.h>
#include <sim_irq.h>
#include <stddef.h>

#define MODEL_CYCLES (100 * MHZ) /* of the motors */
#define EDGE_CYCLES (20 * MHZ)   /* between two edges, at least */
/* registers of the ATmega328P, as addresses in its data space */
#define R_DDRB 0x24
#define R_PORTB 0x25
#define R_DDRD 0x2A
#define R_PORTD 0x2B
#define R_TCCR1A 0x80
#define R_TCCR1B 0x81
#define R_ICR1 0x86
#define R_OCR1A 0x88
#define R_OCR1B 0x8A

wheel_t wheels[2] = {{.forced_a = -1.0}, {.forced_a = -1.0}};
double battery_mv = 12000.0, fastest_radps, fastest_duty;
uint64_t driven_cycle;

static avr_t *avr;
static uint8_t levels[3] = {0x10, 0, 0};  /* of the inputs at ports B, C, D: e-stop closed, the driver is well */
static const uint8_t INPUTS[3] = {0x11, 0x03, 0x0C};
static uint64_t model_cycle;
static uint16_t pwm_top; /* ICR1: simavr captures into it at an edge of D8, which the processor does not in this mode */

void wiring_set(char port, int pin, int level) {
    uint8_t *all = &levels[port - 'B'];
    *all = (uint8_t)((*all & ~(1 << pin)) | level << pin);
    avr_ioport_external_t pulls = {.name = (unsigned long)port, .mask = INPUTS[port - 'B'], .value = *all};
    avr_ioctl(avr, AVR_IOCTL_IOPORT_SET_EXTERNAL(port), &pulls);
    avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ(port), pin), (uint32_t)level);
}

/* After a reset simavr has forgotten the levels of the inputs, and does not hear what it takes for no change. */
static void set_pins_again(void) {
    for (char port = 'B'; port <= 'D'; port++)
        for (int pin = 0; pin < 8; pin++)
            if (INPUTS[port - 'B'] >> pin & 1) {
                int level = levels[port - 'B'] >> pin & 1;
                avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ(port), pin), (uint32_t)!level);
                wiring_set(port, pin, level);
            }
}

static void show_encoder(int side) {
    static const uint8_t GRAY[4] = {0, 1, 3, 2};
    uint8_t both = GRAY[wheels[side].ticks & 3];
    char port = side == LEFT ? 'D' : 'C';
    int first = side == LEFT ? 2 : 0;
    if (wheels[side].cut)
        return;
    for (int i = 0; i < 2; i++)
        if ((levels[port - 'B'] >> (first + i) & 1) != (both >> i & 1))
            wiring_set(port, first + i, both >> i & 1);
}

static uint16_t word(int address) { return (uint16_t)(avr->data[address] | avr->data[address + 1] << 8); }

/* What the motor driver sees: only pins that are outputs, and a PWM only while its timer runs. */
static void read_driver(int side) {
    wheel_t *w = &wheels[side];
    uint8_t d = avr->data[R_PORTD] & avr->data[R_DDRD], b = avr->data[R_PORTB] & avr->data[R_DDRB];
    int in1 = d >> (side == LEFT ? 4 : 6) & 1, in2 = d >> (side == LEFT ? 5 : 7) & 1;
    int pwm_pin = side == LEFT ? 1 : 2, connected = avr->data[R_TCCR1A] >> (side == LEFT ? 7 : 5) & 1;
    double pwm = b >> pwm_pin & 1;
    if (connected) {
        int running = avr->data[R_TCCR1B] & 7 && avr->data[R_DDRB] >> pwm_pin & 1;
        double compare = word(side == LEFT ? R_OCR1A : R_OCR1B);
        pwm = running ? fmin(1.0, (compare + 1.0) / (pwm_top + 1.0)) : 0.0;
    }
    if (!(b >> 3 & 1) || pwm == 0.0) {
        w->driver = DRIVER_OFF;
    } else if (in1 == in2) {
        w->driver = in1 ? DRIVER_BRAKE : DRIVER_OFF;
    } else {
        w->driver = DRIVER_DRIVE;
    }
    w->duty = w->driver == DRIVER_DRIVE ? (in1 ? pwm : -pwm) : 0.0;
}

static avr_cycle_count_t on_edge(avr_t *a, avr_cycle_count_t when, void *param);

static void move(uint64_t cycle) {
    double seconds = (double)(cycle - model_cycle) / (MHZ * 1e6);
    model_cycle = cycle;
    for (int side = 0; side < 2; side++)
        wheel_step(&wheels[side], battery_mv / 1000.0, seconds);
}

static void expect_edge(int side) {
    double cycles = wheel_next_edge_s(&wheels[side]) * MHZ * 1e6;
    avr_cycle_timer_cancel(avr, on_edge, &wheels[side]);
    if (cycles < 2.0 * MODEL_CYCLES)
        avr_cycle_timer_register(avr, (avr_cycle_count_t)cycles + 1, on_edge, &wheels[side]);
}

static avr_cycle_count_t on_edge(avr_t *a, avr_cycle_count_t when, void *param) {
    int side = (wheel_t *)param == &wheels[RIGHT];
    move(avr->cycle);
    long now = (long)floor(wheels[side].angle_ticks);
    if (wheels[side].ticks != now) {
        wheels[side].ticks += now > wheels[side].ticks ? 1 : -1;
        show_encoder(side);
    }
    if (wheels[side].ticks != now) /* a step of the motor has gone past two edges: no encoder shows both at once */
        avr_cycle_timer_register(avr, EDGE_CYCLES, on_edge, param);
    else
        expect_edge(side);
    return 0;
}

static avr_cycle_count_t on_model(avr_t *a, avr_cycle_count_t when, void *param) {
    wiring_read_driver();
    move(avr->cycle);
    for (int side = 0; side < 2; side++) {
        expect_edge(side);
        fastest_radps = fmax(fastest_radps, fabs(wheels[side].speed_radps));
        fastest_duty = fmax(fastest_duty, fabs(wheels[side].duty));
        if (wheels[side].driver == DRIVER_DRIVE)
            driven_cycle = avr->cycle;
        avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_ADC_GETIRQ, ADC_IRQ_ADC3 + side),
                      (uint32_t)fmin(4990.0, wheels[side].current_a * 500.0));
    }
    avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_ADC_GETIRQ, ADC_IRQ_ADC2), (uint32_t)fmin(4990.0, battery_mv / 4.0));
    return when + MODEL_CYCLES;
}

/* The registers of the PWM timer are only kept: `read_driver` knows what they mean, and to follow each of 20 000 periods
 * a second costs more than all the rest. */
static void on_plain_write(avr_t *a, avr_io_addr_t address, uint8_t value, void *param) {
    avr->data[address] = value;
    if (address == R_ICR1)
        pwm_top = (uint16_t)((pwm_top & 0xFF00) | value);
    else if (address == R_ICR1 + 1)
        pwm_top = (uint16_t)((pwm_top & 0x00FF) | value << 8);
}

void wiring_connect(avr_t *a) {
    avr = a;
    for (uint8_t interrupt = 0; interrupt < 2; interrupt++) /* else a low pin D2 or D3 is looked at in every cycle */
        avr_extint_set_strict_lvl_trig(avr, interrupt, 0);
    for (avr_io_addr_t address = R_TCCR1A; address <= R_OCR1B + 1; address++) {
        avr->io[AVR_DATA_TO_IO(address)].w.c = on_plain_write;
        avr->io[AVR_DATA_TO_IO(address)].r.c = NULL;
    }
}

void wiring_start(void) {
    pwm_top = 0;
    set_pins_again();
    model_cycle = avr->cycle;
    avr_cycle_timer_register(avr, MODEL_CYCLES, on_model, NULL);
}

void wiring_read_driver(void) {
    for (int side = 0; side < 2; side++)
        read_driver(side);
}
