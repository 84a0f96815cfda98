// SPDX-License-Identifier: Apache-2.0
// The rules are Kuma's: a proxy is online when any subscription of its insight is open and at least
// one inbound or listener is ready; partially degraded when some are not; a gateway only needs the
// subscription.
#include "insights/proxy_facts.h"

#include <utility>

#include "insights/subscriptions.h"
#include "kuma/mesh/v1alpha1/dataplane.pb.h"
#include "kuma/mesh/v1alpha1/insights.pb.h"
#include "skyden/model/kuma_labels.h"

namespace skyden::insights {
namespace {

using kuma::mesh::v1alpha1::Dataplane;
using kuma::mesh::v1alpha1::DataplaneInsight;
using Inbound = Dataplane::Networking::Inbound;

constexpr char kUnknownVersion[] = "unknown";

template <class Tags>
std::string TagOf(const Tags& tags, std::string_view key) {
  const auto tag = tags.find(std::string(key));
  return tag == tags.end() ? std::string() : tag->second;
}

ProxyStatus StatusOf(const Dataplane::Networking& networking, const DataplaneInsight& insight) {
  const bool online = IsOnline(insight);
  if (networking.has_gateway()) return online ? ProxyStatus::kOnline : ProxyStatus::kOffline;
  int ready = 0;
  for (const Inbound& inbound : networking.inbound()) {
    const bool unhealthy = inbound.has_health() && !inbound.health().ready();
    if (!unhealthy && inbound.state() != Inbound::NotReady) ++ready;
  }
  for (const auto& listener : networking.listeners()) {
    if (listener.state() == Dataplane::Networking::Listener::Ready) ++ready;
  }
  if (!online || ready == 0) return ProxyStatus::kOffline;
  return ready < networking.inbound_size() + networking.listeners_size()
             ? ProxyStatus::kPartiallyDegraded
             : ProxyStatus::kOnline;
}

ProxyKind KindOf(const Dataplane::Networking& networking) {
  if (!networking.has_gateway()) return ProxyKind::kStandard;
  return networking.gateway().type() == Dataplane::Networking::Gateway::BUILTIN
             ? ProxyKind::kBuiltinGateway
             : ProxyKind::kDelegatedGateway;
}

std::string VersionOr(const std::string& version) {
  return version.empty() ? kUnknownVersion : version;
}

std::optional<CertificateLife> CertificateOf(const DataplaneInsight::MTLS& mtls) {
  const auto seconds = [](const google::protobuf::Timestamp& time) { return time.seconds(); };
  if (!mtls.has_certificate_expiration_time()) return std::nullopt;
  const int64_t step = absl::ToInt64Seconds(kCertificateStep);
  const int64_t end = seconds(mtls.certificate_expiration_time());
  int64_t late = end;
  if (mtls.has_last_certificate_regeneration()) {
    const int64_t begin = seconds(mtls.last_certificate_regeneration());
    if (begin < end) late = end - (end - begin) / 10;
  }
  return CertificateLife{late / step + 1, end / step + 1};
}

template <class Tags>
void AddService(const Tags& tags, std::vector<ProxyFacts::Service>& services) {
  std::string name = TagOf(tags, model::kServiceTag);
  if (!name.empty()) services.push_back({std::move(name), TagOf(tags, model::kZoneTag)});
}

}  // namespace

std::optional<ProxyFacts> FactsOf(const model::Resource& dataplane,
                                  const model::Resource* insight) {
  Dataplane proxy;
  if (!proxy.ParseFromString(dataplane.spec)) return std::nullopt;
  DataplaneInsight seen;
  if (insight != nullptr && !seen.ParseFromString(insight->spec)) seen.Clear();
  const auto& networking = proxy.networking();

  ProxyFacts facts;
  facts.status = StatusOf(networking, seen);
  facts.kind = KindOf(networking);
  const int subscriptions = seen.subscriptions_size();
  if (subscriptions > 0) {
    const auto& version = seen.subscriptions(subscriptions - 1).version();
    facts.kuma_dp_version = version.kumadp().version();
    facts.envoy_version = version.envoy().version();
  }
  facts.kuma_dp_version = VersionOr(facts.kuma_dp_version);
  facts.envoy_version = VersionOr(facts.envoy_version);
  if (seen.has_mtls()) {
    facts.issued_backend = seen.mtls().issuedbackend();
    facts.certificate = CertificateOf(seen.mtls());
    facts.supported_backends.assign(seen.mtls().supportedbackends().begin(),
                                    seen.mtls().supportedbackends().end());
  }
  if (networking.has_gateway()) {
    AddService(networking.gateway().tags(), facts.services);
    return facts;
  }
  for (const Inbound& inbound : networking.inbound()) {
    if (inbound.state() != Inbound::Ignored) AddService(inbound.tags(), facts.services);
  }
  return facts;
}

}  // namespace skyden::insights
