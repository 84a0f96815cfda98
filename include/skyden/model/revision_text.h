// SPDX-License-Identifier: Apache-2.0
// How a revision is told outside: "<epoch>.<revision>". Those of two lives of a database (see
// Store::epoch) cannot be compared, so a number alone is for people who know where they are.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "skyden/model/resource.h"

namespace skyden::model {

std::string RevisionText(std::string_view epoch, Revision revision);
struct RevisionPlace {
  std::string epoch;
  Revision revision = 0;
};
// nullopt when `text` is none.
std::optional<RevisionPlace> ParseRevisionText(std::string_view text);
// The revision that a write was thought out over. ABORTED, for people, when it is of another life
// than the one called `epoch`.
absl::StatusOr<Revision> RevisionOfWrite(const RevisionPlace& place, std::string_view epoch);

}  // namespace skyden::model
