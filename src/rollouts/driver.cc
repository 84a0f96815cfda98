// SPDX-License-Identifier: Apache-2.0
// A control plane is looked at when something of it may be otherwise: a rollout changed, a zone
// came, went, took or refused something, a hold time is over, proxies answered. News are gathered
// for a moment; one look at a time is under way for each. Nothing ticks.
#include "skyden/rollouts/driver.h"

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "rollouts/steps.h"
#include "rollouts/touched.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/model/lanes.h"
#include "skyden/store/change.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/tenant_tx.h"
#include "skyden/telemetry/log.h"

namespace skyden::rollouts {
namespace {

constexpr char kReason[] = "rollout";
constexpr absl::Duration kRetry = absl::Seconds(1);

}  // namespace

class Driver::State : public std::enable_shared_from_this<State> {
 public:
  explicit State(DriverDeps deps) : deps_(deps) {}

  void Begin() ABSL_LOCKS_EXCLUDED(mu_) {
    subscription_ =
        deps_.store.Subscribe(std::nullopt, [weak = weak_from_this()](const store::Change& change) {
          if (const auto self = weak.lock()) self->OnChange(change);
        });
    zones_ = deps_.connected.Subscribe(
        [weak = weak_from_this()](model::OrganizationKey, model::TenantKey tenant) {
          if (const auto self = weak.lock()) self->OnNews(tenant);
        });
    deps_.workers.Post([weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->FindAll();
    });
  }

  void End() ABSL_LOCKS_EXCLUDED(mu_) {
    subscription_.reset();
    zones_.reset();
    absl::MutexLock lock(&mu_);
    stopped_ = true;
    const auto idle = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return looking_ == 0; };
    mu_.Await(absl::Condition(&idle));
    tenants_.clear();
  }

 private:
  struct Tenant {
    model::OrganizationKey organization{};
    model::ControlPlaneId id{};
    bool armed = false;  // a look is due, at
    absl::Duration due{};
    bool looking = false;  // one is under way
    bool again = false;    // something happened meanwhile
    base::Timers::Id timer = 0;
    std::map<std::string, std::optional<Question>> asked{};  // by rollout
    std::set<std::string> awaited{};                         // rollouts whose zones are waited for
    std::shared_ptr<void> verdicts{};
  };

  void OnChange(const store::Change& change) {
    if (change.tenant == model::TenantKey{}) return;
    const bool new_ones = change.rollouts || change.all;
    absl::MutexLock lock(&mu_);
    if (stopped_) return;
    const auto found = tenants_.find(change.tenant);
    if (found == tenants_.end() && !new_ones) return;
    Tenant& tenant = found == tenants_.end() ? tenants_[change.tenant] : found->second;
    tenant.organization = change.organization;
    Arm(change.tenant, tenant, deps_.settle);
  }

  void OnNews(model::TenantKey key) {
    absl::MutexLock lock(&mu_);
    const auto found = tenants_.find(key);
    if (!stopped_ && found != tenants_.end()) Arm(key, found->second, deps_.settle);
  }

  void Arm(model::TenantKey key, Tenant& tenant, absl::Duration delay)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (tenant.looking) {
      tenant.again = true;
      return;
    }
    const absl::Duration due = deps_.clock.Monotonic() + delay;
    if (tenant.armed && tenant.due <= due) return;
    tenant.due = due;
    if (tenant.timer != 0) deps_.timers.Cancel(tenant.timer);
    tenant.armed = true;
    tenant.timer = deps_.timers.After(delay, deps_.workers, [weak = weak_from_this(), key] {
      const auto self = weak.lock();
      if (self == nullptr) return;
      self->deps_.workers.HandOver(model::LaneOf(key), [weak, key] {
        if (const auto still = weak.lock()) still->Look(key);
      });
    });
  }

  void Look(model::TenantKey key) ABSL_LOCKS_EXCLUDED(mu_) {
    std::optional<model::TenantScope> scope;
    std::map<std::string, std::optional<Question>> asked;
    {
      absl::MutexLock lock(&mu_);
      const auto found = tenants_.find(key);
      if (stopped_ || found == tenants_.end() || found->second.looking) return;
      Tenant& tenant = found->second;
      tenant.armed = false;
      tenant.timer = 0;
      tenant.looking = true;
      tenant.again = false;
      asked = std::exchange(tenant.asked, {});
      TakeAnswers(key, asked);
      ++looking_;
      scope = model::SystemScope::For(kReason).In(tenant.organization, key, tenant.id);
    }
    std::optional<absl::Duration> look_after;
    if (const absl::Status known = LearnId(*scope); known.ok()) {
      look_after = LookAt(*scope, asked);
    } else if (!absl::IsNotFound(known)) {
      look_after = kRetry;
    }
    absl::MutexLock lock(&mu_);
    --looking_;
    const auto found = tenants_.find(key);
    if (found == tenants_.end()) return;
    Tenant& tenant = found->second;
    tenant.looking = false;
    tenant.id = scope->control_plane();
    tenant.asked = std::move(asked);
    const bool again = std::exchange(tenant.again, false);
    if (!look_after.has_value() && !again) {
      tenants_.erase(found);
      return;
    }
    if (again) return Arm(key, tenant, deps_.settle);
    if (*look_after < absl::InfiniteDuration()) Arm(key, tenant, *look_after);
  }

  // What came while nobody looked.
  void TakeAnswers(model::TenantKey key, std::map<std::string, std::optional<Question>>& asked)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    for (auto it = answers_.lower_bound({key, ""}); it != answers_.end() && it->first.first == key;
         it = answers_.erase(it)) {
      const auto question = asked.find(it->first.second);
      if (question == asked.end() || !question->second.has_value()) continue;
      question->second->answer = std::move(it->second);
    }
  }

  // Who made a rollout is heard of by the store's number alone.
  absl::Status LearnId(model::TenantScope& scope) const {
    if (!scope.control_plane().str().empty()) return absl::OkStatus();
    return deps_.store.Read(scope, [&](store::ReadTx& tx) -> absl::Status {
      SKYDEN_ASSIGN_OR_RETURN(const store::ControlPlaneRecord record, tx.ControlPlane());
      scope = model::SystemScope::For(kReason).In(record.organization, record.tenant, record.id);
      return absl::OkStatus();
    });
  }

  // When to look again, without news; nullopt: there are no live rollouts.
  std::optional<absl::Duration> LookAt(const model::TenantScope& scope,
                                       std::map<std::string, std::optional<Question>>& asked)
      ABSL_LOCKS_EXCLUDED(mu_) {
    const auto live = deps_.rollouts.Live(scope);
    if (!live.ok()) {
      if (absl::IsNotFound(live.status())) return std::nullopt;
      return kRetry;
    }
    Listen(scope);
    std::optional<absl::Duration> look_after;
    std::set<std::string> running;
    for (const resources::Rollout& rollout : (*live)->all()) {
      std::optional<Question>& question = asked[rollout.id];
      const Next next = DriveOn(deps_, scope, rollout, question);
      if (next.is_over) continue;
      running.insert(rollout.id);
      look_after = std::min(look_after.value_or(absl::InfiniteDuration()), next.look_after);
      if (next.ask_wave.has_value()) Ask(scope, rollout, *next.ask_wave);
      if (!next.missing.empty()) Await(scope, rollout.id, next);
    }
    std::erase_if(asked, [&](const auto& each) { return !running.contains(each.first); });
    return look_after;
  }

  // To what zones refuse, while there is a rollout.
  void Listen(const model::TenantScope& scope) ABSL_LOCKS_EXCLUDED(mu_) {
    const model::TenantKey key = scope.tenant();
    {
      absl::MutexLock lock(&mu_);
      const auto found = tenants_.find(key);
      if (found == tenants_.end() || found->second.verdicts != nullptr) return;
    }
    auto listens = deps_.verdicts.Subscribe(key, [weak = weak_from_this(), key] {
      if (const auto self = weak.lock()) self->OnNews(key);
    });
    absl::MutexLock lock(&mu_);
    const auto found = tenants_.find(key);
    if (found != tenants_.end()) found->second.verdicts = std::move(listens);
  }

  void Ask(const model::TenantScope& scope, const resources::Rollout& rollout, size_t wave) {
    const auto dataplanes = deps_.views.Get(scope, deps_.registry.core().dataplane->id);
    if (!dataplanes.ok()) return Answer(scope.tenant(), rollout.id, dataplanes.status());
    const auto touched = Touched::Of(deps_, scope, rollout);
    if (!touched.ok()) return Answer(scope.tenant(), rollout.id, touched.status());
    Measure(deps_.gateway, scope,
            ChooseProxies(**dataplanes, rollout.mesh, rollout.plan.waves[wave],
                          [&](const auto& proxy) { return touched->MayDiffer(proxy); }),
            [weak = weak_from_this(), key = scope.tenant(),
             id = rollout.id](absl::StatusOr<Measured> measured) {
              if (const auto self = weak.lock()) self->Answer(key, id, std::move(measured));
            });
  }

  // News tell of zones that are behind no more; what else is on its way to one may hide that it has
  // what it should.
  void Await(const model::TenantScope& scope, const std::string& id, const Next& next)
      ABSL_LOCKS_EXCLUDED(mu_) {
    const model::TenantKey key = scope.tenant();
    {
      absl::MutexLock lock(&mu_);
      const auto found = tenants_.find(key);
      if (found == tenants_.end() || !found->second.awaited.insert(id).second) return;
    }
    kds::PropagationQuery query;
    query.revision = next.revision;
    query.zones = kds::PropagationQuery::Zones::kNamed;
    query.names = next.missing;
    deps_.deliveries.Await(
        scope, std::move(query), base::limits::kPropagationWait,
        [weak = weak_from_this(), key, id](const absl::StatusOr<kds::Propagation>& read) {
          const bool there = read.ok() && read->outcome == kds::Propagation::Outcome::kArrived;
          if (const auto self = weak.lock()) self->Awaited(key, id, there);
        });
  }

  void Awaited(model::TenantKey key, const std::string& id, bool there) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    const auto found = tenants_.find(key);
    if (stopped_ || found == tenants_.end()) return;
    found->second.awaited.erase(id);
    Arm(key, found->second, there ? deps_.settle : kRetry);
  }

  // Perhaps while the look goes on that asked: it is kept beside then.
  void Answer(model::TenantKey key, const std::string& id, absl::StatusOr<Measured> measured)
      ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    const auto found = tenants_.find(key);
    if (stopped_ || found == tenants_.end()) return;
    answers_[{key, id}] = std::move(measured);
    Arm(key, found->second, absl::ZeroDuration());
  }

  void FindAll() ABSL_LOCKS_EXCLUDED(mu_) {
    {
      absl::MutexLock lock(&mu_);
      if (stopped_) return;
      ++looking_;
    }
    const absl::Status found = FindRunning();
    {
      absl::MutexLock lock(&mu_);
      --looking_;
    }
    if (found.ok()) return;
    telemetry::Log(telemetry::Level::warning, "rollouts were not looked for",
                   {{"reason", std::string(base::ToStd(found.message()))}});
  }

  // Every control plane, once: a read each.
  absl::Status FindRunning() ABSL_LOCKS_EXCLUDED(mu_) {
    const auto system = model::SystemScope::For(kReason);
    SKYDEN_ASSIGN_OR_RETURN(const auto organizations, deps_.store.ListOrganizations(system));
    for (const store::OrganizationRecord& organization : organizations) {
      std::vector<store::ControlPlaneRecord> control_planes;
      SKYDEN_RETURN_IF_ERROR(deps_.store.ReadDirectory(
          system.In(organization.key), [&](store::DirectoryReadTx& tx) -> absl::Status {
            SKYDEN_ASSIGN_OR_RETURN(control_planes, tx.ListControlPlanes());
            return absl::OkStatus();
          }));
      for (const store::ControlPlaneRecord& one : control_planes) {
        const auto all = deps_.rollouts.Live(system.In(organization.key, one.tenant, one.id));
        if (!all.ok() || (*all)->all().empty()) continue;
        absl::MutexLock lock(&mu_);
        if (stopped_) return absl::OkStatus();
        Tenant& tenant = tenants_[one.tenant];
        tenant.organization = organization.key;
        tenant.id = one.id;
        Arm(one.tenant, tenant, absl::ZeroDuration());
      }
    }
    return absl::OkStatus();
  }

  const DriverDeps deps_;
  std::unique_ptr<store::Subscription> subscription_;
  std::shared_ptr<void> zones_;
  absl::Mutex mu_;
  absl::flat_hash_map<model::TenantKey, Tenant> tenants_ ABSL_GUARDED_BY(mu_);
  std::map<std::pair<model::TenantKey, std::string>, absl::StatusOr<Measured>> answers_
      ABSL_GUARDED_BY(mu_);
  size_t looking_ ABSL_GUARDED_BY(mu_) = 0;
  bool stopped_ ABSL_GUARDED_BY(mu_) = false;
};

Driver::Driver(DriverDeps deps) : state_(std::make_shared<State>(deps)) { state_->Begin(); }
Driver::~Driver() { state_->End(); }

}  // namespace skyden::rollouts
