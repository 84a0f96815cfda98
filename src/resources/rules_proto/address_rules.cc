// SPDX-License-Identifier: Apache-2.0
#include "resources/rules_proto/address_rules.h"

#include "resources/go/net.h"

namespace skyden::resources::rules_proto {

void CheckAddress(const Path& path, std::string_view address, Report& report) {
  const Path field = path.Field("address");
  if (address.empty()) return report.Add(field, "address can't be empty");
  if (address == "0.0.0.0" || address == "::") report.Add(field, "must not be 0.0.0.0 or ::");
  if (!IsIp(address) && !IsDnsName(address)) {
    report.Add(field, "address has to be valid IP address or domain name");
  }
}

void CheckPort(const Path& path, uint32_t port, Report& report) {
  if (port == 0 || port > 65535) report.Add(path, "port must be in the range [1, 65535]");
}

void CheckHostname(const Path& path, std::string_view hostname, Report& report) {
  if (hostname == "*") return;
  if (hostname.size() > 253) report.Add(path, "must be at most 253 characters");
  if (hostname.starts_with("*.")) {
    if (!IsDomain(hostname.substr(2))) report.Add(path, "invalid wildcard domain");
  } else if (!IsDomain(hostname)) {
    report.Add(path, "invalid hostname");
  }
}

}  // namespace skyden::resources::rules_proto
