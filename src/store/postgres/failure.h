// SPDX-License-Identifier: Apache-2.0
// What an error of the server means for whoever asked.
#pragma once

#include <libpq-fe.h>

#include <string_view>

#include "absl/status/status.h"

namespace skyden::store::postgres {

enum class Failure {
  kNone,
  kAgain,  // lost against another transaction: the same again may go well
  kFull,   // no room on the server's disk
  kLost,   // the server ends the connection, or takes no writes here any more
  kOther,
};
Failure Classify(std::string_view sqlstate);
inline Failure Classify(const PGresult* result) {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  return Classify(state == nullptr ? std::string_view() : state);
}

// The status of a failed statement; `what` names it for the log. Nobody's data is in it.
absl::Status ToStatus(const PGresult* result, std::string_view what);

}  // namespace skyden::store::postgres
