// SPDX-License-Identifier: Apache-2.0
#include "resources/write/unchanged.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "skyden/base/status.h"

namespace skyden::resources {
namespace {

absl::Status Changed(std::string_view what) {
  return base::WithTitle(
      absl::AbortedError(fmt::format(
          "{} since the revision that this write names: renew the preview, and write what it "
          "says then",
          what)),
      "Conflict");
}

}  // namespace

absl::Status CheckUnchanged(store::ReadTx& tx, const model::TypeRegistry& registry,
                            model::Revision since) {
  SKYDEN_ASSIGN_OR_RETURN(const model::Revision current, tx.CurrentRevision());
  if (current == since) return absl::OkStatus();
  if (current < since) return Changed("the control plane went back");
  for (const model::TypeDescriptor& type : registry.all()) {
    if (type.ReadOnlyAtGlobal() || &type == registry.core().zone) continue;
    const auto changes = tx.ListChanges(type.id, since);
    if (absl::IsOutOfRange(changes.status())) {
      return Changed(fmt::format("{} resources were deleted", type.name));
    }
    SKYDEN_RETURN_IF_ERROR(changes.status());
    for (const model::Resource& change : *changes) {
      if (!change.zone.empty()) continue;
      const model::ResourceKey& key = change.key;
      return Changed(fmt::format("{} {}{}{} was {}", type.name, key.mesh,
                                 key.mesh.empty() ? "" : "/", key.name,
                                 change.deleted ? "deleted" : "written"));
    }
  }
  return absl::OkStatus();
}

}  // namespace skyden::resources
