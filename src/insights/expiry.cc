// SPDX-License-Identifier: Apache-2.0
#include "skyden/insights/expiry.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "fmt/format.h"
#include "insights/tenant_figures.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/resources/authority_ends.h"
#include "skyden/store/directory_tx.h"

namespace skyden::insights {
namespace {

using store::AccountRecord;
using store::ControlPlaneRecord;
using Kind = Ending::Kind;

void Place(Ending& ending, const ControlPlaneRecord& record) {
  ending.control_plane_id = record.id.str();
  ending.control_plane_name = record.name;
}

class Reader {
 public:
  Reader(absl::Time now, absl::Time before) : now_(now), before_(before) {}

  bool Counts(absl::Time ends_at) const {
    return ends_at < before_ && ends_at >= now_ - kEndedTold;
  }
  void Add(Ending ending) {
    if (Counts(ending.ends_at)) endings_.all.push_back(std::move(ending));
  }
  // Zones' of control planes that are known, and accounts': of all, or of one.
  absl::Status ReadTokens(store::DirectoryReadTx& tx, const std::optional<model::AccountId>& only) {
    constexpr size_t kMost = base::limits::kExpiryTokens;
    SKYDEN_ASSIGN_OR_RETURN(auto tokens,
                            tx.ListEndingTokens(now_ - kEndedTold, before_, kMost + 1));
    endings_.complete = tokens.size() <= kMost;
    if (!endings_.complete) tokens.pop_back();
    for (const auto& [token, account] : tokens) {
      if (account.kind == AccountRecord::Kind::kZone) {
        const auto control_plane = control_planes_.find(account.tenant);
        if (control_plane == control_planes_.end()) continue;
        AddToken(account, token, control_plane->second);
      } else if (!only.has_value() || account.id == *only) {
        AddToken(account, token, nullptr);
      }
    }
    return absl::OkStatus();
  }

  void AddToken(const AccountRecord& account, const store::TokenRecord& token,
                const ControlPlaneRecord* control_plane) {
    Ending ending;
    ending.ends_at = *token.expires_at;
    ending.name = token.name;
    ending.token_id = token.id.str();
    if (control_plane != nullptr) {
      ending.kind = Kind::kZoneToken;
      ending.zone_name = account.zone.str();
      Place(ending, *control_plane);
    } else {
      const bool is_user = account.kind == AccountRecord::Kind::kUser;
      ending.kind = is_user ? Kind::kPersonalToken : Kind::kSystemAccountToken;
      ending.account_id = account.id.str();
      ending.account_name = account.name;
    }
    Add(std::move(ending));
  }

  void Know(const ControlPlaneRecord& record) { control_planes_.emplace(record.tenant, &record); }

  // Tokens that the control plane itself issued are nowhere but with the zones that use them.
  void AddLiveTokens(const Fleet::Member& member) {
    for (const ZoneRow& zone : member.zones->zones) {
      if (!zone.token.has_value() || !zone.token->id.empty()) continue;
      Ending ending{.kind = Kind::kZoneToken, .ends_at = zone.token->ends_at, .name = zone.name};
      ending.zone_name = zone.name;
      Place(ending, *member.control_plane);
      Add(std::move(ending));
    }
  }

  void AddAuthority(const ControlPlaneRecord& record, const resources::AuthorityEnd& authority) {
    Ending ending{
        .kind = Kind::kMeshAuthority, .ends_at = authority.ends_at, .name = authority.backend};
    ending.mesh = authority.mesh;
    Place(ending, record);
    Add(std::move(ending));
  }

  void AddCertificates(const ControlPlaneRecord& record, const TenantFigures& figures) {
    for (const TenantFigures::Mesh& mesh : figures.meshes) {
      for (const auto& [zone_name, lives] : mesh.figures->certificates) {
        Ending ending{.kind = Kind::kIdentityCertificates, .ends_at = {}, .name = {}, .count = 0};
        for (const auto& [life, count] : lives) {
          const absl::Time late = absl::UnixEpoch() + life.late * kCertificateStep;
          const absl::Time end = absl::UnixEpoch() + life.end * kCertificateStep;
          if (late > now_ || !Counts(end)) continue;
          ending.ends_at = ending.count == 0 ? end : std::min(ending.ends_at, end);
          ending.count += count;
        }
        if (ending.count == 0) continue;
        ending.zone_name = zone_name;
        ending.mesh = mesh.name;
        Place(ending, record);
        Add(std::move(ending));
      }
    }
  }

  Endings Take() {
    std::sort(endings_.all.begin(), endings_.all.end(),
              [](const Ending& a, const Ending& b) { return a.Place() < b.Place(); });
    return std::move(endings_);
  }

 private:
  const absl::Time now_;
  const absl::Time before_;
  std::map<model::TenantKey, const ControlPlaneRecord*> control_planes_;
  Endings endings_;
};

}  // namespace

std::string Ending::Place() const {
  return fmt::format("{:020}/{}/{}/{}/{}/{}/{}", std::max<int64_t>(absl::ToUnixNanos(ends_at), 0),
                     static_cast<int>(kind), control_plane_id, mesh, zone_name, name, token_id);
}

std::string_view EndingKindName(Kind kind) {
  static constexpr std::array<std::string_view, 6> kNames = {
      "zone_token", "personal_token",        "system_account_token",
      "mesh_ca",    "identity_certificates", "tls_certificate"};
  return kNames[static_cast<size_t>(kind)];
}

std::string_view EndingAdvice(Kind kind) {
  static constexpr std::array<std::string_view, 6> kAdvice = {
      "Provision the zone a new token and configure it before this one ends.",
      "Make a new token before this one ends.",
      "Make a new token before this one ends, and give it to whatever uses this one.",
      "Give the mesh another backend, and make it the enabled one when all proxies know it.",
      "Look at these proxies: they did not renew their certificates when they should have.",
      "Put a new certificate into the file; the daemon reads it when it starts.",
  };
  return kAdvice[static_cast<size_t>(kind)];
}

absl::StatusOr<Endings> Expiry::Read(const model::OrganizationScope& scope,
                                     absl::Time before) const {
  SKYDEN_ASSIGN_OR_RETURN(const Fleet::Reading reading, deps_.fleet.Read(scope));
  Reader reader(reading.at, before);
  for (const Fleet::Member& member : reading.members) {
    const ControlPlaneRecord& record = *member.control_plane;
    reader.Know(record);
    reader.AddLiveTokens(member);
    const model::TenantScope inside =
        model::SystemScope::For("see what ends in a control plane")
            .In(record.organization, record.tenant, record.id, record.version());
    const auto authorities = resources::AuthorityEnds(deps_.views, deps_.registry, inside);
    if (absl::IsNotFound(authorities.status())) continue;  // gone since the list was read
    if (!authorities.ok()) return authorities.status();
    for (const auto& authority : *authorities) reader.AddAuthority(record, authority);
    SKYDEN_ASSIGN_OR_RETURN(const auto figures, deps_.figures.Get(inside));
    reader.AddCertificates(record, *figures);
  }
  const absl::Status tokens =
      deps_.store.ReadDirectory(scope, [&](store::DirectoryReadTx& tx) -> absl::Status {
        std::optional<model::AccountId> only;
        if (!scope.access().Administrates()) only = model::AccountId(scope.who().id);
        return reader.ReadTokens(tx, only);
      });
  SKYDEN_RETURN_IF_ERROR(tokens);
  return reader.Take();
}

}  // namespace skyden::insights
