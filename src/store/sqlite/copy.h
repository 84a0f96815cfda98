// SPDX-License-Identifier: Apache-2.0
// Makes copies of the database of a store that runs.
//
// A copy is what one read transaction sees, so no commit tears it and nobody waits for it. Until it
// is there the WAL cannot start over: ReaderPool::LongRead tells the writer not to try.
#pragma once

#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "skyden/store/backup.h"
#include "skyden/store/sealer.h"
#include "store/sqlite/reader_pool.h"

namespace skyden::store::sqlite {

// Thread-safe. What it is made of must outlive it, and it its copies.
class Copier {
 public:
  // Removes what a copy left that was cut short.
  Copier(std::string directory, std::string vfs, ReaderPool& readers, const Sealer& sealer);

  absl::Status CheckMayCopy() ABSL_LOCKS_EXCLUDED(mu_);
  absl::StatusOr<std::unique_ptr<DatabaseCopy>> Copy(const CopyOptions& options)
      ABSL_LOCKS_EXCLUDED(mu_);

 private:
  class File;
  void GiveBack() ABSL_LOCKS_EXCLUDED(mu_);
  absl::Status CheckRoom(uint64_t bytes) const;
  uint64_t WalBytes() const;
  absl::Status CopyPages(const CopyOptions& options);

  const std::string directory_;
  const std::string vfs_;
  ReaderPool& readers_;
  const Sealer& sealer_;
  absl::Mutex mu_;
  bool taken_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace skyden::store::sqlite
