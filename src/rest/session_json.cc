// SPDX-License-Identifier: Apache-2.0
#include "rest/session_json.h"

#include "skyden/base/rfc3339.h"

namespace skyden::rest {
namespace {

std::string_view TypeOf(store::AccountRecord::Kind kind) {
  switch (kind) {
    case store::AccountRecord::Kind::kUser:
      return "user";
    case store::AccountRecord::Kind::kSystemAccount:
      return "system_account";
    case store::AccountRecord::Kind::kZone:
      return "zone";
    case store::AccountRecord::Kind::kTeam:
      return "team";
  }
  return "";
}

}  // namespace

Decoded<std::string> DecodeSignIn(std::string_view body) {
  ObjectReader reader(body);
  std::string token;
  if (reader.readable()) token = reader.TakeRequiredString("token");
  return Result(reader, std::move(token));
}

void WriteSession(const identity::Session& session, const store::OrganizationRecord& organization,
                  std::string_view proof, JsonWriter& json) {
  const store::AccountRecord& account = session.account;
  json.BeginObject().Field("id", session.record.id.str());
  json.OptionalField("csrf_token", proof);
  json.Key("principal")
      .BeginObject()
      .Field("id", account.id.str())
      .Field("type", TypeOf(account.kind))
      .Field("name", account.email.empty() ? account.name : account.email)
      .EndObject();
  json.Key("organization")
      .BeginObject()
      .Field("id", organization.id.str())
      .Field("name", organization.name)
      .EndObject();
  json.Field("by_provider", session.record.parent.empty());
  json.Field("created_at", base::FormatRfc3339(session.record.created_at))
      .Field("expires_at", base::FormatRfc3339(session.expires_at))
      .Field("idle_expires_at", base::FormatRfc3339(session.idle_expires_at))
      .EndObject();
}

}  // namespace skyden::rest
