// SPDX-License-Identifier: Apache-2.0
// A preview's configurations, as inspection prints them.
#pragma once

#include "skyden/preview/effects.h"

namespace skyden::rest {

// Immutable, thread-safe.
class InspectionPrinter final : public preview::Printer {
 public:
  std::map<std::string, std::string> Rules(const matching::MeshModel& mesh,
                                           const matching::Proxy& proxy,
                                           const matching::MatchedPolicies& matched) const override;
  std::string HttpMatches(const std::map<std::string, std::string>& by_hash) const override;
  // Of a sidecar without the targetRef policies, which Rules has with all that they say.
  std::string Attached(const matching::MeshModel& mesh,
                       const matching::Proxy& proxy) const override;
};

}  // namespace skyden::rest
