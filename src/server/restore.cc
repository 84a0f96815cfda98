// SPDX-License-Identifier: Apache-2.0
// The staged database is opened as the daemon would open it, without a record of what was left: so
// it counts as one that may have gone back, and gets an epoch of its own before it is in place.
#include "skyden/server/restore.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "fmt/format.h"
#include "server/errors.h"
#include "server/open_store.h"
#include "server/private_dir.h"
#include "skyden/audit/audit_service.h"
#include "skyden/base/sha256_stream.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/store/backup.h"

namespace skyden::server {
namespace {

namespace fs = std::filesystem;

constexpr char kStaging[] = "/skyden.restore";
constexpr char kDatabase[] = "/skyden.db";
constexpr char kSetAside[] = ".before-restore";

absl::Status DiskSays(const std::string& path) {
  return absl::UnavailableError(fmt::format("cannot write {}: {}", path, std::strerror(errno)));
}

// A file that is written from the start, and on disk once it is closed.
class NewFile {
 public:
  explicit NewFile(std::string path)
      : path_(std::move(path)),
        descriptor_(open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {}
  ~NewFile() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  absl::Status Add(std::string_view piece) {
    while (!piece.empty()) {
      const ssize_t written = write(descriptor_, piece.data(), piece.size());
      if (written < 0) return DiskSays(path_);
      piece.remove_prefix(static_cast<size_t>(written));
    }
    return absl::OkStatus();
  }
  absl::Status Close() {
    const int synced = fsync(descriptor_);
    const int closed = close(std::exchange(descriptor_, -1));
    return synced == 0 && closed == 0 ? absl::OkStatus() : DiskSays(path_);
  }

 private:
  const std::string path_;
  int descriptor_;
};

absl::Status SyncDirectory(const std::string& directory) {
  const int descriptor = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = descriptor >= 0 && fsync(descriptor) == 0;
  if (descriptor >= 0) close(descriptor);
  return synced ? absl::OkStatus() : DiskSays(directory);
}

// The archive's database as a file, and what the archive says of it.
absl::StatusOr<store::Manifest> Unpack(const RestoreSource& source, const std::string& path) {
  std::optional<store::Manifest> manifest;
  NewFile file(path);
  base::Sha256Stream digest;
  uint64_t bytes = 0;
  store::ArchiveReader reader({.on_note = nullptr,
                               .on_manifest = [&](const std::string& json) -> absl::Status {
                                 SKYDEN_ASSIGN_OR_RETURN(manifest, store::ParseManifest(json));
                                 return absl::OkStatus();
                               },
                               .on_database =
                                   [&](std::string_view piece) {
                                     digest.Add(piece);
                                     bytes += piece.size();
                                     source.on_progress(bytes, manifest->bytes);
                                     return file.Add(piece);
                                   }});
  for (;;) {
    SKYDEN_ASSIGN_OR_RETURN(const std::string piece, source.next());
    if (piece.empty()) break;
    SKYDEN_RETURN_IF_ERROR(reader.Add(piece));
  }
  SKYDEN_RETURN_IF_ERROR(reader.Finish());
  SKYDEN_RETURN_IF_ERROR(file.Close());
  if (bytes != manifest->bytes) {
    return absl::DataLossError(fmt::format(
        "the backup's database has {} bytes, and its manifest {}", bytes, manifest->bytes));
  }
  if (digest.TakeHex() != manifest->sha256) {
    return absl::DataLossError(
        "the backup's database is not what its manifest says (SHA-256): it was altered");
  }
  return *std::move(manifest);
}

absl::Status CheckSeal(const store::Sealer& sealer, const store::Manifest& manifest) {
  const absl::Status opened = store::CheckSeal(sealer, manifest.sha256, manifest.seal);
  if (opened.ok()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      fmt::format("the backup was made under the secrets key {}, which is not in this key file, or "
                  "it was made by nobody who has that key: {}",
                  manifest.secrets_key, base::ToStd(opened.message())));
}

absl::Status CheckContents(const store::DatabaseContents& found,
                           const store::DatabaseContents& expected) {
  const auto differs = [](std::string_view what) {
    return absl::DataLossError(fmt::format(
        "the backup's database is not what its manifest says: {}; it was altered", what));
  };
  if (found.database != expected.database || found.schema != expected.schema ||
      found.epoch != expected.epoch) {
    return differs("another id, epoch or schema");
  }
  if (found.tables.size() != expected.tables.size()) return differs("other tables");
  for (size_t i = 0; i < found.tables.size(); ++i) {
    if (found.tables[i] != expected.tables[i]) {
      return differs(fmt::format("table {} has {} rows, and not these {}", found.tables[i].name,
                                 found.tables[i].rows, expected.tables[i].rows));
    }
  }
  return found.audit == expected.audit ? absl::OkStatus() : differs("the audit ends elsewhere");
}

// As the daemon would, with what it would make of it.
absl::StatusOr<uint64_t> OpenAndVerify(const Config& staged) {
  SKYDEN_ASSIGN_OR_RETURN(const model::TypeRegistry registry, model::TypeRegistry::LoadEmbedded());
  SKYDEN_ASSIGN_OR_RETURN(HeldDataDir held, HoldDataDir(staged, Trust::kAsFound));
  SKYDEN_ASSIGN_OR_RETURN(const OpenedStore opened,
                          OpenStore(staged, std::move(held), registry, [](const absl::Status&) {}));
  SKYDEN_RETURN_IF_ERROR(opened.store->Health());
  const auto system = model::SystemScope::For("restore of a backup");
  const audit::AuditService audit(*opened.store);
  SKYDEN_ASSIGN_OR_RETURN(const auto organizations, opened.store->ListOrganizations(system));
  uint64_t entries = 0;
  for (const store::OrganizationRecord& organization : organizations) {
    SKYDEN_ASSIGN_OR_RETURN(const audit::Verification found,
                            audit.Verify(system.In(organization.key)));
    if (!found.intact()) {
      return absl::DataLossError(fmt::format("the audit of {} in the backup is broken: {}",
                                             organization.name, found.problem));
    }
    entries += found.entries;
  }
  return entries;
}

// A free name for what was there.
std::string NameBeside(const std::string& path) {
  std::string name = path + kSetAside;
  for (int i = 2; fs::exists(name); ++i) name = fmt::format("{}{}-{}", path, kSetAside, i);
  return name;
}

absl::Status Rename(const std::string& from, const std::string& to) {
  return rename(from.c_str(), to.c_str()) == 0 ? absl::OkStatus() : DiskSays(to);
}

// Cut short anywhere, there is no skyden.db, and the daemon says so; then this can be run again.
absl::StatusOr<std::string> PutInPlace(const std::string& directory, const std::string& staging) {
  const std::string path = directory + kDatabase;
  std::string aside;
  if (fs::exists(path)) {
    aside = NameBeside(path);
    SKYDEN_RETURN_IF_ERROR(Rename(path, aside));
    if (fs::exists(path + "-wal")) SKYDEN_RETURN_IF_ERROR(Rename(path + "-wal", aside + "-wal"));
  }
  for (const char* name : {"/skyden.db-wal", "/skyden.db-shm", "/skyden.state"}) {
    unlink((directory + name).c_str());
  }
  SKYDEN_RETURN_IF_ERROR(SyncDirectory(directory));
  SKYDEN_RETURN_IF_ERROR(Rename(staging + "/skyden.state", directory + "/skyden.state"));
  SKYDEN_RETURN_IF_ERROR(Rename(staging + kDatabase, path));
  SKYDEN_RETURN_IF_ERROR(SyncDirectory(directory));
  return aside;
}

}  // namespace

absl::StatusOr<Restored> Restore(const Config& config, const RestoreSource& source) {
  if (!InDataDir(config)) {
    return About("store",
                 absl::InvalidArgumentError(
                     "a backup of this kind is of store sqlite; restore PostgreSQL with its own "
                     "means (pg_basebackup and its archive: examples/postgres/README.md)"));
  }
  const std::string key_file = SecretsKeyFileOf(config);
  auto sealer = store::LoadSealer(key_file, store::MissingKeyFile::kIsRefused);
  if (absl::IsNotFound(sealer.status())) {
    return About("secrets_key_file",
                 absl::InvalidArgumentError(fmt::format(
                     "a backup does not hold the key that opens its secrets: put the secrets.key "
                     "of the daemon that was backed up at {} first",
                     key_file)));
  }
  if (!sealer.ok()) return About("secrets_key_file", sealer.status());
  SKYDEN_RETURN_IF_ERROR(CheckPrivateDir(config.data_dir));
  auto lock = store::DirectoryLock::Take(config.data_dir);
  if (!lock.ok()) return About("data_dir", lock.status());

  const std::string staging = config.data_dir + kStaging;
  const auto remove = [&staging] {
    std::error_code ignored;
    fs::remove_all(staging, ignored);
  };
  remove();
  const auto nothing_left = absl::MakeCleanup(remove);
  if (mkdir(staging.c_str(), 0700) != 0) return DiskSays(staging);

  Restored restored;
  SKYDEN_ASSIGN_OR_RETURN(restored.manifest, Unpack(source, staging + kDatabase));
  SKYDEN_RETURN_IF_ERROR(CheckSeal(**sealer, restored.manifest));
  SKYDEN_ASSIGN_OR_RETURN(const store::DatabaseContents contents,
                          store::InspectDatabase(staging + kDatabase));
  SKYDEN_RETURN_IF_ERROR(CheckContents(contents, restored.manifest.contents));
  for (const auto& table : contents.tables) restored.rows += table.rows;
  Config staged = config;
  staged.data_dir = staging;
  staged.secrets_key_file = key_file;
  SKYDEN_ASSIGN_OR_RETURN(restored.audit_entries, OpenAndVerify(staged));
  SKYDEN_ASSIGN_OR_RETURN(restored.set_aside, PutInPlace(config.data_dir, staging));
  return restored;
}

}  // namespace skyden::server
