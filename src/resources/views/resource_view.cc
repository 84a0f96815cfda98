// SPDX-License-Identifier: Apache-2.0
// A view is a list of chunks; starts_[i] counts the items before chunk i, so that positions and
// keys are found by two binary searches.
#include <algorithm>
#include <utility>

#include "skyden/base/check.h"
#include "skyden/resources/resource_views.h"

namespace skyden::resources {

ResourceView::ResourceView(model::Revision revision,
                           std::vector<std::shared_ptr<const Chunk>> chunks)
    : revision_(revision), chunks_(std::move(chunks)) {
  starts_.reserve(chunks_.size());
  for (const std::shared_ptr<const Chunk>& chunk : chunks_) {
    SKYDEN_DCHECK(!chunk->empty());
    starts_.push_back(size_);
    size_ += chunk->size();
  }
}

const ResourceView::Item& ResourceView::at(size_t i) const {
  SKYDEN_CHECK(i < size_);
  const size_t chunk = static_cast<size_t>(std::upper_bound(starts_.begin(), starts_.end(), i) -
                                           starts_.begin() - 1);
  return (*chunks_[chunk])[i - starts_[chunk]];
}

size_t ResourceView::LowerBound(const model::ResourceKey& key) const {
  // The first chunk whose last item is not before `key` holds the answer.
  const auto chunk = std::partition_point(
      chunks_.begin(), chunks_.end(),
      [&](const std::shared_ptr<const Chunk>& c) { return c->back()->key < key; });
  if (chunk == chunks_.end()) return size_;
  const auto item = std::partition_point((*chunk)->begin(), (*chunk)->end(),
                                         [&](const Item& i) { return i->key < key; });
  return starts_[static_cast<size_t>(chunk - chunks_.begin())] +
         static_cast<size_t>(item - (*chunk)->begin());
}

ResourceView::Item ResourceView::Find(const model::ResourceKey& key) const {
  const size_t i = LowerBound(key);
  if (i == size_) return nullptr;
  const Item& item = at(i);
  return item->key == key ? item : nullptr;
}

}  // namespace skyden::resources
