// SPDX-License-Identifier: Apache-2.0
// gRPC could listen by itself, but then nobody else sees the sockets: it sets TCP_USER_TIMEOUT from
// its keepalive, lets the kernel buffer megabytes for a slow zone, and spins when descriptors run
// out. Options are set on the listener; the kernel gives them to every connection.
#include "kds/acceptor.h"

#include <arpa/inet.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdint>
#include <string_view>
#include <utility>

#include "fmt/format.h"
#include "skyden/base/executor.h"
#include "skyden/telemetry/log.h"

namespace skyden::kds {
namespace {

// What the kernel may hold of a connection before it is on its way. More only delays what is urgent
// (pings, answers to heartbeats), and hides from us whether a zone takes anything.
constexpr int kUnsentBytes = 128 << 10;
// Connections that wait to be accepted; the kernel has a bound of its own.
constexpr int kBacklog = 4096;
// Connections taken before it is asked whether it is over.
constexpr int kTurn = 256;
// A pause when there are no descriptors left: trying again at once would only burn the processor.
constexpr int kExhaustedPauseMs = 100;

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

Address V4(const in_addr& ip, uint16_t port) {
  Address address;
  auto& v4 = reinterpret_cast<sockaddr_in&>(address.storage);
  v4.sin_family = AF_INET;
  v4.sin_addr = ip;
  v4.sin_port = htons(port);
  address.size = sizeof(v4);
  return address;
}

Address V6(const in6_addr& ip, uint16_t port) {
  Address address;
  auto& v6 = reinterpret_cast<sockaddr_in6&>(address.storage);
  v6.sin6_family = AF_INET6;
  v6.sin6_addr = ip;
  v6.sin6_port = htons(port);
  address.size = sizeof(v6);
  return address;
}

// -1 with errno.
int ListenAt(const Address& address) {
  const int fd = socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  const int on = 1;
  const int off = 0;
  bool ok = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0;
  if (address.storage.ss_family == AF_INET6) {
    ok = ok && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)) == 0;
  }
  // A kernel without it does no worse than gRPC alone.
  setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kUnsentBytes, sizeof(kUnsentBytes));
  ok = ok && bind(fd, address.get(), address.size) == 0 && listen(fd, kBacklog) == 0;
  if (ok) return fd;
  const int why = errno;
  close(fd);
  errno = why;
  return -1;
}

uint16_t PortOf(int fd) {
  sockaddr_in6 bound{};
  socklen_t size = sizeof(bound);
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size) != 0) return 0;
  return ntohs(bound.sin6_port);  // in the same place for both families
}

// -1 with errno.
int ListenAt(std::string host, uint16_t port) {
  if (host == "localhost") host = "127.0.0.1";
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  in_addr v4{};
  in6_addr v6{};
  if (inet_pton(AF_INET6, host.c_str(), &v6) == 1) return ListenAt(V6(v6, port));
  if (inet_pton(AF_INET, host.c_str(), &v4) != 1) {
    errno = EADDRNOTAVAIL;
    return -1;
  }
  if (v4.s_addr == INADDR_ANY) {
    if (const int both = ListenAt(V6(in6addr_any, port)); both >= 0) return both;
  }
  return ListenAt(V4(v4, port));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Acceptor>> Acceptor::Listen(const std::string& address) {
  const auto refuse = [&] {
    return absl::UnavailableError(fmt::format("{}: cannot listen there", address));
  };
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos) return refuse();
  const std::string host = address.substr(0, colon);
  const std::string_view digits = std::string_view(address).substr(colon + 1);
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size()) return refuse();
  const int listener = ListenAt(host, port);
  if (listener < 0) return refuse();
  const int stop = eventfd(0, EFD_CLOEXEC);
  if (stop < 0) {
    close(listener);
    return refuse();
  }
  return std::unique_ptr<Acceptor>(
      new Acceptor(listener, stop, fmt::format("{}:{}", host, PortOf(listener))));
}

Acceptor::Acceptor(int listener, int stop, std::string address)
    : listener_(listener), stop_(stop), address_(std::move(address)) {}

Acceptor::~Acceptor() {
  Stop();
  close(listener_);
  close(stop_);
}

void Acceptor::Start(std::function<void(int fd)> take) {
  thread_ = std::thread([this, take = std::move(take)] { Loop(take); });
  pthread_setname_np(thread_.native_handle(), "kds-accept");
}

void Acceptor::Stop() {
  if (!thread_.joinable()) return;
  const uint64_t one = 1;
  // It cannot fail: the counter is far from full.
  if (write(stop_, &one, sizeof(one)) == sizeof(one)) thread_.join();
}

void Acceptor::Loop(const std::function<void(int fd)>& take) {
  base::ForbidBlockingOnThisThread();
  bool exhausted = false;
  while (true) {
    pollfd waiting[] = {{stop_, POLLIN, 0}, {listener_, POLLIN, 0}};
    // Without descriptors the listener stays readable, so only the end of the pause is awaited.
    poll(waiting, exhausted ? 1 : 2, exhausted ? kExhaustedPauseMs : -1);
    if (waiting[0].revents != 0) return;
    const bool was_exhausted = std::exchange(exhausted, !TakeAll(take));
    if (exhausted && !was_exhausted) {
      telemetry::Log(telemetry::Level::error,
                     "no file descriptors left: zones have to wait; raise the limit (ulimit -n, "
                     "LimitNOFILE)",
                     {});
    }
  }
}

bool Acceptor::TakeAll(const std::function<void(int fd)>& take) {
  for (int taken = 0; taken < kTurn; ++taken) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      take(fd);
      continue;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return true;
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) return false;
    // The rest is about one connection, which is gone.
  }
  return true;
}

}  // namespace skyden::kds
