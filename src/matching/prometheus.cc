// SPDX-License-Identifier: Apache-2.0
#include "matching/prometheus.h"

#include <utility>

namespace skyden::matching {

std::optional<Proxy::Prometheus> ReadPrometheus(const kuma::mesh::v1alpha1::MetricsBackend& from) {
  if (from.type() != "prometheus") return std::nullopt;
  Proxy::Prometheus to;
  const auto& fields = from.conf().fields();
  if (const auto port = fields.find("port"); port != fields.end()) {
    const double value = port->second.number_value();
    if (value >= 0 && value <= 65535) to.port = static_cast<uint32_t>(value);
  }
  if (const auto tags = fields.find("tags"); tags != fields.end()) {
    for (const auto& [key, value] : tags->second.struct_value().fields()) {
      to.tags[key] = value.string_value();
    }
  }
  return to;
}

std::optional<Proxy::Inbound> MetricsInbound(const std::optional<Proxy::Prometheus>& mesh,
                                             const Proxy& proxy) {
  if (!mesh) return std::nullopt;
  Proxy::Prometheus merged = *mesh;
  if (proxy.prometheus) {
    if (proxy.prometheus->port != 0) merged.port = proxy.prometheus->port;
    for (const auto& [key, value] : proxy.prometheus->tags) merged.tags[key] = value;
  }
  Proxy::Inbound inbound;
  inbound.at = {merged.port, proxy.address};
  inbound.workload_port = merged.port;
  inbound.tags = std::move(merged.tags);
  return inbound;
}

}  // namespace skyden::matching
