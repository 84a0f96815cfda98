// SPDX-License-Identifier: Apache-2.0
// Which resources of a view a list shows, kept so that the next page costs the page.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/synchronization/mutex.h"
#include "skyden/model/resource.h"
#include "skyden/resources/resource_manager.h"
#include "skyden/resources/resource_views.h"

namespace skyden::resources {

// What makes two filtered lists the same.
struct FilterKey {
  model::TenantKey tenant{};
  model::TypeId type{};
  bool every_mesh = true;
  std::string mesh;
  std::string name_contains;
  model::Labels labels;
  std::vector<std::pair<std::string, std::string>> tags;
  ListRequest::Gateway gateway = ListRequest::Gateway::kAny;
  std::vector<std::string> readable = {};  // model::Extent::meshes; empty: everything is

  friend bool operator==(const FilterKey&, const FilterKey&) = default;
  template <class H>
  friend H AbslHashValue(H h, const FilterKey& key) {
    for (const auto& [name, value] : key.labels) h = H::combine(std::move(h), name, value);
    for (const auto& [name, value] : key.tags) h = H::combine(std::move(h), name, value);
    for (const std::string& mesh : key.readable) h = H::combine(std::move(h), mesh);
    return H::combine(std::move(h), key.tenant, key.type, key.every_mesh, key.mesh,
                      key.name_contains, key.gateway, key.labels.size(), key.tags.size(),
                      key.readable.size());
  }
};

// The items of one view that pass a filter, chunk by chunk: a chunk that the next view shares need
// not be looked at again. Immutable, thread-safe.
class FilteredList {
 public:
  using Chunk = ResourceView::Chunk;
  using Matches = absl::FunctionRef<bool(const model::Resource&)>;

  // `before`: the same filter on an older view, or null.
  FilteredList(const std::shared_ptr<const ResourceView>& view, const FilteredList* before,
               Matches matches);

  bool IsOf(const std::shared_ptr<const ResourceView>& view) const { return view_.lock() == view; }
  size_t size() const { return starts_.back(); }
  const ResourceView::Item& at(size_t i) const;

 private:
  // Not kept alive: only what passed is.
  std::weak_ptr<const ResourceView> view_;
  std::vector<std::weak_ptr<const Chunk>> chunks_;      // the view's
  std::vector<std::shared_ptr<const Chunk>> matching_;  // beside chunks_; null: none
  std::vector<size_t> starts_;                          // and one more: the size
};

// Thread-safe. Least recently used lists go first.
class FilterCache {
 public:
  std::shared_ptr<const FilteredList> Get(const FilterKey& key,
                                          const std::shared_ptr<const ResourceView>& view,
                                          FilteredList::Matches matches) ABSL_LOCKS_EXCLUDED(mu_);
  void Forget(model::TenantKey tenant) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  struct Entry {
    FilterKey key;
    std::shared_ptr<const FilteredList> list;
  };

  absl::Mutex mu_;
  std::list<Entry> recent_ ABSL_GUARDED_BY(mu_);  // most recently used first
  absl::flat_hash_map<FilterKey, std::list<Entry>::iterator> index_ ABSL_GUARDED_BY(mu_);
  size_t items_ ABSL_GUARDED_BY(mu_) = 0;
};

// Whether `resource` passes `key`'s filter (its tenant and type aside).
bool PassesFilter(const FilterKey& key, const model::TypeDescriptor& type,
                  const model::Resource& resource);

}  // namespace skyden::resources
