// SPDX-License-Identifier: Apache-2.0
// Nothing here opens the database file while a connection is open: closing it again would take
// SQLite's locks with it.
#include "store/sqlite/database_files.h"

#include <sys/stat.h>

#include <array>
#include <fstream>
#include <utility>

#include "fmt/format.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/telemetry/log.h"
#include "store/errors.h"
#include "store/sqlite/ballast.h"
#include "store/sqlite/file_digest.h"
#include "store/sqlite/wal_file.h"

namespace skyden::store::sqlite {

struct FileInfo {
  bool exists = false;
  uint64_t bytes = 0;
  uint64_t inode = 0;
  int64_t changed_ns = 0;
};

namespace {

using Until = StateFile::Until;
using Phase = StateRecord::Phase;

constexpr std::string_view kRestore =
    "restore a backup and run \"skyden migrate --adopt-database\", which also takes what is there";

// A check of every page reads the whole file: larger ones would keep a start waiting.
constexpr uint64_t kCheckedBytes = 128u << 20;

absl::Status Refuse(std::string_view what, std::string_view advice = kRestore) {
  return absl::FailedPreconditionError(fmt::format("{}: {}", what, advice));
}

FileInfo Look(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return {};
  return {true, static_cast<uint64_t>(info.st_size), info.st_ino,
          int64_t{info.st_ctim.tv_sec} * 1'000'000'000 + info.st_ctim.tv_nsec};
}

// What the first page says (sqlite.org/fileformat2.html, section 1.3).
struct Header {
  bool is_sqlite = false;
  uint64_t bytes = 0;  // that the file must have at least
  bool has_schema = false;
};

Header ReadHeader(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::array<char, 100> raw{};
  Header header;
  if (!file.read(raw.data(), raw.size())) return header;
  const auto big = [&raw](size_t at, size_t count) {
    uint64_t value = 0;
    for (size_t i = 0; i < count; ++i) {
      value = value << 8 | static_cast<unsigned char>(raw[at + i]);
    }
    return value;
  };
  header.is_sqlite = std::string_view(raw.data(), 16) == std::string_view("SQLite format 3\0", 16);
  const uint64_t page_bytes = big(16, 2) == 1 ? 65536 : big(16, 2);
  header.bytes = page_bytes * big(28, 4);
  header.has_schema = big(60, 4) != 0;
  return header;
}

}  // namespace

struct DatabaseFiles::Found {
  FileInfo database;
  FileInfo wal;
};

absl::StatusOr<std::unique_ptr<DatabaseFiles>> DatabaseFiles::Hold(const std::string& directory,
                                                                   const HoldOptions& options) {
  SKYDEN_ASSIGN_OR_RETURN(DirectoryLock lock, DirectoryLock::Take(directory));
  std::unique_ptr<DatabaseFiles> files(new DatabaseFiles(directory, std::move(lock)));
  SKYDEN_RETURN_IF_ERROR(files->Judge(options));
  return files;
}

DatabaseFiles::DatabaseFiles(std::string directory, DirectoryLock lock)
    : directory_(std::move(directory)), lock_(std::move(lock)), state_(directory_) {}

// ---------------------------------------------------------------- before it is opened

absl::Status DatabaseFiles::Judge(const HoldOptions& options) {
  const Found found{Look(path()), Look(path() + "-wal")};
  auto read = state_.Read();
  if (absl::IsDataLoss(read.status()) && options.trust == HoldOptions::Trust::kAsFound) {
    read = std::nullopt;
  }
  if (absl::IsDataLoss(read.status())) {
    return Refuse(base::ToStd(read.status().message()),
                  "look after the disk, then run \"skyden migrate --adopt-database\"");
  }
  SKYDEN_RETURN_IF_ERROR(read.status());
  const std::optional<StateRecord>& record = *read;
  if (record.has_value() && record->phase == Phase::kMaking) {
    is_new_ = true;
    may_have_gone_back_ = found.database.exists;
  } else if (options.trust == HoldOptions::Trust::kAsFound) {
    SKYDEN_RETURN_IF_ERROR(JudgeAdopted(found, record));
  } else if (record.has_value()) {
    SKYDEN_RETURN_IF_ERROR(JudgeRecord(found, *record));
  } else {
    SKYDEN_RETURN_IF_ERROR(JudgeWithoutRecord(found, options));
  }
  if (!is_new_) return absl::OkStatus();
  record_ = StateRecord();
  return state_.Write(record_, Until::kOnDisk);
}

absl::Status DatabaseFiles::JudgeWithoutRecord(const Found& found, const HoldOptions& options) {
  if (!found.database.exists) {
    std::string sign = found.wal.bytes > 0 ? "skyden.db-wal" : "";
    for (const std::string& name : options.signs) {
      if (sign.empty() && Look(directory_ + "/" + name).exists) sign = name;
    }
    is_new_ = sign.empty();
    if (is_new_) return absl::OkStatus();
    return Refuse(fmt::format("skyden.db is missing, and {} says that there was one", sign),
                  "put it back; to begin anew, move that file away");
  }
  const Header header = ReadHeader(path());
  if (found.database.bytes == 0 ||
      (header.is_sqlite && !header.has_schema && found.wal.bytes == 0)) {
    return Refuse("skyden.db is empty, as one is that was copied without its skyden.db-wal",
                  "put both back; to begin anew, move it away");
  }
  may_have_gone_back_ = true;
  needs_check_ = found.database.bytes <= kCheckedBytes;
  if (header.is_sqlite && found.database.bytes < header.bytes && found.wal.bytes == 0) {
    return Refuse(
        fmt::format("skyden.db is cut short: {} of {} bytes", found.database.bytes, header.bytes));
  }
  return absl::OkStatus();
}

absl::Status DatabaseFiles::JudgeAdopted(const Found& found,
                                         const std::optional<StateRecord>& record) {
  if (!found.database.exists) return absl::NotFoundError("there is no skyden.db to adopt");
  may_have_gone_back_ = true;
  needs_check_ = true;
  if (found.wal.bytes == 0) return absl::OkStatus();
  if (!record.has_value()) return absl::OkStatus();
  SKYDEN_ASSIGN_OR_RETURN(const auto wal, ReadWal(path() + "-wal"));
  const bool belongs = record->phase == Phase::kRunning && found.database.inode == record->inode &&
                       (!wal.has_value() || record->frames == 0 || wal->salts == record->salts);
  if (belongs) return absl::OkStatus();
  return Refuse("skyden.db-wal is there, and may not belong to this skyden.db",
                "when skyden.db was restored alone, remove skyden.db-wal; when both were, remove "
                "skyden.state");
}

absl::Status DatabaseFiles::JudgeRecord(const Found& found, const StateRecord& record) {
  if (!found.database.exists) {
    return Refuse("skyden.db is missing, and skyden.state says that there was one",
                  "put it back, with its skyden.db-wal if it has one; to begin anew, move all "
                  "files of this folder away");
  }
  record_ = record;
  if (found.database.bytes < record.bytes) {
    return Refuse(fmt::format("skyden.db is shorter than it was: {} of {} bytes",
                              found.database.bytes, record.bytes));
  }
  if (!ReadHeader(path()).is_sqlite) return Refuse("skyden.db does not begin as a database does");
  may_have_gone_back_ = found.database.inode != record.inode;
  return record.phase == Phase::kStopped ? JudgeStopped(found, record)
                                         : JudgeRunning(found, record);
}

absl::Status DatabaseFiles::JudgeStopped(const Found& found, const StateRecord& record) {
  if (found.wal.bytes > 0) {
    return Refuse("skyden.db-wal is there, and was not when the database was closed",
                  "remove it when skyden.db is right without it; else restore a backup");
  }
  SKYDEN_ASSIGN_OR_RETURN(const uint64_t digest, DigestOfFile(path()));
  if (found.database.bytes != record.bytes || digest != record.digest) {
    return Refuse("skyden.db is not what it was when it was closed");
  }
  may_have_gone_back_ |= found.database.changed_ns != record.changed_ns;
  return absl::OkStatus();
}

absl::Status DatabaseFiles::JudgeRunning(const Found& found, const StateRecord& record) {
  // A copy may have been made while the daemon wrote, page by page.
  needs_check_ = found.database.bytes <= kCheckedBytes || found.database.inode != record.inode;
  if (record.frames == 0) return absl::OkStatus();
  if (found.wal.bytes == 0) {
    return Refuse(fmt::format("skyden.db-wal is {}, with the last changes in it",
                              found.wal.exists ? "empty" : "missing"),
                  fmt::format("put it back; or {}", kRestore));
  }
  SKYDEN_ASSIGN_OR_RETURN(const auto wal, ReadWal(path() + "-wal"));
  if (!wal.has_value()) return Refuse("skyden.db-wal does not begin as it did");
  if (wal->salts != record.salts) {
    return Refuse("skyden.db-wal is not the one that was written last");
  }
  if (wal->frames < record.frames) {
    return Refuse(fmt::format("skyden.db-wal is cut short or torn: {} of at least {} pages",
                              wal->frames, record.frames));
  }
  return absl::OkStatus();
}

// ---------------------------------------------------------------- while it is open

absl::Status DatabaseFiles::BeforeOpen() {
  DropBallastIfShort(directory_);
  if (is_new_) return absl::OkStatus();
  // The schema's connection may change the file, and empties the WAL when it closes.
  record_.phase = Phase::kRunning;
  record_.frames = 0;
  return state_.Write(record_, Until::kOnDisk);
}

absl::Status DatabaseFiles::CheckIdentity(const Identity& found) const {
  if (is_new_ || record_.database.empty()) return absl::OkStatus();
  if (record_.database != found.id) {
    return Refuse("skyden.db is another database than the one that was here");
  }
  // It counts before the record does.
  if (found.starts < record_.starts) return Refuse("skyden.db is older than the one that was here");
  return absl::OkStatus();
}

absl::Status DatabaseFiles::AfterOpen(const Identity& counted) {
  const FileInfo info = Look(path());
  // Only a size that is on disk: the connection before was the last, and has moved the WAL and
  // removed it, unless something kept it from that.
  const bool moved = Look(path() + "-wal").bytes == 0;
  const uint64_t bytes = moved ? info.bytes : record_.bytes;
  record_ = StateRecord();
  record_.phase = Phase::kRunning;
  record_.database = counted.id;
  record_.starts = counted.starts;
  record_.inode = info.inode;
  record_.bytes = bytes;
  return state_.Write(record_, Until::kOnDisk);
}

void DatabaseFiles::AfterCommit(uint64_t frames) {
  if (frames == record_.frames || frames == 0) return;
  if (record_.frames == 0 || frames < record_.frames) {
    const auto salts = ReadWalSalts(path() + "-wal");
    if (!salts.has_value()) return;
    record_.salts = *salts;
    wal_inode_ = Look(path() + "-wal").inode;
  }
  record_.frames = frames;
  // Failing it asks for less than it could.
  state_.Write(record_, Until::kSystemLives).IgnoreError();
}

absl::Status DatabaseFiles::BeforeCheckpoint() {
  frames_before_ = record_.frames;
  record_.frames = 0;
  return state_.Write(record_, Until::kOnDisk);
}

void DatabaseFiles::AfterCheckpoint(bool complete) {
  record_.bytes = std::max(record_.bytes, complete ? Look(path()).bytes : 0);
  if (!complete) record_.frames = frames_before_;
  state_.Write(record_, Until::kSystemLives).IgnoreError();
}

absl::Status DatabaseFiles::AfterClose() {
  if (record_.phase != Phase::kRunning || Look(path() + "-wal").bytes > 0) return absl::OkStatus();
  wal_inode_ = 0;
  SKYDEN_RETURN_IF_ERROR(CheckThere());
  const FileInfo info = Look(path());
  record_.phase = Phase::kStopped;
  record_.frames = 0;
  record_.salts = WalSalts();
  record_.bytes = info.bytes;
  record_.changed_ns = info.changed_ns;
  SKYDEN_ASSIGN_OR_RETURN(record_.digest, DigestOfFile(path()));
  return state_.Write(record_, Until::kOnDisk);
}

absl::Status DatabaseFiles::CheckThere() const {
  const bool database_there = Look(path()).inode == record_.inode;
  const bool wal_there = wal_inode_ == 0 || Look(path() + "-wal").inode == wal_inode_;
  if (database_there && wal_there) return absl::OkStatus();
  return absl::FailedPreconditionError(
      fmt::format("{} was removed or replaced while the daemon ran",
                  database_there ? "skyden.db-wal" : "skyden.db"));
}

}  // namespace skyden::store::sqlite

namespace skyden::store {

absl::StatusOr<std::unique_ptr<HeldDatabase>> HoldDatabase(const std::string& directory,
                                                           const HoldOptions& options) {
  return sqlite::DatabaseFiles::Hold(directory, options);
}

}  // namespace skyden::store
