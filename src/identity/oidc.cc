// SPDX-License-Identifier: Apache-2.0
// OpenID Connect Core, section 3.1.3.7: issuer, audience, signature, times. `alg` is looked at only
// to be compared with the key's own kind: a token does not choose how it is verified. Logout
// tokens: OpenID Connect Back-Channel Logout 1.0, section 2.6.
#include "skyden/identity/oidc.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_split.h"
#include "identity/oidc_keys.h"
#include "identity/provider_json.h"
#include "skyden/base/crypto.h"
#include "skyden/base/jws.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/base/utf8.h"

namespace skyden::identity {
namespace {

namespace limits = base::limits;
using nlohmann::json;

constexpr double kSecondsMax = 1e12;
constexpr char kLogoutEvent[] = "http://schemas.openid.net/event/backchannel-logout";

absl::Status Refused(std::string_view why) {
  return absl::UnauthenticatedError(fmt::format("the identity provider's token: {}", why));
}

std::optional<json> ReadPart(std::string_view part) {
  const auto bytes = base::Base64UrlDecode(part);
  if (!bytes.ok()) return std::nullopt;
  return ReadProviderObject(*bytes, limits::kOidcClaimsDepth);
}

// One string, or a list of them.
std::vector<std::string> Texts(const json& claims, const std::string& name, size_t count_max) {
  std::vector<std::string> texts;
  const auto found = claims.find(name);
  if (found == claims.end()) return texts;
  if (found->is_string()) texts.push_back(found->get<std::string>());
  if (!found->is_array()) return texts;
  for (const json& one : *found) {
    if (one.is_string() && texts.size() < count_max) texts.push_back(one.get<std::string>());
  }
  return texts;
}

// nullopt when it is there and no time.
std::optional<absl::Time> Time(const json& claims, const char* name, absl::Time without) {
  const auto found = claims.find(name);
  if (found == claims.end()) return without;
  if (!found->is_number()) return std::nullopt;
  const double seconds = found->get<double>();
  if (!(seconds >= 0 && seconds < kSecondsMax)) return std::nullopt;
  return absl::UnixEpoch() + absl::Seconds(seconds);
}

std::string Shown(const json& claims, const char* name) {
  std::string text = TextMember(claims, name);
  std::erase_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (!base::IsValidUtf8(text)) return "";
  while (base::CountCharacters(text) > limits::kAccountNameChars) text.pop_back();
  while (!base::IsValidUtf8(text)) text.pop_back();  // a character was cut
  return text;
}

class OidcVerifierImpl final : public OidcVerifier {
 public:
  OidcVerifierImpl(Deps deps, OidcOptions options)
      : clock_(deps.clock),
        options_(std::move(options)),
        keys_(clock_, std::move(deps.fetch), options_.issuer) {}

  bool IsMeant(std::string_view jwt) const override {
    const auto parts = base::SplitJws(jwt);
    const auto claims = parts ? ReadPart(parts->payload) : std::nullopt;
    return claims && TextMember(*claims, "iss") == options_.issuer;
  }

  bool IsOf(std::string_view subject) const override {
    return subject.size() > options_.issuer.size() && subject.starts_with(options_.issuer) &&
           subject[options_.issuer.size()] == ' ';
  }

  void ReadKeysAhead() override { keys_.ReadAhead(); }
  void AwaitKeys() override { keys_.AwaitIdle(); }

  absl::StatusOr<OidcPerson> Verify(std::string_view jwt) override {
    SKYDEN_ASSIGN_OR_RETURN(const json claims, Open(jwt, [this](const json& told) {
                              SKYDEN_RETURN_IF_ERROR(CheckIssuedFor(told, options_.audience));
                              return CheckPerson(told);
                            }));
    return PersonOf(claims);
  }

  absl::StatusOr<OidcPerson> VerifyIdToken(std::string_view jwt, std::string_view client_id,
                                           std::string_view nonce) override {
    SKYDEN_ASSIGN_OR_RETURN(const json claims, Open(jwt, [&](const json& told) {
                              SKYDEN_RETURN_IF_ERROR(CheckIssuedFor(told, client_id));
                              SKYDEN_RETURN_IF_ERROR(CheckParty(told, client_id));
                              if (nonce.empty() || TextMember(told, "nonce") != nonce) {
                                return Refused("it is of another sign-in");
                              }
                              return CheckPerson(told);
                            }));
    return PersonOf(claims);
  }

  absl::StatusOr<OidcLogout> VerifyLogout(std::string_view jwt,
                                          std::string_view client_id) override {
    SKYDEN_ASSIGN_OR_RETURN(const json claims, Open(jwt, [&](const json& told) {
                              SKYDEN_RETURN_IF_ERROR(CheckIssuedFor(told, client_id));
                              return CheckLogout(told);
                            }));
    OidcLogout logout;
    logout.id = TextMember(claims, "jti");
    logout.provider_session = SessionOf(claims);
    const std::string subject = TextMember(claims, "sub");
    if (!subject.empty()) logout.subject = fmt::format("{} {}", options_.issuer, subject);
    return logout;
  }

  absl::StatusOr<OidcEndpoints> Endpoints() override { return keys_.Endpoints(); }

 private:
  // The claims of a token that is the issuer's and of which `check` thinks well.
  absl::StatusOr<json> Open(std::string_view jwt,
                            absl::FunctionRef<absl::Status(const json& claims)> check) {
    const auto parts = base::SplitJws(jwt);
    const auto header = parts ? ReadPart(parts->header) : std::nullopt;
    auto claims = parts ? ReadPart(parts->payload) : std::nullopt;
    const auto signature = base::Base64UrlDecode(parts ? parts->signature : "");
    if (!header || !claims || !signature.ok()) return Refused("it is malformed");
    // What is cheap to see comes before the issuer is asked for its keys.
    SKYDEN_RETURN_IF_ERROR(check(*claims));
    if (header->contains("crit")) return Refused("it asks for something that is not supported");
    SKYDEN_ASSIGN_OR_RETURN(const base::JwsKey key, keys_.Find(TextMember(*header, "kid")));
    const bool rsa = key.algorithm() == base::JwsKey::Algorithm::kRs256;
    if (TextMember(*header, "alg") != (rsa ? "RS256" : "ES256")) {
      return Refused("it is not signed as its key is for");
    }
    SKYDEN_RETURN_IF_ERROR(key.Verify(parts->signed_part, *signature));
    return *std::move(claims);
  }

  absl::Status CheckIssuedFor(const json& claims, std::string_view audience) const {
    if (TextMember(claims, "iss") != options_.issuer) return Refused("it is another issuer's");
    const auto audiences = Texts(claims, "aud", limits::kOidcGroups);
    if (std::find(audiences.begin(), audiences.end(), audience) == audiences.end()) {
      return Refused("it is for another audience");
    }
    return absl::OkStatus();
  }

  // One that several may use says who asked for it.
  static absl::Status CheckParty(const json& claims, std::string_view client_id) {
    const bool several = Texts(claims, "aud", limits::kOidcGroups).size() > 1;
    if (!claims.contains("azp") && !several) return absl::OkStatus();
    return TextMember(claims, "azp") == client_id ? absl::OkStatus()
                                                  : Refused("somebody else asked for it");
  }

  absl::Status CheckLogout(const json& claims) const {
    const absl::Time now = clock_.Now();
    const auto issued = Time(claims, "iat", absl::InfinitePast());
    const bool fresh = issued && *issued - options_.clock_leeway <= now &&
                       now - *issued <= limits::kOidcLogoutAge + options_.clock_leeway;
    if (!fresh) return Refused("it is not of now");
    const auto expires = Time(claims, "exp", absl::InfiniteFuture());
    if (!expires || *expires + options_.clock_leeway <= now) return Refused("it expired");
    const auto events = claims.find("events");
    const bool says_so = events != claims.end() && events->is_object() &&
                         events->contains(kLogoutEvent) && (*events)[kLogoutEvent].is_object();
    if (!says_so) return Refused("it is no logout token");
    // So that no ID token is taken for one.
    if (claims.contains("nonce")) return Refused("it has a nonce, which no logout token has");
    const std::string id = TextMember(claims, "jti");
    if (id.empty() || id.size() > limits::kOidcSessionIdBytes)
      return Refused("it has no usable id");
    const std::string subject = TextMember(claims, "sub");
    if (subject.size() > limits::kOidcSessionIdBytes) return Refused("it has no usable subject");
    if (subject.empty() && SessionOf(claims).empty()) return Refused("it says not who signed out");
    return absl::OkStatus();
  }

  static std::string SessionOf(const json& claims) {
    std::string session = TextMember(claims, "sid");
    const bool usable = session.size() <= limits::kOidcSessionIdBytes &&
                        base::IsValidUtf8(session) && session.find('\0') == std::string::npos;
    return usable ? session : "";
  }

  absl::Status CheckPerson(const json& claims) const {
    const absl::Time now = clock_.Now();
    const auto expires = Time(claims, "exp", absl::InfinitePast());
    if (!expires || *expires + options_.clock_leeway <= now) return Refused("it expired");
    for (const char* from : {"nbf", "iat"}) {
      const auto begins = Time(claims, from, absl::InfinitePast());
      if (!begins || *begins - options_.clock_leeway > now) return Refused("it is not valid yet");
    }
    const std::string subject = TextMember(claims, "sub");
    if (subject.empty() || subject.size() > 255) return Refused("it has no usable subject");
    return absl::OkStatus();
  }

  OidcPerson PersonOf(const json& claims) const {
    OidcPerson person;
    person.subject = fmt::format("{} {}", options_.issuer, TextMember(claims, "sub"));
    person.email = TextMember(claims, "email");
    if (person.email.size() > limits::kEmailBytes || !base::IsValidUtf8(person.email)) {
      person.email.clear();
    }
    const auto verified = claims.find("email_verified");
    person.email_verified = verified != claims.end() && *verified == json(true);
    for (const char* name : {"name", "preferred_username", "email", "sub"}) {
      if (person.name.empty()) person.name = Shown(claims, name);
    }
    person.groups = Texts(claims, options_.groups_claim, limits::kOidcGroups);
    person.provider_session = SessionOf(claims);
    person.expires_at = *Time(claims, "exp", absl::InfinitePast()) + options_.clock_leeway;
    return person;
  }

  base::Clock& clock_;
  const OidcOptions options_;
  OidcKeys keys_;
};

}  // namespace

std::unique_ptr<OidcVerifier> OidcVerifier::Create(Deps deps, OidcOptions options) {
  return std::make_unique<OidcVerifierImpl>(std::move(deps), std::move(options));
}

constexpr std::string_view kTeamMark = "team:";

absl::StatusOr<std::vector<GroupRole>> ParseGroupRoles(std::string_view text) {
  std::vector<GroupRole> roles;
  for (const absl::string_view piece :
       absl::StrSplit(base::ToAbsl(text), ',', absl::SkipWhitespace())) {
    const std::string_view part = base::ToStd(absl::StripAsciiWhitespace(piece));
    const auto wrong = [&part](std::string_view why) {
      return absl::InvalidArgumentError(fmt::format("\"{}\": {}", part, why));
    };
    const size_t equals = part.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      return wrong(
          "write it as group=Role, group=Role@<control plane id> or group=team:<its name>");
    }
    GroupRole role;
    role.group = part.substr(0, equals);
    std::string_view name = part.substr(equals + 1);
    if (name.starts_with(kTeamMark)) {
      role.team = name.substr(kTeamMark.size());
      if (role.team.empty()) return wrong("the team has a name");
      roles.push_back(std::move(role));
      continue;
    }
    if (const size_t at = name.find('@'); at != std::string_view::npos) {
      auto id = model::ParseControlPlaneId(name.substr(at + 1));
      if (!id.ok()) return wrong("what follows the @ must be a control plane's id");
      role.control_plane = *std::move(id);
      name = name.substr(0, at);
    }
    const auto known = model::ParseRole(name);
    if (!known)
      return wrong("the role must be Admin, Editor, Viewer, Creator, Connector or Operator");
    role.role = *known;
    const bool everywhere_only =
        role.role == model::Role::kCreator || role.role == model::Role::kOperator;
    if (everywhere_only && role.control_plane) return wrong("this role is for all control planes");
    roles.push_back(std::move(role));
  }
  return roles;
}

}  // namespace skyden::identity
