// SPDX-License-Identifier: Apache-2.0
#include "server/port_check.h"

#include <pthread.h>

#include <utility>

#include "fmt/format.h"
#include "skyden/base/strings.h"

namespace skyden::server {

PortCheck::PortCheck(const base::Clock& clock, std::vector<Port> ports, absl::Duration fresh)
    : clock_(clock), ports_(std::move(ports)), fresh_(fresh), thread_([this] { Loop(); }) {
  pthread_setname_np(thread_.native_handle(), "port-check");
}

PortCheck::~PortCheck() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
  }
  thread_.join();
  for (Answer& answer : waiting_) answer(absl::UnavailableError("waiting for: the end"));
}

bool PortCheck::IsFresh() const {
  return last_.has_value() && clock_.Monotonic() - looked_at_ < fresh_;
}

void PortCheck::Ask(Answer answer) {
  absl::Status found;
  {
    absl::MutexLock lock(&mu_);
    if (IsFresh()) {
      found = *last_;
    } else if (waiting_.size() >= base::limits::kKnockWaiting) {
      found = absl::UnavailableError("too many ask whether the ports answer");
    } else {
      waiting_.push_back(std::move(answer));
      wanted_ = true;
      return;
    }
  }
  answer(found);
}

absl::Status PortCheck::Last() {
  absl::MutexLock lock(&mu_);
  wanted_ |= !IsFresh();
  return last_.value_or(absl::OkStatus());
}

absl::Status PortCheck::Knock() const {
  for (const Port& port : ports_) {
    if (const absl::Status answers = port.knock(); !answers.ok()) {
      return absl::UnavailableError(fmt::format("the {} port does not answer: {}", port.name,
                                                base::ToStd(answers.message())));
    }
  }
  return absl::OkStatus();
}

void PortCheck::Loop() {
  for (;;) {
    {
      absl::MutexLock lock(&mu_);
      const auto due = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return wanted_ || stopping_; };
      mu_.Await(absl::Condition(&due));
      if (stopping_) return;
      wanted_ = false;
    }
    const absl::Status found = Knock();
    std::vector<Answer> told;
    {
      absl::MutexLock lock(&mu_);
      last_ = found;
      looked_at_ = clock_.Monotonic();
      told.swap(waiting_);
      wanted_ = false;  // who asked meanwhile is told as well
    }
    for (Answer& answer : told) answer(found);
  }
}

}  // namespace skyden::server
