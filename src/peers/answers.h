// SPDX-License-Identifier: Apache-2.0
// What this daemon answers to others, from its own zones.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "peers/convert.h"
#include "skyden/base/executor.h"
#include "skyden/kds/deliveries.h"
#include "skyden/kds/rejected_connection.h"
#include "skyden/kds/zone_gateway.h"
#include "skyden/kds/zone_verdicts.h"
#include "skyden/store/daemons.h"
#include "skyden/store/sealer.h"
#include "skyden/store/store.h"

namespace skyden::peers {

// Thread-safe.
class Answers : public std::enable_shared_from_this<Answers> {
 public:
  struct Deps {
    store::Store& store;
    store::Daemons& daemons;
    const store::Sealer& sealer;
    const model::TypeRegistry& registry;
    base::Executor& workers;
    // This daemon's own, which ask nobody else.
    kds::ZoneGateway& gateway;
    kds::Deliveries& deliveries;
    kds::ZoneVerdicts& verdicts;
    std::function<std::vector<kds::RejectedConnection>(const model::TenantScope&)> rejected;
    std::function<std::vector<kds::RejectedConnection>()> all_rejected;
    std::function<absl::Duration()> steady;  // see GetStandingResponse
    std::string self;                        // this daemon's id
  };
  explicit Answers(Deps deps) : deps_(std::move(deps)) {}

  // Whether the caller is a daemon of the same database that means this one. Brief.
  absl::Status Admit(std::string_view proof) const;

  using Done = absl::AnyInvocable<void(absl::StatusOr<std::string>)>;
  // Does not wait. `done` is called once, on any thread: it must only hand over. UNIMPLEMENTED,
  // INVALID_ARGUMENT; RESOURCE_EXHAUSTED beyond limits::kPeerCalls.
  void Answer(std::string_view path, const std::string& message, Done done);

 private:
  using Task = absl::AnyInvocable<void(const Answers&, Done)>;
  static absl::StatusOr<std::pair<Task, model::TenantKey>> TaskFor(std::string_view path,
                                                                   const std::string& message);
  absl::StatusOr<model::TenantScope> ScopeOf(const pb::Scope& asked) const;

  void AskZone(const pb::AskZoneRequest& request, Done done) const;
  void ListRejected(const pb::ListRejectedRequest& request, Done done) const;
  void ListVerdicts(const pb::ListVerdictsRequest& request, Done done) const;
  void ReadPropagation(const pb::ReadPropagationRequest& request, Done done) const;
  void ReadZone(const pb::ReadZoneRequest& request, Done done) const;
  void GetStanding(const pb::GetStandingRequest& request, Done done) const;

  const Deps deps_;
  std::atomic<size_t> under_way_{0};
};

}  // namespace skyden::peers
