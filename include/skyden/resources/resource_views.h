// SPDX-License-Identifier: Apache-2.0
// Immutable views of one type of one control plane, kept up to date by reading what changed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/base/limits.h"
#include "skyden/model/resource.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/store/store.h"

namespace skyden::resources {

// The live resources of one type at one revision, ordered by key. Immutable, thread-safe, shared.
// Two views that follow each other share all chunks in which nothing changed, so that keeping up
// with a change costs its size, not the type's.
class ResourceView {
 public:
  using Item = std::shared_ptr<const model::Resource>;
  using Chunk = std::vector<Item>;  // at most kChunkItems, never empty
  static constexpr size_t kChunkItems = 256;

  ResourceView(model::Revision revision, std::vector<std::shared_ptr<const Chunk>> chunks);

  // Everything up to and including this revision of the control plane is in the view.
  model::Revision revision() const { return revision_; }
  size_t size() const { return size_; }
  const std::vector<std::shared_ptr<const Chunk>>& chunks() const { return chunks_; }
  // The i-th in order. O(log chunks).
  const Item& at(size_t i) const;
  // nullptr when there is none. O(log n).
  Item Find(const model::ResourceKey& key) const;
  // First index whose key is not less than `key`. O(log n).
  size_t LowerBound(const model::ResourceKey& key) const;

 private:
  model::Revision revision_;
  std::vector<std::shared_ptr<const Chunk>> chunks_;
  std::vector<size_t> starts_;  // index of each chunk's first item
  size_t size_ = 0;
};

// Applies `changes` (as Store's ListChanges returns them) to `base`.
std::shared_ptr<const ResourceView> Advance(const ResourceView& base,
                                            std::vector<model::Resource> changes,
                                            model::Revision revision);

// What differs between two views of the same type, by walking chunks that are not shared.
struct ViewDiff {
  std::vector<ResourceView::Item> changed;  // new or different in `to`, ordered by key
  std::vector<ResourceView::Item> removed;  // in `from`, not in `to`
};
ViewDiff Diff(const ResourceView& from, const ResourceView& to);

// Thread-safe cache of the newest view per (control plane, type), bounded by
// limits::kResourceViewBytes: least recently used views go first. A view costs one full read the
// first time and one "changed since" read afterwards; none when nothing changed since (the store's
// change notices say so, and only those: a resync of the caller's repairs a lost one). Nothing is
// held of a control plane that is gone.
class ResourceViews {
 public:
  // `store` must outlive the views. `bytes_max`: what all cached views may hold together.
  static std::unique_ptr<ResourceViews> Create(store::Store& store,
                                               size_t bytes_max = base::limits::kResourceViewBytes);
  virtual ~ResourceViews() = default;

  // The view as of now or later than every commit acknowledged before the call. Blocks on the disk
  // at most. NOT_FOUND when the control plane is gone.
  virtual absl::StatusOr<std::shared_ptr<const ResourceView>> Get(const model::TenantScope& scope,
                                                                  model::TypeId type) = 0;
  // One resource, as fresh as Get; nullptr when there is none. Reads the view where there is one,
  // one row otherwise; a type that is asked for again and again gets a view.
  virtual absl::StatusOr<ResourceView::Item> Find(const model::TenantScope& scope,
                                                  model::TypeId type,
                                                  const model::ResourceKey& key) = 0;
  // Get, but asks the store what changed even when no notice said so: repairs a lost notice.
  virtual absl::StatusOr<std::shared_ptr<const ResourceView>> Resync(
      const model::TenantScope& scope, model::TypeId type) = 0;
  // For metrics and tests.
  struct Counters {
    uint64_t full_reads = 0;
    uint64_t change_reads = 0;
    uint64_t row_reads = 0;
    uint64_t evictions = 0;
    size_t views = 0;
    size_t bytes = 0;
  };
  virtual Counters counters() const = 0;
};

}  // namespace skyden::resources
