// SPDX-License-Identifier: Apache-2.0
// The files of a database: whether they are what they were left as, and what is left of them.
//
// What a start has to find is said by one record (state_file.h). It may ask for less than there is,
// never for more: before anything can be taken from the WAL the record asks for nothing of it, on
// disk; after a commit, which is on disk itself, it asks for that commit, without waiting. So the
// record costs a sync per checkpoint, and none per commit.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "skyden/store/directory_lock.h"
#include "skyden/store/sqlite_store.h"
#include "store/sqlite/state_file.h"

namespace skyden::store::sqlite {

// Thread-compatible.
class DatabaseFiles final : public HeldDatabase {
 public:
  static absl::StatusOr<std::unique_ptr<DatabaseFiles>> Hold(const std::string& directory,
                                                             const HoldOptions& options);

  void NeverWait() { state_.NeverWait(); }
  bool is_new() const override { return is_new_; }
  bool may_have_gone_back() const override { return may_have_gone_back_; }

  const std::string& directory() const { return directory_; }
  std::string path() const { return directory_ + "/skyden.db"; }
  // Nobody stopped the database last time: its pages may be torn.
  bool needs_check() const { return needs_check_; }

  // What the database says of itself.
  struct Identity {
    std::string id;  // empty: nothing yet
    uint64_t starts = 0;
    std::string epoch;  // empty: none yet
  };
  // In this order: before the first connection opens; before it writes; when this start is counted.
  absl::Status BeforeOpen();
  absl::Status CheckIdentity(const Identity& found) const;
  absl::Status AfterOpen(const Identity& counted);

  // `frames`: in the WAL, all of them acknowledged or about to be.
  void AfterCommit(uint64_t frames);
  // Without an OK there must be no checkpoint.
  absl::Status BeforeCheckpoint();
  // `complete`: everything is in the database file now.
  void AfterCheckpoint(bool complete);
  // Every connection is closed.
  absl::Status AfterClose();

  // FAILED_PRECONDITION when the files were removed or replaced under an open database.
  absl::Status CheckThere() const;

 private:
  struct Found;
  DatabaseFiles(std::string directory, DirectoryLock lock);
  absl::Status Judge(const HoldOptions& options);
  absl::Status JudgeWithoutRecord(const Found& found, const HoldOptions& options);
  absl::Status JudgeRecord(const Found& found, const StateRecord& record);
  absl::Status JudgeStopped(const Found& found, const StateRecord& record);
  absl::Status JudgeRunning(const Found& found, const StateRecord& record);
  absl::Status JudgeAdopted(const Found& found, const std::optional<StateRecord>& record);
  void Write(StateFile::Until until);

  const std::string directory_;
  DirectoryLock lock_;
  StateFile state_;
  StateRecord record_;
  bool is_new_ = false;
  bool may_have_gone_back_ = false;
  bool needs_check_ = false;
  uint64_t wal_inode_ = 0;      // once it is known
  uint64_t frames_before_ = 0;  // a checkpoint
};

}  // namespace skyden::store::sqlite
