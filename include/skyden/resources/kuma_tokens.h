// SPDX-License-Identifier: Apache-2.0
// The tokens that a Kuma control plane issues: JWTs signed with keys that are secrets of the
// control plane, so that they are good for it alone.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/base/clock.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/resource_manager.h"
#include "skyden/resources/resource_views.h"

namespace skyden::resources {

// Bodies of POST /tokens/*. `valid_for` is a Go duration, "" when it was not given.
struct ZoneTokenRequest {
  std::string zone;
  std::optional<std::vector<std::string>> scope;
  std::string valid_for;
  bool scope_is_null = false;  // said to be none, as kumactl 3 does, rather than left out
};
struct DataplaneTokenRequest {
  std::string name;
  std::string mesh;
  std::map<std::string, std::vector<std::string>> tags;
  std::string type;
  std::string workload;
  std::string valid_for;
};
struct UserTokenRequest {
  std::string name;
  std::optional<std::vector<std::string>> groups;
  std::string valid_for;
};
// INVALID_ARGUMENT without a title when `body` is not such an object: Kuma answers 400 with nothing
// in it.
absl::StatusOr<ZoneTokenRequest> ParseZoneTokenRequest(std::string_view body);
absl::StatusOr<DataplaneTokenRequest> ParseDataplaneTokenRequest(std::string_view body);
absl::StatusOr<UserTokenRequest> ParseUserTokenRequest(std::string_view body);

// Who a token of the control plane speaks for.
struct VerifiedKumaToken {
  enum class Kind { kUser, kZone } kind = Kind::kUser;
  std::string name;                 // the user's or the zone's
  std::vector<std::string> groups;  // user tokens
  std::vector<std::string> scopes;  // zone tokens: "cp", "ingress", "egress"
  absl::Time expires_at = absl::InfiniteFuture();
};

// Thread-safe. Blocks on the disk at most, and on making the keys the first time.
class KumaTokens {
 public:
  struct Deps {
    ResourceManager& manager;
    ResourceViews& views;
    const model::TypeRegistry& registry;
    base::Clock& clock;
  };
  static std::unique_ptr<KumaTokens> Create(Deps deps);
  virtual ~KumaTokens() = default;

  // The token's text. In Kuma's order and words: PERMISSION_DENIED unless the caller administers
  // the control plane, INVALID_ARGUMENT "Invalid request" with violations, NOT_FOUND "Signing Key
  // not found".
  virtual absl::StatusOr<std::string> IssueZone(const model::TenantScope& scope,
                                                const ZoneTokenRequest& request) = 0;
  virtual absl::StatusOr<std::string> IssueDataplane(const model::TenantScope& scope,
                                                     const DataplaneTokenRequest& request) = 0;
  virtual absl::StatusOr<std::string> IssueUser(const model::TenantScope& scope,
                                                const UserTokenRequest& request) = 0;

  // A user or zone token of the control plane. UNAUTHENTICATED when it is not one, not signed by
  // one of its keys, not valid at this time, or revoked.
  virtual absl::StatusOr<VerifiedKumaToken> Verify(const model::TenantScope& scope,
                                                   std::string_view jwt) = 0;
};

}  // namespace skyden::resources
