// SPDX-License-Identifier: Apache-2.0
#include "http/tls_session.h"

#include <openssl/ssl.h>

#include <boost/asio/ssl/stream.hpp>

#include "http/stream_session.h"

namespace skyden::http {
namespace {

class TlsSession final : public StreamSession<asio::ssl::stream<Socket>> {
 public:
  TlsSession(std::shared_ptr<Loop> loop, std::shared_ptr<ListenerState> listener,
             std::string peer_ip, Socket socket, asio::ssl::context context)
      : StreamSession(std::move(loop), std::move(listener), std::move(peer_ip), true,
                      std::move(socket), context) {}

 private:
  void DoHandshake() override {
    stream().async_handshake(asio::ssl::stream_base::server,
                             [this, self = shared_from_this()](
                                 const boost::system::error_code& ec) { OnHandshake(!ec); });
  }

  Socket& socket() override { return stream().next_layer(); }

  // Says "no more" inside TLS first, so that the client can tell an end from a cut.
  void DoShutdownSend() override {
    stream().async_shutdown([this, self = shared_from_this()](const boost::system::error_code&) {
      StreamSession::DoShutdownSend();
    });
  }
};

}  // namespace

std::shared_ptr<Session> MakeTlsSession(std::shared_ptr<Loop> loop,
                                        std::shared_ptr<ListenerState> listener,
                                        std::string peer_ip, Socket socket,
                                        const std::shared_ptr<SSL_CTX>& context) {
  SSL_CTX_up_ref(context.get());  // Asio's lets go of it, and OpenSSL's session holds on
  return std::make_shared<TlsSession>(std::move(loop), std::move(listener), std::move(peer_ip),
                                      std::move(socket), asio::ssl::context(context.get()));
}

}  // namespace skyden::http
