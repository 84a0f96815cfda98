// SPDX-License-Identifier: Apache-2.0
// The closed catalogue: every SQL text that touches rows while the store serves. Nothing builds
// SQL. How transactions begin and end is each engine's own.
#pragma once

#include <cstdint>
#include <span>

#include "store/statement.h"

namespace skyden::store {

// What a write does to the room on the disk that is kept for deletions. A request may use it when
// it gives some back and takes none.
enum class Room : uint8_t {
  kTaken,  // something comes to be, or changes
  kGiven,  // something goes
  kKept,   // what both have to write down
};
Room RoomOf(const Statement& statement);

// Indexed by StatementId.
std::span<const Statement> Catalogue();
inline const Statement& StatementOf(StatementId id) { return Catalogue()[static_cast<size_t>(id)]; }

}  // namespace skyden::store
