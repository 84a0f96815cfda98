// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <vector>

#include "kuma/mesh/v1alpha1/gateway.pb.h"
#include "resources/rules_proto/address_rules.h"
#include "resources/rules_proto/rules.h"
#include "resources/rules_proto/tags.h"
#include "resources/rules_proto/values.h"

namespace skyden::resources::rules_proto {
namespace {

using kuma::mesh::v1alpha1::MeshGateway;
using Listener = MeshGateway::Listener;
using Tls = MeshGateway::TLS;

// Listeners on one port become one Envoy listener, so they must fit together.
struct Port {
  std::map<int, std::vector<size_t>> by_protocol;
  std::map<std::string, std::vector<size_t>> by_hostname;
  std::set<uint32_t> limits;
  std::vector<size_t> limited;
};

std::map<uint32_t, Port> GroupByPort(const MeshGateway::Conf& conf) {
  std::map<uint32_t, Port> ports;
  for (int i = 0; i < conf.listeners_size(); ++i) {
    const Listener& listener = conf.listeners(i);
    const auto index = static_cast<size_t>(i);
    Port& port = ports[listener.port()];
    port.by_protocol[listener.protocol()].push_back(index);
    port.by_hostname[listener.hostname().empty() ? "*" : listener.hostname()].push_back(index);
    if (const uint32_t limit = listener.resources().connection_limit(); limit != 0) {
      port.limits.insert(limit);
      port.limited.push_back(index);
    }
  }
  return ports;
}

// Kuma ranges over maps here, so its order is any; ours is that of the listeners.
void AddInOrder(std::vector<size_t> indexes, const std::function<void(size_t)>& add) {
  std::sort(indexes.begin(), indexes.end());
  std::for_each(indexes.begin(), indexes.end(), add);
}

void CheckTogether(const Path& path, const MeshGateway::Conf& conf, Report& report) {
  std::vector<size_t> of_protocol;
  std::vector<size_t> of_hostname;
  std::vector<size_t> of_limit;
  const auto append = [](const std::vector<size_t>& from, std::vector<size_t>& to) {
    to.insert(to.end(), from.begin(), from.end());
  };
  for (const auto& [number, port] : GroupByPort(conf)) {
    for (const auto& [protocol, indexes] : port.by_protocol) {
      if (port.by_protocol.size() > 1) append(indexes, of_protocol);
    }
    for (const auto& [hostname, indexes] : port.by_hostname) {
      if (indexes.size() > 1) append(indexes, of_hostname);
    }
    if (port.limits.size() > 1) append(port.limited, of_limit);
  }
  AddInOrder(of_protocol, [&](size_t index) {
    report.Add(path.Index(index), "protocol conflicts with other listeners on this port");
  });
  AddInOrder(of_hostname, [&](size_t index) {
    report.Add(path.Index(index), "multiple listeners for hostname on this port");
  });
  AddInOrder(of_limit, [&](size_t index) {
    report.Add(path.Index(index).Field("resources.connectionLimit"),
               "conflicting values for this port");
  });
}

void CheckProtocol(const Path& path, const Listener& listener, Report& report) {
  if (listener.protocol() == Listener::NONE) {
    report.Add(path.Field("protocol"), kEmpty);
  } else if (listener.protocol() == Listener::HTTPS) {
    if (listener.crossmesh()) {
      report.Add(path.Field("protocol"), "protocol is not supported with crossMesh");
    } else if (!listener.has_tls()) {
      report.Add(path.Field("tls"), kEmpty);
    } else if (listener.tls().mode() == Tls::PASSTHROUGH) {
      report.Add(path.Field("tls.mode"), "mode is not supported on HTTPS listeners");
    }
  }
}

void CheckTls(const Path& path, const Listener& listener, Report& report) {
  const Tls::Conf& tls = listener.tls();
  if (listener.crossmesh()) {
    if (tls.mode() != Tls::NONE || !tls.certificates().empty()) {
      report.Add(path, "must be empty with crossMesh");
    }
  } else if (tls.mode() == Tls::NONE) {
    report.Add(path.Field("mode"), kEmpty);
  } else if (tls.mode() == Tls::TERMINATE) {
    if (tls.certificates().empty()) {
      report.Add(path.Field("certificates"), "cannot be empty in TLS termination mode");
    } else if (tls.certificates_size() > 2) {
      report.Add(path.Field("certificates"), "cannot have more than 2 certificates");
    }
  }
}

TagRules OwnTags() {
  TagRules rules;
  rules.key = RefuseSystemTags;
  return rules;
}

void CheckConf(const Path& path, const MeshGateway::Conf& conf, Report& report) {
  if (conf.listeners().empty()) report.Add(path, kEmpty);
  for (int i = 0; i < conf.listeners_size(); ++i) {
    const Listener& listener = conf.listeners(i);
    const Path at = path.Index(static_cast<size_t>(i));
    if (!listener.hostname().empty()) {
      CheckHostname(at.Field("hostname"), listener.hostname(), report);
    }
    CheckPort(at.Field("port"), listener.port(), report);
    CheckProtocol(at, listener, report);
    if (listener.has_tls()) CheckTls(at.Field("tls"), listener, report);
    CheckSelector(at.Field("tags"), ToTags(listener.tags()), OwnTags(), report);
  }
  CheckTogether(path, conf, report);
}

}  // namespace

void Check(const MeshGateway& spec, Report& report) {
  SelectorsRules selectors = ServiceTagToo();
  for (const Listener& listener : spec.conf().listeners()) {
    selectors.at_most_one = selectors.at_most_one || listener.crossmesh();
  }
  CheckSelectors(Path("selectors"), spec.selectors(), selectors, report);
  CheckSelector(Path("tags"), ToTags(spec.tags()), OwnTags(), report);
  const Path conf("conf");
  if (!spec.has_conf()) return report.Add(conf, kEmpty);
  CheckConf(conf.Field("listeners"), spec.conf(), report);
}

}  // namespace skyden::resources::rules_proto
