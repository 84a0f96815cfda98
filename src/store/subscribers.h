// SPDX-License-Identifier: Apache-2.0
// Who wants to hear of an event, by the tenant they want to hear of.
#pragma once

#include <algorithm>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"
#include "skyden/model/ids.h"
#include "skyden/store/change.h"

namespace skyden::store {

// Thread-safe; Call from one thread at a time. Outlives its subscriptions. No lock is held while a
// listener runs. Leaving waits until the listener is not running, unless it is the listener that
// leaves.
template <class Event>
class Subscribers {
 public:
  using Listener = absl::AnyInvocable<void(const Event&)>;

  std::unique_ptr<Subscription> Add(model::TenantKey key, Listener listener)
      ABSL_LOCKS_EXCLUDED(mu_) {
    auto entry = std::make_shared<Entry>(std::move(listener));
    {
      absl::MutexLock lock(&mu_);
      entries_[key].push_back(entry);
    }
    return std::make_unique<Handle>(*this, key, std::move(entry));
  }

  // Those of `key`, in the order in which they came.
  void Call(model::TenantKey key, const Event& event) ABSL_LOCKS_EXCLUDED(mu_) {
    Entries entries;
    {
      absl::MutexLock lock(&mu_);
      const auto found = entries_.find(key);
      if (found != entries_.end()) entries = found->second;
    }
    for (const auto& entry : entries) {
      if (!Begin(key, entry.get())) continue;  // it left meanwhile
      entry->listener(event);
      absl::MutexLock lock(&mu_);
      running_ = nullptr;
    }
  }

  // Those that somebody subscribed to.
  std::vector<model::TenantKey> Keys() ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    std::vector<model::TenantKey> keys;
    for (const auto& [key, entries] : entries_) keys.push_back(key);
    return keys;
  }

 private:
  struct Entry {
    explicit Entry(Listener l) : listener(std::move(l)) {}
    Listener listener;
  };
  using Entries = std::vector<std::shared_ptr<Entry>>;

  class Handle final : public Subscription {
   public:
    Handle(Subscribers& subscribers, model::TenantKey key, std::shared_ptr<Entry> entry)
        : subscribers_(subscribers), key_(key), entry_(std::move(entry)) {}
    ~Handle() override { subscribers_.Remove(key_, entry_.get()); }

   private:
    Subscribers& subscribers_;
    const model::TenantKey key_;
    const std::shared_ptr<Entry> entry_;
  };

  bool Begin(model::TenantKey key, const Entry* entry) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    const auto found = entries_.find(key);
    if (found == entries_.end()) return false;
    const auto is_it = [entry](const auto& held) { return held.get() == entry; };
    if (std::none_of(found->second.begin(), found->second.end(), is_it)) return false;
    running_ = entry;
    caller_ = std::this_thread::get_id();
    return true;
  }

  void Remove(model::TenantKey key, const Entry* entry) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    const auto found = entries_.find(key);
    if (found != entries_.end()) {
      std::erase_if(found->second, [entry](const auto& held) { return held.get() == entry; });
      if (found->second.empty()) entries_.erase(found);
    }
    if (running_ == entry && caller_ == std::this_thread::get_id()) return;
    struct Wait {
      Subscribers* subscribers;
      const Entry* entry;
    } wait{this, entry};
    const auto idle = +[](Wait* w) ABSL_NO_THREAD_SAFETY_ANALYSIS {
      return w->subscribers->running_ != w->entry;
    };
    mu_.Await(absl::Condition(idle, &wait));
  }

  absl::Mutex mu_;
  absl::flat_hash_map<model::TenantKey, Entries> entries_ ABSL_GUARDED_BY(mu_);
  const Entry* running_ ABSL_GUARDED_BY(mu_) = nullptr;
  std::thread::id caller_ ABSL_GUARDED_BY(mu_);
};

}  // namespace skyden::store
