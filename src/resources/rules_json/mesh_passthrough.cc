// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <map>
#include <set>
#include <tuple>

#include "resources/go/net.h"
#include "resources/rules_json/checks.h"
#include "resources/rules_json/rules.h"
#include "resources/rules_json/target_ref.h"
#include "resources/rules_json/text.h"

namespace skyden::resources::rules_json {
namespace {

constexpr Kinds kTop = {Kind::kMesh, Kind::kMeshSubset, Kind::kDataplane};

// Protocols that read requests: a port can speak only one of them.
bool ReadsRequests(std::string_view protocol) {
  return protocol == "grpc" || protocol == "http" || protocol == "http2";
}

void CheckDomain(const Node& match, Report& report) {
  const std::string_view protocol = match["protocol"].text();
  const Node value = match["value"];
  std::string_view domain = value.text();
  if (protocol == "tcp" || protocol == "mysql") {
    report.Add(match["protocol"],
               fmt::format("protocol {} is not supported for a domain", protocol));
  }
  if (domain.size() > 1 && domain[0] == '*' && domain[1] != '.') {
    report.Add(value,
               "provided DNS has incorrect value, partial wildcard is currently not supported");
  }
  if (!match.Has("port") && domain.starts_with('*') && ReadsRequests(protocol)) {
    report.Add(match["port"], "wildcard domains doesn't work for all ports and layer 7 protocol");
  }
  if (domain.starts_with("*.")) domain.remove_prefix(2);
  if (!domain.starts_with('*') && !IsDnsName(domain)) {
    report.Add(value, "provided DNS has incorrect value");
  }
}

class PortUse {
 public:
  void Check(const Node& match, Report& report) {
    const Node port = match["port"];
    if (!port) return;
    const double number = port.number();
    const std::string_view protocol = match["protocol"].text();
    const auto earlier = protocols_.find(number);
    if (earlier != protocols_.end() && earlier->second != protocol && ReadsRequests(protocol)) {
      report.Add(port,
                 "using the same port in multiple matches requires the same protocol for the "
                 "following protocols: [grpc http http2]");
    } else {
      protocols_[number] = protocol;
    }
    const std::string_view value = match["value"].text();
    if (!values_.insert({number, protocol, value}).second) {
      report.Add(match["value"],
                 fmt::format("value {} is already defiend for this port and protocol", value));
    }
  }

 private:
  std::map<double, std::string_view> protocols_;
  std::set<std::tuple<double, std::string_view, std::string_view>> values_;
};

void Check(const Node& spec, const Subject&, Report& report) {
  CheckTopTargetRef(spec, {.kinds = kTop}, report);
  PortUse ports;
  for (const Node& match : spec["default"]["appendMatch"].Items()) {
    const Node port = match["port"];
    if (match["protocol"].text() == "mysql" && !port) {
      report.Add(port, "port must be defined for Mysql protocol");
    }
    if (port) CheckPort(port.path(), port.number(), report);
    ports.Check(match, report);
    CheckOneOf(match["protocol"], "protocol", {"tcp", "tls", "grpc", "http", "http2", "mysql"},
               report);
    const std::string_view type = match["type"].text();
    const Node value = match["value"];
    if (type == "CIDR" && !IsCidr(value.text())) {
      report.Add(value, "provided CIDR has incorrect value");
    }
    if (type == "IP" && !IsIp(value.text())) {
      report.Add(value, "provided IP has incorrect value");
    }
    if (type == "Domain") CheckDomain(match, report);
  }
}

}  // namespace

extern const Rules kMeshPassthroughRules = {Check, nullptr};

}  // namespace skyden::resources::rules_json
