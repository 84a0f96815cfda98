// SPDX-License-Identifier: Apache-2.0
// One client's socket, with its session, on its loop.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"
#include "rpc/loop.h"
#include "rpc/outbox.h"
#include "rpc/server_state.h"
#include "rpc/session.h"
#include "rpc/transport.h"
#include "skyden/net/address.h"
#include "skyden/rpc/connection.h"

namespace skyden::rpc {

class ConnectionImpl final : public Connection,
                             public Watched,
                             public Session::Owner,
                             public std::enable_shared_from_this<ConnectionImpl> {
 public:
  // Owns `fd`. The state counts it already.
  ConnectionImpl(std::shared_ptr<Loop> loop, std::shared_ptr<ServerState> state, int fd,
                 const net::SocketAddress& peer, std::unique_ptr<Transport> transport);
  ~ConnectionImpl() override;

  // Any thread.
  uint64_t id() const override { return id_; }
  const std::string& peer_ip() const override { return peer_ip_; }
  const std::string& peer() const override { return peer_; }
  bool tls() const override { return state_->options().tls.has_value(); }
  void Trust() override;
  void End(const absl::Status& status) override;
  Traffic traffic() const override ABSL_LOCKS_EXCLUDED(fd_mu_);
  size_t stranger_bytes() const { return stranger_bytes_.load(); }
  // What is held for a stranger that will be ended counts no more; returns how much that was.
  size_t Condemn();
  void EndForAbuse(std::string_view what);
  void RefuseNewCalls();
  void CloseNow();
  void CloseIfStranger();  // its place is needed
  // Runs `fn` on the loop, when the session is still there.
  void WithSession(absl::AnyInvocable<void(Session&)> fn);

  // On the loop.
  void Start();
  int fd() const override { return fd_; }
  void OnReady(uint32_t events) override;
  void Flush() override;
  absl::Duration due() const override { return due_; }
  void OnDue(absl::Duration now) override;
  void Close() override;
  std::shared_ptr<StreamEvents> OnCall(int32_t stream_id, CallHead head) override;
  void OnReset(ResetBy who) override;
  void CallGone();

 private:
  enum class State { kNew, kHandshake, kOpen, kLeaving, kLingering, kClosed };

  void Handshake();
  void Opened();
  void ReadSome();
  void Discard();
  void Leave();  // what is still to be said is said, and no more is heard
  void Linger();
  void Watch(uint32_t events);
  void Account();
  void EndNow(const absl::Status& status);
  void AbuseNow(std::string_view what);

  // connection_deadlines.cc
  void SetDue();
  absl::Duration NextDue() const;
  void Overdue(absl::Duration now);
  void LookForSilence(absl::Duration now);

  const uint64_t id_;
  const std::shared_ptr<Loop> loop_;
  const std::shared_ptr<ServerState> state_;
  const std::string peer_ip_;
  const std::string peer_;
  const int fd_;  // closed with fd_mu_ held

  State phase_ = State::kNew;
  bool stranger_ = false;  // counted as one
  bool had_call_ = false;
  bool read_waits_for_room_ = false;  // TLS has to answer before it reads on
  uint32_t watching_ = 0;
  std::unique_ptr<Transport> transport_;
  bool in_handshakes_;  // counted there
  std::unique_ptr<Session> session_;
  Outbox outbox_;
  std::atomic<size_t> stranger_bytes_{0};
  std::atomic<bool> condemned_{false};

  absl::Duration due_ = absl::InfiniteDuration();
  absl::Duration phase_at_;  // when it began
  absl::Duration first_call_at_;
  absl::Duration call_at_;   // the last one ended
  absl::Duration heard_at_;  // bytes came
  absl::Duration pinged_at_;
  absl::Duration moved_at_;   // bytes came or were taken
  absl::Duration looked_at_;  // whether they were
  uint64_t taken_ = 0;        // then
  size_t discarded_ = 0;

  std::atomic<uint64_t> received_{0};
  std::atomic<bool> has_output_{false};
  mutable absl::Mutex fd_mu_;
  bool fd_open_ ABSL_GUARDED_BY(fd_mu_) = true;
};

}  // namespace skyden::rpc
