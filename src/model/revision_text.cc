// SPDX-License-Identifier: Apache-2.0
#include "skyden/model/revision_text.h"

#include <charconv>

namespace skyden::model {

std::string RevisionText(std::string_view epoch, Revision revision) {
  return std::string(epoch) + '.' + std::to_string(revision);
}

std::optional<RevisionPlace> ParseRevisionText(std::string_view text) {
  const size_t dot = text.rfind('.');
  if (dot == 0 || dot == std::string_view::npos) return std::nullopt;
  RevisionPlace place;
  place.epoch = text.substr(0, dot);
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + dot + 1, end, place.revision);
  if (error != std::errc() || stop != end) return std::nullopt;
  return place;
}

absl::StatusOr<Revision> RevisionOfWrite(const RevisionPlace& place, std::string_view epoch) {
  if (place.epoch == epoch) return place.revision;
  return absl::AbortedError(
      "the database is another one since the revision that this write names: renew the preview, "
      "and write what it says then");
}

}  // namespace skyden::model
