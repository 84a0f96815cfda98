// SPDX-License-Identifier: Apache-2.0
#include "rest/quota_api.h"

#include <string>
#include <utility>

#include "rest/json_writer.h"
#include "rest/object_reader.h"
#include "rest/problem.h"
#include "rest/refusal.h"
#include "skyden/control_planes/quota_service.h"

namespace skyden::rest {
namespace {

using http::Method;
using store::Allowance;
using store::Quota;

Decoded<Quota> DecodeQuota(std::string_view body) {
  ObjectReader reader(body);
  Quota quota;
  const auto take = [&reader](const char* name) -> std::optional<uint64_t> {
    const nlohmann::json* value = reader.Take(name);
    if (value == nullptr || value->is_null()) return std::nullopt;
    if (value->is_number_unsigned()) return value->get<uint64_t>();
    reader.Refuse(name, "minimum", "must be a number from 0, or null");
    return std::nullopt;
  };
  if (reader.readable()) quota = {take("resources"), take("bytes"), take("zones")};
  return Result(reader, std::move(quota));
}

void WriteNumber(const char* name, const std::optional<uint64_t>& number, JsonWriter& json) {
  if (number) {
    json.Field(name, *number);
  } else {
    json.Key(name).Null();
  }
}

void WriteQuota(const char* name, const Quota& quota, JsonWriter& json) {
  json.Key(name).BeginObject();
  WriteNumber("resources", quota.resources, json);
  WriteNumber("bytes", quota.bytes, json);
  WriteNumber("zones", quota.zones, json);
  json.EndObject();
}

// 0 is no limit, which is said as there being none.
Quota Shown(const store::Usage& limit) {
  const auto some = [](uint64_t number) {
    return number == 0 ? std::nullopt : std::optional(number);
  };
  return {some(limit.resources), some(limit.bytes), some(limit.zones)};
}

enum class Of { kControlPlane, kOrganization };

void Finish(const CallPtr& call, Of of, const absl::StatusOr<Allowance>& found) {
  if (!found.ok()) return call->Finish(Refusal(found.status(), *call));
  JsonWriter json;
  json.BeginObject();
  if (of == Of::kControlPlane) {
    const store::Usage& used = found->used;
    WriteQuota("used", {used.resources, used.bytes, used.zones}, json);
  }
  WriteQuota("limit", Shown(found->limit), json);
  WriteQuota("set", of == Of::kControlPlane ? found->own : found->organization, json);
  json.EndObject();
  call->Finish(ManagerJson(200, json.Take()));
}

}  // namespace

void AddControlPlaneQuota(const Deps& deps, CallerRoutes& routes) {
  static constexpr char kPattern[] = "/control-planes/{id}/ops/quota";
  routes.Add(Method::kGet, kPattern, CallerRoutes::Needs::kOrganization, [&deps](CallPtr call) {
    Finish(call, Of::kControlPlane, deps.quotas.Find(*call->organization, call->control_plane));
  });
  routes.Add(Method::kPut, kPattern, CallerRoutes::Needs::kOrganization, [&deps](CallPtr call) {
    const auto quota = DecodeQuota(call->request.body);
    if (!quota.value) return call->Finish(Refusal(quota, *call));
    Finish(call, Of::kControlPlane,
           deps.quotas.Set(*call->organization, call->control_plane, *quota.value));
  });
}

void AddOrganizationQuota(const Deps& deps, CallerRoutes& routes) {
  static constexpr char kPattern[] = "/organizations/{organization}/quota";
  const auto id = [](const CallPtr& call) {
    return model::OrganizationId(call->parameters["organization"]);
  };
  routes.Add(Method::kGet, kPattern, CallerRoutes::Needs::kOrganization, [&deps, id](CallPtr call) {
    Finish(call, Of::kOrganization, deps.quotas.FindOfOrganization(*call->organization, id(call)));
  });
  routes.Add(Method::kPut, kPattern, CallerRoutes::Needs::kOrganization, [&deps, id](CallPtr call) {
    const auto quota = DecodeQuota(call->request.body);
    if (!quota.value) return call->Finish(Refusal(quota, *call));
    Finish(call, Of::kOrganization,
           deps.quotas.SetOfOrganization(*call->organization, id(call), *quota.value));
  });
}

}  // namespace skyden::rest
