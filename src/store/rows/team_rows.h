// SPDX-License-Identifier: Apache-2.0
// Teams of one organization, and what they give to whoever is in them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/store/records.h"
#include "store/session.h"

namespace skyden::store::rows {

// As the calls of DirectoryReadTx.
absl::StatusOr<std::vector<RoleRecord>> ListEffectiveRoleRows(Session& session,
                                                              const Binding& binding,
                                                              const model::AccountId& account);
absl::StatusOr<std::optional<AccountRecord>> FindTeamRowByName(Session& session,
                                                               const Binding& binding,
                                                               const std::string& name);
absl::StatusOr<std::vector<AccountRecord>> ListMemberRows(Session& session, const Binding& binding,
                                                          const model::AccountId& team);
absl::StatusOr<std::vector<AccountRecord>> ListTeamRowsOf(Session& session, const Binding& binding,
                                                          const model::AccountId& account);

}  // namespace skyden::store::rows
