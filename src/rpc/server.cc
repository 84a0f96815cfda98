// SPDX-License-Identifier: Apache-2.0
#include "skyden/rpc/server.h"

#include <utility>

#include "absl/synchronization/notification.h"
#include "rpc/connection_impl.h"
#include "rpc/listener.h"
#include "rpc/loop.h"
#include "rpc/server_state.h"
#include "skyden/base/executor.h"
#include "skyden/net/address.h"
#include "skyden/net/tls_contexts.h"

namespace skyden::rpc {
namespace {

// What the kernel may hold of a connection before it is on its way. More only delays what is urgent
// (pings, answers to heartbeats), and hides whether a client takes anything.
constexpr int kUnsentBytes = 128 << 10;

class ServerImpl final : public Server {
 public:
  ServerImpl(std::vector<std::shared_ptr<Loop>> loops, std::shared_ptr<ServerState> state,
             std::shared_ptr<Listener> listener, std::string address)
      : loops_(std::move(loops)),
        state_(std::move(state)),
        listener_(std::move(listener)),
        address_(std::move(address)) {
    loops_.front()->Post([listener = listener_] { listener->Start(listener); });
  }

  ~ServerImpl() override {
    StopAccepting();
    for (const auto& connection : state_->All()) connection->CloseNow();
    // A connection that a loop has let go of may still be handed about on it.
    for (const auto& loop : loops_) Await(*loop, [] {});
    state_->AwaitNoConnections(absl::InfiniteDuration());
  }

  std::string address() const override { return address_; }
  Counters counters() const override { return state_->counters(); }
  const Tally& tally() const override { return state_->tally; }

  std::vector<std::shared_ptr<Connection>> Connections() const override {
    std::vector<std::shared_ptr<Connection>> connections;
    for (auto& connection : state_->All()) connections.push_back(std::move(connection));
    return connections;
  }

  void StopTaking() override {
    if (state_->draining.exchange(true)) return;
    StopAccepting();
    for (const auto& connection : state_->All()) connection->RefuseNewCalls();
  }

  void Drain(absl::Duration at_most) override {
    base::AssertMayBlock();
    StopTaking();
    if (!state_->AwaitNoCalls(at_most)) {
      for (const auto& connection : state_->All()) {
        connection->End(absl::UnavailableError("the server is shutting down: connect again"));
      }
    }
    state_->AwaitNoConnections(base::limits::kRpcLinger);
  }

 private:
  template <class Fn>
  static void Await(Loop& loop, Fn fn) {
    absl::Notification done;
    loop.Post([&] {
      fn();
      done.Notify();
    });
    done.WaitForNotification();
  }

  // Once it returns, every connection that was accepted is in the state's list.
  void StopAccepting() {
    Await(*loops_.front(), [this] { listener_->Close(); });
  }

  const std::vector<std::shared_ptr<Loop>> loops_;
  const std::shared_ptr<ServerState> state_;
  const std::shared_ptr<Listener> listener_;
  const std::string address_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Listen(Loops& loops, ServerOptions options,
                                               Acceptor acceptor) {
  std::unique_ptr<net::TlsContexts> tls;
  if (options.tls.has_value()) {
    auto loaded = net::TlsContexts::Load({options.tls->certificate_file, options.tls->key_file,
                                          options.tls->client_ca_file, net::Alpn::kHttp2});
    if (!loaded.ok()) return std::move(loaded).status();
    tls = *std::move(loaded);
  }
  const auto address = net::SocketAddress::Parse(options.address);
  if (!address.ok()) return address.status();
  const auto listening =
      net::ListenAt(*address, {.unsent_bytes = kUnsentBytes, .any_is_both = true});
  if (!listening.ok()) return listening.status();
  auto state = std::make_shared<ServerState>(std::move(options), std::move(acceptor));
  auto listener =
      std::make_shared<Listener>(loops.impl().all(), state, listening->fd, std::move(tls));
  return std::make_unique<ServerImpl>(loops.impl().all(), std::move(state), std::move(listener),
                                      listening->address);
}

}  // namespace skyden::rpc
