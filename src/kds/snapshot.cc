// SPDX-License-Identifier: Apache-2.0
// Entries are gathered per audience, so that what goes to everybody but one zone is one segment,
// and then laid out audience by audience in chunks.
#include "kds/snapshot.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

#include "kds/wire.h"

namespace skyden::kds {
namespace {

using resources::ResourceView;

class DeltaBuilder {
 public:
  DeltaBuilder(const Snapshot* from, const Snapshot& to) : from_(from), to_(to) {}

  void Add(const model::Resource& resource, const Audience& audience) {
    std::string bytes;
    if (AppendResource(to_.type, resource, to_.features, bytes)) Push(audience, std::move(bytes));
  }

  void Remove(const model::Resource& resource, const Audience& audience) {
    std::string bytes;
    wire::AppendBytes(bytes, 6, SentName(from_->type, resource, from_->features));
    Push(audience, std::move(bytes));
  }

  // `before` null: it is new.
  void Change(const model::Resource* before, const model::Resource& after) {
    const auto now = AudienceIn(to_, after);
    const auto then = before == nullptr ? std::optional<Audience>() : AudienceIn(*from_, *before);
    if (now.has_value() && then.has_value() && *now == *then && LooksTheSame(*before, after)) {
      return;
    }
    const bool same_place =
        now.has_value() && then.has_value() && *now == *then &&
        SentName(from_->type, *before, from_->features) == SentName(to_.type, after, to_.features);
    if (then.has_value() && !same_place) Remove(*before, *then);
    if (now.has_value()) Add(after, *now);
  }

  size_t bytes() const { return bytes_; }

  static std::optional<Audience> AudienceIn(const Snapshot& snapshot,
                                            const model::Resource& resource) {
    return AudienceOf(snapshot.type, resource, snapshot.features, *snapshot.disabled);
  }

  Delta Finish(size_t chunk_bytes) && {
    Delta delta;
    std::shared_ptr<Chunk> chunk;
    size_t left = bytes_;
    for (auto& [who, entries] : groups_) {
      for (std::string& bytes : entries) {
        if (chunk == nullptr || chunk->bytes.size() + bytes.size() > chunk_bytes) {
          Close(delta, chunk);
          chunk = std::make_shared<Chunk>();
          chunk->bytes.reserve(std::min(left, chunk_bytes));
        }
        left -= bytes.size();
        Append(*chunk, who, bytes);
        std::string().swap(bytes);  // a large state is not held twice
      }
    }
    Close(delta, chunk);
    return delta;
  }

 private:
  using Who = std::pair<std::string, std::string>;  // owner, only

  void Push(const Audience& audience, std::string bytes) {
    if (last_ == nullptr || last_->first.first != audience.owner ||
        last_->first.second != audience.only) {
      last_ = &*groups_.try_emplace(Who(audience.owner, audience.only)).first;
    }
    bytes_ += bytes.size();
    last_->second.push_back(std::move(bytes));
  }

  static void Append(Chunk& chunk, const Who& who, const std::string& bytes) {
    if (chunk.segments.empty() || chunk.segments.back().owner != who.first ||
        chunk.segments.back().only != who.second) {
      chunk.segments.push_back({who.first, who.second, chunk.bytes.size(), 0, 0});
    }
    chunk.bytes += bytes;
    chunk.segments.back().length += bytes.size();
    ++chunk.segments.back().count;
  }

  static void Close(Delta& delta, std::shared_ptr<Chunk>& chunk) {
    if (chunk == nullptr) return;
    chunk->bytes.shrink_to_fit();
    delta.bytes += chunk->bytes.size();
    delta.chunks.push_back(std::move(chunk));
  }

  const Snapshot* const from_;
  const Snapshot& to_;
  std::map<Who, std::vector<std::string>> groups_;
  std::pair<const Who, std::vector<std::string>>* last_ = nullptr;
  size_t bytes_ = 0;
};

// Stops when there is more than `bytes_max`.
void AddWholeState(const Snapshot& to, size_t bytes_max, DeltaBuilder& builder) {
  for (const auto& chunk : to.view->chunks()) {
    for (const ResourceView::Item& item : *chunk) {
      if (builder.bytes() > bytes_max) return;
      const auto audience = DeltaBuilder::AudienceIn(to, *item);
      if (audience.has_value()) builder.Add(*item, *audience);
    }
  }
}

// Which zones are disabled changed: every resource that came from a zone may appear or go.
void AddAudienceChanges(const Snapshot& from, const Snapshot& to, DeltaBuilder& builder) {
  for (const auto& chunk : to.view->chunks()) {
    for (const ResourceView::Item& item : *chunk) {
      if (item->labels.count(kOriginLabel) == 0) continue;
      // What differs between the views is added by their difference.
      if (from.view->Find(item->key) != item) continue;
      builder.Change(item.get(), *item);
    }
  }
}

}  // namespace

Delta MakeDelta(const Snapshot* from, const Snapshot& to, size_t chunk_bytes,
                size_t whole_bytes_max) {
  DeltaBuilder builder(from, to);
  if (from == nullptr) {
    AddWholeState(to, whole_bytes_max, builder);
    if (builder.bytes() > whole_bytes_max) return Delta{{}, builder.bytes()};
    return std::move(builder).Finish(SIZE_MAX);
  }
  if (from->view != to.view) {
    const resources::ViewDiff diff = resources::Diff(*from->view, *to.view);
    for (const ResourceView::Item& item : diff.removed) {
      const auto audience = DeltaBuilder::AudienceIn(*from, *item);
      if (audience.has_value()) builder.Remove(*item, *audience);
    }
    for (const ResourceView::Item& item : diff.changed) {
      builder.Change(from->view->Find(item->key).get(), *item);
    }
  }
  if (to.type.synced_across_zones && *from->disabled != *to.disabled) {
    AddAudienceChanges(*from, to, builder);
  }
  return std::move(builder).Finish(chunk_bytes);
}

std::vector<Piece> PiecesFor(const Chunk& chunk, std::string_view zone) {
  std::vector<Piece> pieces;
  for (const Segment& segment : chunk.segments) {
    if (!segment.IsFor(zone)) continue;
    if (!pieces.empty() && pieces.back().offset + pieces.back().length == segment.offset) {
      pieces.back().length += segment.length;
    } else {
      pieces.push_back({segment.offset, segment.length});
    }
  }
  return pieces;
}

bool Delta::EmptyFor(std::string_view zone) const {
  for (const auto& chunk : chunks) {
    for (const Segment& segment : chunk->segments) {
      if (segment.IsFor(zone)) return false;
    }
  }
  return true;
}

}  // namespace skyden::kds
