// SPDX-License-Identifier: Apache-2.0
#include "rest/if_revision.h"

#include "rest/revision_text.h"
#include "skyden/base/status.h"

namespace skyden::rest {

absl::StatusOr<std::optional<model::Revision>> IfRevisionOf(const Call& call,
                                                            std::string_view epoch) {
  constexpr char kName[] = "if-revision";
  const auto text = call.query.Get(kName);
  if (!text.has_value() || text->empty()) return std::optional<model::Revision>();
  const auto place = ParseEventId(*text);
  if (!place.has_value()) {
    return base::WithViolations(
        absl::InvalidArgumentError("the query is not valid"),
        {{kName, "must be a revision, as a preview or the header Skyden-Revision says it"}});
  }
  const auto revision = model::RevisionOfWrite(*place, epoch);
  if (!revision.ok()) return base::WithTitle(revision.status(), "Conflict");
  return std::optional<model::Revision>(*revision);
}

}  // namespace skyden::rest
