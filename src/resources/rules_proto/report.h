// SPDX-License-Identifier: Apache-2.0
// Collects what is wrong with a resource, under field paths in Kuma's grammar.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "resources/go/text.h"
#include "skyden/base/status.h"

namespace skyden::resources::rules_proto {

// `conf.http[0].match["a"]`: each step makes a longer path.
class Path {
 public:
  Path() = default;
  explicit Path(std::string_view root) : text_(root) {}

  Path Field(std::string_view name) const {
    return text_.empty() ? Path(name) : Path(fmt::format("{}.{}", text_, name));
  }
  Path Index(size_t index) const { return Path(fmt::format("{}[{}]", text_, index)); }
  Path Key(std::string_view key) const { return Path(fmt::format("{}[{}]", text_, GoQuote(key))); }
  const std::string& str() const { return text_; }

 private:
  std::string text_;
};

class Report {
 public:
  void Add(const Path& path, std::string reason) {
    violations_.push_back({path.str(), std::move(reason)});
  }
  // What was found below `path`, whose fields are relative to it.
  void AddAll(const Path& path, const std::vector<base::FieldViolation>& below) {
    for (const base::FieldViolation& violation : below) {
      const bool direct = violation.field.empty() || violation.field.front() == '[';
      violations_.push_back(
          {direct ? path.str() + violation.field : path.Field(violation.field).str(),
           violation.reason});
    }
  }
  bool empty() const { return violations_.empty(); }
  std::vector<base::FieldViolation> Take() { return std::move(violations_); }

 private:
  std::vector<base::FieldViolation> violations_;
};

}  // namespace skyden::resources::rules_proto
