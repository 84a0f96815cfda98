// SPDX-License-Identifier: Apache-2.0
// OpenSSL reads and writes the socket itself: without a pair of memory buffers between, a
// connection at rest holds nothing but its keys.
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "rpc/transport.h"
#include "skyden/base/limits.h"

namespace skyden::rpc {
namespace {

constexpr size_t kRecordBytes = 16u << 10;

// The first `size` bytes of `out` at most, in one piece.
size_t Gather(const Outbox& out, char* to, size_t size) {
  iovec vectors[kVectors];
  const size_t count = out.Peek(vectors, kVectors);
  size_t gathered = 0;
  for (size_t i = 0; i < count && gathered < size; ++i) {
    const size_t part = std::min(vectors[i].iov_len, size - gathered);
    std::memcpy(to + gathered, vectors[i].iov_base, part);
    gathered += part;
  }
  return gathered;
}

class TlsTransport final : public Transport {
 public:
  TlsTransport(int fd, std::shared_ptr<SSL_CTX> context, SSL* ssl)
      : fd_(fd), context_(std::move(context)), ssl_(ssl) {
    SSL_set_msg_callback(ssl_, Count);
    SSL_set_msg_callback_arg(ssl_, this);
  }
  ~TlsTransport() override { SSL_free(ssl_); }

  Io Handshake() override {
    ERR_clear_error();
    return After(SSL_accept(ssl_));
  }

  Io Read(char* data, size_t size, size_t& got) override {
    got = 0;
    while (size - got >= kRecordBytes) {
      ERR_clear_error();
      size_t count = 0;
      const int result = SSL_read_ex(ssl_, data + got, size - got, &count);
      got += count;
      if (key_updates_ > base::limits::kRpcKeyUpdates) return Io::kEnd;
      if (result <= 0) return After(result);
    }
    return Io::kDone;
  }

  // A write that was refused is tried again with the same bytes, and at least as many.
  Io Write(Outbox& out, char* scratch) override {
    while (!out.empty()) {
      const size_t size = Gather(out, scratch, kRecordBytes);
      ERR_clear_error();
      size_t written = 0;
      const int result = SSL_write_ex(ssl_, scratch, size, &written);
      if (result <= 0) return After(result);
      out.Drop(written);
    }
    return Io::kDone;
  }

  void ShutDownSend() override {
    ERR_clear_error();
    SSL_shutdown(ssl_);
    ERR_clear_error();
    shutdown(fd_, SHUT_WR);
  }

 private:
  // OpenSSL changes keys as often as it is told to, without giving back a byte.
  static void Count(int sent, int, int content, const void* data, size_t size, SSL*, void* self) {
    if (sent != 0 || content != SSL3_RT_HANDSHAKE || size == 0) return;
    if (*static_cast<const unsigned char*>(data) != SSL3_MT_KEY_UPDATE) return;
    ++static_cast<TlsTransport*>(self)->key_updates_;
  }

  Io After(int result) {
    if (result > 0) return Io::kDone;
    const int error = SSL_get_error(ssl_, result);
    ERR_clear_error();
    if (error == SSL_ERROR_WANT_READ) return Io::kWantsRead;
    return error == SSL_ERROR_WANT_WRITE ? Io::kWantsWrite : Io::kEnd;
  }

  const int fd_;
  const std::shared_ptr<SSL_CTX> context_;
  SSL* const ssl_;
  size_t key_updates_ = 0;
};

}  // namespace

std::unique_ptr<Transport> MakeTlsTransport(int fd, std::shared_ptr<SSL_CTX> context) {
  SSL* const ssl = SSL_new(context.get());
  if (ssl == nullptr) return nullptr;
  if (SSL_set_fd(ssl, fd) != 1) {
    SSL_free(ssl);
    return nullptr;
  }
  return std::make_unique<TlsTransport>(fd, std::move(context), ssl);
}

}  // namespace skyden::rpc
