// SPDX-License-Identifier: Apache-2.0
// Which of the APIs a path belongs to:
//
//   /v3/{organizations,users,system-accounts,roles}...    who owns control planes and may come in
//   /v3/sessions[/...], /v3/sign-in[/...]                 how browsers come in
//   /console/sign-in/{oidc,callback}                      the same, for a browser to visit
//   /v3/audit-logs[/...], /v3/rejected-connections        the audit's
//   /v3/backups                                           the whole database
//   /v3/{zones,fleet,events,search,expiring}              across control planes
//   /v{0,1,3}/mesh/control-planes[/{id}[/ops/...]]        the manager's
//   /v{0,1,3}/mesh/control-planes/{id}/gui[/...]          Kuma's own GUI, of control plane {id}
//   /v{0,1,3}/mesh/control-planes/{id}/api[/...]          Kuma's, of control plane {id}
//   /v{0,1,3}/mesh/control-planes/{id}/...                Kuma's as well
//   /console[/...]                                        the page for people
//   /openapi.yaml                                         what there is of all this
//
// The manager's routes are looked at first; their names meet none of Kuma's.
#include "skyden/rest/rest_api.h"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "rest/audit_api.h"
#include "rest/backup_api.h"
#include "rest/dot_segments.h"
#include "rest/fleet_api.h"
#include "rest/fleet_watches.h"
#include "rest/gui_endpoint.h"
#include "rest/identity_api.h"
#include "rest/kuma_answer.h"
#include "rest/kuma_endpoints.h"
#include "rest/kuma_routes.h"
#include "rest/manager_api.h"
#include "rest/negotiation.h"
#include "rest/oidc_pages.h"
#include "rest/openapi_endpoint.h"
#include "rest/own_address.h"
#include "rest/problem.h"
#include "rest/session_api.h"
#include "rest/watch_hub.h"
#include "skyden/base/executor.h"
#include "skyden/base/trace_context.h"
#include "skyden/console/console.h"
#include "skyden/identity/authenticator.h"
#include "skyden/identity/door.h"
#include "skyden/kds/zone_verdicts.h"
#include "skyden/model/type_registry.h"

namespace skyden::rest {
namespace {

constexpr std::array<std::string_view, 3> kVersions = {"/v0", "/v1", "/v3"};
constexpr std::string_view kOpenApi = "/openapi.yaml";
constexpr std::string_view kOrganizationWide = "/v3";
constexpr std::string_view kMesh = "/mesh";
constexpr std::string_view kControlPlanesPath = "/control-planes";

std::string_view WithoutLeadingSlashes(std::string_view path) {
  while (!path.empty() && path.front() == '/') path.remove_prefix(1);
  return path;
}

// Takes one segment off the front of `path`.
std::string_view TakeSegment(std::string_view& path) {
  path = WithoutLeadingSlashes(path);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

// What follows "/vN/mesh"; nullopt when the path is none of ours.
std::optional<std::string_view> BelowMesh(std::string_view path) {
  for (const std::string_view version : kVersions) {
    if (!path.starts_with(version)) continue;
    path.remove_prefix(version.size());
    if (!path.starts_with(kMesh)) return std::nullopt;
    path.remove_prefix(kMesh.size());
    if (!path.starts_with(kControlPlanesPath)) return std::nullopt;
    const std::string_view rest = path.substr(kControlPlanesPath.size());
    if (!rest.empty() && rest.front() != '/') return std::nullopt;
    return path;
  }
  return std::nullopt;
}

// Whether a path is of the Kuma API of some control plane, as far as its text says.
bool IsKumas(std::string_view path) {
  auto below = BelowMesh(path);
  if (!below) return false;
  below->remove_prefix(kControlPlanesPath.size());
  const std::string_view id = TakeSegment(*below);
  const std::string_view first = TakeSegment(*below);
  return !id.empty() && !first.empty() && first != "ops";
}

struct RefusalText {
  int status;
  std::string_view title;
  std::string_view detail;
};

const RefusalText& TextOf(int status) {
  static constexpr RefusalText kTexts[] = {
      {400, "Bad Request", "bad request: this is not a request of HTTP/1.1"},
      {408, "Request Timeout", "the request took too long to arrive"},
      {413, "Content Too Large", "the body is larger than 10 MiB"},
      {429, "Too Many Requests", "too much of yours is under way already, try again in a moment"},
      {431, "Request Header Fields Too Large", "path and headers are larger than 16 KiB"},
      {503, "Service Unavailable", "too busy, try again later"},
      {505, "HTTP Version Not Supported", "speak HTTP/1.1"},
      {500, "Internal Server Error", "internal error"},
  };
  for (const RefusalText& text : kTexts) {
    if (text.status == status) return text;
  }
  return kTexts[std::size(kTexts) - 1];
}

class RestApiImpl final : public RestApi {
 public:
  explicit RestApiImpl(Deps deps)
      : deps_(std::move(deps)),
        audit_(deps_),
        backups_(deps_),
        manager_(deps_),
        identity_(deps_),
        fleet_watches_({deps_.fleet, deps_.authenticator, deps_.store, deps_.clock, deps_.workers,
                        deps_.timers, streams_}),
        fleet_(deps_, fleet_watches_),
        sessions_(deps_),
        oidc_pages_(deps_),
        kuma_(deps_),
        gui_(deps_),
        openapi_(deps_.registry, deps_.workers),
        watches_({deps_.registry, deps_.authenticator, deps_.store, deps_.workers, deps_.timers,
                  streams_, deps_.own_zone_verdicts, deps_.rollouts}) {
    AddSystemEndpoints(deps_, kuma_);
    AddResourceEndpoints(deps_, kuma_);
    AddOverviewEndpoints(deps_, kuma_);
    AddInsightEndpoints(deps_, kuma_);
    AddTokenEndpoints(deps_, kuma_);
    AddProxyEndpoints(deps_, kuma_);
    AddInspectEndpoints(deps_, kuma_);
    AddEventEndpoint(deps_, watches_, kuma_);
  }

  http::Handler handler() override {
    return [this](http::Request request, http::Responder respond) {
      Handle(std::move(request), std::move(respond));
    };
  }

  std::vector<http::Route> routes() const override {
    std::vector<http::Route> all;
    for (const http::Route& route : manager_.routes().router().routes()) {
      all.push_back({route.method, fmt::format("/v1/mesh{}", route.pattern)});
    }
    for (const CallerRoutes* routes : OrganizationWideRoutes()) {
      for (const http::Route& route : routes->router().routes()) {
        all.push_back({route.method, fmt::format("{}{}", kOrganizationWide, route.pattern)});
      }
    }
    for (const http::Route& route : kuma_.router().routes()) {
      all.push_back({route.method, fmt::format("/v1/mesh/control-planes/{{id}}/api{}",
                                               route.pattern == "/" ? "" : route.pattern)});
    }
    return all;
  }

 private:
  // Whatever is asked for, it knocks at the door first.
  void Handle(http::Request request, http::Responder respond) {
    CallPtr call = NewCall(std::move(request), std::move(respond));
    if (deps_.door != nullptr) {
      const absl::Status admitted = deps_.door->Admit(call->origin.peer, call->credential.text);
      if (!admitted.ok()) return call->Finish(Problem(admitted, call->request.request_id));
    }
    const std::string_view path = call->request.path;  // which stays where it is
    if (path == kOpenApi && call->request.method == http::Method::kGet) {
      return openapi_.Answer(std::move(call));
    }
    if (const auto below = BelowMesh(path)) return Route(std::move(call), *below);
    if (const auto found = FindOrganizationWide(call->request)) {
      return RunOrganizationWide(*found, std::move(call));
    }
    if (OidcPages::IsOne(call->request)) return oidc_pages_.Answer(std::move(call));
    if (deps_.console != nullptr) {
      if (auto page = deps_.console->Answer(call->request)) return call->Finish(*std::move(page));
    }
    if (deps_.fallback) {
      return deps_.fallback(std::move(call->request), std::move(call->respond));
    }
    call->Finish(Problem(404, "Not found", call->request.request_id));
  }

  CallPtr NewCall(http::Request request, http::Responder respond) const {
    auto call = std::make_unique<Call>();
    call->request = std::move(request);
    call->respond = std::move(respond);
    call->query = http::Query(call->request.query);
    call->door = deps_.door;
    call->own = OwnAddressOf(call->request, deps_.http_public_address, deps_.trusted_proxies);
    call->credential = CredentialOf(call->request, call->own);
    // What a page reads while nobody touches it is no use of its session.
    if (call->request.Find("x-skyden-unattended")) {
      call->noting = identity::Authenticator::Noting::kLook;
    }
    call->origin = {CallerAddress(call->request, deps_.trusted_proxies), call->request.request_id,
                    base::TraceIdOf(call->request.Find("traceparent").value_or(""))};
    return call;
  }

  std::array<const CallerRoutes*, 5> OrganizationWideRoutes() const {
    return {&identity_.routes(), &audit_.routes(), &fleet_.routes(), &sessions_.routes(),
            &backups_.routes()};
  }

  struct OrganizationWide {
    const CallerRoutes* routes;
    http::RouteMatch match;
  };

  // nullopt when the path is none of these APIs'.
  std::optional<OrganizationWide> FindOrganizationWide(const http::Request& request) const {
    const std::string_view path = request.path;
    if (!path.starts_with(kOrganizationWide)) return std::nullopt;
    const std::string_view rest = path.substr(kOrganizationWide.size());
    if (!rest.starts_with('/')) return std::nullopt;
    for (const CallerRoutes* routes : OrganizationWideRoutes()) {
      auto match = routes->router().Find(request.method, rest);
      if (match.outcome != http::RouteMatch::Outcome::kNotFound) {
        return OrganizationWide{routes, std::move(match)};
      }
    }
    return std::nullopt;
  }

  static void RunOrganizationWide(const OrganizationWide& found, CallPtr call) {
    using Outcome = http::RouteMatch::Outcome;
    const std::string request_id = call->request.request_id;
    if (found.match.outcome == Outcome::kWrongMethod) {
      return call->Finish(WrongMethod(http::AllowText(found.match.allowed), request_id));
    }
    if (found.match.outcome == Outcome::kBadPath) {
      return call->Finish(
          Problem(400, "Bad Request: the path does not decode to text", request_id));
    }
    call->parameters = found.match.parameters;
    found.routes->Run(found.match.route, std::move(call));
  }

  void Route(CallPtr call, std::string_view below) {
    using Outcome = http::RouteMatch::Outcome;
    http::RouteMatch match = manager_.routes().router().Find(call->request.method, below);
    std::string_view rest = below.substr(kControlPlanesPath.size());
    const std::string_view id = TakeSegment(rest);
    const bool index_of_v3 = match.outcome == Outcome::kFound && WantsIndex(*call, id, rest);
    switch (index_of_v3 ? Outcome::kNotFound : match.outcome) {
      case Outcome::kFound:
        call->parameters = std::move(match.parameters);
        return manager_.routes().Run(match.route, std::move(call));
      case Outcome::kWrongMethod:
        return call->Finish(WrongMethod(http::AllowText(match.allowed), call->request.request_id));
      case Outcome::kBadPath:
        return call->Finish(KumaBadRequest("bad request: the path does not decode to text"));
      case Outcome::kNotFound:
        break;
    }
    auto control_plane = model::ParseControlPlaneId(id);
    if (control_plane.ok()) call->control_plane = *std::move(control_plane);
    std::string_view after_first = rest;
    const std::string_view first = TakeSegment(after_first);
    if (first == "gui" && call->request.method == http::Method::kGet) {
      return gui_.Answer(std::move(call), after_first);
    }
    if (first == "api") rest = after_first;
    if (auto elsewhere = WithoutDots(call->request, rest)) {
      return call->Finish(*std::move(elsewhere));
    }
    kuma_.Run(std::move(call), rest);
  }

  // Kuma 3's clients take /v3/mesh/control-planes/{id} for the root of the API and ask it for the
  // index; to everybody else it is the control plane.
  static bool WantsIndex(const Call& call, std::string_view id, std::string_view rest) {
    return !id.empty() && WithoutLeadingSlashes(rest).empty() &&
           call.request.path.starts_with("/v3") && call.request.method == http::Method::kGet &&
           call.request.Find("user-agent").value_or("").starts_with("kumactl/");
  }

  Deps deps_;
  AuditApi audit_;
  BackupApi backups_;
  ManagerApi manager_;
  IdentityApi identity_;
  SessionStreams streams_;
  FleetWatches fleet_watches_;
  FleetApi fleet_;
  SessionApi sessions_;
  OidcPages oidc_pages_;
  KumaRoutes kuma_;
  GuiEndpoint gui_;
  OpenApiEndpoint openapi_;
  WatchHub watches_;
};

}  // namespace

http::Response RestApi::Refusal(int status, std::string_view path, std::string_view request_id) {
  const RefusalText& text = TextOf(status);
  if (!IsKumas(path)) return Problem(status, text.detail, request_id);
  return KumaError(
      {.status = status, .title = std::string(text.title), .detail = std::string(text.detail)});
}

std::unique_ptr<RestApi> RestApi::Create(Deps deps) {
  return std::make_unique<RestApiImpl>(std::move(deps));
}

}  // namespace skyden::rest
