// SPDX-License-Identifier: Apache-2.0
#include "skyden/rest/request_times.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

namespace skyden::rest {
namespace {

constexpr std::string_view kControlPlanes = "/mesh/control-planes";

// Takes one segment off the front.
std::string_view Segment(std::string_view& path) {
  path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

RouteClass OfOperations(std::string_view rest) {
  const std::string_view operation = Segment(rest);
  const bool is_long = operation == "export" || operation == "import" || operation == "preview";
  return is_long ? RouteClass::kTransfers : RouteClass::kControlPlanes;
}

// One request under way.
class Timing {
 public:
  Timing(RequestTimes& times, const base::Clock& clock, RouteClass route)
      : times_(times), clock_(clock), route_(route), began_(clock.Monotonic()) {}
  ~Timing() {
    if (!noted_) Note(500);
  }
  Timing(const Timing&) = delete;
  Timing& operator=(const Timing&) = delete;

  void Note(int status) {
    noted_ = true;
    times_.Note(route_, status, clock_.Monotonic() - began_);
  }

 private:
  RequestTimes& times_;
  const base::Clock& clock_;
  const RouteClass route_;
  const absl::Duration began_;
  bool noted_ = false;
};

}  // namespace

RouteClass RouteClassOf(http::Method method, std::string_view path) {
  const bool v3 = path.starts_with("/v3");
  if (!v3 && !path.starts_with("/v1") && !path.starts_with("/v0")) return RouteClass::kOther;
  path.remove_prefix(3);
  if (!path.starts_with('/')) return RouteClass::kOther;
  if (v3 && path == "/backups") return RouteClass::kTransfers;
  if (!path.starts_with("/mesh/")) return v3 ? RouteClass::kOrganizations : RouteClass::kOther;
  if (!path.starts_with(kControlPlanes)) return RouteClass::kOther;
  path.remove_prefix(kControlPlanes.size());
  if (!path.empty() && path.front() != '/') return RouteClass::kOther;
  if (Segment(path).empty()) return RouteClass::kControlPlanes;  // all of them
  std::string_view first = Segment(path);
  if (first.empty()) return RouteClass::kControlPlanes;
  if (first == "ops") return OfOperations(path);
  if (first == "api") first = Segment(path);
  if (method != http::Method::kGet) return RouteClass::kKumaWrites;
  return first == "events" ? RouteClass::kKumaEvents : RouteClass::kKumaReads;
}

void RequestTimes::Note(RouteClass route, int status, absl::Duration took) {
  const int first = std::clamp(status / 100, 2, 5);
  times_[static_cast<size_t>(route)][static_cast<size_t>(first - 2)].Observe(took);
  const auto* const code = std::find(kCodes.begin(), kCodes.end(), status);
  codes_[static_cast<size_t>(code - kCodes.begin())].Add();
}

void RequestTimes::ForEachCode(
    const std::function<void(std::string_view, const telemetry::Counter&)>& fn) const {
  for (size_t i = 0; i < kCodes.size(); ++i) fn(std::to_string(kCodes[i]), codes_[i]);
  fn("other", codes_.back());
}

void RequestTimes::ForEach(const std::function<void(std::string_view, std::string_view,
                                                    const telemetry::Histogram&)>& fn) const {
  for (size_t route = 0; route < kRoutes.size(); ++route) {
    for (size_t status = 0; status < kStatuses.size(); ++status) {
      fn(kRoutes[route], kStatuses[status], times_[route][status]);
    }
  }
}

http::Handler Timed(http::Handler inner, const base::Clock& clock, RequestTimes& times) {
  return [inner = std::move(inner), &clock, &times](http::Request request,
                                                    http::Responder respond) mutable {
    auto timing =
        std::make_unique<Timing>(times, clock, RouteClassOf(request.method, request.path));
    inner(std::move(request), [timing = std::move(timing),
                               respond = std::move(respond)](http::Response response) mutable {
      timing->Note(response.status);
      respond(std::move(response));
    });
  };
}

}  // namespace skyden::rest
