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
  if (place->epoch != epoch) {
    return base::WithTitle(
        absl::AbortedError("the database is another one since the revision that this write names: "
                           "renew the preview, and write what it says then"),
        "Conflict");
  }
  return std::optional<model::Revision>(place->revision);
}

}  // namespace skyden::rest
