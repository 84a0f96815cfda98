// SPDX-License-Identifier: Apache-2.0
// Every error the store answers with, by name. Texts hold no SQL, path or foreign id.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "skyden/model/ids.h"
#include "skyden/model/resource.h"

namespace skyden::store {

absl::Status ControlPlaneNotFound();
// FAILED_PRECONDITION, titled: it was upgraded, or taken back, while a write was on its way.
absl::Status ControlPlaneOfAnotherVersion();
absl::Status AccountNotFound();
absl::Status TokenNotFound();
absl::Status RoleNotFound();
absl::Status AuditDestinationNotFound();
absl::Status AuditWebhookNotFound();
absl::Status OrganizationNotFound();
absl::Status OrganizationNotEmpty();
absl::Status OrganizationHoldsLastOperator();
absl::Status ResourceNotFound(std::string_view type, const model::ResourceKey& key);
absl::Status PendingKeyNotFound();
absl::Status ResourceExists(std::string_view type, const model::ResourceKey& key);
absl::Status RowExists(std::string_view what);
absl::Status VersionMismatch(std::string_view type, const model::ResourceKey& key, uint64_t stored,
                             uint64_t expected);
absl::Status ChangesCollected(model::Revision since, model::Revision collected);
absl::Status NotInHistory(model::Revision revision, model::Revision oldest,
                          model::Revision current);
// base::QuotaExceeded. `what`: "resources", "bytes", "zones".
absl::Status QuotaPassed(std::string_view what, uint64_t used, uint64_t limit, uint64_t more);
absl::Status WriteQueueFull();
absl::Status DiskFull();
absl::Status StoreClosed();
absl::Status WritesStopped(std::string_view reason);
absl::Status NotATenantsAccount();
absl::Status TextNotKept();
// The database cannot be reached now. UNAVAILABLE, as StoreClosed, but it heals.
absl::Status DatabaseUnreachable(std::string_view why);
absl::Status Internal(std::string_view what);

}  // namespace skyden::store
