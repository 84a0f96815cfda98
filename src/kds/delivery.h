// SPDX-License-Identifier: Apache-2.0
// What of its state a zone has not taken yet, of each type, since when and from which revision on.
// Follows from what a stream sends and is answered: nothing is looked up, nothing ticks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "kds/notice.h"
#include "skyden/model/resource.h"
#include "skyden/telemetry/cells.h"

namespace skyden::kds {

// A type of which there may be something that the zone has not taken. Plain value.
struct OpenType {
  enum class State : uint8_t {
    kWaits,    // something changed; whether it concerns the zone nobody has looked
    kSent,     // or is about to be: the first state of it all
    kRefused,  // and nothing of it is on its way
  };
  size_t type = 0;
  State state = State::kWaits;
  model::Revision until = 0;              // the zone has all of the type up to here
  std::optional<absl::Duration> since{};  // it is behind, monotonic
  friend bool operator==(const OpenType&, const OpenType&) = default;
};

// Thread-compatible. Times are monotonic; types are given by their index.
class Delivery {
 public:
  // `propagation` is told how long changes took, from their commits to the answers that took them;
  // may be null.
  explicit Delivery(telemetry::Histogram* propagation) : propagation_(propagation) {}

  // All changes up to `until` are known: they are in what is read from now on, or Changed told of
  // them.
  void KnowsUntil(model::Revision until);
  // The zone asks for all of a type.
  void Begins(size_t type, absl::Duration now);
  // Something of a type that was sent before may have changed, in `first` or later, `since` at the
  // earliest. It counts once it turned out to concern the zone.
  void Changed(size_t type, absl::Duration since, model::Revision first);
  // What is true of the type now is what the zone was sent before.
  void NothingDue(size_t type);
  // Or it is on its way from here on.
  void Sends(size_t type, absl::Duration now);
  // The zone answered the last message of what was on its way.
  void Took(size_t type, absl::Duration now);
  // It refused one of them.
  void Refused(size_t type);

  // The types that the zone has not taken, or refused and took nothing of since; and since when the
  // oldest of it is so.
  const TypeSet& behind() const { return behind_; }
  std::optional<absl::Duration> behind_since() const;

  // Of what is known (KnowsUntil): the zone has taken every change up to here that concerns it.
  model::Revision until() const;
  model::Revision known() const { return known_; }
  // What keeps that from being all, by type.
  std::vector<OpenType> open() const;
  bool settled() const { return open_.empty(); }
  // Is another number after each change of what this says.
  uint64_t version() const { return version_; }

 private:
  struct Stage {
    absl::Duration since;
    model::Revision until = 0;  // the zone has all of the type up to here, but for what is behind
  };
  struct Open {
    std::optional<Stage> whole;    // a first state is not taken
    std::optional<Stage> waits;    // nobody has looked what of it changed
    std::optional<Stage> sent;     // a change is not taken
    bool is_noticed = false;       // and its `since` is when it was committed
    std::optional<Stage> refused;  // what was refused is as old as that
    bool is_refusing = false;      // it refused part of what was sent last

    std::optional<absl::Duration> since() const;
    model::Revision until() const;
  };
  void Settle(std::map<size_t, Open>::iterator open);

  telemetry::Histogram* const propagation_;
  std::map<size_t, Open> open_;  // by type, while there is something
  TypeSet behind_;
  model::Revision known_ = 0;
  uint64_t version_ = 0;
};

}  // namespace skyden::kds
