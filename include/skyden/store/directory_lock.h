// SPDX-License-Identifier: Apache-2.0
// Holds a data directory for one process, whichever engine keeps what it serves.
#pragma once

#include <string>
#include <utility>

#include "absl/status/statusor.h"

namespace skyden::store {

// Movable. The lock ends with the object, or with the process however it ends.
class DirectoryLock {
 public:
  // Creates `directory` (mode 0700) when it is missing. UNAVAILABLE when somebody holds it.
  static absl::StatusOr<DirectoryLock> Take(const std::string& directory);
  DirectoryLock(DirectoryLock&& other) noexcept : descriptor_(other.descriptor_) {
    other.descriptor_ = -1;
  }
  DirectoryLock& operator=(DirectoryLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~DirectoryLock();

 private:
  explicit DirectoryLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace skyden::store
