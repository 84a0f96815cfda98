// SPDX-License-Identifier: Apache-2.0
// What still has to happen before the daemon serves, by name.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"

namespace skyden::server {

// Thread-safe.
class Readiness {
 public:
  void Await(std::string_view task) ABSL_LOCKS_EXCLUDED(mu_);
  void Done(std::string_view task) ABSL_LOCKS_EXCLUDED(mu_);
  // OK when nothing is awaited; UNAVAILABLE naming what is.
  absl::Status Check() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  mutable absl::Mutex mu_;
  std::set<std::string, std::less<>> awaited_ ABSL_GUARDED_BY(mu_);
};

}  // namespace skyden::server
