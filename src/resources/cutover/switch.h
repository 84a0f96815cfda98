// SPDX-License-Identifier: Apache-2.0
// The transaction in which a control plane becomes one of another version: what the way there and
// the way back have in common.
#pragma once

#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "skyden/model/kuma_version.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/resources/cutover.h"
#include "skyden/store/tenant_tx.h"

namespace skyden::resources {

inline constexpr std::string_view kUpgradeAction = "control_plane.upgrade";
inline constexpr std::string_view kReturnAction = "control_plane.return";

// Whether the caller may at all, and there is anything to do. As cutover.h says.
absl::Status CheckMayCutOver(const model::TenantScope& scope, model::KumaVersion to);

// Hands that write in the control plane as it will be. The audit names the caller all the same: it
// is told by the organization's transaction.
model::TenantScope InVersion(const model::TenantScope& scope, model::KumaVersion version);

struct Switch {
  model::KumaVersion to = model::KumaVersion::kTwo;
  std::string_view action;          // for the audit
  model::Revision if_revision = 0;  // up to which people's writes are known
  ImportMode mode = ImportMode::kApply;
};
// Fills in all of `cutover` but its lines. `write` may run again.
absl::Status SwitchVersion(const CutoverDeps& deps, const CutoverBy& by, const Switch& request,
                           absl::FunctionRef<absl::Status(store::WriteTx&)> write,
                           Cutover& cutover);

// What the audit was told of the control plane's last upgrade: the revisions before it and with it.
struct PastUpgrade {
  model::Revision before = 0;
  model::Revision after = 0;
};
// Marked (base/gone.h) when the audit does not tell any more.
absl::StatusOr<PastUpgrade> FindLastUpgrade(store::ReadTx& tx);

}  // namespace skyden::resources
