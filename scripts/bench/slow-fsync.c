/*
 * Preloaded into a program (LD_PRELOAD), it makes every fsync take SLOW_FSYNC_MS longer, as an SD
 * card would. SQLite in Bun calls fsync alone; fdatasync is what other builds of it call.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void wait_a_while(void) {
  const char *text = getenv("SLOW_FSYNC_MS");
  long ms = text == NULL ? 0 : strtol(text, NULL, 10);
  struct timespec left = {ms / 1000, ms % 1000 * 1000000};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

int fsync(int fd) {
  wait_a_while();
  return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd) {
  wait_a_while();
  return (int)syscall(SYS_fdatasync, fd);
}
