// SPDX-License-Identifier: Apache-2.0
// Between rows and records. Column orders are those of the catalogue.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/model/resource.h"
#include "skyden/model/type_registry.h"
#include "skyden/store/records.h"
#include "skyden/store/sealer.h"
#include "store/session.h"

namespace skyden::store::rows {

// In an organization's name.
inline Binding BindingOf(model::OrganizationKey organization) {
  return {static_cast<int64_t>(organization), 0, false};
}

// One "<length>:<bytes>" at the end of `out`, and off the front of `text`: any bytes, no escapes.
void AppendPart(std::string& out, std::string_view part);
bool TakePart(std::string_view& text, std::string_view& part);

// "3:key5:value..." for each label in order: any bytes, no escapes.
std::string EncodeLabels(const model::Labels& labels);
absl::StatusOr<model::Labels> DecodeLabels(std::string_view text);

// Nanoseconds since 1970.
int64_t EncodeTime(absl::Time time);
absl::Time DecodeTime(int64_t nanoseconds);
Param OptionalTimeParam(const std::optional<absl::Time>& time);

std::string_view EncodeKind(AccountRecord::Kind kind);
absl::StatusOr<AccountRecord::Kind> DecodeKind(std::string_view text);

std::string_view EncodeTokenKind(TokenRecord::Kind kind);
// "3:one5:other..."
std::string EncodeGroups(const std::vector<std::string>& groups);

// What a sealed spec is bound to. Injective: each part carries its length.
std::string SealContext(const model::ControlPlaneId& control_plane, std::string_view type,
                        const model::ResourceKey& key);

// Columns from 1: mesh, name, zone, labels, spec, status, creation_time, modification_time,
// revision, version, deleted. The spec is as stored: see TenantRows for opening it.
absl::StatusOr<model::Resource> ReadResource(const Row& row, model::TypeId type);
// Columns from 0: organization, id, name, created_at, updated_at.
OrganizationRecord ReadOrganization(const Row& row);
// Columns from 1: organization, tenant, id, name, ..., updated_at, suspended_at, suspended_until,
// suspend_reason.
absl::StatusOr<ControlPlaneRecord> ReadControlPlane(const Row& row);
// Columns from `first`: tenant, id, kind, name, description, active, zone, email, preferred_name,
// subject, created_at, updated_at.
absl::StatusOr<AccountRecord> ReadAccount(const Row& row, int first);
// Columns from 1: tenant, id, account, role, control_plane, region, created_at.
absl::StatusOr<RoleRecord> ReadRole(const Row& row);
// Columns from 1: id, account, name, sha256, created_at, expires_at, revoked_at, last_used_at,
// updated_at, kind, parent, provider_session, person_groups.
absl::StatusOr<TokenRecord> ReadToken(const Row& row);

}  // namespace skyden::store::rows
