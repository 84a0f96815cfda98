// SPDX-License-Identifier: Apache-2.0
#include "peers/others.h"

#include <algorithm>
#include <utility>

#include "skyden/base/status.h"
#include "skyden/store/store.h"

namespace skyden::peers {

Others::Others(store::Daemons& daemons)
    : daemons_(daemons), subscription_(daemons.SubscribeDaemons([this] { changed_ = true; })) {}

absl::Status Others::Refresh() {
  if (!changed_.exchange(false)) return absl::OkStatus();
  auto list = daemons_.ListDaemons();
  if (!list.ok()) {
    changed_ = true;
    return list.status();
  }
  std::string self;
  std::vector<Other> others;
  for (const store::DaemonRecord& one : *list) {
    if (one.self) {
      self = one.id;
      continue;
    }
    store::DaemonAbout about = store::ParseAbout(one.about);
    others.push_back({one.id, std::move(about.instance), std::move(about.peer_address)});
  }
  absl::MutexLock lock(&mu_);
  if (!self.empty()) self_ = std::move(self);
  others_ = std::move(others);
  return absl::OkStatus();
}

std::vector<Other> Others::Now() {
  Refresh().IgnoreError();
  return Known();
}

std::vector<Other> Others::Known() const {
  absl::MutexLock lock(&mu_);
  return others_;
}

std::string Others::self() const {
  absl::MutexLock lock(&mu_);
  return self_;
}

std::optional<Other> WithInstance(const std::vector<Other>& others, const std::string& instance) {
  const auto found = std::find_if(others.begin(), others.end(),
                                  [&](const Other& one) { return one.instance == instance; });
  return found == others.end() ? std::nullopt : std::optional(*found);
}

}  // namespace skyden::peers
