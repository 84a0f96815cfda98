// SPDX-License-Identifier: Apache-2.0
// Accounts as the commands name them: by id, a system account's name or a user's e-mail address, or
// "me" for one's own.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "cli/api_client.h"

namespace skyden::cli {

inline constexpr char kSystemAccounts[] = "/v3/system-accounts";
inline constexpr char kUsers[] = "/v3/users";

// "/v3/users/<id>" or "/v3/system-accounts/<id>". NOT_FOUND when there is none.
absl::StatusOr<std::string> FindAccount(const ApiClient& client, const std::string& which);
// "/v3/teams/<id>", by id or name.
absl::StatusOr<std::string> FindTeam(const ApiClient& client, const std::string& which);

}  // namespace skyden::cli
