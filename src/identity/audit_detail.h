// SPDX-License-Identifier: Apache-2.0
// What the audit is told of changes to accounts, their roles and their tokens.
#pragma once

#include "absl/time/time.h"
#include "skyden/store/audit.h"
#include "skyden/store/records.h"

namespace skyden::identity {

// `action`: "account.create", "account.update", "account.delete", or "team." and the same.
store::AuditNote NoteOf(absl::Time at, const char* action, const store::AccountRecord& account);
// `action`: "role.assign", "role.remove".
store::AuditNote NoteOf(absl::Time at, const char* action, const store::RoleRecord& role);
// `action`: "team.add", "team.remove": somebody who is in a team from now on, or no longer.
store::AuditNote MemberNoteOf(absl::Time at, const char* action, const store::AccountRecord& team,
                              const store::AccountRecord& member);
// `action`: "token.create", "token.rename", "token.revoke", "token.delete".
store::AuditNote NoteOf(absl::Time at, const char* action, const store::TokenRecord& token);
// `action`: "session.begin", "session.end".
store::AuditNote SessionNoteOf(absl::Time at, const char* action,
                               const store::TokenRecord& session);

}  // namespace skyden::identity
