// SPDX-License-Identifier: Apache-2.0
#include "rpc/transport.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>

namespace skyden::rpc {
namespace {

class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(int fd) : fd_(fd) {}

  Io Handshake() override { return Io::kDone; }

  Io Read(char* data, size_t size, size_t& got) override {
    const ssize_t count = recv(fd_, data, size, 0);
    got = count > 0 ? static_cast<size_t>(count) : 0;
    if (count > 0) return Io::kDone;
    const bool later = count < 0 && (errno == EAGAIN || errno == EINTR);
    return later ? Io::kWantsRead : Io::kEnd;
  }

  Io Write(Outbox& out, char*) override {
    while (!out.empty()) {
      iovec vectors[kVectors];
      msghdr message = {};
      message.msg_iov = vectors;
      message.msg_iovlen = out.Peek(vectors, kVectors);
      const ssize_t count = sendmsg(fd_, &message, MSG_NOSIGNAL);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return errno == EAGAIN ? Io::kWantsWrite : Io::kEnd;
      out.Drop(static_cast<size_t>(count));
    }
    return Io::kDone;
  }

  void ShutDownSend() override { shutdown(fd_, SHUT_WR); }

 private:
  const int fd_;
};

}  // namespace

std::unique_ptr<Transport> MakePlainTransport(int fd) {
  return std::make_unique<PlainTransport>(fd);
}

}  // namespace skyden::rpc
