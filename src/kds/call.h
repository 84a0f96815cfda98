// SPDX-License-Identifier: Apache-2.0
// One call of a zone: what its bytes mean is on the strand of its connection, and this brings them
// there and back.
//
// Threading: the rpc server's loop calls OnMessage, OnPeerDone and OnGone, which move bytes to a
// small bounded queue under `mu_` and post to the strand when the other side has something to do.
// All meaning is on the strand (the virtual functions).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "kds/flight_budget.h"
#include "skyden/base/clock.h"
#include "skyden/base/executor.h"
#include "skyden/rpc/call.h"

namespace skyden::kds {

// A message as it came.
struct Incoming {
  std::string bytes;
  bool compressed = false;
  absl::Duration came_at = absl::ZeroDuration();
};

// How a call ends whose peer takes nothing.
absl::Status TookNothing();

class Call : public rpc::CallHandler,
             public FlightSender,
             public std::enable_shared_from_this<Call> {
 public:
  struct Shell {
    std::shared_ptr<rpc::Call> wire;
    base::Strand strand;  // of the connection
    base::Executor& workers;
    base::Clock& clock;
    base::Timers& timers;
  };
  explicit Call(Shell shell) : shell_(std::move(shell)) {}

  // Once, right after construction, by whoever hands the call to the server.
  void Begin();

  // Ends the call. What is queued is dropped, and so is the rest of what is being written: a zone
  // that does not read holds nothing up. The first end wins. Any thread.
  void End(absl::Status status);
  // For one message of the call's own; runs on the strand. Any thread.
  void Post(absl::AnyInvocable<void()> task);
  // The same after `delay`, unless the call is gone by then.
  base::Timers::Id PostAfter(absl::Duration delay, absl::AnyInvocable<void()> task);

  // FlightSender
  void OnRoom() override;
  void OnEvicted() override;

  // rpc::CallHandler
  void OnMessage(std::string bytes, bool compressed) final ABSL_LOCKS_EXCLUDED(mu_);
  void OnPeerDone() final ABSL_LOCKS_EXCLUDED(mu_);
  void OnGone() final;

 protected:
  // All on the strand.
  virtual void OnBegin() = 0;
  virtual void OnReadable() = 0;  // Take() has something, or the peer is done sending
  virtual void OnRoomToSend() {}  // after FlightBudget::Take said no
  virtual void OnEnd() = 0;       // last of all
  // The peer took nothing for limits::kKdsSendStall. Ends the call unless overridden.
  virtual void OnStalled();
  // Grows while the peer takes something.
  virtual uint64_t Progress() { return shell_.wire->sent_bytes(); }

  // Starts reading, at most `ahead` messages before they are taken, and none while the peer leaves
  // too many of its own untaken.
  void ReadAhead(size_t ahead) ABSL_LOCKS_EXCLUDED(mu_);
  // What came in, oldest first; reading goes on when there is room again.
  std::vector<Incoming> Take() ABSL_LOCKS_EXCLUDED(mu_);
  bool PeerIsDone() const ABSL_LOCKS_EXCLUDED(mu_);  // and nothing is left to take

  // Queues a message; `ticket` is given back when it was written.
  void Send(rpc::Message message, FlightBudget::Ticket ticket = {}) ABSL_LOCKS_EXCLUDED(mu_);
  void Send(std::string message);
  // Ends the call once everything queued was written.
  void EndAfterWrites(const absl::Status& status);
  bool ending() const { return ending_; }

  base::Strand& strand() { return shell_.strand; }
  base::Clock& clock() { return shell_.clock; }
  base::Timers& timers() { return shell_.timers; }

 private:
  bool MayRead() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Notes that one more was asked for when it may be; the caller asks.
  bool NoteRead() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void PostReadable() ABSL_LOCKS_EXCLUDED(mu_);
  void OnWritten() ABSL_LOCKS_EXCLUDED(mu_);
  void ArmStallTimer();
  void CheckStall() ABSL_LOCKS_EXCLUDED(mu_);

  Shell shell_;

  // On the strand.
  bool ending_ = false;
  bool stall_armed_ = false;
  uint64_t seen_progress_ = 0;
  absl::Duration progress_at_ = -absl::InfiniteDuration();

  mutable absl::Mutex mu_;
  std::vector<Incoming> inbox_ ABSL_GUARDED_BY(mu_);
  size_t inbox_bytes_ ABSL_GUARDED_BY(mu_) = 0;
  absl::Duration writing_since_ ABSL_GUARDED_BY(mu_);  // the oldest that waits
  uint32_t ahead_ ABSL_GUARDED_BY(mu_) = 0;
  uint32_t unwritten_ ABSL_GUARDED_BY(mu_) = 0;
  bool reading_ ABSL_GUARDED_BY(mu_) = false;  // one was asked for and has not come
  bool reads_done_ ABSL_GUARDED_BY(mu_) = false;
  bool readable_posted_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace skyden::kds
