// SPDX-License-Identifier: Apache-2.0
// Preloaded into a program, moves its wall clock while it runs. By how many seconds stands in the
// file that MOVED_CLOCK names, or is said by the program itself (skyden_move_clock). Waits that end
// at a time of day end when the moved clock shows it; what is monotonic is left alone.
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdlib>

#include "tests/preloaded.h"

namespace {

using Seconds = std::atomic<int64_t>;

// The number in the file, shared with whoever moves the clock; one of our own without a file.
Seconds& Moved() {
  static Seconds own{0};
  static Seconds* const moved = [] {
    const char* const path = std::getenv("MOVED_CLOCK");
    if (path == nullptr) return &own;
    const int file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0) return &own;
    void* const mapped = mmap(nullptr, sizeof(Seconds), PROT_READ, MAP_SHARED, file, 0);
    close(file);
    return mapped == MAP_FAILED ? &own : static_cast<Seconds*>(mapped);
  }();
  return *moved;
}

bool IsWall(clockid_t clock) {
  return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI;
}

int RealGetTime(clockid_t clock, timespec* now) {
  static auto* const real = skyden::Next<int(clockid_t, timespec*)>("clock_gettime");
  return real(clock, now);
}

// A condition variable's own clock is not to be seen from outside; its times tell: nothing has been
// up since 2001.
bool IsTimeOfDay(const timespec& at) { return at.tv_sec > 1'000'000'000; }

// Waits by `wait`, which takes a time of the real clock, until the moved one shows `until`.
template <class Wait>
int UntilMoved(const timespec& until, int timed_out, Wait wait) {
  for (;;) {
    timespec real = until;
    real.tv_sec -= Moved();
    const int result = wait(real);
    timespec now{};
    RealGetTime(CLOCK_REALTIME, &now);
    now.tv_sec += Moved();
    const bool early =
        now.tv_sec < until.tv_sec || (now.tv_sec == until.tv_sec && now.tv_nsec < until.tv_nsec);
    if (result != timed_out || !early) return result;
  }
}

}  // namespace

extern "C" {

void skyden_move_clock(int64_t seconds);
void skyden_move_clock(int64_t seconds) { Moved() += seconds; }

int clock_gettime(clockid_t clock, timespec* now) {
  const int result = RealGetTime(clock, now);
  if (result == 0 && IsWall(clock)) now->tv_sec += Moved();
  return result;
}

int gettimeofday(timeval* now, void* zone) {
  static auto* const real = skyden::Next<int(timeval*, void*)>("gettimeofday");
  const int result = real(now, zone);
  if (result == 0) now->tv_sec += Moved();
  return result;
}

time_t time(time_t* out) {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (out != nullptr) *out = now.tv_sec;
  return now.tv_sec;
}

int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                           const timespec* until) {
  static auto* const real = skyden::Next<int(pthread_cond_t*, pthread_mutex_t*, const timespec*)>(
      "pthread_cond_timedwait");
  if (!IsTimeOfDay(*until)) return real(condition, mutex, until);
  return UntilMoved(*until, ETIMEDOUT,
                    [&](const timespec& at) { return real(condition, mutex, &at); });
}

int sem_timedwait(sem_t* semaphore, const timespec* until) {
  static auto* const real = skyden::Next<int(sem_t*, const timespec*)>("sem_timedwait");
  int failed = 0;
  const int result = UntilMoved(*until, ETIMEDOUT, [&](const timespec& at) {
    failed = real(semaphore, &at) == 0 ? 0 : errno;
    return failed;
  });
  errno = failed;
  return result == 0 ? 0 : -1;
}

// absl waits with a futex that ends at a time of day.
long syscall(long number, ...) {
  static auto* const real = skyden::Next<long(long, ...)>("syscall");
  va_list list;
  va_start(list, number);
  long arguments[6];
  for (long& argument : arguments) argument = va_arg(list, long);
  va_end(list);
  const auto call = [&](const timespec* until) {
    return real(number, arguments[0], arguments[1], arguments[2], reinterpret_cast<long>(until),
                arguments[4], arguments[5]);
  };
  const auto* const until = reinterpret_cast<const timespec*>(arguments[3]);
  const bool timed = number == SYS_futex && (arguments[1] & FUTEX_CLOCK_REALTIME) != 0 &&
                     (arguments[1] & FUTEX_CMD_MASK) == FUTEX_WAIT_BITSET && until != nullptr;
  if (!timed) return call(until);
  int failed = 0;
  const int result = UntilMoved(*until, ETIMEDOUT, [&](const timespec& at) {
    failed = call(&at) == 0 ? 0 : errno;
    return failed;
  });
  errno = failed;
  return result == 0 ? 0 : -1;
}

}  // extern "C"
