// SPDX-License-Identifier: Apache-2.0
// The functions that every template has.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "resources/go_template/value.h"

namespace skyden::resources::go_template {

// What a function takes: `fixed` parameters and, when it is variadic, any number more.
struct Signature {
  size_t fixed = 0;
  bool variadic = false;
  bool text_first = false;  // the first must be a text; the others may be anything
};

bool IsBuiltin(std::string_view name);

// nullptr when there is none of that name.
const Signature* SignatureOf(std::string_view name);

// Any but `and`, `or` and `call`, which evaluate their arguments themselves. The arguments fit the
// signature. INVALID_ARGUMENT with Go's words.
absl::StatusOr<Value> CallBuiltin(std::string_view name, const std::vector<Value>& arguments);

}  // namespace skyden::resources::go_template
