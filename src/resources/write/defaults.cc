// SPDX-License-Identifier: Apache-2.0
// The texts are data; a registry type and a name go with each.
#include "resources/write/defaults.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "resources/write/secret_spec.h"
#include "skyden/base/check.h"
#include "skyden/base/status.h"
#include "skyden/model/kuma_names.h"
#include "skyden/resources/labels.h"
#include "skyden/resources/new_zone.h"

namespace skyden::resources {
namespace {

struct Text {
  std::string_view type;
  std::string_view name;
  std::string_view spec;
};

// Kuma 3 gives a mesh none since 3.0.1.
constexpr Text kPoliciesOfTwo[] = {
    {"MeshTimeout", "mesh-gateways-timeout-all",
     R"({"targetRef":{"kind":"Mesh","proxyTypes":["Gateway"]},)"
     R"("to":[{"targetRef":{"kind":"Mesh"},)"
     R"("default":{"idleTimeout":"1h0m0s","http":{"streamIdleTimeout":"5s"}}}],)"
     R"("from":[{"targetRef":{"kind":"Mesh"},)"
     R"("default":{"idleTimeout":"5m0s",)"
     R"("http":{"streamIdleTimeout":"5s","requestHeadersTimeout":"500ms"}}}]})"},
    {"MeshTimeout", "mesh-timeout-all",
     R"({"targetRef":{"kind":"Mesh","proxyTypes":["Sidecar"]},)"
     R"("to":[{"targetRef":{"kind":"Mesh"},)"
     R"("default":{"connectionTimeout":"5s","idleTimeout":"1h0m0s",)"
     R"("http":{"requestTimeout":"15s","streamIdleTimeout":"30m0s"}}}],)"
     R"("from":[{"targetRef":{"kind":"Mesh"},)"
     R"("default":{"connectionTimeout":"10s","idleTimeout":"2h0m0s",)"
     R"("http":{"requestTimeout":"0s","streamIdleTimeout":"1h0m0s","maxStreamDuration":"0s"}}}]})"},
    {"MeshCircuitBreaker", "mesh-circuit-breaker-all",
     R"({"targetRef":{"kind":"Mesh"},"to":[{"targetRef":{"kind":"Mesh"},)"
     R"("default":{"connectionLimits":{"maxConnections":1024,"maxPendingRequests":1024,)"
     R"("maxRetries":3,"maxRequests":1024}}}]})"},
    {"MeshRetry", "mesh-retry-all",
     R"({"targetRef":{"kind":"Mesh"},"to":[{"targetRef":{"kind":"Mesh"},)"
     R"("default":{"tcp":{"maxConnectAttempt":5},)"
     R"("http":{"numRetries":5,"perTryTimeout":"16s",)"
     R"("backOff":{"baseInterval":"25ms","maxInterval":"250ms"}},)"
     R"("grpc":{"numRetries":5,"perTryTimeout":"16s",)"
     R"("backOff":{"baseInterval":"25ms","maxInterval":"250ms"}}}}]})"},
};

constexpr Text kHostnameGenerators[] = {
    {"HostnameGenerator", "synced-headless-kube-mesh-service",
     R"({"selector":{"meshService":{"matchLabels":{"k8s.kuma.io/is-headless-service":"true",)"
     R"("kuma.io/env":"kubernetes","kuma.io/origin":"global"}}},)"
     R"("template":"{{ label \"statefulset.kubernetes.io/pod-name\" }}.)"
     R"({{ label \"k8s.kuma.io/service-name\" }}.{{ .Namespace }}.svc.{{ .Zone }}.mesh.local"})"},
    {"HostnameGenerator", "synced-kube-mesh-service",
     R"({"selector":{"meshService":{"matchLabels":{"k8s.kuma.io/is-headless-service":"false",)"
     R"("kuma.io/env":"kubernetes","kuma.io/origin":"global"}}},)"
     R"("template":"{{ .DisplayName }}.{{ .Namespace }}.svc.{{ .Zone }}.mesh.local"})"},
    {"HostnameGenerator", "synced-mesh-external-service",
     R"({"selector":{"meshExternalService":{"matchLabels":{"kuma.io/origin":"global"}}},)"
     R"("template":"{{ .DisplayName }}.extsvc.mesh.local"})"},
    {"HostnameGenerator", "synced-mesh-multi-zone-service",
     R"({"selector":{"meshMultiZoneService":{"matchLabels":{"kuma.io/origin":"global"}}},)"
     R"("template":"{{ .DisplayName }}.mzsvc.mesh.local"})"},
    {"HostnameGenerator", "synced-universal-mesh-service",
     R"({"selector":{"meshService":{"matchLabels":{"kuma.io/env":"universal",)"
     R"("kuma.io/origin":"global"}}},)"
     R"("template":"{{ .DisplayName }}.svc.{{ .Zone }}.mesh.local"})"},
};

constexpr std::string_view kDefaultMesh = "default";
constexpr std::string_view kFirstKeyId = "1";

const model::TypeDescriptor& TypeNamed(const model::TypeRegistry& registry, std::string_view name) {
  const model::TypeDescriptor* type = registry.FindByName(name);
  SKYDEN_CHECK(type != nullptr);
  return *type;
}

std::string Encode(const ResourceCodec& codec, const model::TypeDescriptor& type,
                   std::string_view json) {
  absl::StatusOr<std::string> spec = codec.SpecFromJson(type, json);
  SKYDEN_CHECK(spec.ok());
  return *std::move(spec);
}

model::Resource NewResource(const model::TypeDescriptor& type, std::string mesh, std::string name,
                            std::string spec, absl::Time now) {
  model::Resource resource;
  resource.type = type.id;
  resource.key = {std::move(mesh), std::move(name)};
  resource.spec = std::move(spec);
  resource.creation_time = now;
  resource.modification_time = now;
  return resource;
}

std::string DefaultPolicyName(std::string_view policy, std::string_view mesh) {
  return fmt::format("{}-{}", policy, mesh);
}

}  // namespace

Defaults::Defaults(const model::TypeRegistry& registry, const ResourceCodec& codec)
    : codec_(codec), types_(registry.core()) {
  empty_mesh_spec_ = Encode(codec, *types_.mesh, "{}");
  const auto prepare = [&](const Text& text) {
    const model::TypeDescriptor& type = TypeNamed(registry, text.type);
    return Prepared{&type, std::string(text.name), Encode(codec, type, text.spec)};
  };
  for (const Text& text : kPoliciesOfTwo) {
    policies_[model::KumaVersion::kTwo].push_back(prepare(text));
  }
  for (const Text& text : kHostnameGenerators) hostname_generators_.push_back(prepare(text));
}

absl::Status Defaults::WriteMeshDefaults(store::WriteTx& tx, model::KumaVersion version,
                                         const std::string& mesh,
                                         const std::vector<std::string>& skipped,
                                         absl::Time now) const {
  SKYDEN_RETURN_IF_ERROR(PromiseMeshSigningKey(tx, mesh, now));
  const auto is_skipped = [&](std::string_view name) {
    return std::find(skipped.begin(), skipped.end(), name) != skipped.end();
  };
  if (is_skipped("*")) return absl::OkStatus();
  for (const Prepared& policy : policies_[version]) {
    if (is_skipped(policy.type->name)) continue;
    model::Resource resource =
        NewResource(*policy.type, mesh, DefaultPolicyName(policy.name, mesh), policy.spec, now);
    SKYDEN_ASSIGN_OR_RETURN(const auto existing, tx.FindResource(policy.type->id, resource.key));
    if (existing.has_value()) continue;  // a zone may have been faster
    resource.labels = labels::Compute(version, *policy.type, resource.key, {});
    SKYDEN_RETURN_IF_ERROR(tx.PutResource(resource));
  }
  return absl::OkStatus();
}

void Defaults::PlanMeshDefaults(model::KumaVersion version, const std::string& mesh,
                                store::WritePlan& plan) const {
  plan.ResourcesOf(types_.secret->id, mesh);
  for (const Prepared& policy : policies_[version]) {
    plan.Resource(policy.type->id, {mesh, DefaultPolicyName(policy.name, mesh)});
  }
}

bool Defaults::IsMeshDefault(const model::TypeDescriptor& type,
                             const model::ResourceKey& key) const {
  const auto is_it = [&](const Prepared& policy) {
    return policy.type == &type && key.name == DefaultPolicyName(policy.name, key.mesh);
  };
  return std::any_of(policies_.of.begin(), policies_.of.end(), [&](const auto& policies) {
    return std::any_of(policies.begin(), policies.end(), is_it);
  });
}

absl::Status Defaults::PromiseMeshSigningKey(store::WriteTx& tx, const std::string& mesh,
                                             absl::Time now) const {
  // Secrets that a client wrote outlive their mesh; a signing key among them is used again.
  const std::string prefix = DataplaneTokenSigningKey(mesh);
  SKYDEN_ASSIGN_OR_RETURN(const auto secrets, tx.ListResources(types_.secret->id, mesh));
  for (const model::Resource& secret : secrets) {
    if (secret.key.name.starts_with(prefix)) return absl::OkStatus();
  }
  return tx.AddPendingKey({types_.secret->id, {mesh, SigningKeyName(prefix, kFirstKeyId)}, now});
}

absl::Status Defaults::WriteDefaultMesh(store::WriteTx& tx, model::KumaVersion version,
                                        absl::Time now) const {
  const std::string name(kDefaultMesh);
  model::Resource mesh = NewResource(*types_.mesh, "", name, empty_mesh_spec_, now);
  SKYDEN_RETURN_IF_ERROR(tx.PutResource(mesh, 0));
  return WriteMeshDefaults(tx, version, name, {}, now);
}

absl::Status Defaults::WriteControlPlane(store::WriteTx& tx,
                                         const store::ControlPlaneRecord& control_plane) const {
  const absl::Time now = control_plane.created_at;
  if (control_plane.mesh_creation) {
    SKYDEN_RETURN_IF_ERROR(WriteDefaultMesh(tx, control_plane.version(), now));
  }
  if (control_plane.hostname_generator_creation) {
    for (const Prepared& generator : hostname_generators_) {
      model::Resource resource =
          NewResource(*generator.type, "", generator.name, generator.spec, now);
      SKYDEN_RETURN_IF_ERROR(tx.PutResource(resource, 0));
    }
  }
  return WriteOwn(tx, control_plane, {});
}

absl::Status Defaults::WriteOwn(store::WriteTx& tx, const store::ControlPlaneRecord& control_plane,
                                const std::vector<std::string>& meshes) const {
  const absl::Time now = control_plane.created_at;
  // A UUID needs no escaping.
  SKYDEN_ASSIGN_OR_RETURN(
      std::string cluster_id,
      codec_.SpecFromJson(*types_.config,
                          fmt::format(R"({{"config":"{}"}})", control_plane.cluster_id)));
  model::Resource config = NewResource(*types_.config, "", std::string(model::kClusterIdConfig),
                                       std::move(cluster_id), now);
  SKYDEN_RETURN_IF_ERROR(tx.PutResource(config, 0));
  const std::string names[] = {SigningKeyName(model::kZoneTokenSigningKey, kFirstKeyId),
                               SigningKeyName(model::kUserTokenSigningKey, kFirstKeyId),
                               std::string(model::kInterCpCa), std::string(model::kAdminUserToken)};
  for (const std::string& name : names) {
    const model::ResourceKey key{"", name};
    SKYDEN_ASSIGN_OR_RETURN(const bool there, tx.HasResource(types_.global_secret->id, key));
    if (there) continue;
    SKYDEN_RETURN_IF_ERROR(tx.AddPendingKey({types_.global_secret->id, key, now}));
  }
  for (const std::string& mesh : meshes) {
    SKYDEN_RETURN_IF_ERROR(PromiseMeshSigningKey(tx, mesh, now));
  }
  return absl::OkStatus();
}

absl::Status Defaults::WriteZone(store::WriteTx& tx, const std::string& zone,
                                 absl::Time now) const {
  model::Resource resource = NewZone(types_, zone, now);
  return tx.PutResource(resource, 0);
}

}  // namespace skyden::resources
