// SPDX-License-Identifier: Apache-2.0
// Copy-on-write at the grain of chunks: a chunk without a change is shared with the view before,
// one with changes is rebuilt, split when it grew past its bound and joined to the rebuilt chunk
// before it when both are small (so that a shrinking type does not end as many tiny chunks).
#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

#include "resources/views/view_building.h"

namespace skyden::resources {
namespace {

using Item = ResourceView::Item;
using Chunk = ResourceView::Chunk;
using ChunkPointer = std::shared_ptr<const Chunk>;

Item Share(model::Resource&& resource) {
  return std::make_shared<const model::Resource>(std::move(resource));
}

// Appends `items` as chunks of equal size within the bound.
void AppendChunks(std::vector<Item>&& items, std::vector<ChunkPointer>& chunks) {
  if (items.empty()) return;
  const size_t pieces = (items.size() + ResourceView::kChunkItems - 1) / ResourceView::kChunkItems;
  if (pieces == 1) {
    chunks.push_back(std::make_shared<const Chunk>(std::move(items)));
    return;
  }
  auto next = items.begin();
  for (size_t piece = 0; piece < pieces; ++piece) {
    const size_t end = items.size() * (piece + 1) / pieces;
    const auto last = items.begin() + static_cast<ptrdiff_t>(end);
    chunks.push_back(std::make_shared<const Chunk>(std::make_move_iterator(next),
                                                   std::make_move_iterator(last)));
    next = last;
  }
}

// Keeps the newest change of each key, ordered by key.
void OrderByKey(std::vector<model::Resource>& changes) {
  std::stable_sort(changes.begin(), changes.end(), [](const auto& a, const auto& b) {
    if (a.key != b.key) return a.key < b.key;
    return a.revision > b.revision;
  });
  changes.erase(std::unique(changes.begin(), changes.end(),
                            [](const auto& a, const auto& b) { return a.key == b.key; }),
                changes.end());
}

// What a chunk becomes once `changes` (ordered, all within its range) are applied.
std::vector<Item> Merge(std::span<const Item> items, std::span<model::Resource> changes,
                        ptrdiff_t& bytes) {
  std::vector<Item> merged;
  merged.reserve(items.size() + changes.size());
  auto item = items.begin();
  for (model::Resource& change : changes) {
    while (item != items.end() && (*item)->key < change.key) merged.push_back(*item++);
    if (item != items.end() && (*item)->key == change.key) {
      bytes -= static_cast<ptrdiff_t>(BytesOf(**item));
      ++item;
    }
    if (change.deleted) continue;
    bytes += static_cast<ptrdiff_t>(BytesOf(change));
    merged.push_back(Share(std::move(change)));
  }
  merged.insert(merged.end(), item, items.end());
  return merged;
}

class Advancer {
 public:
  Advancer(const ResourceView& base, std::vector<model::Resource> changes)
      : base_(base), changes_(std::move(changes)) {
    OrderByKey(changes_);
  }

  BuiltView Run(model::Revision revision) {
    out_.reserve(base_.chunks().size() + 1);
    const std::vector<ChunkPointer>& chunks = base_.chunks();
    if (chunks.empty()) Rebuild({}, changes_.size());
    for (size_t i = 0; i < chunks.size(); ++i) {
      // A chunk owns the keys from its first up to the next chunk's first; the ends own the rest.
      const size_t end =
          i + 1 == chunks.size() ? changes_.size() : ChangesBefore(chunks[i + 1]->front()->key);
      if (end == next_) {
        Flush();
        out_.push_back(chunks[i]);
      } else {
        Rebuild(*chunks[i], end);
      }
    }
    Flush();
    return {std::make_shared<const ResourceView>(revision, std::move(out_)), bytes_};
  }

 private:
  size_t ChangesBefore(const model::ResourceKey& key) const {
    const auto first = changes_.begin() + static_cast<ptrdiff_t>(next_);
    return static_cast<size_t>(
        std::partition_point(first, changes_.end(), [&](const auto& c) { return c.key < key; }) -
        changes_.begin());
  }

  void Rebuild(std::span<const Item> items, size_t changes_end) {
    std::vector<Item> merged =
        Merge(items, std::span(changes_).subspan(next_, changes_end - next_), bytes_);
    next_ = changes_end;
    if (pending_.size() + merged.size() > ResourceView::kChunkItems / 2) Flush();
    std::move(merged.begin(), merged.end(), std::back_inserter(pending_));
  }

  void Flush() {
    AppendChunks(std::move(pending_), out_);
    pending_.clear();
  }

  const ResourceView& base_;
  std::vector<model::Resource> changes_;
  size_t next_ = 0;            // first change not applied yet
  std::vector<Item> pending_;  // rebuilt items that are in no chunk yet
  std::vector<ChunkPointer> out_;
  ptrdiff_t bytes_ = 0;
};

}  // namespace

size_t BytesOf(const model::Resource& resource) {
  constexpr size_t kPerLabel = sizeof(model::Labels::value_type);
  size_t bytes = sizeof(model::Resource) + 2 * sizeof(Item) + resource.key.mesh.size() +
                 resource.key.name.size() + resource.spec.size() + resource.status.size();
  for (const auto& [key, value] : resource.labels) bytes += kPerLabel + key.size() + value.size();
  return bytes;
}

BuiltView BuildView(std::vector<model::Resource> resources, model::Revision revision) {
  ptrdiff_t bytes = 0;
  std::vector<Item> items;
  items.reserve(resources.size());
  for (model::Resource& resource : resources) {
    bytes += static_cast<ptrdiff_t>(BytesOf(resource));
    items.push_back(Share(std::move(resource)));
  }
  std::vector<ChunkPointer> chunks;
  AppendChunks(std::move(items), chunks);
  return {std::make_shared<const ResourceView>(revision, std::move(chunks)), bytes};
}

BuiltView AdvanceView(const ResourceView& base, std::vector<model::Resource> changes,
                      model::Revision revision) {
  return Advancer(base, std::move(changes)).Run(revision);
}

std::shared_ptr<const ResourceView> Advance(const ResourceView& base,
                                            std::vector<model::Resource> changes,
                                            model::Revision revision) {
  return AdvanceView(base, std::move(changes), revision).view;
}

}  // namespace skyden::resources
