// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"

namespace skyden::resources::open_api {

using Json = nlohmann::ordered_json;

inline Json Ref(std::string_view name) {
  return {{"$ref", fmt::format("#/components/schemas/{}", name)}};
}

// Schemas under names that are unique. Thread-compatible.
class SchemaBook {
 public:
  bool Has(const std::string& name) const { return schemas_.contains(name); }

  // The same schema may come twice under its name, another one may not.
  void Add(const std::string& name, Json schema) {
    const auto found = schemas_.find(name);
    if (found == schemas_.end()) {
      schemas_[name] = std::move(schema);
    } else if (*found != schema) {
      status_.Update(absl::InternalError(fmt::format("two schemas are called {}", name)));
    }
  }

  const absl::Status& status() const { return status_; }
  Json Take() { return std::move(schemas_); }

 private:
  Json schemas_ = Json::object();
  absl::Status status_;
};

}  // namespace skyden::resources::open_api
