// SPDX-License-Identifier: Apache-2.0
// `if-revision` of a write: only while what people write is as it was.
#pragma once

#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "rest/call.h"
#include "skyden/model/ids.h"

namespace skyden::rest {

// The revision that the call's query names; nullopt when it names none. INVALID_ARGUMENT when that
// is no revision; ABORTED, titled "Conflict", when it is of another life of the database than
// `epoch`.
absl::StatusOr<std::optional<model::Revision>> IfRevisionOf(const Call& call,
                                                            std::string_view epoch);

}  // namespace skyden::rest
