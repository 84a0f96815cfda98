// SPDX-License-Identifier: Apache-2.0
#include "admin/audit_grpc.h"

#include <fmt/format.h>

#include "admin/convert.h"
#include "admin/errors.h"
#include "skyden/audit/audit_service.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/identity/authenticator.h"

namespace skyden::admin {
namespace {

absl::StatusOr<absl::Time> ToTime(const google::protobuf::Timestamp& time,
                                  const std::string& field) {
  constexpr int64_t kLatest = 253402300799;  // year 9999
  if (time.seconds() < 0 || time.seconds() > kLatest || time.nanos() < 0 ||
      time.nanos() > 999'999'999) {
    return BadField(field, "must be a time from 1970 to 9999");
  }
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

absl::StatusOr<store::AuditQuery> ToQuery(const v1::ListAuditRequest& request) {
  if (request.page_size() > uint32_t{base::limits::kPageSizeMax}) {
    return BadField("page_size", fmt::format("must be at most {}", base::limits::kPageSizeMax));
  }
  store::AuditQuery query;
  query.limit = request.page_size() == 0 ? size_t{base::limits::kPageSizeDefault}
                                         : size_t{request.page_size()};
  query.bytes_max = base::limits::kAdminPageBytes;
  if (request.beyond() != 0) query.beyond = request.beyond();
  if (request.order() == v1::ListAuditRequest::OLDEST_FIRST) {
    query.order = store::AuditQuery::Order::kOldestFirst;
  }
  if (request.has_from()) {
    SKYDEN_ASSIGN_OR_RETURN(query.from, ToTime(request.from(), "from"));
  }
  if (request.has_to()) {
    SKYDEN_ASSIGN_OR_RETURN(query.to, ToTime(request.to(), "to"));
  }
  query.action = request.action();
  query.actor = request.actor();
  query.object_type = request.object_type();
  query.object_name = request.object_name();
  query.request_id = request.request_id();
  return query;
}

void FillEntry(const store::AuditEntry& entry, v1::AuditEntry* out) {
  out->set_sequence(entry.sequence);
  Fill(entry.note.at, out->mutable_at());
  out->set_control_plane_id(entry.control_plane.str());
  out->set_actor_kind(std::string(store::ActorKindName(entry.actor_kind)));
  out->set_actor_id(entry.actor_id);
  out->set_actor_name(entry.actor_name);
  out->set_peer(entry.origin.peer);
  out->set_request_id(entry.origin.request_id);
  out->set_trace_id(entry.origin.trace_id);
  out->set_action(entry.note.action);
  out->set_object_type(entry.note.object_type);
  out->set_object_name(entry.note.object_name);
  out->set_detail(entry.note.detail);
  out->set_hash(entry.hash.data(), entry.hash.size());
}

}  // namespace

absl::StatusOr<store::AuditPage> AuditGrpc::Page(const identity::Caller& caller,
                                                 const v1::ListAuditRequest& request) const {
  SKYDEN_ASSIGN_OR_RETURN(const store::AuditQuery query, ToQuery(request));
  if (!request.control_plane_id().empty()) {
    SKYDEN_ASSIGN_OR_RETURN(const auto scope, calls_.Enter(caller, request.control_plane_id()));
    return calls_.deps().audit.List(scope, query);
  }
  SKYDEN_ASSIGN_OR_RETURN(const auto scope, calls_.deps().authenticator.EnterOrganization(caller));
  return calls_.deps().audit.List(scope, query);
}

grpc::ServerUnaryReactor* AuditGrpc::List(grpc::CallbackServerContext* context,
                                          const v1::ListAuditRequest* request,
                                          v1::ListAuditResponse* response) {
  return calls_.StartBlocking(
      context, [this, request, response](const identity::Caller& caller) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const store::AuditPage page, Page(caller, *request));
        for (const store::AuditEntry& entry : page.entries)
          FillEntry(entry, response->add_entries());
        response->set_next(page.next.value_or(0));
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* AuditGrpc::Export(grpc::CallbackServerContext* context,
                                            const v1::ListAuditRequest* request,
                                            v1::ExportAuditResponse* response) {
  return calls_.StartBlocking(
      context, [this, request, response](const identity::Caller& caller) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const store::AuditPage page, Page(caller, *request));
        std::string lines;
        for (const store::AuditEntry& entry : page.entries) lines += store::AuditLine(entry) + '\n';
        response->set_lines(std::move(lines));
        response->set_next(page.next.value_or(0));
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* AuditGrpc::Verify(grpc::CallbackServerContext* context,
                                            const v1::VerifyAuditRequest*,
                                            v1::VerifyAuditResponse* response) {
  return calls_.StartBlocking(
      context, [this, response](const identity::Caller& caller) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const auto scope,
                                calls_.deps().authenticator.EnterOrganization(caller));
        SKYDEN_ASSIGN_OR_RETURN(const audit::Verification found, calls_.deps().audit.Verify(scope));
        response->set_intact(found.intact());
        response->set_entries(found.entries);
        response->set_first(found.first);
        response->set_last(found.last);
        response->set_problem(found.problem);
        response->set_at_sequence(found.at_sequence);
        return absl::OkStatus();
      });
}

}  // namespace skyden::admin
