// SPDX-License-Identifier: Apache-2.0
// What goes along with a delivery is sealed, bound to the organization and the destination: a row
// that is put in another's place opens to nothing.
#include "store/rows/sending_rows.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "fmt/format.h"
#include "skyden/base/status.h"
#include "store/errors.h"
#include "store/rows/records.h"
#include "store/rows/transactions.h"

namespace skyden::store {

using Progress = AuditReplay::Progress;

const char* NameOf(Progress progress) {
  switch (progress) {
    case Progress::kNone:
      return "unconfigured";
    case Progress::kAccepted:
      return "accepted";
    case Progress::kRunning:
      return "running";
    case Progress::kCompleted:
      return "completed";
    case Progress::kFailed:
      return "failed";
  }
  return "";
}

namespace rows {

using enum StatementId;

namespace {

absl::StatusOr<Progress> DecodeProgress(std::string_view text) {
  for (const Progress progress : {Progress::kNone, Progress::kAccepted, Progress::kRunning,
                                  Progress::kCompleted, Progress::kFailed}) {
    if (text == NameOf(progress)) return progress;
  }
  return Internal("a stored progress of a replay does not decode");
}

std::string ContextOf(const Binding& binding, const std::string& id) {
  return fmt::format("audit destination:{}:{}", binding.organization, id);
}

absl::Time TimeOr(const Row& row, int column, absl::Time otherwise) {
  return row.IsNull(column) ? otherwise : DecodeTime(row.Int(column));
}

// With what goes along as it is stored.
absl::StatusOr<std::vector<AuditDestination>> ReadDestinations(Session& session,
                                                               const Binding& binding) {
  std::vector<AuditDestination> found;
  SKYDEN_RETURN_IF_ERROR(session.Run(binding, kListAuditDestinations, {}, [&found](const Row& row) {
    AuditDestination& one = found.emplace_back();
    one.id = row.String(1);
    one.name = row.String(2);
    one.endpoint = row.String(3);
    one.authorization = row.String(4);
    one.has_authorization = !one.authorization.empty();
    one.log_format = row.String(5);
    one.created_at = DecodeTime(row.Int(6));
    one.updated_at = DecodeTime(row.Int(7));
    return absl::OkStatus();
  }));
  return found;
}

}  // namespace

absl::StatusOr<std::vector<TokenOfAccount>> ListEndingTokenRows(Session& session,
                                                                const Binding& binding,
                                                                absl::Time from, absl::Time to,
                                                                size_t limit) {
  std::vector<TokenOfAccount> found;
  const auto on_row = [&found](const Row& row) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(TokenRecord token, ReadToken(row));
    SKYDEN_ASSIGN_OR_RETURN(AccountRecord account, ReadAccount(row, 14));
    found.push_back({std::move(token), std::move(account)});
    return absl::OkStatus();
  };
  SKYDEN_RETURN_IF_ERROR(session.Run(
      binding, kListEndingTokens,
      {Param::Int(EncodeTime(from)), Param::Int(EncodeTime(to)), Param::Unsigned(limit)}, on_row));
  return found;
}

absl::StatusOr<std::vector<AuditDestination>> ListAuditDestinationRows(Session& session,
                                                                       const Binding& binding) {
  SKYDEN_ASSIGN_OR_RETURN(std::vector<AuditDestination> found, ReadDestinations(session, binding));
  for (AuditDestination& one : found) one.authorization.clear();
  std::sort(found.begin(), found.end(), [](const AuditDestination& a, const AuditDestination& b) {
    return std::tie(a.created_at, a.id) < std::tie(b.created_at, b.id);
  });
  return found;
}

absl::StatusOr<std::optional<AuditDestination>> FindAuditDestinationRow(Session& session,
                                                                        const Binding& binding,
                                                                        const Sealer& sealer,
                                                                        const std::string& id) {
  SKYDEN_ASSIGN_OR_RETURN(const std::vector<AuditDestination> all,
                          ReadDestinations(session, binding));
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&id](const AuditDestination& one) { return one.id == id; });
  if (found == all.end()) return std::nullopt;
  AuditDestination destination = *found;
  if (destination.has_authorization) {
    SKYDEN_ASSIGN_OR_RETURN(destination.authorization,
                            sealer.Open(found->authorization, ContextOf(binding, id)));
  }
  return destination;
}

absl::StatusOr<AuditWebhook> FindAuditWebhookRow(Session& session, const Binding& binding) {
  AuditWebhook webhook;
  SKYDEN_RETURN_IF_ERROR(
      session.Run(binding, kFindAuditWebhook, {}, [&webhook](const Row& row) -> absl::Status {
        webhook.destination = row.String(1);
        webhook.enabled = row.Int(2) != 0;
        webhook.place = row.Unsigned(3);
        if (!row.IsNull(4)) webhook.attempted_at = DecodeTime(row.Int(4));
        webhook.response = static_cast<int>(row.Int(5));
        webhook.delivered = row.Unsigned(6);
        webhook.failed = row.Unsigned(7);
        AuditReplay& replay = webhook.replay;
        replay.from = TimeOr(row, 8, absl::InfinitePast());
        replay.to = TimeOr(row, 9, absl::InfinitePast());
        replay.at = TimeOr(row, 10, absl::InfinitePast());
        replay.place = row.Unsigned(11);
        SKYDEN_ASSIGN_OR_RETURN(replay.progress, DecodeProgress(row.Bytes(12)));
        return absl::OkStatus();
      }));
  return webhook;
}

absl::Status OrganizationWriteTx::PutAuditDestination(const AuditDestination& destination) {
  std::string sealed;
  if (!destination.authorization.empty()) {
    SKYDEN_ASSIGN_OR_RETURN(sealed, context_.sealer.Seal(destination.authorization,
                                                         ContextOf(binding(), destination.id)));
  }
  outcome_.wrote = true;
  return Run(kPutAuditDestination,
             {Param::Text(destination.id), Param::Text(destination.name),
              Param::Text(destination.endpoint), Param::Blob(sealed),
              Param::Text(destination.log_format), Param::Int(EncodeTime(destination.created_at)),
              Param::Int(EncodeTime(destination.updated_at))});
}

absl::Status OrganizationWriteTx::DeleteAuditDestination(const std::string& id) {
  outcome_.wrote = true;
  SKYDEN_RETURN_IF_ERROR(Run(kDeleteAuditDestination, {Param::Text(id)}));
  return session_.changed() == 1 ? absl::OkStatus() : AuditDestinationNotFound();
}

absl::Status OrganizationWriteTx::SetAuditWebhook(const std::string& destination, bool enabled,
                                                  uint64_t place) {
  outcome_.wrote = true;
  return Run(kPutAuditWebhook, {Param::Text(destination), Param::Int(enabled ? 1 : 0),
                                Param::Unsigned(place), Param::Text(NameOf(Progress::kNone))});
}

absl::Status OrganizationWriteTx::SetAuditReplay(const AuditReplay& replay) {
  outcome_.wrote = true;
  SKYDEN_RETURN_IF_ERROR(
      Run(kPutAuditReplay, {Param::Int(EncodeTime(replay.from)), Param::Int(EncodeTime(replay.to)),
                            Param::Int(EncodeTime(replay.at)), Param::Unsigned(replay.place),
                            Param::Text(NameOf(replay.progress))}));
  return session_.changed() == 1 ? absl::OkStatus() : AuditWebhookNotFound();
}

absl::Status OrganizationWriteTx::NoteAuditDelivery(uint64_t before, uint64_t place,
                                                    const AuditAttempt& attempt) {
  outcome_.wrote = true;
  return Run(kNoteAuditDelivery,
             {Param::Unsigned(before), Param::Unsigned(place), Param::Int(EncodeTime(attempt.at)),
              Param::Int(attempt.response), Param::Unsigned(attempt.entries),
              Param::Int(attempt.entries == 0 ? 1 : 0)});
}

absl::Status OrganizationWriteTx::NoteAuditReplay(const AuditReplay& replay,
                                                  const AuditAttempt& attempt) {
  outcome_.wrote = true;
  return Run(kNoteAuditReplay,
             {Param::Int(EncodeTime(replay.at)), Param::Unsigned(replay.place),
              Param::Text(NameOf(replay.progress)), Param::Int(EncodeTime(attempt.at)),
              Param::Int(attempt.response), Param::Unsigned(attempt.entries),
              Param::Int(attempt.entries == 0 ? 1 : 0)});
}

}  // namespace rows
}  // namespace skyden::store
