// SPDX-License-Identifier: Apache-2.0
// Requests waiting for the writer, fair between those they belong to.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace skyden::store {

// Whose turn a request takes: a control plane's, an organization's (tenant 0), or the system's.
struct Lane {
  int64_t organization = 0;
  int64_t tenant = 0;
  friend bool operator==(const Lane&, const Lane&) = default;
  template <class H>
  friend H AbslHashValue(H h, const Lane& lane) {
    return H::combine(std::move(h), lane.organization, lane.tenant);
  }
};

// One request of each lane in turn, in the order pushed within a lane. Thread-compatible.
template <class Request>
class WriteQueue {
 public:
  WriteQueue(size_t size_max, size_t lane_max) : size_max_(size_max), lane_max_(lane_max) {}

  // False, and the request untouched, when the queue or the lane is full.
  bool Push(const Lane& lane, Request& request) {
    if (size_ >= size_max_) return false;
    std::deque<Request>& waiting = lanes_[lane];
    if (waiting.size() >= lane_max_) return false;
    if (waiting.empty()) turns_.push_back(lane);
    waiting.push_back(std::move(request));
    ++size_;
    return true;
  }

  std::optional<Request> Pop() {
    if (turns_.empty()) return std::nullopt;
    const Lane lane = turns_.front();
    turns_.pop_front();
    const auto found = lanes_.find(lane);
    Request request = std::move(found->second.front());
    found->second.pop_front();
    --size_;
    if (found->second.empty()) {
      lanes_.erase(found);
    } else {
      turns_.push_back(lane);
    }
    return request;
  }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  const size_t size_max_;
  const size_t lane_max_;
  size_t size_ = 0;
  absl::flat_hash_map<Lane, std::deque<Request>> lanes_;  // none is empty
  std::deque<Lane> turns_;                                // each lane of lanes_ once
};

}  // namespace skyden::store
