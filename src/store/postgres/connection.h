// SPDX-License-Identifier: Apache-2.0
// A session: runs the statements of the catalogue, each under the scope that it runs for.
//
// The scope is set in the transaction (set_config(..., true)) whenever it differs from the one
// before, in the same round trip as the statement. A transaction begins with its first statement.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "store/catalogue.h"
#include "store/postgres/arrays.h"
#include "store/postgres/controls.h"
#include "store/postgres/owner_locks.h"
#include "store/postgres/wire.h"
#include "store/session.h"

namespace skyden::store::postgres {

enum class Access {
  kReader,  // the rows of a scope, read only
  kWriter,
  kSystem,  // what comes before any scope: another role
};

// Counted over all connections of a store.
struct StatementCounters {
  std::atomic<uint64_t> reads{0};
  std::atomic<uint64_t> writes{0};
  std::atomic<uint64_t> round_trips{0};
};

// Thread-compatible: one thread at a time.
class Connection final : public Session {
 public:
  // Prepares everything in one round trip; nothing else is ever prepared.
  static absl::StatusOr<std::unique_ptr<Connection>> Create(std::unique_ptr<Wire> wire,
                                                            Access access,
                                                            std::span<const Statement> catalogue,
                                                            StatementCounters& counters);

  enum class Mode { kRead, kWrite };
  // From the next statement on, until the transaction ends. Without, each statement is its own.
  // `locks`: taken with it, before any other statement.
  void Begin(Mode mode, OwnerLocks locks = {});
  absl::Status Savepoint();
  absl::Status Release();
  absl::Status RollbackTo();

  // kEach: the caller has seen each of the rows in this transaction.
  enum class Changes { kAny, kEach };
  // Sends a statement and does not wait: what is queued goes out in one round trip, with the next
  // call that waits. Errors as those of Run that need no answer.
  absl::Status Queue(const Binding& binding, StatementId id, std::span<const Param> params,
                     Changes changes = Changes::kAny);
  // The same for `rows` rows in one statement, which has a text for many.
  absl::Status QueueMany(const Binding& binding, StatementId id, std::span<ArrayValue> arrays,
                         uint64_t rows, Changes changes = Changes::kAny);
  // The answers to what was queued, in order. The first error ends all: the server skips what
  // follows it. So does a row that is not there although it was seen.
  absl::StatusOr<std::vector<Result>> FinishQueued();

  enum class Ended { kYes, kNo, kUnknown };
  struct Ending {
    Ended ended = Ended::kYes;
    absl::Status status;  // why not
    bool fenced = false;  // somebody else has opened the database
  };
  struct Note {
    std::string_view batch;
    int64_t opened = 0;
    std::string_view daemon = {};   // who commits, where several may
    std::string_view changes = {};  // JournalText
  };
  // Together with what is queued; with a note when something was written. kUnknown: the connection
  // was lost, or the server warned, after COMMIT was sent; it is closed.
  Ending Commit(const std::optional<Note>& note);
  // Whatever the state; the connection is closed when it cannot be told that it worked.
  void Rollback();

  uint64_t changed() const override { return changed_; }
  // Whether a statement that writes was run since ForgetWrites, whatever it changed.
  bool wrote() const { return wrote_; }
  void ForgetWrites() { wrote_ = false; }
  bool in_transaction() const { return state_ != State::kNone; }
  // The transaction can only be rolled back.
  bool aborted() const { return state_ == State::kAborted; }
  // ... because it lost against another one.
  bool lost_against_another() const { return again_; }
  bool lost() const { return wire_->lost(); }
  Wire& wire() { return *wire_; }

 private:
  enum class State { kNone, kWanted, kOpen, kAborted };

  Connection(std::unique_ptr<Wire> wire, Access access, std::span<const Statement> catalogue,
             StatementCounters& counters)
      : wire_(std::move(wire)), access_(access), catalogue_(catalogue), counters_(counters) {}
  absl::Status PrepareAll();
  absl::Status Execute(const Binding& binding, StatementId id, std::initializer_list<Param> params,
                       OnRow on_row) override;
  struct Queued {
    size_t at = 0;  // among the answers
    StatementId id{};
    std::optional<uint64_t> changes;  // so many rows; nullopt: any number
  };
  // Whether a statement may be sent now.
  absl::Status CheckMayQueue(const Binding& binding, const Statement& statement);
  void Send(const Binding& binding, const Statement& statement, const char* name,
            std::span<const Param> params, std::optional<uint64_t> changes);
  void SendControl(ControlId id, std::initializer_list<Param> params = {});
  absl::StatusOr<std::vector<Result>> Finish();
  // Why what was queued is not as it should be: of the answers before `end`.
  absl::Status CheckQueued(const std::vector<Result>& results, std::span<const Queued> queued,
                           size_t end);
  absl::Status Control(ControlId id);
  // What has to stand before a statement for `binding`.
  void SendBegin();
  void SendScope(const Binding& binding);
  absl::Status Fail(const PGresult* result, std::string_view what);
  absl::Status Lost();

  std::unique_ptr<Wire> wire_;
  const Access access_;
  std::span<const Statement> catalogue_;
  StatementCounters& counters_;
  State state_ = State::kNone;
  Mode mode_ = Mode::kRead;
  OwnerLocks locks_;
  std::optional<Binding> scope_;  // set in the transaction
  std::vector<Queued> queued_;
  bool wrote_ = false;
  bool again_ = false;
  uint64_t changed_ = 0;
};

}  // namespace skyden::store::postgres
