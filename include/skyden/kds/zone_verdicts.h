// SPDX-License-Identifier: Apache-2.0
// What zones made of what they were sent: resources that they refused, and types that are kept from
// them because they are too large for one message.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/model/resource.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/model/type_registry.h"

namespace skyden::kds {

// A resource that a zone refused in the form that it has now.
struct RefusedResource {
  std::string zone_name;
  std::string zone_version;  // of Kuma, as it said
  bool zone_online = false;  // if not, this is the last that it said
  model::TypeId type{};
  model::ResourceKey key;  // no name: of this type, the zone did not say which
  std::string reason;      // the zone's words, cut, without what looks like a secret
  absl::Time since;
};

// A type whose state is larger than what a connected zone takes in one message. The zone keeps what
// it has of it.
struct WithheldType {
  std::string zone_name;
  model::TypeId type{};
  size_t bytes = 0;
  size_t bytes_max = 0;  // what the zone takes
  absl::Time since;
};

// Thread-safe. Made anew from what zones answer: each connection begins with the whole state of
// every type, which the zone judges again. Bounded by limits::kRefusedPerZone and its kin.
class ZoneVerdicts {
 public:
  virtual ~ZoneVerdicts() = default;

  // Ordered by zone, type and key. Blocks on the disk at most.
  virtual absl::StatusOr<std::vector<RefusedResource>> Refused(
      const model::TenantScope& scope) const = 0;
  // Ordered by zone and type.
  virtual std::vector<WithheldType> Withheld(const model::TenantScope& scope) const = 0;

  // True when Warnings may have something to say. Brief, any thread.
  virtual bool MayWarn(model::TenantKey tenant, model::TypeId type) const = 0;
  // What the owner should know of a resource that was just written: connected zones that will
  // refuse it, or did, and zones that will not be sent its type any more. Blocks on the disk at
  // most.
  virtual std::vector<std::string> Warnings(const model::TenantScope& scope,
                                            const model::Resource& written) const = 0;

  // `changed` is called when a zone of the control plane refused or took something, for as long as
  // what is returned lives; a call may be under way when that ends. Brief, any thread.
  virtual std::shared_ptr<void> Subscribe(model::TenantKey tenant,
                                          std::function<void()> changed) = 0;
};

}  // namespace skyden::kds
