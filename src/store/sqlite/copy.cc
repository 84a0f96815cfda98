// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/copy.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/time/clock.h"
#include "fmt/format.h"
#include "skyden/base/clock.h"
#include "skyden/base/crypto.h"
#include "skyden/base/executor.h"
#include "skyden/base/retry_after.h"
#include "skyden/base/sha256_stream.h"
#include "skyden/base/status.h"
#include "store/errors.h"
#include "store/sqlite/contents.h"
#include "store/sqlite/database.h"

namespace skyden::store::sqlite {
namespace {

constexpr char kCopyName[] = "/skyden.copy";
constexpr char kSealContext[] = "backup";
constexpr int kPagesAtOnce = 256;
constexpr size_t kDigestBytes = 1u << 20;
constexpr uint64_t kRoomBytes = 64u << 20;     // stays for those who write meanwhile
constexpr uint64_t kWalBytesMax = 2ull << 30;  // that they may write
constexpr uint64_t kWalBytesMany = kWalBytesMax / 8;

uint64_t SizeOf(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 ? static_cast<uint64_t>(info.st_size) : 0;
}

void Remove(const std::string& path) {
  for (const char* beside : {"", "-wal", "-shm", "-journal"}) unlink((path + beside).c_str());
}

struct FinishBackup {
  void operator()(sqlite3_backup* backup) const { sqlite3_backup_finish(backup); }
};
using OwnedBackup = std::unique_ptr<sqlite3_backup, FinishBackup>;

// Keeps to a rate by sleeping off what was too fast.
class Throttle {
 public:
  explicit Throttle(uint64_t bytes_per_second) : rate_(bytes_per_second) {}
  void Wait(uint64_t copied) const {
    const absl::Duration due =
        absl::Seconds(1) * (static_cast<double>(copied) / static_cast<double>(rate_));
    const absl::Duration spent = clock_.Monotonic() - began_;
    if (spent < due) absl::SleepFor(std::min(due - spent, absl::Milliseconds(100)));
  }

 private:
  const uint64_t rate_;
  const base::RealClock clock_;
  const absl::Duration began_ = clock_.Monotonic();
};

}  // namespace

// The file has no name any more: whatever ends this process leaves nothing.
class Copier::File final : public DatabaseCopy {
 public:
  File(Copier& copier, DatabaseContents contents)
      : copier_(copier), contents_(std::move(contents)) {}
  ~File() override {
    if (file_ >= 0) close(file_);
    copier_.GiveBack();
  }

  absl::Status Open(const std::string& path) {
    file_ = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file_ < 0) return Internal("open a copy");
    bytes_ = SizeOf(path);
    base::Sha256Stream digest;
    for (uint64_t at = 0; at < bytes_; at += kDigestBytes) {
      SKYDEN_ASSIGN_OR_RETURN(const std::string piece, Read(at, kDigestBytes));
      digest.Add(piece);
    }
    sha256_ = digest.TakeHex();
    SKYDEN_ASSIGN_OR_RETURN(const std::string sealed, copier_.sealer_.Seal(sha256_, kSealContext));
    seal_ = base::Base64Encode(sealed);
    secrets_key_ = copier_.sealer_.newest_key();
    return absl::OkStatus();
  }

  const DatabaseContents& contents() const override { return contents_; }
  uint64_t bytes() const override { return bytes_; }
  const std::string& sha256() const override { return sha256_; }
  const std::string& seal() const override { return seal_; }
  const std::string& secrets_key() const override { return secrets_key_; }

  absl::StatusOr<std::string> Read(uint64_t offset, size_t size) override {
    std::string piece(std::min<uint64_t>(size, bytes_ - std::min(bytes_, offset)), '\0');
    for (size_t done = 0; done < piece.size();) {
      const ssize_t got =
          pread(file_, piece.data() + done, piece.size() - done, static_cast<off_t>(offset + done));
      if (got <= 0) return Internal("read a copy");
      done += static_cast<size_t>(got);
    }
    return piece;
  }

 private:
  Copier& copier_;
  const DatabaseContents contents_;
  int file_ = -1;
  uint64_t bytes_ = 0;
  std::string sha256_;
  std::string seal_;
  std::string secrets_key_;
};

Copier::Copier(std::string directory, std::string vfs, ReaderPool& readers, const Sealer& sealer)
    : directory_(std::move(directory)), vfs_(std::move(vfs)), readers_(readers), sealer_(sealer) {
  Remove(directory_ + kCopyName);
}

void Copier::GiveBack() {
  absl::MutexLock lock(&mu_);
  taken_ = false;
}

uint64_t Copier::WalBytes() const { return SizeOf(directory_ + "/skyden.db-wal"); }

// Room is for writes first: a copy is given up before they feel it.
absl::Status Copier::CheckRoom(uint64_t bytes) const {
  struct statvfs disk {};
  if (statvfs(directory_.c_str(), &disk) != 0) return Internal("look for room");
  const uint64_t room = uint64_t{disk.f_bavail} * disk.f_frsize;
  if (room >= bytes + kRoomBytes) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      fmt::format("a copy of the database needs {} MiB on its disk while it is made, and {} MiB "
                  "are left for writes; there are {} MiB",
                  (bytes >> 20) + 1, kRoomBytes >> 20, room >> 20));
}

absl::Status Copier::CheckMayCopy() {
  {
    absl::MutexLock lock(&mu_);
    if (taken_) {
      return base::WithRetryAfter(
          absl::ResourceExhaustedError("another backup is under way; try again when it is done"),
          absl::Seconds(5));
    }
  }
  return CheckRoom(SizeOf(directory_ + "/skyden.db"));
}

absl::StatusOr<std::unique_ptr<DatabaseCopy>> Copier::Copy(const CopyOptions& options) {
  base::AssertMayBlock();
  SKYDEN_RETURN_IF_ERROR(CheckMayCopy());
  {
    absl::MutexLock lock(&mu_);
    if (taken_) return absl::ResourceExhaustedError("another backup is under way");
    taken_ = true;
  }
  auto give_back = absl::MakeCleanup([this] { GiveBack(); });
  const std::string path = directory_ + kCopyName;
  const auto nothing_left = absl::MakeCleanup([&path] { Remove(path); });
  Remove(path);
  SKYDEN_RETURN_IF_ERROR(CopyPages(options));
  const uint64_t bytes = SizeOf(path);
  SKYDEN_ASSIGN_OR_RETURN(
      DatabaseContents contents, ReadContents(path, Pages::kTrusted, [&options, bytes] {
        return options.on_progress == nullptr || options.on_progress(bytes, bytes);
      }));
  auto copy = std::make_unique<File>(*this, std::move(contents));
  std::move(give_back).Cancel();  // with the copy
  SKYDEN_RETURN_IF_ERROR(copy->Open(path));
  return copy;
}

absl::Status Copier::CopyPages(const CopyOptions& options) {
  const ReaderPool::LongRead reading(readers_);
  SKYDEN_ASSIGN_OR_RETURN(const Database from,
                          OpenDatabase(directory_ + "/skyden.db", vfs_, Access::kReader));
  SKYDEN_RETURN_IF_ERROR(ApplySettings(from.get(), Access::kReader, Durability::kFull));
  // From the first read on it is one point in time.
  SKYDEN_RETURN_IF_ERROR(Execute(from.get(), "BEGIN", "copy"));
  SKYDEN_RETURN_IF_ERROR(
      QueryInt(from.get(), "SELECT count(*) FROM sqlite_schema", "copy").status());
  SKYDEN_ASSIGN_OR_RETURN(const int64_t page_bytes,
                          QueryInt(from.get(), "PRAGMA page_size", "copy"));
  SKYDEN_ASSIGN_OR_RETURN(const Database to,
                          OpenDatabase(directory_ + kCopyName, "", Access::kWriter));
  // If it is cut short, nobody looks at it.
  SKYDEN_RETURN_IF_ERROR(
      Execute(to.get(), "PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY", "copy"));
  const OwnedBackup backup(sqlite3_backup_init(to.get(), "main", from.get(), "main"));
  if (backup == nullptr) return ToStatus(sqlite3_extended_errcode(to.get()), "copy");
  const Throttle throttle(std::max<uint64_t>(options.bytes_per_second, 1));
  for (;;) {
    const int rc = sqlite3_backup_step(backup.get(), kPagesAtOnce);
    const auto all = static_cast<uint64_t>(sqlite3_backup_pagecount(backup.get())) *
                     static_cast<uint64_t>(page_bytes);
    const auto left = static_cast<uint64_t>(sqlite3_backup_remaining(backup.get())) *
                      static_cast<uint64_t>(page_bytes);
    if (rc == SQLITE_DONE) return absl::OkStatus();
    if (rc != SQLITE_OK) return ToStatus(rc, "copy");
    if (options.on_progress != nullptr && !options.on_progress(all - left, all)) {
      return absl::CancelledError("given up");
    }
    SKYDEN_RETURN_IF_ERROR(CheckRoom(left));
    const uint64_t wal = WalBytes();
    if (wal > kWalBytesMax) {
      return absl::ResourceExhaustedError(
          "more is written than can be kept beside a copy; try again when there is less to do");
    }
    if (wal < kWalBytesMany) throttle.Wait(all - left);
  }
}

}  // namespace skyden::store::sqlite

namespace skyden::store {

absl::Status CheckSeal(const Sealer& sealer, const std::string& sha256, const std::string& seal) {
  const auto sealed = base::Base64Decode(seal);
  if (!sealed.ok()) return absl::DataLossError("the seal cannot be read");
  SKYDEN_ASSIGN_OR_RETURN(const std::string opened, sealer.Open(*sealed, sqlite::kSealContext));
  return opened == sha256 ? absl::OkStatus() : absl::DataLossError("the seal is another backup's");
}

}  // namespace skyden::store
