// SPDX-License-Identifier: Apache-2.0
// A service manager's end of sd_notify(3).
#pragma once

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <string>
#include <utility>

#include "skyden/base/check.h"

namespace skyden::server {

class NotifiedSocket {
 public:
  // As NOTIFY_SOCKET has it: a path, or "@name".
  explicit NotifiedSocket(std::string address)
      : address_(std::move(address)), file_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    SKYDEN_CHECK(file_ >= 0 && address_.size() < sizeof name.sun_path);
    std::memcpy(name.sun_path, address_.data(), address_.size());
    if (name.sun_path[0] == '@') name.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
    SKYDEN_CHECK(bind(file_, reinterpret_cast<const sockaddr*>(&name), size) == 0);
  }
  ~NotifiedSocket() { close(file_); }
  NotifiedSocket(const NotifiedSocket&) = delete;
  NotifiedSocket& operator=(const NotifiedSocket&) = delete;

  const std::string& address() const { return address_; }
  // One message that has come; empty for none.
  std::string Next() const { return Receive(MSG_DONTWAIT); }
  // The next message, however long it takes, up to a minute; empty then.
  std::string Await() const {
    const timeval patience{.tv_sec = 60, .tv_usec = 0};
    setsockopt(file_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return Receive(0);
  }

 private:
  std::string Receive(int flags) const {
    std::array<char, 4096> buffer{};
    const ssize_t size = recv(file_, buffer.data(), buffer.size(), flags);
    return size > 0 ? std::string(buffer.data(), static_cast<size_t>(size)) : "";
  }

  const std::string address_;
  const int file_;
};

}  // namespace skyden::server
