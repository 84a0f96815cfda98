// SPDX-License-Identifier: Apache-2.0
// Every leniency of a JWS parser has been somebody's hole: base64url is strict, the algorithm is
// pinned, names may not repeat, and extensions that must be understood ("crit") are refused.
#include "resources/tokens/jwt.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "resources/go/text.h"
#include "skyden/base/crypto.h"
#include "skyden/base/json_text.h"
#include "skyden/base/jws.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"

namespace skyden::resources {
namespace {

using Json = nlohmann::json;

constexpr absl::Duration kClockSkew = absl::Seconds(5);

absl::StatusOr<Json> ParseObject(std::string_view text, std::string_view what) {
  Json parsed;
  if (base::IsStrictJson(text, base::limits::kJwtDepth)) parsed = Json::parse(text, nullptr, false);
  if (parsed.is_object()) return parsed;
  return absl::InvalidArgumentError(fmt::format("token {} is malformed", what));
}

absl::StatusOr<std::string> DecodePart(std::string_view part, std::string_view what) {
  auto decoded = base::Base64UrlDecode(part);
  if (part.empty() || !decoded.ok()) {
    return absl::InvalidArgumentError(fmt::format("token {} is malformed", what));
  }
  return *std::move(decoded);
}

// nullopt when absent; an error when it is there and not a string.
absl::StatusOr<std::optional<std::string>> StringClaim(const Json& claims, const char* name) {
  const auto found = claims.find(name);
  if (found == claims.end()) return std::nullopt;
  if (!found->is_string()) return absl::InvalidArgumentError("token claims are malformed");
  return found->get<std::string>();
}

absl::StatusOr<std::vector<std::string>> StringsClaim(const Json& claims, const char* name) {
  std::vector<std::string> strings;
  const auto found = claims.find(name);
  if (found == claims.end() || found->is_null()) return strings;
  if (!found->is_array()) return absl::InvalidArgumentError("token claims are malformed");
  for (const Json& each : *found) {
    if (!each.is_string()) return absl::InvalidArgumentError("token claims are malformed");
    strings.push_back(each.get<std::string>());
  }
  return strings;
}

absl::StatusOr<std::optional<double>> TimeClaim(const Json& claims, const char* name) {
  const auto found = claims.find(name);
  if (found == claims.end()) return std::nullopt;
  if (!found->is_number()) return absl::InvalidArgumentError("token claims are malformed");
  const double seconds = found->get<double>();
  if (!std::isfinite(seconds)) return absl::InvalidArgumentError("token claims are malformed");
  return seconds;
}

std::string StringList(const std::vector<std::string>& strings) {
  std::string list = "[";
  for (const std::string& each : strings) {
    if (list.size() > 1) list += ',';
    list += GoJsonString(each);
  }
  return list + "]";
}

std::string ListOrNull(const std::optional<std::vector<std::string>>& strings) {
  return strings.has_value() ? StringList(*strings) : "null";
}

std::string RegisteredClaims(const TokenLife& life) {
  const int64_t issued = absl::ToUnixSeconds(life.now - kClockSkew);
  return fmt::format(R"("exp":{},"nbf":{},"iat":{},"jti":"{}")",
                     absl::ToUnixSeconds(life.now + life.valid_for), issued, issued,
                     base::RandomUuid());
}

}  // namespace

absl::StatusOr<ParsedJwt> ParseJwt(std::string_view token) {
  if (token.size() > base::limits::kJwtBytes)
    return absl::InvalidArgumentError("token is too long");
  const auto parts = base::SplitJws(token);
  if (!parts.has_value()) return absl::InvalidArgumentError("token must have three parts");
  SKYDEN_ASSIGN_OR_RETURN(const std::string header_text, DecodePart(parts->header, "header"));
  SKYDEN_ASSIGN_OR_RETURN(const Json header, ParseObject(header_text, "header"));
  if (header.value("alg", Json()) != Json("RS256")) {
    return absl::InvalidArgumentError("token alg must be RS256");
  }
  if (header.contains("typ") && header["typ"] != Json("JWT")) {
    return absl::InvalidArgumentError("token typ must be JWT");
  }
  if (header.contains("crit")) {
    return absl::InvalidArgumentError("token has extensions that are not understood");
  }
  const Json key_id = header.value("kid", Json());
  if (!key_id.is_string()) return absl::InvalidArgumentError("token kid must be a string");

  ParsedJwt parsed;
  parsed.key_id = key_id.get<std::string>();
  if (parsed.key_id.empty() || parsed.key_id.size() > base::limits::kJwtKeyIdBytes) {
    return absl::InvalidArgumentError("token kid is malformed");
  }
  SKYDEN_ASSIGN_OR_RETURN(parsed.claims, DecodePart(parts->payload, "claims"));
  SKYDEN_RETURN_IF_ERROR(ParseObject(parsed.claims, "claims").status());
  SKYDEN_ASSIGN_OR_RETURN(parsed.signature, DecodePart(parts->signature, "signature"));
  parsed.signing_input = std::string(parts->signed_part);
  return parsed;
}

absl::StatusOr<KumaClaims> ParseClaims(std::string_view text) {
  SKYDEN_ASSIGN_OR_RETURN(const Json json, ParseObject(text, "claims"));
  KumaClaims claims;
  SKYDEN_ASSIGN_OR_RETURN(claims.zone, StringClaim(json, "Zone"));
  SKYDEN_ASSIGN_OR_RETURN(claims.scope, StringsClaim(json, "Scope"));
  SKYDEN_ASSIGN_OR_RETURN(claims.name, StringClaim(json, "Name"));
  SKYDEN_ASSIGN_OR_RETURN(claims.groups, StringsClaim(json, "Groups"));
  claims.names_mesh = json.contains("Mesh");
  SKYDEN_ASSIGN_OR_RETURN(claims.expires_at, TimeClaim(json, "exp"));
  SKYDEN_ASSIGN_OR_RETURN(claims.not_before, TimeClaim(json, "nbf"));
  SKYDEN_ASSIGN_OR_RETURN(const auto token_id, StringClaim(json, "jti"));
  claims.token_id = token_id.value_or("");
  return claims;
}

std::string ZoneClaims(std::string_view zone, const std::optional<std::vector<std::string>>& scope,
                       const TokenLife& life) {
  return fmt::format(R"({{"Zone":{},"Scope":{},{}}})", GoJsonString(zone), ListOrNull(scope),
                     RegisteredClaims(life));
}

std::string UserClaims(std::string_view name, const std::optional<std::vector<std::string>>& groups,
                       const TokenLife& life) {
  return fmt::format(R"({{"Name":{},"Groups":{},{}}})", GoJsonString(name), ListOrNull(groups),
                     RegisteredClaims(life));
}

std::string DataplaneClaims(const DataplaneClaimsOf& of, const TokenLife& life) {
  std::string tags = "{";
  for (const auto& [key, values] : of.tags) {
    if (tags.size() > 1) tags += ',';
    // A set in Kuma: sorted, each value once.
    const std::set<std::string> distinct(values.begin(), values.end());
    tags += GoJsonString(key) + ":" + StringList({distinct.begin(), distinct.end()});
  }
  tags += '}';
  return fmt::format(R"({{"Name":{},"Mesh":{},"Tags":{},"Type":{},"Workload":{},{}}})",
                     GoJsonString(of.name), GoJsonString(of.mesh), tags, GoJsonString(of.type),
                     GoJsonString(of.workload), RegisteredClaims(life));
}

absl::StatusOr<std::string> SignJwt(std::string_view private_key, std::string_view key_id,
                                    std::string_view claims) {
  const std::string header =
      fmt::format(R"({{"alg":"RS256","kid":{},"typ":"JWT"}})", GoJsonString(key_id));
  std::string token = base::Base64UrlEncode(header) + "." + base::Base64UrlEncode(claims);
  SKYDEN_ASSIGN_OR_RETURN(const std::string signature, base::RsaSignSha256(private_key, token));
  return token + "." + base::Base64UrlEncode(signature);
}

}  // namespace skyden::resources
