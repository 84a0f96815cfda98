// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/ballast.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace skyden::store::sqlite {
namespace {

constexpr uint64_t kStepBytes = 1u << 20;

constexpr uint64_t kShortBytes = 64u << 20;
constexpr char kBallastName[] = "/skyden.ballast";

}  // namespace

void DropBallastIfShort(const std::string& directory) {
  std::error_code error;
  const auto space = std::filesystem::space(directory, error);
  if (error || space.available >= kShortBytes) return;
  std::filesystem::resize_file(directory + kBallastName, 0, error);  // there may be none
}

Ballast::Ballast(const std::string& directory, uint64_t bytes)
    : descriptor_(bytes == 0 ? -1
                             : open((directory + kBallastName).c_str(),
                                    O_RDWR | O_CREAT | O_CLOEXEC, 0600)),
      bytes_(bytes) {}

Ballast::~Ballast() {
  if (descriptor_ >= 0) close(descriptor_);
}

bool Ballast::Take() {
  if (bytes_ == 0) return true;
  if (descriptor_ < 0) return false;
  // All at once, or what there is: what is left must not go to the next who asks.
  if (held_ == 0 && posix_fallocate(descriptor_, 0, static_cast<off_t>(bytes_)) == 0) {
    held_ = bytes_;
  }
  while (held_ < bytes_) {
    const uint64_t step = std::min(kStepBytes, bytes_ - held_);
    if (posix_fallocate(descriptor_, static_cast<off_t>(held_), static_cast<off_t>(step)) != 0) {
      break;
    }
    held_ += step;
  }
  // A step that failed half way may have left its part.
  if (held_ < bytes_ && ftruncate(descriptor_, static_cast<off_t>(held_)) != 0) return false;
  return held_ == bytes_;
}

void Ballast::Drop() {
  if (descriptor_ < 0 || ftruncate(descriptor_, 0) != 0) return;
  held_ = 0;
}

}  // namespace skyden::store::sqlite
