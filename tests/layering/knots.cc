// SPDX-License-Identifier: Apache-2.0
#include "tests/layering/knots.h"

#include <algorithm>
#include <sstream>
#include <string_view>
#include <utility>

#include "tests/layering/include_line.h"
#include "tests/layering/sources.h"

namespace skyden::layering {
namespace {

std::string UnitOf(std::string_view path) {
  for (const std::string_view prefix : {"include/", "src/", "skyden/"}) {
    if (path.starts_with(prefix)) path.remove_prefix(prefix.size());
  }
  return std::string(path.substr(0, path.rfind('.')));
}

// Tarjan's algorithm: units of one knot lie together on the stack when its first is done.
class Search {
 public:
  explicit Search(const Units& units) : units_(units) {
    for (const auto& [unit, includes] : units_) {
      if (!seen_.contains(unit)) Visit(unit);
    }
  }
  std::vector<std::vector<std::string>> Take() { return std::move(knots_); }

 private:
  struct Seen {
    size_t number = 0;
    size_t lowest = 0;  // that it leads back to
    bool on_stack = true;
  };

  size_t Visit(const std::string& unit) {
    const size_t number = seen_.size();
    seen_[unit] = {number, number};
    stack_.push_back(unit);
    size_t lowest = number;
    for (const std::string& next : units_.at(unit)) {
      if (!units_.contains(next)) continue;
      const auto found = seen_.find(next);
      if (found == seen_.end()) {
        lowest = std::min(lowest, Visit(next));
      } else if (found->second.on_stack) {
        lowest = std::min(lowest, found->second.number);
      }
    }
    if (lowest == number) Close(unit);
    return lowest;
  }

  void Close(const std::string& first) {
    std::vector<std::string> knot;
    do {
      knot.push_back(stack_.back());
      seen_[stack_.back()].on_stack = false;
      stack_.pop_back();
    } while (knot.back() != first);
    if (knot.size() == 1) return;
    std::sort(knot.begin(), knot.end());
    knots_.push_back(std::move(knot));
  }

  const Units& units_;
  std::map<std::string, Seen> seen_;
  std::vector<std::string> stack_;
  std::vector<std::vector<std::string>> knots_;
};

}  // namespace

Units ReadUnits(const std::string& root) {
  Units units;
  for (const Source& source : ReadSources(root)) {
    const std::string unit = UnitOf(source.path);
    auto& includes = units[unit];
    std::istringstream in(source.text);
    for (std::string line; std::getline(in, line);) {
      const Include include = IncludeOf(line);
      if (include.quoted && UnitOf(include.name) != unit) includes.insert(UnitOf(include.name));
    }
  }
  return units;
}

std::vector<std::vector<std::string>> FindKnots(const Units& units) {
  auto knots = Search(units).Take();
  std::stable_sort(knots.begin(), knots.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return knots;
}

}  // namespace skyden::layering
