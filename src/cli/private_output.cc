// SPDX-License-Identifier: Apache-2.0
#include "cli/private_output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "fmt/format.h"

namespace skyden::cli {
namespace {

constexpr mode_t kOwnerOnly = 0600;

bool Narrow(int file) {
  struct stat info {};
  if (fstat(file, &info) != 0) return false;
  if (!S_ISREG(info.st_mode) || (info.st_mode & 077) == 0) return true;
  return fchmod(file, kOwnerOnly) == 0;
}

bool WriteAll(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

}  // namespace

absl::Status WritePrivately(const std::string& path, std::string_view text, Existing existing) {
  const int how = existing == Existing::kReplaced ? O_TRUNC : O_APPEND;
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | how, kOwnerOnly);
  bool written = file >= 0 && Narrow(file) && WriteAll(file, text);
  const int error = errno;
  if (file >= 0 && close(file) != 0) written = false;
  return written ? absl::OkStatus()
                 : absl::UnavailableError(
                       fmt::format("cannot write {}: {}", path, std::strerror(error)));
}

}  // namespace skyden::cli
