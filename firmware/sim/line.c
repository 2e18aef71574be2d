#include "line.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

bool line_plug(line_t *l) {
    if (l->master >= 0)
        return true;
    l->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (l->master < 0 || grantpt(l->master) != 0 || unlockpt(l->master) != 0)
        return false;
    const char *name = ptsname(l->master);
    l->slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC); /* held open: hosts may come and go */
    if (l->slave < 0)
        return false;
    struct termios raw;
    tcgetattr(l->slave, &raw);
    cfmakeraw(&raw);
    tcsetattr(l->slave, TCSANOW, &raw);
    fcntl(l->master, F_SETFL, O_NONBLOCK);
    unlink(l->link);
    return symlink(name, l->link) == 0;
}

void line_unplug(line_t *l) {
    if (l->master < 0)
        return;
    unlink(l->link);
    close(l->master);
    close(l->slave);
    l->master = l->slave = -1;
}

size_t line_read(line_t *l, uint8_t *bytes, size_t most) {
    ssize_t count = l->master >= 0 && most > 0 ? read(l->master, bytes, most) : 0;
    return count > 0 ? (size_t)count : 0;
}

void line_write(line_t *l, const uint8_t *bytes, size_t count) {
    ssize_t written = l->master >= 0 ? write(l->master, bytes, count) : 0;
    l->dropped += (long)count - (written > 0 ? written : 0);
}
