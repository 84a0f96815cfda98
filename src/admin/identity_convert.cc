// SPDX-License-Identifier: Apache-2.0
#include "admin/identity_convert.h"

#include "admin/convert.h"
#include "admin/errors.h"
#include "skyden/base/status.h"

namespace skyden::admin {

using identity::AccountKind;

void Fill(const store::OrganizationRecord& record, v1::Organization* out) {
  out->set_id(record.id.str());
  out->set_name(record.name);
  Fill(record.created_at, out->mutable_created_at());
  Fill(record.updated_at, out->mutable_updated_at());
}

void Fill(const store::AccountRecord& record, v1::Account* out) {
  out->set_id(record.id.str());
  out->set_kind(record.kind == AccountKind::kUser ? v1::USER : v1::SYSTEM_ACCOUNT);
  out->set_name(record.name);
  out->set_description(record.description);
  out->set_email(record.email);
  out->set_preferred_name(record.preferred_name);
  out->set_active(record.active);
  Fill(record.created_at, out->mutable_created_at());
  Fill(record.updated_at, out->mutable_updated_at());
}

void Fill(const store::RoleRecord& record, v1::AssignedRole* out) {
  out->set_id(record.id.str());
  out->set_role(std::string(model::RoleName(record.role)));
  out->set_control_plane_id(record.control_plane.str());
  out->mutable_meshes()->Add(record.narrowing.meshes.begin(), record.narrowing.meshes.end());
  out->mutable_types()->Add(record.narrowing.types.begin(), record.narrowing.types.end());
}

void Fill(const store::TokenRecord& record, absl::Time now, v1::Token* out) {
  out->set_id(record.id.str());
  out->set_account_id(record.account.str());
  out->set_name(record.name);
  switch (identity::StateOf(record, now)) {
    case identity::TokenState::kActive:
      out->set_state(v1::Token::ACTIVE);
      break;
    case identity::TokenState::kRevoked:
      out->set_state(v1::Token::REVOKED);
      break;
    case identity::TokenState::kExpired:
      out->set_state(v1::Token::EXPIRED);
      break;
  }
  Fill(record.created_at, out->mutable_created_at());
  Fill(record.updated_at, out->mutable_updated_at());
  if (record.expires_at) Fill(*record.expires_at, out->mutable_expires_at());
  if (record.last_used_at) Fill(*record.last_used_at, out->mutable_last_used_at());
}

void Fill(const identity::IssuedToken& token, absl::Time now, v1::IssuedToken* out) {
  Fill(token.record, now, out->mutable_token());
  out->set_text(token.text);
}

absl::StatusOr<AccountKind> ToKind(v1::AccountKind kind) {
  switch (kind) {
    case v1::ACCOUNT_KIND_UNSPECIFIED:
    case v1::SYSTEM_ACCOUNT:
      return AccountKind::kSystemAccount;
    case v1::USER:
      return AccountKind::kUser;
    default:
      return BadField("kind", "is not a known kind");
  }
}

absl::StatusOr<identity::CreateAccount> ToRequest(const v1::CreateAccountRequest& request) {
  identity::CreateAccount out;
  SKYDEN_ASSIGN_OR_RETURN(out.kind, ToKind(request.kind()));
  out.name = request.name();
  const bool user = out.kind == AccountKind::kUser;
  if (!user && !(request.email().empty() && request.preferred_name().empty())) {
    return BadField(request.email().empty() ? "preferred_name" : "email", "is for users only");
  }
  if (user && !request.description().empty()) {
    return BadField("description", "is for system accounts only");
  }
  out.description = request.description();
  out.email = request.email();
  out.preferred_name = request.preferred_name();
  return out;
}

identity::UpdateAccount ToRequest(const v1::UpdateAccountRequest& request) {
  identity::UpdateAccount out;
  const bool user = request.kind() == v1::USER;
  if (request.has_name()) out.name = request.name();
  if (request.has_description() && !user) out.description = request.description();
  if (request.has_email() && user) out.email = request.email();
  if (request.has_preferred_name() && user) out.preferred_name = request.preferred_name();
  if (request.has_active() && user) out.active = request.active();
  return out;
}

absl::StatusOr<identity::AssignRole> ToRequest(const v1::AssignRoleRequest& request) {
  identity::AssignRole out;
  const auto role = model::ParseRole(request.role());
  if (!role)
    return BadField("role", "must be Admin, Editor, Viewer, Creator, Connector or Operator");
  out.role = *role;
  if (!request.control_plane_id().empty()) {
    auto id = model::ParseControlPlaneId(request.control_plane_id());
    if (!id.ok()) return BadField("control_plane_id", "must be a UUID");
    out.control_plane = *std::move(id);
  }
  out.narrowing.meshes.assign(request.meshes().begin(), request.meshes().end());
  out.narrowing.types.assign(request.types().begin(), request.types().end());
  return out;
}

absl::StatusOr<identity::CreateToken> ToRequest(const v1::IssueTokenRequest& request) {
  identity::CreateToken out;
  out.name = request.name();
  if (request.has_expires_at()) {
    SKYDEN_ASSIGN_OR_RETURN(out.expires_at, ToTime("expires_at", request.expires_at()));
  }
  return out;
}

absl::StatusOr<identity::CreateToken> ToRequest(const v1::ShareTokenRequest& request) {
  identity::CreateToken out;
  out.name = request.name();
  if (request.has_expires_at()) {
    SKYDEN_ASSIGN_OR_RETURN(out.expires_at, ToTime("expires_at", request.expires_at()));
  }
  return out;
}

}  // namespace skyden::admin
