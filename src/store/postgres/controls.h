// SPDX-License-Identifier: Apache-2.0
// How this engine says for whom a statement runs, begins and ends transactions, and notes each
// commit: the only texts beside the catalogue that a connection prepares.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace skyden::store::postgres {

enum class ControlId : uint8_t {
  kSetScope,  // organization, tenant, system
  kBeginRead,
  kBeginWrite,
  kHoldWriters,  // until the transaction ends, nobody else may open the database to write
  kHoldOwners,   // OwnerLocks, until the transaction ends
  // batch, opening, daemon, what it concerns; fails when the database was opened by somebody since
  kNoteCommit,
  kCommit,
  kRollback,
  kSavepoint,
  kRelease,
  kRollbackTo,
  kBehindLast,
};

struct ControlStatement {
  ControlId id{};
  const char* name;
  bool writes = false;  // not prepared on connections that read
  const char* text;
};

inline constexpr size_t kControlCount = static_cast<size_t>(ControlId::kBehindLast);

// Indexed by ControlId.
std::span<const ControlStatement> Controls();

// Of a batch, in the journal.
inline constexpr size_t kBatchIdBytes = 16;

// The advisory lock that writers share for a transaction and whoever opens the database, or looks
// for a lost commit, holds alone; and the one that a daemon holds as long as it serves.
inline constexpr int64_t kWritersLock = 0x534b5944'0001;
inline constexpr int64_t kDaemonLock = 0x534b5944'0002;

}  // namespace skyden::store::postgres
