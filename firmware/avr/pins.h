/* Where everything is wired on an Arduino Uno or Nano (ATmega328P). docs/firmware.md has the picture. */
#ifndef PINS_H
#define PINS_H

#include <avr/io.h>

/* PORTD */
#define ENCODER_LEFT_A PD2 /* D2 */
#define ENCODER_LEFT_B PD3 /* D3 */
#define LEFT_IN1 PD4       /* D4 */
#define LEFT_IN2 PD5       /* D5 */
#define RIGHT_IN1 PD6      /* D6 */
#define RIGHT_IN2 PD7      /* D7 */

/* PORTB */
#define ESTOP PB0        /* D8: closed to ground = all is well; open = stop */
#define LEFT_PWM PB1     /* D9, OC1A */
#define RIGHT_PWM PB2    /* D10, OC1B */
#define STANDBY PB3      /* D11: high enables the driver (TB6612 STBY); free with an L298N */
#define DRIVER_FAULT PB4 /* D12: low = fault; free = no fault */
#define LED PB5          /* D13 */

/* PORTC */
#define ENCODER_RIGHT_A PC0 /* A0 */
#define ENCODER_RIGHT_B PC1 /* A1 */
#define ADC_BATTERY 2       /* A2 */
#define ADC_LEFT_CURRENT 3  /* A3 */
#define ADC_RIGHT_CURRENT 4 /* A4 */

#endif
