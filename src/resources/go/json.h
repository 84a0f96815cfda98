// SPDX-License-Identifier: Apache-2.0
// Reads JSON as Go's encoding/json does, down to its error texts. Nothing is copied until a leaf
// is wanted: a value is the text it was written as.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace skyden::resources::go_json {

// OK when `text` is one JSON value with nothing but space around it and no more than `depth_max`
// values inside one another. INVALID_ARGUMENT in Go's words otherwise.
absl::Status CheckValid(std::string_view text, int depth_max);

// The first value of `text`, read as from a stream: what follows it is not looked at, and a text
// that ends early has another error. INVALID_ARGUMENT in Go's words.
absl::StatusOr<std::string_view> FirstOf(std::string_view text, int depth_max);

// What follows takes `raw`: one value out of a text that passed one of these. Results point into
// it.

std::string_view Trim(std::string_view raw);
// Between values.
inline bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
inline bool IsNull(std::string_view raw) { return raw == "null"; }
// "object", "array", "string", "number", "bool" or "null": as Go names it in errors.
std::string_view KindOf(std::string_view raw);

// The members of an object, in the order in which they are written.
void ForEachMember(std::string_view raw,
                   absl::FunctionRef<void(std::string_view name, std::string_view value)> fn);

// By name; of equal names the last one counts. `null` has no members.
// INVALID_ARGUMENT when it is not an object.
using Members = std::map<std::string, std::string_view, std::less<>>;
absl::StatusOr<Members> MembersOf(std::string_view raw);
// `null` has no elements. INVALID_ARGUMENT when it is not an array.
absl::StatusOr<std::vector<std::string_view>> ElementsOf(std::string_view raw);

// Scalars; `null` leaves the zero value. INVALID_ARGUMENT in Go's words when the kind or the
// range is wrong. `go_type` is what the text calls the wanted type, e.g. "uint32".
absl::StatusOr<bool> BoolOf(std::string_view raw);
absl::StatusOr<std::string> StringOf(std::string_view raw);
absl::StatusOr<std::string> BytesOf(std::string_view raw);  // base64 text, or an array of numbers
absl::StatusOr<int64_t> IntOf(std::string_view raw, std::string_view go_type, int64_t min,
                              int64_t max);
absl::StatusOr<uint64_t> UintOf(std::string_view raw, std::string_view go_type, uint64_t max);
absl::StatusOr<double> DoubleOf(std::string_view raw);
absl::StatusOr<float> FloatOf(std::string_view raw);

absl::Status Mismatch(std::string_view raw, std::string_view go_type);

}  // namespace skyden::resources::go_json
