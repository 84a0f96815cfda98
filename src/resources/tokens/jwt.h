// SPDX-License-Identifier: Apache-2.0
// JSON Web Tokens as Kuma makes them: JWS compact serialisation, RS256, a key id, nothing else.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace skyden::resources {

// A token whose shape is right; nothing about its signature is known.
struct ParsedJwt {
  std::string key_id;
  std::string claims;         // JSON text of an object without duplicate names
  std::string signing_input;  // what the signature is of
  std::string signature;
};
// INVALID_ARGUMENT, saying what is wrong but nothing of the token.
absl::StatusOr<ParsedJwt> ParseJwt(std::string_view token);

// What the claims of a user or zone token say.
struct KumaClaims {
  std::optional<std::string> zone;
  std::vector<std::string> scope;
  std::optional<std::string> name;
  std::vector<std::string> groups;
  bool names_mesh = false;  // a dataplane token
  std::optional<double> expires_at;
  std::optional<double> not_before;
  std::string token_id;
};
absl::StatusOr<KumaClaims> ParseClaims(std::string_view claims);

// Claims in the order and form in which Kuma writes them.
struct TokenLife {
  absl::Time now;
  absl::Duration valid_for;
};
std::string ZoneClaims(std::string_view zone, const std::optional<std::vector<std::string>>& scope,
                       const TokenLife& life);
std::string UserClaims(std::string_view name, const std::optional<std::vector<std::string>>& groups,
                       const TokenLife& life);
struct DataplaneClaimsOf {
  std::string name;
  std::string mesh;
  std::map<std::string, std::vector<std::string>> tags;
  std::string type;
  std::string workload;
};
std::string DataplaneClaims(const DataplaneClaimsOf& of, const TokenLife& life);

// `private_key`: PEM text or PKCS#1 DER.
absl::StatusOr<std::string> SignJwt(std::string_view private_key, std::string_view key_id,
                                    std::string_view claims);

}  // namespace skyden::resources
