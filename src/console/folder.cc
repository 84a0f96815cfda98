// SPDX-License-Identifier: Apache-2.0
// A link is followed when it leads to a file inside: that is how versions of a file are exchanged.
// It is resolved first and what it leads to is opened without following anything, so that a link
// put there in between opens nothing.
#include "console/folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "fmt/format.h"
#include "skyden/base/status.h"

namespace skyden::console {
namespace {

namespace fs = std::filesystem;

constexpr size_t kReadBytes = 64u << 10;

absl::Status Refuse(std::string_view what, std::string_view mend) {
  return absl::FailedPreconditionError(fmt::format("{}: {}", what, mend));
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  const int fd_;
};

bool IsInside(const fs::path& path, const fs::path& root) {
  const auto [end, unused] = std::mismatch(root.begin(), root.end(), path.begin(), path.end());
  return end == root.end();
}

class Reader {
 public:
  Reader(fs::path root, const FolderLimits& limits) : root_(std::move(root)), limits_(limits) {}

  absl::Status ReadAll() {
    std::error_code error;
    fs::recursive_directory_iterator entry(root_, error);
    for (const fs::recursive_directory_iterator end; !error && entry != end;
         entry.increment(error)) {
      const std::string name = entry->path().lexically_relative(root_).generic_string();
      if (entry->path().filename().string().starts_with('.')) {
        entry.disable_recursion_pending();
        continue;
      }
      SKYDEN_RETURN_IF_ERROR(Take(*entry, name));
    }
    if (error) return Refuse(fmt::format("it cannot be read ({})", error.message()), "make it so");
    return absl::OkStatus();
  }

  std::map<std::string, std::string, std::less<>> files;

 private:
  absl::Status Take(const fs::directory_entry& entry, const std::string& name) {
    std::error_code error;
    const fs::file_status own = entry.symlink_status(error);
    if (error) return Refuse(fmt::format("{} cannot be read", name), error.message());
    if (fs::is_directory(own)) return absl::OkStatus();
    fs::path path = entry.path();
    if (fs::is_symlink(own)) {
      path = fs::canonical(path, error);
      if (error) {
        return Refuse(fmt::format("{} is a link that leads nowhere", name), "remove it");
      }
      if (!IsInside(path, root_)) {
        return Refuse(fmt::format("{} is a link that leads out of the folder", name),
                      "put the file itself in its place");
      }
    }
    return Read(path, name);
  }

  absl::Status Read(const fs::path& path, const std::string& name) {
    const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (file.get() < 0) {
      return Refuse(fmt::format("{} cannot be read ({})", name, std::strerror(errno)),
                    "let the daemon's user read it");
    }
    struct stat info {};
    if (fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
      return Refuse(fmt::format("{} is not a file", name), "move it away");
    }
    if (files.size() == limits_.files) return TooMuch();
    std::string content;
    std::array<char, kReadBytes> buffer;
    for (;;) {
      const ssize_t got = read(file.get(), buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return Refuse(fmt::format("{} cannot be read", name), std::strerror(errno));
      if (got == 0) break;
      bytes_ += static_cast<size_t>(got);
      if (bytes_ > limits_.bytes) return TooMuch();
      content.append(buffer.data(), static_cast<size_t>(got));
    }
    files.emplace(name, std::move(content));
    return absl::OkStatus();
  }

  absl::Status TooMuch() const {
    return Refuse(
        fmt::format("it holds more than {} files or {} MiB", limits_.files, limits_.bytes >> 20),
        "name the folder that holds the GUI alone");
  }

  const fs::path root_;
  const FolderLimits limits_;
  size_t bytes_ = 0;
};

}  // namespace

absl::StatusOr<std::map<std::string, std::string, std::less<>>> ReadFolder(
    const std::string& folder, const FolderLimits& limits) {
  std::error_code error;
  const fs::path root = fs::canonical(folder, error);
  if (error || !fs::is_directory(root, error)) {
    return Refuse(fmt::format("{} is not a folder that can be read", folder),
                  "name one, or leave the setting out");
  }
  Reader reader(root, limits);
  SKYDEN_RETURN_IF_ERROR(reader.ReadAll());
  return std::move(reader.files);
}

}  // namespace skyden::console
