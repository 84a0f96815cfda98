// SPDX-License-Identifier: Apache-2.0
// Who answers requests, and with what.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "skyden/http/body_stream.h"
#include "skyden/http/document.h"
#include "skyden/http/request.h"

namespace skyden::http {

struct Response {
  int status = 200;
  std::string content_type = {};  // empty: none sent
  std::string body = {};
  std::vector<Header> headers = {};
  std::shared_ptr<const Document> document = {};  // instead of `body`, and no part of any share
  std::shared_ptr<BodyStream> stream = {};        // instead of `body`; the connection ends with it
  std::string share = {};  // whose part of limits::kAnswerBytesInFlight; empty: the address's
};

// Answers one request, once, from any thread. Dropping it unanswered answers 500.
// HEAD (answered as GET without a body), Content-Length, Date and gzip (when the client accepts it
// and the body is worth it) are the server's business.
using Responder = absl::AnyInvocable<void(Response)>;

// Called on an io thread, possibly on several at once: must not block, must not keep state of its
// own. Long or blocking work is posted elsewhere with the responder.
using Handler = absl::AnyInvocable<void(Request, Responder)>;

// The server's own answer to a request that never reaches the handler: one that does not parse or
// is too large or too slow. `path` as received; empty when it was not. Called on io threads.
using Refusal =
    std::function<Response(int status, std::string_view path, std::string_view request_id)>;

// When a handler is called: with the whole request, or as soon as there is its head. Then it
// decides by that, and takes the body (Request::TakeBody) or answers at once; a body that is small
// (limits::kRequestSmallBodyBytes) is there as well, unless the client waits to be asked for it.
enum class Bodies { kWhole, kOnDemand };

}  // namespace skyden::http
