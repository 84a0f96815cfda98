// SPDX-License-Identifier: Apache-2.0
// The figures of one mesh, kept as sums: a proxy is added, and taken out again with the same facts,
// at a cost that does not depend on how many there are.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "insights/proxy_facts.h"
#include "kuma/mesh/v1alpha1/insights.pb.h"
#include "skyden/insights/zone_row.h"

namespace skyden::insights {

enum class Presence { kThere, kGone };

// How many proxies have each status.
class StatusCounts {
 public:
  void Add(ProxyStatus status, int32_t by) { counts_[static_cast<size_t>(status)] += by; }
  // Proxies of a zone that is gone are offline, whatever was last heard of them.
  void Add(const StatusCounts& other, Presence zone);
  uint32_t of(ProxyStatus status) const {
    return static_cast<uint32_t>(counts_[static_cast<size_t>(status)]);
  }
  uint32_t total() const;
  bool empty() const { return counts_ == decltype(counts_){}; }

 private:
  std::array<int32_t, kProxyStatuses> counts_{};
};

// A service outside of the mesh, as it counts.
struct ExternalFacts {
  std::string service;
  std::string address;
  std::string zone_tag;
};

// What there is to say about a mesh, but for how many resources of each type it has. Immutable.
struct MeshFigures {
  kuma::mesh::v1alpha1::MeshInsight insight;
  kuma::mesh::v1alpha1::ServiceInsight services;
  std::map<std::string, ProxyTally> zone_proxies;  // by zone; of none under ""
  std::map<std::string, std::map<CertificateLife, uint32_t>> certificates;  // of proxies, likewise
};

class MeshCounts {
 public:
  void Add(const std::string& zone_name, const ProxyFacts& facts) { Change(zone_name, facts, 1); }
  void Remove(const std::string& zone_name, const ProxyFacts& facts) {
    Change(zone_name, facts, -1);
  }
  bool empty() const { return zones_.empty(); }

  struct View {
    std::function<Presence(const std::string& zone_name)> presence;
    // Whether the mesh has given up kuma.io/service (meshServices.mode Exclusive): only delegated
    // gateways still carry it then.
    bool exclusive = false;
    const std::vector<ExternalFacts>& external_services;  // ordered by name
    // The kind of the first proxy, by name, that makes a service. Asked only when several kinds do.
    std::function<ProxyKind(const std::string& service)> first_kind;
  };
  MeshFigures Fold(const View& view) const;

 private:
  struct ServiceCounts {
    StatusCounts proxies;
    std::map<std::string, uint32_t> issued_backends;
    std::map<std::string, uint32_t> zone_tags;
  };
  struct ZoneCounts {
    std::array<StatusCounts, kProxyKinds> kinds;
    std::map<std::string, StatusCounts> kuma_dp_versions;
    std::map<std::string, StatusCounts> envoy_versions;
    std::map<std::string, StatusCounts> issued_backends;
    std::map<std::string, StatusCounts> supported_backends;
    std::map<CertificateLife, uint32_t> certificates;
    std::map<std::pair<std::string, ProxyKind>, ServiceCounts> services;

    bool empty() const;
  };

  void Change(const std::string& zone_name, const ProxyFacts& facts, int32_t by);
  std::map<std::string, ProxyTally> FoldZones(const View& view) const;
  void FoldProxies(const View& view, kuma::mesh::v1alpha1::MeshInsight& insight) const;
  kuma::mesh::v1alpha1::ServiceInsight FoldServices(const View& view) const;

  std::map<std::string, ZoneCounts> zones_;
};

}  // namespace skyden::insights
