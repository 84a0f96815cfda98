// SPDX-License-Identifier: Apache-2.0
// What is deleted with a control plane that can be had back, as one text: rows of other tables,
// which must not be there meanwhile.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/store/records.h"

namespace skyden::store::rows {

struct KeptCredentials {
  std::vector<AccountRecord> accounts;  // of zones
  std::vector<TokenRecord> tokens;      // of these
  std::vector<RoleRecord> roles;        // on the control plane, of whomever
};

std::string EncodeKept(const KeptCredentials& kept);
absl::StatusOr<KeptCredentials> DecodeKept(std::string_view text);

}  // namespace skyden::store::rows
