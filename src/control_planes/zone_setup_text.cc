// SPDX-License-Identifier: Apache-2.0
// The texts a zone's operator pastes. The credential travels in the userinfo of the global address,
// which every Kuma 2.x zone hands on. On Kubernetes it stays in a Secret: `$(NAME)` in a
// container's environment is replaced by the variable that was declared before it, and the chart
// renders `envVarEntries` first.
#include <fmt/format.h>

#include <string_view>

#include "skyden/control_planes/control_plane_service.h"

namespace skyden::control_planes {
namespace {

constexpr char kNamespace[] = "kuma-system";
constexpr char kSecret[] = "skyden-zone-token";
constexpr char kVariable[] = "SKYDEN_ZONE_TOKEN";

// "grpcs://host:port" with `userinfo` in front of the host.
std::string WithUserinfo(std::string_view address, std::string_view userinfo) {
  const size_t scheme_end = address.find("://");
  if (scheme_end == std::string_view::npos) return fmt::format("grpcs://{}@{}", userinfo, address);
  return fmt::format("{}{}@{}", address.substr(0, scheme_end + 3), userinfo,
                     address.substr(scheme_end + 3));
}

std::string Universal(std::string_view zone, std::string_view address, bool tls) {
  return fmt::format(R"(# Connects zone "{zone}". Save as zone-{zone}.yaml and run:
#   kuma-cp run --config-file zone-{zone}.yaml
# or set the variables instead:
#   KUMA_ENVIRONMENT=universal
#   KUMA_MODE=zone
#   KUMA_MULTIZONE_ZONE_NAME={zone}
#   KUMA_MULTIZONE_ZONE_GLOBAL_ADDRESS={address}
{ca}environment: universal
mode: zone
multizone:
  zone:
    name: {zone}
    globalAddress: {address}
)",
                     fmt::arg("zone", zone), fmt::arg("address", address),
                     fmt::arg("ca", tls ? "# A certificate of a private CA also needs\n"
                                          "#   KUMA_MULTIZONE_ZONE_KDS_ROOT_CA_FILE=<ca.pem>\n"
                                        : ""));
}

std::string Helm(std::string_view zone, std::string_view address) {
  return fmt::format(
      R"(# Connects zone "{zone}" on Kubernetes. The secret "{secret}" must exist in the
# namespace {ns} (the kubectl text makes it). Save as values.yaml and run:
#   helm repo add kuma https://kumahq.github.io/charts
#   helm upgrade --install --create-namespace --namespace {ns} -f values.yaml kuma kuma/kuma
controlPlane:
  mode: zone
  zone: {zone}
  kdsGlobalAddress: {address}
  envVarEntries:
    - name: {variable}
      valueFrom:
        secretKeyRef:
          name: {secret}
          key: token
ingress:
  enabled: true
egress:
  enabled: true
)",
      fmt::arg("zone", zone), fmt::arg("address", address), fmt::arg("ns", kNamespace),
      fmt::arg("secret", kSecret), fmt::arg("variable", kVariable));
}

std::string Kubectl(std::string_view zone, std::string_view token) {
  return fmt::format(R"(# The credential of zone "{zone}". Save as secret.yaml and run:
#   kubectl create namespace {ns}
#   kubectl apply -f secret.yaml
apiVersion: v1
kind: Secret
metadata:
  name: {secret}
  namespace: {ns}
type: Opaque
stringData:
  token: {token}
)",
                     fmt::arg("zone", zone), fmt::arg("token", token), fmt::arg("ns", kNamespace),
                     fmt::arg("secret", kSecret));
}

}  // namespace

std::string ZoneGlobalAddress(const model::ControlPlaneId& control_plane, std::string_view token,
                              std::string_view kds_address) {
  return WithUserinfo(kds_address, fmt::format("{}:{}", control_plane.str(), token));
}

std::string ZoneSetupText(ZoneSetupFormat format, const model::ControlPlaneId& control_plane,
                          const ZoneService::Provisioned& provisioned,
                          const std::string& kds_address) {
  const std::string& zone = provisioned.zone.str();
  switch (format) {
    case ZoneSetupFormat::kUniversal:
      return Universal(zone, ZoneGlobalAddress(control_plane, provisioned.token, kds_address),
                       !kds_address.starts_with("grpc://"));
    case ZoneSetupFormat::kHelm:
      return Helm(zone,
                  ZoneGlobalAddress(control_plane, fmt::format("$({})", kVariable), kds_address));
    case ZoneSetupFormat::kKubectl:
      return Kubectl(zone, provisioned.token);
  }
  return {};
}

}  // namespace skyden::control_planes
