// SPDX-License-Identifier: Apache-2.0
// gRPC's rules that this file keeps: at most one read and one write outstanding; Finish exactly
// once, never with a write outstanding; nothing started after Finish, except inside a reaction.
#include "kds/call.h"

#include <algorithm>
#include <utility>

#include "skyden/base/limits.h"

namespace skyden::kds {
namespace {

// Messages a zone may be ahead of us. More would be memory for nothing: the next read starts as
// soon as these are taken.
constexpr size_t kInboxBytes = 256u << 10;
// Messages that may wait for a zone before nothing more is read from it: each may ask for another.
constexpr size_t kOutboxMessages = 128;
// Messages that share a packet. gRPC's list of what it writes at once grows with them, and stays.
constexpr uint32_t kTogether = 8;
// How often a message that is being written is looked at, while it is.
constexpr absl::Duration kProgressCheck = absl::Seconds(5);
// How long an ending call waits for the peer to take the message being written.
constexpr absl::Duration kEndGrace = absl::Milliseconds(500);

}  // namespace

void Call::Begin() {
  self_ = shared_from_this();
  Post([this] { OnBegin(); });
}

void Call::Post(absl::AnyInvocable<void()> task) {
  shell_.strand.Post([self = shared_from_this(), task = std::move(task)]() mutable { task(); });
}

base::Timers::Id Call::PostAfter(absl::Duration delay, absl::AnyInvocable<void()> task) {
  auto late = [weak = weak_from_this(), task = std::move(task)]() mutable {
    if (auto self = weak.lock()) self->Post(std::move(task));
  };
  return shell_.timers.After(delay, shell_.workers, std::move(late));
}

void Call::OnRoom() {
  Post([this] { OnRoomToSend(); });
}

void Call::OnEvicted() {
  End(grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED,
                   "the zone does not take what it is sent, and the room is needed"));
}

// Reading.

bool Call::MayRead() const {
  return !reading_ && !reads_done_ && !closing_ && inbox_.size() < ahead_ &&
         inbox_bytes_ < kInboxBytes && outbox_.size() - outbox_head_ < kOutboxMessages;
}

void Call::ReadAhead(size_t ahead) {
  bool start = false;
  {
    absl::MutexLock lock(&mu_);
    ahead_ = ahead;
    start = MayRead();
    reading_ = reading_ || start;
  }
  if (start) StartRead(&read_message_);
}

void Call::OnReadDone(bool ok) {
  bool more = false;
  bool post = false;
  {
    absl::MutexLock lock(&mu_);
    reading_ = false;
    if (ok) {
      inbox_bytes_ += read_message_.Length();
      inbox_.push_back(std::move(read_message_));
      read_message_ = grpc::ByteBuffer();
    } else {
      reads_done_ = true;
    }
    more = MayRead();
    reading_ = more;
    post = !readable_posted_;
    readable_posted_ = true;
  }
  if (more) StartRead(&read_message_);
  if (!post) return;
  Post([this] {
    {
      absl::MutexLock lock(&mu_);
      readable_posted_ = false;
    }
    if (!ending()) OnReadable();
  });
}

std::vector<grpc::ByteBuffer> Call::Take() {
  std::vector<grpc::ByteBuffer> taken;
  bool start = false;
  {
    absl::MutexLock lock(&mu_);
    taken.swap(inbox_);
    inbox_bytes_ = 0;
    start = MayRead() && !finished_;
    reading_ = reading_ || start;
  }
  if (start) StartRead(&read_message_);
  return taken;
}

bool Call::PeerIsDone() const {
  absl::MutexLock lock(&mu_);
  return reads_done_ && inbox_.empty();
}

// Writing.

bool Call::NextWrite(grpc::WriteOptions& options) {
  if (outbox_head_ == outbox_.size()) return false;
  Outgoing& next = outbox_[outbox_head_++];
  writing_message_ = std::move(next.message);
  writing_ticket_ = std::move(next.ticket);
  if (outbox_head_ == outbox_.size()) {
    std::vector<Outgoing>().swap(outbox_);  // idle streams hold nothing
    outbox_head_ = 0;
  } else if (++hinted_ % kTogether != 0) {
    options.set_buffer_hint();  // more follows: let them share a packet
  }
  writing_ = true;
  writing_since_ = shell_.clock.Monotonic();
  return true;
}

void Call::Send(grpc::ByteBuffer message, FlightBudget::Ticket ticket) {
  if (ending()) return;
  grpc::WriteOptions options;
  bool start = false;
  {
    absl::MutexLock lock(&mu_);
    outbox_.push_back({std::move(message), std::move(ticket)});
    start = !writing_ && NextWrite(options);
  }
  if (start) StartWrite(&writing_message_, options);
  ArmStallTimer();
}

void Call::OnWriteDone(bool ok) {
  grpc::WriteOptions options;
  bool start = false;
  bool closing = false;
  bool read = false;
  FlightBudget::Ticket written = std::move(writing_ticket_);
  writing_message_.Clear();
  {
    absl::MutexLock lock(&mu_);
    writing_ = false;
    closing = closing_;
    start = ok && (!closing || outbox_head_ < outbox_.size()) && NextWrite(options);
    read = ok && MayRead();
    reading_ = reading_ || read;
  }
  if (read) StartRead(&read_message_);
  if (start) return StartWrite(&writing_message_, options);
  if (!ok) End(grpc::Status::CANCELLED);
  if (closing) Post([this] { FinishWhenWritten(); });
}

// Ending.

void Call::End(grpc::Status status) {
  Post([this, status = std::move(status)] { DoEnd(status, /*drop_queue=*/true); });
}

void Call::EndAfterWrites(grpc::Status status) { DoEnd(std::move(status), /*drop_queue=*/false); }

void Call::OnCancel() { End(grpc::Status::CANCELLED); }

void Call::DoEnd(grpc::Status status, bool drop_queue) {
  if (ending_.has_value()) return;
  ending_ = std::move(status);
  std::vector<Outgoing> dropped;  // tickets are given back outside the lock
  {
    absl::MutexLock lock(&mu_);
    closing_ = true;
    if (drop_queue) {
      dropped.swap(outbox_);
      outbox_head_ = 0;
    }
  }
  FinishWhenWritten();
  if (finished_) return;
  PostAfter(kEndGrace, [this] { TryCancel(); });
}

void Call::FinishWhenWritten() {
  if (finished_) return;
  {
    absl::MutexLock lock(&mu_);
    if (writing_) return;
  }
  finished_ = true;
  Finish(*ending_);
}

// Only for a peer that does not take what is being written: that write ends with an error then.
void Call::TryCancel() {
  if (finished_) return;
  absl::MutexLock lock(&mu_);
  if (!done_) shell_.context->TryCancel();
}

void Call::OnDone() {
  {
    absl::MutexLock lock(&mu_);
    done_ = true;
  }
  // The strand may hold tasks of this call before this one.
  shell_.strand.Post([self = std::move(self_)] {
    self->finished_ = true;
    if (!self->ending_.has_value()) self->ending_ = grpc::Status::CANCELLED;
    self->OnEnd();
  });
}

// A peer that does not read.

void Call::ArmStallTimer() {
  if (stall_armed_) return;
  stall_armed_ = true;
  PostAfter(kProgressCheck, [this] { CheckStall(); });
}

void Call::CheckStall() {
  stall_armed_ = false;
  if (ending()) return;
  const absl::Duration now = shell_.clock.Monotonic();
  const uint64_t progress = Progress();
  if (progress != seen_progress_) {
    seen_progress_ = progress;
    progress_at_ = now;
  }
  {
    absl::MutexLock lock(&mu_);
    if (!writing_) return;
    progress_at_ = std::max(progress_at_, writing_since_);
  }
  const absl::Duration left = progress_at_ + base::limits::kKdsSendStall - now;
  if (left <= absl::ZeroDuration()) return OnStalled();
  stall_armed_ = true;
  PostAfter(std::min(left, kProgressCheck), [this] { CheckStall(); });
}

void Call::OnStalled() {
  End(grpc::Status(grpc::StatusCode::DEADLINE_EXCEEDED,
                   "the zone took nothing of what it was sent for too long"));
}

}  // namespace skyden::kds
