// SPDX-License-Identifier: Apache-2.0
// Reads of the audit, on any session.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/store/audit.h"
#include "skyden/store/sealer.h"
#include "store/session.h"

namespace skyden::store::rows {

// What an entry takes on disk, its places in three indexes included.
uint64_t BytesOf(const AuditEntry& entry);

// `only`: whose entries a control plane's scope may see; empty in an organization's.
absl::StatusOr<AuditPage> ListAuditRows(Session& session, const Binding& binding,
                                        const model::ControlPlaneId& only, AuditQuery query);
// Of an organization.
absl::StatusOr<std::optional<AuditEntry>> LastAuditRow(Session& session, const Binding& binding);
// As those of DirectoryReadTx.
absl::StatusOr<std::vector<AuditChainRef>> ListAuditChainRows(Session& session,
                                                              const Binding& binding);
absl::StatusOr<std::vector<AuditMark>> ListAuditMarkRows(Session& session, const Binding& binding,
                                                         const Sealer& sealer,
                                                         model::TenantKey chain);
absl::StatusOr<std::optional<AuditEntry>> FindAuditUpTo(Session& session, const Binding& binding,
                                                        model::TenantKey chain, uint64_t place);
absl::StatusOr<uint64_t> FindAuditBeyond(Session& session, const Binding& binding, uint64_t bytes);

// What a mark's seal holds, and what it is bound to.
std::string MarkText(const AuditMark& mark);
std::string MarkContext(const Binding& binding, model::TenantKey chain, std::string_view name);

}  // namespace skyden::store::rows
