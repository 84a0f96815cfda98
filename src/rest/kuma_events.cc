// SPDX-License-Identifier: Apache-2.0
// GET /events?type=MeshTimeout&mesh=default: Server-Sent Events. What is sent names resources and
// never shows what they hold.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "rest/go_numbers.h"
#include "rest/kuma_answer.h"
#include "rest/kuma_endpoints.h"
#include "rest/watch_hub.h"
#include "rest/watcher.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/access.h"

namespace skyden::rest {
namespace {

constexpr std::string_view kWatchTitle = "Could not watch";

using Violations = std::vector<base::FieldViolation>;

// Each of a comma-separated list.
template <class Fn>
void ForEach(std::string_view list, Fn fn) {
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    if (comma > 0) fn(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}

// The types that were asked for; without any, all that have a path and may be read.
absl::StatusOr<std::vector<model::TypeId>> ReadTypes(const Deps& deps, const Call& call,
                                                     Violations& violations) {
  std::vector<model::TypeId> types;
  bool asked = false;
  absl::Status denied;
  for (const auto& [key, value] : call.query.pairs()) {
    if (key != "type") continue;
    ForEach(value, [&](std::string_view name) {
      asked = true;
      const model::TypeDescriptor* type = deps.registry.FindByName(name);
      if (type == nullptr) {
        violations.push_back({"type", "there is no type " + std::string(name)});
      } else {
        // Of a part of them: which, the watcher asks of each.
        if (resources::MayRead(*call.scope, *type).nothing()) {
          denied.Update(resources::CheckMayRead(*call.scope, *type));
        }
        types.push_back(type->id);
      }
    });
  }
  if (!denied.ok()) return denied;
  for (const model::TypeDescriptor& type : deps.registry.all()) {
    if (asked) break;
    if (type.path.empty() || resources::MayRead(*call.scope, type).nothing()) continue;
    types.push_back(type.id);
  }
  std::sort(types.begin(), types.end());
  types.erase(std::unique(types.begin(), types.end()), types.end());
  return types;
}

// The id of the last event that was seen. The header wins: a browser sends it when it reconnects to
// the same URL. Ids without an epoch are of a version that had none; in `since`, a number alone is
// a revision of now, as a person would say it.
void ReadSince(std::string_view epoch, const Call& call, WatchRequest& request,
               Violations& violations) {
  const auto header = call.request.Find("last-event-id");
  const bool has_header = header && !header->empty();
  const std::string_view text =
      has_header ? *header : std::string_view(call.query.Get("since").value_or(""));
  if (text.empty()) return;
  if (const auto place = ParseEventId(text)) {
    request.since = place->revision;
    request.of_other_life = place->epoch != epoch;
    return;
  }
  const auto number = ReadGoInt(text);
  if (number.value && *number.value >= 0) {
    request.since = static_cast<model::Revision>(*number.value);
    request.of_other_life = has_header;
    return;
  }
  violations.push_back(
      {has_header ? "Last-Event-ID" : "since", "must be the id of an event, or a revision"});
}

}  // namespace

void AddEventEndpoint(const Deps& deps, WatchHub& watches, KumaRoutes& routes) {
  const auto action = [&deps, &watches](CallPtr call) {
    const std::string request_id = call->request.request_id;
    Violations violations;
    WatchRequest request;
    auto types = ReadTypes(deps, *call, violations);
    if (!types.ok()) return call->Finish(KumaError(types.status(), kWatchTitle, request_id));
    request.types = *std::move(types);
    ReadSince(deps.store.epoch(), *call, request, violations);
    request.mesh = call->query.Get("mesh").value_or("");
    if (!violations.empty()) {
      return call->Finish(KumaInvalid(std::string(kWatchTitle), "The question is not valid",
                                      std::move(violations)));
    }
    const absl::Status begun = watches.Begin(call, std::move(request));
    if (!begun.ok()) call->Finish(KumaError(begun, kWatchTitle, request_id));
  };
  routes.Add(http::Method::kGet, "/events", action, KumaRoutes::Needs::kUser,
             KumaRoutes::Answers::kEvents, KumaRoutes::Narrowed::kDecides);
}

}  // namespace skyden::rest
