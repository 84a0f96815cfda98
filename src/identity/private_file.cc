// SPDX-License-Identifier: Apache-2.0
// A temporary file beside the target, synced, then renamed over it, then the directory synced.
#include "identity/private_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/cleanup/cleanup.h"

namespace skyden::identity {
namespace {

absl::Status Failed(std::string_view what, const std::string& path) {
  return absl::UnavailableError(fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)));
}

std::string DirectoryOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

bool WriteAll(int file, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = write(file, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    content.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

absl::Status SyncDirectory(const std::string& path) {
  const int directory = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return Failed("open", path);
  const bool synced = fsync(directory) == 0;
  const absl::Status status = synced ? absl::OkStatus() : Failed("sync", path);
  close(directory);
  return status;
}

}  // namespace

absl::Status WritePrivateFile(const std::string& path, std::string_view content) {
  const std::string temporary = path + ".tmp";
  unlink(temporary.c_str());  // of an attempt that did not finish
  const int file =
      open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) return Failed("create", temporary);
  auto remove = absl::MakeCleanup([&temporary] { unlink(temporary.c_str()); });
  // fchmod: the process' umask may have taken the owner's bits away.
  if (fchmod(file, 0600) != 0 || !WriteAll(file, content) || fsync(file) != 0) {
    const absl::Status status = Failed("write", temporary);
    close(file);
    return status;
  }
  close(file);
  if (rename(temporary.c_str(), path.c_str()) != 0) return Failed("rename to", path);
  std::move(remove).Cancel();
  return SyncDirectory(DirectoryOf(path));
}

}  // namespace skyden::identity
