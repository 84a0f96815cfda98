// SPDX-License-Identifier: Apache-2.0
// A file system for SQLite whose calls can be made to fail. It lies over the real one, which does
// the work; a FaultPlan sees every call before it is made.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace skyden::store::testing {

struct VfsCall {
  enum class Kind {
    kOpen,  // `exists` tells whether it will create the file
    kDelete,
    kAccess,
    kRead,
    kWrite,
    kTruncate,  // to `offset` bytes
    kSync,
    kSize,
    kLock,
    kMapShared,  // `exists` false: the shared memory has to grow
    kLockShared,
  };
  Kind kind{};
  std::string_view path{};
  int64_t offset = 0;
  std::string_view data{};  // kWrite
  int64_t file_size = 0;    // kWrite, kTruncate: as it is now
  bool exists = true;       // kOpen, kMapShared
  bool to_disk = false;     // kDelete: the directory is synced as well
};

// The code that SQLite itself answers when a call of this kind fails.
int IoErrorOf(VfsCall::Kind kind);

// Thread-safe.
class FaultPlan {
 public:
  virtual ~FaultPlan() = default;
  // SQLITE_OK: the call is made. Anything else is its answer, and nothing is done.
  virtual int Before(const VfsCall& call) = 0;
};

// Registered under a name of its own as long as it lives. `plan` must outlive it, and it every
// connection opened with that name. Never waits for the disk: what a sync is worth is up to the
// plan.
class FaultVfs {
 public:
  explicit FaultVfs(FaultPlan& plan);
  ~FaultVfs();
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;
  const std::string& name() const { return name_; }

 private:
  const std::string name_;
  std::unique_ptr<sqlite3_vfs> vfs_;
};

}  // namespace skyden::store::testing
