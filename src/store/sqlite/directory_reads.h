// SPDX-License-Identifier: Apache-2.0
// Reads among the rows of one organization, and the look-ups that come before any scope.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/store/records.h"
#include "store/sqlite/connection.h"

namespace skyden::store::sqlite {

absl::StatusOr<std::optional<ControlPlaneRecord>> FindControlPlaneRow(
    Connection& connection, const Binding& binding, const model::ControlPlaneId& id);
absl::StatusOr<std::vector<ControlPlaneRecord>> ListControlPlaneRows(Connection& connection,
                                                                     const Binding& binding);
absl::StatusOr<std::optional<AccountRecord>> FindAccountRow(Connection& connection,
                                                            const Binding& binding,
                                                            const model::AccountId& id);
absl::StatusOr<std::optional<AccountRecord>> FindAccountRowBySubject(Connection& connection,
                                                                     const Binding& binding,
                                                                     const std::string& subject);
absl::StatusOr<std::vector<AccountRecord>> ListAccountRows(Connection& connection,
                                                           const Binding& binding,
                                                           AccountRecord::Kind kind);
absl::StatusOr<uint64_t> CountAccountRows(Connection& connection, const Binding& binding,
                                          AccountRecord::Kind kind);
absl::StatusOr<std::vector<RoleRecord>> ListRoleRows(Connection& connection, const Binding& binding,
                                                     const model::AccountId& account);
absl::StatusOr<OrganizationRecord> GetOrganizationRow(Connection& connection,
                                                      const Binding& binding);
absl::StatusOr<std::vector<TokenRecord>> ListTokenRows(Connection& connection,
                                                       const Binding& binding,
                                                       const model::AccountId& account);

// Under a system binding.
absl::StatusOr<std::optional<TokenOwner>> SystemFindTokenRow(Connection& connection,
                                                             const model::TokenId& id);
absl::StatusOr<std::optional<ControlPlaneRecord>> SystemFindControlPlaneRow(
    Connection& connection, const model::ControlPlaneId& id);
absl::StatusOr<std::vector<OrganizationRecord>> SystemListOrganizationRows(Connection& connection);
absl::StatusOr<std::optional<OrganizationRecord>> SystemFindOrganizationRow(
    Connection& connection, const model::OrganizationId& id);
absl::StatusOr<std::vector<OperatorRef>> SystemListOperatorRows(Connection& connection);
// See DirectoryTx::CountUsableOperators; nullopt: of every organization.
absl::StatusOr<uint64_t> CountUsableOperatorRows(
    Connection& connection, absl::Time now, std::optional<model::OrganizationKey> organization);
absl::StatusOr<model::OrganizationKey> SystemInsertOrganizationRow(
    Connection& connection, const OrganizationRecord& organization);
absl::Status SystemEndOrganizationRow(Connection& connection, model::OrganizationKey organization,
                                      absl::Time at);

}  // namespace skyden::store::sqlite
