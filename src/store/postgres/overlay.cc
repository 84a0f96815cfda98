// SPDX-License-Identifier: Apache-2.0
// Kept are only statements that cannot fail for a reason that is the caller's business, and whose
// answer is known: rows of resources that were looked at, entries and ends of the audit, and what
// the ledger counts.
#include "store/postgres/overlay.h"

#include <algorithm>
#include <iterator>

#include "skyden/base/status.h"
#include "store/errors.h"
#include "store/postgres/row.h"

namespace skyden::store::postgres {

using enum StatementId;

namespace {

// How large what is fetched is shows only then: so many rows in a round trip, and none once there
// are so many bytes.
constexpr size_t kFetchedAtOnce = 128;
constexpr size_t kBytesFetched = 8u << 20;
// More is not held back.
constexpr size_t kBytesKept = 4u << 20;
// Of find_resource for many, after those that it has for one.
constexpr int kTypeColumn = 12;

}  // namespace

class Overlay::ResourceRow final : public Row {
 public:
  explicit ResourceRow(const Stored& stored) : stored_(stored) {}
  int64_t Int(int column) const override {
    const int64_t numbers[] = {stored_.created, stored_.modified, stored_.revision, stored_.version,
                               stored_.deleted};
    return column == 0 ? stored_.tenant : numbers[column - 7];
  }
  std::string_view Bytes(int column) const override {
    const std::string_view texts[] = {stored_.mesh,   stored_.name, stored_.zone,
                                      stored_.labels, stored_.spec, stored_.status};
    return texts[column - 1];
  }
  bool IsNull(int) const override { return false; }

 private:
  const Stored& stored_;
};

class Overlay::VersionRow final : public Row {
 public:
  explicit VersionRow(const Stored& stored)
      : zone_(stored.zone),
        numbers_{stored.tenant, stored.version, stored.deleted,
                 static_cast<int64_t>(stored.spec.size() + stored.status.size()), stored.revision} {
  }
  int64_t Int(int column) const override { return numbers_[column]; }
  std::string_view Bytes(int) const override { return zone_; }
  bool IsNull(int) const override { return false; }

 private:
  const std::string_view zone_;
  const int64_t numbers_[5];
};

absl::Status Overlay::Fetch(std::span<const rows::WriteRequest* const> requests) {
  // Ascending: whoever else locks control planes does it in this order.
  std::map<std::pair<int64_t, int64_t>, WritePlan::Keys> wanted;  // by tenant, organization
  for (const rows::WriteRequest* request : requests) {
    if (request->plan == nullptr) continue;
    const Binding binding = request->tenant.binding();
    wanted[{binding.tenant, binding.organization}].insert(request->plan->keys().begin(),
                                                          request->plan->keys().end());
  }
  if (wanted.empty()) return absl::OkStatus();
  Wanted some;
  for (const auto& [owner, keys] : wanted) {
    const Binding binding{owner.second, owner.first, false};
    some.control_planes.push_back(binding);
    SKYDEN_RETURN_IF_ERROR(connection_.Queue(binding, kOpenTenant, {}));
  }
  size_t bytes = 0;
  for (const auto& [owner, keys] : wanted) {
    for (const ResourceId& key : keys) {
      if (!MayBeKept(key.second.mesh) || !MayBeKept(key.second.name)) continue;
      some.resources.push_back({{owner.second, owner.first, false}, &key});
      if (some.resources.size() < kFetchedAtOnce) continue;
      SKYDEN_RETURN_IF_ERROR(FetchSome(std::exchange(some, {}), bytes));
      if (bytes >= kBytesFetched) return absl::OkStatus();
    }
  }
  return some.empty() ? absl::OkStatus() : FetchSome(some, bytes);
}

absl::Status Overlay::FetchSome(const Wanted& wanted, size_t& bytes) {
  // Of one control plane after the other; `groups` says whose rows each answer has.
  std::vector<Binding> groups;
  const std::vector<WantedResource>& all = wanted.resources;
  for (auto from = all.begin(); from != all.end();) {
    auto to = std::next(from);
    if (rows_together_ == Blueprint::Rows::kTogether) {
      to = std::find_if(to, all.end(), [from](const WantedResource& each) {
        return each.binding.tenant != from->binding.tenant ||
               each.binding.organization != from->binding.organization;
      });
    }
    groups.push_back(from->binding);
    SKYDEN_RETURN_IF_ERROR(QueueFetch({from, to}));
    from = to;
  }
  SKYDEN_ASSIGN_OR_RETURN(std::vector<Result> results, connection_.FinishQueued());
  auto next = results.begin();
  for (const Binding& binding : wanted.control_planes) {
    opened_.insert_or_assign({binding.organization, binding.tenant}, std::move(*next++));
  }
  for (const WantedResource& each : all) rows_.insert_or_assign(KeyOf(each), std::nullopt);
  for (const Binding& binding : groups) bytes += KeepFetched(binding, (next++)->get());
  return absl::OkStatus();
}

absl::Status Overlay::QueueFetch(std::span<const WantedResource> wanted) {
  std::vector<ArrayValue> keys(3);
  for (const WantedResource& each : wanted) {
    keys[0].Add(Param::Text(registry_.at(each.resource->first).name));
    keys[1].Add(Param::Text(each.resource->second.mesh));
    keys[2].Add(Param::Text(each.resource->second.name));
  }
  return connection_.QueueMany(wanted.front().binding, kFindResource, keys, wanted.size());
}

Overlay::Key Overlay::KeyOf(const WantedResource& wanted) const {
  const auto& [type, key] = *wanted.resource;
  return {wanted.binding.tenant, registry_.at(type).name, key.mesh, key.name};
}

// How large they are.
size_t Overlay::KeepFetched(const Binding& binding, const PGresult* result) {
  size_t bytes = 0;
  for (int n = 0; n < PQntuples(result); ++n) {
    const ResultRow row(result, n);
    CheckRowOwner(StatementOf(kFindResource), binding, row);
    Stored stored{row.Int(0),    row.String(1), row.String(2), row.String(3),
                  row.String(4), row.String(5), row.String(6), row.Int(7),
                  row.Int(8),    row.Int(9),    row.Int(10),   row.Int(11)};
    bytes += stored.spec.size() + stored.status.size() + stored.labels.size();
    Key key{stored.tenant, row.String(kTypeColumn), stored.mesh, stored.name};
    rows_.insert_or_assign(std::move(key), std::move(stored));
  }
  return bytes;
}

void Overlay::BeginRequest() {
  began_ = kept_.mark();
  sent_ = false;
  before_.clear();
}

void Overlay::KeepRequest() { before_.clear(); }

bool Overlay::DropRequest() {
  if (sent_) return false;
  kept_.DropAfter(began_);
  for (auto it = before_.rbegin(); it != before_.rend(); ++it) {
    if (it->second.has_value()) {
      rows_.insert_or_assign(std::move(it->first), *std::move(it->second));
    } else {
      rows_.erase(it->first);
    }
  }
  before_.clear();
  return true;
}

absl::Status Overlay::Execute(const Binding& binding, StatementId id,
                              std::initializer_list<Param> params, OnRow on_row) {
  if (connection_.lost() || connection_.aborted()) {
    return failure().has_value() ? *failure() : connection_.Run(binding, id, params, on_row);
  }
  const std::span<const Param> all(params.begin(), params.size());
  if (MayRun(StatementOf(id), binding)) {
    if (auto answer = Answer(binding, id, all, on_row)) return *std::move(answer);
    if (Keep(binding, id, all)) return kept_.mark().bytes < kBytesKept ? absl::OkStatus() : Flush();
  }
  return PassOn(binding, id, params, on_row);
}

std::optional<absl::Status> Overlay::Answer(const Binding& binding, StatementId id,
                                            std::span<const Param> params, OnRow on_row) const {
  if (id == kOpenTenant) return Open(binding, on_row);
  if (id != kFindResource && id != kFindVersion) return std::nullopt;
  const auto known =
      rows_.find(Key{binding.tenant, std::string(params[0].bytes()), std::string(params[1].bytes()),
                     std::string(params[2].bytes())});
  if (known == rows_.end()) return std::nullopt;
  if (!known->second.has_value()) return absl::OkStatus();
  if (id == kFindResource) return on_row(ResourceRow(*known->second));
  return on_row(VersionRow(*known->second));
}

std::optional<absl::Status> Overlay::Open(const Binding& binding, OnRow on_row) const {
  const auto known = opened_.find({binding.organization, binding.tenant});
  if (known == opened_.end()) return std::nullopt;
  if (PQntuples(known->second.get()) == 0) return absl::OkStatus();
  const ResultRow row(known->second.get(), 0);
  CheckRowOwner(StatementOf(kOpenTenant), binding, row);
  return on_row(row);
}

bool Overlay::Keep(const Binding& binding, StatementId id, std::span<const Param> params) {
  switch (id) {
    case kInsertResource:
    case kUpdateResource:
    case kDeleteResource:
      if (!Apply(binding, id, params)) return false;
      break;
    case kSetRevision:
    case kAddUsage:
      opened_.erase({binding.organization, binding.tenant});
      break;
    case kAddCount:
    case kInsertAudit:
    case kSetAuditMark:
    case kInsertHistory:
      break;
    default:
      return false;
  }
  kept_.Add(binding, id, params);
  changed_ = 1;
  return true;
}

// False when the row is not known.
bool Overlay::Apply(const Binding& binding, StatementId id, std::span<const Param> params) {
  const auto text = [&params](size_t n) { return std::string(params[n].bytes()); };
  Key key{binding.tenant, text(0), text(1), text(2)};
  if (id == kDeleteResource) {
    const auto known = rows_.find(key);
    if (known == rows_.end() || !known->second.has_value()) return false;
    Stored stored;
    stored.tenant = binding.tenant;
    stored.mesh = text(1);
    stored.name = text(2);
    stored.zone = known->second->zone;
    stored.revision = params[3].integer();
    stored.version = known->second->version;
    stored.deleted = 1;
    Put(std::move(key), std::move(stored));
    return true;
  }
  const int64_t version = id == kInsertResource ? 1 : params[10].integer();
  Put(std::move(key), {binding.tenant, text(1), text(2), text(3), text(4), text(5), text(6),
                       params[7].integer(), params[8].integer(), params[9].integer(), version, 0});
  return true;
}

void Overlay::Put(Key key, Stored stored) {
  const auto known = rows_.find(key);
  if (known == rows_.end()) {
    before_.emplace_back(key, std::nullopt);
    rows_.emplace(std::move(key), std::move(stored));
    return;
  }
  before_.emplace_back(std::move(key), std::move(known->second));
  known->second = std::move(stored);
}

absl::Status Overlay::PassOn(const Binding& binding, StatementId id,
                             std::initializer_list<Param> params, OnRow on_row) {
  SKYDEN_RETURN_IF_ERROR(Flush());
  // What it changes is not worked out here.
  if (const std::string_view table = StatementOf(id).writes; !table.empty()) {
    sent_ = true;
    if (table == "resource") {
      rows_.clear();
    } else {
      opened_.clear();
    }
  }
  const absl::Status status = connection_.Run(binding, id, params, on_row);
  if (const auto failed = connection_.TakeFailure()) NoteFailure(*failed);
  changed_ = connection_.changed();
  return status;
}

absl::Status Overlay::Flush() {
  const size_t count = kept_.mark().count;
  if (count == 0) return absl::OkStatus();
  sent_ |= count > began_.count;
  began_ = {};
  absl::Status status = SendKept();
  if (status.ok()) status = connection_.FinishQueued().status();
  if (const auto failed = connection_.TakeFailure()) NoteFailure(*failed);
  return status;
}

}  // namespace skyden::store::postgres
