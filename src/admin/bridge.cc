// SPDX-License-Identifier: Apache-2.0
// Two loops that share nothing but the end:
//   client message -> handlers' write -> client message ...   until the client half-closes
//   handlers' read -> client write    -> handlers' read ...   until the handlers end the call
// Operations towards the handlers are started from rpc's loop as well, which gRPC allows only under
// a hold. It is given up once nothing is started any more: the handlers are done sending, or the
// client is gone. Only then does OnDone come.
#include "admin/bridge.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/client_callback.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <limits>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "admin/bridge_metadata.h"
#include "skyden/net/address_limits.h"
#include "skyden/stock_grpc/bytes.h"

namespace skyden::admin {
namespace {

rpc::Message ToMessage(const grpc::ByteBuffer& buffer) {
  rpc::Message message;
  auto slices = stock_grpc::SlicesOf(buffer);
  if (!slices) return message;
  message.reserve(slices->size());
  for (grpc::Slice& slice : *slices) {
    const auto kept = std::make_shared<const grpc::Slice>(std::move(slice));
    message.push_back({kept, stock_grpc::ViewOf(*kept)});
  }
  return message;
}

absl::Status ToStatus(const grpc::Status& status) {
  return {static_cast<absl::StatusCode>(status.error_code()), status.error_message()};
}

// Calls of those who have not signed in, by address: each costs the library some KiB, and whoever
// has many addresses is bounded by his connections.
using Strangers = net::AddressLimits;

// Whether a connection's client has signed in; shared by its calls.
struct ClientState {
  std::atomic<bool> signed_in{false};
};

// A stranger's call, while it is under way.
class Place {
 public:
  Place() = default;
  Place(std::shared_ptr<Strangers> strangers, std::string ip)
      : strangers_(std::move(strangers)), ip_(std::move(ip)) {}
  Place(Place&&) = default;
  Place& operator=(Place&&) = delete;
  ~Place() {
    if (strangers_ != nullptr) strangers_->Leave(ip_);
  }

 private:
  std::shared_ptr<Strangers> strangers_;
  std::string ip_;
};

// Lives until both sides are done with it. No operation is started under `mu_`: its reaction may
// come before it returns.
class BridgedCall final : public rpc::CallHandler,
                          public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                          public std::enable_shared_from_this<BridgedCall> {
 public:
  BridgedCall(std::shared_ptr<rpc::Call> client, std::weak_ptr<rpc::Connection> connection,
              std::shared_ptr<ClientState> state, Place place)
      : client_(std::move(client)),
        connection_(std::move(connection)),
        state_(std::move(state)),
        place_(std::move(place)) {}

  void Start(grpc::GenericStub& handlers, const rpc::CallHead& head, const Pairs& metadata) {
    for (const auto& [name, value] : metadata) context_.AddMetadata(name, value);
    if (head.timeout.has_value()) {
      context_.set_deadline(std::chrono::system_clock::now() +
                            absl::ToChronoMicroseconds(*head.timeout));
    }
    self_ = shared_from_this();
    handlers.PrepareBidiStreamingCall(&context_, head.path, grpc::StubOptions(), this);
    AddHold();
    StartRead(&down_);
    StartCall();
    client_->Read(1);
  }

  // From the client.
  void OnMessage(std::string bytes, bool compressed) override ABSL_LOCKS_EXCLUDED(mu_) {
    if (compressed) {
      // Inflating is work that nobody needs of an admin request.
      client_->Finish(absl::UnimplementedError("compressed requests are not taken here"));
      context_.TryCancel();
      return;
    }
    {
      absl::MutexLock lock(&mu_);
      if (over_ || handlers_ended_) return;  // nobody listens any more
      writing_ = true;
    }
    up_ = stock_grpc::BufferOf(bytes);
    StartWrite(&up_);
  }

  void OnPeerDone() override ABSL_LOCKS_EXCLUDED(mu_) {
    {
      absl::MutexLock lock(&mu_);
      half_close_ = true;
      if (over_ || handlers_ended_ || writing_) return;
      writing_ = true;
      half_close_ = false;
    }
    StartWritesDone();
  }

  void OnGone() override ABSL_LOCKS_EXCLUDED(mu_) {
    bool release = false;
    {
      absl::MutexLock lock(&mu_);
      if (over_) return;
      gone_ = true;
      release = MayRelease();
    }
    context_.TryCancel();
    if (release) RemoveHold();
  }

  // From the handlers.
  void OnReadInitialMetadataDone(bool ok) override ABSL_LOCKS_EXCLUDED(mu_) {
    if (ok) client_->SetInitialMetadata(FromHandlers(context_.GetServerInitialMetadata()));
    std::optional<bool> early;
    {
      absl::MutexLock lock(&mu_);
      opened_ = true;
      early = early_read_;
    }
    if (early.has_value()) Pass(*early);
  }

  void OnReadDone(bool ok) override ABSL_LOCKS_EXCLUDED(mu_) {
    {
      absl::MutexLock lock(&mu_);
      if (!opened_) {
        early_read_ = ok;  // the metadata goes first
        return;
      }
    }
    Pass(ok);
  }

  void OnWriteDone(bool ok) override ABSL_LOCKS_EXCLUDED(mu_) { Wrote(ok); }
  void OnWritesDoneDone(bool /*ok*/) override ABSL_LOCKS_EXCLUDED(mu_) { Wrote(false); }

  void OnDone(const grpc::Status& status) override {
    const Pairs trailers = FromHandlers(context_.GetServerTrailingMetadata());
    if (context_.GetServerTrailingMetadata().count(kBridgeSignedIn) != 0) {
      state_->signed_in.store(true);
      if (const auto connection = connection_.lock()) connection->Trust();
    }
    client_->Finish(ToStatus(status), WithDetails(trailers, status.error_details()));
    const auto last = std::move(self_);  // may be the last to hold this
  }

 private:
  // Nothing is started any more, and so nothing under way is to be waited for.
  bool MayRelease() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (over_ || writing_ || !(gone_ || handlers_ended_)) return false;
    return over_ = true;
  }

  void Pass(bool ok) ABSL_LOCKS_EXCLUDED(mu_) {
    if (ok) {
      client_->Send(ToMessage(down_), [self = shared_from_this()] { self->ReadOn(); });
      return;
    }
    bool release = false;
    {
      absl::MutexLock lock(&mu_);
      handlers_ended_ = true;
      release = MayRelease();
    }
    if (release) RemoveHold();
  }

  // On rpc's loop, like OnGone: the hold stands while this runs.
  void ReadOn() ABSL_LOCKS_EXCLUDED(mu_) {
    {
      absl::MutexLock lock(&mu_);
      if (over_ || gone_) return;
    }
    down_.Clear();
    StartRead(&down_);
  }

  void Wrote(bool more) ABSL_LOCKS_EXCLUDED(mu_) {
    bool release = false;
    bool half_close = false;
    {
      absl::MutexLock lock(&mu_);
      writing_ = false;
      release = MayRelease();
      half_close = more && !over_ && half_close_;
      if (half_close) {
        half_close_ = false;
        writing_ = true;
      }
      more = more && !over_;
    }
    if (release) return RemoveHold();
    if (half_close) return StartWritesDone();
    if (more) client_->Read(1);
  }

  const std::shared_ptr<rpc::Call> client_;
  const std::weak_ptr<rpc::Connection> connection_;
  const std::shared_ptr<ClientState> state_;
  const Place place_;
  std::shared_ptr<BridgedCall> self_;  // from Start to OnDone
  grpc::ClientContext context_;
  grpc::ByteBuffer up_, down_;

  absl::Mutex mu_;
  std::optional<bool> early_read_ ABSL_GUARDED_BY(mu_);
  bool opened_ ABSL_GUARDED_BY(mu_) = false;
  bool writing_ ABSL_GUARDED_BY(mu_) = false;
  bool half_close_ ABSL_GUARDED_BY(mu_) = false;  // once nothing is being written
  bool handlers_ended_ ABSL_GUARDED_BY(mu_) = false;
  bool gone_ ABSL_GUARDED_BY(mu_) = false;
  bool over_ ABSL_GUARDED_BY(mu_) = false;  // the hold was given up
};

class Bridge {
 public:
  Bridge(std::shared_ptr<grpc::Channel> handlers, BridgeOptions options)
      : handlers_(std::move(handlers)),
        options_(std::move(options)),
        strangers_(std::make_shared<Strangers>(std::numeric_limits<size_t>::max(),
                                               options_.strangers_calls_per_address_max)) {}

  std::shared_ptr<rpc::CallHandler> Accept(const rpc::CallHead& head,
                                           std::shared_ptr<rpc::Call> client,
                                           const std::shared_ptr<rpc::Connection>& connection) {
    const absl::Status admitted = Admit(head, connection->peer_ip());
    if (!admitted.ok()) {
      client->Finish(admitted);
      return nullptr;
    }
    auto metadata = ToHandlers(head.metadata, options_.metadata);
    if (!metadata.ok()) {
      client->Finish(metadata.status());
      return nullptr;
    }
    if (connection->attachment == nullptr) {
      connection->attachment = std::make_shared<ClientState>();
    }
    auto state = std::static_pointer_cast<ClientState>(connection->attachment);
    std::optional<Place> place = PlaceFor(*state, connection->peer_ip());
    if (!place.has_value()) {
      client->Finish(absl::ResourceExhaustedError(
          "too many calls from this address that have not signed in, try again later"));
      return nullptr;
    }
    metadata->emplace_back(kBridgePeerIp, connection->peer_ip());
    auto call = std::make_shared<BridgedCall>(std::move(client), connection, std::move(state),
                                              *std::move(place));
    call->Start(handlers_, head, *metadata);
    return call;
  }

 private:
  absl::Status Admit(const rpc::CallHead& head, const std::string& ip) const {
    if (!options_.admit) return absl::OkStatus();
    const auto shown =
        std::find_if(head.metadata.begin(), head.metadata.end(),
                     [](const auto& entry) { return entry.first == "authorization"; });
    return options_.admit(ip, shown == head.metadata.end() ? std::string_view() : shown->second);
  }
  // nullopt when there are too many.
  std::optional<Place> PlaceFor(const ClientState& state, const std::string& ip) {
    if (state.signed_in.load()) return Place();
    if (!strangers_->Enter(ip)) return std::nullopt;
    return Place(strangers_, ip);
  }

  grpc::GenericStub handlers_;
  const BridgeOptions options_;
  const std::shared_ptr<Strangers> strangers_;
};

}  // namespace

rpc::Acceptor AcceptorOf(std::shared_ptr<grpc::Channel> handlers, BridgeOptions options) {
  auto bridge = std::make_shared<Bridge>(std::move(handlers), std::move(options));
  return [bridge = std::move(bridge)](const rpc::CallHead& head, std::shared_ptr<rpc::Call> client,
                                      const std::shared_ptr<rpc::Connection>& connection) {
    return bridge->Accept(head, std::move(client), connection);
  };
}

}  // namespace skyden::admin
