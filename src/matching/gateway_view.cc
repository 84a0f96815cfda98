// SPDX-License-Identifier: Apache-2.0
// A MeshGateway's ports become listeners; hostnames of a port, and those that routes name, become
// hosts; each match of each rule of the routes of a host becomes an entry. A prefix is matched by
// whole path segments, which takes two entries: the path itself and everything below it.
#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "matching/hostnames.h"
#include "matching/legacy.h"
#include "matching/mesh_data.h"
#include "matching/selection.h"
#include "skyden/matching/attachments.h"

namespace skyden::matching {
namespace {

constexpr std::array<std::string_view, 6> kConnectionTypes = {
    "CircuitBreaker", "FaultInjection", "HealthCheck", "RateLimit", "Retry", "Timeout"};
std::string_view NameOf(ListenerProtocol protocol) {
  switch (protocol) {
    case ListenerProtocol::kTcp:
      return "TCP";
    case ListenerProtocol::kTls:
      return "TLS";
    case ListenerProtocol::kHttp:
      return "HTTP";
    case ListenerProtocol::kHttps:
      return "HTTPS";
    case ListenerProtocol::kNone:
      break;
  }
  return "NONE";
}

bool IsHttp(ListenerProtocol protocol) {
  return protocol == ListenerProtocol::kHttp || protocol == ListenerProtocol::kHttps;
}

// The first of `selectors` that matches, as it counts when policies are compared.
std::optional<Rank> FirstRank(const std::vector<Tags>& selectors, const Tags& tags) {
  for (const Tags& selector : selectors) {
    if (Selects(selector, tags)) return RankOf(selector);
  }
  return std::nullopt;
}

struct Host {
  std::string name;
  Tags tags;
  std::vector<const GatewayRoute*> routes;
};

// Routes that name hostnames leave the wildcard host for hosts of those names.
std::vector<Host> Redistribute(std::vector<Host> hosts) {
  std::map<std::string, Host> by_name;
  for (Host& host : hosts) by_name.insert_or_assign(host.name, host);
  const auto wildcard = by_name.find(std::string(kAnyHost));
  if (wildcard == by_name.end()) return hosts;
  Host wild = wildcard->second;
  const std::vector<const GatewayRoute*> routes = std::exchange(wild.routes, {});
  for (const GatewayRoute* route : routes) {
    if (route->hostnames.empty()) wild.routes.push_back(route);
    for (const std::string& name : route->hostnames) {
      auto host = by_name.find(name);
      if (host == by_name.end()) host = by_name.emplace(name, Host{name, wild.tags, {}}).first;
      host->second.routes.push_back(route);
      if (!name.starts_with("*.")) continue;
      const std::string_view suffix = std::string_view(name).substr(2);
      for (auto& [other, entry] : by_name) {
        if (other.ends_with(suffix)) entry.routes.push_back(route);
      }
    }
  }
  by_name.insert_or_assign(wild.name, wild);
  std::vector<Host> all;
  for (auto& [name, host] : by_name) {
    std::set<const GatewayRoute*> seen;
    std::erase_if(host.routes,
                  [&](const GatewayRoute* route) { return !seen.insert(route).second; });
    all.push_back(std::move(host));
  }
  return all;
}

class Viewer {
 public:
  Viewer(const MeshModel& mesh, const Proxy& proxy) : mesh_(mesh), proxy_(proxy) {}

  GatewayView View() {
    GatewayView view;
    AddWhole(view);
    const Gateway* gateway = GatewayOf(mesh_, proxy_, GatewayScope::kAll);
    if (gateway == nullptr) return view;
    view.gateway = gateway->resource;
    std::map<uint32_t, std::vector<const Gateway::Port*>> by_port;
    for (const Gateway::Port& port : gateway->ports) by_port[port.port].push_back(&port);
    for (const auto& [number, ports] : by_port) {
      GatewayView::Listener listener{number, std::string(NameOf(ports.front()->protocol)), {}};
      AddHosts(*gateway, ports, listener);
      view.listeners.push_back(std::move(listener));
    }
    return view;
  }

 private:
  const SharedList<LegacyPolicy>& List(const model::TypeDescriptor& type) const {
    return mesh_.data().LegacyOf(type.id);
  }

  void AddWhole(GatewayView& view) const {
    const auto* log = mesh_.registry().core().traffic_log;
    for (const auto& [service, policy] :
         BestForServices(List(*log), proxy_, {std::string(kPassThrough)})) {
      view.policies.push_back({log, policy->resource});
    }
    const auto* trace = mesh_.registry().core().traffic_trace;
    if (const auto* policy = BestForProxy(List(*trace), proxy_)) {
      view.policies.push_back({trace, policy->resource});
    }
  }

  std::vector<const GatewayRoute*> RoutesFor(const Tags& tags, ListenerProtocol protocol) const {
    std::vector<const GatewayRoute*> routes;
    if (mesh_.data().gateway_routes == nullptr) return routes;
    const auto kind = IsHttp(protocol) ? GatewayRoute::Kind::kHttp : GatewayRoute::Kind::kTcp;
    for (const auto& route : *mesh_.data().gateway_routes) {
      if (route->kind == kind && FirstRank(route->selectors, tags)) routes.push_back(route.get());
    }
    return routes;
  }

  void AddHosts(const Gateway& gateway, const std::vector<const Gateway::Port*>& ports,
                GatewayView::Listener& listener) const {
    const ListenerProtocol protocol = ports.front()->protocol;
    std::map<std::string, std::vector<Host>> groups;  // by the name that TLS asks for
    for (const Gateway::Port* port : ports) {
      Host host{port->hostname, ListenerTags(proxy_, gateway, *port), {}};
      host.routes = RoutesFor(host.tags, protocol);
      const bool by_name =
          port->protocol == ListenerProtocol::kHttps || port->protocol == ListenerProtocol::kTls;
      groups[by_name ? port->hostname : std::string(kAnyHost)].push_back(std::move(host));
    }
    std::vector<std::string> names;
    for (const auto& [name, hosts] : groups) names.push_back(name);
    std::stable_sort(names.begin(), names.end(), IsMoreExactHost);
    for (const std::string& name : names) {
      for (const Host& host : Redistribute(groups[name])) {
        listener.hosts.push_back({host.name, EntriesOf(host)});
      }
    }
    std::stable_sort(listener.hosts.begin(), listener.hosts.end(),
                     [](const auto& a, const auto& b) { return a.name < b.name; });
  }

  std::vector<GatewayView::Entry> EntriesOf(const Host& host) const {
    using Path = GatewayRoute::Match::Path;
    struct Prefixed {
      GatewayView::Entry entry;
      bool rewrites;
    };
    std::vector<GatewayView::Entry> entries;
    std::map<std::string, std::vector<GatewayView::Entry>> exact;
    std::map<std::string, std::vector<Prefixed>> prefixed;
    for (const GatewayRoute* route : host.routes) {
      if (!Accepts(host, *route)) continue;
      for (const GatewayRoute::Rule& rule : route->rules) {
        const GatewayView::Entry entry = EntryOf(host, *route, rule);
        if (route->kind == GatewayRoute::Kind::kTcp) entries.push_back(entry);
        for (const GatewayRoute::Match& match : rule.matches) {
          if (match.path == Path::kExact && !match.value.empty()) {
            exact[match.value].push_back(entry);
          } else if (match.path == Path::kPrefix && !match.value.empty()) {
            prefixed[match.value].push_back({entry, rule.rewrites_prefix});
          } else {
            entries.push_back(entry);
          }
        }
      }
    }
    for (const auto& [path, list] : prefixed) {
      std::string bare = path;
      while (bare.ends_with('/')) bare.pop_back();
      const bool is_taken = exact.contains(bare);
      for (const Prefixed& prefix : list) {
        entries.push_back(prefix.entry);
        if (is_taken || (bare.empty() && !prefix.rewrites)) continue;
        exact[bare].push_back(prefix.entry);
      }
    }
    for (auto& [path, list] : exact) {
      std::move(list.begin(), list.end(), std::back_inserter(entries));
    }
    return entries;
  }

  static bool Accepts(const Host& host, const GatewayRoute& route) {
    if (host.name == kAnyHost || route.hostnames.empty()) return true;
    return std::any_of(route.hostnames.begin(), route.hostnames.end(),
                       [&](const std::string& name) { return HostsMeet(host.name, name); });
  }

  GatewayView::Entry EntryOf(const Host& host, const GatewayRoute& route,
                             const GatewayRoute::Rule& rule) const {
    GatewayView::Entry entry{route.resource->key.name, {}, {}};
    if (rule.mirror) entry.mirrors.push_back(DestinationOf(host, *rule.mirror));
    for (const Tags& backend : rule.backends)
      entry.forwards.push_back(DestinationOf(host, backend));
    return entry;
  }

  GatewayView::Destination DestinationOf(const Host& host, const Tags& tags) const {
    GatewayView::Destination destination{tags, {}};
    for (const std::string_view name : kConnectionTypes) {
      const auto* type = mesh_.registry().FindByName(name);
      const LegacyPolicy* policy = type == nullptr ? nullptr : BestBetween(*type, host.tags, tags);
      if (policy != nullptr) destination.policies.push_back({type, policy->resource});
    }
    return destination;
  }

  const LegacyPolicy* BestBetween(const model::TypeDescriptor& type, const Tags& source,
                                  const Tags& destination) const {
    const LegacyPolicy* best = nullptr;
    Rank best_rank;
    for (const auto& policy : List(type)) {
      const auto from = FirstRank(policy->sources, source);
      const auto to = FirstRank(policy->destinations, destination);
      if (!from || !to) continue;
      const Rank rank = *from + *to;
      const bool newer = best != nullptr && rank == best_rank &&
                         policy->resource->creation_time > best->resource->creation_time;
      if (best == nullptr || rank > best_rank || newer) {
        best = policy.get();
        best_rank = rank;
      }
    }
    return best;
  }

  const MeshModel& mesh_;
  const Proxy& proxy_;
};

}  // namespace

GatewayView ViewGateway(const MeshModel& mesh, const Proxy& proxy) {
  return Viewer(mesh, proxy).View();
}

}  // namespace skyden::matching
