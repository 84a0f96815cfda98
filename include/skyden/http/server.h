// SPDX-License-Identifier: Apache-2.0
// An HTTP/1.1 server that knows no domain: connections, limits, TLS; one handler gets requests.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/base/limits.h"

namespace skyden::http {

// A HEAD request arrives as kGet with method_text "HEAD"; its answer's body is not sent.
enum class Method { kGet, kPost, kPut, kPatch, kDelete, kOptions, kOther };

struct Header {
  std::string name;  // as received; compare without case
  std::string value;
};

class Session;

// One request. Values are as received, percent-decoding is the router's.
struct Request {
  Method method = Method::kOther;
  std::string method_text;
  std::string target;  // path and query as sent; begins with '/' (or is "*")
  std::string path;    // up to '?', not decoded
  std::string query;   // after '?', not decoded
  std::vector<Header> headers;
  std::string body;
  // Bodies::kOnDemand: the body is not there yet. Without TakeBody it is never read.
  bool body_waits = false;
  std::string peer_ip;
  bool tls = false;
  // The caller's x-request-id where it is a sane one, else made here. Goes to logs and answers.
  std::string request_id;

  // First value of a header, or nullopt. Case-insensitive.
  std::optional<std::string_view> Find(std::string_view name) const;

  // Has `fn` called, once, when the client hangs up before it is answered. For requests that take
  // others' time; at most once each. `fn` runs on an io thread: it must only hand over.
  void WhenClientGoes(absl::AnyInvocable<void()> fn) const;
  // Has a body that waits read, as part of `share` (see limits::kRequestBytesPerShare), and calls
  // `fn` with it, on an io thread: it must only hand over. At most once. When it does not arrive,
  // the server answers and drops `fn`.
  void TakeBody(std::string share, absl::AnyInvocable<void(std::string body)> fn) const;
  std::weak_ptr<Session> session;  // it came by this one,
  uint64_t serial = 0;             // as its how manieth
};

// The body of an answer that goes on for as long as both sides like. Thread-safe.
class BodyStream {
 public:
  // Both are called on an io thread, without locks: they must only hand over.
  struct Options {
    size_t bytes_max = 0;                        // that wait for the client to take them
    absl::AnyInvocable<void()> on_drained = {};  // the client has taken all there was
    absl::AnyInvocable<void()> on_gone = {};     // once: it is over, whoever ended it
  };
  static std::shared_ptr<BodyStream> Create(Options options);
  virtual ~BodyStream() = default;

  // Queues `text`. False, and nothing queued, when that would be too much or it is over.
  virtual bool Write(std::string text) = 0;
  // Ends the answer after what is queued.
  virtual void End() = 0;
};

struct Response {
  int status = 200;
  std::string content_type = {};  // empty: none sent
  std::string body = {};
  std::vector<Header> headers = {};
  std::shared_ptr<BodyStream> stream = {};  // instead of `body`; the connection ends with it
  std::string share = {};  // whose part of limits::kAnswerBytesInFlight; empty: the address's
};

// Answers one request, once, from any thread. Dropping it unanswered answers 500.
// HEAD (answered as GET without a body), Content-Length, Date and gzip (when the client accepts it
// and the body is worth it) are the server's business.
using Responder = absl::AnyInvocable<void(Response)>;

// Called on an io thread, possibly on several at once: must not block, must not keep state of its
// own. Long or blocking work is posted elsewhere with the responder.
using Handler = absl::AnyInvocable<void(Request, Responder)>;

struct TlsFiles {
  std::string certificate_file;  // PEM chain
  std::string key_file;
};

// The server's own answer to a request that never reaches the handler: one that does not parse or
// is too large or too slow. `path` as received; empty when it was not. Called on io threads.
using Refusal =
    std::function<Response(int status, std::string_view path, std::string_view request_id)>;

// When a handler is called: with the whole request, or as soon as there is its head. Then it
// decides by that, and takes the body (Request::TakeBody) or answers at once; a body that is small
// (limits::kRequestSmallBodyBytes) is there as well, unless the client waits to be asked for it.
enum class Bodies { kWhole, kOnDemand };

struct ServerOptions {
  std::string name = "http";                   // in logs
  std::string address = {};                    // "127.0.0.1:0"; port 0 picks one
  std::optional<TlsFiles> tls = std::nullopt;  // reloaded when the files change
  // Sizes are bounded by base/limits.h; so are these, but tests make them short.
  size_t connections_max = base::limits::kHttpConnections;
  size_t connections_per_address_max = base::limits::kConnectionsPerAddress;
  base::limits::Rate arrivals = base::limits::kArrivals;  // of one address; see net::Arrivals
  size_t handshakes_max = base::limits::kHandshakes;
  size_t handshakes_per_address_max = base::limits::kHandshakesPerAddress;
  absl::Duration request_time = base::limits::kRequestTime;  // first byte to last
  absl::Duration answer_time = base::limits::kAnswerTime;    // the handler's
  absl::Duration send_stall = base::limits::kHttpSendStall;
  absl::Duration idle_time = base::limits::kHttpIdleTime;
  Bodies bodies = Bodies::kWhole;
  // Bytes of bodies and of answers, over all connections, and of one share: bodies count for the
  // address too.
  size_t request_bytes_max = base::limits::kRequestBytesInFlight;
  size_t request_bytes_per_share_max = base::limits::kRequestBytesPerShare;
  size_t answer_bytes_max = base::limits::kAnswerBytesInFlight;
  size_t answer_bytes_per_share_max = base::limits::kAnswerBytesPerShare;
  Refusal refusal = nullptr;  // without one: the status as plain text
};

// The io threads and every listener on them. Thread-safe.
class IoThreads {
 public:
  explicit IoThreads(int threads);
  ~IoThreads();  // stops and joins; every Server must be gone
  class Impl;
  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

// One listening address. The destructor closes at once; Drain first for a polite stop. Responders
// may outlive it: what they are given then is dropped.
class Server {
 public:
  virtual ~Server() = default;
  virtual std::string address() const = 0;           // "127.0.0.1:41234": what was really bound
  virtual size_t connections() const = 0;            // open now, for metrics
  virtual uint64_t refused_connections() const = 0;  // closed at once: too many, too fast
  // Stops accepting, lets requests in flight finish, closes idle connections. Blocks.
  virtual void Drain(absl::Duration at_most) = 0;
};

// UNAVAILABLE with the address and the system's reason when it cannot be bound;
// INVALID_ARGUMENT when the address or a TLS file does not parse.
absl::StatusOr<std::unique_ptr<Server>> Listen(IoThreads& threads, ServerOptions options,
                                               Handler handler);

}  // namespace skyden::http
