// SPDX-License-Identifier: Apache-2.0
// Organizations, accounts, roles and tokens as the identity API reads and writes them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rest/json_writer.h"
#include "rest/object_reader.h"
#include "skyden/identity/organization_service.h"
#include "skyden/identity/token_service.h"

namespace skyden::rest {

Decoded<std::string> DecodeOrganization(std::string_view body);
Decoded<identity::CreateAccount> DecodeAccount(identity::AccountKind kind, std::string_view body);
// PATCH: what is not named stays.
Decoded<identity::UpdateAccount> DecodeAccountPatch(identity::AccountKind kind,
                                                    std::string_view body);
// Who is to be in a team.
Decoded<model::AccountId> DecodeMember(std::string_view body);
Decoded<identity::AssignRole> DecodeRole(std::string_view body);
// A user's takes ttl_seconds instead of expires_at as well. `named`: whether a name is required.
enum class Named { kRequired, kOptional };
Decoded<identity::CreateToken> DecodeToken(identity::AccountKind kind, Named named,
                                           std::string_view body, absl::Time now);
Decoded<std::string> DecodeTokenPatch(std::string_view body);

void WriteOrganization(const store::OrganizationRecord& organization, JsonWriter& json);
void WriteAccount(const store::AccountRecord& account, JsonWriter& json);
void WriteRole(const store::RoleRecord& role, JsonWriter& json);
// The members `meshes` and `types`, where there are any.
void WriteNarrowing(const model::Narrowing& narrowing, JsonWriter& json);
// `text`: shown once, when it was issued; empty otherwise.
void WriteToken(identity::AccountKind kind, const store::TokenRecord& token, std::string_view text,
                absl::Time now, JsonWriter& json);
// The roles that can be assigned.
std::string RolesJson();

}  // namespace skyden::rest
