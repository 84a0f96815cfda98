// SPDX-License-Identifier: Apache-2.0
// Times never go back, so that a time is found by halving; all other
// filters look at each entry, and at no more of them than limits::kAuditScan in one call.
#include "store/rows/audit_rows.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "fmt/format.h"
#include "skyden/base/crypto.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "store/errors.h"
#include "store/rows/audit_walk.h"
#include "store/rows/records.h"

namespace skyden::store::rows {

using enum StatementId;

namespace {

bool IsAction(const std::string& action, const std::string& wanted) {
  return action.rfind(wanted, 0) == 0 &&
         (action.size() == wanted.size() || action[wanted.size()] == '.');
}

bool Matches(const AuditEntry& entry, const AuditQuery& query) {
  const AuditNote& note = entry.note;
  const auto fits = [](const std::string& wanted, const std::string& text) {
    return wanted.empty() || wanted == text;
  };
  using About = AuditQuery::About;
  const bool signs_in = IsAction(note.action, kActionOfSignIns);
  return (query.about == About::kAnything || signs_in == (query.about == About::kSignIns)) &&
         (query.action.empty() || IsAction(note.action, query.action)) &&
         (fits(query.actor, entry.actor_id) || fits(query.actor, entry.actor_name)) &&
         fits(query.object_type, note.object_type) && fits(query.object_name, note.object_name) &&
         fits(query.request_id, entry.origin.request_id);
}

// Walks the entries of an organization, of one control plane, or of one chain. An entry's number is
// its place, and in a chain its number there.
class Walk {
 public:
  Walk(Session& session, const Binding& binding, const AuditQuery& query)
      : session_(session), binding_(binding), query_(query) {}

  uint64_t NumberOf(const Row& row) const { return row.Unsigned(query_.chain ? 1 : 17); }

  absl::Status After(uint64_t number, uint64_t limit, Session::OnRow on_row) {
    return Run(kListAuditAfter, kListAuditOfControlPlaneAfter, kListAuditOfChainAfter, number,
               limit, on_row);
  }
  absl::Status Before(uint64_t number, uint64_t limit, Session::OnRow on_row) {
    return Run(kListAuditBefore, kListAuditOfControlPlaneBefore, kListAuditOfChainBefore, number,
               limit, on_row);
  }

  // The number of the last entry that is not later than `time`, or of one between it and the next.
  absl::StatusOr<uint64_t> LastUpTo(absl::Time time) {
    uint64_t low = 0;
    uint64_t high = 0;
    SKYDEN_RETURN_IF_ERROR(Before(kBeyondAll, 1, [&](const Row& row) {
      high = NumberOf(row);
      return absl::OkStatus();
    }));
    while (low < high) {
      const uint64_t middle = low + (high - low) / 2;
      uint64_t next = 0;
      absl::Time at = absl::InfiniteFuture();
      SKYDEN_RETURN_IF_ERROR(After(middle, 1, [&](const Row& row) {
        next = NumberOf(row);
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
  absl::Status Run(StatementId all, StatementId of_control_plane, StatementId of_chain,
                   uint64_t number, uint64_t limit, Session::OnRow on_row) {
    const Param from = Param::Unsigned(number);
    const Param at_most = Param::Unsigned(limit);
    if (query_.chain.has_value()) {
      const Param chain = Param::Int(static_cast<int64_t>(*query_.chain));
      return session_.Run(binding_, of_chain, {chain, from, at_most}, on_row);
    }
    if (query_.control_plane.empty()) return session_.Run(binding_, all, {from, at_most}, on_row);
    const Param control_plane = Param::Text(query_.control_plane.str());
    return session_.Run(binding_, of_control_plane, {control_plane, from, at_most}, on_row);
  }

  Session& session_;
  const Binding& binding_;
  const AuditQuery& query_;
};

}  // namespace

uint64_t BytesOf(const AuditEntry& entry) {
  constexpr uint64_t kFixed = 224;
  const AuditNote& note = entry.note;
  return kFixed + 2 * entry.control_plane.str().size() + entry.actor_id.size() +
         entry.actor_name.size() + entry.origin.peer.size() + entry.origin.request_id.size() +
         entry.origin.trace_id.size() + note.action.size() + note.object_type.size() +
         note.object_name.size() + note.detail.size();
}

absl::StatusOr<AuditPage> ListAuditRows(Session& session, const Binding& binding,
                                        const model::ControlPlaneId& only, AuditQuery query) {
  if (!only.empty()) {
    query.control_plane = only;
    query.chain.reset();
  }
  const bool newest_first = query.order == AuditQuery::Order::kNewestFirst;
  Walk walk(session, binding, query);
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
    reached = walk.NumberOf(row);
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

absl::StatusOr<std::vector<AuditChainRef>> ListAuditChainRows(Session& session,
                                                              const Binding& binding) {
  std::map<model::TenantKey, model::ControlPlaneId> chains;
  SKYDEN_RETURN_IF_ERROR(
      session.Run(binding, kListMarkedChains, {Param::Text(kAuditEnd)}, [&chains](const Row& row) {
        chains.emplace(model::TenantKey{row.Int(1)}, model::ControlPlaneId());
        return absl::OkStatus();
      }));
  for (std::optional<int64_t> last = -1; last.has_value();) {
    const int64_t from = *std::exchange(last, std::nullopt);
    SKYDEN_RETURN_IF_ERROR(session.Run(
        binding, kNextAuditChain, {Param::Int(from)}, [&](const Row& row) -> absl::Status {
          last = row.Int(1);
          if (*last <= from) return Internal("the audit's chains do not end");
          const bool own = *last == 0;  // may begin with an entry about a control plane
          chains[model::TenantKey{*last}] = model::ControlPlaneId(own ? "" : row.String(2));
          return absl::OkStatus();
        }));
  }
  std::vector<AuditChainRef> found;
  found.reserve(chains.size());
  for (auto& [chain, control_plane] : chains) found.push_back({chain, std::move(control_plane)});
  return found;
}

absl::StatusOr<std::optional<AuditEntry>> FindAuditUpTo(Session& session, const Binding& binding,
                                                        model::TenantKey chain, uint64_t place) {
  ChainWalk walk(session, binding, chain);
  SKYDEN_ASSIGN_OR_RETURN(const auto ends, walk.Ends());
  if (!ends.has_value()) return std::optional<AuditEntry>();
  SKYDEN_ASSIGN_OR_RETURN(const auto step, walk.UpTo(*ends, place));
  if (!step.has_value()) return std::optional<AuditEntry>();
  return walk.At(step->sequence);
}

namespace {

struct Bounded {
  ChainWalk walk;
  ChainWalk::Bounds ends;
};

// What all chains have in entries after `place`; of each, its first entry counts nothing.
absl::StatusOr<uint64_t> BytesAfter(std::vector<Bounded>& chains, uint64_t place) {
  uint64_t bytes = 0;
  for (Bounded& each : chains) {
    SKYDEN_ASSIGN_OR_RETURN(const auto from, each.walk.UpTo(each.ends, place));
    bytes += each.ends.last.bytes - from.value_or(each.ends.first).bytes;
  }
  return bytes;
}

}  // namespace

absl::StatusOr<uint64_t> FindAuditBeyond(Session& session, const Binding& binding, uint64_t bytes) {
  SKYDEN_ASSIGN_OR_RETURN(const auto chains, ListAuditChainRows(session, binding));
  std::vector<Bounded> bounded;
  // Halving ends with the first place after which there is no more than `bytes`.
  uint64_t low = 0;
  uint64_t high = 0;
  for (const AuditChainRef& each : chains) {
    ChainWalk walk(session, binding, each.chain);
    SKYDEN_ASSIGN_OR_RETURN(const auto ends, walk.Ends());
    if (!ends.has_value()) continue;
    high = std::max(high, ends->last.place);
    bounded.push_back({walk, *ends});
  }
  SKYDEN_ASSIGN_OR_RETURN(const uint64_t all, BytesAfter(bounded, 0));
  if (all <= bytes) return 0;
  while (low < high) {
    const uint64_t middle = low + (high - low) / 2;
    SKYDEN_ASSIGN_OR_RETURN(const uint64_t after, BytesAfter(bounded, middle));
    if (after <= bytes) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

std::string MarkText(const AuditMark& mark) {
  return fmt::format(
      "{}:{}", mark.sequence,
      base::HexLower({reinterpret_cast<const char*>(mark.hash.data()), mark.hash.size()}));
}

std::string MarkContext(const Binding& binding, model::TenantKey chain, std::string_view name) {
  // As it was when there was one chain.
  if (chain == model::TenantKey{})
    return fmt::format("audit mark:{}:{}", binding.organization, name);
  return fmt::format("audit mark:{}:{}:{}", binding.organization, static_cast<int64_t>(chain),
                     name);
}

absl::StatusOr<std::vector<AuditMark>> ListAuditMarkRows(Session& session, const Binding& binding,
                                                         const Sealer& sealer,
                                                         model::TenantKey chain) {
  std::vector<AuditMark> marks;
  const auto on_row = [&](const Row& row) -> absl::Status {
    AuditMark mark;
    mark.name = row.String(1);
    mark.sequence = row.Unsigned(2);
    SKYDEN_RETURN_IF_ERROR(DecodeDigest(row.Bytes(3), mark.hash));
    const auto opened = sealer.Open(row.Bytes(4), MarkContext(binding, chain, mark.name));
    mark.genuine = opened.ok() && *opened == MarkText(mark);
    marks.push_back(std::move(mark));
    return absl::OkStatus();
  };
  SKYDEN_RETURN_IF_ERROR(
      session.Run(binding, kListAuditMarks, {Param::Int(static_cast<int64_t>(chain))}, on_row));
  return marks;
}

}  // namespace skyden::store::rows
