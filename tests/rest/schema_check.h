// SPDX-License-Identifier: Apache-2.0
// Whether a value is what a schema of the OpenAPI document says, as far as the document goes: the
// keywords that it uses, and no others.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace skyden::rest {

class SchemaCheck {
 public:
  // `document` outlives it.
  explicit SchemaCheck(const nlohmann::ordered_json& document) : document_(document) {}

  // What does not fit, with its place; empty when all does.
  std::vector<std::string> Misfits(const nlohmann::ordered_json& schema,
                                   const nlohmann::json& value) const;
  // What "$ref" leads to, or `node` itself.
  const nlohmann::ordered_json& Follow(const nlohmann::ordered_json& node) const;

 private:
  void Check(const nlohmann::ordered_json& schema, const nlohmann::json& value,
             const std::string& place, std::vector<std::string>& misfits) const;
  nlohmann::ordered_json Merged(const nlohmann::ordered_json& schema) const;
  void CheckObject(const nlohmann::ordered_json& schema, const nlohmann::json& value,
                   const std::string& place, std::vector<std::string>& misfits) const;

  const nlohmann::ordered_json& document_;
};

}  // namespace skyden::rest
