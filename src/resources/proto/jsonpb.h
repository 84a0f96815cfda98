// SPDX-License-Identifier: Apache-2.0
// Protobuf messages as JSON, with the dialect that Kuma speaks (golang/protobuf's jsonpb v1).
//
// Google's own converter differs where it shows: enum values that have no name are kept and
// printed as numbers, durations are read as Go writes them, unknown fields vanish, and what does
// not fit is named in Go's words.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "resources/json/dropped_members.h"

namespace google::protobuf {
class Arena;
class Message;
}  // namespace google::protobuf

namespace skyden::resources {

struct JsonpbNotes {
  // Paths of the maps that were written as `{}`: the message cannot tell them from absent ones,
  // but some rules do. In JSON names, e.g. `conf.http[0].destination`.
  std::vector<std::string> empty_maps;
  // What the message has no field for, and what another member of the same choice took the place
  // of.
  DroppedMembers dropped;
};

// Fills `message` from JSON text, whose syntax is checked first. `notes` may be null.
// INVALID_ARGUMENT with Go's text.
absl::Status JsonpbDecode(std::string_view json, google::protobuf::Message& message,
                          JsonpbNotes* notes = nullptr);

// What a google.protobuf.Any may hold, and room for it.
struct JsonpbTypes {
  // An empty message of that type, which outlives `arena`; null when there is none.
  absl::FunctionRef<absl::StatusOr<const google::protobuf::Message*>(const std::string& full_name)>
      find;
  google::protobuf::Arena& arena;  // where every message comes to lie
  size_t bytes_max;                // of the arena
};

// Reads messages that hold an Any: what it holds must be of the type that it names. Only the name
// is kept in it: nobody here needs its bytes. RESOURCE_EXHAUSTED when the messages grow too large.
absl::StatusOr<const google::protobuf::Message*> JsonpbDecode(
    std::string_view json, const google::protobuf::Message& prototype, const JsonpbTypes& types);

// The message that an Any holds; null for `null`.
absl::StatusOr<const google::protobuf::Message*> JsonpbDecodeAny(std::string_view json,
                                                                 const JsonpbTypes& types);

// Clears every BytesValue that holds nothing. Kuma keeps specs as JSON, where it writes no bytes as
// null, so what is read back lacks them; while it is checked they are still there.
void DropEmptyBytes(google::protobuf::Message& message);

// One compact JSON object, fields in the order of their declaration, zero values left out.
// INVALID_ARGUMENT when a duration, a time or a free-form value holds what JSON cannot say.
absl::StatusOr<std::string> JsonpbEncode(const google::protobuf::Message& message);

}  // namespace skyden::resources
