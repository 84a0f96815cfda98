// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/ssl/stream.hpp>

#include "stream_session.h"
#include "tls.h"

namespace skyden::http {
namespace {

class TlsSession final : public StreamSession<asio::ssl::stream<Socket>> {
 public:
  TlsSession(std::shared_ptr<Loop> loop, std::shared_ptr<ListenerState> listener,
             std::string peer_ip, Socket socket, std::shared_ptr<asio::ssl::context> context)
      : StreamSession(std::move(loop), std::move(listener), std::move(peer_ip), true,
                      std::move(socket), *context),
        context_(std::move(context)) {}

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

  const std::shared_ptr<asio::ssl::context> context_;
};

}  // namespace

std::shared_ptr<Session> MakeTlsSession(std::shared_ptr<Loop> loop,
                                        std::shared_ptr<ListenerState> listener,
                                        std::string peer_ip, Socket socket,
                                        std::shared_ptr<asio::ssl::context> context) {
  return std::make_shared<TlsSession>(std::move(loop), std::move(listener), std::move(peer_ip),
                                      std::move(socket), std::move(context));
}

}  // namespace skyden::http
