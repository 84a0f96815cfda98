// SPDX-License-Identifier: Apache-2.0
// A row of a result in binary form.
#pragma once

#include <libpq-fe.h>

#include "store/session.h"

namespace skyden::store::postgres {

class ResultRow final : public Row {
 public:
  ResultRow(const PGresult* result, int row) : result_(result), row_(row) {}
  // Of a column of any type of whole numbers, numeric (what SUM makes of bigint) and boolean among
  // them. 0 for NULL. A fraction, or a number beyond 64 bits, ends the process: no column has any.
  int64_t Int(int column) const override;
  std::string_view Bytes(int column) const override {
    return {PQgetvalue(result_, row_, column),
            static_cast<size_t>(PQgetlength(result_, row_, column))};
  }
  bool IsNull(int column) const override { return PQgetisnull(result_, row_, column) == 1; }

 private:
  const PGresult* result_;
  int row_;
};

}  // namespace skyden::store::postgres
