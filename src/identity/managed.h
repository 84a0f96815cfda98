// SPDX-License-Identifier: Apache-2.0
// Who may manage which account, and the rules for the fields of accounts and tokens.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "identity/errors.h"
#include "skyden/base/status.h"
#include "skyden/identity/account_service.h"
#include "skyden/identity/token_service.h"
#include "skyden/model/list_filter.h"
#include "skyden/store/directory_tx.h"

namespace skyden::identity {

using Violations = std::vector<base::FieldViolation>;

// INVALID_ARGUMENT that carries the violations, unless there are none.
absl::Status BadFields(const Violations& violations);

void CheckName(std::string_view field, std::string_view name, Violations& violations);
void CheckOptionalText(std::string_view field, std::string_view text, size_t chars_max,
                       Violations& violations);
void CheckEmail(std::string_view email, Violations& violations);
// page[size] and page[number].
void CheckPage(size_t page_size, size_t page_number, Violations& violations);
template <class T>
void CheckFilters(const model::Filterable<T>& filterable,
                  const std::vector<model::TextFilter>& filters, Violations& violations) {
  for (auto& refused : model::RefusedFilters(model::NamesOf(filterable), filters)) {
    violations.push_back(std::move(refused));
  }
}

// INVALID_ARGUMENT unless the name is one, and the end in the future and not too far.
absl::Status CheckToken(const CreateToken& request, absl::Time now);

bool IsSelf(const model::OrganizationScope& scope, const model::AccountId& id);

// An account of the kind, for who administrates the organization. NOT_FOUND.
absl::StatusOr<store::AccountRecord> FindManaged(store::DirectoryReadTx& tx, AccountKind kind,
                                                 const model::AccountId& id);
// PERMISSION_DENIED when the account is an operator, be it by a team, or a team that makes one, and
// the caller is none.
absl::Status CheckNotAbove(store::DirectoryReadTx& tx, const model::OrganizationScope& scope,
                           const model::AccountId& id);

// Runs `change`, which takes something away from an account, and refuses it when nobody is left who
// may run the daemon: FAILED_PRECONDITION. Where nobody was, nothing is refused.
template <class Fn>
absl::Status KeepingAnOperator(store::DirectoryTx& tx, absl::Time now, Fn change) {
  SKYDEN_ASSIGN_OR_RETURN(const uint64_t before, tx.CountUsableOperators(now));
  SKYDEN_RETURN_IF_ERROR(change());
  if (before == 0) return absl::OkStatus();
  SKYDEN_ASSIGN_OR_RETURN(const uint64_t after, tx.CountUsableOperators(now));
  return after == 0 ? LastOperator() : absl::OkStatus();
}

}  // namespace skyden::identity
