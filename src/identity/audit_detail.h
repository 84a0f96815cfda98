// SPDX-License-Identifier: Apache-2.0
// What the audit is told of changes to accounts, their roles and their tokens.
#pragma once

#include "absl/time/time.h"
#include "skyden/store/audit.h"
#include "skyden/store/records.h"

namespace skyden::identity {

// `action`: "account.create", "account.update", "account.delete".
store::AuditNote NoteOf(absl::Time at, const char* action, const store::AccountRecord& account);
// `action`: "role.assign", "role.remove".
store::AuditNote NoteOf(absl::Time at, const char* action, const store::RoleRecord& role);
// `action`: "token.create", "token.rename", "token.revoke", "token.delete".
store::AuditNote NoteOf(absl::Time at, const char* action, const store::TokenRecord& token);
// `action`: "session.begin", "session.end".
store::AuditNote SessionNoteOf(absl::Time at, const char* action,
                               const store::TokenRecord& session);

}  // namespace skyden::identity
