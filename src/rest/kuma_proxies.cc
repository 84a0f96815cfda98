// SPDX-License-Identifier: Apache-2.0
// Questions about one proxy that only its zone can answer.
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "rest/go_numbers.h"
#include "rest/kuma_answer.h"
#include "rest/kuma_endpoints.h"
#include "skyden/base/retry_after.h"
#include "skyden/base/status.h"
#include "skyden/kds/zone_gateway.h"
#include "skyden/model/name_in_zone.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/resource_manager.h"

namespace skyden::rest {
namespace {

using Question = kds::ZoneRequest::Kind;
using model::TypeDescriptor;

std::optional<Question> QuestionOf(std::string_view text) {
  if (text == "xds") return Question::kConfigDump;
  if (text == "stats") return Question::kStats;
  if (text == "clusters") return Question::kClusters;
  return std::nullopt;
}

// What Kuma would say of it is about the zone; who is told to come again could not be answered.
http::Response ZoneFailed(const absl::Status& status, std::string_view request_id) {
  if (base::RetryAfterOf(status).has_value())
    return KumaError(status, kAdminOperationTitle, request_id);
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kFailedPrecondition:
      return KumaError({.status = 400,
                        .title = base::TitleOf(status).empty() ? std::string(kAdminOperationTitle)
                                                               : base::TitleOf(status),
                        .detail = std::string(status.message())});
    default:
      return KumaError(status, kAdminOperationTitle, request_id);
  }
}

class Proxies {
 public:
  explicit Proxies(const Deps& deps) : deps_(deps) {}

  void Ask(CallPtr call, const TypeDescriptor& type, std::string_view not_found_title) const {
    const auto question = QuestionOf(call->parameters["kind"]);
    if (!question) return call->Finish(KumaNotFound(std::string(kAdminOperationTitle)));
    const auto proxy =
        deps_.manager.Get(*call->scope, type, {call->parameters["mesh"], call->parameters["name"]});
    if (!proxy.ok()) {
      if (absl::IsNotFound(proxy.status())) {
        return call->Finish(KumaNotFound(std::string(not_found_title)));
      }
      return call->Finish(KumaError(proxy.status(), not_found_title, call->request.request_id));
    }
    kds::ZoneRequest request;
    request.kind = *question;
    request.zone_name = model::ZoneOfProxy(*proxy);
    request.resource_type = type.name;
    request.resource_name = model::NameInZone(*proxy, request.zone_name);
    request.resource_mesh = proxy->key.mesh;
    request.include_eds = ReadGoBool(call->query.Get("include_eds").value_or("")).value_or(false);
    request.used_only = ReadGoBool(call->query.Get("usedonly").value_or("")).value_or(true);
    request.json =
        *question != Question::kConfigDump && call->query.Get("format").value_or("") == "json";
    Forward(std::move(call), std::move(request));
  }

  void ConfigIsForZones(CallPtr call) const {
    call->Finish(KumaError(
        {.status = 405, .title = "Method not allowed", .detail = "Not allowed on global CP"}));
  }

 private:
  void Forward(CallPtr call, kds::ZoneRequest request) const {
    if (deps_.zone_gateway == nullptr) {
      return call->Finish(
          ZoneFailed(absl::UnavailableError("no zones can connect"), call->request.request_id));
    }
    const bool is_json = request.json || request.kind == Question::kConfigDump;
    const model::TenantScope scope = *call->scope;
    // What tells that the client has gone, kept beside the call, which the answer takes away.
    http::Request asker;
    asker.session = call->request.session;
    asker.serial = call->request.serial;
    auto ticket = deps_.zone_gateway->Ask(
        scope, std::move(request),
        [is_json, call = std::move(call)](absl::StatusOr<std::string> answer) mutable {
          if (!answer.ok()) {
            return call->Finish(ZoneFailed(answer.status(), call->request.request_id));
          }
          call->Finish({.status = 200,
                        .content_type = is_json ? "application/json" : "text/plain",
                        .body = *std::move(answer)});
        });
    if (ticket.empty()) return;
    // Within the server's life, and so the gateway's: it is called on one of the server's threads.
    asker.WhenClientGoes(
        [gateway = deps_.zone_gateway, ticket = std::move(ticket)] { gateway->Cancel(ticket); });
  }

  const Deps& deps_;
};

struct Operation {
  const char* type;
  const char* pattern;
  const char* not_found_title;
};
constexpr Operation kOperations[] = {
    {"Dataplane", "/meshes/{mesh}/dataplanes/{name}/{kind}", "Could not get dataplane resource"},
    {"ZoneIngress", "/zoneingresses/{name}/{kind}", "Could not get zone ingress resource"},
    {"ZoneEgress", "/zoneegresses/{name}/{kind}", "Could not get zone ingress resource"},
};

}  // namespace

void AddProxyEndpoints(const Deps& deps, KumaRoutes& routes) {
  const auto proxies = std::make_shared<Proxies>(deps);
  for (const Operation& operation : kOperations) {
    const TypeDescriptor* type = deps.registry.FindByName(operation.type);
    if (type == nullptr) continue;
    routes.Add(http::Method::kGet, operation.pattern, [proxies, type, &operation](CallPtr call) {
      proxies->Ask(std::move(call), *type, operation.not_found_title);
    });
  }
  for (const char* pattern :
       {"/meshes/{mesh}/dataplanes/{name}/_config", "/meshes/{mesh}/meshgateways/{name}/_config"}) {
    routes.Add(http::Method::kGet, pattern,
               [proxies](CallPtr call) { proxies->ConfigIsForZones(std::move(call)); });
  }
}

}  // namespace skyden::rest
