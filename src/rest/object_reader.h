// SPDX-License-Identifier: Apache-2.0
// Reads one JSON object of known fields, and collects every error before it gives up: a client sees
// them all at once.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "rest/problem.h"

namespace skyden::rest {

// A decoded request, or what is wrong with it. Values are the service's to judge.
template <class T>
struct Decoded {
  std::optional<T> value;  // nullopt: see the rest
  std::string detail;
  std::vector<InvalidParameter> invalid;
};

// Thread-compatible.
class ObjectReader {
 public:
  explicit ObjectReader(std::string_view body);

  bool readable() const { return detail_.empty(); }
  const std::string& detail() const { return detail_; }
  std::vector<InvalidParameter>& invalid() { return invalid_; }

  void Refuse(std::string field, std::string rule, std::string reason) {
    invalid_.push_back({std::move(field), std::move(rule), std::move(reason), "body"});
  }

  // The field's value, which counts as known from now on; nullptr when it is absent.
  const nlohmann::json* Take(const char* name);
  // nullopt when absent, and when refused.
  std::optional<std::string> TakeString(const char* name);
  std::optional<bool> TakeBool(const char* name);
  std::optional<int64_t> TakeInteger(const char* name);
  std::optional<absl::Time> TakeTime(const char* name);  // RFC 3339
  // "" when it was refused.
  std::string TakeRequiredString(const char* name);

  // Refuses whatever was not taken.
  void RefuseUnknown();

 private:
  nlohmann::json object_ = nlohmann::json::object();
  std::string detail_;
  std::vector<InvalidParameter> invalid_;
  std::vector<std::string_view> known_;
};

// "Bad Request: name [required]: ...; ..."
std::string DetailOf(const std::vector<InvalidParameter>& invalid);

// Ends the reading: `value` unless something was refused.
template <class T>
Decoded<T> Result(ObjectReader& reader, T value) {
  Decoded<T> decoded;
  if (reader.readable()) reader.RefuseUnknown();
  decoded.invalid = std::move(reader.invalid());
  if (!reader.readable()) {
    decoded.detail = reader.detail();
  } else if (!decoded.invalid.empty()) {
    decoded.detail = DetailOf(decoded.invalid);
  } else {
    decoded.value = std::move(value);
  }
  return decoded;
}

}  // namespace skyden::rest
