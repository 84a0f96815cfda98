// SPDX-License-Identifier: Apache-2.0
// What one proxy adds to the figures of its mesh. Pure.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "skyden/model/resource.h"

namespace skyden::insights {

enum class ProxyStatus : uint8_t { kOnline, kOffline, kPartiallyDegraded };
inline constexpr size_t kProxyStatuses = 3;

// As which it counts; also the kinds of service that proxies make.
enum class ProxyKind : uint8_t { kStandard, kBuiltinGateway, kDelegatedGateway };
inline constexpr size_t kProxyKinds = 3;

// Of an identity certificate, in steps of ten minutes since 1970, rounded up: proxies that are
// alike count together.
struct CertificateLife {
  int64_t late = 0;  // nine tenths of it are over, and nobody renewed it: proxies do at eight
  int64_t end = 0;
  friend auto operator<=>(const CertificateLife&, const CertificateLife&) = default;
};
inline constexpr absl::Duration kCertificateStep = absl::Minutes(10);

struct ProxyFacts {
  struct Service {
    std::string name;
    std::string zone_tag;
  };

  ProxyStatus status = ProxyStatus::kOffline;
  ProxyKind kind = ProxyKind::kStandard;
  std::string kuma_dp_version;
  std::string envoy_version;
  std::optional<std::string> issued_backend;  // nullopt: no mTLS
  std::vector<std::string> supported_backends;
  std::optional<CertificateLife> certificate;  // nullopt: none was told of
  std::vector<Service> services;  // one for each inbound, or the gateway's; without nameless ones
};

// Of a dataplane and its insight (null: there is none yet). nullopt when the dataplane does not
// decode, which was checked when it came in.
std::optional<ProxyFacts> FactsOf(const model::Resource& dataplane, const model::Resource* insight);

}  // namespace skyden::insights
