// SPDX-License-Identifier: Apache-2.0
// What must hold of a message: the rules that Envoy's API states as options of its fields
// (`validate.rules`), made ready to be checked.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "resources/envoy/checks.h"
#include "resources/envoy/descriptions.h"

namespace skyden::resources::envoy {

struct ValueRules {
  enum class Kind {
    kPlain,    // `checks`
    kMessage,  // a message with rules of its own, unless `skip`
    kWrapper,  // e.g. UInt32Value: `checks` are of what is in it
  };
  Kind kind = Kind::kPlain;
  std::string required;  // what is said when it is missing; "" when it may be
  bool skip = false;
  std::vector<Check> checks;  // in order; of messages, only when it is there

  bool empty() const { return kind == Kind::kPlain && required.empty() && checks.empty(); }
};

struct FieldRules {
  const google::protobuf::FieldDescriptor* field;
  std::string go_name;
  std::function<std::string(size_t)> size;  // of lists and maps; null: any size
  bool ignore_empty = false;                // of lists and maps
  bool unique = false;
  ValueRules key;    // of maps
  ValueRules value;  // of the field, or of each element
};

struct OneofRules {
  const google::protobuf::OneofDescriptor* oneof;
  std::string go_name;
  bool required;
  std::vector<FieldRules> fields;
};

struct MessageRules {
  std::string go_name;
  // In the order in which they are checked.
  std::vector<FieldRules> fields;
  std::vector<OneofRules> oneofs;
  std::vector<FieldRules> optionals;  // checked only when they are there
  std::vector<std::string> unknown;   // rules that are not understood
};

// Thread-safe. Rules are made when a type is first asked for, and kept. `descriptions` must outlive
// it.
class RuleBook {
 public:
  explicit RuleBook(const Descriptions& descriptions);

  // Null for a type that has no validator in Kuma. `type` is of `descriptions`.
  const MessageRules* Of(const google::protobuf::Descriptor& type) const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  const google::protobuf::Message& field_rules_;  // an empty validate.FieldRules
  mutable absl::Mutex mu_;
  mutable absl::flat_hash_map<const google::protobuf::Descriptor*, std::unique_ptr<MessageRules>>
      known_ ABSL_GUARDED_BY(mu_);
};

}  // namespace skyden::resources::envoy
