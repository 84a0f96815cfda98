// SPDX-License-Identifier: Apache-2.0
// How long requests take, by what they are about and how they end. Of all tenants together: a class
// never depends on what exists.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <string_view>

#include "skyden/base/clock.h"
#include "skyden/http/handler.h"
#include "skyden/telemetry/cells.h"

namespace skyden::rest {

enum class RouteClass {
  kKumaReads,      // of the Kuma API of some control plane
  kKumaWrites,     //
  kKumaEvents,     // until the stream begins
  kControlPlanes,  // the manager's API
  kTransfers,      // imports and exports of whole control planes
  kOrganizations,  // what is under /v3 alone: accounts, tokens, audit
  kOther,          // none of ours
};
// By the text of the path alone.
RouteClass RouteClassOf(http::Method method, std::string_view path);

// Thread-safe.
class RequestTimes {
 public:
  // `status`: of HTTP. What is dropped unanswered counts as 500, which the server then answers.
  void Note(RouteClass route, int status, absl::Duration took);
  // How many were answered with each status, "other" for those that nobody expects.
  void ForEachCode(
      const std::function<void(std::string_view code, const telemetry::Counter&)>& fn) const;
  // Every histogram with the values of its labels ("kuma_reads", "2xx"), for the metrics page.
  void ForEach(const std::function<void(std::string_view route, std::string_view status,
                                        const telemetry::Histogram&)>& fn) const;

 private:
  static constexpr std::array<std::string_view, 7> kRoutes = {
      "kuma_reads", "kuma_writes",   "kuma_events", "control_planes",
      "transfers",  "organizations", "other"};
  static constexpr std::array<std::string_view, 4> kStatuses = {"2xx", "3xx", "4xx", "5xx"};
  // What base::HttpStatusOf, the HTTP server and the Kuma API answer with.
  static constexpr std::array kCodes = {200, 201, 202, 204, 301, 302, 303, 304, 307, 308, 400,
                                        401, 403, 404, 405, 406, 408, 409, 410, 411, 412, 413,
                                        414, 415, 422, 429, 431, 500, 501, 503, 504, 507};
  struct WorkTime : telemetry::Histogram {
    WorkTime() : Histogram(telemetry::kWorkSeconds) {}
  };
  std::array<std::array<WorkTime, kStatuses.size()>, kRoutes.size()> times_;
  std::array<telemetry::Counter, kCodes.size() + 1> codes_;  // the last: any other
};

// `inner`, with each request's time noted: from when it is handed over (its head has come, its body
// perhaps not) until its answer is. `times` and `clock` outlive every request.
http::Handler Timed(http::Handler inner, const base::Clock& clock, RequestTimes& times);

}  // namespace skyden::rest
