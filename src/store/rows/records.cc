// SPDX-License-Identifier: Apache-2.0
#include "store/rows/records.h"

#include <algorithm>
#include <charconv>

#include "fmt/format.h"
#include "skyden/base/status.h"
#include "store/errors.h"

namespace skyden::store::rows {
void AppendPart(std::string& out, std::string_view part) {
  fmt::format_to(std::back_inserter(out), "{}:", part.size());
  out.append(part);
}

bool TakePart(std::string_view& text, std::string_view& part) {
  size_t length = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, length);
  if (parsed.ec != std::errc() || parsed.ptr == end || *parsed.ptr != ':') return false;
  text.remove_prefix(static_cast<size_t>(parsed.ptr - text.data()) + 1);
  if (text.size() < length) return false;
  part = text.substr(0, length);
  text.remove_prefix(length);
  return true;
}

namespace {

absl::Status Corrupt(std::string_view what) {
  return Internal(fmt::format("a stored {} does not decode", what));
}

std::optional<absl::Time> OptionalTime(const Row& row, int column) {
  if (row.IsNull(column)) return std::nullopt;
  return DecodeTime(row.Int(column));
}

}  // namespace

std::string EncodeLabels(const model::Labels& labels) {
  std::string out;
  for (const auto& [key, value] : labels) {
    AppendPart(out, key);
    AppendPart(out, value);
  }
  return out;
}

absl::StatusOr<model::Labels> DecodeLabels(std::string_view text) {
  std::string_view key;
  std::string_view value;
  size_t parts = 0;
  for (std::string_view rest = text; TakePart(rest, key);) ++parts;
  model::Labels labels;
  labels.reserve(parts / 2);
  while (!text.empty()) {
    if (!TakePart(text, key) || !TakePart(text, value)) return Corrupt("label set");
    labels.emplace(key, value);
  }
  return labels;
}

int64_t EncodeTime(absl::Time time) { return absl::ToUnixNanos(time); }
absl::Time DecodeTime(int64_t nanoseconds) { return absl::FromUnixNanos(nanoseconds); }

Param OptionalTimeParam(const std::optional<absl::Time>& time) {
  return time.has_value() ? Param::Int(EncodeTime(*time)) : Param::Null();
}

std::string_view EncodeKind(AccountRecord::Kind kind) {
  switch (kind) {
    case AccountRecord::Kind::kUser:
      return "user";
    case AccountRecord::Kind::kSystemAccount:
      return "system_account";
    case AccountRecord::Kind::kZone:
      return "zone";
    case AccountRecord::Kind::kTeam:
      return "team";
  }
  return "";
}

absl::StatusOr<AccountRecord::Kind> DecodeKind(std::string_view text) {
  for (const AccountRecord::Kind kind :
       {AccountRecord::Kind::kUser, AccountRecord::Kind::kSystemAccount, AccountRecord::Kind::kZone,
        AccountRecord::Kind::kTeam}) {
    if (text == EncodeKind(kind)) return kind;
  }
  return Corrupt("account kind");
}

std::string_view EncodeTokenKind(TokenRecord::Kind kind) {
  return kind == TokenRecord::Kind::kSession ? "session" : "token";
}

std::string EncodeGroups(const std::vector<std::string>& groups) {
  std::string out;
  for (const std::string& group : groups) AppendPart(out, group);
  return out;
}

std::string SealContext(const model::ControlPlaneId& control_plane, std::string_view type,
                        const model::ResourceKey& key) {
  std::string out;
  AppendPart(out, control_plane.str());
  AppendPart(out, type);
  AppendPart(out, key.mesh);
  AppendPart(out, key.name);
  return out;
}

absl::StatusOr<model::Resource> ReadResource(const Row& row, model::TypeId type) {
  model::Resource r;
  r.type = type;
  r.key = {row.String(1), row.String(2)};
  r.zone = row.String(3);
  SKYDEN_ASSIGN_OR_RETURN(r.labels, DecodeLabels(row.Bytes(4)));
  r.spec = row.String(5);
  r.status = row.String(6);
  r.creation_time = DecodeTime(row.Int(7));
  r.modification_time = DecodeTime(row.Int(8));
  r.revision = row.Unsigned(9);
  r.version = row.Unsigned(10);
  r.deleted = row.Int(11) != 0;
  return r;
}

absl::StatusOr<ControlPlaneRecord> ReadControlPlane(const Row& row) {
  ControlPlaneRecord r;
  r.organization = model::OrganizationKey{row.Int(1)};
  r.tenant = model::TenantKey{row.Int(2)};
  r.id = model::ControlPlaneId(row.String(3));
  r.name = row.String(4);
  r.description = row.String(5);
  SKYDEN_ASSIGN_OR_RETURN(r.labels, DecodeLabels(row.Bytes(6)));
  r.mesh_creation = row.Int(7) != 0;
  r.hostname_generator_creation = row.Int(8) != 0;
  r.api_version = row.String(9);
  r.cluster_id = row.String(10);
  r.created_at = DecodeTime(row.Int(11));
  r.updated_at = DecodeTime(row.Int(12));
  if (!row.IsNull(13)) {
    r.suspension = Suspension{DecodeTime(row.Int(13)), OptionalTime(row, 14), row.String(15)};
  }
  return r;
}

OrganizationRecord ReadOrganization(const Row& row) {
  return {model::OrganizationKey{row.Int(0)}, model::OrganizationId(row.String(1)), row.String(2),
          DecodeTime(row.Int(3)), DecodeTime(row.Int(4))};
}

absl::StatusOr<AccountRecord> ReadAccount(const Row& row, int first) {
  AccountRecord r;
  r.tenant = model::TenantKey{row.Int(first)};
  r.id = model::AccountId(row.String(first + 1));
  SKYDEN_ASSIGN_OR_RETURN(r.kind, DecodeKind(row.Bytes(first + 2)));
  r.name = row.String(first + 3);
  r.description = row.String(first + 4);
  r.active = row.Int(first + 5) != 0;
  r.zone = model::ZoneName(row.String(first + 6));
  r.email = row.String(first + 7);
  r.preferred_name = row.String(first + 8);
  r.subject = row.String(first + 9);
  r.created_at = DecodeTime(row.Int(first + 10));
  r.updated_at = DecodeTime(row.Int(first + 11));
  SKYDEN_ASSIGN_OR_RETURN(r.labels, DecodeLabels(row.Bytes(first + 12)));
  return r;
}

absl::StatusOr<RoleRecord> ReadRole(const Row& row) {
  RoleRecord r;
  r.tenant = model::TenantKey{row.Int(1)};
  r.id = model::RoleId(row.String(2));
  r.account = model::AccountId(row.String(3));
  const std::optional<model::Role> role = model::ParseRole(row.Bytes(4));
  if (!role.has_value()) return Corrupt("role");
  r.role = *role;
  r.control_plane = model::ControlPlaneId(row.String(5));
  r.region = row.String(6);
  r.created_at = DecodeTime(row.Int(7));
  auto narrowing = model::Narrowing::Parse(row.Bytes(8));
  if (!narrowing.has_value()) return Corrupt("narrowing of a role");
  r.narrowing = *std::move(narrowing);
  return r;
}

absl::StatusOr<TokenRecord> ReadToken(const Row& row) {
  TokenRecord r;
  r.id = model::TokenId(row.String(1));
  r.account = model::AccountId(row.String(2));
  r.name = row.String(3);
  const std::string_view hash = row.Bytes(4);
  if (hash.size() != r.sha256.size()) return Corrupt("token hash");
  std::copy(hash.begin(), hash.end(), r.sha256.begin());
  r.created_at = DecodeTime(row.Int(5));
  r.expires_at = OptionalTime(row, 6);
  r.revoked_at = OptionalTime(row, 7);
  r.last_used_at = OptionalTime(row, 8);
  r.updated_at = DecodeTime(row.Int(9));
  const bool is_session = row.Bytes(10) == EncodeTokenKind(TokenRecord::Kind::kSession);
  r.kind = is_session ? TokenRecord::Kind::kSession : TokenRecord::Kind::kToken;
  if (!row.IsNull(11)) r.parent = model::TokenId(row.String(11));
  r.provider_session = row.String(12);
  std::string_view group;
  for (std::string_view groups = row.Bytes(13); !groups.empty();) {
    if (!TakePart(groups, group)) return Corrupt("list of groups");
    r.groups.emplace_back(group);
  }
  return r;
}

}  // namespace skyden::store::rows
