// SPDX-License-Identifier: Apache-2.0
// Does at a control plane what was done at the recorded global.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/kds/kds_env.h"
#include "tests/kds/recording.h"

namespace skyden::kds::testing {

// `env` and `writes`, which are in the order of their times, outlive it.
class RecordedWriter {
 public:
  RecordedWriter(KdsEnv& env, const model::TenantScope& scope,
                 const std::vector<RecordedWrite>& writes)
      : env_(env), scope_(scope), writes_(writes) {}

  // What is left of what was done by `ms`.
  void CatchUp(int64_t ms);

 private:
  void Write(const RecordedWrite& write);

  KdsEnv& env_;
  const model::TenantScope scope_;
  const std::vector<RecordedWrite>& writes_;
  size_t written_ = 0;
};

}  // namespace skyden::kds::testing
