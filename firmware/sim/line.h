/* The serial line as a pseudo-terminal: what the host opens with pyserial. A symlink keeps its name over unplugging. */
#ifndef LINE_H
#define LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    int master, slave; /* -1 while unplugged */
    const char *link;
    long dropped; /* bytes for a host that did not read them */
} line_t;

bool line_plug(line_t *l); /* false with errno */
void line_unplug(line_t *l);
size_t line_read(line_t *l, uint8_t *bytes, size_t most); /* never waits */
void line_write(line_t *l, const uint8_t *bytes, size_t count);

#endif
