// SPDX-License-Identifier: Apache-2.0
#include "skyden/resources/foreign.h"

#include <map>
#include <utility>

#include "resources/cutover/switch.h"
#include "resources/transfer/import.h"
#include "skyden/base/executor.h"
#include "skyden/base/status.h"
#include "skyden/resources/transfer.h"

namespace skyden::resources {
namespace {

// Each with a number of its own: in a list all have that of the list.
void Number(std::vector<ImportItem>& items) {
  for (size_t i = 0; i < items.size(); ++i) items[i].document = i + 1;
}

void LayOver(const PreparedImport& prepared, Foresight& foresight) {
  std::map<model::TypeId, std::map<model::ResourceKey, model::Resource>> by_type;
  for (const PreparedImport::Item& item : prepared.items) {
    if (item.outcome == ImportLine::Outcome::kSkipped && !item.deletes) continue;
    model::Resource& resource = by_type[item.type->id][item.resource.key] = item.resource;
    resource.type = item.type->id;
    resource.deleted = item.deletes;
  }
  foresight.after = foresight.before;
  for (auto& [type, by_key] : by_type) {
    const auto view = foresight.after.find(type);
    if (view == foresight.after.end()) continue;
    const model::Revision revision = view->second->revision() + 1;
    std::vector<model::Resource> changes;
    for (auto& [key, resource] : by_key) {
      resource.revision = revision;
      changes.push_back(std::move(resource));
    }
    view->second = Advance(*view->second, std::move(changes), revision);
  }
}

}  // namespace

absl::StatusOr<ForeignDocuments> ReadForeign(const ForesightDeps& deps,
                                             const model::TenantScope& scope,
                                             model::KumaVersion version, std::string body,
                                             const std::vector<const model::TypeDescriptor*>& types,
                                             absl::Time now) {
  base::AssertMayBlock();
  SKYDEN_ASSIGN_OR_RETURN(std::vector<ImportItem> items, ReadImportBody(std::move(body)));
  Number(items);
  std::vector<ImportItem> read = items;
  SKYDEN_ASSIGN_OR_RETURN(const PreparedImport prepared,
                          PrepareImport(InVersion(scope, version), deps.registry, deps.codec,
                                        deps.registry.core(), read, now));
  ForeignDocuments foreign;
  foreign.documents.resize(items.size());
  for (const PreparedImport::Item& item : prepared.items) {
    const size_t at = item.document - 1;
    foreign.documents[at] = {item.type, item.resource.key, std::move(items[at].body),
                             !item.resource.zone.empty()};
  }
  for (const model::TypeDescriptor* type : types) {
    SKYDEN_ASSIGN_OR_RETURN(foreign.foresight.before[type->id], deps.views.Get(scope, type->id));
  }
  LayOver(prepared, foreign.foresight);
  return foreign;
}

}  // namespace skyden::resources
