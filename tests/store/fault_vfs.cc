// SPDX-License-Identifier: Apache-2.0
// Every method asks the plan and then calls the method of the real file, which lies behind ours in
// the memory that SQLite gives us for both.
#include "tests/store/fault_vfs.h"

#include <atomic>
#include <cstring>
#include <new>

#include "fmt/format.h"

namespace skyden::store::testing {
namespace {

using Kind = VfsCall::Kind;

struct Disk {
  FaultPlan& plan;
  sqlite3_vfs& real;
};

struct File {
  sqlite3_file base;  // SQLite sees this part
  Disk* disk;
  const char* path;  // SQLite's own copy, which outlives the file; temporary files have none
  int64_t shared_regions;

  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  const sqlite3_io_methods& methods() { return *real()->pMethods; }
  int64_t Size() {
    sqlite3_int64 size = 0;
    return methods().xFileSize(real(), &size) == SQLITE_OK ? size : 0;
  }
  int Ask(VfsCall call) {
    call.path = path == nullptr ? std::string_view() : std::string_view(path);
    return disk->plan.Before(call);
  }
};

File& Of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
Disk& Of(sqlite3_vfs* vfs) { return *static_cast<Disk*>(vfs->pAppData); }

int Close(sqlite3_file* file) {
  const int rc = Of(file).methods().xClose(Of(file).real());
  Of(file).~File();
  return rc;
}

int Read(sqlite3_file* file, void* to, int bytes, sqlite3_int64 offset) {
  const int rc = Of(file).Ask({.kind = Kind::kRead, .offset = offset});
  return rc != SQLITE_OK ? rc : Of(file).methods().xRead(Of(file).real(), to, bytes, offset);
}

int Write(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 offset) {
  const std::string_view data(static_cast<const char*>(from), static_cast<size_t>(bytes));
  const int rc = Of(file).Ask(
      {.kind = Kind::kWrite, .offset = offset, .data = data, .file_size = Of(file).Size()});
  return rc != SQLITE_OK ? rc : Of(file).methods().xWrite(Of(file).real(), from, bytes, offset);
}

int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  const int rc =
      Of(file).Ask({.kind = Kind::kTruncate, .offset = size, .file_size = Of(file).Size()});
  return rc != SQLITE_OK ? rc : Of(file).methods().xTruncate(Of(file).real(), size);
}

int Sync(sqlite3_file* file, int) { return Of(file).Ask({.kind = Kind::kSync}); }

int FileSize(sqlite3_file* file, sqlite3_int64* size) {
  const int rc = Of(file).Ask({.kind = Kind::kSize});
  return rc != SQLITE_OK ? rc : Of(file).methods().xFileSize(Of(file).real(), size);
}

int Lock(sqlite3_file* file, int level) {
  const int rc = Of(file).Ask({.kind = Kind::kLock});
  return rc != SQLITE_OK ? rc : Of(file).methods().xLock(Of(file).real(), level);
}

// Giving a lock back always works: a dead process holds none.
int Unlock(sqlite3_file* file, int level) {
  return Of(file).methods().xUnlock(Of(file).real(), level);
}

int CheckReservedLock(sqlite3_file* file, int* held) {
  return Of(file).methods().xCheckReservedLock(Of(file).real(), held);
}

// Hints of sizes to come would grow the file behind the plan's back.
int FileControl(sqlite3_file* file, int operation, void* argument) {
  if (operation == SQLITE_FCNTL_SIZE_HINT || operation == SQLITE_FCNTL_CHUNK_SIZE) {
    return SQLITE_OK;
  }
  return Of(file).methods().xFileControl(Of(file).real(), operation, argument);
}

int SectorSize(sqlite3_file* file) { return Of(file).methods().xSectorSize(Of(file).real()); }
int DeviceCharacteristics(sqlite3_file* file) {
  return Of(file).methods().xDeviceCharacteristics(Of(file).real());
}

int ShmMap(sqlite3_file* file, int region, int bytes, int extend, void volatile** out) {
  const bool known = region < Of(file).shared_regions;
  const int rc = Of(file).Ask({.kind = Kind::kMapShared, .exists = known || extend == 0});
  if (rc != SQLITE_OK) return rc;
  const int mapped = Of(file).methods().xShmMap(Of(file).real(), region, bytes, extend, out);
  if (mapped == SQLITE_OK && *out != nullptr && !known) Of(file).shared_regions = region + 1;
  return mapped;
}

int ShmLock(sqlite3_file* file, int offset, int count, int flags) {
  const int rc =
      (flags & SQLITE_SHM_UNLOCK) != 0 ? SQLITE_OK : Of(file).Ask({.kind = Kind::kLockShared});
  return rc != SQLITE_OK ? rc : Of(file).methods().xShmLock(Of(file).real(), offset, count, flags);
}

void ShmBarrier(sqlite3_file* file) { Of(file).methods().xShmBarrier(Of(file).real()); }
int ShmUnmap(sqlite3_file* file, int remove) {
  return Of(file).methods().xShmUnmap(Of(file).real(), remove);
}

// Version 2: no memory maps of the database, as in the daemon.
constexpr sqlite3_io_methods kMethods = {2,
                                         Close,
                                         Read,
                                         Write,
                                         Truncate,
                                         Sync,
                                         FileSize,
                                         Lock,
                                         Unlock,
                                         CheckReservedLock,
                                         FileControl,
                                         SectorSize,
                                         DeviceCharacteristics,
                                         ShmMap,
                                         ShmLock,
                                         ShmBarrier,
                                         ShmUnmap,
                                         nullptr,
                                         nullptr};

int Access(sqlite3_vfs* vfs, const char* path, int flags, int* result) {
  const int rc = Of(vfs).plan.Before({.kind = Kind::kAccess, .path = path});
  return rc != SQLITE_OK ? rc : Of(vfs).real.xAccess(&Of(vfs).real, path, flags, result);
}

int Open(sqlite3_vfs* vfs, sqlite3_filename path, sqlite3_file* file, int flags, int* out_flags) {
  file->pMethods = nullptr;  // SQLite closes what has methods
  int exists = 1;
  if (path != nullptr) Of(vfs).real.xAccess(&Of(vfs).real, path, SQLITE_ACCESS_EXISTS, &exists);
  auto* const made = new (file) File{{nullptr}, &Of(vfs), path, 0};
  const bool creates = (flags & SQLITE_OPEN_CREATE) != 0;
  int rc = made->Ask({.kind = Kind::kOpen, .exists = exists != 0 || !creates});
  if (rc == SQLITE_OK) rc = Of(vfs).real.xOpen(&Of(vfs).real, path, made->real(), flags, out_flags);
  if (rc == SQLITE_OK) made->base.pMethods = &kMethods;
  return rc;
}

int Delete(sqlite3_vfs* vfs, const char* path, int sync_directory) {
  const int rc =
      Of(vfs).plan.Before({.kind = Kind::kDelete, .path = path, .to_disk = sync_directory != 0});
  return rc != SQLITE_OK ? rc : Of(vfs).real.xDelete(&Of(vfs).real, path, 0);
}

std::string NewName() {
  static std::atomic<int> made{0};
  return fmt::format("fault-{}", ++made);
}

}  // namespace

int IoErrorOf(Kind kind) {
  switch (kind) {
    case Kind::kOpen:
      return SQLITE_CANTOPEN;
    case Kind::kDelete:
      return SQLITE_IOERR_DELETE;
    case Kind::kAccess:
      return SQLITE_IOERR_ACCESS;
    case Kind::kRead:
      return SQLITE_IOERR_READ;
    case Kind::kWrite:
      return SQLITE_IOERR_WRITE;
    case Kind::kTruncate:
      return SQLITE_IOERR_TRUNCATE;
    case Kind::kSync:
      return SQLITE_IOERR_FSYNC;
    case Kind::kSize:
      return SQLITE_IOERR_FSTAT;
    case Kind::kLock:
      return SQLITE_IOERR_LOCK;
    case Kind::kMapShared:
      return SQLITE_IOERR_SHMMAP;
    case Kind::kLockShared:
      return SQLITE_IOERR_SHMLOCK;
  }
  return SQLITE_IOERR;
}

FaultVfs::FaultVfs(FaultPlan& plan) : name_(NewName()) {
  sqlite3_vfs* const real = sqlite3_vfs_find(nullptr);
  vfs_ = std::make_unique<sqlite3_vfs>(*real);
  vfs_->szOsFile += static_cast<int>(sizeof(File));
  vfs_->pNext = nullptr;
  vfs_->zName = name_.c_str();
  vfs_->pAppData = new Disk{plan, *real};
  vfs_->xOpen = &Open;
  vfs_->xDelete = &Delete;
  vfs_->xAccess = &Access;
  sqlite3_vfs_register(vfs_.get(), 0);
}

FaultVfs::~FaultVfs() {
  sqlite3_vfs_unregister(vfs_.get());
  delete static_cast<Disk*>(vfs_->pAppData);
}

}  // namespace skyden::store::testing
