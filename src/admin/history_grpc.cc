// SPDX-License-Identifier: Apache-2.0
#include "admin/history_grpc.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "admin/changes_convert.h"
#include "admin/convert.h"
#include "admin/errors.h"
#include "skyden/base/executor.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/model/lanes.h"
#include "skyden/model/revision_text.h"
#include "skyden/resources/access.h"
#include "skyden/resources/resource_manager.h"
#include "skyden/store/audit.h"
#include "skyden/store/store.h"

namespace skyden::admin {
namespace {

using Pace = Calls::Pace;
using resources::ImportLine;

resources::PastReads ReadsOf(const Deps& deps, const model::TenantScope& scope) {
  return {deps.store, deps.registry, scope};
}

absl::Status FillList(const Deps& deps, const model::TenantScope& scope,
                      const v1::ListHistoryRequest& request, v1::ListHistoryResponse* response) {
  SKYDEN_ASSIGN_OR_RETURN(const auto filter, ToFilter(deps.registry, request.of()));
  if (request.page_size() > uint32_t{base::limits::kPageSizeMax}) {
    return BadField("page_size", fmt::format("must be at most {}", base::limits::kPageSizeMax));
  }
  const size_t size = request.page_size() == 0 ? size_t{base::limits::kPageSizeDefault}
                                               : size_t{request.page_size()};
  std::optional<store::HistoryPlace> beyond;
  if (request.has_beyond()) {
    const v1::HistoryPlace& place = request.beyond();
    // Beyond what any revision is, as a store counts them.
    const auto revision = std::min<uint64_t>(place.revision(), INT64_MAX);
    beyond = store::HistoryPlace{revision, place.type(), {place.mesh(), place.name()}};
  }
  SKYDEN_ASSIGN_OR_RETURN(const auto found,
                          resources::ListPastChanges(ReadsOf(deps, scope), filter, beyond, size));
  response->set_oldest_revision(found.span.oldest);
  response->set_revision(found.span.current);
  for (const store::HistoryEntry& entry : found.page.entries) {
    v1::HistoryEntry& one = *response->add_entries();
    one.set_revision(entry.revision);
    Fill(entry.at, one.mutable_at());
    one.set_action(NameOf(entry.action));
    one.set_type(deps.registry.at(entry.type).name);
    one.set_mesh(entry.key.mesh);
    one.set_name(entry.key.name);
    one.set_actor_kind(std::string(store::ActorKindName(entry.actor_kind)));
    one.set_actor_id(entry.actor_id);
    one.set_actor_name(entry.actor_name);
  }
  if (const auto& next = found.page.next; next.has_value()) {
    v1::HistoryPlace& place = *response->mutable_next();
    place.set_revision(next->revision);
    place.set_type(next->type);
    place.set_mesh(next->key.mesh);
    place.set_name(next->key.name);
  }
  return absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* PreviewsGrpc::Preview(grpc::CallbackServerContext* context,
                                                const v1::PreviewRequest* request,
                                                v1::PreviewResponse* response) {
  return calls_.StartInControlPlane(
      context, request->control_plane_id(), model::Action::kRead, Pace::kLong,
      [this, request, response](const model::TenantScope& scope, Answer answer) {
        if (!calls_.deps().preview) {
          return answer(absl::UnavailableError("previews are not served now; try again"));
        }
        auto documents = ToDocuments(*request);
        if (!documents.ok()) return answer(documents.status());
        const auto text = calls_.deps().preview(scope, *std::move(documents));
        if (!text.ok()) return answer(text.status());
        if (text->size() > base::limits::kAdminPageBytes) return answer(AnswerTooLarge());
        const auto read =
            google::protobuf::util::JsonStringToMessage(*text, response->mutable_preview());
        answer(read.ok() ? absl::OkStatus() : absl::InternalError("a preview that is no JSON"));
      });
}

grpc::ServerUnaryReactor* HistoryGrpc::List(grpc::CallbackServerContext* context,
                                            const v1::ListHistoryRequest* request,
                                            v1::ListHistoryResponse* response) {
  return calls_.StartInControlPlane(
      context, request->control_plane_id(), model::Action::kRead, Pace::kShort,
      [this, request, response](const model::TenantScope& scope, Answer answer) {
        answer(FillList(calls_.deps(), scope, *request, response));
      });
}

grpc::ServerUnaryReactor* HistoryGrpc::Diff(grpc::CallbackServerContext* context,
                                            const v1::DiffHistoryRequest* request,
                                            v1::DiffHistoryResponse* response) {
  return calls_.StartInControlPlane(
      context, request->control_plane_id(), model::Action::kRead, Pace::kLong,
      [this, request, response](const model::TenantScope& scope, Answer answer) {
        answer(FillDiff(scope, *request, response));
      });
}

absl::Status HistoryGrpc::FillDiff(const model::TenantScope& scope,
                                   const v1::DiffHistoryRequest& request,
                                   v1::DiffHistoryResponse* response) const {
  const Deps& deps = calls_.deps();
  const auto reads = ReadsOf(deps, scope);
  SKYDEN_ASSIGN_OR_RETURN(const auto filter, ToFilter(deps.registry, request.of()));
  model::Revision to = request.to();
  if (to == 0) {
    SKYDEN_ASSIGN_OR_RETURN(const auto now, resources::ListPastChanges(reads, {}, std::nullopt, 1));
    to = now.span.current;
  }
  SKYDEN_ASSIGN_OR_RETURN(auto found, resources::DiffOf(reads, filter, request.from(), to));
  std::vector<ImportLine> lines;
  lines.reserve(found.size());
  for (resources::PastDifference& one : found) lines.push_back(resources::LineOf(std::move(one)));
  response->set_from(request.from());
  response->set_to(to);
  response->set_left_out(Fill(deps.codec, lines, response->mutable_resources()));
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* HistoryGrpc::Restore(grpc::CallbackServerContext* context,
                                               const v1::RestoreHistoryRequest* request,
                                               v1::RestoreHistoryResponse* response) {
  return calls_.StartInControlPlane(
      context, request->control_plane_id(), model::Action::kWrite, Pace::kLong,
      [this, request, response](const model::TenantScope& scope, Answer answer) {
        const Deps& deps = calls_.deps();
        const absl::Status may = resources::CheckMayWrite(scope, *deps.registry.core().mesh);
        if (!may.ok()) return answer(may);
        auto restore = ToRequest(deps.registry, deps.epoch(), *request);
        if (!restore.ok()) return answer(restore.status());
        deps.manager.RestoreAsync(
            scope, *std::move(restore),
            [&deps, response, lane = model::LaneOf(scope.tenant()),
             answer = std::move(answer)](absl::StatusOr<resources::ImportAnswer> done) mutable {
              if (!done.ok()) return answer(done.status());
              // The writer has others to serve.
              deps.transfers.PostIn(lane, [&deps, response, done = *std::move(done),
                                           answer = std::move(answer)]() mutable {
                if (const auto revision = done.revision()) {
                  response->set_revision(model::RevisionText(deps.epoch(), *revision));
                }
                response->set_left_out(
                    Fill(deps.codec, done.Take().lines, response->mutable_resources()));
                answer(absl::OkStatus());
              });
            });
      });
}

}  // namespace skyden::admin
