// SPDX-License-Identifier: Apache-2.0
// Strong identifiers. Parse, don't validate: whoever holds one knows it is well formed.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"

namespace skyden::model {

// A string that names one kind of thing. Immutable.
template <class Tag>
class Id {
 public:
  Id() = default;
  explicit Id(std::string value) : value_(std::move(value)) {}
  const std::string& str() const { return value_; }
  bool empty() const { return value_.empty(); }
  friend bool operator==(const Id&, const Id&) = default;
  friend auto operator<=>(const Id&, const Id&) = default;
  template <class H>
  friend H AbslHashValue(H h, const Id& id) {
    return H::combine(std::move(h), id.value_);
  }

 private:
  std::string value_;
};

using ControlPlaneId = Id<struct ControlPlaneTag>;  // lower-case UUID
using OrganizationId = Id<struct OrganizationTag>;  // lower-case UUID
using AccountId = Id<struct AccountTag>;            // lower-case UUID
using TokenId = Id<struct TokenTag>;                // the public part of a token
using RoleId = Id<struct RoleTag>;                  // of one assignment; lower-case UUID
using ZoneName = Id<struct ZoneTag>;                // DNS label, at most 63 characters

// INVALID_ARGUMENT when `text` is not a UUID; upper case is accepted and lowered.
absl::StatusOr<ControlPlaneId> ParseControlPlaneId(std::string_view text);
// INVALID_ARGUMENT when `text` is not an RFC 1123 label (lower-case letters, digits, '-').
absl::StatusOr<ZoneName> ParseZoneName(std::string_view text);

// Row keys inside the database; never shown to anybody. 0 is "none".
enum class OrganizationKey : int64_t {};
enum class TenantKey : int64_t {};
// No control plane, or none in particular: of a grant on all, of what concerns the organization.
inline constexpr TenantKey kNoTenant{};

// The gapless counter of one control plane: 1 for its first write.
using Revision = uint64_t;

}  // namespace skyden::model
