// SPDX-License-Identifier: Apache-2.0
// What of an organization ends, and when.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/insights/figures.h"
#include "skyden/insights/fleet.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/resource_views.h"
#include "skyden/store/store.h"

namespace skyden::insights {

struct Ending {
  enum class Kind : uint8_t {
    kZoneToken,
    kPersonalToken,
    kSystemAccountToken,  // shared ones too
    kMeshAuthority,
    kIdentityCertificates,  // of proxies that did not renew theirs: the first of them
    kTlsCertificate,        // of the daemon's ports
  } kind = Kind::kZoneToken;
  absl::Time ends_at;
  std::string name;  // of a token, backend or port
  uint64_t count = 1;
  std::string control_plane_id{}, control_plane_name{};
  std::string zone_name{};
  std::string mesh{};
  std::string account_id{}, account_name{};
  std::string token_id{};

  // Where it stands among all; nothing else has the same.
  std::string Place() const;
};
std::string_view EndingKindName(Ending::Kind kind);  // "zone_token"
// What to do about it.
std::string_view EndingAdvice(Ending::Kind kind);

struct Endings {
  std::vector<Ending> all;  // ordered by Place()
  bool complete = true;     // else more tokens end than are looked at
};

// Thread-safe. Makes no keys.
class Expiry {
 public:
  struct Deps {
    const model::TypeRegistry& registry;
    store::Store& store;
    resources::ResourceViews& views;
    Figures& figures;
    Fleet& fleet;
  };
  explicit Expiry(Deps deps) : deps_(deps) {}

  // What ends before `before` or ended within kEndedTold, in control planes that the caller may
  // read; tokens of accounts for who administrates the organization, its own for everybody else.
  // PERMISSION_DENIED to who lists no control plane. Blocks on the disk at most.
  absl::StatusOr<Endings> Read(const model::OrganizationScope& scope, absl::Time before) const;

 private:
  Deps deps_;
};

inline constexpr absl::Duration kEndedTold = absl::Hours(24 * 7);

}  // namespace skyden::insights
