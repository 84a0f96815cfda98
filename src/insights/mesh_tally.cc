// SPDX-License-Identifier: Apache-2.0
// The rules are Kuma's: a proxy is online when any subscription of its insight is open and at least
// one inbound or listener is ready; partially degraded when some are not; a gateway only needs the
// subscription. Services are counted by the kuma.io/service tag, unless the mesh has given that up
// (meshServices.mode Exclusive), where only delegated gateways still carry it.
#include "insights/mesh_tally.h"

#include <fmt/format.h>

#include <functional>
#include <optional>
#include <utility>

#include "kuma/mesh/v1alpha1/dataplane.pb.h"
#include "kuma/mesh/v1alpha1/mesh.pb.h"
#include "kuma/mesh/v1alpha1/outside.pb.h"

namespace skyden::insights {
namespace {

using mesh_proto::Dataplane;
using mesh_proto::DataplaneInsight;
using Gateway = Dataplane::Networking::Gateway;
using Inbound = Dataplane::Networking::Inbound;
using Service = mesh_proto::ServiceInsight::Service;
using Stat = mesh_proto::MeshInsight::DataplaneStat;

constexpr char kServiceTag[] = "kuma.io/service";
constexpr char kZoneTag[] = "kuma.io/zone";

enum class ProxyStatus { kOnline, kOffline, kPartiallyDegraded };

template <class Tags>
std::string TagOf(const Tags& tags, const char* key) {
  const auto tag = tags.find(key);
  return tag == tags.end() ? std::string() : tag->second;
}

bool IsOnline(const DataplaneInsight& insight) {
  for (const auto& subscription : insight.subscriptions()) {
    if (subscription.has_connect_time() && !subscription.has_disconnect_time()) return true;
  }
  return false;
}

ProxyStatus StatusOf(const Dataplane& dataplane, const DataplaneInsight& insight) {
  const bool online = IsOnline(insight);
  const auto& networking = dataplane.networking();
  if (networking.has_gateway()) return online ? ProxyStatus::kOnline : ProxyStatus::kOffline;
  int ready = 0;
  for (const Inbound& inbound : networking.inbound()) {
    const bool unhealthy = inbound.has_health() && !inbound.health().ready();
    if (!unhealthy && inbound.state() != Inbound::NotReady) ++ready;
  }
  for (const auto& listener : networking.listeners()) {
    if (listener.state() == Dataplane::Networking::Listener::Ready) ++ready;
  }
  if (!online || ready == 0) return ProxyStatus::kOffline;
  return ready < networking.inbound_size() + networking.listeners_size()
             ? ProxyStatus::kPartiallyDegraded
             : ProxyStatus::kOnline;
}

void Count(ProxyStatus status, Stat& stat) {
  switch (status) {
    case ProxyStatus::kOnline:
      return stat.set_online(stat.online() + 1);
    case ProxyStatus::kOffline:
      return stat.set_offline(stat.offline() + 1);
    case ProxyStatus::kPartiallyDegraded:
      return stat.set_partially_degraded(stat.partially_degraded() + 1);
  }
}

void CountWithTotal(ProxyStatus status, Stat& stat) {
  Count(status, stat);
  stat.set_total(stat.total() + 1);
}

// Versions leave partly degraded proxies out of the total, as Kuma does.
void CountVersion(ProxyStatus status, const std::string& version,
                  google::protobuf::Map<std::string, Stat>& versions) {
  Stat& stat = versions[version.empty() ? "unknown" : version];
  Count(status, stat);
  stat.set_total(stat.online() + stat.offline());
}

void Add(const Stat& from, Stat& to) {
  to.set_total(to.total() + from.total());
  to.set_online(to.online() + from.online());
  to.set_offline(to.offline() + from.offline());
  to.set_partially_degraded(to.partially_degraded() + from.partially_degraded());
}

// Calls `fn` with each resource of one mesh.
void ForMesh(const resources::ResourceView& view, const std::string& mesh_name,
             const std::function<void(const model::Resource&)>& fn) {
  for (size_t i = view.LowerBound({mesh_name, ""}); i < view.size(); ++i) {
    const resources::ResourceView::Item& item = view.at(i);
    if (item->key.mesh != mesh_name) return;
    fn(*item);
  }
}

void ForProxies(const ProxyViews& views, const std::string& mesh_name,
                const std::function<void(const Dataplane&, const DataplaneInsight&)>& fn) {
  ForMesh(*views.dataplanes, mesh_name, [&](const model::Resource& resource) {
    Dataplane dataplane;
    if (!dataplane.ParseFromString(resource.spec)) return;  // was checked when it came in
    DataplaneInsight insight;
    if (const auto stored = views.dataplane_insights->Find(resource.key)) {
      insight.ParseFromString(stored->spec);
    }
    fn(dataplane, insight);
  });
}

void ForExternalServices(const ProxyViews& views, const std::string& mesh_name,
                         const std::function<void(const mesh_proto::ExternalService&)>& fn) {
  ForMesh(*views.external_services, mesh_name, [&](const model::Resource& resource) {
    mesh_proto::ExternalService service;
    if (service.ParseFromString(resource.spec)) fn(service);
  });
}

bool HasGivenUpServiceTags(const ProxyViews& views, const std::string& mesh_name) {
  const auto stored = views.meshes->Find({"", mesh_name});
  mesh_proto::Mesh mesh;
  return stored != nullptr && mesh.ParseFromString(stored->spec) &&
         mesh.meshservices().mode() == mesh_proto::Mesh::MeshServices::Exclusive;
}

void CountMtls(ProxyStatus status, const DataplaneInsight& insight,
               mesh_proto::MeshInsight::MTLS& mtls) {
  if (!insight.has_mtls()) return;
  CountWithTotal(status, (*mtls.mutable_issuedbackends())[insight.mtls().issuedbackend()]);
  for (const std::string& backend : insight.mtls().supportedbackends()) {
    CountWithTotal(status, (*mtls.mutable_supportedbackends())[backend]);
  }
}

void CountProxy(const Dataplane& dataplane, const DataplaneInsight& insight,
                mesh_proto::MeshInsight& tally) {
  const ProxyStatus status = StatusOf(dataplane, insight);
  auto& types = *tally.mutable_dataplanesbytype();
  const auto& networking = dataplane.networking();
  if (!networking.has_gateway()) {
    CountWithTotal(status, *types.mutable_standard());
  } else if (networking.gateway().type() == Gateway::BUILTIN) {
    CountWithTotal(status, *types.mutable_gatewaybuiltin());
  } else {
    CountWithTotal(status, *types.mutable_gatewaydelegated());
  }
  CountWithTotal(status, *tally.mutable_dataplanes());
  const int subscriptions = insight.subscriptions_size();
  const mesh_proto::Version version = subscriptions > 0
                                          ? insight.subscriptions(subscriptions - 1).version()
                                          : mesh_proto::Version();
  CountVersion(status, version.kumadp().version(), *tally.mutable_dpversions()->mutable_kumadp());
  CountVersion(status, version.envoy().version(), *tally.mutable_dpversions()->mutable_envoy());
  CountMtls(status, insight, *tally.mutable_mtls());
}

// One more proxy of a service; `status` nullopt for what has no proxy.
class ServiceTally {
 public:
  void Add(Service::Type type, const std::string& name, std::optional<ProxyStatus> status,
           const std::string& issued_backend, const std::string& address,
           const std::string& zone_name) {
    if (name.empty()) return;  // proxies may go without the tag
    auto& services = *insight_.mutable_services();
    const bool first = services.find(name) == services.end();
    Service& service = services[name];
    if (first) {
      service.set_servicetype(type);
      service.set_addressport(address);
      service.mutable_dataplanes();
    }
    if (!issued_backend.empty()) ++(*service.mutable_issuedbackends())[issued_backend];
    auto& proxies = *service.mutable_dataplanes();
    if (status == ProxyStatus::kOnline) {
      proxies.set_online(proxies.online() + 1);
    } else if (status.has_value()) {
      proxies.set_offline(proxies.offline() + 1);
    }
    if (!zone_name.empty()) zones_[name].insert(zone_name);
  }

  mesh_proto::ServiceInsight Finish() && {
    for (auto& [name, service] : *insight_.mutable_services()) {
      service.set_status(StatusOfService(service));
      for (const std::string& zone : zones_[name]) service.add_zones(zone);
    }
    return std::move(insight_);
  }

 private:
  static Service::Status StatusOfService(const Service& service) {
    if (service.servicetype() == Service::external) return Service::not_available;
    if (service.dataplanes().online() == 0) return Service::offline;
    return service.dataplanes().offline() == 0 ? Service::online : Service::partially_degraded;
  }

  mesh_proto::ServiceInsight insight_;
  std::map<std::string, std::set<std::string>> zones_;
};

}  // namespace

mesh_proto::MeshInsight TallyMesh(const ProxyViews& views, const std::string& mesh_name) {
  mesh_proto::MeshInsight tally;
  // Kuma shows these even when they are empty.
  tally.mutable_dataplanes();
  tally.mutable_dpversions();
  tally.mutable_mtls();
  auto& types = *tally.mutable_dataplanesbytype();
  types.mutable_standard();
  types.mutable_gatewaybuiltin();
  types.mutable_gatewaydelegated();

  const bool count_services = !HasGivenUpServiceTags(views, mesh_name);
  std::set<std::string> internal;
  ForProxies(views, mesh_name, [&](const Dataplane& dataplane, const DataplaneInsight& insight) {
    CountProxy(dataplane, insight, tally);
    const auto& networking = dataplane.networking();
    internal.insert(TagOf(networking.gateway().tags(), kServiceTag));
    for (const Inbound& inbound : networking.inbound()) {
      if (inbound.state() != Inbound::Ignored) internal.insert(TagOf(inbound.tags(), kServiceTag));
    }
  });
  internal.erase("");
  Add(types.gatewaybuiltin(), *types.mutable_gateway());
  Add(types.gatewaydelegated(), *types.mutable_gateway());
  if (count_services) {
    uint32_t external = 0;
    ForExternalServices(views, mesh_name, [&](const auto&) { ++external; });
    auto& services = *tally.mutable_services();
    services.set_internal(static_cast<uint32_t>(internal.size()));
    services.set_external(external);
    services.set_total(services.internal() + external);
  }
  return tally;
}

mesh_proto::ServiceInsight TallyServices(const ProxyViews& views, const std::string& mesh_name) {
  const bool by_tag = !HasGivenUpServiceTags(views, mesh_name);
  ServiceTally tally;
  ForProxies(views, mesh_name, [&](const Dataplane& dataplane, const DataplaneInsight& insight) {
    const ProxyStatus status = StatusOf(dataplane, insight);
    const std::string& backend = insight.mtls().issuedbackend();
    const auto& networking = dataplane.networking();
    if (networking.has_gateway()) {
      const bool builtin = networking.gateway().type() == Gateway::BUILTIN;
      if (builtin && !by_tag) return;
      const auto& tags = networking.gateway().tags();
      tally.Add(builtin ? Service::gateway_builtin : Service::gateway_delegated,
                TagOf(tags, kServiceTag), status, backend, "", TagOf(tags, kZoneTag));
      return;
    }
    if (!by_tag) return;
    for (const Inbound& inbound : networking.inbound()) {
      if (inbound.state() == Inbound::Ignored) continue;
      tally.Add(Service::internal, TagOf(inbound.tags(), kServiceTag), status, backend, "",
                TagOf(inbound.tags(), kZoneTag));
    }
  });
  if (by_tag) {
    ForExternalServices(views, mesh_name, [&](const mesh_proto::ExternalService& service) {
      tally.Add(Service::external, TagOf(service.tags(), kServiceTag), std::nullopt, "",
                service.networking().address(), TagOf(service.tags(), kZoneTag));
    });
  }
  return std::move(tally).Finish();
}

}  // namespace skyden::insights
