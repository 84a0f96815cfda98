// SPDX-License-Identifier: Apache-2.0
#include "kds/elsewhere.h"

#include "kds/authenticated_call.h"
#include "kds/insight_writer.h"
#include "kds/tenant_hub.h"
#include "skyden/base/status.h"
#include "skyden/telemetry/log.h"

namespace skyden::kds {
namespace {

// Insights that change within this time are looked at together.
constexpr absl::Duration kDelay = absl::Milliseconds(10);

}  // namespace

absl::Status ConnectedElsewhere() {
  return absl::UnavailableError("a newer connection of this zone took over, at another daemon");
}

absl::Status CheckNotElsewhere(store::WriteTx& tx, const model::TypeDescriptor& insight,
                               const std::string& zone, const std::string& subscription) {
  SKYDEN_ASSIGN_OR_RETURN(const auto stored, tx.FindResource(insight.id, {"", zone}));
  if (!stored.has_value() || !IsFollowedElsewhere(stored->spec, subscription)) {
    return absl::OkStatus();
  }
  return absl::AbortedError("the zone is connected to another daemon");
}

void Elsewhere::OnInsights(std::optional<model::TenantKey> tenant) {
  if (!tenant.has_value()) {
    for (const auto& hub : deps_.zones.Hubs()) OnInsightsOf(hub);
  } else if (const auto hub = deps_.zones.HubOf(*tenant)) {
    OnInsightsOf(hub);
  }
}

void Elsewhere::OnInsightsOf(const std::shared_ptr<TenantHub>& hub) {
  {
    absl::MutexLock lock(&mu_);
    if (!waiting_.insert(hub->scope().tenant()).second) return;
  }
  deps_.timers.After(kDelay, deps_.workers, [weak = weak_from_this(), hub] {
    if (const auto self = weak.lock()) self->Review(hub);
  });
}

void Elsewhere::Review(const std::shared_ptr<TenantHub>& hub) {
  {
    absl::MutexLock lock(&mu_);
    waiting_.erase(hub->scope().tenant());
  }
  const auto view = deps_.views.Get(hub->scope(), deps_.insight);
  if (!view.ok()) return;  // gone; or read again when the zone writes
  for (const auto& session : deps_.zones.Sessions(hub->scope().tenant())) {
    const std::string subscription = session->live_subscription();
    if (subscription.empty()) continue;
    const auto insight = (*view)->Find({"", session->zone().str()});
    if (insight == nullptr || !IsFollowedElsewhere(insight->spec, subscription)) continue;
    telemetry::Log(telemetry::Level::info, "a zone is connected to another daemon",
                   {{"cp", hub->scope().control_plane().str()}, {"zone", session->zone().str()}});
    for (const auto& call : session->Calls()) {
      call->Post([call = call.get()] {
        call->Review([](const identity::ZoneIdentity&) { return ConnectedElsewhere(); });
      });
    }
  }
}

}  // namespace skyden::kds
