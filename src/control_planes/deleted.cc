// SPDX-License-Identifier: Apache-2.0
#include "control_planes/deleted.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "control_planes/errors.h"
#include "skyden/base/json_text.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"

namespace skyden::control_planes {
namespace {

absl::StatusOr<store::DeletedControlPlane> FindDeleted(store::DirectoryReadTx& tx,
                                                       const model::ControlPlaneId& id) {
  SKYDEN_ASSIGN_OR_RETURN(const auto all, tx.ListDeletedControlPlanes());
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.id == id; });
  if (found == all.end()) return ControlPlaneNotFound();
  return *found;
}

// So many characters of UTF-8, from the first.
std::string Cut(const std::string& text, size_t characters) {
  size_t at = 0;
  for (; at < text.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(text[at]) & 0xc0) != 0x80;
    if (begins && characters-- == 0) break;
  }
  return text.substr(0, at);
}

}  // namespace

absl::Status EndDeleted(store::DirectoryTx& tx, const model::ControlPlaneId& id, absl::Time now) {
  SKYDEN_ASSIGN_OR_RETURN(const store::DeletedControlPlane deleted, FindDeleted(tx, id));
  SKYDEN_RETURN_IF_ERROR(tx.EndDeletedControlPlane(id));
  store::ControlPlaneRecord about;
  about.tenant = deleted.tenant;
  about.id = id;
  tx.AuditAbout(about, {now, "control_plane.purge", "ControlPlane", id.str(),
                        base::JsonObjectText().Text("name", deleted.name).Take()});
  return absl::OkStatus();
}

absl::StatusOr<std::string> FreeName(store::DirectoryReadTx& tx, const model::ControlPlaneId& id,
                                     const std::vector<store::ControlPlaneRecord>& there) {
  SKYDEN_ASSIGN_OR_RETURN(const store::DeletedControlPlane deleted, FindDeleted(tx, id));
  const auto taken = [&there](const std::string& name) {
    return std::any_of(there.begin(), there.end(),
                       [&](const auto& one) { return one.name == name; });
  };
  std::string name = deleted.name;
  for (size_t n = 1; taken(name); ++n) {
    const std::string behind = n == 1 ? "-restored" : fmt::format("-restored-{}", n);
    name = Cut(deleted.name, base::limits::kControlPlaneNameChars - behind.size()) + behind;
  }
  return name;
}

}  // namespace skyden::control_planes
