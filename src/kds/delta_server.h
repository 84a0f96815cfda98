// SPDX-License-Identifier: Apache-2.0
// The server's half of one delta stream: what a zone asked for, what it was sent, what is due.
#pragma once

#include <bitset>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "kds/messages.h"
#include "kds/snapshot.h"
#include "skyden/model/type_registry.h"

namespace skyden::kds {

inline constexpr size_t kTypesMax = 128;
using TypeSet = std::bitset<kTypesMax>;

// One response to send.
struct DeltaSend {
  const model::TypeDescriptor* type = nullptr;
  uint64_t nonce = 0;
  std::shared_ptr<const Chunk> chunk;  // null: the message has no resources
  std::vector<Piece> pieces;           // of `chunk`
};

// Strand-bound, no I/O: feed it, then ask it what to send. Times are monotonic.
class DeltaServer {
 public:
  struct Options {
    std::string zone;
    size_t message_bytes_max = 0;  // a first state larger than this is never sent
    absl::Duration nack_backoff;
  };
  // `registry` must outlive this.
  DeltaServer(const model::TypeRegistry& registry, Options options);

  // What a request was, for the zone's statistics.
  enum class Kind { kIgnored, kSubscribe, kAck, kNack };
  Kind OnRequest(const DeltaRequest& request, absl::Duration now);

  // These types may have changed. Cheap, idempotent.
  void MarkDirty(const TypeSet& types) { candidates_ |= types & subscribed_; }
  void MarkAllDirty() { candidates_ |= subscribed_; }

  // The next response, or nullopt when nothing is due. An error ends the stream.
  absl::StatusOr<std::optional<DeltaSend>> Next(SnapshotSource& source, absl::Duration now);
  // When Next may answer differently without a further call; infinite when it cannot.
  absl::Duration WakeAt() const;

  // Types whose first state is too large to be sent. Zones keep what they have of those.
  const TypeSet& oversized() const { return oversized_; }

 private:
  struct TypeState {
    SnapshotRef sent;                    // null: nothing yet
    std::shared_ptr<const Delta> delta;  // being sent, `chunk` comes next; null: none
    SnapshotRef target;                  // what `sent` becomes when `delta` is through
    size_t chunk = 0;
    bool open = false;   // a request waits for a response
    bool first = false;  // and gets one even when there is nothing to tell
    absl::Duration not_before = -absl::InfiniteDuration();
  };

  std::optional<DeltaSend> NextChunk(TypeState& state, const model::TypeDescriptor& type);
  absl::StatusOr<std::optional<DeltaSend>> NextOf(size_t index, SnapshotSource& source);
  DeltaSend Respond(TypeState& state, const model::TypeDescriptor& type);

  const model::TypeRegistry& registry_;
  const Options options_;
  size_t mesh_ = 0;  // index of the type that goes first
  uint64_t last_nonce_ = 0;
  TypeSet subscribed_;
  TypeSet candidates_;  // may have something to send
  TypeSet oversized_;
  std::vector<TypeState> states_;  // by type
};

}  // namespace skyden::kds
