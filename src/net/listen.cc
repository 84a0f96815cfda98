// SPDX-License-Identifier: Apache-2.0
// Options are set on the listener: the kernel gives them to every connection.
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "fmt/format.h"
#include "skyden/net/address.h"

namespace skyden::net {
namespace {

bool Set(int fd, int level, int name, int value) {
  return setsockopt(fd, level, name, &value, sizeof(value)) == 0;
}

// -1 with errno.
int Open(const SocketAddress& address, const ListenOptions& options) {
  const int fd = socket(address.get()->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  bool ok = Set(fd, SOL_SOCKET, SO_REUSEADDR, 1) && Set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  if (address.is_v6()) ok = ok && Set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  // A kernel without it is as good as without us.
  if (options.unsent_bytes > 0) Set(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, options.unsent_bytes);
  ok = ok && bind(fd, address.get(), address.size()) == 0 && listen(fd, options.backlog) == 0;
  if (ok) return fd;
  const int why = errno;
  close(fd);
  errno = why;
  return -1;
}

uint16_t PortOf(int fd) {
  sockaddr_storage bound{};
  socklen_t size = sizeof(bound);
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size) != 0) return 0;
  return SocketAddress::Of(bound).port();
}

}  // namespace

absl::StatusOr<Listening> ListenAt(SocketAddress address, const ListenOptions& options) {
  int fd = -1;
  if (options.any_is_both && address.is_any_v4()) {
    SocketAddress both = *SocketAddress::Parse("[::]:0");
    both.set_port(address.port());
    fd = Open(both, options);
  }
  if (fd < 0) fd = Open(address, options);
  if (fd < 0) {
    return absl::UnavailableError(fmt::format("cannot listen on {}: {}", address.ToString(),
                                              std::generic_category().message(errno)));
  }
  address.set_port(PortOf(fd));
  return Listening{fd, address.ToString()};
}

}  // namespace skyden::net
