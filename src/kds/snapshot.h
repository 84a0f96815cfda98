// SPDX-License-Identifier: Apache-2.0
// What zones of one kind receive of one type at one revision, and what differs between two such
// states in the form in which it is sent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "kds/sync_rules.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/resource_views.h"

namespace skyden::kds {

// Immutable, shared by all zones of a control plane with the same relevant features.
struct Snapshot {
  const model::TypeDescriptor& type;
  Features features;  // only those relevant to the type
  std::shared_ptr<const resources::ResourceView> view;
  std::shared_ptr<const ZoneSet> disabled;
  uint8_t lane = 0;  // resources::LiveRollouts: `view` is as zones with this one are told it
};
using SnapshotRef = std::shared_ptr<const Snapshot>;

// A run of serialised bytes and who gets it.
struct Segment {
  std::string owner;  // see Audience
  std::string only;
  size_t offset = 0;
  size_t length = 0;
  size_t count = 0;            // entries in it
  model::Revision newest = 0;  // of the changes that they tell

  bool IsFor(std::string_view zone) const {
    return (owner.empty() || owner != zone) && (only.empty() || only == zone);
  }
};

// The part of one message that all zones share: fields 2 and 6 of a DeltaDiscoveryResponse, in
// segments. Immutable; whoever sends it keeps it alive.
struct Chunk {
  std::string bytes;
  std::vector<Segment> segments;  // by offset
};

struct Piece {
  size_t offset = 0;
  size_t length = 0;
};
// The pieces of `chunk` that go to `zone`, neighbours joined; empty when nothing does.
std::vector<Piece> PiecesFor(const Chunk& chunk, std::string_view zone);

// From one snapshot to another. Immutable, shared.
struct Delta {
  std::vector<std::shared_ptr<const Chunk>> chunks;  // empty: no zone sees a difference
  size_t bytes = 0;
  bool EmptyFor(std::string_view zone) const;
  // The revision of the newest change that it tells `zone`; 0: none.
  model::Revision NewestFor(std::string_view zone) const;
};

// The first state a zone receives is complete: one chunk. When it is larger than `whole_bytes_max`
// nobody can be sent it: then the delta has more `bytes` than that, and no chunk that would hold
// them. What follows a state is cut into messages of about `chunk_bytes`.
Delta MakeDelta(const Snapshot* from, const Snapshot& to, size_t chunk_bytes,
                size_t whole_bytes_max);

// Bytes of the first state that a zone would be sent, and how much that changes between two
// snapshots with the same features.
size_t WholeBytes(const Snapshot& snapshot);
size_t WholeBytesAfter(size_t bytes, const Snapshot& from, const Snapshot& to);
// Some resources of `snapshot` by themselves, for everybody.
std::shared_ptr<const Chunk> ChunkOf(const Snapshot& snapshot,
                                     const std::vector<resources::ResourceView::Item>& items);
// The names under which zones are told a resource, "<name>.<mesh>"; none: it is not told.
std::vector<std::string> SentNames(const Snapshot& snapshot, const model::Resource& resource);
// What `zone` was sent of `snapshot` that is newer than `since`, in the order of the message.
std::vector<resources::ResourceView::Item> NewerFor(const Snapshot& snapshot, model::Revision since,
                                                    std::string_view zone);

// Where a stream gets its states from. Thread-safe; may block on the disk.
class SnapshotSource {
 public:
  virtual ~SnapshotSource() = default;
  // The state as of now or later. An error ends the stream: a zone must never take a lack of
  // answers for a lack of resources.
  virtual absl::StatusOr<SnapshotRef> Current(model::TypeId type) = 0;
  // `from` null: nothing was sent yet.
  virtual std::shared_ptr<const Delta> Between(const SnapshotRef& from, const SnapshotRef& to) = 0;
};

}  // namespace skyden::kds
