// SPDX-License-Identifier: Apache-2.0
#include "rollouts/gate.h"

#include <algorithm>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"
#include "skyden/base/limits_rollouts.h"
#include "skyden/model/name_in_zone.h"

namespace skyden::rollouts {
namespace {

// One measuring under way. Thread-safe.
class Round {
 public:
  using Done = absl::AnyInvocable<void(absl::StatusOr<Measured>)>;
  Round(size_t asked, Done done) : left_(asked), done_(std::move(done)) {}

  void Take(const std::string& proxy, const absl::StatusOr<std::string>& answer)
      ABSL_LOCKS_EXCLUDED(mu_) {
    const Requests requests = answer.ok() ? ReadRequests(*answer) : Requests();
    bool is_last = false;
    {
      absl::MutexLock lock(&mu_);
      if (answer.ok()) {
        measured_.insert_or_assign(proxy, requests);
      } else {
        failure_ = answer.status();
      }
      is_last = --left_ == 0;
    }
    if (is_last) Finish();
  }

 private:
  // Nobody else is left.
  void Finish() ABSL_LOCKS_EXCLUDED(mu_) {
    absl::StatusOr<Measured> result = absl::UnknownError("");
    {
      absl::MutexLock lock(&mu_);
      if (measured_.empty()) {
        result = absl::UnavailableError(
            fmt::format("no proxy of the wave could be asked how its requests go: {}",
                        std::string_view(failure_.message().data(), failure_.message().size())));
      } else {
        result = std::move(measured_);
      }
    }
    done_(std::move(result));
  }

  absl::Mutex mu_;
  size_t left_ ABSL_GUARDED_BY(mu_);
  Measured measured_ ABSL_GUARDED_BY(mu_);
  absl::Status failure_ ABSL_GUARDED_BY(mu_);
  Done done_;
};

double ShareOf(const Requests& requests) {
  return requests.all == 0
             ? 0
             : static_cast<double>(requests.failed) / static_cast<double>(requests.all);
}

void Add(const Requests& some, Requests& to) {
  to.all += some.all;
  to.failed += some.failed;
}

}  // namespace

std::string EncodeMeasured(const Measured& measured) {
  nlohmann::json json = nlohmann::json::object();
  for (const auto& [proxy, requests] : measured) json[proxy] = {requests.all, requests.failed};
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Measured DecodeMeasured(std::string_view text) {
  Measured measured;
  const auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return measured;
  for (const auto& [proxy, numbers] : json.items()) {
    const bool reads = numbers.is_array() && numbers.size() == 2 &&
                       numbers[0].is_number_unsigned() && numbers[1].is_number_unsigned();
    if (reads) measured[proxy] = {numbers[0].get<uint64_t>(), numbers[1].get<uint64_t>()};
  }
  return measured;
}

std::vector<kds::ZoneRequest> ChooseProxies(
    const resources::ResourceView& dataplanes, const std::string& mesh,
    const std::vector<std::string>& zones,
    absl::FunctionRef<bool(const resources::ResourceView::Item&)> counts) {
  std::vector<kds::ZoneRequest> all;
  const size_t end = dataplanes.LowerBound({mesh + '\0', ""});
  for (size_t i = dataplanes.LowerBound({mesh, ""}); i < end; ++i) {
    const model::Resource& proxy = *dataplanes.at(i);
    std::string zone = model::ZoneOfProxy(proxy);
    if (!std::binary_search(zones.begin(), zones.end(), zone)) continue;
    if (!counts(dataplanes.at(i))) continue;
    kds::ZoneRequest& request = all.emplace_back();
    request.kind = kds::ZoneRequest::Kind::kStats;
    request.resource_type = "Dataplane";
    request.resource_name = model::NameInZone(proxy, zone);
    request.resource_mesh = mesh;
    request.zone_name = std::move(zone);
    request.used_only = true;
  }
  const size_t wanted = std::min(all.size(), base::limits::kRolloutProxiesAsked);
  for (size_t i = 0; i < wanted; ++i) std::swap(all[i], all[i * all.size() / wanted]);
  all.resize(wanted);
  return all;
}

void Measure(kds::ZoneGateway& gateway, const model::TenantScope& scope,
             std::vector<kds::ZoneRequest> proxies,
             absl::AnyInvocable<void(absl::StatusOr<Measured>)> done) {
  if (proxies.empty()) return done(Measured());
  const auto round = std::make_shared<Round>(proxies.size(), std::move(done));
  for (kds::ZoneRequest& proxy : proxies) {
    std::string name = proxy.zone_name + "/" + proxy.resource_name;
    gateway.Ask(scope, std::move(proxy),
                [round, name = std::move(name)](const absl::StatusOr<std::string>& answer) {
                  round->Take(name, answer);
                });
  }
}

std::string ReasonToTakeBack(const resources::RolloutGate& gate, const Measured& before,
                             const Measured& after) {
  Requests until;
  Requests since;
  for (const auto& [proxy, now] : after) {
    const auto then = before.find(proxy);
    if (then == before.end()) continue;
    Add(then->second, until);
    const bool began_anew = now.all < then->second.all || now.failed < then->second.failed;
    Add(began_anew ? now : Requests{now.all - then->second.all, now.failed - then->second.failed},
        since);
  }
  if (since.all < std::max<uint64_t>(gate.requests_min, 1)) return {};
  const double then = ShareOf(until);
  const double now = ShareOf(since);
  if (now <= then + gate.rise_max) return {};
  return fmt::format("{:.2f} % of requests failed since the wave, {} of {}; before it, {:.2f} %",
                     100 * now, since.failed, since.all, 100 * then);
}

}  // namespace skyden::rollouts
