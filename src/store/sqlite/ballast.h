// SPDX-License-Identifier: Apache-2.0
// Room on the disk that is kept for deletions: a file that holds nothing (skyden.ballast).
#pragma once

#include <cstdint>
#include <string>

namespace skyden::store::sqlite {

// Drops what a last life kept when the disk is short of room: an opening needs some.
void DropBallastIfShort(const std::string& directory);

// Thread-compatible.
class Ballast {
 public:
  // `bytes` 0: none.
  Ballast(const std::string& directory, uint64_t bytes);
  ~Ballast();
  Ballast(const Ballast&) = delete;
  Ballast& operator=(const Ballast&) = delete;

  // Takes what is missing, as far as the disk has it. True when all is there.
  bool Take();
  // Gives it to whoever needs room now.
  void Drop();

 private:
  const int descriptor_;
  const uint64_t bytes_;
  uint64_t held_ = 0;
};

}  // namespace skyden::store::sqlite
