// SPDX-License-Identifier: Apache-2.0
#include <charconv>

#include "kuma/mesh/v1alpha1/outside.pb.h"
#include "resources/go/net.h"
#include "resources/rules_proto/address_rules.h"
#include "resources/rules_proto/rules.h"
#include "resources/rules_proto/tags.h"
#include "resources/rules_proto/values.h"
#include "skyden/model/kuma_labels.h"

namespace skyden::resources::rules_proto {
namespace {

using kuma::mesh::v1alpha1::ExternalService;
using kuma::system::v1alpha1::DataSource;

// Too large a number counts as the largest.
uint32_t PortOf(std::string_view text, bool& readable) {
  uint64_t port = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool digits = result.ptr == text.data() + text.size() && !text.empty();
  const bool large = digits && (result.ec == std::errc::result_out_of_range || port > UINT32_MAX);
  readable = digits && !large;
  if (large) return UINT32_MAX;
  return readable ? static_cast<uint32_t>(port) : 0;
}

void CheckServiceAddress(const Path& path, const std::string& address, Report& report) {
  if (address.empty()) return report.Add(path, "address can't be empty");
  const std::optional<HostAndPort> split = SplitHostPort(address);
  if (!split.has_value()) report.Add(path, "unable to parse address");
  const HostAndPort parts = split.value_or(HostAndPort{});
  if (!IsIp(parts.host) && !IsDnsName(parts.host)) {
    report.Add(path, "address has to be a valid IP address or a domain name");
  }
  bool readable = false;
  const uint32_t port = PortOf(parts.port, readable);
  if (!readable) report.Add(path, "unable to parse port in address");
  CheckPort(path, port, report);
}

void CheckDataSource(const Path& path, bool has, const DataSource& source, Report& report) {
  if (!has || !source.inline_().value().empty() || !source.inlinestring().empty() ||
      !source.secret().empty() || !source.file().empty()) {
    return;
  }
  report.Add(path, "data source cannot be empty");
}

void CheckNetworking(const Path& path, const ExternalService& spec, Report& report) {
  if (spec.has_networking()) {
    CheckServiceAddress(path.Field("address"), spec.networking().address(), report);
  } else {
    report.Add(path, "should have networking");
  }
  const Path at = path.Field("tls");
  const auto& tls = spec.networking().tls();
  if (tls.has_server_name() && tls.server_name().value().empty()) {
    report.Add(at.Field("serverName"), kEmpty);
  }
  CheckDataSource(at.Field("caCert"), tls.has_ca_cert(), tls.ca_cert(), report);
  CheckDataSource(at.Field("clientCert"), tls.has_client_cert(), tls.client_cert(), report);
  CheckDataSource(at.Field("clientKey"), tls.has_client_key(), tls.client_key(), report);
}

}  // namespace

void Check(const ExternalService& spec, Report& report) {
  CheckNetworking(Path("networking"), spec, report);
  const Tags tags = ToTags(spec.tags());
  TagRules rules;
  rules.require_service = true;
  rules.whole = CheckProtocolTag;
  CheckTags(Path("tags"), tags, rules, report);

  const auto service = tags.find(model::kServiceTag);
  if (service == tags.end() || service->second.empty()) return;
  const std::optional<HostAndPort> parts = SplitHostPort(spec.networking().address());
  if (parts.has_value() && parts->host == service->second) {
    report.Add(Path("tags").Key(model::kServiceTag), "cannot be the same as networking.address");
  }
}

}  // namespace skyden::resources::rules_proto
