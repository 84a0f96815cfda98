// SPDX-License-Identifier: Apache-2.0
// Who is next, when many want something of which there is little.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace skyden::base {

// Those who share a turn: one tenant, say. The numbers mean nothing but to tell lanes apart.
struct Lane {
  uint32_t kind = 0;
  uint64_t number = 0;
  friend bool operator==(const Lane&, const Lane&) = default;
  template <class H>
  friend H AbslHashValue(H h, const Lane& lane) {
    return H::combine(std::move(h), lane.kind, lane.number);
  }
};
inline constexpr Lane kOwnLane{0, 0};   // nobody's but the program's own: has no bound
inline constexpr Lane kLastLane{0, 1};  // only when nobody else waits; has no bound either
inline constexpr uint32_t kFirstLaneKind = 1;

// One of each lane in turn, in the order pushed within a lane; of a lane at most so many are under
// way at once: fewer while others of its kind come as well. Thread-compatible.
template <class Item>
class LaneQueue {
 public:
  // So many of a lane's in a row, of all of its kind, and it counts as alone.
  static constexpr uint64_t kAlone = 64;

  struct Taken {
    Lane lane;
    Item item;
  };

  // Of a lane at most `running_max` are under way while it is alone, else `beside_max`.
  LaneQueue(size_t running_max, size_t beside_max)
      : running_max_(running_max), beside_max_(beside_max) {}
  explicit LaneQueue(size_t running_max) : LaneQueue(running_max, running_max) {}

  void Push(const Lane& lane, Item item) {
    ++size_;
    if (lane == kLastLane) return last_.push_back(std::move(item));
    State& state = lanes_[lane];
    state.waiting.push_back(std::move(item));
    Enqueue(lane, state);
  }

  // Whether Take has something to give.
  bool ready() const { return !turns_.empty() || !last_.empty(); }

  // The next; it is under way until Done.
  std::optional<Taken> Take() {
    if (turns_.empty()) return TakeLast();
    const Lane lane = turns_.front();
    turns_.pop_front();
    State& state = lanes_.find(lane)->second;
    state.has_turn = false;
    Taken taken{lane, std::move(state.waiting.front())};
    state.waiting.pop_front();
    --size_;
    ++state.running;
    NoteBegun(lane);
    Enqueue(lane, state);
    return taken;
  }

  // Begins one that never waited: true when nobody waits and the lane has room for it. It is under
  // way then, until Done.
  bool Begin(const Lane& lane) {
    if (ready()) return false;
    State& state = lanes_[lane];
    if (!HasRoom(lane, state) || !state.waiting.empty()) return false;
    ++state.running;
    NoteBegun(lane);
    return true;
  }

  // One of `lane`, which Take gave or Begin allowed, is over.
  void Done(const Lane& lane) {
    if (lane == kLastLane) return;
    const auto found = lanes_.find(lane);
    State& state = found->second;
    --state.running;
    if (state.waiting.empty() && state.running == 0) {
      lanes_.erase(found);
    } else {
      Enqueue(lane, state);
    }
  }

  size_t size() const { return size_; }           // that wait
  size_t lanes() const { return lanes_.size(); }  // that wait or are under way

 private:
  struct State {
    std::deque<Item> waiting;
    size_t running = 0;
    bool has_turn = false;  // is in turns_
  };

  // The lane of a kind that began last, and how many of it did without another between.
  struct Streak {
    uint64_t number = 0;
    uint64_t length = 0;
  };

  bool HasRoom(const Lane& lane, const State& state) const {
    if (lane == kOwnLane || state.running < beside_max_) return true;
    return state.running < running_max_ && IsAlone(lane);
  }
  bool IsAlone(const Lane& lane) const {
    const auto found = streaks_.find(lane.kind);
    return found != streaks_.end() && found->second.number == lane.number &&
           found->second.length >= kAlone;
  }
  void NoteBegun(const Lane& lane) {
    if (beside_max_ >= running_max_) return;
    Streak& streak = streaks_[lane.kind];
    if (streak.number != lane.number) streak = {lane.number, 0};
    ++streak.length;
  }
  void Enqueue(const Lane& lane, State& state) {
    if (state.has_turn || state.waiting.empty() || !HasRoom(lane, state)) return;
    state.has_turn = true;
    turns_.push_back(lane);
  }
  std::optional<Taken> TakeLast() {
    if (last_.empty()) return std::nullopt;
    Taken taken{kLastLane, std::move(last_.front())};
    last_.pop_front();
    --size_;
    return taken;
  }

  const size_t running_max_;
  const size_t beside_max_;
  size_t size_ = 0;
  absl::flat_hash_map<uint32_t, Streak> streaks_;  // by kind, of which there are few
  absl::flat_hash_map<Lane, State> lanes_;         // that wait or are under way
  std::deque<Lane> turns_;                         // those that wait and have room, each once
  std::deque<Item> last_;
};

}  // namespace skyden::base
