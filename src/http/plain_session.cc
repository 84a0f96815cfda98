// SPDX-License-Identifier: Apache-2.0
#include "http/stream_session.h"

namespace skyden::http {
namespace {

class PlainSession final : public StreamSession<Socket> {
 public:
  using StreamSession::StreamSession;

 private:
  void DoHandshake() override { OnHandshake(true); }
  Socket& socket() override { return stream(); }
};

}  // namespace

std::shared_ptr<Session> MakePlainSession(std::shared_ptr<Loop> loop,
                                          std::shared_ptr<ListenerState> listener,
                                          std::string peer_ip, Socket socket) {
  return std::make_shared<PlainSession>(std::move(loop), std::move(listener), std::move(peer_ip),
                                        false, std::move(socket));
}

}  // namespace skyden::http
