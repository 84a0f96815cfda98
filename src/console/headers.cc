// SPDX-License-Identifier: Apache-2.0
#include "console/headers.h"

#include <utility>

namespace skyden::console {

void AddHeaders(const http::Request& request, std::string_view policy, http::Response& response) {
  response.headers.push_back({"Content-Security-Policy", std::string(policy)});
  response.headers.push_back({"X-Content-Type-Options", "nosniff"});
  response.headers.push_back({"Referrer-Policy", "no-referrer"});
  response.headers.push_back({"Cross-Origin-Opener-Policy", "same-origin"});
  if (request.tls) {
    response.headers.push_back({"Strict-Transport-Security", "max-age=31536000"});
  }
}

http::Response NotFoundText(const http::Request& request, std::string_view policy,
                            std::string text) {
  http::Response response;
  response.status = 404;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(text);
  response.headers.push_back({"Cache-Control", "no-store"});
  AddHeaders(request, policy, response);
  return response;
}

}  // namespace skyden::console
