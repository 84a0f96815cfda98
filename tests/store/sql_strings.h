// SPDX-License-Identifier: Apache-2.0
// Texts that mean something where somebody builds SQL out of them: quotes of every kind, comments,
// several statements, bytes that are no text. For tests that hand them to every entry.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace skyden::store::testing {

// The same seed gives the same.
class SqlStrings {
 public:
  explicit SqlStrings(uint64_t seed) : random_(seed) {}
  std::string Next();

 private:
  size_t Below(size_t n) { return static_cast<size_t>(random_() % n); }
  template <class List>
  std::string Pick(const List& from) {
    return std::string(from[Below(std::size(from))]);
  }
  std::string OfWords();
  std::string OfStatement();
  std::string OfBytes();

  std::mt19937_64 random_;
};

}  // namespace skyden::store::testing
