// SPDX-License-Identifier: Apache-2.0
// What of its state a zone has not taken yet, of each type and since when. Follows from what a
// stream sends and is answered: nothing is looked up, nothing ticks.
#pragma once

#include <bitset>
#include <cstddef>
#include <map>
#include <optional>

#include "absl/time/time.h"
#include "skyden/telemetry/cells.h"

namespace skyden::kds {

inline constexpr size_t kTypesMax = 128;
using TypeSet = std::bitset<kTypesMax>;

// Thread-compatible. Times are monotonic; types are given by their index.
class Delivery {
 public:
  // `propagation` is told how long changes took, from their commits to the answers that took them;
  // may be null.
  explicit Delivery(telemetry::Histogram* propagation) : propagation_(propagation) {}

  // The zone asks for all of a type.
  void Begins(size_t type, absl::Duration now);
  // Something of a type that was sent before may have changed, `since` at the earliest. It counts
  // once it turned out to concern the zone.
  void Changed(size_t type, absl::Duration since);
  // What is true of the type now is what the zone was sent before.
  void NothingDue(size_t type);
  // Or it is on its way from here on.
  void Sends(size_t type, absl::Duration now);
  // The zone answered the last message of what was on its way.
  void Took(size_t type, absl::Duration now);
  void Refused(size_t type);

  // The types that the zone has not taken, or refused and took nothing of since; and since when the
  // oldest of it is so.
  const TypeSet& behind() const { return behind_; }
  std::optional<absl::Duration> behind_since() const;

 private:
  struct Open {
    std::optional<absl::Duration> whole_since;    // a first state is not taken
    std::optional<absl::Duration> waits_since;    // nobody has looked what of it changed
    std::optional<absl::Duration> sent_since;     // a change is not taken
    bool is_noticed = false;                      // and that is when it was committed
    std::optional<absl::Duration> refused_since;  // what was refused is as old as that

    std::optional<absl::Duration> since() const;
  };
  void Settle(std::map<size_t, Open>::iterator open);

  telemetry::Histogram* const propagation_;
  std::map<size_t, Open> open_;  // by type, while there is something
  TypeSet behind_;
};

}  // namespace skyden::kds
