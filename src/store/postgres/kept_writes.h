// SPDX-License-Identifier: Apache-2.0
// What a batch writes, kept until it is sent: rows of a table that are written in the same way go
// out in one statement, since a statement costs the server more than a row does.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "store/postgres/blueprint.h"
#include "store/postgres/connection.h"
#include "store/session.h"

namespace skyden::store::postgres {

// Thread-compatible: one thread at a time.
class KeptWrites {
 public:
  explicit KeptWrites(Blueprint::Rows rows) : rows_(rows) {}

  void Add(const Binding& binding, StatementId id, std::span<const Param> params);

  // How far it has come.
  struct Mark {
    size_t count = 0;
    size_t bytes = 0;
  };
  Mark mark() const { return {writes_.size(), bytes_}; }
  // Forgets what came after `mark`.
  void DropAfter(const Mark& mark);

  // All of it, and nothing is kept any more. In whichever order comes to the same.
  absl::Status Queue(Connection& connection);

 private:
  struct Value {
    Param::Kind kind;
    int64_t integer;
    std::string bytes;
    Param param() const;
  };
  struct Write {
    Binding binding;
    StatementId id{};
    std::vector<Value> values;
    size_t bytes = 0;
  };
  // How many writes of the same row go before; organization, tenant; the statement.
  using GroupKey = std::tuple<size_t, int64_t, int64_t, StatementId>;
  using Groups = std::map<GroupKey, std::vector<const Write*>>;

  static Groups Group(const std::vector<Write>& writes);
  static absl::Status QueueOne(Connection& connection, const Write& write);
  static absl::Status QueueMany(Connection& connection, std::span<const Write* const> writes);

  const Blueprint::Rows rows_;
  std::vector<Write> writes_;
  size_t bytes_ = 0;
};

}  // namespace skyden::store::postgres
