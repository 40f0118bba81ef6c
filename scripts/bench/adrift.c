/*
 * Preloaded into a program (LD_PRELOAD), it lets its wall clock and its names go adrift, as the
 * file at ADRIFT says: two 64-bit integers, the seconds to add to the time of day, and 1 where no
 * name can be resolved. The file is mapped, so that what is written there counts at once. Names
 * that end in ".test" (RFC 6761) are this machine's. What time has passed is measured truly.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

typedef int resolve(const char *, const char *, const struct addrinfo *, struct addrinfo **);

static const volatile int64_t *world;

__attribute__((constructor)) static void look(void) {
  const char *path = getenv("ADRIFT");
  int file = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  void *mapped = mmap(NULL, 2 * sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
  if (mapped != MAP_FAILED) world = mapped;
  close(file);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  int failed = (int)syscall(SYS_clock_gettime, clock, now);
  int of_day = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
  if (!failed && of_day && world != NULL) now->tv_sec += world[0];
  return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  (void)zone;
  struct timespec precise;
  int failed = clock_gettime(CLOCK_REALTIME, &precise);
  if (failed) return failed;
  now->tv_sec = precise.tv_sec;
  now->tv_usec = precise.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *at) {
  struct timespec now;
  if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
  if (at != NULL) *at = now.tv_sec;
  return now.tv_sec;
}

/*
 * Who waits until a time of day has read it off the clock above, and the kernel keeps the true one:
 * with the clock set back, every such wait of the runtime's threads would be over at once. A time
 * below 10^9 s is one since the machine's start.
 */
int pthread_cond_timedwait(pthread_cond_t *restrict told, pthread_mutex_t *restrict held,
                           const struct timespec *restrict until) {
  if (until->tv_sec < 1000000000) return pthread_cond_clockwait(told, held, CLOCK_MONOTONIC, until);
  struct timespec truly = *until;
  if (world != NULL) truly.tv_sec -= world[0];
  return pthread_cond_clockwait(told, held, CLOCK_REALTIME, &truly);
}

int getaddrinfo(const char *restrict name, const char *restrict service,
                const struct addrinfo *restrict hints, struct addrinfo **restrict found) {
  resolve *really = (resolve *)dlsym(RTLD_NEXT, "getaddrinfo");
  const char *end = name == NULL ? NULL : strrchr(name, '.');
  if (end == NULL || strcmp(end, ".test") != 0) return really(name, service, hints, found);
  if (world != NULL && world[1] != 0) return EAI_AGAIN;
  return really("127.0.0.1", service, hints, found);
}
