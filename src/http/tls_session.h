// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "http/session.h"

struct ssl_ctx_st;

namespace skyden::http {

std::shared_ptr<Session> MakeTlsSession(std::shared_ptr<Loop> loop,
                                        std::shared_ptr<ListenerState> listener,
                                        std::string peer_ip, Socket socket,
                                        const std::shared_ptr<ssl_ctx_st>& context);

}  // namespace skyden::http
