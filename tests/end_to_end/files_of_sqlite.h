// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/skip.h"
#include "tests/store/postgres_engine.h"

namespace skyden::end_to_end {

// For a case about files of the embedded store: true, having said so, when stores of tests are
// elsewhere (a restored database there: tests/postgres/restore.sh).
inline bool SkipsFilesOfSqlite() {
  if (!store::testing::OnPostgres()) return false;
  Skip("about files of the embedded store");
  return true;
}

}  // namespace skyden::end_to_end
