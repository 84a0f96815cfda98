// SPDX-License-Identifier: Apache-2.0
// Looks at all connections now and then: hangs up where nothing moves any more, and gives memory
// back after many have gone.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

#include "absl/time/time.h"
#include "kds/connection.h"
#include "skyden/base/clock.h"
#include "skyden/base/executor.h"

namespace skyden::kds {

// Connections come and go like a tide. Thread-compatible.
class Tide {
 public:
  // Told how many there are: whether, since it last said so, it has gone out so far that what they
  // left behind is worth looking for.
  bool HasGoneOut(size_t connections);

  static constexpr size_t kWorthwhile = 64;  // connections; some 100 kB each

 private:
  size_t high_ = 0;
};

// Thread-safe. Its dependencies must outlive it, but for what it holds.
class ConnectionWatch : public std::enable_shared_from_this<ConnectionWatch> {
 public:
  struct Deps {
    std::shared_ptr<ConnectionTable> connections;
    base::Clock& clock;
    base::Executor& workers;
    base::Timers& timers;
    absl::Duration every;
    std::function<void()> give_back_memory;
  };
  explicit ConnectionWatch(Deps deps) : deps_(std::move(deps)) {}
  void Start();  // once; it ends with the last reference

 private:
  void Look();

  const Deps deps_;
  Tide tide_;  // one Look at a time
};

}  // namespace skyden::kds
