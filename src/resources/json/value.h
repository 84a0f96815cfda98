// SPDX-License-Identifier: Apache-2.0
// A JSON text as a tree: what the schema engine checks, fills in and prints.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace skyden::resources::json {

struct Member;

// Strings are views into the document or the schema that they came from.
struct Value {
  enum class Kind : uint8_t { kNull, kBool, kNumber, kString, kArray, kObject };
  Kind kind = Kind::kNull;
  bool boolean = false;
  double number = 0;
  std::string_view text;        // kString
  std::vector<Value> items;     // kArray
  std::vector<Member> members;  // kObject; names are unique

  bool IsNull() const { return kind == Kind::kNull; }
  // The member's value; nullptr when there is none or this is not an object.
  const Value* Find(std::string_view name) const;
  Value* Find(std::string_view name);

  static Value String(std::string_view text);
  static Value Number(double number);
  static Value Bool(bool boolean);
  static Value Object();
};

struct Member {
  std::string_view name;
  Value value;
};

// "object", "array", "string", "number", "boolean", "null": JSON schema's words.
std::string_view KindName(Value::Kind kind);

// A parsed text. Not copyable; moving keeps views valid. The text must outlive it.
class Document {
 public:
  // INVALID_ARGUMENT in Go's words when the text is not JSON, is nested deeper than
  // limits::kJsonDepth, or holds a number beyond a float64. Of equal names the last counts, as Go
  // has it; what is not UTF-8 becomes U+FFFD.
  static absl::StatusOr<Document> Parse(std::string_view text);

  Document(Document&&) = default;
  Document& operator=(Document&&) = default;

  Value& root() { return root_; }
  const Value& root() const { return root_; }

 private:
  friend class Reader;
  Document() = default;

  Value root_;
  std::deque<std::string> unescaped_;  // strings whose text differs from how they were written
};

// Appends `text` as a JSON string. Only what JSON demands is escaped.
void AppendString(std::string_view text, std::string& out);
// Appends as Go prints a float64: integers without exponent below 1e21.
void AppendNumber(double number, std::string& out);
// Appends any value; members sorted by name, as Go prints a map.
void AppendValue(const Value& value, std::string& out);

}  // namespace skyden::resources::json
