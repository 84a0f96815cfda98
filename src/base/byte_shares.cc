// SPDX-License-Identifier: Apache-2.0
#include "skyden/base/byte_shares.h"

namespace skyden::base {

ByteShares::Verdict ByteShares::Take(const std::string& whose, size_t bytes, Rule rule) {
  if (bytes == 0) return Verdict::kTaken;
  absl::MutexLock lock(&mu_);
  const auto found = used_.find(whose);
  const size_t used = found == used_.end() ? 0 : found->second;
  const bool first = rule == Rule::kOneAtLeast && used == 0;
  if (!first && (used >= share_max_ || bytes > share_max_ - used)) return Verdict::kShareIsUsed;
  if (total_ >= total_max_) return Verdict::kAllIsUsed;
  if (!first && bytes > total_max_ - total_) return Verdict::kAllIsUsed;
  if (found == used_.end()) {
    used_.emplace(whose, bytes);
  } else {
    found->second += bytes;
  }
  total_ += bytes;
  return Verdict::kTaken;
}

void ByteShares::Give(const std::string& whose, size_t bytes) {
  absl::MutexLock lock(&mu_);
  total_ -= bytes;
  const auto found = used_.find(whose);
  found->second -= bytes;
  if (found->second == 0) used_.erase(found);
}

size_t ByteShares::total() const {
  absl::MutexLock lock(&mu_);
  return total_;
}

}  // namespace skyden::base
