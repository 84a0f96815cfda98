// SPDX-License-Identifier: Apache-2.0
// Entries are gathered per audience, so that what goes to everybody but one zone is one segment,
// and then laid out audience by audience in chunks.
#include "kds/snapshot.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "kds/wire.h"
#include "skyden/model/kuma_labels.h"
#include "skyden/resources/generations.h"

namespace skyden::kds {
namespace {

using resources::ResourceView;

// Kuma 3's own name is for the default's twin as long as no other policy bears it.
Part PartOf(const Snapshot& snapshot, const resources::Form& form) {
  using Kind = resources::Form::Kind;
  const bool is_apart = form.kind == Kind::kTwin ||
                        (form.kind == Kind::kDefaultTwin && snapshot.view->Find(form.resource.key));
  return is_apart ? Part::kTwin : Part::kWhole;
}

// What zones are told of one resource in a snapshot.
class Told {
 public:
  struct One {
    const model::Resource* resource;
    Part part;
    std::string NameIn(const Snapshot& snapshot) const {
      return SentName(snapshot.type, *resource, snapshot.features, part);
    }
  };

  // `resource`, if any, must outlive this.
  Told(const Snapshot& snapshot, const model::Resource* resource) {
    if (resource == nullptr) return;
    forms_ = resources::FormsFor(GenerationOf(snapshot.features), snapshot.type, *resource);
    if (!forms_.has_value()) all_.push_back({resource, Part::kWhole});
    if (!forms_.has_value()) return;
    for (const resources::Form& form : *forms_) {
      all_.push_back({&form.resource, PartOf(snapshot, form)});
    }
  }
  Told(const Told&) = delete;
  Told& operator=(const Told&) = delete;

  const absl::InlinedVector<One, 2>& all() const { return all_; }
  // The one that is sent under `name`; nullptr when there is none.
  const One* Find(const Snapshot& snapshot, const std::string& name) const {
    for (const One& one : all_) {
      if (one.NameIn(snapshot) == name) return &one;
    }
    return nullptr;
  }

 private:
  std::optional<std::vector<resources::Form>> forms_;
  absl::InlinedVector<One, 2> all_;
};

class DeltaBuilder {
 public:
  DeltaBuilder(const Snapshot* from, const Snapshot& to) : from_(from), to_(to) {}

  void Add(const model::Resource& resource, const Audience& audience) {
    const Told told(to_, &resource);
    for (const Told::One& one : told.all()) Add(one, audience);
  }

  void Remove(const model::Resource& resource, const Audience& audience) {
    const Told told(*from_, &resource);
    for (const Told::One& one : told.all()) Remove(one.NameIn(*from_), audience);
  }

  // `before` null: it is new.
  void Change(const model::Resource* before, const model::Resource& after) {
    const auto now = AudienceIn(to_, after);
    const auto then = before == nullptr ? std::optional<Audience>() : AudienceIn(*from_, *before);
    const bool same_audience = now.has_value() && then.has_value() && *now == *then;
    if (same_audience && before != &after && LooksTheSame(*before, after)) return;
    const Told were(*from_, then.has_value() ? before : nullptr);
    const Told are(to_, now.has_value() ? &after : nullptr);
    for (const Told::One& old : were.all()) {
      std::string name = old.NameIn(*from_);
      if (!same_audience || !are.Find(to_, name)) Remove(std::move(name), *then);
    }
    for (const Told::One& one : are.all()) {
      const auto* old = same_audience ? were.Find(*from_, one.NameIn(to_)) : nullptr;
      if (old == nullptr || !LooksTheSame(*old->resource, *one.resource)) Add(one, *now);
    }
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
      for (auto& [bytes, revision] : entries) {
        if (chunk == nullptr || chunk->bytes.size() + bytes.size() > chunk_bytes) {
          Close(delta, chunk);
          chunk = std::make_shared<Chunk>();
          chunk->bytes.reserve(std::min(left, chunk_bytes));
        }
        left -= bytes.size();
        Append(*chunk, who, bytes, revision);
        std::string().swap(bytes);  // a large state is not held twice
      }
    }
    Close(delta, chunk);
    return delta;
  }

 private:
  using Who = std::pair<std::string, std::string>;                       // owner, only
  using Entries = std::vector<std::pair<std::string, model::Revision>>;  // bytes, of which change

  void Add(const Told::One& one, const Audience& audience) {
    std::string bytes;
    if (AppendResource(to_.type, *one.resource, to_.features, bytes, one.part)) {
      Push(audience, std::move(bytes), one.resource->revision);
    }
  }

  void Remove(std::string name, const Audience& audience) {
    std::string bytes;
    wire::AppendBytes(bytes, 6, name);
    Push(audience, std::move(bytes), to_.view->revision());
  }

  void Push(const Audience& audience, std::string bytes, model::Revision revision) {
    if (last_ == nullptr || last_->first.first != audience.owner ||
        last_->first.second != audience.only) {
      last_ = &*groups_.try_emplace(Who(audience.owner, audience.only)).first;
    }
    bytes_ += bytes.size();
    last_->second.emplace_back(std::move(bytes), revision);
  }

  static void Append(Chunk& chunk, const Who& who, const std::string& bytes,
                     model::Revision revision) {
    if (chunk.segments.empty() || chunk.segments.back().owner != who.first ||
        chunk.segments.back().only != who.second) {
      chunk.segments.push_back({who.first, who.second, chunk.bytes.size(), 0, 0, 0});
    }
    chunk.bytes += bytes;
    Segment& segment = chunk.segments.back();
    segment.length += bytes.size();
    segment.newest = std::max(segment.newest, revision);
    ++segment.count;
  }

  static void Close(Delta& delta, std::shared_ptr<Chunk>& chunk) {
    if (chunk == nullptr) return;
    chunk->bytes.shrink_to_fit();
    delta.bytes += chunk->bytes.size();
    delta.chunks.push_back(std::move(chunk));
  }

  const Snapshot* const from_;
  const Snapshot& to_;
  std::map<Who, Entries> groups_;
  std::pair<const Who, Entries>* last_ = nullptr;
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
      if (item->labels.count(model::kOriginLabel) == 0) continue;
      // What differs between the views is added by their difference.
      if (from.view->Find(item->key) != item) continue;
      builder.Change(item.get(), *item);
    }
  }
}

// A policy that takes or leaves the name of a default's twin gives the twin another one. Told
// before the policy itself is: a name that is both taken back and told in one message is told, and
// what follows in another message counts.
void AddRenamedTwins(const Snapshot& from, const Snapshot& to,
                     const std::vector<ResourceView::Item>& items, DeltaBuilder& builder) {
  for (const ResourceView::Item& item : items) {
    const auto key = resources::DefaultOfTwin(GenerationOf(to.features), to.type, item->key);
    if (!key.has_value()) continue;
    const ResourceView::Item policy = to.view->Find(*key);
    // One that changed itself is told anyway.
    if (policy != nullptr && from.view->Find(*key) == policy) builder.Change(policy.get(), *policy);
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
    for (const auto* items : {&diff.removed, &diff.changed})
      AddRenamedTwins(*from, to, *items, builder);
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

namespace {

// All that zones are told of one resource.
void AppendAll(const Snapshot& snapshot, const model::Resource& resource, std::string& bytes) {
  const Told told(snapshot, &resource);
  for (const Told::One& one : told.all()) {
    AppendResource(snapshot.type, *one.resource, snapshot.features, bytes, one.part);
  }
}

size_t BytesIn(const Snapshot& snapshot, const model::Resource& resource) {
  std::string bytes;
  if (DeltaBuilder::AudienceIn(snapshot, resource).has_value()) {
    AppendAll(snapshot, resource, bytes);
  }
  return bytes.size();
}

}  // namespace

size_t WholeBytes(const Snapshot& snapshot) {
  size_t bytes = 0;
  for (const auto& chunk : snapshot.view->chunks()) {
    for (const ResourceView::Item& item : *chunk) bytes += BytesIn(snapshot, *item);
  }
  return bytes;
}

size_t WholeBytesAfter(size_t bytes, const Snapshot& from, const Snapshot& to) {
  if (*from.disabled != *to.disabled) return WholeBytes(to);
  const resources::ViewDiff diff = resources::Diff(*from.view, *to.view);
  for (const ResourceView::Item& item : diff.removed) bytes -= BytesIn(from, *item);
  for (const ResourceView::Item& item : diff.changed) {
    if (const auto before = from.view->Find(item->key)) bytes -= BytesIn(from, *before);
    bytes += BytesIn(to, *item);
  }
  return bytes;
}

std::shared_ptr<const Chunk> ChunkOf(const Snapshot& snapshot,
                                     const std::vector<ResourceView::Item>& items) {
  auto chunk = std::make_shared<Chunk>();
  for (const ResourceView::Item& item : items) AppendAll(snapshot, *item, chunk->bytes);
  chunk->segments.push_back({"", "", 0, chunk->bytes.size(), items.size(), 0});
  return chunk;
}

std::vector<std::string> SentNames(const Snapshot& snapshot, const model::Resource& resource) {
  std::vector<std::string> names;
  const Told told(snapshot, &resource);
  for (const Told::One& one : told.all()) names.push_back(one.NameIn(snapshot));
  return names;
}

std::vector<ResourceView::Item> NewerFor(const Snapshot& snapshot, model::Revision since,
                                         std::string_view zone) {
  std::map<std::pair<std::string, std::string>, std::vector<ResourceView::Item>> groups;
  for (const auto& chunk : snapshot.view->chunks()) {
    for (const ResourceView::Item& item : *chunk) {
      if (item->revision <= since) continue;
      const auto audience = DeltaBuilder::AudienceIn(snapshot, *item);
      if (!audience.has_value() || !audience->Has(zone)) continue;
      if (Told(snapshot, item.get()).all().empty()) continue;
      groups[{std::string(audience->owner), audience->only}].push_back(item);
    }
  }
  std::vector<ResourceView::Item> newer;
  for (auto& [who, items] : groups) newer.insert(newer.end(), items.begin(), items.end());
  return newer;
}

model::Revision Delta::NewestFor(std::string_view zone) const {
  model::Revision newest = 0;
  for (const auto& chunk : chunks) {
    for (const Segment& segment : chunk->segments) {
      if (segment.IsFor(zone)) newest = std::max(newest, segment.newest);
    }
  }
  return newest;
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
