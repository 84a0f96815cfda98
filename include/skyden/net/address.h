// SPDX-License-Identifier: Apache-2.0
// Where servers listen, and who comes from where.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace skyden::net {

// A numeric address with a port.
class SocketAddress {
 public:
  // "127.0.0.1:80", "[::1]:80", "localhost:80". INVALID_ARGUMENT says what the form is.
  static absl::StatusOr<SocketAddress> Parse(std::string_view text);
  // What the kernel filled in. An IPv4 address inside IPv6 is taken as IPv4.
  static SocketAddress Of(const sockaddr_storage& storage);

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  socklen_t size() const;
  bool is_v6() const { return storage_.ss_family == AF_INET6; }
  bool is_any_v4() const;
  bool is_loopback() const;  // 127.0.0.0/8, ::1
  uint16_t port() const;
  void set_port(uint16_t port);
  std::string ip() const;        // "10.0.0.9", "2001:db8::1"
  std::string ToString() const;  // "10.0.0.9:80", "[2001:db8::1]:80"

 private:
  sockaddr_storage storage_{};
};

struct ListenOptions {
  int backlog = 4096;
  // What the kernel may hold of a connection before it is on its way; 0: what it likes.
  int unsent_bytes = 0;
  // "0.0.0.0" takes IPv6 too, where the machine has it.
  bool any_is_both = false;
};

struct Listening {
  int fd = -1;          // non-blocking; the caller closes it
  std::string address;  // with the port that was bound
};

// UNAVAILABLE with the address and the system's reason.
absl::StatusOr<Listening> ListenAt(SocketAddress address, const ListenOptions& options);

// What counts as one place when connections or attempts are counted: an IPv4 address (also inside
// IPv6), or the /64 of an IPv6 address, because whoever has one of those has all. Anything else is
// itself.
std::string AddressKey(std::string_view ip);

}  // namespace skyden::net
