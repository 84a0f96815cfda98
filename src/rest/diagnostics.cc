// SPDX-License-Identifier: Apache-2.0
#include "skyden/rest/diagnostics.h"

#include <memory>
#include <utility>

namespace skyden::rest {
namespace {

http::Response Verdict(const absl::Status& status) {
  return {.status = status.ok() ? 200 : 503,
          .content_type = "text/plain; charset=utf-8",
          .body = status.ok() ? "ok\n" : std::string(status.message()) + "\n"};
}

}  // namespace

http::Handler DiagnosticsHandler(DiagnosticsDeps deps) {
  return [deps = std::move(deps)](const http::Request& request, http::Responder respond) {
    if (request.method != http::Method::kGet) {
      return respond({.status = 405, .headers = {{"Allow", "GET"}}});
    }
    if (request.path == "/healthy") return respond(Verdict(deps.healthy()));
    if (request.path == "/ready") {
      return deps.ready([respond = std::move(respond)](const absl::Status& verdict) mutable {
        respond(Verdict(verdict));
      });
    }
    if (request.path == "/metrics") {
      return respond({.status = 200,
                      .content_type = "text/plain; version=0.0.4; charset=utf-8",
                      .body = deps.metrics.Render()});
    }
    respond({.status = 404, .content_type = "text/plain; charset=utf-8", .body = "not found\n"});
  };
}

}  // namespace skyden::rest
