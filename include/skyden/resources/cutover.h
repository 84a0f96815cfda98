// SPDX-License-Identifier: Apache-2.0
// A control plane that becomes one of the next version of Kuma, and the way back. Either is one
// transaction: the version, what is written with it, and what the audit is told.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/base/clock.h"
#include "skyden/model/kuma_version.h"
#include "skyden/model/resource.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/codec.h"
#include "skyden/resources/transfer.h"
#include "skyden/store/store.h"

namespace skyden::resources {

// All must outlive the call.
struct CutoverDeps {
  store::Store& store;
  const model::TypeRegistry& registry;
  const ResourceCodec& codec;
  base::Clock& clock;
};

// Who does it: in the organization, and in the control plane as it is.
struct CutoverBy {
  const model::OrganizationScope& organization;
  const model::TenantScope& scope;
};

struct UpgradeRequest {
  // What is written and deleted with it, as an import takes it: what it says there in Kuma 3 is
  // what the control plane says now.
  std::vector<ImportItem> documents;
  model::Revision if_revision = 0;  // that they were thought out over
  ImportMode mode = ImportMode::kApply;
};

struct ReturnRequest {
  // What becomes of what people wrote since the upgrade.
  enum class Later : uint8_t { kForbids, kIsDiscarded } later = Later::kForbids;
  ImportMode mode = ImportMode::kApply;
};

struct Cutover {
  model::KumaVersion from = model::KumaVersion::kTwo;
  model::KumaVersion to = model::KumaVersion::kTwo;
  // Of the control plane, before it and with it; the same where no resource had to be written.
  model::Revision before = 0;
  model::Revision after = 0;
  std::vector<ImportLine> lines;  // of what was written and deleted
};

// To Kuma 3. Writes that were thought out for Kuma 2 and come later are refused by the store.
// ABORTED when something that people write changed since `if_revision`. FAILED_PRECONDITION when
// the control plane is one of Kuma 3 already, is suspended, or releases changes zone by zone, and
// when Kuma 3 does not take a document: with a violation for each thing, whose field begins with
// type and name. PERMISSION_DENIED to who does not manage the control plane. Blocks, and takes
// long.
absl::StatusOr<Cutover> UpgradeControlPlane(const CutoverDeps& deps, const CutoverBy& by,
                                            UpgradeRequest request);

// To Kuma 2, with what people had written when it was upgraded, as it was stored: labels and times
// too. Left alone is what RestoreRequest::of says of whole control planes, and what zones tell.
// OUT_OF_RANGE, marked (base/gone.h), when that is no longer kept. FAILED_PRECONDITION when the
// control plane is one of Kuma 2, and, with a violation for each, when something was written since
// that would be lost. Otherwise as the way there.
absl::StatusOr<Cutover> ReturnControlPlane(const CutoverDeps& deps, const CutoverBy& by,
                                           const ReturnRequest& request);

}  // namespace skyden::resources
