// SPDX-License-Identifier: Apache-2.0
#include "resources/rules_json/node.h"

#include <fmt/format.h>

#include <charconv>

#include "resources/go/text.h"
#include "skyden/base/go_duration.h"

namespace skyden::resources::rules_json {

std::string Path::ToString() const {
  std::string out;
  for (size_t i = 0; i < size_; ++i) {
    const Step& step = steps_[i];
    switch (step.kind) {
      case Kind::kField:
        if (step.name.empty()) break;
        if (!out.empty()) out += '.';
        out += step.name;
        break;
      case Kind::kIndex:
        out += fmt::format("[{}]", step.index);
        break;
      case Kind::kKey:
        out += fmt::format("[{}]", GoQuote(step.name));
        break;
    }
  }
  return out;
}

std::vector<Node> Node::Items() const {
  std::vector<Node> items;
  if (value_ == nullptr) return items;
  items.reserve(value_->items.size());
  for (size_t i = 0; i < value_->items.size(); ++i) items.push_back(At(i));
  return items;
}

absl::Duration Node::duration() const {
  const auto duration = base::ParseGoDuration(text());
  return duration.ok() ? *duration : absl::ZeroDuration();
}

// Sign, digits with at most one dot among them, exponent.
std::optional<double> Node::decimal() const {
  if (value_ == nullptr) return 0;
  if (value_->kind == json::Value::Kind::kNumber) return value_->number;
  std::string_view rest = text();
  if (!rest.empty() && rest.front() == '+') {
    rest.remove_prefix(1);
    if (!rest.empty() && rest.front() == '-') return std::nullopt;
  }
  const size_t digit = rest.find_first_of("0123456789");
  if (digit == std::string_view::npos) return std::nullopt;
  if (rest.find_first_not_of("+-.eE0123456789") != std::string_view::npos) return std::nullopt;
  double number = 0;
  const auto result = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (result.ec == std::errc::result_out_of_range) return rest.front() == '-' ? -1e308 : 1e308;
  if (result.ec != std::errc() || result.ptr != rest.data() + rest.size()) return std::nullopt;
  return number;
}

const std::vector<json::Member>& Node::members() const {
  static const std::vector<json::Member> kNone;
  return value_ == nullptr ? kNone : value_->members;
}

}  // namespace skyden::resources::rules_json
