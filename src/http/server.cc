// SPDX-License-Identifier: Apache-2.0
// The acceptor lives on the first loop and deals connections to all loops in turn.
#include "skyden/http/server.h"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

#include "absl/synchronization/notification.h"
#include "http/listener_state.h"
#include "http/loop.h"
#include "http/session.h"
#include "http/tls_session.h"
#include "skyden/base/crypto.h"
#include "skyden/net/address.h"
#include "skyden/net/tls_contexts.h"
#include "skyden/telemetry/log.h"

namespace skyden::http {
namespace {

using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

constexpr auto kAcceptPause = std::chrono::milliseconds(100);

// Accepts until closed. Bound to the first loop; pending operations keep it alive.
class Acceptor final : public std::enable_shared_from_this<Acceptor> {
 public:
  Acceptor(std::vector<std::shared_ptr<Loop>> loops, std::shared_ptr<ListenerState> state,
           std::unique_ptr<net::TlsContexts> tls)
      : loops_(std::move(loops)),
        state_(std::move(state)),
        tls_(std::move(tls)),
        acceptor_(loops_.front()->context()),
        pause_(loops_.front()->context()) {}

  absl::StatusOr<std::string> Bind(const std::string& wanted) {
    const auto address = net::SocketAddress::Parse(wanted);
    if (!address.ok()) return address.status();
    auto listening = net::ListenAt(*address, {});
    if (!listening.ok()) return std::move(listening).status();
    ErrorCode ec;
    acceptor_.assign(address->is_v6() ? tcp::v6() : tcp::v4(), listening->fd, ec);
    if (!ec) return std::move(listening->address);
    ::close(listening->fd);
    return absl::UnavailableError(fmt::format("cannot listen on {}: {}", wanted, ec.message()));
  }

  void Accept() {
    Loop& loop = *loops_[next_++ % loops_.size()];
    acceptor_.async_accept(loop.context(), [this, self = shared_from_this(), &loop](
                                               const ErrorCode& ec, Socket socket) {
      if (!acceptor_.is_open()) return;
      if (!ec) {
        Begin(loop, std::move(socket));
        return Accept();
      }
      if (ec == asio::error::connection_aborted) return Accept();
      // Out of file descriptors, most likely: what is open must end first.
      telemetry::Log(telemetry::Level::warning, "cannot accept", {{"reason", ec.message()}});
      pause_.expires_after(kAcceptPause);
      pause_.async_wait([this, self](const ErrorCode& stopped) {
        if (!stopped && acceptor_.is_open()) Accept();
      });
    });
  }

  void Close() {
    ErrorCode ignored;
    acceptor_.close(ignored);
    pause_.cancel();
  }

 private:
  void Begin(Loop& loop, Socket socket) {
    ErrorCode ec;
    const auto peer = socket.remote_endpoint(ec);
    if (ec) return;  // closes it
    std::string peer_ip = peer.address().to_string();
    state_->offences.Tell(state_->clock.Monotonic());
    // Without TLS a beginning costs next to nothing, and proxies and scripts begin many.
    if (state_->options.tls && !state_->arrivals.Admit(peer_ip)) return;  // closes it
    std::shared_ptr<Session> evicted;
    const bool entered = state_->Enter(net::AddressKey(peer_ip), evicted);
    if (evicted != nullptr) evicted->Evict();
    if (!entered) {
      state_->refused.fetch_add(1);
      return;
    }
    socket.set_option(tcp::no_delay(true), ec);
    std::shared_ptr<Session> session =
        tls_ ? MakeTlsSession(loop.shared_from_this(), state_, std::move(peer_ip),
                              std::move(socket), tls_->Current())
             : MakePlainSession(loop.shared_from_this(), state_, std::move(peer_ip),
                                std::move(socket));
    loop.Post([session = std::move(session)] { session->Start(); });
  }

  const std::vector<std::shared_ptr<Loop>> loops_;
  const std::shared_ptr<ListenerState> state_;
  const std::unique_ptr<net::TlsContexts> tls_;
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  size_t next_ = 0;
};

class ServerImpl final : public Server {
 public:
  ServerImpl(std::vector<std::shared_ptr<Loop>> loops, std::shared_ptr<ListenerState> state,
             std::shared_ptr<Acceptor> acceptor, std::string address)
      : loops_(std::move(loops)),
        state_(std::move(state)),
        acceptor_(std::move(acceptor)),
        address_(std::move(address)) {
    loops_.front()->Post([acceptor = acceptor_] { acceptor->Accept(); });
  }

  ~ServerImpl() override {
    state_->gone = true;
    StopAccepting();
    OnEveryLoop([](Session& session) { session.CloseNow(); });
    state_->handler = nullptr;
  }

  std::string address() const override { return address_; }

  size_t connections() const override {
    absl::MutexLock lock(&state_->mu);
    return state_->sessions;
  }

  uint64_t refused_connections() const override {
    return state_->refused.load() + state_->arrivals.refused();
  }

  void Drain(absl::Duration at_most) override {
    base::AssertMayBlock();
    state_->draining = true;
    StopAccepting();
    OnEveryLoop([](Session& session) { session.DrainIfIdle(); });
    ListenerState& state = *state_;
    absl::MutexLock lock(&state.mu);
    state.empty.AwaitFor(state.mu, at_most, [&state]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(state.mu) {
      return state.sessions == 0;
    });
  }

 private:
  void StopAccepting() {
    absl::Notification done;
    loops_.front()->Post([&] {
      acceptor_->Close();
      done.Notify();
    });
    done.WaitForNotification();
  }

  // Waits until `fn` saw every session of this listener.
  void OnEveryLoop(void (*fn)(Session&)) {
    for (const auto& loop : loops_) {
      absl::Notification done;
      loop->Post([&] {
        loop->ForEach([&](Session& session) {
          if (session.listener() == state_.get()) fn(session);
        });
        done.Notify();
      });
      done.WaitForNotification();
    }
  }

  const std::vector<std::shared_ptr<Loop>> loops_;
  const std::shared_ptr<ListenerState> state_;
  const std::shared_ptr<Acceptor> acceptor_;
  const std::string address_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Listen(IoThreads& threads, ServerOptions options,
                                               Handler handler) {
  std::unique_ptr<net::TlsContexts> tls;
  if (options.tls) {
    auto loaded = net::TlsContexts::Load({options.tls->certificate_file, options.tls->key_file});
    if (!loaded.ok()) return std::move(loaded).status();
    tls = *std::move(loaded);
  }
  const std::string wanted = options.address;
  auto state = std::make_shared<ListenerState>(std::move(options), std::move(handler));
  state->request_id_prefix = base::HexLower(base::RandomBytes(3)) + "-";
  const auto& loops = threads.impl().loops();
  auto acceptor = std::make_shared<Acceptor>(loops, state, std::move(tls));
  auto address = acceptor->Bind(wanted);
  if (!address.ok()) return std::move(address).status();
  return std::make_unique<ServerImpl>(loops, std::move(state), std::move(acceptor),
                                      *std::move(address));
}

}  // namespace skyden::http
