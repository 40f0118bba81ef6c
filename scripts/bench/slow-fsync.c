/*
 * Preloaded into a program (LD_PRELOAD), it makes every fsync take SLOW_FSYNC_MS longer, as an SD
 * card would. With FSYNC_FAILS_FROM=N the Nth of them and all later ones fail.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdatomic.h>
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

static int fails(void) {
  static atomic_long calls;
  const char *text = getenv("FSYNC_FAILS_FROM");
  if (text == NULL || ++calls < strtol(text, NULL, 10)) return 0;
  errno = EIO;
  return 1;
}

int fsync(int fd) {
  wait_a_while();
  if (fails()) return -1;
  return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd) {
  wait_a_while();
  if (fails()) return -1;
  return (int)syscall(SYS_fdatasync, fd);
}
