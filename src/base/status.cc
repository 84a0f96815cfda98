// SPDX-License-Identifier: Apache-2.0
// Payload representation: a JSON array of [field, reason] pairs, and a bare string for the title.
#include "skyden/base/status.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/strings/cord.h"
#include "base/status_mark.h"

namespace skyden::base {
namespace {

constexpr char kViolationsUrl[] = "skyden/violations";
constexpr char kTitleUrl[] = "skyden/title";
constexpr char kGenuineUrl[] = "skyden/genuine";

}  // namespace

absl::Status WithViolations(absl::Status status, const std::vector<FieldViolation>& violations) {
  nlohmann::json list = nlohmann::json::array();
  for (const FieldViolation& v : violations) list.push_back({v.field, v.reason});
  using Json = nlohmann::json;
  // Field paths may echo what a client sent; invalid UTF-8 is replaced instead of thrown on.
  status.SetPayload(kViolationsUrl,
                    absl::Cord(list.dump(-1, ' ', false, Json::error_handler_t::replace)));
  return status;
}

std::vector<FieldViolation> ViolationsOf(const absl::Status& status) {
  std::vector<FieldViolation> violations;
  const auto payload = status.GetPayload(kViolationsUrl);
  if (!payload.has_value()) return violations;
  const nlohmann::json list = nlohmann::json::parse(std::string(*payload), nullptr, false);
  if (!list.is_array()) return violations;
  violations.reserve(list.size());
  for (const nlohmann::json& pair : list) {
    violations.push_back({pair[0].get<std::string>(), pair[1].get<std::string>()});
  }
  return violations;
}

absl::Status WithTitle(absl::Status status, const std::string& title) {
  status.SetPayload(kTitleUrl, absl::Cord(title));
  return status;
}

std::string TitleOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kTitleUrl);
  return payload.has_value() ? std::string(*payload) : std::string();
}

absl::Status AsGenuine(absl::Status status) { return WithMark(std::move(status), kGenuineUrl); }

bool IsGenuine(const absl::Status& status) { return HasMark(status, kGenuineUrl); }

}  // namespace skyden::base
