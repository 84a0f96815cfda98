// SPDX-License-Identifier: Apache-2.0
// Tells ThreadSanitizer what Abseil's locks, and the reference counts of its Status, order.
//
// Debian's Abseil is built without it, and its mutex is made of atomics and futexes that the
// sanitizer cannot see: everything guarded by one would be reported. This library comes before
// Abseil's in the search for symbols, ours and gRPC's alike, and wraps what locks and signals.
//
// While Abseil is at work, reads are not looked at: it evaluates the conditions of those who wait
// on the thread of whoever unlocks, in the middle of unlocking.

#include <utility>

#include "absl/status/status.h"
#include "absl/synchronization/barrier.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "tests/preloaded.h"

extern "C" {
void __tsan_acquire(void* address);
void __tsan_release(void* address);
void AnnotateIgnoreReadsBegin(const char* file, int line);
void AnnotateIgnoreReadsEnd(const char* file, int line);
}

namespace {

class IgnoringReads {
 public:
  IgnoringReads() { AnnotateIgnoreReadsBegin(__FILE__, __LINE__); }
  ~IgnoringReads() { AnnotateIgnoreReadsEnd(__FILE__, __LINE__); }
  IgnoringReads(const IgnoringReads&) = delete;
  IgnoringReads& operator=(const IgnoringReads&) = delete;
};

}  // namespace

#define NEXT(type, mangled)                              \
  static auto* const next = skyden::Next<type>(mangled); \
  const IgnoringReads ignoring

namespace absl {
ABSL_NAMESPACE_BEGIN

void Mutex::Lock() {
  {
    NEXT(void(Mutex*), "_ZN4absl7debian35Mutex4LockEv");
    next(this);
  }
  __tsan_acquire(this);
}

void Mutex::Unlock() {
  __tsan_release(this);
  NEXT(void(Mutex*), "_ZN4absl7debian35Mutex6UnlockEv");
  next(this);
}

bool Mutex::TryLock() {
  bool locked = false;
  {
    NEXT(bool(Mutex*), "_ZN4absl7debian35Mutex7TryLockEv");
    locked = next(this);
  }
  if (locked) __tsan_acquire(this);
  return locked;
}

void Mutex::ReaderLock() {
  {
    NEXT(void(Mutex*), "_ZN4absl7debian35Mutex10ReaderLockEv");
    next(this);
  }
  __tsan_acquire(this);
}

void Mutex::ReaderUnlock() {
  __tsan_release(this);
  NEXT(void(Mutex*), "_ZN4absl7debian35Mutex12ReaderUnlockEv");
  next(this);
}

void Mutex::LockWhen(const Condition& condition) {
  {
    NEXT(void(Mutex*, const Condition&), "_ZN4absl7debian35Mutex8LockWhenERKNS0_9ConditionE");
    next(this, condition);
  }
  __tsan_acquire(this);
}

bool Mutex::LockWhenWithTimeout(const Condition& condition, Duration timeout) {
  bool met = false;
  {
    NEXT(bool(Mutex*, const Condition&, Duration),
         "_ZN4absl7debian35Mutex19LockWhenWithTimeoutERKNS0_9ConditionENS0_8DurationE");
    met = next(this, condition, timeout);
  }
  __tsan_acquire(this);
  return met;
}

void Mutex::Await(const Condition& condition) {
  __tsan_release(this);
  {
    NEXT(void(Mutex*, const Condition&), "_ZN4absl7debian35Mutex5AwaitERKNS0_9ConditionE");
    next(this, condition);
  }
  __tsan_acquire(this);
}

bool Mutex::AwaitWithTimeout(const Condition& condition, Duration timeout) {
  __tsan_release(this);
  bool met = false;
  {
    NEXT(bool(Mutex*, const Condition&, Duration),
         "_ZN4absl7debian35Mutex16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE");
    met = next(this, condition, timeout);
  }
  __tsan_acquire(this);
  return met;
}

bool Mutex::AwaitWithDeadline(const Condition& condition, Time deadline) {
  __tsan_release(this);
  bool met = false;
  {
    NEXT(bool(Mutex*, const Condition&, Time),
         "_ZN4absl7debian35Mutex17AwaitWithDeadlineERKNS0_9ConditionENS0_4TimeE");
    met = next(this, condition, deadline);
  }
  __tsan_acquire(this);
  return met;
}

void CondVar::Wait(Mutex* mutex) {
  __tsan_release(mutex);
  {
    NEXT(void(CondVar*, Mutex*), "_ZN4absl7debian37CondVar4WaitEPNS0_5MutexE");
    next(this, mutex);
  }
  __tsan_acquire(mutex);
}

bool CondVar::WaitWithTimeout(Mutex* mutex, Duration timeout) {
  __tsan_release(mutex);
  bool timed_out = false;
  {
    NEXT(bool(CondVar*, Mutex*, Duration),
         "_ZN4absl7debian37CondVar15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE");
    timed_out = next(this, mutex, timeout);
  }
  __tsan_acquire(mutex);
  return timed_out;
}

bool CondVar::WaitWithDeadline(Mutex* mutex, Time deadline) {
  __tsan_release(mutex);
  bool timed_out = false;
  {
    NEXT(bool(CondVar*, Mutex*, Time),
         "_ZN4absl7debian37CondVar16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE");
    timed_out = next(this, mutex, deadline);
  }
  __tsan_acquire(mutex);
  return timed_out;
}

// Its flag, right behind its mutex, is read by inlined code with an acquire that the sanitizer
// sees.
void Notification::Notify() {
  __tsan_release(reinterpret_cast<char*>(this) + sizeof(Mutex));
  NEXT(void(Notification*), "_ZN4absl7debian312Notification6NotifyEv");
  next(this);
}

void Notification::WaitForNotification() const {
  {
    NEXT(void(const Notification*), "_ZNK4absl7debian312Notification19WaitForNotificationEv");
    next(this);
  }
  __tsan_acquire(const_cast<char*>(reinterpret_cast<const char*>(this)) + sizeof(Mutex));
}

bool Notification::WaitForNotificationWithTimeout(Duration timeout) const {
  bool notified = false;
  {
    NEXT(bool(const Notification*, Duration),
         "_ZNK4absl7debian312Notification30WaitForNotificationWithTimeoutENS0_8DurationE");
    notified = next(this, timeout);
  }
  __tsan_acquire(const_cast<char*>(reinterpret_cast<const char*>(this)) + sizeof(Mutex));
  return notified;
}

bool BlockingCounter::DecrementCount() {
  __tsan_release(this);
  NEXT(bool(BlockingCounter*), "_ZN4absl7debian315BlockingCounter14DecrementCountEv");
  return next(this);
}

void BlockingCounter::Wait() {
  {
    NEXT(void(BlockingCounter*), "_ZN4absl7debian315BlockingCounter4WaitEv");
    next(this);
  }
  __tsan_acquire(this);
}

bool Barrier::Block() {
  __tsan_release(this);
  bool last = false;
  {
    NEXT(bool(Barrier*), "_ZN4absl7debian37Barrier5BlockEv");
    last = next(this);
  }
  __tsan_acquire(this);
  return last;
}

// Whoever lets go last deletes what the others read.
void Status::UnrefNonInlined(uintptr_t rep) {
  void* const shared = reinterpret_cast<void*>(rep);
  __tsan_release(shared);
  __tsan_acquire(shared);
  NEXT(void(uintptr_t), "_ZN4absl7debian36Status15UnrefNonInlinedEm");
  next(rep);
}

ABSL_NAMESPACE_END
}  // namespace absl
