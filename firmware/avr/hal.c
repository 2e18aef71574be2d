/* The ATmega328P at 16 MHz: timer 1 makes both PWMs, timer 2 the clock, pin changes count the encoders.
 * Interrupts only move bytes, ticks and milliseconds; everything else runs in the main loop. */
#include "../hal.h"
#include "../config.h"
#include "pins.h"

#include <avr/interrupt.h>
#include <avr/sleep.h>
#include <avr/wdt.h>
#include <util/atomic.h>

#if F_CPU != 16000000UL
#error "the timer constants below are for 16 MHz"
#endif

#define RX_BYTES 128 /* powers of two: the indices wrap by a mask */
#define TX_BYTES 256
#define PWM_TOP 799       /* 20 kHz: above what people hear */
#define CLOCK_TOP 249     /* 250 steps of 4 us = 1 ms */
#define STEP_US 4
#define UBRR_U2X ((F_CPU / 8 + BAUD / 2) / BAUD - 1)

#define DIRECTION_PINS (_BV(LEFT_IN1) | _BV(LEFT_IN2) | _BV(RIGHT_IN1) | _BV(RIGHT_IN2))
#define PWM_PINS (_BV(LEFT_PWM) | _BV(RIGHT_PWM))

/* ---------------------------------------------------------------- before main */

void watchdog_off_at_start(void) __attribute__((naked, used, section(".init3")));

/* After a reset by the watchdog it goes on with its shortest time, 16 ms: too short for what follows. */
void watchdog_off_at_start(void) {
    MCUSR = 0;
    wdt_disable();
}

/* ---------------------------------------------------------------- clock */

static volatile uint32_t clock_ms;
static volatile uint16_t clock_steps; /* of 4 us at the last millisecond; wraps every 262 ms */

ISR(TIMER2_COMPA_vect) {
    clock_ms++;
    clock_steps += CLOCK_TOP + 1;
}

/* With interrupts off. */
static inline uint16_t steps_now(void) {
    uint8_t count = TCNT2;
    uint16_t steps = clock_steps;
    if ((TIFR2 & _BV(OCF2A)) && count < CLOCK_TOP / 2) /* the millisecond is over, its interrupt still waits */
        steps += CLOCK_TOP + 1;
    return steps + count;
}

uint32_t hal_millis(void) {
    uint32_t ms;
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE) { ms = clock_ms; }
    return ms;
}

uint32_t hal_micros(void) {
    uint32_t ms;
    uint16_t steps;
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
        ms = clock_ms;
        steps = steps_now() - clock_steps;
    }
    return ms * 1000 + (uint32_t)steps * STEP_US;
}

/* ---------------------------------------------------------------- encoders */

typedef struct {
    volatile uint16_t count;
    volatile uint16_t edge_steps;
    uint8_t pins;
} encoder_t;

static encoder_t encoders[2];

/* Four edges a line, index: pins before << 2 | pins now. A change of both pins at once is noise and counts nothing. */
static const int8_t QUADRATURE[16] = {0, 1, -1, 0, -1, 0, 0, 1, 1, 0, 0, -1, 0, -1, 1, 0};

static inline __attribute__((always_inline)) void count(encoder_t *e, uint8_t pins) {
    int8_t step = QUADRATURE[(uint8_t)(e->pins << 2 | pins)];
    e->pins = pins;
    if (step != 0) {
        e->count += (uint16_t)(int16_t)step;
        e->edge_steps = steps_now();
    }
}

ISR(PCINT2_vect) { count(&encoders[LEFT], (PIND >> ENCODER_LEFT_A) & 3); }

ISR(PCINT1_vect) { count(&encoders[RIGHT], (PINC >> ENCODER_RIGHT_A) & 3); }

void hal_encoder(uint8_t side, int32_t *ticks, uint32_t *edge_us) {
    static uint16_t seen[2];
    static const bool backwards[2] = {LEFT_REVERSED ^ LEFT_ENCODER_REVERSED, RIGHT_REVERSED ^ RIGHT_ENCODER_REVERSED};
    uint16_t count_now, age_steps;
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
        count_now = encoders[side].count;
        age_steps = steps_now() - encoders[side].edge_steps;
    }
    int16_t turned = (int16_t)(count_now - seen[side]);
    seen[side] = count_now;
    *ticks += backwards[side] ? -turned : turned;
    *edge_us = hal_micros() - (uint32_t)age_steps * STEP_US;
}

/* ---------------------------------------------------------------- motors */

/* A duty of zero takes the pin away from the timer, which would leave a needle of one clock in each period. */
static void left_pwm(uint16_t compare) {
    OCR1A = compare;
    if (compare > 0)
        TCCR1A |= _BV(COM1A1);
    else
        TCCR1A &= (uint8_t)~_BV(COM1A1);
}

static void right_pwm(uint16_t compare) {
    OCR1B = compare;
    if (compare > 0)
        TCCR1A |= _BV(COM1B1);
    else
        TCCR1A &= (uint8_t)~_BV(COM1B1);
}

void hal_motors(motor_mode_t mode) {
    if (mode == MOTOR_BRAKE) {
        hal_drive(LEFT, MOTOR_BRAKE, 0);
        hal_drive(RIGHT, MOTOR_BRAKE, 0);
        return;
    }
    left_pwm(0);
    right_pwm(0);
    PORTD &= (uint8_t)~DIRECTION_PINS;
    PORTB &= (uint8_t) ~(PWM_PINS | _BV(STANDBY));
}

/* The duty is taken off before the direction changes, or the driver would see the old duty the new way. */
void hal_drive(uint8_t side, motor_mode_t mode, int16_t duty) {
    uint8_t in1 = side == LEFT ? _BV(LEFT_IN1) : _BV(RIGHT_IN1);
    uint8_t in2 = side == LEFT ? _BV(LEFT_IN2) : _BV(RIGHT_IN2);
    void (*pwm)(uint16_t) = side == LEFT ? left_pwm : right_pwm;
    uint8_t direction = in1 | in2; /* both: the brake */
    uint16_t compare = PWM_TOP;
    if (mode == MOTOR_OFF) {
        direction = 0;
        compare = 0;
    } else if (mode == MOTOR_DRIVE) {
        if (side == LEFT ? LEFT_REVERSED : RIGHT_REVERSED)
            duty = -duty;
        direction = duty > 0 ? in1 : duty < 0 ? in2 : 0;
        compare = (uint16_t)((uint32_t)(duty < 0 ? -duty : duty) * PWM_TOP >> 10);
    }
    if ((PORTD & (in1 | in2)) != direction) {
        pwm(0);
        PORTD = (uint8_t)((PORTD & ~(in1 | in2)) | direction);
    }
    pwm(compare);
    PORTB |= _BV(STANDBY);
}

bool hal_driver_fault(void) { return !(PINB & _BV(DRIVER_FAULT)); }

bool hal_estop_open(void) { return PINB & _BV(ESTOP); }

void hal_led(bool on) {
    if (on)
        PORTB |= _BV(LED);
    else
        PORTB &= (uint8_t)~_BV(LED);
}

/* ---------------------------------------------------------------- analog */

static const uint8_t CHANNELS[3] = {ADC_BATTERY, ADC_LEFT_CURRENT, ADC_RIGHT_CURRENT};
static uint16_t readings[3];
static uint8_t channel;

void hal_analog_next(void) {
    if (ADCSRA & _BV(ADSC))
        return;
    readings[channel] = ADC;
    channel = channel < 2 ? channel + 1 : 0;
    ADMUX = _BV(REFS0) | CHANNELS[channel];
    ADCSRA |= _BV(ADSC);
}

uint16_t hal_analog_mv(analog_t of) { return (uint16_t)((uint32_t)readings[of] * ADC_FULL_MV >> 10); }

/* ---------------------------------------------------------------- UART */

static volatile uint8_t rx_ring[RX_BYTES], tx_ring[TX_BYTES];
static volatile uint8_t rx_head, rx_tail, tx_head, tx_tail;

/* A byte with a framing error, or one that finds no room, is dropped: the CRC of its frame tells. */
ISR(USART_RX_vect) {
    uint8_t status = UCSR0A, byte = UDR0, next = (rx_head + 1) & (RX_BYTES - 1);
    if (!(status & _BV(FE0)) && next != rx_tail) {
        rx_ring[rx_head] = byte;
        rx_head = next;
    }
}

ISR(USART_UDRE_vect) {
    if (tx_head == tx_tail) {
        UCSR0B &= (uint8_t)~_BV(UDRIE0);
    } else {
        UDR0 = tx_ring[tx_tail];
        tx_tail = (uint8_t)((tx_tail + 1) & (TX_BYTES - 1));
    }
}

bool hal_uart_read(uint8_t *byte) {
    uint8_t tail = rx_tail;
    if (tail == rx_head)
        return false;
    *byte = rx_ring[tail];
    rx_tail = (tail + 1) & (RX_BYTES - 1);
    return true;
}

bool hal_uart_write(const uint8_t *bytes, uint8_t count_of) {
    uint8_t head = tx_head, used = (uint8_t)((head - tx_tail) & (TX_BYTES - 1));
    if (count_of > TX_BYTES - 1 - used)
        return false;
    for (uint8_t i = 0; i < count_of; i++) {
        tx_ring[head] = bytes[i];
        head = (uint8_t)((head + 1) & (TX_BYTES - 1));
    }
    tx_head = head;
    UCSR0B |= _BV(UDRIE0);
    return true;
}

/* ---------------------------------------------------------------- the rest */

void hal_init(void) {
    cli();
    PORTD = _BV(ENCODER_LEFT_A) | _BV(ENCODER_LEFT_B); /* pull-ups of the inputs; all outputs low before they drive */
    DDRD = DIRECTION_PINS;
    PORTB = _BV(ESTOP) | _BV(DRIVER_FAULT);
    DDRB = PWM_PINS | _BV(STANDBY) | _BV(LED);
    PORTC = _BV(ENCODER_RIGHT_A) | _BV(ENCODER_RIGHT_B);
    wdt_enable(WDTO_60MS);

    ICR1 = PWM_TOP; /* fast PWM up to ICR1, no prescaler; the outputs are not connected yet */
    TCCR1A = _BV(WGM11);
    TCCR1B = _BV(WGM13) | _BV(WGM12) | _BV(CS10);

    OCR2A = CLOCK_TOP; /* clear on compare, prescaler 64 */
    TCCR2A = _BV(WGM21);
    TCCR2B = _BV(CS22);
    TIMSK2 = _BV(OCIE2A);

    encoders[LEFT].pins = (PIND >> ENCODER_LEFT_A) & 3;
    encoders[RIGHT].pins = (PINC >> ENCODER_RIGHT_A) & 3;
    PCMSK2 = _BV(ENCODER_LEFT_A) | _BV(ENCODER_LEFT_B);
    PCMSK1 = _BV(ENCODER_RIGHT_A) | _BV(ENCODER_RIGHT_B);
    PCICR = _BV(PCIE1) | _BV(PCIE2);

    ADMUX = _BV(REFS0) | CHANNELS[0]; /* against AVCC; 125 kHz */
    DIDR0 = _BV(ADC_BATTERY) | _BV(ADC_LEFT_CURRENT) | _BV(ADC_RIGHT_CURRENT);
    ADCSRA = _BV(ADEN) | _BV(ADSC) | _BV(ADPS2) | _BV(ADPS1) | _BV(ADPS0);

    UCSR0A = _BV(U2X0);
    UCSR0C = _BV(UCSZ01) | _BV(UCSZ00);
    UBRR0 = UBRR_U2X; /* last: simavr takes the length of a byte from the registers above */
    UCSR0B = _BV(RXEN0) | _BV(TXEN0) | _BV(RXCIE0);

    set_sleep_mode(SLEEP_MODE_IDLE);
    sei();
}

void hal_watchdog_feed(void) { wdt_reset(); }

/* Sleeps until a byte or the next millisecond has come: edges of the encoders are counted and it sleeps on.
 * What comes between the test and the sleep wakes it: `sei` takes effect one instruction late. */
void hal_idle(void) {
    static uint8_t seen_ms;
    cli();
    while (rx_head == rx_tail && (uint8_t)clock_ms == seen_ms) {
        sleep_enable();
        sei();
        sleep_cpu();
        sleep_disable();
        cli();
    }
    seen_ms = (uint8_t)clock_ms;
    sei();
}

void hal_trace(uint8_t what) { GPIOR0 = what; }
