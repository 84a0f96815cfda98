// SPDX-License-Identifier: Apache-2.0
// Once the directory is known to be ours and nobody else's to write, nothing in it can be exchanged
// under our hands: looking first and opening later is safe then.
#include "server/private_dir.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "fmt/format.h"
#include "server/data_dir.h"
#include "skyden/base/status.h"
#include "skyden/identity/bootstrap.h"
#include "skyden/telemetry/log.h"

namespace skyden::server {
namespace {

constexpr mode_t kOthersWrite = S_IWGRP | S_IWOTH;
constexpr mode_t kOthers = S_IRWXG | S_IRWXO;
constexpr mode_t kOwnerOnly = S_IRUSR | S_IWUSR;

constexpr char kKeyFile[] = "secrets.key";
constexpr std::array kFiles = {
    "skyden.db",   "skyden.db-wal",  "skyden.db-shm", "skyden.db-journal",       "skyden.state",
    "skyden.lock", "skyden.ballast", kKeyFile,        identity::kAdminTokenFile, kAddressesFile};

absl::Status Refuse(std::string_view what, const std::string& mend) {
  return absl::FailedPreconditionError(fmt::format("data_dir: {}: {}", what, mend));
}

// An administrator could do everything anyway.
bool IsOurs(const struct stat& info) { return info.st_uid == geteuid() || info.st_uid == 0; }

absl::Status CheckFile(const std::string& path) {
  struct stat info {};
  if (lstat(path.c_str(), &info) != 0) {
    return errno == ENOENT ? absl::OkStatus() : Refuse(path, std::strerror(errno));
  }
  if (S_ISLNK(info.st_mode)) {
    return Refuse(fmt::format("{} is a link", path), "put the file itself in its place");
  }
  if (!S_ISREG(info.st_mode)) {
    return Refuse(fmt::format("{} is not a file", path), "move it away");
  }
  if (!IsOurs(info)) {
    return Refuse(fmt::format("{} belongs to another user (id {})", path, info.st_uid),
                  fmt::format("chown {} {}", geteuid(), path));
  }
  if ((info.st_mode & kOthersWrite) != 0) {
    return Refuse(fmt::format("others may write to {}", path),
                  fmt::format("make sure that nobody did, then chmod 600 {}", path));
  }
  // A key that others could read may be theirs by now: the store refuses it.
  const bool is_key = path.ends_with(kKeyFile);
  if ((info.st_mode & kOthers) == 0 || is_key) return absl::OkStatus();
  if (chmod(path.c_str(), kOwnerOnly) != 0) {
    return Refuse(fmt::format("others may read {}", path), fmt::format("chmod 600 {}", path));
  }
  if (path.ends_with(identity::kAdminTokenFile)) {
    telemetry::Log(telemetry::Level::warning, "others could read the operator's token",
                   {{"file", path}, {"do", "revoke it if they are not to have it"}});
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckPrivateDir(const std::string& directory) {
  struct stat info {};
  if (stat(directory.c_str(), &info) != 0) return absl::OkStatus();
  if (!IsOurs(info)) {
    return Refuse(fmt::format("{} belongs to another user (id {})", directory, info.st_uid),
                  fmt::format("run as that user, or chown -R {} {}", geteuid(), directory));
  }
  if ((info.st_mode & kOthersWrite) != 0) {
    return Refuse(
        fmt::format("others may write to {}", directory),
        fmt::format("chmod 700 {}; where a volume's root has to stay open, use a folder in "
                    "it",
                    directory));
  }
  for (const char* name : kFiles) {
    SKYDEN_RETURN_IF_ERROR(CheckFile(fmt::format("{}/{}", directory, name)));
  }
  return absl::OkStatus();
}

}  // namespace skyden::server
