// SPDX-License-Identifier: Apache-2.0
// Early-return macros for absl::Status, and the payload that carries field violations.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define SKYDEN_CAT_(a, b) a##b
#define SKYDEN_CAT(a, b) SKYDEN_CAT_(a, b)

// Returns the status of `expr` from the enclosing function unless it is OK.
#define SKYDEN_RETURN_IF_ERROR(expr)                                                    \
  do {                                                                                  \
    if (absl::Status skyden_status = (expr); !skyden_status.ok()) return skyden_status; \
  } while (false)

// SKYDEN_ASSIGN_OR_RETURN(auto row, Find(key)): assigns the value or returns the error.
#define SKYDEN_ASSIGN_OR_RETURN(lhs, expr) \
  SKYDEN_ASSIGN_OR_RETURN_(SKYDEN_CAT(skyden_or_, __LINE__), lhs, expr)
#define SKYDEN_ASSIGN_OR_RETURN_(tmp, lhs, expr) \
  auto tmp = (expr);                             \
  if (!tmp.ok()) return std::move(tmp).status(); \
  lhs = *std::move(tmp)

namespace skyden::base {

// One thing that is wrong with one field of a request. `field` is a path in Kuma's grammar,
// e.g. `spec.to[0].targetRef.kind` or `labels["kuma.io/origin"]`; it may be empty.
struct FieldViolation {
  std::string field;
  std::string reason;
  friend bool operator==(const FieldViolation&, const FieldViolation&) = default;
};

// Returns `status` with `violations` attached, in order. They ride along until an edge renders
// them. `status` must not be OK.
absl::Status WithViolations(absl::Status status, const std::vector<FieldViolation>& violations);

// The violations attached to `status`; empty when there are none.
std::vector<FieldViolation> ViolationsOf(const absl::Status& status);

// The short human title of a failure, when a service wants the edge to show one
// (Kuma's REST errors carry a title such as "Could not process a resource").
absl::Status WithTitle(absl::Status status, const std::string& title);
std::string TitleOf(const absl::Status& status);

// Marks the refusal of a credential that was issued here: expired, revoked or of another zone, but
// not made up.
absl::Status AsGenuine(absl::Status status);
bool IsGenuine(const absl::Status& status);

}  // namespace skyden::base
