// SPDX-License-Identifier: Apache-2.0
// What the first start makes so that somebody can come in.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "skyden/base/clock.h"
#include "skyden/model/ids.h"
#include "skyden/store/store.h"

namespace skyden::identity {

inline constexpr char kAdminTokenFile[] = "admin.token";

struct BootstrapResult {
  model::OrganizationKey organization{};  // "default"
  // Not empty when an operator's token was made now: the file that holds it.
  std::string token_file;
  // An operator can sign in with a token. Not so once every operator's tokens have expired.
  bool has_usable_operator = true;
};

// Makes sure that the organization `default` exists and that somebody holds the role kOperator;
// otherwise makes an account that does, called "operator" unless that is taken. When the account is
// made, its token is written to `<data_dir>/admin.token` with mode 0600 before it becomes valid, so
// that no crash leaves an operator whose token nobody knows. Later starts leave the file alone: an
// operator may have moved it away. AssertMayBlock.
absl::StatusOr<BootstrapResult> Bootstrap(store::Store& store, const base::Clock& clock,
                                          const std::string& data_dir);

// A token that may run the daemon, without an expiry, for whoever may open its files: of the first
// active system account that holds the role kOperator, or of a new one.
struct OperatorToken {
  std::string account;  // its name
  std::string text;
};
absl::StatusOr<OperatorToken> IssueOperatorToken(store::Store& store, const base::Clock& clock);
// Into `<data_dir>/admin.token`, mode 0600, in place of what is there.
absl::Status WriteOperatorToken(const std::string& data_dir, const OperatorToken& issued);

}  // namespace skyden::identity
