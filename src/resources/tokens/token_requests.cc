// SPDX-License-Identifier: Apache-2.0
// Bodies are read as Go's encoding/json reads them: names in any case, null is "not given", what
// is unknown is ignored.
#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "resources/go/json.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/resources/kuma_tokens.h"

namespace skyden::resources {
namespace {

using go_json::Members;

absl::StatusOr<Members> ReadObject(std::string_view body) {
  SKYDEN_RETURN_IF_ERROR(go_json::CheckValid(body, base::limits::kJsonDepth));
  return go_json::MembersOf(go_json::Trim(body));
}

std::optional<std::string_view> FindMember(const Members& members, std::string_view name) {
  if (const auto exact = members.find(name); exact != members.end()) return exact->second;
  for (const auto& [other, value] : members) {
    if (absl::EqualsIgnoreCase(base::ToAbsl(other), base::ToAbsl(name))) return value;
  }
  return std::nullopt;
}

// The value of a member, or "null".
std::string_view MemberOf(const Members& members, std::string_view name) {
  return FindMember(members, name).value_or("null");
}

absl::StatusOr<std::string> StringMember(const Members& members, std::string_view name) {
  return go_json::StringOf(MemberOf(members, name));
}

using Strings = std::vector<std::string>;

absl::StatusOr<std::optional<Strings>> StringsOf(std::string_view raw) {
  if (go_json::IsNull(raw)) return std::optional<Strings>();
  SKYDEN_ASSIGN_OR_RETURN(const auto elements, go_json::ElementsOf(raw));
  Strings strings;
  for (const std::string_view element : elements) {
    SKYDEN_ASSIGN_OR_RETURN(std::string text, go_json::StringOf(element));
    strings.push_back(std::move(text));
  }
  return std::optional<Strings>(std::move(strings));
}

}  // namespace

absl::StatusOr<ZoneTokenRequest> ParseZoneTokenRequest(std::string_view body) {
  SKYDEN_ASSIGN_OR_RETURN(const Members members, ReadObject(body));
  ZoneTokenRequest request;
  SKYDEN_ASSIGN_OR_RETURN(request.zone, StringMember(members, "zone"));
  const auto scope = FindMember(members, "scope");
  SKYDEN_ASSIGN_OR_RETURN(request.scope, StringsOf(scope.value_or("null")));
  request.scope_is_null = scope.has_value() && !request.scope.has_value();
  SKYDEN_ASSIGN_OR_RETURN(request.valid_for, StringMember(members, "validFor"));
  return request;
}

absl::StatusOr<DataplaneTokenRequest> ParseDataplaneTokenRequest(std::string_view body) {
  SKYDEN_ASSIGN_OR_RETURN(const Members members, ReadObject(body));
  DataplaneTokenRequest request;
  SKYDEN_ASSIGN_OR_RETURN(request.name, StringMember(members, "name"));
  SKYDEN_ASSIGN_OR_RETURN(request.mesh, StringMember(members, "mesh"));
  SKYDEN_ASSIGN_OR_RETURN(request.type, StringMember(members, "type"));
  SKYDEN_ASSIGN_OR_RETURN(request.workload, StringMember(members, "workload"));
  SKYDEN_ASSIGN_OR_RETURN(request.valid_for, StringMember(members, "validFor"));
  SKYDEN_ASSIGN_OR_RETURN(const Members tags, go_json::MembersOf(MemberOf(members, "tags")));
  for (const auto& [key, raw] : tags) {
    SKYDEN_ASSIGN_OR_RETURN(auto values, StringsOf(raw));
    request.tags[key] = std::move(values).value_or(Strings());
  }
  return request;
}

absl::StatusOr<UserTokenRequest> ParseUserTokenRequest(std::string_view body) {
  SKYDEN_ASSIGN_OR_RETURN(const Members members, ReadObject(body));
  UserTokenRequest request;
  SKYDEN_ASSIGN_OR_RETURN(request.name, StringMember(members, "name"));
  SKYDEN_ASSIGN_OR_RETURN(request.groups, StringsOf(MemberOf(members, "groups")));
  SKYDEN_ASSIGN_OR_RETURN(request.valid_for, StringMember(members, "validFor"));
  return request;
}

}  // namespace skyden::resources
