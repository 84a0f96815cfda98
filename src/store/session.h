// SPDX-License-Identifier: Apache-2.0
// What the rows of the store ask of an engine: run a statement of the catalogue for somebody.
//
// Everything in rows/ is written over this, so that what keeps tenants apart is written once. Which
// transaction is open, on which connection, is the engine's business.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "store/catalogue.h"

namespace skyden::store {

// On whose behalf a statement runs.
struct Binding {
  int64_t organization = 0;
  int64_t tenant = 0;
  bool system = false;
};

// A parameter. Text and blobs must outlive the call.
class Param {
 public:
  enum class Kind : uint8_t { kNull, kInt, kText, kBlob };

  static Param Null() { return {Kind::kNull, 0, {}}; }
  static Param Int(int64_t value) { return {Kind::kInt, value, {}}; }
  static Param Unsigned(uint64_t value) { return Int(static_cast<int64_t>(value)); }
  static Param Text(std::string_view value) { return {Kind::kText, 0, value}; }
  static Param Blob(std::string_view value) { return {Kind::kBlob, 0, value}; }

  Kind kind() const { return kind_; }
  int64_t integer() const { return integer_; }
  std::string_view bytes() const { return bytes_; }

 private:
  Param(Kind kind, int64_t integer, std::string_view bytes)
      : kind_(kind), integer_(integer), bytes_(bytes) {}
  Kind kind_;
  int64_t integer_;
  std::string_view bytes_;
};

// The current row of a running statement; views into it end with the callback.
class Row {
 public:
  virtual int64_t Int(int column) const = 0;
  virtual std::string_view Bytes(int column) const = 0;  // text or blob
  virtual bool IsNull(int column) const = 0;

  uint64_t Unsigned(int column) const { return static_cast<uint64_t>(Int(column)); }
  std::string String(int column) const { return std::string(Bytes(column)); }

 protected:
  ~Row() = default;
};

// One connection with a transaction open. Thread-compatible: one thread at a time.
class Session {
 public:
  using OnRow = absl::FunctionRef<absl::Status(const Row&)>;

  // Runs a statement for `binding`, calling `on_row` for each row it returns; an error from
  // `on_row` ends it. INTERNAL when `binding` is not such an owner as the statement needs; ends the
  // process when a row is not the owner's (MayRun and CheckRowOwner say so for every engine).
  // Text that not every engine can keep (no UTF-8, or a NUL) is INVALID_ARGUMENT in a write, and
  // nothing that a read could find: no engine sees it.
  absl::Status Run(const Binding& binding, StatementId id, std::initializer_list<Param> params,
                   OnRow on_row);
  // The same for a statement whose rows nobody asks for.
  absl::Status Run(const Binding& binding, StatementId id,
                   std::initializer_list<Param> params = {});

  // Rows changed by the last write.
  virtual uint64_t changed() const = 0;
  // The first statement that failed since the last call: whoever went on after it must not commit.
  std::optional<absl::Status> TakeFailure() { return std::exchange(failure_, std::nullopt); }

 protected:
  ~Session() = default;
  // What TakeFailure answers, unless something did already.
  void NoteFailure(const absl::Status& status) {
    if (!failure_.has_value()) failure_ = status;
  }
  const std::optional<absl::Status>& failure() const { return failure_; }

 private:
  virtual absl::Status Execute(const Binding& binding, StatementId id,
                               std::initializer_list<Param> params, OnRow on_row) = 0;

  std::optional<absl::Status> failure_;
};

// Whether every engine can keep it as text.
bool MayBeKept(std::string_view text);

// The fences that an engine puts around each statement, whatever its SQL says.

bool MayRun(const Statement& statement, const Binding& binding);
// Of each row, before anybody sees it: ends the process when its first column is not the owner.
void CheckRowOwner(const Statement& statement, const Binding& binding, const Row& row);

}  // namespace skyden::store
