// SPDX-License-Identifier: Apache-2.0
// What of one organization ends, and where its audit is sent.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/store/audit_sending.h"
#include "skyden/store/sealer.h"
#include "skyden/store/token_of_account.h"
#include "store/session.h"

namespace skyden::store::rows {

// As the calls of DirectoryReadTx.
absl::StatusOr<std::vector<TokenOfAccount>> ListEndingTokenRows(Session& session,
                                                                const Binding& binding,
                                                                absl::Time from, absl::Time to,
                                                                size_t limit);
absl::StatusOr<std::vector<AuditDestination>> ListAuditDestinationRows(Session& session,
                                                                       const Binding& binding);
absl::StatusOr<std::optional<AuditDestination>> FindAuditDestinationRow(Session& session,
                                                                        const Binding& binding,
                                                                        const Sealer& sealer,
                                                                        const std::string& id);
absl::StatusOr<AuditWebhook> FindAuditWebhookRow(Session& session, const Binding& binding);

}  // namespace skyden::store::rows
