// SPDX-License-Identifier: Apache-2.0
#include "skyden/net/address_limits.h"

#include "skyden/net/address.h"

namespace skyden::net {

bool AddressLimits::Enter(std::string_view ip) {
  const std::string key = AddressKey(ip);
  absl::MutexLock lock(&mu_);
  const auto found = by_address_.find(key);
  const size_t of_address = found == by_address_.end() ? 0 : found->second;
  if (total_ >= total_max_ || of_address >= per_address_max_) {
    ++refused_;
    return false;
  }
  ++by_address_[key];
  ++total_;
  return true;
}

size_t AddressLimits::Leave(std::string_view ip) {
  const std::string key = AddressKey(ip);
  absl::MutexLock lock(&mu_);
  const auto found = by_address_.find(key);
  if (found == by_address_.end()) return total_;
  if (--found->second == 0) by_address_.erase(found);
  return --total_;
}

size_t AddressLimits::total() const {
  absl::MutexLock lock(&mu_);
  return total_;
}

uint64_t AddressLimits::refused() const {
  absl::MutexLock lock(&mu_);
  return refused_;
}

}  // namespace skyden::net
