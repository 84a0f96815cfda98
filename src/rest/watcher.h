// SPDX-License-Identifier: Apache-2.0
// One who watches.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "rest/revision_text.h"
#include "rest/watch_hub.h"
#include "rest/watched_rollouts.h"
#include "skyden/base/executor.h"
#include "skyden/http/handler.h"
#include "skyden/store/change.h"
#include "skyden/store/tenant_tx.h"

namespace skyden::rest {

// The text of one event, or of a comment. Without an `id` nobody resumes behind it.
std::string EventText(std::string_view name, const std::optional<std::string>& id,
                      std::string_view data);
std::string ReadyEvent(const EventPlace& place);
std::string ResetEvent(const EventPlace& place);
std::string HeartbeatComment();
// `last`: no other event of the same revision follows, so a watcher may resume behind it.
enum class OfRevision { kLast, kNotLast };
std::string ChangeEvent(const model::TypeRegistry& registry, std::string_view epoch,
                        const model::Resource& change, OfRevision place);
// That a zone refuses a resource, or does not any more. Without an id: a watcher that comes back is
// told anew what is refused.
enum class RefusalIs { kBegins, kIsOver };
std::string RefusalEvent(const model::TypeRegistry& registry, const kds::RefusedResource& refused,
                         RefusalIs what);

// Thread-safe: everything but the notices happens on its strand. What it has not sent is what
// changed in the store since a revision, so it never holds more than one reading of that, and a
// client that reads slowly makes it read less often.
class Watcher final : public std::enable_shared_from_this<Watcher> {
 public:
  // `on_over` is called once, on a worker.
  static std::shared_ptr<Watcher> Make(const WatchDeps& deps, const Call& call,
                                       WatchRequest request, std::function<void()> on_over);
  Watcher(const WatchDeps& deps, const Call& call, WatchRequest request,
          std::function<void()> on_over);

  // The answer to the call. Once; it begins to listen.
  http::Response Begin();
  // Ends it.
  void End();
  void Heartbeat();
  // Ends it unless the credential still opens the control plane.
  void CheckCredential();

  bool MayEndWith(const store::Change& change) const;
  model::TenantKey tenant() const { return scope_.tenant(); }
  model::OrganizationKey organization() const { return scope_.organization(); }

 private:
  void OnChange(const store::Change& change) ABSL_LOCKS_EXCLUDED(mu_);
  void Post(void (Watcher::*what)());
  void Start();
  void Pump();
  absl::Status ReadVerdicts();
  absl::Status ReadRollouts();
  absl::Status ReadChanges(const std::vector<model::TypeId>& types);
  absl::Status ReadIn(store::ReadTx& tx, const std::vector<model::TypeId>& types,
                      std::vector<model::Resource>& changes, model::Revision& revision) const;
  void Queue(std::vector<model::Resource> changes, model::Revision revision);
  bool Wants(model::TypeId type, const model::ResourceKey& key) const;
  void Finish();
  void FinishAfter(const absl::Status& error);
  EventPlace At(model::Revision revision) const {
    return {std::string(deps_.store.epoch()), revision};
  }

  const WatchDeps deps_;
  const model::TenantScope scope_;
  const model::ControlPlaneId control_plane_;
  const Credential credential_;     // to be checked again; never shown
  const model::AccountId account_;  // of the token
  const std::optional<model::TokenId> token_;
  const bool by_groups_;
  const WatchRequest request_;
  const model::TypeId secrets_;  // of the control plane: user tokens hang on them
  base::Strand strand_;
  std::shared_ptr<http::BodyStream> body_;

  // Strand-bound.
  std::function<void()> on_over_;
  std::unique_ptr<store::Subscription> subscription_;
  model::Revision sent_ = 0;                   // all up to here is in waiting_ or sent
  std::deque<std::string> waiting_;            // events that did not fit
  std::shared_ptr<void> verdicts_;             // as long as their changes are listened to
  std::vector<kds::RefusedResource> refused_;  // as the client was told
  WatchedRollouts rollouts_;
  bool over_ = false;

  absl::Mutex mu_;
  std::vector<model::TypeId> dirty_ ABSL_GUARDED_BY(mu_);  // changed since sent_; sorted
  bool verdicts_dirty_ ABSL_GUARDED_BY(mu_) = true;
  bool rollouts_dirty_ ABSL_GUARDED_BY(mu_) = true;
};

}  // namespace skyden::rest
