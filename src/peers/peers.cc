// SPDX-License-Identifier: Apache-2.0
#include "skyden/peers/peers.h"

#include <algorithm>
#include <utility>

#include "peers/answers.h"
#include "peers/asking_gateway.h"
#include "peers/deliveries_everywhere.h"
#include "peers/lists.h"
#include "peers/look_out.h"
#include "peers/port_impl.h"
#include "skyden/base/limits_peers.h"
#include "skyden/base/status.h"
#include "skyden/base/version.h"
#include "skyden/kds/kds_server.h"

namespace skyden::peers {
namespace {

namespace limits = base::limits;

// Those who ask wait at their daemon's workers: whoever answers must not wait for these.
constexpr int kAnswering = 2;

absl::Status CutOff() {
  return absl::UnavailableError(
      "this daemon is cut off from its database: connect again, to another");
}

class PeersImpl final : public Peers {
 public:
  explicit PeersImpl(Deps deps)
      : deps_(std::move(deps)),
        others_(deps_.daemons),
        callers_(deps_.sealer, deps_.tls),
        asking_{others_,
                callers_,
                Holders(deps_.views, deps_.registry),
                deps_.registry,
                deps_.clock,
                deps_.workers,
                deps_.timers,
                [this](const model::TenantScope& scope, const std::string& zone) {
                  const auto here = deps_.zones.OnlineZones(scope);
                  return std::binary_search(here.begin(), here.end(), zone);
                }},
        gateway_(asking_, deps_.zones.gateway()),
        deliveries_(std::make_shared<DeliveriesEverywhere>(asking_, deps_.zones.deliveries())),
        verdicts_(asking_, deps_.zones.verdicts()),
        look_out_(std::make_shared<LookOut>(LookOutDeps())),
        answering_("peers", kAnswering) {}
  ~PeersImpl() override { Close(); }

  absl::Status Begin() {
    SKYDEN_RETURN_IF_ERROR(others_.Refresh());
    if (deps_.port != nullptr) {
      deps_.port->impl().Serve(std::make_shared<Answers>(AnswersDeps()));
    }
    look_out_->Start();
    return absl::OkStatus();
  }

  kds::ZoneGateway& gateway() override { return gateway_; }
  kds::Deliveries& deliveries() override { return *deliveries_; }
  kds::ZoneVerdicts& verdicts() override { return verdicts_; }
  std::vector<kds::RejectedConnection> Rejected(const model::TenantScope& scope) override {
    return RejectedEverywhere(asking_, &scope, deps_.zones.Rejected(scope));
  }
  std::vector<kds::RejectedConnection> AllRejected() override {
    return RejectedEverywhere(asking_, nullptr, deps_.zones.AllRejected());
  }
  std::vector<std::string> OnlineZones(const model::TenantScope& scope,
                                       std::vector<std::string> here) override;

  void Close() override {
    deliveries_->EndWaits();
    callers_.Close();
    look_out_->Stop();
    if (deps_.port != nullptr) deps_.port->impl().Close();
  }

 private:
  Answers::Deps AnswersDeps() {
    kds::KdsServer& zones = deps_.zones;
    return {.store = deps_.store,
            .daemons = deps_.daemons,
            .sealer = deps_.sealer,
            .registry = deps_.registry,
            .workers = answering_,
            .gateway = zones.gateway(),
            .deliveries = zones.deliveries(),
            .verdicts = zones.verdicts(),
            .rejected = [&zones](const model::TenantScope& scope) { return zones.Rejected(scope); },
            .all_rejected = [&zones] { return zones.AllRejected(); },
            .steady = [look_out = look_out_] { return look_out->Steady(); },
            .self = others_.self()};
  }

  LookOut::Deps LookOutDeps() {
    return {.clock = deps_.clock,
            .workers = deps_.workers,
            .timers = deps_.timers,
            .unheard = [this] { return deps_.daemons.Unheard(); },
            .count = [this] { return others_.Now().size() + 1; },
            .on_count = deps_.on_count,
            .ask = [this] { return AskAround(); },
            .end_zones = [this] { deps_.zones.EndStreams(CutOff()); },
            .say = [this] { deps_.daemons.Say(About()); }};
  }

  std::string About() const {
    const std::string address = deps_.port == nullptr ? "" : deps_.port->public_address();
    return store::AboutText({.instance = deps_.instance_id,
                             .version = std::string(base::Version()),
                             .peer_address = address,
                             .zones = deps_.zones.CountZones()});
  }

  // Nothing of this reads the database, which is away.
  std::vector<Word> AskAround() {
    std::vector<Other> others = others_.Known();
    std::erase_if(others, [](const Other& other) { return other.address.empty(); });
    const auto answers = callers_.AskAll(others, "GetStanding", "", limits::kPeerTime);
    std::vector<Word> words;
    for (const auto& answer : answers) {
      Word& word = words.emplace_back();
      pb::GetStandingResponse response;
      word.answered = answer.ok() && response.ParseFromString(*answer);
      word.unheard = absl::Milliseconds(response.unheard_ms());
      word.steady = absl::Milliseconds(response.steady_ms());
    }
    return words;
  }

  const Deps deps_;
  Others others_;
  Callers callers_;
  const Asking asking_;
  AskingGateway gateway_;
  const std::shared_ptr<DeliveriesEverywhere> deliveries_;
  VerdictsEverywhere verdicts_;
  const std::shared_ptr<LookOut> look_out_;
  base::WorkerPool answering_;
};

std::vector<std::string> PeersImpl::OnlineZones(const model::TenantScope& scope,
                                                std::vector<std::string> here) {
  const std::vector<Other> others = others_.Now();
  if (others.empty()) return here;
  const auto holders = asking_.holders.All(scope);
  if (!holders.ok()) return here;  // whoever goes on meets the same
  for (const auto& [zone, instance] : *holders) {
    if (WithInstance(others, instance).has_value()) here.push_back(zone);
  }
  std::sort(here.begin(), here.end());
  here.erase(std::unique(here.begin(), here.end()), here.end());
  return here;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Peers>> Peers::Create(Deps deps) {
  auto peers = std::make_unique<PeersImpl>(std::move(deps));
  SKYDEN_RETURN_IF_ERROR(peers->Begin());
  return peers;
}

}  // namespace skyden::peers
