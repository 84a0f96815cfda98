// SPDX-License-Identifier: Apache-2.0
#include "rest/audit_sending_api.h"

#include <memory>
#include <string>
#include <utility>

#include "rest/audit_sending_json.h"
#include "rest/identity_answer.h"
#include "rest/page_query.h"
#include "skyden/audit/audit_service.h"
#include "skyden/base/clock.h"
#include "skyden/identity/permissions.h"

namespace skyden::rest {
namespace {

using audit::Destinations;
using http::Method;

// What the handlers share.
struct Sending {
  const Deps& deps;
  Destinations destinations;
};
using SendingPtr = std::shared_ptr<const Sending>;

void List(const Sending& sending, CallPtr call) {
  const auto& filters = AuditDestinationFilters();
  const auto query = DecodePage(call->query, model::NamesOf(filters));
  if (!query.value) return call->Finish(Refusal(query, *call));
  const auto all = sending.destinations.List(*call->organization);
  if (!all.ok()) return call->Finish(Refusal(all.status(), *call));
  call->Finish(ManagerJson(
      200, PageOf(*query.value, *all, filters, sending.deps.clock.Now(), WriteDestination)));
}

void Create(const Sending& sending, CallPtr call) {
  const auto request = DecodeDestination(call->request.body);
  if (!request.value) return call->Finish(Refusal(request, *call));
  auto made = sending.destinations.Create(*call->organization, *request.value);
  Answer(std::move(call), 201, made, WriteDestination);
}

void Show(const Sending& sending, CallPtr call) {
  auto found =
      sending.destinations.Find(*call->organization, std::string(call->parameters["destination"]));
  Answer(std::move(call), 200, found, WriteDestination);
}

void Update(const Sending& sending, CallPtr call) {
  const auto request = DecodeDestination(call->request.body);
  if (!request.value) return call->Finish(Refusal(request, *call));
  auto changed = sending.destinations.Update(
      *call->organization, std::string(call->parameters["destination"]), *request.value);
  Answer(std::move(call), 200, changed, WriteDestination);
}

void Delete(const Sending& sending, CallPtr call) {
  const absl::Status deleted = sending.destinations.Delete(
      *call->organization, std::string(call->parameters["destination"]));
  AnswerDone(std::move(call), deleted);
}

ShownWebhook ShownTo(const Call& call, const Deps& deps, const audit::WebhookView& own) {
  const bool operates = call.organization->access().IsOperator();
  return {own, operates, operates ? deps.audit_webhook : nullptr};
}

void AnswerWebhook(const Deps& deps, CallPtr call, const absl::StatusOr<audit::WebhookView>& view,
                   void (*write)(const ShownWebhook&, JsonWriter&)) {
  const Call& of = *call;
  Answer(std::move(call), 200, view, [&](const audit::WebhookView& own, JsonWriter& json) {
    write(ShownTo(of, deps, own), json);
  });
}

void ShowWebhook(const Sending& sending, CallPtr call) {
  const auto view = sending.destinations.Webhook(*call->organization);
  AnswerWebhook(sending.deps, std::move(call), view, WriteWebhook);
}

void ShowWebhookStatus(const Sending& sending, CallPtr call) {
  const auto view = sending.destinations.Webhook(*call->organization);
  AnswerWebhook(sending.deps, std::move(call), view, WriteWebhookStatus);
}

void ChangeWebhook(const Sending& sending, CallPtr call) {
  const auto request = DecodeWebhookChange(call->request.body);
  if (!request.value) return call->Finish(Refusal(request, *call));
  const auto view = sending.destinations.SetWebhook(*call->organization, *request.value);
  AnswerWebhook(sending.deps, std::move(call), view, WriteWebhook);
}

void DeleteWebhook(const Sending& sending, CallPtr call) {
  const auto none =
      sending.destinations.SetWebhook(*call->organization, {.destination = "", .enabled = false});
  AnswerDone(std::move(call), none.status());
}

void ShowReplay(const Sending& sending, CallPtr call) {
  auto replay = sending.destinations.Replay(*call->organization);
  Answer(std::move(call), 200, replay, WriteReplay);
}

void StartReplay(const Sending& sending, CallPtr call) {
  const auto span = DecodeReplay(call->request.body);
  if (!span.value) return call->Finish(Refusal(span, *call));
  auto replay =
      sending.destinations.StartReplay(*call->organization, span.value->from, span.value->to);
  Answer(std::move(call), 202, replay, WriteReplay);
}

}  // namespace

void AddAuditSending(const Deps& deps, CallerRoutes& routes) {
  const SendingPtr sending = std::make_shared<const Sending>(
      Sending{deps, Destinations(deps.store, deps.clock, deps.audit.destinations())});
  const auto add = [&](Method method, const char* pattern, void (*run)(const Sending&, CallPtr)) {
    routes.Add(method, pattern, CallerRoutes::Needs::kOrganization,
               [sending, run](CallPtr call) { run(*sending, std::move(call)); },
               {.first = [](const Call& call) {
                 return identity::CheckAdministrates(*call.organization);
               }});
  };
  add(Method::kGet, "/audit-log-destinations", &List);
  add(Method::kPost, "/audit-log-destinations", &Create);
  add(Method::kGet, "/audit-log-destinations/{destination}", &Show);
  add(Method::kPatch, "/audit-log-destinations/{destination}", &Update);
  add(Method::kDelete, "/audit-log-destinations/{destination}", &Delete);
  add(Method::kGet, "/audit-log-webhook", &ShowWebhook);
  add(Method::kPatch, "/audit-log-webhook", &ChangeWebhook);
  add(Method::kDelete, "/audit-log-webhook", &DeleteWebhook);
  add(Method::kGet, "/audit-log-webhook/status", &ShowWebhookStatus);
  add(Method::kGet, "/audit-log-replay-job", &ShowReplay);
  add(Method::kPut, "/audit-log-replay-job", &StartReplay);
}

}  // namespace skyden::rest
