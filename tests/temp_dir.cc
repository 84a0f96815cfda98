// SPDX-License-Identifier: Apache-2.0
#include "tests/temp_dir.h"

#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <map>
#include <mutex>
#include <system_error>

namespace skyden {
namespace {

// Folders that are there, and which process made each: a forked child has its parent's as well.
struct Left {
  std::mutex mu;
  std::map<std::string, pid_t> made_by;
};

Left& AllLeft() {
  static Left* const left = new Left;  // outlives the objects that are static
  return *left;
}

void Remove(const std::string& path) {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

}  // namespace

TempDir::TempDir()
    : path_((std::filesystem::temp_directory_path() / "skyden-test-XXXXXX").string()) {
  if (mkdtemp(path_.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), path_);
  }
  Left& left = AllLeft();
  const std::scoped_lock lock(left.mu);
  left.made_by.emplace(path_, getpid());
}

TempDir::~TempDir() {
  Remove(path_);
  Left& left = AllLeft();
  const std::scoped_lock lock(left.mu);
  left.made_by.erase(path_);
}

void RemoveTempDirsLeft() {
  Left& left = AllLeft();
  // By a signal's handler, perhaps: what it interrupted may hold the lock for ever.
  const std::unique_lock lock(left.mu, std::try_to_lock);
  if (!lock.owns_lock()) return;
  for (const auto& [path, made_by] : left.made_by) {
    if (made_by == getpid()) Remove(path);
  }
}

}  // namespace skyden
