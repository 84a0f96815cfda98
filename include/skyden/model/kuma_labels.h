// SPDX-License-Identifier: Apache-2.0
// The labels and tags that Kuma gives a meaning, and how one is read. No other file spells a name,
// but for texts that are JSON.
#pragma once

#include <string_view>

#include "skyden/model/labels.h"

namespace skyden::model {

// Of resources.
inline constexpr std::string_view kMeshLabel = "kuma.io/mesh";
inline constexpr std::string_view kZoneLabel = "kuma.io/zone";
inline constexpr std::string_view kOriginLabel = "kuma.io/origin";
inline constexpr std::string_view kDisplayNameLabel = "kuma.io/display-name";
inline constexpr std::string_view kEnvironmentLabel = "kuma.io/env";
inline constexpr std::string_view kPolicyRoleLabel = "kuma.io/policy-role";
inline constexpr std::string_view kEffectLabel = "kuma.io/effect";
inline constexpr std::string_view kSyncLabel = "kuma.io/kds-sync";
inline constexpr std::string_view kWorkloadLabel = "kuma.io/workload";
inline constexpr std::string_view kNamespaceLabel = "k8s.kuma.io/namespace";
inline constexpr std::string_view kServiceAccountLabel = "k8s.kuma.io/service-account";

// Of kOriginLabel.
inline constexpr std::string_view kOriginGlobal = "global";
inline constexpr std::string_view kOriginZone = "zone";

// Of proxies.
inline constexpr std::string_view kServiceTag = "kuma.io/service";
inline constexpr std::string_view kProtocolTag = "kuma.io/protocol";
inline constexpr std::string_view kZoneTag = kZoneLabel;
inline constexpr std::string_view kExternalServiceTag = "kuma.io/external-service-name";

// The value of `key`, or "" when there is none.
inline std::string_view LabelOf(const Labels& labels, std::string_view key) {
  const auto found = labels.find(key);
  return found == labels.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace skyden::model
