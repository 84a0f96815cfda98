// SPDX-License-Identifier: Apache-2.0
#include "resources/manager/list_filter.h"

#include <algorithm>
#include <map>

#include "kuma/mesh/v1alpha1/dataplane.pb.h"
#include "kuma/mesh/v1alpha1/outside.pb.h"
#include "skyden/base/check.h"
#include "skyden/base/limits.h"

namespace skyden::resources {
namespace {

using kuma::mesh::v1alpha1::Dataplane;
using kuma::mesh::v1alpha1::ExternalService;
using Gateway = ListRequest::Gateway;

// Of several wants for one key the last one counts.
std::map<std::string_view, std::string_view> LastOfEach(
    const std::vector<std::pair<std::string, std::string>>& tags) {
  std::map<std::string_view, std::string_view> wanted;
  for (const auto& [key, value] : tags) wanted[key] = value;
  return wanted;
}

template <class Tags>
bool HasAll(const std::map<std::string_view, std::string_view>& wanted, const Tags& tags) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& want) {
    const auto tag = tags.find(std::string(want.first));
    if (tag == tags.end()) return false;
    return want.second == "*" || tag->second.find(want.second) != std::string::npos;
  });
}

bool PassesGateway(Gateway wanted, const Dataplane& dataplane) {
  const auto& networking = dataplane.networking();
  const bool is_gateway = networking.has_gateway();
  const bool builtin = networking.gateway().type() == Dataplane::Networking::Gateway::BUILTIN;
  switch (wanted) {
    case Gateway::kAny:
      return true;
    case Gateway::kOnly:
      return is_gateway;
    case Gateway::kNone:
      return !is_gateway;
    case Gateway::kDelegated:
      return is_gateway && !builtin;
    case Gateway::kBuiltin:
      return is_gateway && builtin;
  }
  return false;
}

bool PassesDataplane(const FilterKey& key, const model::Resource& resource) {
  Dataplane dataplane;
  if (!dataplane.ParseFromString(resource.spec)) return false;
  if (!PassesGateway(key.gateway, dataplane)) return false;
  const auto wanted = LastOfEach(key.tags);
  if (wanted.empty()) return true;
  const auto& networking = dataplane.networking();
  const bool inbound = std::any_of(networking.inbound().begin(), networking.inbound().end(),
                                   [&](const auto& each) { return HasAll(wanted, each.tags()); });
  return inbound || HasAll(wanted, networking.gateway().tags());
}

bool PassesExternalService(const FilterKey& key, const model::Resource& resource) {
  ExternalService service;
  return service.ParseFromString(resource.spec) && HasAll(LastOfEach(key.tags), service.tags());
}

}  // namespace

bool PassesFilter(const FilterKey& key, const model::TypeDescriptor& type,
                  const model::Resource& resource) {
  if (!key.every_mesh && resource.key.mesh != key.mesh) return false;
  if (!key.readable.empty()) {
    const bool in_mesh = type.scope == model::ResourceScope::kMesh;
    const std::string& mesh = in_mesh ? resource.key.mesh : resource.key.name;
    if (!std::binary_search(key.readable.begin(), key.readable.end(), mesh)) return false;
  }
  if (resource.key.name.find(key.name_contains) == std::string::npos) return false;
  for (const auto& [name, value] : key.labels) {
    const auto label = resource.labels.find(name);
    if (label == resource.labels.end() || label->second != value) return false;
  }
  if (type.name == "Dataplane" && (!key.tags.empty() || key.gateway != Gateway::kAny)) {
    return PassesDataplane(key, resource);
  }
  if (type.name == "ExternalService" && !key.tags.empty()) {
    return PassesExternalService(key, resource);
  }
  return true;
}

FilteredList::FilteredList(const std::shared_ptr<const ResourceView>& view,
                           const FilteredList* before, Matches matches)
    : view_(view), chunks_(view->chunks().begin(), view->chunks().end()) {
  absl::flat_hash_map<std::shared_ptr<const Chunk>, const std::shared_ptr<const Chunk>*> known;
  if (before != nullptr) {
    known.reserve(before->chunks_.size());
    for (size_t i = 0; i < before->chunks_.size(); ++i) {
      if (auto chunk = before->chunks_[i].lock(); chunk != nullptr) {
        known.emplace(std::move(chunk), &before->matching_[i]);
      }
    }
  }
  size_t size = 0;
  matching_.reserve(view->chunks().size());
  starts_.reserve(view->chunks().size() + 1);
  for (const std::shared_ptr<const Chunk>& chunk : view->chunks()) {
    starts_.push_back(size);
    if (const auto seen = known.find(chunk); seen != known.end()) {
      matching_.push_back(*seen->second);
    } else {
      Chunk passing;
      std::copy_if(chunk->begin(), chunk->end(), std::back_inserter(passing),
                   [&](const ResourceView::Item& item) { return matches(*item); });
      matching_.push_back(passing.empty() ? nullptr
                                          : std::make_shared<const Chunk>(std::move(passing)));
    }
    if (matching_.back() != nullptr) size += matching_.back()->size();
  }
  starts_.push_back(size);
}

const ResourceView::Item& FilteredList::at(size_t i) const {
  SKYDEN_CHECK(i < size());
  const size_t chunk = static_cast<size_t>(std::upper_bound(starts_.begin(), starts_.end(), i) -
                                           starts_.begin() - 1);
  return (*matching_[chunk])[i - starts_[chunk]];
}

std::shared_ptr<const FilteredList> FilterCache::Get(
    const FilterKey& key, const std::shared_ptr<const ResourceView>& view,
    FilteredList::Matches matches) {
  std::shared_ptr<const FilteredList> before;
  {
    absl::MutexLock lock(&mu_);
    if (const auto found = index_.find(key); found != index_.end()) {
      recent_.splice(recent_.begin(), recent_, found->second);
      before = found->second->list;
      if (before->IsOf(view)) return before;
    }
  }
  // Two callers may both do this; each has its answer, and one is kept.
  auto list = std::make_shared<const FilteredList>(view, before.get(), matches);
  absl::MutexLock lock(&mu_);
  if (const auto found = index_.find(key); found != index_.end()) {
    items_ = items_ - found->second->list->size() + list->size();
    found->second->list = list;
  } else {
    recent_.push_front({key, list});
    index_.emplace(key, recent_.begin());
    items_ += list->size();
  }
  while (recent_.size() > 1 &&
         (recent_.size() > base::limits::kFilteredLists || items_ > base::limits::kFilteredItems)) {
    items_ -= recent_.back().list->size();
    index_.erase(recent_.back().key);
    recent_.pop_back();
  }
  return list;
}

void FilterCache::Forget(model::TenantKey tenant) {
  absl::MutexLock lock(&mu_);
  for (auto entry = recent_.begin(); entry != recent_.end();) {
    if (entry->key.tenant == tenant) {
      items_ -= entry->list->size();
      index_.erase(entry->key);
      entry = recent_.erase(entry);
    } else {
      ++entry;
    }
  }
}

}  // namespace skyden::resources
