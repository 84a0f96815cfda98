// SPDX-License-Identifier: Apache-2.0
// A connection whose every wait ends at one point in time, or when it is interrupted.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "http/outgoing_url.h"
#include "skyden/http/fetch.h"

namespace skyden::http {

// Thread-compatible. Errors are UNAVAILABLE, and say no more than what a log may hold.
class DeadlineSocket {
 public:
  // Whose certificate is good enough. kAnybodyWithHttp2 also asks for HTTP/2 (ALPN).
  enum class Trust { kAuthorities, kAnybody, kAnybodyWithHttp2 };
  struct Options {
    std::string ca_file = {};  // PEM; empty: the system's
    const Interrupt* interrupt = nullptr;
    Trust trust = Trust::kAuthorities;
    Reach reach = Reach::kAnywhere;
  };
  // `deadline` is of base::RealClock::Monotonic. Looks the name up, connects, and speaks TLS.
  static absl::StatusOr<std::unique_ptr<DeadlineSocket>> Open(const OutgoingUrl& url,
                                                              const Options& options,
                                                              absl::Duration deadline);
  ~DeadlineSocket();
  DeadlineSocket(const DeadlineSocket&) = delete;
  DeadlineSocket& operator=(const DeadlineSocket&) = delete;

  absl::Status Write(std::string_view bytes);
  // At least one byte; 0 when the other side is done.
  absl::StatusOr<size_t> Read(char* into, size_t size);

 private:
  DeadlineSocket(int interrupt, absl::Duration deadline)
      : interrupt_(interrupt), deadline_(deadline) {}

  absl::Status Connect(const OutgoingUrl& url, Reach reach);
  absl::Status StartTls(const OutgoingUrl& url, const Options& options);
  // Waits for `events` of the socket, until `until` or the deadline.
  absl::Status Await(short events, absl::Duration until);
  absl::Status Await(short events) { return Await(events, deadline_); }
  // What a call of OpenSSL that returned `result` waits for, or why it failed.
  absl::Status AwaitTls(int result, std::string_view doing);

  const int interrupt_;
  const absl::Duration deadline_;
  int socket_ = -1;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_{nullptr, &SSL_CTX_free};
  std::unique_ptr<SSL, decltype(&SSL_free)> tls_{nullptr, &SSL_free};
};

}  // namespace skyden::http
