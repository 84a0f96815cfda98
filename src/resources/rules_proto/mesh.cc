// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "kuma/mesh/v1alpha1/mesh.pb.h"
#include "resources/go/net.h"
#include "resources/rules_proto/address_rules.h"
#include "resources/rules_proto/backend_conf.h"
#include "resources/rules_proto/rules.h"
#include "resources/rules_proto/tags.h"
#include "resources/rules_proto/values.h"
#include "skyden/model/kuma_labels.h"

namespace skyden::resources::rules_proto {
namespace {

using google::protobuf::Struct;
using kuma::mesh::v1alpha1::LoggingBackend;
using kuma::mesh::v1alpha1::Mesh;
using kuma::mesh::v1alpha1::PrometheusMetricsBackendConfig;
using kuma::mesh::v1alpha1::PrometheusTlsConfig;
using kuma::mesh::v1alpha1::TracingBackend;

constexpr int kMtlsBackendsMax = 1;

void CheckMtls(const Path& path, const Mesh::Mtls& mtls, Report& report) {
  const Path backends = path.Field("backends");
  if (mtls.backends_size() > kMtlsBackendsMax) {
    report.Add(backends, fmt::format("cannot have more than {} backends", kMtlsBackendsMax));
  }
  std::set<std::string> names;
  for (int i = 0; i < mtls.backends_size(); ++i) {
    const auto& backend = mtls.backends(i);
    if (!names.insert(backend.name()).second) {
      report.Add(backends.Index(static_cast<size_t>(i)).Field("name"), NameTaken(backend.name()));
    }
    if (backend.has_dpcert() && !IsSimpleDuration(backend.dpcert().rotation().expiration())) {
      report.Add(path.Field("dpcert.rotation.expiration"), "has to be a valid format");
    }
  }
  if (!mtls.enabledbackend().empty() && !names.contains(mtls.enabledbackend())) {
    report.Add(path.Field("enabledBackend"), "has to be set to one of the backends in the mesh");
  }
}

void CheckTcpLog(const Path& path, const Struct& conf, Report& report) {
  kuma::mesh::v1alpha1::TcpLoggingBackendConfig typed;
  if (!ReadConf(path, conf, typed, report)) return;
  const Path address = path.Field("address");
  if (typed.address().empty()) return report.Add(address, kEmpty);
  const std::optional<HostAndPort> parts = SplitHostPort(typed.address());
  if (!parts.has_value() || parts->host.empty() || parts->port.empty()) {
    report.Add(address, "has to be in format of HOST:PORT");
  }
}

void CheckFileLog(const Path& path, const Struct& conf, Report& report) {
  kuma::mesh::v1alpha1::FileLoggingBackendConfig typed;
  if (ReadConf(path, conf, typed, report) && typed.path().empty()) {
    report.Add(path.Field("path"), kEmpty);
  }
}

void CheckBackend(const Path& path, const LoggingBackend& backend, Report& report) {
  if (backend.name().empty()) report.Add(path.Field("name"), kEmpty);
  if (backend.type() == "file") {
    CheckFileLog(path.Field("config"), backend.conf(), report);
  } else if (backend.type() == "tcp") {
    CheckTcpLog(path.Field("config"), backend.conf(), report);
  } else {
    report.Add(path.Field("type"), R"(unknown backend type. Available backends: "tcp", "file")");
  }
}

void CheckZipkin(const Path& path, const Struct& conf, Report& report) {
  kuma::mesh::v1alpha1::ZipkinTracingBackendConfig typed;
  if (!ReadConf(path, conf, typed, report)) return;
  const std::string& version = typed.apiversion();
  if (!version.empty() && version != "httpJsonV1" && version != "httpJson" &&
      version != "httpProto") {
    report.Add(path.Field("apiVersion"),
               "has invalid value. Allowed values: httpJsonV1, httpJson, httpProto");
  }
  const Path url = path.Field("url");
  if (typed.url().empty()) return report.Add(url, kEmpty);
  const std::optional<RequestUri> uri = ParseRequestUri(typed.url());
  if (!uri.has_value()) {
    report.Add(url, "invalid URL");
  } else if (uri->port.empty()) {
    report.Add(url, "port has to be explicitly specified");
  }
}

void CheckDatadog(const Path& path, const Struct& conf, Report& report) {
  kuma::mesh::v1alpha1::DatadogTracingBackendConfig typed;
  if (!ReadConf(path, conf, typed, report)) return;
  if (typed.address().empty()) report.Add(path.Field("address"), kEmpty);
  CheckPort(path.Field("port"), typed.port(), report);
}

void CheckBackend(const Path& path, const TracingBackend& backend, Report& report) {
  if (backend.name().empty()) report.Add(path.Field("name"), kEmpty);
  if (backend.sampling().value() < 0 || backend.sampling().value() > 100) {
    report.Add(path.Field("sampling"), "has to be in [0.0 - 100.0] range");
  }
  if (backend.type() == "zipkin") {
    CheckZipkin(path.Field("config"), backend.conf(), report);
  } else if (backend.type() == "datadog") {
    CheckDatadog(path.Field("config"), backend.conf(), report);
  } else {
    report.Add(path.Field("type"),
               R"(unknown backend type. Available backends: "zipkin", "datadog")");
  }
}

// Logging and tracing are built alike; `what` is the word for one of them.
template <class Section>
void CheckSection(const Path& path, const Section& section, std::string_view what, Report& report) {
  std::set<std::string> names;
  for (int i = 0; i < section.backends_size(); ++i) {
    const auto& backend = section.backends(i);
    const Path at = path.Field("backends").Index(static_cast<size_t>(i));
    CheckBackend(at, backend, report);
    if (!names.insert(backend.name()).second) {
      report.Add(at.Field("name"), NameTaken(backend.name()));
    }
  }
  if (!section.defaultbackend().empty() && !names.contains(section.defaultbackend())) {
    report.Add(path.Field("defaultBackend"),
               fmt::format("has to be set to one of the {} backend in mesh", what));
  }
}

void CheckMetrics(const Path& path, const kuma::mesh::v1alpha1::Metrics& metrics, Report& report) {
  std::set<std::string> names;
  for (int i = 0; i < metrics.backends_size(); ++i) {
    const auto& backend = metrics.backends(i);
    const Path at = path.Field("backends").Index(static_cast<size_t>(i));
    if (!names.insert(backend.name()).second) {
      report.Add(at.Field("name"), NameTaken(backend.name()));
    }
    if (backend.type() == "prometheus") {
      CheckPrometheusConf(at.Field("conf"), backend.conf(), report);
    } else {
      report.Add(at.Field("type"), R"(unknown backend type. Available backends: "prometheus")");
    }
  }
  if (!metrics.enabledbackend().empty() && !names.contains(metrics.enabledbackend())) {
    report.Add(path.Field("enabledBackend"), "has to be set to one of the backends in the mesh");
  }
}

template <class Rules>
void CheckConstraints(const Path& path, const Rules& rules, Report& report) {
  for (int i = 0; i < rules.size(); ++i) {
    CheckSelector(path.Index(static_cast<size_t>(i)).Field("tags"), ToTags(rules[i].tags()),
                  AnyTags().tags, report);
  }
}

void FillIn(PrometheusMetricsBackendConfig& conf) {
  if (!conf.has_tls()) {
    conf.mutable_tls()->set_mode(conf.skipmtls().value() ? PrometheusTlsConfig::disabled
                                                         : PrometheusTlsConfig::activeMTLSBackend);
  } else if (conf.has_skipmtls() && conf.tls().mode() == PrometheusTlsConfig::providedTLS) {
    conf.clear_skipmtls();
  }
  if (conf.port() == 0) conf.set_port(5670);
  if (conf.path().empty()) conf.set_path("/metrics");
  if (conf.tags().empty()) {
    (*conf.mutable_tags())[std::string(model::kServiceTag)] = "dataplane-metrics";
  }
}

}  // namespace

void Check(const Mesh& spec, Report& report) {
  CheckMtls(Path("mtls"), spec.mtls(), report);
  CheckSection(Path("logging"), spec.logging(), "logging", report);
  CheckSection(Path("tracing"), spec.tracing(), "tracing", report);
  CheckMetrics(Path("metrics"), spec.metrics(), report);
  const Path constraints("constraints.dataplaneProxy");
  const auto& proxy = spec.constraints().dataplaneproxy();
  CheckConstraints(constraints.Field("requirements"), proxy.requirements(), report);
  CheckConstraints(constraints.Field("restrictions"), proxy.restrictions(), report);
  if (spec.routing().zoneegress() && spec.mtls().enabledbackend().empty()) {
    report.Add(Path("mtls"), "has to be set when zoneEgress enabled");
  }
}

void ApplyDefaults(Mesh& spec) {
  if (!spec.has_metrics()) return;  // mutable_ would bring it into being
  for (auto& backend : *spec.mutable_metrics()->mutable_backends()) {
    if (backend.type() != "prometheus") continue;
    PrometheusMetricsBackendConfig conf;
    if (!ToTyped(backend.conf(), conf).ok()) continue;  // CheckMeaning has told
    FillIn(conf);
    const absl::StatusOr<std::string> json = JsonpbEncode(conf);
    Struct filled;
    if (json.ok() && JsonpbDecode(*json, filled).ok()) *backend.mutable_conf() = filled;
  }
}

}  // namespace skyden::resources::rules_proto
