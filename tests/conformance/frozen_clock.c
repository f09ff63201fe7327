// Preloaded into sluice while a test has stopped the clock: the time of day is $FROZEN_SECONDS since 1970. Other clocks go on.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

int clock_gettime(clockid_t clock, struct timespec* now) {
  if (clock == CLOCK_REALTIME) {
    now->tv_sec = atoll(getenv("FROZEN_SECONDS"));
    now->tv_nsec = 0;
    return 0;
  }
  int (*original)(clockid_t, struct timespec*) = (int (*)(clockid_t, struct timespec*))dlsym(RTLD_NEXT, "clock_gettime");
  return original(clock, now);
}
