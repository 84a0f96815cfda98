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
  // Every histogram with the values of its labels ("kuma_reads", "2xx"), for the metrics page.
  void ForEach(const std::function<void(std::string_view route, std::string_view status,
                                        const telemetry::Histogram&)>& fn) const;

 private:
  static constexpr std::array<std::string_view, 7> kRoutes = {
      "kuma_reads", "kuma_writes",   "kuma_events", "control_planes",
      "transfers",  "organizations", "other"};
  static constexpr std::array<std::string_view, 4> kStatuses = {"2xx", "3xx", "4xx", "5xx"};
  struct WorkTime : telemetry::Histogram {
    WorkTime() : Histogram(telemetry::kWorkSeconds) {}
  };
  std::array<std::array<WorkTime, kStatuses.size()>, kRoutes.size()> times_;
};

// `inner`, with each request's time noted: from when it is handed over (its head has come, its body
// perhaps not) until its answer is. `times` and `clock` outlive every request.
http::Handler Timed(http::Handler inner, const base::Clock& clock, RequestTimes& times);

}  // namespace skyden::rest
