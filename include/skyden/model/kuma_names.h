// SPDX-License-Identifier: Apache-2.0
// The names that Kuma gives to what every control plane has: groups of users, secrets, and the one
// Config.
#pragma once

#include <string_view>

namespace skyden::model {

// Groups. Whoever holds kAdminGroup may do everything; whoever signed in is in kAuthenticatedGroup.
inline constexpr std::string_view kSystemGroupPrefix = "mesh-system:";
inline constexpr std::string_view kAdminGroup = "mesh-system:admin";
inline constexpr std::string_view kAuthenticatedGroup = "mesh-system:authenticated";

// GlobalSecrets. A key's name is one of these, "-" and the key's id.
inline constexpr std::string_view kZoneTokenSigningKey = "zone-token-signing-key";
inline constexpr std::string_view kZoneTokenSigningPublicKey = "zone-token-signing-public-key";
inline constexpr std::string_view kZoneTokenRevocations = "zone-token-revocations";
inline constexpr std::string_view kUserTokenSigningKey = "user-token-signing-key";
inline constexpr std::string_view kUserTokenRevocations = "user-token-revocations";
inline constexpr std::string_view kAdminUserToken = "admin-user-token";
inline constexpr std::string_view kInterCpCa = "inter-cp-ca";
inline constexpr std::string_view kEnvoyAdminCa = "envoy-admin-ca";
// Secrets for dataplane tokens: what signs them, what revokes them.
inline constexpr std::string_view kDataplaneTokenPrefix = "dataplane-token-";
// This, and the mesh's name.
inline constexpr std::string_view kDataplaneTokenSigningKeyPrefix = "dataplane-token-signing-key-";

// The Config that holds the control plane's id as zones know it.
inline constexpr std::string_view kClusterIdConfig = "kuma-cluster-id";

}  // namespace skyden::model
