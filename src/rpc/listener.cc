// SPDX-License-Identifier: Apache-2.0
#include "rpc/listener.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "rpc/connection_impl.h"
#include "rpc/transport.h"
#include "skyden/base/limits.h"
#include "skyden/telemetry/log.h"

namespace skyden::rpc {
namespace {

// Connections taken in one turn of the loop.
constexpr int kTurn = 64;
// When not even refusing works: trying again at once would only burn the processor.
constexpr absl::Duration kPause = absl::Milliseconds(100);

}  // namespace

Listener::Listener(std::vector<std::shared_ptr<Loop>> loops, std::shared_ptr<ServerState> state,
                   int fd, std::unique_ptr<net::TlsContexts> tls)
    : loops_(std::move(loops)), state_(std::move(state)), fd_(fd), tls_(std::move(tls)) {}

Listener::~Listener() { close(fd_); }

void Listener::Start(const std::shared_ptr<Listener>& self) {
  if (loops_.front()->Add(self, EPOLLIN)) return;
  telemetry::Log(telemetry::Level::error, "cannot watch a listening socket",
                 {{"port", state_->options().name}});
}

void Listener::Close() {
  if (!std::exchange(open_, false)) return;
  resume_at_ = absl::InfiniteDuration();
  loops_.front()->Remove(*this);
  shutdown(fd_, SHUT_RDWR);  // who waits is refused now, not when the last reference goes
}

void Listener::OnReady(uint32_t) {
  state_->TellOffences();
  for (int i = 0; i < kTurn && open_; ++i) {
    if (!AcceptOne()) return;
  }
}

bool Listener::AcceptOne() {
  sockaddr_storage peer{};
  socklen_t size = sizeof(peer);
  const int fd =
      accept4(fd_, reinterpret_cast<sockaddr*>(&peer), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) {
    exhausted_ = false;
    Begin(fd, net::SocketAddress::Of(peer));
    return true;
  }
  if (errno == EAGAIN || errno == EWOULDBLOCK) return false;
  if (errno == EMFILE || errno == ENFILE) {
    Exhausted();
    return resume_at_ == absl::InfiniteDuration();
  }
  if (errno == ENOBUFS || errno == ENOMEM) {
    Pause();
    return false;
  }
  return true;  // the rest is about one connection, which is gone
}

void Listener::Exhausted() {
  if (!std::exchange(exhausted_, true)) {
    telemetry::Log(telemetry::Level::error,
                   "no file descriptors left: new connections are refused; raise the limit "
                   "(ulimit -n, LimitNOFILE)",
                   {{"port", state_->options().name}});
  }
  if (!reserve_.RefuseOne(fd_)) return Pause();
  state_->tally.refused_descriptors.Add();
}

void Listener::Pause() {
  loops_.front()->Change(*this, 0);
  resume_at_ = loops_.front()->now() + kPause;
  loops_.front()->WakeAt(resume_at_);
}

void Listener::OnDue(absl::Duration) {
  resume_at_ = absl::InfiniteDuration();
  loops_.front()->Change(*this, EPOLLIN);
}

telemetry::Counter* Listener::Refuses(const std::string& ip) {
  Tally& tally = state_->tally;
  // Without TLS a beginning costs next to nothing, and proxies and scripts begin many.
  if (tls_ != nullptr && !state_->arrivals().Admit(ip)) return &tally.refused_fast;
  if (tls_ != nullptr && !state_->handshakes().Enter(ip)) return &tally.refused_handshakes;
  if (state_->addresses().Enter(ip)) return nullptr;
  if (tls_ != nullptr) state_->handshakes().Leave(ip);
  return &tally.refused_crowded;
}

void Listener::Begin(int fd, const net::SocketAddress& peer) {
  state_->MakeRoom();
  if (telemetry::Counter* const refused = Refuses(peer.ip()); refused != nullptr) {
    refused->Add();
    close(fd);
    return;
  }
  auto transport = tls_ == nullptr ? MakePlainTransport(fd) : MakeTlsTransport(fd, tls_->Current());
  auto& loop = loops_[next_++ % loops_.size()];
  auto connection = std::make_shared<ConnectionImpl>(loop, state_, fd, peer, std::move(transport));
  state_->Add(connection);
  loop->Post([connection = std::move(connection)] { connection->Start(); });
}

}  // namespace skyden::rpc
