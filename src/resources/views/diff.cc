// SPDX-License-Identifier: Apache-2.0
// A merge walk over both views. Both are in key order, so whenever one cursor stands at the start
// of a chunk that the other view shares, the other cursor reaches that start too, and the chunk is
// skipped whole.
#include <utility>

#include "skyden/resources/resource_views.h"

namespace skyden::resources {
namespace {

class Cursor {
 public:
  explicit Cursor(const ResourceView& view) : chunks_(view.chunks()) {}

  bool done() const { return chunk_ == chunks_.size(); }
  const ResourceView::Item& item() const { return (*chunks_[chunk_])[item_]; }
  bool AtSharedStart(const Cursor& other) const {
    return item_ == 0 && other.item_ == 0 && chunks_[chunk_] == other.chunks_[other.chunk_];
  }
  void SkipChunk() {
    ++chunk_;
    item_ = 0;
  }
  void Next() {
    if (++item_ == chunks_[chunk_]->size()) SkipChunk();
  }

 private:
  const std::vector<std::shared_ptr<const ResourceView::Chunk>>& chunks_;
  size_t chunk_ = 0;
  size_t item_ = 0;
};

bool Same(const ResourceView::Item& a, const ResourceView::Item& b) {
  return a == b || (a->revision == b->revision && a->version == b->version);
}

}  // namespace

ViewDiff Diff(const ResourceView& from, const ResourceView& to) {
  ViewDiff diff;
  Cursor old_items(from);
  Cursor new_items(to);
  while (!old_items.done() && !new_items.done()) {
    if (old_items.AtSharedStart(new_items)) {
      old_items.SkipChunk();
      new_items.SkipChunk();
      continue;
    }
    const auto order = old_items.item()->key <=> new_items.item()->key;
    if (order < 0) {
      diff.removed.push_back(old_items.item());
      old_items.Next();
    } else if (order > 0) {
      diff.changed.push_back(new_items.item());
      new_items.Next();
    } else {
      if (!Same(old_items.item(), new_items.item())) diff.changed.push_back(new_items.item());
      old_items.Next();
      new_items.Next();
    }
  }
  for (; !old_items.done(); old_items.Next()) diff.removed.push_back(old_items.item());
  for (; !new_items.done(); new_items.Next()) diff.changed.push_back(new_items.item());
  return diff;
}

}  // namespace skyden::resources
