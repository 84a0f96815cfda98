// SPDX-License-Identifier: Apache-2.0
// Bounds what is being sent to all zones at a time. Bytes that several zones share count once.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace skyden::kds {

// Something that sends.
class FlightSender {
 public:
  virtual ~FlightSender() = default;
  // There may be room again. Brief, any thread.
  virtual void OnRoom() = 0;
  // It holds room that others need and gets nothing done: it should end.
  virtual void OnEvicted() = 0;
};

// Thread-safe. Outlives its tickets.
class FlightBudget {
 public:
  explicit FlightBudget(size_t bytes_max) : bytes_max_(bytes_max) {}

  struct Flight {
    const void* payload = nullptr;
    absl::Duration since;
    std::weak_ptr<FlightSender> sender;
  };

  // Room for one message; given back when it is destroyed. Movable.
  class Ticket {
   public:
    Ticket() = default;
    Ticket(Ticket&& other) noexcept { *this = std::move(other); }
    Ticket& operator=(Ticket&& other) noexcept;
    ~Ticket() { Release(); }
    void Release();

   private:
    friend class FlightBudget;
    FlightBudget* budget_ = nullptr;
    std::list<Flight>::iterator flight_;
  };

  // Takes room for `bytes` at `payload`. False when there is none: then `sender` is told when there
  // may be, and who has been sending for longest, if for `limits::kKdsEvictAfter` or longer, is
  // evicted.
  bool Take(const void* payload, size_t bytes, const std::shared_ptr<FlightSender>& sender,
            absl::Duration now, Ticket& ticket) ABSL_LOCKS_EXCLUDED(mu_);

  size_t bytes() const ABSL_LOCKS_EXCLUDED(mu_);

  static constexpr size_t kFreeBytes = 4096;  // messages up to this size need no ticket

 private:
  struct Payload {
    size_t bytes = 0;
    size_t flights = 0;
  };
  void GiveBack(std::list<Flight>::iterator flight) ABSL_LOCKS_EXCLUDED(mu_);

  const size_t bytes_max_;
  mutable absl::Mutex mu_;
  size_t bytes_ ABSL_GUARDED_BY(mu_) = 0;
  absl::flat_hash_map<const void*, Payload> payloads_ ABSL_GUARDED_BY(mu_);
  std::list<Flight> flights_ ABSL_GUARDED_BY(mu_);  // oldest first
  std::vector<std::weak_ptr<FlightSender>> waiting_ ABSL_GUARDED_BY(mu_);
};

}  // namespace skyden::kds
