// SPDX-License-Identifier: Apache-2.0
#include "tests/resources/envoy/testing.h"

#include <catch2/catch.hpp>
#include <memory>

#include "resources/envoy/embedded.h"
#include "tests/skip.h"

namespace skyden::resources::envoy {

const Descriptions* Api() {
  if (Embedded().bytes.empty()) {
    Skip("built without the descriptions of Envoy's API, see schema/envoy/README.md");
    return nullptr;
  }
  static const std::unique_ptr<Descriptions> api = *Descriptions::Load(Embedded().bytes);
  return api.get();
}

std::string Cluster(std::string_view text) {
  return WhyNotResource(text, Resource::kCluster, Completeness::kWhole);
}

std::string Listener(std::string_view text) {
  return WhyNotResource(text, Resource::kListener, Completeness::kWhole);
}

std::string VirtualHost(std::string_view text) {
  return WhyNotResource(text, Resource::kVirtualHost, Completeness::kWhole);
}

std::string NetworkFilter(std::string_view text) {
  return WhyNotResource(text, Resource::kNetworkFilter, Completeness::kWhole);
}

std::string HttpFilter(std::string_view text) {
  return WhyNotResource(text, Resource::kHttpFilter, Completeness::kWhole);
}

}  // namespace skyden::resources::envoy
