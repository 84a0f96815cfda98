// SPDX-License-Identifier: Apache-2.0
// Where a watcher stands, and which revision an answer tells.
#pragma once

#include <string>
#include <string_view>

#include "skyden/http/handler.h"
#include "skyden/model/revision_text.h"

namespace skyden::rest {

using EventPlace = model::RevisionPlace;
inline std::string EventId(std::string_view epoch, model::Revision revision) {
  return model::RevisionText(epoch, revision);
}
inline std::optional<EventPlace> ParseEventId(std::string_view text) {
  return model::ParseRevisionText(text);
}

// On the answer to a write: the revision that its transaction got. On that to a read of one
// resource: the one that wrote it.
inline constexpr char kRevisionHeader[] = "Skyden-Revision";
http::Response WithRevision(http::Response response, std::string_view epoch,
                            model::Revision revision);

}  // namespace skyden::rest
