// SPDX-License-Identifier: Apache-2.0
#include "peers/lists.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "peers/convert.h"
#include "skyden/base/limits_peers.h"
#include "skyden/base/status.h"

namespace skyden::peers {
namespace {

namespace limits = base::limits;

// What others know of the control plane's zones; of those that answer.
std::vector<pb::ListVerdictsResponse> VerdictsOfOthers(const Asking& asking,
                                                       const model::TenantScope& scope) {
  const std::vector<Other> others = asking.others.Now();
  if (others.empty()) return {};
  pb::ListVerdictsRequest request;
  *request.mutable_scope() = ToMessage(scope);
  const auto answers =
      asking.callers.AskAll(others, "ListVerdicts", request.SerializeAsString(), limits::kPeerTime);
  std::vector<pb::ListVerdictsResponse> told;
  for (size_t n = 0; n < others.size(); ++n) {
    auto response = Decoded<pb::ListVerdictsResponse>(others[n], answers[n]);
    if (response.ok()) told.push_back(*std::move(response));
  }
  return told;
}

}  // namespace

std::vector<kds::RejectedConnection> RejectedEverywhere(const Asking& asking,
                                                        const model::TenantScope* scope,
                                                        std::vector<kds::RejectedConnection> own) {
  const std::vector<Other> others = asking.others.Now();
  if (others.empty()) return own;
  pb::ListRejectedRequest request;
  if (scope != nullptr) *request.mutable_scope() = ToMessage(*scope);
  const auto answers =
      asking.callers.AskAll(others, "ListRejected", request.SerializeAsString(), limits::kPeerTime);
  std::vector<kds::RejectedConnection> all;
  for (size_t n = 0; n < others.size(); ++n) {
    const auto response = Decoded<pb::ListRejectedResponse>(others[n], answers[n]);
    if (response.ok()) {
      auto theirs = FromMessage(*response);
      std::move(theirs.begin(), theirs.end(), std::back_inserter(own));
      continue;
    }
    kds::RejectedConnection& silent = all.emplace_back();
    silent.at = asking.clock.Now();
    silent.unanswered = others[n].instance;
  }
  std::stable_sort(own.begin(), own.end(),
                   [](const auto& one, const auto& other) { return one.at > other.at; });
  if (own.size() > limits::kRejectedConnections) own.resize(limits::kRejectedConnections);
  std::move(own.begin(), own.end(), std::back_inserter(all));
  return all;
}

// What a zone said last at a daemon is over when it is connected to another.
absl::StatusOr<std::vector<kds::RefusedResource>> VerdictsEverywhere::Refused(
    const model::TenantScope& scope) const {
  SKYDEN_ASSIGN_OR_RETURN(std::vector<kds::RefusedResource> all, own_.Refused(scope));
  const auto told = VerdictsOfOthers(asking_, scope);
  if (told.empty()) return all;
  for (const auto& response : told) {
    auto theirs = RefusedIn(asking_.registry, response);
    std::move(theirs.begin(), theirs.end(), std::back_inserter(all));
  }
  SKYDEN_ASSIGN_OR_RETURN(const auto holders, asking_.holders.All(scope));
  std::erase_if(
      all, [&](const auto& one) { return !one.zone_online && holders.contains(one.zone_name); });
  std::stable_sort(all.begin(), all.end(), [](const auto& one, const auto& other) {
    return std::tie(one.zone_name, one.type, one.key) <
           std::tie(other.zone_name, other.type, other.key);
  });
  return all;
}

std::vector<kds::WithheldType> VerdictsEverywhere::Withheld(const model::TenantScope& scope) const {
  std::vector<kds::WithheldType> all = own_.Withheld(scope);
  for (const auto& response : VerdictsOfOthers(asking_, scope)) {
    auto theirs = WithheldIn(asking_.registry, response);
    std::move(theirs.begin(), theirs.end(), std::back_inserter(all));
  }
  std::stable_sort(all.begin(), all.end(), [](const auto& one, const auto& other) {
    return std::tie(one.zone_name, one.type) < std::tie(other.zone_name, other.type);
  });
  return all;
}

}  // namespace skyden::peers
