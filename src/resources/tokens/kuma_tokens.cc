// SPDX-License-Identifier: Apache-2.0
#include "skyden/resources/kuma_tokens.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "resources/tokens/jwt.h"
#include "resources/tokens/signing_keys.h"
#include "resources/write/errors.h"
#include "resources/write/secret_spec.h"
#include "skyden/base/crypto.h"
#include "skyden/base/go_duration.h"
#include "skyden/base/status.h"
#include "skyden/model/kuma_names.h"
#include "skyden/resources/access.h"

namespace skyden::resources {
namespace {

constexpr std::string_view kInvalidTitle = "Invalid request";
constexpr absl::Duration kDefaultLifetime = absl::Hours(10 * 365 * 24);
using Violations = std::vector<base::FieldViolation>;

// Zero, and a violation, when it is not a duration.
absl::Duration ReadDuration(const std::string& text, Violations& violations) {
  const absl::StatusOr<absl::Duration> duration = base::ParseGoDuration(text);
  if (duration.ok()) return *duration;
  violations.push_back(
      {"validFor", fmt::format("is invalid: {}", std::string(duration.status().message()))});
  return absl::ZeroDuration();
}

absl::Duration ReadOptionalDuration(const std::string& text, Violations& violations) {
  return text.empty() ? kDefaultLifetime : ReadDuration(text, violations);
}

// What a version asks of who wants a token.
struct Terms {
  bool zone_needs_scope;
  bool zone_proxies;  // have tokens of a type of their own
};
constexpr model::ByVersion<Terms> kTerms = {{{{true, true}, {false, false}}}};

bool IsProxyType(const Terms& terms, std::string_view type) {
  return type == "dataplane" || (terms.zone_proxies && (type == "ingress" || type == "egress"));
}

bool ListsToken(std::string_view list, std::string_view token_id) {
  if (list.ends_with('\n')) list.remove_suffix(1);
  while (!list.empty()) {
    const size_t comma = list.find(',');
    if (list.substr(0, comma) == token_id) return true;
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return false;
}

absl::Status Refused(std::string_view why) { return absl::UnauthenticatedError(std::string(why)); }

class SecretTokens final : public KumaTokens {
 public:
  explicit SecretTokens(Deps deps)
      : deps_(deps),
        secret_(deps.registry.core().secret),
        global_secret_(deps.registry.core().global_secret) {}

  absl::StatusOr<std::string> IssueZone(const model::TenantScope& scope,
                                        const ZoneTokenRequest& request) override {
    SKYDEN_RETURN_IF_ERROR(
        CheckAdmin(scope, fmt::format("generate zone token for zone '{}'", request.zone)));
    Violations violations;
    // Kuma 2.14 refuses both; kumactl 3 knows no scopes and says so.
    const bool needs_scope = kTerms[scope.version()].zone_needs_scope;
    if (needs_scope && !request.scope.has_value() && !request.scope_is_null) {
      violations.push_back({"scope", "cannot be empty"});
    }
    const absl::Duration valid_for = ReadOptionalDuration(request.valid_for, violations);
    if (!violations.empty()) return errors::Invalid(kInvalidTitle, violations);
    return Sign(scope, model::kZoneTokenSigningKey, "",
                ZoneClaims(request.zone, request.scope, {deps_.clock.Now(), valid_for}));
  }

  absl::StatusOr<std::string> IssueDataplane(const model::TenantScope& scope,
                                             const DataplaneTokenRequest& request) override {
    Violations violations;
    if (request.mesh.empty()) violations.push_back({"mesh", "cannot be empty"});
    const absl::Duration valid_for = ReadOptionalDuration(request.valid_for, violations);
    if (!request.type.empty() && !IsProxyType(kTerms[scope.version()], request.type)) {
      violations.push_back({"type", fmt::format("{} is not a valid proxy type", request.type)});
    }
    if (!violations.empty()) return errors::Invalid(kInvalidTitle, violations);
    SKYDEN_RETURN_IF_ERROR(CheckAdmin(scope, "generate dataplane token"));
    auto tags = request.tags;
    std::erase_if(tags, [](const auto& tag) { return tag.second.empty(); });
    const DataplaneClaimsOf claims{request.name, request.mesh, std::move(tags), request.type,
                                   request.workload};
    return Sign(scope, DataplaneTokenSigningKey(request.mesh), request.mesh,
                DataplaneClaims(claims, {deps_.clock.Now(), valid_for}));
  }

  absl::StatusOr<std::string> IssueUser(const model::TenantScope& scope,
                                        const UserTokenRequest& request) override {
    if (!IsAdmin(scope)) {
      return base::WithTitle(absl::PermissionDeniedError("action not allowed"), "Access Denied");
    }
    if (!scope.read_only().empty()) return errors::ReadOnly(scope.read_only());
    Violations violations;
    if (request.name.empty()) violations.push_back({"name", "cannot be empty"});
    absl::Duration valid_for;
    if (request.valid_for.empty()) {
      violations.push_back({"validFor", "cannot be empty"});
    } else {
      valid_for = ReadDuration(request.valid_for, violations);
      if (valid_for == absl::ZeroDuration()) {
        violations.push_back({"validFor", "cannot be empty or nil"});
      }
    }
    if (!violations.empty()) return errors::Invalid(kInvalidTitle, violations);
    return Sign(scope, model::kUserTokenSigningKey, "",
                UserClaims(request.name, request.groups, {deps_.clock.Now(), valid_for}));
  }

  absl::StatusOr<VerifiedKumaToken> Verify(const model::TenantScope& scope,
                                           std::string_view jwt) override;

 private:
  absl::Status CheckAdmin(const model::TenantScope& scope, std::string_view action) const {
    if (!IsAdmin(scope)) return errors::AccessDenied(scope.who(), action);
    return scope.read_only().empty() ? absl::OkStatus() : errors::ReadOnly(scope.read_only());
  }

  // Signs with the newest key that has `prefix`. `mesh` empty: a global one.
  absl::StatusOr<std::string> Sign(const model::TenantScope& scope, std::string_view prefix,
                                   std::string_view mesh, const std::string& claims);
  absl::StatusOr<VerifiedKumaToken> VerifySigned(const model::TenantScope& scope,
                                                 const ParsedJwt& token, const KumaClaims& claims);
  absl::Status CheckSignature(const model::TenantScope& scope, const ParsedJwt& token,
                              std::string_view prefix);
  absl::Status CheckTime(const KumaClaims& claims) const;
  absl::Status CheckNotRevoked(const model::TenantScope& scope, const std::string& token_id,
                               std::string_view revocations);
  // The bytes of a GlobalSecret; nullopt when there is none.
  absl::StatusOr<std::optional<std::string>> Load(const model::TenantScope& scope,
                                                  std::string name);

  const Deps deps_;
  const model::TypeDescriptor* const secret_;
  const model::TypeDescriptor* const global_secret_;
};

absl::StatusOr<std::string> SecretTokens::Sign(const model::TenantScope& scope,
                                               std::string_view prefix, std::string_view mesh,
                                               const std::string& claims) {
  const bool user = prefix == model::kUserTokenSigningKey;
  SKYDEN_RETURN_IF_ERROR(deps_.manager.MaterialiseKeys(
      scope, user ? ResourceManager::KeysFor::kAnyone : ResourceManager::KeysFor::kZones));
  const model::TypeDescriptor& type = mesh.empty() ? *global_secret_ : *secret_;
  SKYDEN_ASSIGN_OR_RETURN(const auto view, deps_.views.Get(scope, type.id));
  // The keys are where names that begin with the prefix are.
  std::vector<const model::Resource*> candidates;
  const model::ResourceKey first{std::string(mesh), std::string(prefix)};
  for (size_t i = view->LowerBound(first); i < view->size(); ++i) {
    const model::Resource& secret = *view->at(i);
    if (secret.key.mesh != mesh || !secret.key.name.starts_with(prefix)) break;
    candidates.push_back(&secret);
  }
  const auto key = LatestSigningKey(candidates, prefix);
  if (!key.has_value()) return SigningKeyNotFound(prefix, "1", mesh);
  SKYDEN_ASSIGN_OR_RETURN(const std::string private_key, SecretData(*key->secret));
  return SignJwt(private_key, key->key_id, claims);
}

absl::StatusOr<VerifiedKumaToken> SecretTokens::Verify(const model::TenantScope& scope,
                                                       std::string_view jwt) {
  const absl::StatusOr<ParsedJwt> token = ParseJwt(jwt);
  if (!token.ok()) return Refused(std::string(token.status().message()));
  const absl::StatusOr<KumaClaims> claims = ParseClaims(token->claims);
  if (!claims.ok()) return Refused(std::string(claims.status().message()));
  return VerifySigned(scope, *token, *claims);
}

absl::StatusOr<VerifiedKumaToken> SecretTokens::VerifySigned(const model::TenantScope& scope,
                                                             const ParsedJwt& token,
                                                             const KumaClaims& claims) {
  // The kind decides which keys count, so it must be plain: one of the two names, and no mesh.
  if (claims.names_mesh || claims.zone.has_value() == claims.name.has_value()) {
    return Refused("token is neither a user's nor a zone's");
  }
  const bool is_zone = claims.zone.has_value();
  SKYDEN_RETURN_IF_ERROR(CheckSignature(
      scope, token, is_zone ? model::kZoneTokenSigningKey : model::kUserTokenSigningKey));
  absl::Status ended = CheckTime(claims);
  if (ended.ok()) {
    ended = CheckNotRevoked(scope, claims.token_id,
                            is_zone ? model::kZoneTokenRevocations : model::kUserTokenRevocations);
  }
  if (absl::IsUnauthenticated(ended)) return base::AsGenuine(std::move(ended));
  SKYDEN_RETURN_IF_ERROR(ended);
  VerifiedKumaToken verified;
  verified.kind = is_zone ? VerifiedKumaToken::Kind::kZone : VerifiedKumaToken::Kind::kUser;
  verified.name = is_zone ? *claims.zone : *claims.name;
  verified.groups = claims.groups;
  verified.scopes = claims.scope;
  if (claims.expires_at.has_value()) {
    verified.expires_at = absl::UnixEpoch() + absl::Seconds(*claims.expires_at);
  }
  return verified;
}

absl::Status SecretTokens::CheckSignature(const model::TenantScope& scope, const ParsedJwt& token,
                                          std::string_view prefix) {
  SKYDEN_ASSIGN_OR_RETURN(const auto key, Load(scope, SigningKeyName(prefix, token.key_id)));
  if (!key.has_value()) return Refused("token is signed with a key that is not here");
  const absl::Status verified = base::RsaVerifySha256(*key, token.signing_input, token.signature);
  return verified.ok() ? verified : Refused("token signature is invalid");
}

absl::Status SecretTokens::CheckTime(const KumaClaims& claims) const {
  const double now = absl::ToDoubleSeconds(deps_.clock.Now() - absl::UnixEpoch());
  if (claims.expires_at.has_value() && now >= *claims.expires_at) {
    return Refused("token is expired");
  }
  if (claims.not_before.has_value() && now < *claims.not_before) {
    return Refused("token is not yet valid: 'valid_from' date is in the future");
  }
  return absl::OkStatus();
}

absl::Status SecretTokens::CheckNotRevoked(const model::TenantScope& scope,
                                           const std::string& token_id,
                                           std::string_view revocations) {
  SKYDEN_ASSIGN_OR_RETURN(const auto list, Load(scope, std::string(revocations)));
  if (list.has_value() && ListsToken(*list, token_id)) return Refused("token is revoked");
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::string>> SecretTokens::Load(const model::TenantScope& scope,
                                                              std::string name) {
  SKYDEN_ASSIGN_OR_RETURN(const ResourceView::Item secret,
                          deps_.views.Find(scope, global_secret_->id, {"", std::move(name)}));
  if (secret == nullptr) return std::optional<std::string>();
  SKYDEN_ASSIGN_OR_RETURN(std::string data, SecretData(*secret));
  return std::optional<std::string>(std::move(data));
}

}  // namespace

std::unique_ptr<KumaTokens> KumaTokens::Create(Deps deps) {
  return std::make_unique<SecretTokens>(deps);
}

}  // namespace skyden::resources
