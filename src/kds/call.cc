// SPDX-License-Identifier: Apache-2.0
// One message is asked for at a time: what is not asked for stays with the zone, and how large the
// next one is nobody knows before it came.
#include "kds/call.h"

#include <algorithm>
#include <utility>

#include "skyden/base/limits.h"

namespace skyden::kds {
namespace {

// How often a message that is being written is looked at, while it is.
constexpr absl::Duration kProgressCheck = absl::Seconds(5);

}  // namespace

void Call::Begin() {
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
  End(absl::ResourceExhaustedError(
      "the zone does not take what it is sent, and the room is needed"));
}

// Reading.

bool Call::MayRead() const {
  return !reading_ && !reads_done_ && inbox_.size() < ahead_ &&
         inbox_bytes_ < base::limits::kKdsInboxBytes &&
         unwritten_ < base::limits::kKdsOutboxMessages;
}

bool Call::NoteRead() {
  if (!MayRead()) return false;
  reading_ = true;
  return true;
}

void Call::ReadAhead(size_t ahead) {
  bool read = false;
  {
    absl::MutexLock lock(&mu_);
    ahead_ = static_cast<uint32_t>(ahead);
    read = NoteRead();
  }
  if (read) shell_.wire->Read(1);
}

void Call::OnMessage(std::string bytes, bool compressed) {
  bool read = false;
  const absl::Duration now = shell_.clock.Monotonic();
  {
    absl::MutexLock lock(&mu_);
    reading_ = false;
    inbox_bytes_ += bytes.size();
    inbox_.push_back({std::move(bytes), compressed, now});
    read = NoteRead();
  }
  if (read) shell_.wire->Read(1);
  PostReadable();
}

void Call::OnPeerDone() {
  {
    absl::MutexLock lock(&mu_);
    reading_ = false;
    reads_done_ = true;
  }
  PostReadable();
}

void Call::PostReadable() {
  {
    absl::MutexLock lock(&mu_);
    if (std::exchange(readable_posted_, true)) return;
  }
  Post([this] {
    {
      absl::MutexLock lock(&mu_);
      readable_posted_ = false;
    }
    if (!ending_) OnReadable();
  });
}

std::vector<Incoming> Call::Take() {
  std::vector<Incoming> taken;
  bool read = false;
  {
    absl::MutexLock lock(&mu_);
    taken.swap(inbox_);
    inbox_bytes_ = 0;
    read = !ending_ && NoteRead();
  }
  if (read) shell_.wire->Read(1);
  return taken;
}

bool Call::PeerIsDone() const {
  absl::MutexLock lock(&mu_);
  return reads_done_ && inbox_.empty();
}

// Writing.

void Call::Send(std::string message) { Send(rpc::Message{rpc::Slice::Of(std::move(message))}); }

void Call::Send(rpc::Message message, FlightBudget::Ticket ticket) {
  if (ending_) return;
  {
    absl::MutexLock lock(&mu_);
    if (++unwritten_ == 1) writing_since_ = shell_.clock.Monotonic();
  }
  // Held back by nobody else: the server drops it once it is written, or the call is gone.
  shell_.wire->Send(std::move(message),
                    [self = shared_from_this(), ticket = std::move(ticket)]() mutable {
                      ticket.Release();
                      self->OnWritten();
                    });
  ArmStallTimer();
}

void Call::OnWritten() {
  bool read = false;
  {
    absl::MutexLock lock(&mu_);
    --unwritten_;
    if (unwritten_ > 0) writing_since_ = shell_.clock.Monotonic();
    read = NoteRead();
  }
  if (read) shell_.wire->Read(1);
}

// Ending.

void Call::End(absl::Status status) {
  Post([this, status = std::move(status)] {
    if (std::exchange(ending_, true)) return;
    shell_.wire->Abort(status);
  });
}

void Call::EndAfterWrites(const absl::Status& status) {
  if (std::exchange(ending_, true)) return;
  shell_.wire->Finish(status);
}

void Call::OnGone() {
  // The strand may hold tasks of this call before this one.
  Post([this] {
    ending_ = true;
    OnEnd();
  });
}

// A peer that does not read.

void Call::ArmStallTimer() {
  if (std::exchange(stall_armed_, true)) return;
  PostAfter(kProgressCheck, [this] { CheckStall(); });
}

void Call::CheckStall() {
  stall_armed_ = false;
  if (ending_) return;
  const absl::Duration now = shell_.clock.Monotonic();
  const uint64_t progress = Progress();
  if (progress != seen_progress_) {
    seen_progress_ = progress;
    progress_at_ = now;
  }
  {
    absl::MutexLock lock(&mu_);
    if (unwritten_ == 0) return;
    progress_at_ = std::max(progress_at_, writing_since_);
  }
  const absl::Duration left = progress_at_ + base::limits::kKdsSendStall - now;
  if (left <= absl::ZeroDuration()) return OnStalled();
  stall_armed_ = true;
  PostAfter(std::min(left, kProgressCheck), [this] { CheckStall(); });
}

void Call::OnStalled() { End(TookNothing()); }

// Inside a message nothing but a reset can be said, and the one that is for a deadline means
// CANCELLED to a client, on which zones stay silent.
absl::Status TookNothing() {
  return absl::UnavailableError("the zone took nothing of what it was sent for too long");
}

}  // namespace skyden::kds
