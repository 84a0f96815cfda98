// SPDX-License-Identifier: Apache-2.0
#include "store/postgres/controls.h"

#include <array>

namespace skyden::store::postgres {
namespace {

using enum ControlId;
constexpr bool kBoth = false;
constexpr bool kWriter = true;

// The opening is looked up under the lock that whoever opens must hold alone, so it cannot change
// before this transaction ends. Where it did change there is none, and NULL is refused.
constexpr char kNote[] =
    "INSERT INTO journal (batch, opened, at, daemon, changes) VALUES ($1,"
    " (SELECT opened FROM opening WHERE opened = $2), pg_catalog.now(), $3, $4)";

// In the order of the keys. A lock that is waited for is seen only by statements that come later.
constexpr char kHold[] =
    "SELECT CASE l.alone WHEN 1 THEN pg_catalog.pg_advisory_xact_lock(l.key)"
    " ELSE pg_catalog.pg_advisory_xact_lock_shared(l.key) END"
    " FROM unnest($1::bigint[], $2::bigint[]) AS l (key, alone)";

constexpr std::array<ControlStatement, kControlCount> kControls = {{
    {kSetScope, "set_scope", kBoth,
     "SELECT pg_catalog.set_config('skyden.organization', $1, true),"
     " pg_catalog.set_config('skyden.tenant', $2, true),"
     " pg_catalog.set_config('skyden.system', $3, true)"},
    {kBeginRead, "begin_read", kBoth, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"},
    {kBeginWrite, "begin_write", kWriter, "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"},
    {kHoldWriters, "hold_writers", kWriter, "SELECT pg_catalog.pg_advisory_xact_lock_shared($1)"},
    {kHoldOwners, "hold_owners", kWriter, kHold},
    {kNoteCommit, "note_commit", kWriter, kNote},
    {kCommit, "commit", kBoth, "COMMIT"},
    {kRollback, "rollback", kBoth, "ROLLBACK"},
    {kSavepoint, "savepoint", kWriter, "SAVEPOINT request"},
    {kRelease, "release", kWriter, "RELEASE request"},
    {kRollbackTo, "rollback_to", kWriter, "ROLLBACK TO request"},
}};

}  // namespace

std::span<const ControlStatement> Controls() { return kControls; }

}  // namespace skyden::store::postgres
