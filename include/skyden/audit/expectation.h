// SPDX-License-Identifier: Apache-2.0
// What the audit of an organization once had, kept elsewhere. Whoever restores an older database
// restores its marks too, so only this tells that a chain went back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "skyden/audit/audit_service.h"
#include "skyden/store/audit.h"

namespace skyden::audit {

// An entry, and where all chains ended when it was the newest.
struct Expected {
  model::ControlPlaneId control_plane;  // in whose chain it is; empty: in the organization's own
  uint64_t sequence = 0;
  store::AuditDigest hash{};
  std::optional<store::AuditDigest> all;  // DigestOf the ends
};

// "[<control plane id>/]17:<64 hex digits>[:<64 hex digits>]". INVALID_ARGUMENT otherwise.
absl::StatusOr<Expected> ParseExpected(std::string_view text);
std::string FormatExpected(const Expected& expected);

// Where a chain ends. Over all of an organization's, by control plane id.
struct ChainEnd {
  std::string control_plane;
  uint64_t sequence = 0;
  store::AuditDigest hash{};
};
store::AuditDigest DigestOf(std::vector<ChainEnd> ends);

// What to expect later of an audit that was found to be this: its newest entry, as ParseExpected
// takes it; "" when it has none. Blocks on the disk.
absl::StatusOr<std::string> TextToExpect(const AuditService& audit,
                                         const model::OrganizationScope& scope,
                                         const Verification& found);

// Adds to `found` that the audit does not have what is expected. FAILED_PRECONDITION when that
// cannot be told, because retention has removed it. Blocks on the disk.
absl::Status CheckExpected(const AuditService& audit, const model::OrganizationScope& scope,
                           const Expected& expected, Verification& found);

}  // namespace skyden::audit
