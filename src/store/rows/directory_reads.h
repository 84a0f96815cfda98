// SPDX-License-Identifier: Apache-2.0
// Reads among the rows of one organization, and the look-ups that come before any scope.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/store/records.h"
#include "store/session.h"

namespace skyden::store::rows {

absl::StatusOr<std::optional<ControlPlaneRecord>> FindControlPlaneRow(
    Session& session, const Binding& binding, const model::ControlPlaneId& id);
absl::StatusOr<std::vector<DeletedControlPlane>> ListDeletedControlPlaneRows(
    Session& session, const Binding& binding);
absl::StatusOr<std::vector<ControlPlaneRecord>> ListControlPlaneRows(Session& session,
                                                                     const Binding& binding);
absl::StatusOr<std::optional<AccountRecord>> FindAccountRow(Session& session,
                                                            const Binding& binding,
                                                            const model::AccountId& id);
absl::StatusOr<std::optional<AccountRecord>> FindAccountRowBySubject(Session& session,
                                                                     const Binding& binding,
                                                                     const std::string& subject);
absl::StatusOr<std::vector<AccountRecord>> ListAccountRows(Session& session, const Binding& binding,
                                                           AccountRecord::Kind kind);
absl::StatusOr<uint64_t> CountAccountRows(Session& session, const Binding& binding,
                                          AccountRecord::Kind kind);
absl::StatusOr<std::vector<RoleRecord>> ListRoleRows(Session& session, const Binding& binding,
                                                     const model::AccountId& account);
absl::StatusOr<OrganizationRecord> GetOrganizationRow(Session& session, const Binding& binding);
absl::StatusOr<std::vector<TokenRecord>> ListTokenRows(Session& session, const Binding& binding,
                                                       const model::AccountId& account,
                                                       TokenRecord::Kind kind);
absl::StatusOr<std::vector<TokenRecord>> ListSessionRows(Session& session, const Binding& binding);

// Under a system binding.
absl::StatusOr<std::optional<TokenOwner>> SystemFindTokenRow(Session& session,
                                                             const model::TokenId& id);
absl::StatusOr<std::optional<ControlPlaneRecord>> SystemFindControlPlaneRow(
    Session& session, const model::ControlPlaneId& id);
absl::StatusOr<std::vector<OrganizationRecord>> SystemListOrganizationRows(Session& session);
absl::StatusOr<std::optional<OrganizationRecord>> SystemFindOrganizationRow(
    Session& session, const model::OrganizationId& id);
absl::StatusOr<std::vector<OperatorRef>> SystemListOperatorRows(Session& session);
// See DirectoryTx::CountUsableOperators; nullopt: of every organization.
absl::StatusOr<uint64_t> CountUsableOperatorRows(
    Session& session, absl::Time now, std::optional<model::OrganizationKey> organization);
absl::StatusOr<model::OrganizationKey> SystemInsertOrganizationRow(
    Session& session, const OrganizationRecord& organization);
absl::Status SystemEndOrganizationRow(Session& session, model::OrganizationKey organization,
                                      absl::Time at);

}  // namespace skyden::store::rows
