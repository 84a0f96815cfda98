// SPDX-License-Identifier: Apache-2.0
#include "skyden/store/directory_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "fmt/format.h"

namespace skyden::store {
namespace {

constexpr mode_t kOwnerOnly = 0600;

}  // namespace

absl::StatusOr<DirectoryLock> DirectoryLock::Take(const std::string& directory) {
  std::error_code error;
  if (std::filesystem::create_directories(directory, error)) {
    std::filesystem::permissions(directory, std::filesystem::perms::owner_all, error);
  }
  if (error) {
    return absl::UnavailableError(
        fmt::format("cannot create the data directory: {}", error.message()));
  }
  const int descriptor =
      open((directory + "/skyden.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kOwnerOnly);
  if (descriptor < 0) {
    return absl::UnavailableError(
        fmt::format("cannot open the data directory: {}", std::strerror(errno)));
  }
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    close(descriptor);
    return absl::UnavailableError(
        "another process holds the data directory: stop it, or use another");
  }
  return DirectoryLock(descriptor);
}

DirectoryLock::~DirectoryLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace skyden::store
