// SPDX-License-Identifier: Apache-2.0
// Gives memory back after many connections have gone.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

#include "skyden/base/executor.h"

namespace skyden::kds {

// Connections come and go like a tide. Thread-compatible.
class Tide {
 public:
  // Told how many there are, and the most there were since it was told before (they may have come
  // and gone in between): whether, since it last said so, it has gone out so far that what they
  // left behind is worth looking for. Then says so once more: a zone's last words are written
  // later.
  bool HasGoneOut(size_t peak, size_t connections);

  static constexpr size_t kWorthwhile = 64;  // connections; some 60 kB each

 private:
  size_t high_ = 0;
  bool settles_ = false;
};

// Looks now and then. Thread-safe. Its dependencies must outlive it, but for what it holds.
class TideWatch : public std::enable_shared_from_this<TideWatch> {
 public:
  struct Deps {
    std::function<size_t()> peak;  // since it was asked before
    std::function<size_t()> connections;
    base::Executor& workers;
    base::Timers& timers;
    std::function<void()> give_back_memory;
  };
  explicit TideWatch(Deps deps) : deps_(std::move(deps)) {}
  void Start();  // once; it ends with the last reference

 private:
  const Deps deps_;
  Tide tide_;  // one look at a time
};

}  // namespace skyden::kds
