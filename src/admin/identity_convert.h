// SPDX-License-Identifier: Apache-2.0
// Messages of the identity services to and from what the services take and give.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/admin/v1/identity.pb.h"
#include "skyden/base/limits.h"
#include "skyden/identity/token_service.h"

namespace skyden::admin {

void Fill(const store::OrganizationRecord& record, v1::Organization* out);
void Fill(const store::AccountRecord& record, v1::Account* out);
void Fill(const store::RoleRecord& record, v1::AssignedRole* out);
void Fill(const store::TokenRecord& record, absl::Time now, v1::Token* out);
void Fill(const identity::IssuedToken& token, absl::Time now, v1::IssuedToken* out);

absl::StatusOr<identity::AccountKind> ToKind(v1::AccountKind kind);
absl::StatusOr<identity::CreateAccount> ToRequest(const v1::CreateAccountRequest& request);
identity::UpdateAccount ToRequest(const v1::UpdateAccountRequest& request);
absl::StatusOr<identity::AssignRole> ToRequest(const v1::AssignRoleRequest& request);
absl::StatusOr<identity::CreateToken> ToRequest(const v1::IssueTokenRequest& request);
absl::StatusOr<identity::CreateToken> ToRequest(const v1::ShareTokenRequest& request);

template <class Request>
size_t PageSizeOf(const Request& request) {
  return request.page_size() == 0 ? base::limits::kPageSizeDefault : request.page_size();
}
template <class Request>
size_t PageNumberOf(const Request& request) {
  return request.page_number() == 0 ? 1 : request.page_number();
}

}  // namespace skyden::admin
