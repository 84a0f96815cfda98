// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "store/change_hub.h"
#include "tests/store/forwarding_store.h"

namespace skyden::store::testing {

// The store as a second daemon over the same database has it: its subscribers are told of what the
// first one commits when the test says so, as a journal would tell them, and of nothing else.
//
// Thread-safe as far as the first one is.
class SecondDaemon final : public ForwardingStore {
 public:
  explicit SecondDaemon(Store& first)
      : ForwardingStore(first),
        subscription_(first.Subscribe(std::nullopt, [this](const Change& change) {
          absl::MutexLock lock(&mu_);
          journal_.push_back(change);
        })) {}

  std::unique_ptr<Subscription> Subscribe(std::optional<model::TenantKey> tenant,
                                          absl::AnyInvocable<void(const Change&)> fn) override {
    return hub_.Subscribe(tenant, std::move(fn));
  }
  uint64_t position() const override { return hub_.position(); }

  // Tells what the journal holds, from its beginning or from where it was last read.
  void Hear() ABSL_LOCKS_EXCLUDED(mu_) { Tell(std::exchange(read_, Size())); }
  void HearAgain() ABSL_LOCKS_EXCLUDED(mu_) { Tell(0); }
  // Tells nothing but this.
  void Hear(const Change& change) { hub_.Publish(change); }
  // That nobody knows what happened.
  void HearThatSomethingWasMissed() { hub_.Publish({.all = true}); }

 private:
  size_t Size() ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    return journal_.size();
  }
  void Tell(size_t from) ABSL_LOCKS_EXCLUDED(mu_) {
    std::vector<Change> changes;
    {
      absl::MutexLock lock(&mu_);
      changes.assign(journal_.begin() + static_cast<ptrdiff_t>(from), journal_.end());
    }
    for (const Change& change : changes) hub_.Publish(change);
  }

  ChangeHub hub_;
  size_t read_ = 0;
  absl::Mutex mu_;
  std::vector<Change> journal_ ABSL_GUARDED_BY(mu_);
  std::unique_ptr<Subscription> subscription_;
};

}  // namespace skyden::store::testing
