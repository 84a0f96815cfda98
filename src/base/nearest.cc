// SPDX-License-Identifier: Apache-2.0
// Nearness is the number of letters that must be put in, left out, exchanged or swapped with their
// neighbour; a word that begins another is near to it.
#include "skyden/base/nearest.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace skyden::base {
namespace {

constexpr size_t kComparedBytes = 64;
constexpr size_t kShownBytes = 64;
constexpr size_t kPrefixBytes = 2;

std::string Folded(std::string_view word) {
  std::string folded(word.substr(0, kComparedBytes));
  for (char& c : folded) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return folded;
}

// What a person typed goes into one line of a terminal.
std::string Shown(std::string_view word) {
  std::string shown(word.substr(0, kShownBytes));
  std::replace_if(
      shown.begin(), shown.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
  return shown;
}

size_t Distance(std::string_view a, std::string_view b) {
  // Rows of the usual table: two above the one that is filled.
  std::vector<size_t> before(b.size() + 1);
  std::vector<size_t> above(b.size() + 1);
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t exchanged = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, exchanged});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(above);
    above.swap(row);
  }
  return above[b.size()];
}

}  // namespace

std::string NearestWord(std::string_view word, const std::vector<std::string>& known) {
  if (known.empty()) return "";
  const std::string given = Folded(word);
  const std::string* nearest = nullptr;
  size_t distance = 0;
  for (const std::string& one : known) {
    const std::string other = Folded(one);
    const bool begins = given.size() >= kPrefixBytes && other.starts_with(given);
    const size_t to_it = begins ? 1 : Distance(given, other);
    if (nearest == nullptr || to_it < distance) {
      nearest = &one;
      distance = to_it;
    }
  }
  const bool near = distance <= std::max<size_t>(1, given.size() / 3);
  return near ? fmt::format("did you mean \"{}\"?", *nearest)
              : fmt::format("the nearest is \"{}\"", *nearest);
}

std::string NotOneOf(std::string_view word, const std::vector<std::string>& known) {
  if (std::find(known.begin(), known.end(), word) != known.end()) return "";
  return fmt::format("\"{}\" is none of {}; {}", Shown(word), fmt::join(known, ", "),
                     NearestWord(word, known));
}

}  // namespace skyden::base
