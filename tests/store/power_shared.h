// SPDX-License-Identifier: Apache-2.0
// What a test and the processes of a server whose power it cuts have in common.
#pragma once

#include <atomic>
#include <cstdint>

namespace skyden::store::testing {

struct PowerShared {
  static constexpr int kProcessesMax = 8192;
  std::atomic<int64_t> calls;   // that changed something on the disk
  std::atomic<int64_t> cut_at;  // the power goes in place of this one; 0: it stays
  std::atomic<int> happened;
  std::atomic<int> lock;
  std::atomic<int> processes;
  std::atomic<int> pids[kProcessesMax];
};

}  // namespace skyden::store::testing
