// SPDX-License-Identifier: Apache-2.0
#include "skyden/matching/proxy.h"

#include <algorithm>
#include <utility>

#include "kuma/mesh/v1alpha1/dataplane.pb.h"
#include "kuma/mesh/v1alpha1/gateway.pb.h"
#include "matching/messages.h"
#include "matching/prometheus.h"
#include "skyden/model/kuma_labels.h"

namespace skyden::matching {
namespace {

namespace pb = kuma::mesh::v1alpha1;
using Networking = pb::Dataplane::Networking;

constexpr std::string_view kLoopback = "127.0.0.1";
constexpr std::string_view kAnyValue = "*";

const std::string& FirstOf(const std::string& a, const std::string& b) { return a.empty() ? b : a; }

Proxy::Inbound ReadInbound(const Networking& networking, const Networking::Inbound& from) {
  Proxy::Inbound to;
  to.at = {from.port(), FirstOf(from.address(), networking.address())};
  to.workload_port = from.serviceport() != 0 ? from.serviceport() : from.port();
  to.name = from.name();
  to.tags = ToTags(from.tags());
  to.protocol = FirstOf(from.protocol(), std::string(model::LabelOf(to.tags, model::kProtocolTag)));
  return to;
}

Proxy::ZoneListener ReadListener(const Networking& networking, const Networking::Listener& from) {
  Proxy::ZoneListener to;
  if (from.type() == Networking::Listener::ZoneIngress)
    to.kind = Proxy::ZoneListener::Kind::kIngress;
  if (from.type() == Networking::Listener::ZoneEgress) to.kind = Proxy::ZoneListener::Kind::kEgress;
  to.at = {from.port(), FirstOf(from.address(), networking.address())};
  to.name = from.name();
  return to;
}

Proxy::Outbound ReadOutbound(const Networking::Outbound& from) {
  Proxy::Outbound to;
  to.at = {from.port(), from.address().empty() ? std::string(kLoopback) : from.address()};
  to.tags = ToTags(from.tags());
  if (from.has_backendref()) {
    const auto& ref = from.backendref();
    to.backend = Proxy::Backend{.kind = ref.kind(),
                                .name = ref.name(),
                                .name_space = {},
                                .port = ref.port(),
                                .labels = ToTags(ref.labels())};
  }
  return to;
}

std::vector<Proxy::Backend> ReadReachable(const Networking::TransparentProxying& from) {
  std::vector<Proxy::Backend> to;
  for (const auto& ref : from.reachable_backends().refs()) {
    Proxy::Backend backend{.kind = ref.kind(),
                           .name = ref.name(),
                           .name_space = ref.namespace_(),
                           .port = std::nullopt,
                           .labels = ToTags(ref.labels())};
    if (ref.has_port()) backend.port = ref.port().value();
    to.push_back(std::move(backend));
  }
  return to;
}

bool IsIpv4(const std::string& address) {
  return !address.empty() && address.find_first_not_of("0123456789.") == std::string::npos;
}

bool IsTransparent(const Networking& networking) {
  const auto& proxying = networking.transparent_proxying();
  if (proxying.redirect_port_inbound() == 0 && proxying.redirect_port_outbound() == 0) return false;
  return proxying.ip_family_mode() != Networking::TransparentProxying::IPv4 ||
         IsIpv4(networking.address());
}

}  // namespace

std::string_view Proxy::Inbound::service() const {
  return model::LabelOf(tags, model::kServiceTag);
}
std::string_view Proxy::Outbound::service() const {
  return model::LabelOf(tags, model::kServiceTag);
}

bool Selects(const Tags& selector, const Tags& tags) {
  return std::all_of(selector.begin(), selector.end(), [&](const auto& wanted) {
    const auto found = tags.find(wanted.first);
    return found != tags.end() && (wanted.second == kAnyValue || wanted.second == found->second);
  });
}

bool Proxy::HasTags(const Tags& selector) const {
  return std::any_of(inbounds.begin(), inbounds.end(),
                     [&](const Inbound& inbound) { return Selects(selector, inbound.tags); }) ||
         Selects(selector, gateway_tags);
}

const Proxy::Inbound* Proxy::InboundAt(uint32_t port) const {
  const auto found = std::find_if(inbounds.begin(), inbounds.end(), [port](const Inbound& inbound) {
    return inbound.at.port == port;
  });
  return found == inbounds.end() ? nullptr : &*found;
}

absl::StatusOr<Proxy> ReadProxy(Item dataplane) {
  pb::Dataplane spec;
  if (!ParseSpec(*dataplane, spec)) return absl::InvalidArgumentError("not a Dataplane");
  const Networking& networking = spec.networking();
  Proxy proxy;
  proxy.resource = std::move(dataplane);
  proxy.address = networking.address();
  if (networking.has_gateway()) {
    proxy.kind = networking.gateway().type() == Networking::Gateway::BUILTIN
                     ? Proxy::Kind::kBuiltinGateway
                     : Proxy::Kind::kDelegatedGateway;
    proxy.gateway_tags = ToTags(networking.gateway().tags());
  }
  for (const auto& from : networking.inbound()) {
    proxy.inbounds.push_back(ReadInbound(networking, from));
  }
  for (const auto& from : networking.listeners()) {
    proxy.zone_listeners.push_back(ReadListener(networking, from));
  }
  for (const auto& from : networking.outbound()) proxy.outbounds.push_back(ReadOutbound(from));
  proxy.transparent = IsTransparent(networking);
  if (networking.transparent_proxying().has_reachable_backends()) {
    proxy.reachable_backends = ReadReachable(networking.transparent_proxying());
  }
  if (spec.has_metrics()) proxy.prometheus = ReadPrometheus(spec.metrics());
  return proxy;
}

absl::StatusOr<Proxy> ProxyOfGateway(Item mesh_gateway) {
  pb::MeshGateway spec;
  if (!ParseSpec(*mesh_gateway, spec)) return absl::InvalidArgumentError("not a MeshGateway");
  if (spec.selectors().empty()) {
    return absl::FailedPreconditionError("a MeshGateway without selectors");
  }
  Proxy proxy;
  proxy.resource = std::move(mesh_gateway);
  proxy.kind = Proxy::Kind::kBuiltinGateway;
  proxy.gateway_tags = ToTags(spec.selectors(0).match());
  return proxy;
}

}  // namespace skyden::matching
