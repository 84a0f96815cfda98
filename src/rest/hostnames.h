// SPDX-License-Identifier: Apache-2.0
// What HostnameGenerators call a service.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "skyden/model/resource.h"
#include "skyden/resources/resource_views.h"

namespace skyden::rest {

struct ServiceKind {
  std::string_view type;
  std::string_view path;
  const char* selector;  // of a HostnameGenerator
};
std::span<const ServiceKind> ServiceKinds();

// Those of a view, read once. Immutable, thread-safe.
class HostnameGenerators {
 public:
  explicit HostnameGenerators(const resources::ResourceView& view);
  ~HostnameGenerators();

  size_t size() const;
  // A hostname, and the zone that the service is of.
  using Hostnames = std::set<std::pair<std::string, std::string>>;
  // `refused` is told of those that cannot be filled in, and gives no hostname.
  using Refused = std::function<void(const model::Resource& generator, const absl::Status& why)>;
  Hostnames Of(const ServiceKind& kind, const model::Resource& service,
               const Refused& refused) const;

 private:
  struct Parsed;
  std::unique_ptr<const Parsed> parsed_;
};

}  // namespace skyden::rest
