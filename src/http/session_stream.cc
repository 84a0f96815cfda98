// SPDX-License-Identifier: Apache-2.0
// Answers without an end, and clients that go before they have theirs. In both cases something is
// read while nothing is expected: that is how a connection that ends is noticed.
#include <fmt/format.h>

#include <utility>

#include "http/listener_state.h"
#include "http/session.h"

namespace skyden::http {

void Request::WhenClientGoes(absl::AnyInvocable<void()> fn) const {
  if (const auto by = session.lock()) by->PostWatch(serial, std::move(fn));
}

void Session::PostWatch(uint64_t serial, absl::AnyInvocable<void()> fn) {
  loop_->Post([self = shared_from_this(), serial, fn = std::move(fn)]() mutable {
    self->Watch(serial, std::move(fn));
  });
}

void Request::TakeBody(std::string share, absl::AnyInvocable<void(std::string)> fn) const {
  if (const auto by = session.lock()) by->PostTakeBody(serial, std::move(share), std::move(fn));
}

void Session::PostTakeBody(uint64_t serial, std::string share, BodyTaker fn) {
  loop_->Post(
      [self = shared_from_this(), serial, share = std::move(share), fn = std::move(fn)]() mutable {
        self->TakeBody(serial, std::move(share), std::move(fn));
      });
}

void Session::Watch(uint64_t serial, absl::AnyInvocable<void()> fn) {
  if (serial != serial_) return;  // answered long ago
  if (state_ == State::kClosed) return fn();
  if (state_ != State::kHandling) return;
  client_gone_ = std::move(fn);
  // Once. What comes is the next request, and a client that sends it is there.
  ReadMore();
}

void Session::PostPump() {
  loop_->Post([self = shared_from_this()] { self->Pump(); });
}

void Session::BeginStream() {
  state_ = State::kStreaming;
  deadline_ = SteadyTime::max();
  lingered_ = 0;
  if (!in_flight_) Read(in_.data(), in_.size());
  stream_->Attach([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->PostPump();
  });
  if (listener_->draining.load()) stream_->End();
  Pump();
}

void Session::Pump() {
  if (state_ != State::kStreaming || pumping_ || stream_done_) return;
  std::string text = stream_->Take(stream_done_);
  if (text.empty() && !stream_done_) return;
  out_head_.clear();
  if (!takes_chunks_) {
    out_head_ = std::move(text);
  } else {
    if (!text.empty()) out_head_ = fmt::format("{:x}\r\n{}\r\n", text.size(), text);
    if (stream_done_) out_head_ += "0\r\n\r\n";
  }
  out_body_.clear();
  out_done_ = 0;
  if (out_head_.empty()) return OnPumped();
  pumping_ = true;
  WriteRest();
}

void Session::OnPumped() {
  pumping_ = false;
  out_head_.clear();
  if (stream_done_) {
    stream_->Gone();
    return Linger();
  }
  deadline_ = SteadyTime::max();  // a client may listen for as long as it likes
  stream_->Drained();
  Pump();
}

}  // namespace skyden::http
