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
};

// Makes sure that the organization `default` and an operator account exist. When the account is
// made, its token is written to `<data_dir>/admin.token` with mode 0600 before it becomes valid, so
// that no crash leaves an operator whose token nobody knows. Later starts leave the file alone: an
// operator may have moved it away. AssertMayBlock.
absl::StatusOr<BootstrapResult> Bootstrap(store::Store& store, const base::Clock& clock,
                                          const std::string& data_dir);

}  // namespace skyden::identity
