// SPDX-License-Identifier: Apache-2.0
// A hostname comes or goes with a service, or with what names it. Names of services that are the
// same change only when some HostnameGenerator does.
#include <algorithm>
#include <set>
#include <utility>

#include "rest/hostnames.h"
#include "rest/previews.h"
#include "skyden/model/type_registry.h"
#include "skyden/preview/limits.h"

namespace skyden::rest {
namespace {

using Hostnames = HostnameGenerators::Hostnames;
using Item = resources::ResourceView::Item;

class Comparison {
 public:
  Comparison(const model::TypeRegistry& registry, absl::FunctionRef<bool()> is_late,
             Preview& preview)
      : registry_(registry),
        is_late_(is_late),
        preview_(preview),
        before_(*preview.foresight.before.at(registry.core().hostname_generator->id)),
        after_(*preview.foresight.after.at(registry.core().hostname_generator->id)) {}

  void Run() {
    const auto& changes = preview_.foresight.changes;
    const bool renamed = std::any_of(changes.begin(), changes.end(), [&](const auto& change) {
      return change.type == registry_.core().hostname_generator && !change.is_same();
    });
    for (const ServiceKind& kind : ServiceKinds()) {
      const model::TypeDescriptor* type = registry_.FindByName(kind.type);
      if (type == nullptr) continue;
      if (renamed) CompareAll(kind, *type);
      for (const auto& change : changes) {
        if (change.type == type && !change.is_same()) {
          Compare(kind, *type, change.before, change.after);
        }
      }
    }
  }

 private:
  // Services that are the same before and after.
  void CompareAll(const ServiceKind& kind, const model::TypeDescriptor& type) {
    const auto& after = preview_.foresight.after.at(type.id);
    for (const auto& chunk : preview_.foresight.before.at(type.id)->chunks()) {
      for (const Item& service : *chunk) {
        if (!preview_.hostnames_complete) return;
        if (after->Find(service->key) == service) Compare(kind, type, service, service);
      }
    }
  }

  void Compare(const ServiceKind& kind, const model::TypeDescriptor& type, const Item& before,
               const Item& after) {
    work_ += before_.size() + after_.size();
    if (work_ > preview::limits::kHostnameWork || is_late_()) preview_.hostnames_complete = false;
    if (!preview_.hostnames_complete) return;
    const Hostnames old = before == nullptr ? Hostnames() : before_.Of(kind, *before, nullptr);
    const Hostnames now = after == nullptr ? Hostnames() : after_.Of(kind, *after, nullptr);
    const model::ResourceKey& key = (before ? before : after)->key;
    AddMissing(now, old, type, key, preview_.hostnames_come);
    AddMissing(old, now, type, key, preview_.hostnames_go);
  }

  void AddMissing(const Hostnames& those, const Hostnames& others,
                  const model::TypeDescriptor& type, const model::ResourceKey& key,
                  std::vector<HostnameChange>& changes) const {
    for (const auto& each : those) {
      if (others.contains(each)) continue;
      if (changes.size() >= preview::limits::kHostnames) {
        preview_.hostnames_complete = false;
        return;
      }
      changes.push_back({each.first, &type, key, each.second});
    }
  }

  const model::TypeRegistry& registry_;
  absl::FunctionRef<bool()> is_late_;
  Preview& preview_;
  const HostnameGenerators before_, after_;
  size_t work_ = 0;
};

}  // namespace

void ForeseeHostnames(const model::TypeRegistry& registry, absl::FunctionRef<bool()> is_late,
                      Preview& preview) {
  Comparison(registry, is_late, preview).Run();
}

}  // namespace skyden::rest
