// SPDX-License-Identifier: Apache-2.0
// One gRPC call of a zone: the only place that touches a reactor.
//
// Threading: reactions run on gRPC's threads. They move bytes between the call and two small
// bounded queues under `mu_`, which nobody holds for longer than that, and post to the strand when
// the other side has something to do. All meaning is on the strand (the virtual functions).
// Lifetime: `self_` keeps the call alive from Begin() to OnDone().
#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "kds/flight_budget.h"
#include "skyden/base/clock.h"
#include "skyden/base/executor.h"

namespace skyden::kds {

class Call : public grpc::ServerGenericBidiReactor,
             public FlightSender,
             public std::enable_shared_from_this<Call> {
 public:
  struct Shell {
    grpc::GenericCallbackServerContext* context;  // valid until OnDone
    base::Strand strand;                          // of the connection
    base::Executor& workers;
    base::Clock& clock;
    base::Timers& timers;
  };
  explicit Call(Shell shell) : shell_(std::move(shell)) {}

  // Once, right after construction, by whoever hands the call to gRPC.
  void Begin();

  // Ends the call. What is queued is dropped; what is being written is waited for, for a moment.
  // The first end wins. Any thread.
  void End(grpc::Status status);
  // For one message of the call's own; runs on the strand. Any thread.
  void Post(absl::AnyInvocable<void()> task);
  // The same after `delay`, unless the call is gone by then.
  base::Timers::Id PostAfter(absl::Duration delay, absl::AnyInvocable<void()> task);

  // FlightSender
  void OnRoom() override;
  void OnEvicted() override;

  // gRPC's reactions.
  void OnReadDone(bool ok) final;
  void OnWriteDone(bool ok) final;
  void OnCancel() final;
  void OnDone() final;

 protected:
  // All on the strand.
  virtual void OnBegin() = 0;
  virtual void OnReadable() = 0;  // Take() has something, or the peer is done sending
  virtual void OnRoomToSend() {}  // after FlightBudget::Take said no
  virtual void OnEnd() = 0;       // last of all
  // The peer took nothing for limits::kKdsSendStall. Ends the call unless overridden.
  virtual void OnStalled();
  // Grows while the peer takes parts of a message, for calls that can tell.
  virtual uint64_t Progress() { return 0; }

  // Starts reading, at most `ahead` messages before they are taken, and none while the peer leaves
  // too many of its own untaken.
  void ReadAhead(size_t ahead) ABSL_LOCKS_EXCLUDED(mu_);
  // What came in, oldest first; reading goes on when there is room again.
  std::vector<grpc::ByteBuffer> Take() ABSL_LOCKS_EXCLUDED(mu_);
  bool PeerIsDone() const ABSL_LOCKS_EXCLUDED(mu_);  // and nothing is left to take

  // Queues a message; `ticket` is given back when it was written.
  void Send(grpc::ByteBuffer message, FlightBudget::Ticket ticket = {}) ABSL_LOCKS_EXCLUDED(mu_);
  // Ends the call once everything queued was written.
  void EndAfterWrites(grpc::Status status);
  bool ending() const { return ending_.has_value(); }

  base::Strand& strand() { return shell_.strand; }
  base::Clock& clock() { return shell_.clock; }
  base::Timers& timers() { return shell_.timers; }

 private:
  struct Outgoing {
    grpc::ByteBuffer message;
    FlightBudget::Ticket ticket;
  };

  bool MayRead() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Moves the next message to `writing_message_`; false when there is none.
  bool NextWrite(grpc::WriteOptions& options) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void DoEnd(grpc::Status status, bool drop_queue);
  void FinishWhenWritten() ABSL_LOCKS_EXCLUDED(mu_);
  void TryCancel() ABSL_LOCKS_EXCLUDED(mu_);
  void ArmStallTimer();
  void CheckStall() ABSL_LOCKS_EXCLUDED(mu_);

  Shell shell_;
  std::shared_ptr<Call> self_;

  // On the strand.
  std::optional<grpc::Status> ending_;
  bool finished_ = false;
  bool stall_armed_ = false;
  uint64_t seen_progress_ = 0;
  absl::Duration progress_at_ = -absl::InfiniteDuration();

  mutable absl::Mutex mu_;
  std::vector<grpc::ByteBuffer> inbox_ ABSL_GUARDED_BY(mu_);
  size_t inbox_bytes_ ABSL_GUARDED_BY(mu_) = 0;
  size_t ahead_ ABSL_GUARDED_BY(mu_) = 0;
  bool reading_ ABSL_GUARDED_BY(mu_) = false;
  bool reads_done_ ABSL_GUARDED_BY(mu_) = false;
  bool readable_posted_ ABSL_GUARDED_BY(mu_) = false;
  std::vector<Outgoing> outbox_ ABSL_GUARDED_BY(mu_);
  size_t outbox_head_ ABSL_GUARDED_BY(mu_) = 0;
  uint32_t hinted_ ABSL_GUARDED_BY(mu_) = 0;
  bool writing_ ABSL_GUARDED_BY(mu_) = false;
  absl::Duration writing_since_ ABSL_GUARDED_BY(mu_);
  bool closing_ ABSL_GUARDED_BY(mu_) = false;  // OnWriteDone hands back to the strand
  bool done_ ABSL_GUARDED_BY(mu_) = false;

  // Touched by gRPC between Start and Done of the operation.
  grpc::ByteBuffer read_message_;
  grpc::ByteBuffer writing_message_;
  FlightBudget::Ticket writing_ticket_;
};

}  // namespace skyden::kds
