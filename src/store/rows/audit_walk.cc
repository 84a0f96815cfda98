// SPDX-License-Identifier: Apache-2.0
// Numbers and places of a chain both grow, so that a place is found by halving over the numbers.
#include "store/rows/audit_walk.h"

#include <algorithm>
#include <limits>

#include "skyden/base/status.h"
#include "store/errors.h"
#include "store/rows/records.h"

namespace skyden::store::rows {

using enum StatementId;

namespace {}  // namespace

absl::StatusOr<model::Principal::Kind> DecodeActorKind(std::string_view text) {
  using Kind = model::Principal::Kind;
  for (const Kind kind :
       {Kind::kSystem, Kind::kUser, Kind::kSystemAccount, Kind::kZone, Kind::kKumaUser}) {
    if (text == ActorKindName(kind)) return kind;
  }
  return Internal("a stored row names an unknown kind of actor");
}

absl::Status DecodeDigest(std::string_view bytes, AuditDigest& digest) {
  if (bytes.size() != digest.size()) return Internal("a stored audit hash has another length");
  std::copy(bytes.begin(), bytes.end(), digest.begin());
  return absl::OkStatus();
}

// Columns from 1: sequence, tenant, control_plane, at, actor_kind, ..., detail, hash, chain, place.
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
  entry.chain = model::TenantKey{row.Int(16)};
  entry.place = row.Unsigned(17);
  return entry;
}

absl::StatusOr<std::optional<ChainWalk::Step>> ChainWalk::From(uint64_t sequence) {
  std::optional<Step> step;
  SKYDEN_RETURN_IF_ERROR(
      session_.Run(binding_, kFindAuditTotal,
                   {Param::Int(static_cast<int64_t>(chain_)), Param::Unsigned(sequence)},
                   [&step](const Row& row) {
                     step = {row.Unsigned(1), row.Unsigned(2), row.Unsigned(3)};
                     return absl::OkStatus();
                   }));
  return step;
}

absl::StatusOr<std::optional<AuditEntry>> ChainWalk::Last() {
  std::optional<AuditEntry> last;
  SKYDEN_RETURN_IF_ERROR(session_.Run(
      binding_, kListAuditOfChainBefore,
      {Param::Int(static_cast<int64_t>(chain_)), Param::Unsigned(kBeyondAll), Param::Int(1)},
      [&](const Row& row) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(last, ReadAudit(row));
        return absl::OkStatus();
      }));
  return last;
}

absl::StatusOr<std::optional<AuditEntry>> ChainWalk::At(uint64_t sequence) {
  std::optional<AuditEntry> found;
  SKYDEN_RETURN_IF_ERROR(session_.Run(
      binding_, kListAuditOfChainAfter,
      {Param::Int(static_cast<int64_t>(chain_)), Param::Unsigned(sequence - 1), Param::Int(1)},
      [&](const Row& row) -> absl::Status {
        if (row.Unsigned(1) != sequence) return absl::OkStatus();
        SKYDEN_ASSIGN_OR_RETURN(found, ReadAudit(row));
        return absl::OkStatus();
      }));
  return found;
}

absl::StatusOr<std::optional<ChainWalk::Bounds>> ChainWalk::Ends() {
  SKYDEN_ASSIGN_OR_RETURN(const std::optional<Step> first, From(0));
  if (!first.has_value()) return std::optional<Bounds>();
  SKYDEN_ASSIGN_OR_RETURN(const std::optional<AuditEntry> entry, Last());
  if (!entry.has_value()) return std::optional<Bounds>();
  SKYDEN_ASSIGN_OR_RETURN(const std::optional<Step> last, From(entry->sequence));
  return std::optional<Bounds>({*first, last.value_or(*first)});
}

absl::StatusOr<std::optional<ChainWalk::Step>> ChainWalk::UpTo(const Bounds& ends, uint64_t place) {
  if (ends.first.place > place) return std::optional<Step>();
  // What is looked for is `found`, or has a number from there to `high`.
  Step found = ends.first;
  uint64_t high = ends.last.sequence;
  while (found.sequence < high) {
    const uint64_t middle = found.sequence + (high - found.sequence + 1) / 2;
    SKYDEN_ASSIGN_OR_RETURN(const std::optional<Step> step, From(middle));
    if (step.has_value() && step->place <= place) {
      found = *step;
    } else {
      high = middle - 1;
    }
  }
  return std::optional<Step>(found);
}

}  // namespace skyden::store::rows
