// SPDX-License-Identifier: Apache-2.0
#include "rest/session_streams.h"

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "skyden/base/limits.h"
#include "skyden/base/retry_after.h"

namespace skyden::rest {

struct SessionStreams::Counts {
  absl::Mutex mu;
  absl::flat_hash_map<model::TokenId, size_t> open ABSL_GUARDED_BY(mu);  // never 0
};

SessionStreams::SessionStreams() : counts_(std::make_shared<Counts>()) {}

absl::StatusOr<std::shared_ptr<void>> SessionStreams::Open(
    const std::optional<identity::Caller>& caller) {
  if (!caller || !caller->by_session) return std::shared_ptr<void>();
  const model::TokenId session = *caller->token;
  {
    absl::MutexLock lock(&counts_->mu);
    size_t& open = counts_->open[session];
    if (open >= base::limits::kWatchesPerSession) {
      return base::WithRetryAfter(
          absl::ResourceExhaustedError("this session has too many streams open: end one"),
          absl::Seconds(5));
    }
    ++open;
  }
  return std::shared_ptr<void>(nullptr, [counts = counts_, session](void*) {
    absl::MutexLock lock(&counts->mu);
    const auto found = counts->open.find(session);
    if (--found->second == 0) counts->open.erase(found);
  });
}

}  // namespace skyden::rest
