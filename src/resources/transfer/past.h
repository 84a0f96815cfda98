// SPDX-License-Identifier: Apache-2.0
// Inside a transaction: what is kept of a control plane's past, and whether a revision is in it.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "skyden/resources/history.h"
#include "skyden/store/tenant_tx.h"

namespace skyden::resources {

absl::Status CheckKept(const model::TypeDescriptor& type);
absl::Status CheckRevision(store::ReadTx& tx, model::Revision revision);

// Of one type, of then: in one mesh, or of one name.
absl::StatusOr<std::vector<model::Resource>> ReadAt(store::ReadTx& tx,
                                                    const model::TypeDescriptor& type,
                                                    const PastFilter& filter,
                                                    model::Revision revision);
// The same of now: what was authored here.
absl::StatusOr<std::vector<model::Resource>> ReadAuthored(store::ReadTx& tx,
                                                          const model::TypeDescriptor& type,
                                                          const PastFilter& filter);

}  // namespace skyden::resources
