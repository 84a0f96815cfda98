// SPDX-License-Identifier: Apache-2.0
// An entry that the chain of an organization once had, kept elsewhere. Whoever restores an older
// database restores its marks too, so only this tells that the chain went back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "skyden/audit/audit_service.h"
#include "skyden/store/audit.h"

namespace skyden::audit {

struct Expected {
  uint64_t sequence = 0;
  store::AuditDigest hash{};
};

// "17:<64 hex digits>". INVALID_ARGUMENT otherwise.
absl::StatusOr<Expected> ParseExpected(std::string_view text);

// What to expect later of a chain that was found to be this: its last entry, as ParseExpected takes
// it; "" when it has none. Blocks on the disk.
absl::StatusOr<std::string> TextToExpect(const AuditService& audit,
                                         const model::OrganizationScope& scope,
                                         const Verification& found);

// Adds to `found` that the chain does not have the entry. FAILED_PRECONDITION when that cannot be
// told, because retention has removed it. Blocks on the disk.
absl::Status CheckExpected(const AuditService& audit, const model::OrganizationScope& scope,
                           const Expected& expected, Verification& found);

}  // namespace skyden::audit
