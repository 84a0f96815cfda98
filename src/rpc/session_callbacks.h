// SPDX-License-Identifier: Apache-2.0
// Between nghttp2 and Session.
#pragma once

#include <nghttp2/nghttp2.h>

#include "rpc/http2_memory.h"
#include "rpc/session.h"

namespace skyden::rpc {

// A server's session with our limits, that calls `session`.
nghttp2_session* NewHttp2(Session& session, Http2Memory& memory);

// What answers get their data from.
nghttp2_data_provider DataProvider();

}  // namespace skyden::rpc
