// SPDX-License-Identifier: Apache-2.0
// The server's half of one delta stream: what a zone asked for, what it was sent, what is due.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "kds/delivery.h"
#include "kds/inquiry.h"
#include "kds/messages.h"
#include "kds/notice.h"
#include "kds/snapshot.h"
#include "skyden/model/type_registry.h"
#include "skyden/telemetry/cells.h"

namespace skyden::kds {

// Room in a message for what is added to a chunk: type, nonce, the name of the sender.
inline constexpr size_t kTailBytes = 512;

// One response to send.
struct DeltaSend {
  const model::TypeDescriptor* type = nullptr;
  uint64_t nonce = 0;
  std::shared_ptr<const Chunk> chunk;  // null: the message has no resources
  std::vector<Piece> pieces;           // of `chunk`
  bool asks = false;                   // again, to find out what of it is refused
};

// What a zone said of what it was sent.
struct ZoneVerdict {
  enum class What {
    kTook,     // the response
    kRefuses,  // the response; what of it is told by those that follow
    kRefused,  // `item`
    kAsking,   // something of it; what, is being found out
    kUnclear,  // something of it; what, is not to be found out
    kSettled,  // all of it is told
  } what = What::kTook;
  SnapshotRef sent;    // of the type: what the zone has been sent by now
  bool whole = false;  // kTook, kRefuses: all of that in this response
  resources::ResourceView::Item item{};
  std::string reason{};  // the zone's words
};

// How far a zone is with a type: revisions of changes that concern it. What was deleted counts
// with one at which it was gone. Plain value.
struct TypeProgress {
  size_t type = 0;
  model::Revision newest = 0;  // 0: there was none yet, or it was deleted before the zone came
  model::Revision sent = 0;
  model::Revision taken = 0;
  std::optional<OpenType> open{};
  bool is_withheld = false;  // too large for the zone
};

// Strand-bound, no I/O: feed it, then ask it what to send. Times are monotonic.
class DeltaServer {
 public:
  struct Options {
    std::string zone;
    size_t message_bytes_max = 0;  // a first state larger than this is never sent
    absl::Duration nack_backoff;
    // May the zone be sent parts of what it refused? One that took a later response for a first one
    // would delete what is not in it.
    bool asks = false;
    // Told how long changes took, from their commits to the answers that took them; may be null.
    telemetry::Histogram* propagation = nullptr;
  };
  // `registry` must outlive this.
  DeltaServer(const model::TypeRegistry& registry, Options options);

  // What a request was, for the zone's statistics.
  enum class Kind { kIgnored, kSubscribe, kAck, kNack, kAnswer };  // kAnswer: to what it was asked
  Kind OnRequest(const DeltaRequest& request, absl::Duration now);

  // What a source is asked from now on has every change up to here.
  void KnowsUntil(model::Revision until) { delivery_.KnowsUntil(until); }
  // These types may have changed. Cheap, idempotent.
  void MarkDirty(const Notice& notice);

  // The next response, or nullopt when nothing is due. An error ends the stream.
  absl::StatusOr<std::optional<DeltaSend>> Next(SnapshotSource& source, absl::Duration now);
  // When Next may answer differently without a further call; infinite when it cannot.
  absl::Duration WakeAt() const;

  // Types whose first state is too large to be sent. Zones keep what they have of those.
  const TypeSet& oversized() const { return oversized_; }
  // How large that is; 0 for a type that is not too large.
  size_t oversized_bytes(model::TypeId type) const;

  // What the zone has not taken.
  const Delivery& delivery() const { return delivery_; }
  // The zone has taken every change up to here that concerns it.
  model::Revision confirmed() const;
  // The same, but for what delivery() says by itself.
  model::Revision whole_until() const { return whole_until_; }
  // The zone has said of all types that it knows that it wants them: it does so in one breath,
  // before it answers anything.
  bool has_asked() const { return has_asked_; }

  // Of each type that the zone asked for, how far it is. Asks `source` for what is not sent yet; as
  // far as that cannot tell, what was sent is taken for the newest.
  std::vector<TypeProgress> Deliveries(SnapshotSource& source);

  // What the zone said since the last call, in order.
  std::vector<ZoneVerdict> TakeVerdicts() { return std::exchange(verdicts_, {}); }

 private:
  // What is sent in several messages, while it is.
  struct Sending {
    std::shared_ptr<const Delta> delta;
    SnapshotRef target;  // what `sent` becomes when `delta` is through
    size_t chunk = 0;    // comes next
  };
  // One for each type and stream: small, for thousands of zones are idle most of the time.
  struct TypeState {
    SnapshotRef sent;  // null: nothing yet
    // Of all that concerned the zone the newest that it was sent, and that it has taken.
    model::Revision newest_sent = 0;
    model::Revision newest_taken = 0;
    uint64_t nonce = 0;        // of the response that was not answered; 0: there is none
    model::Revision base = 0;  // the last response was of what is newer than this,
    bool whole = false;        // or the complete state
    bool open = false;         // a request waits for a response
    bool first = false;        // and gets one even when there is nothing to tell
  };

  std::optional<DeltaSend> NextChunk(TypeState& state, const model::TypeDescriptor& type);
  absl::StatusOr<std::optional<DeltaSend>> NextOf(size_t index, SnapshotSource& source,
                                                  absl::Duration now);
  DeltaSend Respond(TypeState& state, const model::TypeDescriptor& type);
  Kind OnAnswer(size_t index, const DeltaRequest& request, absl::Duration now);
  void OnNack(size_t index, std::string_view message);
  std::optional<DeltaSend> NextQuestion(size_t index);

  const model::TypeRegistry& registry_;
  const Options options_;
  size_t mesh_ = 0;  // index of the type that goes first
  uint64_t last_nonce_ = 0;
  TypeSet subscribed_;
  TypeSet candidates_;  // may have something to send
  TypeSet oversized_;
  std::map<size_t, size_t> oversized_bytes_;
  std::map<size_t, Sending> sending_;            // by type
  std::map<size_t, absl::Duration> not_before_;  // by type, after a NACK
  std::vector<TypeState> states_;                // by type

  Delivery delivery_;
  model::Revision whole_until_ = 0;
  bool has_asked_ = false;
  void OnTaken(size_t index, absl::Duration now);

  struct OpenInquiry {
    Inquiry inquiry;
    std::string message{};  // the zone's words of what it is about
    uint64_t nonce = 0;     // of the question that is out
  };
  std::map<size_t, OpenInquiry> inquiries_;  // by type
  std::vector<ZoneVerdict> verdicts_;
};

}  // namespace skyden::kds
