// SPDX-License-Identifier: Apache-2.0
#include <openssl/ssl.h>

#include <array>
#include <memory>
#include <string_view>

#include "http/tls_deadline_socket.h"
#include "skyden/base/clock.h"
#include "skyden/base/executor.h"
#include "skyden/base/status.h"
#include "skyden/http/knock.h"

namespace skyden::http {
namespace {

using Speaks = KnockOptions::Speaks;

// The preface of a connection and an empty SETTINGS frame (RFC 9113, 3.4); the answer is a SETTINGS
// frame, whose type is its fourth byte.
constexpr std::string_view kHttp2Hello("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", 33);
constexpr size_t kFrameHeaderBytes = 9;
constexpr size_t kTypeAt = 3;
constexpr char kSettings = 4;
constexpr std::string_view kHttp1Hello =
    "OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
constexpr std::string_view kHttp1Answer = "HTTP/1.1 ";

// What a TLS client says first.
std::string ClientHello() {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()),
                                                                  &SSL_CTX_free);
  const std::unique_ptr<SSL, decltype(&SSL_free)> tls(SSL_new(context.get()), &SSL_free);
  BIO* const out = BIO_new(BIO_s_mem());
  SSL_set_bio(tls.get(), BIO_new(BIO_s_mem()), out);
  SSL_connect(tls.get());
  char* data = nullptr;
  const long size = BIO_get_mem_data(out, &data);
  return size > 0 ? std::string(data, static_cast<size_t>(size)) : "";
}

OutgoingUrl UrlOf(const KnockOptions& options) {
  const size_t colon = options.address.rfind(':');
  OutgoingUrl url;
  url.tls = options.tls && !options.wants_certificate;
  url.host = options.address.substr(0, colon);
  if (url.host.starts_with('[')) url.host = url.host.substr(1, url.host.size() - 2);
  if (url.host == "0.0.0.0") url.host = "127.0.0.1";
  if (url.host == "::") url.host = "::1";
  url.port = colon == std::string::npos ? "" : options.address.substr(colon + 1);
  return url;
}

// The first `size` bytes of what it answers.
absl::StatusOr<std::string> Ask(DeadlineSocket& socket, std::string_view hello, size_t size) {
  SKYDEN_RETURN_IF_ERROR(socket.Write(hello));
  std::string answer;
  std::array<char, 64> piece;
  while (answer.size() < size) {
    SKYDEN_ASSIGN_OR_RETURN(const size_t more, socket.Read(piece.data(), piece.size()));
    if (more == 0) return absl::UnavailableError("it hung up");
    answer.append(piece.data(), more);
  }
  return answer;
}

}  // namespace

absl::Status Knock(const KnockOptions& options) {
  base::AssertMayBlock();
  const bool http2 = options.speaks == Speaks::kHttp2;
  const absl::Duration deadline = base::RealClock().Monotonic() + options.time_max;
  SKYDEN_ASSIGN_OR_RETURN(
      const auto socket,
      DeadlineSocket::Open(UrlOf(options),
                           {.ca_file = {},
                            .interrupt = options.interrupt,
                            .trust = http2 ? DeadlineSocket::Trust::kAnybodyWithHttp2
                                           : DeadlineSocket::Trust::kAnybody},
                           deadline));
  if (options.tls && options.wants_certificate) return Ask(*socket, ClientHello(), 1).status();
  if (http2) {
    SKYDEN_ASSIGN_OR_RETURN(const auto answer, Ask(*socket, kHttp2Hello, kFrameHeaderBytes));
    return answer[kTypeAt] == kSettings ? absl::OkStatus()
                                        : absl::UnavailableError("it does not speak HTTP/2");
  }
  SKYDEN_ASSIGN_OR_RETURN(const auto answer, Ask(*socket, kHttp1Hello, kHttp1Answer.size()));
  return answer.starts_with(kHttp1Answer) ? absl::OkStatus()
                                          : absl::UnavailableError("it does not speak HTTP/1.1");
}

}  // namespace skyden::http
