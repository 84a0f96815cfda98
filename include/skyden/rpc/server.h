// SPDX-License-Identifier: Apache-2.0
// A gRPC server for strangers: connections, TLS and HTTP/2 (nghttp2) with limits before work, and
// gRPC's framing on top. It knows no services; one acceptor gets every call.
//
// Threading: a connection lives on one loop. Handlers are called on it, never under a lock, and
// must only hand over. Call and Connection are handles that any thread may use; what is done
// through them by many threads wakes a loop once, and what is queued on a connection together
// leaves together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/base/clock.h"
#include "skyden/base/limits.h"
#include "skyden/rpc/tally.h"

namespace skyden::rpc {

// Bytes that somebody keeps: many messages, of many calls, may be made of the same.
struct Slice {
  std::shared_ptr<const void> owner;  // empty: the bytes live for ever
  std::string_view bytes;

  static Slice Of(std::string bytes);
};
// One gRPC message, to be sent as it is (not compressed).
using Message = std::vector<Slice>;

// Lower-case name, value as sent; a name may come more than once. Names of HTTP/2 and of gRPC's own
// (":path", "te", "content-type", "grpc-...") are not among them.
using Metadata = std::vector<std::pair<std::string, std::string>>;

struct CallHead {
  std::string path;  // "/package.Service/Method"
  Metadata metadata;
  std::optional<absl::Duration> timeout;  // "grpc-timeout", when there is one

  // Of the first of that name.
  std::optional<std::string_view> Find(std::string_view name) const;
};

// What the owner of a call does; all on the connection's loop.
class CallHandler {
 public:
  virtual ~CallHandler() = default;
  // One of the messages that were asked for by Call::Read. `compressed`: as the client's
  // "grpc-encoding: gzip" says; inflating is the owner's, with its own bound.
  virtual void OnMessage(std::string bytes, bool compressed) = 0;
  // The client sends nothing more; comes after the last OnMessage.
  virtual void OnPeerDone() = 0;
  // Last, exactly once, however the call ended: its status is on its way, or the client is gone.
  virtual void OnGone() = 0;
};

// The server's side of one call. Does nothing any more once the call is gone.
class Call {
 public:
  virtual ~Call() = default;

  // Asks for `messages` more. What was not asked for stays in the client's window: at most
  // limits::kRpcStreamWindow bytes of it wait here.
  virtual void Read(size_t messages) = 0;
  // Sent before the first message, or with the end.
  virtual void SetInitialMetadata(Metadata metadata) = 0;
  // Queues a message. `on_written`, on the loop: its last byte was given to the kernel, or it was
  // dropped; that may be after OnGone.
  virtual void Send(Message message, absl::AnyInvocable<void()> on_written = {}) = 0;
  // Ends the call after what is queued. The first end wins. `trailers`: more metadata of the end.
  virtual void Finish(const absl::Status& status, Metadata trailers = {}) = 0;
  // Ends the call and drops what is queued; a message of which a part was sent is broken off.
  virtual void Abort(const absl::Status& status) = 0;
  // Bytes of this call's messages that the client's window let through, ever.
  virtual uint64_t sent_bytes() const = 0;
};

// One client's connection.
class Connection {
 public:
  virtual ~Connection() = default;

  virtual uint64_t id() const = 0;                 // never used again in this process
  virtual const std::string& peer_ip() const = 0;  // "10.0.0.9", "2001:db8::1"
  virtual const std::string& peer() const = 0;     // with its port, "[2001:db8::1]:1234"
  virtual bool tls() const = 0;

  // The client has signed in: limits for strangers end (bytes, calls, the deadline for signing in).
  virtual void Trust() = 0;
  // Ends every call with `status` and the connection after them; GOAWAY carries the message.
  virtual void End(const absl::Status& status) = 0;

  struct Traffic {
    uint64_t received = 0;  // bytes that came
    uint64_t taken = 0;     // bytes that the client's kernel has acknowledged
    bool waiting = false;   // some that are to be written are not acknowledged yet
  };
  virtual Traffic traffic() const = 0;

  // What the acceptor keeps of a connection; the loop's thread only. Let go of with the connection.
  std::shared_ptr<void> attachment;
};

// Called for every call, on its connection's loop. Whoever returns no handler has refused the call:
// it ends with UNIMPLEMENTED unless `call` was finished otherwise.
using Acceptor = std::function<std::shared_ptr<CallHandler>(
    CallHead head, std::shared_ptr<Call> call, const std::shared_ptr<Connection>& connection)>;

struct TlsOptions {
  std::string certificate_file;  // PEM chain; read again when the files change
  std::string key_file;
  std::string client_ca_file = {};  // clients must show a certificate of one of these
};

struct ServerOptions {
  std::string name = {};     // in logs and metrics: "kds", "admin"
  std::string address = {};  // "127.0.0.1:0"; port 0 picks one
  std::optional<TlsOptions> tls = std::nullopt;
  size_t connections_max = base::limits::kRpcConnections;
  size_t connections_per_address_max = base::limits::kConnectionsPerAddress;
  // TLS handshakes in progress, in all and of an address.
  size_t handshakes_max = base::limits::kHandshakes;
  size_t handshakes_per_address_max = base::limits::kHandshakesPerAddress;
  base::limits::Rate arrivals = base::limits::kArrivals;  // of one address; see net::Arrivals
  size_t calls_per_connection_max = base::limits::kRpcCallsPerConnection;
  size_t message_bytes_max = 0;  // of one message from a client, as sent
  // From a connection to its first call, and from then to Trust(); ended then.
  absl::Duration first_call_time = base::limits::kRpcFirstCall;
  absl::Duration trust_time = absl::InfiniteDuration();
  absl::Duration idle_time = absl::InfiniteDuration();  // without calls, once there were some
  absl::Duration silence = absl::InfiniteDuration();    // nothing came, nothing waiting was taken
  absl::Duration handshake_time = base::limits::kRpcHandshake;
  absl::Duration ping_time = base::limits::kRpcPing;  // nothing came: ask for a sign of life
};

// The threads that connections live on; of every server that was given them.
class Loops {
 public:
  explicit Loops(int threads);
  ~Loops();  // every Server must be gone
  class Impl;
  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

// One listening address. The destructor closes at once; Drain first for a polite stop.
class Server {
 public:
  virtual ~Server() = default;
  virtual std::string address() const = 0;  // "127.0.0.1:41234": what was really bound

  struct Counters {
    size_t connections = 0;        // open now
    size_t strangers = 0;          // of them, not trusted
    size_t calls = 0;              // open now
    size_t stranger_bytes = 0;     // held for those not trusted
    uint64_t refused = 0;          // connections closed at once, ever: too many or too fast
    uint64_t ended_for_abuse = 0;  // connections, ever
  };
  virtual Counters counters() const = 0;
  virtual const Tally& tally() const = 0;
  // Everybody's connections, for a caller that looks at all now and then.
  virtual std::vector<std::shared_ptr<Connection>> Connections() const = 0;

  // Accepts no more, neither connections nor calls (UNAVAILABLE), and tells clients so.
  virtual void StopTaking() = 0;
  // StopTaking; returns when every call has ended, after `at_most` ending what is left. Blocks.
  virtual void Drain(absl::Duration at_most) = 0;
};

// UNAVAILABLE with the address and the system's reason when it cannot be bound; INVALID_ARGUMENT
// when the address or a TLS file does not parse.
absl::StatusOr<std::unique_ptr<Server>> Listen(Loops& loops, ServerOptions options,
                                               Acceptor acceptor);

}  // namespace skyden::rpc
