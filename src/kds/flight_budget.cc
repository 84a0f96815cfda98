// SPDX-License-Identifier: Apache-2.0
#include "kds/flight_budget.h"

#include "skyden/base/limits.h"

namespace skyden::kds {

FlightBudget::Ticket& FlightBudget::Ticket::operator=(Ticket&& other) noexcept {
  if (this == &other) return *this;
  Release();
  budget_ = std::exchange(other.budget_, nullptr);
  flight_ = other.flight_;
  return *this;
}

void FlightBudget::Ticket::Release() {
  if (budget_ != nullptr) std::exchange(budget_, nullptr)->GiveBack(flight_);
}

bool FlightBudget::Take(const void* payload, size_t bytes,
                        const std::shared_ptr<FlightSender>& sender, absl::Duration now,
                        Ticket& ticket) {
  ticket.Release();
  if (bytes <= kFreeBytes) return true;
  std::shared_ptr<FlightSender> evicted;
  {
    absl::MutexLock lock(&mu_);
    const auto known = payloads_.find(payload);
    const size_t more = known == payloads_.end() ? bytes : 0;
    if (more == 0 || bytes_ == 0 || bytes_ + more <= bytes_max_) {
      bytes_ += more;
      Payload& entry = payloads_[payload];
      entry.bytes = bytes;
      ++entry.flights;
      flights_.push_back({payload, now, sender});
      ticket.budget_ = this;
      ticket.flight_ = std::prev(flights_.end());
      return true;
    }
    waiting_.push_back(sender);
    if (now - flights_.front().since >= base::limits::kKdsEvictAfter) {
      evicted = flights_.front().sender.lock();
    }
  }
  if (evicted != nullptr) evicted->OnEvicted();
  return false;
}

void FlightBudget::GiveBack(std::list<Flight>::iterator flight) {
  std::vector<std::weak_ptr<FlightSender>> waiting;
  {
    absl::MutexLock lock(&mu_);
    const auto payload = payloads_.find(flight->payload);
    if (--payload->second.flights == 0) {
      bytes_ -= payload->second.bytes;
      payloads_.erase(payload);
      waiting.swap(waiting_);
    }
    flights_.erase(flight);
  }
  for (const auto& weak : waiting) {
    if (auto sender = weak.lock()) sender->OnRoom();
  }
}

size_t FlightBudget::bytes() const {
  absl::MutexLock lock(&mu_);
  return bytes_;
}

}  // namespace skyden::kds
