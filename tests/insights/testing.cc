// SPDX-License-Identifier: Apache-2.0
#include "tests/insights/testing.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "kuma/mesh/v1alpha1/dataplane.pb.h"
#include "kuma/mesh/v1alpha1/insights.pb.h"
#include "kuma/mesh/v1alpha1/mesh.pb.h"
#include "kuma/mesh/v1alpha1/outside.pb.h"
#include "kuma/system/v1alpha1/zone_insight.pb.h"

namespace skyden::insights::testing {
namespace {

namespace mesh_proto = kuma::mesh::v1alpha1;
using Networking = mesh_proto::Dataplane::Networking;

bool Has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Maps come out in any order.
template <class Map>
std::string Sorted(const Map& map) {
  std::map<std::string, std::string> lines;
  for (const auto& [key, value] : map) lines[key] = value.ShortDebugString();
  std::string text;
  for (const auto& [key, value] : lines) text += fmt::format("    {}: {}\n", key, value);
  return text;
}

std::string Text(const mesh_proto::ServiceInsight::Service& service) {
  mesh_proto::ServiceInsight::Service bare = service;
  std::map<std::string, uint32_t> backends(service.issuedbackends().begin(),
                                           service.issuedbackends().end());
  bare.clear_issuedbackends();
  std::string text = bare.ShortDebugString();
  for (const auto& [backend, count] : backends) text += fmt::format(" {}={}", backend, count);
  return text;
}

}  // namespace

model::Resource Proxy::Dataplane() const {
  mesh_proto::Dataplane spec;
  auto& networking = *spec.mutable_networking();
  networking.set_address("192.0.2.1");
  if (gateway) {
    networking.mutable_gateway()->set_type(*gateway == ProxyKind::kBuiltinGateway
                                               ? Networking::Gateway::BUILTIN
                                               : Networking::Gateway::DELEGATED);
    auto& tags = *networking.mutable_gateway()->mutable_tags();
    tags["kuma.io/service"] = services.front();
    tags["kuma.io/zone"] = zone;
  } else {
    uint32_t port = 8080;
    for (const std::string& service : services) {
      auto& inbound = *networking.add_inbound();
      inbound.set_port(port++);
      if (!service.empty()) (*inbound.mutable_tags())["kuma.io/service"] = service;
      (*inbound.mutable_tags())["kuma.io/zone"] = zone;
      if (Has(not_ready, service)) inbound.set_state(Networking::Inbound::NotReady);
      if (Has(ignored, service)) inbound.set_state(Networking::Inbound::Ignored);
    }
  }
  model::Resource resource;
  resource.key = {mesh, name};
  resource.zone = zone;
  resource.spec = spec.SerializeAsString();
  return resource;
}

std::string Seen::Spec() const {
  mesh_proto::DataplaneInsight spec;
  auto& subscription = *spec.add_subscriptions();
  subscription.set_id("1");
  subscription.mutable_connect_time()->set_seconds(kConnectedAt);
  if (connection == Connection::kClosed) {
    subscription.mutable_disconnect_time()->set_seconds(kConnectedAt + 1);
  }
  subscription.mutable_version()->mutable_kumadp()->set_version(kuma_dp);
  subscription.mutable_version()->mutable_envoy()->set_version(envoy);
  if (issued_backend) {
    spec.mutable_mtls()->set_issuedbackend(*issued_backend);
    for (const std::string& backend : supported_backends) {
      spec.mutable_mtls()->add_supportedbackends(backend);
    }
  }
  if (certificate) {
    auto& mtls = *spec.mutable_mtls();
    mtls.mutable_last_certificate_regeneration()->set_seconds(
        absl::ToUnixSeconds(certificate->first));
    mtls.mutable_certificate_expiration_time()->set_seconds(
        absl::ToUnixSeconds(certificate->second));
  }
  return spec.SerializeAsString();
}

model::Resource InsightOf(const model::Resource& of, const Seen& seen) {
  model::Resource resource;
  resource.key = of.key;
  resource.zone = of.zone;
  resource.spec = seen.Spec();
  return resource;
}

model::Resource ZoneInsight(const std::string& zone, Connection connection) {
  kuma::system::v1alpha1::ZoneInsight spec;
  auto& subscription = *spec.add_subscriptions();
  subscription.mutable_connect_time()->set_seconds(kConnectedAt);
  if (connection == Connection::kClosed) {
    subscription.mutable_disconnect_time()->set_seconds(kGoneAt);
  }
  model::Resource resource;
  resource.key = {"", zone};
  resource.spec = spec.SerializeAsString();
  return resource;
}

model::Resource Mesh(const std::string& name, bool exclusive) {
  mesh_proto::Mesh spec;
  if (exclusive) spec.mutable_meshservices()->set_mode(mesh_proto::Mesh::MeshServices::Exclusive);
  model::Resource resource;
  resource.key = {"", name};
  resource.spec = spec.SerializeAsString();
  return resource;
}

model::Resource ExternalService(const std::string& mesh, const std::string& name,
                                const std::string& service, const std::string& address) {
  mesh_proto::ExternalService spec;
  (*spec.mutable_tags())["kuma.io/service"] = service;
  spec.mutable_networking()->set_address(address);
  model::Resource resource;
  resource.key = {mesh, name};
  resource.spec = spec.SerializeAsString();
  return resource;
}

World::World() {
  const auto empty = std::make_shared<const resources::ResourceView>(
      0, std::vector<std::shared_ptr<const resources::ResourceView::Chunk>>());
  views = {empty, empty, empty, empty, empty, empty, empty};
  Put(&CountedViews::meshes, Mesh("default"));
  Put(&CountedViews::zone_insights, ZoneInsight("east", Connection::kOpen));
}

void World::Put(CountedViews::View CountedViews::*view, model::Resource resource) {
  resource.revision = resource.version = ++revision_;
  views.*view = resources::Advance(*(views.*view), {std::move(resource)}, revision_);
}

void World::Remove(CountedViews::View CountedViews::*view, const model::ResourceKey& key) {
  model::Resource tombstone;
  tombstone.key = key;
  tombstone.deleted = true;
  tombstone.revision = ++revision_;
  views.*view = resources::Advance(*(views.*view), {std::move(tombstone)}, revision_);
}

std::string Text(const TenantFigures& figures) {
  std::string text;
  for (const TenantFigures::Mesh& mesh : figures.meshes) {
    const auto& insight = mesh.figures->insight;
    text += fmt::format("mesh {}\n  proxies {}\n  types {}\n  services {}\n", mesh.name,
                        insight.dataplanes().ShortDebugString(),
                        insight.dataplanesbytype().ShortDebugString(),
                        insight.has_services() ? insight.services().ShortDebugString() : "none");
    for (const auto& [zone_name, lives] : mesh.figures->certificates) {
      for (const auto& [life, count] : lives) {
        text +=
            fmt::format("  certificates of {}: {}-{} {}\n", zone_name, life.late, life.end, count);
      }
    }
    text += "  kuma-dp\n" + Sorted(insight.dpversions().kumadp());
    text += "  envoy\n" + Sorted(insight.dpversions().envoy());
    text += "  issued\n" + Sorted(insight.mtls().issuedbackends());
    text += "  supported\n" + Sorted(insight.mtls().supportedbackends());
    std::map<std::string, std::string> services;
    for (const auto& [name, service] : mesh.figures->services.services()) {
      services[name] = Text(service);
    }
    for (const auto& [name, service] : services) text += fmt::format("  {}: {}\n", name, service);
  }
  const auto online = [](const TenantFigures::Online& count) {
    return fmt::format("{}/{}", count.online, count.total);
  };
  for (const auto& [zone_name, proxies] : figures.zone_proxies) {
    text += fmt::format("proxies of \"{}\" {}/{}\n", zone_name, proxies.online, proxies.total);
  }
  return text + fmt::format("zones {} ingresses {} egresses {}\n", online(figures.zones),
                            online(figures.zone_ingresses), online(figures.zone_egresses));
}

}  // namespace skyden::insights::testing
