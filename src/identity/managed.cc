// SPDX-License-Identifier: Apache-2.0
#include "identity/managed.h"

#include <fmt/format.h>

#include <algorithm>

#include "identity/errors.h"
#include "skyden/base/limits.h"
#include "skyden/base/utf8.h"

namespace skyden::identity {
namespace {

namespace limits = base::limits;

bool HasControls(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

}  // namespace

absl::Status BadFields(const Violations& violations) {
  if (violations.empty()) return absl::OkStatus();
  std::string text = "Bad Request:";
  for (const base::FieldViolation& violation : violations) {
    if (&violation != &violations.front()) text += ';';
    text += fmt::format(" {} [invalid]: {}", violation.field, violation.reason);
  }
  return base::WithViolations(absl::InvalidArgumentError(text), violations);
}

void CheckName(std::string_view field, std::string_view name, Violations& violations) {
  if (name.empty()) {
    violations.push_back({std::string(field), fmt::format("property \"{}\" is missing", field)});
    return;
  }
  CheckOptionalText(field, name, limits::kAccountNameChars, violations);
  if (HasControls(name)) {
    violations.push_back({std::string(field), "must not contain control characters"});
  }
}

void CheckOptionalText(std::string_view field, std::string_view text, size_t chars_max,
                       Violations& violations) {
  if (!base::IsValidUtf8(text)) {
    violations.push_back({std::string(field), "must be valid UTF-8"});
  } else if (base::CountCharacters(text) > chars_max) {
    violations.push_back(
        {std::string(field), fmt::format("must have at most {} characters", chars_max)});
  }
}

void CheckEmail(std::string_view email, Violations& violations) {
  const size_t at = email.find('@');
  const bool fits = email.size() <= limits::kEmailBytes && at != std::string_view::npos && at > 0 &&
                    at + 1 < email.size() && email.find('@', at + 1) == std::string_view::npos &&
                    email.find(' ') == std::string_view::npos && !HasControls(email) &&
                    base::IsValidUtf8(email);
  if (!fits) violations.push_back({"email", "must be an e-mail address"});
}

void CheckPage(size_t page_size, size_t page_number, Violations& violations) {
  if (page_size < 1 || page_size > size_t{limits::kPageSizeMax}) {
    violations.push_back({"page[size]", fmt::format("must be from 1 to {}", limits::kPageSizeMax)});
  }
  if (page_number < 1) violations.push_back({"page[number]", "must be at least 1"});
}

absl::Status CheckToken(const CreateToken& request, absl::Time now) {
  Violations violations;
  CheckName("name", request.name, violations);
  if (request.expires_at && *request.expires_at <= now) {
    violations.push_back({"expires_at", "must be in the future"});
  } else if (request.expires_at && *request.expires_at - now > limits::kTokenLifeMax) {
    violations.push_back({"expires_at", "must be at most 12 months away"});
  }
  return BadFields(violations);
}

bool IsSelf(const model::OrganizationScope& scope, const model::AccountId& id) {
  const model::Principal& who = scope.who();
  return (who.kind == model::Principal::Kind::kUser ||
          who.kind == model::Principal::Kind::kSystemAccount) &&
         who.id == id.str();
}

absl::StatusOr<store::AccountRecord> FindManaged(store::DirectoryReadTx& tx, AccountKind kind,
                                                 const model::AccountId& id) {
  SKYDEN_ASSIGN_OR_RETURN(std::optional<store::AccountRecord> account, tx.FindAccount(id));
  if (!account || account->kind != kind) {
    return kind == AccountKind::kTeam ? TeamNotFound() : AccountNotFound();
  }
  return *std::move(account);
}

absl::Status CheckNotAbove(store::DirectoryReadTx& tx, const model::OrganizationScope& scope,
                           const model::AccountId& id) {
  if (scope.access().IsOperator()) return absl::OkStatus();
  SKYDEN_ASSIGN_OR_RETURN(const std::vector<store::RoleRecord> roles, tx.ListEffectiveRoles(id));
  const bool above = std::any_of(roles.begin(), roles.end(), [](const store::RoleRecord& role) {
    return role.role == model::Role::kOperator;
  });
  return above ? RoleMayNot() : absl::OkStatus();
}

}  // namespace skyden::identity
