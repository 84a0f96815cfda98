// SPDX-License-Identifier: Apache-2.0
// The conditions that lists of the manager take: filter[field], filter[field][op].
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace skyden::model {

struct TextFilter {
  std::string field;
  // The two "or" operators take comma-separated values.
  enum class Op { kEq, kNeq, kContains, kOrEq, kOrContains, kExists } op = Op::kEq;
  std::string value;
};

// `value` is the field's, or nullopt when the item has none: that is unlike every value.
// `contains` does not look at the case of letters: it serves people who search. Equality does.
bool Matches(std::optional<std::string_view> value, const TextFilter& filter);

}  // namespace skyden::model
