// SPDX-License-Identifier: Apache-2.0
// The shape of a JSON type's spec and status, compiled once from the YAML of schema/resources/
// (its README.md is the grammar). Checks, fills in and prints values without looking at YAML again.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "resources/json/dropped_members.h"
#include "resources/json/value.h"
#include "skyden/base/status.h"
#include "skyden/model/type_registry.h"

namespace re2 {
class RE2;
}

namespace skyden::resources::json {

struct Shape;

struct Range {
  std::optional<double> min;
  std::optional<double> max;
};

// What a value may be.
struct Type {
  enum class Base : uint8_t {
    kString,
    kBool,
    kInteger,
    kDuration,
    kIntOrString,
    kBytes,
    kTime,
    kAny,
    kObject,
    kList,
    kMap
  };
  Base base = Base::kAny;
  std::string go_type;  // integers: "uint32"; shows in decoding errors
  std::string format;   // integers: "int32", "int64" or nothing; shows in checks
  Range go_range;       // integers: what go_type holds
  Range range;          // numbers
  Range length;         // strings, in characters
  Range items;          // lists
  std::string pattern_text;
  std::shared_ptr<const re2::RE2> pattern;
  std::vector<Value> choices;
  std::string choices_text;  // "[A B]"
  std::optional<Value> fallback;
  const Shape* shape = nullptr;   // kObject
  std::shared_ptr<Type> element;  // kList, kMap
};

struct Field {
  enum class Printed : uint8_t { kWhenGiven, kWhenNonzero, kAlways };
  std::string name;
  Type type;
  bool required = false;
  Printed printed = Printed::kWhenGiven;
};

struct Shape {
  std::string name;
  bool is_shared = false;             // of all types, not this one's own
  std::vector<Field> fields;          // as printed
  std::vector<const Field*> by_name;  // sorted, as checked
  const Field* Find(std::string_view member) const;
};

// Immutable after Compile, thread-safe.
class Schema {
 public:
  // An error names the shape and member.
  static absl::StatusOr<std::unique_ptr<Schema>> Compile(const model::TypeDescriptor& type,
                                                         const std::string& shared_shapes_yaml);
  ~Schema();
  // The name of the shape of a whole REST body: type, mesh, name, labels, spec, ...
  static constexpr std::string_view kBodyShape = "ResourceBody";
  const Type& body() const { return body_; }
  const Type& spec() const { return spec_; }
  const Type* status() const { return has_status_ ? &status_ : nullptr; }

 private:
  friend class Compiler;
  Schema();

  std::map<std::string, std::unique_ptr<Shape>, std::less<>> shapes_;
  std::deque<std::string> texts_;  // what choices and defaults point into
  Type body_;
  Type spec_;
  Type status_;
  bool has_status_ = false;
};

// Whether resources of this type are destinations with names of their own in SNI, which their
// answers have and their bodies may.
bool HasSnis(const model::TypeDescriptor& type);

// Puts defaults where members are missing or null, all the way down.
void FillDefaults(const Type& type, Value& value);

// Collects what is wrong with a body, in the words of Kuma's schema validator: one text each, of
// which the first word is the field when it begins with `spec.`.
class Problems {
 public:
  // Beyond limits::kSchemaViolations nothing is kept: an answer must not grow with the square of a
  // body.
  void Add(std::string message);
  bool empty() const { return violations_.empty(); }
  std::vector<base::FieldViolation> Take() { return std::move(violations_); }

 private:
  std::vector<base::FieldViolation> violations_;
};

// Checks `value`, found at `path` ("spec.to[0]"), against `type`.
void Check(const Type& type, const Value& value, const std::string& path, Problems& problems);

// Does to a checked value what decoding it into Go structs does: member names match in any case
// (those that are one member's become one), durations are rewritten ("60s" is "1m0s"), numbers must
// fit. `keep` holds rewritten texts. INVALID_ARGUMENT in Go's words; `root` is the name of the
// member that `value` is ("spec"), nothing for a whole body.
absl::Status Decode(const Type& type, std::string_view root, Value& value,
                    std::deque<std::string>& keep);

// Appends to `dropped` the paths of members that a decoded value has and its shape has not, with
// `path` in front. They are what AppendCanonical leaves out.
void FindUnknown(const Type& type, const Value& value, const std::string& path,
                 DroppedMembers& dropped);

// Takes them out: what reads a value after it sees what a Go struct holds.
void RemoveUnknown(const Type& type, Value& value);

// Appends a decoded value as Go would print it: known members only, in the shape's order.
void AppendCanonical(const Type& type, const Value& value, std::string& out);

}  // namespace skyden::resources::json
