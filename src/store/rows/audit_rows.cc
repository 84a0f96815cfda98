// SPDX-License-Identifier: Apache-2.0
// Numbers are gapless and times never go back, so that a time is found by halving; all other
// filters look at each entry, and at no more of them than limits::kAuditScan in one call.
#include "store/rows/audit_rows.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "fmt/format.h"
#include "skyden/base/crypto.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "store/errors.h"
#include "store/rows/records.h"

namespace skyden::store::rows {

using enum StatementId;

namespace {

constexpr uint64_t kBeyondAll = std::numeric_limits<int64_t>::max();

absl::StatusOr<model::Principal::Kind> DecodeActorKind(std::string_view text) {
  using Kind = model::Principal::Kind;
  for (const Kind kind :
       {Kind::kSystem, Kind::kUser, Kind::kSystemAccount, Kind::kZone, Kind::kKumaUser}) {
    if (text == ActorKindName(kind)) return kind;
  }
  return Internal("a stored audit entry names an unknown kind of actor");
}

absl::Status DecodeDigest(std::string_view bytes, AuditDigest& digest) {
  if (bytes.size() != digest.size()) return Internal("a stored audit hash has another length");
  std::copy(bytes.begin(), bytes.end(), digest.begin());
  return absl::OkStatus();
}

// Columns from 1: sequence, tenant, control_plane, at, actor_kind, ..., detail, hash.
absl::StatusOr<AuditEntry> ReadAudit(const Row& row) {
  AuditEntry entry;
  entry.sequence = row.Unsigned(1);
  entry.tenant = model::TenantKey{row.Int(2)};
  entry.control_plane = model::ControlPlaneId(row.String(3));
  entry.note.at = DecodeTime(row.Int(4));
  SKYDEN_ASSIGN_OR_RETURN(entry.actor_kind, DecodeActorKind(row.Bytes(5)));
  entry.actor_id = row.String(6);
  entry.actor_name = row.String(7);
  entry.origin.peer = row.String(8);
  entry.origin.request_id = row.String(9);
  entry.origin.trace_id = row.String(10);
  entry.note.action = row.String(11);
  entry.note.object_type = row.String(12);
  entry.note.object_name = row.String(13);
  entry.note.detail = row.String(14);
  SKYDEN_RETURN_IF_ERROR(DecodeDigest(row.Bytes(15), entry.hash));
  return entry;
}

bool IsAction(const std::string& action, const std::string& wanted) {
  return action.rfind(wanted, 0) == 0 &&
         (action.size() == wanted.size() || action[wanted.size()] == '.');
}

bool Matches(const AuditEntry& entry, const AuditQuery& query) {
  const AuditNote& note = entry.note;
  const auto fits = [](const std::string& wanted, const std::string& text) {
    return wanted.empty() || wanted == text;
  };
  return (query.action.empty() || IsAction(note.action, query.action)) &&
         (fits(query.actor, entry.actor_id) || fits(query.actor, entry.actor_name)) &&
         fits(query.object_type, note.object_type) && fits(query.object_name, note.object_name) &&
         fits(query.request_id, entry.origin.request_id);
}

// Walks one organization's entries, or those of one control plane.
class Walk {
 public:
  Walk(Session& session, const Binding& binding, const model::ControlPlaneId& control_plane)
      : session_(session), binding_(binding), control_plane_(control_plane) {}

  absl::Status After(uint64_t sequence, uint64_t limit, Session::OnRow on_row) {
    if (control_plane_.empty()) {
      return session_.Run(binding_, kListAuditAfter,
                          {Param::Unsigned(sequence), Param::Unsigned(limit)}, on_row);
    }
    return session_.Run(
        binding_, kListAuditOfControlPlaneAfter,
        {Param::Text(control_plane_.str()), Param::Unsigned(sequence), Param::Unsigned(limit)},
        on_row);
  }

  absl::Status Before(uint64_t sequence, uint64_t limit, Session::OnRow on_row) {
    if (control_plane_.empty()) {
      return session_.Run(binding_, kListAuditBefore,
                          {Param::Unsigned(sequence), Param::Unsigned(limit)}, on_row);
    }
    return session_.Run(
        binding_, kListAuditOfControlPlaneBefore,
        {Param::Text(control_plane_.str()), Param::Unsigned(sequence), Param::Unsigned(limit)},
        on_row);
  }

  // The number of the last entry that is not later than `time`, or of one between it and the next.
  absl::StatusOr<uint64_t> LastUpTo(absl::Time time) {
    uint64_t low = 0;
    uint64_t high = 0;
    SKYDEN_RETURN_IF_ERROR(Before(kBeyondAll, 1, [&](const Row& row) {
      high = row.Unsigned(1);
      return absl::OkStatus();
    }));
    while (low < high) {
      const uint64_t middle = low + (high - low) / 2;
      uint64_t next = 0;
      absl::Time at = absl::InfiniteFuture();
      SKYDEN_RETURN_IF_ERROR(After(middle, 1, [&](const Row& row) {
        next = row.Unsigned(1);
        at = DecodeTime(row.Int(4));
        return absl::OkStatus();
      }));
      if (at > time) {
        high = middle;
      } else {
        low = next;
      }
    }
    return low;
  }

 private:
  Session& session_;
  const Binding& binding_;
  const model::ControlPlaneId& control_plane_;
};

}  // namespace

uint64_t BytesOf(const AuditEntry& entry) {
  constexpr uint64_t kFixed = 192;
  const AuditNote& note = entry.note;
  return kFixed + 2 * entry.control_plane.str().size() + entry.actor_id.size() +
         entry.actor_name.size() + entry.origin.peer.size() + entry.origin.request_id.size() +
         entry.origin.trace_id.size() + note.action.size() + note.object_type.size() +
         note.object_name.size() + note.detail.size();
}

absl::StatusOr<AuditPage> ListAuditRows(Session& session, const Binding& binding,
                                        const model::ControlPlaneId& only, AuditQuery query) {
  if (!only.empty()) query.control_plane = only;
  const bool newest_first = query.order == AuditQuery::Order::kNewestFirst;
  Walk walk(session, binding, query.control_plane);
  uint64_t beyond = query.beyond.value_or(newest_first ? kBeyondAll : 0);
  beyond = std::min(beyond, kBeyondAll);
  if (newest_first && query.to.has_value()) {
    SKYDEN_ASSIGN_OR_RETURN(const uint64_t last, walk.LastUpTo(*query.to));
    beyond = std::min(beyond, last + 1);
  }
  if (!newest_first && query.from.has_value()) {
    SKYDEN_ASSIGN_OR_RETURN(const uint64_t last, walk.LastUpTo(*query.from - absl::Nanoseconds(1)));
    beyond = std::max(beyond, last);
  }
  AuditPage page;
  uint64_t bytes = 0;
  uint64_t scanned = 0;
  uint64_t reached = 0;
  bool ended = false;  // what follows is out of the time asked for
  const absl::Status full = absl::CancelledError();
  const auto on_row = [&](const Row& row) -> absl::Status {
    const absl::Time at = DecodeTime(row.Int(4));
    ended = newest_first ? query.from.has_value() && at < *query.from
                         : query.to.has_value() && at > *query.to;
    if (ended) return full;
    SKYDEN_ASSIGN_OR_RETURN(AuditEntry entry, ReadAudit(row));
    const bool matches = Matches(entry, query);
    if (matches) bytes += BytesOf(entry);
    if (matches && bytes > query.bytes_max && !page.entries.empty()) return full;
    ++scanned;
    reached = row.Unsigned(1);
    if (matches) page.entries.push_back(std::move(entry));
    return page.entries.size() < query.limit ? absl::OkStatus() : full;
  };
  const uint64_t scan = base::limits::kAuditScan;
  const absl::Status walked =
      newest_first ? walk.Before(beyond, scan, on_row) : walk.After(beyond, scan, on_row);
  if (!walked.ok() && !absl::IsCancelled(walked)) return walked;
  const bool more = absl::IsCancelled(walked) ? !ended : scanned == scan;
  if (more) page.next = reached;
  return page;
}

absl::StatusOr<std::optional<AuditEntry>> LastAuditRow(Session& session, const Binding& binding) {
  std::optional<AuditEntry> last;
  SKYDEN_RETURN_IF_ERROR(session.Run(binding, kListAuditBefore,
                                     {Param::Unsigned(kBeyondAll), Param::Int(1)},
                                     [&](const Row& row) -> absl::Status {
                                       SKYDEN_ASSIGN_OR_RETURN(last, ReadAudit(row));
                                       return absl::OkStatus();
                                     }));
  return last;
}

absl::StatusOr<AuditTotal> FindAuditTotal(Session& session, const Binding& binding,
                                          uint64_t sequence) {
  AuditTotal total;
  SKYDEN_RETURN_IF_ERROR(
      session.Run(binding, kFindAuditTotal, {Param::Unsigned(sequence)}, [&total](const Row& row) {
        total = {row.Unsigned(1), row.Unsigned(2)};
        return absl::OkStatus();
      }));
  return total;
}

absl::StatusOr<uint64_t> FindAuditBeyond(Session& session, const Binding& binding, uint64_t bytes) {
  SKYDEN_ASSIGN_OR_RETURN(const auto last, LastAuditRow(session, binding));
  if (!last.has_value()) return 0;
  SKYDEN_ASSIGN_OR_RETURN(const AuditTotal end, FindAuditTotal(session, binding, last->sequence));
  SKYDEN_ASSIGN_OR_RETURN(const AuditTotal begin, FindAuditTotal(session, binding, 0));
  // The first whose followers take no more than `bytes`.
  uint64_t low = begin.sequence;
  uint64_t high = end.sequence;
  if (end.bytes - begin.bytes <= bytes) return 0;
  while (low < high) {
    const uint64_t middle = low + (high - low) / 2;
    SKYDEN_ASSIGN_OR_RETURN(const AuditTotal at, FindAuditTotal(session, binding, middle));
    if (end.bytes - at.bytes <= bytes) {
      high = middle;
    } else {
      low = std::max(at.sequence, middle) + 1;
    }
  }
  return low;
}

std::string MarkText(const AuditMark& mark) {
  return fmt::format(
      "{}:{}", mark.sequence,
      base::HexLower({reinterpret_cast<const char*>(mark.hash.data()), mark.hash.size()}));
}

std::string MarkContext(const Binding& binding, std::string_view name) {
  return fmt::format("audit mark:{}:{}", binding.organization, name);
}

absl::StatusOr<std::vector<AuditMark>> ListAuditMarkRows(Session& session, const Binding& binding,
                                                         const Sealer& sealer) {
  std::vector<AuditMark> marks;
  const auto on_row = [&](const Row& row) -> absl::Status {
    AuditMark mark;
    mark.name = row.String(1);
    mark.sequence = row.Unsigned(2);
    SKYDEN_RETURN_IF_ERROR(DecodeDigest(row.Bytes(3), mark.hash));
    const auto opened = sealer.Open(row.Bytes(4), MarkContext(binding, mark.name));
    mark.genuine = opened.ok() && *opened == MarkText(mark);
    marks.push_back(std::move(mark));
    return absl::OkStatus();
  };
  SKYDEN_RETURN_IF_ERROR(session.Run(binding, kListAuditMarks, {}, on_row));
  return marks;
}

}  // namespace skyden::store::rows
