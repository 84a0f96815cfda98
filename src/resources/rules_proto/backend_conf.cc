// SPDX-License-Identifier: Apache-2.0
#include "resources/rules_proto/backend_conf.h"

#include <google/protobuf/struct.pb.h>

#include <algorithm>
#include <array>
#include <set>

#include "kuma/mesh/v1alpha1/mesh.pb.h"
#include "resources/go/regexp.h"
#include "resources/proto/jsonpb.h"

namespace skyden::resources::rules_proto {
namespace {

using kuma::mesh::v1alpha1::PrometheusMetricsBackendConfig;
using kuma::mesh::v1alpha1::PrometheusTlsConfig;

// `skipMTLS` is the older way to say what `tls` says; both at once must agree.
bool AgreeOnTls(const PrometheusMetricsBackendConfig& conf) {
  const auto mode = conf.tls().mode();
  return conf.skipmtls().value() ? mode == PrometheusTlsConfig::disabled
                                 : mode == PrometheusTlsConfig::activeMTLSBackend;
}

}  // namespace

absl::Status ToTyped(const google::protobuf::Struct& conf, google::protobuf::Message& typed) {
  SKYDEN_ASSIGN_OR_RETURN(const std::string json, JsonpbEncode(conf));
  return JsonpbDecode(json, typed);
}

bool ReadConf(const Path& path, const google::protobuf::Struct& conf,
              google::protobuf::Message& typed, Report& report) {
  const absl::Status status = ToTyped(conf, typed);
  if (status.ok()) return true;
  report.Add(path, fmt::format("could not parse config: {}", std::string(status.message())));
  return false;
}

void CheckPrometheusConf(const Path& path, const google::protobuf::Struct& conf, Report& report) {
  PrometheusMetricsBackendConfig typed;
  if (!ReadConf(path, conf, typed, report)) return;
  if (typed.has_skipmtls() && typed.has_tls() && !AgreeOnTls(typed)) {
    return report.Add(path, "skipMTLS and tls configuration cannot be defined together");
  }
  if (const std::string error = WhyNotGoRegexp(typed.envoy().filterregex()); !error.empty()) {
    return report.Add(path.Field("envoy.filterRegex"),
                      fmt::format("provided regexp isn't correct: {}", error));
  }
  std::set<std::string> names;
  for (int i = 0; i < typed.aggregate_size(); ++i) {
    const std::string& name = typed.aggregate(i).name();
    if (names.insert(name).second) continue;
    report.Add(path.Field("aggregate").Index(static_cast<size_t>(i)).Field("name"),
               fmt::format("duplicate entry: {}, values have to be unique", name));
  }
}

std::string NameTaken(std::string_view name) {
  return fmt::format("{} name is already used for another backend", GoQuote(name));
}

bool IsSimpleDuration(std::string_view text) {
  if (text == "0") return true;
  const auto* const unit =
      std::find_if(text.begin(), text.end(), [](char c) { return c < '0' || c > '9'; });
  static constexpr std::array<std::string_view, 7> kUnits = {"y", "w", "d", "h", "m", "s", "ms"};
  const std::string_view rest = text.substr(static_cast<size_t>(unit - text.begin()));
  return unit != text.begin() && std::find(kUnits.begin(), kUnits.end(), rest) != kUnits.end();
}

}  // namespace skyden::resources::rules_proto
