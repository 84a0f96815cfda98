// SPDX-License-Identifier: Apache-2.0
// Writes of different rows may change places: none of what is kept looks at another row. Those of
// one row are told apart by what their statements call it by, and stay in order, in statements one
// after the other; unless the later one leaves nothing of the earlier.
#include "store/postgres/kept_writes.h"

#include <optional>
#include <utility>

#include "skyden/base/status.h"
#include "store/postgres/arrays.h"

namespace skyden::store::postgres {

using enum StatementId;

namespace {

// More is not put in one statement, unless it is one row.
constexpr size_t kBytesTogether = 8u << 20;

Connection::Changes ChangesOf(StatementId id) {
  const bool known = id == kUpdateResource || id == kDeleteResource || id == kSetRevision;
  return known ? Connection::Changes::kEach : Connection::Changes::kAny;
}

// So many of the parameters, from the first, name the row; 0: it is written once, or what is kept
// of it is a statement of its own.
size_t KeyParamsOf(StatementId id) {
  switch (id) {
    case kInsertResource:
    case kUpdateResource:
    case kDeleteResource:
      return 3;
    case kSetAuditMark:
      return 2;
    default:
      return 0;
  }
}

// Whether nothing is left of what the row was before.
bool Replaces(StatementId later, StatementId earlier) {
  return later == kUpdateResource && (earlier == kUpdateResource || earlier == kDeleteResource);
}

}  // namespace

Param KeptWrites::Value::param() const {
  switch (kind) {
    case Param::Kind::kInt:
      return Param::Int(integer);
    case Param::Kind::kText:
      return Param::Text(bytes);
    case Param::Kind::kBlob:
      return Param::Blob(bytes);
    case Param::Kind::kNull:
      break;
  }
  return Param::Null();
}

void KeptWrites::Add(const Binding& binding, StatementId id, std::span<const Param> params) {
  Write& write = writes_.emplace_back(Write{binding, id, {}, 0});
  write.values.reserve(params.size());
  for (const Param& param : params) {
    write.values.push_back({param.kind(), param.integer(), std::string(param.bytes())});
    write.bytes += param.bytes().size();
  }
  bytes_ += write.bytes;
}

void KeptWrites::DropAfter(const Mark& mark) {
  writes_.erase(writes_.begin() + static_cast<std::ptrdiff_t>(mark.count), writes_.end());
  bytes_ = mark.bytes;
}

KeptWrites::Groups KeptWrites::Group(const std::vector<Write>& writes) {
  struct Last {
    size_t turn;
    const Write* write;
  };
  std::map<std::tuple<int64_t, int64_t, std::string_view, std::string>, Last> rows;
  std::map<const Write*, size_t> turns;
  for (const Write& write : writes) {
    size_t& turn = turns[&write];
    const size_t key_params = KeyParamsOf(write.id);
    if (key_params == 0) continue;
    std::string key;
    for (const Value& value : std::span(write.values).first(key_params)) {
      key += value.bytes + '\0' + std::to_string(value.integer) + '\0';
    }
    const auto [row, first] = rows.try_emplace({write.binding.organization, write.binding.tenant,
                                                StatementOf(write.id).writes, std::move(key)},
                                               Last{0, &write});
    if (first) continue;
    Last& last = row->second;
    const bool replaces = Replaces(write.id, last.write->id);
    if (replaces) turns.erase(last.write);
    turn = last.turn + (replaces ? 0 : 1);
    last = {turn, &write};
  }
  Groups groups;
  for (const Write& write : writes) {
    const auto turn = turns.find(&write);
    if (turn == turns.end()) continue;
    groups[{turn->second, write.binding.organization, write.binding.tenant, write.id}].push_back(
        &write);
  }
  return groups;
}

absl::Status KeptWrites::Queue(Connection& connection) {
  bytes_ = 0;
  const std::vector<Write> writes = std::exchange(writes_, {});
  if (rows_ == Blueprint::Rows::kOneByOne) {
    for (const Write& write : writes) SKYDEN_RETURN_IF_ERROR(QueueOne(connection, write));
    return absl::OkStatus();
  }
  for (const auto& [key, group] : Group(writes)) {
    std::span<const Write* const> left = group;
    while (!left.empty()) {
      size_t taken = 1;
      size_t bytes = left.front()->bytes;
      if (!StatementOf(left.front()->id).many.empty()) {
        while (taken < left.size() && bytes + left[taken]->bytes <= kBytesTogether) {
          bytes += left[taken++]->bytes;
        }
      }
      SKYDEN_RETURN_IF_ERROR(taken == 1 ? QueueOne(connection, *left.front())
                                        : QueueMany(connection, left.first(taken)));
      left = left.subspan(taken);
    }
  }
  return absl::OkStatus();
}

absl::Status KeptWrites::QueueOne(Connection& connection, const Write& write) {
  std::vector<Param> params;
  for (const Value& value : write.values) params.push_back(value.param());
  return connection.Queue(write.binding, write.id, params, ChangesOf(write.id));
}

absl::Status KeptWrites::QueueMany(Connection& connection, std::span<const Write* const> writes) {
  const Write& first = *writes.front();
  std::vector<ArrayValue> arrays(first.values.size());
  for (const Write* write : writes) {
    for (size_t i = 0; i < arrays.size(); ++i) arrays[i].Add(write->values[i].param());
  }
  return connection.QueueMany(first.binding, first.id, arrays, writes.size(), ChangesOf(first.id));
}

}  // namespace skyden::store::postgres
