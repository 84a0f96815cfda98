// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/controls.h"

#include <array>

namespace skyden::store::sqlite {
namespace {

using enum ControlId;
constexpr bool kBoth = true;     // readers and the writer
constexpr bool kWriter = false;  // the writer only

constexpr std::array<ControlStatement, kControlCount> kControls = {{
    {kBeginRead, "begin_read", kBoth, "BEGIN"},
    // Takes the lock at once: nothing that was read before it can be stale when it is written.
    {kBeginWrite, "begin_write", kWriter, "BEGIN IMMEDIATE"},
    {kCommit, "commit", kBoth, "COMMIT"},
    {kRollback, "rollback", kBoth, "ROLLBACK"},
    {kSavepoint, "savepoint", kWriter, "SAVEPOINT request"},
    {kRelease, "release", kWriter, "RELEASE request"},
    {kRollbackTo, "rollback_to", kWriter, "ROLLBACK TO request"},
}};

}  // namespace

std::span<const ControlStatement> Controls() { return kControls; }

}  // namespace skyden::store::sqlite
