// SPDX-License-Identifier: Apache-2.0
// Whether requests of a wave's proxies fail more than before it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "rollouts/envoy_stats.h"
#include "skyden/kds/zone_gateway.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/resources/resource_views.h"
#include "skyden/resources/rollouts.h"

namespace skyden::rollouts {

// By "zone/name" of proxies.
using Measured = std::map<std::string, Requests>;

// Text that is kept with the rollout. What does not read is empty.
std::string EncodeMeasured(const Measured& measured);
Measured DecodeMeasured(std::string_view text);

// Of the mesh's proxies in these zones those that `counts`, evenly chosen, at most
// limits::kRolloutProxiesAsked.
std::vector<kds::ZoneRequest> ChooseProxies(
    const resources::ResourceView& dataplanes, const std::string& mesh,
    const std::vector<std::string>& zones,
    absl::FunctionRef<bool(const resources::ResourceView::Item&)> counts);

// Asks all of `proxies`; `done` is called once, perhaps before this returns: UNAVAILABLE when there
// are some and none answers. `gateway` must outlive the call.
void Measure(kds::ZoneGateway& gateway, const model::TenantScope& scope,
             std::vector<kds::ZoneRequest> proxies,
             absl::AnyInvocable<void(absl::StatusOr<Measured>)> done);

// Why the wave must be taken back; empty: it is let through. Of proxies that were measured both
// times; one whose counters went back began anew.
std::string ReasonToTakeBack(const resources::RolloutGate& gate, const Measured& before,
                             const Measured& after);

}  // namespace skyden::rollouts
