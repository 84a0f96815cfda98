// SPDX-License-Identifier: Apache-2.0
// Field names are those that existing clients of such an API know, "konnect_" ones included.
#include "rest/identity_json.h"

#include <fmt/format.h>

#include <algorithm>

#include "rest/labels_json.h"
#include "skyden/base/limits.h"
#include "skyden/base/rfc3339.h"

namespace skyden::rest {
namespace {

using identity::AccountKind;
using Value = nlohmann::json;

using identity::kEntityType;
constexpr std::string_view kEverywhere = identity::kAllControlPlanes;

std::string Time(absl::Time time) { return base::FormatRfc3339(time); }

void OptionalTime(std::string_view key, const std::optional<absl::Time>& time, JsonWriter& json) {
  json.Key(key);
  if (time) {
    json.String(Time(*time));
  } else {
    json.Null();
  }
}

void ReadTtl(ObjectReader& reader, absl::Time now, identity::CreateToken& request) {
  const auto seconds = reader.TakeInteger("ttl_seconds");
  if (!seconds) return;
  const absl::Duration ttl = absl::Seconds(*seconds);
  if (ttl < base::limits::kTokenLifeMin || ttl > absl::Hours(24 * 365)) {
    return reader.Refuse("ttl_seconds", "range", "must be from 86400 to 31536000");
  }
  if (request.expires_at) {
    return reader.Refuse("ttl_seconds", "exclusive", "cannot be given together with expires_at");
  }
  request.expires_at = now + ttl;
}

// Clients of teams say null for what they do not set.
std::optional<std::string> TakeStringOrNull(ObjectReader& reader, const char* name) {
  const Value* value = reader.Take(name);
  return value == nullptr || value->is_null() ? std::nullopt : reader.TakeString(name);
}

void ReadLabelChange(ObjectReader& reader, identity::UpdateAccount& request) {
  const Value* labels = reader.Take("labels");
  if (labels == nullptr) return;
  if (labels->is_null()) {
    request.labels = model::Labels();
  } else {
    request.label_patch = ReadLabelPatch(*labels, reader);
  }
}

// null is as good as none. How many may be named, and which, the service says.
std::vector<std::string> ReadWords(ObjectReader& reader, const char* name) {
  std::vector<std::string> words;
  const Value* const given = reader.Take(name);
  if (given == nullptr || given->is_null()) return words;
  const bool is_list =
      given->is_array() &&
      std::all_of(given->begin(), given->end(), [](const Value& v) { return v.is_string(); });
  if (!is_list) {
    reader.Refuse(name, "is_array", "must be a list of names");
    return words;
  }
  // Whoever means none would give all.
  if (given->empty()) reader.Refuse(name, "min_items", "must name one; leave it out to mean all");
  for (const Value& word : *given) words.push_back(word.get<std::string>());
  return words;
}

}  // namespace

Decoded<std::string> DecodeOrganization(std::string_view body) {
  ObjectReader reader(body);
  std::string name;
  if (reader.readable()) name = reader.TakeRequiredString("name");
  return Result(reader, std::move(name));
}

Decoded<identity::CreateAccount> DecodeAccount(AccountKind kind, std::string_view body) {
  ObjectReader reader(body);
  identity::CreateAccount request;
  request.kind = kind;
  if (!reader.readable()) return Result(reader, std::move(request));
  if (kind == AccountKind::kUser) {
    request.email = reader.TakeRequiredString("email");
    request.name = reader.TakeRequiredString("full_name");
    request.preferred_name = reader.TakeString("preferred_name").value_or("");
  } else if (kind == AccountKind::kTeam) {
    request.name = reader.TakeRequiredString("name");
    request.description = TakeStringOrNull(reader, "description").value_or("");
    if (const Value* labels = reader.Take("labels")) request.labels = ReadLabels(*labels, reader);
  } else {
    request.name = reader.TakeRequiredString("name");
    request.description = reader.TakeString("description").value_or("");
    if (reader.TakeBool("konnect_managed").value_or(false)) {
      reader.Refuse("konnect_managed", "invalid", "must be false");
    }
  }
  return Result(reader, std::move(request));
}

Decoded<identity::UpdateAccount> DecodeAccountPatch(AccountKind kind, std::string_view body) {
  ObjectReader reader(body);
  identity::UpdateAccount request;
  if (!reader.readable()) return Result(reader, std::move(request));
  if (kind == AccountKind::kUser) {
    request.email = reader.TakeString("email");
    request.name = reader.TakeString("full_name");
    request.preferred_name = reader.TakeString("preferred_name");
    request.active = reader.TakeBool("active");
  } else if (kind == AccountKind::kTeam) {
    request.name = TakeStringOrNull(reader, "name");
    request.description = TakeStringOrNull(reader, "description");
    ReadLabelChange(reader, request);
  } else {
    request.name = reader.TakeString("name");
    request.description = reader.TakeString("description");
  }
  return Result(reader, std::move(request));
}

Decoded<model::AccountId> DecodeMember(std::string_view body) {
  ObjectReader reader(body);
  model::AccountId id;
  if (reader.readable()) id = model::AccountId(reader.TakeRequiredString("id"));
  return Result(reader, std::move(id));
}

Decoded<identity::AssignRole> DecodeRole(std::string_view body) {
  ObjectReader reader(body);
  identity::AssignRole request;
  if (!reader.readable()) return Result(reader, std::move(request));
  const std::string name = reader.TakeRequiredString("role_name");
  const std::string entity = reader.TakeRequiredString("entity_id");
  const std::string type = reader.TakeRequiredString("entity_type_name");
  request.region = reader.TakeString("entity_region").value_or(std::string(kEverywhere));
  if (const auto role = model::ParseRole(name)) {
    request.role = *role;
  } else if (!name.empty()) {
    reader.Refuse("role_name", "enum",
                  "must be Admin, Editor, Viewer, Creator, Connector or Operator");
  }
  if (!type.empty() && type != kEntityType) {
    reader.Refuse("entity_type_name", "enum", fmt::format("must be \"{}\"", kEntityType));
  }
  request.narrowing.meshes = ReadWords(reader, "meshes");
  request.narrowing.types = ReadWords(reader, "types");
  if (entity != kEverywhere && !entity.empty()) {
    auto id = model::ParseControlPlaneId(entity);
    if (id.ok()) {
      request.control_plane = *std::move(id);
    } else {
      reader.Refuse("entity_id", "uuid", "must be the id of a control plane, or \"*\"");
    }
  }
  return Result(reader, std::move(request));
}

Decoded<identity::CreateToken> DecodeToken(AccountKind kind, Named named, std::string_view body,
                                           absl::Time now) {
  ObjectReader reader(body);
  identity::CreateToken request;
  if (!reader.readable()) return Result(reader, std::move(request));
  request.name = named == Named::kRequired ? reader.TakeRequiredString("name")
                                           : reader.TakeString("name").value_or("");
  request.expires_at = reader.TakeTime("expires_at");
  if (kind == AccountKind::kUser) ReadTtl(reader, now, request);
  return Result(reader, std::move(request));
}

Decoded<std::string> DecodeTokenPatch(std::string_view body) {
  ObjectReader reader(body);
  std::string name;
  if (reader.readable()) name = reader.TakeRequiredString("name");
  return Result(reader, std::move(name));
}

void WriteOrganization(const store::OrganizationRecord& organization, JsonWriter& json) {
  json.BeginObject()
      .Field("id", organization.id.str())
      .Field("name", organization.name)
      .Field("state", identity::kOrganizationState)
      .Field("created_at", Time(organization.created_at))
      .Field("updated_at", Time(organization.updated_at))
      .EndObject();
}

void WriteAccount(const store::AccountRecord& account, JsonWriter& json) {
  json.BeginObject().Field("id", account.id.str());
  if (account.kind == AccountKind::kUser) {
    json.Field("email", account.email)
        .Field("full_name", account.name)
        .Field("preferred_name", account.preferred_name)
        .Field("active", account.active);
  } else if (account.kind == AccountKind::kTeam) {
    json.Field("name", account.name)
        .Field("description", account.description)
        .Field("system_team", false);
    WriteLabels(account.labels, json);
  } else {
    json.Field("name", account.name)
        .Field("description", account.description)
        .Field("konnect_managed", false);
  }
  json.Field("created_at", Time(account.created_at))
      .Field("updated_at", Time(account.updated_at))
      .EndObject();
}

void WriteRole(const store::RoleRecord& role, JsonWriter& json) {
  const std::string& id = role.control_plane.str();
  json.BeginObject()
      .Field("id", role.id.str())
      .Field("role_name", model::RoleName(role.role))
      .Field("entity_id", id.empty() ? kEverywhere : std::string_view(id))
      .Field("entity_type_name", kEntityType)
      .Field("entity_region", role.region);
  WriteNarrowing(role.narrowing, json);
  json.EndObject();
}

void WriteNarrowing(const model::Narrowing& narrowing, JsonWriter& json) {
  if (!narrowing.meshes.empty()) json.Key("meshes").Strings(narrowing.meshes);
  if (!narrowing.types.empty()) json.Key("types").Strings(narrowing.types);
}

void WriteToken(AccountKind kind, const store::TokenRecord& token, std::string_view text,
                absl::Time now, JsonWriter& json) {
  const bool personal = kind == AccountKind::kUser;
  json.BeginObject().Field("id", token.id.str());
  if (personal) json.Field("user_id", token.account.str());
  json.Field("name", token.name);
  if (personal) json.Field("state", identity::StateName(identity::StateOf(token, now)));
  json.Field("created_at", Time(token.created_at)).Field("updated_at", Time(token.updated_at));
  OptionalTime("expires_at", token.expires_at, json);
  OptionalTime("last_used_at", token.last_used_at, json);
  json.OptionalField(personal ? "konnect_token" : "token", text).EndObject();
}

std::string RolesJson() {
  struct Described {
    model::Role role;
    std::string_view text;
  };
  constexpr Described kRoles[] = {
      {model::Role::kAdmin, "Everything in a control plane; on all, the organization's principals"},
      {model::Role::kCreator, "List control planes and create them; the creator becomes the admin"},
      {model::Role::kEditor, "Read and write, except secrets"},
      {model::Role::kViewer, "Read, except secrets"},
      {model::Role::kConnector, "Connect zones"},
  };
  JsonWriter json;
  json.BeginObject().Key("mesh_control_planes").BeginObject();
  json.Field("name", kEntityType).Key("roles").BeginObject();
  for (const Described& one : kRoles) {
    json.Key(model::RoleName(one.role)).BeginObject();
    json.Field("name", model::RoleName(one.role)).Field("description", one.text).EndObject();
  }
  json.EndObject().EndObject().EndObject();
  return json.Take();
}

}  // namespace skyden::rest
