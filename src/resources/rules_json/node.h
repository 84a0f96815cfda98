// SPDX-License-Identifier: Apache-2.0
// How rules look at a spec: a value together with the path that led to it. Asking for what is not
// there gives an absent node, so rules read like the conditions they state.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "resources/json/value.h"
#include "skyden/base/status.h"
#include "skyden/model/kuma_version.h"

namespace skyden::resources::rules_json {

// "spec.to[0].default": cheap to extend, printed only when something is wrong. Names must outlive
// it; they are literals or belong to the document.
class Path {
 public:
  explicit Path(std::string_view root) { steps_[size_++].name = root; }
  Path Field(std::string_view name) const { return Extend({name, Kind::kField, 0}); }
  Path Index(size_t index) const { return Extend({{}, Kind::kIndex, index}); }
  Path Key(std::string_view key) const { return Extend({key, Kind::kKey, 0}); }
  std::string ToString() const;

 private:
  enum class Kind : uint8_t { kField, kIndex, kKey };
  struct Step {
    std::string_view name;
    Kind kind = Kind::kField;
    size_t index = 0;
  };
  Path Extend(Step step) const {
    Path longer = *this;
    if (longer.size_ < kStepsMax) longer.steps_[longer.size_++] = step;
    return longer;
  }

  static constexpr size_t kStepsMax = 18;  // the deepest rule needs 13
  std::array<Step, kStepsMax> steps_;
  size_t size_ = 0;
};

class Node {
 public:
  Node(const json::Value* value, Path path)
      : value_(value != nullptr && value->IsNull() ? nullptr : value), path_(std::move(path)) {}

  // Given, and not null.
  explicit operator bool() const { return value_ != nullptr; }
  Node operator[](std::string_view member) const {
    return {value_ == nullptr ? nullptr : value_->Find(member), path_.Field(member)};
  }
  bool Has(std::string_view member) const {
    const json::Value* const value = value_ == nullptr ? nullptr : value_->Find(member);
    return value != nullptr && !value->IsNull();
  }
  // Elements of a list or members of a map; 0 when absent.
  size_t size() const {
    return value_ == nullptr ? 0 : value_->items.size() + value_->members.size();
  }
  Node At(size_t index) const { return {&value_->items[index], path_.Index(index)}; }
  std::vector<Node> Items() const;
  // The same value, blamed under another path.
  Node Named(Path path) const { return {value_, std::move(path)}; }

  std::string_view text() const { return value_ == nullptr ? std::string_view() : value_->text; }
  double number() const { return value_ == nullptr ? 0 : value_->number; }
  bool boolean() const { return value_ != nullptr && value_->boolean; }
  absl::Duration duration() const;
  // An integer or a decimal in a string; nullopt when the string is neither.
  std::optional<double> decimal() const;
  const std::vector<json::Member>& members() const;

  const json::Value* value() const { return value_; }
  const Path& path() const { return path_; }

 private:
  const json::Value* value_;
  Path path_;
};

// Collects what is wrong, by the rules of one version of Kuma: where those differ, a rule has a
// table with what each says (model::ByVersion).
class Report {
 public:
  explicit Report(model::KumaVersion version) : version_(version) {}
  model::KumaVersion version() const { return version_; }

  void Add(const Path& path, std::string reason) {
    violations_.push_back({path.ToString(), std::move(reason)});
  }
  void Add(const Node& node, std::string reason) { Add(node.path(), std::move(reason)); }
  std::vector<base::FieldViolation> Take() { return std::move(violations_); }

 private:
  const model::KumaVersion version_;
  std::vector<base::FieldViolation> violations_;
};

// Wordings that several rules share.
inline constexpr const char* kMustBeDefined = "must be defined";
inline constexpr const char* kMustNotBeDefined = "must not be defined";
inline constexpr const char* kMustNotBeEmpty = "must not be empty";
inline constexpr const char* kMustBeSet = "must be set";
inline constexpr const char* kPortRange = "port must be a valid (1-65535)";

}  // namespace skyden::resources::rules_json
