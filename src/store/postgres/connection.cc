// SPDX-License-Identifier: Apache-2.0
#include "store/postgres/connection.h"

#include <algorithm>
#include <cstdlib>

#include "fmt/format.h"
#include "skyden/base/check.h"
#include "skyden/base/status.h"
#include "store/errors.h"
#include "store/postgres/failure.h"
#include "store/postgres/row.h"

namespace skyden::store::postgres {

using enum ControlId;

namespace {

// No number: whoever asks for what is not bound gets an error.
constexpr std::string_view kNobody = "-";

// As much as every engine takes.
constexpr size_t kRowBytesMax = 32u << 20;

bool IsGood(const PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
  return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
}

bool SameScope(const Binding& a, const Binding& b) {
  return a.organization == b.organization && a.tenant == b.tenant && a.system == b.system;
}

uint64_t TuplesOf(const PGresult* result) {
  return std::strtoull(PQcmdTuples(const_cast<PGresult*>(result)), nullptr, 10);
}

// What the role of such a connection has to do with.
bool Serves(Access access, const Statement& statement) {
  if (access == Access::kReader) return statement.on_readers;
  return true;
}

std::string NameOfMany(const Statement& statement) { return std::string(statement.name) + "_many"; }

}  // namespace

absl::StatusOr<std::unique_ptr<Connection>> Connection::Create(std::unique_ptr<Wire> wire,
                                                               Access access,
                                                               std::span<const Statement> catalogue,
                                                               StatementCounters& counters) {
  std::unique_ptr<Connection> connection(
      new Connection(std::move(wire), access, catalogue, counters));
  SKYDEN_RETURN_IF_ERROR(connection->PrepareAll());
  return connection;
}

absl::Status Connection::PrepareAll() {
  std::vector<std::string_view> names;
  for (const ControlStatement& control : Controls()) {
    SKYDEN_CHECK(static_cast<size_t>(control.id) == names.size() || !names.empty());
    if (access_ == Access::kReader && control.writes) continue;
    wire_->SendPrepare(control.name, control.text);
    names.push_back(control.name);
  }
  for (size_t i = 0; i < catalogue_.size(); ++i) {
    const Statement& statement = catalogue_[i];
    SKYDEN_CHECK(static_cast<size_t>(statement.id) == i);
    if (!Serves(access_, statement)) continue;
    // Names and texts are literals, or copies that end with a NUL as well.
    wire_->SendPrepare(statement.name.data(), std::string(statement.text).c_str());
    names.push_back(statement.name);
    if (statement.many.empty() || access_ == Access::kReader) continue;
    wire_->SendPrepare(NameOfMany(statement).c_str(), std::string(statement.many).c_str());
    names.push_back(statement.name);
  }
  SKYDEN_ASSIGN_OR_RETURN(const std::vector<Result> results, wire_->Finish());
  for (size_t i = 0; i < results.size(); ++i) {
    if (IsGood(results[i].get())) continue;
    return ToStatus(results[i].get(), fmt::format("prepare {}", names[i]));
  }
  return absl::OkStatus();
}

void Connection::Begin(Mode mode, OwnerLocks locks) {
  SKYDEN_CHECK(state_ == State::kNone);
  state_ = State::kWanted;
  mode_ = mode;
  locks_ = std::move(locks);
  scope_.reset();
  again_ = false;
  TakeFailure();
}

void Connection::SendControl(ControlId id, std::initializer_list<Param> params) {
  wire_->Send(Controls()[static_cast<size_t>(id)].name, {params.begin(), params.size()});
}

absl::StatusOr<std::vector<Result>> Connection::Finish() {
  counters_.round_trips.fetch_add(1, std::memory_order_relaxed);
  return wire_->Finish();
}

void Connection::SendBegin() {
  if (state_ != State::kWanted) return;
  if (mode_ == Mode::kRead) {
    SendControl(kBeginRead);
  } else {
    SendControl(kBeginWrite);
    SendControl(kHoldWriters, {Param::Int(kWritersLock)});
    if (!locks_.empty()) {
      OwnerLocks::Arrays arrays = locks_.arrays();
      SendControl(kHoldOwners, {arrays.keys.param(), arrays.alone.param()});
    }
  }
  state_ = State::kOpen;
}

void Connection::SendScope(const Binding& binding) {
  if (scope_.has_value() && SameScope(*scope_, binding)) return;
  const auto word = [](int64_t key) {
    return key == 0 ? std::string(kNobody) : fmt::format_int(key).str();
  };
  const std::string organization = word(binding.organization);
  const std::string tenant = word(binding.tenant);
  SendControl(kSetScope, {Param::Text(organization), Param::Text(tenant),
                          Param::Text(binding.system ? "yes" : kNobody)});
  scope_ = binding;
}

absl::Status Connection::Lost() {
  absl::Status status = DatabaseUnreachable("the connection was lost");
  if (state_ != State::kNone) state_ = State::kAborted;
  NoteFailure(status);
  return status;
}

absl::Status Connection::Fail(const PGresult* result, std::string_view what) {
  absl::Status status = ToStatus(result, what);
  const Failure failure = Classify(result);
  NoteFailure(status);
  again_ |= failure == Failure::kAgain;
  if (failure == Failure::kLost) wire_->Close();
  return status;
}

absl::Status Connection::CheckMayQueue(const Binding& binding, const Statement& statement) {
  SKYDEN_CHECK(Serves(access_, statement));
  if (!MayRun(statement, binding)) {
    return Internal(fmt::format("{}: no owner bound", statement.name));
  }
  if (wire_->lost()) return Lost();
  // Whoever goes on is told again what ended it.
  if (aborted()) return failure().value_or(Internal("the transaction has failed"));
  return absl::OkStatus();
}

absl::Status Connection::Queue(const Binding& binding, StatementId id,
                               std::span<const Param> params, Changes changes) {
  const Statement& statement = catalogue_[static_cast<size_t>(id)];
  SKYDEN_RETURN_IF_ERROR(CheckMayQueue(binding, statement));
  size_t bytes = 0;
  for (const Param& param : params) bytes += param.bytes().size();
  if (bytes > kRowBytesMax) {
    absl::Status status = Internal(fmt::format("{}: {} bytes in one row", statement.name, bytes));
    NoteFailure(status);
    return status;
  }
  Send(binding, statement, statement.name.data(), params,
       changes == Changes::kEach ? std::optional<uint64_t>(1) : std::nullopt);
  return absl::OkStatus();
}

absl::Status Connection::QueueMany(const Binding& binding, StatementId id,
                                   std::span<ArrayValue> arrays, uint64_t rows, Changes changes) {
  const Statement& statement = catalogue_[static_cast<size_t>(id)];
  SKYDEN_CHECK(!statement.many.empty());
  SKYDEN_RETURN_IF_ERROR(CheckMayQueue(binding, statement));
  std::vector<Param> params;
  for (ArrayValue& array : arrays) params.push_back(array.param());
  Send(binding, statement, NameOfMany(statement).c_str(), params,
       changes == Changes::kEach ? std::optional(rows) : std::nullopt);
  return absl::OkStatus();
}

void Connection::Send(const Binding& binding, const Statement& statement, const char* name,
                      std::span<const Param> params, std::optional<uint64_t> changes) {
  const bool writes = !statement.writes.empty();
  (writes ? counters_.writes : counters_.reads).fetch_add(1, std::memory_order_relaxed);
  wrote_ |= writes;
  SendBegin();
  SendScope(binding);
  queued_.push_back({wire_->sent(), statement.id, changes});
  wire_->Send(name, params);
}

absl::Status Connection::CheckQueued(const std::vector<Result>& results,
                                     std::span<const Queued> queued, size_t end) {
  for (size_t i = 0; i < end; ++i) {
    if (IsGood(results[i].get())) continue;
    if (in_transaction()) state_ = State::kAborted;
    // What precedes a statement, its scope for one, fails in its name.
    const auto at = std::find_if(queued.begin(), queued.end(),
                                 [i](const Queued& each) { return each.at >= i; });
    return Fail(results[i].get(),
                at == queued.end() ? "begin" : catalogue_[static_cast<size_t>(at->id)].name);
  }
  for (const Queued& each : queued) {
    if (!each.changes.has_value() || TuplesOf(results[each.at].get()) == *each.changes) continue;
    if (in_transaction()) state_ = State::kAborted;
    absl::Status status = Internal(fmt::format("{}: not all of its rows are there",
                                               catalogue_[static_cast<size_t>(each.id)].name));
    NoteFailure(status);
    return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Result>> Connection::FinishQueued() {
  auto results = Finish();
  const std::vector<Queued> queued = std::exchange(queued_, {});
  if (!in_transaction()) scope_.reset();
  if (!results.ok()) return Lost();
  SKYDEN_RETURN_IF_ERROR(CheckQueued(*results, queued, results->size()));
  std::vector<Result> own;
  own.reserve(queued.size());
  for (const Queued& each : queued) own.push_back(std::move((*results)[each.at]));
  return own;
}

absl::Status Connection::Execute(const Binding& binding, StatementId id,
                                 std::initializer_list<Param> params, OnRow on_row) {
  SKYDEN_RETURN_IF_ERROR(Queue(binding, id, {params.begin(), params.size()}));
  SKYDEN_ASSIGN_OR_RETURN(const std::vector<Result> results, FinishQueued());
  const PGresult* const own = results.back().get();
  changed_ = TuplesOf(own);
  for (int n = 0; n < PQntuples(own); ++n) {
    const ResultRow row(own, n);
    CheckRowOwner(catalogue_[static_cast<size_t>(id)], binding, row);
    SKYDEN_RETURN_IF_ERROR(on_row(row));
  }
  return absl::OkStatus();
}

absl::Status Connection::Control(ControlId id) {
  if (wire_->lost()) return Lost();
  SendBegin();
  SendControl(id);
  const auto results = Finish();
  if (!results.ok()) return Lost();
  for (const Result& result : *results) {
    if (!IsGood(result.get())) {
      state_ = State::kAborted;
      return Fail(result.get(), Controls()[static_cast<size_t>(id)].name);
    }
  }
  if (in_transaction()) state_ = State::kOpen;
  return absl::OkStatus();
}

absl::Status Connection::Savepoint() { return Control(kSavepoint); }
absl::Status Connection::Release() { return Control(kRelease); }

absl::Status Connection::RollbackTo() {
  scope_.reset();  // what was set since then is taken back as well
  const absl::Status status = Control(kRollbackTo);
  if (status.ok()) TakeFailure();
  return status;
}

Connection::Ending Connection::Commit(const std::optional<Note>& note) {
  if (state_ == State::kWanted) {  // nothing was asked
    state_ = State::kNone;
    return {};
  }
  if (state_ == State::kAborted || wire_->lost()) {
    return {Ended::kNo, failure().value_or(Internal("the transaction has failed"))};
  }
  wire_->TakeWarning();
  if (note.has_value()) {
    SendControl(kNoteCommit, {Param::Blob(note->batch), Param::Int(note->opened),
                              Param::Text(note->daemon), Param::Blob(note->changes)});
  }
  SendControl(kCommit);
  const auto results = Finish();
  const std::vector<Queued> queued = std::exchange(queued_, {});
  const auto unknown = [this](absl::Status why) -> Ending {
    wire_->Close();
    state_ = State::kNone;
    return {Ended::kUnknown, std::move(why)};
  };
  if (!results.ok()) return unknown(results.status());
  const size_t own = results->size() - (note.has_value() ? 2 : 1);
  if (own > 0) {
    absl::Status kept = CheckQueued(*results, queued, own);
    if (!kept.ok()) {
      // An error had the server skip the commit. A row that is missing did not.
      SKYDEN_CHECK(!IsGood(results->back().get()));
      return {Ended::kNo, std::move(kept)};
    }
  }
  const PGresult* const noted = (*results)[own].get();
  if (note.has_value() && !IsGood(noted)) {
    constexpr std::string_view kNotNull = "23502";
    const char* state = PQresultErrorField(noted, PG_DIAG_SQLSTATE);
    const bool fenced = state != nullptr && state == kNotNull;
    state_ = State::kAborted;
    return {Ended::kNo, Fail(noted, "note_commit"), fenced};
  }
  PGresult* const commit = results->back().get();
  if (!IsGood(commit)) {
    state_ = State::kNone;
    if (Classify(commit) == Failure::kLost) return unknown(ToStatus(commit, "commit"));
    return {Ended::kNo, Fail(commit, "commit")};
  }
  state_ = State::kNone;
  // A transaction that had failed ends with success, and says so only here.
  if (std::string_view(PQcmdStatus(commit)) != "COMMIT") {
    return {Ended::kNo, Internal("the transaction had failed")};
  }
  // On this server's disk, and perhaps nowhere else: a wait for the standby was given up.
  if (wire_->TakeWarning()) return unknown(DatabaseUnreachable("the commit came with a warning"));
  return {};
}

void Connection::Rollback() {
  const State state = std::exchange(state_, State::kNone);
  TakeFailure();
  queued_.clear();
  if (state == State::kNone || state == State::kWanted || wire_->lost()) return;
  SendControl(kRollback);
  const auto results = Finish();
  // Something may have been queued before it, and then skipped or undone.
  if (!results.ok() || !IsGood(results->back().get())) wire_->Close();
}

}  // namespace skyden::store::postgres
