// SPDX-License-Identifier: Apache-2.0
// The socket never blocks: each call that would is followed by one wait, bounded by the deadline.
#include "http/tls_deadline_socket.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "http/look_up.h"
#include "skyden/base/check.h"
#include "skyden/base/clock.h"
#include "skyden/base/status.h"
#include "skyden/net/reach.h"

namespace skyden::http {
namespace {

absl::Duration Now() { return base::RealClock().Monotonic(); }

absl::Status Failed(std::string_view doing, int error) {
  return absl::UnavailableError(fmt::format("{}: {}", doing, std::strerror(error)));
}

absl::Status TooSlow() { return absl::UnavailableError("it took too long"); }

bool WouldBlock(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

// OpenSSL wants an int.
int Clamp(size_t size) { return static_cast<int>(std::min<size_t>(size, 1u << 20)); }

}  // namespace

Interrupt::Interrupt() : descriptor_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  SKYDEN_CHECK(descriptor_ >= 0);
}
Interrupt::~Interrupt() { close(descriptor_); }
void Interrupt::Raise() { eventfd_write(descriptor_, 1); }

absl::StatusOr<std::unique_ptr<DeadlineSocket>> DeadlineSocket::Open(const OutgoingUrl& url,
                                                                     const Options& options,
                                                                     absl::Duration deadline) {
  const int interrupt = options.interrupt == nullptr ? -1 : options.interrupt->descriptor();
  std::unique_ptr<DeadlineSocket> opened(new DeadlineSocket(interrupt, deadline));
  SKYDEN_RETURN_IF_ERROR(opened->Connect(url, options.reach));
  if (url.tls) SKYDEN_RETURN_IF_ERROR(opened->StartTls(url, options));
  return opened;
}

DeadlineSocket::~DeadlineSocket() {
  if (socket_ >= 0) close(socket_);
}

absl::Status DeadlineSocket::Await(short events, absl::Duration until) {
  for (;;) {
    const absl::Duration left = std::min(until, deadline_) - Now();
    if (left <= absl::ZeroDuration()) return TooSlow();
    std::array<pollfd, 2> waits = {pollfd{socket_, events, 0}, pollfd{interrupt_, POLLIN, 0}};
    const auto milliseconds = static_cast<int>(absl::ToInt64Milliseconds(left)) + 1;
    const int ready = poll(waits.data(), waits.size(), milliseconds);
    if (ready < 0 && errno != EINTR) return Failed("cannot wait", errno);
    if (waits[1].revents != 0) return absl::UnavailableError("it was interrupted");
    if (ready > 0 && waits[0].revents != 0) return absl::OkStatus();
  }
}

absl::Status DeadlineSocket::Connect(const OutgoingUrl& url, Reach reach) {
  SKYDEN_ASSIGN_OR_RETURN(const auto addresses, LookUp(url.host, url.port, deadline_ - Now()));
  absl::Status last = absl::UnavailableError("the name has no address");
  for (size_t i = 0; i < addresses.size(); ++i) {
    const SocketAddress& address = addresses[i];
    // What was looked up is what is connected to: a name that changes leads nowhere else.
    if (reach == Reach::kOutside && !net::IsOutside(net::SocketAddress::Of(address.storage))) {
      last = absl::UnavailableError("the address is not one that may be connected to");
      continue;
    }
    if (socket_ >= 0) close(socket_);
    socket_ = socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (socket_ < 0) return Failed("no socket", errno);
    // One that does not answer leaves time for the others.
    const absl::Duration now = Now();
    const absl::Duration until =
        now + (deadline_ - now) / static_cast<int64_t>(addresses.size() - i);
    if (connect(socket_, reinterpret_cast<const sockaddr*>(&address.storage), address.size) == 0) {
      return absl::OkStatus();
    }
    if (errno != EINPROGRESS) {
      last = Failed("cannot connect", errno);
      continue;
    }
    last = Await(POLLOUT, until);
    if (!last.ok()) continue;
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0) {
      return absl::OkStatus();
    }
    last = Failed("cannot connect", error);
  }
  return last;
}

absl::Status DeadlineSocket::StartTls(const OutgoingUrl& url, const Options& options) {
  context_.reset(SSL_CTX_new(TLS_client_method()));
  if (!context_) return absl::UnavailableError("no TLS");
  SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION);
  const bool trusts = options.trust != Trust::kAuthorities;
  SSL_CTX_set_verify(context_.get(), trusts ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
  if (options.trust == Trust::kAnybodyWithHttp2) {
    static constexpr unsigned char kProtocols[] = {2, 'h', '2'};
    SSL_CTX_set_alpn_protos(context_.get(), kProtocols, sizeof kProtocols);
  }
  const int loaded =
      options.ca_file.empty()
          ? SSL_CTX_set_default_verify_paths(context_.get())
          : SSL_CTX_load_verify_locations(context_.get(), options.ca_file.c_str(), nullptr);
  if (loaded != 1) return absl::UnavailableError("the authorities' file cannot be read");
  tls_.reset(SSL_new(context_.get()));
  if (!tls_ || SSL_set_fd(tls_.get(), socket_) != 1) return absl::UnavailableError("no TLS");
  // An address stands in a certificate as one; a name is asked for as well.
  if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls_.get()), url.host.c_str()) != 1) {
    SSL_set_tlsext_host_name(tls_.get(), url.host.c_str());
    if (SSL_set1_host(tls_.get(), url.host.c_str()) != 1) return absl::UnavailableError("no TLS");
  }
  for (;;) {
    ERR_clear_error();
    const int result = SSL_connect(tls_.get());
    if (result == 1) return absl::OkStatus();
    SKYDEN_RETURN_IF_ERROR(AwaitTls(result, "TLS"));
  }
}

absl::Status DeadlineSocket::AwaitTls(int result, std::string_view doing) {
  const int saved = errno;
  switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Await(POLLIN);
    case SSL_ERROR_WANT_WRITE:
      return Await(POLLOUT);
    case SSL_ERROR_SYSCALL:
      return Failed(doing, saved);
    default:
      break;
  }
  const long verdict = SSL_get_verify_result(tls_.get());
  const bool verified = SSL_get_verify_mode(tls_.get()) != SSL_VERIFY_NONE;
  if (verified && verdict != X509_V_OK) {
    return absl::UnavailableError(
        fmt::format("the certificate is not accepted: {}", X509_verify_cert_error_string(verdict)));
  }
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  return absl::UnavailableError(fmt::format("{}: {}", doing, reason == nullptr ? "ended" : reason));
}

absl::Status DeadlineSocket::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    size_t written = 0;
    if (tls_) {
      ERR_clear_error();
      const int result = SSL_write(tls_.get(), bytes.data(), Clamp(bytes.size()));
      if (result <= 0) {
        SKYDEN_RETURN_IF_ERROR(AwaitTls(result, "cannot send"));
        continue;
      }
      written = static_cast<size_t>(result);
    } else {
      const ssize_t result = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (result < 0 && errno != EINTR) {
        if (!WouldBlock(errno)) return Failed("cannot send", errno);
        SKYDEN_RETURN_IF_ERROR(Await(POLLOUT));
      }
      written = result > 0 ? static_cast<size_t>(result) : 0;
    }
    bytes.remove_prefix(written);
  }
  return absl::OkStatus();
}

absl::StatusOr<size_t> DeadlineSocket::Read(char* into, size_t size) {
  for (;;) {
    // Also where bytes are always there: whoever sends without an end does not keep us.
    if (Now() >= deadline_) return TooSlow();
    if (tls_) {
      ERR_clear_error();
      const int result = SSL_read(tls_.get(), into, Clamp(size));
      if (result > 0) return static_cast<size_t>(result);
      if (SSL_get_error(tls_.get(), result) == SSL_ERROR_ZERO_RETURN) return 0;
      SKYDEN_RETURN_IF_ERROR(AwaitTls(result, "cannot read"));
      continue;
    }
    const ssize_t result = recv(socket_, into, size, 0);
    if (result >= 0) return static_cast<size_t>(result);
    if (errno == EINTR) continue;
    if (!WouldBlock(errno)) return Failed("cannot read", errno);
    SKYDEN_RETURN_IF_ERROR(Await(POLLIN));
  }
}

}  // namespace skyden::http
