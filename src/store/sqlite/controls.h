// SPDX-License-Identifier: Apache-2.0
// How this engine begins and ends transactions: the only texts that touch no rows, and so the only
// ones that run with no owner bound. Everything else stands in the catalogue, for every engine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace skyden::store::sqlite {

enum class ControlId : uint8_t {
  kBeginRead,
  kBeginWrite,
  kCommit,
  kRollback,
  kSavepoint,
  kRelease,
  kRollbackTo,
  kCount,
};

struct ControlStatement {
  ControlId id{};
  std::string_view name;
  bool on_readers = false;  // prepared on the read-only connections as well
  std::string_view text;    // no parameters, no rows
};

inline constexpr size_t kControlCount = static_cast<size_t>(ControlId::kCount);

// Indexed by ControlId.
std::span<const ControlStatement> Controls();

}  // namespace skyden::store::sqlite
