// SPDX-License-Identifier: Apache-2.0
// One timer, armed only while something is remembered.
#include "skyden/audit/refusal_log.h"

#include <tuple>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "skyden/base/json_text.h"
#include "skyden/base/limits.h"
#include "skyden/store/directory_tx.h"
#include "skyden/telemetry/log.h"

namespace skyden::audit {
namespace {

constexpr char kRefused[] = "authentication.refused";
constexpr char kMany[] = "too many kinds of refusals to tell apart";
// Who was refused, as the audit names it: whoever that was did not prove to be anybody.
constexpr char kNobody[] = "unauthenticated";

using Kind = std::tuple<std::string, std::string, std::string>;  // peer, control plane, reason

Kind KindOf(const Refusal& refusal) {
  return {refusal.origin.peer, refusal.control_plane.str(), refusal.reason};
}

store::AuditNote NoteOf(const Refusal& refusal, absl::Time at, uint64_t count) {
  base::JsonObjectText detail;
  detail.Text("reason", refusal.reason)
      .TextIfAny("token", refusal.token_id)
      .TextIfAny("zone", refusal.zone);
  if (count > 1) detail.Raw("count", std::to_string(count));
  return {at, kRefused, "", "", detail.Take()};
}

class State : public std::enable_shared_from_this<State> {
 public:
  explicit State(RefusalLog::Deps deps) : deps_(deps) {}

  void Tell(Refusal refusal) {
    bool first = false;
    {
      absl::MutexLock lock(&mu_);
      if (counted_.size() >= base::limits::kRefusalsTold && !counted_.contains(KindOf(refusal))) {
        refusal = Refusal();
        refusal.reason = kMany;
      }
      const auto [place, is_new] = counted_.try_emplace(KindOf(refusal), Counted{refusal, 0});
      first = is_new || closed_;
      if (!first) ++place->second.count;
      if (timer_ == 0 && !closed_) Arm();
    }
    if (first) Write(refusal, 1);
  }

  // Tells what was counted; what was not seen for a whole window is forgotten.
  void Flush() {
    std::vector<Counted> told;
    {
      absl::MutexLock lock(&mu_);
      timer_ = 0;
      for (auto it = counted_.begin(); it != counted_.end();) {
        if (it->second.count == 0) {
          counted_.erase(it++);
          continue;
        }
        told.push_back(it->second);
        it->second.count = 0;
        ++it;
      }
      if (!counted_.empty() && !closed_) Arm();
    }
    for (const Counted& each : told) Write(each.refusal, each.count);
  }

  void Close() {
    {
      absl::MutexLock lock(&mu_);
      closed_ = true;
      if (timer_ != 0) deps_.timers.Cancel(timer_);
    }
    Flush();
  }

 private:
  struct Counted {
    Refusal refusal;
    uint64_t count = 0;
  };

  void Arm() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    timer_ = deps_.timers.After(deps_.window, deps_.workers, [weak = weak_from_this()] {
      if (auto self = weak.lock()) self->Flush();
    });
  }

  void Write(const Refusal& refusal, uint64_t count) {
    const bool nobodys = refusal.organization == model::OrganizationKey{};
    model::OrganizationScope scope =
        model::SystemScope::For(kNobody).In(nobodys ? deps_.operators : refusal.organization);
    scope.set_origin(refusal.origin);
    store::ControlPlaneRecord about;
    about.tenant = refusal.tenant;
    about.id = refusal.control_plane;
    deps_.store.WriteDirectoryAsync(
        scope,
        [about, note = NoteOf(refusal, deps_.clock.Now(), count)](store::DirectoryTx& tx) {
          tx.AuditAbout(about, note);
          return absl::OkStatus();
        },
        [](const absl::Status& status) {
          if (status.ok()) return;
          telemetry::Log(telemetry::Level::warning, "a refused sign-in is not in the audit",
                         {{"reason", std::string(status.message())}});
        });
  }

  const RefusalLog::Deps deps_;
  absl::Mutex mu_;
  absl::flat_hash_map<Kind, Counted> counted_ ABSL_GUARDED_BY(mu_);
  base::Timers::Id timer_ ABSL_GUARDED_BY(mu_) = 0;
  bool closed_ ABSL_GUARDED_BY(mu_) = false;
};

class RefusalLogImpl final : public RefusalLog {
 public:
  explicit RefusalLogImpl(const Deps& deps) : state_(std::make_shared<State>(deps)) {}
  ~RefusalLogImpl() override { state_->Close(); }
  void Tell(const Refusal& refusal) override { state_->Tell(refusal); }
  void Close() override { state_->Close(); }

 private:
  const std::shared_ptr<State> state_;
};

}  // namespace

std::unique_ptr<RefusalLog> RefusalLog::Create(Deps deps) {
  return std::make_unique<RefusalLogImpl>(deps);
}

}  // namespace skyden::audit
