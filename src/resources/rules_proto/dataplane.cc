// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>

#include "kuma/mesh/v1alpha1/dataplane.pb.h"
#include "resources/go/net.h"
#include "resources/rules_proto/address_rules.h"
#include "resources/rules_proto/backend_conf.h"
#include "resources/rules_proto/proxies.h"
#include "resources/rules_proto/rules.h"
#include "resources/rules_proto/tags.h"
#include "resources/rules_proto/values.h"
#include "skyden/model/kuma_labels.h"

namespace skyden::resources::rules_proto {
namespace {

using kuma::mesh::v1alpha1::Dataplane;
using Networking = Dataplane::Networking;
using Inbound = Networking::Inbound;
using Outbound = Networking::Outbound;

constexpr const char* kKinds =
    "invalid value. Available values are: MeshExternalService,MeshMultiZoneService,MeshService";

bool IsReachableKind(std::string_view kind) {
  return kind == "MeshService" || kind == "MeshExternalService" || kind == "MeshMultiZoneService";
}

std::string OrElse(const std::string& value, const std::string& fallback) {
  return value.empty() ? fallback : value;
}

void CheckServiceAddress(const Inbound& inbound, const std::string& address, Report& report) {
  if (inbound.serviceaddress() != address) return;
  if (inbound.serviceport() == 0 || inbound.serviceport() == inbound.port()) {
    report.Add(Path("serviceAddress"),
               "serviceAddress and servicePort has to differ from address and port");
  }
}

void CheckProbe(const Path& path, const Inbound::ServiceProbe& probe, Report& report) {
  if (probe.has_interval()) CheckDuration(path.Field("interval"), &probe.interval(), report);
  if (probe.has_timeout()) CheckDuration(path.Field("timeout"), &probe.timeout(), report);
  if (probe.has_unhealthy_threshold()) {
    CheckThreshold(path.Field("unhealthyThreshold"), probe.unhealthy_threshold().value(), report);
  }
  if (probe.has_healthy_threshold()) {
    CheckThreshold(path.Field("healthyThreshold"), probe.healthy_threshold().value(), report);
  }
}

void CheckInbound(const Inbound& inbound, const std::string& proxy_address, Report& report) {
  CheckPort(Path("port"), inbound.port(), report);
  if (inbound.serviceport() != 0) CheckPort(Path("servicePort"), inbound.serviceport(), report);
  if (!inbound.serviceaddress().empty()) {
    if (!IsIp(inbound.serviceaddress())) {
      report.Add(Path("serviceAddress"), "serviceAddress has to be valid IP address");
    }
    CheckServiceAddress(inbound, proxy_address, report);
  }
  if (!inbound.address().empty()) {
    if (!IsIp(inbound.address())) {
      report.Add(Path("address"), "address has to be valid IP address");
    }
    CheckServiceAddress(inbound, inbound.address(), report);
  }
  TagRules tags;
  tags.whole = CheckProtocolTag;
  CheckTags(Path("tags"), ToTags(inbound.tags()), tags, report);
  if (!inbound.protocol().empty() && !IsProtocol(inbound.protocol())) {
    report.Add(Path("protocol"), UnknownProtocol(inbound.protocol()));
  }
  CheckProbe(Path("serviceProbe"), inbound.serviceprobe(), report);
}

void CheckOutbound(const Outbound& outbound, Report& report) {
  CheckPort(Path("port"), outbound.port(), report);
  if (!outbound.address().empty() && !IsIp(outbound.address())) {
    report.Add(Path("address"), "address has to be valid IP address");
  }
  const Path ref_path("backendRef");
  if (outbound.has_backendref()) {
    const Outbound::BackendRef& ref = outbound.backendref();
    if (!IsReachableKind(ref.kind())) report.Add(ref_path.Field("kind"), kKinds);
    if (ref.name().empty() && ref.labels().empty()) {
      report.Add(ref_path, "either 'name' or 'labels' should be specified");
    }
    if (ref.kind() != "MeshExternalService") {
      CheckPort(ref_path.Field("port"), ref.port(), report);
    }
    if (!outbound.tags().empty()) {
      report.Add(ref_path, "both backendRef and tags/service cannot be defined");
    }
  } else {
    TagRules tags;
    tags.require_service = true;
    CheckTags(Path("tags"), ToTags(outbound.tags()), tags, report);
  }
}

void CheckReachable(const Path& path,
                    const Networking::TransparentProxying::ReachableBackendRef& ref,
                    Report& report) {
  if (!IsReachableKind(ref.kind())) report.Add(path.Field("kind"), kKinds);
  const Path name = path.Field("name");
  if (!ref.name().empty()) CheckIdentifier(name, ref.name(), report);
  if (ref.name().empty() && ref.namespace_().empty() && ref.labels().empty()) {
    report.Add(name, "name or labels are required");
  }
  if (ref.name().empty() && !ref.namespace_().empty()) {
    report.Add(name, "name is required, when namespace is defined");
  }
  if ((!ref.name().empty() || !ref.namespace_().empty()) && !ref.labels().empty()) {
    report.Add(path.Field("labels"), "labels cannot be defined when name is specified");
  }
}

void CheckNetworking(const Path& path, const Networking& networking, Report& report) {
  CheckAddress(path, networking.address(), report);
  for (int i = 0; i < networking.inbound_size(); ++i) {
    const Inbound& inbound = networking.inbound(i);
    const Path at = path.Field("inbound").Index(static_cast<size_t>(i));
    Report below;
    CheckInbound(inbound, networking.address(), below);
    report.AddAll(at, below.Take());
    if (!inbound.tags().empty() && !inbound.tags().contains(std::string(model::kServiceTag))) {
      report.Add(at.Field("tags").Key(model::kServiceTag), "tag has to exist");
    }
  }
  for (int i = 0; i < networking.outbound_size(); ++i) {
    Report below;
    CheckOutbound(networking.outbound(i), below);
    report.AddAll(path.Field("outbound").Index(static_cast<size_t>(i)), below.Take());
  }
  const auto& refs = networking.transparent_proxying().reachable_backends().refs();
  for (int i = 0; i < refs.size(); ++i) {
    // The spelling is Kuma's.
    CheckReachable(
        path.Field("transparentProxing.reachableBackends.refs").Index(static_cast<size_t>(i)),
        refs[i], report);
  }
}

void CheckProbes(const Path& path, const Dataplane::Probes& probes, Report& report) {
  CheckPort(path.Field("port"), probes.port(), report);
  for (int i = 0; i < probes.endpoints_size(); ++i) {
    const auto& endpoint = probes.endpoints(i);
    const Path at = path.Field("endpoints").Index(static_cast<size_t>(i));
    CheckPort(at.Field("inboundPort"), endpoint.inbound_port(), report);
    if (!ParseRequestUri(endpoint.inbound_path()).has_value()) {
      report.Add(at.Field("inboundPath"), "should be a valid URL Path");
    }
    if (!ParseRequestUri(endpoint.path()).has_value()) {
      report.Add(at.Field("path"), "should be a valid URL Path");
    }
  }
}

// Section names of inbounds, and who holds each address and port.
struct Taken {
  std::set<std::string> names;
  std::set<std::string> inbounds;
  std::map<std::string, int> listeners;  // to the type of the first
};

void CheckListener(const Path& path, const Networking::Listener& listener, Taken& taken,
                   Report& report) {
  if (listener.type() == Networking::Listener::Unspecified) {
    report.Add(path.Field("type"), "type must be ZoneIngress or ZoneEgress");
  }
  CheckAddress(path, listener.address(), report);
  CheckPort(path.Field("port"), listener.port(), report);
  if (!listener.name().empty() && !taken.names.insert(listener.name()).second) {
    report.Add(path.Field("name"), fmt::format("name {} must be unique across inbounds and "
                                               "listeners",
                                               GoQuote(listener.name())));
  }
  const std::string place = fmt::format("{}:{}", listener.address(), listener.port());
  const auto [other, first] = taken.listeners.emplace(place, listener.type());
  if (!first) {
    report.Add(path,
               other->second == listener.type()
                   ? fmt::format("address:port {} is already used by another listener", place)
                   : fmt::format("address:port {} is used by listeners of different types", place));
  }
  if (taken.inbounds.contains(place)) {
    report.Add(path, fmt::format("address:port {} collides with an inbound listener", place));
  }
}

void CheckListeners(const Path& path, const Networking& networking, Report& report) {
  Taken taken;
  for (const Inbound& inbound : networking.inbound()) {
    taken.names.insert(OrElse(inbound.name(), fmt::to_string(inbound.port())));
    taken.inbounds.insert(
        fmt::format("{}:{}", OrElse(inbound.address(), networking.address()), inbound.port()));
  }
  for (int i = 0; i < networking.listeners_size(); ++i) {
    CheckListener(path.Index(static_cast<size_t>(i)), networking.listeners(i), taken, report);
  }
}

void CheckGateway(const Path& path, const Networking::Gateway& gateway, Report& report) {
  TagRules rules;
  // A zone of Kuma 3 has delegated gateways without tags, and adds that of the zone itself. Its own
  // global refuses them; nothing is wrong with them.
  const bool has_only_zone = gateway.type() == Networking::Gateway::DELEGATED &&
                             gateway.tags().size() == 1 &&
                             gateway.tags().contains(std::string(model::kZoneTag));
  rules.require_service = !gateway.tags().empty() && !has_only_zone;
  rules.whole = [](const Path& at, const Tags& tags, Report& found) {
    const auto protocol = tags.find(model::kProtocolTag);
    if (protocol == tags.end() || IsTcp(protocol->second)) return;
    found.Add(at.Key(model::kProtocolTag),
              fmt::format("other values than tcp are not allowed, provided "
                          "value {}",
                          GoQuote(protocol->second)));
  };
  CheckTags(path.Field("tags"), ToTags(gateway.tags()), rules, report);
}

void CheckAdmin(const Path& path, const Networking& networking, Report& report) {
  const uint32_t port = networking.admin().port();
  bool inbound_uses_it = false;
  for (const Inbound& inbound : networking.inbound()) {
    const std::string address = OrElse(inbound.address(), networking.address());
    const uint32_t service_port =
        inbound.serviceport() != 0 ? inbound.serviceport() : inbound.port();
    const std::string service_address = OrElse(inbound.serviceaddress(), address);
    inbound_uses_it = inbound_uses_it || (port == inbound.port() && IsOnLoopback(address)) ||
                      (port == service_port && IsOnLoopback(service_address));
  }
  if (inbound_uses_it) report.Add(path, "must differ from inbound");
  for (const Outbound& outbound : networking.outbound()) {
    if (port != outbound.port() || !IsOnLoopback(OrElse(outbound.address(), "127.0.0.1"))) continue;
    report.Add(path, "must differ from outbound");
    break;
  }
}

void CheckDelegated(const Path& path, const Dataplane& spec, Report& report) {
  const Networking& networking = spec.networking();
  if (!networking.inbound().empty()) {
    report.Add(path.Field("inbound"), "inbound cannot be defined for delegated gateways");
  }
  if (!networking.listeners().empty()) {
    report.Add(path.Field("listeners"), "listeners cannot be defined for delegated gateways");
  }
  CheckGateway(path.Field("gateway"), networking.gateway(), report);
  CheckNetworking(path, networking, report);
  if (spec.has_probes()) CheckProbes(Path("probes"), spec.probes(), report);
}

void CheckBuiltin(const Path& path, const Dataplane& spec, Report& report) {
  const Networking& networking = spec.networking();
  if (!networking.inbound().empty()) {
    report.Add(path.Field("inbound"), "inbound cannot be defined for builtin gateways");
  }
  if (!networking.outbound().empty()) {
    report.Add(path.Field("outbound"), "outbound cannot be defined for builtin gateways");
  }
  if (!networking.listeners().empty()) {
    report.Add(path.Field("listeners"), "listeners cannot be defined for builtin gateways");
  }
  if (spec.has_probes()) {
    report.Add(path.Field("probes"), "probes cannot be defined for builtin gateways");
  }
  CheckGateway(path.Field("gateway"), networking.gateway(), report);
  CheckNetworking(path, networking, report);
}

void CheckSidecar(const Path& path, const Dataplane& spec, Report& report) {
  CheckNetworking(path, spec.networking(), report);
  if (spec.has_probes()) CheckProbes(Path("probes"), spec.probes(), report);
  if (spec.has_metrics()) {
    const Path metrics("metrics");
    if (spec.metrics().type() == "prometheus") {
      CheckPrometheusConf(metrics.Field("conf"), spec.metrics().conf(), report);
    } else {
      report.Add(metrics.Field("type"),
                 R"(unknown backend type. Available backends: "prometheus")");
    }
  }
  CheckListeners(path.Field("listeners"), spec.networking(), report);
}

}  // namespace

void Check(const Dataplane& spec, Report& report) {
  const Path path("networking");
  if (!spec.has_networking()) return report.Add(path, "must be defined");
  if (spec.networking().has_admin()) {
    CheckAdmin(path.Field("admin.port"), spec.networking(), report);
  }
  const Networking& networking = spec.networking();
  if (networking.has_gateway() && networking.gateway().type() == Networking::Gateway::DELEGATED) {
    CheckDelegated(path, spec, report);
  } else if (networking.has_gateway() &&
             networking.gateway().type() == Networking::Gateway::BUILTIN) {
    CheckBuiltin(path, spec, report);
  } else {
    CheckSidecar(path, spec, report);
  }
}

}  // namespace skyden::resources::rules_proto
