// SPDX-License-Identifier: Apache-2.0
// What zones are said to refuse, where there are none. For the edges that show it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "skyden/kds/zone_verdicts.h"

namespace skyden::kds::testing {

// Thread-safe. Says the same of every control plane.
class FakeVerdicts final : public ZoneVerdicts {
 public:
  // Tells whoever listens.
  void Set(std::vector<RefusedResource> refused) ABSL_LOCKS_EXCLUDED(mu_) {
    std::function<void()> listener;
    {
      absl::MutexLock lock(&mu_);
      refused_ = std::move(refused);
      listener = listener_;
    }
    if (listener) listener();
  }
  void SetWithheld(std::vector<WithheldType> withheld) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    withheld_ = std::move(withheld);
  }
  // On everything that is written, its name behind.
  void Warn(std::string warning) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    warning_ = std::move(warning);
  }

  absl::StatusOr<std::vector<RefusedResource>> Refused(const model::TenantScope&) const override
      ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    return refused_;
  }
  std::vector<WithheldType> Withheld(const model::TenantScope&) const override
      ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    return withheld_;
  }
  bool MayWarn(model::TenantKey, model::TypeId) const override ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    return !warning_.empty();
  }
  std::vector<std::string> Warnings(const model::TenantScope&,
                                    const model::Resource& written) const override
      ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    return {warning_ + " " + written.key.name};
  }
  std::shared_ptr<void> Subscribe(model::TenantKey, std::function<void()> changed) override
      ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    listener_ = std::move(changed);
    return std::make_shared<int>(0);
  }

 private:
  mutable absl::Mutex mu_;
  std::vector<RefusedResource> refused_ ABSL_GUARDED_BY(mu_);
  std::vector<WithheldType> withheld_ ABSL_GUARDED_BY(mu_);
  std::string warning_ ABSL_GUARDED_BY(mu_);
  std::function<void()> listener_ ABSL_GUARDED_BY(mu_);
};

}  // namespace skyden::kds::testing
