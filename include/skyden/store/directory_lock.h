// SPDX-License-Identifier: Apache-2.0
// Holds a data directory for one process.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace skyden::store::sqlite {

// Movable. The lock ends with the object, or with the process however it ends.
class DirectoryLock {
 public:
  // Creates `directory` (mode 0700) when it is missing. UNAVAILABLE when somebody holds it.
  static absl::StatusOr<DirectoryLock> Take(const std::string& directory);
  DirectoryLock(DirectoryLock&& other) noexcept : descriptor_(other.descriptor_) {
    other.descriptor_ = -1;
  }
  DirectoryLock& operator=(DirectoryLock&&) = delete;
  ~DirectoryLock();

 private:
  explicit DirectoryLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace skyden::store::sqlite
