// SPDX-License-Identifier: Apache-2.0
// Ends are read once and kept: a change costs one insert and one hash. A savepoint that is rolled
// back puts them back; a transaction that is lost has them read anew. The stored mark of an end is
// written once a commit, however many entries it has.
#include "store/rows/audit_chain.h"

#include <algorithm>

#include "fmt/format.h"
#include "skyden/base/json_text.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/base/utf8.h"
#include "skyden/telemetry/log.h"
#include "store/errors.h"
#include "store/rows/audit_rows.h"
#include "store/rows/audit_walk.h"
#include "store/rows/records.h"

namespace skyden::store::rows {

using enum StatementId;
namespace limits = base::limits;

namespace {

Param DigestParam(const AuditDigest& digest) {
  return Param::Blob({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

// As it is shown: what is not UTF-8 must not be in the table either, or the hash would not tell it
// from its replacement. Nor a NUL, which not every engine keeps.
void Tame(std::string& text) {
  if (text.size() > limits::kAuditTextBytes) {
    size_t end = limits::kAuditTextBytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    text.resize(end);
  }
  std::replace(text.begin(), text.end(), '\0', '?');
  if (base::IsValidUtf8(text)) return;
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
}

void Tame(AuditEntry& entry) {
  for (std::string* text : {&entry.actor_id, &entry.actor_name, &entry.origin.peer,
                            &entry.origin.request_id, &entry.origin.trace_id, &entry.note.action,
                            &entry.note.object_type, &entry.note.object_name}) {
    Tame(*text);
  }
  std::string& detail = entry.note.detail;
  if (detail.size() > limits::kAuditDetailBytes) {
    detail = fmt::format(R"({{"omitted_bytes":{}}})", detail.size());
  } else if (!base::IsValidUtf8(detail) || detail.find('\0') != std::string::npos) {
    detail = R"({"omitted":"not UTF-8"})";
  }
}

}  // namespace

bool AuditActor::IsPerson() const {
  using Kind = model::Principal::Kind;
  return kind == Kind::kUser || kind == Kind::kSystemAccount || kind == Kind::kKumaUser;
}

AuditActor AuditActor::Tamed() const {
  AuditActor tamed{kind, id, name, {}};
  Tame(tamed.id);
  Tame(tamed.name);
  return tamed;
}

absl::Status AuditChain::Append(Session& session, model::OrganizationKey organization,
                                const AuditActor& actor, std::vector<PendingNote> notes) {
  for (PendingNote& pending : notes) {
    const Key key{organization, pending.tenant};
    SKYDEN_ASSIGN_OR_RETURN(End* const end, Find(session, key, pending.control_plane));
    AuditEntry entry;
    entry.tenant = pending.tenant;
    entry.control_plane = std::move(pending.control_plane);
    entry.actor_kind = actor.kind;
    entry.actor_id = actor.id;
    entry.actor_name = actor.name;
    entry.origin = actor.origin;
    entry.note = std::move(pending.note);
    SKYDEN_RETURN_IF_ERROR(Write(session, key, *end, std::move(entry)));
  }
  return absl::OkStatus();
}

absl::StatusOr<AuditChain::End*> AuditChain::Find(Session& session, const Key& key,
                                                  const model::ControlPlaneId& about) {
  const auto known = ends_.find(key);
  if (known != ends_.end()) {
    before_.emplace_back(key, known->second);
    return &known->second;
  }
  before_.emplace_back(key, std::nullopt);
  SKYDEN_ASSIGN_OR_RETURN(const End loaded, Load(session, key, about));
  return &ends_.insert_or_assign(key, loaded).first->second;
}

absl::StatusOr<AuditChain::End> AuditChain::Load(Session& session, const Key& key,
                                                 const model::ControlPlaneId& about) {
  const Binding binding = BindingOf(key.organization);
  ChainWalk walk(session, binding, key.chain);
  SKYDEN_ASSIGN_OR_RETURN(const auto last, walk.Last());
  SKYDEN_ASSIGN_OR_RETURN(const auto marks,
                          ListAuditMarkRows(session, binding, sealer_, key.chain));
  End end;
  if (last.has_value()) {
    SKYDEN_ASSIGN_OR_RETURN(const auto step, walk.From(last->sequence));
    end = {last->sequence, last->hash, last->note.at, step->bytes, last->sequence};
  }
  const auto mark = std::find_if(marks.begin(), marks.end(),
                                 [](const AuditMark& m) { return m.name == kAuditEnd; });
  const bool is_new = mark == marks.end() && !last.has_value();
  if (is_new && key.chain != model::TenantKey{}) {
    SKYDEN_RETURN_IF_ERROR(CountChain(session, key.organization));
  }
  const bool fits = mark != marks.end() && mark->genuine && mark->sequence == end.sequence &&
                    mark->hash == end.hash;
  if (is_new || fits) return end;
  // Somebody was at the table while we were not. What is missing stays missing in the numbers.
  AuditEntry entry;
  entry.tenant = key.chain;
  entry.control_plane = about;
  entry.actor_id = "system";
  entry.note.at = end.at == absl::InfinitePast() ? absl::UnixEpoch() : end.at;
  entry.note.action = kActionBroken;
  const uint64_t expected = mark == marks.end() ? 0 : mark->sequence;
  entry.note.detail = base::JsonObjectText()
                          .Raw("expected_end", fmt::format_int(expected).str())
                          .Raw("found_end", fmt::format_int(end.sequence).str())
                          .Take();
  telemetry::Log(telemetry::Level::error, "the audit does not end where it did",
                 {{"expected", std::to_string(expected)}, {"found", std::to_string(end.sequence)}});
  if (mark != marks.end() && mark->genuine) end.sequence = std::max(end.sequence, mark->sequence);
  SKYDEN_RETURN_IF_ERROR(Write(session, key, end, std::move(entry)));
  return end;
}

// A count that was not written here is left as it is: who verifies is to see it.
absl::Status AuditChain::CountChain(Session& session, model::OrganizationKey organization) {
  SKYDEN_ASSIGN_OR_RETURN(const auto marks,
                          ListAuditMarkRows(session, BindingOf(organization), sealer_, {}));
  AuditMark count{kAuditChains, 0, {}, true};
  for (const AuditMark& mark : marks) {
    if (mark.name == kAuditChains) count = mark;
  }
  if (!count.genuine) return absl::OkStatus();
  ++count.sequence;
  return WriteMark(session, organization, {}, count);
}

absl::StatusOr<AuditChain::Latest*> AuditChain::FindLatest(Session& session,
                                                           model::OrganizationKey organization) {
  auto known = latest_.find(organization);
  if (known == latest_.end()) {
    SKYDEN_ASSIGN_OR_RETURN(const auto last, LastAuditRow(session, BindingOf(organization)));
    const Latest latest = last.has_value() ? Latest{last->note.at, last->place} : Latest();
    known = latest_.emplace(organization, latest).first;
  }
  latest_before_.emplace_back(organization, known->second);
  return &known->second;
}

absl::Status AuditChain::Write(Session& session, const Key& key, End& end, AuditEntry entry) {
  Tame(entry);
  entry.sequence = end.sequence + 1;
  SKYDEN_ASSIGN_OR_RETURN(Latest* const latest, FindLatest(session, key.organization));
  latest->at = std::max({entry.note.at, end.at, latest->at});
  ++latest->place;
  entry.note.at = latest->at;
  entry.hash = AuditHash(end.hash, AuditDocument(entry));
  const AuditNote& note = entry.note;
  const uint64_t total = end.total + BytesOf(entry);
  SKYDEN_RETURN_IF_ERROR(session.Run(
      BindingOf(key.organization), kInsertAudit,
      {Param::Unsigned(entry.sequence), Param::Int(static_cast<int64_t>(entry.tenant)),
       Param::Text(entry.control_plane.str()), Param::Int(EncodeTime(note.at)),
       Param::Text(ActorKindName(entry.actor_kind)), Param::Text(entry.actor_id),
       Param::Text(entry.actor_name), Param::Text(entry.origin.peer),
       Param::Text(entry.origin.request_id), Param::Text(entry.origin.trace_id),
       Param::Text(note.action), Param::Text(note.object_type), Param::Text(note.object_name),
       Param::Text(note.detail), DigestParam(entry.hash), Param::Unsigned(total),
       Param::Int(static_cast<int64_t>(key.chain)), Param::Unsigned(latest->place)}));
  end.sequence = entry.sequence;
  end.hash = entry.hash;
  end.at = note.at;
  end.total = total;
  dirty_.push_back(key);
  return absl::OkStatus();
}

void AuditChain::AbandonRequest() {
  for (auto it = before_.rbegin(); it != before_.rend(); ++it) {
    if (it->second.has_value()) {
      ends_[it->first] = *it->second;
    } else {
      ends_.erase(it->first);
    }
  }
  before_.clear();
  for (auto it = latest_before_.rbegin(); it != latest_before_.rend(); ++it) {
    latest_[it->first] = it->second;
  }
  latest_before_.clear();
}

absl::Status AuditChain::WriteEnds(Session& session) {
  std::sort(dirty_.begin(), dirty_.end());
  dirty_.erase(std::unique(dirty_.begin(), dirty_.end()), dirty_.end());
  for (const Key& key : dirty_) {
    const auto found = ends_.find(key);
    if (found == ends_.end() || found->second.marked == found->second.sequence) continue;
    End& end = found->second;
    SKYDEN_RETURN_IF_ERROR(
        WriteMark(session, key.organization, key.chain, {kAuditEnd, end.sequence, end.hash, true}));
    end.marked = end.sequence;
  }
  return absl::OkStatus();
}

absl::Status AuditChain::WriteMark(Session& session, model::OrganizationKey organization,
                                   model::TenantKey chain, const AuditMark& mark) const {
  const Binding binding = BindingOf(organization);
  const auto sealed = sealer_.Seal(MarkText(mark), MarkContext(binding, chain, mark.name));
  if (!sealed.ok()) return Internal(base::ToStd(sealed.status().message()));
  return session.Run(
      binding, kSetAuditMark,
      {Param::Int(static_cast<int64_t>(chain)), Param::Text(mark.name),
       Param::Unsigned(mark.sequence), DigestParam(mark.hash), Param::Blob(*sealed)});
}

std::vector<AuditGrowth> AuditChain::TakeCommitted() {
  std::vector<AuditGrowth> grown = ToBeCommitted();
  dirty_.clear();
  return grown;
}

std::vector<AuditGrowth> AuditChain::ToBeCommitted() const {
  std::vector<AuditGrowth> grown;
  for (const Key& key : dirty_) {
    const auto found = ends_.find(key);
    if (found != ends_.end())
      grown.push_back({key.organization, key.chain, found->second.sequence});
  }
  return grown;
}

void AuditChain::Forget() {
  ends_.clear();
  latest_.clear();
  latest_before_.clear();
  before_.clear();
  dirty_.clear();
}

}  // namespace skyden::store::rows
