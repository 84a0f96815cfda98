// SPDX-License-Identifier: Apache-2.0
// A table as one engine has it and the other is to have it, and its rows on their way.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "store/session.h"

namespace skyden::store {

struct Table {
  std::string name;
  std::vector<std::string> columns;  // none that are computed
  std::vector<std::string> key;      // columns that tell its rows apart, and order them
  std::string numbered;              // the column whose numbers are given out once; or none
  int64_t last_number = 0;           // that was given out
};

// Names joined by ", ".
std::string JoinNames(const std::vector<std::string>& names);

// Its values, as `columns` has them; they last as long as the call.
using OnTableRow = absl::FunctionRef<absl::Status(std::span<const Param>)>;

// What all rows of a table come to, in the order of its key: SHA-256 over each row and what was
// before it. Thread-compatible.
class RowDigest {
 public:
  void Add(std::span<const Param> row);
  uint64_t rows() const { return rows_; }
  std::string hex() const;

 private:
  uint64_t rows_ = 0;
  std::string digest_;
  std::string text_;
};

}  // namespace skyden::store
