/* The board, its controllers and the hardware tied together. `main` calls app_init once and app_poll for ever. */
#ifndef APP_H
#define APP_H

void app_init(void);
void app_poll(void); /* never waits */

#endif
