// SPDX-License-Identifier: Apache-2.0
// A connection goes through its phases in one direction: handshake, open, leaving (the last bytes
// go out, nothing is heard), lingering (the client hangs up), closed. A socket that is closed while
// bytes of the client wait in it is reset, and the client may never see what it was told last.
#include "rpc/connection_impl.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <utility>

#include "rpc/call_impl.h"
#include "skyden/base/limits.h"

namespace skyden::rpc {
namespace {

namespace limits = base::limits;

// Of one connection in one turn of its loop, so that the others get theirs.
constexpr size_t kTurnBytes = 256u << 10;
// Taken from the session at a time.
constexpr size_t kPieceBytes = 64u << 10;

// As epoll takes them.
constexpr uint32_t kIn = EPOLLIN;
constexpr uint32_t kOut = EPOLLOUT;

std::atomic<uint64_t> next_id{1};

}  // namespace

ConnectionImpl::ConnectionImpl(std::shared_ptr<Loop> loop, std::shared_ptr<ServerState> state,
                               int fd, const net::SocketAddress& peer,
                               std::unique_ptr<Transport> transport)
    : id_(next_id.fetch_add(1)),
      loop_(std::move(loop)),
      state_(std::move(state)),
      peer_ip_(peer.ip()),
      peer_(peer.ToString()),
      fd_(fd),
      transport_(std::move(transport)),
      in_handshakes_(tls()) {}

ConnectionImpl::~ConnectionImpl() {
  // Only when it was never started: the loop had ended.
  if (phase_ == State::kNew) Close();
}

void ConnectionImpl::Start() {
  phase_ = State::kHandshake;
  stranger_ = true;
  state_->AddStranger(shared_from_this());
  phase_at_ = heard_at_ = pinged_at_ = moved_at_ = looked_at_ = loop_->now();
  watching_ = kIn;
  if (!loop_->Add(shared_from_this(), watching_)) return Close();
  Handshake();
  SetDue();
}

void ConnectionImpl::Handshake() {
  const Io io = transport_->Handshake();
  if (io == Io::kEnd) return Close();
  if (io != Io::kDone) return Watch(io == Io::kWantsWrite ? kOut : kIn);
  Opened();
}

void ConnectionImpl::Opened() {
  phase_ = State::kOpen;
  phase_at_ = loop_->now();
  if (std::exchange(in_handshakes_, false)) state_->handshakes().Leave(peer_ip_);
  const ServerOptions& options = state_->options();
  session_ = std::make_unique<Session>(
      SessionOptions{options.message_bytes_max, options.calls_per_connection_max}, *this,
      loop_->http2_memory());
  if (state_->draining.load()) session_->RefuseNewCalls();
  Watch(kIn);
  SetDue();
  loop_->FlushLater(*this);
}

void ConnectionImpl::OnReady(uint32_t events) {
  switch (phase_) {
    case State::kHandshake:
      return Handshake();
    case State::kOpen:
      if ((events & kOut) != 0) loop_->FlushLater(*this);
      if ((events & ~kOut) != 0 || read_waits_for_room_) ReadSome();
      return;
    case State::kLeaving:
      if ((events & (EPOLLERR | EPOLLHUP)) != 0) return Close();
      return loop_->FlushLater(*this);
    case State::kLingering:
      return Discard();
    case State::kNew:
    case State::kClosed:
      return;
  }
}

void ConnectionImpl::ReadSome() {
  size_t got = 0;
  const Io io = transport_->Read(loop_->scratch(), Scratch::kBytes, got);
  if (got > 0) {
    received_.fetch_add(got, std::memory_order_relaxed);
    state_->tally.received_bytes.Add(got);
    heard_at_ = moved_at_ = loop_->now();
    const bool fine = session_->Take({loop_->scratch(), got}, loop_->now());
    loop_->FlushLater(*this);
    Account();
    if (!fine) return AbuseNow(session_->abuse());
  }
  if (io == Io::kEnd) return Close();
  // Else what waits to be read would wake the loop again and again.
  if (std::exchange(read_waits_for_room_, io == Io::kWantsWrite) != read_waits_for_room_) {
    loop_->FlushLater(*this);
  }
}

void ConnectionImpl::Account() {
  const bool counts = session_ != nullptr && !session_->trusted() && !condemned_.load();
  const size_t holds = counts ? session_->held_bytes() : 0;
  const size_t held = stranger_bytes_.exchange(holds);
  if (holds != held)
    state_->StrangerHolds(static_cast<int64_t>(holds) - static_cast<int64_t>(held));
}

void ConnectionImpl::Flush() {
  if (phase_ != State::kOpen && phase_ != State::kLeaving) return;
  size_t written = 0;
  Io io = Io::kDone;
  while (io == Io::kDone && written < kTurnBytes) {
    if (outbox_.empty() && session_ != nullptr) session_->Collect(kPieceBytes, outbox_);
    if (outbox_.empty()) break;
    const size_t before = outbox_.bytes();
    io = transport_->Write(outbox_, loop_->scratch());
    written += before - outbox_.bytes();
  }
  if (written > 0) state_->tally.sent_bytes.Add(written);
  has_output_.store(!outbox_.empty(), std::memory_order_relaxed);
  if (io == Io::kEnd) return Close();
  if (io == Io::kDone && !outbox_.empty()) return loop_->FlushLater(*this);
  const bool reads = phase_ == State::kOpen && !read_waits_for_room_;
  Watch((reads ? kIn : 0) | (outbox_.empty() && !read_waits_for_room_ ? 0 : kOut));
  if (!outbox_.empty()) return;
  if (written >= kTurnBytes) return loop_->FlushLater(*this);
  if (phase_ == State::kLeaving) return Linger();
  if (session_->done()) return Leave();
  if (state_->draining.load() && session_->calls() == 0) {
    session_->GoAway("the server is shutting down");
    Leave();
  }
}

void ConnectionImpl::Leave() {
  if (phase_ != State::kOpen) return;
  phase_ = State::kLeaving;
  phase_at_ = loop_->now();
  loop_->FlushLater(*this);
  SetDue();
}

void ConnectionImpl::Linger() {
  phase_ = State::kLingering;
  phase_at_ = loop_->now();
  session_ = nullptr;
  Account();
  transport_->ShutDownSend();
  Watch(kIn);
  SetDue();
}

void ConnectionImpl::Discard() {
  const ssize_t count = recv(fd_, loop_->scratch(), Scratch::kBytes, 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  discarded_ += static_cast<size_t>(std::max<ssize_t>(count, 0));
  if (count <= 0 || discarded_ > limits::kRpcDiscardedBytes) Close();
}

void ConnectionImpl::Close() {
  const State was = std::exchange(phase_, State::kClosed);
  if (was == State::kClosed) return;
  due_ = absl::InfiniteDuration();
  if (std::exchange(in_handshakes_, false)) {
    state_->handshakes().Leave(peer_ip_);
    state_->tally.handshakes_failed.Add();
  }
  session_ = nullptr;
  Account();
  outbox_.Clear();
  if (std::exchange(stranger_, false)) state_->RemoveStranger(*this);
  attachment = nullptr;
  transport_ = nullptr;
  if (was != State::kNew) loop_->Remove(*this);
  {
    absl::MutexLock lock(&fd_mu_);
    fd_open_ = false;
    close(fd_);
  }
  state_->Remove(*this);
}

void ConnectionImpl::Watch(uint32_t events) {
  if (std::exchange(watching_, events) != events) loop_->Change(*this, events);
}

void ConnectionImpl::WithSession(absl::AnyInvocable<void(Session&)> fn) {
  loop_->Post([self = shared_from_this(), fn = std::move(fn)]() mutable {
    if (self->phase_ != State::kOpen) return;
    fn(*self->session_);
    self->Account();
    self->loop_->FlushLater(*self);
  });
}

void ConnectionImpl::Trust() {
  loop_->Post([self = shared_from_this()] {
    if (self->phase_ != State::kOpen) return;
    if (std::exchange(self->stranger_, false)) self->state_->RemoveStranger(*self);
    self->session_->Trust();
    self->Account();
    self->loop_->FlushLater(*self);
    self->SetDue();
  });
}

void ConnectionImpl::End(const absl::Status& status) {
  loop_->Post([self = shared_from_this(), status] { self->EndNow(status); });
}

void ConnectionImpl::EndNow(const absl::Status& status) {
  if (phase_ != State::kOpen) return Close();
  session_->AbortAll(status);
  session_->GoAway({status.message().data(), status.message().size()});
  Leave();
}

size_t ConnectionImpl::Condemn() {
  condemned_.store(true);
  return stranger_bytes_.exchange(0);
}

void ConnectionImpl::EndForAbuse(std::string_view what) {
  loop_->Post([self = shared_from_this(), what] {
    if (self->phase_ == State::kOpen) self->AbuseNow(what);
  });
}

// What it was given goes at once; only the reason is still sent.
void ConnectionImpl::AbuseNow(std::string_view what) {
  if (!what.empty()) {
    state_->NoteAbuse(peer_ip_, what);
    session_->GoAway(what);
  }
  session_->Collect(kPieceBytes, outbox_);
  Leave();
  session_ = nullptr;
  Account();
}

void ConnectionImpl::RefuseNewCalls() {
  WithSession([](Session& session) { session.RefuseNewCalls(); });
}

void ConnectionImpl::CloseNow() {
  loop_->Post([self = shared_from_this()] { self->Close(); });
}

void ConnectionImpl::CloseIfStranger() {
  loop_->Post([self = shared_from_this()] {
    if (self->stranger_) self->Close();
  });
}

Connection::Traffic ConnectionImpl::traffic() const {
  Traffic traffic;
  traffic.received = received_.load(std::memory_order_relaxed);
  traffic.waiting = has_output_.load(std::memory_order_relaxed);
  tcp_info info{};
  socklen_t size = sizeof(info);
  absl::MutexLock lock(&fd_mu_);
  if (!fd_open_ || getsockopt(fd_, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return traffic;
  // Older kernels tell less.
  if (size < offsetof(tcp_info, tcpi_notsent_bytes) + sizeof(info.tcpi_notsent_bytes)) {
    return traffic;
  }
  traffic.taken = info.tcpi_bytes_acked;
  traffic.waiting = traffic.waiting || info.tcpi_notsent_bytes > 0 || info.tcpi_unacked > 0;
  return traffic;
}

std::shared_ptr<StreamEvents> ConnectionImpl::OnCall(int32_t stream_id, CallHead head) {
  if (!std::exchange(had_call_, true)) first_call_at_ = loop_->now();
  state_->CallBegins();
  auto call = std::make_shared<CallImpl>(shared_from_this(), stream_id);
  call->Begin(state_->acceptor()(std::move(head), call, shared_from_this()));
  SetDue();
  return call;
}

void ConnectionImpl::OnReset(ResetBy who) {
  Tally& tally = state_->tally;
  (who == ResetBy::kClient ? tally.resets_by_client : tally.resets_by_server).Add();
}

void ConnectionImpl::CallGone() {
  call_at_ = loop_->now();
  state_->CallEnds();
  if (phase_ != State::kOpen) return;
  SetDue();
  loop_->FlushLater(*this);
}

}  // namespace skyden::rpc
