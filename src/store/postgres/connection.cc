// SPDX-License-Identifier: Apache-2.0
#include "store/postgres/connection.h"

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

// What the role of such a connection has to do with.
bool Serves(Access access, const Statement& statement) {
  if (access == Access::kReader) return statement.on_readers;
  return true;
}

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
  }
  SKYDEN_ASSIGN_OR_RETURN(const std::vector<Result> results, wire_->Finish());
  for (size_t i = 0; i < results.size(); ++i) {
    if (IsGood(results[i].get())) continue;
    return ToStatus(results[i].get(), fmt::format("prepare {}", names[i]));
  }
  return absl::OkStatus();
}

void Connection::Begin(Mode mode) {
  SKYDEN_CHECK(state_ == State::kNone);
  state_ = State::kWanted;
  mode_ = mode;
  scope_.reset();
  again_ = false;
  TakeFailure();
}

void Connection::SendControl(ControlId id, std::initializer_list<Param> params) {
  wire_->Send(Controls()[static_cast<size_t>(id)].name, params);
}

void Connection::SendBegin() {
  if (state_ != State::kWanted) return;
  if (mode_ == Mode::kRead) {
    SendControl(kBeginRead);
  } else {
    SendControl(kBeginWrite);
    SendControl(kHoldWriters, {Param::Int(kWritersLock)});
  }
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

absl::Status Connection::Execute(const Binding& binding, StatementId id,
                                 std::initializer_list<Param> params, OnRow on_row) {
  const Statement& statement = catalogue_[static_cast<size_t>(id)];
  SKYDEN_CHECK(Serves(access_, statement));
  if (!MayRun(statement, binding)) {
    return Internal(fmt::format("{}: no owner bound", statement.name));
  }
  if (wire_->lost()) return Lost();
  // Whoever goes on is told again what ended it.
  if (aborted()) return failure().value_or(Internal("the transaction has failed"));
  size_t bytes = 0;
  for (const Param& param : params) bytes += param.bytes().size();
  if (bytes > kRowBytesMax) {
    absl::Status status = Internal(fmt::format("{}: {} bytes in one row", statement.name, bytes));
    NoteFailure(status);
    return status;
  }
  const bool writes = !statement.writes.empty();
  (writes ? counters_.writes : counters_.reads).fetch_add(1, std::memory_order_relaxed);
  wrote_ |= writes;
  SendBegin();
  SendScope(binding);
  wire_->Send(statement.name.data(), params);
  auto results = wire_->Finish();
  if (!results.ok()) return Lost();
  const bool in_any = in_transaction();
  if (in_any) state_ = State::kOpen;
  scope_ = in_any ? std::optional<Binding>(binding) : std::nullopt;

  for (const Result& result : *results) {
    if (IsGood(result.get())) continue;
    if (in_any) state_ = State::kAborted;
    return Fail(result.get(), statement.name);
  }
  const PGresult* const own = results->back().get();
  changed_ = std::strtoull(PQcmdTuples(const_cast<PGresult*>(own)), nullptr, 10);
  for (int n = 0; n < PQntuples(own); ++n) {
    const ResultRow row(own, n);
    CheckRowOwner(statement, binding, row);
    SKYDEN_RETURN_IF_ERROR(on_row(row));
  }
  return absl::OkStatus();
}

absl::Status Connection::Control(ControlId id) {
  if (wire_->lost()) return Lost();
  SendBegin();
  SendControl(id);
  const auto results = wire_->Finish();
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
    SendControl(kNoteCommit, {Param::Blob(note->batch), Param::Int(note->opened)});
  }
  SendControl(kCommit);
  const auto results = wire_->Finish();
  const auto unknown = [this](absl::Status why) -> Ending {
    wire_->Close();
    state_ = State::kNone;
    return {Ended::kUnknown, std::move(why)};
  };
  if (!results.ok()) return unknown(results.status());
  const PGresult* const noted = results->front().get();
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
  if (state == State::kNone || state == State::kWanted || wire_->lost()) return;
  SendControl(kRollback);
  const auto results = wire_->Finish();
  if (!results.ok() || !IsGood(results->front().get())) wire_->Close();
}

}  // namespace skyden::store::postgres
