// SPDX-License-Identifier: Apache-2.0
// Who keeps a resource stands in a label of it, so there is no other record that could be lost or
// be wrong.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "resources/go/text.h"
#include "resources/transfer/import.h"
#include "resources/write/secret_spec.h"
#include "skyden/base/status.h"
#include "skyden/model/kuma_labels.h"
#include "skyden/resources/labels.h"

namespace skyden::resources {
namespace {

bool HasAll(const model::Labels& labels, const model::Labels& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& label) {
    const auto found = labels.find(label.first);
    return found != labels.end() && found->second == label.second;
  });
}

// What of others there is in each mesh: one of them, and how many.
struct Others {
  std::string one;
  size_t count = 0;
};

bool ComesAndGoesWithMesh(const Defaults& defaults, const model::TypeDescriptor& type,
                          const model::Resource& resource) {
  return type.is_secret || defaults.IsMeshDefault(type, resource.key);
}

}  // namespace

std::string WhyNotOwner(const DesiredState& state) {
  const auto wrong = labels::CheckWritten({{std::string(kOwnerLabel), state.owner}});
  if (!wrong.empty()) return wrong.front().reason;
  const bool needs_one = state.rest == DesiredState::Rest::kIsDeleted ||
                         state.foreign == DesiredState::Foreign::kTakenOver;
  return state.owner.empty() && needs_one ? "cannot be empty where prune or take_over is true" : "";
}

absl::StatusOr<std::vector<OwnedResource>> ListOwned(ResourceViews& views,
                                                     const model::TenantScope& scope,
                                                     const model::TypeRegistry& registry,
                                                     const Defaults& defaults,
                                                     const DesiredState& desired) {
  std::vector<OwnedResource> owned;
  std::map<std::string, Others, std::less<>> others;
  for (const model::TypeDescriptor& type : registry.all()) {
    if (type.read_only || type.path.empty()) continue;
    SKYDEN_ASSIGN_OR_RETURN(const auto view, views.Get(scope, type.id));
    for (size_t i = 0; i < view->size(); ++i) {
      const model::Resource& resource = *view->at(i);
      const bool is_owned = model::LabelOf(resource.labels, kOwnerLabel) == desired.owner;
      if (is_owned && !type.ReadOnlyAtGlobal() && resource.zone.empty() &&
          HasAll(resource.labels, desired.rest_labels)) {
        owned.push_back({&type, resource.key, ""});
      }
      if (is_owned || type.scope != model::ResourceScope::kMesh) continue;
      if (ComesAndGoesWithMesh(defaults, type, resource)) continue;
      Others& in_mesh = others[resource.key.mesh];
      if (++in_mesh.count == 1) in_mesh.one = fmt::format("{} {}", type.name, resource.key.name);
    }
  }
  for (OwnedResource& one : owned) {
    if (one.type != registry.core().mesh) continue;
    const auto found = others.find(one.key.name);
    if (found == others.end()) continue;
    one.reason_to_stay = fmt::format(
        "has no document and would be deleted, but {} resource{} in it {} not of {}: {}, for one",
        found->second.count, found->second.count == 1 ? "" : "s",
        found->second.count == 1 ? "is" : "are", GoQuote(desired.owner), found->second.one);
  }
  return owned;
}

absl::Status ImportOperation::ResolveOwner(const Step& step, model::Resource& resource) const {
  if (!import_.desired.has_value() || !step.stored.has_value()) return absl::OkStatus();
  const DesiredState& desired = *import_.desired;
  const std::string_view before = model::LabelOf(step.stored->labels, kOwnerLabel);
  if (before.empty()) return absl::OkStatus();
  if (desired.owner.empty()) {
    resource.labels.emplace(std::string(kOwnerLabel), std::string(before));
    return absl::OkStatus();
  }
  if (before == desired.owner || desired.foreign == DesiredState::Foreign::kTakenOver) {
    return absl::OkStatus();
  }
  return base::WithViolations(absl::InvalidArgumentError("the resource is another owner's"),
                              {{fmt::format("labels[{}]", GoQuote(kOwnerLabel)),
                                fmt::format("{} keeps it; only when asked to does {} take it over",
                                            GoQuote(before), GoQuote(desired.owner))}});
}

absl::StatusOr<std::string> ImportOperation::ReasonToStay(store::ReadTx& tx,
                                                          const Item& item) const {
  SKYDEN_ASSIGN_OR_RETURN(const auto stored, tx.FindResource(item.type->id, item.resource.key));
  const bool still_owned = stored.has_value() && import_.desired.has_value() &&
                           model::LabelOf(stored->labels, kOwnerLabel) == import_.desired->owner &&
                           HasAll(stored->labels, import_.desired->rest_labels);
  return still_owned ? "" : "it is another owner's by now";
}

}  // namespace skyden::resources
