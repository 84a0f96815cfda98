// SPDX-License-Identifier: Apache-2.0
#include "matching/read_legacy.h"

#include <array>
#include <utility>

#include "kuma/mesh/v1alpha1/gateway.pb.h"
#include "kuma/mesh/v1alpha1/outside.pb.h"
#include "kuma/mesh/v1alpha1/resilience.pb.h"
#include "kuma/mesh/v1alpha1/traffic.pb.h"
#include "matching/messages.h"

namespace skyden::matching {
namespace {

namespace pb = kuma::mesh::v1alpha1;

template <class Selectors>
std::vector<Tags> ReadSelectors(const Selectors& selectors) {
  std::vector<Tags> list;
  for (const pb::Selector& selector : selectors) list.push_back(ToTags(selector.match()));
  return list;
}

template <class Message>
bool ReadConnections(LegacyPolicy& policy) {
  Message message;
  if (!ParseSpec(*policy.resource, message)) return false;
  policy.sources = ReadSelectors(message.sources());
  policy.destinations = ReadSelectors(message.destinations());
  if constexpr (std::is_same_v<Message, pb::TrafficRoute>) {
    if (!message.conf().destination().empty()) {
      policy.splits.push_back(ToTags(message.conf().destination()));
    } else {
      for (const auto& split : message.conf().split()) {
        policy.splits.push_back(ToTags(split.destination()));
      }
    }
  }
  return true;
}

template <class Message>
bool ReadProxies(LegacyPolicy& policy) {
  Message message;
  if (!ParseSpec(*policy.resource, message)) return false;
  policy.selectors = ReadSelectors(message.selectors());
  return true;
}

struct Reader {
  std::string_view type;
  bool (*read)(LegacyPolicy&);
};
constexpr std::array kReaders = {
    Reader{"CircuitBreaker", ReadConnections<pb::CircuitBreaker>},
    Reader{"FaultInjection", ReadConnections<pb::FaultInjection>},
    Reader{"HealthCheck", ReadConnections<pb::HealthCheck>},
    Reader{"RateLimit", ReadConnections<pb::RateLimit>},
    Reader{"Retry", ReadConnections<pb::Retry>},
    Reader{"Timeout", ReadConnections<pb::Timeout>},
    Reader{"TrafficLog", ReadConnections<pb::TrafficLog>},
    Reader{"TrafficPermission", ReadConnections<pb::TrafficPermission>},
    Reader{"TrafficRoute", ReadConnections<pb::TrafficRoute>},
    Reader{"MeshGatewayRoute", ReadProxies<pb::MeshGatewayRoute>},
    Reader{"ProxyTemplate", ReadProxies<pb::ProxyTemplate>},
    Reader{"TrafficTrace", ReadProxies<pb::TrafficTrace>},
    Reader{"VirtualOutbound", ReadProxies<pb::VirtualOutbound>},
};

const Reader* ReaderOf(std::string_view type) {
  for (const Reader& reader : kReaders) {
    if (reader.type == type) return &reader;
  }
  return nullptr;
}

ListenerProtocol ProtocolOf(pb::MeshGateway::Listener::Protocol protocol) {
  switch (protocol) {
    case pb::MeshGateway::Listener::TCP:
      return ListenerProtocol::kTcp;
    case pb::MeshGateway::Listener::TLS:
      return ListenerProtocol::kTls;
    case pb::MeshGateway::Listener::HTTP:
      return ListenerProtocol::kHttp;
    case pb::MeshGateway::Listener::HTTPS:
      return ListenerProtocol::kHttps;
    default:
      return ListenerProtocol::kNone;
  }
}

using Http = pb::MeshGatewayRoute::HttpRoute;

GatewayRoute::Match ReadMatch(const Http::Match& from) {
  using Path = GatewayRoute::Match::Path;
  if (!from.has_path()) return {Path::kPrefix, "/"};
  GatewayRoute::Match to;
  to.value = from.path().value();
  switch (from.path().match()) {
    case Http::Match::Path::EXACT:
      to.path = Path::kExact;
      break;
    case Http::Match::Path::PREFIX:
      to.path = Path::kPrefix;
      break;
    default:
      to.path = Path::kOther;
  }
  return to;
}

GatewayRoute::Rule ReadRule(const Http::Rule& from) {
  GatewayRoute::Rule to;
  for (const auto& match : from.matches()) to.matches.push_back(ReadMatch(match));
  for (const auto& backend : from.backends()) to.backends.push_back(ToTags(backend.destination()));
  bool rewrite = false;
  bool redirect = false;
  for (const auto& filter : from.filters()) {
    if (filter.has_mirror()) to.mirror = ToTags(filter.mirror().backend().destination());
    // Of several, the last one counts.
    if (filter.has_rewrite()) {
      rewrite = filter.rewrite().path_case() == Http::Filter::Rewrite::kReplacePrefixMatch;
    }
    if (filter.has_redirect()) {
      redirect = filter.redirect().path().path_case() == Http::Filter::Rewrite::kReplacePrefixMatch;
    }
  }
  to.rewrites_prefix = rewrite || redirect;
  return to;
}

}  // namespace

bool IsLegacyPolicy(const model::TypeDescriptor& type) { return ReaderOf(type.name) != nullptr; }

std::shared_ptr<const LegacyPolicy> ReadLegacyPolicy(const model::TypeDescriptor& type,
                                                     Item resource) {
  const Reader* reader = ReaderOf(type.name);
  if (reader == nullptr) return nullptr;
  auto policy = std::make_shared<LegacyPolicy>();
  policy->resource = std::move(resource);
  policy->type = &type;
  if (!reader->read(*policy)) return nullptr;
  return policy;
}

std::shared_ptr<const Gateway> ReadGateway(Item resource) {
  pb::MeshGateway message;
  if (!ParseSpec(*resource, message)) return nullptr;
  auto gateway = std::make_shared<Gateway>();
  gateway->resource = std::move(resource);
  gateway->selectors = ReadSelectors(message.selectors());
  gateway->tags = ToTags(message.tags());
  for (const auto& listener : message.conf().listeners()) {
    gateway->ports.push_back({listener.hostname().empty() ? "*" : listener.hostname(),
                              listener.port(), ProtocolOf(listener.protocol()),
                              ToTags(listener.tags())});
  }
  return gateway;
}

std::shared_ptr<const GatewayRoute> ReadGatewayRoute(Item resource) {
  pb::MeshGatewayRoute message;
  if (!ParseSpec(*resource, message)) return nullptr;
  auto route = std::make_shared<GatewayRoute>();
  route->resource = std::move(resource);
  route->selectors = ReadSelectors(message.selectors());
  if (message.conf().has_http()) {
    const Http& http = message.conf().http();
    route->kind = GatewayRoute::Kind::kHttp;
    route->hostnames.assign(http.hostnames().begin(), http.hostnames().end());
    for (const auto& rule : http.rules()) route->rules.push_back(ReadRule(rule));
  } else if (message.conf().has_tcp()) {
    route->kind = GatewayRoute::Kind::kTcp;
    for (const auto& rule : message.conf().tcp().rules()) {
      GatewayRoute::Rule to;
      for (const auto& backend : rule.backends()) {
        to.backends.push_back(ToTags(backend.destination()));
      }
      route->rules.push_back(std::move(to));
    }
  }
  return route;
}

}  // namespace skyden::matching
