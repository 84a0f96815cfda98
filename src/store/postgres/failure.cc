// SPDX-License-Identifier: Apache-2.0
#include "store/postgres/failure.h"

#include "fmt/format.h"
#include "store/errors.h"

namespace skyden::store::postgres {
namespace {

std::string_view StateOf(const PGresult* result) {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  return state == nullptr ? std::string_view() : state;
}

constexpr std::string_view kUnique = "23505";
constexpr std::string_view kForeignKey = "23503";

}  // namespace

Failure Classify(std::string_view state) {
  if (state.empty()) return Failure::kNone;
  if (state == "40001" || state == "40P01" || state == "55P03") return Failure::kAgain;
  if (state == "53100") return Failure::kFull;
  const std::string_view kind = state.substr(0, 2);
  // Connection exceptions; the operator's interventions (shutdown, a session that was ended, a
  // server that starts up); too many connections; a server that became a standby.
  if (kind == "08" || kind == "57" || state == "53300" || state == "25006" || state == "25P03" ||
      state == "25P04") {
    return Failure::kLost;
  }
  return Failure::kOther;
}

absl::Status ToStatus(const PGresult* result, std::string_view what) {
  const std::string_view state = StateOf(result);
  if (state == kUnique) return RowExists("row");
  if (state == kForeignKey) return absl::NotFoundError("a row that this one needs is not there");
  switch (Classify(state)) {
    case Failure::kFull:
      return DiskFull();
    case Failure::kLost:
      return DatabaseUnreachable(fmt::format("{} (SQLSTATE {})", what, state));
    default: {
      // The primary message: names of tables and columns; values stand in the detail, left out.
      const char* text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
      return Internal(
          fmt::format("{}: {} (SQLSTATE {})", what, text == nullptr ? "" : text, state));
    }
  }
}

}  // namespace skyden::store::postgres
