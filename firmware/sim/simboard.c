/* The compiled firmware inside simavr, in real time, with its serial line as a pseudo-terminal and motors at its pins.
 *
 *     simboard IMAGE.hex LINK        LINK becomes a symlink to the pseudo-terminal
 *
 * Prints {"pty": LINK} when it runs, then answers each command line on stdin with one line of JSON. What changes something
 * answers with the simulated time of the change.
 *     query                     pins, wheels, time
 *     stats | stats reset       cycles of the control loop and of what it does with bytes, its period, stack, idle share
 *     button 0|1                the e-stop circuit: 1 opens it
 *     driver_fault 0|1          the fault pin of the motor driver
 *     stall SIDE 0|1            a wheel that something holds;  SIDE is left or right
 *     cut SIDE 0|1              an encoder whose cable is broken
 *     current SIDE MA           what a current sensor shows; -1: what the motor draws
 *     battery MV
 *     reset                     the reset pin        power          power off and on
 *     hang                      the program counter runs into an endless loop, interrupts off
 *     inject HEX                bytes to the board;  noise HEX: bytes to the host
 *     unplug | replug           the cable
 *     forget                    starts "fastest" and "drive_us" anew
 *     quit                      also the end of stdin
 */
#include "../hal.h"
#include "line.h"
#include "motors.h"

#include <avr_adc.h>
#include <avr_extint.h>
#include <avr_ioport.h>
#include <avr_uart.h>
#include <sim_avr.h>
#include <sim_core.h>
#include <sim_hex.h>
#include <sim_irq.h>
#include <sim_time.h>

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MHZ 16
#define SLICE_CYCLES (1000 * MHZ)
#define MODEL_CYCLES (100 * MHZ)      /* of the motors */
#define EDGE_CYCLES (20 * MHZ)        /* between two edges, at least */
#define BYTE_CYCLES 1500              /* of a byte on the line; simavr counts a parity bit too */
#define LAG_CYCLES (50000LL * MHZ)    /* more behind than this and simulated time falls behind real time */
#define ENDLESS_LOOP 0xCFFF           /* rjmp to itself, which ends every program of avr-libc */
/* registers of the ATmega328P, as addresses in its data space */
#define R_DDRB 0x24
#define R_PORTB 0x25
#define R_DDRD 0x2A
#define R_PORTD 0x2B
#define R_GPIOR0 0x3E
#define R_TCCR1A 0x80
#define R_TCCR1B 0x81
#define R_ICR1 0x86
#define R_OCR1A 0x88
#define R_OCR1B 0x8A

typedef struct {
    uint64_t count, total, least, most;
} span_t;

static avr_t *avr;
static line_t line = {.master = -1, .slave = -1};
static wheel_t wheels[2];
static double battery_mv = 12000.0;
static uint8_t levels[3];                 /* of the inputs at ports B, C, D */
static const uint8_t INPUTS[3] = {0x11, 0x03, 0x0C};
static uint8_t to_board[256];             /* a ring: bytes on their way to the UART */
static unsigned to_board_head, to_board_tail;
static uint8_t to_host[512];
static size_t to_host_count;
static uint8_t injected[65536];
static size_t injected_count, injected_at;
static void (*core_reset)(avr_t *);
static long resets;
static uint64_t model_cycle, drive_cycle, boot_cycle, lowest_stack, slept_cycles, stats_cycle, slipped_cycles;
static double fastest_radps, fastest_drive;
static span_t control_span, bytes_span, period_span;
static uint64_t mark_cycle, control_cycle;
static uint8_t mark;
static uint16_t pwm_top; /* ICR1: simavr captures into it at an edge of D8, which the processor does not in this mode */

/* ---------------------------------------------------------------- pins */

static void set_pin(char port, int pin, int level) {
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
                set_pin(port, pin, level);
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
            set_pin(port, first + i, both >> i & 1);
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

/* ---------------------------------------------------------------- timers of the simulation */

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
    for (int side = 0; side < 2; side++)
        read_driver(side);
    move(avr->cycle);
    for (int side = 0; side < 2; side++) {
        expect_edge(side);
        fastest_radps = fmax(fastest_radps, fabs(wheels[side].speed_radps));
        fastest_drive = fmax(fastest_drive, fabs(wheels[side].duty));
        if (wheels[side].driver == DRIVER_DRIVE)
            drive_cycle = avr->cycle;
        avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_ADC_GETIRQ, ADC_IRQ_ADC3 + side),
                      (uint32_t)fmin(4990.0, wheels[side].current_a * 500.0));
    }
    avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_ADC_GETIRQ, ADC_IRQ_ADC2), (uint32_t)fmin(4990.0, battery_mv / 4.0));
    return when + MODEL_CYCLES;
}

static avr_cycle_count_t on_byte(avr_t *a, avr_cycle_count_t when, void *param) {
    if (injected_at < injected_count) {
        avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_INPUT), injected[injected_at++]);
    } else if (to_board_head != to_board_tail) {
        uint8_t byte = to_board[to_board_tail++ % sizeof to_board];
        avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_INPUT), byte);
    }
    return when + BYTE_CYCLES;
}

static void on_uart(avr_irq_t *irq, uint32_t value, void *param) {
    if (to_host_count < sizeof to_host)
        to_host[to_host_count++] = (uint8_t)value;
}

static void start_timers(void) {
    model_cycle = avr->cycle;
    avr_cycle_timer_register(avr, MODEL_CYCLES, on_model, NULL);
    avr_cycle_timer_register(avr, BYTE_CYCLES, on_byte, NULL);
}

/* ---------------------------------------------------------------- measuring */

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

/* The registers of the PWM timer are only kept: `read_driver` knows what they mean, and to follow each of 20 000 periods
 * a second costs more than all the rest. */
static void on_plain_write(avr_t *a, avr_io_addr_t address, uint8_t value, void *param) {
    avr->data[address] = value;
    if (address == R_ICR1)
        pwm_top = (uint16_t)((pwm_top & 0xFF00) | value);
    else if (address == R_ICR1 + 1)
        pwm_top = (uint16_t)((pwm_top & 0x00FF) | value << 8);
}

static void on_sleep(avr_t *a, avr_cycle_count_t cycles) { slept_cycles += cycles; } /* the main loop keeps real time */

static void forget_stats(void) {
    memset(&control_span, 0, sizeof control_span);
    memset(&bytes_span, 0, sizeof bytes_span);
    memset(&period_span, 0, sizeof period_span);
    control_cycle = slept_cycles = slipped_cycles = 0;
    stats_cycle = avr->cycle;
    lowest_stack = avr->ramend;
}

/* ---------------------------------------------------------------- resets */

static void on_reset(avr_t *a) {
    if (core_reset != NULL)
        core_reset(a);
    resets++;
    boot_cycle = avr->cycle;
    control_cycle = 0;
    pwm_top = 0;
    mark = TRACE_NONE;
    set_pins_again();
    start_timers();
}

static void power_cycle(void) {
    memset(avr->data, 0, avr->ramend + 1u);
    avr_reset(avr);
}

static bool hang(void) {
    for (uint32_t at = 0; at < avr->codeend; at += 2)
        if ((avr->flash[at] | avr->flash[at + 1] << 8) == ENDLESS_LOOP) {
            avr->sreg[S_I] = 0;
            avr->pc = at;
            avr->state = cpu_Running;
            return true;
        }
    return false;
}

/* ---------------------------------------------------------------- the control channel */

static void print_span(const char *name, const span_t *s) {
    printf("\"%s\": {\"count\": %llu, \"mean\": %.1f, \"least\": %llu, \"most\": %llu}, ", name,
           (unsigned long long)s->count, s->count ? (double)s->total / (double)s->count : 0.0, (unsigned long long)s->least,
           (unsigned long long)s->most);
}

static void print_stats(void) {
    uint64_t passed = avr->cycle - stats_cycle;
    printf("{");
    print_span("control_cycles", &control_span);
    print_span("bytes_cycles", &bytes_span);
    print_span("period_cycles", &period_span);
    printf("\"idle\": %.4f, \"stack_bytes\": %llu, \"slipped_ms\": %.1f, \"cycles\": %llu}\n",
           passed ? (double)slept_cycles / (double)passed : 0.0, (unsigned long long)(avr->ramend - lowest_stack),
           (double)slipped_cycles / (MHZ * 1e3), (unsigned long long)passed);
}

static void print_state(void) {
    static const char *NAMES[] = {"off", "brake", "drive"};
    for (int side = 0; side < 2; side++)
        read_driver(side);
    printf("{\"now_us\": %.3f, \"boot_us\": %.3f, \"drive_us\": %.3f, \"resets\": %ld, \"dropped\": %ld, ",
           (double)avr->cycle / MHZ, (double)boot_cycle / MHZ, (double)drive_cycle / MHZ, resets, line.dropped);
    printf("\"driver\": [\"%s\", \"%s\"], \"duty\": [%.4f, %.4f], \"radps\": [%.4f, %.4f], \"ticks\": [%ld, %ld], ",
           NAMES[wheels[0].driver], NAMES[wheels[1].driver], wheels[0].duty, wheels[1].duty, wheels[0].speed_radps,
           wheels[1].speed_radps, wheels[0].ticks, wheels[1].ticks);
    printf("\"amperes\": [%.3f, %.3f], \"fastest_radps\": %.4f, \"fastest_duty\": %.4f, \"crashed\": %s}\n",
           wheels[0].current_a, wheels[1].current_a, fastest_radps, fastest_drive,
           avr->state == cpu_Crashed || avr->state == cpu_Done ? "true" : "false");
}

static size_t from_hex(const char *text, uint8_t *bytes, size_t most) {
    size_t count = 0;
    unsigned byte;
    for (; count < most && sscanf(text, "%2x", &byte) == 1 && text[0] && text[1]; text += 2)
        bytes[count++] = (uint8_t)byte;
    return count;
}

/* False when it is no command, or could not be done. */
static bool change(const char *name, const char *rest) {
    char side[8];
    double value;
    if (sscanf(rest, "%7s %lf", side, &value) == 2 && (strcmp(side, "left") == 0 || strcmp(side, "right") == 0)) {
        wheel_t *w = &wheels[side[0] == 'r' ? RIGHT : LEFT];
        if (strcmp(name, "stall") == 0)
            w->stalled = value != 0.0;
        else if (strcmp(name, "cut") == 0)
            w->cut = value != 0.0;
        else if (strcmp(name, "current") == 0)
            w->forced_a = value < 0.0 ? -1.0 : value / 1000.0;
        else
            return false;
    } else if (strcmp(name, "button") == 0) {
        set_pin('B', 0, atoi(rest) != 0);
    } else if (strcmp(name, "driver_fault") == 0) {
        set_pin('B', 4, atoi(rest) == 0);
    } else if (strcmp(name, "battery") == 0) {
        battery_mv = atof(rest);
    } else if (strcmp(name, "reset") == 0) {
        avr_reset(avr);
    } else if (strcmp(name, "power") == 0) {
        power_cycle();
    } else if (strcmp(name, "hang") == 0) {
        return hang();
    } else if (strcmp(name, "inject") == 0) {
        injected_at = 0;
        injected_count = from_hex(rest, injected, sizeof injected);
    } else if (strcmp(name, "noise") == 0) {
        static uint8_t bytes[65536];
        line_write(&line, bytes, from_hex(rest, bytes, sizeof bytes));
    } else if (strcmp(name, "unplug") == 0) {
        line_unplug(&line);
        to_board_tail = to_board_head;
    } else if (strcmp(name, "replug") == 0) {
        return line_plug(&line);
    } else if (strcmp(name, "forget") == 0) {
        fastest_radps = fastest_drive = 0.0;
    } else {
        return false;
    }
    return true;
}

/* False to end. */
static bool obey(char *text) {
    char name[16];
    if (sscanf(text, "%15s", name) != 1)
        return true;
    char *rest = text + strlen(name) + (text[strlen(name)] == ' ');
    if (strcmp(name, "query") == 0) {
        print_state();
        return true;
    }
    if (strcmp(name, "stats") == 0) {
        print_stats();
        if (strncmp(rest, "reset", 5) == 0)
            forget_stats();
        return true;
    }
    if (strcmp(name, "quit") == 0)
        return false;
    if (change(name, rest))
        printf("{\"now_us\": %.3f}\n", (double)avr->cycle / MHZ);
    else
        printf("{\"error\": \"unknown command\"}\n");
    return true;
}

/* False at the end of stdin. */
static bool read_commands(void) {
    static char text[140000];
    static size_t length;
    ssize_t count = read(STDIN_FILENO, text + length, sizeof text - 1 - length);
    if (count <= 0)
        return count < 0 && (errno == EAGAIN || errno == EINTR);
    length += (size_t)count;
    text[length] = 0;
    char *start = text, *end;
    bool go_on = true;
    while (go_on && (end = strchr(start, '\n')) != NULL) {
        *end = 0;
        go_on = obey(start);
        start = end + 1;
    }
    length -= (size_t)(start - text);
    memmove(text, start, length);
    fflush(stdout);
    return go_on;
}

/* ---------------------------------------------------------------- running */

static uint64_t clock_cycles(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return ((uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec) / 1000u * MHZ;
}

static void run_until(uint64_t cycle) {
    while (avr->cycle < cycle && avr->state != cpu_Done && avr->state != cpu_Crashed) {
        avr_run(avr);
        uint64_t stack = (uint64_t)(avr->data[R_SPL] | avr->data[R_SPH] << 8);
        if (stack < lowest_stack && stack > 0)
            lowest_stack = stack;
    }
}

static void exchange(void) {
    size_t room = sizeof to_board - (to_board_head - to_board_tail);
    uint8_t bytes[sizeof to_board];
    size_t count = line_read(&line, bytes, room);
    for (size_t i = 0; i < count; i++)
        to_board[to_board_head++ % sizeof to_board] = bytes[i];
    if (to_host_count > 0)
        line_write(&line, to_host, to_host_count);
    to_host_count = 0;
}

static void no_log(avr_t *a, const int level, const char *format, va_list rest) {
    if (level == LOG_ERROR && strstr(format, "overrun") == NULL) /* a program that hangs reads nothing */
        vfprintf(stderr, format, rest);
}

static int load(const char *image) {
    uint32_t size, start;
    uint8_t *code = read_ihex_file(image, &size, &start);
    if (code == NULL) {
        fprintf(stderr, "cannot read %s: expected an Intel hex image; run make in firmware/\n", image);
        return 1;
    }
    avr_global_logger_set(no_log);
    avr = avr_make_mcu_by_name("atmega328p");
    avr_init(avr);
    avr->frequency = MHZ * 1000000u;
    avr->vcc = avr->avcc = avr->aref = 5000;
    avr->sleep = on_sleep;
    avr_loadcode(avr, code, size, start);
    avr->codeend = size;
    free(code);
    uint32_t flags = 0;
    avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
    avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT), on_uart, NULL);
    avr_register_io_write(avr, R_GPIOR0, on_trace, NULL);
    for (uint8_t interrupt = 0; interrupt < 2; interrupt++) /* else a low pin D2 or D3 is looked at in every cycle */
        avr_extint_set_strict_lvl_trig(avr, interrupt, 0);
    for (avr_io_addr_t address = R_TCCR1A; address <= R_OCR1B + 1; address++) {
        avr->io[AVR_DATA_TO_IO(address)].w.c = on_plain_write;
        avr->io[AVR_DATA_TO_IO(address)].r.c = NULL;
    }
    core_reset = avr->reset;
    avr->reset = on_reset;
    return 0;
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: simboard IMAGE.hex LINK\n");
        return 2;
    }
    if (load(argv[1]) != 0)
        return 1;
    line.link = argv[2];
    if (!line_plug(&line)) {
        perror("cannot make a pseudo-terminal");
        return 1;
    }
    wheels[LEFT].forced_a = wheels[RIGHT].forced_a = -1.0;
    levels['B' - 'B'] = 0x10; /* the e-stop circuit is closed, the driver is well */
    set_pins_again();
    start_timers();
    forget_stats();
    printf("{\"pty\": \"%s\"}\n", argv[2]);
    fflush(stdout);
    uint64_t behind = clock_cycles() - avr->cycle; /* clock minus simulated time */
    for (;;) {
        uint64_t target = clock_cycles() - behind;
        if (target > avr->cycle + LAG_CYCLES) {
            uint64_t slip = target - avr->cycle - LAG_CYCLES;
            slipped_cycles += slip;
            behind += slip;
            target -= slip;
        }
        bool late = target > avr->cycle + SLICE_CYCLES;
        run_until(late ? avr->cycle + SLICE_CYCLES : target);
        exchange();
        struct pollfd commands = {.fd = STDIN_FILENO, .events = POLLIN};
        if (poll(&commands, 1, late ? 0 : 1) > 0 && !read_commands())
            break;
    }
    line_unplug(&line);
    return 0;
}
