// SPDX-License-Identifier: Apache-2.0
#include "skyden/matching/attachments.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "matching/legacy.h"
#include "matching/mesh_data.h"
#include "matching/prometheus.h"
#include "skyden/matching/matching.h"
#include "skyden/model/kuma_labels.h"

namespace skyden::matching {
namespace {

constexpr std::string_view kInbound = "inbound";
constexpr std::string_view kOutbound = "outbound";
constexpr std::string_view kServiceAttachment = "service";
constexpr std::string_view kDataplane = "dataplane";

std::string JoinHostPort(const Listener& at) {
  return at.address.find(':') == std::string::npos ? fmt::format("{}:{}", at.address, at.port)
                                                   : fmt::format("[{}]:{}", at.address, at.port);
}

std::string NameOf(const Proxy::Inbound& inbound) {
  return fmt::format("{}:{}:{}", inbound.at.address, inbound.at.port, inbound.workload_port);
}

class Collector {
 public:
  Collector(const MeshModel& mesh, const Proxy& proxy, const model::TypeDescriptor* only)
      : mesh_(mesh), proxy_(proxy), only_(only) {
    // The outbounds of a transparent proxy are addresses that its zone gives out.
    if (!proxy.transparent) {
      for (const Proxy::Outbound& outbound : proxy.outbounds) {
        if (!outbound.backend) outbounds_.push_back(&outbound);
      }
    }
    for (const Proxy::Outbound* outbound : outbounds_) services_.emplace_back(outbound->service());
    services_.emplace_back(kPassThrough);
  }

  std::vector<Attachment> Collect() {
    AddInbounds();
    AddOutbounds();
    AddServices();
    AddDataplane();
    std::vector<std::pair<std::string, Attachment>> sorted;
    for (auto& [key, attachment] : parts_) {
      sorted.emplace_back(
          fmt::format("{{{} {} {}}}", attachment.kind, attachment.name, attachment.service),
          std::move(attachment));
    }
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<Attachment> attachments;
    for (auto& [text, attachment] : sorted) attachments.push_back(std::move(attachment));
    return attachments;
  }

 private:
  // nullptr when it is not asked for.
  const model::TypeDescriptor* Wanted(std::string_view name) const {
    const model::TypeDescriptor* type = mesh_.registry().FindByName(name);
    return only_ == nullptr || only_ == type ? type : nullptr;
  }
  const SharedList<LegacyPolicy>& List(const model::TypeDescriptor& type) const {
    return mesh_.data().LegacyOf(type.id);
  }

  void Add(std::string_view kind, std::string name, std::string_view service,
           const model::TypeDescriptor* type, const Item& policy) {
    Attachment& part = parts_[{std::string(kind), name, std::string(service)}];
    part.kind = kind;
    part.name = std::move(name);
    part.service = service;
    part.policies.push_back({type, policy});
  }

  void AddInbounds() {
    struct At {
      const Proxy::Inbound* inbound;
      std::string_view service;
    };
    std::vector<At> inbounds;
    for (const Proxy::Inbound& inbound : proxy_.inbounds) {
      inbounds.push_back({&inbound, inbound.service()});
    }
    const std::optional<Proxy::Inbound> metrics = MetricsInbound(mesh_.data().prometheus, proxy_);
    if (metrics) inbounds.push_back({&*metrics, {}});
    if (const auto* type = Wanted("TrafficPermission")) {
      for (const At& at : inbounds) {
        if (const auto* policy = BestForInbound(List(*type), at.inbound->tags)) {
          Add(kInbound, NameOf(*at.inbound), at.service, type, policy->resource);
        }
      }
    }
    for (const std::string_view name : {"FaultInjection", "RateLimit"}) {
      const auto* type = Wanted(name);
      if (type == nullptr) continue;
      for (const At& at : inbounds) {
        for (const LegacyPolicy* policy : AllForInbound(List(*type), at.inbound->tags)) {
          Add(kInbound, NameOf(*at.inbound), at.service, type, policy->resource);
        }
      }
    }
  }

  void AddOutbounds() {
    for (const std::string_view name : {"Timeout", "RateLimit", "TrafficRoute"}) {
      const auto* type = Wanted(name);
      if (type == nullptr) continue;
      const auto best = BestForServices(List(*type), proxy_, services_);
      std::set<Listener> seen;
      for (const Proxy::Outbound* outbound : outbounds_) {
        const auto policy = best.find(std::string(outbound->service()));
        if (policy == best.end() || !seen.insert(outbound->at).second) continue;
        Add(kOutbound, JoinHostPort(outbound->at), outbound->service(), type,
            policy->second->resource);
      }
    }
  }

  // The services that the outbounds lead to, by way of TrafficRoutes.
  std::vector<std::string> Destinations() const {
    const std::map<std::string, const LegacyPolicy*> routes =
        BestForServices(List(*mesh_.registry().core().traffic_route), proxy_, services_);
    std::set<std::string> destinations;
    for (const Proxy::Outbound* outbound : outbounds_) {
      const std::string service(outbound->service());
      const auto route = routes.find(service);
      if (route == routes.end()) {
        destinations.insert(service);
        continue;
      }
      for (const Tags& split : route->second->splits) {
        const std::string_view to = model::LabelOf(split, model::kServiceTag);
        destinations.insert(to.empty() || to == "*" ? service : std::string(to));
      }
    }
    return {destinations.begin(), destinations.end()};
  }

  void AddServices() {
    if (const auto* type = Wanted("TrafficLog")) {
      AddBest(*type, services_);
    }
    for (const std::string_view name : {"HealthCheck", "CircuitBreaker", "Retry"}) {
      const auto* type = Wanted(name);
      if (type != nullptr && !List(*type).empty()) AddBest(*type, Destinations());
    }
  }

  void AddBest(const model::TypeDescriptor& type, const std::vector<std::string>& services) {
    for (const auto& [service, policy] : BestForServices(List(type), proxy_, services)) {
      Add(kServiceAttachment, service, service, &type, policy->resource);
    }
  }

  void AddDataplane() {
    for (const std::string_view name : {"TrafficTrace", "ProxyTemplate"}) {
      const auto* type = Wanted(name);
      if (type == nullptr) continue;
      if (const auto* policy = BestForProxy(List(*type), proxy_)) {
        Add(kDataplane, {}, {}, type, policy->resource);
      }
    }
    for (const model::TypeDescriptor* type : PolicyTypes(mesh_.registry())) {
      if (only_ != nullptr && only_ != type) continue;
      for (const Item& policy : PoliciesFor(mesh_, *type, proxy_)) {
        Add(kDataplane, {}, {}, type, policy);
      }
    }
  }

  const MeshModel& mesh_;
  const Proxy& proxy_;
  const model::TypeDescriptor* only_;
  std::vector<const Proxy::Outbound*> outbounds_;  // to services told by tags
  std::vector<std::string> services_;              // of them, and the pass-through
  std::map<std::tuple<std::string, std::string, std::string>, Attachment> parts_;
};

}  // namespace

std::vector<Attachment> AttachmentsOf(const MeshModel& mesh, const Proxy& proxy,
                                      const model::TypeDescriptor* only) {
  return Collector(mesh, proxy, only).Collect();
}

bool GatewaySelects(const MeshModel& mesh, std::string_view gateway_name, const Proxy& proxy) {
  if (mesh.data().gateways == nullptr) return false;
  for (const auto& gateway : *mesh.data().gateways) {
    if (gateway->resource->key.name != gateway_name) continue;
    BestProxyPolicy<Gateway> best;
    best.Consider(*gateway, gateway->selectors,
                  [&](const Tags& selector) { return proxy.HasTags(selector); });
    return best.get() != nullptr;
  }
  return false;
}

}  // namespace skyden::matching
