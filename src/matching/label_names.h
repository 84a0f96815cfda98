// SPDX-License-Identifier: Apache-2.0
// The labels and tags that decide who is meant.
#pragma once

#include <string_view>

#include "skyden/model/resource.h"

namespace skyden::matching {

inline constexpr std::string_view kZoneLabel = "kuma.io/zone";
inline constexpr std::string_view kOriginLabel = "kuma.io/origin";
inline constexpr std::string_view kDisplayNameLabel = "kuma.io/display-name";
inline constexpr std::string_view kPolicyRoleLabel = "kuma.io/policy-role";
inline constexpr std::string_view kEffectLabel = "kuma.io/effect";
inline constexpr std::string_view kNamespaceLabel = "k8s.kuma.io/namespace";

inline constexpr std::string_view kServiceTag = "kuma.io/service";
inline constexpr std::string_view kProtocolTag = "kuma.io/protocol";

inline constexpr std::string_view kOriginGlobal = "global";
inline constexpr std::string_view kOriginZone = "zone";

// "" when there is none.
inline std::string_view LabelOf(const model::Labels& labels, std::string_view key) {
  const auto found = labels.find(key);
  return found == labels.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace skyden::matching
