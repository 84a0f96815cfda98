// SPDX-License-Identifier: Apache-2.0
// The port on which proxies serve metrics to Prometheus: an inbound that no Dataplane lists.
#pragma once

#include <optional>

#include "kuma/mesh/v1alpha1/mesh.pb.h"
#include "skyden/matching/proxy.h"

namespace skyden::matching {

// nullopt when the backend is not Prometheus.
std::optional<Proxy::Prometheus> ReadPrometheus(const kuma::mesh::v1alpha1::MetricsBackend& from);

// What the mesh says, overridden by what the proxy says. nullopt: metrics are off.
std::optional<Proxy::Inbound> MetricsInbound(const std::optional<Proxy::Prometheus>& mesh,
                                             const Proxy& proxy);

}  // namespace skyden::matching
