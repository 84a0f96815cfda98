// SPDX-License-Identifier: Apache-2.0
// Sums are kept per zone, because a zone that comes or goes changes the status of all its proxies
// at once. What falls to nothing is erased, so that two ways to the same proxies end in the same
// counts.
#include "insights/mesh_counts.h"

#include <algorithm>
#include <set>

#include "skyden/base/check.h"

namespace skyden::insights {
namespace {

namespace mesh_proto = kuma::mesh::v1alpha1;
using Stat = mesh_proto::MeshInsight::DataplaneStat;
using Service = mesh_proto::ServiceInsight::Service;
using ByName = std::map<std::string, StatusCounts>;

void Count(ByName& counts, const std::string& name, ProxyStatus status, int32_t by) {
  StatusCounts& entry = counts[name];
  entry.Add(status, by);
  if (entry.empty()) counts.erase(name);
}

template <class Key>
void Count(std::map<Key, uint32_t>& counts, const Key& key, int32_t by) {
  uint32_t& entry = counts[key];
  SKYDEN_DCHECK(by > 0 || entry > 0);
  entry += static_cast<uint32_t>(by);
  if (entry == 0) counts.erase(key);
}

void Sum(const ByName& from, Presence zone, ByName& to) {
  for (const auto& [name, counts] : from) to[name].Add(counts, zone);
}

void Fill(const StatusCounts& counts, Stat& stat) {
  stat.set_total(counts.total());
  stat.set_online(counts.of(ProxyStatus::kOnline));
  stat.set_offline(counts.of(ProxyStatus::kOffline));
  stat.set_partially_degraded(counts.of(ProxyStatus::kPartiallyDegraded));
}

void Fill(const ByName& counts, google::protobuf::Map<std::string, Stat>& stats) {
  for (const auto& [name, each] : counts) Fill(each, stats[name]);
}

// Versions leave partly degraded proxies out of the total, as Kuma does.
void FillVersions(const ByName& counts, google::protobuf::Map<std::string, Stat>& stats) {
  for (const auto& [version, each] : counts) {
    Stat& stat = stats[version];
    Fill(each, stat);
    stat.set_total(stat.online() + stat.offline());
  }
}

Service::Type TypeOf(ProxyKind kind) {
  switch (kind) {
    case ProxyKind::kStandard:
      break;
    case ProxyKind::kBuiltinGateway:
      return Service::gateway_builtin;
    case ProxyKind::kDelegatedGateway:
      return Service::gateway_delegated;
  }
  return Service::internal;
}

Service::Status StatusOf(const Service& service) {
  if (service.servicetype() == Service::external) return Service::not_available;
  if (service.dataplanes().online() == 0) return Service::offline;
  return service.dataplanes().offline() == 0 ? Service::online : Service::partially_degraded;
}

// One service while its parts are put together.
struct Gathered {
  StatusCounts proxies;
  std::set<ProxyKind> kinds;
  std::map<std::string, uint32_t> issued_backends;
  std::set<std::string> zones;
  const ExternalFacts* first_external = nullptr;
};

Service Finish(const std::string& name, const Gathered& gathered, const MeshCounts::View& view) {
  Service service;
  if (gathered.kinds.empty()) {
    service.set_servicetype(Service::external);
    service.set_addressport(gathered.first_external->address);
  } else {
    service.set_servicetype(
        TypeOf(gathered.kinds.size() == 1 ? *gathered.kinds.begin() : view.first_kind(name)));
  }
  // Here what is partly degraded is offline.
  service.mutable_dataplanes()->set_online(gathered.proxies.of(ProxyStatus::kOnline));
  service.mutable_dataplanes()->set_offline(gathered.proxies.of(ProxyStatus::kOffline) +
                                            gathered.proxies.of(ProxyStatus::kPartiallyDegraded));
  for (const auto& [backend, count] : gathered.issued_backends) {
    (*service.mutable_issuedbackends())[backend] = count;
  }
  service.set_status(StatusOf(service));
  for (const std::string& zone : gathered.zones) service.add_zones(zone);
  return service;
}

}  // namespace

void StatusCounts::Add(const StatusCounts& other, Presence zone) {
  if (zone == Presence::kGone) {
    Add(ProxyStatus::kOffline, static_cast<int32_t>(other.total()));
    return;
  }
  for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
}

uint32_t StatusCounts::total() const {
  int32_t sum = 0;
  for (const int32_t count : counts_) sum += count;
  return static_cast<uint32_t>(sum);
}

bool MeshCounts::ZoneCounts::empty() const {
  return std::all_of(kinds.begin(), kinds.end(), [](const auto& kind) { return kind.empty(); });
}

void MeshCounts::Change(const std::string& zone_name, const ProxyFacts& facts, int32_t by) {
  ZoneCounts& zone = zones_[zone_name];
  zone.kinds[static_cast<size_t>(facts.kind)].Add(facts.status, by);
  Count(zone.kuma_dp_versions, facts.kuma_dp_version, facts.status, by);
  Count(zone.envoy_versions, facts.envoy_version, facts.status, by);
  if (facts.issued_backend) Count(zone.issued_backends, *facts.issued_backend, facts.status, by);
  if (facts.certificate) Count(zone.certificates, *facts.certificate, by);
  for (const std::string& backend : facts.supported_backends) {
    Count(zone.supported_backends, backend, facts.status, by);
  }
  for (const ProxyFacts::Service& service : facts.services) {
    const auto key = std::make_pair(service.name, facts.kind);
    ServiceCounts& counts = zone.services[key];
    counts.proxies.Add(facts.status, by);
    const bool issued = facts.issued_backend && !facts.issued_backend->empty();
    if (issued) Count(counts.issued_backends, *facts.issued_backend, by);
    if (!service.zone_tag.empty()) Count(counts.zone_tags, service.zone_tag, by);
    if (counts.proxies.empty()) zone.services.erase(key);
  }
  if (zone.empty()) zones_.erase(zone_name);
}

void MeshCounts::FoldProxies(const View& view, mesh_proto::MeshInsight& insight) const {
  std::array<StatusCounts, kProxyKinds> kinds;
  ByName kuma_dp, envoy, issued, supported;
  for (const auto& [zone_name, zone] : zones_) {
    const Presence presence = view.presence(zone_name);
    for (size_t i = 0; i < kProxyKinds; ++i) kinds[i].Add(zone.kinds[i], presence);
    Sum(zone.kuma_dp_versions, presence, kuma_dp);
    Sum(zone.envoy_versions, presence, envoy);
    Sum(zone.issued_backends, presence, issued);
    Sum(zone.supported_backends, presence, supported);
  }
  StatusCounts all, gateways;
  for (const StatusCounts& kind : kinds) all.Add(kind, Presence::kThere);
  const auto& builtin = kinds[static_cast<size_t>(ProxyKind::kBuiltinGateway)];
  const auto& delegated = kinds[static_cast<size_t>(ProxyKind::kDelegatedGateway)];
  gateways.Add(builtin, Presence::kThere);
  gateways.Add(delegated, Presence::kThere);
  // Kuma shows these even when they are empty.
  Fill(all, *insight.mutable_dataplanes());
  auto& types = *insight.mutable_dataplanesbytype();
  Fill(kinds[static_cast<size_t>(ProxyKind::kStandard)], *types.mutable_standard());
  Fill(builtin, *types.mutable_gatewaybuiltin());
  Fill(delegated, *types.mutable_gatewaydelegated());
  Fill(gateways, *types.mutable_gateway());
  FillVersions(kuma_dp, *insight.mutable_dpversions()->mutable_kumadp());
  FillVersions(envoy, *insight.mutable_dpversions()->mutable_envoy());
  Fill(issued, *insight.mutable_mtls()->mutable_issuedbackends());
  Fill(supported, *insight.mutable_mtls()->mutable_supportedbackends());
}

std::map<std::string, ProxyTally> MeshCounts::FoldZones(const View& view) const {
  std::map<std::string, ProxyTally> tallies;
  for (const auto& [zone_name, zone] : zones_) {
    StatusCounts all;
    for (const StatusCounts& kind : zone.kinds) all.Add(kind, view.presence(zone_name));
    tallies[zone_name] = {all.total(), all.total() - all.of(ProxyStatus::kOffline)};
  }
  return tallies;
}

mesh_proto::ServiceInsight MeshCounts::FoldServices(const View& view) const {
  std::map<std::string, Gathered> gathered;
  for (const auto& [zone_name, zone] : zones_) {
    const Presence presence = view.presence(zone_name);
    for (const auto& [key, counts] : zone.services) {
      const auto& [name, kind] = key;
      if (view.exclusive && kind != ProxyKind::kDelegatedGateway) continue;
      Gathered& service = gathered[name];
      service.proxies.Add(counts.proxies, presence);
      service.kinds.insert(kind);
      for (const auto& [backend, count] : counts.issued_backends) {
        service.issued_backends[backend] += count;
      }
      for (const auto& [tag, count] : counts.zone_tags) service.zones.insert(tag);
    }
  }
  if (!view.exclusive) {
    for (const ExternalFacts& external : view.external_services) {
      if (external.service.empty()) continue;
      Gathered& service = gathered[external.service];
      if (service.first_external == nullptr) service.first_external = &external;
      if (!external.zone_tag.empty()) service.zones.insert(external.zone_tag);
    }
  }
  mesh_proto::ServiceInsight insight;
  auto& services = *insight.mutable_services();
  for (const auto& [name, parts] : gathered) services[name] = Finish(name, parts, view);
  return insight;
}

MeshFigures MeshCounts::Fold(const View& view) const {
  MeshFigures figures;
  FoldProxies(view, figures.insight);
  figures.services = FoldServices(view);
  figures.zone_proxies = FoldZones(view);
  for (const auto& [zone_name, zone] : zones_) {
    if (!zone.certificates.empty()) figures.certificates[zone_name] = zone.certificates;
  }
  if (!view.exclusive) {
    std::set<std::string_view> internal;
    for (const auto& [zone_name, zone] : zones_) {
      for (const auto& [key, counts] : zone.services) internal.insert(key.first);
    }
    auto& services = *figures.insight.mutable_services();
    services.set_internal(static_cast<uint32_t>(internal.size()));
    services.set_external(static_cast<uint32_t>(view.external_services.size()));
    services.set_total(services.internal() + services.external());
  }
  return figures;
}

}  // namespace skyden::insights
