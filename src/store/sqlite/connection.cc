// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/connection.h"

#include <sqlite3.h>

#include "fmt/format.h"
#include "skyden/base/check.h"
#include "skyden/base/status.h"
#include "store/errors.h"

namespace skyden::store::sqlite {
namespace {

const Binding& SlotOf(sqlite3_context* context) {
  return *static_cast<const Binding*>(sqlite3_user_data(context));
}

void CurrentTenant(sqlite3_context* context, int, sqlite3_value**) {
  const Binding& slot = SlotOf(context);
  if (slot.tenant == 0) return sqlite3_result_error(context, "no tenant bound", -1);
  sqlite3_result_int64(context, slot.tenant);
}

void CurrentOrganization(sqlite3_context* context, int, sqlite3_value**) {
  const Binding& slot = SlotOf(context);
  if (slot.organization == 0) return sqlite3_result_error(context, "no organization bound", -1);
  sqlite3_result_int64(context, slot.organization);
}

void CurrentSystem(sqlite3_context* context, int, sqlite3_value**) {
  if (!SlotOf(context).system) return sqlite3_result_error(context, "no system scope bound", -1);
  sqlite3_result_int(context, 1);
}

// In an organization's scope: every tenant. In a tenant's: that one.
void WithinTenant(sqlite3_context* context, int, sqlite3_value** values) {
  const Binding& slot = SlotOf(context);
  if (slot.organization == 0) return sqlite3_result_error(context, "no organization bound", -1);
  const int64_t tenant = sqlite3_value_int64(values[0]);
  sqlite3_result_int(context, slot.tenant == 0 || slot.tenant == tenant ? 1 : 0);
}

// The authorizer is there from the start and only changes its answer: installing one makes SQLite
// compile every statement again.
int AnswerWhileSealed(void* sealed, int, const char*, const char*, const char*, const char*) {
  return *static_cast<const bool*>(sealed) ? SQLITE_DENY : SQLITE_OK;
}

// Called by commits that wrote something, and by no others.
int CountFrames(void* count, sqlite3*, const char*, int in_wal) {
  *static_cast<Connection::WalFrames*>(count) = {in_wal, in_wal};
  return SQLITE_OK;
}

// Binds the slot for one statement and resets the statement, however the block is left.
class Running {
 public:
  Running(Binding& slot, const Binding& binding, sqlite3_stmt* statement)
      : slot_(slot), statement_(statement) {
    slot_ = binding;
  }
  ~Running() {
    sqlite3_reset(statement_);
    slot_ = Binding();
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  Binding& slot_;
  sqlite3_stmt* statement_;
};

// The current row of a statement that runs.
class CurrentRow final : public Row {
 public:
  explicit CurrentRow(sqlite3_stmt* statement) : statement_(statement) {}
  int64_t Int(int column) const override { return sqlite3_column_int64(statement_, column); }
  bool IsNull(int column) const override {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
  }
  std::string_view Bytes(int column) const override {
    const void* data = sqlite3_column_blob(statement_, column);
    const int size = sqlite3_column_bytes(statement_, column);
    if (data == nullptr) return {};
    return {static_cast<const char*>(data), static_cast<size_t>(size)};
  }

 private:
  sqlite3_stmt* statement_;
};

}  // namespace

absl::Status RegisterScopeFunctions(sqlite3* db, const Binding& slot) {
  struct Function {
    const char* name;
    int arguments;
    void (*call)(sqlite3_context*, int, sqlite3_value**);
  };
  constexpr Function kFunctions[] = {{"current_tenant", 0, &CurrentTenant},
                                     {"current_organization", 0, &CurrentOrganization},
                                     {"current_system", 0, &CurrentSystem},
                                     {"within_tenant", 1, &WithinTenant}};
  for (const Function& f : kFunctions) {
    // Innocuous: views and triggers may call it although the schema is not trusted.
    const int rc =
        sqlite3_create_function_v2(db, f.name, f.arguments, SQLITE_UTF8 | SQLITE_INNOCUOUS,
                                   const_cast<Binding*>(&slot), f.call, nullptr, nullptr, nullptr);
    if (rc != SQLITE_OK) return ToStatus(rc, "register function");
  }
  return absl::OkStatus();
}

Connection::Connection(Database db, std::span<const Statement> catalogue,
                       std::span<const ControlStatement> controls, StatementCounters& counters)
    : db_(std::move(db)),
      catalogue_(catalogue),
      controls_(controls),
      counters_(counters),
      prepared_(catalogue.size()),
      control_ready_(controls.size()) {}

Connection::~Connection() = default;

absl::StatusOr<std::unique_ptr<Connection>> Connection::Create(
    Database db, Access access, std::span<const Statement> catalogue,
    std::span<const ControlStatement> controls, StatementCounters& counters) {
  std::unique_ptr<Connection> connection(
      new Connection(std::move(db), catalogue, controls, counters));
  SKYDEN_RETURN_IF_ERROR(RegisterScopeFunctions(connection->db_.get(), connection->slot_));
  const int authorized =
      sqlite3_set_authorizer(connection->db_.get(), &AnswerWhileSealed, &connection->sealed_);
  if (authorized != SQLITE_OK) return ToStatus(authorized, "seal");
  SKYDEN_RETURN_IF_ERROR(connection->PrepareAll(access));
  if (access == Access::kWriter) {
    sqlite3_wal_hook(connection->db_.get(), &CountFrames, &connection->frames_);
  }
  connection->sealed_ = true;
  return connection;
}

absl::Status Connection::PrepareAll(Access access) {
  for (size_t i = 0; i < catalogue_.size(); ++i) {
    const Statement& statement = catalogue_[i];
    SKYDEN_CHECK(static_cast<size_t>(statement.id) == i);
    if (access == Access::kReader && !statement.on_readers) continue;
    Prepared& prepared = prepared_[i];
    SKYDEN_ASSIGN_OR_RETURN(prepared.statement, Prepare(statement.name, statement.text));
    sqlite3_stmt* const raw = prepared.statement.get();
    for (int n = 1; n <= sqlite3_bind_parameter_count(raw); ++n) {
      prepared.parameter_index.push_back(
          sqlite3_bind_parameter_index(raw, fmt::format("${}", n).c_str()));
    }
  }
  for (size_t i = 0; i < controls_.size(); ++i) {
    const ControlStatement& control = controls_[i];
    SKYDEN_CHECK(static_cast<size_t>(control.id) == i);
    if (access == Access::kReader && !control.on_readers) continue;
    SKYDEN_ASSIGN_OR_RETURN(control_ready_[i], Prepare(control.name, control.text));
  }
  return absl::OkStatus();
}

absl::StatusOr<OwnedStatement> Connection::Prepare(std::string_view name, std::string_view text) {
  sqlite3_stmt* raw = nullptr;
  const char* tail = nullptr;
  const int rc = sqlite3_prepare_v3(db_.get(), text.data(), static_cast<int>(text.size()),
                                    SQLITE_PREPARE_PERSISTENT, &raw, &tail);
  if (rc == SQLITE_OK) return OwnedStatement(raw);
  return Internal(fmt::format("prepare {}: {}", name, sqlite3_errmsg(db_.get())));
}

absl::Status Connection::Fail(int code, std::string_view what) {
  absl::Status status = ToStatus(code, what);
  NoteFailure(status);
  if (Classify(code).fatal && !fatal_.has_value()) fatal_ = status;
  return status;
}

absl::Status Connection::Bind(const Prepared& prepared, std::initializer_list<Param> params) {
  sqlite3_stmt* raw = prepared.statement.get();
  SKYDEN_CHECK(params.size() == prepared.parameter_index.size());
  size_t n = 0;
  for (const Param& p : params) {
    const int index = prepared.parameter_index[n++];
    const auto size = static_cast<sqlite3_uint64>(p.bytes().size());
    const char* data = p.bytes().data() == nullptr ? "" : p.bytes().data();
    int rc = SQLITE_OK;
    switch (p.kind()) {
      case Param::Kind::kNull:
        rc = sqlite3_bind_null(raw, index);
        break;
      case Param::Kind::kInt:
        rc = sqlite3_bind_int64(raw, index, p.integer());
        break;
      case Param::Kind::kText:
        rc = sqlite3_bind_text64(raw, index, data, size, SQLITE_STATIC, SQLITE_UTF8);
        break;
      case Param::Kind::kBlob:
        rc = sqlite3_bind_blob64(raw, index, data, size, SQLITE_STATIC);
        break;
    }
    if (rc != SQLITE_OK) return Fail(rc, "bind");
  }
  return absl::OkStatus();
}

absl::Status Connection::Execute(const Binding& binding, StatementId id,
                                 std::initializer_list<Param> params, OnRow on_row) {
  const Statement& statement = catalogue_[static_cast<size_t>(id)];
  const Prepared& prepared = prepared_[static_cast<size_t>(id)];
  sqlite3_stmt* raw = prepared.statement.get();
  SKYDEN_CHECK(raw != nullptr && sqlite3_stmt_busy(raw) == 0);
  if (!MayRun(statement, binding)) {
    return Internal(fmt::format("{}: no owner bound", statement.name));
  }
  writes_.any |= !statement.writes.empty();
  writes_.gave_room |= RoomOf(statement) == Room::kGiven;
  writes_.took_room |= RoomOf(statement) == Room::kTaken;
  auto& counter = statement.writes.empty() ? counters_.reads : counters_.writes;
  counter.fetch_add(1, std::memory_order_relaxed);
  SKYDEN_RETURN_IF_ERROR(Bind(prepared, params));
  const Running running(slot_, binding, raw);
  return Step(statement, raw, on_row);
}

absl::Status Connection::Step(const Statement& statement, sqlite3_stmt* raw, OnRow on_row) {
  const CurrentRow row(raw);
  for (;;) {
    const int rc = sqlite3_step(raw);
    if (rc == SQLITE_DONE) return absl::OkStatus();
    if (rc != SQLITE_ROW) return Fail(rc, statement.name);
    CheckRowOwner(statement, slot_, row);
    SKYDEN_RETURN_IF_ERROR(on_row(row));
  }
}

absl::Status Connection::Control(ControlId id) {
  sqlite3_stmt* const raw = control_ready_[static_cast<size_t>(id)].get();
  SKYDEN_CHECK(raw != nullptr && sqlite3_stmt_busy(raw) == 0);
  const Running running(slot_, Binding(), raw);
  const int rc = sqlite3_step(raw);
  return rc == SQLITE_DONE ? absl::OkStatus() : Fail(rc, controls_[static_cast<size_t>(id)].name);
}

// The one text with a number in it. A pragma is compiled each time that it runs, prepared or not.
absl::StatusOr<int64_t> Connection::BoundPages(int64_t most) {
  sealed_ = false;
  auto pragma = Prepare("bound_pages", fmt::format("PRAGMA max_page_count = {}", most));
  int rc = SQLITE_ERROR;
  if (pragma.ok()) rc = sqlite3_step(pragma->get());
  sealed_ = true;
  SKYDEN_RETURN_IF_ERROR(pragma.status());
  if (rc != SQLITE_ROW) return Fail(rc, "bound_pages");
  return sqlite3_column_int64(pragma->get(), 0);
}

uint64_t Connection::changed() const { return static_cast<uint64_t>(sqlite3_changes64(db_.get())); }
bool Connection::in_transaction() const { return sqlite3_get_autocommit(db_.get()) == 0; }

absl::StatusOr<bool> Connection::RunCheckpoint(Checkpoint mode) {
  int frames = 0;
  int moved = 0;
  const int rc = sqlite3_wal_checkpoint_v2(
      db_.get(), nullptr,
      mode == Checkpoint::kTruncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE,
      &frames, &moved);
  if (rc == SQLITE_OK && mode == Checkpoint::kTruncate) frames_.in_wal = 0;
  if (rc == SQLITE_OK) return frames == moved;
  if ((rc & 0xff) == SQLITE_BUSY || Classify(rc).disk_full) return false;
  return Fail(rc, "checkpoint");
}

void Connection::ForbidCheckpointOnClose() {
  int now = 0;
  sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, &now);
}

}  // namespace skyden::store::sqlite
