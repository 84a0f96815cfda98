// SPDX-License-Identifier: Apache-2.0
#include "http/queued_body.h"

#include <utility>

namespace skyden::http {

std::shared_ptr<BodyStream> BodyStream::Create(Options options) {
  return std::make_shared<QueuedBody>(std::move(options));
}

bool QueuedBody::Write(std::string text) {
  {
    absl::MutexLock lock(&mu_);
    if (ended_ || gone_) return false;
    if (queued_.size() + sending_ + text.size() > options_.bytes_max) return false;
    queued_ += text;
  }
  Wake();
  return true;
}

void QueuedBody::End() {
  {
    absl::MutexLock lock(&mu_);
    if (std::exchange(ended_, true) || gone_) return;
  }
  Wake();
}

void QueuedBody::Wake() {
  std::function<void()> pump;
  {
    absl::MutexLock lock(&mu_);
    pump = pump_;
  }
  if (pump) pump();
}

void QueuedBody::Attach(std::function<void()> pump) {
  absl::MutexLock lock(&mu_);
  pump_ = std::move(pump);
}

std::string QueuedBody::Take(bool& last) {
  absl::MutexLock lock(&mu_);
  last = ended_;
  sending_ = queued_.size();
  return std::exchange(queued_, {});
}

void QueuedBody::Drained() {
  {
    absl::MutexLock lock(&mu_);
    sending_ = 0;
    if (!queued_.empty() || ended_ || gone_) return;
  }
  if (options_.on_drained) options_.on_drained();
}

void QueuedBody::Gone() {
  absl::AnyInvocable<void()> on_gone;
  {
    absl::MutexLock lock(&mu_);
    if (std::exchange(gone_, true)) return;
    queued_.clear();
    on_gone = std::move(options_.on_gone);
  }
  if (on_gone) on_gone();
}

}  // namespace skyden::http
