// SPDX-License-Identifier: Apache-2.0
#include "server/readiness.h"

#include "fmt/format.h"
#include "fmt/ranges.h"

namespace skyden::server {

void Readiness::Await(std::string_view task) {
  absl::MutexLock lock(&mu_);
  awaited_.emplace(task);
}

void Readiness::Done(std::string_view task) {
  absl::MutexLock lock(&mu_);
  const auto found = awaited_.find(task);
  if (found != awaited_.end()) awaited_.erase(found);
}

absl::Status Readiness::Check() const {
  absl::MutexLock lock(&mu_);
  if (awaited_.empty()) return absl::OkStatus();
  return absl::UnavailableError(fmt::format("waiting for: {}", fmt::join(awaited_, ", ")));
}

}  // namespace skyden::server
