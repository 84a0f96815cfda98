// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "kuma/mesh/v1alpha1/zone_proxies.pb.h"
#include "resources/go/net.h"
#include "resources/rules_proto/address_rules.h"
#include "resources/rules_proto/proxies.h"
#include "resources/rules_proto/rules.h"
#include "resources/rules_proto/tags.h"
#include "resources/rules_proto/values.h"

namespace skyden::resources::rules_proto {
namespace {

using kuma::mesh::v1alpha1::ZoneEgress;
using kuma::mesh::v1alpha1::ZoneIngress;

bool IsSubdomain(std::string_view text) {
  const auto alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  while (true) {
    const size_t dot = text.find('.');
    const std::string_view label = text.substr(0, dot);
    if (label.empty() || !alphanumeric(label.front()) || !alphanumeric(label.back())) return false;
    if (!std::all_of(label.begin(), label.end(),
                     [&](char c) { return alphanumeric(c) || c == '-'; })) {
      return false;
    }
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

void CheckNetworking(const Path& path, const ZoneIngress::Networking& networking, Report& report) {
  const uint32_t port = networking.admin().port();
  const bool shared =
      (port == networking.port() && IsOnLoopback(networking.address())) ||
      (port == networking.advertisedport() && IsOnLoopback(networking.advertisedaddress()));
  if (networking.has_admin() && shared) {
    report.Add(path.Field("admin.port"), "must differ from port");
  }
  const Path address = path.Field("advertisedAddress");
  const Path advertised_port = path.Field("advertisedPort");
  if (networking.advertisedaddress().empty() && networking.advertisedport() != 0) {
    report.Add(address, "has to be defined with advertisedPort");
  }
  if (networking.advertisedport() == 0 && !networking.advertisedaddress().empty()) {
    report.Add(advertised_port, "has to be defined with advertisedAddress");
  }
  if (!networking.address().empty()) {
    CheckAddress(path.Field("address"), networking.address(), report);
  }
  if (!networking.advertisedaddress().empty()) {
    CheckAddress(address, networking.advertisedaddress(), report);
  }
  CheckPort(path.Field("port"), networking.port(), report);
  if (networking.advertisedport() != 0) {
    CheckPort(advertised_port, networking.advertisedport(), report);
  }
}

}  // namespace

bool IsTcp(std::string_view protocol) {
  return protocol.size() == 3 && (protocol[0] | 0x20) == 't' && (protocol[1] | 0x20) == 'c' &&
         (protocol[2] | 0x20) == 'p';
}

bool IsOnLoopback(std::string_view address) {
  const std::optional<std::string> bytes = IpBytes(address);
  return bytes.has_value() &&
         (bytes == IpBytes("127.0.0.1") || bytes == IpBytes("0.0.0.0") || bytes == IpBytes("::"));
}

void CheckIdentifier(const Path& path, std::string_view identifier, Report& report) {
  if (identifier.empty()) return report.Add(path, kEmpty);
  if (identifier.size() > 253) return report.Add(path, "value length must less or equal 253");
  if (IsSubdomain(identifier)) return;
  report.Add(path,
             "invalid characters. A lowercase RFC 1123 subdomain must consist of lower case "
             "alphanumeric characters, '-' or '.', and must start and end with an alphanumeric "
             "character");
}

void Check(const ZoneIngress& spec, Report& report) {
  CheckNetworking(Path("networking"), spec.networking(), report);
  TagRules tags;
  tags.require_service = true;
  for (int i = 0; i < spec.availableservices_size(); ++i) {
    CheckTags(Path("availableService").Index(static_cast<size_t>(i)).Field("tags"),
              ToTags(spec.availableservices(i).tags()), tags, report);
  }
}

void Check(const ZoneEgress& spec, Report& report) {
  const Path path("networking");
  const ZoneEgress::Networking& networking = spec.networking();
  if (networking.has_admin() && networking.admin().port() == networking.port() &&
      IsOnLoopback(networking.address())) {
    report.Add(path.Field("admin.port"), "must differ from port");
  }
  if (!networking.address().empty()) {
    CheckAddress(path.Field("address"), networking.address(), report);
  }
  CheckPort(path.Field("port"), networking.port(), report);
}

}  // namespace skyden::resources::rules_proto
