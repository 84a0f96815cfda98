// SPDX-License-Identifier: Apache-2.0
#include "skyden/store/store.h"

#include "absl/synchronization/notification.h"
#include "skyden/base/executor.h"

namespace skyden::store {

absl::StatusOr<model::Revision> Store::Write(const model::TenantScope& scope, WritePlan plan,
                                             WriteFn fn) {
  base::AssertMayBlock();
  absl::StatusOr<model::Revision> result = model::Revision{0};
  absl::Notification finished;
  WriteAsync(scope, std::move(plan), std::move(fn), [&](absl::StatusOr<model::Revision> done) {
    result = std::move(done);
    finished.Notify();
  });
  finished.WaitForNotification();
  return result;
}

absl::Status Store::WriteDirectory(const model::OrganizationScope& scope, DirectoryWriteFn fn) {
  base::AssertMayBlock();
  absl::Status result;
  absl::Notification finished;
  WriteDirectoryAsync(scope, std::move(fn), [&](absl::Status done) {
    result = std::move(done);
    finished.Notify();
  });
  finished.WaitForNotification();
  return result;
}

}  // namespace skyden::store
