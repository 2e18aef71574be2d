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
 *     hang | spin               the program counter runs into an endless loop, interrupts off | on
 *     inject HEX                bytes to the board;  noise HEX: bytes to the host
 *     unplug | replug           the cable
 *     forget                    starts "fastest" anew
 *     quit                      also the end of stdin
 */
#include "../hal.h"
#include "line.h"
#include "probe.h"
#include "wiring.h"

#include <avr_uart.h>
#include <sim_avr.h>
#include <sim_core.h>
#include <sim_hex.h>
#include <sim_irq.h>
#include <sim_time.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SLICE_CYCLES (1000 * MHZ)
#define BYTE_CYCLES 1500              /* of a byte on the line; simavr counts a parity bit too */
#define LAG_CYCLES (50000LL * MHZ)    /* more behind than this and simulated time falls behind real time */
#define ENDLESS_LOOP 0xCFFF           /* rjmp to itself, which ends every program of avr-libc */

static avr_t *avr;
static line_t line = {.master = -1, .slave = -1};
static uint8_t to_board[256];             /* a ring: bytes on their way to the UART */
static unsigned to_board_head, to_board_tail;
static uint8_t to_host[512];
static size_t to_host_count;
static uint8_t injected[65536];
static size_t injected_count, injected_at;
static void (*core_reset)(avr_t *);
static long resets;
static uint64_t boot_cycle;

/* ---------------------------------------------------------------- the line */

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

/* ---------------------------------------------------------------- resets */

static void start(void) {
    wiring_start();
    probe_restart();
    avr_cycle_timer_register(avr, BYTE_CYCLES, on_byte, NULL);
}

static void on_reset(avr_t *a) {
    if (core_reset != NULL)
        core_reset(a);
    resets++;
    boot_cycle = avr->cycle;
    start();
}

static void power_cycle(void) {
    memset(avr->data, 0, avr->ramend + 1u);
    avr_reset(avr);
}

static bool hang(bool interrupts) {
    for (uint32_t at = 0; at < avr->codeend; at += 2)
        if ((avr->flash[at] | avr->flash[at + 1] << 8) == ENDLESS_LOOP) {
            avr->sreg[S_I] = interrupts;
            avr->pc = at;
            avr->state = cpu_Running;
            return true;
        }
    return false;
}

/* ---------------------------------------------------------------- the control channel */

static void print_state(void) {
    static const char *NAMES[] = {"off", "brake", "drive"};
    wiring_read_driver();
    printf("{\"now_us\": %.3f, \"boot_us\": %.3f, \"drive_us\": %.3f, \"resets\": %ld, \"dropped\": %ld, ",
           (double)avr->cycle / MHZ, (double)boot_cycle / MHZ, (double)driven_cycle / MHZ, resets, line.dropped);
    printf("\"driver\": [\"%s\", \"%s\"], \"duty\": [%.4f, %.4f], \"radps\": [%.4f, %.4f], \"ticks\": [%ld, %ld], ",
           NAMES[wheels[0].driver], NAMES[wheels[1].driver], wheels[0].duty, wheels[1].duty, wheels[0].speed_radps,
           wheels[1].speed_radps, wheels[0].ticks, wheels[1].ticks);
    printf("\"amperes\": [%.3f, %.3f], \"fastest_radps\": %.4f, \"fastest_duty\": %.4f, \"crashed\": %s}\n",
           wheels[0].current_a, wheels[1].current_a, fastest_radps, fastest_duty,
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
        wiring_set('B', 0, atoi(rest) != 0);
    } else if (strcmp(name, "driver_fault") == 0) {
        wiring_set('B', 4, atoi(rest) == 0);
    } else if (strcmp(name, "battery") == 0) {
        battery_mv = atof(rest);
    } else if (strcmp(name, "reset") == 0) {
        avr_reset(avr);
    } else if (strcmp(name, "power") == 0) {
        power_cycle();
    } else if (strcmp(name, "hang") == 0) {
        return hang(false);
    } else if (strcmp(name, "spin") == 0) {
        return hang(true);
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
        fastest_radps = fastest_duty = 0.0;
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
        probe_print();
        if (strncmp(rest, "reset", 5) == 0)
            probe_forget();
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
        probe_look();
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
    avr_loadcode(avr, code, size, start);
    avr->codeend = size;
    free(code);
    uint32_t flags = 0;
    avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
    avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT), on_uart, NULL);
    wiring_connect(avr);
    probe_connect(avr);
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
    start();
    printf("{\"pty\": \"%s\"}\n", argv[2]);
    fflush(stdout);
    uint64_t behind = clock_cycles() - avr->cycle; /* clock minus simulated time */
    for (;;) {
        uint64_t target = clock_cycles() - behind;
        if (target > avr->cycle + LAG_CYCLES) {
            uint64_t slip = target - avr->cycle - LAG_CYCLES;
            probe_slipped(slip);
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
