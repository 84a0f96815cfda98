// SPDX-License-Identifier: Apache-2.0
// A sealed connection: it runs the statements of the catalogue and can compile nothing else.
//
// Below every statement lies the slot of the scope it runs for. The functions current_tenant(),
// current_organization(), current_system() and within_tenant(t), which views and guards call, read
// it, and raise an error while nothing is bound. The slot is bound for one statement at a time.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "store/session.h"
#include "store/sqlite/controls.h"
#include "store/sqlite/database.h"

struct sqlite3_stmt;

namespace skyden::store::sqlite {

// Counted over all connections of a store.
struct StatementCounters {
  std::atomic<uint64_t> reads{0};
  std::atomic<uint64_t> writes{0};
};

// Thread-compatible: one thread at a time.
class Connection final : public Session {
 public:
  // Prepares what the catalogue and the controls declare for `access` and seals the connection.
  static absl::StatusOr<std::unique_ptr<Connection>> Create(
      Database db, Access access, std::span<const Statement> catalogue,
      std::span<const ControlStatement> controls, StatementCounters& counters);
  ~Connection();

  // Begins or ends a transaction, with nothing bound.
  absl::Status Control(ControlId id);

  uint64_t changed() const override;
  bool in_transaction() const;
  // Why nothing must be written any more, if any call ever said so.
  const std::optional<absl::Status>& fatal() const { return fatal_; }

  // What the writes of one request were like.
  struct Writes {
    bool any = false;  // one ran, whatever it changed
    bool gave_room = false;
    bool took_room = false;
  };
  void ForgetWrites() { writes_ = {}; }
  const Writes& writes() const { return writes_; }  // since then

  // From now on the database has at most `most` pages, or those it has if they are more: a
  // statement that needs another one fails as on a full disk. Returns the bound. Of the writer's
  // connection.
  absl::StatusOr<int64_t> BoundPages(int64_t most);
  static constexpr int64_t kAnyPages = 0xfffffffe;  // as many as SQLite can count

  // Frames in the WAL after the last commit.
  int wal_frames() const { return frames_.in_wal; }
  // The same once after each commit that wrote something; nullopt otherwise, for what the WAL holds
  // may all be in the database by then, and the next commit begin it anew.
  std::optional<int> TakeCommittedFrames() {
    return std::exchange(frames_.committed, std::nullopt);
  }
  struct WalFrames {
    int in_wal = 0;
    std::optional<int> committed;
  };
  enum class Checkpoint { kPassive, kTruncate };
  // True when everything is in the database file now. Readers that keep it from that, and a disk
  // that is full, are no errors: later.
  absl::StatusOr<bool> RunCheckpoint(Checkpoint mode);
  // Leaves the WAL for the next start to recover: after a fatal failure nothing may be moved.
  void ForbidCheckpointOnClose();
  // As if a call had said that nothing must be written any more.
  void GiveUp(absl::Status why) { fatal_ = std::move(why); }

  // For the tests that attack a sealed connection.
  sqlite3* handle() { return db_.get(); }

 private:
  struct Prepared {
    OwnedStatement statement;
    std::vector<int> parameter_index;  // of $1, $2, ...
  };

  Connection(Database db, std::span<const Statement> catalogue,
             std::span<const ControlStatement> controls, StatementCounters& counters);
  absl::Status Execute(const Binding& binding, StatementId id, std::initializer_list<Param> params,
                       OnRow on_row) override;
  absl::Status PrepareAll(Access access);
  absl::StatusOr<OwnedStatement> Prepare(std::string_view name, std::string_view text);
  absl::Status Bind(const Prepared& prepared, std::initializer_list<Param> params);
  absl::Status Step(const Statement& statement, sqlite3_stmt* raw, OnRow on_row);
  absl::Status Fail(int code, std::string_view what);

  Database db_;
  std::span<const Statement> catalogue_;
  std::span<const ControlStatement> controls_;
  StatementCounters& counters_;
  // After db_: finalized before it closes.
  std::vector<Prepared> prepared_;             // indexed by StatementId
  std::vector<OwnedStatement> control_ready_;  // indexed by ControlId
  Binding slot_;
  bool sealed_ = false;
  std::optional<absl::Status> fatal_;
  WalFrames frames_;
  Writes writes_;
};

// Registers the four functions on any handle, reading `slot` (which must outlive it). Connection
// uses it, and so do migrations and tests, which run SQL of their own.
absl::Status RegisterScopeFunctions(sqlite3* db, const Binding& slot);

}  // namespace skyden::store::sqlite
